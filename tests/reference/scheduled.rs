//! Section 12: contacts that are promised for later.

use cordboard::{ContactId, NewContact, Preferred, Span, Stage, Timestamp, TransferTo, What};

use super::{Contact, Holding, Reference};

/// What is promised to a contact, until it is given to an agent.
#[derive(Clone, Debug)]
pub(crate) struct Promise {
    pub(crate) not_before: Timestamp,
    keeps_age: bool,
    has_stood_in_line: bool,
    preferred: Option<Preferred>,
}

impl Reference {
    pub(super) fn promise_of(&self, new: &NewContact) -> Option<Promise> {
        let not_before = new.not_before.filter(|&at| at > self.now)?;
        let (keeps_age, preferred) = (new.age_origin.is_some(), new.preferred);
        Some(Promise { not_before, keeps_age, has_stood_in_line: false, preferred })
    }

    /// Contacts for which an agent is kept free.
    pub(crate) fn reserved(&self) -> impl Iterator<Item = ContactId> + '_ {
        let held = self.agents.iter().flat_map(|agent| &agent.holds);
        held.filter(|held| held.stage == Stage::Reserved).map(|held| held.contact.id)
    }

    /// Whether the time for which the contact is promised has not come.
    pub(crate) fn is_early(&self, contact: &Contact) -> bool {
        contact.promise.as_ref().is_some_and(|promise| promise.not_before > self.now)
    }

    /// When a contact that is promised for later stands in line.
    pub(super) fn stands_at(&self, contact: &Contact) -> Timestamp {
        let not_before = contact.promise.as_ref().map_or(Timestamp::ZERO, |promise| promise.not_before);
        Timestamp(not_before.0.saturating_sub(self.queue(contact.queue).lead.0))
    }

    /// A contact that is nowhere is scheduled, or stands in line already.
    pub(super) fn awaits_its_time(&mut self, mut it: Contact) {
        let until = self.stands_at(&it);
        if until <= self.now {
            return self.falls_due(it);
        }
        it.only = None;
        self.tell(What::Scheduled { contact: it.id, until });
        self.scheduled.push(it);
    }

    /// The contact stands in line from now on.
    pub(super) fn falls_due(&mut self, mut it: Contact) {
        let (now, contact) = (self.now, it.id);
        self.tell(What::Due { contact });
        let mut promise = it.promise.clone().expect("it is promised for later");
        let first = !std::mem::replace(&mut promise.has_stood_in_line, true);
        if first && !promise.keeps_age {
            it.age_origin = now;
        }
        (it.waits_since, it.step_began, it.widened, it.only) = (now, now, Span::ZERO, None);
        let from = promise.not_before.max(now);
        let preferred = promise.preferred;
        it.promise = Some(promise);
        match preferred {
            Some(Preferred { agent, wait }) => {
                it.only = self.may_be_preferred(agent, it.channel).is_ok().then(|| (agent, from + wait));
            }
            None if first => {
                it.only = self.affine_agent(&it).map(|(agent, _)| {
                    let wait = self.queue(it.queue).affinity.expect("it has a rule").wait;
                    (agent, from + wait)
                });
            }
            None => {}
        }
        let at = self.stand_in_line(it);
        self.advance_steps(at);
        self.tell_queued(at);
        self.mark_contact(contact);
    }

    /// The contact goes along with its promise to where it is transferred.
    pub(super) fn takes_promise_along(&self, it: &mut Contact, to: &TransferTo, reset_age: bool) {
        let Some(promise) = &mut it.promise else { return };
        promise.preferred = match *to {
            TransferTo::Agent(agent, wait) => Some(Preferred { agent, wait }),
            _ => None,
        };
        if reset_age {
            promise.keeps_age = false;
        }
        it.promised = true;
    }

    /// The agent at `a` is kept free for the contact at `at` of `waiting`.
    pub(super) fn reserves(&mut self, at: usize, a: usize) {
        let it = self.waiting.remove(at);
        let until = it.promise.as_ref().expect("it is promised for later").not_before;
        let (contact, agent) = (it.id, self.agents[a].id);
        self.put_aside_for(a, it.channel);
        self.tell(What::Reserved { contact, agent, until });
        self.agents[a].holds.push(Holding {
            contact: it,
            stage: Stage::Reserved,
            offer: None,
            taken: false,
            held_by: None,
            waking: false,
            until: Some(until),
            forced: false,
            further: false,
        });
    }

    /// The time has come: the contact is given to the agent who was kept free for it.
    pub(super) fn is_given_as_reserved(&mut self, a: usize, h: usize) {
        let it = self.agents[a].holds.remove(h).contact;
        let arrival = it.arrival;
        let at = self.waiting.iter().take_while(|waiting| waiting.arrival < arrival).count();
        self.waiting.insert(at, it);
        let agent = self.agents[a].id;
        self.give(at, a, false);
        self.mark_agent(agent);
    }

    /// The contact at (a, h), for which the agent was kept free, is nowhere now.
    pub(super) fn reservation_ends(&mut self, a: usize, h: usize) -> Contact {
        let agent = self.agents[a].id;
        let it = self.take_from(a, h);
        self.tell(What::ReservationEnded { contact: it.id, agent });
        it
    }
}
