//! What the threads do: small, so that many orders are tried, and with room for one of everything, so that all have to wait.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use super::super::threads::{self, Receiver, Sender, yield_now};
use crate::{
    AgentId, Applied, ChannelId, ChannelSet, Command, CommandId, Driver, DriverOptions, Durability, Entry, Failed,
    Gateway, GroupId, Journal, JournalError, ManualClock, MemoryJournal, NewContact, NotSent, OfferEnd, Opening, Plan,
    QueueId, Receipt, Request, Seq, Snapshot, Span, Stopped, Switchboard, SwitchboardOptions, Timestamp, Trunk, What,
};

pub(super) const SCENES: [(&str, fn()); 13] = [
    ("delivered again", delivered_again),
    ("full everywhere", full_everywhere),
    ("a gateway that submits", a_gateway_that_submits),
    ("shut down while asked", shut_down_while_asked),
    ("dropped while asked", dropped_while_asked),
    ("dropped by a callback", dropped_by_a_callback),
    ("the journal fails", the_journal_fails),
    ("the gateway panics", the_gateway_panics),
    ("callbacks", callbacks),
    ("questions", questions),
    ("a wallboard", a_wallboard),
    ("an offer rings out", an_offer_rings_out),
    ("no room in time", no_room_in_time),
];

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    Plan::builder()
        .channel("voice", |voice| voice.offer(Span::from_secs(20)))
        .capacity("phone", |phone| phone.takes("voice", 1))
        .agents("team", "phone", |team| team)
        .queue("service", |queue| queue)
        .build()
        .expect("the plan is sound")
});

/// Locked for a moment only, in which no other thread is let run.
type Noted<T> = Arc<Mutex<T>>;

/// A gateway that notes what it is given, and lets others run before.
struct Noting {
    given: Noted<Vec<Seq>>,
    /// With each contact that arrives, it submits.
    submits: bool,
    /// It panics at this one.
    panics_at: Option<Seq>,
    rang_out: Option<Sender<()>>,
    trunk: Option<Trunk>,
}

impl Gateway for Noting {
    fn opened(&mut self, trunk: &Trunk, _: &Opening) {
        self.trunk = self.submits.then(|| trunk.clone());
    }

    fn deliver(&mut self, entry: &Entry) {
        yield_now();
        if self.panics_at == Some(entry.input.seq) {
            resume_unwind(Box::new("as it was told to"));
        }
        for event in &entry.events {
            match event.what {
                What::Arrived { contact, .. } => {
                    if let Some(trunk) = &self.trunk {
                        // A failure means that it is over.
                        let _ = trunk.call(Command::SetPriority { contact, priority: 1 });
                    }
                }
                What::OfferEnded { end: OfferEnd::Expired, .. } => {
                    if let Some(rang_out) = &self.rang_out {
                        let _ = rang_out.send(());
                    }
                }
                _ => {}
            }
        }
        self.given.lock().unwrap().push(entry.input.seq);
    }
}

/// A journal whose syncs fail from the one with this number on.
struct Failing(MemoryJournal, usize);

impl Journal for Failing {
    fn end(&mut self) -> Result<Seq, JournalError> {
        self.0.end()
    }
    fn append(&mut self, after: Seq, entries: &[Entry]) -> Result<(), JournalError> {
        self.0.append(after, entries)
    }
    fn sync(&mut self, durability: Durability) -> Result<(), JournalError> {
        yield_now();
        self.1 = self.1.saturating_sub(1);
        if self.1 == 0 {
            return Err(JournalError::storage("sync", "the device broke"));
        }
        self.0.sync(durability)
    }
    fn replay(
        &mut self,
        after: Seq,
        each: &mut dyn FnMut(Entry) -> std::ops::ControlFlow<()>,
    ) -> Result<(), JournalError> {
        self.0.replay(after, each)
    }
    fn save_checkpoint(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        self.0.save_checkpoint(snapshot)
    }
    fn load_checkpoint(&mut self, at_most: Seq) -> Result<Option<Snapshot>, JournalError> {
        self.0.load_checkpoint(at_most)
    }
}

