//! The edges of a queue: closed, unstaffed, full, and waited long enough.

use crate::contact::Outcome;
use crate::event::{Edge, What};
use crate::id::{ChannelId, QueueId};
use crate::overflow::{AfterWait, Overflow, OverflowTo};
use crate::router::Router;
use crate::router::records::Contact;
use crate::router::settle::Step;
use crate::router::state::State;
use crate::time::{Span, Timestamp};

/// Most queues that a contact overflows into, so that queues that send to each other come to an end.
pub(crate) const MOST_OVERFLOWS: u8 = 8;

/// What became of a contact at an edge.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// The queue keeps it.
    Here,
    /// It is another contact, or in another queue, and looks anew.
    Elsewhere,
    Gone,
}

impl Router {
    /// Whether a queue is open; `None` if the plan has no such queue.
    pub fn is_open(&self, queue: QueueId) -> Option<bool> {
        self.state.standings.get(usize::from(queue.0)).map(|standing| !standing.closed)
    }
}

impl Step<'_> {
    pub(super) fn set_queue_open(&mut self, queue: QueueId, open: bool) {
        if self.state.standings[usize::from(queue.0)].closed != open {
            return;
        }
        if open {
            self.emit(What::QueueOpened { queue });
            return;
        }
        self.emit(What::QueueClosed { queue });
        let to = self.state.overflow(queue).closed_waiting;
        if to == OverflowTo::Wait {
            return;
        }
        for slot in self.state.contacts_by_arrival() {
            let it = &self.state.contacts[slot];
            if self.state.is_waiting(slot) && it.queue == queue && self.state.may_overflow(it, to) {
                self.overflow_from_line(slot, to, Edge::Closed);
            }
        }
    }

    /// A contact arrives in its queue: somebody takes it, or it waits, or it goes where the queue's edges send it.
    pub(super) fn come_in(&mut self, slot: u32) {
        loop {
            let queue = self.state.contacts[slot].queue;
            let overflow = *self.state.overflow(queue);
            if self.state.standings[usize::from(queue.0)].closed {
                match self.at_edge(slot, overflow.closed, Edge::Closed, true) {
                    At::Here => {}
                    At::Elsewhere => continue,
                    At::Gone => return,
                }
            }
            self.advance_steps(slot);
            let mut agent = self.find_agent(slot);
            if agent.is_none() && self.end_preference_if_due(slot) {
                agent = self.find_agent(slot);
            }
            if agent.is_none() {
                agent = self.make_room(slot);
            }
            if let Some(agent) = agent {
                self.give(slot, agent, false);
                return;
            }
            if self.is_unstaffed(slot, &overflow) {
                match self.at_edge(slot, overflow.unstaffed, Edge::Unstaffed, true) {
                    At::Here => {}
                    At::Elsewhere => continue,
                    At::Gone => return,
                }
            }
            let limit = self.state.plan.queue(queue).map_or(0, |queue| queue.limit);
            if self.state.standings[usize::from(queue.0)].waiting >= limit {
                match self.at_edge(slot, overflow.full, Edge::Full, true) {
                    At::Here => {}
                    At::Elsewhere => continue,
                    At::Gone => return,
                }
            }
            self.line_up(slot);
            return;
        }
    }

    /// A waiting contact goes where its queue sends it; it has waited, and no queue turns it away.
    pub(super) fn overflow_from_line(&mut self, slot: u32, to: OverflowTo, why: Edge) {
        if let OverflowTo::Callback(channel) = to {
            if self.call_back(slot, channel) == At::Elsewhere {
                self.mark_contact(slot);
            }
            return;
        }
        let mut at = self.at_edge(slot, to, why, true);
        while at == At::Elsewhere {
            let queue = self.state.contacts[slot].queue;
            let overflow = *self.state.overflow(queue);
            at = At::Here;
            if self.state.standings[usize::from(queue.0)].closed {
                at = self.at_edge(slot, overflow.closed, Edge::Closed, false);
            }
            if at == At::Here {
                self.advance_steps(slot);
                if self.is_unstaffed(slot, &overflow) {
                    at = self.at_edge(slot, overflow.unstaffed, Edge::Unstaffed, false);
                }
            }
        }
        if at == At::Here {
            self.line_up(slot);
            self.mark_contact(slot);
        }
    }

    /// Sends a contact where an edge of its queue says. `ends`: where it says that it ends, it does.
    #[cold]
    fn at_edge(&mut self, slot: u32, to: OverflowTo, why: Edge, ends: bool) -> At {
        let it = &self.state.contacts[slot];
        let contact = it.id;
        let may = self.state.may_overflow(it, to);
        match to {
            OverflowTo::Wait => At::Here,
            // Sent on and on, until nobody has a place for it.
            OverflowTo::Queue(_) if !may && !it.promised() && ends => {
                self.emit(What::Ended { contact, outcome: Outcome::TurnedAway, agent: None });
                At::Gone
            }
            _ if !may => At::Here,
            OverflowTo::End if ends => {
                let outcome = if why == Edge::Waited { Outcome::MaxWait } else { Outcome::TurnedAway };
                self.emit(What::Ended { contact, outcome, agent: None });
                At::Gone
            }
            OverflowTo::End => At::Here,
            OverflowTo::Deflect => {
                self.emit(What::Ended { contact, outcome: Outcome::Deflected, agent: None });
                At::Gone
            }
            OverflowTo::Callback(channel) => self.call_back(slot, channel),
            OverflowTo::Queue(queue) => {
                self.emit(What::Overflowed { contact, queue, why });
                At::Elsewhere
            }
        }
    }

    /// A contact waits on to be called back; not if its customer is to be called back already.
    fn call_back(&mut self, slot: u32, channel: ChannelId) -> At {
        let it = &self.state.contacts[slot];
        let (contact, customer) = (it.id, it.customer());
        if customer.is_some_and(|customer| self.state.check_has_none(customer, channel).is_err()) {
            self.emit(What::Ended { contact, outcome: Outcome::Deflected, agent: None });
            return At::Gone;
        }
        self.wait_on(slot, channel);
        At::Elsewhere
    }

    /// Whether nobody signed in, and not draining, could ever take the contact; asked where it makes a difference.
    fn is_unstaffed(&self, slot: u32, overflow: &Overflow) -> bool {
        overflow.unstaffed != OverflowTo::Wait && self.state.contacts[slot].only().is_none() && !self.is_staffed(slot)
    }
}

