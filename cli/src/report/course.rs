//! How channels and agents fared over the measured time, ready to be drawn.

use cordboard::measure::{Estimate, Histogram};
use cordboard::sim::{AgentCourse, AgentTally, Course, Outcome, Part};
use cordboard::{ChannelId, GroupId};

use super::chart::Line;

/// So many contacts in the least busy channel make a share of them worth drawing, over all replications.
const ENOUGH: u64 = 25;
/// Parts are put together up to so many.
const MOST_TOGETHER: usize = 8;
/// A distribution of waits is read at so many lengths of time, evenly spaced on a logarithmic axis.
const LENGTHS: usize = 200;
const SHORTEST: f64 = 0.1;
const LONGEST: f64 = 1e8;

/// One outcome, by channel and by group of agents, over time.
pub(super) struct Courses {
    /// Seconds of each part.
    pub(super) part: f64,
    pub(super) channels: Vec<Fared>,
    /// All agents together.
    pub(super) agents: Present,
    /// By group, where there are a few.
    pub(super) groups: Vec<(String, Present)>,
}

/// A channel: by replication, its parts; and its distribution of waits.
pub(super) struct Fared {
    pub(super) name: String,
    pub(super) offered: u64,
    parts: Vec<Vec<Part>>,
    waits: Vec<(f64, Estimate)>,
    /// Nearly nobody waited longer, in seconds.
    pub(super) longest: f64,
}

/// Agents: by replication, their parts.
pub(super) struct Present(Vec<Vec<AgentTally>>);

/// More groups than this are not told apart over time.
const MOST_GROUPS: usize = 8;

impl Courses {
    /// Of channels and agents of an outcome; parts are so long that there is something in them.
    pub(super) fn of(outcome: &Outcome) -> Self {
        let plan = outcome.scenario.plan();
        let streams = outcome.scenario.streams();
        let used = plan.channels().iter().zip((0..).map(ChannelId));
        let used = used.filter(|(_, id)| streams.iter().any(|stream| stream.channel() == *id));
        let mut channels: Vec<Fared> = used.map(|(channel, id)| Fared::of(&channel.name, id, outcome)).collect();
        let least = channels.iter().map(|channel| channel.offered).filter(|offered| *offered > 0).min().unwrap_or(0);
        let enough = |together: usize| least * together as u64 >= ENOUGH * Course::PARTS;
        let together = [1, 2, 4].into_iter().find(|together| enough(*together)).unwrap_or(MOST_TOGETHER);
        channels.iter_mut().for_each(|channel| channel.put_together(together));
        let groups = (0..).take(plan.groups().len()).zip(plan.groups());
        let groups: Vec<_> = groups
            .map(|(id, group)| (group.name.to_string(), Present::of(outcome, Some(GroupId(id)), together)))
            .filter(|(_, group)| group.is_anybody())
            .collect();
        Self {
            part: outcome.scenario.horizon().as_secs_f64() / Course::PARTS as f64 * together as f64,
            channels,
            agents: Present::of(outcome, None, together),
            groups: if groups.len() <= MOST_GROUPS { groups } else { Vec::new() },
        }
    }

    /// A line through a figure of the channel's parts.
    pub(super) fn line(&self, channel: &Fared, figure: impl Fn(&Part) -> Option<f64>) -> Line {
        self.named(channel.name.clone(), &channel.parts, figure)
    }

    /// A line through a figure of agents' time.
    pub(super) fn of_agents(&self, name: &str, agents: &Present, figure: impl Fn(&AgentTally) -> Option<f64>) -> Line {
        self.named(name.to_owned(), &agents.0, figure)
    }

    fn named<P>(&self, name: String, replications: &[Vec<P>], figure: impl Fn(&P) -> Option<f64>) -> Line {
        let parts = replications.iter().map(Vec::len).max().unwrap_or(0);
        let points = (0..parts).map(|at| {
            let values = replications.iter().map(|parts| parts.get(at).and_then(&figure));
            ((at as f64 + 0.5) * self.part, Estimate::of(values))
        });
        Line { name, points: points.collect() }
    }
}