/// What is there before and after a switchboard.
struct Place {
    journal: MemoryJournal,
    given: Noted<Vec<Seq>>,
    clock: ManualClock,
    batch: usize,
    backlog: u64,
}

impl Place {
    fn new(batch: usize, backlog: u64) -> Self {
        let (journal, given, clock) = (MemoryJournal::new(), Noted::default(), ManualClock::default());
        Self { journal, given, clock, batch, backlog }
    }

    fn gateway(&self) -> Noting {
        Noting { given: self.given.clone(), submits: false, panics_at: None, rang_out: None, trunk: None }
    }

    fn open(&self, gateway: Noting) -> Switchboard {
        self.open_on(self.journal.clone(), gateway)
    }

    /// With room for one request.
    fn open_on(&self, journal: impl Journal + 'static, gateway: Noting) -> Switchboard {
        let Self { batch, backlog, .. } = *self;
        let driver = DriverOptions { snapshot_every: 2, ..DriverOptions::default() };
        let view_every = Some(Span::ZERO);
        let options = SwitchboardOptions { driver, capacity: 1, batch, backlog, spin: Duration::ZERO, view_every };
        let clock = Arc::new(self.clock.clone());
        let (journal, gateway) = (Box::new(journal), Box::new(gateway));
        Switchboard::open(journal, PLAN.clone(), gateway, clock, options).expect("the journal is sound").0
    }

    fn entries(&self) -> Vec<Entry> {
        entries(&self.journal)
    }

    /// The gateway was given all of the journal once and in order.
    fn given_in_order(&self) {
        let all: Vec<Seq> = self.entries().iter().map(|entry| entry.input.seq).collect();
        assert_eq!(*self.given.lock().unwrap(), all);
    }

    /// Opens it again, asks once more what is in doubt, and sees that each was done once and delivered.
    fn end_well(&self, asked: &Asked) {
        // The first life's gateway may be at its last command a little longer.
        let second = Noted::default();
        let before = self.given.lock().unwrap().len();
        let switchboard = self.open(Noting { given: second.clone(), ..self.gateway() });
        let trunk = switchboard.trunk();
        for (id, answer) in &asked.0 {
            let again = trunk.call(request(*id)).expect("nothing goes wrong now");
            // Whatever was answered as done is done.
            assert!(again.applied == Applied::Repeated || answer.is_none(), "{id:?} was answered and is lost");
        }
        switchboard.shutdown().expect("nothing goes wrong now");
        let entries = self.entries();
        for id in asked.0.keys() {
            assert_eq!(entries.iter().filter(|entry| entry.input.id == *id).count(), 1, "{id:?} was done once");
        }
        // In order in both lives, and in the second from no later than where the first left off.
        let (first, second) = (self.given.lock().unwrap(), second.lock().unwrap());
        assert!(first.len() <= before + 1, "the first life's gateway was given {first:?}, {before} of them in time");
        assert!(first.iter().map(|seq| seq.0).eq(1..=first.len() as u64), "{first:?} in the first life");
        let from = second.first().map_or(entries.len() as u64 + 1, |seq| seq.0);
        assert!(from <= first.len() as u64 + 1, "{second:?} after {first:?}");
        assert!(second.iter().map(|seq| seq.0).eq(from..=entries.len() as u64), "{second:?} in the second life");
    }
}

fn entries(journal: &MemoryJournal) -> Vec<Entry> {
    let mut entries = Vec::new();
    let replayed = journal.clone().replay(Seq(0), &mut |entry| {
        entries.push(entry);
        std::ops::ControlFlow::Continue(())
    });
    replayed.expect("memory does not fail");
    entries
}

/// What was asked, and answered where it was.
#[derive(Default)]
struct Asked(BTreeMap<CommandId, Option<Seq>>);

