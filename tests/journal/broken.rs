//! Journals with a mistake planted in each: the suite must find every one of them, and name the point.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use cordboard::{
    Command, Durability, Entry, Journal, JournalError, JournalPoint, JournalStorage, Seq, Snapshot, check_append,
    check_journal, check_snapshot,
};

/// What is done wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mistake {
    LetsAStaleWriterAppend,
    LetsAWriterFromTheFutureAppend,
    FencedButWritesAllTheSame,
    FencedWithTheWrongPlace,
    BothWritersWin,
    TakesAGap,
    TakesTheBeginningOfABadGroup,
    LosesTheLastEntryOnSync,
    LosesWrittenOnDeath,
    LosesStableOnPowerLoss,
    LosesWhatItFoundOnPowerLoss,
    KeepsAnEntryWithoutTheOneBefore,
    GivesEntriesOutOfOrder,
    ReplaysFromTheBeginning,
    ReplaysOneTooFew,
    ForgetsKeys,
    ForgetsEvents,
    CutsNumbersTo63Bits,
    DoesNotBreakOff,
    SaysThatItEndsElsewhere,
    ForgetsTheFirstSnapshot,
    GivesTheOldestSnapshot,
    GivesASnapshotOfLater,
    KeepsTheFirstOfTwoInOnePlace,
    TakesASnapshotAhead,
    LosesSnapshotsOnDeath,
    LosesEntriesWhenASnapshotIsSaved,
    DoesNotSeeDamage,
    CutsOffDamage,
    GoesOnAfterAnError,
    HidesAnError,
}

const MISTAKES: [(Mistake, JournalPoint); 31] = {
    use JournalPoint::{Damage, Durable, ErrorsStick, Fence, Order, PowerLoss, Snapshots};
    use Mistake::*;
    [
        (LetsAStaleWriterAppend, Fence),
        (LetsAWriterFromTheFutureAppend, Fence),
        (FencedButWritesAllTheSame, Fence),
        (FencedWithTheWrongPlace, Fence),
        (BothWritersWin, Fence),
        (TakesAGap, Fence),
        (TakesTheBeginningOfABadGroup, Fence),
        (LosesTheLastEntryOnSync, Order),
        (LosesWrittenOnDeath, Durable),
        (LosesStableOnPowerLoss, PowerLoss),
        (LosesWhatItFoundOnPowerLoss, PowerLoss),
        (KeepsAnEntryWithoutTheOneBefore, Durable),
        (GivesEntriesOutOfOrder, Order),
        (ReplaysFromTheBeginning, Order),
        (ReplaysOneTooFew, Order),
        (ForgetsKeys, Order),
        (ForgetsEvents, Order),
        (CutsNumbersTo63Bits, Order),
        (DoesNotBreakOff, Order),
        (SaysThatItEndsElsewhere, Order),
        (ForgetsTheFirstSnapshot, Snapshots),
        (GivesTheOldestSnapshot, Snapshots),
        (GivesASnapshotOfLater, Snapshots),
        (KeepsTheFirstOfTwoInOnePlace, Snapshots),
        (TakesASnapshotAhead, Snapshots),
        (LosesSnapshotsOnDeath, Snapshots),
        (LosesEntriesWhenASnapshotIsSaved, Snapshots),
        (DoesNotSeeDamage, Damage),
        (CutsOffDamage, Damage),
        (GoesOnAfterAnError, ErrorsStick),
        (HidesAnError, ErrorsStick),
    ]
};

/// What outlives a journal: entries that survive its process, how many of them survive a power failure, and snapshots.
#[derive(Default)]
struct Disk {
    entries: Vec<Vec<u8>>,
    stable: usize,
    snapshots: BTreeMap<Seq, Vec<u8>>,
    broken: bool,
}

struct Storage {
    disk: Arc<Mutex<Disk>>,
    mistake: Option<Mistake>,
}

/// A correct journal, but for its mistake. Entries are in `pending` until they are synced.
struct Planted {
    disk: Arc<Mutex<Disk>>,
    mistake: Option<Mistake>,
    /// Entries on the disk when the first of the pending was appended.
    base: usize,
    pending: Vec<Entry>,
    own_snapshots: BTreeMap<Seq, Vec<u8>>,
    poisoned: bool,
}

fn bytes(entry: &Entry) -> Vec<u8> {
    let mut bytes = Vec::new();
    entry.encode(&mut bytes);
    bytes
}

impl Planted {
    fn has(&self, mistake: Mistake) -> bool {
        self.mistake == Some(mistake)
    }

    fn healthy(&self) -> Result<(), JournalError> {
        if self.poisoned { Err(JournalError::Poisoned) } else { Ok(()) }
    }

    fn failed(&mut self) -> Result<(), JournalError> {
        if self.has(Mistake::HidesAnError) {
            self.pending.clear();
            return Ok(());
        }
        self.poisoned = !self.has(Mistake::GoesOnAfterAnError);
        Err(JournalError::storage("write", "the device is gone"))
    }

