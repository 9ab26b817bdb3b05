//! A floor of agents who take calls and chats, where everything that is begun is done after its time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use cordboard::{
    AgentId, ChannelId, Command, CommandId, ContactId, Event, GroupId, Needs, NewContact, Plan, PlanDocument, Policies,
    QueueId, Router, Seq, Span, Stamped, Timestamp, What,
};

pub(crate) const CHAT: ChannelId = ChannelId(0);
pub(crate) const VOICE: ChannelId = ChannelId(1);
pub(crate) const QUEUE: QueueId = QueueId(0);

pub(crate) fn read_plan(text: &str) -> Plan {
    let document: PlanDocument = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    let plan = Plan::from_document(&document).unwrap_or_else(|problems| panic!("{problems}"));
    let name = |channel: ChannelId| &*plan.channels()[usize::from(channel.0)].name;
    assert_eq!((name(CHAT), name(VOICE)), ("chat", "voice"));
    plan
}

/// An engine with time, and what is still to be done.
pub(crate) struct Floor {
    pub(crate) router: Router,
    pub(crate) now: Timestamp,
    seq: Seq,
    contacts: u64,
    /// How long a chat and a call take.
    work: [Span; 2],
    /// What ends when.
    ends: BinaryHeap<Reverse<(Timestamp, ContactId)>>,
    /// Since when each waits.
    waiting: BTreeMap<ContactId, (ChannelId, Timestamp)>,
    /// Of what was given: its channel, and how long it had waited.
    pub(crate) waits: Vec<(ChannelId, Span)>,
    /// Every command and its events, to be looked at and taken.
    pub(crate) entries: Vec<(Stamped, Vec<Event>)>,
}

impl Floor {
    pub(crate) fn new(plan: Plan, work: [Span; 2]) -> Self {
        let router = Router::with_policies(plan, Policies::new()).expect("it asks for none of the host's policies");
        Self {
            router,
            now: Timestamp::ZERO,
            seq: Seq(0),
            contacts: 0,
            work,
            ends: BinaryHeap::new(),
            waiting: BTreeMap::new(),
            waits: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// Applies a command now, which must be in order.
    pub(crate) fn apply(&mut self, command: Command) {
        self.seq = Seq(self.seq.0 + 1);
        let input = Stamped { seq: self.seq, id: CommandId::ANONYMOUS, at: self.now, command };
        let mut out = Vec::new();
        self.router.apply(&input, &mut out).unwrap_or_else(|rejected| panic!("{input:?}: {rejected}"));
        for event in &out {
            match event.what {
                What::Assigned { contact, .. } => {
                    if let Some((channel, since)) = self.waiting.remove(&contact) {
                        self.waits.push((channel, event.at.since(since)));
                        let work = self.work[usize::from(channel.0)];
                        self.ends.push(Reverse((event.at + work, contact)));
                    }
                }
                What::Ended { contact, .. } => drop(self.waiting.remove(&contact)),
                _ => {}
            }
        }
        self.entries.push((input, out));
    }

    /// Time passes, timers fire, and what is done ends, until then.
    pub(crate) fn until(&mut self, at: Timestamp) {
        loop {
            let done = self.ends.peek().map(|Reverse((ends, _))| *ends);
            let due = self.router.next_deadline().map(|due| due.max(self.now));
            match [done, due].into_iter().flatten().min().filter(|&next| next <= at) {
                None => break,
                Some(next) if due == Some(next) => {
                    self.now = next;
                    self.apply(Command::AdvanceTime);
                }
                Some(next) => {
                    self.now = next;
                    let Some(Reverse((_, contact))) = self.ends.pop() else { break };
                    if self.router.explain(contact).is_some_and(|told| told.with.is_some()) {
                        self.apply(Command::Complete { contact });
                    }
                }
            }
        }
        self.now = at;
    }

    pub(crate) fn arrives(&mut self, channel: ChannelId, needs: Needs) -> ContactId {
        self.contacts += 1;
        let contact = ContactId(self.contacts);
        self.waiting.insert(contact, (channel, self.now));
        let new = NewContact { needs, ..NewContact::new(QUEUE, channel) };
        self.apply(Command::Enqueue { contact, new });
        contact
    }

    pub(crate) fn signs_in(&mut self, agent: u64, group: u16) {
        let ready = cordboard::ChannelSet::ALL;
        self.apply(Command::SignIn { agent: AgentId(agent), group: GroupId(group), skills: None, ready });
    }

    pub(crate) fn waiting(&self, channel: ChannelId) -> usize {
        self.waiting.values().filter(|(of, _)| *of == channel).count()
    }

    /// One who waits, by chance.
    pub(crate) fn one_waiting(&self, number: u64) -> Option<ContactId> {
        self.waiting.keys().nth(usize::try_from(number).ok()? % self.waiting.len().max(1)).copied()
    }

    /// The longest that anybody of a channel has waited, or waits still.
    pub(crate) fn longest(&self, channel: ChannelId) -> Span {
        let given = self.waits.iter().filter(|(of, _)| *of == channel).map(|&(_, wait)| wait);
        let still = self.waiting.values().filter(|(of, _)| *of == channel).map(|&(_, since)| self.now.since(since));
        given.chain(still).max().unwrap_or(Span::ZERO)
    }
}
