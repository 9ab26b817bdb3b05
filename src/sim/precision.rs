//! Replications until a figure is known well enough.

use std::str::FromStr;

use crate::id::{ChannelId, GroupId};
use crate::measure::Estimate;
use crate::nearest::hint;
use crate::time::Span;

use super::experiment::Outcome;
use super::replication::RunError;
use super::results::Metric;
use super::scenario::Scenario;
use super::tally::Replication;

/// How wide an interval may be: half of its width at most so much of the mean, or so much.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Precision {
    /// A share of the mean, above 0: `"1%"`.
    Relative(f64),
    /// In the figure's own unit, above 0: `"0.005"`.
    Absolute(f64),
}

/// Text that is no precision.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "`{0}` is no precision; give a share of the mean such as 1%, or half of the interval's width in the figure's unit such as 0.005"
)]
pub struct UnknownPrecision(String);

impl FromStr for Precision {
    type Err = UnknownPrecision;

    fn from_str(text: &str) -> Result<Self, UnknownPrecision> {
        let (number, relative) = text.strip_suffix('%').map_or((text, false), |share| (share, true));
        let number: Option<f64> = number.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
        let number = number.ok_or_else(|| UnknownPrecision(text.to_owned()))?;
        Ok(if relative { Self::Relative(number / 100.0) } else { Self::Absolute(number) })
    }
}

impl Precision {
    /// Whether an estimate is as precise. The relative error is of the true mean, which may be smaller than the estimated one by as much:
    /// so for γ of it, half of the width must be at most γ / (1 + γ) of the estimate (Law, *Simulation Modeling and Analysis*, section 9.4.1).
    pub fn is_met(self, estimate: Estimate) -> bool {
        let (Some(mean), Some(half)) = (estimate.mean, estimate.half_width) else { return false };
        half <= match self {
            Self::Relative(share) => share / (1.0 + share) * mean.abs(),
            Self::Absolute(most) => most,
        }
    }
}

/// A figure of a scenario's results, by name: `STREAM.FIGURE`, `CHANNEL.FIGURE`, `GROUP.occupancy`, `GROUP.contacts_held`, or `cost_per_minute`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Figure(Source);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    Stream(usize, Metric),
    Channel(ChannelId, Metric),
    Occupancy(GroupId),
    ContactsHeld(GroupId),
    Cost,
}

/// A name that is no figure of the scenario.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{name}` is no figure of this scenario's results; {hint}")]
pub struct UnknownFigure {
    name: String,
    hint: String,
}

impl Figure {
    /// The figure with this name; of a stream and a channel of the same name, the stream's.
    ///
    /// # Errors
    /// If there is none: says the nearest there is.
    pub fn find(scenario: &Scenario, name: &str) -> Result<Self, UnknownFigure> {
        let all = Self::all(scenario);
        if let Some((_, source)) = all.iter().find(|(known, _)| known == name) {
            return Ok(Self(*source));
        }
        let hint = hint(name, "figures", all.iter().map(|(known, _)| known.as_str()));
        Err(UnknownFigure { name: name.to_owned(), hint })
    }

    /// What it comes to.
    pub fn estimate(self, outcome: &Outcome) -> Estimate {
        let of = |all: &[Replication]| Estimate::of(all.iter().map(|one| self.value(&outcome.scenario, one)));
        Estimate { half_width: of(outcome.samples()).half_width, ..of(&outcome.replications) }
    }

    fn value(self, scenario: &Scenario, one: &Replication) -> Option<f64> {
        let ratio = |part: u128, whole: u128| (whole > 0).then(|| part as f64 / whole as f64);
        match self.0 {
            Source::Stream(at, metric) => metric.of(one.streams.get(at)?, one),
            Source::Channel(channel, metric) => metric.of(&one.channel(channel), one),
            Source::Occupancy(group) => ratio(one.group(group).busy, one.group(group).present),
            Source::ContactsHeld(group) => ratio(one.group(group).held, one.group(group).present),
            Source::Cost => Some(scenario.cost_per_minute(one)),
        }
    }

