//! Erlang's formulas: loss (B), delay (C), and delay with impatience (A).
//!
//! Times are in any unit, the same for all arguments of one call.

/// The share of arrivals lost by `servers` without a waiting room, offered `load` Erlangs (arrival rate × mean
/// service time). Any distribution of service time. 1 for no servers; O(servers).
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

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.wait_probability * self.load / (self.servers - self.load)
    }

    /// The share answered within `time`.
    pub fn service_level(&self, time: f64) -> f64 {
        1.0 - self.wait_probability * libm::exp(-(self.servers - self.load) * time.max(0.0) / self.service)
    }

    /// The share of time each server is busy.
    pub fn occupancy(&self) -> f64 {
        self.load / self.servers
    }
}

/// M/M/n+M: as [`ErlangC`], but customers leave after an exponential patience.
///
/// Source: C. Palm 1957; Garnett, Mandelbaum and Reiman, *Manufacturing & Service Operations Management* 4
/// (2002). Computed by summing the birth–death chain; what is cut off is below 1e-15 of the whole.
///
/// ```
/// use cordboard::measure::ErlangA;
/// let pool = ErlangA::new(4, 3.0, 1.0, 2.0).unwrap();
/// assert!((pool.wait_probability() - 0.391_615_721_862).abs() < 1e-9);
/// assert!((pool.abandonment() - 0.080_055_983_863).abs() < 1e-9);
/// assert!((pool.mean_wait() - 0.160_111_967_725).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ErlangA {
    wait_probability: f64,
    abandonment: f64,
    mean_queue: f64,
    mean_wait: f64,
    occupancy: f64,
}

impl ErlangA {
    /// `arrivals` per unit of time; mean `service` time and mean `patience`. `None` unless there is a server
    /// and all are positive and finite. O(servers + queue lengths that occur).
    pub fn new(servers: u32, arrivals: f64, service: f64, patience: f64) -> Option<Self> {
        let sound = [arrivals, service, patience].iter().all(|x| x.is_finite() && *x > 0.0) && servers > 0;
        if !sound {
            return None;
        }
        let load = arrivals * service;
        // Weights of the states: all servers busy and nobody waiting, then downwards, then upwards; scaled down
        // together whenever they get large.
        let (mut all, mut fewer, mut idle) = (1.0_f64, 0.0, 0.0);
        let mut weight = 1.0_f64;
        for busy in (1..=servers).rev() {
            weight *= f64::from(busy) / load;
            fewer += weight;
            idle += weight * f64::from(servers - busy + 1);
            if weight > LARGE {
                [&mut weight, &mut all, &mut fewer, &mut idle].into_iter().for_each(|x| *x /= LARGE);
            }
        }
        let (mut more, mut queue, mut length) = (0.0, 0.0, 0.0);
        weight = all;
        loop {
            length += 1.0;
            let ratio = arrivals / (f64::from(servers) / service + length / patience);
            weight *= ratio;
            more += weight;
            queue += weight * length;
            if weight > LARGE {
                [&mut weight, &mut all, &mut fewer, &mut idle, &mut more, &mut queue]
                    .into_iter()
                    .for_each(|x| *x /= LARGE);
            }
            // The ratios fall, so what is left is less than a geometric series.
            let rest = 1.0 / (1.0 - ratio);
            if ratio < 1.0 && weight * rest * (length + rest) <= 1e-16 * (fewer + all + queue) {
                break;
            }
        }
        let total = fewer + all + more;
        let mean_queue = queue / total;
        Some(Self {
            wait_probability: (all + more) / total,
            abandonment: mean_queue / patience / arrivals,
            mean_queue,
            mean_wait: mean_queue / arrivals,
            occupancy: 1.0 - idle / total / f64::from(servers),
        })
    }

    /// The share who are not answered at once.
    pub fn wait_probability(&self) -> f64 {
        self.wait_probability
    }

    /// The share who leave unanswered.
    pub fn abandonment(&self) -> f64 {
        self.abandonment
    }

    /// Mean wait of everybody, answered or not, those who do not wait included.
    pub fn mean_wait(&self) -> f64 {
        self.mean_wait
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.mean_queue
    }

    /// The share of time each server is busy.
    pub fn occupancy(&self) -> f64 {
        self.occupancy
    }
}

const LARGE: f64 = 1e200;

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
        assert_eq!(ErlangA::new(0, 1.0, 1.0, 1.0), None);
    }

    #[test]
    fn impatience_balances_flows() {
        for (servers, arrivals, patience) in
            [(1, 5.0, 1.0), (100, 102.0, 1.0), (100, 120.0, 30.0), (3, 0.1, 0.01), (2000, 1.0, 1.0), (50, 5e4, 1.0)]
        {
            let pool = ErlangA::new(servers, arrivals, 1.0, patience).unwrap();
            let answered = arrivals * (1.0 - pool.abandonment());
            assert!((answered - pool.occupancy() * f64::from(servers)).abs() < 1e-9 * arrivals, "{servers} {arrivals}");
        }
    }

    #[test]
    fn very_patient_customers_are_erlang_c() {
        let (c, a) = (ErlangC::new(8, 6.0, 1.0).unwrap(), ErlangA::new(8, 6.0, 1.0, 1e9).unwrap());
        assert!((c.mean_wait() - a.mean_wait()).abs() < 1e-6);
        assert!((c.wait_probability() - a.wait_probability()).abs() < 1e-6);
    }
}
