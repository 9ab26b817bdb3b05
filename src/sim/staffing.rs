//! When agents are there.

use std::sync::Arc;

use crate::requirement::Skills;
use crate::time::{Span, Timestamp};

use super::elastic::Elastic;

/// When the agents of one group are signed in. At the end of a shift they drain: what they have, they finish.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Staffing {
    /// So many, from time 0 to the end.
    Always(u32),
    /// So many, every day the same, day 0 beginning at time 0.
    Daily(u32, Shifts),
    /// So many, only while they are called in.
    OnCall(u32, Elastic),
    /// These agents, when they were there.
    Recorded(Arc<[RecordedAgent]>),
}

/// An agent as records show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordedAgent {
    /// When it is there: ascending, each stay ending after it begins, and before the next begins.
    pub stays: Vec<(Timestamp, Timestamp)>,
    /// Its own skills instead of the group's.
    pub skills: Option<Skills>,
}

/// Shifts within a day: (begin, end), the begin below 24 hours and the end at most 24 hours later; they may
/// reach into the next day, but not overlap.
///
/// ```
/// use cordboard::{Span, sim::Shifts};
/// let hours = |from: u64, to: u64| (Span::from_mins(from * 60), Span::from_mins(to * 60));
/// assert!(Shifts::new(vec![hours(8, 12), hours(13, 17)]).is_ok());
/// assert!(Shifts::new(vec![hours(22, 30), hours(5, 9)]).is_err()); // 22:00–06:00 overlaps 05:00–09:00
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shifts(Vec<(Span, Span)>);

/// Why shifts cannot be worked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ShiftError {
    /// A shift begins after the day, ends before it begins, or lasts longer than a day.
    #[error("shift {0} must begin within the day and end after it begins, at most 24 hours later")]
    Length(usize),
    /// Two shifts overlap.
    #[error("two shifts overlap; agents cannot work both")]
    Overlap,
    /// There is none.
    #[error("there are no shifts; leave `shifts` out for agents who are always there")]
    Empty,
}

const DAY: u64 = 86_400_000_000;

impl Shifts {
    /// Checks them.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(mut shifts: Vec<(Span, Span)>) -> Result<Self, ShiftError> {
        for (at, (begin, end)) in shifts.iter().enumerate() {
            if begin.0 >= DAY || end <= begin || end.0 - begin.0 > DAY {
                return Err(ShiftError::Length(at + 1));
            }
        }
        shifts.sort_unstable();
        let first = shifts.first().ok_or(ShiftError::Empty)?.0;
        let next = shifts.iter().skip(1).map(|shift| shift.0).chain([first + Span(DAY)]);
        if shifts.iter().zip(next).any(|(shift, next)| shift.1 > next) {
            return Err(ShiftError::Overlap);
        }
        Ok(Self(shifts))
    }
}

impl Staffing {
    /// How many agents there are.
    pub fn agents(&self) -> usize {
        match self {
            Self::Always(count) | Self::Daily(count, _) | Self::OnCall(count, _) => *count as usize,
            Self::Recorded(agents) => agents.len(),
        }
    }

    /// An agent's own skills.
    pub(super) fn skills(&self, agent: usize) -> Option<&Skills> {
        match self {
            Self::Recorded(agents) => agents.get(agent)?.skills.as_ref(),
            Self::Always(_) | Self::Daily(..) | Self::OnCall(..) => None,
        }
    }

    /// The first stay of an agent that ends after `from` and begins before `until`, begun at `from` at the earliest.
    /// Stays that touch are one.
    pub(super) fn next_stay(&self, agent: usize, from: Timestamp, until: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let mut stay: Option<(Timestamp, Timestamp)> = None;
        let mut place = self.first_place(agent, from);
        while let Some((begin, end)) = self.place(agent, place) {
            place += 1;
            match &mut stay {
                _ if end <= from => {}
                None if begin >= until => return None,
                None => stay = Some((begin.max(from), end)),
                Some(stay) if begin <= stay.1 && stay.1 < until => stay.1 = stay.1.max(end),
                Some(_) => break,
            }
        }
        stay
    }