impl Asked {
    fn note(&mut self, id: CommandId, answer: Result<crate::Answer, Failed>) {
        let answer = match answer {
            Ok(answer) => Some(answer.seq),
            Err(Failed::Stopped(_)) => None,
            Err(Failed::Refused(refused)) => panic!("{refused}"),
        };
        assert!(self.0.insert(id, answer).is_none(), "one answer each");
    }
}

/// A contact arrives, by a name of its own.
fn request(id: CommandId) -> Request {
    let new = NewContact::new(QueueId(0), ChannelId(plan_voice()));
    Request::arrive(format!("{}-{}", id.source, id.number), new).with_id(id)
}

fn plan_voice() -> u8 {
    PLAN.find_channel("voice").expect("it is in the plan").0
}

/// A thread of the host that asks so often, one after the other, or all at once and then waits.
fn caller(trunk: &Trunk, source: u32, often: u64, at_once: bool) -> threads::JoinHandle<Asked> {
    let trunk = trunk.clone();
    let run = move || {
        let mut asked = Asked::default();
        let mut receipts: Vec<(CommandId, Receipt)> = Vec::new();
        for number in 1..=often {
            let id = CommandId { source, number };
            match trunk.send(request(id)) {
                Ok(receipt) if at_once => receipts.push((id, receipt)),
                Ok(receipt) => asked.note(id, receipt.wait()),
                Err(stopped) => asked.note(id, Err(stopped.into())),
            }
        }
        receipts.into_iter().for_each(|(id, receipt)| asked.note(id, receipt.wait()));
        let places: Vec<_> = asked.0.values().flatten().collect();
        assert!(places.is_sorted(), "what one thread sends is done in its order");
        asked
    };
    threads::start("caller", run).expect("it can be started")
}

/// Two of them.
fn callers(trunk: &Trunk, often: u64) -> impl FnOnce() -> Asked + use<> {
    let both = [caller(trunk, 1, often, false), caller(trunk, 2, often, true)];
    move || Asked(both.into_iter().flat_map(|it| it.join().expect("it does not panic").0).collect())
}

// ---- scenes

fn full_everywhere() {
    let place = Place::new(2, 1);
    let switchboard = place.open(place.gateway());
    let asked = callers(&switchboard.trunk(), 3);
    // Wakes the engine at any moment, and changes nothing.
    for _ in 0..6 {
        place.clock.pass(Span::ZERO);
    }
    let asked = asked();
    switchboard.shutdown().expect("nothing goes wrong");
    assert!(asked.0.values().all(Option::is_some));
    assert_eq!(place.entries().len(), 6);
    place.given_in_order();
}

fn a_gateway_that_submits() {
    let place = Place::new(1, 4);
    let switchboard = place.open(Noting { submits: true, ..place.gateway() });
    let asked = callers(&switchboard.trunk(), 3)();
    assert!(asked.0.values().all(Option::is_some));
    switchboard.shutdown().expect("nothing goes wrong");
    place.given_in_order();
}

fn shut_down_while_asked() {
    let place = Place::new(1, 1);
    let switchboard = place.open(Noting { submits: true, ..place.gateway() });
    let asked = callers(&switchboard.trunk(), 2);
    switchboard.shutdown().expect("nothing goes wrong");
    let asked = asked();
    place.given_in_order();
    // What was told of a shutdown was not done, since that finishes everything that it took.
    let entries = place.entries();
    for (id, answer) in &asked.0 {
        let there = entries.iter().find(|entry| entry.input.id == *id).map(|entry| entry.input.seq);
        assert_eq!(there, *answer, "{id:?}");
    }
    place.end_well(&asked);
}

fn dropped_while_asked() {
    let place = Place::new(1, 4);
    let switchboard = place.open(place.gateway());
    let asked = callers(&switchboard.trunk(), 3);
    drop(switchboard);
    place.end_well(&asked());
}

