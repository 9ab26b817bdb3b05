//! Adaptive limits: with how many contacts of a channel an agent is busy at once follows from how fast it replies.
//!
//! Additive increase, multiplicative decrease, as for windows in networks: Jacobson (1988) for a sender that must find
//! out what a path carries, Chiu and Jain (1989) for why of all linear rules this one comes to shares that are fair.

use serde::{Deserialize, Serialize};

use crate::capacity::{Adaptive, Stage};
use crate::contact::Turn;
use crate::event::What;
use crate::id::{AgentId, ChannelId};
use crate::router::Router;
use crate::router::records::{Agent, Place};
use crate::router::settle::Step;
use crate::router::state::State;
use crate::time::Span;

/// A limit and the round of replies after which it is looked at again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Limit {
    /// Busy with so many at once.
    pub(crate) most: u16,
    replies: u16,
    waited: Span,
    /// At one of these replies the agent was busy with as many as it may be.
    in_use: bool,
    /// It fell, and the agent is still busy with more.
    falling: bool,
}

impl Limit {
    /// Of an agent who has just signed in.
    pub(crate) fn new(rule: Adaptive) -> Self {
        Self { most: rule.floor, replies: 0, waited: Span::ZERO, in_use: false, falling: false }
    }

    /// Within what another rule allows.
    pub(crate) fn within(self, rule: Adaptive, max: u16) -> Self {
        Self { most: self.most.clamp(rule.floor, max.max(rule.floor)), ..self }
    }

    /// After one more reply, for which the customer waited so long, by an agent busy with so many.
    fn after(self, rule: Adaptive, max: u16, wait: Span, busy: usize) -> Self {
        let most = usize::from(self.most);
        // What it fell for already must end before it is asked again, or it would fall for that to the floor.
        if self.falling && busy > most {
            return self;
        }
        let (replies, waited) = (self.replies.saturating_add(1), Span(self.waited.0.saturating_add(wait.0)));
        let in_use = self.in_use || busy >= most;
        let sum = u128::from(waited.0);
        let in_all = |replies: u16| u128::from(rule.reply_within.0) * u128::from(replies);
        if replies < self.most && sum <= in_all(self.most) {
            return Self { replies, waited, in_use, falling: false, ..self };
        }
        let begun = Self { replies: 0, waited: Span::ZERO, in_use: false, falling: false, ..self };
        if sum > in_all(replies) {
            let fewer = self.most.saturating_sub((self.most / 8).max(2)).max(rule.floor);
            return Self { most: fewer, falling: true, ..begun };
        }
        // With one more, everybody is taken to wait longer in proportion.
        let one_more = sum * (u128::from(self.most) + 1) <= in_all(replies) * u128::from(self.most);
        if in_use && one_more { Self { most: self.most.saturating_add(1).min(max), ..begun } } else { begun }
    }
}

impl Agent {
    /// Contacts of a channel that keep it busy.
    pub(crate) fn busy(&self, channel: ChannelId) -> usize {
        self.holding.iter().filter(|held| held.channel == channel && held.stage.is_busy()).count()
    }

    /// The limit that adapts, of a channel where its profile asks for one.
    pub(crate) fn limit(&self, channel: ChannelId) -> Option<u16> {
        self.paced(channel)?.limit.map(|limit| limit.most)
    }
}

impl State {
    /// What the limit of the contact's agent comes to with a message of the agent's, if that is a reply that counts.
    fn limit_after_reply(&self, slot: u32) -> Option<Limit> {
        let it = &self.contacts[slot];
        if it.place != Place::With(Stage::Active) || it.turn() != Turn::Agent {
            return None;
        }
        let who = &self.agents[it.agent];
        let held = who.holding.iter().find(|held| held.contact == slot)?;
        let limit = who.paced(it.channel)?.limit?;
        let capacity = self.plan.profile(self.crews.crews[who.crew as usize].profile)?.channel(it.channel)?;
        let wait = self.now.since(it.turn_since.max(held.active_since));
        Some(limit.after(capacity.adaptive?, capacity.max, wait, who.busy(it.channel)))
    }

    /// The agent writes: the reply is counted. The limit itself changes with an event of its own.
    pub(super) fn note_reply(&mut self, slot: u32) {
        if self.agents[self.contacts[slot].agent].pacing.is_empty() {
            return;
        }
        let Some(after) = self.limit_after_reply(slot) else { return };
        let (agent, channel) = (self.contacts[slot].agent, self.contacts[slot].channel);
        if let Some(limit) = self.agents[agent].limit_mut(channel) {
            *limit = Limit { most: limit.most, ..after };
        }
    }

    pub(super) fn change_limit(&mut self, slot: u32, channel: ChannelId, most: u16) {
        if let Some(limit) = self.agents[slot].limit_mut(channel) {
            limit.most = most;
        }
        self.unweigh(slot);
    }

