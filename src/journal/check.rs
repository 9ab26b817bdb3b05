//! What every journal is checked for: the points of [`Journal`](super::Journal), one by one.

mod damage;
mod durable;
mod fence;
mod order;
mod script;
mod snapshots;

use std::fmt;
use std::ops::ControlFlow;

use super::{Entry, Journal, JournalError, Snapshot};
use crate::id::Seq;
use script::Script;

/// Where a journal keeps its entries, as [`check_journal`] sees it: something that can be opened, twice at a time or one time
/// after the other, and that harm can come to.
///
/// Only [`open`](Self::open) must be there. What else is implemented lets more be checked.
pub trait JournalStorage {
    /// The journal.
    type Journal: Journal;

    /// Opens the journal that is kept here: empty the first time, and what is there afterwards. A journal that
    /// was dropped before is what the death of its process leaves.
    ///
    /// # Errors
    /// It cannot be opened.
    fn open(&self) -> Result<Self::Journal, JournalError>;

    /// Takes the power away and gives it back: what was not stable is lost. Journals that are open have been dropped.
    /// `false` if that cannot be had here; then it is not checked.
    fn lose_power(&mut self) -> bool {
        false
    }

    /// From now on whatever is written fails, in journals that are open too. `false` if that cannot be had here; then it is
    /// not checked.
    fn break_down(&mut self) -> bool {
        false
    }

    /// What is written no longer fails.
    fn mend(&mut self) {}

    /// How many bits are kept, while no journal is open; 0 if that cannot be had here, and then it is not checked.
    fn bits(&self) -> u64 {
        0
    }

    /// Flips one of them.
    fn flip(&mut self, bit: u64) {
        let _ = bit;
    }
}

/// A point of the list that [`Journal`] gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum JournalPoint {
    /// 1. Entries come back in order, as they were.
    Order,
    /// 2. Of two writers one fails, and a group is taken whole or not at all.
    Fence,
    /// 3. What was synced is there when the journal is opened again.
    Durable,
    /// 3. And after the power was gone.
    PowerLoss,
    /// 4. Snapshots.
    Snapshots,
    /// 5. A flipped bit is found.
    Damage,
    /// 6. After an error, nothing succeeds any more.
    ErrorsStick,
}

impl fmt::Display for JournalPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Order => "1 (order)",
            Self::Fence => "2 (fence)",
            Self::Durable => "3 (durable)",
            Self::PowerLoss => "3 (durable: power loss)",
            Self::Snapshots => "4 (snapshots)",
            Self::Damage => "5 (damage is found)",
            Self::ErrorsStick => "6 (errors stick)",
        })
    }
}

/// A journal is not as it must be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("point {point} of a correct journal does not hold: {what}")]
#[non_exhaustive]
pub struct JournalFault {
    /// The first point that does not hold.
    pub point: JournalPoint,
    /// What was done, and what came of it.
    pub what: String,
}

/// Checks a journal for every point of the list that [`Journal`] gives, on storages made by `fresh`, and says which
/// could be checked.
///
/// Whoever writes a journal runs it in a test:
///
/// ```
/// use cordboard::{JournalError, JournalFault, JournalPoint, JournalStorage, MemoryJournal, check_journal};
///
/// struct Memory(MemoryJournal);
///
/// impl JournalStorage for Memory {
///     type Journal = MemoryJournal;
///
///     fn open(&self) -> Result<MemoryJournal, JournalError> {
///         Ok(self.0.clone())
///     }
/// }
///
/// let checked = check_journal(|| Memory(MemoryJournal::new()))?;
/// assert_eq!(checked, [JournalPoint::Order, JournalPoint::Fence, JournalPoint::Durable, JournalPoint::Snapshots]);
/// # Ok::<(), JournalFault>(())
/// ```
///
/// # Errors
/// [`JournalFault`] names the first point that does not hold, and what was seen.
pub fn check_journal<S: JournalStorage>(mut fresh: impl FnMut() -> S) -> Result<Vec<JournalPoint>, JournalFault> {
    let script = Script::new();
    let mut checked = vec![JournalPoint::Order, JournalPoint::Fence, JournalPoint::Durable];
    order::check(&script, &mut fresh)?;
    fence::check(&script, &mut fresh)?;
    durable::check(&script, &mut fresh)?;
    if durable::check_power_loss(&script, &mut fresh)? {
        checked.push(JournalPoint::PowerLoss);
    }
    snapshots::check(&script, &mut fresh)?;
    checked.push(JournalPoint::Snapshots);
    if damage::check(&script, &mut fresh)? {
        checked.push(JournalPoint::Damage);
    }
    if damage::check_errors_stick(&script, &mut fresh)? {
        checked.push(JournalPoint::ErrorsStick);
    }
    Ok(checked)
}

impl JournalPoint {
    fn fault(self, what: impl Into<String>) -> JournalFault {
        JournalFault { point: self, what: what.into() }
    }

    /// A fault unless it holds.
    fn holds(self, it: bool, otherwise: impl FnOnce() -> String) -> Result<(), JournalFault> {
        if it { Ok(()) } else { Err(self.fault(otherwise())) }
    }

    /// A fault unless it succeeded.
    fn works<T>(self, doing: &str, result: Result<T, JournalError>) -> Result<T, JournalFault> {
        result.map_err(|error| self.fault(format!("{doing} failed: {error}")))
    }

    fn open<S: JournalStorage>(self, storage: &S) -> Result<S::Journal, JournalFault> {
        self.works("opening the journal", storage.open())
    }

    fn append(self, journal: &mut impl Journal, after: u64, entries: &[Entry]) -> Result<(), JournalFault> {
        self.works(
            &format!("appending {} entries after {}", entries.len(), Seq(after)),
            journal.append(Seq(after), entries),
        )
    }

    /// A fault unless the journal ends with the last of `entries`, and gives exactly those that come after `after`.
    fn keeps(self, journal: &mut impl Journal, after: u64, entries: &[Entry]) -> Result<(), JournalFault> {
        let end = self.works("asking for the end", journal.end())?;
        let last = Seq(entries.len() as u64);
        self.holds(end == last, || format!("the journal says that it ends at {end}, but its last entry is {last}"))?;
        let from = entries.len().min(usize::try_from(after).unwrap_or(usize::MAX));
        let found = self.works(&format!("replaying after {}", Seq(after)), replayed(journal, after))?;
        self.same(&found, &entries[from..], from)
    }

    /// A fault unless `found` is exactly `entries`, the first of which comes after `from`.
    fn same(self, found: &[Entry], entries: &[Entry], from: usize) -> Result<(), JournalFault> {
        let wrong = found.iter().zip(entries).position(|(found, entry)| found != entry);
        if let Some(at) = wrong {
            let (place, other) = (from + at + 1, found[at].input.seq);
            return Err(self.fault(format!("the entry at {place} came back as another one, which says {other}")));
        }
        self.holds(found.len() == entries.len(), || {
            format!("{} entries after {from} came back; {} were appended", found.len(), entries.len())
        })
    }
}

/// All entries after `after`.
fn replayed(journal: &mut impl Journal, after: u64) -> Result<Vec<Entry>, JournalError> {
    let mut found = Vec::new();
    journal.replay(Seq(after), &mut |entry| {
        found.push(entry);
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Where a snapshot is, for messages.
fn place(snapshot: Option<&Snapshot>) -> String {
    snapshot.map_or_else(|| "none".to_owned(), |snapshot| format!("the one at {}", snapshot.seq))
}
