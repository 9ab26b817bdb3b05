//! The instants at which hours begin and end.

use std::collections::VecDeque;

use jiff::civil::Date;

use super::Hours;
use crate::time::{Span, Timestamp};

/// What began so many days before may still be open: hours reach into the next day, and a zone may have skipped one.
pub(super) const BACK_DAYS: i32 = 3;
/// After so many days like the weeks before, without a change, there will be none.
const SETTLED_DAYS: u32 = 30;
const SETTLED: Span = Span::from_mins(SETTLED_DAYS as u64 * 24 * 60);

/// Whether hours are open at an instant, and then when that changes: (instant, open from then on). It ends where nothing changes any more, or the
/// calendar ends.
///
/// ```
/// use cordboard::{Hours, Timestamp};
/// let always = Hours::in_zone("UTC")?.weekly("mon-sun", [("00:00", "24:00")])?;
/// assert!(always.changes(Timestamp::ZERO).eq([(Timestamp::ZERO, true)]));
/// # Ok::<(), cordboard::HoursError>(())
/// ```
#[derive(Clone, Debug)]
pub struct HoursChanges<'h> {
    hours: &'h Hours,
    /// The next day to look at.
    day: Option<Date>,
    /// Openings of the days looked at, ascending.
    ahead: VecDeque<(Timestamp, Timestamp)>,
    /// Until the first answer: what it is about.
    from: Option<Timestamp>,
    /// Changes found.
    found: VecDeque<(Timestamp, bool)>,
    after: Timestamp,
}

impl<'h> HoursChanges<'h> {
    pub(super) fn new(hours: &'h Hours, from: Timestamp) -> Self {
        let date = hours.date(from);
        let first = |date: Date| date.checked_sub(jiff::Span::new().days(BACK_DAYS)).unwrap_or(Date::MIN);
        Self {
            hours,
            day: date.map(first),
            ahead: VecDeque::new(),
            from: date.map(|_| from),
            found: VecDeque::new(),
            after: from,
        }
    }

    /// The next opening that ends after `after`, with all that follow without a gap; `None` for its end where it has none.
    fn next_opening(&mut self) -> Option<(Timestamp, Option<Timestamp>)> {
        let (from, mut to) = loop {
            let opening = self.next_single()?;
            if opening.1 > self.after {
                break opening;
            }
        };
        let mut settled = None;
        while let Some(next) = self.next_single() {
            if next.0 > to {
                self.ahead.push_front(next);
                return Some((from, Some(to)));
            }
            to = to.max(next.1);
            if self.is_settled(self.hours.date(to)) && to.since(*settled.get_or_insert(to)) > SETTLED {
                return Some((from, None));
            }
        }
        Some((from, Some(to)))
    }

    fn next_single(&mut self) -> Option<(Timestamp, Timestamp)> {
        let mut empty = 0;
        while self.ahead.is_empty() {
            let day = self.day?;
            if empty > SETTLED_DAYS && self.is_settled(Some(day)) {
                return None;
            }
            self.ahead.extend(self.hours.of_date(day));
            self.day = day.tomorrow().ok();
            empty += 1;
        }
        self.ahead.pop_front()
    }

    /// Whether a date is so long after the last one with hours of its own that weeks are alike.
    fn is_settled(&self, date: Option<Date>) -> bool {
        let weeks = |last: Date| last.checked_add(jiff::Span::new().days(i64::from(SETTLED_DAYS))).ok();
        let settled = self.hours.last_date().map_or(Some(Date::MIN), weeks);
        matches!((date, settled), (Some(date), Some(settled)) if date > settled)
    }
}

impl Iterator for HoursChanges<'_> {
    type Item = (Timestamp, bool);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(change) = self.found.pop_front() {
            return Some(change);
        }
        let opening = self.next_opening();
        let mut changes = VecDeque::new();
        if let Some((from, _)) = opening {
            changes.push_back((from, true));
        }
        if let Some((_, Some(to))) = opening {
            changes.push_back((to, false));
            self.after = to;
        } else {
            // Nothing more will change.
            self.day = None;
            self.ahead.clear();
        }
        if let Some(now) = self.from.take() {
            let open = changes.front().is_some_and(|(from, _)| *from <= now);
            if open {
                changes.pop_front();
            }
            changes.push_front((now, open));
        }
        self.found = changes;
        self.found.pop_front()
    }
}
