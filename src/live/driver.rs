//! The driver: applies in memory, writes, and only then lets out what happened.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::answer::{Answer, Ask, Refused, Request};
use super::keys::Keys;
use super::opening::InFlight;
use super::pace::Pace;
use crate::command::{Command, Stamped};
use crate::event::Event;
use crate::id::{CommandId, ContactId, Seq};
use crate::journal::{Durability, Entry, Journal, JournalError, Snapshot};
use crate::private::Private;
use crate::rejected::Rejected;
use crate::router::{Applied, Policies, Router};
use crate::time::{Span, Timestamp};

/// How a driver works.
#[derive(Clone)]
pub struct DriverOptions {
    /// What an acknowledgement promises. Default [`Durability::Stable`].
    pub durability: Durability,
    /// With [`Durability::Deferred`]: the longest time until something acknowledged is written, by the engine's time, which may
    /// be an eighth slower than the clock. Default 100 ms.
    pub defer: Span,
    /// A snapshot is taken after so many entries; recovery folds at most about as many. Default 250,000; 0 takes none
    /// but the first and one on closing.
    pub snapshot_every: u64,
    /// What becomes of offers that rang when the driver stopped, and still have time left when it is opened again.
    pub in_flight: InFlight,
    /// The host's own policies, where the plan asks for some.
    pub policies: Policies,
}

impl Default for DriverOptions {
    fn default() -> Self {
        Self {
            durability: Durability::Stable,
            defer: Span::from_millis(100),
            snapshot_every: 250_000,
            in_flight: InFlight::default(),
            policies: Policies::new(),
        }
    }
}

/// Why a driver does not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    /// The journal failed. What was asked since the last commit may have been kept or not: open the journal anew and ask again
    /// with the same ids.
    #[error("the journal failed, and the driver with it: {0}; open it anew")]
    Journal(#[from] JournalError),
    /// It failed before.
    #[error("the driver failed before; open its journal anew")]
    Poisoned,
}

/// What has been made durable together.
#[derive(Debug)]
pub struct Committed {
    /// Commands with their events, in order: now they may leave.
    pub entries: Arc<[Entry]>,
    /// One for each [`Driver::submit`] since the last commit, in order.
    pub answers: Vec<Result<Answer, Refused>>,
}

/// The engine with its journal, without threads: for hosts with a loop of their own.
///
/// **Loop.** [`submit`](Self::submit) what there is to do, [`commit`](Self::commit), and only then act on events and answer;
/// [`tick`](Self::tick) when [`next_wake`](Self::next_wake) has come. Nothing can leave before it is durable, since only `commit` gives it out.
///
/// **Errors.** After one, the engine in memory may be ahead of the journal: it is not to be seen any more, and the
/// journal is opened anew.
///
/// ```
/// use cordboard::{Command, ContactId, Driver, DriverOptions, MemoryJournal, NewContact, Plan, Request, Timestamp, What};
///
/// let plan = Plan::builder().capacity("phone", |p| p.takes("voice", 1)).queue("service", |q| q).build()?;
/// let (voice, service) = (plan.find_channel("voice").unwrap(), plan.find_queue("service").unwrap());
/// let journal = MemoryJournal::new();
/// let (mut driver, _) = Driver::open(Box::new(journal.clone()), plan.clone(), DriverOptions::default(), Timestamp(0))?;
/// driver.submit(Request::arrive("call-1@pbx", NewContact::new(service, voice)), Timestamp(10))?;
/// let committed = driver.commit(Timestamp(10))?;
/// let answer = committed.answers[0].as_ref().unwrap();
/// assert!(matches!(answer.events()[0].what, What::Arrived { .. }));
/// drop(driver); // the process dies
///
/// let (mut driver, opening) = Driver::open(Box::new(journal), plan, DriverOptions::default(), Timestamp(20))?;
/// assert_eq!(opening.folded, 1);
/// assert_eq!(driver.keys()?.contact("call-1@pbx"), answer.contact);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Driver {
    pub(super) router: Router,
    pub(super) journal: Box<dyn Journal>,
    pub(super) keys: Keys,
    pub(super) pace: Pace,
    pub(super) options: DriverOptions,
    /// Applied, and not yet let out.
    pub(super) staged: Vec<Entry>,
    pub(super) outcomes: Vec<Result<Outcome, Refused>>,
    /// Let out, and not yet written: only with [`Durability::Deferred`].
    pub(super) unwritten: Vec<Arc<[Entry]>>,
    /// The engine's time when the first of it was.
    pub(super) unwritten_since: Timestamp,
    /// Where the journal ends.
    pub(super) end: Seq,
    pub(super) snapshot_at: Seq,
    /// What the newest snapshot says of `delivered`.
    pub(super) snapshot_delivered: Seq,
    pub(super) delivered: Seq,
    /// What an entry last said of it.
    pub(super) told_delivered: Seq,
    pub(super) poisoned: bool,
}

