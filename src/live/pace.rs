//! The engine's time from the host's clock, whatever that does.

use crate::time::{Span, Timestamp};

/// While the engine is ahead of the clock, it goes this much slower: one part in so many.
const SLOWER: u64 = 8;

/// Turns readings of a clock into instants that never go back.
///
/// When the clock goes back, the engine's time goes on from where it is, by an eighth slower than the clock until they meet again:
/// offers still ring out, and nothing happens twice. When the clock jumps ahead, so does the engine, and what fell due in between fires in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    clock: Timestamp,
    /// How far the engine is ahead of the clock.
    ahead: Span,
    /// Eighths of a microsecond of slowness not yet taken off.
    rest: u64,
}

/// The last instant that a command may have.
const LAST: Timestamp = Timestamp(u64::MAX - 1);

impl Pace {
    /// For an engine that has come to `engine` when the clock shows `clock`.
    pub(super) fn new(engine: Timestamp, clock: Timestamp) -> Self {
        Self { clock, ahead: engine.since(clock), rest: 0 }
    }

    /// The engine's time when the clock shows `clock`.
    pub(super) fn at(&mut self, clock: Timestamp) -> Timestamp {
        let passed = clock.since(self.clock).0;
        // At most one is not zero.
        let back = if planted!(ClockFollowedBack) { Span::ZERO } else { self.clock.since(clock) };
        self.ahead = Span(self.ahead.0.saturating_add(back.0));
        if self.ahead > Span::ZERO {
            let slower = passed / SLOWER + (passed % SLOWER + self.rest) / SLOWER;
            self.rest = (passed % SLOWER + self.rest) % SLOWER;
            self.ahead = Span(self.ahead.0.saturating_sub(slower));
        }
        self.clock = clock;
        (clock + self.ahead).min(LAST)
    }

    /// The clock's reading at which the engine's time will have come to `due`, or a little before: then ask again.
    pub(super) fn clock_at(&self, due: Timestamp) -> Timestamp {
        due - self.ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_goes_back_and_never_stands_still_for_long() {
        let mut pace = Pace::new(Timestamp(1_000), Timestamp(1_000));
        assert_eq!(pace.at(Timestamp(1_500)), Timestamp(1_500));
        // An hour back: the engine goes on from where it was.
        let mut clock = Timestamp(0);
        assert_eq!(pace.at(clock), Timestamp(1_500));
        let mut last = Timestamp(1_500);
        while last > clock {
            clock = Timestamp(clock.0 + 7);
            let now = pace.at(clock);
            assert!(now > last || clock >= last, "{now} after {last}");
            assert!(now.since(last) <= Span(7));
            last = now;
        }
        assert_eq!(last, clock, "they meet again");
        assert!((11_900..12_100).contains(&clock.0), "after eight times the jump: {clock:?}");
    }

    #[test]
    fn a_jump_ahead_is_followed_and_the_end_of_time_never_comes() {
        let mut pace = Pace::new(Timestamp(5), Timestamp(5));
        assert_eq!(pace.at(Timestamp::MAX), Timestamp(u64::MAX - 1));
        assert_eq!(pace.at(Timestamp(7)), Timestamp(u64::MAX - 1));
    }

    #[test]
    fn a_journal_from_the_future_is_gone_on_with() {
        let mut pace = Pace::new(Timestamp(1_000_000), Timestamp(0));
        assert_eq!(pace.at(Timestamp(0)), Timestamp(1_000_000));
        assert_eq!(pace.at(Timestamp(800)), Timestamp(1_000_700));
        assert_eq!(pace.clock_at(Timestamp(1_000_800)), Timestamp(900));
    }
}
