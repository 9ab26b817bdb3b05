//! How long customers wait, as far as a recording tells: of those who were answered, only that they waited so long.

use std::collections::BTreeMap;

use crate::id::{ChannelId, QueueId};
use crate::sim::random::Random;
use crate::time::Span;

/// The patience of customers, by the queue and channel in which they wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Patience(BTreeMap<(QueueId, ChannelId), Curve>);

/// Waits, and whether the customer left at the end of each; then the share who would wait longer.
#[derive(Clone, Debug, Default)]
struct Curve {
    seen: Vec<(Span, bool)>,
    /// The estimate of Kaplan and Meier (*Journal of the American Statistical Association* 53, 1958): the share
    /// whose patience is longer than each time at which somebody left.
    survive: Vec<(Span, f64)>,
}

impl Patience {
    /// Somebody waited so long, and left, or was answered or went elsewhere.
    pub(super) fn add(&mut self, queue: QueueId, channel: ChannelId, lasted: Span, left: bool) {
        self.0.entry((queue, channel)).or_default().seen.push((lasted, left));
    }

    /// Everything is added.
    pub(super) fn estimate(&mut self) {
        for curve in self.0.values_mut() {
            curve.estimate();
        }
    }

    /// The patience of somebody who has been seen to wait for `waited`, and not to leave; `None`: longer than anybody
    /// was seen to have.
    pub(super) fn beyond(&self, queue: QueueId, channel: ChannelId, waited: Span, random: &mut Random) -> Option<Span> {
        let survive = &self.0.get(&(queue, channel))?.survive;
        let later = survive.partition_point(|(at, _)| *at <= waited);
        let now = later.checked_sub(1).map_or(1.0, |at| survive[at].1);
        // By inversion, given that the patience is longer than `waited`.
        let share = now * random.unit();
        let place = later + survive[later..].partition_point(|(_, left)| *left > share);
        survive.get(place).map(|(at, _)| *at)
    }
}

impl Curve {
    fn estimate(&mut self) {
        self.seen.sort_unstable();
        let seen = std::mem::take(&mut self.seen);
        let mut share = 1.0;
        for (place, group) in Groups(&seen, 0) {
            let left = group.iter().filter(|(_, left)| *left).count();
            if left > 0 {
                // At risk is who has waited at least so long.
                share *= 1.0 - left as f64 / (seen.len() - place) as f64;
                self.survive.push((group[0].0, share));
            }
        }
    }
}

/// Runs of equal times in a sorted list, with the place of each.
struct Groups<'s>(&'s [(Span, bool)], usize);

impl<'s> Iterator for Groups<'s> {
    type Item = (usize, &'s [(Span, bool)]);

    fn next(&mut self) -> Option<Self::Item> {
        let place = self.1;
        let rest = &self.0[place..];
        let length = rest.partition_point(|(at, _)| Some(*at) == rest.first().map(|first| first.0));
        self.1 += length;
        (length > 0).then(|| (place, &rest[..length]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: (QueueId, ChannelId) = (QueueId(0), ChannelId(0));

    fn patience(seen: &[(u64, bool)]) -> Patience {
        let mut patience = Patience::default();
        for &(secs, left) in seen {
            patience.add(HERE.0, HERE.1, Span::from_secs(secs), left);
        }
        patience.estimate();
        patience
    }

    #[test]
    fn the_estimate_is_that_of_the_textbook() {
        // Left at 2, 4, 4 and 9, of eight: one of seven still there, two of five, the last.
        let seen = [(1, false), (2, true), (3, false), (4, true), (4, true), (4, false), (8, false), (9, true)];
        let patience = patience(&seen);
        let curve = &patience.0[&HERE].survive;
        let wanted = [(2, 6.0 / 7.0), (4, 6.0 / 7.0 * 3.0 / 5.0), (9, 0.0)];
        assert_eq!(curve.len(), wanted.len());
        for ((at, share), (secs, exact)) in curve.iter().zip(wanted) {
            let off: f64 = share - exact;
            assert!(*at == Span::from_secs(secs) && off.abs() < 1e-12, "{curve:?}");
        }
    }

    #[test]
    fn draws_follow_it_beyond_what_was_waited() {
        let patience = patience(&[(2, true), (4, true), (6, true), (8, true), (8, false)]);
        let mut counts = BTreeMap::new();
        for key in 0..30_000 {
            let drawn = patience.beyond(HERE.0, HERE.1, Span::from_secs(4), &mut Random::keyed(key));
            *counts.entry(drawn).or_insert(0) += 1;
        }
        // Of three who waited longer than 4 s, one left at 6, one at 8, and one was not seen to leave.
        assert_eq!(counts.len(), 3, "{counts:?}");
        for drawn in [Some(Span::from_secs(6)), Some(Span::from_secs(8)), None] {
            assert!((9_600..10_400).contains(&counts[&drawn]), "{counts:?}");
        }
    }

    #[test]
    fn where_nobody_left_everybody_waits() {
        let patience = patience(&[(5, false), (6, false)]);
        assert_eq!(patience.beyond(HERE.0, HERE.1, Span::ZERO, &mut Random::keyed(1)), None);
        assert_eq!(patience.beyond(QueueId(7), HERE.1, Span::ZERO, &mut Random::keyed(1)), None);
    }
}
