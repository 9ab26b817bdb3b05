//! Conversations: whose turn it is, and what follows from messages and from silence.

use crate::capacity::Stage;
use crate::channel::{AgeFrom, Conversation};
use crate::contact::Turn;
use crate::event::What;
use crate::router::records::{Contact, Place};
use crate::router::settle::Step;
use crate::router::state::State;
use crate::time::Timestamp;

impl State {
    fn conversation(&self, contact: &Contact) -> Conversation {
        self.plan.channel(contact.channel).map_or_else(Conversation::default, |channel| channel.conversation)
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
        if self.conversation(&self.contacts[slot]).age_from == AgeFrom::LastMessage {
            self.contacts[slot].origin = self.now;
        }
        self.arm(slot);
    }

    /// Each message of the agent's begins the customer's silence anew.
    pub(super) fn agent_wrote(&mut self, slot: u32) {
        self.note_reply(slot);
        self.contacts[slot].set_turn(Turn::Customer, self.now);
        self.arm(slot);
    }

    /// When the customer will have been silent for too long. O(1).
    pub(super) fn silence_due(&self, contact: &Contact) -> Option<Timestamp> {
        if contact.turn() == Turn::Agent {
            return None;
        }
        let rules = self.conversation(contact);
        let next = match contact.place {
            Place::With(Stage::Active) => rules.quiet_after,
            _ => None,
        };
        next.map(|silence| (contact.turn_since + silence).max(self.now))
    }
}

impl Step<'_> {
    pub(super) fn message_from_customer(&mut self, slot: u32) {
        let contact = self.state.contacts[slot].id;
        self.emit(What::CustomerWrote { contact });
        if self.state.contacts[slot].place == Place::With(Stage::Quiet) {
            self.wake(slot);
        }
    }

    pub(super) fn message_from_agent(&mut self, slot: u32) {
        self.agent_writes(slot);
    }

    pub(super) fn quieten(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        let (contact, holder) = (it.id, it.agent);
        let agent = self.state.agents[holder].id;
        self.emit(What::Quieted { contact, agent });
        self.mark_agent(holder);
    }

    /// A quiet contact has work again.
    pub(super) fn wake(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        let (contact, holder) = (it.id, it.agent);
        let at = self.state.agents[holder].holding.iter().position(|held| held.contact == slot);
        let forced = !at.is_some_and(|at| self.may_resume(holder, at));
        let agent = self.state.agents[holder].id;
        self.emit(What::Woken { contact, agent, forced });
        self.mark_agent(holder);
    }

    /// The customer has been silent for too long.
    pub(super) fn silence_over(&mut self, slot: u32) {
        self.quieten(slot);
    }
}
