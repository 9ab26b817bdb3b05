//! The cost of a policy, and the best one.

use super::chain::Chain;
use super::{Next, TeamView};

/// A pool laid out as a chain, to be asked what policies cost.
pub struct BlendedSolver {
    chain: Chain,
    /// States by how many wait, so that what a decision leads to comes before what it was taken in.
    order: Vec<u32>,
}

/// What one kind of contact meets in the long run.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct ClassMeasures {
    /// How many wait: time average.
    pub waiting: f64,
    /// Share of those who come that are lost: without patience, or before a full queue.
    pub lost: f64,
    /// Share of those who come that wait at all, lost ones included.
    pub delayed: f64,
}

/// What a policy comes to in the long run.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct PoolMeasures {
    /// A minute: waiting and losses of both kinds.
    pub cost: f64,
    /// Of calls.
    pub calls: ClassMeasures,
    /// Of chats.
    pub chats: ClassMeasures,
    /// Share of the agents that hold nothing: time average.
    pub idle: f64,
}

/// The best policy.
#[derive(Clone, PartialEq, Debug)]
pub struct Optimum {
    /// What it comes to.
    pub measures: PoolMeasures,
    decisions: Vec<Next>,
}

/// Changes of this share of the cost, from one sweep to the next ten, are taken for none.
const EXACT: f64 = 1e-12;
/// Sweeps after which an iteration ends, exact or not.
const MOST_SWEEPS: usize = 200_000;
/// A decision replaces another only if it is better by more than this share of the largest relative value.
const BETTER: f64 = 1e-10;

impl BlendedSolver {
    pub(super) fn new(chain: Chain) -> Self {
        let mut order: Vec<u32> = (0..chain.states() as u32).collect();
        order.sort_by_key(|&state| chain.waiting(state as usize));
        Self { chain, order }
    }

    /// How many states the chain has.
    pub fn states(&self) -> usize {
        self.chain.states()
    }

