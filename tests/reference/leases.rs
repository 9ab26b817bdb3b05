//! Section 13: leases and shifts.

use cordboard::{AgentId, Command, ContactId, OfferEnd, OfferId, Stage, Timestamp, What};

use super::{Agent, Place, Reference, Refused};

impl Reference {
    /// The agent, signed in, of whom a command is a sign of life.
    pub(super) fn sign_of_life(&self, command: &Command) -> Option<AgentId> {
        let holder = |contact: ContactId| match self.place(contact) {
            Some(Place::With(a, _)) => Some(self.agents[a].id),
            _ => None,
        };
        let rung = |offer: OfferId| self.open_offer(offer).ok().map(|(a, _)| self.agents[a].id);
        let agent = match *command {
            Command::Heartbeat { agent } | Command::SetPresence { agent, .. } | Command::Claim { agent, .. } => {
                Some(agent)
            }
            Command::Accept { offer } | Command::Decline { offer } => rung(offer),
            Command::Connected { contact }
            | Command::Hold { contact }
            | Command::Resume { contact }
            | Command::Quiet { contact }
            | Command::MessageFromAgent { contact }
            | Command::Complete { contact }
            | Command::EndWrapUp { contact } => holder(contact),
            _ => None,
        };
        agent.filter(|&agent| self.agent_at(agent).is_some())
    }

    pub(super) fn is_lost(&self, agent: Option<AgentId>) -> bool {
        let at = agent.and_then(|agent| self.agent_at(agent));
        at.is_some_and(|at| self.agents[at].lost.is_some())
    }

    /// **AgentBack**, if it was lost.
    pub(super) fn is_back(&mut self, agent: Option<AgentId>) {
        let Some(agent) = agent.filter(|&agent| self.is_lost(Some(agent))) else { return };
        let at = self.agent_at(agent).expect("it is lost, and so it is there");
        self.agents[at].lost = None;
        self.agents[at].heard = self.now;
        self.tell(What::AgentBack { agent });
        self.mark_agent(agent);
    }

    pub(super) fn renew_lease(&mut self, agent: Option<AgentId>) {
        if let Some(at) = agent.and_then(|agent| self.agent_at(agent)) {
            self.agents[at].heard = self.now;
        }
    }

    pub(super) fn lease_ends(&self, agent: &Agent) -> Option<Timestamp> {
        self.plan.leases().agent.map(|lease| agent.heard + lease)
    }

    pub(super) fn link_lost(&mut self, agent: AgentId) -> Result<(), Refused> {
        let at = self.known_agent(agent)?;
        if self.agents[at].lost.is_none() {
            self.is_lost_from_now(at);
        }
        Ok(())
    }

    /// **AgentLost**: its offers are revoked.
    pub(super) fn is_lost_from_now(&mut self, a: usize) {
        let agent = self.agents[a].id;
        let until = self.now + self.plan.leases().grace;
        self.agents[a].lost = Some(until);
        self.tell(What::AgentLost { agent, until });
        let held: Vec<ContactId> = self.agents[a].holds.iter().map(|held| held.contact.id).collect();
        for contact in held {
            let h = self.agents[a].holds.iter().position(|held| held.contact.id == contact).expect("it has it still");
            if self.agents[a].holds[h].offer.is_some() {
                self.offer_ends(a, h, OfferEnd::Revoked);
            } else if self.agents[a].holds[h].stage == Stage::Reserved {
                let it = self.reservation_ends(a, h);
                self.comes_back(it);
            }
        }
        self.mark_agent(agent);
    }

    pub(super) fn set_shift(&mut self, agent: AgentId, until: Option<Timestamp>) -> Result<(), Refused> {
        let at = self.known_agent(agent)?;
        if self.agents[at].draining || until.is_some_and(|until| until <= self.now) {
            return Err(Refused::Condition("the shift is over, or would be"));
        }
        self.agents[at].shift_ends = until;
        self.tell(What::ShiftSet { agent, until });
        Ok(())
    }
}
