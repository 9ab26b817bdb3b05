//! What an experiment shows: counts, and estimates with their intervals.

use serde::{Serialize, Serializer};

use crate::capacity::Load;
use crate::id::{ChannelId, GroupId};
use crate::measure::{Estimate, Histogram};
use crate::plan::Plan;

use super::batches::BatchMeans;
use super::experiment::Outcome;
use super::scenario::{Cost, Scenario};
use super::tally::{AgentTally, ContactTally, Replication};

/// The results of an experiment, ready to be written as JSON: the object that `docs/scenario.md` describes.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Results {
    /// The scenario's name.
    pub scenario: String,
    /// The policy in force.
    pub policy: String,
    /// What all randomness derives from.
    pub seed: u64,
    /// Independent repetitions.
    pub replications: u32,
    /// Where there is one replication and its intervals are worked out from parts of its measured time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batches: Option<BatchMeans>,
    /// Commands applied, over all replications and the warm-up.
    pub commands: u64,
    /// Events that happened, likewise.
    pub events: u64,
    /// Of every event, sixteen hexadecimal digits.
    pub digest: String,
    /// By name, in the order of the scenario.
    #[serde(serialize_with = "as_map")]
    pub streams: Vec<(String, ContactResults)>,
    /// All streams of a channel together, for channels that have any, in the order of the plan.
    #[serde(serialize_with = "as_map")]
    pub channels: Vec<(String, ContactResults)>,
    /// By group of agents.
    #[serde(serialize_with = "as_map")]
    pub agents: Vec<(String, AgentResults)>,
    /// All agents together.
    pub all_agents: AgentResults,
    /// What waiting and losing contacts cost, by the streams' `cost`.
    pub cost_per_minute: Estimate,
}

/// Of the contacts of a stream or a channel. Counts are totals over all replications.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct ContactResults {
    /// Contacts that arrived in the measured time and were not resolved by a bot.
    pub offered: u64,
    /// Of these, answered.
    pub answered: u64,
    /// Left unanswered of their own accord.
    pub abandoned: u64,
    /// Turned away by a full queue, waited or were offered as often as they may.
    pub overflowed: u64,
    /// Still waiting at the end.
    pub waiting_at_end: u64,
    /// Contacts that a bot resolved, beside those offered.
    pub resolved_by_bot: u64,
    /// Of those offered, customers who came again because they had not been answered: so many fewer customers than contacts there were.
    pub retrials: u64,
    /// Of those abandoned, customers who left at once because of the wait they were told.
    pub balked: u64,
    /// Calls made again to customers who had not answered when they were called back.
    pub redials: u64,
    /// Of those answered, customers who did not answer, however often they were called back.
    pub unreached: u64,
    /// Abandoned over offered.
    pub abandon_share: Estimate,
    /// Mean wait of all who left the queue, those turned away on arrival not included.
    pub wait_seconds: Estimate,
    /// Mean wait of those answered.
    pub wait_answered_seconds: Estimate,
    /// Of all who left the queue, over all replications, within 0.1 %.
    pub wait_quantiles_seconds: Quantiles,
    /// The share of those let in who stood in line at all.
    pub delayed_share: Estimate,
    /// Answered within the target over offered.
    pub service_level: Estimate,
    /// Contacts waiting, offers that ring included: time average.
    pub queue_length: Estimate,
    /// Contacts in conversation, wrap-up not included: time average.
    pub in_service: Estimate,
    /// Completed in the measured time, whenever they arrived.
    pub completed: u64,
    /// The same for each hour that an agent who can take the channel was signed in.
    pub completed_per_agent_hour: Estimate,
    /// Agents' replies in conversations, sent in the measured time.
    pub replies: u64,
    /// From a customer's message to the reply, or since an agent had the contact where that was later; none without conversations.
    pub reply_seconds: Estimate,
    /// Of the same, over all replications, within 0.1 %.
    pub reply_quantiles_seconds: Quantiles,
    /// The same of the first reply of each contact: add `wait_answered_seconds` for the time since it arrived.
    pub first_reply_seconds: Estimate,
    /// Of the same, over all replications, within 0.1 %.
    pub first_reply_quantiles_seconds: Quantiles,
    /// The share that these contacts take of the capacity of all signed-in agents who can take the channel, each with its load
    /// when active, offers and wrap-up included: time average.
    pub occupancy: Estimate,
}

/// Quantiles of times, in seconds; `None` where there are none.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Quantiles {
    /// Half are no longer.
    pub p50: Option<f64>,
    /// Nine in ten are no longer.
    pub p90: Option<f64>,
    /// Nineteen in twenty are no longer.
    pub p95: Option<f64>,
    /// Ninety-nine in a hundred are no longer.
    pub p99: Option<f64>,
}

