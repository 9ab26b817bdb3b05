//! Every operation of the file system fails, one after the other: nothing acknowledged is lost, and the error sticks.
//!
//! More lives: `CORDBOARD_FAULTS_LIVES=20 cargo test --release -p cordboard-faults --test errors`.

use cordboard::{Durability, Journal, JournalError, Seq, SqliteJournal};
use cordboard_faults::{
    Bounds, Chance, Disk, Fault, Kind, Operation, Power, Script, Step, Stopped, report, seed, setting, steps,
};
use rusqlite::ffi;

const ENTRIES: usize = 16;

/// Lives of each kind of fault, when nothing else is asked for.
const LIVES: u64 = 1;

/// What can fail, and how SQLite is told.
const FAULTS: [(&str, Option<Kind>, i32); 8] = [
    ("disk full", Some(Kind::Write), ffi::SQLITE_FULL),
    ("write", Some(Kind::Write), ffi::SQLITE_IOERR_WRITE),
    ("sync", Some(Kind::Sync), ffi::SQLITE_IOERR_FSYNC),
    ("resize", Some(Kind::Resize), ffi::SQLITE_IOERR_TRUNCATE),
    ("read", Some(Kind::Read), ffi::SQLITE_IOERR_READ),
    ("open", Some(Kind::Open), ffi::SQLITE_CANTOPEN),
    ("delete", Some(Kind::Delete), ffi::SQLITE_IOERR_DELETE),
    ("anything", None, ffi::SQLITE_IOERR),
];

fn bounds(disk: &Disk) -> Bounds {
    let mut bounds = Bounds::default();
    for operation in disk.operations() {
        if let Operation::Mark(mark) = operation {
            bounds.take(mark);
        }
    }
    bounds
}

/// After an error, nothing succeeds, though the disk works again.
fn sticks(script: &Script, journal: &mut SqliteJournal, bounds: Bounds) -> Result<(), String> {
    let next = bounds.appended as usize;
    let attempts = [
        ("sync", journal.sync(Durability::Stable)),
        ("append", journal.append(Seq(bounds.appended), &script.entries[next..=next])),
        ("save a snapshot", journal.save_checkpoint(&script.snapshots[0])),
        ("find the end", journal.end().map(drop)),
    ];
    for (what, attempt) in attempts {
        if !matches!(attempt, Err(JournalError::Poisoned)) {
            return Err(format!("to {what} gave {attempt:?} after an error"));
        }
    }
    Ok(())
}

#[test]
fn the_nth_operation_fails_once_or_for_good_for_every_n() {
    let script = Script::new(ENTRIES + 10);
    let lives = setting("CORDBOARD_FAULTS_LIVES", LIVES);
    for (what, kind, code) in FAULTS {
        let (mut faults, mut refused, mut swallowed) = (0, 0, 0);
        for seed in seed()..seed() + lives {
            let tables = Chance::new(seed).one_in(2);
            for sticky in [false, true] {
                for after in 0.. {
                    let named =
                        |why: String| format!("seed {seed}, {what} fails after {after}, sticky: {sticky}: {why}");
                    let disk = Disk::new();
                    disk.fail(Fault { kind, after, sticky, code });
                    let ran = script.run(&disk, &steps(seed, ENTRIES), tables);
                    if disk.mend() == 0 {
                        break;
                    }
                    faults += 1;
                    match ran {
                        Ok(()) => swallowed += 1,
                        Err(stopped) => {
                            refused += 1;
                            let Stopped { error, journal } = *stopped;
                            assert!(!error.changed_nothing(), "{}", named(error.to_string()));
                            if let Some(mut journal) = journal {
                                sticks(&script, &mut journal, bounds(&disk))
                                    .unwrap_or_else(|why| panic!("{}", named(why)));
                                // The process dies here,
                                let dead = Disk::holding(disk.files());
                                let recovered = script.recovers(&dead, bounds(&disk), tables);
                                recovered.unwrap_or_else(|why| panic!("{}", named(why)));
                            }
                        }
                    }
                    // or closes the file and opens it again.
                    let recovered = script.recovers(&disk, bounds(&disk), tables);
                    recovered.unwrap_or_else(|why| panic!("{}", named(why)));
                }
            }
        }
        report(format_args!(
            "{what}: {faults} faults, of which {refused} ended the journal and {swallowed} did not matter; nothing acknowledged was lost"
        ));
        assert!(refused > 0 || kind == Some(Kind::Delete), "{what} never failed");
    }
}

