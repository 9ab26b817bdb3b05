//! Opening a journal: the newest snapshot, the entries after it, and what fell due meanwhile.

use std::ops::ControlFlow;

use super::driver::{Driver, DriverOptions};
use super::keys::Keys;
use super::pace::Pace;
use crate::command::Command;
use crate::id::{CommandId, ContactId, Seq};
use crate::journal::{Entry, Journal, JournalError, Snapshot};
use crate::plan::Plan;
use crate::rejected::Rejected;
use crate::router::{Corrupt, OfferStatus, Router};
use crate::time::Timestamp;

/// What becomes of offers that rang when the driver stopped, and still have time left when it is opened again. Those whose
/// time has run out ring out, in order, like every timer that fell due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum InFlight {
    /// They ring on, for the time they have left; [`Opening::offers`] says which, for hosts that have to ring again.
    #[default]
    Keep,
    /// They are taken back, since no phone rings any more; their contacts wait again, with their age.
    Revoke,
}

/// What was found on opening.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opening {
    /// The last entry that was found.
    pub end: Seq,
    /// The snapshot that was begun from.
    pub snapshot: Seq,
    /// Snapshots that were passed over because they could not be read.
    pub damaged_snapshots: u32,
    /// Entries after the snapshot, all folded.
    pub folded: u64,
    /// The last command of which the gateway is known to have been given every event: what comes after it is to be delivered
    /// again.
    pub delivered: Seq,
    /// Offers that still ring.
    pub offers: Vec<OfferStatus>,
}

