//! How contacts of a simulation stop: waiting, being worked on, being there; and what is counted then.

use crate::capacity::Load;
use crate::contact::Outcome;
use crate::id::{AgentId, ContactId};
use crate::time::Timestamp;

use super::calendar::{Calendar, Kind};
use super::contacts::{Contacts, StreamState, slot};
use super::crowd::Held;
use super::distribution::span;
use super::slot::State;
use super::tally::{ContactTally, Window};

impl Contacts<'_> {
    /// Work stops for a while.
    pub(super) fn pause(&mut self, id: ContactId, at: Timestamp, calendar: &mut Calendar) {
        self.stop(slot(id), at, calendar);
        self.hang_up(slot(id), at, calendar);
        self.contact(id).1.enter_state(State::Paused);
    }

    /// The conversation is over; `open` if the agent ends the wrap-up.
    pub(super) fn wrap_up(&mut self, id: ContactId, at: Timestamp, open: bool, calendar: &mut Calendar) {
        self.leave_conversation(slot(id), at, calendar);
        let (slot, contact) = self.contact(id);
        contact.enter_state(State::WrapUp);
        if open {
            calendar.enter(at + contact.wrap_up, Kind::WrappedUp, slot, contact.phase);
        }
    }

    /// Back in its queue: since when the agent's capacity had been taken.
    pub(super) fn returned(&mut self, id: ContactId, at: Timestamp, calendar: &mut Calendar) -> Timestamp {
        self.leave_conversation(slot(id), at, calendar);
        self.hang_up(slot(id), at, calendar);
        let (_, contact) = self.contact(id);
        contact.enter_state(State::Waiting);
        contact.wait_from(at);
        contact.taken
    }

    /// A contact is gone: since when its agent's capacity had been taken.
    pub(super) fn ended(
        &mut self,
        id: ContactId,
        outcome: Outcome,
        at: Timestamp,
        calendar: &mut Calendar,
    ) -> Timestamp {
        let slot = slot(id);
        match self.slots[slot as usize].state {
            State::Waiting | State::Offered => {
                self.leave_line(slot, outcome, at);
                if let Some(customers) = &mut self.customers
                    && !self.slots[slot as usize].answered
                    && let Some(retry) = &self.streams[self.slots[slot as usize].stream as usize].stream.retry
                {
                    customers.lose(slot, retry, outcome, at, calendar);
                }
            }
            State::Connecting | State::Active | State::Paused => self.leave_conversation(slot, at, calendar),
            State::WrapUp | State::Parked | State::Gone => {}
        }
        self.hang_up(slot, at, calendar);
        self.finish(slot, outcome, at);
        let contact = &mut self.slots[slot as usize];
        contact.enter_state(State::Gone);
        contact.used = contact.used.wrapping_add(1);
        self.free.push(slot);
        contact.taken
    }

    /// A contact, which may just have gone, had an agent's capacity for a while.
    pub(super) fn carried(&mut self, id: ContactId, held: Held) {
        let stream = self.slots[slot(id) as usize].stream;
        let state = &mut self.streams[stream as usize];
        state.tally.load_area += state.load_area(&self.loads, held);
    }

    /// What is still there at the end; `held` is told of capacity still taken.
    pub(super) fn close(mut self, held: impl FnMut(AgentId, Timestamp) -> Held) -> Vec<ContactTally> {
        let mut tallies = self.streams.iter_mut().map(|state| std::mem::take(&mut state.tally)).collect::<Vec<_>>();
        self.add_present(&mut tallies, self.window, held);
        tallies
    }

    /// What [`close`](Self::close) would say if the run ended with `window`; of distributions, only how many values they have.
    pub(super) fn sums(&self, window: Window, held: impl FnMut(AgentId, Timestamp) -> Held) -> Vec<ContactTally> {
        let mut tallies: Vec<_> = self.streams.iter().map(|state| state.tally.sums()).collect();
        self.add_present(&mut tallies, window, held);
        tallies
    }

    /// Adds what is still under way.
    fn add_present(
        &self,
        tallies: &mut [ContactTally],
        window: Window,
        mut held: impl FnMut(AgentId, Timestamp) -> Held,
    ) {
        for (number, contact) in (0..).zip(&self.slots) {
            let tally = &mut tallies[contact.stream as usize];
            let area = window.clip(contact.since, window.to);
            match contact.state {
                State::Gone | State::Parked => {}
                State::Waiting | State::Offered => {
                    tally.wait(contact.since, window.to, window);
                    tally.waiting_at_end += u64::from(contact.counted && !contact.answered);
                }
                State::Connecting | State::Active | State::Paused => tally.service_area += area,
                State::WrapUp => {}
            }
            let rings = self.ringing.as_ref().filter(|_| contact.state == State::Offered);
            if let Some(ringing) = rings {
                for ring in ringing.open(number) {
                    let held = held(ring.agent, ring.taken);
                    tally.load_area += self.streams[contact.stream as usize].load_area(&self.loads, held);
                }
            } else if !matches!(contact.state, State::Gone | State::Waiting | State::Parked) {
                let held = held(contact.agent, contact.taken);
                tally.load_area += self.streams[contact.stream as usize].load_area(&self.loads, held);
            }
        }
    }

    fn leave_line(&mut self, slot: u32, outcome: Outcome, at: Timestamp) {
        let contact = &self.slots[slot as usize];
        let tally = &mut self.streams[contact.stream as usize].tally;
        tally.wait(contact.since, at, self.window);
        if outcome == Outcome::Abandoned {
            tally.lost += u64::from(self.window.has(at));
        }
        if !contact.counted || contact.answered {
            return;
        }
        match outcome {
            Outcome::Abandoned => tally.abandoned += 1,
            _ => tally.overflowed += 1,
        }
        if outcome == Outcome::TurnedAway {
            tally.turned_away += 1;
        } else {
            tally.give_up(contact.arrived, at, self.window);
        }
    }

    pub(super) fn leave_conversation(&mut self, slot: u32, at: Timestamp, calendar: &mut Calendar) {
        self.stop(slot, at, calendar);
        let contact = &self.slots[slot as usize];
        self.streams[contact.stream as usize].tally.service_area += self.window.clip(contact.since, at);
    }

    /// Stops work, if any is under way, and keeps what is left of it.
    fn stop(&mut self, slot: u32, at: Timestamp, calendar: &mut Calendar) {
        let contact = &mut self.slots[slot as usize];
        if contact.state != State::Active {
            return;
        }
        let stream = self.streams[contact.stream as usize].stream;
        if stream.conversation().is_some() {
            self.desks.put_down(slot, at, calendar);
            return;
        }
        let channel = stream.new.channel;
        match self.speeded[usize::from(channel.0)] {
            None => contact.work = contact.ends.since(at).0,
            Some(kind) => {
                let place = contact.place;
                contact.work = span(self.together[place as usize].leave(slot, self.speeds[kind], at)).0;
                self.enter_first(place, calendar);
            }
        }
    }
}

impl StreamState<'_> {
    fn load_area(&self, loads: &[Vec<Load>], held: Held) -> u128 {
        let load = loads[usize::from(held.group.0)][usize::from(self.stream.new.channel.0)];
        held.measured * u128::from(load.0)
    }
}
