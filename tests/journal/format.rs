//! What was written by an older build is read for ever, and nothing is written otherwise under the same number.
//!
//! `CORDBOARD_REWRITE=1 cargo test --all-features --test journal format` adds what is not there yet to the folder of the present
//! format, and changes nothing that is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use cordboard::{
    Digest, ENTRY_FORMAT, Entry, Journal, Policies, Router, SNAPSHOT_FORMAT, Seq, Snapshot, SqliteJournal,
    SqliteOptions,
};

use crate::samples;
use crate::scenarios::{Life, kind, lives, snapshot};

fn folder(format: u8) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/journal-v{format}"))
}

fn rewriting() -> bool {
    std::env::var_os("CORDBOARD_REWRITE").is_some()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes text");
        text
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("the fixture is in hexadecimal digits");
    (0..hex.len()).step_by(2).map(digits).collect()
}

/// The lines of a fixture, by their first word.
fn records(format: u8) -> BTreeMap<String, Vec<u8>> {
    let text = fs::read_to_string(folder(format).join("records.txt")).unwrap_or_default();
    let lines = text.lines().map(|line| line.split_once(' ').expect("a name and bytes"));
    lines.map(|(name, record)| (name.to_owned(), bytes(record))).collect()
}

#[test]
fn every_variant_is_written_as_ever_under_this_format() {
    let mut kept = records(ENTRY_FORMAT);
    let samples = samples::entries();
    if rewriting() {
        for (name, entry) in &samples {
            kept.entry(name.clone()).or_insert_with(|| encoded(entry));
        }
        let text: String = kept.iter().map(|(name, record)| format!("{name} {}\n", hex(record))).collect();
        fs::create_dir_all(folder(ENTRY_FORMAT)).expect("the folder can be made");
        fs::write(folder(ENTRY_FORMAT).join("records.txt"), text).expect("the fixture can be written");
    }
    for (name, entry) in &samples {
        let record = kept.get(name).unwrap_or_else(|| panic!("{name} is new: add it with CORDBOARD_REWRITE=1"));
        assert_eq!(
            hex(&encoded(entry)),
            hex(record),
            "{name} is written otherwise than before: variants and fields are only added at the end; \
             for anything else, raise ENTRY_FORMAT and keep the old decoder (src/journal/record.rs)"
        );
        assert_eq!(Entry::decode(record).as_ref(), Ok(entry), "{name} is read as another");
    }
    assert_eq!(kept.len(), samples.len(), "a variant is gone, and journals may contain it");
}

#[test]
fn every_older_format_is_still_read() {
    let mut read = 0;
    for format in 1..=ENTRY_FORMAT {
        for (name, record) in records(format) {
            let entry = Entry::decode(&record);
            assert!(entry.is_ok(), "{name} of format {format} is no longer read: {entry:?}");
            read += 1;
        }
    }
    assert!(read > 100, "only {read} records were found");
}

fn encoded(entry: &Entry) -> Vec<u8> {
    let mut record = Vec::new();
    entry.encode(&mut record);
    record
}

/// Journals that together contain every kind of command and event, as few as a greedy choice finds.
fn chosen() -> Vec<Life> {
    let (mut left, mut seen, mut chosen) = (lives(), BTreeSet::new(), Vec::new());
    let gain = |life: &Life, seen: &BTreeSet<String>| kinds(&life.entries).difference(seen).count();
    while let Some(best) = (0..left.len()).max_by_key(|&at| (gain(&left[at], &seen), usize::MAX - at)) {
        if gain(&left[best], &seen) == 0 {
            break;
        }
        let life = left.remove(best);
        seen.extend(kinds(&life.entries));
        chosen.push(life);
    }
    chosen
}

fn kinds(entries: &[Entry]) -> BTreeSet<String> {
    let commands = entries.iter().map(|entry| format!("command {}", kind(&entry.input.command)));
    let events = entries.iter().flat_map(|entry| &entry.events);
    commands.chain(events.map(|event| format!("event {}", kind(&event.what)))).collect()
}

fn written(lives: &[Life]) -> String {
    let mut text = String::new();
    for life in lives {
        let mut first = Vec::new();
        life.first.encode(&mut first);
        text += &format!("life {}\nsnapshot {}\n", life.name, hex(&first));
        life.entries.iter().for_each(|entry| text += &format!("entry {}\n", hex(&encoded(entry))));
        let mut last = Vec::new();
        life.last.encode(&mut last);
        text += &format!("snapshot {}\ndigest {}\n", hex(&last), life.digest);
    }
    text
}

