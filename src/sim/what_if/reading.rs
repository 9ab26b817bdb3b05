//! Reading a recording: the story of every contact, and what can be learned from all of them about those of whom it does not tell.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::Command;
use crate::contact::{NewContact, Outcome};
use crate::event::{Event, OfferEnd, What};
use crate::id::{ChannelId, ContactId, OfferId, QueueId};
use crate::journal::Entry;
use crate::plan::Plan;
use crate::time::{Span, Timestamp};

use super::absences::{self, Absences, Away};
use super::figures::{Figures, answer_within};
use super::life::{At, Life};
use super::patience::Patience;
use super::seen::{Alike, Seen};
use super::story::{Answered, Deed, Meanwhile, Reply, Ring, SetUp, Step, Story, Wait, WaitEnd, WrapUp};

/// All that a recording tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Recording {
    /// In order of arrival.
    pub(super) stories: Vec<Story>,
    pub(super) patience: Patience,
    pub(super) replies: Seen<Reply>,
    pub(super) set_ups: Seen<bool>,
    /// Contacts that were completed, by how long they were in hand.
    pub(super) handlings: Seen<u32>,
    pub(super) wrap_ups: Seen<()>,
    pub(super) absences: Absences,
    /// Places of commands that are not to be repeated, but happen when what they follow from does.
    pub(super) reactions: BTreeSet<u64>,
    pub(super) figures: Figures,
    pub(super) commands: u64,
    pub(super) events: u64,
    /// The last instant.
    pub(super) end: Timestamp,
}

/// Reads entries, in order.
pub(super) struct Reader {
    recording: Recording,
    plan: Plan,
    open: BTreeMap<ContactId, Open>,
    /// Offers that ring: whose, its place among the contact's, and since when.
    offers: BTreeMap<OfferId, (ContactId, usize, Timestamp)>,
    away: Away,
}

/// A contact whose story goes on.
struct Open {
    story: usize,
    life: Life,
    arrived: (QueueId, ChannelId),
    within: Span,
    /// Where its customer waits, or waited last.
    waits_in: (QueueId, ChannelId),
    /// The command by which its customer leaves.
    left: Option<u64>,
    waits: Vec<Wait>,
    meanwhile: Vec<Meanwhile>,
    rings: Vec<Ring>,
    set_ups: Vec<SetUp>,
    script: Vec<Step>,
    wrap_up: Option<WrapUp>,
    answered: Option<Answered>,
}

impl Reader {
    pub(super) fn new(plan: Plan) -> Self {
        let (open, offers) = (BTreeMap::new(), BTreeMap::new());
        Self { recording: Recording::default(), plan, open, offers, away: Away::default() }
    }

    pub(super) fn read(&mut self, entry: Entry) {
        let Entry { input, events, .. } = entry;
        let (at, order) = (input.at, input.seq.0);
        self.recording.commands += 1;
        self.recording.events += events.len() as u64;
        self.recording.end = at;
        if let Some((agent, back)) = absences::ended_by(&input.command)
            && self.away.end(agent).is_some()
        {
            let back = back.then(|| (Box::new(input.command.clone()), order));
            if back.is_some() {
                self.recording.reactions.insert(order);
            }
            self.recording.absences.end(agent, at, back);
        }
        // From what was applied before, or changes nothing, nothing follows.
        if !events.is_empty() {
            self.command(input.command, at, order);
        }
        for event in &events {
            self.event(event, order);
        }
    }

    /// Everything is read.
    pub(super) fn finish(mut self) -> Recording {
        let end = self.recording.end;
        for (contact, place, since) in std::mem::take(&mut self.offers).into_values() {
            if let Some(open) = self.open.get_mut(&contact) {
                open.rings[place].after = end.since(since);
            }
        }
        for (_, mut open) in std::mem::take(&mut self.open) {
            open.close_wait(end, &mut self.recording.patience);
            open.close_set_up(end);
            open.close_wrap_up(end);
            self.recording.keep(open, end, None);
        }
        let mut recording = self.recording;
        recording.patience.estimate();
        recording.replies.sort();
        recording.set_ups.sort();
        recording.handlings.sort();
        recording.wrap_ups.sort();
        recording.absences.finish(end);
        recording
    }

