//! Agents who work on several contacts at once, at a speed that depends on how many.

use super::waiting_line::WaitingLine;

/// Which agent gets a contact, of those with room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spread {
    /// Who has the fewest contacts.
    LeastLoaded,
    /// Who has the most.
    MostLoaded,
    /// Anybody, each as likely.
    Random,
}

/// A pool of agents each of whom works on up to k contacts at once, and on each of them the slower the more there are. Poisson arrivals, exponential
/// work and patience; first come, first served.
///
/// With one agent this is a birth–death chain. With more, the states are the numbers of agents with 0, 1, … k contacts; while all have k, what is left
/// is a birth–death chain again. Solved by state reduction, which subtracts nothing, so that every probability has nearly all its digits.
///
/// Source: birth–death: Gross and Harris, *Fundamentals of Queueing Theory*, section 2.1; state reduction: Grassmann, Taksar and Heyman,
/// *Operations Research* 33 (1985).
///
/// ```
/// use cordboard::measure::{ConcurrentPool, Spread};
/// // One agent with up to three chats, done at 1, 1.6 and 1.9 a minute altogether.
/// let speed = [1.0, 0.8, 1.9 / 3.0];
/// let pool = ConcurrentPool::new(1, &speed, 1.8, 1.0, 2.5, None, Spread::LeastLoaded).unwrap();
/// assert!((pool.wait_probability() - 0.534_042_885_711).abs() < 1e-9);
/// assert!((pool.in_service() - 2.167_071_479_638).abs() < 1e-9);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct ConcurrentPool {
    arrivals: f64,
    leave: f64,
    line: WaitingLine,
    /// The probability that nobody has room.
    full: f64,
    /// The mean number of agents with 0, 1, … contacts.
    agents_with: Vec<f64>,
}

/// More states are not solved.
const STATES: usize = 1_000;

impl ConcurrentPool {
    /// `speed`: progress of each contact of an agent who has 1, 2, … k of them, as in a scenario; there is room for as many as it has entries.
    /// `work`: mean time that a contact takes at speed 1. `patience`: mean, may be infinite. `room`: how many may wait, `None` for any number.
    ///
    /// `None` if anything is not positive and finite, there is no steady state, or the agents can be in more than 1,000 states:
    /// (agents + k)! / agents! / k!. O(states³).
    pub fn new(
        agents: u32,
        speed: &[f64],
        arrivals: f64,
        work: f64,
        patience: f64,
        room: Option<u32>,
        spread: Spread,
    ) -> Option<Self> {
        let positive = |x: &f64| x.is_finite() && *x > 0.0;
        let sound = agents > 0 && !speed.is_empty() && speed.iter().chain([&arrivals, &work]).all(positive);
        if !sound || patience.is_nan() || patience <= 0.0 {
            return None;
        }
        let rates: Vec<f64> =
            std::iter::once(0.0).chain(speed.iter().zip(1_u32..).map(|(s, k)| s * f64::from(k) / work)).collect();
        let states = states(agents, speed.len())?;
        let at = |state: &[u32]| states.binary_search_by(|known| known.as_slice().cmp(state)).unwrap_or_default();
        let full = at(&{
            let mut all = vec![0; speed.len()];
            all.push(agents);
            all
        });
        let mut chain = vec![vec![0.0; states.len()]; states.len()];
        for (from, state) in states.iter().enumerate() {
            for (held, &agents) in state.iter().enumerate().filter(|(_, agents)| **agents > 0) {
                if held > 0 {
                    chain[from][at(&moved(state, held, held - 1))] += f64::from(agents) * rates[held];
                }
                let share = spread.share(state, held);
                if share > 0.0 {
                    chain[from][at(&moved(state, held, held + 1))] += arrivals * share;
                }
            }
        }
        let weights = stationary(chain);
        let drain = f64::from(agents) * rates[speed.len()];
        let leave = 1.0 / patience;
        let line = WaitingLine::new(arrivals, drain, leave, room)?;
        let busy = line.busy((1.0 - weights[full]) / weights[full]);
        let mut agents_with = vec![0.0; speed.len() + 1];
        for (at, (state, weight)) in states.iter().zip(&weights).enumerate() {
            // What all states but the full one share.
            let chance = if at == full { busy } else { (1.0 - busy) * weight / (1.0 - weights[full]) };
            for (sum, agents) in agents_with.iter_mut().zip(state) {
                *sum += chance * f64::from(*agents);
            }
        }
        Some(Self { arrivals, leave, line, full: busy, agents_with })
    }

