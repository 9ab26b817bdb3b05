//! Section 8: whose turn it is, and what follows from messages and from silence; parking and waking.

use cordboard::{
    AgeFrom, AgentId, ContactId, Conversation, Load, Outcome, Over, Return, Span, Stage, Timestamp, Turn, What,
};

use super::room::{busy, load_in};
use super::{Agent, Contact, Holding, Place, Reference, Refused};

/// What a customer's silence leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Silence {
    Quiet,
    Parked,
    Closed,
}

impl Contact {
    /// It is somebody's turn from now on, if it was not already.
    pub(super) fn turns_to(&mut self, turn: Turn, now: Timestamp) {
        if self.turn != turn {
            (self.turn, self.turn_since) = (turn, now);
        }
    }

    /// "As after a transfer to its own queue."
    pub(super) fn begins_anew(&mut self, now: Timestamp) {
        self.excluded.clear();
        self.excluding_ends.clear();
        self.offers_made = 0;
        self.first_offer = None;
        (self.step, self.step_began, self.waits_since, self.widened) = (0, now, now, Span::ZERO);
        self.released = false;
        self.only = None;
    }
}

impl Reference {
    pub(super) fn conversation_of(&self, contact: &Contact) -> Conversation {
        self.plan.channel(contact.channel).expect("its channel is in the plan").conversation
    }

    fn contact_at(&mut self, place: Place) -> &mut Contact {
        match place {
            Place::Waiting(at) => &mut self.waiting[at],
            Place::Parked(at) => &mut self.parked[at],
            Place::Scheduled(at) => &mut self.scheduled[at],
            Place::With(a, h) => &mut self.agents[a].holds[h].contact,
        }
    }

    pub(super) fn message_from_customer(&mut self, contact: ContactId) -> Result<(), Refused> {
        let now = self.now;
        let place = self.known_contact(contact)?;
        if let Place::With(a, h) = place
            && self.agents[a].holds[h].stage == Stage::WrapUp
        {
            return Err(Refused::Condition("the customer has gone"));
        }
        self.tell(What::CustomerWrote { contact });
        let it = self.contact_at(place).clone();
        let age_from = self.conversation_of(&it).age_from;
        let it = self.contact_at(place);
        if it.turn == Turn::Customer {
            it.turns_to(Turn::Agent, now);
            if age_from == AgeFrom::LastMessage {
                it.age_origin = now;
            }
        }
        match place {
            Place::Parked(at) => self.unparks(at),
            Place::With(a, h) if self.agents[a].holds[h].stage == Stage::Quiet => self.wakes(a, h),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn message_from_agent(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::Connecting, Stage::Active, Stage::Quiet, Stage::Held])?;
        let wait = self.wait_for_reply(&self.agents[a].holds[h]);
        let agent = self.agents[a].id;
        let holding = &mut self.agents[a].holds[h];
        (holding.contact.turn, holding.contact.turn_since) = (Turn::Customer, self.now);
        let channel = holding.contact.channel;
        let quiet = holding.stage == Stage::Quiet;
        if quiet {
            (holding.waking, holding.until) = (false, None);
        }
        self.tell(What::AgentWrote { contact, agent });
        if let Some(wait) = wait {
            self.count_reply(a, channel, wait);
        }
        if quiet {
            self.mark_agent(agent);
        }
        Ok(())
    }

