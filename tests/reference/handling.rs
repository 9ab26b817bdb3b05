//! Section 5, second half: what happens to a contact in an agent's hands.

use cordboard::{ContactId, HeldBy, OfferEnd, OfferId, Outcome, Return, Span, Stage, TransferTo, Turn, What, WrapUp};

use super::{Place, Reference, Refused};

/// The stages in which an agent works with a contact, or is about to.
const IN_HAND: [Stage; 4] = [Stage::Connecting, Stage::Active, Stage::Quiet, Stage::Held];

impl Reference {
    pub(super) fn accept(&mut self, offer: OfferId) -> Result<(), Refused> {
        let (a, h) = self.open_offer(offer)?;
        self.others_hear(offer, self.agents[a].holds[h].contact.id);
        let (a, h) = self.open_offer(offer)?;
        let agent = self.agents[a].id;
        let it = &self.agents[a].holds[h].contact;
        let (contact, customer, channel) = (it.id, it.customer, it.channel);
        let connect_by = self.plan.connect_time(it.queue, it.channel).map(|span| self.now + span);
        let holding = &mut self.agents[a].holds[h];
        holding.stage = if connect_by.is_some() { Stage::Connecting } else { Stage::Active };
        (holding.offer, holding.taken, holding.until) = (None, true, connect_by);
        self.agents[a].handled_count += 1;
        self.agents[a].streak = 0;
        self.tell(What::Accepted { offer, contact, agent, connect_by });
        self.was_taken(customer, agent);
        self.supersede(contact, customer, channel);
        self.mark_agent(agent);
        Ok(())
    }

    pub(super) fn decline(&mut self, offer: OfferId) -> Result<(), Refused> {
        let (a, h) = self.open_offer(offer)?;
        self.offer_ends(a, h, OfferEnd::Declined);
        Ok(())
    }

    pub(super) fn revoke(&mut self, offer: OfferId) -> Result<(), Refused> {
        let (a, h) = self.open_offer(offer)?;
        self.offer_ends(a, h, OfferEnd::Revoked);
        Ok(())
    }

    /// An offer ends declined, expired or revoked; the contact rings on, or returns.
    pub(super) fn offer_ends(&mut self, a: usize, h: usize, end: OfferEnd) {
        let agent = self.agents[a].id;
        let held = &self.agents[a].holds[h];
        let (contact, queue) = (held.contact.id, held.contact.queue);
        let offer = held.offer.expect("the stage is offered");
        let last = self.take_offer(a, h);
        self.tell(What::OfferEnded { offer, contact, agent, end });
        if end == OfferEnd::Expired {
            self.did_not_answer(a, queue);
        }
        match last {
            Some(mut it) => {
                self.exclude(&mut it, agent);
                self.comes_back(it);
            }
            None => self.rings_on(contact, agent),
        }
    }

    /// The contact at (a, h) is taken from its agent, who is excluded, and returns.
    pub(super) fn gives_back(&mut self, a: usize, h: usize, why: Return) {
        let agent = self.agents[a].id;
        let mut it = self.take_from(a, h);
        self.tell(What::Returned { contact: it.id, agent, why });
        self.left_hands(it.customer, agent);
        it.turns_to(Turn::Agent, self.now);
        self.exclude(&mut it, agent);
        self.comes_back(it);
    }

