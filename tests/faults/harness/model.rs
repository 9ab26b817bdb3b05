//! What a driver should do, said a second time and naively: it keeps everything, writes nothing, and runs every command anew.

use std::collections::BTreeMap;
use std::rc::Rc;

use cordboard::{
    Applied, Command, CommandId, ContactId, Entry, Event, InFlight, OfferStatus, Plan, Policies, Private, Refused,
    Rejected, Router, Seq, Stamped, Timestamp,
};

use super::client::Wish;

/// The driver as it should be.
#[derive(Clone)]
pub(crate) struct Model {
    /// Every entry that should be in the journal, or be on its way there.
    pub(crate) entries: Vec<Rc<Entry>>,
    now: Moment,
    /// Earlier moments to go back to.
    marks: Vec<Rc<Moment>>,
    pace: Pace,
    /// What the gateway has been given, as told, and as entries and snapshots say.
    told: Seq,
    said: Seq,
}

#[derive(Clone)]
struct Moment {
    router: Router,
    keys: BTreeMap<Box<str>, ContactId>,
    /// The last id given to a contact with a key.
    last: ContactId,
}

/// What should become of a request.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) applied: Applied,
    pub(crate) seq: Seq,
    pub(crate) at: Timestamp,
    pub(crate) contact: Option<ContactId>,
}

/// The engine's time: exact in eighths, as far as they are taken off.
#[derive(Clone, Copy)]
struct Pace {
    clock: u64,
    ahead: u64,
    rest: u64,
}

impl Pace {
    fn new(engine: Timestamp, clock: Timestamp) -> Self {
        Self { clock: clock.0, ahead: engine.0.saturating_sub(clock.0), rest: 0 }
    }

    fn at(&mut self, clock: Timestamp) -> Timestamp {
        if clock.0 < self.clock {
            self.ahead = self.ahead.saturating_add(self.clock - clock.0);
        } else if self.ahead > 0 {
            let eighths = u128::from(clock.0 - self.clock) + u128::from(self.rest);
            self.ahead = self.ahead.saturating_sub(u64::try_from(eighths / 8).unwrap_or(u64::MAX));
            self.rest = (eighths % 8) as u64;
        }
        self.clock = clock.0;
        Timestamp(clock.0.saturating_add(self.ahead).min(u64::MAX - 1))
    }
}

/// A moment is kept after so many entries.
const EVERY: usize = 16;

impl Model {
    pub(crate) fn new(plan: &Plan, policies: &Policies) -> Self {
        let router = Router::with_policies(plan.clone(), policies.clone()).expect("the policies are given");
        let now = Moment { router, keys: BTreeMap::new(), last: ContactId(0) };
        let marks = vec![Rc::new(now.clone())];
        let pace = Pace::new(Timestamp::ZERO, Timestamp::ZERO);
        Self { entries: Vec::new(), now, marks, pace, told: Seq(0), said: Seq(0) }
    }

    pub(crate) fn router(&self) -> &Router {
        &self.now.router
    }

    pub(crate) fn keys(&self) -> &BTreeMap<Box<str>, ContactId> {
        &self.now.keys
    }

    pub(crate) fn end(&self) -> usize {
        self.entries.len()
    }

    /// The engine's time when the clock shows this.
    pub(crate) fn at(&self, clock: Timestamp) -> Timestamp {
        self.pace.clone().at(clock)
    }

    /// The mark that the entries say together.
    pub(crate) fn said(&self) -> Seq {
        self.entries.iter().map(|entry| entry.delivered).max().unwrap_or(Seq(0))
    }

    /// What the driver was told of deliveries, and found on opening.
    pub(crate) fn told(&self) -> Seq {
        self.told
    }

    pub(crate) fn tell(&mut self, delivered: Seq) {
        self.told = self.told.max(delivered);
    }

    // ---- what the driver is asked

    pub(crate) fn submit(&mut self, id: CommandId, wish: &Wish, clock: Timestamp) -> Result<Expected, Refused> {
        self.tick(clock);
        let at = self.pace.at(clock);
        let there = wish.key().and_then(|key| self.now.keys.get(key).copied());
        if id.source != 0 {
            let numbers = || self.entries.iter().map(|entry| entry.input.id).filter(|of| of.source == id.source);
            if numbers().any(|of| of.number >= id.number.saturating_add(64)) {
                return Err(Rejected::CommandTooOld(id).into());
            }
            if numbers().any(|of| of == id) {
                return Ok(Expected { applied: Applied::Repeated, seq: self.seq(), at, contact: there });
            }
        }
        let (command, contact, key) = match wish {
            Wish::Command(command) => (command.clone(), None, None),
            Wish::About { verb, .. } => {
                let contact = there.ok_or(Refused::UnknownKey)?;
                (verb(contact), Some(contact), None)
            }
            Wish::Arrive { key, new } => {
                let longest = self.router().plan().limits().key_length;
                if !(1..=usize::from(longest)).contains(&key.len()) {
                    return Err(Refused::KeyLength { length: key.len(), longest });
                }
                let contact = there.unwrap_or_else(|| self.free_id());
                let command = Command::Enqueue { contact, new: (**new).clone() };
                (command, Some(contact), there.is_none().then(|| key.clone().into()))
            }
        };
        match self.stage(id, command, at, key) {
            Ok(Applied::Done) => Ok(Expected { applied: Applied::Done, seq: self.seq(), at, contact }),
            Ok(Applied::Repeated) => panic!("{id:?} was never applied, and is known"),
            Err(Rejected::ContactExists(contact)) if matches!(wish, Wish::Arrive { .. }) => {
                Err(Refused::KeyInUse { contact })
            }
            Err(rejected) => Err(rejected.into()),
        }
    }

