//! Planning on observed rates: what a team does in each situation, so that waiting and losses cost least.
//!
//! Small teams are solved as a Markov chain with the queues cut short, and act by the table of its best policy; for larger ones,
//! whose chain is too large, the best member of the family of [`SchedulingRule`] is searched for. Both are pure functions of
//! whole numbers, by additions, multiplications and divisions alone, which are the same on every machine.

mod search;

use serde::{Deserialize, Serialize};

use super::chain::Chain;
use super::pool::{BlendedClass, BlendedPool};
use super::solve::{BlendedSolver, Optimum};
use super::{Cost, Next, SchedulingRule, TeamView};

/// What a team does before it has seen enough to plan on: text is packed, and an empty agent stays free for a call unless
/// two chats wait.
pub(crate) const UNTIL_RATES_ARE_KNOWN: SchedulingRule =
    SchedulingRule { reserve: 1, unless_waiting: 1, ..SchedulingRule::PACK };

/// Times between events in microseconds, at least 1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct KindRates {
    /// From one arrival to the next.
    pub(crate) gap: u64,
    /// Work on one.
    pub(crate) work: u64,
    /// Mean patience.
    pub(crate) patience: u64,
    pub(crate) cost: Cost,
}

/// Rates to plan on.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Rates {
    pub(crate) agents: u32,
    pub(crate) calls: KindRates,
    pub(crate) chats: KindRates,
    /// From one end of a chat to the next at an agent who holds 1, 2, …
    pub(crate) ends: Vec<u64>,
}

impl Rates {
    /// Whether they differ so much that it is worth planning anew: a sixth in arrivals, a quarter in anything else. For teams too
    /// large to be solved, a tenth of the agents.
    pub(crate) fn differ_from(&self, old: &Self) -> bool {
        let apart = |one: u64, other: u64, of: u128| {
            let (least, most) = (u128::from(one.min(other)), u128::from(one.max(other)));
            (most - least) * of > least
        };
        let kind = |one: &KindRates, other: &KindRates| {
            apart(one.gap, other.gap, 6)
                || apart(one.work, other.work, 4)
                || apart(one.patience, other.patience, 3)
                || apart(one.cost.hold_per_minute.into(), other.cost.hold_per_minute.into(), 4)
                || apart(one.cost.lost.into(), other.cost.lost.into(), 4)
        };
        let agents = match self.agents.max(old.agents) {
            few if few <= 20 => self.agents != old.agents,
            _ => apart(self.agents.into(), old.agents.into(), 10),
        };
        agents
            || kind(&self.calls, &old.calls)
            || kind(&self.chats, &old.chats)
            || self.ends.len() != old.ends.len()
            || self.ends.iter().zip(&old.ends).any(|(&one, &other)| apart(one, other, 4))
    }

    fn pool(&self, calls: u32, chats: u32) -> BlendedPool {
        const MINUTE: f64 = 60e6;
        let class = |of: &KindRates, queue: u32| BlendedClass {
            per_minute: MINUTE / of.gap as f64,
            minutes: of.work as f64 / MINUTE,
            patience: of.patience as f64 / MINUTE,
            hold: f64::from(of.cost.hold_per_minute) / 1000.0,
            lost: f64::from(of.cost.lost) / 1000.0,
            queue,
        };
        let work = self.chats.work as f64;
        let speed = self.ends.iter().zip(1u32..).map(|(&gap, chats)| work / (gap as f64 * f64::from(chats)));
        BlendedPool {
            agents: self.agents,
            calls: class(&self.calls, calls),
            chats: class(&self.chats, chats),
            speed: speed.collect(),
            interrupt: false,
        }
    }
}

/// What a team does in each situation.
pub(crate) enum Tactics {
    /// By the table of a solved chain.
    Table { solver: Box<BlendedSolver>, best: Optimum, calls: u32, chats: u32 },
    Rule(SchedulingRule),
}

/// Most states of a chain that is solved for planning.
const MOST_STATES: usize = 20_000;
/// How exactly it is solved: changes of the cost and of values below this are taken for none.
const EXACT: f64 = 1e-6;

/// At what length a queue is cut for planning. Were nobody ever served, the number waiting would be Poisson with a mean of arrivals
/// times patience; beyond this it is rarely even then.
fn length(of: &KindRates) -> f64 {
    let most = (of.patience as f64 / of.gap as f64).sqrt();
    (2.0 + 4.0 * most).clamp(4.0, 24.0)
}

impl Tactics {
    /// Solves the team's chain, or searches the family of rules where that is too large. Milliseconds.
    pub(crate) fn plan(rates: &Rates) -> Self {
        for shorter in [1.0, 0.75, 0.5] {
            let cut = |of| (length(of) * shorter).max(3.0) as u32;
            let (calls, chats) = (cut(&rates.calls), cut(&rates.chats));
            if let Some(chain) = Chain::of_at_most(&rates.pool(calls, chats), MOST_STATES) {
                let solver = BlendedSolver::new(chain);
                let best = solver.optimum_within(EXACT);
                return Self::Table { solver: Box::new(solver), best, calls, chats };
            }
        }
        Self::Rule(search::best_rule(&rates.pool(1, 1)))
    }

    pub(crate) fn next(&self, team: &TeamView<'_>) -> Next {
        match self {
            Self::Rule(rule) => rule.next(team),
            Self::Table { solver, best, calls, chats } => {
                let cut = TeamView { calls: team.calls.min(*calls), chats: team.chats.min(*chats), ..*team };
                // It has no row for another number of agents, until it is planned for them.
                solver.decide(best, &cut).unwrap_or_else(|| UNTIL_RATES_ARE_KNOWN.next(team))
            }
        }
    }
}
