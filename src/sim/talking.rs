//! What contacts have to do with the desks at which conversations are written.

use crate::contact::Outcome;
use crate::id::{AgentId, ContactId};
use crate::time::Timestamp;

use super::calendar::Calendar;
use super::contacts::{Contacts, slot};
use super::crowd;
use super::slot::State;

impl Contacts<'_> {
    /// Whose reply is written now, if nothing has changed at the desk since.
    pub(super) fn if_writing(&self, agent: u32, stamp: u32) -> Option<ContactId> {
        if !self.desks.is_writing(agent, stamp) {
            return None;
        }
        self.desks.writing(agent).map(|slot| self.slots[slot as usize].id(slot))
    }

    /// The customer who writes now, if the conversation still goes on.
    pub(super) fn if_thinking(&self, slot: u32, stamp: u32) -> Option<ContactId> {
        self.desks.is_thinking(slot, stamp).then(|| self.slots[slot as usize].id(slot))
    }

    /// A reply was sent.
    pub(super) fn replied(&mut self, id: ContactId, at: Timestamp, calendar: &mut Calendar) {
        let (slot, contact) = self.contact(id);
        let stream = contact.stream as usize;
        let Some(how) = self.streams[stream].stream.conversation() else { return };
        let Some(reply) = self.desks.replied(slot, how, at, calendar) else { return };
        if self.window.has(at) {
            self.streams[stream].tally.reply(reply.after, reply.first);
        }
    }

    /// Whether the last reply was sent.
    pub(super) fn is_said(&self, id: ContactId) -> bool {
        self.desks.is_said(slot(id))
    }

    /// The customer wrote.
    pub(super) fn asked(&mut self, id: ContactId, at: Timestamp, calendar: &mut Calendar) {
        let (slot, contact) = self.contact(id);
        let stream = contact.stream as usize;
        if let Some(how) = self.streams[stream].stream.conversation() {
            self.desks.asked(slot, how, at, calendar);
        }
    }

    /// Its customer has been silent for long, and it is with nobody: since when the agent's capacity had been taken.
    pub(super) fn parked(&mut self, id: ContactId, at: Timestamp, calendar: &mut Calendar) -> Timestamp {
        self.leave_conversation(slot(id), at, calendar);
        self.hang_up(slot(id), at, calendar);
        let (_, contact) = self.contact(id);
        contact.enter_state(State::Parked);
        contact.taken
    }

    /// Its customer has written, and it stands in line again.
    pub(super) fn unparked(&mut self, id: ContactId, at: Timestamp) {
        let (_, contact) = self.contact(id);
        contact.enter_state(State::Waiting);
        contact.wait_from(at);
    }

    /// No longer keeps its agent from writing.
    pub(super) fn hang_up(&mut self, slot: u32, at: Timestamp, calendar: &mut Calendar) {
        let contact = &mut self.slots[slot as usize];
        if std::mem::take(&mut contact.interrupting) {
            let agent: AgentId = contact.agent;
            self.desks.call_ends(crowd::index(agent) as u32, at, calendar);
        }
    }

    /// It has ended.
    pub(super) fn finish(&mut self, slot: u32, outcome: Outcome, at: Timestamp) {
        let counts = self.window.has(at);
        let state = &mut self.streams[self.slots[slot as usize].stream as usize];
        state.tally.completed += u64::from(counts && outcome == Outcome::Completed);
        if state.stream.conversation().is_some() {
            self.desks.close(slot);
        }
    }
}
