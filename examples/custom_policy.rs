//! A researcher's own choice of agents, compared with four built-in ones on the same customers.
//! Run with `cargo run --release --features sim --example custom_policy`.
#![allow(clippy::print_stdout, reason = "an example shows what happens")]

use std::path::Path;

use cordboard::measure::Estimate;
use cordboard::sim::{Comparison, Outcome, Policy, Scenario};
use cordboard::{AgentOrder, AgentSelection, AgentView, ContactView, Policies};

/// Those with the fewest skills first, so that those who speak both languages stay free for whoever comes next; among
/// equals the busiest who still has room, so that an empty agent stays empty for a call.
struct SpareTheVersatile;

impl AgentSelection for SpareTheVersatile {
    fn name(&self) -> &str {
        "spare-the-versatile"
    }

    fn score(&self, _: &ContactView<'_>, agent: &AgentView<'_>) -> i64 {
        let versatility = agent.skills.iter().count() as i64;
        i64::from(agent.load.0) - versatility * 10_000_000 // a whole agent's load is 7,207,200
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scenario = Scenario::from_toml(include_str!("scenarios/two-languages.toml"), Path::new("."))?
        .with_host_policies(Policies::new().with_agents(SpareTheVersatile));
    let by = |orders: &[AgentOrder]| scenario.clone().with_policy(Policy::Agents(orders.to_vec())).run_on(2, &|_| {});
    let mine = by(&[AgentOrder::Host("spare-the-versatile".into()), AgentOrder::LongestIdle])?;
    show(&mine);
    let rivals: [&[AgentOrder]; 4] = [
        &[AgentOrder::LeastLoaded, AgentOrder::LongestIdle],
        &[AgentOrder::MostLoaded, AgentOrder::LongestIdle],
        &[AgentOrder::RoundRobin],
        &[AgentOrder::LongestIdle],
    ];
    for rival in rivals {
        let rival = by(rival)?;
        show(&rival);
        less(&mine.less(&rival));
    }
    Ok(())
}

/// What a policy comes to, by channel.
fn show(outcome: &Outcome) {
    let results = outcome.results();
    println!("{}", results.policy);
    for (channel, figures) in &results.channels {
        let level = figure(figures.service_level, 100.0, "%");
        println!("  {channel:5}  service level {level}, mean wait {}", figure(figures.wait_seconds, 1.0, " s"));
    }
}

/// The paired differences: the same customers in both, replication by replication.
fn less(comparison: &Comparison) {
    println!("  ours less this one:");
    for channel in &comparison.channels {
        let of = |name| channel.differences.iter().find(|(known, _)| *known == name).map(|known| known.1);
        let level = figure(of("service_level").unwrap_or_default(), 100.0, " points");
        let wait = figure(of("wait_seconds").unwrap_or_default(), 1.0, " s");
        println!("  {:5}  service level {level}, mean wait {wait}", channel.name);
    }
}

/// A mean with its 95 % interval.
fn figure(estimate: Estimate, times: f64, unit: &str) -> String {
    match (estimate.mean, estimate.half_width) {
        (Some(mean), Some(half)) => format!("{:.1} ± {:.1}{unit}", mean * times, half * times),
        (Some(mean), None) => format!("{:.1}{unit}", mean * times),
        (None, _) => "–".to_owned(),
    }
}
