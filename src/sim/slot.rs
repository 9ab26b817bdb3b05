//! What is kept of one contact of a simulation.

use crate::id::{AgentId, ContactId, OfferId};
use crate::time::{Span, Timestamp};

use super::calendar::{Calendar, Kind};

/// One contact, or the room of one that has gone.
pub(super) struct Contact {
    /// How often the slot has been used.
    pub(super) used: u32,
    /// Counts changes of state, over all uses of the slot.
    pub(super) phase: u32,
    pub(super) stream: u32,
    pub(super) state: State,
    /// Arrived in the measured time.
    pub(super) counted: bool,
    /// Its patience is in the calendar.
    pub(super) impatient: bool,
    pub(super) delayed: bool,
    pub(super) answered: bool,
    /// `work` is a number to draw it with, once the agent is known.
    pub(super) undrawn: bool,
    /// `work` is still to be multiplied by what its agent and the hour make of it.
    pub(super) unscaled: bool,
    /// Keeps its agent from writing.
    pub(super) interrupting: bool,
    /// Work left, in microseconds at speed 1; or bits.
    pub(super) work: u64,
    pub(super) patience: Span,
    pub(super) wrap_up: Span,
    pub(super) arrived: Timestamp,
    /// In line since; then in conversation since.
    pub(super) since: Timestamp,
    /// Its agent's capacity is taken since.
    pub(super) taken: Timestamp,
    /// Done at, where that is known.
    pub(super) ends: Timestamp,
    pub(super) agent: AgentId,
    pub(super) offer: OfferId,
    /// Its place among the agent's contacts of its channel, where speed depends on concurrency.
    pub(super) place: u32,
}

/// Where a contact stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Gone,
    Waiting,
    Offered,
    Connecting,
    Active,
    Paused,
    /// With nobody, until its customer writes.
    Parked,
    WrapUp,
}

impl Contact {
    pub(super) const fn unused() -> Self {
        Self {
            used: 0,
            phase: 0,
            stream: 0,
            state: State::Gone,
            counted: false,
            impatient: false,
            delayed: false,
            answered: false,
            undrawn: false,
            unscaled: false,
            interrupting: false,
            work: 0,
            patience: Span::MAX,
            wrap_up: Span::ZERO,
            arrived: Timestamp::ZERO,
            since: Timestamp::ZERO,
            taken: Timestamp::ZERO,
            ends: Timestamp::ZERO,
            agent: AgentId(0),
            offer: OfferId(0),
            place: 0,
        }
    }

    pub(super) fn id(&self, slot: u32) -> ContactId {
        ContactId(u64::from(self.used) << 32 | u64::from(slot))
    }

    /// Stands in line again, with all its patience.
    pub(super) fn wait_from(&mut self, at: Timestamp) {
        self.since = at;
        self.impatient = false;
    }

    /// Changes state; entries in the calendar made before are out of date.
    pub(super) fn enter_state(&mut self, state: State) {
        self.state = state;
        self.phase = self.phase.wrapping_add(1);
    }

    /// Enters the end of its patience, once for each wait: customers only lose it who were not answered at once.
    pub(super) fn lose_patience(&mut self, slot: u32, calendar: &mut Calendar) {
        if !self.impatient && self.patience != Span::MAX {
            self.impatient = true;
            calendar.enter(self.since + self.patience, Kind::LosesPatience, slot, self.used);
        }
    }
}