    pub(super) fn quiet(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::Active])?;
        self.turns_quiet(a, h);
        Ok(())
    }

    fn turns_quiet(&mut self, a: usize, h: usize) {
        let now = self.now;
        self.set_stage(a, h, Stage::Quiet, None);
        let it = &mut self.agents[a].holds[h].contact;
        it.turns_to(Turn::Customer, now);
        let contact = it.id;
        self.tell(What::Quieted { contact, agent: self.agents[a].id });
    }

    pub(super) fn park(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::Active, Stage::Quiet, Stage::Held])?;
        self.parks(a, h);
        Ok(())
    }

    pub(super) fn parks(&mut self, a: usize, h: usize) {
        let agent = self.agents[a].id;
        let mut it = self.take_from(a, h);
        it.turns_to(Turn::Customer, self.now);
        it.only = None;
        it.owner = Some(agent);
        self.tell(What::Parked { contact: it.id, agent });
        self.left_hands(it.customer, agent);
        self.parked.push(it);
    }

    pub(super) fn wake(&mut self, contact: ContactId) -> Result<(), Refused> {
        match self.known_contact(contact)? {
            Place::Parked(at) => self.unparks(at),
            _ => {
                let (a, h) = self.contact_in(contact, &[Stage::Quiet])?;
                self.wakes(a, h);
            }
        }
        Ok(())
    }

    /// **A parked contact wakes**.
    fn unparks(&mut self, at: usize) {
        let now = self.now;
        let mut it = self.parked.remove(at);
        let contact = it.id;
        it.turns_to(Turn::Agent, now);
        it.begins_anew(now);
        let wait = self.conversation_of(&it).wake.wait;
        let owner = it.owner.expect("who is parked has an owner");
        if wait > Span::ZERO && self.may_be_preferred(owner, it.channel).is_ok() {
            it.only = Some((owner, now + wait));
        }
        self.tell(What::Unparked { contact });
        self.stands_in_line_again(it);
    }

    pub(super) fn stands_in_line_again(&mut self, it: Contact) {
        let contact = it.id;
        let at = self.stand_in_line(it);
        self.advance_steps(at);
        self.tell_queued(at);
        self.mark_contact(contact);
    }

    /// **A quiet contact wakes**.
    fn wakes(&mut self, a: usize, h: usize) {
        let now = self.now;
        let agent = self.agents[a].id;
        if self.agents[a].holds[h].waking {
            return;
        }
        self.agents[a].holds[h].contact.turns_to(Turn::Agent, now);
        if self.wakes_if_it_may(a, h) {
            return;
        }
        let holding = &self.agents[a].holds[h];
        let (contact, wait) = (holding.contact.id, self.conversation_of(&holding.contact).wake.wait);
        if wait == Span::ZERO {
            self.is_not_woken(a, h);
            return;
        }
        let until = (wait != Span::MAX).then(|| now + wait);
        let holding = &mut self.agents[a].holds[h];
        (holding.waking, holding.until) = (true, until);
        self.tell(What::WakeDeferred { contact, agent, until });
    }

    /// Within the limits, or above them as far as the channel allows.
    fn wakes_if_it_may(&mut self, a: usize, h: usize) -> bool {
        let forced = !self.may_resume(&self.agents[a], h);
        if forced && !self.may_exceed(&self.agents[a], h) {
            return false;
        }
        self.agents[a].holds[h].forced |= forced;
        self.set_stage(a, h, Stage::Active, None);
        let contact = self.agents[a].holds[h].contact.id;
        self.tell(What::Woken { contact, agent: self.agents[a].id, forced });
        true
    }

    pub(crate) fn may_wake(&self, agent: &Agent, h: usize) -> bool {
        self.may_resume(agent, h) || self.may_exceed(agent, h)
    }

    fn may_exceed(&self, agent: &Agent, h: usize) -> bool {
        let profile = self.profile(agent);
        let channel = agent.holds[h].contact.channel;
        let over = self.conversation_of(&agent.holds[h].contact).wake.over;
        let Some(capacity) = profile.channel(channel) else { return false };
        let most = capacity.max.min(agent.limit(channel).unwrap_or(u16::MAX));
        let interrupted = agent.holds.iter().enumerate().any(|(at, other)| {
            at != h
                && matches!(other.stage, Stage::Offered | Stage::Connecting | Stage::Active)
                && profile.over(other.contact.channel, channel) == Over::Hold
        });
        let load = |(at, held): (usize, &Holding)| {
            load_in(profile, held.contact.channel, if at == h { Stage::Active } else { held.stage })
        };
        let sum: u64 = agent.holds.iter().enumerate().map(load).sum();
        over > 0
            && !interrupted
            && busy(agent, channel) < usize::from(most) + usize::from(over)
            && sum <= u64::from(Load::FULL.0) + u64::from(over) * load_in(profile, channel, Stage::Active)
    }

    fn is_not_woken(&mut self, a: usize, h: usize) {
        let agent = self.agents[a].id;
        let mut it = self.take_from(a, h);
        self.tell(What::Returned { contact: it.id, agent, why: Return::NotWoken });
        self.left_hands(it.customer, agent);
        it.begins_anew(self.now);
        it.owner = Some(agent);
        self.stands_in_line_again(it);
    }

    /// Section 7: contacts that wait to wake, the longest unanswered first.
    pub(super) fn wake_what_waits(&mut self, a: usize) {
        let waiting = self.agents[a].holds.iter().filter(|holding| holding.waking);
        let mut waiting: Vec<_> =
            waiting.map(|held| (held.contact.turn_since, held.contact.arrival, held.contact.id)).collect();
        waiting.sort();
        for (.., contact) in waiting {
            let h = self.agents[a].holds.iter().position(|held| held.contact.id == contact);
            self.wakes_if_it_may(a, h.expect("it is still held"));
        }
    }

    /// Section 7: an agent who is leaving parks what is quiet, where the channel parks.
    pub(super) fn park_what_is_quiet(&mut self, a: usize) {
        while let Some(h) = self.agents[a].holds.iter().position(|held| self.is_to_be_parked(held)) {
            self.parks(a, h);
        }
    }

    pub(super) fn is_to_be_parked(&self, held: &Holding) -> bool {
        held.stage == Stage::Quiet && !held.waking && self.conversation_of(&held.contact).park_after.is_some()
    }

    /// When a contact's silence is next too long.
    pub(super) fn silence_ends(&self, contact: &Contact, stage: Option<Stage>) -> Option<Timestamp> {
        self.silences(contact, stage).into_iter().map(|(due, _)| due).min()
    }

    /// Everything the silence of a contact's customer leads to, and when; `stage` is none where it is parked.
    fn silences(&self, it: &Contact, stage: Option<Stage>) -> Vec<(Timestamp, Silence)> {
        let rules = self.conversation_of(it);
        let of_stage = match (it.turn, stage) {
            (Turn::Agent, _) => vec![],
            (_, Some(Stage::Active)) => vec![Silence::Quiet, Silence::Parked, Silence::Closed],
            (_, Some(Stage::Quiet)) => vec![Silence::Parked, Silence::Closed],
            (_, None) => vec![Silence::Closed],
            _ => vec![],
        };
        let length = |silence| match silence {
            Silence::Quiet => rules.quiet_after,
            Silence::Parked => rules.park_after,
            Silence::Closed => rules.close_after,
        };
        of_stage.into_iter().filter_map(|silence| Some((it.turn_since + length(silence)?, silence))).collect()
    }

    /// The timer of an active or quiet contact.
    pub(super) fn conversation_is_due(&mut self, a: usize, h: usize) {
        let holding = &self.agents[a].holds[h];
        if holding.waking {
            return self.is_not_woken(a, h);
        }
        let mut due = self.silences(&holding.contact, Some(holding.stage));
        due.retain(|&(due, _)| due <= self.now);
        match due.pop().expect("its timer fired").1 {
            Silence::Quiet => self.turns_quiet(a, h),
            Silence::Parked => self.parks(a, h),
            Silence::Closed => {
                let agent: AgentId = self.agents[a].id;
                let gone = self.take_from(a, h);
                self.tell_ended(&gone, Outcome::Closed, Some(agent));
            }
        }
    }

    /// The timer of a parked contact.
    pub(super) fn parked_is_due(&mut self, at: usize) {
        let gone = self.parked.remove(at);
        self.tell_ended(&gone, Outcome::Closed, None);
    }
}