    fn last(&self) -> usize {
        let on_disk = self.disk.lock().expect("no test panics with it").entries.len();
        if self.pending.is_empty() { on_disk } else { self.base + self.pending.len() }
    }

    fn seen(&self) -> Vec<Vec<u8>> {
        let disk = self.disk.lock().expect("no test panics with it");
        let on_disk = if self.pending.is_empty() { disk.entries.len() } else { self.base.min(disk.entries.len()) };
        disk.entries[..on_disk].iter().cloned().chain(self.pending.iter().map(bytes)).collect()
    }

    fn alter(&self, entry: &mut Entry) {
        match self.mistake {
            Some(Mistake::ForgetsKeys) => entry.key = None,
            Some(Mistake::ForgetsEvents) => entry.events.clear(),
            Some(Mistake::CutsNumbersTo63Bits) => {
                if let Command::Enqueue { contact, .. } = &mut entry.input.command {
                    contact.0 &= u64::MAX >> 1;
                }
            }
            _ => {}
        }
    }
}

impl Journal for Planted {
    fn end(&mut self) -> Result<Seq, JournalError> {
        self.healthy()?;
        Ok(Seq(self.last() as u64 + u64::from(self.has(Mistake::SaysThatItEndsElsewhere))))
    }

    fn append(&mut self, after: Seq, entries: &[Entry]) -> Result<(), JournalError> {
        self.healthy()?;
        let end = Seq(self.last() as u64);
        match check_append(end, after, entries) {
            Err(JournalError::Fenced { .. }) if after < end && self.has(Mistake::LetsAStaleWriterAppend) => {}
            Err(JournalError::Fenced { .. }) if after > end && self.has(Mistake::LetsAWriterFromTheFutureAppend) => {}
            Err(error @ JournalError::Fenced { .. }) if self.has(Mistake::FencedButWritesAllTheSame) => {
                self.disk.lock().expect("no test panics with it").entries.extend(entries.iter().map(bytes));
                return Err(error);
            }
            Err(JournalError::Fenced { expected, .. }) if self.has(Mistake::FencedWithTheWrongPlace) => {
                return Err(JournalError::Fenced { expected, found: expected });
            }
            Err(JournalError::Gap { .. }) if self.has(Mistake::TakesAGap) => {}
            Err(error @ JournalError::Gap { .. }) if self.has(Mistake::TakesTheBeginningOfABadGroup) => {
                let good = entries.iter().zip(after.0 + 1..).take_while(|(entry, seq)| entry.input.seq.0 == *seq);
                self.pending.extend(good.map(|(entry, _)| entry.clone()));
                return Err(error);
            }
            other => other?,
        }
        if self.pending.is_empty() {
            self.base = end.0 as usize;
        }
        self.pending.extend_from_slice(entries);
        Ok(())
    }

    fn sync(&mut self, durability: Durability) -> Result<(), JournalError> {
        self.healthy()?;
        let disk = Arc::clone(&self.disk);
        let mut disk = disk.lock().expect("no test panics with it");
        if disk.broken {
            return self.failed();
        }
        if self.has(Mistake::LosesWrittenOnDeath) && durability == Durability::Written {
            return Ok(());
        }
        let (own, found) = (self.pending.len(), disk.entries.len());
        let careless = self.has(Mistake::BothWritersWin) || self.has(Mistake::LetsAStaleWriterAppend);
        if own > 0 && found != self.base && !careless {
            self.pending.clear();
            return Err(JournalError::Fenced { expected: Seq(self.base as u64), found: Seq(found as u64) });
        }
        disk.entries.extend(self.pending.drain(..).map(|entry| bytes(&entry)));
        if self.has(Mistake::LosesTheLastEntryOnSync) {
            disk.entries.pop();
        }
        let settles = match self.mistake {
            Some(Mistake::LosesStableOnPowerLoss) => false,
            Some(Mistake::LosesWhatItFoundOnPowerLoss) => own > 0,
            _ => true,
        };
        if settles && durability == Durability::Stable {
            disk.stable = disk.entries.len();
        }
        Ok(())
    }