    /// The clock is read, and nothing else happens.
    pub(crate) fn read(&mut self, clock: Timestamp) {
        self.pace.at(clock);
    }

    pub(crate) fn tick(&mut self, clock: Timestamp) {
        let at = self.pace.at(clock);
        if self.router().next_deadline().is_some_and(|due| due <= at) {
            let due = self.router().next_deadline();
            let advanced = self.stage(CommandId::ANONYMOUS, Command::AdvanceTime, at, None);
            assert_eq!(advanced, Ok(Applied::Done));
            let events = &self.entries[self.end() - 1].events;
            // In order, at their own instants, the first of which is when it was due.
            assert!(events.is_sorted_by_key(|event| event.at));
            assert!(events.first().is_none_or(|first| Some(first.at) >= due && first.at <= at));
        }
    }

    // ---- what becomes of it

    /// Goes back to the moment after so many entries: what came later is as if it had never been.
    pub(crate) fn go_back(&mut self, end: usize) {
        self.marks.truncate(end / EVERY + 1);
        self.now = (**self.marks.last().expect("the first is kept")).clone();
        let from = (self.marks.len() - 1) * EVERY;
        self.entries.truncate(end);
        let mut events = Vec::new();
        for at in from..end {
            let entry = self.entries[at].clone();
            events.clear();
            let applied = self.now.router.apply(&entry.input, &mut events);
            assert_eq!((applied, &events), (Ok(Applied::Done), &entry.events), "run again, it is the same");
            self.now.hear(&entry);
        }
    }

    /// Opens again where it is, as a driver does. What then still rings.
    pub(crate) fn open(&mut self, clock: Timestamp, in_flight: InFlight, delivered: Seq) -> Vec<OfferStatus> {
        (self.told, self.said) = (delivered, delivered);
        self.pace = Pace::new(self.router().now(), clock);
        self.tick(clock);
        if in_flight == InFlight::Revoke {
            let at = self.pace.at(clock);
            for offer in self.router().open_offers() {
                let _ = self.stage(CommandId::ANONYMOUS, Command::Revoke { offer: offer.offer }, at, None);
            }
        }
        self.router().open_offers()
    }

    fn seq(&self) -> Seq {
        Seq(self.end() as u64)
    }

    fn free_id(&self) -> ContactId {
        let mut id = ContactId(self.now.last.0.wrapping_add(1));
        while id.0 == 0 || self.router().contact(id).is_some() {
            id = ContactId(id.0.wrapping_add(1));
        }
        assert!(id > self.now.last, "{id} may have been given before");
        id
    }

    fn stage(
        &mut self,
        id: CommandId,
        command: Command,
        at: Timestamp,
        key: Option<Private<Box<str>>>,
    ) -> Result<Applied, Rejected> {
        let input = Stamped { seq: Seq(self.end() as u64 + 1), id, at, command };
        assert!(at >= self.router().now(), "time never goes back");
        let mut events: Vec<Event> = Vec::new();
        if self.now.router.apply(&input, &mut events)? == Applied::Repeated {
            return Ok(Applied::Repeated);
        }
        let delivered = if self.told > self.said { self.told } else { Seq(0) };
        self.said = self.said.max(delivered);
        let entry = Entry { input, events, key, delivered };
        self.now.hear(&entry);
        self.entries.push(Rc::new(entry));
        if self.end().is_multiple_of(EVERY) {
            self.marks.push(Rc::new(self.now.clone()));
        }
        Ok(Applied::Done)
    }
}

impl Moment {
    fn hear(&mut self, entry: &Entry) {
        if let (Some(key), Command::Enqueue { contact, .. }) = (&entry.key, &entry.input.command) {
            self.keys.insert(key.reveal().clone(), *contact);
            self.last = *contact;
        }
        // A name is free when its contact is not there any more.
        let router = &self.router;
        self.keys.retain(|_, contact| router.contact(*contact).is_some());
    }
}
