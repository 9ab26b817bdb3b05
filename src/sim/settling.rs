//! How long a scenario takes to forget that it began empty.

use serde::Serialize;

use crate::id::ChannelId;
use crate::time::Span;

use super::replication::RunError;
use super::results::used_channels;
use super::scenario::Scenario;
use super::tally::Replication;

/// A channel's contacts from the beginning, and where to cut it off.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Settling {
    /// The channel.
    pub channel: String,
    /// Contacts waiting and in conversation in each of [`Settling::PARTS`] equal parts of the time: means over the replications.
    pub course: Vec<f64>,
    /// The warm-up that MSER-5 suggests, in seconds. `None` if it has not settled in the first half: simulate for longer, or it never will, as
    /// where more arrive than can be served, or by the time of day.
    pub suggested_seconds: Option<f64>,
}

impl Settling {
    /// Parts of the time, five of which make a batch.
    pub const PARTS: u32 = 500;
}

impl Scenario {
    /// Runs all replications from the beginning, warm-up and measured time together, and judges by MSER-5 when each channel has settled.
    ///
    /// The course of contacts in the system, averaged over the replications as in Welch's procedure, is taken in batches of five parts. That beginning is cut off which leaves
    /// the mean of the rest with the smallest standard error (White, *Simulation* 69, 1997; White, Cobb and Spratt, *Winter Simulation Conference* 2000).
    ///
    /// ```
    /// # let text = r#"
    /// #     warmup = "1h"
    /// #     horizon = "49h"
    /// #     replications = 5
    /// #     [capacity.phone]
    /// #     voice = { max = 1 }
    /// #     [agents.team]
    /// #     count = 100
    /// #     capacity = "phone"
    /// #     [queues.service]
    /// #     [streams.calls]
    /// #     channel = "voice"
    /// #     queue = "service"
    /// #     arrivals = { poisson_per_minute = 0.5 }
    /// #     handle = { exponential = "1h" }
    /// # "#;
    /// let scenario = cordboard::sim::Scenario::from_toml(text, ".".as_ref())?;
    /// let calls = &scenario.settling(1, &|_| {})?[0];
    /// // Calls of an hour: it takes some.
    /// assert!((3_600.0..50_000.0).contains(&calls.suggested_seconds.unwrap()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Scenario::run`].
    pub fn settling(&self, threads: usize, progress: &(dyn Fn(Span) + Sync)) -> Result<Vec<Settling>, RunError> {
        let whole = self.warmup() + self.horizon();
        let outcome = self.clone().with_horizon(whole).with_batches(Settling::PARTS).run_on(threads, progress)?;
        let part = whole.as_secs_f64() / f64::from(Settling::PARTS);
        let channels = used_channels(self, self.plan());
        let settling = channels.map(|(channel, id)| {
            let course: Vec<f64> = (0..Settling::PARTS as usize)
                .map(|at| outcome.replications.iter().map(|one| present(&one.batches[at], id)).sum::<f64>())
                .map(|sum| sum / outcome.replications.len() as f64)
                .collect();
            let suggested_seconds = mser5(&course).map(|parts| parts as f64 * part);
            Settling { channel, course, suggested_seconds }
        });
        Ok(settling.collect())
    }
}

/// Contacts waiting and in conversation in a part, on average.
fn present(part: &Replication, channel: ChannelId) -> f64 {
    let tally = part.channel(channel);
    (tally.queue_area + tally.service_area) as f64 / part.measured.0.max(1) as f64
}

/// How many values to cut off, a multiple of five, where at most half of them are.
fn mser5(values: &[f64]) -> Option<usize> {
    let batches: Vec<f64> = values.chunks_exact(5).map(|five| five.iter().sum::<f64>() / 5.0).collect();
    let error = |cut: usize| {
        let rest = &batches[cut..];
        let n = rest.len() as f64;
        let mean = rest.iter().sum::<f64>() / n;
        rest.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n * n)
    };
    // A minimum in the second half rests on too few values.
    let best =
        (0..batches.len()).take(batches.len().saturating_sub(5)).min_by(|a, b| error(*a).total_cmp(&error(*b)))?;
    (best <= batches.len() / 2).then_some(5 * best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rises_to_a_level_is_cut_where_it_has_reached_it() {
        let rising: Vec<f64> = (0..500).map(|at| f64::from(at.min(120)) + f64::from(at * 7919 % 13)).collect();
        let cut = mser5(&rising).unwrap();
        assert!((100..=120).contains(&cut), "{cut}");
        assert_eq!(mser5(&vec![3.0; 500]), Some(0));
        let growing: Vec<f64> = (0..500).map(f64::from).collect();
        assert_eq!(mser5(&growing), None);
        assert_eq!(mser5(&[1.0, 2.0]), None);
    }
}
