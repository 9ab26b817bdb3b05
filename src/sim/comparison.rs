//! Comparisons of policies under the same randomness.

use serde::Serialize;

use crate::measure::Estimate;

use super::experiment::Outcome;
use super::results::{Metric, used_channels};
use super::tally::{ContactTally, Replication};

/// A policy against the first of a comparison, replication by replication: each estimate is this policy's
/// figure less the first one's, with a 95 % interval of the paired differences.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Comparison {
    /// The policy compared.
    pub policy: String,
    /// The policy it is compared with.
    pub against: String,
    /// By stream.
    pub streams: Vec<Differences>,
    /// By channel.
    pub channels: Vec<Differences>,
    /// Of [`Results::cost_per_minute`](super::Results::cost_per_minute).
    pub cost_per_minute: Estimate,
}

/// The differences of one stream or channel.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Differences {
    /// Its name.
    pub name: String,
    /// By the name of the figure.
    pub differences: Vec<(&'static str, Estimate)>,
}

impl Outcome {
    /// This outcome less `base`. Replications are paired by number, or parts of a single one by time; the randomness is common if
    /// both ran the same scenario with the same seed.
    pub fn less(&self, base: &Self) -> Comparison {
        let pairs = || base.samples().iter().zip(self.samples());
        let differences = |name: String, tally: &dyn Fn(&Replication) -> ContactTally| {
            let tallies: Vec<_> = pairs().map(|(a, b)| ((tally(a), a), (tally(b), b))).collect();
            let of = |metric: Metric| {
                let values = tallies.iter().map(|((a, in_a), (b, in_b))| (metric.of(a, in_a), metric.of(b, in_b)));
                Estimate::of_differences(values)
            };
            Differences { name, differences: Metric::ALL.iter().map(|&(name, metric)| (name, of(metric))).collect() }
        };
        let streams = self.scenario.streams().iter().enumerate();
        let channels = used_channels(&self.scenario, self.scenario.plan());
        Comparison {
            policy: self.scenario.policy().to_string(),
            against: base.scenario.policy().to_string(),
            streams: streams
                .map(|(at, stream)| differences(stream.name.clone(), &|one| one.streams[at].clone()))
                .collect(),
            channels: channels.map(|(name, id)| differences(name, &|one| one.channel(id))).collect(),
            cost_per_minute: Estimate::of_differences(
                pairs().map(|(a, b)| (Some(base.scenario.cost_per_minute(a)), Some(self.scenario.cost_per_minute(b)))),
            ),
        }
    }
}
