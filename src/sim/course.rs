//! How the contacts of a replication fared over its time.

use crate::time::{Span, Timestamp};

use super::tally::Window;

/// Counts by part of the measured time, which is cut into [`Course::PARTS`] equal ones: quarters of an hour for a day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Course(Vec<Counts>);

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Counts {
    offered: u64,
    within_target: u64,
    left_queue: u64,
    /// In microseconds.
    waited: u128,
    /// More who began to wait than who stopped.
    joined: i64,
}

/// One part of the measured time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// Contacts that arrived in it.
    pub offered: u64,
    /// Of these, answered within the target, whenever that was.
    pub within_target: u64,
    /// Of these, left the queue, answered or not; those turned away on arrival do not count.
    pub left_queue: u64,
    /// How long these had waited: the sum, in microseconds.
    pub waited: u128,
    /// Contacts waiting when it ended, those being offered included.
    pub waiting: u64,
}

impl Course {
    /// The number of parts.
    pub const PARTS: u64 = 96;

    /// Every part in order; none if there were no contacts.
    ///
    /// ```
    /// # let text = r#"
    /// #     horizon = "24h"
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
    /// let day = cordboard::sim::Scenario::from_toml(text, ".".as_ref())?.run()?;
    /// let calls = &day.replications[0].streams[0];
    /// let noon = calls.course.parts().nth(48).unwrap();
    /// println!("{} calls from 12:00 to 12:15, {} waiting then", noon.offered, noon.waiting);
    /// assert_eq!(calls.course.parts().map(|part| part.offered).sum::<u64>(), calls.offered);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        let mut waiting = 0;
        self.0.iter().map(move |counts| {
            waiting += counts.joined;
            let Counts { offered, within_target, left_queue, waited, .. } = *counts;
            Part { offered, within_target, left_queue, waited, waiting: u64::try_from(waiting).unwrap_or(0) }
        })
    }

    pub(super) fn arrive(&mut self, at: Timestamp, window: Window) {
        self.of(at, window).offered += 1;
    }

    /// One who arrived at `arrived` has left the queue after so long, and was or was not answered within the target.
    pub(super) fn leave(&mut self, arrived: Timestamp, wait: Span, in_time: bool, window: Window) {
        let counts = self.of(arrived, window);
        counts.within_target += u64::from(in_time);
        counts.left_queue += 1;
        counts.waited += u128::from(wait.0);
    }

    /// Somebody waited, perhaps beyond the window.
    pub(super) fn wait(&mut self, from: Timestamp, to: Timestamp, window: Window) {
        let outlasts = to >= window.to;
        if from >= window.to || (!outlasts && window.part(from) == window.part(to)) {
            return;
        }
        self.of(from, window).joined += 1;
        if !outlasts {
            self.of(to, window).joined -= 1;
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), Counts::default());
        for (counts, more) in self.0.iter_mut().zip(&other.0) {
            counts.offered += more.offered;
            counts.within_target += more.within_target;
            counts.left_queue += more.left_queue;
            counts.waited += more.waited;
            counts.joined += more.joined;
        }
    }

    fn of(&mut self, at: Timestamp, window: Window) -> &mut Counts {
        self.0.resize(Self::PARTS as usize, Counts::default());
        &mut self.0[window.part(at)]
    }
}

impl Window {
    /// The part of it in which `at` lies; the first for what is earlier, the last for what is later.
    pub(super) fn part(self, at: Timestamp) -> usize {
        (at.since(self.from).0 / self.part).min(Course::PARTS - 1) as usize
    }

    /// When a part ends.
    pub(super) fn part_end(self, part: usize) -> Timestamp {
        (self.from + Span((part as u64 + 1).saturating_mul(self.part))).min(self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    /// From 1,000 s, in parts of ten seconds.
    fn window() -> Window {
        Window::new(at(1_000), at(1_960))
    }

    fn waiting(waits: &[(u64, u64)]) -> Vec<(usize, u64)> {
        let mut course = Course::default();
        waits.iter().for_each(|&(from, to)| course.wait(at(from), at(to), window()));
        let waiting = course.parts().map(|part| part.waiting).enumerate();
        waiting.filter(|(_, waiting)| *waiting > 0).collect()
    }

    #[test]
    fn who_waits_when_a_part_ends_is_counted() {
        assert_eq!(waiting(&[(1_001, 1_009)]), []);
        assert_eq!(waiting(&[(1_009, 1_011)]), [(0, 1)]);
        assert_eq!(waiting(&[(1_009, 1_031), (1_012, 1_025)]), [(0, 1), (1, 2), (2, 1)]);
    }

    #[test]
    fn the_window_cuts_waits() {
        assert_eq!(waiting(&[(1, 900), (1, 1_005)]), []);
        assert_eq!(waiting(&[(1, 1_015)]), [(0, 1)]);
        assert_eq!(waiting(&[(1_945, 1_960)]), [(94, 1), (95, 1)]);
        assert_eq!(waiting(&[(1_955, 9_999)]), [(95, 1)]);
        assert_eq!(waiting(&[(1_960, 9_999)]), []);
    }

    #[test]
    fn contacts_count_where_they_arrived() {
        let (mut course, mut other) = (Course::default(), Course::default());
        course.arrive(at(1_015), window());
        course.leave(at(1_015), Span(7), true, window());
        other.arrive(at(1_019), window());
        other.leave(at(1_019), Span(9), false, window());
        other.arrive(at(1_959), window());
        course.add(&other);
        let parts: Vec<Part> = course.parts().collect();
        assert_eq!(parts.len(), 96);
        assert_eq!((parts[1].offered, parts[1].within_target), (2, 1));
        assert_eq!((parts[1].left_queue, parts[1].waited), (2, 16));
        assert_eq!((parts[95].offered, parts[95].within_target, parts[95].left_queue), (1, 0, 0));
    }

    #[test]
    fn a_window_shorter_than_its_parts_has_a_place_for_everything() {
        let window = Window::new(at(5), Timestamp(at(5).0 + 7));
        let mut course = Course::default();
        course.arrive(at(5), window);
        course.wait(at(5), at(6), window);
        assert_eq!(course.parts().next().map(|part| (part.offered, part.waiting)), Some((1, 1)));
    }
}
