//! A run kept in a journal, as a live system would keep it.

use crate::command::Stamped;
use crate::event::Event;
use crate::id::{ContactId, Seq};
use crate::journal::{Durability, Entry, Journal, JournalError, Snapshot};
use crate::router::Router;

/// Entries that are appended and written together.
const BATCH: usize = 4_096;

/// Keeps a run's commands with their events in a journal that was empty before.
pub(super) struct Recorder<'j> {
    journal: &'j mut dyn Journal,
    /// What the journal does not have yet; it ends before the first of them.
    batch: Vec<Entry>,
    end: Seq,
}

impl<'j> Recorder<'j> {
    /// Begins with a snapshot of the engine, to which nothing has happened yet.
    pub(super) fn begin(journal: &'j mut dyn Journal, router: &Router) -> Result<Self, JournalError> {
        let end = router.seq();
        // Before the snapshot, which would otherwise replace another's.
        journal.append(end, &[])?;
        journal.save_checkpoint(&Snapshot {
            seq: end,
            checkpoint: router.checkpoint(),
            keys: Vec::new(),
            next_contact: ContactId(1),
            delivered: end,
        })?;
        Ok(Self { journal, batch: Vec::with_capacity(BATCH), end })
    }

    pub(super) fn keep(&mut self, input: &Stamped, events: &[Event]) -> Result<(), JournalError> {
        self.batch.push(Entry { input: input.clone(), events: events.to_vec(), key: None, delivered: Seq(0) });
        if self.batch.len() == BATCH { self.write() } else { Ok(()) }
    }

    pub(super) fn finish(mut self) -> Result<(), JournalError> {
        self.write()
    }

    fn write(&mut self) -> Result<(), JournalError> {
        self.journal.append(self.end, &self.batch)?;
        self.journal.sync(Durability::Written)?;
        self.end = self.batch.last().map_or(self.end, |last| last.input.seq);
        self.batch.clear();
        Ok(())
    }
}
