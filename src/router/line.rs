//! A line: an ordered set made for keys that mostly arrive in order.

use std::collections::VecDeque;

use crate::router::sorted::Sorted;

/// Marks an entry of the run that was taken out.
const GONE: u32 = u32::MAX;

/// Items in order of unique keys.
///
/// Keys that arrive in ascending order stand in a run (a ring buffer): O(1) to append, O(1) to take the first, O(log n)
/// to take one from the middle, which leaves a gap. Keys that arrive late stand in sorted chunks: O(log n).
#[derive(Clone, Debug)]
pub(crate) struct Line<K> {
    /// Ascending; the first and the last are never gaps.
    run: VecDeque<(K, u32)>,
    gaps: usize,
    late: Sorted<K, u32>,
}

impl<K> Default for Line<K> {
    fn default() -> Self {
        Self { run: VecDeque::new(), gaps: 0, late: Sorted::default() }
    }
}

impl<K: Ord + Copy> Line<K> {
    pub(crate) fn len(&self) -> usize {
        self.run.len() - self.gaps + self.late.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.run.is_empty() && self.late.is_empty()
    }

    /// Adds `item` under `key`, which must not be in the line. `item` is a slot, below `u32::MAX`.
    pub(crate) fn insert(&mut self, key: K, item: u32) {
        if self.run.back().is_none_or(|&(last, _)| last < key) {
            self.run.push_back((key, item));
        } else {
            self.late.insert(key, item);
        }
    }

    /// Takes out `key`; false if it is not there.
    pub(crate) fn remove(&mut self, key: &K) -> bool {
        if self.run.front().is_some_and(|(first, _)| first == key) {
            self.run.pop_front();
            while self.run.front().is_some_and(|&(_, item)| item == GONE) {
                self.run.pop_front();
                self.gaps -= 1;
            }
            return true;
        }
        if !self.late.is_empty() && self.late.remove(key) {
            return true;
        }
        let Ok(at) = self.run.binary_search_by(|(have, _)| have.cmp(key)) else { return false };
        if self.run[at].1 == GONE {
            return false;
        }
        self.run[at].1 = GONE;
        self.gaps += 1;
        while self.run.back().is_some_and(|&(_, item)| item == GONE) {
            self.run.pop_back();
            self.gaps -= 1;
        }
        if self.gaps > 16 && self.gaps * 2 > self.run.len() {
            self.run.retain(|&(_, item)| item != GONE);
            self.gaps = 0;
        }
        true
    }

    /// The smallest key and its item. O(1) while nothing is late.
    pub(crate) fn first(&self) -> Option<(K, u32)> {
        match (self.run.front(), self.late.first()) {
            (Some(&(key, item)), None) => Some((key, item)),
            (Some(&(key, item)), Some((late, _))) if key < late => Some((key, item)),
            (_, late) => late,
        }
    }

    /// Everything from the smallest key on.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, u32)> + '_ {
        merge(self.run.iter().copied(), self.late.iter())
    }

    /// Everything from `key` on. O(log n) to find it.
    pub(crate) fn iter_from(&self, key: K) -> impl Iterator<Item = (K, u32)> + '_ {
        let start = self.run.partition_point(|(have, _)| *have < key);
        merge(self.run.range(start..).copied(), self.late.iter_from(key))
    }
}

fn merge<K: Ord + Copy>(
    run: impl Iterator<Item = (K, u32)>,
    late: impl Iterator<Item = (K, u32)>,
) -> impl Iterator<Item = (K, u32)> {
    let mut run = run.filter(|&(_, item)| item != GONE).peekable();
    let mut late = late.peekable();
    std::iter::from_fn(move || match (run.peek(), late.peek()) {
        (Some((a, _)), Some((b, _))) if b < a => late.next(),
        (Some(_), _) => run.next(),
        (None, _) => late.next(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is put in and taken out, a line is what a tree would be.
        #[test]
        fn behaves_as_an_ordered_set(steps in prop::collection::vec((any::<bool>(), 0u16..200), 0..400)) {
            let mut line = Line::default();
            let mut model = BTreeMap::new();
            for (insert, key) in steps {
                if insert {
                    if model.insert(key, u32::from(key)).is_none() {
                        line.insert(key, u32::from(key));
                    }
                } else {
                    prop_assert_eq!(line.remove(&key), model.remove(&key).is_some());
                }
                prop_assert_eq!(line.len(), model.len());
                prop_assert_eq!(line.is_empty(), model.is_empty());
                prop_assert_eq!(line.first(), model.first_key_value().map(|(&k, &v)| (k, v)));
                prop_assert!(line.iter().eq(model.iter().map(|(&k, &v)| (k, v))));
                prop_assert!(line.iter_from(key).eq(model.range(key..).map(|(&k, &v)| (k, v))));
            }
        }
    }
}
