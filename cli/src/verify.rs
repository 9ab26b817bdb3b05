//! `cordboard verify`.

use std::io::{self, Write, stdout};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use cordboard::{Difference, Event, Journal, Pass, Policies, Verified};
use serde::Serialize;

use crate::failure::Failure;
use crate::table::thousands;
use crate::{journal, progress};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The journal, an SQLite file; it is only read
    journal: PathBuf,
    /// One JSON object on standard output instead of text
    #[arg(long)]
    json: bool,
}

/// What was found, and how long it took.
#[derive(Serialize)]
struct Report<'v> {
    commands: u64,
    events: u64,
    snapshots: Vec<u64>,
    digest: String,
    identical: bool,
    difference: Option<Told<'v>>,
    /// Reading, deciding again and comparing.
    run_seconds: f64,
    /// Reading and folding; `None` if it did not come to that.
    fold_seconds: Option<f64>,
}

/// A difference, for programs.
#[derive(Serialize)]
struct Told<'v> {
    what: String,
    seq: Option<u64>,
    /// In microseconds.
    at: Option<u64>,
    /// Without what belongs to the customer.
    command: Option<String>,
    recorded: Option<&'v [Event]>,
    now: Option<&'v [Event]>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let wrong = |error: &dyn std::error::Error| journal::wrong(&arguments.journal, error);
    let mut journal = journal::read(&arguments.journal)?;
    let end = journal.end().map_err(|error| wrong(&error))?.0;
    let bar = progress::bar(end.saturating_mul(2), "run again");
    let began = Instant::now();
    let (mut ran, mut folded) = (began, None);
    let verified = cordboard::verify(&mut journal, &Policies::new(), &mut |pass, commands| match pass {
        Pass::Run => {
            bar.set_position(commands);
            ran = Instant::now();
        }
        Pass::Fold => {
            bar.set_message("folded");
            bar.set_position(end + commands);
            folded = Some(Instant::now());
        }
    });
    bar.finish_and_clear();
    let verified = verified.map_err(|error| wrong(&error))?;
    let report = Report {
        commands: verified.commands,
        events: verified.events,
        snapshots: verified.snapshots.iter().map(|seq| seq.0).collect(),
        digest: verified.digest.to_string(),
        identical: verified.difference.is_none(),
        difference: verified.difference.as_ref().map(told),
        run_seconds: (ran - began).as_secs_f64(),
        fold_seconds: folded.map(|folded| (folded - ran).as_secs_f64()),
    };
    let mut out = stdout().lock();
    if arguments.json {
        serde_json::to_writer(&mut out, &report)?;
        writeln!(out)?;
    } else {
        write!(out, "{}: ", arguments.journal.display())?;
        show(&mut out, &report, &verified)?;
    }
    out.flush()?;
    if report.identical { Ok(()) } else { Err(Failure::Found) }
}

fn told(difference: &Difference) -> Told<'_> {
    let entry = difference.entry();
    let now = match difference {
        Difference::Events { now, .. } => Some(&now[..]),
        _ => None,
    };
    Told {
        what: difference.to_string(),
        seq: difference.at().map(|seq| seq.0),
        at: entry.map(|entry| entry.input.at.0),
        command: entry.map(|entry| format!("{:?}", entry.input.command)),
        recorded: entry.map(|entry| &entry.events[..]),
        now,
    }
}

fn show(out: &mut impl Write, report: &Report<'_>, verified: &Verified) -> io::Result<()> {
    let Report { commands, events, .. } = *report;
    let per_second = |count: u64, seconds: f64| thousands((count as f64 / seconds.max(1e-9)) as u64);
    let rates = |out: &mut dyn Write, what: &str, seconds: f64| {
        let (commands, events) = (per_second(commands, seconds), per_second(events, seconds));
        writeln!(out, "  {what} in {seconds:.2} s: {commands} commands/s, {events} events/s")
    };
    let Some(difference) = &verified.difference else {
        let snapshots = verified.snapshots.len();
        let snapshots = if snapshots == 1 { "1 snapshot".to_owned() } else { format!("{snapshots} snapshots") };
        writeln!(out, "{} commands, {} events, {snapshots}: identical", thousands(commands), thousands(events))?;
        rates(out, "run again", report.run_seconds)?;
        rates(out, "folded", report.fold_seconds.unwrap_or(0.0))?;
        return writeln!(out, "  all invariants hold at the end; digest {}", report.digest);
    };
    writeln!(out, "not as recorded, after {} commands that were", thousands(commands))?;
    let Some(entry) = difference.entry() else { return writeln!(out, "  {difference}") };
    writeln!(out, "  {} at {}: {difference}", entry.input.seq, entry.input.at)?;
    writeln!(out, "  command\n    {:?}", entry.input.command)?;
    list(out, "recorded", &entry.events)?;
    match difference {
        Difference::Events { now, .. } => list(out, "now", now),
        _ => Ok(()),
    }
}

fn list(out: &mut impl Write, what: &str, events: &[Event]) -> io::Result<()> {
    writeln!(out, "  {what}{}", if events.is_empty() { ": nothing" } else { "" })?;
    for event in events {
        writeln!(out, "    {} {:?}", event.at, event.what)?;
    }
    Ok(())
}