/// An answer whose batch is still being made.
#[derive(Debug)]
pub(super) struct Outcome {
    applied: Applied,
    contact: Option<ContactId>,
    seq: Seq,
    at: Timestamp,
    entry: Option<usize>,
}

impl Driver {
    /// Does what is asked, in memory. What became of it is told by the next [`commit`](Self::commit). `clock` is the host's clock.
    /// Costs what the command costs the engine.
    ///
    /// # Errors
    /// [`DriverError::Poisoned`] after an earlier error.
    pub fn submit(&mut self, request: Request, clock: Timestamp) -> Result<(), DriverError> {
        self.tick(clock)?;
        let at = self.pace.at(clock);
        let outcome = self.perform(request, at);
        self.outcomes.push(outcome);
        Ok(())
    }

    /// Fires what is due by the host's clock. Early or repeated is harmless.
    ///
    /// # Errors
    /// [`DriverError::Poisoned`] after an earlier error.
    pub fn tick(&mut self, clock: Timestamp) -> Result<(), DriverError> {
        self.unless_poisoned()?;
        let at = self.pace.at(clock);
        if self.router.next_deadline().is_some_and(|due| due <= at) {
            let advanced = self.stage(CommandId::ANONYMOUS, Command::AdvanceTime, at, None);
            debug_assert!(advanced.is_ok(), "time may always advance, since it never goes back: {advanced:?}");
        }
        Ok(())
    }

    /// Makes everything since the last commit as durable as the options ask, and lets it out.
    ///
    /// # Errors
    /// [`DriverError::Journal`]: nothing is let out, and the driver is of no more use.
    pub fn commit(&mut self, clock: Timestamp) -> Result<Committed, DriverError> {
        self.unless_poisoned()?;
        let entries: Arc<[Entry]> = std::mem::take(&mut self.staged).into();
        // By the engine's time, which a clock that is set back does not hold up.
        let engine = self.pace.at(clock);
        let now = if planted!(DeferHeldByClock) { clock } else { engine };
        if !entries.is_empty() {
            if self.unwritten.is_empty() || planted!(DeferRestarts) {
                self.unwritten_since = now;
            }
            self.unwritten.push(entries.clone());
        }
        let deferred = self.options.durability == Durability::Deferred;
        let held = now.since(self.unwritten_since) < self.options.defer || planted!(DeferredNeverWritten);
        if !(deferred && held || planted!(OutBeforeAppend) && self.unwritten.len() == 1) {
            if planted!(SnapshotBeforeWrite) && self.options.snapshot_every == 1 {
                self.save_snapshot()?;
            }
            let written = self.write();
            if !planted!(FailedBatchReleased) {
                written?;
            }
            let every = self.options.snapshot_every;
            if every > 0 && self.end.0 - self.snapshot_at.0 >= every {
                self.save_snapshot()?;
            }
        }
        let outcomes = std::mem::take(&mut self.outcomes);
        let answer = |outcome: Outcome| {
            let Outcome { applied, contact, seq, at, entry } = outcome;
            Answer { applied, seq, at, contact, batch: entries.clone(), entry }
        };
        let mut answers: Vec<_> = outcomes.into_iter().map(|outcome| outcome.map(answer)).collect();
        if planted!(AnswersReversed) {
            answers.reverse();
        }
        if planted!(RefusalsUnanswered) {
            answers.retain(Result::is_ok);
        }
        Ok(Committed { entries, answers })
    }

    /// The reading of the host's clock at which to [`tick`](Self::tick) and [`commit`](Self::commit) again, though nothing was asked.
    pub fn next_wake(&self) -> Option<Timestamp> {
        let write = !self.unwritten.is_empty() && !planted!(WakeForgetsWrite);
        let write = write.then(|| self.unwritten_since + self.options.defer);
        let next = self.router.next_deadline().into_iter().chain(write).min()?;
        Some(if planted!(WakeForgetsPace) { next } else { self.pace.clock_at(next) })
    }

