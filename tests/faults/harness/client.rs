//! The host's side: what it asks, what it was answered, and what it asks again because it does not know.

use std::collections::VecDeque;
use std::fmt;

use cordboard::{
    AgentId, Ask, ChannelId, ChannelSet, Command, CommandId, ContactId, CustomerId, Event, GroupId, Leave, NewContact,
    OfferId, QueueId, ReasonId, Request, Router, Span, TransferTo, What,
};

use super::chance::Chance;
use super::host::Host;
use super::plans;

/// A request that can be made again.
#[derive(Clone)]
pub(crate) enum Wish {
    Command(Command),
    Arrive { key: Box<str>, new: Box<NewContact> },
    About { key: Box<str>, verb: fn(ContactId) -> Command },
}

impl fmt::Debug for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(command) => write!(f, "{command:?}"),
            Self::Arrive { key, new } => write!(f, "{key} arrives as {new:?}"),
            Self::About { key, verb } => write!(f, "{:?} of {key}", verb(ContactId(0))),
        }
    }
}

impl Wish {
    pub(crate) fn key(&self) -> Option<&str> {
        match self {
            Self::Command(_) => None,
            Self::Arrive { key, .. } | Self::About { key, .. } => Some(key),
        }
    }

    pub(crate) fn request(&self, id: CommandId) -> Request {
        let ask = match self.clone() {
            Self::Command(command) => Ask::Command(command),
            Self::Arrive { key, new } => Ask::Arrive { key: key.into(), new: *new },
            Self::About { key, verb } => Ask::About { key: key.into(), command: Box::new(verb) },
        };
        Request { id, ask }
    }
}

/// A request with its name.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) id: CommandId,
    pub(crate) wish: Wish,
}

/// What the host is, beside what the hostile host of the engine's own tests is.
#[derive(Clone)]
pub(crate) struct Client {
    hostile: Host,
    /// One command in so many is that host's.
    sanity: usize,
    numbers: [u64; 3],
    /// Asked and not answered when the driver died: to be asked again.
    in_doubt: VecDeque<Letter>,
    /// Answered lately.
    answered: VecDeque<Letter>,
    offers: Vec<OfferId>,
    contacts: Vec<ContactId>,
    keys: Vec<Box<str>>,
    agents: usize,
    names: u32,
}

/// How a letter came to be sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Sent {
    First,
    InDoubt,
    Duplicate,
}

impl Client {
    pub(crate) fn new(chance: &mut Chance) -> Self {
        Self {
            hostile: Host::new(Chance::new(chance.number())),
            sanity: chance.pick(&[2, 6, 6, 20]),
            numbers: [0; 3],
            in_doubt: VecDeque::new(),
            answered: VecDeque::new(),
            offers: Vec::new(),
            contacts: Vec::new(),
            keys: Vec::new(),
            agents: 0,
            names: 0,
        }
    }

    /// What it asks next: something that it is in doubt of, in order or not; something again that was answered; or something new.
    pub(crate) fn next(&mut self, chance: &mut Chance, router: &Router) -> (Letter, Sent) {
        if !self.in_doubt.is_empty() && !chance.one_in(3) {
            let at = if chance.one_in(4) { chance.below(self.in_doubt.len()) } else { 0 };
            if let Some(letter) = self.in_doubt.remove(at) {
                return (letter, Sent::InDoubt);
            }
        }
        if chance.one_in(12)
            && let Some(letter) = self.answered.get(chance.below(self.answered.len()))
        {
            return (letter.clone(), Sent::Duplicate);
        }
        let id = self.id(chance);
        (Letter { id, wish: self.wish(chance, router) }, Sent::First)
    }

    pub(crate) fn doubts(&mut self) -> impl Iterator<Item = Letter> {
        self.in_doubt.drain(..)
    }

    /// The driver died with these unanswered. Those without a name cannot be asked again, some are not, and the rest in another order at times.
    pub(crate) fn doubt(&mut self, chance: &mut Chance, letters: Vec<Letter>) -> u64 {
        let mut dropped = 0;
        for letter in letters {
            if letter.id == CommandId::ANONYMOUS || chance.one_in(12) {
                dropped += 1;
            } else {
                self.in_doubt.push_back(letter);
            }
        }
        dropped
    }

    pub(crate) fn answered(&mut self, letter: Letter) {
        if letter.id != CommandId::ANONYMOUS {
            if self.answered.len() == 90 {
                self.answered.pop_front();
            }
            self.answered.push_back(letter);
        }
    }

