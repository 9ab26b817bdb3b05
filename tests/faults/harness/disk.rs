//! A simulated storage device, and a journal on it that keeps what [`Journal`] asks for and fails where it is told to.
//!
//! What is appended is in a cache; a sync moves it on. When the process dies, what the system has survives, and when the
//! power fails, what the device has; of the rest any beginning may, or may not.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, RangeInclusive};
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cordboard::{Durability, Entry, Journal, JournalError, Seq, Snapshot, check_append};

/// A call of the journal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Call {
    End,
    Append,
    Sync,
    Replay,
    Save,
    Load,
}

/// What goes wrong in a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Fault {
    /// The process dies before anything is done, or when all is done but the caller not told.
    CrashBefore,
    CrashAfter,
    /// It fails, without effect or with, and from then on always, as a journal should.
    Error {
        done: bool,
    },
    /// It fails once, and works again afterwards, though what was not synced then never will be.
    ErrorOnce,
    /// It says that it is done, and is not. Only of a sync.
    Lie,
    /// There is no room any more, until somebody makes some.
    Full,
    /// Only of a replay: after so many entries it dies, fails, or says that this was all.
    Within(u8, Cut),
}

/// How a replay breaks off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Cut {
    Crash,
    Error,
    Short,
}

/// How a life of the driver ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Death {
    Process,
    Power,
}

/// What unwinds when the process dies.
pub(crate) struct Crash;

/// Decides what goes wrong in the call with this number, counted from 0.
pub(crate) type Faults = Box<dyn FnMut(u64, Call) -> Option<Fault> + Send>;

/// Snapshots that are kept beside the first.
const SNAPSHOTS: usize = 3;

/// The device. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    kept: Kept,
    calls: u64,
    faults: Option<Faults>,
    happened: Vec<(Call, Fault)>,
}

#[derive(Clone, Default)]
struct Kept {
    entries: Vec<Arc<[u8]>>,
    /// How many the operating system has, and the device.
    written: usize,
    stable: usize,
    /// How many a sync has vouched for, truly or not.
    vouched: usize,
    snapshots: BTreeMap<Seq, Arc<[u8]>>,
    /// A sync failed: what was not synced then is lost, though later ones say that they succeed.
    dropped: bool,
    /// A sync said that it was done, and was not.
    lied: bool,
    full: bool,
}

impl Disk {
    pub(crate) fn journal(&self) -> Box<dyn Journal> {
        Box::new(FaultyJournal { disk: self.clone(), failed: false })
    }

    pub(crate) fn set_faults(&self, faults: Option<Faults>) {
        self.inside().faults = faults;
    }

    /// Calls so far.
    pub(crate) fn calls(&self) -> u64 {
        self.inside().calls
    }

    /// What went wrong since this was last asked.
    pub(crate) fn take_happened(&self) -> Vec<(Call, Fault)> {
        std::mem::take(&mut self.inside().happened)
    }

    pub(crate) fn make_room(&self) {
        self.inside().kept.full = false;
    }