impl Fared {
    fn of(name: &str, id: ChannelId, outcome: &Outcome) -> Self {
        let mut all = Histogram::default();
        let (mut parts, mut shares, mut offered) = (Vec::new(), Vec::new(), 0);
        for replication in &outcome.replications {
            let tally = replication.channel(id);
            offered += tally.offered;
            parts.push(tally.course.parts().collect());
            shares.push(shares_within(&tally.waits));
            all.merge(&tally.waits);
        }
        let at = |at: usize| Estimate::of(shares.iter().map(|shares| shares.as_ref().map(|shares| shares[at])));
        Self {
            name: name.to_owned(),
            offered,
            parts,
            waits: (0..LENGTHS).map(|length| (length_at(length), at(length))).collect(),
            longest: all.quantile(0.999).map_or(0.0, cordboard::Span::as_secs_f64),
        }
    }

    /// The share of contacts that waited at most so long, by length of time.
    pub(super) fn waits(&self) -> Line {
        Line { name: self.name.clone(), points: self.waits.clone() }
    }

    fn put_together(&mut self, many: usize) {
        for parts in &mut self.parts {
            *parts = parts.chunks(many).map(|chunk| chunk.iter().copied().reduce(both).unwrap_or_default()).collect();
        }
    }
}

/// One part after the other, as one.
fn both(a: Part, b: Part) -> Part {
    Part {
        offered: a.offered + b.offered,
        within_target: a.within_target + b.within_target,
        left_queue: a.left_queue + b.left_queue,
        waited: a.waited + b.waited,
        waiting: b.waiting,
    }
}

/// Of one replication, at each length; `None` if nobody left the queue.
fn shares_within(waits: &Histogram) -> Option<Vec<f64>> {
    let all = waits.count();
    let mut counts = waits.counts().peekable();
    let mut within = 0;
    let shares = (0..LENGTHS).map(|at| {
        while let Some((_, count)) = counts.next_if(|(wait, _)| wait.as_secs_f64() <= length_at(at)) {
            within += count;
        }
        within as f64 / all as f64
    });
    (all > 0).then(|| shares.collect())
}

fn length_at(at: usize) -> f64 {
    SHORTEST * (LONGEST / SHORTEST).powf(at as f64 / (LENGTHS - 1) as f64)
}

impl Present {
    fn of(outcome: &Outcome, group: Option<GroupId>, together: usize) -> Self {
        let of = |courses: &[AgentCourse]| {
            let mut parts = vec![AgentTally::default(); (Course::PARTS as usize).div_ceil(together)];
            for one in courses {
                for (at, part) in one.parts().enumerate() {
                    let sum = &mut parts[at / together];
                    sum.present += part.present;
                    sum.busy += part.busy;
                    sum.held += part.held;
                }
            }
            parts
        };
        let replications = outcome.replications.iter().map(|one| match group {
            None => of(&one.agent_courses),
            Some(group) => of(one.agent_courses.get(usize::from(group.0)..=usize::from(group.0)).unwrap_or_default()),
        });
        Self(replications.collect())
    }

    fn is_anybody(&self) -> bool {
        self.0.iter().flatten().any(|part| part.present > 0)
    }

    /// Whether agents have several contacts at once.
    pub(super) fn holds_several(&self) -> bool {
        let sum = |of: fn(&AgentTally) -> u128| self.0.iter().flatten().map(of).sum::<u128>() as f64;
        sum(|part| part.held) > 1.02 * sum(|part| part.busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordboard::Span;

    #[test]
    fn a_distribution_counts_who_waited_at_most_so_long() {
        let mut waits = Histogram::default();
        for secs in [0, 0, 1, 10, 3600] {
            waits.record(Span::from_secs(secs));
        }
        let shares = shares_within(&waits).unwrap();
        let at = |secs: f64| shares[(0..LENGTHS).find(|at| length_at(*at) >= secs).unwrap()];
        let shares = [0.1, 1.01, 10.1, 3000.0, 3700.0, LONGEST * 0.999].map(|secs| (10.0 * at(secs)).round() as u32);
        assert_eq!(shares, [4, 6, 8, 8, 10, 10]);
        assert_eq!(shares_within(&Histogram::default()), None);
    }

    #[test]
    fn parts_put_together_add_up_and_end_with_the_last() {
        let part = |waiting| Part { offered: 2, within_target: 1, left_queue: 2, waited: 7, waiting };
        let sum = both(part(5), part(3));
        assert_eq!(sum, Part { offered: 4, within_target: 2, left_queue: 4, waited: 14, waiting: 3 });
    }
}