fn dropped_by_a_callback() {
    let place = Place::new(1, 1);
    let switchboard = place.open(place.gateway());
    let trunk = switchboard.trunk();
    let asked = callers(&trunk, 1);
    let (told, tells) = threads::bounded(1);
    trunk.send_with(Command::AdvanceTime, move |_| {
        drop(switchboard);
        let _ = told.send(());
    });
    tells.recv().expect("it is called");
    let asked = asked();
    // The journal is free when the engine's thread, which nobody can wait for, is done with it.
    yield_now();
    let open = Driver::open(Box::new(place.journal.clone()), PLAN.clone(), DriverOptions::default(), Timestamp::ZERO);
    let entries = place.entries();
    assert!(open.is_ok());
    for (id, answer) in &asked.0 {
        assert!(answer.is_none() || entries.iter().any(|entry| entry.input.id == *id), "{id:?}");
    }
}

fn the_journal_fails() {
    let place = Place::new(2, 1);
    let fails_at = 2 + shuttle::rand::Rng::gen_range(&mut shuttle::rand::thread_rng(), 0..3);
    let switchboard = place.open_on(Failing(place.journal.clone(), fails_at), place.gateway());
    let asked = callers(&switchboard.trunk(), 2)();
    let stopped = switchboard.shutdown().map(drop);
    assert!(matches!(stopped, Ok(()) | Err(Stopped::Journal(_))), "{stopped:?}");
    place.end_well(&asked);
}

fn the_gateway_panics() {
    let place = Place::new(1, 1);
    let switchboard = place.open(Noting { panics_at: Some(Seq(2)), ..place.gateway() });
    let asked = callers(&switchboard.trunk(), 2)();
    let stopped = switchboard.shutdown().map(drop);
    assert!(matches!(stopped, Err(Stopped::Gateway(Seq(2)))), "{stopped:?}");
    place.end_well(&asked);
}

/// Each is called once, whatever happens: one that sends, one that panics, one that is too late.
fn callbacks() {
    let place = Place::new(1, 1);
    let switchboard = place.open(place.gateway());
    let trunk = switchboard.trunk();
    let called = Arc::new(Mutex::new(Vec::new()));
    let note = |name: &'static str| {
        let called = called.clone();
        move || called.lock().unwrap().push(name)
    };
    let (sends, panics, inner, late) = (note("sends"), note("panics"), note("inner"), note("late"));
    let (again, beside) = (trunk.clone(), trunk.clone());
    trunk.send_with(Command::AdvanceTime, move |_| {
        sends();
        again.send_with(Command::AdvanceTime, move |_| inner());
    });
    let other = threads::start("other", move || {
        beside.send_with(Command::AdvanceTime, move |_| {
            panics();
            resume_unwind(Box::new("as it was told to"));
        });
    });
    drop(switchboard);
    other.expect("it can be started").join().expect("the panic was the callback's own");
    trunk.send_with(Command::AdvanceTime, move |_| late());
    let mut called = called.lock().unwrap().clone();
    called.sort_unstable();
    assert_eq!(called, ["inner", "late", "panics", "sends"]);
}

/// A long backlog is delivered again, in order and before anything new, while the gateway is slow and others ask.
fn delivered_again() {
    let place = Place::new(1, 1);
    let (mut driver, _) =
        Driver::open(Box::new(place.journal.clone()), PLAN.clone(), DriverOptions::default(), Timestamp::ZERO)
            .expect("the journal is sound");
    for number in 1..=4 {
        driver.submit(request(CommandId { source: 9, number }), Timestamp::ZERO).expect("it has not failed");
    }
    driver.commit(Timestamp::ZERO).expect("memory does not fail");
    drop(driver);
    let switchboard = place.open(Noting { submits: true, ..place.gateway() });
    let asked = callers(&switchboard.trunk(), 1)();
    assert!(asked.0.values().all(Option::is_some));
    switchboard.shutdown().expect("nothing goes wrong");
    place.given_in_order();
}

