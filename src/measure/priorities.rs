//! Servers shared by classes of customers of different priority.

use super::erlang::ErlangC;

/// M/M/n with classes of customers that have the same exponential service. Nobody is interrupted; within a class, first come, first served.
///
/// Source: Cobham, *Operations Research* 2 (1954); Kella and Yechiali, *Naval Research Logistics* 32 (1985). Accumulating
/// priority: Kleinrock, *Naval Research Logistics Quarterly* 11 (1964), whose waiting time of work in progress is here that of n servers.
///
/// ```
/// use cordboard::measure::Priorities;
/// let pool = Priorities::new(4, &[1.5, 1.2], 1.0).unwrap();
/// assert!((pool.mean_wait(0) - 0.156_279_746_808).abs() < 1e-9);
/// assert!((pool.mean_wait(1) - 0.480_860_759_408).abs() < 1e-9);
/// assert!((pool.service_level(1, 0.3) - 0.718_835_359_490).abs() < 1e-9);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Priorities {
    /// Services per unit of time while all servers are busy.
    drain: f64,
    wait_probability: f64,
    /// By class, most urgent first.
    arrivals: Vec<f64>,
}

impl Priorities {
    /// `arrivals` per unit of time of each class, the most urgent first; `service` the mean service time. `None` unless all are
    /// positive and finite and the load is below the number of servers.
    pub fn new(servers: u32, arrivals: &[f64], service: f64) -> Option<Self> {
        let sound = arrivals.iter().all(|rate| *rate > 0.0);
        let together = ErlangC::new(servers, arrivals.iter().sum(), service).filter(|_| sound)?;
        let drain = f64::from(servers) / service;
        Some(Self { drain, wait_probability: together.wait_probability(), arrivals: arrivals.to_vec() })
    }

    /// The share of each class who have to wait.
    pub fn wait_probability(&self) -> f64 {
        self.wait_probability
    }

    /// Mean wait of a class, counted from 0. Panics if there is no such class.
    pub fn mean_wait(&self, class: usize) -> f64 {
        let left = |classes: usize| 1.0 - self.arrivals[..classes].iter().sum::<f64>() / self.drain;
        self.wait_probability / self.drain / (left(class) * left(class + 1))
    }

    /// The mean number of a class waiting.
    pub fn mean_queue(&self, class: usize) -> f64 {
        self.arrivals[class] * self.mean_wait(class)
    }

    /// The share of a class answered within `time`, to 1e-12.
    ///
    /// Who has to wait finds, of the same class and more urgent ones, a geometric number waiting, and is taken when a walk from there,
    /// up with every more urgent arrival and down with every service, comes to its end. The walk is followed at the events of one Poisson
    /// process (Jensen, *Skandinavisk Aktuarietidskrift* 36, 1953): O((n time / service + waiting) × n time / service).
    pub fn service_level(&self, class: usize, time: f64) -> f64 {
        if time < 0.0 {
            return 0.0;
        }
        let above: f64 = self.arrivals[..class].iter().sum();
        let ratio = (above + self.arrivals[class]) / self.drain;
        let (mut walkers, mut share) = (vec![0.0], 1.0 - ratio);
        while share > 1e-16 {
            walkers.push(share);
            share *= ratio;
        }
        let events = (above + self.drain) * time;
        let most = (events + 9.0 * libm::sqrt(events) + 40.0) as usize;
        let (up, down) = (above / (above + self.drain), self.drain / (above + self.drain));
        let (mut taken, mut level) = (0.0, 0.0);
        for event in 0..=most {
            let n = event as f64;
            let chance = if events > 0.0 {
                libm::exp(n * libm::log(events) - events - libm::lgamma(n + 1.0))
            } else {
                f64::from(u8::from(event == 0))
            };
            level += chance * taken;
            // One more event; `below` is what stood one lower before it.
            taken += down * walkers[1];
            walkers.push(0.0);
            let mut below = 0.0;
            for at in 1..walkers.len() {
                let here = walkers[at];
                walkers[at] = up * below + down * walkers.get(at + 1).copied().unwrap_or(0.0);
                below = here;
            }
        }
        1.0 - self.wait_probability + self.wait_probability * level
    }

    /// Mean wait of each class where priority is not strict but grows with waiting, at these rates: who has waited longest times the
    /// rate is taken first. With `rates` 1 / target this is the order by the share of the target that has gone by.
    /// `None` unless there is a positive rate for each class, none above the one before.
    pub fn mean_waits_accumulating(&self, rates: &[f64]) -> Option<Vec<f64>> {
        let falling = rates.windows(2).all(|pair| pair[0] >= pair[1]);
        if rates.len() != self.arrivals.len() || !falling || rates.iter().any(|rate| !rate.is_finite() || *rate <= 0.0)
        {
            return None;
        }
        let load: Vec<f64> = self.arrivals.iter().map(|rate| rate / self.drain).collect();
        let all = self.wait_probability / self.drain / (1.0 - load.iter().sum::<f64>());
        let mut waits = vec![0.0; rates.len()];
        // From the least urgent upwards: each needs the waits of those below.
        for class in (0..rates.len()).rev() {
            let below = (class + 1..rates.len()).map(|i| load[i] * waits[i] * (1.0 - rates[i] / rates[class]));
            let above = (0..class).map(|i| load[i] * (1.0 - rates[class] / rates[i]));
            waits[class] = (all - below.sum::<f64>()) / (1.0 - above.sum::<f64>());
        }
        Some(waits)
    }
}
