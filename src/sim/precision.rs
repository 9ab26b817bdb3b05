//! Replications until a figure is known well enough.

use std::str::FromStr;

use crate::id::{ChannelId, GroupId};
use crate::measure::Estimate;
use crate::nearest::hint;
use crate::time::Span;

use super::experiment::Outcome;
use super::policy::Policy;
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

    /// Whether a difference from `base` is as precise. A share is of what the difference is from, and not of the difference itself, which may be nothing.
    pub fn is_met_by_difference(self, difference: Estimate, base: Estimate) -> bool {
        let Some(half) = difference.half_width else { return false };
        match self {
            Self::Relative(share) => base.mean.is_some_and(|mean| half <= share * mean.abs()),
            Self::Absolute(most) => half <= most,
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

    /// What it comes to in `outcome`, less what it comes to in `base`: of replications paired by number, as in [`Outcome::less`].
    pub fn difference(self, outcome: &Outcome, base: &Outcome) -> Estimate {
        let value = |of: &Outcome, one| self.value(&of.scenario, one);
        let pairs = base.samples().iter().zip(outcome.samples());
        Estimate::of_differences(pairs.map(|(a, b)| (value(base, a), value(outcome, b))))
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
        let met = |values: &[Vec<Option<f64>>]| goal.precision.is_met(Estimate::of(values[0].iter().copied()));
        let mut outcomes = goal.run(vec![self.clone()], threads, progress, met)?;
        Ok(outcomes.swap_remove(0))
    }

    /// The same for policies: runs all of them, with the same randomness, until the figure's difference between the first and each of the others is as precise as the goal
    /// says ([`Precision::is_met_by_difference`]). All have equally many replications.
    ///
    /// ```
    /// # let text = r#"
    /// #     horizon = "8h"
    /// #     [capacity.blended]
    /// #     voice = { max = 1 }
    /// #     chat = { max = 3 }
    /// #     [agents.team]
    /// #     count = 8
    /// #     capacity = "blended"
    /// #     [queues.service]
    /// #     [streams.calls]
    /// #     channel = "voice"
    /// #     queue = "service"
    /// #     arrivals = { poisson_per_minute = 1 }
    /// #     handle = { exponential = "3m" }
    /// #     [streams.chats]
    /// #     channel = "chat"
    /// #     queue = "service"
    /// #     arrivals = { poisson_per_minute = 1 }
    /// #     handle = { exponential = "6m" }
    /// # "#;
    /// use cordboard::sim::{Figure, Goal, Policy, Scenario};
    /// let scenario = Scenario::from_toml(text, ".".as_ref())?;
    /// let policies = ["agents:least-loaded", "agents:most-loaded"].map(|name| name.parse::<Policy>().unwrap());
    /// let figure = Figure::find(&scenario, "calls.service_level")?;
    /// let goal = Goal { figure, precision: "0.02".parse()?, at_most: 1_000 };
    /// let outcomes = scenario.compare_until(&policies, &goal, 1, &|_| {})?;
    /// assert!(figure.difference(&outcomes[1], &outcomes[0]).half_width.unwrap() <= 0.02);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Scenario::run`]; of several policies, the first that failed.
    pub fn compare_until(
        &self,
        policies: &[Policy],
        goal: &Goal,
        threads: usize,
        progress: &(dyn Fn(Span) + Sync),
    ) -> Result<Vec<Outcome>, RunError> {
        let scenarios = policies.iter().map(|policy| self.clone().with_policy(policy.clone())).collect();
        goal.run(scenarios, threads, progress, |values| {
            let Some((first, others)) = values.split_first() else { return true };
            let base = Estimate::of(first.iter().copied());
            others.iter().all(|other| {
                let difference = Estimate::of_differences(first.iter().copied().zip(other.iter().copied()));
                goal.precision.is_met_by_difference(difference, base)
            })
        })
    }
}

impl Goal {
    /// Runs scenarios side by side, until by `met` the figure's values, of each scenario one for each replication, are enough.
    fn run(
        &self,
        scenarios: Vec<Scenario>,
        threads: usize,
        progress: &(dyn Fn(Span) + Sync),
        met: impl Fn(&[Vec<Option<f64>>]) -> bool,
    ) -> Result<Vec<Outcome>, RunError> {
        let Some(first) = scenarios.first().map(|scenario| scenario.replications().max(Self::FEWEST)) else {
            return Ok(Vec::new());
        };
        let most = self.at_most.max(first);
        // Intervals are of replications here, whatever the parts of each.
        let outcome = |scenario: Scenario| Outcome { scenario: scenario.with_batches(0), replications: Vec::new() };
        let mut outcomes: Vec<Outcome> = scenarios.into_iter().map(outcome).collect();
        let mut values = vec![Vec::new(); outcomes.len()];
        let mut done: u32 = 0;
        loop {
            let ahead = u32::try_from(threads.max(1)).unwrap_or(u32::MAX);
            let next = if done == 0 { first } else { done.saturating_add(ahead).min(most) };
            for Outcome { scenario, replications } in &mut outcomes {
                replications.extend(scenario.run_some(done..next, None, threads, progress)?);
            }
            let enough = (first.max(done + 1)..=next).find(|&count| {
                for (values, Outcome { scenario, replications }) in values.iter_mut().zip(&outcomes) {
                    let new = &replications[values.len()..count as usize];
                    values.extend(new.iter().map(|one| self.figure.value(scenario, one)));
                }
                count == most || met(&values)
            });
            if let Some(enough) = enough {
                for Outcome { scenario, replications } in &mut outcomes {
                    replications.truncate(enough as usize);
                    *scenario = scenario.clone().with_replications(enough);
                }
                return Ok(outcomes);
            }
            done = next;
        }
    }
}
