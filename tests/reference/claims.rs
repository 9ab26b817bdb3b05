//! Section 10: claims.

use cordboard::{AgentId, ContactId, Stage, What};

use super::{Agent, Contact, Reference, Refused};

impl Reference {
    pub(super) fn claim(&mut self, contact: ContactId, agent: AgentId) -> Result<(), Refused> {
        let at = self.waiting_contact(contact)?;
        let a = self.known_agent(agent)?;
        if !self.may_claim(&self.agents[a], &self.waiting[at]) {
            return Err(Refused::Condition("the agent may not claim it"));
        }
        let mut it = self.waiting.remove(at);
        it.promise = None;
        let connect_by = self.plan.connect_time(it.queue, it.channel).map(|span| self.now + span);
        self.put_aside_for(a, it.channel);
        self.tell(What::Claimed { contact, agent, connect_by });
        let stage = if connect_by.is_some() { Stage::Connecting } else { Stage::Active };
        self.takes(a, it, stage, connect_by);
        Ok(())
    }

    /// "Could take it, were it ready on the channel and the queue one that gives", and holds few enough of the queue.
    pub(crate) fn may_claim(&self, agent: &Agent, contact: &Contact) -> bool {
        let wanted = match contact.only {
            Some((only, _)) => only == agent.id,
            None => self.serves(agent, contact) && self.meets(&agent.skills, contact).is_some(),
        };
        let held = agent.holds.iter().filter(|held| held.contact.queue == contact.queue).count();
        wanted
            && !agent.draining
            && !self.is_early(contact)
            && !self.is_excluded(contact, agent.id)
            && self.is_room(agent, contact.channel)
            && held < usize::from(self.queue(contact.queue).claims)
    }

    /// What the agent may claim, in the order in which it would be given it.
    pub(crate) fn claimable(&self, agent: &Agent) -> Vec<ContactId> {
        let mut seen: Vec<&Contact> = self.waiting.iter().filter(|contact| self.may_claim(agent, contact)).collect();
        seen.sort_by_key(|contact| self.line_of(agent, contact));
        seen.into_iter().map(|contact| contact.id).collect()
    }
}