    /// The gateway has been given all events of the commands up to `seq`, and need not be given them again. Nobody can have been given what was not
    /// let out yet: where `seq` is beyond that, as of a gateway that remembers more than the journal does, only what was let out counts as delivered.
    pub fn delivered(&mut self, seq: Seq) {
        let let_out = self.staged.first().map_or(self.router.seq(), |next| Seq(next.input.seq.0 - 1));
        self.delivered = self.delivered.max(seq.min(let_out));
    }

    /// Gives the entries after `after` to `each`, as the journal has them, until it breaks off: to deliver again what may not have
    /// arrived.
    ///
    /// # Errors
    /// The journal failed.
    pub fn replay(&mut self, after: Seq, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), DriverError> {
        self.unless_poisoned()?;
        self.journal.replay(after, each).map_err(|error| self.fail(error))
    }

    /// Whether something was done that the next [`commit`](Self::commit) lets out.
    pub fn has_staged(&self) -> bool {
        !self.staged.is_empty() || !self.outcomes.is_empty()
    }

    /// Writes at once what was let out before it was written, which only [`Durability::Deferred`] does.
    ///
    /// # Errors
    /// The journal failed.
    pub fn flush(&mut self) -> Result<(), DriverError> {
        self.unless_poisoned()?;
        self.write()
    }

    /// The engine, with everything that was submitted: a host may ask it whatever it likes.
    ///
    /// # Errors
    /// [`DriverError::Poisoned`] after an error, when it may be ahead of the journal.
    pub fn router(&self) -> Result<&Router, DriverError> {
        if planted!(StateSeenAfterError) {
            return Ok(&self.router);
        }
        self.unless_poisoned().map(|()| &self.router)
    }

    /// The host's names of contacts.
    ///
    /// # Errors
    /// [`DriverError::Poisoned`] after an error, when they may be ahead of the journal.
    pub fn keys(&self) -> Result<&Keys, DriverError> {
        if planted!(NamesSeenAfterError) {
            return Ok(&self.keys);
        }
        self.unless_poisoned().map(|()| &self.keys)
    }

    /// Commits what is left, takes a snapshot, and gives back the journal: opening it again folds nothing.
    ///
    /// # Errors
    /// The journal failed.
    pub fn close(mut self, clock: Timestamp) -> Result<(Committed, Box<dyn Journal>), DriverError> {
        let committed = self.commit(clock)?;
        if !planted!(CloseForgetsUnwritten) {
            self.write()?;
        }
        let news = self.delivered > self.snapshot_delivered && !planted!(CloseForgetsMark);
        if self.end > self.snapshot_at || news {
            self.save_snapshot()?;
        }
        Ok((committed, self.journal))
    }

    fn perform(&mut self, request: Request, at: Timestamp) -> Result<Outcome, Refused> {
        let Request { id, ask } = request;
        let there = ask.key().and_then(|key| self.keys.contact(key));
        let unknown = planted!(NameBeforeId) && matches!(ask, Ask::About { .. }) && there.is_none();
        // Before anything else is asked: its contact may have ended since, and its name be another's.
        if !unknown && self.router.knows(id)? {
            if planted!(RepeatedTakesPlace) {
                let seq = Seq(self.router.seq().0 + 1);
                let input = Stamped { seq, id, at, command: Command::AdvanceTime };
                self.staged.push(Entry { input, events: Vec::new(), key: None, delivered: Seq(0) });
            }
            return Ok(Outcome { applied: Applied::Repeated, contact: there, seq: self.router.seq(), at, entry: None });
        }
        match ask {
            Ask::Command(command) => self.stage(id, command, at, None),
            Ask::About { command, .. } => {
                let contact = there.ok_or(Refused::UnknownKey)?;
                // Nothing has changed yet.
                let command = catch_unwind(AssertUnwindSafe(|| command(contact))).map_err(|_| Refused::Panicked)?;
                let outcome = self.stage(id, command, at, None)?;
                Ok(Outcome { contact: Some(contact), ..outcome })
            }
            Ask::Arrive { key, new } => {
                let longest = self.router.plan().limits().key_length;
                let length = key.reveal().len();
                if length == 0 || length > usize::from(longest) {
                    return Err(Refused::KeyLength { length, longest });
                }
                // One that has the name is there already, and is then refused as every other that is there.
                let contact = there.unwrap_or_else(|| self.keys.next(|id| self.router.contact(id).is_some()));
                match self.stage(id, Command::Enqueue { contact, new }, at, there.is_none().then_some(key)) {
                    Ok(outcome) => Ok(Outcome { contact: Some(contact), ..outcome }),
                    Err(Refused::Rejected(Rejected::ContactExists(contact))) => Err(Refused::KeyInUse { contact }),
                    Err(refused) => Err(refused),
                }
            }
        }
    }