    /// The first shift of that kind, whatever follows it, and the day it begins on, the one before time 0 being 0.
    pub(super) fn next_shift(&self, from: Timestamp, until: Timestamp) -> Option<(Timestamp, Timestamp, u64)> {
        let Self::Daily(_, shifts) = self else { return None };
        let mut places = self.first_place(0, from)..;
        let found = places.find_map(|place| {
            let (begin, end) = self.place(0, place)?;
            (end > from).then_some((begin.max(from), end, (place / shifts.0.len()) as u64))
        });
        found.filter(|(begin, ..)| *begin < until)
    }

    /// A place at or before the first stay that ends after `from`.
    fn first_place(&self, agent: usize, from: Timestamp) -> usize {
        match self {
            Self::Always(_) | Self::OnCall(..) => 0,
            // One day earlier for shifts that reach into the day; and day −1 comes first.
            Self::Daily(_, shifts) => (from.0 / DAY) as usize * shifts.0.len(),
            Self::Recorded(agents) => {
                agents.get(agent).map_or(0, |agent| agent.stays.partition_point(|stay| stay.1 <= from))
            }
        }
    }

    fn place(&self, agent: usize, place: usize) -> Option<(Timestamp, Timestamp)> {
        match self {
            Self::Always(_) => (place == 0).then_some((Timestamp::ZERO, Timestamp::MAX)),
            Self::OnCall(..) => None,
            Self::Daily(_, shifts) => {
                let (begin, end) = shifts.0[place % shifts.0.len()];
                let day = DAY.checked_mul((place / shifts.0.len()) as u64)?;
                let at = |time: Span| Timestamp(day.saturating_add(time.0).saturating_sub(DAY));
                Some((at(begin), at(end)))
            }
            Self::Recorded(agents) => agents.get(agent)?.stays.get(place).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: u64, to: u64) -> (Span, Span) {
        (Span::from_mins(60 * from), Span::from_mins(60 * to))
    }

    fn at(hour: u64) -> Timestamp {
        Timestamp::from_secs(3600 * hour)
    }

    fn stays(staffing: &Staffing, until: Timestamp) -> Vec<(u64, u64)> {
        let mut from = Timestamp::ZERO;
        let mut all = Vec::new();
        while let Some((begin, end)) = staffing.next_stay(0, from, until) {
            all.push((begin.0 / at(1).0, end.0 / at(1).0));
            from = end;
        }
        all
    }

    #[test]
    fn days_repeat_and_nights_reach_over() {
        let split = Staffing::Daily(1, Shifts::new(vec![hours(13, 17), hours(8, 12)]).unwrap());
        assert_eq!(stays(&split, at(40)), [(8, 12), (13, 17), (32, 36), (37, 41)]);
        let night = Staffing::Daily(1, Shifts::new(vec![hours(22, 30)]).unwrap());
        assert_eq!(stays(&night, at(48)), [(0, 6), (22, 30), (46, 54)]);
    }

    #[test]
    fn stays_that_touch_are_one() {
        let long = Staffing::Daily(1, Shifts::new(vec![hours(8, 12), hours(12, 16)]).unwrap());
        assert_eq!(stays(&long, at(30)), [(8, 16)]);
        let round = Staffing::Daily(1, Shifts::new(vec![hours(6, 30)]).unwrap());
        assert_eq!(stays(&round, at(50)), [(0, 54)]);
    }

    #[test]
    fn recorded_stays_are_followed() {
        let recorded =
            Staffing::Recorded([RecordedAgent { stays: vec![(at(1), at(2)), (at(5), at(9))], skills: None }].into());
        assert_eq!(stays(&recorded, at(6)), [(1, 2), (5, 9)]);
        assert_eq!(stays(&recorded, at(5)), [(1, 2)]);
        assert_eq!(recorded.next_stay(3, at(0), at(9)), None);
    }

    #[test]
    fn impossible_shifts_are_refused() {
        assert_eq!(Shifts::new(vec![]), Err(ShiftError::Empty));
        assert_eq!(Shifts::new(vec![hours(8, 8)]), Err(ShiftError::Length(1)));
        assert_eq!(Shifts::new(vec![hours(8, 9), hours(25, 26)]), Err(ShiftError::Length(2)));
        assert_eq!(Shifts::new(vec![hours(8, 10), hours(9, 11)]), Err(ShiftError::Overlap));
        assert_eq!(Shifts::new(vec![hours(20, 33), hours(8, 9)]), Err(ShiftError::Overlap));
    }
}
