//! Section 5, first half: contacts arrive, are given to agents, come back, and leave while they wait.

use cordboard::{
    AgentId, ContactId, HeldBy, Needs, NewContact, OfferId, Outcome, Over, QueueId, Span, Stage, Timestamp, Turn, What,
};

use super::{Contact, Holding, Place, Reference, Refused};

impl Reference {
    pub(super) fn enqueue(&mut self, id: ContactId, new: &NewContact) -> Result<(), Refused> {
        self.check_arrival(id, new)?;
        let now = self.now;
        self.arrivals += 1;
        let queue = new.queue;
        let repeat = self.is_repeat(new);
        let only = new.preferred.filter(|preferred| self.may_be_preferred(preferred.agent, new.channel).is_ok());
        let mut it = Contact {
            id,
            arrival: self.arrivals,
            queue,
            channel: new.channel,
            needs: new.needs.clone(),
            priority: new.priority,
            age_origin: new.age_origin.unwrap_or(now),
            answer_within: new.answer_within,
            max_wait: new.max_wait,
            wrap_up: new.wrap_up,
            customer: new.customer,
            owner: None,
            context: Vec::new(),
            turn: Turn::Agent,
            turn_since: now,
            joined: Vec::new(),
            only: only.map(|preferred| (preferred.agent, now + preferred.wait)),
            waits_since: now,
            step: 0,
            step_began: now,
            widened: Span::ZERO,
            released: false,
            first_offer: None,
            offers_made: 0,
            overflows: 0,
            promised: false,
            promise: None,
            excluded: Vec::new(),
            excluding_ends: Vec::new(),
        };
        self.tell(What::Arrived { contact: id, queue, repeat });
        if new.preferred.is_none() {
            it.only = self.affine_agent(&it);
        }
        it.promise = self.promise_of(new);
        if let Some(customer) = new.customer {
            self.customer_arrives(customer, id);
        }
        if it.promise.is_some() {
            it.promised = true;
            self.awaits_its_time(it);
            return Ok(());
        }
        let at = self.stand_in_line(it);
        self.comes_in(at);
        Ok(())
    }

    fn check_arrival(&self, id: ContactId, new: &NewContact) -> Result<(), Refused> {
        if self.place(id).is_some() {
            return Err(Refused::Condition("the contact is there already"));
        }
        self.check_queue(new.queue)?;
        self.check_channel(new.channel)?;
        self.check_needs(&new.needs)?;
        if new.age_origin.is_some_and(|origin| origin > self.now) {
            return Err(Refused::Condition("the age origin lies in the future"));
        }
        if new.answer_within == Some(Span::ZERO) {
            return Err(Refused::Condition("no time to answer"));
        }
        if let Some(customer) = new.customer {
            self.may_have_another(customer, new.channel)?;
        }
        if self.present() >= self.plan.limits().contacts as usize {
            return Err(Refused::Condition("as many contacts as there may be"));
        }
        Ok(())
    }

    /// "Signed in, not draining, and its profile has the channel."
    pub(super) fn may_be_preferred(&self, agent: AgentId, channel: cordboard::ChannelId) -> Result<usize, Refused> {
        let a = self.known_agent(agent)?;
        if self.agents[a].draining {
            return Err(Refused::Condition("the agent is draining"));
        }
        self.takes_channel(a, channel)?;
        Ok(a)
    }

    pub(super) fn takes_channel(&self, a: usize, channel: cordboard::ChannelId) -> Result<(), Refused> {
        match self.profile(&self.agents[a]).channel(channel) {
            Some(_) => Ok(()),
            None => Err(Refused::Condition("the agent's profile lacks the channel")),
        }
    }

