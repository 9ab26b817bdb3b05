//! Point 1: entries come back in order, as they were.

use std::ops::ControlFlow;

use super::{JournalFault, JournalPoint, JournalStorage, Script};
use crate::id::Seq;
use crate::journal::Durability;
use crate::journal::Journal;

const POINT: JournalPoint = JournalPoint::Order;

pub(super) fn check<S: JournalStorage>(script: &Script, fresh: &mut impl FnMut() -> S) -> Result<(), JournalFault> {
    let storage = fresh();
    let mut journal = POINT.open(&storage)?;
    POINT.keeps(&mut journal, 0, &[])?;
    // Groups of every size, the empty one included.
    let mut end = 0;
    for size in [1, 0, 3, 7, 1, 20, 28] {
        let group = &script.entries[end..end + size];
        POINT.append(&mut journal, end as u64, group)?;
        end += size;
        POINT.keeps(&mut journal, 0, &script.entries[..end])?;
        POINT.works("syncing", journal.sync(Durability::Stable))?;
        POINT.keeps(&mut journal, (end / 2) as u64, &script.entries[..end])?;
    }
    let entries = &script.entries[..end];
    drop(journal);
    let mut journal = POINT.open(&storage)?;
    for after in [0, 1, end as u64 - 1, end as u64, end as u64 + 1, u64::MAX] {
        POINT.keeps(&mut journal, after, entries)?;
    }
    breaks_off(&mut journal)
}

/// A replay goes on until `each` breaks off, and not further.
fn breaks_off(journal: &mut impl Journal) -> Result<(), JournalFault> {
    let mut given = Vec::new();
    let broken_off = journal.replay(Seq(2), &mut |entry| {
        given.push(entry.input.seq.0);
        if given.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    POINT.works("a replay that is broken off", broken_off)?;
    POINT.holds(given == [3, 4, 5], || format!("a replay after seq 2, broken off after three entries, gave {given:?}"))
}
