//! What came of it: counted from the events, the same way for the recording and for what might have been.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::contact::{NewContact, Outcome};
use crate::event::What;
use crate::id::{ChannelId, QueueId};
use crate::measure::Histogram;
use crate::plan::Plan;
use crate::time::{Span, Timestamp};

use super::life::{At, Life};

/// Figures by the queue and the channel in which contacts arrived.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Figures {
    rows: BTreeMap<(QueueId, ChannelId), Tally>,
}

#[derive(Clone, PartialEq, Debug, Default)]
struct Tally {
    offered: u64,
    answered: u64,
    within: u64,
    abandoned: u64,
    otherwise: u64,
    wait: u128,
    waits: Histogram,
    lost_wait: u128,
}

/// Of the contacts that arrived in one queue on one channel, or of all.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct FigureRow {
    /// The queue's name; `None`: all.
    pub queue: Option<String>,
    /// The channel's name; `None`: all.
    pub channel: Option<String>,
    /// Contacts that arrived.
    pub offered: u64,
    /// Of these, those that an agent worked on.
    pub answered: u64,
    /// Whose customer left before.
    pub abandoned: u64,
    /// That ended otherwise before: turned away, cancelled, waited as long as they may, and so on.
    pub ended_otherwise: u64,
    /// That had not been answered when the recording ended.
    pub waiting_at_end: u64,
    /// Answered within their time to answer, over all that arrived.
    pub service_level: Option<f64>,
    /// Abandoned, over all that arrived.
    pub abandon_share: Option<f64>,
    /// Mean wait of those answered, from arrival until an agent could work on them.
    pub wait_answered_seconds: Option<f64>,
    /// Nine in ten of those answered waited no longer.
    pub wait_p90_seconds: Option<f64>,
    /// Mean wait of those who abandoned.
    pub wait_abandoned_seconds: Option<f64>,
}

/// The time within which a contact should be answered.
pub(super) fn answer_within(new: &NewContact, plan: &Plan) -> Span {
    let target = || plan.target(new.queue, new.channel).map(|target| target.within);
    new.answer_within.or_else(target).unwrap_or(Span::MAX)
}

impl Figures {
    pub(super) fn arrived(&mut self, queue: QueueId, channel: ChannelId) {
        self.rows.entry((queue, channel)).or_default().offered += 1;
    }

    /// One that arrived was refused after all.
    pub(super) fn refused(&mut self, arrived: (QueueId, ChannelId)) {
        self.rows.entry(arrived).or_default().otherwise += 1;
    }

    /// Something happened to a contact that arrived in this queue and channel.
    pub(super) fn hear(
        &mut self,
        arrived: (QueueId, ChannelId),
        within: Span,
        was: &Life,
        is: &Life,
        what: &What,
        at: Timestamp,
    ) {
        let row = self.rows.entry(arrived).or_default();
        let wait = at.since(is.arrived);
        if is.answered && !was.answered {
            row.answered += 1;
            row.within += u64::from(wait <= within);
            row.wait += u128::from(wait.0);
            row.waits.record(wait);
        }
        if is.at == At::Gone && !is.answered {
            if matches!(what, What::Ended { outcome: Outcome::Abandoned, .. }) {
                row.abandoned += 1;
                row.lost_wait += u128::from(wait.0);
            } else {
                row.otherwise += 1;
            }
        }
    }

    /// All of them by queue and channel, and, if there are several, all together at the end.
    pub fn rows(&self, plan: &Plan) -> Vec<FigureRow> {
        let queue = |id| plan.queue(id).map(|queue| queue.name.to_string());
        let channel = |id| plan.channel(id).map(|channel| channel.name.to_string());
        let rows = self.rows.iter();
        let mut rows: Vec<FigureRow> = rows.map(|(of, tally)| tally.row(queue(of.0), channel(of.1))).collect();
        if rows.len() > 1 {
            let mut all = Tally::default();
            self.rows.values().for_each(|tally| all.add(tally));
            rows.push(all.row(None, None));
        }
        rows
    }
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.answered += other.answered;
        self.within += other.within;
        self.abandoned += other.abandoned;
        self.otherwise += other.otherwise;
        self.wait += other.wait;
        self.waits.merge(&other.waits);
        self.lost_wait += other.lost_wait;
    }

    fn row(&self, queue: Option<String>, channel: Option<String>) -> FigureRow {
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        let mean = |micros: u128, count: u64| (count > 0).then(|| micros as f64 / count as f64 / 1e6);
        FigureRow {
            queue,
            channel,
            offered: self.offered,
            answered: self.answered,
            abandoned: self.abandoned,
            ended_otherwise: self.otherwise,
            waiting_at_end: self.offered - self.answered - self.abandoned - self.otherwise,
            service_level: share(self.within, self.offered),
            abandon_share: share(self.abandoned, self.offered),
            wait_answered_seconds: mean(self.wait, self.answered),
            wait_p90_seconds: self.waits.quantile(0.9).map(Span::as_secs_f64),
            wait_abandoned_seconds: mean(self.lost_wait, self.abandoned),
        }
    }
}
