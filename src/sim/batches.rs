//! The measured time in parts, one after another: what a single long run is judged by.

use serde::Serialize;

use crate::measure::lag_one;
use crate::time::{Span, Timestamp};

use super::contacts::Contacts;
use super::crowd::Crowd;
use super::experiment::Outcome;
use super::results::Metric;
use super::tally::{AgentTally, ContactTally, Replication, Window};

/// Takes the sums of a run whenever a part of its measured time is over. As exact as the run itself: of what is under way then, each part
/// has its share.
pub(super) struct Cuts {
    window: Window,
    parts: u32,
    /// Sums since the beginning, at the end of each part but the last.
    sums: Vec<(Vec<ContactTally>, Vec<AgentTally>)>,
}

impl Cuts {
    pub(super) fn new(window: Window, parts: u32) -> Self {
        Self { window, parts, sums: Vec::new() }
    }

    /// When the next part ends; never for the last.
    pub(super) fn next(&self) -> Timestamp {
        let over = self.sums.len() as u32 + 1;
        if over >= self.parts { Timestamp::MAX } else { self.end(over) }
    }

    /// The part is over, and nothing that happens at its end has happened.
    pub(super) fn cut(&mut self, contacts: &Contacts<'_>, crowd: &Crowd<'_>) {
        let window = Window { to: self.next(), ..self.window };
        let mut groups = crowd.sums(window);
        let streams = contacts.sums(window, |agent, taken| {
            let held = crowd.held_until_now(agent, taken, window);
            groups[usize::from(held.group.0)].held += held.measured;
            held
        });
        self.sums.push((streams, groups));
    }

    /// Every part; none if there were to be none.
    pub(super) fn close(self, whole: &Replication) -> Vec<Replication> {
        if self.parts < 2 {
            return Vec::new();
        }
        let last = (whole.streams.iter().map(ContactTally::sums).collect(), whole.groups.clone());
        let mut before: (Vec<ContactTally>, Vec<AgentTally>) =
            (vec![ContactTally::default(); whole.streams.len()], vec![AgentTally::default(); whole.groups.len()]);
        let (window, parts) = (self.window, self.parts);
        let end = |part: u32| {
            window.from + Span((u128::from(whole.measured.0) * u128::from(part) / u128::from(parts)) as u64)
        };
        let mut all = Vec::new();
        for (part, sums) in (0..).zip(self.sums.into_iter().chain([last])) {
            all.push(Replication {
                measured: end(part + 1).since(end(part)),
                streams: sums.0.iter().zip(&before.0).map(|(now, before)| now.since(before)).collect(),
                groups: sums.1.iter().zip(&before.1).map(|(now, before)| now.since(before)).collect(),
                agent_courses: Vec::new(),
                commands: 0,
                events: 0,
                digest: 0,
                batches: Vec::new(),
                channels: whole.channels.clone(),
            });
            before = sums;
        }
        all
    }

    fn end(&self, part: u32) -> Timestamp {
        let whole = self.window.to.since(self.window.from).0;
        self.window.from + Span((u128::from(whole) * u128::from(part) / u128::from(self.parts)) as u64)
    }
}

/// How the intervals of a single replication come about, and whether they can be relied on.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct BatchMeans {
    /// Parts of the measured time, of equal length, one after another.
    pub count: u32,
    /// The length of each.
    pub seconds: f64,
    /// Figures of which neighbouring parts are alike, by stream, with the correlation: their intervals are too narrow, and longer
    /// parts are needed.
    pub correlated: Vec<(String, f64)>,
}

impl Outcome {
    /// What intervals are worked out from: the replications or, where there is only one, the parts of its measured time.
    pub fn samples(&self) -> &[Replication] {
        match self.replications.as_slice() {
            [one] if !one.batches.is_empty() => &one.batches,
            all => all,
        }
    }

    /// The parts that intervals are worked out from; `None` if they are from replications.
    pub(super) fn batches(&self) -> Option<BatchMeans> {
        let [one] = self.replications.as_slice() else { return None };
        let first = one.batches.first()?;
        let mut correlated = Vec::new();
        for (at, stream) in self.scenario.streams().iter().enumerate() {
            for (name, metric) in Metric::ALL {
                let values = one.batches.iter().map(|batch| metric.of(&batch.streams[at], batch));
                // Under independence the correlation is nearly normal with variance 1/n: beyond this once in a hundred.
                let most = 2.326 / libm::sqrt(one.batches.len() as f64);
                if let Some(correlation) = lag_one(values).filter(|correlation| *correlation > most) {
                    correlated.push((format!("{}.{name}", stream.name), correlation));
                }
            }
        }
        Some(BatchMeans { count: one.batches.len() as u32, seconds: first.measured.as_secs_f64(), correlated })
    }
}
