//! Chance from a seed: SplitMix64, the same on every machine.

/// A source of choices.
#[derive(Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0xD134_2543_DE82_EF95));
        chance.number();
        chance
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `sides`; 0 if there are none.
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        ((u128::from(self.number()) * sides as u128) >> 64) as usize
    }

    pub(crate) fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, options: &[T]) -> T {
        options[self.below(options.len())]
    }

    /// Any length of time, the extremes as likely as the usual.
    pub(crate) fn micros(&mut self) -> u64 {
        match self.below(9) {
            0 => 0,
            1 => 1,
            2 => u64::MAX,
            3 => u64::MAX - self.number() % 5,
            4 => self.number() >> self.below(64),
            5 => 1 + self.number() % 5,
            _ => 1_000_000 * (1 + self.number() % 40),
        }
    }
}
