//! A driver at work beside the model of it, and everything that must hold between the two and the device.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use cordboard::{
    Answer, Committed, Driver, DriverError, DriverOptions, Durability, JournalError, Plan, Refused, Seq, Timestamp,
};

use super::client::Letter;
use super::disk::{Crash, Death, Disk};
use super::gateway::Gateway;
use super::model::{Expected, Model};
use super::tally::Tally;

/// Where a driver runs.
pub(crate) struct Site {
    pub(crate) disk: Disk,
    pub(crate) model: Model,
    pub(crate) gateway: Gateway,
    pub(crate) options: DriverOptions,
    pub(crate) clock: Timestamp,
    pub(crate) driver: Option<Driver>,
    /// Requests since the last commit, and what should become of them.
    asked: Vec<(Letter, Result<Expected, Refused>)>,
    /// The engine's time when each entry was let out.
    let_out: Vec<Timestamp>,
    /// Entries on the device that were compared with the model's.
    compared: usize,
    snapshot: Option<Seq>,
}

/// How a call ended that gave nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fell {
    /// The process died in it.
    Crashed,
    /// It said that the journal failed.
    Failed,
}

impl Site {
    pub(crate) fn new(plan: &Plan, options: DriverOptions, clock: Timestamp) -> Self {
        Self {
            disk: Disk::default(),
            model: Model::new(plan, &options.policies),
            gateway: Gateway::new(),
            options,
            clock,
            driver: None,
            asked: Vec::new(),
            let_out: Vec::new(),
            compared: 0,
            snapshot: None,
        }
    }

    /// Another site like this one after a death that left so much; here nothing changes.
    pub(crate) fn after(&self, death: Death, survivors: usize) -> Self {
        let mut site = Self {
            disk: self.disk.after(death, survivors),
            model: self.model.clone(),
            gateway: self.gateway.clone(),
            options: self.options.clone(),
            clock: self.clock,
            driver: None,
            asked: Vec::new(),
            let_out: self.let_out.clone(),
            compared: self.compared,
            snapshot: self.snapshot,
        };
        site.forget(survivors);
        site
    }

    /// What was asked of the driver and not answered.
    pub(crate) fn unanswered(&mut self) -> impl Iterator<Item = Letter> {
        self.asked.drain(..).map(|(letter, _)| letter)
    }

    /// The driver is gone, and of the entries only so many are left.
    pub(crate) fn forget(&mut self, survivors: usize) {
        self.driver = None;
        self.model.go_back(survivors);
        self.let_out.truncate(survivors);
        self.compared = self.compared.min(survivors);
        self.snapshot = self.disk.newest_snapshot().0.map(|it| it.seq);
        assert!(self.asked.is_empty(), "what was asked is known to be in doubt");
    }

    /// Entries that must survive such a death now, by what was promised.
    pub(crate) fn promised(&self, death: Death) -> usize {
        let (_, written, stable) = self.disk.counts();
        let all = self.let_out.len();
        match (self.options.durability, death) {
            _ if self.disk.has_lied() => 0,
            (Durability::Stable, _) | (Durability::Written, Death::Process) => all,
            // What was let out too long ago is written: each commit is checked for that.
            (Durability::Deferred, Death::Process) => written,
            (_, Death::Power) => stable,
        }
    }

    // ---- opening

    /// Opens the journal, with what the host thinks is the plan, and compares all of it.
    pub(crate) fn open(&mut self, plan: &Plan, tally: &mut Tally) -> Result<(), Fell> {
        let end = self.disk.counts().0;
        self.forget(end);
        self.let_out.resize(end, self.model.router().now());
        let opened = guarded(|| Driver::open(self.disk.journal(), plan.clone(), self.options.clone(), self.clock))?;
        let (driver, opening) = match opened {
            Ok(opened) => opened,
            Err(_) if self.disk.something_happened() => return Err(Fell::Failed),
            Err(error) => panic!("a sound journal was not opened: {error}"),
        };
        let (snapshot, damaged) = self.disk.newest_snapshot();
        let snapshot = snapshot.expect("it was opened, and so begun");
        let (from, before) = (snapshot.seq, self.model.end());
        let delivered = self.model.said().max(snapshot.delivered);
        let offers = self.model.open(self.clock, self.options.in_flight, delivered);

        assert_eq!(
            (opening.end, opening.snapshot, opening.damaged_snapshots),
            (Seq(end as u64), from, damaged),
            "what was found"
        );
        assert_eq!(opening.folded, (end as u64) - from.0, "entries folded");
        assert_eq!(opening.delivered, delivered, "the mark of what was delivered, as it was written down");
        let given = self.gateway.was_given(&self.model.entries[..delivered.0 as usize]);
        assert_eq!(given, Ok(()), "the mark skips what the gateway was never given");
        assert_eq!(opening.offers, offers, "offers that still ring");
        self.driver = Some(driver);
        self.compare_state();
        self.check_promise();

        tally.count("openings");
        tally.add("damaged snapshots passed over", damaged.into());
        tally.add("offers that ring on", opening.offers.len() as u64);
        tally.add("names kept", self.model.keys().len() as u64);
        for entry in &self.model.entries[before..] {
            match entry.input.command {
                cordboard::Command::Revoke { .. } => tally.count("offers taken back on opening"),
                _ => tally.count("openings at which something was due"),
            }
        }
        Ok(())
    }

