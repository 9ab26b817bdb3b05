//! A journal in memory: for tests, and for hosts that keep nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Durability, Entry, Journal, JournalError, JournalStorage, Snapshot, check_append, check_snapshot};
use crate::id::Seq;

/// Keeps entries and snapshots as bytes in memory, which clones share: a clone opened later finds what is there.
/// Whatever durability is asked for, it survives the driver, and not the process.
#[derive(Clone, Default)]
pub struct MemoryJournal(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    /// The bytes of all entries, one after the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    snapshots: BTreeMap<Seq, Vec<u8>>,
}

impl fmt::Debug for MemoryJournal {
    /// Without what it keeps, which is customers'.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryJournal {{ end: {} }}", self.kept().end())
    }
}

impl MemoryJournal {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Entries are appended after everything that can fail: a panic elsewhere has left them whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn end(&self) -> Seq {
        Seq(self.ends.len() as u64)
    }

    fn entry(&self, at: usize) -> Result<Entry, JournalError> {
        let from = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        let read = Entry::decode(&self.bytes[from..self.ends[at]]);
        read.map_err(|why| JournalError::Unreadable { seq: Seq(at as u64 + 1), why })
    }
}

impl Journal for MemoryJournal {
    fn end(&mut self) -> Result<Seq, JournalError> {
        Ok(self.kept().end())
    }

    fn append(&mut self, after: Seq, entries: &[Entry]) -> Result<(), JournalError> {
        let mut kept = self.kept();
        check_append(kept.end(), after, entries)?;
        let Kept { bytes, ends, .. } = &mut *kept;
        for entry in entries {
            entry.encode(bytes);
            ends.push(bytes.len());
        }
        Ok(())
    }

    fn sync(&mut self, _: Durability) -> Result<(), JournalError> {
        Ok(())
    }

    fn replay(&mut self, after: Seq, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), JournalError> {
        let mut at = usize::try_from(after.0).unwrap_or(usize::MAX);
        loop {
            // Locked for one entry only: `each` may append.
            let kept = self.kept();
            if at >= kept.ends.len() {
                return Ok(());
            }
            let entry = kept.entry(at)?;
            drop(kept);
            if each(entry).is_break() {
                return Ok(());
            }
            at += 1;
        }
    }

    fn save_checkpoint(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        let mut bytes = Vec::new();
        snapshot.encode(&mut bytes);
        let mut kept = self.kept();
        check_snapshot(kept.end(), snapshot)?;
        // The first is kept for runs from the beginning, the newest for recovery; nobody asks for those between.
        kept.snapshots.retain(|&seq, _| seq == Seq(0));
        kept.snapshots.insert(snapshot.seq, bytes);
        Ok(())
    }

    fn load_checkpoint(&mut self, at_most: Seq) -> Result<Option<Snapshot>, JournalError> {
        let kept = self.kept();
        let Some((&seq, bytes)) = kept.snapshots.range(..=at_most.min(kept.end())).next_back() else { return Ok(None) };
        Snapshot::decode(bytes).map(Some).map_err(|why| JournalError::Unreadable { seq, why })
    }
}

impl JournalStorage for MemoryJournal {
    type Journal = Self;

    fn open(&self) -> Result<Self, JournalError> {
        Ok(self.clone())
    }

    fn bits(&self) -> u64 {
        let kept = self.kept();
        8 * (kept.bytes.len() + kept.snapshots.values().map(Vec::len).sum::<usize>()) as u64
    }

    fn flip(&mut self, bit: u64) {
        let kept = &mut *self.kept();
        let mut at = (bit / 8) as usize;
        for bytes in std::iter::once(&mut kept.bytes).chain(kept.snapshots.values_mut()) {
            match bytes.get_mut(at) {
                Some(byte) => return *byte ^= 1 << (bit % 8),
                None => at -= bytes.len(),
            }
        }
    }
}
