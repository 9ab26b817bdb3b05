//! Point 3: what was synced is there when the journal is opened again, and a beginning of the rest.

use super::{JournalFault, JournalPoint, JournalStorage, Script, replayed};
use crate::journal::{Durability, Journal};

const LEVELS: [Durability; 3] = [Durability::Stable, Durability::Written, Durability::Deferred];

/// The process dies.
pub(super) fn check<S: JournalStorage>(script: &Script, fresh: &mut impl FnMut() -> S) -> Result<(), JournalFault> {
    let point = JournalPoint::Durable;
    for level in LEVELS {
        let storage = fresh();
        let mut synced = 0;
        for (groups, size) in [(1, 1), (3, 2), (2, 5)] {
            let mut journal = point.open(&storage)?;
            let mut end = restart(point, &mut journal, script, synced)?;
            for _ in 0..groups {
                point.append(&mut journal, end as u64, &script.entries[end..end + size])?;
                end += size;
            }
            point.works("syncing", journal.sync(level))?;
            synced = if level == Durability::Deferred { 0 } else { end };
            // And some more, which nobody was told of.
            point.append(&mut journal, end as u64, &script.entries[end..end + 2])?;
        }
        restart(point, &mut point.open(&storage)?, script, synced)?;
    }
    Ok(())
}

/// The power is lost; `false` if that cannot be had.
pub(super) fn check_power_loss<S: JournalStorage>(
    script: &Script,
    fresh: &mut impl FnMut() -> S,
) -> Result<bool, JournalFault> {
    let point = JournalPoint::PowerLoss;
    // Levels of one sync after the other, and how many entries are then stable.
    let (stable, written) = (Durability::Stable, Durability::Written);
    for (levels, kept) in [
        (&[stable][..], 2),
        (&[stable, written], 2),
        (&[written, stable], 4),
        (&[written, written, stable, written], 6),
        (&[stable, stable, stable], 6),
    ] {
        for reopened in [false, true] {
            let mut storage = fresh();
            let mut journal = point.open(&storage)?;
            for (round, &level) in levels.iter().enumerate() {
                let end = 2 * round;
                if reopened {
                    // The death of a process between makes nothing less durable.
                    drop(journal);
                    journal = point.open(&storage)?;
                }
                point.append(&mut journal, end as u64, &script.entries[end..end + 2])?;
                point.works("syncing", journal.sync(level))?;
            }
            drop(journal);
            if !storage.lose_power() {
                return Ok(false);
            }
            restart(point, &mut point.open(&storage)?, script, kept)?;
        }
    }
    found_and_synced(script, fresh())?;
    Ok(true)
}

/// What a writer found when it opened the journal is stable after its first `sync(Stable)`, though it appended nothing.
fn found_and_synced<S: JournalStorage>(script: &Script, mut storage: S) -> Result<(), JournalFault> {
    let point = JournalPoint::PowerLoss;
    let mut journal = point.open(&storage)?;
    point.append(&mut journal, 0, &script.entries[..3])?;
    point.works("syncing", journal.sync(Durability::Written))?;
    drop(journal);
    let mut journal = point.open(&storage)?;
    let found = point.works("asking for the end", journal.end())?.0 as usize;
    point.works("syncing", journal.sync(Durability::Stable))?;
    drop(journal);
    storage.lose_power();
    restart(point, &mut point.open(&storage)?, script, found)?;
    Ok(())
}

/// Where the journal ends after a restart: at `least` or later, and all before is there.
fn restart(
    point: JournalPoint,
    journal: &mut impl Journal,
    script: &Script,
    least: usize,
) -> Result<usize, JournalFault> {
    let found = point.works("replaying", replayed(journal, 0))?;
    point.holds(found.len() >= least, || {
        format!("{least} entries were appended and synced; after a restart {} are there", found.len())
    })?;
    point.keeps(journal, 0, &script.entries[..found.len().min(script.entries.len())])?;
    Ok(found.len())
}
