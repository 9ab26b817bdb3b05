//! How agents keep to their shifts: breaks, absence, offers they do not answer.

use crate::time::{Span, Timestamp};

use super::random::{Purpose, Random};

/// How the agents of one group attend.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Attendance {
    /// Breaks within shifts.
    pub breaks: Vec<Break>,
    /// The share of agents who are absent on a day, each day and each agent independently, for all shifts that begin on it.
    pub absent: f64,
    /// The share of offers nobody answers; `None` is the scenario's.
    pub no_answer: Option<f64>,
}

/// A break that every agent of a group takes once a day, if its time comes within a shift.
///
/// Agents go one after the other: the beginnings are spread evenly over the window, in the order of the agents. On
/// break an agent finishes what it has, and the break lasts its full length from then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Break {
    /// How long it lasts.
    pub length: Span,
    /// When in the day the first agent's begins, less than 24 hours.
    pub from: Span,
    /// When the last agent's begins, not before and at most 24 hours later.
    pub to: Span,
}

const DAY: u64 = 86_400_000_000;

impl Break {
    /// When in the day the break of that one of so many agents begins.
    fn begins(&self, member: u32, count: u32) -> Span {
        let width = u128::from(self.to.0.saturating_sub(self.from.0));
        let steps = u128::from(count.saturating_sub(1).max(1));
        Span(self.from.0 + (width * u128::from(member) / steps) as u64)
    }

    /// When it begins for the first time not before an instant.
    fn next(&self, member: u32, count: u32, from: Timestamp) -> Timestamp {
        let begins = self.begins(member, count).0 % DAY;
        Timestamp(begins + from.0.saturating_sub(begins).div_ceil(DAY) * DAY)
    }
}

impl Attendance {
    /// The next break of an agent that begins after an instant, or at it, and before another.
    pub(super) fn next_break(
        &self,
        member: u32,
        count: u32,
        from: Timestamp,
        until: Timestamp,
    ) -> Option<(Timestamp, Span)> {
        let begins = self.breaks.iter().map(|one| (one.next(member, count, from), one.length));
        begins.min().filter(|(at, _)| *at < until)
    }
}

/// Who is absent when, in one replication.
pub(super) struct Absence {
    share: f64,
    key: u64,
}

impl Absence {
    /// `None` if nobody ever is.
    pub(super) fn of(attendance: &Attendance, seed: u64, replication: u32, group: &str) -> Option<Self> {
        let key = || Random::of(seed, replication, group, Purpose::Absence).bits();
        (attendance.absent > 0.0).then(|| Self { share: attendance.absent, key: key() })
    }

    /// Whether an agent is absent on a day: the same whenever it is asked, whatever else happens.
    pub(super) fn is_absent(&self, member: u32, day: u64) -> bool {
        Random::part(self.key, u64::from(member) << 32 | day).unit() < self.share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: u64) -> Timestamp {
        Timestamp(Span::from_mins(minutes).0)
    }

    fn of(length: u64, from: u64, to: u64) -> Break {
        Break { length: Span::from_mins(length), from: Span::from_mins(from), to: Span::from_mins(to) }
    }

    #[test]
    fn agents_go_one_after_the_other() {
        let lunch = of(30, 720, 840);
        let begins =
            |count| (0..count).map(move |member| lunch.begins(member, count).0 / 60_000_000).collect::<Vec<_>>();
        assert_eq!(begins(1), [720]);
        assert_eq!(begins(2), [720, 840]);
        assert_eq!(begins(5), [720, 750, 780, 810, 840]);
        assert_eq!(of(30, 720, 720).begins(3, 5), Span::from_mins(720));
    }

    #[test]
    fn breaks_come_every_day() {
        let (tea, night) = (of(15, 600, 600), of(15, 1_430, 1_450));
        let next = |of: Break, member, from| of.next(member, 2, at(from)).0 / 60_000_000;
        assert_eq!([0, 600, 601, 2_040, 2_041].map(|from| next(tea, 0, from)), [600, 600, 2_040, 2_040, 3_480]);
        // The second agent's is at ten past midnight.
        assert_eq!([0, 10, 11, 1_450, 1_451].map(|from| next(night, 1, from)), [10, 10, 1_450, 1_450, 2_890]);
        let day = Attendance { breaks: vec![of(30, 720, 720), of(15, 600, 600)], ..Attendance::default() };
        assert_eq!(day.next_break(0, 2, at(480), at(960)), Some((at(600), Span::from_mins(15))));
        assert_eq!(day.next_break(0, 2, at(601), at(960)), Some((at(720), Span::from_mins(30))));
        assert_eq!(day.next_break(0, 2, at(721), at(960)), None);
    }

    #[test]
    fn absence_is_a_share_and_keeps_nothing_in_step() {
        let absent = Absence { share: 0.1, key: 77 };
        let count = |days: std::ops::Range<u64>| {
            (0..100)
                .flat_map(|member| days.clone().map(move |day| (member, day)))
                .filter(|&(member, day)| absent.is_absent(member, day))
                .count()
        };
        let all = count(0..1_000) as f64;
        assert!((all - 10_000.0).abs() < 4.0 * 9_000_f64.sqrt(), "{all}");
        let both = (0..100_000).filter(|&day| absent.is_absent(3, day) && absent.is_absent(4, day)).count() as f64;
        assert!((both - 1_000.0).abs() < 4.0 * 1_000_f64.sqrt(), "{both}");
    }
}
