//! `cordboard simulate`.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use cordboard::sim::Results;
use serde::Serialize;

use crate::failure::Failure;
use crate::input::{self, RunOptions};
use crate::report::{self, Origin};
use crate::{progress, rows, table};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The scenario, a TOML file
    scenario: PathBuf,
    /// Every stream and every group of agents, however many there are
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    options: RunOptions,
}

/// The results, and how long they took: the one figure that differs from run to run.
#[derive(Serialize)]
pub(crate) struct Timed {
    #[serde(flatten)]
    pub(crate) results: Results,
    pub(crate) wall_seconds: f64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scenario = arguments.options.change(input::scenario(&arguments.scenario)?);
    let (outcome, took) = progress::run(&scenario, arguments.options.threads())?;
    let timed = Timed { results: outcome.results(), wall_seconds: took.as_secs_f64() };
    rows::write(arguments.options.csv.as_deref(), std::slice::from_ref(&outcome))?;
    if let Some(path) = &arguments.options.report {
        report::write(path, report::simulation(&Origin::here(&arguments.scenario), &outcome, &timed.results))?;
    }
    let mut out = stdout().lock();
    if arguments.options.json {
        serde_json::to_writer(&mut out, &timed)?;
        writeln!(out)?;
    } else {
        table::results(&mut out, &scenario, &timed, arguments.full)?;
    }
    out.flush()?;
    Ok(())
}
