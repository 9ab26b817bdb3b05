//! The SQLite file: whose it is, who may read it, and what is found in it.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use cordboard::{
    Command, CommandId, Durability, Entry, Journal, JournalError, Seq, SqliteJournal, SqliteOptions, Stamped,
    Timestamp, Unreadable,
};
use rusqlite::Connection;
use tempfile::TempDir;

fn entry(seq: u64) -> Entry {
    let input = Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at: Timestamp(seq), command: Command::AdvanceTime };
    Entry { input, events: Vec::new(), key: None, delivered: Seq(0) }
}

fn entries(from: u64, to: u64) -> Vec<Entry> {
    (from..=to).map(entry).collect()
}

fn folder() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("there is room for one");
    let path = folder.path().join("calls.cordboard");
    (folder, path)
}

/// A journal with five entries.
fn five(path: &PathBuf) -> SqliteJournal {
    let mut journal = SqliteJournal::open(path).expect("it is new");
    journal.append(Seq(0), &entries(1, 5)).expect("it takes them");
    journal.sync(Durability::Stable).expect("it takes them");
    journal
}

fn change(path: &PathBuf, sql: &str) {
    Connection::open(path).and_then(|file| file.execute_batch(sql)).expect("the file is a database");
}

fn said(opened: Result<SqliteJournal, JournalError>) -> String {
    opened.expect_err("it must not open").to_string()
}

fn replayed(journal: &mut SqliteJournal) -> Result<u64, JournalError> {
    let mut count = 0;
    journal.replay(Seq(0), &mut |_| {
        count += 1;
        ControlFlow::Continue(())
    })?;
    Ok(count)
}

#[test]
fn a_file_of_another_program_is_refused_by_name_and_left_alone() {
    let (_folder, path) = folder();
    change(&path, "CREATE TABLE log (text); PRAGMA user_version = 1;");
    let before = fs::read(&path).expect("it is there");
    for opened in [SqliteJournal::open(&path), SqliteJournal::read_only(&path)] {
        let said = said(opened);
        assert!(said.contains("calls.cordboard is a database of another program"), "{said}");
    }
    assert_eq!(fs::read(&path).expect("it is there"), before);
}

#[test]
fn a_file_that_is_no_database_is_refused_by_name() {
    let (_folder, path) = folder();
    fs::write(&path, "Dear diary, ".repeat(100)).expect("there is room");
    let said = said(SqliteJournal::open(&path));
    assert!(said.contains("calls.cordboard") && said.contains("not a database"), "{said}");
}

#[test]
fn a_file_of_a_newer_build_is_refused_by_name() {
    let (_folder, path) = folder();
    drop(five(&path));
    change(&path, "PRAGMA user_version = 2");
    let said = said(SqliteJournal::open(&path));
    assert!(said.contains("calls.cordboard has tables of format 2") && said.contains("newer build"), "{said}");
}

#[test]
fn a_file_that_is_not_there_or_empty_is_not_a_journal_to_read() {
    let (_folder, path) = folder();
    assert!(said(SqliteJournal::read_only(&path)).contains("calls.cordboard"));
    assert!(!path.exists(), "a tool that only reads has made a file");
    fs::write(&path, "").expect("there is room");
    assert!(said(SqliteJournal::read_only(&path)).contains("nothing has been written to it"));
    SqliteJournal::open(&path).expect("an empty file is begun as a journal");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let (folder, _) = folder();
    let said = said(SqliteJournal::open(folder.path().join("missing/calls.cordboard")));
    assert!(said.contains("cannot create the journal") && said.contains("missing"), "{said}");
}

#[cfg(unix)]
#[test]
fn the_files_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = folder();
    let _journal = five(&path);
    let mut seen = 0;
    for file in fs::read_dir(folder.path()).expect("the folder is there") {
        let file = file.expect("it can be listed");
        let mode = file.metadata().expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
        seen += 1;
    }
    assert_eq!(seen, 3, "the file, its log and the log's index");
}