    pub(super) fn connected(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::Connecting])?;
        self.set_stage(a, h, Stage::Active, None);
        self.tell(What::Connected { contact, agent: self.agents[a].id });
        Ok(())
    }

    pub(super) fn connect_failed(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::Connecting])?;
        self.gives_back(a, h, Return::ConnectFailed);
        Ok(())
    }

    pub(super) fn requeue(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &IN_HAND)?;
        self.gives_back(a, h, Return::Requeued);
        Ok(())
    }

    pub(super) fn hold(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::Active])?;
        self.set_stage(a, h, Stage::Held, Some(HeldBy::Agent));
        self.tell(What::Held { contact, agent: self.agents[a].id, by: HeldBy::Agent });
        Ok(())
    }

    pub(super) fn resume(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::Held])?;
        if !self.may_resume(&self.agents[a], h) {
            return Err(Refused::Condition("no room to resume"));
        }
        self.set_stage(a, h, Stage::Active, None);
        self.tell(What::Resumed { contact, agent: self.agents[a].id, by: HeldBy::Agent });
        Ok(())
    }

    pub(super) fn set_stage(&mut self, a: usize, h: usize, stage: Stage, held_by: Option<HeldBy>) {
        let holding = &mut self.agents[a].holds[h];
        (holding.stage, holding.held_by, holding.until, holding.waking) = (stage, held_by, None, false);
        let agent = self.agents[a].id;
        self.mark_agent(agent);
    }

    pub(super) fn complete(&mut self, contact: ContactId) -> Result<(), Refused> {
        if let Place::Parked(_) = self.known_contact(contact)? {
            return self.goes(contact, Outcome::Completed);
        }
        let (a, h) = self.contact_in(contact, &[Stage::Active, Stage::Quiet, Stage::Held])?;
        let agent = self.agents[a].id;
        let until = match self.wrap_up_of(&self.agents[a].holds[h].contact) {
            WrapUp::None | WrapUp::Fixed(Span::ZERO) | WrapUp::UpTo(Span::ZERO) => {
                let gone = self.take_from(a, h);
                self.tell_ended(&gone, Outcome::Completed, Some(agent));
                return Ok(());
            }
            WrapUp::Fixed(span) | WrapUp::UpTo(span) => Some(self.now + span),
            WrapUp::Open => None,
        };
        self.others_part(a, h);
        self.set_stage(a, h, Stage::WrapUp, None);
        self.agents[a].holds[h].until = until;
        self.tell(What::WrapUpStarted { contact, agent, until });
        let customer = self.agents[a].holds[h].contact.customer;
        self.was_completed(customer);
        Ok(())
    }

    pub(super) fn end_wrap_up(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::WrapUp])?;
        // One that began without an end may be ended, whatever another plan says now.
        let holding = &self.agents[a].holds[h];
        if matches!(self.wrap_up_of(&holding.contact), WrapUp::Fixed(_)) && holding.until.is_some() {
            return Err(Refused::Condition("the wrap-up is fixed"));
        }
        self.wrap_up_ends(a, h);
        Ok(())
    }

    pub(super) fn wrap_up_ends(&mut self, a: usize, h: usize) {
        let agent = self.agents[a].id;
        let gone = self.take_from(a, h);
        self.tell_ended(&gone, Outcome::Completed, Some(agent));
    }

    pub(super) fn abandon(&mut self, contact: ContactId) -> Result<(), Refused> {
        if !matches!(self.known_contact(contact)?, Place::Waiting(_) | Place::Scheduled(_)) {
            self.contact_in(contact, &[Stage::Offered, Stage::Connecting, Stage::Reserved])?;
        }
        self.goes(contact, Outcome::Abandoned)
    }

    pub(super) fn cancel(&mut self, contact: ContactId) -> Result<(), Refused> {
        self.goes(contact, Outcome::Cancelled)
    }

    /// The contact leaves from wherever it is.
    fn goes(&mut self, contact: ContactId, outcome: Outcome) -> Result<(), Refused> {
        let mut last = None;
        let gone;
        match self.known_contact(contact)? {
            Place::Waiting(at) => gone = self.waiting.remove(at),
            Place::Parked(at) => gone = self.parked.remove(at),
            Place::Scheduled(at) => gone = self.scheduled.remove(at),
            Place::With(a, h) if self.agents[a].holds[h].stage == Stage::Reserved => {
                gone = self.reservation_ends(a, h);
            }
            Place::With(a, h) => {
                if self.agents[a].holds[h].offer.is_some() {
                    gone = self.stops_ringing(contact, OfferEnd::Left);
                } else {
                    last = Some(self.agents[a].id);
                    gone = self.take_from(a, h);
                }
            }
        }
        self.tell_ended(&gone, outcome, last);
        Ok(())
    }

    pub(super) fn transfer(&mut self, contact: ContactId, to: &TransferTo, reset_age: bool) -> Result<(), Refused> {
        let place = self.known_contact(contact)?;
        let channel = match place {
            Place::Waiting(at) => self.waiting[at].channel,
            Place::Parked(at) => self.parked[at].channel,
            Place::Scheduled(at) => self.scheduled[at].channel,
            Place::With(a, h) if self.agents[a].holds[h].stage == Stage::WrapUp => {
                return Err(Refused::Condition("the customer has gone"));
            }
            Place::With(a, h) => self.agents[a].holds[h].contact.channel,
        };
        match to {
            TransferTo::Queue(queue) => self.check_queue(*queue)?,
            TransferTo::Agent(agent, _) => _ = self.may_be_preferred(*agent, channel)?,
            TransferTo::Needs(needs) => self.check_needs(needs)?,
        }

        let mut taken_from = None;
        let mut it = match place {
            Place::Waiting(at) => self.waiting.remove(at),
            Place::Parked(at) => self.parked.remove(at),
            Place::Scheduled(at) => self.scheduled.remove(at),
            Place::With(a, h) if self.agents[a].holds[h].stage == Stage::Reserved => self.reservation_ends(a, h),
            Place::With(a, h) => {
                let agent = self.agents[a].id;
                let mut it = if self.agents[a].holds[h].offer.is_some() {
                    self.stops_ringing(contact, OfferEnd::Left)
                } else {
                    let it = self.take_from(a, h);
                    self.tell(What::Returned { contact, agent, why: Return::Transferred });
                    self.left_hands(it.customer, agent);
                    taken_from = Some(agent);
                    it
                };
                it.turns_to(Turn::Agent, self.now);
                it
            }
        };

        let now = self.now;
        it.only = None;
        it.owner = None;
        it.turns_to(Turn::Agent, now);
        match to {
            TransferTo::Queue(queue) => it.queue = *queue,
            TransferTo::Agent(agent, wait) => it.only = Some((*agent, now + *wait)),
            TransferTo::Needs(needs) => it.needs = needs.clone(),
        }
        self.tell(What::Transferred { contact, queue: it.queue });
        it.excluded.clear();
        it.excluding_ends.clear();
        it.offers_made = 0;
        it.promised = false;
        it.first_offer = None;
        it.step = 0;
        it.widened = Span::ZERO;
        it.released = false;
        it.step_began = now;
        it.waits_since = now;
        if reset_age {
            it.age_origin = now;
        }
        if let Some(agent) = taken_from
            && it.only.is_none_or(|(only, _)| only != agent)
        {
            self.exclude(&mut it, agent);
        }
        self.takes_promise_along(&mut it, to, reset_age);
        if self.is_early(&it) {
            self.awaits_its_time(it);
            return Ok(());
        }
        let at = self.stand_in_line(it);
        self.advance_steps(at);
        self.tell_queued(at);
        self.mark_contact(contact);
        Ok(())
    }
}