    /// Applies a command, and keeps it with its events for the next commit.
    pub(super) fn stage(
        &mut self,
        id: CommandId,
        command: Command,
        at: Timestamp,
        key: Option<Private<Box<str>>>,
    ) -> Result<Outcome, Refused> {
        let seq = Seq(self.router.seq().0 + 1);
        let input = Stamped { seq, id, at, command };
        let mut events: Vec<Event> = Vec::new();
        let applied = self.router.apply(&input, &mut events);
        if planted!(RefusedKept) && applied.is_err() {
            self.staged.push(Entry { input: input.clone(), events: Vec::new(), key: None, delivered: Seq(0) });
        }
        let applied = applied?;
        debug_assert_eq!(applied, Applied::Done, "what was done before is not staged");
        if let (Some(key), Command::Enqueue { contact, .. }) = (&key, &input.command) {
            self.keys.bind(key.reveal(), *contact);
        }
        self.keys.hear(&events);
        let told = if planted!(MarkAhead) { Seq(self.router.seq().0 - 1) } else { self.delivered };
        let news = told > self.told_delivered && !planted!(MarkForgotten);
        let delivered = if news { told } else { Seq(0) };
        self.told_delivered = self.told_delivered.max(delivered);
        self.staged.push(Entry { input, events, key, delivered });
        Ok(Outcome { applied, contact: None, seq, at, entry: Some(self.staged.len() - 1) })
    }

    /// Writes what was let out before it was written, and what is about to be.
    fn write(&mut self) -> Result<(), DriverError> {
        if self.unwritten.is_empty() {
            return Ok(());
        }
        if planted!(AckBeforeSync) {
            self.sync()?;
        }
        let before = self.end;
        for batch in std::mem::take(&mut self.unwritten) {
            if planted!(BatchSplit) && batch.len() > 1 {
                self.append(&batch[..1])?;
                self.sync()?;
                return self.append(&batch[1..]);
            }
            self.append(&batch)?;
        }
        if planted!(AckBeforeSync) || planted!(NoSyncOfOne) && self.end.0 == before.0 + 1 {
            return Ok(());
        }
        self.sync()
    }

    fn append(&mut self, entries: &[Entry]) -> Result<(), DriverError> {
        self.journal.append(self.end, entries).map_err(|error| self.fail(error))?;
        self.end = Seq(self.end.0 + entries.len() as u64);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), DriverError> {
        let asked = self.options.durability;
        let durability = if planted!(WrittenForStable) { Durability::Written } else { asked };
        let mut synced = self.journal.sync(durability);
        if planted!(RetrySync) && synced.is_err() {
            synced = self.journal.sync(durability);
        }
        synced.map_err(|error| self.fail(error))
    }

    fn save_snapshot(&mut self) -> Result<(), DriverError> {
        let (keys, next_contact) = self.keys.save();
        let delivered = if planted!(MarkNotInSnapshot) { Seq(0) } else { self.delivered };
        let checkpoint = self.router.checkpoint();
        let snapshot = Snapshot { seq: self.end, checkpoint, keys, next_contact, delivered };
        self.journal.save_checkpoint(&snapshot).map_err(|error| self.fail(error))?;
        (self.snapshot_at, self.snapshot_delivered) = (self.end, delivered);
        Ok(())
    }

    fn unless_poisoned(&self) -> Result<(), DriverError> {
        if self.poisoned { Err(DriverError::Poisoned) } else { Ok(()) }
    }

    fn fail(&mut self, error: JournalError) -> DriverError {
        self.poisoned = !planted!(GoOnAfterError);
        DriverError::Journal(error)
    }
}
