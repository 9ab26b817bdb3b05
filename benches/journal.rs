//! Entries a second that are acknowledged as stable, by size of group: each group is appended and synced, with a real `fsync`.
//!
//! ```sh
//! cargo bench --features sqlite --bench journal            # or: -- SECONDS FOLDER
//! ```
//! The floor is what the device does with the same bytes and nothing else: one write to a file and one `fsync` a group.

mod world;

use std::fs::{self, File};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cordboard::{Durability, Entry, Journal, Seq, SqliteJournal, SqliteOptions};
use world::{Size, World};

const GROUPS: [usize; 4] = [1, 16, 256, 1024];

/// Entries in a file, when time allows: about 50 MB with tables.
const ENTRIES: usize = 200_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let most = Duration::from_secs(arguments.first().map_or(Ok(5), |secs| secs.parse())?);
    let folder = arguments.get(1).map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let folder = folder.join(format!("journal-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let measured = all(&folder, most);
    fs::remove_dir_all(&folder)?;
    measured
}

fn all(folder: &Path, most: Duration) -> Result<(), Box<dyn std::error::Error>> {
    let entries = entries(ENTRIES);
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| group | floor, entries/s | without tables | CPU each | in the file | with tables | CPU each | in the file |\n|---|---|---|---|---|---|---|---|"
    )?;
    for group in GROUPS {
        let floor = floor(folder, &entries, group, most)?;
        write!(out, "| {group} | {floor:.0} |")?;
        for tables in [false, true] {
            let path = folder.join(format!("{group}-{tables}"));
            let mut journal = SqliteJournal::open_with(&path, &SqliteOptions { tables, ..SqliteOptions::default() })?;
            journal.sync(Durability::Stable)?;
            let (rate, cpu, done) = run(&entries, group, most, |after, group| {
                journal.append(Seq(after as u64), group)?;
                journal.sync(Durability::Stable)?;
                Ok(())
            })?;
            drop(journal);
            let bytes = fs::metadata(&path)?.len() / done as u64;
            write!(out, " {rate:.0} | {cpu:.1} µs | {bytes} B |")?;
            out.flush()?;
        }
        writeln!(out)?;
    }
    for tables in [false, true] {
        let mut journal = SqliteJournal::read_only(folder.join(format!("{}-{tables}", GROUPS[3])))?;
        let (begun, busy, mut read) = (Instant::now(), processor(), 0);
        journal.replay(Seq(0), &mut |entry| {
            read += 1 + entry.events.len();
            ControlFlow::Continue(())
        })?;
        let busy = processor().saturating_sub(busy) as f64 / 1e3 / read as f64;
        let rate = read as f64 / begun.elapsed().as_secs_f64();
        writeln!(
            out,
            "read back, {} tables: {rate:.0} commands and events/s, {busy:.2} µs CPU each",
            ["without", "with"][usize::from(tables)]
        )?;
    }
    Ok(())
}

/// Entries a second, microseconds of processor for each, and how many there were.
fn run(
    entries: &[Entry],
    group: usize,
    most: Duration,
    mut write: impl FnMut(usize, &[Entry]) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<(f64, f64, usize), Box<dyn std::error::Error>> {
    let (begun, busy, mut done) = (Instant::now(), processor(), 0);
    for group in entries.chunks_exact(group) {
        write(done, group)?;
        done += group.len();
        if begun.elapsed() > most {
            break;
        }
    }
    let busy = processor().saturating_sub(busy);
    Ok((done as f64 / begun.elapsed().as_secs_f64(), busy as f64 / 1e3 / done as f64, done))
}

fn floor(folder: &Path, entries: &[Entry], group: usize, most: Duration) -> Result<f64, Box<dyn std::error::Error>> {
    let mut file = File::create(folder.join("floor"))?;
    let mut bytes = Vec::new();
    let rate = run(entries, group, most, |_, group| {
        bytes.clear();
        group.iter().for_each(|entry| entry.encode(&mut bytes));
        file.write_all(&bytes)?;
        file.sync_data()?;
        Ok(())
    })?;
    Ok(rate.0)
}

/// Nanoseconds that this thread has run, where the operating system says so.
fn processor() -> u64 {
    let schedule = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    schedule.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0)
}

fn entries(count: usize) -> Vec<Entry> {
    let mut world = World::new(Size { agents: 1_000, waiting: 1_000, classes: 100, all_different: false });
    world.record();
    let mut lives = 0;
    while lives * 4 < count {
        world.life();
        lives += 1;
    }
    let recorded = world.recorded();
    let renumbered = recorded.into_iter().zip(1..).map(|((mut input, events), seq)| {
        input.seq = Seq(seq);
        Entry { input, events, key: None, delivered: Seq(0) }
    });
    renumbered.collect()
}