    /// What somebody did, before what followed from it.
    fn command(&mut self, command: Command, at: Timestamp, order: u64) {
        match command {
            Command::Configure { plan } => self.plan = *plan,
            Command::Enqueue { contact, new } => self.arrive(contact, &new, at),
            Command::Accept { offer } => self.reply(offer, Reply::Accepts, at, order),
            Command::Decline { offer } => self.reply(offer, Reply::Declines, at, order),
            Command::Revoke { offer } => self.reply(offer, Reply::Revoked, at, order),
            _ => {
                let open = command.contact().and_then(|contact| self.open.get_mut(&contact));
                if let Some(open) = open {
                    open.deed(&command, at, order);
                }
            }
        }
    }

    fn arrive(&mut self, contact: ContactId, new: &NewContact, at: Timestamp) {
        let arrived = (new.queue, new.channel);
        let promised = new.not_before.is_some_and(|not_before| not_before > at);
        self.recording.figures.arrived(new.queue, new.channel);
        let open = Open {
            story: self.recording.stories.len(),
            life: Life::begin(new.queue, new.channel, promised, at),
            arrived,
            within: answer_within(new, &self.plan),
            waits_in: arrived,
            left: None,
            waits: Vec::new(),
            meanwhile: Vec::new(),
            rings: Vec::new(),
            set_ups: Vec::new(),
            script: Vec::new(),
            wrap_up: None,
            answered: None,
        };
        self.recording.stories.push(Story::default());
        self.open.insert(contact, open);
    }

    /// Somebody did something about an offer.
    fn reply(&mut self, offer: OfferId, reply: Reply, at: Timestamp, order: u64) {
        if let Some((contact, place, since)) = self.offers.remove(&offer)
            && let Some(open) = self.open.get_mut(&contact)
        {
            let ring = &mut open.rings[place];
            (ring.after, ring.order, ring.reply) = (at.since(since), order, Some(reply));
        }
    }

    fn event(&mut self, event: &Event, order: u64) {
        let Event { at, what } = *event;
        if let Some(agent) = self.away.hear(event) {
            self.recording.absences.begin(agent, at);
        }
        let Some(contact) = what.contact() else { return };
        let Some(open) = self.open.get_mut(&contact) else { return };
        match what {
            What::Offered { offer, agent, .. } => {
                self.offers.insert(offer, (contact, open.rings.len(), at));
                open.rings.push(Ring { agent, after: Span::ZERO, order, reply: None });
            }
            What::OfferEnded { offer, end, .. } => {
                if let Some((_, place, since)) = self.offers.remove(&offer) {
                    let ring = &mut open.rings[place];
                    ring.after = at.since(since);
                    ring.reply = (end == OfferEnd::Expired).then_some(Reply::LetsRing);
                }
            }
            _ => {}
        }
        let was = open.life;
        open.follow(&what, at, &mut self.recording.patience);
        self.recording.figures.hear(open.arrived, open.within, &was, &open.life, &what, at);
        if let What::Ended { outcome, .. } = what
            && let Some(open) = self.open.remove(&contact)
        {
            self.recording.keep(open, at, Some(outcome));
        }
    }
}

impl Open {
    /// Something is done about it, by whomever.
    fn deed(&mut self, command: &Command, at: Timestamp, order: u64) {
        let life = &mut self.life;
        let deed = || Deed::of(command);
        match command {
            Command::Connected { .. } | Command::ConnectFailed { .. } if life.at == At::SetUp => {
                let works = Some(matches!(command, Command::Connected { .. }));
                self.set_ups.push(SetUp { after: at.since(life.since), order, works });
            }
            Command::EndWrapUp { .. } => {
                self.wrap_up = Some(WrapUp { after: at.since(life.since), order: Some(order) });
            }
            Command::Abandon { .. } if life.waiting && !life.promised => self.left = Some(order),
            // These are the customer's and the host's own, wherever the contact is.
            Command::MessageFromCustomer { .. } | Command::SetContext { .. } => {
                self.script.push(Step { after: at.since(life.step), order, in_hand: false, deed: deed() });
                life.take_step(at);
            }
            _ if life.waiting => {
                let (wait, after) = (life.wait, at.since(life.waits_since));
                self.meanwhile.push(Meanwhile { wait, after, order, deed: deed() });
            }
            _ => {
                let in_hand = life.at == At::Hand;
                let after = if in_hand { life.worked(at) } else { at.since(life.step) };
                self.script.push(Step { after, order, in_hand, deed: deed() });
                life.take_step(at);
            }
        }
    }

