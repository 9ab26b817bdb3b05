//! Point 2: of two writers one fails, and a group is taken whole or not at all.

use super::{JournalFault, JournalPoint, JournalStorage, Script};
use crate::id::Seq;
use crate::journal::{Durability, Entry, Journal, JournalError};

const POINT: JournalPoint = JournalPoint::Fence;

pub(super) fn check<S: JournalStorage>(script: &Script, fresh: &mut impl FnMut() -> S) -> Result<(), JournalFault> {
    wrong_ends(script, &fresh())?;
    gaps(script, &fresh())?;
    stale_writer(script, &fresh())?;
    for turns in INTERLEAVINGS {
        race(script, &fresh(), turns)?;
    }
    Ok(())
}

/// A writer who thinks that the journal ends elsewhere.
fn wrong_ends<S: JournalStorage>(script: &Script, storage: &S) -> Result<(), JournalFault> {
    let mut journal = POINT.open(storage)?;
    let (kept, next) = script.entries.split_at(4);
    POINT.append(&mut journal, 0, kept)?;
    POINT.works("syncing", journal.sync(Durability::Stable))?;
    for after in [0, 3, 5, u64::MAX] {
        let group = if after < 4 { &script.others[after as usize..6] } else { &next[1..3] };
        let found = journal.append(Seq(after), group);
        let fenced =
            matches!(&found, Err(JournalError::Fenced { expected, found }) if (expected.0, found.0) == (after, 4));
        POINT.holds(fenced, || {
            format!("appending after {after} to a journal that ends at 4 gave {found:?}, not Fenced with both places")
        })?;
        POINT.keeps(&mut journal, 0, kept)?;
    }
    POINT.append(&mut journal, 4, &next[..2])?;
    POINT.keeps(&mut journal, 0, &script.entries[..6])
}

/// A group that is not numbered one after the other is refused whole.
fn gaps<S: JournalStorage>(script: &Script, storage: &S) -> Result<(), JournalFault> {
    let mut journal = POINT.open(storage)?;
    POINT.append(&mut journal, 0, &script.entries[..2])?;
    let all = &script.entries;
    let groups: [(&str, Vec<Entry>); 4] = [
        ("begins one too late", all[3..5].to_vec()),
        ("begins one too early", all[1..4].to_vec()),
        ("leaves one out in the middle", [&all[2..4], &all[5..6]].concat()),
        ("has the last one twice", [&all[2..4], &all[3..4]].concat()),
    ];
    for (what, group) in groups {
        let found = journal.append(Seq(2), &group);
        POINT.holds(matches!(found, Err(JournalError::Gap { .. })), || {
            format!("a group that {what} gave {found:?}, not Gap")
        })?;
        POINT.keeps(&mut journal, 0, &all[..2])?;
    }
    POINT.append(&mut journal, 2, &all[2..5])?;
    POINT.works("syncing", journal.sync(Durability::Stable))?;
    POINT.keeps(&mut journal, 0, &all[..5])
}

/// A writer who was away while another one wrote, and comes back.
fn stale_writer<S: JournalStorage>(script: &Script, storage: &S) -> Result<(), JournalFault> {
    let mut stale = POINT.open(storage)?;
    POINT.append(&mut stale, 0, &script.entries[..2])?;
    POINT.works("syncing", stale.sync(Durability::Stable))?;
    let mut newer = POINT.open(storage)?;
    POINT.append(&mut newer, 2, &script.entries[2..3])?;
    POINT.works("syncing", newer.sync(Durability::Stable))?;
    for attempt in 1..=2 {
        let found = write(&mut stale, 2, &script.others[2..5]);
        POINT.holds(matches!(found, Err(JournalError::Fenced { .. })), || {
            format!(
                "attempt {attempt} of a writer to go on after 2, when another one was at 3, gave {found:?}, not Fenced"
            )
        })?;
    }
    POINT.keeps(&mut newer, 0, &script.entries[..3])?;
    POINT.append(&mut newer, 3, &script.entries[3..4])?;
    POINT.works("syncing", newer.sync(Durability::Stable))?;
    drop((stale, newer));
    POINT.keeps(&mut POINT.open(storage)?, 0, &script.entries[..4])
}

fn write(journal: &mut impl Journal, after: u64, entries: &[Entry]) -> Result<(), JournalError> {
    journal.append(Seq(after), entries)?;
    journal.sync(Durability::Stable)
}

/// Two writers append and sync, in every order of the four steps.
const INTERLEAVINGS: [[usize; 4]; 6] =
    [[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 1, 0], [1, 1, 0, 0]];

fn race<S: JournalStorage>(script: &Script, storage: &S, turns: [usize; 4]) -> Result<(), JournalFault> {
    let before = 2;
    let mut first = POINT.open(storage)?;
    POINT.works("appending and syncing", write(&mut first, 0, &script.entries[..before]))?;
    drop(first);
    let mut writers = [POINT.open(storage)?, POINT.open(storage)?];
    let groups = [&script.entries[before..before + 3], &script.others[before..before + 2]];
    for writer in &mut writers {
        POINT.keeps(writer, 0, &script.entries[..before])?;
    }
    // Of each writer: not begun, appended, synced, or refused.
    let mut states = [Some(0), Some(0)];
    for turn in turns {
        let writer = &mut writers[turn];
        let step = match states[turn] {
            Some(0) => writer.append(Seq(before as u64), groups[turn]),
            Some(_) => writer.sync(Durability::Stable),
            None => continue,
        };
        states[turn] = match step {
            Ok(()) => states[turn].map(|steps| steps + 1),
            Err(error) if error.changed_nothing() => None,
            Err(error) => return Err(POINT.fault(format!("of two writers in turns {turns:?}, one failed: {error}"))),
        };
    }
    drop(writers);
    let won: Vec<usize> = (0..2).filter(|&writer| states[writer] == Some(2)).collect();
    POINT.holds(won.len() == 1, || {
        format!("of two writers at the same end, in turns {turns:?}, {} succeeded", won.len())
    })?;
    let kept = [&script.entries[..before], groups[won[0]]].concat();
    POINT.keeps(&mut POINT.open(storage)?, 0, &kept)
}
