//! The calendar of a simulation: what happens when.

use crate::time::Timestamp;

/// What is due. At the same instant, the earlier kind comes first; within a kind, what was entered first:
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

/// One entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Due {
    pub(super) at: Timestamp,
    tie: u64,
    /// Contact slot, agent, stream or place, according to the kind.
    pub(super) of: u32,
    /// What must not have changed since for the entry to count.
    pub(super) stamp: u32,
}

impl Due {
    pub(super) fn kind(&self) -> Kind {
        KINDS[(self.tie >> 56) as usize]
    }

    fn key(&self) -> u128 {
        u128::from(self.at.0) << 64 | u128::from(self.tie)
    }
}

const KINDS: [Kind; 10] = [
    Kind::ShiftBegins,
    Kind::Served,
    Kind::ServedTogether,
    Kind::WrappedUp,
    Kind::Answers,
    Kind::Connects,
    Kind::Back,
    Kind::Arrives,
    Kind::LosesPatience,
    Kind::ShiftEnds,
];

/// A heap with four children per node: shallow, and a node's children share a cache line or two. Entries are
/// never taken out before they are due; stale ones are known by their stamp.
#[derive(Default)]
pub(super) struct Calendar {
    heap: Vec<Due>,
    entered: u64,
}

impl Calendar {
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.heap.first().map(|due| due.at)
    }

    /// O(log₄ n).
    pub(super) fn enter(&mut self, at: Timestamp, kind: Kind, of: u32, stamp: u32) {
        let due = self.due(at, kind, of, stamp);
        self.heap.push(due);
        self.rise(self.heap.len() - 1, due);
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

    fn due(&mut self, at: Timestamp, kind: Kind, of: u32, stamp: u32) -> Due {
        self.entered += 1;
        Due { at, tie: (kind as u64) << 56 | self.entered, of, stamp }
    }

    fn rise(&mut self, mut at: usize, due: Due) {
        let key = due.key();
        while at > 0 {
            let parent = (at - 1) / 4;
            if self.heap[parent].key() <= key {
                break;
            }
            self.heap[at] = self.heap[parent];
            at = parent;
        }
        self.heap[at] = due;
    }

    /// Puts `due` in at the top, whose entry is gone.
    fn sink(&mut self, due: Due) {
        let key = due.key();
        let mut at = 0;
        loop {
            let first = 4 * at + 1;
            let children = &self.heap[first.min(self.heap.len())..(first + 4).min(self.heap.len())];
            let Some(mut least) = children.first().map(Due::key) else { break };
            let mut child = first;
            for (place, other) in children.iter().enumerate().skip(1) {
                if other.key() < least {
                    (least, child) = (other.key(), first + place);
                }
            }
            if least >= key {
                break;
            }
            self.heap[at] = self.heap[child];
            at = child;
        }
        self.heap[at] = due;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::random::{Purpose, Random};

    #[test]
    fn entries_come_out_by_time_then_kind_then_entry() {
        let mut calendar = Calendar::default();
        let mut random = Random::of(1, 0, "calendar", Purpose::Arrivals);
        let mut wanted = Vec::new();
        for of in 0..5_000 {
            let at = Timestamp(random.bits() % 300);
            let kind = KINDS[(random.bits() % 10) as usize];
            calendar.enter(at, kind, of, of);
            wanted.push((at, kind, of));
            if random.bits() % 3 == 0 {
                wanted.sort_unstable();
                let due = calendar.take().unwrap();
                assert_eq!((due.at, due.kind(), due.of), wanted.remove(0));
            }
        }
        wanted.sort_unstable();
        for want in wanted {
            assert_eq!(calendar.first(), Some(want.0));
            let due = calendar.take().unwrap();
            assert_eq!((due.at, due.kind(), due.of), want);
        }
        assert_eq!(calendar.take(), None);
    }

    #[test]
    fn every_kind_reads_back() {
        let mut calendar = Calendar::default();
        for (at, kind) in KINDS.into_iter().enumerate() {
            assert_eq!(kind as usize, at);
            calendar.enter(Timestamp(at as u64), kind, 0, 0);
        }
        assert!(KINDS.into_iter().all(|kind| calendar.take().is_some_and(|due| due.kind() == kind)));
    }
}
