//! `cordboard simulate`.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use cordboard::Journal;
use cordboard::sim::Results;
use serde::Serialize;

use crate::failure::Failure;
use crate::input::{self, RunOptions};
use crate::{journal, progress, table};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The scenario, a TOML file
    scenario: PathBuf,
    /// Every stream and every group of agents, however many there are
    #[arg(long)]
    full: bool,
    /// Keeps the first replication in this SQLite file: every command with its events, to be verified, queried, or run under
    /// another policy. The file must be new
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Without the tables that people query in the journal: about three times as fast, and smaller
    #[arg(long, requires = "journal")]
    no_tables: bool,
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
    let mut journal = arguments.journal.as_deref().map(|path| journal::begin(path, !arguments.no_tables)).transpose()?;
    let journal = journal.as_mut().map(|journal| journal as &mut dyn Journal);
    let (outcome, took) = progress::run_recorded(&scenario, journal, arguments.options.threads())?;
    let timed = Timed { results: outcome.results(), wall_seconds: took.as_secs_f64() };
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
