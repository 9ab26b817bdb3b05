//! Contacts that are promised for later: scheduled, in line shortly before, with an agent's capacity reserved.

use serde::{Deserialize, Serialize};

use crate::capacity::Stage;
use crate::command::TransferTo;
use crate::contact::{NewContact, Preferred};
use crate::event::What;
use crate::id::{AgentId, ContactId};
use crate::router::records::{Contact, Holding, Only, Place};
use crate::router::settle::Step;
use crate::router::sorted::Sorted;
use crate::router::state::State;
use crate::time::{Span, Timestamp};

/// When a contact is promised for, until it is given to an agent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Appointment {
    pub(crate) not_before: Timestamp,
    /// Its age was given, and does not begin in line.
    keeps_age: bool,
    /// It has stood in line.
    stood: bool,
    preferred: Option<Preferred>,
}

impl Appointment {
    /// Whether a checkpoint may have a contact in this place with it, or without one.
    pub(crate) fn may_stand(it: Option<Self>, place: Place, deadline: Option<Timestamp>) -> bool {
        match place {
            Place::Loose => false,
            Place::InLine => true,
            Place::Scheduled => it.is_some(),
            Place::With(Stage::Reserved) => it.is_some() && it.map(|it| it.not_before) == deadline,
            Place::Parked | Place::With(_) => it.is_none(),
        }
    }
}

/// By contact slot; only few contacts have one. O(log n) each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Appointments(Sorted<u32, Appointment>);

impl Appointments {
    pub(crate) fn get(&self, contact: u32) -> Option<Appointment> {
        self.0.iter_from(contact).next().filter(|&(of, _)| of == contact).map(|(_, it)| it)
    }

    /// Adds one, or replaces it.
    pub(crate) fn set(&mut self, contact: u32, it: Appointment) {
        self.0.remove(&contact);
        self.0.insert(contact, it);
    }

    fn forget(&mut self, contact: u32) {
        self.0.remove(&contact);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Step<'_> {
    /// A contact that is promised for later: it is scheduled, or stands in line already.
    #[cold]
    pub(crate) fn await_its_time(&mut self, slot: u32) {
        let contact = self.state.contacts[slot].id;
        let until = self.state.stands_at(slot);
        if until > self.state.now {
            self.emit(What::Scheduled { contact, until });
        } else {
            self.fall_due(slot);
        }
    }

    /// The contact stands in line from now on.
    pub(crate) fn fall_due(&mut self, slot: u32) {
        let contact = self.state.contacts[slot].id;
        self.emit(What::Due { contact });
        self.line_up(slot);
        self.mark_contact(slot);
    }

    /// The agent's capacity is taken for a contact before its time.
    #[cold]
    pub(crate) fn reserve(&mut self, slot: u32, agent: u32) {
        let channel = self.state.contacts[slot].channel;
        self.put_aside_for(slot, agent, channel);
        let Some(until) = self.state.appointment(slot).map(|it| it.not_before) else { return };
        let (contact, agent) = (self.state.contacts[slot].id, self.state.agents[agent].id);
        self.emit(What::Reserved { contact, agent, until });
    }

    /// The capacity is free again; the contact is nowhere.
    pub(crate) fn end_reservation(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        let (contact, holder) = (it.id, it.agent);
        let agent = self.state.agents[holder].id;
        self.emit(What::ReservationEnded { contact, agent });
        self.mark_agent(holder);
    }
}

impl State {
    pub(crate) fn appointment(&self, slot: u32) -> Option<Appointment> {
        if self.contacts[slot].appointed() { self.appointments.get(slot) } else { None }
    }

    /// Whether the time for which the contact is promised has not come.
    pub(crate) fn is_early(&self, slot: u32) -> bool {
        self.contacts[slot].appointed() && self.appointment(slot).is_some_and(|it| it.not_before > self.now)
    }

    /// When a contact that is promised for later stands in line.
    pub(crate) fn stands_at(&self, slot: u32) -> Timestamp {
        let lead = self.plan.queue(self.contacts[slot].queue).map_or(Span::ZERO, |queue| queue.lead);
        let not_before = self.appointment(slot).map_or(Timestamp::ZERO, |it| it.not_before);
        Timestamp(not_before.0.saturating_sub(lead.0))
    }