#[test]
fn a_fault_while_opening_after_a_crash_harms_nothing() {
    let script = Script::new(ENTRIES + 10);
    let lives = setting("CORDBOARD_FAULTS_LIVES", LIVES);
    let (mut faults, mut refused) = (0, 0);
    for seed in seed()..seed() + 4 * lives {
        let mut chance = Chance::new(seed);
        let disk = Disk::new();
        // What is left is a log that has not been copied into the file.
        let whole = steps(seed, ENTRIES);
        let part = &whole[..whole.len() / 2 + chance.below(whole.len() / 2)];
        if let Err(stopped) = script.run(&disk, part, true) {
            panic!("seed {seed}: a disk without a fault failed: {}", stopped.error);
        }
        // Closing it has copied the log; the moment before is what a crash leaves.
        let operations = disk.operations();
        let last = operations.iter().rposition(|it| matches!(it, Operation::Mark(_))).expect("something was done");
        let bounds = bounds(&disk);
        let crashed = Power::after(&operations[..=last]).everything_kept();
        for (what, kind, code) in FAULTS {
            for after in 0.. {
                let named = |why: String| format!("seed {seed}, {what} fails after {after} in recovery: {why}");
                let disk = Disk::recording(crashed.clone());
                disk.fail(Fault { kind, after, sticky: chance.one_in(2), code });
                let opened = disk.journal(true).map(drop);
                if disk.mend() == 0 {
                    break;
                }
                faults += 1;
                refused += u64::from(opened.is_err());
                // The power fails too, or not; then it is opened again.
                let files = if chance.one_in(2) {
                    let mut power = Power::holding(crashed.clone());
                    disk.operations().iter().for_each(|operation| power.take(operation));
                    power.some_kept(&mut chance)
                } else {
                    disk.files()
                };
                drop(disk);
                let recovered = script.recovers(&Disk::holding(files), bounds, true);
                recovered.unwrap_or_else(|why| panic!("{}", named(why)));
            }
        }
    }
    report(format_args!(
        "faults in recovery: {faults}, of which {refused} ended it; opened again, nothing acknowledged was lost"
    ));
    assert!(refused > 100, "only {refused} recoveries failed");
}

/// A device that says that it has what it has not loses what was acknowledged, and nobody can help that. But what is read is
/// what was written, or an error.
#[test]
fn a_lying_device_is_found_out_and_never_gives_another_entry() {
    let script = Script::new(ENTRIES + 10);
    let lives = setting("CORDBOARD_FAULTS_LIVES", LIVES);
    let (mut images, mut lost, mut refused) = (0, 0, 0);
    for seed in seed()..seed() + 4 * lives {
        let mut chance = Chance::new(seed);
        let disk = Disk::new();
        let (first, rest) = (steps(seed, 4), [Step::Append(3), Step::Sync(Durability::Stable)].repeat(4));
        if let Err(stopped) = script.run(&disk, &first, true) {
            panic!("seed {seed}: a disk without a fault failed: {}", stopped.error);
        }
        let honest = disk.operations().len();
        disk.lie();
        if let Err(stopped) = script.run(&disk, &rest, true) {
            panic!("seed {seed}: a lying disk failed: {}", stopped.error);
        }
        let (mut power, mut bounds) = (Power::default(), Bounds::default());
        for (at, operation) in disk.operations().iter().enumerate() {
            match operation {
                Operation::Mark(mark) => bounds.take(*mark),
                other => power.take(other),
            }
            if at < honest {
                continue;
            }
            for files in [power.nothing_kept(), power.some_kept(&mut chance), power.some_kept(&mut chance)] {
                images += 1;
                let left = Disk::holding(files);
                let opened = left.journal(true).and_then(|mut journal| {
                    let end = journal.end()?;
                    match script.gives(&mut journal, end.0) {
                        Ok(()) => Ok(end.0),
                        Err(Some(error)) => Err(error),
                        Err(None) => panic!("seed {seed}, after operation {at}: another entry than was written"),
                    }
                });
                match opened {
                    Ok(end) => lost += u64::from(end < bounds.stable),
                    Err(_) => refused += 1,
                }
            }
        }
    }
    report(format_args!(
        "lying device: {images} images, of which {lost} had lost acknowledged entries from the end and {refused} could not be read; none gave another entry"
    ));
    assert!(lost > 0, "the lie was not found out: the disk does not lose what is not synced");
}