    /// Entries appended, those the operating system has, and those the device has.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        let kept = &self.inside().kept;
        (kept.entries.len(), kept.written.max(kept.stable), kept.stable)
    }

    pub(crate) fn entry(&self, at: usize) -> Entry {
        Entry::decode(&self.inside().kept.entries[at]).expect("only whole entries are kept")
    }

    /// How many entries may be left after such a death.
    pub(crate) fn survivors(&self, death: Death) -> RangeInclusive<usize> {
        let (all, written, stable) = self.counts();
        match death {
            Death::Process => written..=all,
            Death::Power => stable..=all,
        }
    }

    /// The device as it is found afterwards, if so many entries survived. Another device: what happens to it does not happen to this one.
    pub(crate) fn after(&self, death: Death, survivors: usize) -> Self {
        let mut kept = self.inside().kept.clone();
        kept.entries.truncate(survivors);
        (kept.dropped, kept.lied) = (false, false);
        (kept.written, kept.vouched) = (survivors, survivors);
        // What only the operating system has can still be lost when the power fails later.
        kept.stable = if death == Death::Power { survivors } else { kept.stable.min(survivors) };
        // One ahead of the entries is of a past that never was.
        kept.snapshots.retain(|&seq, _| seq <= Seq(survivors as u64));
        Self(Arc::new(Mutex::new(Inside { kept, ..Inside::default() })))
    }

    /// How many entries a sync has vouched for.
    pub(crate) fn vouched(&self) -> usize {
        self.inside().kept.vouched
    }

    pub(crate) fn has_lied(&self) -> bool {
        self.inside().kept.lied
    }

    pub(crate) fn something_happened(&self) -> bool {
        !self.inside().happened.is_empty()
    }

    /// The newest snapshot that can be read, and how many newer ones cannot.
    pub(crate) fn newest_snapshot(&self) -> (Option<Snapshot>, u32) {
        let mut damaged = 0;
        for bytes in self.inside().kept.snapshots.values().rev() {
            match Snapshot::decode(bytes) {
                Ok(snapshot) => return (Some(snapshot), damaged),
                Err(_) => damaged += 1,
            }
        }
        (None, damaged)
    }

    /// Snapshots by place, newest last.
    pub(crate) fn snapshots(&self) -> Vec<Seq> {
        self.inside().kept.snapshots.keys().copied().collect()
    }

    /// Flips a bit of a snapshot.
    pub(crate) fn damage_snapshot(&self, seq: Seq, bit: usize) {
        if let Some(bytes) = self.inside().kept.snapshots.get_mut(&seq) {
            *bytes = flipped(bytes, bit);
        }
    }

    pub(crate) fn lose_snapshot(&self, seq: Seq) {
        self.inside().kept.snapshots.remove(&seq);
    }

    /// Flips a bit of an entry.
    pub(crate) fn damage_entry(&self, at: usize, bit: usize) {
        let entry = &mut self.inside().kept.entries[at];
        *entry = flipped(entry, bit);
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn flipped(bytes: &[u8], bit: usize) -> Arc<[u8]> {
    let mut bytes = bytes.to_vec();
    let at = bit / 8 % bytes.len();
    bytes[at] ^= 1 << (bit % 8);
    bytes.into()
}

struct FaultyJournal {
    disk: Disk,
    failed: bool,
}

impl FaultyJournal {
    /// Does a call, or what is told instead. The effect is told of a fault that it has to play itself.
    fn call<T>(
        &mut self,
        call: Call,
        effect: impl FnOnce(&mut Kept, Option<Fault>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        if self.failed {
            return Err(JournalError::Poisoned);
        }
        let mut inside = self.disk.inside();
        let number = inside.calls;
        inside.calls += 1;
        let fault = inside.faults.as_mut().and_then(|faults| faults(number, call));
        inside.kept.full |= fault == Some(Fault::Full);
        let full = inside.kept.full && matches!(call, Call::Append | Call::Save);
        let fault = if full { Some(Fault::Full) } else { fault };
        inside.happened.extend(fault.map(|fault| (call, fault)));
        let kept = &mut inside.kept;
        if full {
            self.failed = true;
            return Err(JournalError::storage("write", "no space left on device"));
        }
        match fault {
            None | Some(Fault::Lie | Fault::Full | Fault::Within(..)) => return effect(kept, fault),
            Some(Fault::CrashBefore) => {}
            Some(Fault::CrashAfter) => drop(effect(kept, fault)),
            Some(Fault::Error { .. } | Fault::ErrorOnce) => {
                if fault == Some(Fault::Error { done: true }) {
                    drop(effect(kept, fault));
                }
                kept.dropped |= call == Call::Sync;
                self.failed = fault != Some(Fault::ErrorOnce);
                return Err(JournalError::storage("use the device", "input/output error"));
            }
        }
        drop(inside);
        // Whoever catches it finds no journal any more.
        self.failed = true;
        resume_unwind(Box::new(Crash))
    }
}

impl Journal for FaultyJournal {
    fn end(&mut self) -> Result<Seq, JournalError> {
        self.call(Call::End, |kept, _| Ok(kept.end()))
    }

    fn append(&mut self, after: Seq, entries: &[Entry]) -> Result<(), JournalError> {
        self.call(Call::Append, |kept, _| {
            check_append(kept.end(), after, entries)?;
            for entry in entries {
                let mut bytes = Vec::new();
                entry.encode(&mut bytes);
                kept.entries.push(bytes.into());
            }
            Ok(())
        })
    }

    fn sync(&mut self, durability: Durability) -> Result<(), JournalError> {
        self.call(Call::Sync, |kept, fault| {
            kept.vouched = kept.entries.len();
            kept.lied |= fault == Some(Fault::Lie);
            if fault != Some(Fault::Lie) && !kept.dropped {
                kept.written = kept.entries.len();
                if durability == Durability::Stable {
                    kept.stable = kept.written;
                }
            }
            Ok(())
        })
    }

    fn replay(&mut self, after: Seq, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), JournalError> {
        let (entries, fault) = self.call(Call::Replay, |kept, fault| Ok((kept.entries.clone(), fault)))?;
        let (most, cut) = match fault {
            Some(Fault::Within(most, cut)) => (usize::from(most), Some(cut)),
            _ => (usize::MAX, None),
        };
        for (place, bytes) in (1..).zip(entries.iter()).skip(after.0 as usize).take(most) {
            let unreadable = |why| JournalError::Unreadable { seq: Seq(place), why };
            if each(Entry::decode(bytes).map_err(unreadable)?).is_break() {
                return Ok(());
            }
        }
        match cut {
            Some(Cut::Crash) => {
                self.failed = true;
                resume_unwind(Box::new(Crash))
            }
            Some(Cut::Error) => {
                self.failed = true;
                Err(JournalError::storage("read", "input/output error"))
            }
            Some(Cut::Short) | None => Ok(()),
        }
    }

    fn save_checkpoint(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        let mut bytes = Vec::new();
        snapshot.encode(&mut bytes);
        self.call(Call::Save, |kept, _| {
            let (seq, synced) = (snapshot.seq, Seq(kept.vouched as u64));
            assert!(seq <= synced, "a snapshot of {seq} is saved, with entries synced up to {synced}");
            kept.snapshots.insert(seq, bytes.into());
            let newest = kept.snapshots.keys().rev().nth(SNAPSHOTS).copied();
            kept.snapshots.retain(|&seq, _| seq == Seq(0) || Some(seq) > newest);
            Ok(())
        })
    }

    fn load_checkpoint(&mut self, at_most: Seq) -> Result<Option<Snapshot>, JournalError> {
        self.call(Call::Load, |kept, _| {
            let newest = kept.snapshots.range(..=at_most.min(kept.end())).next_back();
            let read = newest
                .map(|(&seq, bytes)| Snapshot::decode(bytes).map_err(|why| JournalError::Unreadable { seq, why }));
            read.transpose()
        })
    }
}

impl Kept {
    fn end(&self) -> Seq {
        Seq(self.entries.len() as u64)
    }
}
