//! Timers: exact, ordered, cancellable.

use crate::router::line::Line;
use crate::time::Timestamp;

/// Whose timer: a contact's come before an agent's of the same instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Owner {
    /// By arrival number.
    Contact(u64),
    /// By agent id.
    Agent(u64),
}

/// A timer that is set: what is needed to cancel it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Timer {
    pub(crate) lane: u8,
    pub(crate) due: Timestamp,
}

type Key = (Timestamp, Owner);

/// One lane per length of time: timers of one length fall due in the order in which they were set, so that setting,
/// cancelling and firing are O(1) for up to [`LANES`] lengths at once; others share a tree, O(log n).
#[derive(Clone, Debug)]
pub(crate) struct Timers {
    lanes: Vec<(u64, Line<Key>)>,
    next: Option<(Key, u32, u8)>,
}

const LANES: usize = 24;

impl Default for Timers {
    fn default() -> Self {
        Self { lanes: vec![(u64::MAX, Line::default())], next: None }
    }
}

impl Timers {
    /// Sets a timer. `slot` is given back when it is due; an owner has at most one timer.
    pub(crate) fn set(&mut self, now: Timestamp, due: Timestamp, owner: Owner, slot: u32) -> Timer {
        let lane = self.lane(due.since(now).0);
        let key = (due, owner);
        self.lanes[usize::from(lane)].1.insert(key, slot);
        if self.next.is_none_or(|(first, ..)| key < first) {
            self.next = Some((key, slot, lane));
        }
        Timer { lane, due }
    }

    /// Cancels a timer that is set.
    pub(crate) fn cancel(&mut self, timer: Timer, owner: Owner) {
        let key = (timer.due, owner);
        let found = self.lanes[usize::from(timer.lane)].1.remove(&key);
        debug_assert!(found, "a cancelled timer was set");
        if self.next.is_some_and(|(first, ..)| first == key) {
            self.next = self.earliest();
        }
    }

    /// When the earliest timer is due, whose it is, and its slot. O(1).
    pub(crate) fn next(&self) -> Option<(Timestamp, Owner, u32)> {
        self.next.map(|((due, owner), slot, _)| (due, owner, slot))
    }

    /// The lane for a length of time: its own, or one that is empty, or else the shared one.
    fn lane(&mut self, length: u64) -> u8 {
        let mut free = None;
        for (at, (have, line)) in self.lanes.iter().enumerate().skip(1) {
            if *have == length {
                return at as u8;
            }
            if free.is_none() && line.is_empty() {
                free = Some(at);
            }
        }
        if free.is_none() && self.lanes.len() < LANES {
            free = Some(self.lanes.len());
            self.lanes.push((length, Line::default()));
        }
        let lane = free.unwrap_or(0);
        if lane > 0 {
            self.lanes[lane].0 = length;
        }
        lane as u8
    }

    fn earliest(&self) -> Option<(Key, u32, u8)> {
        let heads = self.lanes.iter().enumerate();
        heads.filter_map(|(lane, (_, line))| line.first().map(|(key, slot)| (key, slot, lane as u8))).min()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::time::Span;

    proptest! {
        /// Any mix of lengths, more than there are lanes: the earliest is always the earliest.
        #[test]
        fn fires_in_order(steps in prop::collection::vec((0u64..60, 0u64..40, any::<bool>()), 0..300)) {
            let mut timers = Timers::default();
            let mut model: BTreeMap<Key, (u32, Timer)> = BTreeMap::new();
            let mut now = Timestamp::ZERO;
            for (at, (length, owner, agent)) in steps.into_iter().enumerate() {
                now += Span(length % 3);
                while let Some((due, owner, slot)) = timers.next().filter(|&(due, ..)| due <= now) {
                    let (&key, &(expected, timer)) = model.first_key_value().expect("the model has what the lanes have");
                    prop_assert_eq!((key, expected), ((due, owner), slot));
                    timers.cancel(timer, owner);
                    model.pop_first();
                }
                let owner = if agent { Owner::Agent(owner) } else { Owner::Contact(owner) };
                if let Some((&key, &(_, timer))) = model.iter().find(|((_, have), _)| *have == owner) {
                    timers.cancel(timer, owner);
                    model.remove(&key);
                }
                let slot = at as u32;
                let timer = timers.set(now, now + Span(length), owner, slot);
                model.insert((now + Span(length), owner), (slot, timer));
                prop_assert_eq!(timers.next().map(|(due, owner, _)| (due, owner)), model.keys().next().copied());
            }
        }
    }
}
