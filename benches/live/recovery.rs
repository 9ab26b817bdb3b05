//! Opening a journal: restoring its snapshot and folding every entry after it.

use std::path::Path;
use std::time::Instant;

use cordboard::{
    Driver, DriverOptions, Durability, Journal, MemoryJournal, Request, SqliteJournal, SqliteOptions, Timestamp,
};

use crate::{Outcome, center};

const COMMANDS: u64 = 600_000;

pub(crate) fn run(folder: &Path) -> Outcome {
    println!("| recovery | commands | events | events/s | commands and events/s |\n|---|---|---|---|---|");
    let memory = MemoryJournal::new();
    let events = fill(Box::new(memory.clone()))?;
    recover("in memory", Box::new(memory), events)?;
    let (path, options) = (folder.join("recovery"), SqliteOptions { tables: false, ..SqliteOptions::default() });
    let events = fill(Box::new(SqliteJournal::open_with(&path, &options)?))?;
    recover("SQLite", Box::new(SqliteJournal::open_with(&path, &options)?), events)
}

fn options() -> DriverOptions {
    DriverOptions { durability: Durability::Written, snapshot_every: 0, ..DriverOptions::default() }
}

/// Commands from four streams; how many events followed.
fn fill(journal: Box<dyn Journal>) -> Result<u64, Box<dyn std::error::Error>> {
    let (mut driver, _) = Driver::open(journal, center::plan(), options(), Timestamp(0))?;
    let streams = (1..=COMMANDS / 4).flat_map(|number| (1..=4).map(move |stream| center::command(stream, number)));
    let (mut events, mut clock) = (0, Timestamp(0));
    let mut commands = center::sign_ins().chain(streams).peekable();
    while commands.peek().is_some() {
        for command in commands.by_ref().take(1_024) {
            clock.0 += 10;
            driver.submit(Request::from(command), clock)?;
        }
        events += driver.commit(clock)?.entries.iter().map(|entry| entry.events.len() as u64).sum::<u64>();
    }
    // Dropped, not closed: there is no snapshot but the first.
    Ok(events)
}

fn recover(name: &str, journal: Box<dyn Journal>, events: u64) -> Outcome {
    let begun = Instant::now();
    let (driver, opening) = Driver::open(journal, center::plan(), options(), Timestamp(u64::MAX / 2))?;
    let taken = begun.elapsed().as_secs_f64();
    assert_eq!((opening.snapshot.0, opening.folded), (0, opening.end.0), "everything was folded");
    drop(driver);
    let (commands, all) = (opening.folded, opening.folded + events);
    println!("| {name} | {commands} | {events} | {:.0} | {:.0} |", events as f64 / taken, all as f64 / taken);
    Ok(())
}
