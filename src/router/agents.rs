//! Agents as they change: signing in and out, crews, and the shelf that fits them.

use crate::agent::ChannelSet;
use crate::capacity::Load;
use crate::command::Command;
use crate::id::{AgentId, ChannelId, GroupId, QueueId};
use crate::queue::NoAnswerEffect;
use crate::requirement::Skills;
use crate::router::ledger;
use crate::router::orders;
use crate::router::records::{Agent, NONE};
use crate::router::state::State;
use crate::router::teams::Occupation;
use crate::time::Span;

impl State {
    #[cold]
    pub(super) fn sign_in(&mut self, id: AgentId, group: GroupId, command: &Command) {
        let Command::SignIn { skills, ready, .. } = command else { return };
        let now = self.now;
        if let Some(slot) = self.agent_ids.get(&id) {
            self.note_lost(slot, None);
            self.leave_team(slot);
            let it = &mut self.agents[slot];
            it.group = group;
            it.own_skills = skills.is_some();
            it.ready = *ready;
            let was_draining = std::mem::replace(&mut it.draining, false);
            (it.heard_at, it.shift) = (now, None);
            it.again = None;
            it.available_at = now;
            // A draining agent was not counted in its crew.
            let crew = self.agents[slot].crew;
            self.crews.crews[crew as usize].members += u32::from(was_draining);
            self.join_crew(slot, skills.clone());
            self.arm_agent(slot);
            self.excuse(slot);
            return;
        }
        let slot = self.agents.insert(Agent {
            id,
            group,
            crew: NONE,
            own_skills: skills.is_some(),
            ready: *ready,
            draining: false,
            marked: false,
            unshelved: false,
            weighed: false,
            streak: 0,
            handled: 0,
            load: Load::ZERO,
            room: ChannelSet::NONE,
            holding: Vec::new(),
            signed_in_at: now,
            worked: Span::ZERO,
            busy_since: now,
            released_at: now,
            handled_at: now,
            offered_at: now,
            available_at: now,
            heard_at: now,
            lost: None,
            shift: None,
            again: None,
            pacing: Vec::new(),
            occupation: Occupation::Away,
            timer: None,
            shelf: NONE,
            keys: vec![0; self.orders.indices.len()],
            live: true,
        });
        self.agent_ids.insert(id, slot);
        self.join_crew(slot, skills.clone());
        self.arm_agent(slot);
    }

    /// Moves an agent to the crew of its group and skills (`None`: the group's).
    pub(crate) fn join_crew(&mut self, slot: u32, skills: Option<Skills>) {
        self.off_shelf(slot);
        let (group, before, draining) = (self.agents[slot].group, self.agents[slot].crew, self.agents[slot].draining);
        if before != NONE && !draining {
            self.crews.crews[before as usize].members -= 1;
        }
        let of_group = self.plan.group(group).expect("an agent's group is in the plan: retired groups stay");
        let skills = skills.unwrap_or_else(|| of_group.skills.clone());
        let crew = self.crews.crew(group, of_group.capacity, &skills);
        self.agents[slot].crew = crew;
        self.fit_pacing(slot);
        if !draining {
            self.crews.crews[crew as usize].members += 1;
        }
        self.unweigh(slot);
    }

    #[cold]
    pub(super) fn sign_out(&mut self, id: AgentId) {
        let slot = self.agent_slot(id);
        self.off_shelf(slot);
        self.note_lost(slot, None);
        self.leave_team(slot);
        let it = &mut self.agents[slot];
        it.live = false;
        it.again = None;
        let (crew, draining) = (it.crew, it.draining);
        if !draining {
            self.crews.crews[crew as usize].members -= 1;
        }
        self.arm_agent(slot);
        self.agent_ids.remove(&id);
        self.put_down();
        self.agents.free(slot);
    }

    /// Whether, should one more offer ring out with this agent, the queue's rule for the agent applies.
    pub(crate) fn no_answer_applies(&self, agent: u32, queue: QueueId) -> bool {
        let Some(queue) = self.plan.queue(queue) else { return false };
        let it = &self.agents[agent];
        let can_apply = match queue.no_answer.agent {
            NoAnswerEffect::Stay => false,
            NoAnswerEffect::NotReady => it.ready != ChannelSet::NONE,
            NoAnswerEffect::SignOut => !it.draining,
        };
        can_apply && it.streak.saturating_add(1) >= queue.no_answer.after
    }