    /// What is after the mark is to be given to the gateway again.
    pub(crate) fn deliver_again(&mut self, tally: &mut Tally) -> Result<(), Fell> {
        let driver = self.driver.as_mut().expect("it is open");
        let (end, delivered) = (self.let_out.len(), self.model.told());
        let mut again = Vec::new();
        let replayed = guarded(|| {
            driver.replay(delivered, &mut |entry| {
                again.push(entry);
                ControlFlow::Continue(())
            })
        });
        if replayed?.is_err() {
            return Err(Fell::Failed);
        }
        let expected = &self.model.entries[delivered.0 as usize..end];
        assert!(again.iter().eq(expected.iter().map(|entry| &**entry)), "what is replayed is what was written");
        tally.add("commands delivered again", again.len() as u64);
        self.gateway.begin_again(delivered, again);
        Ok(())
    }

    // ---- work

    pub(crate) fn submit(&mut self, letter: Letter) {
        let expected = self.model.submit(letter.id, &letter.wish, self.clock);
        let driver = self.driver.as_mut().expect("it is open");
        driver.submit(letter.wish.request(letter.id), self.clock).expect("it has not failed");
        assert_eq!(driver.router().expect("it has not failed").seq(), Seq(self.model.end() as u64), "after {letter:?}");
        self.asked.push((letter, expected));
    }

    pub(crate) fn tick(&mut self) {
        self.model.tick(self.clock);
        self.driver.as_mut().expect("it is open").tick(self.clock).expect("it has not failed");
    }

