//! Means over independent replications, with 95 % confidence intervals.

use serde::{Deserialize, Serialize};

/// A mean over replications and the half-width of its 95 % confidence interval (Student's t).
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean; `None` if no replication has a value (nobody was answered, say).
    pub mean: Option<f64>,
    /// Half the width of the interval; `None` for fewer than two values.
    pub half_width: Option<f64>,
}

impl Estimate {
    /// From one value per replication; replications without a value do not count.
    ///
    /// ```
    /// use cordboard::measure::Estimate;
    /// let waits = Estimate::of([Some(30.0), None, Some(34.0), Some(32.0)]);
    /// assert_eq!(waits.mean, Some(32.0));
    /// assert!((waits.half_width.unwrap() - 4.968_275).abs() < 1e-6); // 4.302653 × 2 / √3
    /// ```
    pub fn of(values: impl IntoIterator<Item = Option<f64>>) -> Self {
        // Welford's recurrence: exact enough whatever the magnitude.
        let (mut n, mut mean, mut squares) = (0_u32, 0.0, 0.0);
        for value in values.into_iter().flatten() {
            n += 1;
            let off = value - mean;
            mean += off / f64::from(n);
            squares += off * (value - mean);
        }
        if n == 0 {
            return Self::default();
        }
        let half_width = (n > 1).then(|| {
            let variance = squares / f64::from(n - 1);
            student_t(n - 1) * libm::sqrt(variance / f64::from(n))
        });
        Self { mean: Some(mean), half_width }
    }

    /// The difference `b − a` of paired values: what common random numbers are for.
    pub fn of_differences(pairs: impl IntoIterator<Item = (Option<f64>, Option<f64>)>) -> Self {
        Self::of(pairs.into_iter().map(|(a, b)| Some(b? - a?)))
    }

    /// Whether the interval leaves out 0. Never for fewer than two values.
    pub fn is_significant(&self) -> bool {
        matches!((self.mean, self.half_width), (Some(mean), Some(half)) if mean.abs() > half)
    }
}

/// The correlation of each value with the next, those that are missing left out; `None` for fewer than ten values, or if all are the same.
/// Where the means of consecutive parts of a run go together like this, their interval is too narrow: Law, *Simulation Modeling and Analysis*, section 9.5.3.
pub fn lag_one(values: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.into_iter().flatten().collect();
    let mean = Estimate::of(values.iter().copied().map(Some)).mean.filter(|_| values.len() >= 10)?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let products: f64 = values.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
    (squares > 0.0).then(|| products / squares)
}

/// The 97.5 % quantile of Student's t with `freedom` degrees of freedom (at least 1), to 1e-12.
///
/// Source: the finite sums for whole degrees of freedom, Abramowitz and Stegun 26.7.3 and 26.7.4, inverted by bisection.
///
/// ```
/// assert!((cordboard::measure::student_t(19) - 2.093_024).abs() < 1e-6);
/// ```
pub fn student_t(freedom: u32) -> f64 {
    let freedom = freedom.max(1);
    let (mut low, mut high) = (1.9, 13.0);
    while high - low > 1e-13 * high {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if within(middle, freedom) < 0.95 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// P(|T| ≥ t) for Student's t with `freedom` degrees of freedom (at least 1), to 1e-14: how likely a deviation of so many
/// standard errors, or a larger one, is by chance.
///
/// ```
/// assert!((cordboard::measure::student_tail(2.093_024, 19) - 0.05).abs() < 1e-7);
/// ```
pub fn student_tail(t: f64, freedom: u32) -> f64 {
    (1.0 - within(t.abs(), freedom.max(1))).max(0.0)
}

/// P(|T| < t).
fn within(t: f64, freedom: u32) -> f64 {
    let angle = libm::atan(t / libm::sqrt(f64::from(freedom)));
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let odd = freedom % 2 == 1;
    let mut term = if odd { cosine } else { 1.0 };
    let mut sum = if freedom == 1 { 0.0 } else { term };
    let mut factor = if odd { 2 } else { 1 };
    while factor + 3 <= freedom {
        term *= cosine * cosine * f64::from(factor) / f64::from(factor + 1);
        sum += term;
        factor += 2;
    }
    if odd { 2.0 / core::f64::consts::PI * (angle + sine * sum) } else { sine * sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_tables() {
        for (freedom, t) in [
            (1, 12.706_204_736),
            (2, 4.302_652_730),
            (3, 3.182_446_305),
            (4, 2.776_445_105),
            (5, 2.570_581_836),
            (9, 2.262_157_163),
            (10, 2.228_138_852),
            (23, 2.068_657_610),
            (30, 2.042_272_456),
            (120, 1.979_930_405),
            (1000, 1.962_339_081),
        ] {
            assert!((student_t(freedom) - t).abs() < 1e-8, "{freedom}: {}", student_t(freedom));
        }
    }

    #[test]
    fn one_value_has_no_width_and_none_has_no_mean() {
        assert_eq!(Estimate::of([Some(3.0)]), Estimate { mean: Some(3.0), half_width: None });
        assert_eq!(Estimate::of([None, None]), Estimate::default());
        assert_eq!(Estimate::of([Some(3.0), Some(3.0)]).half_width, Some(0.0));
    }

    #[test]
    fn neighbours_that_are_alike_show() {
        let of = |values: &[f64]| lag_one(values.iter().copied().map(Some));
        let slow: Vec<f64> = (0..40).map(|at| f64::from(at / 10)).collect();
        let turns: Vec<f64> = (0..40).map(|at| f64::from(at % 2)).collect();
        assert!(of(&slow).unwrap() > 0.8 && of(&turns).unwrap() < -0.9);
        assert_eq!((of(&[1.0; 20]), of(&[1.0, 2.0, 3.0])), (None, None));
    }

    #[test]
    fn pairing_removes_what_both_share() {
        let day = [10.0, 90.0, 40.0];
        let better = Estimate::of_differences(day.map(|x| (Some(x), Some(x - 1.0))));
        assert_eq!((better.mean, better.half_width), (Some(-1.0), Some(0.0)));
        assert!(better.is_significant());
    }
}
