//! How long it takes until those ahead are gone.

/// P(V > t) for the times V that 1, 2, 3, … departures from a line take, where the last of them, with nobody else ahead, comes at
/// `rate`, and everybody else in the line adds `leave` to it: V = Σ Exp(rate + j × leave) over j = 0 … k.
///
/// With `leave` θ > 0, e^(−θV) is of the beta distribution with parameters rate / θ and k + 1, so that P(V > t) is a sum of k + 1
/// terms of a negative binomial distribution; with θ → 0 it becomes the Poisson sum of Erlang's distribution. Each term follows from
/// the one before, and all are positive: nothing cancels.
///
/// Source: the order statistics of exponential times, Rényi, *Acta Mathematica Hungarica* 4 (1953).
pub(super) struct Clearing {
    rate: f64,
    leave: f64,
    /// (1 − e^(−θt)) / θ: the time, less what impatience takes off.
    reach: f64,
    term: f64,
    /// `term` is to be divided by `LARGE` so many times.
    scale: f64,
    sum: f64,
    next: f64,
}

const LARGE: f64 = 1e200;
const LN_LARGE: f64 = 460.517_018_598_809_1;

impl Clearing {
    pub(super) fn new(rate: f64, leave: f64, time: f64) -> Self {
        let time = time.max(0.0);
        let reach = if leave > 0.0 { -libm::expm1(-leave * time) / leave } else { time };
        let scale = libm::floor(rate * time / LN_LARGE);
        let term = libm::exp(scale * LN_LARGE - rate * time);
        Self { rate, leave, reach, term, scale, sum: 0.0, next: 0.0 }
    }
}

impl Iterator for Clearing {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        if self.next > 0.0 {
            self.term *= (self.rate + (self.next - 1.0) * self.leave) * self.reach / self.next;
        }
        self.next += 1.0;
        if self.scale > 0.0 && self.term > 1.0 {
            self.term /= LARGE;
            self.scale -= 1.0;
        }
        // What is still to be divided is below 1e-200.
        if self.scale <= 0.0 {
            self.sum += self.term;
        }
        Some(self.sum.min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_departure_is_exponential_and_more_are_erlang() {
        let one = |rate: f64, leave| Clearing::new(rate, leave, 0.7).next().unwrap();
        assert!((one(2.0, 0.0) - (-1.4_f64).exp()).abs() < 1e-15);
        assert!((one(2.0, 3.0) - (-1.4_f64).exp()).abs() < 1e-15);
        let three = Clearing::new(2.0, 0.0, 0.7).nth(2).unwrap();
        assert!((three - (-1.4_f64).exp() * (1.0 + 1.4 + 0.98)).abs() < 1e-15);
    }

    /// Different rates r: P(V > t) = Σ over i of e^(−r_i t) Π over j ≠ i of r_j / (r_j − r_i).
    #[test]
    fn impatience_is_a_sum_of_different_exponential_times() {
        for (rate, leave, time) in [(4.0, 0.5, 0.2), (1.0, 2.0, 1.5), (3.0, 1.0, 0.01)] {
            let rates: Vec<f64> = (0..6).map(|j| rate + f64::from(j) * leave).collect();
            for k in 0..6 {
                let exact: f64 = (0..=k)
                    .map(|i| {
                        let others = (0..=k).filter(|j| *j != i);
                        let weight: f64 = others.map(|j| rates[j] / (rates[j] - rates[i])).product();
                        weight * (-rates[i] * time).exp()
                    })
                    .sum();
                let found = Clearing::new(rate, leave, time).nth(k).unwrap();
                assert!((found - exact).abs() < 1e-11, "{k}: {found} and {exact}");
            }
        }
    }

    #[test]
    fn long_lines_do_not_underflow() {
        // 5,000 departures at 100 each: Erlang's distribution around 50, which is close to a normal one.
        let half = Clearing::new(100.0, 0.0, 50.0).nth(4_999).unwrap();
        assert!((half - 0.5).abs() < 0.003, "{half}");
        assert!(Clearing::new(100.0, 0.0, 40.0).nth(4_999).unwrap() > 1.0 - 1e-12);
        assert!(Clearing::new(100.0, 0.0, 60.0).nth(4_999).unwrap() < 1e-12);
    }
}
