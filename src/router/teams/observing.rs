//! What a team is observed to do, and when it is to plan anew on that.

use super::{NO_TEAM, Policy, Team, Teams};
use crate::id::{ChannelId, GroupId, QueueId};
use crate::router::state::State;
use crate::router::watch::{REVIEW, Watch};

impl State {
    /// A contact came to a queue. Where all who take it are of one team, it is one that the team plans for; else those count that
    /// are given to it, and its share of those who leave.
    pub(crate) fn note_arrival(&mut self, slot: u32) {
        let it = &self.contacts[slot];
        let (queue, channel) = (it.queue, it.channel);
        if self.teams.sole.get(usize::from(queue.0)).is_some_and(|sole| sole.has(channel)) {
            for at in 0..self.teams.of_queue(queue).len() {
                self.count_arrival(self.teams.of_queue(queue)[at], queue, channel, 1);
            }
        }
    }

    /// A contact is given to an agent.
    pub(crate) fn note_given_to_team(&mut self, slot: u32, agent: u32) {
        let team = self.team_of(&self.agents[agent]);
        let it = &self.contacts[slot];
        let (queue, channel) = (it.queue, it.channel);
        let sole = self.teams.sole.get(usize::from(queue.0)).is_none_or(|sole| sole.has(channel));
        if team != NO_TEAM && !sole {
            self.count_arrival(team, queue, channel, 1);
        }
    }

    fn count_arrival(&mut self, team: u16, queue: QueueId, channel: ChannelId, among: u32) {
        let cost = self.plan.cost(queue, channel);
        let it = &mut self.teams.all[usize::from(team)];
        if it.has(channel) {
            it.watch.arrive(it.calls.has(channel), self.now, among, cost);
            if it.watch.unreviewed >= REVIEW {
                it.watch.unreviewed = 0;
                self.teams.review = true;
            }
        }
    }

    /// A waiting contact has lost patience.
    pub(crate) fn note_lost_patience(&mut self, queue: QueueId, channel: ChannelId) {
        let sole = self.teams.sole.get(usize::from(queue.0)).is_some_and(|sole| sole.has(channel));
        let among = self.teams.of_queue(queue).len() as u32;
        for at in 0..self.teams.of_queue(queue).len() {
            let at = self.teams.of_queue(queue)[at];
            if !sole {
                self.count_arrival(at, queue, channel, among);
            }
            let team = &mut self.teams.all[usize::from(at)];
            if let Some(number) = team.waiting(channel) {
                team.watch.pass(number, self.now, team.number(number));
                team.watch.left(number, 1);
            }
        }
    }

    /// The first team that is to plan anew, because what is observed differs from what it planned on. Asked for after every so
    /// many arrivals, and when agents come or go.
    pub(crate) fn next_to_plan(&mut self) -> Option<GroupId> {
        if !self.teams.review {
            return None;
        }
        let differs = |team: &Team| {
            let Policy::Adaptive(_) = team.policy else { return false };
            team.to_plan_on(self.now).is_some_and(|rates| team.watch.planned.as_ref() != Some(&rates))
        };
        let found = self.teams.all.iter().position(differs);
        self.teams.review = found.is_some();
        let of_group = &self.teams.of_group;
        let group = of_group.iter().position(|&team| found == Some(usize::from(team)))?;
        u16::try_from(group).ok().map(GroupId)
    }

    /// What is observed of each team, as of now.
    pub(crate) fn save_teams(&self) -> Vec<Watch> {
        self.teams.all.iter().map(|team| team.watch.save(self.now, |number| team.number(number))).collect()
    }

    /// Takes over what was observed, once everybody is counted.
    pub(crate) fn load_teams(&mut self, saved: Vec<Watch>) -> Result<(), String> {
        let fit = |(team, watch): (&Team, &Watch)| watch.fits(team.slots(), self.now);
        if saved.len() != self.teams.all.len() || !self.teams.all.iter().zip(&saved).all(fit) {
            return Err("teams were observed that the plan has not".to_owned());
        }
        for (team, watch) in self.teams.all.iter_mut().zip(saved) {
            team.watch = watch;
        }
        self.teams.unmark();
        Ok(())
    }

    /// Under a new plan: teams that stay keep what was observed of them.
    pub(crate) fn renew_teams(&mut self) {
        let Ok(mut teams) = Teams::compile(&self.plan, &self.policies, self.now) else { return };
        self.teams.forget_numbers(self.now);
        for team in &mut teams.all {
            let same = |old: &&mut Team| {
                old.profile == team.profile && old.queues == team.queues && old.slots() == team.slots()
            };
            if let Some(old) = self.teams.all.iter_mut().find(same) {
                team.watch = std::mem::take(&mut old.watch);
                team.watch.planned = None;
            }
        }
        self.teams = teams;
    }

    /// Whether a group is of a team that plans.
    pub(crate) fn plans_adaptively(&self, group: GroupId) -> bool {
        let team = self.teams.all.get(usize::from(self.teams.of_group(group)));
        team.is_some_and(|team| matches!(team.policy, Policy::Adaptive(_)))
    }

    /// The team of a group plans anew on what is observed now.
    pub(crate) fn plan_anew(&mut self, group: GroupId) {
        let team = self.teams.of_group(group);
        let Some(it) = self.teams.all.get_mut(usize::from(team)) else { return };
        if let (Some(rates), Policy::Adaptive(planned)) = (it.to_plan_on(self.now), &mut it.policy) {
            planned.change(it.watch.planned.as_ref(), &rates);
            it.watch.planned = Some(rates);
        }
        (it.next, it.dirty) = (None, true);
        self.teams.any_dirty = true;
    }
}
