//! `cordboard replay`: recorded contacts through the engine.

mod bank;
mod past;
mod plain;
mod record;
mod roster;

use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use cordboard::sim::{Arrivals, Recorded, Scenario, Staffing};
use cordboard::{GroupId, Span};
use serde::Serialize;

use crate::failure::Failure;
use crate::input::{self, Files, RunOptions};
use crate::report::{self, Origin};
use crate::simulate::Timed;
use crate::{progress, rows};
use past::Past;
use record::{Record, Records};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Recorded contacts: a CSV file, which may end in .gz
    contacts: PathBuf,
    /// The scenario whose plan routes them; its streams are the classes of the records
    #[arg(long)]
    scenario: PathBuf,
    /// An agent of the records who handles nothing for longer than this is absent meanwhile
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = Span::parse)]
    absent_after: Span,
    /// An agent of the records comes so long before its first contact and stays so long after its last
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = Span::parse)]
    around: Span,
    #[command(flatten)]
    options: RunOptions,
    #[command(flatten)]
    files: Files,
}

#[derive(Serialize)]
struct Replayed {
    #[serde(flatten)]
    timed: Timed,
    /// By stream: what the records say.
    recorded: BTreeMap<String, Past>,
    /// Why records were left out, and how many.
    dropped: BTreeMap<String, u64>,
    /// Rows in the file.
    records: u64,
    /// Agents of the records; none if the scenario's own were used.
    recorded_agents: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut options = scenario_options(arguments)?;
    let mut records = record::read(&arguments.contacts)?;
    records.keep_streams(options.streams().iter().map(|stream| stream.name.as_str()));
    if records.kept.is_empty() {
        let shown = arguments.contacts.display();
        return Err(Failure::Input(format!("{shown}: no record is left to replay; {}", records.dropped_text())));
    }
    let recorded = Past::by_stream(&options, &records.kept);
    let roster = roster::of(&options, &records.kept, arguments.absent_after, arguments.around);
    let recorded_agents = roster.values().map(Vec::len).sum();
    if recorded_agents > 0 {
        // Who is not in the records is not there.
        for group in (0..).take(options.plan().groups().len()).map(GroupId) {
            let agents = roster.get(&group).cloned().unwrap_or_default();
            options = options.with_staffing(group, Staffing::Recorded(agents.into()));
        }
    }
    let scenario = with_records(options, &records);
    let (outcome, took) = progress::run(&scenario, arguments.options.threads())?;
    let timed = Timed { results: outcome.results(), wall_seconds: took.as_secs_f64(), precision: None };
    let replayed = Replayed { timed, recorded, dropped: records.dropped, records: records.rows, recorded_agents };
    rows::write(arguments.files.csv.as_deref(), std::slice::from_ref(&outcome))?;
    if let Some(path) = &arguments.files.report {
        let (said, beside) = (past::sentences(&replayed), past::section(&replayed));
        let origin = Origin::here(&arguments.scenario);
        report::write(path, report::replay(&origin, &outcome, &replayed.timed.results, said, beside))?;
    }
    let mut out = stdout().lock();
    if arguments.options.json {
        serde_json::to_writer(&mut out, &replayed)?;
        writeln!(out)?;
    } else {
        past::table(&mut out, &replayed)?;
    }
    out.flush()?;
    Ok(())
}

/// The scenario; one replication unless asked for more, since records repeat themselves.
fn scenario_options(arguments: &Arguments) -> Result<Scenario, Failure> {
    let scenario = input::scenario(&arguments.scenario)?.with_replications(1);
    Ok(arguments.options.change(scenario))
}

/// The scenario with the records as arrivals, from their first day to an hour after the last of them.
fn with_records(mut scenario: Scenario, records: &Records) -> Scenario {
    let mut by_stream: BTreeMap<&str, Vec<Recorded>> = BTreeMap::new();
    for record in &records.kept {
        by_stream.entry(&record.stream).or_default().push(record.arrival());
    }
    let names: Vec<String> = scenario.streams().iter().map(|stream| stream.name.clone()).collect();
    for name in &names {
        let contacts = by_stream.remove(name.as_str()).unwrap_or_default();
        scenario = scenario.with_arrivals(name, Arrivals::Trace(Arc::from(contacts)));
    }
    let last = records.kept.iter().map(Record::end).max().unwrap_or_default();
    scenario.with_horizon(Span(last.0) + Span::from_mins(60))
}
