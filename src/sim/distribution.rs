//! Lengths of time at random.

use std::sync::Arc;

use crate::time::Span;

use super::random::Random;

/// How a length of time is distributed. Times are microseconds; results are rounded to whole ones at the edge.
///
/// Drawn by inversion where that is exact and cheap (one uniform per value, so that runs compared under
/// common random numbers stay in step), and always with functions that give the same on every machine.
#[derive(Clone, PartialEq, Debug)]
pub enum Distribution {
    /// Always this long.
    Deterministic(Span),
    /// Exponential with this mean.
    Exponential(Span),
    /// The sum of `phases` equal exponentials, with this mean in all.
    Erlang {
        /// How many, at least 1.
        phases: u32,
        /// Mean of the sum.
        mean: Span,
    },
    /// Gamma with this shape.
    Gamma {
        /// Above 0; the coefficient of variation is 1/√shape.
        shape: f64,
        /// The mean.
        mean: Span,
    },
    /// Log-normal.
    LogNormal {
        /// Mean of the time itself, not of its logarithm.
        mean: Span,
        /// Standard deviation of the time itself.
        deviation: Span,
    },
    /// Even between two times.
    Uniform {
        /// The shortest.
        low: Span,
        /// The longest, not less.
        high: Span,
    },
    /// One of several exponentials: (probability, mean). The probabilities sum to 1.
    HyperExponential(Arc<[(f64, Span)]>),
    /// One of these recorded times, each as likely; ascending, at least one.
    Empirical(Arc<[Span]>),
}

impl Distribution {
    /// The mean in microseconds.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Deterministic(mean)
            | Self::Exponential(mean)
            | Self::Erlang { mean, .. }
            | Self::Gamma { mean, .. }
            | Self::LogNormal { mean, .. } => mean.0 as f64,
            Self::Uniform { low, high } => 0.5 * (low.0 as f64 + high.0 as f64),
            Self::HyperExponential(parts) => parts.iter().map(|(share, mean)| share * mean.0 as f64).sum(),
            Self::Empirical(times) => times.iter().map(|time| time.0 as f64).sum::<f64>() / times.len().max(1) as f64,
        }
    }

    /// Whether it can only give no time at all.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Deterministic(time) => *time == Span::ZERO,
            Self::Uniform { high, .. } => *high == Span::ZERO,
            Self::Empirical(times) => times.iter().all(|time| *time == Span::ZERO),
            _ => self.mean() <= 0.0,
        }
    }

    /// Draws one, in microseconds.
    pub(crate) fn draw(&self, random: &mut Random) -> f64 {
        match self {
            Self::Deterministic(time) => time.0 as f64,
            Self::Exponential(mean) => mean.0 as f64 * random.exponential(),
            Self::Erlang { phases, mean } => mean.0 as f64 / f64::from(*phases) * erlang(*phases, random),
            Self::Gamma { shape, mean } => mean.0 as f64 / shape * gamma(*shape, random),
            Self::LogNormal { mean, deviation } => log_normal(mean.0 as f64, deviation.0 as f64, random),
            Self::Uniform { low, high } => low.0 as f64 + (high.0 - low.0) as f64 * random.unit(),
            Self::HyperExponential(parts) => {
                let (mut at, mut share) = (0, random.unit());
                while at + 1 < parts.len() && share >= parts[at].0 {
                    share -= parts[at].0;
                    at += 1;
                }
                parts[at].1.0 as f64 * random.exponential()
            }
            Self::Empirical(times) => {
                let at = (random.unit() * times.len() as f64) as usize;
                times[at.min(times.len() - 1)].0 as f64
            }
        }
    }
}

/// Draws `micros` as a span, rounded; what does not fit is the longest.
pub(crate) fn span(micros: f64) -> Span {
    // `as` saturates, and makes 0 of what is not a number.
    Span((micros + 0.5) as u64)
}

/// The sum of `phases` exponentials of mean 1: one logarithm for sixteen of them.
fn erlang(phases: u32, random: &mut Random) -> f64 {
    let mut sum = 0.0;
    let mut left = phases;
    while left > 0 {
        // Sixteen factors above 2⁻⁵³ each stay far from underflow.
        let together = left.min(16);
        let product: f64 = (0..together).map(|_| random.unit()).product();
        sum -= libm::log(product);
        left -= together;
    }
    sum
}

/// Gamma with mean `shape`. Marsaglia and Tsang, *ACM Transactions on Mathematical Software* 26 (2000).
pub(super) fn gamma(shape: f64, random: &mut Random) -> f64 {
    let boost = if shape < 1.0 { libm::pow(random.unit(), 1.0 / shape) } else { 1.0 };
    let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let z = normal(random.unit());
        let v = 1.0 + c * z;
        if v <= 0.0 {
            continue;
        }
        let v = v * v * v;
        if libm::log(random.unit()) < 0.5 * z * z + d - d * v + d * libm::log(v) {
            return boost * d * v;
        }
    }
}