    /// What was let out.
    pub(crate) fn hear(&mut self, events: &[Event]) {
        self.hostile.hear(events);
        for event in events {
            match event.what {
                What::Arrived { contact, .. } => self.contacts.push(contact),
                What::Ended { contact, .. } => self.contacts.retain(|&it| it != contact),
                What::Offered { offer, .. } => self.offers.push(offer),
                What::OfferEnded { offer, .. } | What::Accepted { offer, .. } => self.offers.retain(|&it| it != offer),
                What::AgentSignedIn { .. } => self.agents += 1,
                What::AgentSignedOut { .. } => self.agents = self.agents.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn id(&mut self, chance: &mut Chance) -> CommandId {
        let at = chance.below(4);
        let Some(number) = self.numbers.get_mut(at) else { return CommandId::ANONYMOUS };
        *number += chance.pick(&[1, 1, 1, 1, 1, 1, 2, 70]);
        CommandId { source: at as u32 + 1, number: *number }
    }

    fn wish(&mut self, chance: &mut Chance, router: &Router) -> Wish {
        if chance.one_in(self.sanity) {
            return Wish::Command(self.hostile.next(router).command);
        }
        let plan = router.plan();
        let offer = self.offers.get(chance.below(self.offers.len())).copied().unwrap_or(OfferId(1));
        let contact = self.contacts.get(chance.below(self.contacts.len())).copied().unwrap_or(ContactId(1));
        let agent = AgentId(1 + chance.below(5) as u64);
        let crowded = self.contacts.len() > 14;
        Wish::Command(match chance.below(30) {
            0..=5 if !crowded => return self.arrive(chance, router),
            6 if !crowded => {
                let new = self.new_contact(chance, router);
                Command::Enqueue { contact: ContactId(chance.pick(&[1 << 40, 3]) + chance.below(30) as u64), new }
            }
            7..=12 => Command::Accept { offer },
            13 => Command::Decline { offer },
            14 => Command::Revoke { offer },
            15 => Command::Complete { contact },
            16..=22 => return self.about(chance),
            23 | 24 if self.agents < 4 => {
                let group = GroupId(chance.below(plan.groups().len()) as u16);
                Command::SignIn { agent, group, skills: None, ready: ChannelSet::ALL }
            }
            24 if chance.one_in(3) => Command::SignOut { agent, leave: chance.pick(&[Leave::Drain, Leave::Requeue]) },
            25 => {
                let (ready, reason) = (!chance.one_in(3), ReasonId(chance.below(3) as u16));
                Command::SetPresence { agent, channels: ChannelSet::ALL, ready, reason }
            }
            26 => Command::SetPriority { contact, priority: chance.below(5) as i16 },
            27 => {
                let to = TransferTo::Agent(agent, Span::from_secs(5));
                Command::Transfer { contact, to, reset_age: chance.one_in(2) }
            }
            28 if chance.one_in(6) => Command::Configure { plan: Box::new(plans::plan(chance, Some(plan)).0) },
            29 => Command::AdvanceTime,
            _ if self.agents < 2 => Command::SignIn { agent, group: GroupId(0), skills: None, ready: ChannelSet::ALL },
            _ => Command::Accept { offer },
        })
    }

    /// Mostly under a new name; now and then one that was used, or that cannot be.
    fn arrive(&mut self, chance: &mut Chance, router: &Router) -> Wish {
        let new = Box::new(self.new_contact(chance, router));
        let used = self.keys.get(chance.below(self.keys.len())).cloned();
        let key = match (chance.below(16), used) {
            (0..=2, Some(used)) => used,
            (3, _) if chance.one_in(3) => "x".repeat(chance.pick(&[0, 200, 201])).into(),
            _ => {
                self.names += 1;
                let key: Box<str> = format!("call-{}@pbx", self.names).into();
                if self.keys.len() == 12 {
                    self.keys.swap_remove(chance.below(12));
                }
                self.keys.push(key.clone());
                key
            }
        };
        Wish::Arrive { key, new }
    }

    fn about(&mut self, chance: &mut Chance) -> Wish {
        let Some(key) = self.keys.get(chance.below(self.keys.len())).cloned() else {
            return Wish::About { key: "nobody".into(), verb: |contact| Command::Cancel { contact } };
        };
        let verbs: [fn(ContactId) -> Command; 12] = [
            |contact| Command::Complete { contact },
            |contact| Command::Complete { contact },
            |contact| Command::Connected { contact },
            |contact| Command::Connected { contact },
            |contact| Command::EndWrapUp { contact },
            |contact| Command::Abandon { contact },
            |contact| Command::Cancel { contact },
            |contact| Command::Hold { contact },
            |contact| Command::Resume { contact },
            |contact| Command::MessageFromCustomer { contact },
            |contact| Command::MessageFromAgent { contact },
            |contact| Command::Requeue { contact },
        ];
        Wish::About { key, verb: chance.pick(&verbs) }
    }

    fn new_contact(&mut self, chance: &mut Chance, router: &Router) -> NewContact {
        let plan = router.plan();
        let queue = QueueId(chance.below(plan.queues().len()) as u16);
        let channel = ChannelId(chance.below(plan.channels().len()) as u8);
        let customer = chance.one_in(3).then(|| CustomerId(chance.below(4) as u64));
        let max_wait = chance.one_in(4).then(|| Span::from_secs(15));
        let not_before = chance.one_in(10).then(|| router.now() + Span::from_secs(20));
        let priority = chance.below(3) as i16;
        NewContact { priority, max_wait, customer, not_before, ..NewContact::new(queue, channel) }
    }
}
