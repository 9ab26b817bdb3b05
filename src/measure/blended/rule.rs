//! The family of rules that people use, and that an adaptive scheduler chooses from.

use super::chain::{Decision, PoolState};

/// Text packed or spread, empty agents kept for calls, agents drained for calls that wait.
///
/// With no reserve and no drain it is work-conserving: nobody waits whom somebody could take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlendedRule {
    /// Chats go to the busiest agent with room; otherwise to the least loaded.
    pub pack: bool,
    /// Calls are given before chats.
    pub calls_first: bool,
    /// An empty agent takes a chat only while more than so many are empty …
    pub reserve: usize,
    /// … unless more than so many chats wait.
    pub unless_waiting: usize,
    /// While so many calls wait, or more, the agents with the fewest chats, one for each, take no more of them; 0 drains nobody.
    pub drain: usize,
    /// Most chats that an agent is given, where more would slow them all down.
    pub most: usize,
}

impl BlendedRule {
    /// Calls first, then chats to the least loaded: the rule that most products ship.
    pub const SPREAD: Self =
        Self { pack: false, calls_first: true, reserve: 0, unless_waiting: 0, drain: 0, most: usize::MAX };
    /// Calls first, then chats to the busiest with room.
    pub const PACK: Self = Self { pack: true, ..Self::SPREAD };

    /// What it does next.
    pub fn decide(&self, state: &PoolState<'_>) -> Decision {
        let call = if state.calls > 0 { self.for_call(state) } else { None };
        let chat = if state.chats > 0 { self.for_chat(state) } else { None };
        let (first, then) = if self.calls_first { (call, chat) } else { (chat, call) };
        first.or(then).unwrap_or(Decision::Wait)
    }

    fn for_call(&self, state: &PoolState<'_>) -> Option<Decision> {
        // Where calls interrupt, the fewer chats stand still the better.
        let holding = (0..state.on_call.len()).find(|&holding| state.free[holding] > 0)?;
        Some(Decision::Call { holding })
    }

    fn for_chat(&self, state: &PoolState<'_>) -> Option<Decision> {
        let slots = state.free.len() - 1;
        let mut draining = if self.drain > 0 && state.calls >= self.drain { state.calls } else { 0 };
        // Agents that may take one, by what they hold, the emptiest first: those that drain are passed over.
        let mut may = [0; 33];
        for (may, &here) in may.iter_mut().zip(&state.free[..slots.min(self.most)]) {
            let drained = usize::from(here).min(draining);
            draining -= drained;
            *may = usize::from(here) - drained;
        }
        if usize::from(state.free[0]) <= self.reserve && state.chats <= self.unless_waiting {
            may[0] = 0;
        }
        let mut able = (0..slots).filter(|&holding| may[holding] > 0);
        let holding = if self.pack { able.next_back() } else { able.next() };
        Some(Decision::Chat { holding: holding? })
    }
}
