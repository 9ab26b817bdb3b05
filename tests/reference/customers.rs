//! Section 11: customers.

use cordboard::{AgentId, ChannelId, ContactId, CustomerId, NewContact, Outcome, Stage, Timestamp, What};

use super::{Contact, Place, Reference, Refused};

#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) id: CustomerId,
    pub(crate) last_agent: Option<(AgentId, Timestamp)>,
    pub(crate) completed: Option<Timestamp>,
    /// Arrived and not ended, wherever they are.
    pub(crate) contacts: Vec<ContactId>,
    /// Since when it has no contact; `None` while it has one.
    pub(crate) idle: Option<Timestamp>,
}

impl Reference {
    /// Every contact of a customer, by arrival, with the agent who has it and the stage.
    pub(crate) fn contacts_of(&self, customer: CustomerId) -> Vec<(&Contact, Option<(AgentId, Stage)>)> {
        let waiting = self.waiting.iter().chain(&self.parked).chain(&self.scheduled).map(|contact| (contact, None));
        let held = self.agents.iter().flat_map(|agent| {
            let held = agent.holds.iter().filter(|holding| !holding.further);
            held.map(move |holding| (&holding.contact, Some((agent.id, holding.stage))))
        });
        let mut all: Vec<_> = waiting.chain(held).filter(|(contact, _)| contact.customer == Some(customer)).collect();
        all.sort_by_key(|(contact, _)| contact.arrival);
        all
    }

    /// What is remembered of a customer now.
    pub(crate) fn remembered(&self, customer: CustomerId) -> Option<&Customer> {
        let remember = self.plan.customers().remember;
        let known = self.customers.iter().find(|known| known.id == customer)?;
        known.idle.is_none_or(|idle| idle + remember > self.now).then_some(known)
    }

    /// **Repeat**.
    pub(super) fn is_repeat(&self, new: &NewContact) -> bool {
        let known = new.customer.and_then(|customer| self.remembered(customer));
        let completed = known.and_then(|known| known.completed);
        completed.is_some_and(|completed| completed + self.plan.customers().repeat_within >= self.now)
    }

    /// **One per customer**.
    pub(super) fn may_have_another(&self, customer: CustomerId, channel: ChannelId) -> Result<(), Refused> {
        let one = self.plan.channel(channel).is_some_and(|channel| channel.one_per_customer);
        let stands = |(contact, with): &(&Contact, Option<(AgentId, Stage)>)| {
            contact.channel == channel && !matches!(with, Some((_, Stage::WrapUp)))
        };
        if one && self.contacts_of(customer).iter().any(stands) {
            return Err(Refused::Condition("the customer has one already"));
        }
        Ok(())
    }

    /// **One per customer**, for a contact that goes over to a channel.
    pub(super) fn customer_may_move(&self, id: ContactId, channel: ChannelId) -> Result<(), Refused> {
        let contact = match self.known_contact(id)? {
            Place::Waiting(at) => &self.waiting[at],
            Place::Scheduled(at) => &self.scheduled[at],
            Place::Parked(at) => &self.parked[at],
            Place::With(a, h) => &self.agents[a].holds[h].contact,
        };
        match contact.customer {
            Some(customer) if contact.channel != channel => self.may_have_another(customer, channel),
            _ => Ok(()),
        }
    }

    /// **Affinity**: whom the contact, which has just been put among those who wait, is to wait for alone.
    pub(super) fn affine_agent(&self, contact: &Contact) -> Option<(AgentId, Timestamp)> {
        let rule = self.queue(contact.queue).affinity?;
        let customer = contact.customer?;
        let (agent, had_at) = self.remembered(customer)?.last_agent?;
        let who = &self.agents[self.agent_at(agent)?];
        let has_one = self.contacts_of(customer).iter().any(|(_, with)| {
            with.is_some_and(|(by, stage)| by == agent && !matches!(stage, Stage::Offered | Stage::Reserved))
        });
        let counts = had_at + rule.within >= self.now || has_one;
        (counts && !who.draining && self.could_serve(who, contact)).then(|| (agent, self.now + rule.wait))
    }