/// Of the agents of a group.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct AgentResults {
    /// The share of their signed-in time in which they have at least one contact, offers and wrap-up included.
    pub occupancy: Estimate,
    /// Contacts held by each while signed in, offers and wrap-up included: time average.
    pub contacts_held: Estimate,
    /// Agents signed in: time average.
    pub present: Estimate,
}

/// A figure of one replication's contacts, as [`Results`] and comparisons use them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Metric {
    /// [`ContactResults::abandon_share`].
    AbandonShare,
    /// [`ContactResults::wait_seconds`].
    Wait,
    /// [`ContactResults::wait_answered_seconds`].
    WaitAnswered,
    /// [`ContactResults::delayed_share`].
    DelayedShare,
    /// [`ContactResults::service_level`].
    ServiceLevel,
    /// [`ContactResults::queue_length`].
    QueueLength,
    /// [`ContactResults::in_service`].
    InService,
    /// [`ContactResults::reply_seconds`].
    Reply,
    /// [`ContactResults::first_reply_seconds`].
    FirstReply,
}

impl Metric {
    /// All of them, with the names they have in the results.
    pub const ALL: [(&'static str, Self); 9] = [
        ("abandon_share", Self::AbandonShare),
        ("wait_seconds", Self::Wait),
        ("wait_answered_seconds", Self::WaitAnswered),
        ("delayed_share", Self::DelayedShare),
        ("service_level", Self::ServiceLevel),
        ("queue_length", Self::QueueLength),
        ("in_service", Self::InService),
        ("reply_seconds", Self::Reply),
        ("first_reply_seconds", Self::FirstReply),
    ];

    /// Its value for one tally; `None` where there is nothing to divide by.
    pub fn of(self, tally: &ContactTally, replication: &Replication) -> Option<f64> {
        let let_in = tally.offered - tally.turned_away;
        let left = tally.answered + tally.abandoned + tally.overflowed - tally.turned_away;
        match self {
            Self::AbandonShare => share(tally.abandoned, tally.offered),
            Self::Wait => mean_seconds(tally.answered_wait + tally.unanswered_wait, left),
            Self::WaitAnswered => mean_seconds(tally.answered_wait, tally.answered),
            Self::DelayedShare => share(tally.delayed, let_in),
            Self::ServiceLevel => share(tally.within_target, tally.offered),
            Self::QueueLength => ratio(tally.queue_area, u128::from(replication.measured.0)),
            Self::InService => ratio(tally.service_area, u128::from(replication.measured.0)),
            Self::Reply => mean_seconds(tally.reply_time, tally.replies.count()),
            Self::FirstReply => mean_seconds(tally.first_reply_time, tally.first_replies.count()),
        }
    }
}

impl Outcome {
    /// Counts and estimates over all replications.
    pub fn results(&self) -> Results {
        let Self { scenario, replications } = self;
        let plan = scenario.plan();
        let streams = scenario.streams().iter().enumerate();
        let channels = used_channels(scenario, plan);
        let groups = plan.groups().iter().zip(0..).map(|(group, id)| (group.name.to_string(), GroupId(id)));
        Results {
            scenario: scenario.name().to_owned(),
            policy: scenario.policy().to_string(),
            seed: scenario.seed(),
            replications: scenario.replications(),
            batches: self.batches(),
            commands: replications.iter().map(|one| one.commands).sum(),
            events: replications.iter().map(|one| one.events).sum(),
            digest: format!("{:016x}", self.digest()),
            streams: streams
                .map(|(at, stream)| {
                    (stream.name.clone(), contacts(self, stream.channel(), |one| one.streams[at].clone()))
                })
                .collect(),
            channels: channels.map(|(name, id)| (name, contacts(self, id, |one| one.channel(id)))).collect(),
            agents: groups.map(|(name, id)| (name, agents(self, |one| one.group(id)))).collect(),
            all_agents: agents(self, Replication::everybody),
            cost_per_minute: self.estimate(|one| Some(scenario.cost_per_minute(one))),
        }
    }

