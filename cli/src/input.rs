//! Reading scenarios, and the options that change them.

use std::path::{Path, PathBuf};

use clap::Args;
use cordboard::sim::{Figure, Goal, Precision, Scenario};
use cordboard::{PlanDocument, Problems};

use crate::failure::Failure;

/// Options of every command that runs a scenario.
#[derive(Args)]
pub(crate) struct RunOptions {
    /// What all randomness derives from, instead of the scenario's
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Independent repetitions, instead of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) replications: Option<u32>,
    /// Parts of the measured time that the intervals of a single replication are worked out from, instead of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub(crate) batches: Option<u32>,
    /// Threads that share the replications; results do not depend on it [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// One JSON object on standard output instead of tables
    #[arg(long)]
    pub(crate) json: bool,
}

/// How well a figure is to be known.
#[derive(Args)]
pub(crate) struct Wanted {
    /// Adds replications, from 10 on, until half of the 95 % interval of --of is at most so much: a share of the mean, such as 1%, or a
    /// number in the figure's unit. Of policies, the interval is of each one's difference from the first, and a share is of the first one's mean
    #[arg(long, requires = "of")]
    precision: Option<Precision>,
    /// The figure that --precision is about: a stream or channel and one of its figures, such as calls.service_level;
    /// a group's occupancy; or cost_per_minute
    #[arg(long, value_name = "FIGURE", requires = "precision")]
    of: Option<String>,
    /// Replications after which --precision gives up
    #[arg(long, value_name = "N", default_value_t = 1_000, requires = "precision", value_parser = clap::value_parser!(u32).range(10..=100_000))]
    at_most: u32,
}

impl Wanted {
    /// The figure's name, and the goal, if there is one.
    pub(crate) fn goal(&self, scenario: &Scenario) -> Result<Option<(&str, Goal)>, Failure> {
        let Some((of, precision)) = self.of.as_deref().zip(self.precision) else { return Ok(None) };
        let figure = Figure::find(scenario, of).map_err(|why| Failure::Input(format!("--of: {why}")))?;
        Ok(Some((of, Goal { figure, precision, at_most: self.at_most })))
    }
}

/// Files that results are written to, beside what is shown.
#[derive(Args)]
pub(crate) struct Files {
    /// Writes a page with charts too: one HTML file that needs nothing else
    #[arg(long, value_name = "FILE.html", value_parser = writable)]
    pub(crate) report: Option<PathBuf>,
    /// Writes the figures of every replication too, one in each row
    #[arg(long, value_name = "FILE.csv", value_parser = writable)]
    pub(crate) csv: Option<PathBuf>,
}

impl RunOptions {
    pub(crate) fn threads(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(processors, usize::from)
    }

    pub(crate) fn change(&self, mut scenario: Scenario) -> Scenario {
        if let Some(seed) = self.seed {
            scenario = scenario.with_seed(seed);
        }
        if let Some(replications) = self.replications {
            scenario = scenario.with_replications(replications);
        }
        if let Some(batches) = self.batches {
            scenario = scenario.with_batches(batches);
        }
        scenario
    }
}

/// A file that can be written, as far as one can see before there is anything to write.
fn writable(name: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() {
        return Err("is a folder; give the name of a file".to_owned());
    }
    if !folder.is_dir() {
        return Err(format!("there is no folder {}", folder.display()));
    }
    Ok(path)
}

/// Reads a scenario. Everything wrong with it is reported at once, each line beginning with the file's name.
pub(crate) fn scenario(path: &Path) -> Result<Scenario, Failure> {
    check(&document(path)?, path)
}

/// Reads what a scenario's file says, of whatever kind.
pub(crate) fn document(path: &Path) -> Result<PlanDocument, Failure> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
    PlanDocument::from_toml(&text).map_err(|problems| wrong(path, &problems))
}

/// The scenario that a document, read from `path`, describes.
pub(crate) fn check(document: &PlanDocument, path: &Path) -> Result<Scenario, Failure> {
    let folder = path.parent().unwrap_or(Path::new(""));
    Scenario::from_document(document, folder).map_err(|problems| wrong(path, &problems))
}

fn wrong(path: &Path, problems: &Problems) -> Failure {
    let lines: Vec<String> = problems.0.iter().map(|problem| format!("{}: {problem}", path.display())).collect();
    Failure::Input(lines.join("\n"))
}
