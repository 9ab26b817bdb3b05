//! A process that appends to a journal until it is killed, or the disk is full, and says what is acknowledged.
//!
//! `appender run FILE WRITER GROUP`: appends groups, syncs, prints `SEQ` for each acknowledged group; opens the journal anew when another
//! writer was first. `appender fill FOLDER`: fills the file system that FOLDER is on, frees some of it, and goes on.

use std::error::Error;
use std::fs;
use std::io::{Write, stdout};
use std::ops::ControlFlow;
use std::path::Path;

use cordboard::{Command, CommandId, Durability, Entry, Journal, JournalError, Seq, SqliteJournal, Stamped, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["run", file, writer, group] => run(Path::new(file), writer.parse()?, group.parse()?),
        ["fill", folder] => fill(Path::new(folder)),
        _ => Err("appender run FILE WRITER GROUP, or appender fill FOLDER".into()),
    }
}

fn entry(seq: u64, writer: u32) -> Entry {
    let id = CommandId { source: writer, number: seq };
    let input = Stamped { seq: Seq(seq), id, at: Timestamp::from_secs(seq), command: Command::AdvanceTime };
    Entry { input, events: Vec::new(), key: Some(format!("written by {writer} at {seq}").into()), delivered: Seq(0) }
}

fn group(after: u64, writer: u32, size: u64) -> Vec<Entry> {
    (after + 1..=after + size).map(|seq| entry(seq, writer)).collect()
}

fn run(file: &Path, writer: u32, size: u64) -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    loop {
        let mut journal = match SqliteJournal::open(file) {
            Err(JournalError::Busy { .. }) => continue,
            other => other?,
        };
        let mut end = journal.end()?.0;
        loop {
            let written = journal.append(Seq(end), &group(end, writer, size));
            match written.and_then(|()| journal.sync(Durability::Stable)) {
                Ok(()) => {
                    end += size;
                    writeln!(out, "{end}")?;
                    out.flush()?;
                }
                // The other one was first: what is there now is where to go on.
                Err(error) if error.changed_nothing() => break,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn fill(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (file, ballast) = (folder.join("calls.cordboard"), folder.join("ballast"));
    fs::write(&ballast, vec![1; 300_000])?;
    let mut journal = SqliteJournal::open(&file)?;
    let mut acknowledged = 0;
    let full = loop {
        let written = journal.append(Seq(acknowledged), &group(acknowledged, 1, 50));
        match written.and_then(|()| journal.sync(Durability::Stable)) {
            Ok(()) => acknowledged += 50,
            Err(error) => break error,
        }
    };
    let again = journal.sync(Durability::Stable);
    if !matches!(again, Err(JournalError::Poisoned)) {
        return Err(format!("after {full}, to sync gave {again:?}").into());
    }
    drop(journal);
    fs::remove_file(ballast)?;
    let mut journal = SqliteJournal::open(&file)?;
    let (mut found, mut same) = (0, true);
    journal.replay(Seq(0), &mut |read| {
        found += 1;
        same &= read == entry(found, 1);
        ControlFlow::Continue(())
    })?;
    if !same || found < acknowledged || journal.end()? != Seq(found) {
        return Err(format!("{acknowledged} entries were acknowledged; {found} are there, all the same: {same}").into());
    }
    journal.append(Seq(found), &group(found, 1, 50))?;
    journal.sync(Durability::Stable)?;
    writeln!(stdout(), "{acknowledged} entries acknowledged before \"{full}\"; all there when there was room again")?;
    Ok(())
}