    /// Commits. The letters that were answered, and what was let out.
    pub(crate) fn commit(&mut self) -> Result<(Vec<Letter>, Committed), Fell> {
        self.model.read(self.clock);
        let driver = self.driver.as_mut().expect("it is open");
        let clock = self.clock;
        match guarded(|| driver.commit(clock))? {
            Ok(committed) => {
                let letters = self.compare(&committed);
                self.check_promise();
                self.check_wake();
                Ok((letters, committed))
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Closes it. The journal ends with a snapshot.
    pub(crate) fn close(&mut self) -> Result<(Vec<Letter>, Committed), Fell> {
        self.model.read(self.clock);
        let driver = self.driver.take().expect("it is open");
        let clock = self.clock;
        match guarded(|| driver.close(clock))? {
            Ok((committed, _)) => {
                let letters = self.compare(&committed);
                let (all, written, _) = self.disk.counts();
                assert_eq!(all, self.let_out.len(), "everything is in the journal");
                assert!(self.disk.has_lied() || written == all, "and written");
                let snapshot = self.disk.newest_snapshot().0.map(|it| (it.seq, it.delivered));
                assert_eq!(snapshot, Some((Seq(all as u64), self.model.told())), "with a snapshot of its end");
                self.check_promise();
                Ok((letters, committed))
            }
            Err(_) => Err(Fell::Failed),
        }
    }

    /// The gateway is given up to so many, and tells the driver, or not.
    pub(crate) fn deliver(&mut self, most: usize, tell: bool) {
        if let Some(last) = self.gateway.give(most)
            && tell
        {
            self.model.tell(last);
            self.driver.as_mut().expect("it is open").delivered(last);
        }
    }

    // ---- what must hold

    /// What was let out is what the model says, each answer in its place.
    fn compare(&mut self, committed: &Committed) -> Vec<Letter> {
        let from = self.let_out.len();
        assert_eq!(committed.entries.len(), self.model.end() - from, "entries let out");
        for (entry, expected) in committed.entries.iter().zip(&self.model.entries[from..]) {
            assert_eq!(entry, &**expected, "an entry is let out");
        }
        let asked = std::mem::take(&mut self.asked);
        assert_eq!(committed.answers.len(), asked.len(), "every request is answered once");
        for (answer, (letter, expected)) in committed.answers.iter().zip(&asked) {
            match (answer, expected) {
                (Ok(answer), Ok(expected)) => self.compare_answer(letter, answer, expected),
                (Err(refused), Err(expected)) => assert_eq!(refused, expected, "{letter:?}"),
                _ => panic!("{letter:?} was answered {answer:?}, and should have been {expected:?}"),
            }
        }
        self.let_out.resize(self.model.end(), self.model.at(self.clock));
        self.compare_device();
        asked.into_iter().map(|(letter, _)| letter).collect()
    }

    fn compare_answer(&self, letter: &Letter, answer: &Answer, expected: &Expected) {
        let told = (answer.applied, answer.seq, answer.at, answer.contact);
        assert_eq!(told, (expected.applied, expected.seq, expected.at, expected.contact), "{letter:?}");
        let events = match expected.applied {
            cordboard::Applied::Done => &self.model.entries[expected.seq.0 as usize - 1].events[..],
            cordboard::Applied::Repeated => &[],
        };
        assert_eq!(answer.events(), events, "{letter:?}");
    }

    /// The device has a beginning of what the model says.
    pub(crate) fn compare_device(&mut self) {
        let all = self.disk.counts().0;
        assert!(all <= self.model.end(), "the device has {all} entries, and should have {}", self.model.end());
        for at in self.compared..all {
            assert_eq!(self.disk.entry(at), *self.model.entries[at], "an entry on the device");
        }
        self.compared = all;
        // A new snapshot has the mark as it is now.
        let newest = self.disk.newest_snapshot().0;
        if let Some(snapshot) = newest.filter(|it| Some(it.seq) > self.snapshot) {
            assert_eq!(snapshot.delivered, self.model.told(), "the mark in the snapshot of {}", snapshot.seq);
            self.snapshot = Some(snapshot.seq);
        }
    }

    /// Nothing is let out before it is as durable as was promised.
    fn check_promise(&self) {
        let (vouched, (_, written, stable)) = (self.disk.vouched(), self.disk.counts());
        let all = self.let_out.len();
        match self.options.durability {
            Durability::Stable | Durability::Written if self.disk.has_lied() => {
                assert!(vouched >= all, "no sync was asked for")
            }
            Durability::Stable => assert!(stable >= all, "{all} entries are let out, and {stable} stable"),
            Durability::Written => assert!(written >= all, "{all} entries are let out, and {written} written"),
            Durability::Deferred => {
                for &at in self.let_out.iter().skip(if self.disk.has_lied() { vouched } else { written }) {
                    let age = self.model.at(self.clock).since(at);
                    assert!(age < self.options.defer, "let out {age} ago, and still not written");
                }
            }
        }
    }

    /// The driver asks to be woken in time.
    fn check_wake(&self) {
        let wake = self.driver.as_ref().and_then(Driver::next_wake);
        if let Some(due) = self.model.router().next_deadline() {
            let wake = wake.expect("something is due");
            // Not further on than when it is due, nor later than at once.
            assert!(self.model.at(wake.max(self.clock)) <= due.max(self.model.at(self.clock)), "woken late for {due}");
        }
        if let Some(&at) = self.let_out.get(self.disk.vouched()) {
            let wake = wake.expect("something is to be written");
            assert!(
                self.model.at(wake) <= at + self.options.defer,
                "woken at {wake} to write what was let out at {at}"
            );
        }
    }

    pub(crate) fn compare_state(&self) {
        let driver = self.driver.as_ref().expect("it is open");
        let router = driver.router().expect("it has not failed");
        assert_eq!(router.now(), self.model.router().now(), "the engine's time");
        assert_eq!(router.digest(), self.model.router().digest(), "the engine's state at {}", router.seq());
        let (keys, expected) = (driver.keys().expect("it has not failed"), self.model.keys());
        assert_eq!(keys.len(), expected.len(), "names in use");
        for (key, &contact) in expected {
            assert_eq!((keys.contact(key), keys.name(contact)), (Some(contact), Some(&**key)));
        }
    }

    /// After an error the driver does nothing any more and shows nothing.
    fn failed(&mut self, error: &DriverError) -> Fell {
        assert!(matches!(error, DriverError::Journal(JournalError::Storage { .. })), "{error}");
        let calls = self.disk.calls();
        let driver = self.driver.as_mut().expect("it is open");
        let poisoned = |result: Result<(), DriverError>| matches!(result, Err(DriverError::Poisoned));
        assert!(poisoned(driver.submit(cordboard::Command::AdvanceTime.into(), self.clock)), "it takes requests");
        assert!(poisoned(driver.tick(self.clock)), "it fires timers");
        assert!(poisoned(driver.router().map(drop)), "it shows its state");
        assert!(poisoned(driver.keys().map(drop)), "it shows its names");
        assert!(poisoned(driver.commit(self.clock).map(drop)), "it commits");
        assert!(poisoned(driver.replay(Seq(0), &mut |_| panic!("it replays"))), "it replays");
        let driver = self.driver.take().expect("it is open");
        assert!(poisoned(driver.close(self.clock).map(drop)), "it closes");
        assert_eq!(self.disk.calls(), calls, "it uses the device");
        Fell::Failed
    }
}

/// Runs what may die, and nothing else that unwinds.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, Fell> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| match payload.downcast::<Crash>() {
        Ok(_) => Fell::Crashed,
        Err(other) => resume_unwind(other),
    })
}
