//! Section 10: contacts that ring with several agents at once.
//!
//! The contact itself is with the agent whose offer was made first; each other agent holds a copy, marked `further`.

use cordboard::{AgentId, ContactId, Mode, OfferEnd, OfferId, Span, Stage, What};

use super::{Agent, Ask, Contact, Holding, Place, Reference};

impl Reference {
    /// Open offers of a contact and to whom, in order of their ids.
    pub(crate) fn offers_of(&self, contact: ContactId) -> Vec<(OfferId, AgentId)> {
        let all = self.agents.iter().flat_map(|agent| agent.holds.iter().map(move |held| (agent.id, held)));
        let of_contact = all.filter(|(_, held)| held.contact.id == contact);
        let mut offers: Vec<_> = of_contact.filter_map(|(agent, held)| Some((held.offer?, agent))).collect();
        offers.sort();
        offers
    }

    /// Takes an offer from its agent. The contact, if it rings with nobody any more.
    pub(super) fn take_offer(&mut self, a: usize, h: usize) -> Option<Contact> {
        let further = self.agents[a].holds[h].further;
        let it = self.take_from(a, h);
        if further {
            return None;
        }
        let Some(&(next, _)) = self.offers_of(it.id).first() else { return Some(it) };
        let (a, h) = self.open_offer(next).expect("it was just found");
        let held = &mut self.agents[a].holds[h];
        (held.contact, held.further) = (it, false);
        None
    }

    /// Every offer of the contact ends, because it leaves or goes elsewhere.
    pub(super) fn stops_ringing(&mut self, contact: ContactId, end: OfferEnd) -> Contact {
        loop {
            let (offer, agent) = self.offers_of(contact)[0];
            let (a, h) = self.open_offer(offer).expect("it was just found");
            let last = self.take_offer(a, h);
            self.tell(What::OfferEnded { offer, contact, agent, end });
            if let Some(it) = last {
                return it;
            }
        }
    }

    /// The agent at `a` accepts: whoever else it rings with hears that it was taken.
    pub(super) fn others_hear(&mut self, taken: OfferId, contact: ContactId) {
        for (offer, agent) in self.offers_of(contact) {
            if offer != taken {
                let (a, h) = self.open_offer(offer).expect("it was just found");
                self.take_offer(a, h);
                self.tell(What::OfferEnded { offer, contact, agent, end: OfferEnd::Taken });
            }
        }
    }

    /// An agent did not take one of several offers: it is excluded, and the contact goes on ringing.
    pub(super) fn rings_on(&mut self, contact: ContactId, without: AgentId) {
        let Some(Place::With(a, h)) = self.place(contact) else { unreachable!("it rings with others") };
        let mut it = self.agents[a].holds[h].contact.clone();
        self.exclude(&mut it, without);
        self.agents[a].holds[h].contact = it;
        self.mark_contact(contact);
    }

    /// "It rings with fewer than `ring`, and fewer than `offers_per_contact` offers were made."
    pub(crate) fn could_ring_more(&self, held: &Holding) -> bool {
        let it = &held.contact;
        let queue = self.queue(it.queue);
        let Mode::Broadcast { ring } = queue.mode else { return false };
        held.stage == Stage::Offered
            && !held.further
            && !held.forced
            && it.only.is_none()
            && self.plan.offer_time(it.queue, it.channel).is_some()
            && self.offers_of(it.id).len() < usize::from(ring)
            && it.offers_made < u32::from(queue.offers_per_contact)
    }

    /// Those that could ring with more.
    pub(crate) fn ringing(&self) -> Vec<&Contact> {
        let all = self.agents.iter().flat_map(|agent| &agent.holds);
        all.filter(|held| self.could_ring_more(held)).map(|held| &held.contact).collect()
    }

    /// The contact rings with more, one agent after the other.
    pub(super) fn rings_with_more(&mut self, contact: ContactId) {
        while let Some(a) = self.next_to_ring(contact) {
            self.rings_too(contact, a);
        }
    }

    fn next_to_ring(&self, contact: ContactId) -> Option<usize> {
        let it = self.ringing().into_iter().find(|it| it.id == contact)?;
        self.best_agent(it, Ask::Nobody)
    }

    /// The most urgent that the agent could ring with too.
    pub(super) fn find_ringing(&self, agent: &Agent) -> Option<ContactId> {
        let able = self.ringing().into_iter().filter(|it| self.could_take(agent, it));
        able.min_by_key(|it| self.line_of(agent, it)).map(|it| it.id)
    }

    pub(super) fn rings_too(&mut self, contact: ContactId, a: usize) {
        let Some(Place::With(first, h)) = self.place(contact) else { unreachable!("it rings") };
        self.offers += 1;
        let held = &mut self.agents[first].holds[h];
        held.contact.offers_made += 1;
        let it = held.contact.clone();
        let time = self.plan.offer_time(it.queue, it.channel).expect("there is an offer stage");
        let (agent, offer) = (self.agents[a].id, OfferId(self.offers));
        let expires = if time == Span::MAX { None } else { Some(self.now + time) };
        self.put_aside_for(a, it.channel);
        self.tell(What::Offered { offer, contact, agent, expires, forced: false });
        self.chose(it.queue, agent);
        self.remember_given(a, it.channel);
        self.agents[a].offered = self.now;
        self.agents[a].holds.push(Holding {
            contact: it,
            stage: Stage::Offered,
            offer: Some(offer),
            taken: false,
            held_by: None,
            waking: false,
            until: expires,
            forced: false,
            further: true,
        });
    }
}
