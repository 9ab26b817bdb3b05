//! Point 4: snapshots.

use super::{JournalFault, JournalPoint, JournalStorage, Script, place};
use crate::id::Seq;
use crate::journal::{Durability, Journal, JournalError, Snapshot};

const POINT: JournalPoint = JournalPoint::Snapshots;

pub(super) fn check<S: JournalStorage>(script: &Script, fresh: &mut impl FnMut() -> S) -> Result<(), JournalFault> {
    newest_and_first(script, &fresh())?;
    ahead(script, &fresh())?;
    amid_a_group(script, &fresh())
}

fn load(journal: &mut impl Journal, at_most: u64) -> Result<Option<Snapshot>, JournalFault> {
    POINT.works(&format!("loading the snapshot at or before {at_most}"), journal.load_checkpoint(Seq(at_most)))
}

/// A fault unless the newest at or before `at_most` is the one of the script at `at`.
fn gives(journal: &mut impl Journal, script: &Script, at_most: u64, at: Option<usize>) -> Result<(), JournalFault> {
    let (found, expected) = (load(journal, at_most)?, at.map(|at| &script.snapshots[at]));
    POINT.holds(found.as_ref() == expected, || {
        let (found, expected) = (place(found.as_ref()), place(expected));
        format!("asked for the newest snapshot at or before {at_most}, it gave {found}, not {expected} as it was saved")
    })
}

fn newest_and_first<S: JournalStorage>(script: &Script, storage: &S) -> Result<(), JournalFault> {
    let mut journal = POINT.open(storage)?;
    gives(&mut journal, script, u64::MAX, None)?;
    POINT.works("saving the first snapshot", journal.save_checkpoint(&script.snapshots[0]))?;
    gives(&mut journal, script, 0, Some(0))?;
    gives(&mut journal, script, u64::MAX, Some(0))?;
    let mut end = 0;
    for at in [1, 2, 5, 9, 14, 20, 27, 35, 44] {
        POINT.append(&mut journal, end as u64, &script.entries[end..at])?;
        POINT.works("syncing", journal.sync(Durability::Stable))?;
        end = at;
        // Another one in the same place replaces it.
        let mut earlier = script.snapshots[at].clone();
        earlier.delivered = Seq(0);
        for snapshot in [&earlier, &script.snapshots[at]] {
            POINT.works("saving a snapshot", journal.save_checkpoint(snapshot))?;
        }
        drop(journal);
        journal = POINT.open(storage)?;
        gives(&mut journal, script, u64::MAX, Some(at))?;
        gives(&mut journal, script, at as u64, Some(at))?;
        gives(&mut journal, script, 0, Some(0))?;
        // Those between may have been thrown away, but nothing else is given for them.
        let between = load(&mut journal, at as u64 - 1)?;
        let honest =
            between.as_ref().is_some_and(|it| it.seq.0 < at as u64 && *it == script.snapshots[it.seq.0 as usize]);
        POINT.holds(honest, || {
            format!(
                "asked for a snapshot before {at}, it gave {}, not one that was saved before",
                place(between.as_ref())
            )
        })?;
        POINT.keeps(&mut journal, 0, &script.entries[..at])?;
    }
    Ok(())
}

/// One that the journal has not reached would be given later, when other entries stand before it.
fn ahead<S: JournalStorage>(script: &Script, storage: &S) -> Result<(), JournalFault> {
    let mut journal = POINT.open(storage)?;
    POINT.append(&mut journal, 0, &script.entries[..3])?;
    POINT.works("syncing", journal.sync(Durability::Stable))?;
    POINT.works("saving a snapshot", journal.save_checkpoint(&script.snapshots[3]))?;
    let found = journal.save_checkpoint(&script.snapshots[5]);
    POINT.holds(matches!(found, Err(JournalError::Ahead { .. })), || {
        format!("saving a snapshot of seq 5 when the journal ends at 3 gave {found:?}, not Ahead")
    })?;
    gives(&mut journal, script, u64::MAX, Some(3))?;
    POINT.append(&mut journal, 3, &script.entries[3..7])?;
    POINT.works("syncing", journal.sync(Durability::Stable))?;
    gives(&mut journal, script, u64::MAX, Some(3))?;
    drop(journal);
    gives(&mut POINT.open(storage)?, script, u64::MAX, Some(3))
}

/// A snapshot of a synced place, while entries after it are not yet synced, loses none of them.
fn amid_a_group<S: JournalStorage>(script: &Script, storage: &S) -> Result<(), JournalFault> {
    let mut journal = POINT.open(storage)?;
    POINT.append(&mut journal, 0, &script.entries[..2])?;
    POINT.works("syncing", journal.sync(Durability::Stable))?;
    POINT.append(&mut journal, 2, &script.entries[2..4])?;
    POINT.works("saving a snapshot", journal.save_checkpoint(&script.snapshots[2]))?;
    POINT.append(&mut journal, 4, &script.entries[4..5])?;
    POINT.works("syncing", journal.sync(Durability::Stable))?;
    drop(journal);
    let mut journal = POINT.open(storage)?;
    gives(&mut journal, script, u64::MAX, Some(2))?;
    POINT.keeps(&mut journal, 0, &script.entries[..5])
}
