//! The journal: every command with what followed from it, kept in order, so that nothing acknowledged is ever lost.
//!
//! An [`Entry`] is one command and its events. Recovery loads the newest [`Snapshot`] and folds the entries after it;
//! verification runs the commands of a journal again and compares; what-if runs them under another policy.
//!
//! ```
//! use cordboard::{Entry, Journal, MemoryJournal, Durability, JournalError, Seq};
//! # use cordboard::{Command, CommandId, Stamped, Timestamp};
//! # let entry = |seq| Entry {
//! #     input: Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at: Timestamp(seq), command: Command::AdvanceTime },
//! #     events: Vec::new(),
//! #     key: None,
//! #     delivered: Seq(0),
//! # };
//! let mut journal = MemoryJournal::new();
//! journal.append(Seq(0), &[entry(1), entry(2)])?;
//! journal.sync(Durability::Stable)?;
//! // A second writer who has not seen these entries cannot append beside them.
//! assert!(matches!(journal.append(Seq(0), &[entry(1)]), Err(JournalError::Fenced { found: Seq(2), .. })));
//! # Ok::<(), JournalError>(())
//! ```

mod check;
mod error;
mod memory;
mod record;
mod snapshot;
#[cfg(feature = "sqlite")]
mod sqlite;
mod verify;

pub use check::{JournalFault, JournalPoint, JournalStorage, check_journal};
pub use error::JournalError;
pub use memory::MemoryJournal;
pub use record::{ENTRY_FORMAT, Unreadable};
pub use snapshot::{SNAPSHOT_FORMAT, Snapshot};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteJournal, SqliteOptions, SqliteVfs};
pub use verify::{Difference, Pass, RerunError, Verified, beginning, verify};

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::command::Stamped;
use crate::event::Event;
use crate::id::Seq;
use crate::private::Private;

/// A command that was applied, and what followed from it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// The command. Its `seq` is the entry's place: 1, 2, 3 and so on, without a gap.
    pub input: Stamped,
    /// What followed, in order.
    pub events: Vec<Event>,
    /// The host's own name (a Call-ID, a UUID) for the contact that this command brought, where it gave one.
    pub key: Option<Private<Box<str>>>,
    /// The last command of which the gateway had been given every event when this was written; 0: nothing more than the
    /// entry before says. What comes after it is delivered again on opening.
    pub delivered: Seq,
}

/// What an acknowledgement promises, from the most to the least.
///
/// | level | a command is acknowledged and its events leave | lost when the process dies | lost when the machine does |
/// |---|---|---|---|
/// | `Stable` | after the storage device said that it has it | nothing | nothing |
/// | `Written` | after the operating system has it | nothing | what it had not yet written out: a few seconds |
/// | `Deferred` | at once; it is written within the driver's `defer` | up to that much | that, and as `Written` |
///
/// What is lost is always the end of the journal: what is left is a beginning of what was acknowledged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Durability {
    /// Survives a power failure.
    #[default]
    Stable,
    /// Survives the death of the process.
    Written,
    /// Survives neither, by a stated length of time.
    Deferred,
}

/// Where entries and snapshots are kept. Blocking, used by one writer at a time; a second one is fenced off.
///
/// # To be correct
///
/// [`check_journal`](crate::check_journal) checks each of these:
///
/// 1. **Order.** `replay` gives the entries in the order of their `seq`, each exactly as it was appended, without a gap.
/// 2. **Fence.** `append` succeeds only if `after` is the journal's last entry at that moment, whoever wrote it,
///    and takes all of the entries or none of them. Of two writers who both read the same end, one fails with
///    [`JournalError::Fenced`], which has changed nothing, and does so at the latest in `sync`. While the other is between
///    `append` and `sync`, [`JournalError::Busy`] will do.
/// 3. **Durable.** After `sync(Stable)` has returned, all entries appended before survive a power failure, those that
///    this writer found when it opened the journal included; after `sync(Written)`, the death of the process. Entries not
///    yet synced may survive or not, but only a beginning of them: never an entry without the one before it.
/// 4. **Snapshots.** `save_checkpoint` is atomic and durable when it returns. `load_checkpoint` gives the newest at or before
///    the place asked for; the first one, at [`Seq`] 0, is kept for ever, so that a journal can be run again from its beginning,
///    and so is the newest; others may be thrown away. One ahead of the journal's end is refused with [`JournalError::Ahead`]. Should
///    storage have lost entries and kept a snapshot ahead of them, it is never given, also when other entries have come to its place.
/// 5. **Damage is found.** A bit that flipped makes `replay` or `load_checkpoint` fail, or opening the journal; they never
///    give another entry or snapshot than was written, nor fewer.
/// 6. **Errors stick.** After an error that does not say that nothing has changed
///    ([`changed_nothing`](JournalError::changed_nothing)), the journal fails until it is opened anew: what a failed write
///    has left behind is not known, and a second attempt that seems to succeed proves nothing.
pub trait Journal: Send {
    /// The place of the last entry appended; [`Seq`] 0 if there is none.
    ///
    /// # Errors
    /// The storage failed.
    fn end(&mut self) -> Result<Seq, JournalError>;

    /// Appends entries after the one at `after`: `after + 1` and so on.
    ///
    /// # Errors
    /// [`JournalError::Fenced`] if the journal does not end at `after`; [`JournalError::Gap`] if the entries are
    /// not numbered from there; the storage failed.
    fn append(&mut self, after: Seq, entries: &[Entry]) -> Result<(), JournalError>;

    /// Returns when everything appended is as durable as asked. A journal may do better than asked.
    ///
    /// # Errors
    /// The storage failed, or it turned out only now that another writer was first.
    fn sync(&mut self, durability: Durability) -> Result<(), JournalError>;

    /// Gives the entries after `after` to `each`, in order, until it breaks off.
    ///
    /// # Errors
    /// An entry is damaged or of a newer format; the storage failed.
    fn replay(&mut self, after: Seq, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), JournalError>;

    /// Keeps a snapshot, durably. Everything up to its place has been synced before. Entries appended and not yet
    /// synced may become durable with it.
    ///
    /// # Errors
    /// [`JournalError::Ahead`] if the journal does not reach its place; the storage failed.
    fn save_checkpoint(&mut self, snapshot: &Snapshot) -> Result<(), JournalError>;

    /// The newest snapshot at or before `at_most`; `None` if there is none.
    ///
    /// # Errors
    /// It is damaged or of a newer format; the storage failed.
    fn load_checkpoint(&mut self, at_most: Seq) -> Result<Option<Snapshot>, JournalError>;
}

/// `Fenced` unless the journal ends where the writer thinks, `Gap` unless the entries go on from there: the
/// first thing that every journal does in [`Journal::append`].
///
/// # Errors
/// As said.
pub fn check_append(end: Seq, after: Seq, entries: &[Entry]) -> Result<(), JournalError> {
    if end != after && !planted!(FenceIgnored) {
        return Err(JournalError::Fenced { expected: after, found: end });
    }
    let mut next = after.0;
    for entry in entries {
        next += 1;
        if entry.input.seq != Seq(next) {
            return Err(JournalError::Gap { expected: Seq(next), found: entry.input.seq });
        }
    }
    Ok(())
}

/// `Ahead` unless the journal reaches the snapshot's place: the first thing in [`Journal::save_checkpoint`].
///
/// # Errors
/// As said.
pub fn check_snapshot(end: Seq, snapshot: &Snapshot) -> Result<(), JournalError> {
    if snapshot.seq > end {
        return Err(JournalError::Ahead { snapshot: snapshot.seq, end });
    }
    Ok(())
}
