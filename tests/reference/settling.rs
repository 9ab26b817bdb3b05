//! Section 7: settling.

use cordboard::{AgentId, ContactId, HeldBy, Stage, What};

use super::{Place, Reference};

impl Reference {
    pub(super) fn settle(&mut self) {
        loop {
            self.mark_who_came_to_be_on_a_call();
            if !self.marked_agents.is_empty() {
                let agent = self.marked_agents.remove(0);
                self.settle_agent(agent);
            } else if !self.marked_contacts.is_empty() {
                let contact = self.most_urgent_marked();
                self.settle_contact(contact);
            } else if !self.schedule() {
                return;
            }
        }
    }

    /// Takes the most urgent marked contact off the list; those that wait no more come last, and come to nothing.
    fn most_urgent_marked(&mut self) -> ContactId {
        let urgency = |id: &ContactId| match self.place(*id) {
            Some(Place::Waiting(at)) => (false, Some(self.urgency(&self.waiting[at]))),
            Some(Place::With(a, h)) if self.could_ring_more(&self.agents[a].holds[h]) => {
                (false, Some(self.urgency(&self.agents[a].holds[h].contact)))
            }
            _ => (true, None),
        };
        let all = self.marked_contacts.iter().enumerate();
        let (at, _) = all.min_by_key(|(_, id)| urgency(id)).expect("only asked where there is one");
        self.marked_contacts.remove(at)
    }

    fn settle_agent(&mut self, id: AgentId) {
        let Some(a) = self.agent_at(id) else { return };
        for h in 0..self.agents[a].holds.len() {
            let holding = &self.agents[a].holds[h];
            let by_arrival = holding.stage == Stage::Held && holding.held_by == Some(HeldBy::Arrival);
            if by_arrival && self.may_resume(&self.agents[a], h) {
                let holding = &mut self.agents[a].holds[h];
                (holding.stage, holding.held_by) = (Stage::Active, None);
                let contact = holding.contact.id;
                self.tell(What::Resumed { contact, agent: id, by: HeldBy::Arrival });
                self.mark_agent(id);
            }
        }
        self.wake_what_waits(a);
        if self.agents[a].draining {
            self.park_what_is_quiet(a);
        }
        if self.agents[a].draining && self.agents[a].holds.is_empty() {
            self.agents.remove(a);
            self.tell(What::AgentSignedOut { agent: id });
            return;
        }
        if self.agents[a].draining {
            return;
        }
        self.looks_for_contacts(a);
        if self.others_are_to_look(&self.agents[a]) {
            let group = self.agents[a].group;
            let others = self.agents.iter().filter(|other| other.group == group && other.id != id);
            let mut others: Vec<AgentId> = others.map(|other| other.id).collect();
            others.retain(|other| !self.marked_agents.contains(other));
            others.sort();
            for other in others {
                let other = self.agent_at(other).expect("nobody signs out by looking");
                self.looks_for_contacts(other);
            }
        }
    }

    fn looks_for_contacts(&mut self, a: usize) {
        loop {
            if let Some(at) = self.find_contact(a) {
                self.give(at, a, false);
            } else if let Some(contact) = self.find_ringing(&self.agents[a]) {
                self.rings_too(contact, a);
            } else {
                return;
            }
        }
    }

    fn settle_contact(&mut self, id: ContactId) {
        if let Some(Place::Waiting(at)) = self.place(id)
            && let Some(a) = self.find_agent(at, false)
        {
            self.give(at, a, false);
        }
        self.rings_with_more(id);
    }
}
