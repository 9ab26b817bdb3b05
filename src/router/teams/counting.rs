//! Agents and contacts counted in their teams, as they change.

use super::{NO_TEAM, Occupation, Policy, Tried};
use crate::agent::ChannelSet;
use crate::capacity::Load;
use crate::id::{AgentId, ChannelId, QueueId};
use crate::mix::STEP;
use crate::router::invariants::Broken;
use crate::router::records::{Agent, Place};
use crate::router::state::State;
use crate::router::watch::Number;
use crate::scheduling::Next;

/// Whether an agent is one of so many percent. Multiples of the golden ratio fall evenly between whole numbers, so that of any run
/// of ids this share is chosen, to within one or two.
fn is_for_calls(agent: AgentId, percent: u8) -> bool {
    let place = agent.0.wrapping_mul(STEP);
    u128::from(place) * 100 < u128::from(percent) << 64
}

impl State {
    pub(crate) fn team_of(&self, agent: &Agent) -> u16 {
        self.teams.of_group(agent.group)
    }

    /// Where an agent stands, as it follows from what it holds. O(held).
    fn occupation(&self, agent: &Agent) -> Occupation {
        let Some(team) = self.teams.all.get(usize::from(self.team_of(agent))) else { return Occupation::Away };
        if matches!(team.policy, Policy::Dedicated(_)) {
            return Occupation::Away;
        }
        let takes = agent.live && !agent.draining && agent.lost.is_none() && agent.ready.0 & team.calls.0 != 0;
        let Some(profile) = self.plan.profile(team.profile).filter(|_| takes) else { return Occupation::Away };
        let mut share = 0;
        for held in &agent.holding {
            // What the profile has no more, since a new plan, takes the whole agent until it has ended; and what is of neither kind
            // keeps the agent from calls as a chat does.
            let capacity = profile.channel(held.channel);
            if capacity.is_some_and(|it| it.load(held.stage) == Load::ZERO) {
                continue;
            }
            if team.calls.has(held.channel) {
                return Occupation::OnCall;
            }
            share += u64::from(Load::FULL.0) / u64::from(capacity.map_or(1, |it| it.max.max(1)));
        }
        // One of which an agent may have few counts as several of those of which it may have most.
        let chats = (share * team.slots() as u64).div_ceil(u64::from(Load::FULL.0));
        Occupation::Free(chats.min(team.slots() as u64) as u8)
    }

    /// The channels that an agent is not given, because others of its team are there for them.
    pub(crate) fn left_to_others(&self, agent: &Agent) -> ChannelSet {
        let Some(team) = self.teams.all.get(usize::from(self.team_of(agent))) else { return ChannelSet::NONE };
        match team.policy {
            Policy::Dedicated(calls) if is_for_calls(agent.id, calls) => team.chats,
            Policy::Dedicated(_) => team.calls,
            _ => ChannelSet::NONE,
        }
    }

    /// Counts an agent where it stands now. O(held), and nothing for agents in no team.
    pub(crate) fn restand_in_team(&mut self, slot: u32) {
        if self.teams.is_empty() {
            return;
        }
        let is = self.occupation(&self.agents[slot]);
        self.count_in_team(slot, is);
    }

    /// Counts an agent in its team no more, because it is about to be of another, or gone.
    pub(crate) fn leave_team(&mut self, slot: u32) {
        if !self.teams.is_empty() {
            self.count_in_team(slot, Occupation::Away);
        }
    }

    fn count_in_team(&mut self, slot: u32, is: Occupation) {
        let was = std::mem::replace(&mut self.agents[slot].occupation, is);
        let team = self.team_of(&self.agents[slot]);
        if was == is || team == NO_TEAM {
            return;
        }
        let team = &mut self.teams.all[usize::from(team)];
        let number = |occupation| match occupation {
            Occupation::Away => None,
            Occupation::OnCall => Some(Number::OnCall),
            Occupation::Free(chats) => Some(Number::Holding(chats.into())),
        };
        if let Some(was) = number(was) {
            team.change(was, self.now, false);
        }
        match (was, is) {
            (Occupation::OnCall, _) => team.watch.left(Number::OnCall, 1),
            (Occupation::Free(before), Occupation::Free(after)) if after < before => {
                team.watch.left(Number::Holding(before.into()), u64::from(before - after));
            }
            _ => {}
        }
        if let Some(is) = number(is) {
            team.change(is, self.now, true);
        }
        if matches!(was, Occupation::Free(_)) && is == Occupation::OnCall {
            self.teams.freed.push(slot);
        }
        self.teams.any_dirty = true;
        self.teams.review |= (was == Occupation::Away) != (is == Occupation::Away);
    }

    /// Agents who are on a call now and were not before, by id; each once.
    pub(crate) fn take_freed(&mut self) -> Vec<u32> {
        let mut freed = std::mem::take(&mut self.teams.freed);
        freed.retain(|&slot| self.agents[slot].live && self.agents[slot].occupation == Occupation::OnCall);
        freed.sort_unstable_by_key(|&slot| self.agents[slot].id);
        freed.dedup();
        freed
    }

    /// A contact joins the line of its class or leaves it.
    pub(crate) fn note_in_line(&mut self, queue: QueueId, channel: ChannelId, joins: bool) {
        if self.teams.is_empty() {
            return;
        }
        for &at in self.teams.of_queue.get(usize::from(queue.0)).into_iter().flatten() {
            let team = &mut self.teams.all[usize::from(at)];
            if let Some(number) = team.waiting(channel) {
                team.change(number, self.now, joins);
                self.teams.any_dirty = true;
            }
        }
    }

    /// Teams count what there is, counted anew; and nothing is left to be done.
    pub(crate) fn check_teams(&self) -> Result<(), Broken> {
        let broken = |team: usize, detail: String| {
            Err(Broken { invariant: "a team counts who is there", detail: format!("team {team}: {detail}") })
        };
        let mut counted: Vec<Vec<u32>> = self.teams.all.iter().map(|team| vec![0; team.free.len() + 3]).collect();
        for slot in self.agents_by_id() {
            let (who, is) = (&self.agents[slot], self.occupation(&self.agents[slot]));
            if who.occupation != is {
                return broken(
                    usize::from(self.team_of(who)),
                    format!("{} is {is:?}, not {:?}", who.id, who.occupation),
                );
            }
            match is {
                Occupation::Away => {}
                Occupation::OnCall => counted[usize::from(self.team_of(who))][2] += 1,
                Occupation::Free(chats) => counted[usize::from(self.team_of(who))][3 + usize::from(chats)] += 1,
            }
        }
        for slot in self.contacts_by_arrival() {
            let it = &self.contacts[slot];
            for &at in self.teams.of_queue(it.queue) {
                let team = &self.teams.all[usize::from(at)];
                let in_line = u32::from(it.place == Place::InLine && it.only().is_none());
                counted[usize::from(at)][0] += in_line * u32::from(team.calls.has(it.channel));
                counted[usize::from(at)][1] += in_line * u32::from(team.chats.has(it.channel));
            }
        }
        for (at, (team, counted)) in self.teams.all.iter().zip(counted).enumerate() {
            let mut counts = vec![team.calls_waiting, team.chats_waiting, team.on_call];
            counts.extend(&team.free);
            if counts != counted {
                return broken(at, format!("{counts:?}, and there are {counted:?}"));
            }
            let next = team.next.unwrap_or(Next::Wait);
            if team.dirty
                || team.giving.is_some()
                || (team.next.is_some() && next != team.next_but(&mut Tried::default()))
            {
                return broken(at, format!("it was left while it was to do something: {next:?}"));
            }
        }
        Ok(())
    }
}