    /// Its load or room may have changed: it is weighed and shelved anew before anybody looks.
    pub(crate) fn unweigh(&mut self, slot: u32) {
        self.agents[slot].weighed = false;
        self.restand_in_team(slot);
        self.unshelve(slot);
    }

    /// Its keys may have changed: it is shelved anew before anybody looks.
    pub(crate) fn unshelve(&mut self, slot: u32) {
        if !std::mem::replace(&mut self.agents[slot].unshelved, true) {
            self.unshelved.push(slot);
        }
    }

    pub(super) fn off_shelf(&mut self, slot: u32) {
        let it = &mut self.agents[slot];
        if it.shelf != NONE {
            self.crews.take(it.shelf, it.id.0, &it.keys);
            it.shelf = NONE;
        }
    }

    /// Notes load and room of an agent as they follow from what it holds. O(channels × held), once after each change.
    pub(crate) fn weigh(&mut self, slot: u32) {
        if !self.agents[slot].weighed {
            let (load, room) = self.load_and_room(slot);
            let it = &mut self.agents[slot];
            (it.load, it.room, it.weighed) = (load, room, true);
        }
    }

    /// What an agent carries, and the channels of which it could be given one more contact now. O(channels × held).
    pub(crate) fn load_and_room(&self, slot: u32) -> (Load, ChannelSet) {
        let it = &self.agents[slot];
        let Some(profile) = self.plan.profile(self.crews.crews[it.crew as usize].profile) else {
            return (Load::ZERO, ChannelSet::NONE);
        };
        let (load, room) = ledger::load_and_room(profile, &it.holding);
        let takes = it.live && !it.draining && it.lost.is_none();
        let mut room = if takes { ChannelSet(room.0 & it.ready.0) } else { ChannelSet::NONE };
        if !self.teams.is_empty() {
            room.0 &= !self.left_to_others(it).0;
        }
        (load, if it.pacing.is_empty() { room } else { ChannelSet(room.0 & !self.held_back(slot).0) })
    }

    /// An agent whose capacity became smaller, or whose contact weighs more as it goes on, keeps what it has, recorded as
    /// forced where that is now too much.
    #[cold]
    pub(crate) fn excuse(&mut self, slot: u32) {
        let it = &mut self.agents[slot];
        let profile = self.plan.profile(self.crews.crews[it.crew as usize].profile);
        if profile.is_some_and(|profile| ledger::load(profile, &it.holding) > Load::FULL) {
            for held in &mut it.holding {
                held.forced = true;
            }
        }
    }

    /// The key of an agent in an index, as it is now.
    pub(crate) fn key_in(&self, index: usize, slot: u32) -> u128 {
        let it = &self.agents[slot];
        orders::key(&self.orders.indices[index], it, |channel| self.places(it, channel))
    }

    /// How many more contacts of a channel the agent may be busy with, by number alone.
    pub(crate) fn places(&self, agent: &Agent, channel: ChannelId) -> u16 {
        let profile = self.plan.profile(self.crews.crews[agent.crew as usize].profile);
        profile.map_or(0, |profile| ledger::places(profile, &agent.holding, channel))
    }

    /// Puts every agent that changed on the shelf that fits it now.
    pub(crate) fn shelve(&mut self) {
        while let Some(slot) = self.unshelved.pop() {
            if !std::mem::take(&mut self.agents[slot].unshelved) || !self.agents[slot].live {
                continue;
            }
            self.weigh(slot);
            let it = &mut self.agents[slot];
            if it.room == ChannelSet::NONE {
                self.off_shelf(slot);
                continue;
            }
            let shelf = self.crews.shelf(it.crew, it.occupation, it.room, self.orders.indices.len());
            let it = &self.agents[slot];
            if shelf == it.shelf && it.keys.iter().enumerate().all(|(index, &key)| self.key_in(index, slot) == key) {
                continue;
            }
            self.off_shelf(slot);
            for index in 0..self.orders.indices.len() {
                let key = self.key_in(index, slot);
                self.agents[slot].keys[index] = key;
            }
            let it = &mut self.agents[slot];
            it.shelf = shelf;
            self.crews.put(shelf, slot, it.id.0, &it.keys);
        }
    }
}
