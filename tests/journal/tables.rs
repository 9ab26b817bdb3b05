//! The tables for people: what they say of each rule's journal, and that they can be made anew.

use cordboard::{Durability, Journal, Seq, SqliteJournal, SqliteOptions};
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

use crate::samples;
use crate::scenarios::{Life, kind, lives};

const TABLES: [&str; 8] = [
    "queue_names",
    "channel_names",
    "group_names",
    "contact_rows",
    "offer_rows",
    "agent_rows",
    "presence_rows",
    "event_rows",
];
const VIEWS: [&str; 5] = ["contacts", "offers", "agents", "presence", "events"];

fn written(folder: &TempDir, life: &Life, groups: &[(usize, bool)]) -> SqliteJournal {
    let path = folder.path().join(&life.name);
    let open = |tables| SqliteJournal::open_with(&path, &SqliteOptions { tables, ..SqliteOptions::default() });
    let mut journal = open(groups[0].1).expect("it opens");
    journal.save_checkpoint(&life.first).expect("it is kept");
    let mut done = 0;
    for &(until, tables) in groups {
        drop(journal);
        journal = open(tables).expect("it opens");
        let group = &life.entries[done..until.min(life.entries.len()).max(done)];
        journal.append(Seq(done as u64), group).expect("it takes them");
        journal.sync(Durability::Written).expect("it takes them");
        done += group.len();
    }
    journal
}

fn dump(folder: &TempDir, life: &Life, tables: &[&str]) -> Vec<Vec<Value>> {
    let file = Connection::open(folder.path().join(&life.name)).expect("the file is a database");
    let mut rows = Vec::new();
    for table in tables {
        let mut query = file.prepare(&format!("SELECT * FROM {table}")).expect("the table is there");
        let columns = query.column_count();
        let found = query.query_map([], |row| (0..columns).map(|at| row.get(at)).collect::<Result<Vec<Value>, _>>());
        rows.extend(found.expect("it can be read").map(|row| row.expect("it can be read")));
    }
    rows
}

#[test]
fn tables_made_anew_say_what_they_said_for_every_rule() {
    let folder = TempDir::new().expect("there is room for one");
    let (lives, mut rows) = (lives(), 0);
    for life in &lives {
        let mut journal = written(&folder, life, &[(usize::MAX, true)]);
        let said = dump(&folder, life, &TABLES);
        journal.rebuild_tables().expect("every entry is there");
        assert_eq!(dump(&folder, life, &TABLES), said, "{}", life.name);
        assert!(dump(&folder, life, &VIEWS).len() > life.entries.len().min(3), "{}", life.name);
        rows += said.len();
    }
    crate::report(format_args!("tables: {} journals, {rows} rows, the same when made anew", lives.len()));
}

#[test]
fn tables_that_were_left_out_for_a_while_are_completed_when_they_are_wanted_again() {
    let folder = TempDir::new().expect("there is room for one");
    for life in lives().iter().filter(|life| life.entries.len() > 8).take(10) {
        let whole = written(&folder, life, &[(usize::MAX, true)]);
        let said = dump(&folder, life, &TABLES);
        drop(whole);
        std::fs::remove_file(folder.path().join(&life.name)).expect("it is there");
        let journal =
            written(&folder, life, &[(2, true), (4, false), (6, false), (7, true), (8, false), (usize::MAX, true)]);
        assert_eq!(dump(&folder, life, &TABLES), said, "{}", life.name);
        drop(journal);
    }
}