/// Why a journal cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The journal failed.
    #[error("the journal cannot be opened: {0}")]
    Journal(#[from] JournalError),
    /// It has entries, but no snapshot to begin from.
    #[error("the journal has entries up to {end}, but no readable snapshot to begin from")]
    NoBeginning {
        /// The last entry.
        end: Seq,
    },
    /// A snapshot or an entry does not fit what is before it.
    #[error("the journal cannot be followed after {after}: {why}")]
    Corrupt {
        /// The last place that was fine.
        after: Seq,
        /// Why.
        why: Corrupt,
    },
    /// The plan asks for policies of the host that were not given.
    #[error("the plan cannot be run: {0}")]
    Plan(#[from] Rejected),
    /// The system would not start a thread.
    #[error("no thread could be started: {0}")]
    Thread(std::io::Error),
}

impl Driver {
    /// Opens a journal. A new one begins with `plan`; one that has entries goes on with its own, which
    /// [`Command::Configure`] replaces. What fell due while nobody drove it fires in order, at its own instants; what
    /// that leads to is let out by the first [`commit`](Self::commit).
    ///
    /// Reads the newest snapshot, O(contacts + agents), and folds the entries after it, O(events).
    ///
    /// # Errors
    /// [`OpenError`]; no entry was written.
    pub fn open(
        mut journal: Box<dyn Journal>,
        plan: Plan,
        options: DriverOptions,
        clock: Timestamp,
    ) -> Result<(Self, Opening), OpenError> {
        let end = journal.end()?;
        // What was written before a death may not be as durable as what is let out has to be.
        if end > Seq(0) && !planted!(OpenedWithoutSync) {
            journal.sync(options.durability)?;
        }
        let (snapshot, damaged_snapshots) = newest_readable(&mut *journal, end)?;
        let snapshot = match snapshot {
            Some(snapshot) => snapshot,
            None if end > Seq(0) && !planted!(PlanForSnapshot) => return Err(OpenError::NoBeginning { end }),
            None => begin(&mut *journal, plan, &options)?,
        };
        let Snapshot { seq: from, checkpoint, keys, next_contact, delivered: snapshot_delivered } = snapshot;
        let mut delivered = snapshot_delivered;
        let corrupt = |after| move |why| OpenError::Corrupt { after, why };
        let mut router = Router::restore(checkpoint, options.policies.clone()).map_err(corrupt(from))?;
        if router.seq() != from {
            let why = Corrupt::Inconsistent(format!("the snapshot of {from} holds an engine at {}", router.seq()));
            return Err(corrupt(from)(why));
        }
        let mut keys = Keys::load(keys, next_contact);
        let mut broken = None;
        let mut folded = 0;
        journal.replay(from, &mut |entry: Entry| {
            if planted!(LastEntrySkipped) && entry.input.seq == end {
                return ControlFlow::Break(());
            }
            if let Err(why) = router.fold(&entry.input, &entry.events) {
                broken = Some(why);
                return ControlFlow::Break(());
            }
            if let (Some(key), Command::Enqueue { contact, .. }) = (&entry.key, &entry.input.command)
                && !planted!(NamesNotReplayed)
            {
                keys.bind(key.reveal(), *contact);
            }
            if !planted!(NamesNotFreedInReplay) {
                keys.hear(&entry.events);
            }
            if !planted!(MarkNotReplayed) {
                delivered = delivered.max(entry.delivered);
            }
            folded += 1;
            ControlFlow::Continue(())
        })?;
        if let Some(why) = broken {
            return Err(corrupt(router.seq())(why));
        }
        if router.seq() != end && !planted!(EndNotCompared) {
            let why =
                Corrupt::Inconsistent(format!("the journal ends at {end}, and gives nothing after {}", router.seq()));
            return Err(corrupt(router.seq())(why));
        }
        let pace = Pace::new(if planted!(TimeGoesBack) { clock } else { router.now() }, clock);
        let mut driver = Self {
            router,
            journal,
            keys,
            pace,
            options,
            staged: Vec::new(),
            outcomes: Vec::new(),
            unwritten: Vec::new(),
            unwritten_since: Timestamp::ZERO,
            end,
            snapshot_at: from,
            snapshot_delivered,
            delivered,
            told_delivered: delivered,
            poisoned: false,
        };
        driver.catch_up(clock);
        let offers = if planted!(OffersUntold) { Vec::new() } else { driver.router.open_offers() };
        Ok((driver, Opening { end, snapshot: from, damaged_snapshots, folded, delivered, offers }))
    }

    /// Fires what fell due, and takes back what no longer rings.
    fn catch_up(&mut self, clock: Timestamp) {
        if planted!(RevokeBeforeDue) && self.options.in_flight == InFlight::Revoke {
            self.take_back(self.router.now());
        }
        if !planted!(TimersNotFired) {
            let ticked = self.tick(clock);
            debug_assert!(ticked.is_ok(), "a driver is not poisoned before it has begun");
        }
        if planted!(FiredAtOpening) {
            let fired = self.staged.iter_mut().flat_map(|entry| &mut entry.events);
            fired.for_each(|event| event.at = self.router.now());
        }
        let revoke = if planted!(RevokeIgnored) { InFlight::Keep } else { self.options.in_flight };
        if revoke == InFlight::Revoke || planted!(KeepIgnored) {
            let at = self.pace.at(clock);
            self.take_back(at);
        }
    }

    /// Takes back every offer that is open.
    fn take_back(&mut self, at: Timestamp) {
        for offer in self.router.open_offers() {
            // Of a broadcast, the first may have taken the others with it: then there is nothing to take back.
            let _ = self.stage(CommandId::ANONYMOUS, Command::Revoke { offer: offer.offer }, at, None);
        }
    }
}

/// The newest snapshot that can be read, and how many cannot.
fn newest_readable(journal: &mut dyn Journal, end: Seq) -> Result<(Option<Snapshot>, u32), JournalError> {
    let (mut at_most, mut damaged) = (end, 0);
    loop {
        match journal.load_checkpoint(at_most) {
            Err(JournalError::Unreadable { .. }) if planted!(PlanForSnapshot) => return Ok((None, damaged + 1)),
            Err(JournalError::Unreadable { seq, .. })
                if seq > Seq(0) && seq <= at_most && !planted!(DamagedSnapshotEndsIt) =>
            {
                damaged += 1;
                at_most = Seq(seq.0 - 1);
            }
            found => return found.map(|snapshot| (snapshot, damaged)),
        }
    }
}

/// Begins a new journal: its first snapshot holds the plan.
fn begin(journal: &mut dyn Journal, plan: Plan, options: &DriverOptions) -> Result<Snapshot, OpenError> {
    let checkpoint = Router::with_policies(plan, options.policies.clone())?.checkpoint();
    let (seq, next_contact) = (Seq(0), ContactId(1));
    let snapshot = Snapshot { seq, checkpoint, keys: Vec::new(), next_contact, delivered: Seq(0) };
    journal.save_checkpoint(&snapshot)?;
    Ok(snapshot)
}
