//! Customers who are called back, do not always answer, and are called again.

use crate::id::ContactId;
use crate::time::{Span, Timestamp};

use super::calendar::{Calendar, Kind};
use super::contacts::{Contacts, slot};
use super::distribution::{Distribution, span};
use super::slot::State;

/// How often customers do not answer who are called back, and how often they are called again. Of contacts that are on the channel `callback` when an agent has them.
#[derive(Clone, PartialEq, Debug)]
pub struct Redial {
    /// The share of calls that the customer does not answer, each independently.
    pub no_answer: f64,
    /// For how long the agent lets it ring then.
    pub ring: Distribution,
    /// From then until the contact stands in line again, with the age it has.
    pub delay: Distribution,
    /// Most calls to one customer in all, the first included; at least 1. Who has not answered the last is given up.
    pub attempts: u32,
}

impl Redial {
    /// Most calls, unless stated.
    pub const ATTEMPTS: u32 = 3;

    /// How long it rings in vain, unless stated.
    pub const RING: Span = Span::from_secs(30);
}

impl Contacts<'_> {
    /// A contact is one to be called back from now on: its customer has hung up, and cannot lose patience any more.
    pub(super) fn hung_up(&mut self, id: ContactId) {
        let (slot, contact) = self.contact(id);
        contact.patience = Span::MAX;
        if let Some(attempt) = self.customers.as_mut().and_then(|customers| customers.of_mut(slot)) {
            attempt.calls = Some(0);
        }
    }

    /// Whether the customer of a contact that an agent has is called back, and does not answer: it rings then, for a while. Who answers is
    /// not called again, though work may stop and go on.
    #[inline(never)]
    pub(super) fn rings_in_vain(&mut self, slot: u32, at: Timestamp, calendar: &mut Calendar) -> bool {
        let contact = &mut self.slots[slot as usize];
        let Some(redial) = &self.streams[contact.stream as usize].stream.redial else { return false };
        let Some(attempt) = self.customers.as_mut().and_then(|customers| customers.of_mut(slot)) else { return false };
        let Some((ring, _)) = attempt.misses(redial) else {
            attempt.calls = None;
            return false;
        };
        contact.enter_state(State::Connecting);
        calendar.enter(at + span(ring), Kind::RingsOut, slot, contact.phase);
        true
    }

    /// It has rung in vain: how long until the customer is called again, unless it is given up.
    pub(super) fn rang_out(&mut self, slot: u32) -> Option<Span> {
        let contact = &self.slots[slot as usize];
        let state = &mut self.streams[contact.stream as usize];
        let redial = state.stream.redial.as_ref()?;
        let attempt = self.customers.as_mut()?.of_mut(slot)?;
        let (_, delay) = attempt.misses(redial)?;
        let calls = attempt.calls.unwrap_or(0) + 1;
        attempt.calls = Some(calls);
        let again = calls < redial.attempts;
        let count = if again { &mut state.tally.redials } else { &mut state.tally.unreached };
        *count += u64::from(contact.counted);
        again.then(|| span(delay))
    }

    /// A contact that has just been put aside is taken up again then.
    pub(super) fn call_again(&self, id: ContactId, at: Timestamp, calendar: &mut Calendar) {
        let slot = slot(id);
        calendar.enter(at, Kind::CallsAgain, slot, self.slots[slot as usize].phase);
    }
}
