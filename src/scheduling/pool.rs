//! Small pools that share calls and chats, solved exactly: the best that any policy can do, and what a given one costs.
//!
//! Like agents, each on one call or on up to so many chats, never both; Poisson arrivals, exponential work and patience. The
//! pool is a Markov chain whose states are the numbers waiting and how many agents hold what. The optimal policy
//! is found by policy iteration (Howard, *Dynamic Programming and Markov Processes*, 1960; Puterman, *Markov Decision
//! Processes*, 1994, chapter 11), the cost of a given one from the chain's stationary distribution.
//!
//! ```
//! use cordboard::SchedulingRule;
//! use cordboard::measure::{BlendedClass, BlendedPool};
//!
//! let pool = BlendedPool {
//!     agents: 3,
//!     calls: BlendedClass { per_minute: 0.193, minutes: 6.0, patience: 8.0, hold: 1.0, lost: 10.0, queue: 16 },
//!     chats: BlendedClass { per_minute: 0.252, minutes: 12.0, patience: 20.0, hold: 1.0, lost: 10.0, queue: 24 },
//!     speed: vec![1.0, 0.97, 0.94, 0.91],
//!     interrupt: false,
//! };
//! let solver = pool.solver()?;
//! let best = solver.optimum();
//! let spread = solver.measure(&|state| SchedulingRule::SPREAD.next(state));
//! let packed = solver.measure(&|state| SchedulingRule::PACK.next(state));
//! assert_eq!(format!("{:.4} {:.4} {:.4}", best.measures.cost, packed.cost, spread.cost), "0.7221 0.7355 1.2084");
//! # Ok::<(), cordboard::measure::PoolError>(())
//! ```

use super::chain::Chain;
use super::solve::BlendedSolver;

/// Most states of a pool that is solved.
const MOST_STATES: usize = 4_000_000;

/// One kind of contact of a [`BlendedPool`]. Times are in minutes, costs in any unit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BlendedClass {
    /// Arrivals a minute, above 0.
    pub per_minute: f64,
    /// Mean work at speed 1, above 0.
    pub minutes: f64,
    /// Mean patience, above 0.
    pub patience: f64,
    /// What a minute of one's waiting costs, from 0.
    pub hold: f64,
    /// What one who is lost costs, from 0.
    pub lost: f64,
    /// How many may wait; an arrival beyond that is lost. At most 1,000.
    pub queue: u32,
}

/// A pool of like agents for calls and chats.
#[derive(Clone, PartialEq, Debug)]
pub struct BlendedPool {
    /// From 1 to 200.
    pub agents: u32,
    /// A call takes a whole agent, who must hold no chat.
    pub calls: BlendedClass,
    /// Chats share an agent.
    pub chats: BlendedClass,
    /// How fast each chat goes on while its agent holds 1, 2, 3, … of them, above 0; as many as an agent may hold, at most 32.
    pub speed: Vec<f64>,
    /// A call may come over chats: they stand still until it has ended, and their agent takes no more of them.
    pub interrupt: bool,
}

/// Why a pool cannot be solved.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PoolError {
    /// A figure is out of its range.
    #[error("{what} is {given}, and must be {range}")]
    OutOfRange {
        /// Which figure.
        what: &'static str,
        /// What it is.
        given: f64,
        /// What it may be.
        range: &'static str,
    },
    /// The pool has too many states.
    #[error("the pool has more than {MOST_STATES} states; take fewer agents, fewer chats for each, or shorter queues")]
    TooLarge,
}

impl BlendedPool {
    /// Lays out the chain. O(states × chats an agent may hold), in time and memory.
    ///
    /// # Errors
    /// A figure is out of its range, or the pool is too large.
    pub fn solver(&self) -> Result<BlendedSolver, PoolError> {
        self.check()?;
        let chain = Chain::of_at_most(self, MOST_STATES).ok_or(PoolError::TooLarge)?;
        Ok(BlendedSolver::new(chain))
    }

    fn check(&self) -> Result<(), PoolError> {
        let within = |what, given: f64, least: f64, most: f64, range| {
            if (least..=most).contains(&given) { Ok(()) } else { Err(PoolError::OutOfRange { what, given, range }) }
        };
        const RATE: (f64, f64) = (1e-9, 1e9);
        within("agents", self.agents.into(), 1.0, 200.0, "from 1 to 200")?;
        within("the number of speeds", self.speed.len() as f64, 1.0, 32.0, "from 1 to 32")?;
        for &speed in &self.speed {
            within("a speed", speed, RATE.0, RATE.1, "above 0")?;
        }
        for class in [&self.calls, &self.chats] {
            within("arrivals a minute", class.per_minute, RATE.0, RATE.1, "above 0")?;
            within("the mean work", class.minutes, RATE.0, RATE.1, "above 0")?;
            within("the mean patience", class.patience, RATE.0, RATE.1, "above 0")?;
            within("the cost of waiting", class.hold, 0.0, RATE.1, "from 0")?;
            within("the cost of losing one", class.lost, 0.0, RATE.1, "from 0")?;
            within("a queue's length", class.queue.into(), 1.0, 1000.0, "from 1 to 1,000")?;
        }
        Ok(())
    }
}
