//! `cordboard compare`.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use cordboard::sim::{Comparison, Policy};
use serde::Serialize;

use crate::failure::Failure;
use crate::input::{self, Files, RunOptions};
use crate::report::{self, Origin};
use crate::simulate::Timed;
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
    options: RunOptions,
    #[command(flatten)]
    files: Files,
}

#[derive(Serialize)]
struct Compared {
    scenario: String,
    policies: Vec<Timed>,
    comparisons: Vec<Comparison>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.policies.len() < 2 {
        return Err(Failure::Input("there is nothing to compare with: give --policy at least twice".to_owned()));
    }
    let scenario = arguments.options.change(input::scenario(&arguments.scenario)?);
    let (mut outcomes, mut policies) = (Vec::new(), Vec::new());
    for policy in &arguments.policies {
        let (outcome, took) =
            progress::run(&scenario.clone().with_policy(policy.clone()), arguments.options.threads())?;
        policies.push(Timed { results: outcome.results(), wall_seconds: took.as_secs_f64(), precision: None });
        outcomes.push(outcome);
    }
    let comparisons: Vec<Comparison> = outcomes.iter().skip(1).map(|outcome| outcome.less(&outcomes[0])).collect();
    rows::write(arguments.files.csv.as_deref(), &outcomes)?;
    if let Some(path) = &arguments.files.report {
        let results: Vec<_> = policies.iter().map(|timed| &timed.results).collect();
        let origin = Origin::here(&arguments.scenario);
        report::write(path, report::comparison(&origin, &outcomes, &results, &comparisons))?;
    }
    let compared = Compared { scenario: scenario.name().to_owned(), policies, comparisons };
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
