//! The calendar of a simulation: what happens when.

use crate::time::Timestamp;

/// What is due. At the same instant, the earlier kind comes first, and within a kind the smaller number:
/// who becomes free does so before an arrival looks, and an arrival is served before patience runs out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    /// A queue opens (stamp 1) or closes (stamp 0); `of` is the queue.
    Hours,
    /// An agent's shift begins; `of` is the agent.
    ShiftBegins,
    /// Agents who are called in when a line is long are there, or it may be so long now.
    Elastic,
    /// The contact's service time is over.
    Served,
    /// Work done at a speed that depends on concurrency; `of` is the place where, `stamp` its version.
    ServedTogether,
    /// A reply is written; `of` is the agent, `stamp` its desk's version.
    Written,
    /// The contact's wrap-up is over.
    WrappedUp,
    /// The customer has let it ring who is called back.
    RingsOut,
    /// The contact's agent answers the offer.
    Answers,
    /// The agent answers one of several offers; `of` is the offer's number.
    PicksUp,
    /// The agent claims something; `of` is the agent.
    Claims,
    /// Media is set up.
    Connects,
    /// The agent is back after being made not ready; `of` is the agent.
    Back,
    /// An agent's break is over; `of` is the agent, `stamp` the number of the break.
    BreakEnds,
    /// The customer in a contact's slot has thought about a reply.
    CustomerWrites,
    /// The next contact of a stream; `of` is the stream.
    Arrives,
    /// A customer who was not answered comes again; `of` is its number among those away.
    ComesAgain,
    /// A customer who did not answer is to be called again.
    CallsAgain,
    /// The contact's patience is over.
    LosesPatience,
    /// An agent's break begins; `of` is the agent.
    BreakBegins,
    /// An agent's shift ends; `of` is the agent.
    ShiftEnds,
}

/// One entry, in one word that sorts as entries do: instant, kind, what it is of, stamp.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Due(u128);

/// Kinds have so many bits.
const KIND_BITS: u32 = 5;
/// Instants have the other bits of a word: 18,000 years of microseconds.
const INSTANT_BITS: u32 = 64 - KIND_BITS;

impl Due {
    fn new(at: Timestamp, kind: Kind, of: u32, stamp: u32) -> Self {
        debug_assert!(at.0 < 1 << INSTANT_BITS, "runs end long before");
        Self(u128::from(at.0 << KIND_BITS | kind as u64) << 64 | u128::from(u64::from(of) << 32 | u64::from(stamp)))
    }

    pub(super) fn at(self) -> Timestamp {
        Timestamp((self.0 >> (64 + KIND_BITS)) as u64)
    }

