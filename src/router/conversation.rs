//! Conversations: whose turn it is, and what follows from messages and from silence.

use crate::capacity::Stage;
use crate::channel::{AgeFrom, Conversation};
use crate::contact::{Outcome, Turn};
use crate::event::What;
use crate::id::{AgentId, ChannelId};
use crate::router::records::{Contact, NONE, Only, Place};
use crate::router::settle::Step;
use crate::router::state::State;
use crate::time::{Span, Timestamp};

impl State {
    pub(super) fn conversation(&self, channel: ChannelId) -> Conversation {
        self.plan.channel(channel).map_or_else(Conversation::default, |channel| channel.conversation)
    }

    /// Gives the turn to somebody who has not got it yet, from now on. Whether it changed.
    pub(super) fn take_turns(&mut self, slot: u32, turn: Turn) -> bool {
        let it = &mut self.contacts[slot];
        let changes = it.turn() != turn;
        if changes {
            it.set_turn(turn, self.now);
        }
        changes
    }

    pub(super) fn customer_wrote(&mut self, slot: u32) {
        if !self.take_turns(slot, Turn::Agent) {
            return;
        }
        if self.conversation(self.contacts[slot].channel).age_from == AgeFrom::LastMessage {
            self.contacts[slot].origin = self.now;
        }
        self.arm(slot);
    }

    /// Each message of the agent's begins the customer's silence anew; there is nothing to wake for any more.
    pub(super) fn agent_wrote(&mut self, slot: u32) {
        self.note_reply(slot);
        self.contacts[slot].set_turn(Turn::Customer, self.now);
        if self.contacts[slot].place == Place::With(Stage::Quiet) {
            self.holding_mut(slot).by_itself = false;
            self.contacts[slot].set_deadline(None);
        }
        self.arm(slot);
    }

    /// A quiet contact waits for its agent to have room.
    pub(super) fn defer_waking(&mut self, slot: u32, until: Option<Timestamp>) {
        self.take_turns(slot, Turn::Agent);
        self.holding_mut(slot).by_itself = true;
        self.contacts[slot].set_deadline(until);
        self.arm(slot);
    }

    /// Nobody holds the contact any more, but its agent is remembered.
    pub(super) fn park(&mut self, slot: u32, agent: AgentId) {
        let holder = self.contacts[slot].agent;
        self.note_pace(slot);
        self.take_back(slot);
        self.note_left(slot, agent);
        self.agents[holder].handled_at = self.now;
        self.take_turns(slot, Turn::Customer);
        let it = &mut self.contacts[slot];
        it.place = Place::Parked;
        it.set_only(None);
        it.set_owner(Some(agent));
        self.arm(slot);
    }

    /// A parked contact has work again: its owner alone is waited for, if there is any use in it.
    pub(super) fn unpark(&mut self, slot: u32) {
        self.take_turns(slot, Turn::Agent);
        self.begin_anew(slot);
        let it = &self.contacts[slot];
        let wait = self.conversation(it.channel).wake.wait;
        let owner = it.owner().filter(|owner| {
            let agent = self.agent_ids.get(owner);
            agent.is_some_and(|agent| !self.agents[agent].draining && self.takes(agent, it.channel))
        });
        let only = owner.filter(|_| wait > Span::ZERO).map(|agent| Only { agent, until: self.now + wait });
        self.contacts[slot].place = Place::Loose;
        self.contacts[slot].set_only(only);
        self.arm(slot);
    }

    /// A contact with no agent stands in line like one that has just been transferred to its own queue.
    pub(super) fn begin_anew(&mut self, slot: u32) {
        self.exclusions.forget(slot);
        let now = self.now;
        let it = &mut self.contacts[slot];
        it.begin_anew(now);
        it.left = NONE;
        it.set_only(None);
        self.classify(slot);
    }

    /// What becomes of a contact whose customer is silent, and when: the next thing to come, or the last of those that are
    /// due. O(1).
    pub(super) fn silence(&self, contact: &Contact) -> Option<(Timestamp, Silence)> {
        if contact.turn() == Turn::Agent {
            return None;
        }
        let rules = self.conversation(contact.channel);
        let active = contact.place == Place::With(Stage::Active);
        let lengths = [
            (rules.quiet_after.filter(|_| active), Silence::Quiets),
            (rules.park_after.filter(|_| contact.place != Place::Parked), Silence::Parks),
            (rules.close_after, Silence::Closes),
        ];
        let mut next = None;
        for (length, silence) in lengths {
            let Some(due) = length.map(|length| contact.turn_since + length) else { continue };
            if next.is_none() || due <= self.now {
                next = Some((due.max(self.now), silence));
            }
        }
        next
    }
}

/// What a customer's silence leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Silence {
    Quiets,
    Parks,
    Closes,
}

impl Step<'_> {
    pub(super) fn message_from_customer(&mut self, slot: u32) {
        let contact = self.state.contacts[slot].id;
        self.emit(What::CustomerWrote { contact });
        self.wake(slot);
    }

    pub(super) fn message_from_agent(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        let (holder, quiet) = (it.agent, it.place == Place::With(Stage::Quiet));
        self.agent_writes(slot);
        if quiet {
            self.mark_agent(holder);
        }
    }

    pub(super) fn quieten(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        let (contact, holder) = (it.id, it.agent);
        let agent = self.state.agents[holder].id;
        self.emit(What::Quieted { contact, agent });
        self.mark_agent(holder);
    }

    pub(crate) fn park(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        let (contact, holder) = (it.id, it.agent);
        let agent = self.state.agents[holder].id;
        self.emit(What::Parked { contact, agent });
        self.mark_agent(holder);
    }

    /// The time of a contact in hand or parked has come.
    pub(super) fn silence_over(&mut self, slot: u32) {
        if self.state.contacts[slot].deadline().is_some() {
            return self.stop_waiting_to_wake(slot);
        }
        match self.state.silence(&self.state.contacts[slot]) {
            Some((_, Silence::Quiets)) => self.quieten(slot),
            Some((_, Silence::Parks)) => self.park(slot),
            Some((_, Silence::Closes)) => self.leave(slot, Outcome::Closed),
            None => debug_assert!(false, "a timer that fires was set for something"),
        }
    }
}
