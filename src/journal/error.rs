//! What can go wrong with a journal.

use std::error::Error;

use super::record::Unreadable;
use crate::id::Seq;

/// Why a journal failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Another writer was first. Nothing has changed; this one must stop, and may open the journal anew.
    #[error(
        "the journal ends at {found}, not at {expected} as this writer knows it: another writer was first; open it anew"
    )]
    Fenced {
        /// Where this writer thought that it ends.
        expected: Seq,
        /// Where it ends.
        found: Seq,
    },
    /// Entries were not numbered one after the other. Nothing has changed.
    #[error("the entry at {expected} would be numbered {found}; entries are numbered without a gap")]
    Gap {
        /// The place that comes next.
        expected: Seq,
        /// The entry's own number.
        found: Seq,
    },
    /// A snapshot of a place that the journal has not reached. Nothing has changed.
    #[error("the snapshot at {snapshot} is ahead of the journal, which ends at {end}; append its entries first")]
    Ahead {
        /// The snapshot's place.
        snapshot: Seq,
        /// Where the journal ends.
        end: Seq,
    },
    /// Another writer is in the middle of a group, for longer than this one waits. Nothing has changed; try again.
    #[error("cannot {doing}: another writer has been in the middle of a group for too long; try again")]
    Busy {
        /// What was tried.
        doing: &'static str,
    },
    /// What was read is not what was written, or written by a newer build.
    #[error("the entry or snapshot at {seq} cannot be read: {why}")]
    Unreadable {
        /// Its place.
        seq: Seq,
        /// Why.
        why: Unreadable,
    },
    /// An earlier call failed, so that nobody knows what was written.
    #[error("an earlier error left the journal in an unknown state; open it anew")]
    Poisoned,
    /// The storage failed: the disk is full, a file is missing, a device broke.
    #[error("cannot {doing}: {why}")]
    Storage {
        /// What was tried.
        doing: &'static str,
        /// What the storage said.
        why: Box<dyn Error + Send + Sync>,
    },
}

impl JournalError {
    /// Whether the journal is as it was before, so that the same journal can be used on. Other errors stick.
    ///
    /// ```
    /// # use cordboard::{JournalError, Seq};
    /// assert!(JournalError::Gap { expected: Seq(2), found: Seq(3) }.changed_nothing());
    /// assert!(!JournalError::storage("append entries", "the disk is full").changed_nothing());
    /// ```
    pub fn changed_nothing(&self) -> bool {
        matches!(self, Self::Fenced { .. } | Self::Gap { .. } | Self::Ahead { .. } | Self::Busy { .. })
    }

    /// A storage error with what was tried.
    pub fn storage(doing: &'static str, why: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Storage { doing, why: why.into() }
    }
}
