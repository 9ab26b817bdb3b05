//! Drawing what was not seen from what was: the same in every run, whatever the policy.

use std::collections::BTreeMap;

use crate::id::{AgentId, ChannelId, QueueId};
use crate::sim::random::Random;
use crate::time::Span;

/// What is alike, from the most alike to the least.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Alike {
    Agent(AgentId),
    Queue(QueueId, ChannelId),
    Channel(ChannelId),
    Any,
}

/// What a draw is for, so that one never shifts another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
pub(super) enum Draw {
    Patience = 1,
    Reply = 2,
    SetUp = 3,
    Handling = 4,
    WrapUp = 5,
    Return = 6,
}

/// The generator of one draw: of what (a contact's place among the arrivals, an agent's id), for what, the how manieth.
pub(super) fn random(of: u64, draw: Draw, time: u64) -> Random {
    let mut key = Random::keyed(of.wrapping_add((draw as u64) << 56)).bits();
    key = key.wrapping_add(time);
    Random::keyed(key)
}

/// Lengths of time that were seen, and what came at the end of each.
#[derive(Clone, Debug)]
pub(super) struct Seen<T>(BTreeMap<Alike, Vec<(Span, T)>>);

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Copy + Ord> Seen<T> {
    /// Something of these kinds was seen.
    pub(super) fn add<const N: usize>(&mut self, alike: [Alike; N], after: Span, what: T) {
        for one in alike {
            self.0.entry(one).or_default().push((after, what));
        }
    }

    /// Everything is added.
    pub(super) fn sort(&mut self) {
        for of_a_kind in self.0.values_mut() {
            of_a_kind.sort_unstable();
        }
    }

    /// One that was seen of the first of these kinds, and took longer than `longer`, if that is given. Where
    /// none did, of the next kind.
    pub(super) fn draw(&self, alike: &[Alike], longer: Option<Span>, random: &mut Random) -> Option<(Span, T)> {
        let bits = random.bits();
        alike.iter().find_map(|one| {
            let all = self.0.get(one)?;
            let long = &all[longer.map_or(0, |longer| all.partition_point(|(after, _)| *after <= longer))..];
            let place = bits.checked_rem(long.len() as u64)?;
            long.get(place as usize).copied()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_was_seen_and_is_long_enough() {
        let mut seen = Seen::default();
        for secs in 1..=10 {
            seen.add([Alike::Queue(QueueId(1), ChannelId(0)), Alike::Any], Span::from_secs(secs), secs);
        }
        seen.add([Alike::Any], Span::from_secs(60), 60);
        seen.sort();
        let queue = [Alike::Queue(QueueId(1), ChannelId(0)), Alike::Any];
        let mut counts = [0; 11];
        for of in 0..10_000 {
            let mut random = random(of, Draw::Handling, 0);
            let (after, drawn) = seen.draw(&queue, Some(Span::from_secs(5)), &mut random).unwrap();
            assert_eq!(after, Span::from_secs(drawn));
            counts[drawn as usize] += 1;
        }
        assert!(
            counts[..6].iter().all(|&count| count == 0) && counts[6..].iter().all(|&count| count > 1_800),
            "{counts:?}"
        );
        // Longer than anything of its own kind: of any kind.
        let long = seen.draw(&queue, Some(Span::from_secs(10)), &mut random(7, Draw::Handling, 0));
        assert_eq!(long, Some((Span::from_secs(60), 60)));
        assert_eq!(seen.draw(&queue, Some(Span::from_secs(60)), &mut random(7, Draw::Handling, 0)), None);
        assert_eq!(seen.draw(&[Alike::Channel(ChannelId(3))], None, &mut random(7, Draw::Handling, 0)), None);
    }

    #[test]
    fn every_draw_is_its_own() {
        let mut all: Vec<u64> = Vec::new();
        for of in 0..50 {
            for draw in [Draw::Patience, Draw::Reply, Draw::SetUp, Draw::Handling, Draw::WrapUp, Draw::Return] {
                all.extend((0..5).map(|time| random(of, draw, time).bits()));
            }
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
