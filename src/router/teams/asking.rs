//! What a team lets its agents take now.

use super::{NO_TEAM, Occupation, Policy, Team, Tried};
use crate::agent::ChannelSet;
use crate::capacity::Stage;
use crate::id::{AgentId, ChannelId, QueueId};
use crate::router::records::Place;
use crate::router::state::State;
use crate::scheduling::Next;

impl State {
    /// Whether some team may hold back contacts of a queue and channel.
    pub(crate) fn is_scheduled_by_a_team(&self, queue: QueueId, channel: ChannelId) -> bool {
        let of_queue = self.teams.of_queue(queue).iter().map(|&at| &self.teams.all[usize::from(at)]);
        let holds = |team: &&Team| !matches!(team.policy, Policy::Dedicated(_));
        of_queue.filter(holds).any(|team| team.has(channel))
    }

    /// What a team does next. O(1) while nothing has changed, else what its policy takes.
    pub(crate) fn next_of(&self, team: u16) -> Next {
        let team = &self.teams.all[usize::from(team)];
        team.next.unwrap_or_else(|| team.next_but(&mut Tried::default()))
    }

    /// Notes what the team of an agent does next, so that it need not be asked for each contact.
    pub(crate) fn look_ahead(&mut self, team: u16) {
        if team != NO_TEAM {
            let next = self.next_of(team);
            self.teams.all[usize::from(team)].next = Some(next);
        }
    }

    /// A contact that is in no line yet looks for an agent: it counts, and is given what a team would give it, unless others of
    /// its kind wait for that team, who come first. `false`: it has looked.
    pub(crate) fn is_arriving(&mut self, contact: u32, looks: bool) {
        let it = &self.contacts[contact];
        let (queue, channel) = (it.queue, it.channel);
        for &at in self.teams.of_queue.get(usize::from(queue.0)).into_iter().flatten() {
            let team = &mut self.teams.all[usize::from(at)];
            let (calls, chats) = (team.calls_waiting, team.chats_waiting);
            team.giving = match channel {
                _ if !looks => None,
                channel if team.calls.has(channel) && calls == 0 => Some(team.next_with(1, chats, &team.free)),
                channel if team.chats.has(channel) && chats == 0 => Some(team.next_with(calls, 1, &team.free)),
                _ => None,
            };
        }
    }

    /// Whether an agent of a team, so occupied, may be given a contact of a channel without the team being asked.
    fn is_free_of(&self, team: u16, occupation: Occupation, channel: ChannelId) -> bool {
        let Occupation::Free(_) = occupation else { return true };
        let it = &self.teams.all[usize::from(team)];
        !it.has(channel)
    }

    /// Whether this is what a team would do: give an agent so occupied a contact of this channel.
    fn would(&self, team: u16, next: Next, occupation: Occupation, channel: ChannelId) -> bool {
        let Occupation::Free(holding) = occupation else { return false };
        let it = &self.teams.all[usize::from(team)];
        match next {
            Next::Wait => false,
            Next::Call { holding: by } => it.calls.has(channel) && by == u32::from(holding),
            Next::Chat { holding: by } => it.chats.has(channel) && by == u32::from(holding),
        }
    }

    /// Whether the scheduler lets an agent of a team, so occupied, look for a contact of a channel now.
    pub(crate) fn lets(&self, team: u16, occupation: Occupation, channel: ChannelId) -> bool {
        self.is_free_of(team, occupation, channel) || self.would(team, self.next_of(team), occupation, channel)
    }

    /// Whether a contact of a channel that looks for an agent may be given to one of a team, so occupied.
    pub(crate) fn gives(&self, team: u16, occupation: Occupation, channel: ChannelId) -> bool {
        let giving = || self.teams.all[usize::from(team)].giving;
        self.is_free_of(team, occupation, channel)
            || giving().is_some_and(|next| self.teams.lifted || self.would(team, next, occupation, channel))
    }

    /// The same, of everything that a team would do if what comes before cannot be done.
    pub(crate) fn would_at_last(&self, agent: u32, channel: ChannelId, all: &[Next]) -> bool {
        let who = &self.agents[agent];
        let team = self.team_of(who);
        self.is_free_of(team, who.occupation, channel)
            || all.iter().any(|&next| self.would(team, next, who.occupation, channel))
    }

    /// Whether the scheduler has no say in this agent's taking a contact: it waits for one agent alone or this is its owner, or it
    /// rings already.
    pub(crate) fn is_exempt(&self, contact: u32, agent: AgentId) -> bool {
        let it = &self.contacts[contact];
        it.only().is_some() || it.place == Place::With(Stage::Offered) || it.owner() == Some(agent)
    }

    pub(crate) fn is_call(&self, team: u16, channel: ChannelId) -> bool {
        self.teams.all.get(usize::from(team)).is_some_and(|team| team.calls.has(channel))
    }

    /// The channels of what a team would give.
    pub(crate) fn channels_of(&self, team: u16, next: Next) -> ChannelSet {
        let it = &self.teams.all[usize::from(team)];
        match next {
            Next::Wait => ChannelSet::NONE,
            Next::Call { .. } => it.calls,
            Next::Chat { .. } => it.chats,
        }
    }

    /// The channels of all that it gives.
    pub(crate) fn channels_in(&self, team: u16) -> ChannelSet {
        let it = &self.teams.all[usize::from(team)];
        ChannelSet(it.calls.0 | it.chats.0)
    }

    pub(crate) fn queues_of(&self, team: u16) -> &[QueueId] {
        &self.teams.all[usize::from(team)].queues
    }
}
