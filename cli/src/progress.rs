//! Progress bars, which are only there on a terminal.

use std::time::{Duration, Instant};

use cordboard::sim::{Goal, Outcome, Policy, Scenario, Settling};
use cordboard::{Journal, Span};
use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;

/// Runs it; how long that took.
pub(crate) fn run(scenario: &Scenario, threads: usize) -> Result<(Outcome, Duration), Failure> {
    run_recorded(scenario, None, threads)
}

/// The same, keeping the first replication in a journal where one is given.
pub(crate) fn run_recorded(
    scenario: &Scenario,
    journal: Option<&mut dyn Journal>,
    threads: usize,
) -> Result<(Outcome, Duration), Failure> {
    let once = (scenario.warmup() + scenario.horizon()).0;
    let bar = bar(once.saturating_mul(scenario.replications().into()), &scenario.policy().to_string());
    let began = Instant::now();
    let progress = |span: Span| bar.inc(span.0);
    let outcome = match journal {
        Some(journal) => scenario.run_recorded(journal, threads, &progress),
        None => scenario.run_on(threads, &progress),
    };
    let took = began.elapsed();
    bar.finish_and_clear();
    Ok((outcome?, took))
}

/// Runs it until a goal is met; the bar shows how much of what may be run at most has been.
pub(crate) fn run_until(scenario: &Scenario, goal: &Goal, threads: usize) -> Result<(Outcome, Duration), Failure> {
    let once = (scenario.warmup() + scenario.horizon()).0;
    let bar = bar(once.saturating_mul(goal.at_most.into()), &scenario.policy().to_string());
    let began = Instant::now();
    let outcome = scenario.run_until(goal, threads, &|span: Span| bar.inc(span.0));
    let took = began.elapsed();
    bar.finish_and_clear();
    Ok((outcome?, took))
}

/// Runs policies until what they differ by is known as well as the goal says; how long all of them took.
pub(crate) fn compare_until(
    scenario: &Scenario,
    policies: &[Policy],
    goal: &Goal,
    threads: usize,
) -> Result<(Vec<Outcome>, Duration), Failure> {
    let once = (scenario.warmup() + scenario.horizon()).0;
    let all = once.saturating_mul(goal.at_most.into()).saturating_mul(policies.len() as u64);
    let bar = bar(all, "all policies");
    let began = Instant::now();
    let outcomes = scenario.compare_until(policies, goal, threads, &|span: Span| bar.inc(span.0));
    let took = began.elapsed();
    bar.finish_and_clear();
    Ok((outcomes?, took))
}

/// Finds out when it settles.
pub(crate) fn settling(scenario: &Scenario, threads: usize) -> Result<Vec<Settling>, Failure> {
    let once = (scenario.warmup() + scenario.horizon()).0;
    let bar = bar(once.saturating_mul(scenario.replications().into()), "from the beginning");
    let settling = scenario.settling(threads, &|span: Span| bar.inc(span.0));
    bar.finish_and_clear();
    Ok(settling?)
}

/// Drawn on standard error, and hidden where that is no terminal.
pub(crate) fn bar(length: u64, message: &str) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(message.to_owned());
    // The template is a constant; one that could not be read would only cost the bar's looks.
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}") {
        bar.set_style(style);
    }
    bar
}