    /// What a policy comes to. It is asked in every state; a decision that cannot be taken there counts as waiting.
    ///
    /// Gauss–Seidel on the states that can be reached: O(sweeps × transitions).
    pub fn measure(&self, policy: &dyn Fn(&TeamView<'_>) -> Next) -> PoolMeasures {
        let decisions: Vec<Next> = (0..self.states()).map(|state| policy(&self.chain.view(state))).collect();
        self.stationary(&self.settle(&decisions), EXACT, &[]).measures(&self.chain)
    }

    /// The best policy, and what it comes to. Policy iteration: each round costs a few times what
    /// [`measure`](Self::measure) does, and there are rarely more than ten.
    pub fn optimum(&self) -> Optimum {
        self.optimum_within(EXACT)
    }

    /// The same, less exactly: see [`EXACT`].
    pub(super) fn optimum_within(&self, exact: f64) -> Optimum {
        let rule = super::SchedulingRule::PACK;
        let mut decisions: Vec<Next> = (0..self.states()).map(|state| rule.next(&self.chain.view(state))).collect();
        let mut values = vec![0.0; self.states()];
        let mut shares = vec![1.0; self.states()];
        loop {
            let settled = self.settle(&decisions);
            let stationary = self.stationary(&settled, exact, &shares);
            for (&state, &share) in stationary.reached.iter().zip(&stationary.share) {
                shares[state as usize] = share;
            }
            let measures = stationary.measures(&self.chain);
            self.relative_values(&settled, measures.cost, exact, &mut values);
            if !self.improve(&settled, measures.cost, &values, &mut decisions) {
                return Optimum { measures, decisions };
            }
        }
    }

    /// What the best policy does in a state; `None` if the pool has no such state. O(agents).
    pub fn decide(&self, optimum: &Optimum, state: &TeamView<'_>) -> Option<Next> {
        optimum.decisions.get(self.chain.find(state)?).copied()
    }

    /// The state in which each state ends up when everything that is decided in it is done.
    fn settle(&self, decisions: &[Next]) -> Vec<u32> {
        let mut settled = vec![0; self.states()];
        for &state in &self.order {
            let to = self.chain.after(state as usize, decisions[state as usize]);
            settled[state as usize] = match to {
                Some(to) if to != state as usize => settled[to],
                _ => state,
            };
        }
        settled
    }

    /// How long the chain is in each state that it comes to; `like`: by state, what is taken for likely at first.
    fn stationary(&self, settled: &[u32], exact: f64, like: &[f64]) -> Stationary {
        let mut index = vec![u32::MAX; self.states()];
        let mut reached = vec![settled[self.chain.empty()]];
        index[reached[0] as usize] = 0;
        let (mut into, mut out): (Vec<Vec<(f64, u32)>>, Vec<f64>) = (vec![Vec::new()], Vec::new());
        let mut next = Vec::new();
        let mut at = 0;
        while at < reached.len() {
            self.chain.next(reached[at] as usize, &mut next);
            let mut leaves = 0.0;
            for &(rate, to) in &next {
                let to = settled[to];
                if to == reached[at] {
                    continue;
                }
                if index[to as usize] == u32::MAX {
                    index[to as usize] = reached.len() as u32;
                    reached.push(to);
                    into.push(Vec::new());
                }
                into[index[to as usize] as usize].push((rate, at as u32));
                leaves += rate;
            }
            out.push(leaves);
            at += 1;
        }
        let mut share: Vec<f64> =
            reached.iter().map(|&state| like.get(state as usize).copied().unwrap_or(1.0)).collect();
        let mut before = share.clone();
        for sweep in 1..=MOST_SWEEPS {
            let mut each = |state: usize| {
                let arriving: f64 = into[state].iter().map(|&(rate, from)| rate * share[from as usize]).sum();
                if out[state] > 0.0 {
                    share[state] = arriving / out[state];
                }
            };
            if sweep % 2 == 0 {
                (0..reached.len()).rev().for_each(&mut each)
            } else {
                (0..reached.len()).for_each(&mut each)
            }
            let all: f64 = share.iter().sum();
            share.iter_mut().for_each(|it| *it /= all);
            if sweep % 10 == 0 {
                let change: f64 = share.iter().zip(&before).map(|(now, before)| (now - before).abs()).sum();
                if change < exact {
                    break;
                }
                before.copy_from_slice(&share);
            }
        }
        Stationary { reached, share, settled: settled.to_vec() }
    }

    /// How much more it costs in the long run to begin in each settled state than in the first.
    fn relative_values(&self, settled: &[u32], cost: f64, exact: f64, values: &mut [f64]) {
        let from = settled[self.chain.empty()] as usize;
        let mut next = Vec::new();
        let mut rows: Vec<Row> = Vec::new();
        for &state in self.order.iter().filter(|&&state| settled[state as usize] == state) {
            let here = self.chain.next(state as usize, &mut next);
            let leads = next.iter().map(|&(rate, to)| (rate, settled[to])).filter(|&(_, to)| to != state);
            let leads: Vec<(f64, u32)> = leads.collect();
            let out: f64 = leads.iter().map(|&(rate, _)| rate).sum();
            rows.push(Row { state, cost: here - cost, out, leads });
        }
        for sweep in 1..=MOST_SWEEPS {
            let (mut change, mut largest): (f64, f64) = (0.0, 0.0);
            let mut each = |row: &Row| {
                let sum: f64 = row.leads.iter().map(|&(rate, to)| rate * values[to as usize]).sum();
                let value = if row.out > 0.0 { (row.cost + sum) / row.out } else { 0.0 };
                change = change.max((value - values[row.state as usize]).abs());
                largest = largest.max(value.abs());
                values[row.state as usize] = value;
            };
            if sweep % 2 == 0 {
                rows.iter().rev().for_each(&mut each)
            } else {
                rows.iter().for_each(&mut each)
            }
            let offset = values[from];
            rows.iter().for_each(|row| values[row.state as usize] -= offset);
            if change < exact * 100.0 * largest.max(1e-300) {
                break;
            }
        }
    }

    /// Takes better decisions where there are any; whether there were.
    fn improve(&self, settled: &[u32], cost: f64, values: &[f64], decisions: &mut [Next]) -> bool {
        let largest = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        let mut best = vec![0.0; self.states()];
        let mut next = Vec::new();
        let mut improved = false;
        for &state in &self.order {
            let state = state as usize;
            let here = self.chain.next(state, &mut next);
            let out: f64 = next.iter().map(|&(rate, _)| rate).sum();
            let sum: f64 = next.iter().map(|&(rate, to)| rate * values[settled[to] as usize]).sum();
            let wait = (here - cost + sum) / out;
            let all = self.chain.decisions(state).map(|(decision, to)| (decision, best[to]));
            let all = all.chain([(Next::Wait, wait)]);
            let old = decisions[state];
            // The old one stays unless another is truly better: otherwise equals would change places for ever.
            let mut chosen = all.clone().find(|&(decision, _)| decision == old).unwrap_or((Next::Wait, wait));
            for (decision, value) in all {
                if value < chosen.1 - BETTER * largest {
                    chosen = (decision, value);
                }
            }
            improved |= chosen.0 != old;
            (decisions[state], best[state]) = chosen;
        }
        improved
    }
}

/// A settled state: what it costs a minute beyond the mean, how often it is left, and for where.
struct Row {
    state: u32,
    cost: f64,
    out: f64,
    leads: Vec<(f64, u32)>,
}

/// The states that a policy comes to, and the share of time in each.
struct Stationary {
    reached: Vec<u32>,
    share: Vec<f64>,
    settled: Vec<u32>,
}

impl Stationary {
    fn measures(&self, chain: &Chain) -> PoolMeasures {
        let mut found = PoolMeasures::default();
        let mut next = Vec::new();
        let (mut lost, mut delayed) = ([0.0; 2], [0.0; 2]);
        for (&state, &share) in self.reached.iter().zip(&self.share) {
            let view = chain.view(state as usize);
            found.cost += share * chain.next(state as usize, &mut next);
            found.calls.waiting += share * f64::from(view.calls);
            found.chats.waiting += share * f64::from(view.chats);
            found.idle += share * f64::from(view.free[0]) / f64::from(chain.pool.agents);
            let here = [(&chain.pool.calls, view.calls), (&chain.pool.chats, view.chats)];
            for (kind, (class, waiting)) in here.into_iter().enumerate() {
                let full = waiting == class.queue;
                lost[kind] += share * if full { class.per_minute } else { 0.0 };
                lost[kind] += share * f64::from(waiting) / class.patience;
                let after =
                    (!full).then(|| chain.arrival(state as usize, kind == 0)).map(|to| self.settled[to] as usize);
                // First come, first served within a kind: a new one waits if as many wait as before, and it.
                let waits = after.is_none_or(|to| {
                    let then = chain.view(to);
                    (if kind == 0 { then.calls } else { then.chats }) > 0
                });
                delayed[kind] += if waits { share } else { 0.0 };
            }
        }
        found.calls.lost = lost[0] / chain.pool.calls.per_minute;
        found.chats.lost = lost[1] / chain.pool.chats.per_minute;
        (found.calls.delayed, found.chats.delayed) = (delayed[0], delayed[1]);
        found
    }
}
