//! One bit flips: what is read is what was written, or an error, or (in the log of commits, where SQLite cannot tell it from a
//! crash) what was written before some commit. Never another entry, never a panic.
//!
//! Every bit of the files: `CORDBOARD_FAULTS_STRIDE=1 cargo test --release -p cordboard-faults --test flips`.

use std::collections::BTreeMap;
use std::sync::Arc;

use cordboard::{Entry, Journal, JournalError, Seq, Snapshot, SqliteJournal};
use cordboard_faults::{Disk, Operation, Power, Script, Step, report, setting};

const ENTRIES: usize = 12;

/// One bit in so many of a file is flipped, when nothing else is asked for. Odd, so that it meets every bit of a byte.
const STRIDE: u64 = 1_001;

type Files = BTreeMap<Arc<str>, Vec<u8>>;

#[test]
fn every_flipped_bit_of_a_record_is_found() {
    let script = Script::new(60);
    let mut flips = 0;
    let mut flip = |record: Vec<u8>, reads: &dyn Fn(&[u8]) -> bool| {
        let mut damaged = record.clone();
        for bit in 0..8 * record.len() {
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(!reads(&damaged), "bit {bit} of {record:?} flipped, and it was read all the same");
            damaged[bit / 8] ^= 1 << (bit % 8);
            flips += 1;
        }
        assert!(reads(&record), "undamaged, it is not read");
    };
    for entry in &script.entries {
        let mut record = Vec::new();
        entry.encode(&mut record);
        flip(record, &|bytes| Entry::decode(bytes).is_ok());
    }
    for snapshot in [&script.snapshots[0], &script.snapshots[33]] {
        let mut record = Vec::new();
        snapshot.encode(&mut record);
        flip(record, &|bytes| Snapshot::decode(bytes).is_ok());
    }
    report(format_args!("flipped bits of records: {flips}, all found"));
}

/// What came of flipped bits.
#[derive(Default)]
struct Tally {
    flips: u64,
    /// It was in unused space, or in a table.
    unharmed: u64,
    found: u64,
    /// The journal ends before.
    cut: u64,
}

#[test]
fn every_flipped_bit_of_a_file_gives_what_was_written_or_an_error() {
    let script = Script::new(ENTRIES);
    let disk = Disk::new();
    run(&script, &disk);
    let tally = flip(&script, &disk.files(), "journal");
    tell("the file", &tally);
    assert_eq!(tally.cut, 0, "entries went missing without an error");
    assert!(tally.found > tally.flips / 100, "hardly any was found: {} of {}", tally.found, tally.flips);
}

#[test]
fn every_flipped_bit_of_the_log_of_commits_cuts_it_short_at_a_commit() {
    let script = Script::new(ENTRIES);
    let disk = Disk::new();
    run(&script, &disk);
    // The moment before it was closed.
    let operations = disk.operations();
    let last = operations.iter().rposition(|it| matches!(it, Operation::Mark(_))).expect("something was done");
    let files = Power::after(&operations[..=last]).everything_kept();
    let tally = flip(&script, &files, "journal-wal");
    tell("SQLite's log of commits", &tally);
    assert!(tally.cut > tally.flips / 2, "only {} of {} flips cut it short", tally.cut, tally.flips);
}

fn run(script: &Script, disk: &Disk) {
    let mut steps = vec![Step::Save];
    for _ in 0..ENTRIES / 3 {
        steps.extend([Step::Append(3), Step::Sync(cordboard::Durability::Stable)]);
    }
    steps.push(Step::Save);
    // Without a reader, a log this short is copied into the file only when it is closed.
    if let Err(stopped) = script.run(disk, &steps, true) {
        panic!("a disk without a fault failed: {}", stopped.error);
    }
}

fn tell(what: &str, tally: &Tally) {
    report(format_args!(
        "flipped bits of {what}: {}, of which {} did no harm, {} were found, {} cut the end; none gave another entry",
        tally.flips, tally.unharmed, tally.found, tally.cut,
    ));
}

fn flip(script: &Script, files: &Files, name: &str) -> Tally {
    let mut tally = Tally::default();
    let bits = 8 * files[name].len() as u64;
    for bit in (0..bits).step_by(setting("CORDBOARD_FAULTS_STRIDE", STRIDE) as usize) {
        let mut damaged = files.clone();
        damaged.get_mut(name).expect("it is there")[(bit / 8) as usize] ^= 1 << (bit % 8);
        tally.flips += 1;
        let disk = Disk::holding(damaged);
        // A tool that only reads, then a writer.
        let options = disk.options(true);
        let read = look(script, SqliteJournal::read_only_with(disk.path(), &options), bit);
        let written = look(script, disk.journal(true), bit);
        match read.min(written) {
            Seen::Fewer => tally.cut += 1,
            Seen::Error => tally.found += 1,
            Seen::All => tally.unharmed += 1,
        }
    }
    tally
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Fewer,
    Error,
    All,
}

fn look(script: &Script, opened: Result<SqliteJournal, JournalError>, bit: u64) -> Seen {
    let Ok(mut journal) = opened else { return Seen::Error };
    let Ok(end) = journal.end() else { return Seen::Error };
    match script.gives(&mut journal, end.0) {
        Ok(()) => {}
        Err(Some(_)) => return Seen::Error,
        Err(None) => panic!("bit {bit}: another entry than was written"),
    }
    for at_most in [0, u64::MAX] {
        match journal.load_checkpoint(Seq(at_most)) {
            Ok(Some(snapshot)) if snapshot == script.snapshots[snapshot.seq.0 as usize] => {
                if snapshot.seq.0 != at_most.min(ENTRIES as u64) {
                    return Seen::Fewer;
                }
            }
            Ok(None) => return Seen::Fewer,
            Ok(Some(other)) => panic!("bit {bit}: another snapshot, of {}", other.seq),
            Err(_) => return Seen::Error,
        }
    }
    if end.0 == ENTRIES as u64 { Seen::All } else { Seen::Fewer }
}
