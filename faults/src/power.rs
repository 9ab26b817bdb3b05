//! What a power failure may leave of a disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::disk::{Operation, apply};

/// A write reaches the device in pieces of this size, each whole or not at all.
const SECTOR: usize = 512;

/// A disk at one moment: what the device surely has, and what it was given since and may have in part.
#[derive(Clone, Default)]
pub struct Power {
    files: BTreeMap<Arc<str>, Kept>,
    /// What was to be synced when the device failed to: surely lost, or surely kept.
    failed_is_kept: bool,
}

#[derive(Clone, Default)]
struct Kept {
    stable: Option<Vec<u8>>,
    since: Vec<Operation>,
}

impl Power {
    /// A disk that surely has these files.
    pub fn holding(files: BTreeMap<Arc<str>, Vec<u8>>) -> Self {
        let kept = |content| Kept { stable: Some(content), since: Vec::new() };
        Self { files: files.into_iter().map(|(name, content)| (name, kept(content))).collect(), failed_is_kept: false }
    }

    /// The disk after these operations. What a failed sync was to take is lost.
    pub fn after(operations: &[Operation]) -> Self {
        let mut power = Self::default();
        operations.iter().for_each(|operation| power.take(operation));
        power
    }

    /// The same, but what a failed sync was to take is kept.
    #[must_use]
    pub fn keeping_failed(mut self) -> Self {
        self.failed_is_kept = true;
        self
    }

    /// One operation more.
    pub fn take(&mut self, operation: &Operation) {
        let (Operation::Create(file)
        | Operation::Write { file, .. }
        | Operation::Resize { file, .. }
        | Operation::Sync(file)
        | Operation::SyncFailed(file)
        | Operation::Delete { file, .. }) = operation
        else {
            return;
        };
        // SQLite's Unix VFS syncs the folder with the first sync of a journal or log that it made.
        let new = |it: &Operation| matches!(it, Operation::Create(_));
        if matches!(operation, Operation::Sync(_))
            && self.files.get(file).is_some_and(|kept| kept.since.iter().any(new))
        {
            self.files.values_mut().for_each(Kept::settle_name);
        }
        let kept = self.files.entry(Arc::clone(file)).or_default();
        match operation {
            Operation::Sync(_) => kept.settle(),
            Operation::SyncFailed(_) if self.failed_is_kept => kept.settle(),
            Operation::SyncFailed(_) => kept.since.clear(),
            Operation::Delete { stable: true, .. } => *kept = Kept::default(),
            other => kept.since.push(other.clone()),
        }
    }

    /// How many operations may be kept or lost.
    pub fn open_operations(&self) -> usize {
        self.files.values().map(|kept| kept.since.len()).sum()
    }

    /// All that was not synced is lost.
    pub fn nothing_kept(&self) -> BTreeMap<Arc<str>, Vec<u8>> {
        self.image(|kept| kept.stable.clone())
    }

    /// Nothing is lost.
    pub fn everything_kept(&self) -> BTreeMap<Arc<str>, Vec<u8>> {
        self.image(|kept| {
            let mut kept = kept.clone();
            kept.settle();
            kept.stable
        })
    }

    /// Of each file, what was not synced is lost from some operation on.
    pub fn beginnings_kept(&self, chance: &mut Chance) -> BTreeMap<Arc<str>, Vec<u8>> {
        self.image(|kept| {
            let mut kept = kept.clone();
            kept.since.truncate(chance.below(kept.since.len() + 1));
            kept.settle();
            kept.stable
        })
    }

    /// Of each file, some operations are lost, whatever came before or after them, and some writes are torn.
    pub fn some_kept(&self, chance: &mut Chance) -> BTreeMap<Arc<str>, Vec<u8>> {
        self.image(|kept| kept.some(chance))
    }

    fn image(&self, mut of: impl FnMut(&Kept) -> Option<Vec<u8>>) -> BTreeMap<Arc<str>, Vec<u8>> {
        self.files.iter().filter_map(|(name, kept)| Some((Arc::clone(name), of(kept)?))).collect()
    }
}

impl Kept {
    fn settle(&mut self) {
        for operation in self.since.drain(..) {
            match operation {
                Operation::Write { offset, bytes, .. } => apply(self.stable.get_or_insert_default(), offset, &bytes),
                Operation::Resize { size, .. } => self.stable.get_or_insert_default().resize(size, 0),
                Operation::Delete { .. } => self.stable = None,
                _ => _ = self.stable.get_or_insert_default(),
            }
        }
    }

    /// The folder has it: what was deleted will not come back.
    fn settle_name(&mut self) {
        if let Some(at) = self.since.iter().rposition(|operation| matches!(operation, Operation::Delete { .. })) {
            self.since.drain(..=at);
            self.stable = None;
        }
    }

    fn some(&self, chance: &mut Chance) -> Option<Vec<u8>> {
        let mut stable = self.stable.clone();
        let mut since = &self.since[..];
        // A deletion is a matter of the folder: the file is what it was before, or what was made of that name since.
        if let Some(at) = since.iter().rposition(|operation| matches!(operation, Operation::Delete { .. })) {
            if chance.one_in(2) {
                since = &since[..at];
            } else {
                (stable, since) = (None, &since[at + 1..]);
            }
        }
        let garbage = chance.one_in(4).then(|| chance.below(256) as u8);
        let likely = 2 + chance.below(4);
        for operation in since {
            if chance.one_in(likely) {
                continue;
            }
            match operation {
                Operation::Write { offset, bytes, .. } => {
                    let content = stable.get_or_insert_default();
                    if chance.one_in(2) {
                        grow(content, *offset, garbage);
                        apply(content, *offset, bytes);
                    } else {
                        torn(content, *offset, bytes, garbage, chance);
                    }
                }
                Operation::Resize { size, .. } => stable.get_or_insert_default().resize(*size, 0),
                Operation::Delete { .. } => stable = None,
                _ => _ = stable.get_or_insert_default(),
            }
        }
        stable
    }
}

/// What lies between the end of a file and what was written beyond it: nothing, or what the device had there before.
fn grow(content: &mut Vec<u8>, to: usize, garbage: Option<u8>) {
    if content.len() < to {
        content.resize(to, garbage.unwrap_or(0));
    }
}

fn torn(content: &mut Vec<u8>, offset: usize, bytes: &[u8], garbage: Option<u8>, chance: &mut Chance) {
    let mut from = 0;
    while from < bytes.len() {
        let to = bytes.len().min(from + SECTOR - (offset + from) % SECTOR);
        if chance.one_in(2) {
            grow(content, offset + from, garbage);
            apply(content, offset + from, &bytes[from..to]);
        }
        from = to;
    }
}

/// Chance that can be repeated: xorshift64*, after Vigna, "An experimental exploration of Marsaglia's xorshift
/// generators, scrambled", ACM TOMS 42 (2016).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Equal seeds, equal numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// From 0 to `most`, exclusive; 0 if `most` is.
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize).checked_rem(most).unwrap_or(0)
    }

    /// True one time in `count`.
    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}
