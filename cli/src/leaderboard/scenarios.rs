//! Every shipped scenario that says what contacts are worth.

use std::path::{Path, PathBuf};

use cordboard::measure::Estimate;
use cordboard::sim::{Cost, Outcome, Scenario};
use serde::{Deserialize, Serialize};

use super::entrants::{Field, alike, over_scenarios};
use super::{Run, progress};
use crate::failure::Failure;
use crate::input;

/// What came of one scenario.
#[derive(Serialize, Deserialize)]
pub(super) struct Board {
    pub(super) scenario: String,
    pub(super) file: String,
    pub(super) replications: u32,
    /// Least cost first.
    pub(super) rows: Vec<Row>,
    /// Not run: see [`Field`].
    pub(super) aside: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) policy: String,
    pub(super) alike: Vec<String>,
    pub(super) cost_per_minute: Estimate,
    /// The same less the first policy's, over the same contacts.
    pub(super) less_ours: Estimate,
    pub(super) channels: Vec<Channel>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Channel {
    pub(super) name: String,
    pub(super) service_level: Estimate,
    pub(super) abandon_share: Estimate,
}

pub(super) fn run(run: &Run) -> Result<Vec<Board>, Failure> {
    let mut boards = Vec::new();
    for path in files(&run.scenarios)? {
        let scenario = input::scenario(&path)?.with_replications(run.of_scenarios()).with_batches(0);
        if scenario.streams().iter().any(|stream| stream.cost() != Cost::default()) {
            boards.push(board(&path, &scenario, run)?);
        }
    }
    Ok(boards)
}

/// Every TOML file of the folder, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let wrong = |why| {
        Failure::Input(format!(
            "{}: {why}; run it where the scenarios are, or say --scenarios FOLDER",
            folder.display()
        ))
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn board(path: &Path, scenario: &Scenario, run: &Run) -> Result<Board, Failure> {
    let field = Field::of(&over_scenarios(&run.policies), std::slice::from_ref(scenario));
    let (mut ours, mut rows, mut digests) = (None, Vec::new(), Vec::new());
    for entrant in &field.entrants {
        let outcome = progress(scenario, &entrant.policy, run.threads)?;
        rows.push(row(&outcome, ours.as_ref().unwrap_or(&outcome)));
        digests.push(vec![outcome.digest()]);
        // The first is what the others are compared with; all the others would fill gigabytes.
        ours.get_or_insert(outcome);
    }
    let kept = alike(&field.entrants, &digests);
    let mut rows: Vec<Row> = kept.into_iter().map(|(at, alike)| Row { alike, ..rows[at].clone() }).collect();
    let cost = |row: &Row| row.cost_per_minute.mean.unwrap_or(0.0);
    rows.sort_by(|one, other| cost(one).total_cmp(&cost(other)));
    let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let (scenario, replications) = (scenario.name().to_owned(), scenario.replications());
    Ok(Board { scenario, file, replications, rows, aside: field.aside })
}

fn row(outcome: &Outcome, ours: &Outcome) -> Row {
    let results = outcome.results();
    let channels = results.channels.into_iter().map(|(name, figures)| Channel {
        name,
        service_level: figures.service_level,
        abandon_share: figures.abandon_share,
    });
    Row {
        policy: results.policy,
        alike: Vec::new(),
        cost_per_minute: results.cost_per_minute,
        less_ours: outcome.less(ours).cost_per_minute,
        channels: channels.collect(),
    }
}