    /// **Given** to an agent.
    pub(super) fn give(&mut self, at: usize, a: usize, forced: bool) {
        let now = self.now;
        if !forced && self.is_early(&self.waiting[at]) {
            return self.reserves(at, a);
        }
        let mut it = self.waiting.remove(at);
        it.promise = None;
        let (contact, queue, channel, customer) = (it.id, it.queue, it.channel, it.customer);
        let agent = self.agents[a].id;
        self.put_aside_for(a, channel);
        it.first_offer = it.first_offer.or(Some(now));
        (it.turn, it.turn_since) = (Turn::Agent, now);
        it.owner = None;

        let connect_by = self.plan.connect_time(queue, channel).map(|span| now + span);
        let (stage, offer, until) = match self.plan.offer_time(queue, channel) {
            Some(time) => {
                self.offers += 1;
                it.offers_made += 1;
                let offer = OfferId(self.offers);
                let expires = if time == Span::MAX { None } else { Some(now + time) };
                self.tell(What::Offered { offer, contact, agent, expires, forced });
                (Stage::Offered, Some(offer), expires)
            }
            None => {
                self.agents[a].handled_count += 1;
                self.tell(What::Assigned { contact, agent, connect_by, forced });
                (if connect_by.is_some() { Stage::Connecting } else { Stage::Active }, None, connect_by)
            }
        };
        let taken = offer.is_none();
        self.agents[a].holds.push(Holding {
            contact: it,
            stage,
            offer,
            taken,
            held_by: None,
            waking: false,
            until,
            forced,
            further: false,
        });
        self.agents[a].offered = now;
        if !forced {
            self.chose(queue, agent);
            self.remember_given(a, channel);
            self.rings_with_more(contact);
        }
        if taken {
            self.was_taken(customer, agent);
            self.supersede(contact, customer, channel);
        }
    }

    /// The agent has taken a contact without being offered it, as by an unforced `Assigned`.
    pub(super) fn takes(&mut self, a: usize, mut it: Contact, stage: Stage, until: Option<Timestamp>) {
        let now = self.now;
        let (contact, customer, channel) = (it.id, it.customer, it.channel);
        it.first_offer = it.first_offer.or(Some(now));
        (it.turn, it.turn_since) = (Turn::Agent, now);
        it.owner = None;
        self.chose(it.queue, self.agents[a].id);
        self.remember_given(a, it.channel);
        let agent = &mut self.agents[a];
        agent.offered = now;
        agent.handled_count += 1;
        agent.holds.push(Holding {
            contact: it,
            stage,
            offer: None,
            taken: true,
            held_by: None,
            waking: false,
            until,
            forced: false,
            further: false,
        });
        let agent = agent.id;
        self.was_taken(customer, agent);
        self.supersede(contact, customer, channel);
    }

    /// The agent is the last to whom the queue gave a contact unforced.
    pub(super) fn chose(&mut self, queue: QueueId, agent: AgentId) {
        self.last_given.retain(|(of, _)| *of != queue);
        self.last_given.push((queue, agent));
    }

    /// What the agent is active on and a contact of `channel` puts on hold.
    pub(super) fn put_aside_for(&mut self, a: usize, channel: cordboard::ChannelId) {
        let agent = self.agents[a].id;
        for h in 0..self.agents[a].holds.len() {
            let held = &self.agents[a].holds[h];
            let over = self.profile(&self.agents[a]).over(channel, held.contact.channel);
            if held.stage == Stage::Active && !held.further && over == Over::Hold {
                let contact = held.contact.id;
                let held = &mut self.agents[a].holds[h];
                (held.stage, held.held_by) = (Stage::Held, Some(HeldBy::Arrival));
                self.tell(What::Held { contact, agent, by: HeldBy::Arrival });
                self.mark_agent(agent);
            }
        }
    }

    /// A contact **returns**.
    pub(super) fn comes_back(&mut self, mut it: Contact) {
        let contact = it.id;
        if it.only.take().is_some() {
            self.tell(What::PreferenceEnded { contact });
        }
        if it.offers_made >= u32::from(self.queue(it.queue).offers_per_contact) {
            self.tell_ended(&it, Outcome::Unanswered, None);
        } else if self.waited_longest(&it) {
            self.tell_ended(&it, Outcome::MaxWait, None);
        } else {
            let at = self.stand_in_line(it);
            self.advance_steps(at);
            self.tell_queued(at);
            self.mark_contact(contact);
        }
    }

