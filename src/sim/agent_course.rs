//! Which agents were there and had work, over the time of a replication.

use crate::time::Timestamp;

use super::course::Course;
use super::tally::{AgentTally, Window};

/// Sums over the agents of a group by part of the measured time, which is cut as in a [`Course`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AgentCourse(Vec<AgentTally>);

impl AgentCourse {
    /// Every part in order; none if nobody was ever there.
    ///
    /// ```
    /// # let text = r#"
    /// #     horizon = "24h"
    /// #     [capacity.phone]
    /// #     voice = { max = 1 }
    /// #     [agents.team]
    /// #     count = 10
    /// #     capacity = "phone"
    /// #     shifts = [["08:00", "16:00"]]
    /// #     [queues.service]
    /// #     [streams.calls]
    /// #     channel = "voice"
    /// #     queue = "service"
    /// #     arrivals = { poisson_per_minute = 2.5 }
    /// #     handle = { lognormal = ["3m", "2m"] }
    /// # "#;
    /// let day = cordboard::sim::Scenario::from_toml(text, ".".as_ref())?.run()?;
    /// let team = &day.replications[0].agent_courses[0];
    /// let (night, noon) = (team.parts().next().unwrap(), team.parts().nth(48).unwrap());
    /// assert_eq!(night.present, 0);
    /// assert_eq!(noon.present, 10 * 15 * 60 * 1_000_000); // ten agents for a quarter of an hour
    /// println!("busy for {:.0} % of it", 100.0 * noon.busy as f64 / noon.present as f64);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parts(&self) -> impl Iterator<Item = AgentTally> + '_ {
        self.0.iter().copied()
    }

    /// All parts together.
    pub(super) fn total(&self) -> AgentTally {
        let mut sum = AgentTally::default();
        self.0.iter().for_each(|part| sum.add(part));
        sum
    }

    /// An agent was signed in.
    pub(super) fn present(&mut self, from: Timestamp, to: Timestamp, window: Window) {
        self.add(from, to, window, |part| &mut part.present);
    }

    /// An agent had at least one contact.
    pub(super) fn busy(&mut self, from: Timestamp, to: Timestamp, window: Window) {
        self.add(from, to, window, |part| &mut part.busy);
    }

    /// An agent had a contact: for so many microseconds of the window.
    pub(super) fn held(&mut self, from: Timestamp, to: Timestamp, window: Window) -> u128 {
        self.add(from, to, window, |part| &mut part.held);
        window.clip(from, to)
    }

    /// O(parts that it touches): most intervals touch one.
    fn add(&mut self, from: Timestamp, to: Timestamp, window: Window, of: impl Fn(&mut AgentTally) -> &mut u128) {
        let (mut from, to) = (from.max(window.from), to.min(window.to));
        if from >= to {
            return;
        }
        if self.0.is_empty() {
            self.0.resize(Course::PARTS as usize, AgentTally::default());
        }
        let first = window.part(from);
        for (at, part) in (first..).zip(&mut self.0[first..]) {
            let end = window.part_end(at).min(to);
            *of(part) += u128::from(end.since(from).0);
            if end == to {
                break;
            }
            from = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    /// Seconds present, by part, where there are any.
    fn present(window: Window, stays: &[(u64, u64)]) -> Vec<(usize, u128)> {
        let mut course = AgentCourse::default();
        stays.iter().for_each(|&(from, to)| course.present(at(from), at(to), window));
        let clipped: u128 = stays.iter().map(|&(from, to)| window.clip(at(from), at(to))).sum();
        assert_eq!(course.total().present, clipped);
        let parts = course.parts().map(|part| part.present / 1_000_000).enumerate();
        parts.filter(|(_, seconds)| *seconds > 0).collect()
    }

    #[test]
    fn intervals_are_cut_at_the_ends_of_parts_and_of_the_window() {
        let window = Window::new(at(1_000), at(1_960));
        assert_eq!(present(window, &[(1_001, 1_009), (1_002, 1_010)]), [(0, 16)]);
        assert_eq!(present(window, &[(1_009, 1_031)]), [(0, 1), (1, 10), (2, 10), (3, 1)]);
        assert_eq!(present(window, &[(1, 1_005), (1_955, 9_999)]), [(0, 5), (95, 5)]);
        assert_eq!(present(window, &[(1, 1_000), (1_960, 9_999), (1_500, 1_500)]), []);
    }

    #[test]
    fn a_window_that_does_not_divide_loses_nothing() {
        // Parts of 9.99 s, rounded up to a microsecond: the last is shorter.
        let window = Window::new(at(0), at(959));
        let parts = present(window, &[(0, 2_000)]);
        assert_eq!((parts.len(), parts[0], parts[95]), (96, (0, 9), (95, 9)));
        let mut course = AgentCourse::default();
        let window = Window::new(at(5), Timestamp(at(5).0 + 7));
        course.busy(at(1), at(9), window);
        assert_eq!(course.total().busy, 7);
    }
}