/// What a question can see is durable, and after what its thread sent.
fn questions() {
    let place = Place::new(1, 1);
    let switchboard = place.open(place.gateway());
    let trunk = switchboard.trunk();
    let asked = callers(&trunk, 1);
    let id = CommandId { source: 3, number: 1 };
    let receipt = trunk.send(request(id)).expect("it is there");
    let mut journal = place.journal.clone();
    let (seen, kept, known) = trunk
        .ask(move |router, keys| (router.seq(), journal.end().expect("memory does not fail"), keys.contact("3-1")))
        .expect("it is there");
    assert!(seen <= kept, "{seen} is seen, and {kept} kept");
    assert!(known.is_some(), "what was sent before is seen");
    drop(receipt);
    asked();
    switchboard.shutdown().expect("nothing goes wrong");
    place.given_in_order();
}

/// What readers see without asking the engine is durable, never goes back, and comes to the end.
fn a_wallboard() {
    let place = Place::new(2, 1);
    let switchboard = Arc::new(place.open(place.gateway()));
    let asked = callers(&switchboard.trunk(), 2);
    let (reads, journal) = (switchboard.clone(), place.journal.clone());
    let reader = threads::start("reader", move || {
        let mut last = Seq(0);
        for number in 1..=3 {
            let id = CommandId { source: 1, number };
            let (view, known) = (reads.view(), reads.contact_of(&format!("1-{number}")).is_some());
            let kept = entries(&journal);
            assert!(last <= view.seq && view.seq.0 <= kept.len() as u64, "{} is shown after {last}", view.seq);
            assert!(!known || kept.iter().any(|entry| entry.input.id == id), "a name of one who may never have come");
            last = view.seq;
            yield_now();
        }
    });
    reader.expect("it can be started").join().expect("it does not panic");
    asked();
    // What one batch could not tell because somebody read, the next one does.
    (0..2).for_each(|_| switchboard.trunk().ask(|_, _| ()).expect("it is there"));
    assert_eq!((switchboard.view().seq, switchboard.contact_of("1-2").is_some()), (Seq(4), true));
    let switchboard = Arc::into_inner(switchboard).expect("the reader is gone");
    switchboard.shutdown().expect("nothing goes wrong");
    place.given_in_order();
}

/// The clock says that it is time, while requests come and the gateway is behind.
fn an_offer_rings_out() {
    let place = Place::new(1, 1);
    let (rings, rang) = threads::unbounded();
    let switchboard = place.open(Noting { rang_out: Some(rings), ..place.gateway() });
    let trunk = switchboard.trunk();
    let ready = ChannelSet::ALL;
    let sign_in = Command::SignIn { agent: AgentId(1), group: GroupId(0), skills: None, ready };
    trunk.call(sign_in).expect("it is there");
    trunk.call(request(CommandId { source: 3, number: 1 })).expect("it is there");
    let asked = callers(&trunk, 1);
    place.clock.pass(Span::from_secs(20));
    wait(&rang);
    asked();
    switchboard.shutdown().expect("nothing goes wrong");
    place.given_in_order();
}

fn wait(rang: &Receiver<()>) {
    rang.recv().expect("the gateway is there");
}

/// Requests that are given back for want of room were never done.
fn no_room_in_time() {
    let place = Place::new(1, 1);
    let switchboard = place.open(place.gateway());
    let trunk = switchboard.trunk();
    let asked = callers(&trunk, 1);
    let mut sent = Vec::new();
    for number in 1..=3 {
        let id = CommandId { source: 3, number };
        let tried = match number {
            1 => trunk.try_send(request(id)),
            _ => trunk.send_timeout(request(id), Duration::from_millis(1)),
        };
        match tried {
            Ok(receipt) => sent.push((id, receipt)),
            Err(NotSent::Full(request)) => assert_eq!(request.id, id, "it is given back"),
            Err(NotSent::Stopped(stopped)) => panic!("{stopped}"),
        }
    }
    let there: Vec<CommandId> = sent.iter().map(|(id, _)| *id).collect();
    sent.into_iter().for_each(|(_, receipt)| drop(receipt.wait().expect("it is there")));
    asked();
    switchboard.shutdown().expect("nothing goes wrong");
    let entries = place.entries();
    let of_ours = entries.iter().map(|entry| entry.input.id).filter(|id| id.source == 3);
    assert_eq!(of_ours.collect::<Vec<_>>(), there);
    place.given_in_order();
}
