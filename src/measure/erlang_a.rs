//! Erlang's formula with impatience, and with a limited waiting room.

use super::erlang::erlang_b;
use super::waiting_line::WaitingLine;

/// M/M/n+M: as [`ErlangC`](super::ErlangC), but customers leave after an exponential patience, and there may be a limit to how many wait.
///
/// All shares are of everybody who comes, those turned away included, but for [`wait_probability`](Self::wait_probability); waits
/// are of those let in. Without a limit these are the same.
///
/// Source: C. Palm 1957; Garnett, Mandelbaum and Reiman, *Manufacturing & Service Operations Management* 4
/// (2002); waits: Whitt, *Operations Research* 53 (2005), section 2. The birth–death chain is summed; what is cut off is below 1e-16 of the whole.
///
/// ```
/// use cordboard::measure::ErlangA;
/// let pool = ErlangA::new(4, 3.0, 1.0, 2.0).unwrap();
/// assert!((pool.wait_probability() - 0.391_615_721_862).abs() < 1e-9);
/// assert!((pool.abandonment() - 0.080_055_983_863).abs() < 1e-9);
/// assert!((pool.mean_wait() - 0.160_111_967_725).abs() < 1e-9);
/// assert!((pool.service_level(0.2) - 0.716_570_841_480).abs() < 1e-9);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct ErlangA {
    arrivals: f64,
    line: WaitingLine,
    /// The probability that all are busy.
    busy: f64,
    occupancy: f64,
    /// At which each who waits leaves.
    leave: f64,
}

impl ErlangA {
    /// `arrivals` per unit of time; mean `service` time and mean `patience`. `None` unless there is a server
    /// and all are positive and finite; patience may be infinite if the load is below the number of servers.
    /// O(servers + queue lengths that occur).
    pub fn new(servers: u32, arrivals: f64, service: f64, patience: f64) -> Option<Self> {
        Self::build(servers, arrivals, service, patience, None)
    }

    /// The same where at most `room` may wait, and whoever comes then is turned away. With no room this is
    /// [`erlang_b`]; patience may be infinite.
    pub fn with_room(servers: u32, arrivals: f64, service: f64, patience: f64, room: u32) -> Option<Self> {
        Self::build(servers, arrivals, service, patience, Some(room))
    }

    fn build(servers: u32, arrivals: f64, service: f64, patience: f64, room: Option<u32>) -> Option<Self> {
        let positive = [arrivals, service].iter().all(|x| x.is_finite() && *x > 0.0);
        if !positive || servers == 0 || patience.is_nan() || patience <= 0.0 {
            return None;
        }
        let (n, load, leave) = (f64::from(servers), arrivals * service, 1.0 / patience);
        let line = WaitingLine::new(arrivals, n / service, leave, room)?;
        let lost = erlang_b(servers, load);
        let busy = line.busy(1.0 / lost - 1.0);
        // While nobody waits, servers are busy as in a loss system.
        let nobody_waits = 1.0 - busy * (1.0 - line.empty());
        let occupancy = nobody_waits * load * (1.0 - lost) / n + (1.0 - nobody_waits);
        Some(Self { arrivals, line, busy, occupancy, leave })
    }

    /// The share who find no room.
    pub fn blocked(&self) -> f64 {
        self.busy * self.line.full()
    }

    /// The share of those let in who are not answered at once.
    pub fn wait_probability(&self) -> f64 {
        (self.busy - self.blocked()) / (1.0 - self.blocked())
    }

    /// The share who leave unanswered.
    pub fn abandonment(&self) -> f64 {
        self.mean_queue() * self.leave / self.arrivals
    }

    /// Mean wait of those let in, answered or not, those who do not wait included.
    pub fn mean_wait(&self) -> f64 {
        self.mean_queue() / (self.arrivals * (1.0 - self.blocked()))
    }

    /// Mean wait of those answered.
    pub fn mean_wait_answered(&self) -> f64 {
        self.busy * self.line.taken_wait() / self.answered()
    }

    /// The share answered within `time`, of everybody who comes.
    pub fn service_level(&self, time: f64) -> f64 {
        if time < 0.0 { 0.0 } else { 1.0 - self.busy + self.busy * self.line.taken_within(time) }
    }

    /// The share answered within `time`, of those answered.
    pub fn service_level_answered(&self, time: f64) -> f64 {
        self.service_level(time) / self.answered()
    }

    /// Mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.busy * self.line.length()
    }

    /// The share of time each server is busy.
    pub fn occupancy(&self) -> f64 {
        self.occupancy
    }

    fn answered(&self) -> f64 {
        1.0 - self.abandonment() - self.blocked()
    }
}