    fn replay(&mut self, after: Seq, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), JournalError> {
        self.healthy()?;
        let mut seen = self.seen();
        let skip = if self.has(Mistake::ReplaysFromTheBeginning) { 0 } else { after.0 as usize };
        if self.has(Mistake::ReplaysOneTooFew) {
            seen.pop();
        }
        let mut rest = seen.split_off(skip.min(seen.len()));
        if self.has(Mistake::GivesEntriesOutOfOrder) && rest.len() > 4 {
            rest.swap(2, 3);
        }
        let mut before: Option<Entry> = None;
        for (record, at) in rest.iter().zip(skip as u64..) {
            let mut entry = match (Entry::decode(record), self.mistake) {
                (Ok(entry), _) => entry,
                (Err(_), Some(Mistake::CutsOffDamage)) => return Ok(()),
                (Err(_), Some(Mistake::DoesNotSeeDamage)) if before.is_some() => before.take().expect("it is there"),
                (Err(why), _) => return Err(JournalError::Unreadable { seq: Seq(at + 1), why }),
            };
            self.alter(&mut entry);
            before = Some(entry.clone());
            if each(entry).is_break() && !self.has(Mistake::DoesNotBreakOff) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn save_checkpoint(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        self.healthy()?;
        if !self.has(Mistake::TakesASnapshotAhead) {
            check_snapshot(Seq(self.last() as u64), snapshot)?;
        }
        if self.has(Mistake::LosesEntriesWhenASnapshotIsSaved) {
            self.pending.clear();
        }
        let disk = Arc::clone(&self.disk);
        let mut disk = disk.lock().expect("no test panics with it");
        if disk.broken {
            return self.failed();
        }
        let mut record = Vec::new();
        snapshot.encode(&mut record);
        let kept = if self.has(Mistake::LosesSnapshotsOnDeath) { &mut self.own_snapshots } else { &mut disk.snapshots };
        match self.mistake {
            Some(Mistake::KeepsTheFirstOfTwoInOnePlace) => _ = kept.entry(snapshot.seq).or_insert(record),
            _ => _ = kept.insert(snapshot.seq, record),
        }
        if self.mistake == Some(Mistake::ForgetsTheFirstSnapshot) {
            kept.retain(|&seq, _| seq == snapshot.seq);
        }
        Ok(())
    }

    fn load_checkpoint(&mut self, at_most: Seq) -> Result<Option<Snapshot>, JournalError> {
        self.healthy()?;
        let disk = self.disk.lock().expect("no test panics with it");
        let kept = if self.has(Mistake::LosesSnapshotsOnDeath) { &self.own_snapshots } else { &disk.snapshots };
        let mut before = kept.range(..=at_most);
        let found = match self.mistake {
            Some(Mistake::GivesTheOldestSnapshot) => before.next(),
            Some(Mistake::GivesASnapshotOfLater) => kept.iter().next_back(),
            _ => before.next_back(),
        };
        let Some((&seq, record)) = found else { return Ok(None) };
        Snapshot::decode(record).map(Some).map_err(|why| JournalError::Unreadable { seq, why })
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        if self.has(Mistake::KeepsAnEntryWithoutTheOneBefore) && self.pending.len() > 1 {
            let last = self.pending.last().map(bytes);
            self.disk.lock().expect("no test panics with it").entries.extend(last);
        }
    }
}

impl JournalStorage for Storage {
    type Journal = Planted;

    fn open(&self) -> Result<Planted, JournalError> {
        let (pending, own_snapshots) = (Vec::new(), BTreeMap::new());
        let (disk, mistake) = (Arc::clone(&self.disk), self.mistake);
        Ok(Planted { disk, mistake, base: 0, pending, own_snapshots, poisoned: false })
    }

    fn lose_power(&mut self) -> bool {
        let mut disk = self.disk.lock().expect("no test panics with it");
        let stable = disk.stable;
        disk.entries.truncate(stable);
        true
    }

    fn break_down(&mut self) -> bool {
        self.disk.lock().expect("no test panics with it").broken = true;
        true
    }

    fn mend(&mut self) {
        self.disk.lock().expect("no test panics with it").broken = false;
    }

    fn bits(&self) -> u64 {
        let disk = self.disk.lock().expect("no test panics with it");
        8 * disk.entries.iter().chain(disk.snapshots.values()).map(Vec::len).sum::<usize>() as u64
    }

    fn flip(&mut self, bit: u64) {
        let disk = &mut *self.disk.lock().expect("no test panics with it");
        let mut at = (bit / 8) as usize;
        for record in disk.entries.iter_mut().chain(disk.snapshots.values_mut()) {
            match record.get_mut(at) {
                Some(byte) => return *byte ^= 1 << (bit % 8),
                None => at -= record.len(),
            }
        }
    }
}

fn storage(mistake: Option<Mistake>) -> Storage {
    Storage { disk: Arc::default(), mistake }
}

#[test]
fn a_journal_without_a_mistake_passes_every_point() {
    let checked = check_journal(|| storage(None)).unwrap_or_else(|fault| panic!("{fault}"));
    use JournalPoint::{Damage, Durable, ErrorsStick, Fence, Order, PowerLoss, Snapshots};
    assert_eq!(checked, [Order, Fence, Durable, PowerLoss, Snapshots, Damage, ErrorsStick]);
}

#[test]
fn every_planted_mistake_is_found_and_named() {
    for (mistake, point) in MISTAKES {
        match check_journal(|| storage(Some(mistake))) {
            Ok(checked) => panic!("{mistake:?} was not found; checked {checked:?}"),
            Err(fault) => assert_eq!(fault.point, point, "{mistake:?}: {fault}"),
        }
    }
    crate::report(format_args!("journal conformance: {} planted mistakes, all found", MISTAKES.len()));
}
