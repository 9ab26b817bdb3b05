//! Results as rows of a CSV file: one for each figure of each replication.

use std::fs::File;
use std::path::{Path, PathBuf};

use cordboard::sim::Outcome;
use serde::Serialize;
use serde_json::Value;

use crate::failure::Failure;
use crate::figure;

const COLUMNS: [&str; 9] = ["setting", "policy", "seed", "replication", "scope", "name", "figure", "unit", "value"];

/// Writes outcomes, if a file is named.
pub(crate) fn write(path: Option<&Path>, outcomes: &[Outcome]) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let mut rows = Rows::create(path)?;
    outcomes.iter().try_for_each(|outcome| rows.add("", outcome))?;
    rows.finish()
}

/// A CSV file of results.
pub(crate) struct Rows {
    path: PathBuf,
    writer: csv::Writer<File>,
}

impl Rows {
    /// Begins the file; one that is there is replaced.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let file = File::create(path).map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
        let mut rows = Self { path: path.to_owned(), writer: csv::Writer::from_writer(file) };
        rows.row(COLUMNS)?;
        Ok(rows)
    }

    /// Every replication of an outcome. `setting` is what was changed for it, such as `capacity.desk.chat.max=3`.
    pub(crate) fn add(&mut self, setting: &str, outcome: &Outcome) -> Result<(), Failure> {
        for (at, replication) in outcome.replications.iter().enumerate() {
            // The results of one replication alone: its own figures, under the names they have in the results of all.
            let alone = Outcome {
                scenario: outcome.scenario.clone().with_replications(1),
                replications: vec![replication.clone()],
            };
            let results = alone.results();
            let run = Run {
                setting,
                policy: &results.policy,
                seed: &results.seed.to_string(),
                number: &(at + 1).to_string(),
            };
            for (name, figures) in &results.streams {
                self.figures(&run, "stream", name, figures)?;
            }
            for (name, figures) in &results.channels {
                self.figures(&run, "channel", name, figures)?;
            }
            for (name, figures) in &results.agents {
                self.figures(&run, "group", name, figures)?;
            }
            self.figures(&run, "all", "", &results.all_agents)?;
            self.value(&run, ["all", "", "cost_per_minute"], &serde_json::to_value(results.cost_per_minute)?)?;
        }
        Ok(())
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|error| Failure::Run(format!("{}: {error}", self.path.display())))
    }

    fn figures(&mut self, run: &Run<'_>, scope: &str, name: &str, figures: &impl Serialize) -> Result<(), Failure> {
        let figures = serde_json::to_value(figures)?;
        for (key, value) in figures.as_object().into_iter().flatten() {
            self.value(run, [scope, name, key], value)?;
        }
        Ok(())
    }

    /// A number; an estimate, of which one replication has the mean alone; or several under one key.
    fn value(&mut self, run: &Run<'_>, [scope, name, key]: [&str; 3], value: &Value) -> Result<(), Failure> {
        if let Value::Object(parts) = value {
            if let Some(mean) = parts.get("mean") {
                return self.value(run, [scope, name, key], mean);
            }
            for (part, value) in parts {
                self.value(run, [scope, name, &format!("{key}.{part}")], value)?;
            }
            return Ok(());
        }
        let unit = figure::of(key).map_or("", |figure| figure.unit.name());
        let value = if value.is_null() { String::new() } else { value.to_string() };
        self.row([run.setting, run.policy, run.seed, run.number, scope, name, key, unit, &value])
    }

    fn row(&mut self, row: [&str; COLUMNS.len()]) -> Result<(), Failure> {
        self.writer.write_record(row).map_err(|error| Failure::Run(format!("{}: {error}", self.path.display())))
    }
}

/// What the rows of a replication begin with.
struct Run<'r> {
    setting: &'r str,
    policy: &'r str,
    seed: &'r str,
    /// Counted from 1.
    number: &'r str,
}
