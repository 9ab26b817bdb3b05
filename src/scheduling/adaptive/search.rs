//! The best rule of the family for a team that is too large to be solved: candidates are run on the team's Markov chain, all with
//! the same random numbers, which are always the same too.

use super::super::pool::BlendedPool;
use super::super::{Next, SchedulingRule, TeamView};
use crate::mix::{STEP, mix};

/// Steps of the chain that one candidate is run for, of which the first fifth is not counted.
const STEPS: u32 = 6_000;
/// A larger team is searched for as if it had so many agents.
const MOST_AGENTS: u32 = 200;
/// Another rule must be better by this share to be taken instead.
const BETTER: f64 = 0.005;

/// The rule that costs least among those tried: one number of it after the other, twice. Tens of milliseconds.
pub(super) fn best_rule(pool: &BlendedPool) -> SchedulingRule {
    let scale = f64::from(pool.agents.max(1)) / f64::from(pool.agents.clamp(1, MOST_AGENTS));
    let mut small = pool.clone();
    small.agents = pool.agents.min(MOST_AGENTS);
    small.calls.per_minute /= scale;
    small.chats.per_minute /= scale;
    let mut best = SchedulingRule { reserve: 1, unless_waiting: 1, ..SchedulingRule::PACK };
    let mut cost = Run::of(&small, best);
    for _ in 0..2 {
        let before = best;
        let whole = [0, 1, 2, 4, 8, 16, 32].into_iter().filter(|&kept| kept * 2 <= small.agents);
        let reserves = whole.map(|reserve| SchedulingRule { reserve, ..best }).collect();
        improve(&small, &mut best, &mut cost, reserves);
        let waiting = [1, 4, 16, u32::MAX].map(|unless_waiting| SchedulingRule { unless_waiting, ..best });
        improve(&small, &mut best, &mut cost, waiting.into());
        let drains = [0, 1, 3].map(|drain| SchedulingRule { drain, ..best });
        improve(&small, &mut best, &mut cost, drains.into());
        let slots = small.speed.len() as u32;
        let mosts = [slots / 2, slots * 3 / 4, u32::MAX].into_iter().filter(|&most| most > 0);
        let mosts = mosts.flat_map(|most| [true, false].map(|pack| SchedulingRule { most, pack, ..best })).collect();
        improve(&small, &mut best, &mut cost, mosts);
        let firsts = [true, false].map(|calls_first| SchedulingRule { calls_first, ..best });
        improve(&small, &mut best, &mut cost, firsts.into());
        if best == before {
            break;
        }
    }
    // Chance grows with the root of what it acts on, what waits in proportion.
    best.reserve = (f64::from(best.reserve) * scale.sqrt()).round() as u32;
    if best.unless_waiting < u32::MAX {
        best.unless_waiting = (f64::from(best.unless_waiting) * scale).round() as u32;
    }
    best
}

fn improve(pool: &BlendedPool, best: &mut SchedulingRule, cost: &mut f64, candidates: Vec<SchedulingRule>) {
    for candidate in candidates {
        if candidate != *best {
            let its = Run::of(pool, candidate);
            if its < *cost * (1.0 - BETTER) {
                (*best, *cost) = (candidate, its);
            }
        }
    }
}

/// The chain on its way.
struct Run<'p> {
    pool: &'p BlendedPool,
    calls: u32,
    chats: u32,
    free: Vec<u32>,
    on_call: u32,
    state: u64,
    /// How often what may happen next does, and all of it: an arrival of each kind, a departure from each queue, the end of a
    /// call, the end of a chat at agents who hold 1, 2, …
    rates: Vec<f64>,
    all: f64,
}

impl<'p> Run<'p> {
    /// What a minute costs under a rule.
    fn of(pool: &'p BlendedPool, rule: SchedulingRule) -> f64 {
        let slots = pool.speed.len();
        let mut run = Run {
            pool,
            calls: 0,
            chats: 0,
            free: vec![0; slots + 1],
            on_call: 0,
            state: 0x636f_7264,
            rates: vec![0.0; slots + 5],
            all: 0.0,
        };
        run.begin();
        let (mut cost, mut minutes) = (0.0, 0.0);
        for step in 0..STEPS {
            run.settle(rule);
            run.rate();
            if step >= STEPS / 5 {
                let of = |kind: &super::super::pool::BlendedClass, waiting: u32| {
                    f64::from(waiting) * (kind.hold + kind.lost / kind.patience)
                };
                cost += (of(&pool.calls, run.calls) + of(&pool.chats, run.chats)) / run.all;
                minutes += 1.0 / run.all;
            }
            run.happen();
        }
        cost / minutes
    }