fn log_normal(mean: f64, deviation: f64, random: &mut Random) -> f64 {
    let ratio = deviation / mean.max(1.0);
    let variance = libm::log1p(ratio * ratio);
    let z = normal(random.unit());
    mean * libm::exp(libm::sqrt(variance) * z - 0.5 * variance)
}

/// The standard normal quantile, relative error about 1e-16. Wichura, algorithm AS 241, *Applied Statistics* 37 (1988).
#[allow(clippy::excessive_precision)]
fn normal(p: f64) -> f64 {
    const A: [f64; 8] = [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ];
    const B: [f64; 8] = [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_545e3,
    ];
    const C: [f64; 8] = [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ];
    const D: [f64; 8] = [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ];
    const E: [f64; 8] = [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ];
    const F: [f64; 8] = [
        1.0,
        5.998_322_065_558_879e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ];
    let ratio = |top: &[f64; 8], bottom: &[f64; 8], r: f64| {
        let polynomial = |terms: &[f64; 8]| terms.iter().rev().fold(0.0, |sum, term| sum * r + term);
        polynomial(top) / polynomial(bottom)
    };
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&A, &B, 0.180_625 - q * q);
    }
    let tail = libm::sqrt(-libm::log(if q < 0.0 { p } else { 1.0 - p }));
    let z = if tail <= 5.0 { ratio(&C, &D, tail - 1.6) } else { ratio(&E, &F, tail - 5.0) };
    if q < 0.0 { -z } else { z }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::random::Purpose;

    /// Mean and standard deviation of many draws against what they should be, within four standard errors.
    fn check(distribution: &Distribution, mean: f64, deviation: f64) {
        let mut random = Random::of(7, 0, &format!("{distribution:?}"), Purpose::Handle);
        let n = 200_000;
        let drawn: Vec<f64> = (0..n).map(|_| distribution.draw(&mut random)).collect();
        let m = drawn.iter().sum::<f64>() / f64::from(n);
        let v = drawn.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
        let fourth = drawn.iter().map(|x| libm::pow(x - mean, 4.0)).sum::<f64>() / f64::from(n);
        assert!((m - mean).abs() <= 4.0 * deviation / f64::from(n).sqrt() + 1e-6, "{distribution:?}: mean {m}");
        let error = ((fourth - v * v).max(0.0) / f64::from(n)).sqrt();
        assert!((v - deviation * deviation).abs() <= 4.0 * error + 1e-6, "{distribution:?}: variance {v}");
        assert!((distribution.mean() - mean).abs() < 1e-6 * mean);
    }

    #[test]
    fn moments_are_as_asked() {
        let s = Span::from_secs;
        check(&Distribution::Deterministic(s(3)), 3e6, 0.0);
        check(&Distribution::Exponential(s(4)), 4e6, 4e6);
        check(&Distribution::Erlang { phases: 3, mean: s(6) }, 6e6, 6e6 / 3_f64.sqrt());
        check(&Distribution::Erlang { phases: 40, mean: s(6) }, 6e6, 6e6 / 40_f64.sqrt());
        check(&Distribution::Gamma { shape: 0.5, mean: s(2) }, 2e6, 2e6 / 0.5_f64.sqrt());
        check(&Distribution::Gamma { shape: 4.5, mean: s(2) }, 2e6, 2e6 / 4.5_f64.sqrt());
        check(&Distribution::LogNormal { mean: s(200), deviation: s(100) }, 2e8, 1e8);
        check(&Distribution::Uniform { low: s(1), high: s(5) }, 3e6, 4e6 / 12_f64.sqrt());
        let two = [(0.9, s(1)), (0.1, s(11))];
        check(&Distribution::HyperExponential(two.into()), 2e6, (2.0 * (0.9 + 12.1) - 4.0_f64).sqrt() * 1e6);
        check(&Distribution::Empirical([s(1), s(2), s(6)].into()), 3e6, (14.0_f64 / 3.0).sqrt() * 1e6);
    }

    #[test]
    fn the_normal_quantile_agrees_with_tables() {
        for (p, z) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.9, 1.281_551_565_544_600_4),
            (0.001, -3.090_232_306_167_813_5),
            (1e-15, -7.941_345_326_170_998),
        ] {
            assert!((normal(p) - z).abs() <= 1e-13 * z.abs().max(1.0), "{p}: {}", normal(p));
        }
    }

    #[test]
    fn rounding_is_to_whole_microseconds_and_saturates() {
        assert_eq!((span(1.49), span(1.5), span(f64::NAN), span(1e30)), (Span(1), Span(2), Span(0), Span(u64::MAX)));
    }
}
