//! A running hash of events: equal digests, equal runs.

use std::hash::Hasher;

/// Hashes every field of every event, in order, the same on every machine.
#[derive(Clone, Copy, Default)]
pub(super) struct EventDigest(u64);

impl EventDigest {
    /// The high bits have seen every bit of every value; here the low ones do too.
    pub(super) fn value(self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 29)
    }
}

/// The digests of several replications, in their order, as one.
pub(super) fn combine(digests: impl Iterator<Item = u64>) -> u64 {
    let mut all = EventDigest::default();
    for digest in digests {
        all.write_u64(digest);
    }
    all.value()
}

impl Hasher for EventDigest {
    fn finish(&self) -> u64 {
        self.value()
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
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
        // A bijection of the state for every value, and far cheaper than the event it is of.
        self.0 = self.0.wrapping_add(value).wrapping_add(1).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_values_count() {
        let of = |digests: &[u64]| combine(digests.iter().copied());
        assert_ne!(of(&[1, 2]), of(&[2, 1]));
        assert_ne!(of(&[0]), of(&[0, 0]));
        assert_eq!(of(&[7, 8]), of(&[7, 8]));
    }
}
