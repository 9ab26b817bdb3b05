//! The Markov chain of a blended pool: its states, and what may happen in each.

use std::collections::HashMap;

use super::pool::BlendedPool;
use super::{Next, TeamView};

/// States are numbered by standing, which is how many agents hold what (free with 0, 1, … chats, then on a call over 0, 1, … chats), calls waiting and chats waiting, the last fastest.
pub(super) struct Chain {
    pub(super) pool: BlendedPool,
    standings: Vec<Box<[u32]>>,
    /// Standings by what agents hold.
    index: HashMap<Box<[u32]>, u32>,
    /// Standing after one agent went from one kind to another, by standing and move; `NONE` where nobody is of that kind.
    moved: Vec<u32>,
    slots: usize,
    kinds: usize,
    calls: usize,
    chats: usize,
}

const NONE: u32 = u32::MAX;
/// Most kinds of agents: 0 to 32 chats, on a call over as many or not.
const MOST_KINDS: usize = 66;

impl Chain {
    /// `None` if there are more states than that.
    pub(super) fn of_at_most(pool: &BlendedPool, most: usize) -> Option<Self> {
        let slots = pool.speed.len();
        let kinds = slots + 1 + if pool.interrupt { slots + 1 } else { 1 };
        let (calls, chats) = (pool.calls.queue as usize + 1, pool.chats.queue as usize + 1);
        let room = most / (calls * chats);
        let mut standings = Vec::new();
        every_standing(&mut vec![0; kinds], 0, pool.agents, room, &mut standings);
        if standings.len() > room {
            return None;
        }
        let index = (0..).zip(&standings).map(|(at, it)| (it.clone(), at)).collect();
        let mut chain = Self { pool: pool.clone(), standings, index, moved: Vec::new(), slots, kinds, calls, chats };
        let mut moved = Vec::with_capacity(chain.standings.len() * chain.moves());
        for standing in &chain.standings {
            for at in 0..chain.moves() {
                let (from, to) = chain.ends(at);
                let mut count = standing.clone();
                if from == to || count[from] == 0 {
                    moved.push(NONE);
                    continue;
                }
                count[from] -= 1;
                count[to] += 1;
                moved.push(chain.index[&count]);
            }
        }
        chain.moved = moved;
        Some(chain)
    }

    pub(super) fn states(&self) -> usize {
        self.standings.len() * self.calls * self.chats
    }

    /// The state in which everybody is free and nobody waits.
    pub(super) fn empty(&self) -> usize {
        let idle = self.standings.iter().position(|it| it[0] == self.pool.agents);
        self.state(idle.unwrap_or(0), 0, 0)
    }

    fn state(&self, standing: usize, calls: usize, chats: usize) -> usize {
        (standing * self.calls + calls) * self.chats + chats
    }

    fn split(&self, state: usize) -> (usize, usize, usize) {
        let (rest, chats) = (state / self.chats, state % self.chats);
        (rest / self.calls, rest % self.calls, chats)
    }

    /// How many wait in all, which every decision makes fewer.
    pub(super) fn waiting(&self, state: usize) -> usize {
        let (_, calls, chats) = self.split(state);
        calls + chats
    }

    pub(super) fn find(&self, state: &TeamView<'_>) -> Option<usize> {
        let mut count = [0; MOST_KINDS];
        let free = state.free.len();
        count.get_mut(..free)?.copy_from_slice(state.free);
        count.get_mut(free..self.kinds)?.copy_from_slice(state.on_call.get(..self.kinds - free)?);
        let standing = *self.index.get(&count[..self.kinds])?;
        let (calls, chats) = (state.calls as usize, state.chats as usize);
        (calls < self.calls && chats < self.chats).then(|| self.state(standing as usize, calls, chats))
    }

