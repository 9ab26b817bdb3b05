//! `cordboard simulate`.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use cordboard::Journal;
use cordboard::measure::Estimate;
use cordboard::sim::{Policy, Results};
use serde::Serialize;

use crate::failure::Failure;
use crate::input::{self, Files, RunOptions, Wanted};
use crate::report::{self, Origin};
use crate::{journal, progress, rows, table};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The scenario, a TOML file
    scenario: PathBuf,
    /// A policy instead of the scenario's own, such as preset:connect; those that `compare` takes
    #[arg(long)]
    policy: Option<Policy>,
    /// Every stream and every group of agents, however many there are
    #[arg(long)]
    full: bool,
    /// Keeps the first replication in this SQLite file: every command with its events, to be verified, queried, or run under
    /// another policy. The file must be new
    #[arg(long, value_name = "FILE", conflicts_with = "precision")]
    journal: Option<PathBuf>,
    /// Without the tables that people query in the journal: about three times as fast, and smaller
    #[arg(long, requires = "journal")]
    no_tables: bool,
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    options: RunOptions,
    #[command(flatten)]
    files: Files,
}

/// The results, and how long they took: the one figure that differs from run to run.
#[derive(Serialize)]
pub(crate) struct Timed {
    #[serde(flatten)]
    pub(crate) results: Results,
    pub(crate) wall_seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) precision: Option<Reached>,
}

/// What came of `--precision`.
#[derive(Serialize)]
pub(crate) struct Reached {
    pub(crate) of: String,
    #[serde(flatten)]
    pub(crate) estimate: Estimate,
    pub(crate) met: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut scenario = arguments.options.change(input::scenario(&arguments.scenario)?);
    if let Some(policy) = &arguments.policy {
        scenario = scenario.with_policy(policy.clone());
    }
    let mut journal =
        arguments.journal.as_deref().map(|path| journal::begin(path, !arguments.no_tables)).transpose()?;
    let journal = journal.as_mut().map(|journal| journal as &mut dyn Journal);
    let threads = arguments.options.threads();
    let ((outcome, took), precision) = match arguments.wanted.goal(&scenario)? {
        None => (progress::run_recorded(&scenario, journal, threads)?, None),
        Some((of, goal)) => {
            let done = progress::run_until(&scenario, &goal, threads)?;
            let estimate = goal.figure.estimate(&done.0);
            let reached = Reached { of: of.to_owned(), estimate, met: goal.precision.is_met(estimate) };
            (done, Some(reached))
        }
    };
    let timed = Timed { results: outcome.results(), wall_seconds: took.as_secs_f64(), precision };
    rows::write(arguments.files.csv.as_deref(), std::slice::from_ref(&outcome))?;
    if let Some(path) = &arguments.files.report {
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
