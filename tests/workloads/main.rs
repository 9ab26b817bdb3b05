//! Workloads: what the simulator says of them against closed forms, exact counts, and each other.
#![cfg(feature = "sim")]

mod balking;
mod bursts;
mod elastic;
mod handling;
mod modes;
mod redialling;
mod retrials;
mod shipped;
mod staff;

use std::path::Path;

use cordboard::measure::{Estimate, student_t};
use cordboard::sim::{ContactTally, Outcome, Scenario};

/// A scenario of one queue `line`, agents `team` who take one call each, and a stream `calls`, with more of each.
fn one_line(top: &str, team: &str, line: &str, calls: &str) -> String {
    format!(
        "{top}\n[capacity.phone]\nvoice = {{ max = 1 }}\n[agents.team]\ncapacity = \"phone\"\n{team}\n\
         [queues.line]\n{line}\n[streams.calls]\nchannel = \"voice\"\nqueue = \"line\"\n{calls}\n"
    )
}

fn read(text: &str) -> Scenario {
    Scenario::from_toml(text, Path::new("examples/scenarios")).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

/// What is said of a scenario that is not taken.
fn complaint(text: &str) -> String {
    match Scenario::from_toml(text, Path::new("examples/scenarios")) {
        Ok(_) => panic!("it was taken:\n{text}"),
        Err(problems) => problems.to_string(),
    }
}

fn run(scenario: &Scenario) -> Outcome {
    let outcome = scenario.run_on(2, &|_| {}).unwrap_or_else(|error| panic!("{error}"));
    for replication in &outcome.replications {
        for tally in &replication.streams {
            let gone = tally.answered + tally.abandoned + tally.overflowed + tally.waiting_at_end;
            assert_eq!(tally.offered, gone, "every contact is in one place");
            assert!(tally.retrials <= tally.offered && tally.balked <= tally.abandoned);
            assert!(tally.unreached <= tally.answered);
        }
    }
    outcome
}

/// The first replication of the first stream.
fn tally(text: &str) -> ContactTally {
    run(&read(text)).replications[0].streams[0].clone()
}

/// Within four standard errors, which are small enough to mean something.
#[track_caller]
fn agrees(values: impl Iterator<Item = f64>, exact: f64) {
    let values: Vec<f64> = values.collect();
    let n = u32::try_from(values.len()).unwrap();
    let estimate = Estimate::of(values.into_iter().map(Some));
    let (mean, half) = (estimate.mean.unwrap(), estimate.half_width.unwrap());
    let error = half / student_t(n - 1);
    assert!((mean - exact).abs() <= 4.0 * error, "{mean} ± {half}, and not {exact}");
    assert!(error <= 0.05 * exact.abs().max(0.02), "{mean} ± {half} says too little of {exact}");
}
