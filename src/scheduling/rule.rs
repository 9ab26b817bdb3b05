//! The family of rules that people use, and that the adaptive scheduler chooses from where it cannot plan exactly.

use serde::{Deserialize, Serialize};

use super::{Next, TeamView};

/// Text packed or spread, empty agents kept for calls, agents drained for calls that wait, freely combined.
///
/// With no reserve and no drain it is work-conserving: nobody waits whom somebody could take.
///
/// ```
/// use cordboard::{Next, SchedulingRule, TeamView};
///
/// let rule = SchedulingRule { reserve: 1, unless_waiting: 2, ..SchedulingRule::PACK };
/// let empty_kept = TeamView { calls: 0, chats: 1, free: &[1, 0, 2], on_call: &[0] };
/// assert_eq!(rule.next(&empty_kept), Next::Wait);
/// let backlog = TeamView { chats: 3, ..empty_kept };
/// assert_eq!(rule.next(&backlog), Next::Chat { holding: 0 });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SchedulingRule {
    /// Chats go to the busiest agent with room; otherwise to the least loaded.
    pub pack: bool,
    /// Calls are given before chats.
    pub calls_first: bool,
    /// An empty agent takes a chat only while more than so many are empty …
    pub reserve: u32,
    /// … unless more than so many chats wait.
    pub unless_waiting: u32,
    /// While so many calls wait, or more, the agents with the fewest chats, one for each, take no more of them; 0 drains nobody.
    pub drain: u32,
    /// Most chats that an agent is given, where more would slow them all down; at least 1.
    pub most: u32,
}

impl SchedulingRule {
    /// Calls first, then chats to the least loaded: the rule that most products ship.
    pub const SPREAD: Self =
        Self { pack: false, calls_first: true, reserve: 0, unless_waiting: u32::MAX, drain: 0, most: u32::MAX };
    /// Calls first, then chats to the busiest with room.
    pub const PACK: Self = Self { pack: true, ..Self::SPREAD };

    /// What it does next. O(chats an agent may hold).
    pub fn next(&self, team: &TeamView<'_>) -> Next {
        let call = if team.calls > 0 { self.for_call(team) } else { None };
        let chat = if team.chats > 0 { self.for_chat(team) } else { None };
        let (first, then) = if self.calls_first { (call, chat) } else { (chat, call) };
        first.or(then).unwrap_or(Next::Wait)
    }

    fn for_call(&self, team: &TeamView<'_>) -> Option<Next> {
        // Where calls interrupt, the fewer chats stand still the better.
        let holding = (0u32..).zip(team.free).take(team.on_call.len()).find(|&(_, &agents)| agents > 0)?.0;
        Some(Next::Call { holding })
    }

    fn for_chat(&self, team: &TeamView<'_>) -> Option<Next> {
        let (_, with_room) = team.free.split_last()?;
        let keeps = team.free[0] <= self.reserve && team.chats <= self.unless_waiting;
        let mut draining = if self.drain > 0 && team.calls >= self.drain { team.calls } else { 0 };
        let mut found = None;
        for (holding, &agents) in (0..self.most).zip(with_room) {
            // Those that drain, the emptiest first, are passed over.
            let drained = agents.min(draining);
            draining -= drained;
            if agents > drained && !(holding == 0 && keeps) {
                found = Some(Next::Chat { holding });
                if !self.pack {
                    break;
                }
            }
        }
        found
    }
}
