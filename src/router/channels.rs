//! A contact goes on over another channel, as the same contact.

use crate::capacity::Stage;
use crate::contact::Turn;
use crate::event::{Return, What};
use crate::id::ChannelId;
use crate::router::ledger;
use crate::router::records::Place;
use crate::router::settle::Step;
use crate::router::state::State;
use crate::time::Timestamp;

impl Step<'_> {
    /// Waiting it keeps its place; with an agent it stays there if it fits as one of the other channel.
    pub(crate) fn change_channel(&mut self, slot: u32, channel: ChannelId) {
        if self.state.contacts[slot].channel == channel {
            return;
        }
        let (contact, holder) = (self.state.contacts[slot].id, self.state.contacts[slot].agent);
        match self.state.contacts[slot].place {
            Place::InLine => {
                self.wait_on(slot, channel);
                self.mark_contact(slot);
                return;
            }
            Place::Parked | Place::Scheduled => {
                return self.emit(What::ChannelChanged { contact, channel, agent: None, connect_by: None });
            }
            Place::Loose | Place::With(_) => {}
        }
        if self.state.may_become(slot, channel) {
            self.put_aside_for(slot, holder, channel);
            let queue = self.state.contacts[slot].queue;
            let connect_by = self.state.plan.connect_time(queue, channel).map(|time| self.state.now + time);
            let agent = Some(self.state.agents[holder].id);
            self.emit(What::ChannelChanged { contact, channel, agent, connect_by });
            self.mark_agent(holder);
            return;
        }
        self.returned(slot, Return::ChannelChanged);
        self.emit(What::ChannelChanged { contact, channel, agent: None, connect_by: None });
        self.line_up(slot);
        self.mark_contact(slot);
    }

    /// A contact that nobody has waits on as one of another channel.
    pub(crate) fn wait_on(&mut self, slot: u32, channel: ChannelId) {
        let contact = self.state.contacts[slot].id;
        self.emit(What::ChannelChanged { contact, channel, agent: None, connect_by: None });
        let only = self.state.contacts[slot].only().and_then(|only| self.state.agent_ids.get(&only.agent));
        if only.is_some_and(|agent| !self.state.takes(agent, channel)) {
            self.emit(What::PreferenceEnded { contact });
        }
        self.advance_steps(slot);
    }
}

impl State {
    /// Whether the agent who has the contact could go on with it as one of `channel`.
    fn may_become(&self, slot: u32, channel: ChannelId) -> bool {
        let it = &self.agents[self.contacts[slot].agent];
        let profile = self.plan.profile(self.crews.crews[it.crew as usize].profile);
        let at = it.holding.iter().position(|held| held.contact == slot);
        profile.zip(at).is_some_and(|(profile, at)| ledger::may_become(profile, &it.holding, at, channel))
    }

    /// The contact of an agent is of another channel, and is worked on there.
    #[cold]
    pub(super) fn go_on_over(&mut self, slot: u32, channel: ChannelId, connect_by: Option<Timestamp>) {
        self.note_pace(slot);
        let now = self.now;
        let it = &mut self.contacts[slot];
        (it.channel, it.given_at) = (channel, now);
        it.set_turn(Turn::Agent, now);
        let held = self.holding_mut(slot);
        (held.channel, held.forced) = (channel, false);
        let (agent, connects) = (self.contacts[slot].agent, self.connects(slot));
        self.unweigh(agent);
        self.set_stage(slot, if connects { Stage::Connecting } else { Stage::Active }, connect_by);
        self.classify(slot);
    }

    /// The contact of nobody is of another channel, and promised its place. In line it keeps its place there.
    pub(super) fn wait_on(&mut self, slot: u32, channel: ChannelId) {
        let id = self.contacts[slot].id;
        self.restand(id, |it, _| {
            it.channel = channel;
            it.promise(true);
        });
        self.arm(slot);
    }
}