    fn all(scenario: &Scenario) -> Vec<(String, Source)> {
        let mut all = Vec::new();
        for (at, stream) in scenario.streams().iter().enumerate() {
            let named = Metric::ALL
                .iter()
                .map(|(name, metric)| (format!("{}.{name}", stream.name), Source::Stream(at, *metric)));
            all.extend(named);
        }
        for (channel, id) in super::results::used_channels(scenario, scenario.plan()) {
            all.extend(
                Metric::ALL.iter().map(|(name, metric)| (format!("{channel}.{name}"), Source::Channel(id, *metric))),
            );
        }
        for (group, id) in scenario.plan().groups().iter().zip(0..) {
            all.push((format!("{}.occupancy", group.name), Source::Occupancy(GroupId(id))));
            all.push((format!("{}.contacts_held", group.name), Source::ContactsHeld(GroupId(id))));
        }
        all.push(("cost_per_minute".to_owned(), Source::Cost));
        all
    }
}

/// What is to be known, how well, and what may be spent on it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Goal {
    /// The figure.
    pub figure: Figure,
    /// How well.
    pub precision: Precision,
    /// Replications that are run at most, though it is not met.
    pub at_most: u32,
}

impl Goal {
    /// Replications before the first look: with fewer, an interval that is narrow by chance would end it.
    pub const FEWEST: u32 = 10;
}

impl Scenario {
    /// Runs replications one after another until the goal is met: as many as the scenario says or [`Goal::FEWEST`], whichever is more, and then one more at a time.
    /// [`Outcome::scenario`] has the number that were. It does not depend on the threads: these work ahead, and what one of them has
    /// done beyond the end is thrown away.
    ///
    /// Stopping when an interval happens to be narrow makes it cover the truth somewhat less often than 95 % of the time, most where few replications
    /// suffice; beginning with more of them helps (Law, section 9.4.1; `docs/validation.md` has figures).
    ///
    /// ```
    /// # let text = r#"
    /// #     horizon = "8h"
    /// #     [capacity.phone]
    /// #     voice = { max = 1 }
    /// #     [agents.team]
    /// #     count = 10
    /// #     capacity = "phone"
    /// #     [queues.service]
    /// #     [streams.calls]
    /// #     channel = "voice"
    /// #     queue = "service"
    /// #     arrivals = { poisson_per_minute = 2.5 }
    /// #     handle = { lognormal = ["3m", "2m"] }
    /// # "#;
    /// use cordboard::sim::{Figure, Goal, Scenario};
    /// let scenario = Scenario::from_toml(text, ".".as_ref())?;
    /// let figure = Figure::find(&scenario, "calls.service_level")?;
    /// let goal = Goal { figure, precision: "2%".parse()?, at_most: 1_000 };
    /// let outcome = scenario.run_until(&goal, 1, &|_| {})?;
    /// let level = figure.estimate(&outcome);
    /// assert!(level.half_width.unwrap() <= 0.02 * level.mean.unwrap());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Scenario::run`].
    pub fn run_until(
        &self,
        goal: &Goal,
        threads: usize,
        progress: &(dyn Fn(Span) + Sync),
    ) -> Result<Outcome, RunError> {
        // Intervals are of replications here, whatever the parts of each.
        let scenario = self.clone().with_batches(0);
        let first = self.replications().max(Goal::FEWEST);
        let most = goal.at_most.max(first);
        let mut done = scenario.run_some(0..first, None, threads, progress)?;
        let mut enough = first;
        loop {
            while enough as usize <= done.len() {
                let values = done.iter().take(enough as usize).map(|one| goal.figure.value(&scenario, one));
                if enough == most || goal.precision.is_met(Estimate::of(values)) {
                    done.truncate(enough as usize);
                    return Ok(Outcome { scenario: scenario.with_replications(enough), replications: done });
                }
                enough += 1;
            }
            let from = done.len() as u32;
            let ahead = u32::try_from(threads.max(1)).unwrap_or(u32::MAX);
            done.extend(scenario.run_some(from..from.saturating_add(ahead).min(most), None, threads, progress)?);
        }
    }
}
