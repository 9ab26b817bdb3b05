//! Planning on observed rates: what a team does in each situation, so that waiting and losses cost least.
//!
//! Small teams are solved as a Markov chain with the queues cut short, and act by the table of its best policy; for larger ones,
//! whose chain is too large, the best member of the family of [`SchedulingRule`] is searched for. Both are pure functions of
//! whole numbers, by additions, multiplications, divisions and square roots alone, which are the same on every machine.

mod search;

use serde::{Deserialize, Serialize};

use super::chain::Chain;
use super::pool::{BlendedClass, BlendedPool};
use super::solve::{BlendedSolver, Optimum};
use super::{Cost, Next, SchedulingRule, TeamView};

/// What a team does before it has seen enough to plan on: text is packed, and nothing is held back.
pub(crate) const UNTIL_RATES_ARE_KNOWN: SchedulingRule = SchedulingRule::PACK;

/// Times between events in microseconds, at least 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct KindRates {
    /// From one arrival to the next.
    pub(crate) gap: u64,
    /// Work on one.
    pub(crate) work: u64,
    /// Mean patience.
    pub(crate) patience: u64,
    pub(crate) cost: Cost,
}

/// Agents up to whose number each counts.
const FEW: u32 = 8;

/// Rates to plan on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Rates {
    pub(crate) agents: u32,
    pub(crate) calls: KindRates,
    pub(crate) chats: KindRates,
    /// From one end of a chat to the next at an agent who holds 1, 2, …
    pub(crate) ends: Vec<u64>,
}

/// Whether one is more than the other by more than one part in so many.
fn apart(one: u64, other: u64, parts: u128) -> bool {
    let (least, most) = (u128::from(one.min(other)), u128::from(one.max(other)));
    (most - least) * parts > least
}

/// The nearest of a grid of numbers that are a tenth apart, more or less: what differs by less is planned for alike.
fn rounded(time: u64) -> u64 {
    let spare = (u64::BITS - time.leading_zeros()).saturating_sub(4);
    (time.saturating_add((1 << spare) / 2) >> spare) << spare
}

impl KindRates {
    fn after(&self, old: &Self) -> Self {
        let kept = |new: u64, old: u64, parts| if apart(new, old, parts) { rounded(new) } else { old };
        let cost = |new: u32, old: u32| if apart(new.into(), old.into(), 4) { new } else { old };
        Self {
            gap: kept(self.gap, old.gap, 6),
            work: kept(self.work, old.work, 4),
            patience: kept(self.patience, old.patience, 3),
            cost: Cost {
                hold_per_minute: cost(self.cost.hold_per_minute, old.cost.hold_per_minute),
                lost: cost(self.cost.lost, old.cost.lost),
                growth: 0,
            },
        }
    }
}

impl Rates {
    /// What to plan on after `old`, now that these are observed: whatever differs enough to be worth planning anew, a sixth in arrivals,
    /// a third in patience, a quarter in anything else, and agents where they are few; where they are many, an eighth of them.
    pub(crate) fn after(&self, old: &Self) -> Self {
        let few = self.agents.max(old.agents) <= FEW;
        let agents = few || apart(self.agents.into(), old.agents.into(), 8);
        let ends = self.ends.iter().zip(&old.ends);
        Self {
            agents: if agents { self.agents } else { old.agents },
            calls: self.calls.after(&old.calls),
            chats: self.chats.after(&old.chats),
            ends: ends.map(|(&new, &old)| if apart(new, old, 4) { rounded(new) } else { old }).collect(),
        }
    }

    /// What to plan on at first.
    pub(crate) fn at_first(mut self) -> Self {
        for kind in [&mut self.calls, &mut self.chats] {
            (kind.gap, kind.work, kind.patience) = (rounded(kind.gap), rounded(kind.work), rounded(kind.patience));
        }
        self.ends.iter_mut().for_each(|end| *end = rounded(*end));
        self
    }

    /// Whether they can be those of a team whose agents hold so many chats.
    pub(crate) fn fit(&self, slots: usize) -> bool {
        let kind = |of: &KindRates| {
            of.gap.min(of.work).min(of.patience) > 0 && of.cost.hold_per_minute.max(of.cost.lost) <= Cost::MOST
        };
        self.agents > 0
            && self.ends.len() == slots
            && self.ends.iter().all(|&gap| gap > 0)
            && kind(&self.calls)
            && kind(&self.chats)
    }

    fn pool(&self, calls: u32, chats: u32) -> BlendedPool {
        const MINUTE: f64 = 60e6;
        // Times so far apart that no solver would come to an end are cut short: from a millisecond to a month.
        let cut = |time: u64| time.clamp(1_000, 30 * 24 * 60 * 60_000_000) as f64;
        let class = |of: &KindRates, queue: u32| BlendedClass {
            per_minute: MINUTE / cut(of.gap),
            minutes: cut(of.work) / MINUTE,
            patience: cut(of.patience) / MINUTE,
            hold: f64::from(of.cost.hold_per_minute) / 1000.0,
            lost: f64::from(of.cost.lost) / 1000.0,
            queue,
        };
        let work = cut(self.chats.work);
        let speed = self.ends.iter().zip(1u32..).map(|(&gap, chats)| work / (cut(gap) * f64::from(chats)));
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
    Table {
        solver: Box<BlendedSolver>,
        best: Optimum,
        calls: u32,
        chats: u32,
    },
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