    /// A figure's mean over the replications, with the interval by what intervals are worked out from.
    fn estimate(&self, figure: impl Fn(&Replication) -> Option<f64>) -> Estimate {
        let half_width = Estimate::of(self.samples().iter().map(&figure)).half_width;
        Estimate { half_width, ..Estimate::of(self.replications.iter().map(figure)) }
    }
}

impl Scenario {
    /// The cost of a replication: Σ over streams of hold × contacts waiting + lost × abandonments a minute.
    pub fn cost_per_minute(&self, one: &Replication) -> f64 {
        let minutes = one.measured.as_secs_f64() / 60.0;
        let cost = |(tally, cost): (&ContactTally, Cost)| {
            let waiting = Metric::QueueLength.of(tally, one).unwrap_or(0.0);
            cost.hold_per_minute * waiting + cost.lost * tally.lost as f64 / minutes
        };
        one.streams.iter().zip(self.streams().iter().map(|stream| stream.cost())).map(cost).sum()
    }
}

/// Channels that some stream comes on, with their names.
pub(super) fn used_channels<'s>(
    scenario: &'s Scenario,
    plan: &'s Plan,
) -> impl Iterator<Item = (String, ChannelId)> + 's {
    let all = plan.channels().iter().zip(0..).map(|(channel, id)| (channel.name.to_string(), ChannelId(id)));
    all.filter(|(_, id)| scenario.streams().iter().any(|stream| stream.channel() == *id))
}

fn contacts(outcome: &Outcome, channel: ChannelId, tally: impl Fn(&Replication) -> ContactTally) -> ContactResults {
    let Outcome { scenario, replications } = outcome;
    // Summed up once: a channel may have many streams.
    let tallied = |all: &[Replication]| all.iter().map(&tally).collect::<Vec<_>>();
    let (tallies, samples) = (tallied(replications), tallied(outcome.samples()));
    let mut total = ContactTally::default();
    tallies.iter().for_each(|one| total.add(one));
    let figures = |figure: &dyn Fn(&ContactTally, &Replication) -> Option<f64>| {
        let of = |tallies: &[ContactTally], all: &[Replication]| {
            Estimate::of(tallies.iter().zip(all).map(|(tally, one)| figure(tally, one)))
        };
        Estimate { half_width: of(&samples, outcome.samples()).half_width, ..of(&tallies, replications) }
    };
    let estimate = |metric: Metric| figures(&|tally, one| metric.of(tally, one));
    ContactResults {
        offered: total.offered,
        answered: total.answered,
        abandoned: total.abandoned,
        overflowed: total.overflowed,
        waiting_at_end: total.waiting_at_end,
        resolved_by_bot: total.resolved_by_bot,
        retrials: total.retrials,
        balked: total.balked,
        redials: total.redials,
        unreached: total.unreached,
        abandon_share: estimate(Metric::AbandonShare),
        wait_seconds: estimate(Metric::Wait),
        wait_answered_seconds: estimate(Metric::WaitAnswered),
        wait_quantiles_seconds: Quantiles::of(&total.waits),
        delayed_share: estimate(Metric::DelayedShare),
        service_level: estimate(Metric::ServiceLevel),
        queue_length: estimate(Metric::QueueLength),
        in_service: estimate(Metric::InService),
        completed: total.completed,
        completed_per_agent_hour: figures(&|tally, one| {
            let hours = one.present_for(scenario.plan(), channel) as f64 / 3.6e9;
            (hours > 0.0).then(|| tally.completed as f64 / hours)
        }),
        replies: total.replies.count(),
        reply_seconds: estimate(Metric::Reply),
        reply_quantiles_seconds: Quantiles::of(&total.replies),
        first_reply_seconds: estimate(Metric::FirstReply),
        first_reply_quantiles_seconds: Quantiles::of(&total.first_replies),
        occupancy: figures(&|tally, one| {
            let capacity = one.present_for(scenario.plan(), channel) * u128::from(Load::FULL.0);
            ratio(tally.load_area, capacity)
        }),
    }
}

fn agents(outcome: &Outcome, tally: impl Fn(&Replication) -> AgentTally) -> AgentResults {
    let estimate =
        |figure: fn(&AgentTally, &Replication) -> Option<f64>| outcome.estimate(|one| figure(&tally(one), one));
    AgentResults {
        occupancy: estimate(|tally, _| ratio(tally.busy, tally.present)),
        contacts_held: estimate(|tally, _| ratio(tally.held, tally.present)),
        present: estimate(|tally, one| ratio(tally.present, u128::from(one.measured.0))),
    }
}

impl Quantiles {
    fn of(waits: &Histogram) -> Self {
        let at = |share| waits.quantile(share).map(crate::time::Span::as_secs_f64);
        Self { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) }
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    ratio(part.into(), whole.into())
}

fn mean_seconds(micros: u128, count: u64) -> Option<f64> {
    ratio(micros, count.into()).map(|mean| mean / 1e6)
}

fn ratio(part: u128, whole: u128) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn as_map<S: Serializer, T: Serialize>(entries: &[(String, T)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(name, value)| (name, value)))
}