    /// The customer of an arrival has a contact from now on.
    pub(super) fn customer_arrives(&mut self, customer: CustomerId, contact: ContactId) {
        self.forget_old_customers();
        match self.customers.iter_mut().find(|known| known.id == customer) {
            Some(known) => {
                known.idle = None;
                known.contacts.push(contact);
            }
            None => self.customers.push(Customer {
                id: customer,
                last_agent: None,
                completed: None,
                contacts: vec![contact],
                idle: None,
            }),
        }
        self.forget_too_many_customers();
    }

    pub(super) fn was_taken(&mut self, customer: Option<CustomerId>, agent: AgentId) {
        let now = self.now;
        if let Some(known) = self.customer_known(customer) {
            known.last_agent = Some((agent, now));
        }
    }

    pub(super) fn left_hands(&mut self, customer: Option<CustomerId>, agent: AgentId) {
        let now = self.now;
        if let Some(known) = self.customer_known(customer)
            && known.last_agent.is_some_and(|(last, _)| last == agent)
        {
            known.last_agent = Some((agent, now));
        }
    }

    pub(super) fn was_completed(&mut self, customer: Option<CustomerId>) {
        let now = self.now;
        if let Some(known) = self.customer_known(customer) {
            known.completed = Some(now);
        }
    }

    /// Tells that a contact, which is nowhere any more, has ended.
    pub(super) fn tell_ended(&mut self, contact: &Contact, outcome: Outcome, agent: Option<AgentId>) {
        self.tell(What::Ended { contact: contact.id, outcome, agent });
        let Some(customer) = contact.customer else { return };
        if outcome == Outcome::Completed {
            self.was_completed(Some(customer));
        }
        if let Some(agent) = agent {
            self.left_hands(Some(customer), agent);
        }
        let at = self.customers.iter().position(|known| known.id == customer).expect("it had a contact");
        self.customers[at].contacts.retain(|&other| other != contact.id);
        if self.customers[at].contacts.is_empty() {
            let mut known = self.customers.remove(at);
            known.idle = Some(self.now);
            if known.last_agent.is_some() || known.completed.is_some() {
                self.customers.push(known);
            }
        }
        self.forget_old_customers();
        self.forget_too_many_customers();
    }

    /// **Superseded**: the contact was taken.
    pub(super) fn supersede(&mut self, id: ContactId, customer: Option<CustomerId>, channel: ChannelId) {
        let Some(customer) = customer else { return };
        let over: Vec<ContactId> = self
            .contacts_of(customer)
            .into_iter()
            .filter(|(other, _)| matches!(self.place(other.id), Some(Place::Waiting(_))))
            .filter(|(other, _)| other.id != id && other.channel != channel)
            .filter(|(other, _)| self.plan.channel(other.channel).is_some_and(|channel| channel.superseded))
            .map(|(other, _)| other.id)
            .collect();
        for other in over {
            let at = self.waiting_contact(other).expect("it waits");
            let gone = self.waiting.remove(at);
            self.tell_ended(&gone, Outcome::Superseded, None);
        }
    }

    fn customer_known(&mut self, customer: Option<CustomerId>) -> Option<&mut Customer> {
        self.customers.iter_mut().find(|known| Some(known.id) == customer)
    }

    fn forget_old_customers(&mut self) {
        let (now, remember) = (self.now, self.plan.customers().remember);
        self.customers.retain(|known| known.idle.is_none_or(|idle| idle + remember > now));
    }

    fn forget_too_many_customers(&mut self) {
        while self.customers.len() > self.plan.customers().limit as usize {
            let Some(longest_idle) = self.customers.iter().position(|known| known.idle.is_some()) else { return };
            self.customers.remove(longest_idle);
        }
    }
}