    /// Whether an event may say so of an agent's limit.
    pub(crate) fn may_change_limit(&self, slot: u32, channel: ChannelId, most: u16) -> bool {
        let who = &self.agents[slot];
        let profile = self.plan.profile(self.crews.crews[who.crew as usize].profile);
        let capacity = profile.and_then(|profile| profile.channel(channel));
        let fits = |rule: Adaptive| capacity.is_some_and(|capacity| (rule.floor..=capacity.max).contains(&most));
        who.limit(channel).is_some_and(|before| before != most)
            && capacity.and_then(|capacity| capacity.adaptive).is_some_and(fits)
    }
}

impl Agent {
    fn limit_mut(&mut self, channel: ChannelId) -> Option<&mut Limit> {
        self.pacing.iter_mut().find(|paced| paced.channel == channel)?.limit.as_mut()
    }
}

impl Step<'_> {
    /// What an agent's message changes of its limit is told after the message itself.
    pub(super) fn agent_writes(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        let (contact, channel, holder) = (it.id, it.channel, it.agent);
        let agent = self.state.agents[holder].id;
        let paced = !self.state.agents[holder].pacing.is_empty();
        let after = if paced { self.state.limit_after_reply(slot) } else { None };
        self.emit(What::AgentWrote { contact, agent });
        let before = self.state.agents[holder].limit(channel);
        if let Some(limit) = after.map(|after| after.most).filter(|&limit| before != Some(limit)) {
            self.emit(What::LimitChanged { agent, channel, limit });
            self.mark_agent(holder);
        }
    }
}

impl Router {
    /// With how many contacts of a channel an agent may be busy now, where its profile lets that adapt; else, and for
    /// who is not signed in, `None`. O(1).
    ///
    /// ```
    /// # use cordboard::*;
    /// let plan = Plan::builder()
    ///     .capacity("desk", |desk| desk.takes_with("chat", 12, |chat| chat.adaptive(3, Span::from_secs(45))))
    ///     .agents("team", "desk", |team| team)
    ///     .build()?;
    /// let chat = plan.find_channel("chat").unwrap();
    /// let mut router = Router::new(plan)?;
    /// let command = Command::SignIn { agent: AgentId(1), group: GroupId(0), skills: None, ready: ChannelSet::ALL };
    /// let sign_in = Stamped { seq: Seq(1), id: CommandId::ANONYMOUS, at: Timestamp(5), command };
    /// router.apply(&sign_in, &mut Vec::new())?;
    /// assert_eq!(router.adaptive_limit(AgentId(1), chat), Some(3)); // and more as it replies in time
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn adaptive_limit(&self, agent: AgentId, channel: ChannelId) -> Option<u16> {
        self.state.agents[self.state.agent_ids.get(&agent)?].limit(channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Adaptive = Adaptive { floor: 2, reply_within: Span::from_secs(10) };

    fn after(limit: Limit, waits: &[u64], busy: usize) -> Limit {
        waits.iter().fold(limit, |limit, &wait| limit.after(RULE, 8, Span::from_secs(wait), busy))
    }

    #[test]
    fn grows_by_one_a_round_where_it_is_in_use_and_one_more_would_be_in_time_too() {
        let two = Limit::new(RULE);
        assert_eq!(after(two, &[6], 2).most, 2, "the round goes on");
        assert_eq!(after(two, &[6, 7], 2).most, 3, "three would wait for 9.75 s each");
        assert_eq!(after(two, &[7, 7], 2).most, 2, "three would wait for 10.5 s each");
        assert_eq!(after(two, &[1, 1], 1).most, 2, "it was not in use");
        let eight = Limit { most: 8, ..two };
        assert_eq!(after(eight, &[1; 8], 8).most, 8, "that is the maximum");
    }

    #[test]
    fn falls_by_an_eighth_as_soon_as_the_round_is_lost_and_no_lower_than_the_floor() {
        let eight = Limit { most: 8, ..Limit::new(RULE) };
        let lost = after(eight, &[40, 41], 3);
        assert_eq!((lost.most, lost.replies), (6, 0), "81 s are more than 8 replies may take, after two of them");
        let five = Limit { most: 5, ..eight };
        assert_eq!(after(five, &[51], 5).most, 3, "at least by two");
        let forty = Limit { most: 40, ..eight };
        assert_eq!(after(forty, &[401], 40).most, 35);
        assert_eq!(after(Limit::new(RULE), &[21], 2).most, 2);
    }

    #[test]
    fn what_it_fell_for_is_not_held_against_it_again() {
        let fell = after(Limit { most: 8, ..Limit::new(RULE) }, &[81], 8);
        assert_eq!(after(fell, &[500, 500], 7).most, 6, "still busy with more than six");
        assert_eq!(after(after(fell, &[500], 7), &[1; 6], 6).most, 7);
        assert_eq!(after(after(fell, &[1], 6), &[81], 7).most, 4, "more came since, by claims: they count");
    }

    #[test]
    fn another_rule_keeps_it_within_its_bounds() {
        let eight = Limit { most: 8, ..Limit::new(RULE) };
        assert_eq!(eight.within(RULE, 5).most, 5);
        assert_eq!(eight.within(Adaptive { floor: 9, ..RULE }, 20).most, 9);
        assert_eq!(eight.within(RULE, 20).most, 8);
    }
}
