//! The calendar of a simulation: what happens when.

use crate::time::Timestamp;

/// What is due. At the same instant, the earlier kind comes first, and within a kind the smaller number:
/// who becomes free does so before an arrival looks, and an arrival is served before patience runs out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    /// An agent's shift begins; `of` is the agent.
    ShiftBegins,
    /// The contact's service time is over.
    Served,
    /// Work done at a speed that depends on concurrency; `of` is the place where, `stamp` its version.
    ServedTogether,
    /// The contact's wrap-up is over.
    WrappedUp,
    /// The contact's agent answers the offer.
    Answers,
    /// Media is set up.
    Connects,
    /// The agent is back after being made not ready; `of` is the agent.
    Back,
    /// The next contact of a stream; `of` is the stream.
    Arrives,
    /// The contact's patience is over.
    LosesPatience,
    /// An agent's shift ends; `of` is the agent.
    ShiftEnds,
}

/// One entry, in one word that sorts as entries do: instant, kind, what it is of, stamp.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Due(u128);

/// Instants have so many bits: 36,000 years of microseconds.
const INSTANT_BITS: u32 = 60;

impl Due {
    fn new(at: Timestamp, kind: Kind, of: u32, stamp: u32) -> Self {
        debug_assert!(at.0 < 1 << INSTANT_BITS, "runs end long before");
        Self(u128::from(at.0 << 4 | kind as u64) << 64 | u128::from(u64::from(of) << 32 | u64::from(stamp)))
    }

    pub(super) fn at(self) -> Timestamp {
        Timestamp((self.0 >> 68) as u64)
    }

    pub(super) fn kind(self) -> Kind {
        KINDS[(self.0 >> 64) as usize % 16]
    }

    /// Contact slot, agent, stream or place, according to the kind.
    pub(super) fn of(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// What must not have changed since for the entry to count.
    pub(super) fn stamp(self) -> u32 {
        self.0 as u32
    }
}

/// By number; the rest are never entered, and fill up to a power of two.
const KINDS: [Kind; 16] = {
    use Kind::*;
    [
        ShiftBegins,
        Served,
        ServedTogether,
        WrappedUp,
        Answers,
        Connects,
        Back,
        Arrives,
        LosesPatience,
        ShiftEnds,
        ShiftEnds,
        ShiftEnds,
        ShiftEnds,
        ShiftEnds,
        ShiftEnds,
        ShiftEnds,
    ]
};

/// A heap with four children per node: shallow, and a node's children are 64 bytes. Entries are never taken
/// out before they are due; stale ones are known by their stamp. What lies beyond the end is not entered.
pub(super) struct Calendar {
    heap: Vec<Due>,
    end: Timestamp,
}

impl Calendar {
    pub(super) fn new(end: Timestamp) -> Self {
        Self { heap: Vec::new(), end: end.min(Timestamp((1 << INSTANT_BITS) - 1)) }
    }

    pub(super) fn first(&self) -> Option<Due> {
        self.heap.first().copied()
    }

    /// O(log₄ n).
    pub(super) fn enter(&mut self, at: Timestamp, kind: Kind, of: u32, stamp: u32) {
        if at < self.end {
            let due = Due::new(at, kind, of, stamp);
            self.heap.push(due);
            self.rise(self.heap.len() - 1, due);
        }
    }

    /// Takes the first entry out. O(log₄ n).
    pub(super) fn take(&mut self) -> Option<Due> {
        let first = *self.heap.first()?;
        let last = self.heap.pop()?;
        if !self.heap.is_empty() {
            self.sink(last);
        }
        Some(first)
    }

    /// Takes the first entry out and enters another, in one go. O(log₄ n).
    pub(super) fn replace(&mut self, at: Timestamp, kind: Kind, of: u32, stamp: u32) {
        if at < self.end && !self.heap.is_empty() {
            self.sink(Due::new(at, kind, of, stamp));
        } else {
            self.take();
            self.enter(at, kind, of, stamp);
        }
    }

    fn rise(&mut self, mut at: usize, due: Due) {
        while at > 0 {
            let parent = (at - 1) / 4;
            if self.heap[parent] <= due {
                break;
            }
            self.heap[at] = self.heap[parent];
            at = parent;
        }
        self.heap[at] = due;
    }

    /// Puts `due` in at the top, whose entry is gone: the hole goes down to the bottom along the smallest
    /// children, and `due` rises from there. An entry put in is mostly late, so that this compares least.
    fn sink(&mut self, due: Due) {
        let mut at = 0;
        loop {
            let first = 4 * at + 1;
            let child = match self.heap.get(first..).unwrap_or_default() {
                [a, b, c, d, ..] => {
                    let (low, lows) = if b < a { (1, b) } else { (0, a) };
                    let (high, highs) = if d < c { (3, d) } else { (2, c) };
                    first + if highs < lows { high } else { low }
                }
                [] => break,
                few => {
                    let (mut child, mut least) = (0, few[0]);
                    for (place, &other) in few.iter().enumerate().skip(1) {
                        if other < least {
                            (child, least) = (place, other);
                        }
                    }
                    first + child
                }
            };
            self.heap[at] = self.heap[child];
            at = child;
        }
        self.rise(at, due);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::random::{Purpose, Random};

    #[test]
    fn entries_come_out_by_time_then_kind_then_number() {
        let mut calendar = Calendar::new(Timestamp(280));
        let mut random = Random::of(1, 0, "calendar", Purpose::Arrivals);
        let mut wanted = Vec::new();
        for of in 0..5_000 {
            let at = Timestamp(random.bits() % 300);
            let kind = KINDS[(random.bits() % 10) as usize];
            let draw = random.bits() % 3;
            if draw == 0 && wanted.len() > 1 {
                wanted.remove(0);
                calendar.replace(at, kind, of, of);
            } else {
                calendar.enter(at, kind, of, of);
            }
            if at < Timestamp(280) {
                wanted.push((at, kind, of));
            }
            wanted.sort_unstable();
            if draw == 1 && !wanted.is_empty() {
                let due = calendar.take().unwrap();
                assert_eq!((due.at(), due.kind(), due.of()), wanted.remove(0));
            }
        }
        assert!(wanted.len() > 1_000);
        for want in wanted {
            assert_eq!(calendar.first().map(Due::at), Some(want.0));
            let due = calendar.take().unwrap();
            assert_eq!((due.at(), due.kind(), due.of(), due.stamp()), (want.0, want.1, want.2, want.2));
        }
        assert!(calendar.take().is_none());
    }

    #[test]
    fn every_kind_reads_back() {
        for (at, kind) in KINDS.into_iter().take(10).enumerate() {
            assert_eq!(kind as usize, at);
            let last = Timestamp((1 << INSTANT_BITS) - 1);
            let due = Due::new(last, kind, u32::MAX, 7);
            assert_eq!((due.at(), due.kind(), due.of(), due.stamp()), (last, kind, u32::MAX, 7));
        }
    }
}