    /// Why an event about a contact that is promised for later cannot follow; nothing if it can.
    pub(super) fn contradicts_appointment(&self, what: &What) -> Option<&'static str> {
        let (What::Scheduled { contact, .. } | What::Due { contact } | What::Reserved { contact, .. }) = *what else {
            return None;
        };
        let slot = self.contact_ids.get(&contact);
        let Some((slot, it)) = slot.and_then(|slot| Some((slot, self.appointment(slot)?))) else {
            return Some("the contact is not there, or not promised for later");
        };
        let place = self.contacts[slot].place;
        let can = match *what {
            What::Scheduled { until, .. } => place == Place::Loose && until == self.stands_at(slot),
            What::Due { .. } => matches!(place, Place::Loose | Place::Scheduled),
            What::Reserved { agent, until, .. } => {
                let takes = |agent| self.takes(agent, self.contacts[slot].channel);
                place == Place::InLine && until == it.not_before && self.agent_ids.get(&agent).is_some_and(takes)
            }
            _ => true,
        };
        if can { None } else { Some("the contact does not wait for its time there") }
    }

    /// Whether the agent's capacity is kept for the contact.
    pub(super) fn is_kept_for(&self, contact: ContactId, agent: AgentId) -> bool {
        let kept = |slot: u32| {
            let it = &self.contacts[slot];
            it.place == Place::With(Stage::Reserved) && self.agent_ids.get(&agent) == Some(it.agent)
        };
        self.contact_ids.get(&contact).is_some_and(kept)
    }

    /// A contact has arrived: whether it is promised for later, which is noted.
    pub(crate) fn appoint(&mut self, slot: u32, new: &NewContact) {
        let Some(not_before) = new.not_before.filter(|&at| at > self.now) else { return };
        let keeps_age = new.age_origin.is_some();
        self.appointments.set(slot, Appointment { not_before, keeps_age, stood: false, preferred: new.preferred });
        let it = &mut self.contacts[slot];
        it.appoint(true);
        it.promise(true);
        it.set_only(None);
    }

    /// A contact of an appointment was transferred: the appointment stands.
    pub(super) fn take_appointment_along(&mut self, slot: u32, to: &TransferTo, reset_age: bool) {
        let Some(mut it) = self.appointment(slot) else { return };
        it.preferred = match *to {
            TransferTo::Agent(agent, wait) => Some(Preferred { agent, wait }),
            TransferTo::Queue(_) | TransferTo::Needs(_) => None,
        };
        it.keeps_age &= !reset_age;
        self.appointments.set(slot, it);
        let contact = &mut self.contacts[slot];
        contact.promise(true);
        if contact.place == Place::Scheduled {
            contact.place = Place::Loose;
        }
    }

    #[cold]
    pub(super) fn become_scheduled(&mut self, slot: u32) {
        let it = &mut self.contacts[slot];
        it.set_only(None);
        it.place = Place::Scheduled;
        self.arm(slot);
    }

    /// The contact is about to stand in line; whom it waits for alone is asked now.
    #[cold]
    pub(super) fn become_due(&mut self, slot: u32) {
        let Some(it) = self.appointment(slot) else { return };
        let now = self.now;
        self.appointments.set(slot, Appointment { stood: true, ..it });
        let contact = &mut self.contacts[slot];
        contact.place = Place::Loose;
        (contact.since, contact.step_since, contact.widened) = (now, now, 0);
        if !it.stood && !it.keeps_age {
            contact.origin = now;
        }
        let only = self.whom_it_asks(&self.contacts[slot], &it);
        self.contacts[slot].set_only(only);
        self.arm(slot);
        self.classify(slot);
    }

    /// The preferred agent, or else the one who had its customer last; for so long after the time that was promised.
    fn whom_it_asks(&self, contact: &Contact, it: &Appointment) -> Option<Only> {
        let only = match it.preferred {
            Some(preferred) => self.preferred(preferred, contact.channel),
            None if !it.stood => self.affine(contact, contact.customer()),
            None => None,
        }?;
        let wait = only.until.since(self.now);
        let from = it.not_before.max(self.now);
        let until = if only.until == Timestamp::MAX { Timestamp::MAX } else { from + wait };
        Some(Only { until, ..only })
    }

    /// Takes the agent's capacity for a contact that is given to it later.
    #[cold]
    pub(super) fn take_reservation(&mut self, slot: u32, agent: AgentId, until: Timestamp) {
        if self.is_waiting(slot) {
            self.leave_line(slot);
        }
        let agent_slot = self.agent_slot(agent);
        let now = self.now;
        let it = &mut self.contacts[slot];
        (it.place, it.agent) = (Place::With(Stage::Reserved), agent_slot);
        it.set_deadline(Some(until));
        it.set_owner(None);
        it.given_at = now;
        let channel = it.channel;
        self.agents[agent_slot].take_up(Holding::new(slot, channel, Stage::Reserved, now), now);
        self.unweigh(agent_slot);
        self.arm(slot);
    }

    /// The contact is given, or gone: nothing is promised any more.
    #[cold]
    pub(super) fn forget_appointment(&mut self, slot: u32) {
        self.appointments.forget(slot);
        self.contacts[slot].appoint(false);
    }
}
