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
use std::io::{ErrorKind, Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};
use cordboard::sim::{Outcome, Policy, Scenario};
use serde::{Deserialize, Serialize};

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
    /// Runs one part alone; the page's other parts stay as they are in the folder's leaderboard.json
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
    /// Nothing is run: writes page, CSV and charts anew from leaderboard.json
    Page,
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

/// What came of it; a part that was never run is `None`.
#[derive(Default, Serialize, Deserialize)]
struct Board {
    staffing: Option<Ran<staffing::Staffing>>,
    pools: Option<Ran<pools::Pools>>,
    scenarios: Option<Ran<Vec<scenarios::Board>>>,
}

/// What came of a part, and how to have the same again.
#[derive(Serialize, Deserialize)]
struct Ran<T> {
    /// Of cordboard.
    version: String,
    command: String,
    threads: usize,
    /// The one figure that differs from run to run.
    wall_seconds: f64,
    results: T,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { out, only, .. } = arguments;
    let images = out.join("images");
    // What cannot be written, or read, is said before anything is run.
    fs::create_dir_all(&images).map_err(|why| Failure::Input(format!("--out {}: {why}", out.display())))?;
    let mut board = if only.is_some() { before(&out.join("leaderboard.json"))? } else { Board::default() };
    let policies = if arguments.policies.is_empty() { entrants::all()? } else { entrants::these(&arguments.policies)? };
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    let run = Run {
        policies,
        replications: arguments.replications,
        minutes: arguments.minutes,
        threads: arguments.threads.map_or_else(processors, usize::from),
        scenarios: arguments.scenarios.clone(),
    };
    let wanted = |part| only.is_none_or(|only| only == part);
    if wanted(Part::Staffing) {
        board.staffing = Some(arguments.timed(Part::Staffing, &run, staffing::run)?);
    }
    if wanted(Part::Pools) {
        board.pools = Some(arguments.timed(Part::Pools, &run, pools::run)?);
    }
    if wanted(Part::Scenarios) {
        board.scenarios = Some(arguments.timed(Part::Scenarios, &run, scenarios::run)?);
    }
    let json = serde_json::to_string_pretty(&board)? + "\n";
    write(&out.join("leaderboard.json"), &json)?;
    rows::write(&out.join("leaderboard.csv"), &board)?;
    if let Some(pools) = &board.pools {
        write(&images.join(page::POOLS_CHART), &draw::pools(&pools.results))?;
    }
    if let Some(staffing) = &board.staffing {
        write(&images.join(page::STAFFING_CHART), &draw::staffing(&staffing.results))?;
    }
    write(&out.join("leaderboard.md"), &page::of(&board))?;
    let mut shown = stdout().lock();
    for sentence in page::sentences(&board) {
        writeln!(shown, "{sentence}\n")?;
    }
    writeln!(shown, "Tables and charts: {}", out.join("leaderboard.md").display())?;
    shown.flush()?;
    Ok(())
}

impl Arguments {
    fn timed<T>(
        &self,
        part: Part,
        run: &Run,
        part_of: impl FnOnce(&Run) -> Result<T, Failure>,
    ) -> Result<Ran<T>, Failure> {
        let began = Instant::now();
        let results = part_of(run)?;
        let wall_seconds = began.elapsed().as_secs_f64();
        let name = part.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
        let mut command = format!(
            "cordboard leaderboard --only {name} --replications {} --minutes {}",
            run.replications, run.minutes
        );
        self.policies.iter().for_each(|policy| command += &format!(" --policy {policy}"));
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Ran { version, command, threads: run.threads, wall_seconds, results })
    }
}

/// What was run before, if anything was.
fn before(path: &Path) -> Result<Board, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Board::default()),
        Err(why) => return Err(Failure::Input(format!("{}: {why}", path.display()))),
    };
    let wrong = |why| Failure::Input(format!("{}: {why}; delete it, or run all parts", path.display()));
    serde_json::from_str(&text).map_err(wrong)
}

fn progress(scenario: &Scenario, policy: &Policy, threads: usize) -> Result<Outcome, Failure> {
    let scenario = scenario.clone().with_policy(policy.clone());
    Ok(progress::run(&scenario, threads)?.0)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|why| Failure::Run(format!("{}: {why}", path.display())))
}
