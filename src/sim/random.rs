//! Randomness whose values never change between releases, machines or numbers of threads.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::mix::mix;

/// What a generator is drawn on for. Each has its own, so that one policy's extra draws never shift another's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
pub(crate) enum Purpose {
    Arrivals = 1,
    Handle = 2,
    Patience = 3,
    WrapUp = 4,
    Bot = 5,
    Accept = 6,
    NoAnswer = 7,
    Customer = 8,
    Busyness = 9,
    SharedBusyness = 10,
    Batches = 11,
    Campaigns = 12,
    Absence = 13,
    Claim = 14,
}

/// An independent generator: xoshiro256++ seeded by a hash of all that names it, never by consecutive numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(Xoshiro256PlusPlus);

impl Random {
    /// The generator of a run's seed, a replication, a stream's name and a purpose.
    pub(crate) fn of(seed: u64, replication: u32, stream: &str, purpose: Purpose) -> Self {
        let mut key = mix(seed ^ 0x636f_7264_626f_6172);
        key = mix(key ^ u64::from(replication));
        key = mix(key ^ purpose as u64);
        key = mix(key ^ stream.len() as u64);
        for chunk in stream.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            key = mix(key ^ u64::from_le_bytes(word));
        }
        Self::keyed(key)
    }

    /// The generator of one contact's own number, for what is only drawn once its agent is known.
    pub(crate) fn keyed(key: u64) -> Self {
        let mut state = [0; 32];
        for (at, word) in state.chunks_exact_mut(8).enumerate() {
            word.copy_from_slice(&mix(key.wrapping_add(at as u64 + 1)).to_le_bytes());
        }
        Self(Xoshiro256PlusPlus::from_seed(state))
    }

    /// The generator of one of several things about what has that number.
    pub(crate) fn part(key: u64, part: u64) -> Self {
        Self::keyed(mix(key) ^ mix(part.wrapping_add(key)))
    }

    /// Sixty-four random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform between 0 and 1, neither included, on a grid of 2⁻⁵³.
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
    }

    /// Exponential with mean 1, by inversion.
    pub(crate) fn exponential(&mut self) -> f64 {
        -libm::log(self.unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_never_change() {
        let mut random = Random::of(1, 0, "calls", Purpose::Arrivals);
        let drawn: Vec<u64> = (0..4).map(|_| random.bits()).collect();
        assert_eq!(drawn, PINNED);
    }

    const PINNED: [u64; 4] = [3375995675297257428, 9650280911571928805, 8580897183010826693, 12992050994739622599];

    /// The correlation of pairs of uniform values, in standard deviations of what it would be by chance.
    fn together(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
        let (mut sum, mut n) = (0.0, 0.0);
        for (a, b) in pairs {
            sum += (a - 0.5) * (b - 0.5) * 12.0;
            n += 1.0;
        }
        sum / f64::sqrt(n)
    }

    /// Consecutive seeds, replications and purposes are as good as any: neither their first values nor their sequences go together.
    #[test]
    fn neighbouring_generators_have_nothing_in_common() {
        const MANY: u32 = 20_000;
        let first = |seed: u64, replication| Random::of(seed, replication, "calls", Purpose::Arrivals).unit();
        let seeds = (0..u64::from(MANY)).map(|seed| (first(seed, 0), first(seed + 1, 0)));
        let replications = (0..MANY).map(|number| (first(1, number), first(1, number + 1)));
        assert!(together(seeds).abs() < 4.0 && together(replications).abs() < 4.0);
        let sequence = |seed, replication, stream, purpose| {
            let mut random = Random::of(seed, replication, stream, purpose);
            (0..MANY).map(move |_| random.unit())
        };
        let base = || sequence(1, 0, "calls", Purpose::Arrivals);
        for other in [
            sequence(2, 0, "calls", Purpose::Arrivals),
            sequence(1, 1, "calls", Purpose::Arrivals),
            sequence(1, 0, "call", Purpose::Arrivals),
            sequence(1, 0, "calls", Purpose::Handle),
        ] {
            assert!(together(base().zip(other)).abs() < 4.0);
        }
        assert!(together(base().zip(base().skip(1))).abs() < 4.0);
        assert!(together(base().zip(base())) > 100.0, "the test would notice");
    }

    #[test]
    fn every_name_has_its_own() {
        let mut first = Vec::new();
        for seed in 0..3 {
            for replication in 0..3 {
                for stream in ["", "a", "a\0", "calls", "callsofmine"] {
                    for purpose in [Purpose::Arrivals, Purpose::Handle, Purpose::NoAnswer] {
                        first.push(Random::of(seed, replication, stream, purpose).bits());
                    }
                }
            }
        }
        let all = first.len();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), all);
    }

    #[test]
    fn units_stay_inside_and_are_even() {
        let mut random = Random::of(9, 9, "x", Purpose::Bot);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..100_000 {
            let u = random.unit();
            assert!(u > 0.0 && u < 1.0);
            sum += u;
            squares += u * u;
        }
        assert!((sum / 1e5 - 0.5).abs() < 0.004 && (squares / 1e5 - 1.0 / 3.0).abs() < 0.004);
        // The ends of the grid are inside too.
        let grid = 1.0 / (1_u64 << 52) as f64;
        assert!(((u64::MAX >> 12) as f64 + 0.5) * grid < 1.0);
    }
}
