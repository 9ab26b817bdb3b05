//! Section 14: agents who join a contact that another has.
//!
//! The contact lists who has joined; each of them holds a copy, marked `further`, in stage active.

use cordboard::{AgentId, ContactId, Role, Stage, Turn, What};

use super::{Holding, Place, Reference, Refused};

impl Reference {
    pub(super) fn join(&mut self, contact: ContactId, agent: AgentId, role: Role) -> Result<(), Refused> {
        let (a, h) = self.contact_in(contact, &[Stage::Active, Stage::Quiet, Stage::Held])?;
        let b = self.known_agent(agent)?;
        if a == b {
            return Err(Refused::Condition("the agent has the contact"));
        }
        let it = self.agents[a].holds[h].contact.clone();
        if let Some(at) = it.joined.iter().position(|(who, _)| *who == agent) {
            if it.joined[at].1 != role {
                self.agents[a].holds[h].contact.joined[at].1 = role;
                self.tell(What::Joined { contact, agent, role });
            }
            return Ok(());
        }
        if self.agents[b].draining {
            return Err(Refused::Condition("the agent is draining"));
        }
        self.takes_channel(b, it.channel)?;
        if !self.is_room(&self.agents[b], it.channel) {
            return Err(Refused::Condition("the agent has no room"));
        }
        self.put_aside_for(b, it.channel);
        self.tell(What::Joined { contact, agent, role });
        self.agents[a].holds[h].contact.joined.push((agent, role));
        self.agents[b].holds.push(Holding {
            contact: it,
            stage: Stage::Active,
            offer: None,
            taken: false,
            held_by: None,
            until: None,
            forced: false,
            waking: false,
            further: true,
        });
        Ok(())
    }

    pub(super) fn part(&mut self, contact: ContactId, agent: AgentId) -> Result<(), Refused> {
        self.known_agent(agent)?;
        let Place::With(a, h) = self.known_contact(contact)? else {
            return Err(Refused::Condition("nobody has joined it"));
        };
        let joined = self.agents[a].holds[h].contact.joined.clone();
        if self.agents[a].id == agent {
            let Some(&(to, _)) = joined.first() else { return Err(Refused::Condition("nobody else is there")) };
            self.hands_over(a, h, to);
        } else if joined.iter().any(|(who, _)| *who == agent) {
            self.parts(contact, agent);
        } else {
            return Err(Refused::Condition("the agent has not joined it"));
        }
        Ok(())
    }

    /// One who has joined leaves the contact.
    pub(super) fn parts(&mut self, contact: ContactId, agent: AgentId) {
        let Some(Place::With(a, h)) = self.place(contact) else { unreachable!("an agent has it") };
        self.agents[a].holds[h].contact.joined.retain(|(who, _)| *who != agent);
        self.without_copy(contact, agent);
        self.tell(What::Parted { contact, agent });
    }

    fn without_copy(&mut self, contact: ContactId, agent: AgentId) {
        let b = self.agent_at(agent).expect("whoever has joined is signed in");
        self.agents[b].holds.retain(|held| held.contact.id != contact);
        self.agents[b].released = self.now;
        self.mark_agent(agent);
    }

    /// Everybody else leaves, before the contact at (a, h) leaves its agent's hands or its conversation ends.
    pub(super) fn others_part(&mut self, a: usize, h: usize) {
        let it = &self.agents[a].holds[h].contact;
        let contact = it.id;
        for (agent, _) in it.joined.clone() {
            self.parts(contact, agent);
        }
    }

    /// The agent who has it leaves it to one who has joined.
    pub(super) fn hands_over(&mut self, a: usize, h: usize, to: AgentId) {
        let now = self.now;
        let from = self.agents[a].id;
        let mut it = self.agents[a].holds.remove(h).contact;
        (self.agents[a].released, self.agents[a].handled) = (now, now);
        self.mark_agent(from);
        it.joined.retain(|(who, _)| *who != to);
        (it.turn, it.turn_since) = (Turn::Agent, now);
        let (contact, customer) = (it.id, it.customer);
        let b = self.agent_at(to).expect("whoever has joined is signed in");
        self.agents[b].handled_count += 1;
        let held = self.agents[b].holds.iter_mut().find(|held| held.contact.id == contact).expect("it has joined");
        (held.contact, held.further, held.taken) = (it, false, true);
        self.tell(What::HandedOver { contact, from, to });
        self.left_hands(customer, from);
        self.was_taken(customer, to);
        self.mark_agent(to);
    }
}