    pub(super) fn waited_longest(&self, contact: &Contact) -> bool {
        self.longest_wait(contact).is_some_and(|span| contact.waits_since + span <= self.now)
    }

    pub(super) fn tell_queued(&mut self, at: usize) {
        let it = &self.waiting[at];
        let (contact, queue, only) = (it.id, it.queue, it.only.map(|(agent, _)| agent));
        self.tell(What::Queued { contact, queue, waiting: self.waiting_in(queue), only });
    }

    /// The contact waits for anybody from now on, and looks again.
    pub(super) fn end_preference(&mut self, at: usize) {
        self.waiting[at].only = None;
        let contact = self.waiting[at].id;
        self.tell(What::PreferenceEnded { contact });
        self.mark_contact(contact);
    }

    /// **Excluded**, section 4: an offer declined, expired or revoked, or `Returned`.
    pub(super) fn exclude(&self, contact: &mut Contact, agent: AgentId) {
        let queue = self.queue(contact.queue);
        contact.excluding_ends.push(agent);
        let ends = contact.excluding_ends.iter().filter(|&&who| who == agent).count();
        contact.excluded.retain(|&(who, _)| who != agent);
        if ends >= usize::from(queue.offers_per_agent) {
            contact.excluded.push((agent, Timestamp::MAX));
        } else if queue.no_answer.exclude_for > Span::ZERO {
            contact.excluded.push((agent, self.now + queue.no_answer.exclude_for));
        }
    }

    pub(super) fn set_priority(&mut self, contact: ContactId, priority: i16) -> Result<(), Refused> {
        self.waiting_or_scheduled(contact)?.priority = priority;
        self.tell(What::PriorityChanged { contact, priority });
        self.mark_contact(contact);
        Ok(())
    }

    pub(super) fn set_context(&mut self, contact: ContactId, context: &[u8]) -> Result<(), Refused> {
        if context.len() > self.plan.limits().context as usize {
            return Err(Refused::Condition("more than may be attached to a contact"));
        }
        self.known_contact(contact)?;
        // One that rings with several agents is with each of them.
        let held = self.agents.iter_mut().flat_map(|agent| &mut agent.holds).map(|held| &mut held.contact);
        let nobodys = self.waiting.iter_mut().chain(&mut self.parked).chain(&mut self.scheduled);
        for it in nobodys.chain(held).filter(|it| it.id == contact) {
            it.context = context.to_vec();
        }
        self.tell(What::ContextSet { contact });
        Ok(())
    }

    pub(super) fn set_needs(&mut self, contact: ContactId, needs: &Needs) -> Result<(), Refused> {
        self.check_needs(needs)?;
        self.waiting_or_scheduled(contact)?.needs = needs.clone();
        self.tell(What::NeedsChanged { contact });
        self.mark_contact(contact);
        Ok(())
    }

    pub(super) fn assign(&mut self, contact: ContactId, agent: AgentId) -> Result<(), Refused> {
        let a = match self.known_contact(contact)? {
            Place::With(..) => return Err(Refused::Condition("an agent has the contact")),
            Place::Waiting(at) => {
                let a = self.known_agent(agent)?;
                self.takes_channel(a, self.waiting[at].channel)?;
                a
            }
            Place::Parked(at) => {
                let a = self.known_agent(agent)?;
                self.takes_channel(a, self.parked[at].channel)?;
                let it = self.parked.remove(at);
                self.stand_in_line(it);
                a
            }
            Place::Scheduled(at) => {
                let a = self.known_agent(agent)?;
                self.takes_channel(a, self.scheduled[at].channel)?;
                let it = self.scheduled.remove(at);
                self.stand_in_line(it);
                a
            }
        };
        let at = self.waiting_contact(contact)?;
        self.give(at, a, true);
        Ok(())
    }
}
