//! `cordboard check`.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::input;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The scenario, a TOML file
    scenario: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scenario = input::scenario(&arguments.scenario)?;
    let plan = scenario.plan();
    let agents: usize = (0..).take(plan.groups().len()).map(|id| scenario.agents(cordboard::GroupId(id))).sum();
    writeln!(
        stdout(),
        "{}: sound. {} in {}, {agents} agents in {}, {}; {} after a warm-up of {}, {}.",
        arguments.scenario.display(),
        count(scenario.streams().len(), "stream"),
        count(plan.queues().len(), "queue"),
        count(plan.groups().len(), "group"),
        count(plan.channels().len(), "channel"),
        scenario.horizon(),
        scenario.warmup(),
        count(scenario.replications() as usize, "replication"),
    )?;
    Ok(())
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
