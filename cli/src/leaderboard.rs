//! `cordboard leaderboard`: every policy on the small pools that are solved exactly, on the shipped scenarios, and by how many
//! agents a centre needs under it.

mod draw;
mod entrants;
mod page;
mod pools;
mod rows;
mod scenarios;
mod staffing;

use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};
use cordboard::sim::{Outcome, Policy, Scenario};
use serde::Serialize;

use crate::failure::Failure;
use crate::progress;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Independent repetitions of each pool and of the centre; of each shipped scenario a quarter of them, but at least two
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    replications: u32,
    /// Minutes measured of each pool; of the centre a tenth of them. Each begins with a twentieth more that is not measured
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(20..=100_000_000))]
    minutes: u32,
    /// One part alone
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    /// A policy to run beside `adaptive`, instead of all of them; may be given several times
    #[arg(long = "policy", value_name = "POLICY")]
    policies: Vec<Policy>,
    /// Threads that share the replications; results do not depend on it [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Where the scenarios are: those that say what contacts are worth, and blended-centre.toml
    #[arg(long, value_name = "FOLDER", default_value = "examples/scenarios")]
    scenarios: PathBuf,
    /// Where leaderboard.md, .json and .csv are written, and charts under images/; made if it is not there
    #[arg(long, value_name = "FOLDER", default_value = "leaderboard")]
    out: PathBuf,
}

/// A part of the leaderboard.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Part {
    /// Cost over the optimum of small pools that are solved exactly
    Pools,
    /// Cost and service of the shipped scenarios
    Scenarios,
    /// Agents that a centre needs for its service targets
    Staffing,
}

/// What to run.
struct Run {
    policies: Vec<Policy>,
    replications: u32,
    minutes: u32,
    threads: usize,
    scenarios: PathBuf,
}

impl Run {
    /// Replications of a shipped scenario.
    fn of_scenarios(&self) -> u32 {
        (self.replications / 4).max(2)
    }
}

/// What came of it; a part that was not run is `None`.
#[derive(Serialize)]
struct Board {
    version: &'static str,
    pools: Option<pools::Pools>,
    scenarios: Option<Vec<scenarios::Board>>,
    staffing: Option<staffing::Staffing>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { out, only, .. } = arguments;
    let images = out.join("images");
    // What cannot be written is said before anything is run.
    let refused = |why| Failure::Input(format!("--out {}: {why}", out.display()));
    fs::create_dir_all(&images).map_err(refused)?;
    let threads = arguments.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let policies =
        if arguments.policies.is_empty() { entrants::all()? } else { entrants::these(&arguments.policies)? };
    let run = Run {
        policies,
        replications: arguments.replications,
        minutes: arguments.minutes,
        threads,
        scenarios: arguments.scenarios.clone(),
    };
    let wanted = |part| only.is_none_or(|only| only == part);
    let began = Instant::now();
    let board = Board {
        version: env!("CARGO_PKG_VERSION"),
        staffing: wanted(Part::Staffing).then(|| staffing::run(&run)).transpose()?,
        pools: wanted(Part::Pools).then(|| pools::run(&run)).transpose()?,
        scenarios: wanted(Part::Scenarios).then(|| scenarios::run(&run)).transpose()?,
    };
    let took = began.elapsed();
    let json = serde_json::to_string_pretty(&board)? + "\n";
    write(&out.join("leaderboard.json"), &json)?;
    rows::write(&out.join("leaderboard.csv"), &board)?;
    if let Some(pools) = &board.pools {
        write(&images.join(page::POOLS_CHART), &draw::pools(pools))?;
    }
    if let Some(staffing) = &board.staffing {
        write(&images.join(page::STAFFING_CHART), &draw::staffing(staffing))?;
    }
    write(&out.join("leaderboard.md"), &page::of(&board, &command(), took, threads))?;
    let mut out_stream = stdout().lock();
    for sentence in page::sentences(&board) {
        writeln!(out_stream, "{sentence}\n")?;
    }
    writeln!(out_stream, "Tables and charts: {}", out.join("leaderboard.md").display())?;
    out_stream.flush()?;
    Ok(())
}

fn progress(scenario: &Scenario, policy: &Policy, threads: usize) -> Result<Outcome, Failure> {
    let scenario = scenario.clone().with_policy(policy.clone());
    Ok(progress::run(&scenario, threads)?.0)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|why| Failure::Run(format!("{}: {why}", path.display())))
}

/// As it was given.
fn command() -> String {
    let arguments = std::env::args().skip(1);
    std::iter::once("cordboard".to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}
