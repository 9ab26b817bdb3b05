//! Points 5 and 6: a flipped bit is found, and errors stick.

use super::{JournalFault, JournalPoint, JournalStorage, Script, place, replayed};
use crate::id::Seq;
use crate::journal::{Durability, Journal, JournalError, Snapshot};

/// About how many bits are flipped, one at a time, all over the storage.
const FLIPS: u64 = 1_000;

/// Entries in a storage that is damaged: none of the large ones, so that every part of it is hit.
const ENTRIES: usize = 8;

pub(super) fn check<S: JournalStorage>(script: &Script, fresh: &mut impl FnMut() -> S) -> Result<bool, JournalFault> {
    let point = JournalPoint::Damage;
    let mut storage = fresh();
    let mut journal = point.open(&storage)?;
    point.works("saving the first snapshot", journal.save_checkpoint(&script.snapshots[0]))?;
    point.append(&mut journal, 0, &script.entries[..ENTRIES])?;
    point.works("syncing", journal.sync(Durability::Stable))?;
    point.works("saving a snapshot", journal.save_checkpoint(&script.snapshots[ENTRIES]))?;
    drop(journal);
    let bits = storage.bits();
    // An odd step meets every bit of a byte in turn.
    let step = (bits / FLIPS).max(1) | 1;
    for bit in (0..bits).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
        storage.flip(bit);
        seen(&storage, script, bit)?;
        storage.flip(bit);
    }
    point.keeps(&mut point.open(&storage)?, 0, &script.entries[..ENTRIES])?;
    Ok(bits > 0)
}

/// With one bit flipped, what is read is what was written, or nothing is read.
fn seen<S: JournalStorage>(storage: &S, script: &Script, bit: u64) -> Result<(), JournalFault> {
    let point = JournalPoint::Damage;
    let Ok(mut journal) = storage.open() else { return Ok(()) };
    if let Ok(found) = replayed(&mut journal, 0) {
        let same = point.same(&found, &script.entries[..ENTRIES], 0);
        same.map_err(|fault| point.fault(format!("with bit {bit} flipped, no error, but {}", fault.what)))?;
    }
    for at in [0, ENTRIES] {
        let Ok(found) = journal.load_checkpoint(Seq(at as u64)) else { continue };
        point.holds(found.as_ref() == Some(&script.snapshots[at]), || {
            let found = place(found.as_ref());
            format!("with bit {bit} flipped, the snapshot at {at} was read without an error as {found}, and is another")
        })?;
    }
    Ok(())
}

pub(super) fn check_errors_stick<S: JournalStorage>(
    script: &Script,
    fresh: &mut impl FnMut() -> S,
) -> Result<bool, JournalFault> {
    let point = JournalPoint::ErrorsStick;
    type Write<J> = fn(&mut J, &Script) -> Result<(), JournalError>;
    let writes: [(&str, Write<S::Journal>); 2] = [
        ("append and sync", |journal, script| {
            journal.append(Seq(4), &script.entries[4..6])?;
            journal.sync(Durability::Stable)
        }),
        ("save a snapshot", |journal, script| {
            journal.save_checkpoint(&Snapshot { delivered: Seq(1), ..script.snapshots[4].clone() })
        }),
    ];
    for (doing, write) in writes {
        let mut storage = fresh();
        let mut journal = point.open(&storage)?;
        point.append(&mut journal, 0, &script.entries[..4])?;
        point.works("syncing", journal.sync(Durability::Stable))?;
        point.works("saving a snapshot", journal.save_checkpoint(&script.snapshots[4]))?;
        if !storage.break_down() {
            return Ok(false);
        }
        let failed = write(&mut journal, script);
        point.holds(failed.is_err(), || format!("the storage fails, but to {doing} succeeded"))?;
        storage.mend();
        let again: [(&str, Result<(), JournalError>); 3] = [
            ("sync", journal.sync(Durability::Stable)),
            ("append", journal.append(Seq(4), &script.entries[4..6])),
            ("save a snapshot", journal.save_checkpoint(&script.snapshots[4])),
        ];
        for (what, result) in again {
            point.holds(result.is_err(), || {
                format!("after it failed to {doing}, to {what} succeeded, without opening anew")
            })?;
        }
        drop(journal);
        // Opened anew, everything acknowledged is there, and it goes on.
        let mut journal = point.open(&storage)?;
        let found = point.works("replaying", replayed(&mut journal, 0))?.len();
        point.holds((4..=6).contains(&found), || {
            format!("4 entries were acknowledged and 2 failed; opened anew, the journal has {found}")
        })?;
        point.keeps(&mut journal, 0, &script.entries[..found])?;
        point.append(&mut journal, found as u64, &script.entries[found..8])?;
        point.works("syncing", journal.sync(Durability::Stable))?;
        point.keeps(&mut journal, 0, &script.entries[..8])?;
    }
    Ok(true)
}
