//! Eight small pools solved exactly: how far above the best possible cost each policy is.

use std::fmt::Write;

use cordboard::measure::{BlendedClass, BlendedPool, Estimate};
use cordboard::sim::{Replication, Scenario};
use serde::{Deserialize, Serialize};

use super::entrants::{Field, alike};
use super::{Run, progress};
use crate::failure::Failure;

/// Agents, loads, speeds and costs of eight small pools solved exactly. Times are in minutes.
const POOLS: &str = include_str!("pools.csv");

/// A pool of like agents for calls and chats; memoryless arrivals, work and patience.
#[derive(Deserialize)]
struct Pool {
    name: String,
    agents: u32,
    calls_per_minute: f64,
    calls_minutes: f64,
    calls_patience: f64,
    calls_hold: f64,
    calls_lost: f64,
    calls_places: u32,
    chats_per_minute: f64,
    chats_minutes: f64,
    chats_patience: f64,
    chats_hold: f64,
    chats_lost: f64,
    chats_places: u32,
    /// Of each chat when its agent has 1, 2, … of them.
    speed: String,
}

/// What came of the pools.
#[derive(Serialize, Deserialize)]
pub(super) struct Pools {
    pub(super) replications: u32,
    pub(super) minutes: u32,
    pub(super) pools: Vec<Solved>,
    /// Least cost first.
    pub(super) rows: Vec<Row>,
    /// Not run: see [`Field`].
    pub(super) aside: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Solved {
    pub(super) name: String,
    /// The least cost per minute that any policy can have.
    pub(super) optimum: f64,
}

/// A policy's cost over the optimum: 1 is the best possible.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) policy: String,
    pub(super) alike: Vec<String>,
    /// Mean over the pools.
    pub(super) mean: Estimate,
    /// The same less the first policy's, over the same contacts.
    pub(super) less_ours: Estimate,
    pub(super) by_pool: Vec<Estimate>,
}

impl Row {
    pub(super) fn worst(&self) -> f64 {
        self.by_pool.iter().filter_map(|pool| pool.mean).fold(0.0, f64::max)
    }
}