/// Journals as an older build wrote them, with every kind of command and event, lead to the same state.
#[test]
fn journals_of_every_format_fold_to_the_digest_that_was_recorded() {
    let newest = folder(ENTRY_FORMAT).join("lives.txt");
    if rewriting() && !newest.exists() {
        fs::write(newest, written(&chosen())).expect("the fixture can be written");
    }
    for format in 1..=ENTRY_FORMAT {
        let text = fs::read_to_string(folder(format).join("lives.txt")).expect("the fixture is there");
        let (mut router, mut entries, mut digests) = (None::<Router>, Vec::new(), 0);
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').expect("a word and what it says");
            match word {
                "snapshot" => {
                    let kept = Snapshot::decode(&bytes(rest)).expect("the snapshot is read");
                    if format == SNAPSHOT_FORMAT {
                        let mut again = Vec::new();
                        kept.encode(&mut again);
                        assert_eq!(
                            hex(&again),
                            rest,
                            "a snapshot is written otherwise than before: raise SNAPSHOT_FORMAT"
                        );
                    }
                    let restored = Router::restore(kept.checkpoint, Policies::new()).expect("and is whole");
                    // The first is folded from; the last is where that leads.
                    if let Some(folded) = &router {
                        assert_eq!(folded.digest(), restored.digest());
                    }
                    router = Some(restored);
                }
                "entry" => {
                    let entry = Entry::decode(&bytes(rest)).expect("the entry is read");
                    let folded = router.as_mut().expect("a snapshot comes first").fold(&entry.input, &entry.events);
                    folded.unwrap_or_else(|why| panic!("{why}"));
                    entries.push(entry);
                }
                "digest" => {
                    assert_eq!(router.take().map(|router| router.digest().to_string()).as_deref(), Some(rest));
                    digests += 1;
                }
                _ => {}
            }
        }
        assert!(digests > 1, "only {digests} journals of format {format} were found");
        if format == ENTRY_FORMAT {
            let missing: Vec<_> = samples::kinds().difference(&kinds(&entries)).cloned().collect();
            assert!(missing.is_empty(), "no journal has {missing:?}; write a scenario, and the fixture anew");
        }
        crate::report(format_args!(
            "format {format}: {digests} journals, {} entries with {} kinds of command and event, fold to the recorded digests",
            entries.len(),
            kinds(&entries).len(),
        ));
    }
}

/// A file as the first build that kept one wrote it.
#[test]
fn a_file_of_the_first_schema_is_read_and_goes_on() {
    let kept = folder(1).join("calls.cordboard");
    let digest = folder(1).join("calls.digest");
    if rewriting() && !kept.exists() {
        let life = lives().into_iter().max_by_key(|life| kinds(&life.entries).len()).expect("there are scenarios");
        write_file(&kept, &life);
        fs::write(&digest, format!("{}\n", life.digest)).expect("the fixture can be written");
    }
    let recorded = fs::read_to_string(digest).expect("the fixture is there");
    let folder = tempfile::TempDir::new().expect("there is room for one");
    let copy = folder.path().join("calls.cordboard");
    fs::copy(&kept, &copy).expect("it can be copied");
    assert_eq!(format!("{}\n", folded(&mut SqliteJournal::read_only(&copy).expect("it is read"))), recorded);
    let mut journal = SqliteJournal::open(&copy).expect("it is opened");
    let end = journal.end().expect("it is read").0;
    let mut last = None;
    let replayed = journal.replay(Seq(end - 1), &mut |entry| {
        last = Some(entry);
        ControlFlow::Continue(())
    });
    replayed.expect("it is read");
    let mut next = last.expect("there are entries");
    next.input.seq = Seq(end + 1);
    journal.append(Seq(end), &[next]).expect("it goes on");
    journal.sync(cordboard::Durability::Stable).expect("it goes on");
    journal.rebuild_tables().expect("its tables can be made anew");
}

fn write_file(path: &Path, life: &Life) {
    let mut journal = SqliteJournal::open_with(path, &SqliteOptions::default()).expect("the fixture can be written");
    let mut router = Router::restore(life.first.checkpoint.clone(), Policies::new()).expect("it is whole");
    journal.save_checkpoint(&life.first).expect("the fixture can be written");
    for (at, group) in life.entries.chunks(3).enumerate() {
        journal.append(Seq(3 * at as u64), group).expect("the fixture can be written");
        journal.sync(cordboard::Durability::Stable).expect("the fixture can be written");
        for entry in group {
            router.fold(&entry.input, &entry.events).expect("it was applied before");
        }
        journal.save_checkpoint(&snapshot(&router)).expect("the fixture can be written");
    }
}

/// The digest at the end, from the first snapshot and from the newest.
fn folded(journal: &mut SqliteJournal) -> Digest {
    let [first, newest] = [Seq(0), Seq(u64::MAX)].map(|at_most| {
        let from = journal.load_checkpoint(at_most).expect("it is read").expect("it is there");
        let mut router = Router::restore(from.checkpoint, Policies::new()).expect("it is whole");
        let replayed = journal.replay(from.seq, &mut |entry| {
            router.fold(&entry.input, &entry.events).expect("it was applied before");
            ControlFlow::Continue(())
        });
        replayed.expect("it is read");
        router.digest()
    });
    assert_eq!(first, newest);
    first
}
