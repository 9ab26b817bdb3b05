//! Section 8: whose turn it is, and what follows from messages and from silence.

use cordboard::{AgeFrom, ContactId, Conversation, Stage, Timestamp, Turn, What};

use super::{Contact, Holding, Place, Reference, Refused};

impl Contact {
    /// It is somebody's turn from now on, if it was not already.
    pub(super) fn turns_to(&mut self, turn: Turn, now: Timestamp) {
        if self.turn != turn {
            (self.turn, self.turn_since) = (turn, now);
        }
    }
}

impl Reference {
    pub(super) fn conversation_of(&self, contact: &Contact) -> Conversation {
        self.plan.channel(contact.channel).expect("its channel is in the plan").conversation
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
        let it = match place {
            Place::Waiting(at) => &mut self.waiting[at],
            Place::Scheduled(at) => &mut self.scheduled[at],
            Place::With(a, h) => &mut self.agents[a].holds[h].contact,
        };
        if it.turn == Turn::Customer {
            it.turns_to(Turn::Agent, now);
            let channel = self.plan.channel(it.channel).expect("its channel is in the plan");
            if channel.conversation.age_from == AgeFrom::LastMessage {
                it.age_origin = now;
            }
        }
        match place {
            Place::With(a, h) if self.agents[a].holds[h].stage == Stage::Quiet => self.wakes(a, h),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn message_from_agent(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::Connecting, Stage::Active, Stage::Quiet, Stage::Held])?;
        let it = &mut self.agents[a].holds[h].contact;
        (it.turn, it.turn_since) = (Turn::Customer, self.now);
        self.tell(What::AgentWrote { contact, agent: self.agents[a].id });
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

    pub(super) fn wake(&mut self, contact: ContactId) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::Quiet])?;
        self.wakes(a, h);
        Ok(())
    }

    fn wakes(&mut self, a: usize, h: usize) {
        let now = self.now;
        let forced = !self.may_resume(&self.agents[a], h);
        self.agents[a].holds[h].forced |= forced;
        self.agents[a].holds[h].contact.turns_to(Turn::Agent, now);
        self.set_stage(a, h, Stage::Active, None);
        let contact = self.agents[a].holds[h].contact.id;
        self.tell(What::Woken { contact, agent: self.agents[a].id, forced });
    }

    /// When the silence of a contact's customer is next too long.
    pub(super) fn silence_ends(&self, holding: &Holding) -> Option<Timestamp> {
        let it = &holding.contact;
        let rules = self.conversation_of(it);
        let lengths = match (it.turn, holding.stage) {
            (Turn::Customer, Stage::Active) => vec![rules.quiet_after],
            _ => Vec::new(),
        };
        lengths.into_iter().flatten().map(|length| it.turn_since + length).min()
    }

    pub(super) fn silence_is_over(&mut self, a: usize, h: usize) {
        self.turns_quiet(a, h);
    }
}