pub(super) fn run(run: &Run) -> Result<Pools, Failure> {
    let pools = shipped()?;
    let scenarios = (1..).zip(&pools).map(|(seed, pool)| pool.scenario(seed, run));
    let scenarios = scenarios.collect::<Result<Vec<_>, _>>()?;
    let optima = pools.iter().map(Pool::optimum).collect::<Result<Vec<_>, _>>()?;
    let field = Field::of(&run.policies, &scenarios);
    // By entrant, then by pool, then by replication. Whole outcomes of all of them would fill gigabytes.
    let (mut ratios, mut digests): (Vec<Vec<Vec<f64>>>, Vec<Vec<u64>>) = (Vec::new(), Vec::new());
    for entrant in &field.entrants {
        let (mut by_pool, mut of_pools) = (Vec::new(), Vec::new());
        for (scenario, optimum) in scenarios.iter().zip(&optima) {
            let outcome = progress(scenario, &entrant.policy, run.threads)?;
            let ratio = |one: &Replication| scenario.cost_per_minute(one) / optimum;
            by_pool.push(outcome.replications.iter().map(ratio).collect());
            of_pools.push(outcome.digest());
        }
        ratios.push(by_pool);
        digests.push(of_pools);
    }
    // Of each replication, over the pools.
    let means = |ratios: &[Vec<f64>]| -> Vec<Option<f64>> {
        let of = |at: usize| ratios.iter().map(|pool| pool[at]).sum::<f64>() / ratios.len() as f64;
        (0..run.replications as usize).map(|at| Some(of(at))).collect()
    };
    let ours = ratios.first().map_or_else(Vec::new, |first| means(first));
    let rows = alike(&field.entrants, &digests).into_iter().map(|(at, alike)| {
        let means = means(&ratios[at]);
        Row {
            policy: field.entrants[at].policy.to_string(),
            alike,
            less_ours: Estimate::of_differences(ours.iter().copied().zip(means.iter().copied())),
            mean: Estimate::of(means),
            by_pool: ratios[at].iter().map(|pool| Estimate::of(pool.iter().copied().map(Some))).collect(),
        }
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by(|one, other| one.mean.mean.unwrap_or(0.0).total_cmp(&other.mean.mean.unwrap_or(0.0)));
    let solved = pools.into_iter().zip(optima).map(|(pool, optimum)| Solved { name: pool.name, optimum });
    let (replications, minutes) = (run.replications, run.minutes);
    Ok(Pools { replications, minutes, pools: solved.collect(), rows, aside: field.aside })
}

fn shipped() -> Result<Vec<Pool>, Failure> {
    let pools = csv::Reader::from_reader(POOLS.as_bytes()).into_deserialize().collect::<Result<_, _>>();
    pools.map_err(|why| Failure::Run(format!("the table of small pools: {why}")))
}

impl Pool {
    fn speeds(&self) -> Vec<f64> {
        self.speed.split(' ').filter_map(|speed| speed.parse().ok()).collect()
    }

    /// The least cost per minute.
    fn optimum(&self) -> Result<f64, Failure> {
        let pool = BlendedPool {
            agents: self.agents,
            calls: BlendedClass {
                per_minute: self.calls_per_minute,
                minutes: self.calls_minutes,
                patience: self.calls_patience,
                hold: self.calls_hold,
                lost: self.calls_lost,
                queue: self.calls_places,
            },
            chats: BlendedClass {
                per_minute: self.chats_per_minute,
                minutes: self.chats_minutes,
                patience: self.chats_patience,
                hold: self.chats_hold,
                lost: self.chats_lost,
                queue: self.chats_places,
            },
            speed: self.speeds(),
            interrupt: false,
        };
        let solver = pool.solver().map_err(|why| Failure::Run(format!("{}: {why}", self.name)))?;
        Ok(solver.optimum().measures.cost)
    }

    /// The same pool to be simulated. Its queues are as long as they come to be: those of the exact solution are hardly ever full.
    fn scenario(&self, seed: u64, run: &Run) -> Result<Scenario, Failure> {
        let speeds = self.speeds();
        let mut text = format!(
            r#"
            name = "{}"
            seed = {seed}
            warmup = "{}m"
            horizon = "{}m"
            replications = {}
            channels.voice.whole_agent = true
            channels.chat.speed = {speeds:?}
            capacity.blended = {{ voice = {{ max = 1 }}, chat = {{ max = {} }} }}
            agents.team = {{ count = {}, capacity = "blended", serves = {{ calls = 1, chats = 2 }} }}
            queues.calls = {{ agents = ["least-loaded", "longest-idle"] }}
            queues.chats = {{ agents = ["least-loaded", "longest-idle"] }}
            scheduler.policy = "work-conserving"
            "#,
            self.name,
            run.minutes / 20,
            run.minutes,
            run.replications,
            speeds.len(),
            self.agents,
        );
        for (name, channel, per_minute, minutes, patience, hold, lost) in [
            (
                "calls",
                "voice",
                self.calls_per_minute,
                self.calls_minutes,
                self.calls_patience,
                self.calls_hold,
                self.calls_lost,
            ),
            (
                "chats",
                "chat",
                self.chats_per_minute,
                self.chats_minutes,
                self.chats_patience,
                self.chats_hold,
                self.chats_lost,
            ),
        ] {
            let length = |minutes: f64| format!("{{ exponential = \"{}s\" }}", 60.0 * minutes);
            let _ = write!(
                text,
                r#"
                [streams.{name}]
                channel = "{channel}"
                queue = "{name}"
                arrivals = {{ poisson_per_minute = {per_minute} }}
                handle = {}
                patience = {}
                cost = {{ hold_per_minute = {hold}, lost = {lost} }}
                "#,
                length(minutes),
                length(patience),
            );
        }
        let scenario = Scenario::from_toml(&text, ".".as_ref());
        scenario.map_err(|problems| Failure::Run(format!("{}: {problems}", self.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_eight_pools_each_with_a_speed_for_each_chat() {
        let pools = shipped().unwrap_or_else(|_| panic!("the table is wrong"));
        assert_eq!(pools.len(), 8);
        for pool in &pools {
            let speeds = pool.speeds();
            assert_eq!(speeds.len(), pool.speed.split(' ').count(), "{}", pool.name);
            assert!(speeds.iter().all(|speed| *speed > 0.0) && pool.agents > 0);
        }
    }
}