    pub(super) fn kind(self) -> Kind {
        KINDS[(self.0 >> 64) as usize % KINDS.len()]
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
const KINDS: [Kind; 1 << KIND_BITS] = {
    use Kind::*;
    const ORDER: [Kind; USED] = [
        Hours,
        ShiftBegins,
        Elastic,
        Served,
        ServedTogether,
        Written,
        WrappedUp,
        RingsOut,
        Answers,
        PicksUp,
        Claims,
        Connects,
        Back,
        BreakEnds,
        CustomerWrites,
        Arrives,
        ComesAgain,
        CallsAgain,
        LosesPatience,
        BreakBegins,
        ShiftEnds,
    ];
    let mut kinds = [ShiftEnds; 1 << KIND_BITS];
    let mut at = 0;
    while at < USED {
        kinds[at] = ORDER[at];
        at += 1;
    }
    kinds
};

/// So many kinds there are.
const USED: usize = Kind::ShiftEnds as usize + 1;

/// A heap of what is due in the next few seconds, with four children per node, 64 bytes of them; and buckets, each for
/// as many seconds, of what is due later. Entries are never taken out before they are due; what has gone out of date
/// by the time its bucket's turn comes is left out then. What lies beyond the end is not entered.
pub(super) struct Calendar {
    /// Everything up to the end of the bucket whose turn it is.
    heap: Vec<Due>,
    /// The buckets that follow, in a ring.
    later: Vec<Vec<Due>>,
    /// Room of buckets whose turn has been, for those that come to be used: the last used first, which is still at hand.
    spare: Vec<Vec<Due>>,
    /// Everything after these.
    far: Vec<Due>,
    /// The bucket whose turn it is, counted from time 0.
    turn: u64,
    /// Entries in `later`.
    waiting: usize,
    end: Timestamp,
}

/// A bucket is 2²² microseconds, 4.2 seconds.
const BUCKET_BITS: u32 = 22;
/// So many, together 4.8 hours.
const BUCKETS: u64 = 4096;

impl Calendar {
    pub(super) fn new(end: Timestamp) -> Self {
        Self {
            heap: Vec::new(),
            later: vec![Vec::new(); BUCKETS as usize],
            spare: Vec::new(),
            far: Vec::new(),
            turn: 0,
            waiting: 0,
            end: end.min(Timestamp((1 << INSTANT_BITS) - 1)),
        }
    }

    /// The first entry. Entries that are not `live` may be passed over.
    #[inline(always)]
    pub(super) fn first(&mut self, live: impl Fn(Due) -> bool) -> Option<Due> {
        while self.heap.is_empty() {
            self.next_bucket(&live)?;
        }
        self.heap.first().copied()
    }

    /// O(1), or O(log₄ n) of what is due within seconds.
    pub(super) fn enter(&mut self, at: Timestamp, kind: Kind, of: u32, stamp: u32) {
        if at < self.end {
            self.put(Due::new(at, kind, of, stamp));
        }
    }

    /// Takes the first entry out. O(log₄ n) of what is due within seconds.
    #[inline(always)]
    pub(super) fn take(&mut self) {
        if let Some(last) = self.heap.pop()
            && !self.heap.is_empty()
        {
            self.sink(last);
        }
    }

    /// Takes the first entry out and enters another, in one go where it can.
    #[inline(always)]
    pub(super) fn replace(&mut self, at: Timestamp, kind: Kind, of: u32, stamp: u32) {
        if at < self.end && bucket(at) <= self.turn && !self.heap.is_empty() {
            self.sink(Due::new(at, kind, of, stamp));
        } else {
            self.take();
            self.enter(at, kind, of, stamp);
        }
    }

    fn put(&mut self, due: Due) {
        let bucket = bucket(due.at());
        if bucket <= self.turn {
            self.heap.push(due);
            self.rise(self.heap.len() - 1, due);
        } else if bucket - self.turn < BUCKETS {
            let bucket = &mut self.later[(bucket % BUCKETS) as usize];
            if bucket.capacity() == 0 {
                *bucket = self.spare.pop().unwrap_or_default();
            }
            bucket.push(due);
            self.waiting += 1;
        } else {
            self.far.push(due);
        }
    }

    /// Turns to the next bucket; `None` if there is nothing more.
    fn next_bucket(&mut self, live: &impl Fn(Due) -> bool) -> Option<()> {
        if self.waiting > 0 {
            self.turn += 1;
        } else {
            // Nothing before the first of the far ones.
            self.turn = bucket(self.far.iter().min()?.at());
        }
        // Once in every round each far entry comes within reach before its turn.
        if self.waiting == 0 || self.turn.is_multiple_of(BUCKETS) {
            for due in std::mem::take(&mut self.far) {
                self.put(due);
            }
        }
        let place = (self.turn % BUCKETS) as usize;
        let mut entries = std::mem::take(&mut self.later[place]);
        self.waiting -= entries.len();
        for due in entries.drain(..).filter(|due| live(*due)) {
            self.put(due);
        }
        if entries.capacity() > 0 {
            self.spare.push(entries);
        }
        Some(())
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

fn bucket(at: Timestamp) -> u64 {
    at.0 >> BUCKET_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::random::{Purpose, Random};

    /// Against a sorted list, with entries within a bucket, within the ring, and far beyond it.
    #[test]
    fn entries_come_out_by_time_then_kind_then_number() {
        for spread in [300, 1 << 26, 1 << 33, 1 << 38] {
            let end = Timestamp(40 * spread);
            let mut calendar = Calendar::new(end);
            let mut random = Random::of(spread, 0, "calendar", Purpose::Arrivals);
            let mut wanted = std::collections::BTreeSet::new();
            let mut now = 0;
            for of in 0..20_000 {
                let at = Timestamp(now + random.bits() % spread);
                let kind = KINDS[(random.bits() % USED as u64) as usize];
                let draw = random.bits() % 3;
                if draw == 0 && calendar.first(|_| true).is_some() {
                    wanted.pop_first();
                    calendar.replace(at, kind, of, of);
                } else {
                    calendar.enter(at, kind, of, of);
                }
                if at < end {
                    wanted.insert((at, kind, of));
                }
                if draw == 1 || wanted.len() > 2_000 {
                    let due = calendar.first(|_| true).unwrap();
                    calendar.take();
                    assert_eq!(Some((due.at(), due.kind(), due.of())), wanted.pop_first());
                    now = due.at().0;
                }
            }
            assert!(now > spread, "time went on: {now}");
            for want in wanted {
                let due = calendar.first(|_| true).unwrap();
                calendar.take();
                assert_eq!((due.at(), due.kind(), due.of(), due.stamp()), (want.0, want.1, want.2, want.2));
            }
            assert!(calendar.first(|_| true).is_none());
        }
    }

    #[test]
    fn what_is_out_of_date_may_be_passed_over_and_what_is_not_may_not() {
        let mut calendar = Calendar::new(Timestamp::MAX);
        for minute in 0..10_000 {
            calendar.enter(Timestamp::from_secs(60 * minute), Kind::Served, minute as u32, (minute % 7) as u32);
        }
        let mut seen = 0;
        while let Some(due) = calendar.first(|due| due.stamp() == 3) {
            calendar.take();
            seen += u32::from(due.stamp() == 3);
        }
        assert_eq!(seen, 1_429);
    }

    #[test]
    fn every_kind_reads_back() {
        for (at, kind) in KINDS.into_iter().take(USED).enumerate() {
            assert_eq!(kind as usize, at);
            let last = Timestamp((1 << INSTANT_BITS) - 1);
            let due = Due::new(last, kind, u32::MAX, 7);
            assert_eq!((due.at(), due.kind(), due.of(), due.stamp()), (last, kind, u32::MAX, 7));
        }
    }
}
