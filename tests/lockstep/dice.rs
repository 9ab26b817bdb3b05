//! Choices taken from given numbers, so that a run can be repeated and a failing one made smaller.
//! A throw of 0 always means the plainest choice: numbers that are made smaller give plainer plans and commands.

/// A source of choices.
pub(crate) enum Dice<'a> {
    /// One number per choice; when they are used up, 0.
    Tape(std::slice::Iter<'a, u32>),
    /// All choices out of one number; when it is used up, 0.
    Number(u128),
}

impl<'a> Dice<'a> {
    pub(crate) fn tape(numbers: &'a [u32]) -> Self {
        Self::Tape(numbers.iter())
    }

    /// A number below `sides`.
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        match self {
            Self::Tape(numbers) => numbers.next().map_or(0, |&number| number as usize % sides),
            Self::Number(number) => {
                let sides = sides as u128;
                let thrown = *number % sides;
                *number /= sides;
                usize::try_from(thrown).expect("it is below a usize")
            }
        }
    }

    /// Whether one of `sides` came up; never for the plainest throw.
    pub(crate) fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == sides - 1
    }

    /// One of these, the plainest first.
    pub(crate) fn pick<T: Copy>(&mut self, options: &[T]) -> T {
        options[self.below(options.len())]
    }

    /// One index, each as likely as its weight.
    pub(crate) fn weighed(&mut self, weights: &[usize]) -> usize {
        let mut thrown = self.below(weights.iter().sum());
        for (at, &weight) in weights.iter().enumerate() {
            if thrown < weight {
                return at;
            }
            thrown -= weight;
        }
        0
    }
}

/// SplitMix64, for runs that start from a seed.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn wide(&mut self) -> u128 {
        u128::from(self.number()) << 64 | u128::from(self.number())
    }

    pub(crate) fn tape(&mut self, length: usize) -> Vec<u32> {
        (0..length).map(|_| (self.number() >> 32) as u32).collect()
    }
}
