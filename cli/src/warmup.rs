//! `cordboard warmup`.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use cordboard::Span;
use cordboard::sim::Settling;
use serde::Serialize;

use crate::failure::Failure;
use crate::input::{self, RunOptions};
use crate::{progress, table};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The scenario, a TOML file
    scenario: PathBuf,
    #[command(flatten)]
    options: RunOptions,
}

#[derive(Serialize)]
struct Judged {
    scenario: String,
    replications: u32,
    /// What the scenario has now.
    warmup_seconds: f64,
    channels: Vec<Settling>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scenario = arguments.options.change(input::scenario(&arguments.scenario)?);
    let channels = progress::settling(&scenario, arguments.options.threads())?;
    let (name, replications) = (scenario.name().to_owned(), scenario.replications());
    let judged = Judged { scenario: name, replications, warmup_seconds: scenario.warmup().as_secs_f64(), channels };
    let mut out = stdout().lock();
    if arguments.options.json {
        serde_json::to_writer(&mut out, &judged)?;
        writeln!(out)?;
    } else {
        show(&mut out, &judged, scenario.warmup() + scenario.horizon())?;
    }
    out.flush()?;
    Ok(())
}

fn show(out: &mut impl Write, judged: &Judged, whole: Span) -> std::io::Result<()> {
    writeln!(
        out,
        "Contacts in the system from the beginning, over {whole}, replications: {}; suggested by MSER-5.",
        judged.replications
    )?;
    let mut shown = table::new(&["channel", "first tenth", "second tenth", "last half", "suggested warm-up"]);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    for Settling { channel, course, suggested_seconds } in &judged.channels {
        let tenth = course.len() / 10;
        let suggested = suggested_seconds.map_or("has not settled".to_owned(), |found| table::seconds(Some(found)));
        let parts = [&course[..tenth], &course[tenth..2 * tenth], &course[course.len() / 2..]];
        let [first, second, last] = parts.map(|part| format!("{:.2}", mean(part)));
        shown.add_row([channel.clone(), first, second, last, suggested]);
    }
    writeln!(out, "{}", table::right_aligned(shown))?;
    writeln!(out, "The scenario has a warm-up of {}.", table::seconds(Some(judged.warmup_seconds)))
}