    pub(super) fn view(&self, state: usize) -> TeamView<'_> {
        let (standing, calls, chats) = self.split(state);
        let (free, on_call) = self.standings[standing].split_at(self.slots + 1);
        TeamView { calls: calls as u32, chats: chats as u32, free, on_call }
    }

    /// Moves of one agent: gets a chat, has done one, gets a call, has done one.
    fn moves(&self) -> usize {
        2 * (self.slots + 1) + 2 * (self.kinds - self.slots - 1)
    }

    /// The kinds an agent goes from and to by a move; the same where there is none.
    fn ends(&self, at: usize) -> (usize, usize) {
        let free = self.slots + 1;
        let calls = self.kinds - free;
        match at {
            _ if at < free => (at, (at + 1).min(self.slots)),
            _ if at < 2 * free => (at - free, (at - free).saturating_sub(1)),
            _ if at < 2 * free + calls => (at - 2 * free, at - free),
            _ => (at - free - calls, at - 2 * free - calls),
        }
    }

    fn moved(&self, standing: usize, at: usize) -> Option<usize> {
        let to = self.moved[standing * self.moves() + at];
        (to != NONE).then_some(to as usize)
    }

    /// The state a decision leads to; `None` if it cannot be taken.
    pub(super) fn after(&self, state: usize, decision: Next) -> Option<usize> {
        let (standing, calls, chats) = self.split(state);
        match decision {
            Next::Wait => Some(state),
            Next::Call { holding } if calls > 0 && (holding as usize) < self.kinds - self.slots - 1 => {
                let to = self.moved(standing, 2 * (self.slots + 1) + holding as usize)?;
                Some(self.state(to, calls - 1, chats))
            }
            Next::Chat { holding } if chats > 0 && (holding as usize) < self.slots => {
                Some(self.state(self.moved(standing, holding as usize)?, calls, chats - 1))
            }
            _ => None,
        }
    }

    /// Everything but waiting that may be decided in a state, with what it leads to.
    pub(super) fn decisions(&self, state: usize) -> impl Iterator<Item = (Next, usize)> + Clone + '_ {
        let calls = (0..(self.kinds - self.slots - 1) as u32).map(|holding| Next::Call { holding });
        let chats = (0..self.slots as u32).map(|holding| Next::Chat { holding });
        calls.chain(chats).filter_map(move |decision| self.after(state, decision).map(|to| (decision, to)))
    }

    /// The state after an arrival in a state whose queue is not full.
    pub(super) fn arrival(&self, state: usize, call: bool) -> usize {
        state + if call { self.chats } else { 1 }
    }

    /// What a state in which everybody waits costs a minute, and what may happen next: how often a minute, and the state after.
    pub(super) fn next(&self, state: usize, out: &mut Vec<(f64, usize)>) -> f64 {
        out.clear();
        let (standing, calls, chats) = self.split(state);
        let (of_calls, of_chats) = (&self.pool.calls, &self.pool.chats);
        let mut cost = calls as f64 * (of_calls.hold + of_calls.lost / of_calls.patience)
            + chats as f64 * (of_chats.hold + of_chats.lost / of_chats.patience);
        if calls + 1 < self.calls {
            out.push((of_calls.per_minute, self.state(standing, calls + 1, chats)));
        } else {
            cost += of_calls.lost * of_calls.per_minute;
        }
        if chats + 1 < self.chats {
            out.push((of_chats.per_minute, self.state(standing, calls, chats + 1)));
        } else {
            cost += of_chats.lost * of_chats.per_minute;
        }
        if calls > 0 {
            out.push((calls as f64 / of_calls.patience, self.state(standing, calls - 1, chats)));
        }
        if chats > 0 {
            out.push((chats as f64 / of_chats.patience, self.state(standing, calls, chats - 1)));
        }
        let count = &self.standings[standing];
        let free = self.slots + 1;
        for holding in 1..free {
            if let Some(to) = self.moved(standing, free + holding) {
                let each = self.pool.speed[holding - 1] / of_chats.minutes;
                let rate = f64::from(count[holding]) * holding as f64 * each;
                out.push((rate, self.state(to, calls, chats)));
            }
        }
        for over in 0..self.kinds - free {
            if let Some(to) = self.moved(standing, 2 * free + (self.kinds - free) + over) {
                out.push((f64::from(count[free + over]) / of_calls.minutes, self.state(to, calls, chats)));
            }
        }
        cost
    }
}

/// Every way to share out `left` agents over the kinds from `at` on, until there are more than `most`.
fn every_standing(count: &mut [u32], at: usize, left: u32, most: usize, out: &mut Vec<Box<[u32]>>) {
    if out.len() > most {
        return;
    }
    if at + 1 == count.len() {
        count[at] = left;
        out.push((&*count).into());
        return;
    }
    for here in 0..=left {
        if out.len() > most {
            return;
        }
        count[at] = here;
        every_standing(count, at + 1, left - here, most, out);
    }
}
