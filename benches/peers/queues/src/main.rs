//! A contact center's queue as people build it, in a table of a database, beside cordboard: contacts arrive, the next free agent takes the
//! oldest, and is done with it. Each step is durable before the next: every commit waits for the device.
//!
//! The same threads, as many contacts at once, and each thread waits for its own step: who has more in one commit has it because they came
//! at the same time. In the tables agents are told in memory that there is something to take, so that nobody polls.
//!
//! Usage: `cordboard-queues SECONDS FOLDER [POSTGRESQL]`, the last being a connection string; see `run.sh`.

mod cordboard_center;
mod load;
mod postgres_table;
mod sqlite_table;

use std::error::Error;
use std::path::PathBuf;

use load::{Measured, measure};

pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Threads that bring contacts, and agents.
const THREADS: [(usize, usize); 3] = [(1, 2), (4, 8), (16, 32)];

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let secs: f64 = arguments.next().ok_or("how many seconds?")?.parse()?;
    let folder = PathBuf::from(arguments.next().ok_or("in which folder?")?);
    let postgres = arguments.next().filter(|it| !it.is_empty());
    println!(
        "| threads: arriving, agents | system | contacts/s | arrival to agent, µs: p50 | p99 | cordboard's rate is |"
    );
    println!("|---|---|---|---|---|---|");
    for (arriving, agents) in THREADS {
        let path = |name: &str| folder.join(format!("{name}-{agents}"));
        let ours = measure(&cordboard_center::Center::open(&path("cordboard"), agents)?, arriving, agents, secs)?;
        line(arriving, agents, "cordboard, SQLite, a sync a group", &ours, &ours);
        let table = sqlite_table::Table::open(&path("sqlite"))?;
        line(arriving, agents, "SQLite table, UPDATE … RETURNING", &measure(&table, arriving, agents, secs)?, &ours);
        match &postgres {
            Some(connection) => {
                let table = postgres_table::Table::open(connection)?;
                let theirs = measure(&table, arriving, agents, secs)?;
                line(arriving, agents, "PostgreSQL table, FOR UPDATE SKIP LOCKED", &theirs, &ours);
            }
            None => println!("| {arriving}, {agents} | PostgreSQL: skipped, no connection was given | | | | |"),
        }
    }
    Ok(())
}

fn line(arriving: usize, agents: usize, name: &str, measured: &Measured, ours: &Measured) {
    let at = |quantile| measured.waits.value_at_quantile(quantile);
    let (p50, p99, times) = (at(0.5), at(0.99), ours.rate / measured.rate);
    println!("| {arriving}, {agents} | {name} | {:.0} | {p50} | {p99} | {times:.1} × |", measured.rate);
}
