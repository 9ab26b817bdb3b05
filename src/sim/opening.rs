//! Queues that open and close by the hour.

use crate::command::Command;
use crate::id::QueueId;
use crate::time::Timestamp;

use super::calendar::{Calendar, Kind};
use super::scenario::Scenario;

/// Stands in the calendar for a queue that opens.
const OPENS: u32 = 1;

/// Enters the first change of every queue that has hours. Queues are open at first.
pub(super) fn open(scenario: &Scenario, until: Timestamp, calendar: &mut Calendar) {
    for (queue, hours) in (0..).zip(&scenario.hours) {
        let Some(hours) = hours else { continue };
        match hours.next_stay(0, Timestamp::ZERO, until) {
            Some((Timestamp::ZERO, end)) => calendar.enter(end, Kind::Hours, queue, 0),
            _ => calendar.enter(Timestamp::ZERO, Kind::Hours, queue, 0),
        }
    }
}

/// A queue opens or closes; its next change is entered.
pub(super) fn change(
    scenario: &Scenario,
    queue: u32,
    stamp: u32,
    now: Timestamp,
    until: Timestamp,
    calendar: &mut Calendar,
) -> Command {
    let open = stamp == OPENS;
    let hours = scenario.hours.get(queue as usize).and_then(Option::as_ref);
    // What begins now if it opens, else what begins next.
    if let Some((begin, end)) = hours.and_then(|hours| hours.next_stay(0, now, until)) {
        let (next, stamp) = if open { (end, 0) } else { (begin, OPENS) };
        calendar.enter(next, Kind::Hours, queue, stamp);
    }
    Command::SetQueueOpen { queue: QueueId(queue as u16), open }
}
