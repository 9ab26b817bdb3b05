//! `cordboard compare`.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cordboard::sim::{Comparison, Outcome, Policy, Scenario};
use serde::Serialize;

use crate::failure::Failure;
use crate::input::{self, Files, RunOptions, Wanted};
use crate::report::{self, Origin};
use crate::simulate::{Reached, Timed};
use crate::{progress, rows, table};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The scenario, a TOML file
    scenario: PathBuf,
    /// A policy, given at least twice; the others are compared with the first. `work-conserving` follows the
    /// scenario's plan; `agents:LIST` has every queue choose its agents by LIST, such as agents:least-loaded,longest-idle;
    /// `preset:NAME` decides as another engine does, such as preset:connect (`cordboard presets` lists them)
    #[arg(long = "policy", value_name = "POLICY", required = true, num_args = 1)]
    policies: Vec<Policy>,
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    options: RunOptions,
    #[command(flatten)]
    files: Files,
}

#[derive(Serialize)]
struct Results {
    scenario: String,
    policies: Vec<Timed>,
    comparisons: Vec<Compared>,
}

/// A policy against the first.
#[derive(Serialize)]
pub(crate) struct Compared {
    #[serde(flatten)]
    pub(crate) comparison: Comparison,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) precision: Option<Reached>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.policies.len() < 2 {
        return Err(Failure::Input("there is nothing to compare with: give --policy at least twice".to_owned()));
    }
    let scenario = arguments.options.change(input::scenario(&arguments.scenario)?);
    let goal = arguments.wanted.goal(&scenario)?;
    let (outcomes, policies) = match &goal {
        None => one_by_one(&scenario, arguments)?,
        Some((_, goal)) => {
            let threads = arguments.options.threads();
            let (outcomes, took) = progress::compare_until(&scenario, &arguments.policies, goal, threads)?;
            // They run by turns: how long each took is not known.
            let policies = outcomes.iter().map(|outcome| timed(outcome, took)).collect();
            (outcomes, policies)
        }
    };
    let Some((base, others)) = outcomes.split_first() else { return Ok(()) };
    let comparisons: Vec<Comparison> = others.iter().map(|outcome| outcome.less(base)).collect();
    rows::write(arguments.files.csv.as_deref(), &outcomes)?;
    if let Some(path) = &arguments.files.report {
        let results: Vec<_> = policies.iter().map(|timed| &timed.results).collect();
        let origin = Origin::here(&arguments.scenario);
        report::write(path, report::comparison(&origin, &outcomes, &results, &comparisons))?;
    }
    let comparisons = comparisons.into_iter().zip(others).map(|(comparison, outcome)| {
        let precision = goal.as_ref().map(|(of, goal)| {
            let estimate = goal.figure.difference(outcome, base);
            let met = goal.precision.is_met_by_difference(estimate, goal.figure.estimate(base));
            Reached { of: (*of).to_owned(), estimate, met }
        });
        Compared { comparison, precision }
    });
    let compared = Results { scenario: scenario.name().to_owned(), policies, comparisons: comparisons.collect() };
    let mut out = stdout().lock();
    if arguments.options.json {
        serde_json::to_writer(&mut out, &compared)?;
        writeln!(out)?;
    } else {
        table::comparison(&mut out, &scenario, &compared.policies, &compared.comparisons)?;
    }
    out.flush()?;
    Ok(())
}

fn one_by_one(scenario: &Scenario, arguments: &Arguments) -> Result<(Vec<Outcome>, Vec<Timed>), Failure> {
    let (mut outcomes, mut policies) = (Vec::new(), Vec::new());
    for policy in &arguments.policies {
        let scenario = scenario.clone().with_policy(policy.clone());
        let (outcome, took) = progress::run(&scenario, arguments.options.threads())?;
        policies.push(timed(&outcome, took));
        outcomes.push(outcome);
    }
    Ok((outcomes, policies))
}

fn timed(outcome: &Outcome, took: Duration) -> Timed {
    Timed { results: outcome.results(), wall_seconds: took.as_secs_f64(), precision: None }
}