    /// The share turned away.
    pub fn blocked(&self) -> f64 {
        self.full * self.line.full()
    }

    /// The share of those let in who are not begun with at once.
    pub fn wait_probability(&self) -> f64 {
        (self.full - self.blocked()) / (1.0 - self.blocked())
    }

    /// The share who leave unanswered, of all who come.
    pub fn abandonment(&self) -> f64 {
        self.mean_queue() * self.leave / self.arrivals
    }

    /// Mean wait of those let in, those who do not wait included.
    pub fn mean_wait(&self) -> f64 {
        self.mean_queue() / (self.arrivals * (1.0 - self.blocked()))
    }

    /// Mean wait of those answered.
    pub fn mean_wait_answered(&self) -> f64 {
        self.full * self.line.taken_wait() / (1.0 - self.abandonment() - self.blocked())
    }

    /// The share of all who come that are answered within `time`.
    pub fn service_level(&self, time: f64) -> f64 {
        if time < 0.0 { 0.0 } else { 1.0 - self.full + self.full * self.line.taken_within(time) }
    }

    /// The mean number waiting.
    pub fn mean_queue(&self) -> f64 {
        self.full * self.line.length()
    }

    /// The mean number being worked on.
    pub fn in_service(&self) -> f64 {
        self.agents_with.iter().zip(0_u32..).map(|(agents, held)| agents * f64::from(held)).sum()
    }

    /// The share of their time in which agents have at least one contact.
    pub fn occupancy(&self) -> f64 {
        let all: f64 = self.agents_with.iter().sum();
        1.0 - self.agents_with[0] / all
    }

    /// The mean number of agents who have 0, 1, … k contacts.
    pub fn agents_with(&self) -> &[f64] {
        &self.agents_with
    }
}

impl Spread {
    /// The share of arrivals that goes to agents who hold so many, in a state where somebody does.
    fn share(self, state: &[u32], held: usize) -> f64 {
        let with_room = &state[..state.len() - 1];
        let first = match self {
            Self::LeastLoaded => with_room.iter().position(|agents| *agents > 0),
            Self::MostLoaded => with_room.iter().rposition(|agents| *agents > 0),
            Self::Random => {
                let all: u32 = with_room.iter().sum();
                return with_room.get(held).map_or(0.0, |agents| f64::from(*agents) / f64::from(all.max(1)));
            }
        };
        f64::from(u8::from(first == Some(held)))
    }
}

/// Every way to have so many agents with 0, 1, … `most` contacts, in order. `None` if they are too many.
fn states(agents: u32, most: usize) -> Option<Vec<Vec<u32>>> {
    let mut states: Vec<Vec<u32>> = vec![Vec::new()];
    for _ in 0..most {
        let begun = states.iter().flat_map(|begun| {
            let left = agents - begun.iter().sum::<u32>();
            (0..=left).map(move |next| begun.iter().copied().chain([next]).collect())
        });
        states = begun.take(STATES + 1).collect();
        if states.len() > STATES {
            return None;
        }
    }
    for state in &mut states {
        state.push(agents - state.iter().sum::<u32>());
    }
    Some(states)
}

/// One agent of `from` contacts now has `to`.
fn moved(state: &[u32], from: usize, to: usize) -> Vec<u32> {
    let mut state = state.to_vec();
    state[from] -= 1;
    state[to] += 1;
    state
}

/// The stationary probabilities of an irreducible chain with these rates.
fn stationary(mut rates: Vec<Vec<f64>>) -> Vec<f64> {
    let n = rates.len();
    for last in (1..n).rev() {
        let out: f64 = rates[last][..last].iter().sum();
        let row: Vec<f64> = rates[last][..last].to_vec();
        for from in &mut rates[..last] {
            from[last] /= out;
            let into = from[last];
            if into > 0.0 {
                from.iter_mut().zip(&row).for_each(|(rate, more)| *rate += into * more);
            }
        }
    }
    let mut weights = vec![1.0];
    while weights.len() < n {
        let at = weights.len();
        weights.push(weights.iter().zip(&rates).map(|(weight, from)| weight * from[at]).sum());
    }
    let all: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / all).collect()
}
