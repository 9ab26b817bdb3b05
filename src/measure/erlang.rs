//! Erlang's formulas: loss (B) and delay (C), and how many servers it takes.
//!
//! Times are in any unit, the same for all arguments of one call.

/// The share of arrivals lost by `servers` without a waiting room, offered `load` Erlangs (arrival rate × mean
/// service time). Any distribution of service time. 1 for no servers; O(servers).
///
/// Nobody waits here: 1 less this is the share answered within any time, and all of those answered are.
///
/// Source: A. K. Erlang 1917; the recursion B(n) = a B(n−1) / (n + a B(n−1)) as in Jagerman, *Bell System
/// Technical Journal* 53 (1974).
///
/// ```
/// let lost = cordboard::measure::erlang_b(10, 10.0);
/// assert!((lost - 0.214_582_343_107).abs() < 1e-12);
/// ```
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |lost, n| load * lost / (f64::from(n) + load * lost))
}

/// M/M/n: Poisson arrivals, exponential service, everybody waits.
///
/// Source: A. K. Erlang 1917; in this form Gross and Harris, *Fundamentals of Queueing Theory*, section 2.3.
///
/// ```
/// use cordboard::measure::ErlangC;
/// // 200 calls an hour of 180 s, 14 agents, answered within 20 s: the usual calculator example.
/// let pool = ErlangC::new(14, 200.0 / 3600.0, 180.0).unwrap();
/// assert!((pool.wait_probability() - 0.174_131_933_505).abs() < 1e-9);
/// assert!((pool.service_level(20.0) - 0.888_350_019_179).abs() < 1e-9);
/// assert!((pool.mean_wait() - 7.835_937_011_777).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ErlangC {
    servers: f64,
    load: f64,
    service: f64,
    wait_probability: f64,
}

impl ErlangC {
    /// `arrivals` per unit of time, `service` the mean service time. `None` unless the queue is stable
    /// (load below the number of servers) and both are positive and finite. O(servers).
    pub fn new(servers: u32, arrivals: f64, service: f64) -> Option<Self> {
        let load = arrivals * service;
        let n = f64::from(servers);
        let sound = arrivals > 0.0 && service > 0.0 && load.is_finite() && load < n;
        sound.then(|| {
            let lost = erlang_b(servers, load);
            let wait_probability = n * lost / (n - load * (1.0 - lost));
            Self { servers: n, load, service, wait_probability }
        })
    }

    /// The share who have to wait.
    pub fn wait_probability(&self) -> f64 {
        self.wait_probability
    }

    /// Mean wait of everybody, those who do not wait included.
    pub fn mean_wait(&self) -> f64 {
        self.wait_probability * self.service / (self.servers - self.load)
    }

    /// Mean wait of those who have to.
    pub fn mean_wait_of_delayed(&self) -> f64 {
        self.service / (self.servers - self.load)
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.wait_probability * self.load / (self.servers - self.load)
    }

    /// The share answered within `time`; of those answered the same, since everybody is.
    pub fn service_level(&self, time: f64) -> f64 {
        let longer = self.wait_probability * libm::exp(-(self.servers - self.load) * time / self.service);
        if time < 0.0 { 0.0 } else { 1.0 - longer }
    }

    /// The share of time each server is busy.
    pub fn occupancy(&self) -> f64 {
        self.load / self.servers
    }
}

/// The smallest number of servers, from 1 to 2²⁴, that `enough` says yes to; `None` if none is. It must say yes to every number
/// above one it says yes to, as service levels and waits do. Asked O(log servers) times.
///
/// ```
/// use cordboard::measure::{ErlangA, ErlangC, erlang_b, least_servers};
/// // 200 calls an hour of 180 s: 80 % answered within 20 s; at most one in a hundred lost; 90 % within 20 s if customers wait 2 min.
/// let (arrivals, service) = (200.0 / 3600.0, 180.0);
/// let patient = |n| ErlangC::new(n, arrivals, service).is_some_and(|pool| pool.service_level(20.0) >= 0.8);
/// assert_eq!(least_servers(patient), Some(14));
/// assert_eq!(least_servers(|n| erlang_b(n, arrivals * service) <= 0.01), Some(18));
/// let leaving = |n| ErlangA::new(n, arrivals, service, 120.0).is_some_and(|pool| pool.service_level(20.0) >= 0.9);
/// assert_eq!(least_servers(leaving), Some(14));
/// ```
pub fn least_servers(mut enough: impl FnMut(u32) -> bool) -> Option<u32> {
    const MOST: u32 = 1 << 24;
    let mut high = 1;
    while !enough(high) {
        if high == MOST {
            return None;
        }
        high *= 2;
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_agrees_with_tables() {
        for (servers, load, lost) in [(1, 1.0, 0.5), (2, 1.0, 0.2), (5, 3.0, 0.110_054_347_8), (0, 3.0, 1.0)] {
            assert!((erlang_b(servers, load) - lost).abs() < 1e-9, "{servers} {load}");
        }
        assert!((erlang_b(10, 10.0) - 0.214_582_343_107_347_36).abs() < 1e-14);
    }

    #[test]
    fn delay_is_refused_where_there_is_no_steady_state() {
        assert_eq!(ErlangC::new(10, 10.0, 1.0), None);
        assert_eq!(ErlangC::new(10, f64::NAN, 1.0), None);
    }

    #[test]
    fn the_least_number_of_servers_is_least() {
        for least in [1, 2, 3, 7, 8, 9, 1000, 1 << 24] {
            assert_eq!(least_servers(|n| n >= least), Some(least));
        }
        assert_eq!(least_servers(|_| false), None);
    }
}
