//! Closed loop: four threads send as fast as they are let, and each group is synced to the device before it is acknowledged.

use std::fs::File;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cordboard::{
    Durability, Entry, Journal, JournalError, Request, Router, Seq, Snapshot, SqliteJournal, SqliteOptions, Stamped,
    Switchboard, SwitchboardOptions, SystemClock, Timestamp,
};

use crate::{Outcome, center};

const THREADS: u64 = 4;

/// Counts what is synced.
struct Counting {
    journal: SqliteJournal,
    syncs: Arc<AtomicU64>,
}

impl Journal for Counting {
    fn end(&mut self) -> Result<Seq, JournalError> {
        self.journal.end()
    }
    fn append(&mut self, after: Seq, entries: &[Entry]) -> Result<(), JournalError> {
        self.journal.append(after, entries)
    }
    fn sync(&mut self, durability: Durability) -> Result<(), JournalError> {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        self.journal.sync(durability)
    }
    fn replay(&mut self, after: Seq, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), JournalError> {
        self.journal.replay(after, each)
    }
    fn save_checkpoint(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        self.journal.save_checkpoint(snapshot)
    }
    fn load_checkpoint(&mut self, at_most: Seq) -> Result<Option<Snapshot>, JournalError> {
        self.journal.load_checkpoint(at_most)
    }
}

pub(crate) fn run(secs: f64, folder: &Path) -> Outcome {
    println!(
        "| SQLite, one sync a group | acknowledged/s | a group | floor: the same bytes, a write and a sync a group, commands/s | of it |"
    );
    println!("|---|---|---|---|---|");
    for tables in [false, true] {
        let path = folder.join(format!("durable-{tables}"));
        let (rate, group) = acknowledged(secs, &path, tables)?;
        let floor = floor(secs, folder, &path, group)?;
        let name = if tables { "with tables to query" } else { "without tables" };
        println!("| {name} | {rate:.0} | {group} | {floor:.0} | {:.0} % |", 100.0 * rate / floor);
    }
    println!("floor: the same commands applied, and nothing kept: {:.0}/s", applied(secs)?);
    Ok(())
}

/// Commands acknowledged a second, and how many were synced together.
fn acknowledged(secs: f64, path: &Path, tables: bool) -> Result<(f64, usize), Box<dyn std::error::Error>> {
    let journal = SqliteJournal::open_with(path, &SqliteOptions { tables, ..SqliteOptions::default() })?;
    let (syncs, done) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let journal = Box::new(Counting { journal, syncs: syncs.clone() });
    let (gateway, options) = (Box::new(|_: &Entry| ()), SwitchboardOptions::default());
    let (switchboard, _) = Switchboard::open(journal, center::plan(), gateway, Arc::new(SystemClock), options)?;
    let trunk = switchboard.trunk();
    for sign_in in center::sign_ins() {
        drop(trunk.send(sign_in)?);
    }
    trunk.ask(|_, _| ())?;
    let (begun, synced) = (Instant::now(), syncs.load(Ordering::Relaxed));
    let end = begun + Duration::from_secs_f64(secs);
    std::thread::scope(|scope| {
        for stream in 1..=THREADS {
            let (trunk, done) = (&trunk, &done);
            scope.spawn(move || {
                for number in 1.. {
                    if number % 64 == 0 && Instant::now() > end {
                        break;
                    }
                    let done = done.clone();
                    trunk.send_with(Request::from(center::command(stream, number)), move |answer| {
                        answer.expect("the command is possible");
                        done.fetch_add(1, Ordering::Relaxed);
                    });
                }
            });
        }
    });
    trunk.ask(|_, _| ())?;
    let (taken, done) = (begun.elapsed(), done.load(Ordering::Relaxed));
    let groups = syncs.load(Ordering::Relaxed) - synced;
    switchboard.shutdown()?;
    Ok((done as f64 / taken.as_secs_f64(), (done / groups.max(1)) as usize))
}

/// What the device does with the bytes of the same entries, in groups of the same size, and nothing else.
fn floor(secs: f64, folder: &Path, journal: &Path, group: usize) -> Result<f64, Box<dyn std::error::Error>> {
    let (mut groups, mut bytes, mut count) = (Vec::new(), Vec::new(), 0);
    SqliteJournal::read_only(journal)?.replay(Seq(center::AGENTS), &mut |entry| {
        entry.encode(&mut bytes);
        count += 1;
        if count % group.max(1) == 0 {
            groups.push(std::mem::take(&mut bytes));
        }
        ControlFlow::Continue(())
    })?;
    let mut file = File::create(folder.join("floor"))?;
    let (begun, mut written) = (Instant::now(), 0);
    for bytes in groups {
        file.write_all(&bytes)?;
        file.sync_data()?;
        written += group;
        if begun.elapsed().as_secs_f64() > secs {
            break;
        }
    }
    Ok(written as f64 / begun.elapsed().as_secs_f64())
}

/// Commands applied a second by the engine alone.
fn applied(secs: f64) -> Result<f64, Box<dyn std::error::Error>> {
    let mut router = Router::new(center::plan())?;
    let (mut events, mut seq) = (Vec::new(), 0);
    let mut apply = |command| {
        seq += 1;
        events.clear();
        let input = Stamped { seq: Seq(seq), id: cordboard::CommandId::ANONYMOUS, at: Timestamp(seq), command };
        router.apply(&input, &mut events).map(drop)
    };
    center::sign_ins().try_for_each(&mut apply)?;
    let (begun, mut done) = (Instant::now(), 0);
    for number in 1.. {
        (1..=THREADS).try_for_each(|stream| apply(center::command(stream, number)))?;
        done += THREADS;
        if number % 1_024 == 0 && begun.elapsed().as_secs_f64() > secs {
            break;
        }
    }
    Ok(done as f64 / begun.elapsed().as_secs_f64())
}