    fn follow(&mut self, what: &What, at: Timestamp, patience: &mut Patience) {
        let was = self.life;
        let moved = self.life.hear(what, at);
        let is = self.life;
        let waits_on = is.waiting && is.wait == was.wait && is.at != At::Gone;
        if was.waiting && (!waits_on || is.promised != was.promised) {
            // The life that waited is the one before.
            self.life = was;
            self.close_wait(at, patience);
            self.life = is;
        }
        if moved {
            self.life = was;
            self.close_set_up(at);
            self.close_wrap_up(at);
            self.life = is;
        }
        if is.waiting && is.waits_since == at {
            self.waits_in = (is.queue, is.channel);
        }
        if is.answered && !was.answered {
            let step = self.script.len() as u32;
            self.answered = Some(Answered { queue: is.queue, channel: is.channel, step });
        }
    }

    /// The customer waits no longer, or is no longer on the line.
    fn close_wait(&mut self, at: Timestamp, patience: &mut Patience) {
        // Who hung up had stopped waiting then.
        if !self.life.waiting || self.waits.len() != usize::from(self.life.wait) {
            return;
        }
        let lasted = at.since(self.life.waits_since);
        let end = match self.left {
            _ if self.life.promised => WaitEnd::Promised,
            Some(order) => WaitEnd::Left { order },
            None => WaitEnd::Unknown,
        };
        // Who did not wait at all says nothing about patience.
        if end != WaitEnd::Promised && (lasted > Span::ZERO || self.left.is_some()) {
            patience.add(self.waits_in.0, self.waits_in.1, lasted, self.left.is_some());
        }
        self.waits.push(Wait { lasted, end });
    }

    /// The agent is done; unless it said so, nobody knows how much longer it would have taken.
    fn close_wrap_up(&mut self, at: Timestamp) {
        if self.life.at == At::WrapUp && self.life.open_wrap_up && self.wrap_up.is_none() {
            self.wrap_up = Some(WrapUp { after: at.since(self.life.since), order: None });
        }
    }

    /// Media is set up no longer; unless somebody said how it went, nobody knows.
    fn close_set_up(&mut self, at: Timestamp) {
        if self.life.at == At::SetUp && self.set_ups.len() == usize::from(self.life.set_up) {
            self.set_ups.push(SetUp { after: at.since(self.life.since), order: 0, works: None });
        }
    }
}

impl Recording {
    /// The story is over: what it shows of itself and of others like it.
    fn keep(&mut self, open: Open, at: Timestamp, outcome: Option<Outcome>) {
        let Open { story, life, waits, meanwhile, rings, set_ups, script, wrap_up, answered, .. } = open;
        for ring in &rings {
            let kinds = [Alike::Agent(ring.agent), Alike::Channel(life.channel), Alike::Any];
            match ring.reply {
                Some(reply @ (Reply::Accepts | Reply::Declines)) => self.replies.add(kinds, ring.after, reply),
                // Who lets it ring would do so for ever.
                Some(Reply::LetsRing) => self.replies.add(kinds, Span::MAX, Reply::LetsRing),
                Some(Reply::Revoked) | None => {}
            }
        }
        let worked = life.worked_in_all(at);
        if let Some(Answered { queue, channel, .. }) = answered {
            let kinds = [Alike::Queue(queue, channel), Alike::Channel(channel), Alike::Any];
            for set_up in &set_ups {
                if let Some(works) = set_up.works {
                    self.set_ups.add(kinds, set_up.after, works);
                }
            }
            if let Some(WrapUp { after, order: Some(_) }) = wrap_up {
                self.wrap_ups.add(kinds, after, ());
            }
            if outcome == Some(Outcome::Completed) {
                self.handlings.add(kinds, worked, story as u32);
            }
        }
        self.stories[story] = Story {
            waits: waits.into(),
            meanwhile: meanwhile.into(),
            rings: rings.into(),
            set_ups: set_ups.into(),
            script: script.into(),
            wrap_up,
            worked,
            answered,
        };
    }
}
