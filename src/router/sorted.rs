//! A sorted map in chunks that are used again, so that entries which come and go allocate nothing.

/// Most entries of a chunk while there are few chunks, and when there are many.
const FEW: (usize, usize) = (16, 32);
const MANY: usize = 128;

/// Entries in order of unique keys. O(log n) to find; a change moves up to 32 entries, or 128 when there are many, and
/// O(n / 128) words more when a chunk fills up or empties, which is once in sixty-four changes or less.
#[derive(Clone, Debug)]
pub(crate) struct Sorted<K, V> {
    /// The first `used` hold entries, ascending within and across chunks; the others are empty, kept to be used again.
    chunks: Vec<Vec<(K, V)>>,
    used: u32,
    len: u32,
}

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self { chunks: Vec::new(), used: 0, len: 0 }
    }
}

impl<K: Ord + Copy, V: Copy> Sorted<K, V> {
    pub(crate) fn len(&self) -> usize {
        self.len as usize
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn first(&self) -> Option<(K, V)> {
        self.used().first()?.first().copied()
    }

    /// Adds an entry under a key that is not there.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        let mut at = self.chunk_of(&key);
        if at == self.used as usize {
            // Beyond the last: there it goes, or into a chunk of its own.
            if at == 0 || self.chunks[at - 1].len() >= self.most() { self.open(at) } else { at -= 1 }
        } else if self.chunks[at].len() >= self.most() {
            self.split(at);
            at += usize::from(self.chunks[at].last().is_none_or(|(last, _)| *last < key));
        }
        let chunk = &mut self.chunks[at];
        let place = chunk.partition_point(|(have, _)| *have < key);
        chunk.insert(place, (key, value));
        self.len += 1;
    }

    /// Takes out the entry of a key; false if there is none.
    pub(crate) fn remove(&mut self, key: &K) -> bool {
        let at = self.chunk_of(key);
        let Some(chunk) = self.used().get(at) else { return false };
        let Ok(place) = chunk.binary_search_by(|(have, _)| have.cmp(key)) else { return false };
        self.remove_at(at, place);
        true
    }

    fn remove_at(&mut self, at: usize, place: usize) {
        let few = self.most() / 4;
        let chunk = &mut self.chunks[at];
        chunk.remove(place);
        self.len -= 1;
        if chunk.is_empty() {
            self.close(at);
        } else if chunk.len() < few {
            self.join(at);
        }
    }

    /// Takes out the entry of a key that is there, and adds one under a key that is not: moved along where both are in one
    /// chunk.
    pub(crate) fn replace(&mut self, old: &K, key: K, value: V) {
        let (at, last) = (self.chunk_of(old), self.used as usize - 1);
        let chunk = &mut self.chunks[at];
        let Ok(from) = chunk.binary_search_by(|(have, _)| have.cmp(old)) else { return self.insert(key, value) };
        let after_others = at == 0 || chunk[0].0 < key;
        let before_others = at == last || key < chunk[chunk.len() - 1].0;
        if !after_others || !before_others {
            self.remove_at(at, from);
            return self.insert(key, value);
        }
        let to = chunk.partition_point(|(have, _)| *have < key);
        if to > from {
            chunk.copy_within(from + 1..to, from);
            chunk[to - 1] = (key, value);
        } else {
            chunk.copy_within(to..from, to + 1);
            chunk[to] = (key, value);
        }
    }

    /// Everything from the smallest key on.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, V)> + '_ {
        self.used().iter().flatten().copied()
    }

    /// Everything from `key` on.
    pub(crate) fn iter_from(&self, key: K) -> impl Iterator<Item = (K, V)> + '_ {
        let at = self.chunk_of(&key);
        let place = self.used().get(at).map_or(0, |chunk| chunk.partition_point(|(have, _)| *have < key));
        self.used()[at..].iter().flatten().copied().skip(place)
    }

    fn used(&self) -> &[Vec<(K, V)>] {
        &self.chunks[..self.used as usize]
    }

    /// Most entries of a chunk: few make changes cheap, many keep the list of chunks short.
    fn most(&self) -> usize {
        if (self.used as usize) < FEW.0 { FEW.1 } else { MANY }
    }

    /// The first chunk whose last key is not before `key`; beyond all if there is none.
    fn chunk_of(&self, key: &K) -> usize {
        self.used().partition_point(|chunk| chunk.last().is_some_and(|(last, _)| last < key))
    }

    /// Makes room for an empty chunk at this place.
    fn open(&mut self, at: usize) {
        let empty = if self.chunks.len() > self.used as usize { self.chunks.pop() } else { None };
        self.chunks.insert(at, empty.unwrap_or_default());
        self.used += 1;
    }

    /// Puts an empty chunk away. More are kept than are used, but not twice as many.
    fn close(&mut self, at: usize) {
        let empty = self.chunks.remove(at);
        self.used -= 1;
        if self.chunks.len() < 2 * self.used as usize + 4 {
            self.chunks.push(empty);
        } else {
            self.chunks.pop();
        }
    }

    fn split(&mut self, at: usize) {
        self.open(at + 1);
        let (before, after) = self.chunks.split_at_mut(at + 1);
        let half = before[at].len() / 2;
        after[0].extend_from_slice(&before[at][half..]);
        before[at].truncate(half);
    }

    /// Takes the next chunk's entries into this one, if both are nearly empty.
    fn join(&mut self, at: usize) {
        let half = self.most() / 2;
        let (before, after) = self.chunks[..self.used as usize].split_at_mut(at + 1);
        let Some(next) = after.first_mut().filter(|next| next.len() < half) else { return };
        before[at].append(next);
        self.close(at + 1);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is put in and taken out, it is what a tree would be.
        #[test]
        fn behaves_as_a_tree(steps in prop::collection::vec((0u8..5, 0u16..3_000), 0..4_000), more: bool) {
            let (mut sorted, mut model) = (Sorted::default(), BTreeMap::new());
            for (kind, key) in steps {
                if (kind < 3) == more {
                    if model.insert(key, kind).is_none() {
                        sorted.insert(key, kind);
                    } else {
                        prop_assert!(sorted.remove(&key));
                        sorted.insert(key, kind);
                    }
                } else if kind == 4 && !model.is_empty() && !model.contains_key(&key) {
                    let (&old, _) = model.range(..key).next_back().or(model.iter().next()).expect("it is not empty");
                    model.remove(&old);
                    model.insert(key, kind);
                    sorted.replace(&old, key, kind);
                } else {
                    prop_assert_eq!(sorted.remove(&key), model.remove(&key).is_some());
                }
                prop_assert_eq!((sorted.len(), sorted.is_empty()), (model.len(), model.is_empty()));
                prop_assert_eq!(sorted.first(), model.first_key_value().map(|(&key, &value)| (key, value)));
                let from = model.range(key..).map(|(&key, &value)| (key, value));
                prop_assert!(sorted.iter_from(key).take(3).eq(from.take(3)));
            }
            prop_assert!(sorted.iter().eq(model.iter().map(|(&key, &value)| (key, value))));
            for key in model.into_keys().rev() {
                prop_assert!(sorted.remove(&key));
            }
            prop_assert!(sorted.is_empty() && sorted.chunks.len() < 8);
        }
    }
}