/// The tables of one scenario, as a person reads them.
#[test]
fn a_person_reads_who_waited_how_long_and_who_answered() {
    let folder = TempDir::new().expect("there is room for one");
    let lives = lives();
    let life = lives.iter().find(|life| life.name == "no_answer_agent").expect("the scenario is there");
    let _journal = written(&folder, life, &[(usize::MAX, true)]);
    let file = Connection::open(folder.path().join(&life.name)).expect("the file is a database");
    let read = |query: &str| -> Vec<String> {
        let mut query = file.prepare(query).expect("the columns are there");
        let columns = query.column_count();
        let rows = query.query_map([], |row| {
            let cells = (0..columns).map(|at| {
                row.get::<_, Value>(at).map(|cell| match cell {
                    Value::Null => "-".to_owned(),
                    Value::Integer(number) => number.to_string(),
                    Value::Real(number) => number.to_string(),
                    Value::Text(text) => text,
                    Value::Blob(_) => "?".to_owned(),
                })
            });
            cells.collect::<Result<Vec<_>, _>>().map(|cells| cells.join(" | "))
        });
        rows.expect("it can be read").map(|row| row.expect("it can be read")).collect()
    };
    // One agent lets it ring, is made not ready for a while, and at last is signed out.
    let columns = "contact, key, queue, channel, substr(arrived, 15), agent, outcome, waited, offers";
    assert_eq!(
        read(&format!("SELECT {columns} FROM contacts")),
        [
            "1 | no_answer_agent-2 | stay | voice | 00:00.000 | - | abandoned | 10 | 2",
            "2 | no_answer_agent-5 | rest | voice | 00:10.000 | 1 | completed | 0 | 1",
            "3 | no_answer_agent-8 | rest | voice | 00:10.000 | 1 | completed | 50 | 3",
            "4 | no_answer_agent-14 | out | voice | 01:00.000 | - | - | - | 1",
        ]
    );
    assert_eq!(
        read("SELECT offer, agent, substr(offered, 15), outcome, rang FROM offers WHERE contact = 3"),
        ["4 | 1 | 00:10.000 | expired | 10", "5 | 1 | 00:20.000 | expired | 10", "6 | 1 | 01:00.000 | accepted | 0"]
    );
    assert_eq!(
        read("SELECT agent, \"group\", substr(signed_in, 15), substr(signed_out, 15), state FROM agents"),
        ["1 | team | 00:00.000 | 01:10.000 | gone"]
    );
    assert_eq!(
        read("SELECT substr(at, 15), channels, reason, substr(until, 15) FROM presence WHERE state = 'not ready'"),
        ["00:30.000 | voice | 65535 | 01:00.000", "01:10.000 | voice | 0 | -"]
    );
    assert_eq!(
        read("SELECT seq, substr(at, 15), kind, agent, offer, queue, detail FROM events WHERE contact = 1"),
        [
            "2 | 00:00.000 | arrived | - | - | stay | -",
            "2 | 00:00.000 | offered | 1 | 1 | - | for 10s",
            "3 | 00:10.000 | offer-ended | 1 | 1 | - | expired",
            "3 | 00:10.000 | queued | - | - | stay | waiting 1",
            "3 | 00:10.000 | offered | 1 | 2 | - | for 10s",
            "4 | 00:10.000 | offer-ended | 1 | 2 | - | left",
            "4 | 00:10.000 | ended | - | - | - | abandoned",
        ]
    );
}

/// Every kind of event is told, and none under another's name.
#[test]
fn every_kind_of_event_has_a_row_that_names_it() {
    let folder = TempDir::new().expect("there is room for one");
    let path = folder.path().join("calls.cordboard");
    let mut journal = SqliteJournal::open(&path).expect("it opens");
    let mut entries: Vec<_> = samples::entries().into_iter().map(|(_, entry)| entry).collect();
    for (entry, seq) in entries.iter_mut().zip(1..) {
        entry.input.seq = Seq(seq);
    }
    journal.append(Seq(0), &entries).expect("it takes whatever is an entry");
    journal.sync(Durability::Written).expect("it takes them");
    let file = Connection::open(&path).expect("the file is a database");
    let mut query = file.prepare("SELECT seq, kind FROM event_rows ORDER BY row").expect("the table is there");
    let rows =
        query.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).expect("it can be read");
    let mut told = rows.map(|row| row.expect("it can be read"));
    for entry in &entries {
        for event in &entry.events {
            let (seq, name) = told.next().expect("every event has a row");
            assert_eq!((seq as u64, name), (entry.input.seq.0, in_words(&kind(&event.what))));
        }
    }
    assert!(told.next().is_none());
    journal.rebuild_tables().expect("they can be made anew");
}

/// `offer-ended` for `OfferEnded`.
fn in_words(variant: &str) -> String {
    let mut words = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
