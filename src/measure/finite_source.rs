//! One server and a fixed number of customers who come back after a pause.

/// The machine-repair queue M/M/1//N: a server, here an agent who writes one reply at a time, and N sources,
/// here conversations, each of which comes back after a pause, here the customer's thinking. First come, first served.
///
/// Throughput and mean response follow by mean value analysis: who arrives sees the queue that there would be with one source fewer.
/// Exact for exponential service and a pause of any distribution with this mean. Where some sources come back at once, such as a new
/// conversation in the place of one that is over, `pause` is the mean with these counted as 0.
///
/// Source: Kleinrock, *Queueing Systems* vol. 1 (1975), 3.8; Reiser and Lavenberg, *JACM* 27 (1980); Baskett, Chandy, Muntz and Palacios, *JACM* 22 (1975).
///
/// ```
/// use cordboard::measure::FiniteSource;
/// // Replies of 20 s, pauses of 100 s: an agent has all it can do at six conversations.
/// let chats = FiniteSource::new(20.0, 100.0).unwrap();
/// assert_eq!(chats.saturation(), 6.0);
/// assert!((chats.throughput(1) - 1.0 / 120.0).abs() < 1e-15);
/// assert!(chats.throughput(30) > 0.999_999 / 20.0);
/// assert!((chats.response(30) - 500.0).abs() < 0.01); // 30 × 20 s − 100 s
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FiniteSource {
    service: f64,
    pause: f64,
}

impl FiniteSource {
    /// Mean service and mean pause, in the same unit; `None` unless both are finite, service above 0 and pause at least 0.
    pub fn new(service: f64, pause: f64) -> Option<Self> {
        let sound = service.is_finite() && service > 0.0 && pause.is_finite() && pause >= 0.0;
        sound.then_some(Self { service, pause })
    }

    /// 1 + pause / service: the number of sources beyond which more of them only wait longer, where the two asymptotes
    /// of the throughput, `sources / (service + pause)` and `1 / service`, meet.
    pub fn saturation(&self) -> f64 {
        1.0 + self.pause / self.service
    }

    /// Services per unit of time with so many sources.
    pub fn throughput(&self, sources: u32) -> f64 {
        self.solve(sources).0
    }

    /// Mean time from coming back until service is over; that of the service alone for no sources.
    pub fn response(&self, sources: u32) -> f64 {
        self.solve(sources).1
    }

    /// The time that the share `share` of responses do not exceed, to 1e-9 of it.
    pub fn response_quantile(&self, sources: u32, share: f64) -> f64 {
        let share = share.clamp(0.0, 1.0 - 1e-12);
        let (mut low, mut high) = (0.0, self.service);
        while self.longer(sources, high) > 1.0 - share {
            high *= 2.0;
        }
        while high - low > 1e-9 * high {
            let middle = 0.5 * (low + high);
            if self.longer(sources, middle) > 1.0 - share { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    /// Throughput and response.
    fn solve(&self, sources: u32) -> (f64, f64) {
        let (mut throughput, mut response, mut present) = (0.0, self.service, 0.0);
        for sources in 1..=sources {
            response = self.service * (1.0 + present);
            throughput = f64::from(sources) / (response + self.pause);
            present = throughput * response;
        }
        (throughput, response)
    }

    /// P(response > t): who comes back finds j others there with the probability of j being there among one source
    /// fewer, in proportion to (N−1)! / (N−1−j)! × (service / pause)^j, and then is there for j + 1 services.
    fn longer(&self, sources: u32, t: f64) -> f64 {
        let others = sources.saturating_sub(1);
        let x = t / self.service;
        let mut term = libm::exp(-x);
        let mut tail = 0.0;
        let (mut weight, mut all, mut sum) = (1.0, 0.0, 0.0);
        for j in 0..=others {
            // P(more than x of Erlang with j + 1 phases of mean 1).
            tail += term;
            term *= x / f64::from(j + 1);
            if self.pause > 0.0 || j == others {
                let weight = if self.pause > 0.0 { weight } else { 1.0 };
                all += weight;
                sum += weight * tail;
            }
            weight *= f64::from(others - j) * self.service / self.pause;
            // Only the proportion counts.
            if weight > 1e200 {
                (weight, all, sum) = (weight * 1e-200, all * 1e-200, sum * 1e-200);
            }
        }
        sum / all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Balance equations of the birth–death chain, solved directly.
    fn chain(sources: u32, service: f64, pause: f64) -> (f64, f64) {
        let mut weights = vec![1.0];
        for j in 0..sources {
            let rate_up = f64::from(sources - j) / pause;
            weights.push(weights[j as usize] * rate_up * service);
        }
        let all: f64 = weights.iter().sum();
        let present: f64 = weights.iter().zip(0..).map(|(weight, j)| weight * f64::from(j)).sum::<f64>() / all;
        let throughput = (1.0 - weights[0] / all) / service;
        (throughput, present / throughput)
    }

    #[test]
    fn mean_values_are_those_of_the_chain() {
        for (service, pause) in [(20.0, 100.0), (1.0, 1.0), (3.0, 0.5), (0.25, 40.0)] {
            let queue = FiniteSource::new(service, pause).unwrap();
            for sources in [1, 2, 3, 7, 20, 60] {
                let (throughput, response) = chain(sources, service, pause);
                assert!((queue.throughput(sources) / throughput - 1.0).abs() < 1e-11);
                assert!((queue.response(sources) / response - 1.0).abs() < 1e-11);
            }
        }
    }

    /// The mean is the integral of P(longer), by Simpson's rule.
    #[test]
    fn the_distribution_of_responses_has_their_mean() {
        for (sources, pause) in [(1, 9.0), (2, 1.0), (8, 5.0), (30, 12.0), (4, 0.0)] {
            let queue = FiniteSource::new(1.0, pause).unwrap();
            let (steps, end) = (20_000, 120.0);
            let at = |step: i32| queue.longer(sources, end * f64::from(step) / f64::from(steps));
            let inner: f64 = (1..steps).map(|step| if step % 2 == 1 { 4.0 } else { 2.0 } * at(step)).sum();
            let mean = (at(0) + inner + at(steps)) * end / f64::from(steps) / 3.0;
            assert!((mean / queue.response(sources) - 1.0).abs() < 1e-7, "{sources}: {mean}");
        }
    }

    #[test]
    fn quantiles_of_one_source_are_those_of_its_service() {
        let queue = FiniteSource::new(20.0, 100.0).unwrap();
        assert!((queue.response_quantile(1, 0.9) - 20.0 * 10_f64.ln()).abs() < 1e-6);
        // Without pauses everybody is always there.
        let busy = FiniteSource::new(1.0, 0.0).unwrap();
        assert!((busy.response(3) - 3.0).abs() < 1e-12 && (busy.throughput(3) - 1.0).abs() < 1e-12);
        assert!(FiniteSource::new(0.0, 1.0).is_none() && FiniteSource::new(1.0, f64::NAN).is_none());
    }
}