impl State {
    pub(super) fn overflow(&self, queue: QueueId) -> &Overflow {
        self.plan.queue(queue).map_or(&Overflow::DEFAULT, |queue| &queue.overflow)
    }

    /// Whether an edge can send the contact there: not one that was promised its place, nor to where it is, nor for ever.
    pub(super) fn may_overflow(&self, contact: &Contact, to: OverflowTo) -> bool {
        !contact.promised()
            && match to {
                OverflowTo::Wait => false,
                OverflowTo::Callback(channel) => contact.channel != channel,
                OverflowTo::Queue(_) => contact.overflows() < MOST_OVERFLOWS,
                OverflowTo::Deflect | OverflowTo::End => true,
            }
    }

    /// Where a waiting contact goes, and from when, having waited long enough.
    pub(super) fn after_wait(&self, contact: &Contact) -> Option<(Timestamp, OverflowTo)> {
        let AfterWait { wait, then } = self.overflow(contact.queue).after?;
        self.may_overflow(contact, then).then(|| (contact.since + wait, then))
    }

    /// Its own, or the queue's for those who were not promised their place.
    pub(crate) fn longest_wait(&self, contact: &Contact) -> Option<Span> {
        let of_queue = || self.plan.queue(contact.queue).and_then(|queue| queue.max_wait);
        contact.max_wait().or_else(|| if contact.promised() { None } else { of_queue() })
    }

    /// The contact is in another queue, where it begins anew, but for its age.
    #[cold]
    pub(super) fn overflow_into(&mut self, slot: u32, queue: QueueId) {
        if self.is_waiting(slot) {
            self.leave_line(slot);
        }
        let it = &mut self.contacts[slot];
        it.queue = queue;
        it.set_overflows(it.overflows() + 1);
        self.begin_anew(slot);
    }
}