    /// As full as the work that comes makes it on average, so that little time is lost until it is as it always is.
    fn begin(&mut self) {
        let pool = self.pool;
        let agents = f64::from(pool.agents);
        self.on_call = (pool.calls.per_minute * pool.calls.minutes).min(agents) as u32;
        let slots = pool.speed.len();
        let rate = pool.speed[slots - 1] * slots as f64 / pool.chats.minutes;
        let packed = ((pool.chats.per_minute / rate) as u32).min(pool.agents - self.on_call);
        self.free[slots] = packed;
        self.free[0] = pool.agents - self.on_call - packed;
    }

    fn settle(&mut self, rule: SchedulingRule) {
        loop {
            let view = TeamView { calls: self.calls, chats: self.chats, free: &self.free, on_call: &[self.on_call] };
            match rule.next(&view) {
                Next::Wait => return,
                Next::Call { .. } => {
                    (self.calls, self.free[0], self.on_call) = (self.calls - 1, self.free[0] - 1, self.on_call + 1);
                }
                Next::Chat { holding } => {
                    self.chats -= 1;
                    self.free[holding as usize] -= 1;
                    self.free[holding as usize + 1] += 1;
                }
            }
        }
    }

    fn rate(&mut self) {
        let (calls, chats) = (&self.pool.calls, &self.pool.chats);
        let (of_all, of_holding) = self.rates.split_at_mut(5);
        of_all.copy_from_slice(&[
            calls.per_minute,
            chats.per_minute,
            f64::from(self.calls) / calls.patience,
            f64::from(self.chats) / chats.patience,
            f64::from(self.on_call) / calls.minutes,
        ]);
        let holding = self.free[1..].iter().zip(&self.pool.speed).zip(1u32..);
        for (rate, ((&agents, speed), holding)) in of_holding.iter_mut().zip(holding) {
            *rate = f64::from(agents * holding) * speed / chats.minutes;
        }
        self.all = self.rates.iter().sum();
    }

    fn happen(&mut self) {
        let mut left = self.draw() * self.all;
        let last = self.rates.iter().rposition(|&rate| rate > 0.0).unwrap_or(0);
        let what = self.rates.iter().position(|&rate| {
            left -= rate;
            left < 0.0
        });
        match what.unwrap_or(last) {
            0 => self.calls += 1,
            1 => self.chats += 1,
            2 => self.calls -= 1,
            3 => self.chats -= 1,
            4 => (self.on_call, self.free[0]) = (self.on_call - 1, self.free[0] + 1),
            at => {
                self.free[at - 4] -= 1;
                self.free[at - 5] += 1;
            }
        }
    }

    /// From 0 to 1, by SplitMix64.
    fn draw(&mut self) -> f64 {
        let bits = mix(self.state);
        self.state = self.state.wrapping_add(STEP);
        bits as f64 / 18_446_744_073_709_551_616.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::pool::BlendedClass;
    use super::*;

    fn pool(agents: u32, calls: f64, chats: f64) -> BlendedPool {
        let class = |per_minute, minutes, hold, lost| BlendedClass {
            per_minute,
            minutes,
            patience: 5.0,
            hold,
            lost,
            queue: 10,
        };
        BlendedPool {
            agents,
            calls: class(calls, 4.0, 4.0, 20.0),
            chats: class(chats, 9.0, 1.0, 6.0),
            speed: vec![1.0, 1.0, 1.0],
            interrupt: false,
        }
    }

    #[test]
    fn a_run_comes_to_what_the_chain_says() {
        let pool = pool(4, 0.4, 0.5);
        let solver = pool.solver().unwrap();
        for rule in
            [SchedulingRule::PACK, SchedulingRule::SPREAD, SchedulingRule { reserve: 1, ..SchedulingRule::PACK }]
        {
            let (exact, run) = (solver.measure(&|team| rule.next(team)).cost, Run::of(&pool, rule));
            assert!((run / exact - 1.0).abs() < 0.15, "{rule:?}: {run}, exactly {exact}");
        }
    }

    #[test]
    fn what_is_found_is_near_the_best_of_a_pool_that_can_be_solved() {
        for (calls, chats) in [(0.4, 0.5), (0.6, 0.3), (0.2, 0.9)] {
            let pool = pool(4, calls, chats);
            let solver = pool.solver().unwrap();
            let rule = best_rule(&pool);
            let cost = solver.measure(&|team| rule.next(team)).cost / solver.optimum().measures.cost;
            assert!(cost < 1.2, "{rule:?} costs {cost} times the optimum at {calls} calls and {chats} chats a minute");
        }
    }

    #[test]
    fn teams_of_any_size_are_searched_for() {
        for agents in [1, 2, 50, 400, 10_000, 1_000_000] {
            let share = f64::from(agents) / 4.0;
            let rule = best_rule(&pool(agents, share * 0.4, share * 0.5));
            assert!(rule.reserve <= agents, "{rule:?} for {agents}");
        }
    }
}