#[test]
fn a_reader_sees_what_is_committed_while_a_writer_goes_on_and_writes_nothing() {
    let (_folder, path) = folder();
    let mut writer = five(&path);
    let mut reader = SqliteJournal::read_only(&path).expect("it is there");
    writer.append(Seq(5), &entries(6, 7)).expect("a reader is in nobody's way");
    assert_eq!(replayed(&mut reader).expect("it reads"), 5);
    writer.sync(Durability::Stable).expect("a reader is in nobody's way");
    assert_eq!(replayed(&mut reader).expect("it reads"), 7);
    // In the middle of a replay it sees one moment.
    let mut seen = Vec::new();
    let read = reader.replay(Seq(4), &mut |entry| {
        if seen.is_empty() {
            writer.append(Seq(7), &entries(8, 8)).expect("a reader is in nobody's way");
            writer.sync(Durability::Stable).expect("a reader is in nobody's way");
        }
        seen.push(entry.input.seq.0);
        ControlFlow::Continue(())
    });
    read.expect("it reads");
    assert_eq!(seen, [5, 6, 7]);
    let refused = reader.append(Seq(8), &entries(9, 9)).expect_err("it only reads");
    assert!(refused.to_string().contains("calls.cordboard was opened only to read"), "{refused}");
    assert_eq!(replayed(&mut reader).expect("it still reads"), 8);
}

#[test]
fn a_writer_in_the_middle_of_a_group_keeps_another_waiting_for_so_long_only() {
    let (_folder, path) = folder();
    let mut first = five(&path);
    let options = SqliteOptions { busy: Duration::from_millis(20), ..SqliteOptions::default() };
    let mut other = SqliteJournal::open_with(&path, &options).expect("nobody is writing");
    first.append(Seq(5), &entries(6, 6)).expect("it takes it");
    let busy = other.append(Seq(5), &entries(6, 6)).expect_err("another one is writing");
    assert!(matches!(busy, JournalError::Busy { .. }), "{busy}");
    first.sync(Durability::Stable).expect("it takes it");
    let fenced = other.append(Seq(5), &entries(6, 6)).expect_err("another one was first");
    assert!(matches!(fenced, JournalError::Fenced { found: Seq(6), .. }), "{fenced}");
    other.append(Seq(6), &entries(7, 7)).expect("it has read the end");
    other.sync(Durability::Stable).expect("it has read the end");
}

#[test]
fn entries_that_are_gone_or_in_the_wrong_place_are_found() {
    let damages: [(&str, Seq, Unreadable); 4] = [
        ("DELETE FROM log WHERE seq = 3", Seq(3), Unreadable::Missing),
        ("DELETE FROM log WHERE seq = 1", Seq(1), Unreadable::Missing),
        ("UPDATE log SET record = (SELECT record FROM log WHERE seq = 4) WHERE seq = 2", Seq(2), Unreadable::Misplaced),
        ("UPDATE log SET record = x'00' WHERE seq = 4", Seq(4), Unreadable::Damaged),
    ];
    for (sql, place, expected) in damages {
        let (_folder, path) = folder();
        drop(five(&path));
        change(&path, sql);
        let mut journal = SqliteJournal::open(&path).expect("its end is there");
        match replayed(&mut journal) {
            Err(JournalError::Unreadable { seq, why }) => assert_eq!((seq, why), (place, expected), "{sql}"),
            other => panic!("{sql}: {other:?}"),
        }
    }
    // The end is looked at when it is opened.
    let (_folder, path) = folder();
    drop(five(&path));
    change(&path, "DELETE FROM log WHERE seq = 5");
    for opened in [SqliteJournal::open(&path), SqliteJournal::read_only(&path)] {
        assert!(matches!(opened, Err(JournalError::Unreadable { seq: Seq(5), why: Unreadable::Missing })));
    }
}

#[test]
fn a_record_of_a_newer_build_is_refused_by_its_format() {
    let (_folder, path) = folder();
    let mut journal = five(&path);
    let mut record = Vec::new();
    entry(5).encode(&mut record);
    record[0] = 99;
    let body = record.len() - 4;
    let checksum = crc32fast::hash(&record[..body]).to_le_bytes();
    record[body..].copy_from_slice(&checksum);
    let file = Connection::open(&path).expect("the file is a database");
    file.execute("UPDATE log SET record = ?1 WHERE seq = 5", [record]).expect("nobody is writing");
    let refused = replayed(&mut journal).expect_err("it is newer");
    assert!(refused.to_string().contains("format 99"), "{refused}");
}
