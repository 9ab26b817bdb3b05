//! Digests: equal digests, equal future behaviour.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::router::id_map::Mix;

/// 128 bits over everything that future behaviour depends on. The same on every machine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Digest(pub u64, pub u64);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.0, self.1)
    }
}

/// The digest of anything.
pub(crate) fn of(value: &impl Hash) -> Digest {
    let mut digester = Digester::default();
    value.hash(&mut digester);
    Digest(digester.one.finish(), digester.other.finish())
}

/// Two different folds over the same words. Widths that differ between machines are widened.
struct Digester {
    one: Mix,
    other: Mix,
}

impl Default for Digester {
    fn default() -> Self {
        let mut other = Mix::default();
        other.write_u64(0x5851_F42D_4C95_7F2D);
        Self { one: Mix::default(), other }
    }
}

impl Hasher for Digester {
    fn finish(&self) -> u64 {
        self.one.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.one.write(bytes);
        self.other.write(bytes);
        self.write_u64(bytes.len() as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.write_u64(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.one.write_u64(value);
        self.other.write_u64(value.rotate_left(29) ^ 0xA076_1D64_78BD_642F);
    }

    fn write_u128(&mut self, value: u128) {
        self.write_u64(value as u64);
        self.write_u64((value >> 64) as u64);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_never_changes_between_releases() {
        // A journal compares digests taken by another build: this figure is part of the format.
        assert_eq!(of(&(1u8, 2u64, "three", -4i32)).to_string(), "89dbea76e2abc0e9483e438d8fb99250");
        assert_ne!(of(&1u64), of(&2u64));
        assert_ne!(of(&vec![1u8, 2]), of(&vec![1u8, 2, 0]));
    }
}
