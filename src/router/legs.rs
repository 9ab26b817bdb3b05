//! Further offers of a contact that rings with several agents at once. The first is the contact's own, `agent` and
//! `offer`; only few contacts have more, and these stand here.

use crate::capacity::Stage;
use crate::id::{AgentId, OfferId};
use crate::queue::Mode;
use crate::router::invariants::Broken;
use crate::router::records::{Holding, Place};
use crate::router::sorted::Sorted;
use crate::router::state::State;
use crate::time::Timestamp;

/// An offer beside the contact's first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Leg {
    pub(crate) offer: OfferId,
    pub(crate) agent: AgentId,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) given_at: Timestamp,
}

/// By contact slot and offer. O(log n) each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Legs(Sorted<(u32, OfferId), Leg>);

impl Legs {
    /// Those of a contact, in the order in which they were made.
    pub(crate) fn of(&self, contact: u32) -> impl Iterator<Item = Leg> + '_ {
        let from = self.0.iter_from((contact, OfferId(0)));
        from.take_while(move |((of, _), _)| *of == contact).map(|(_, leg)| leg)
    }

    pub(crate) fn insert(&mut self, contact: u32, leg: Leg) {
        self.0.insert((contact, leg.offer), leg);
    }

    fn remove(&mut self, contact: u32, offer: OfferId) {
        let found = self.0.remove(&(contact, offer));
        debug_assert!(found, "an offer that ends was made");
    }
}

impl State {
    /// Open offers of a contact and to whom, in the order in which they were made; none unless it rings.
    pub(crate) fn offers_of(&self, slot: u32) -> impl Iterator<Item = (OfferId, AgentId)> + '_ {
        let it = &self.contacts[slot];
        let rings = it.place == Place::With(Stage::Offered);
        let first = rings.then(|| (it.offer(), self.agents[it.agent].id));
        let further = it.has_legs().then(|| self.legs.of(slot).map(|leg| (leg.offer, leg.agent)));
        first.into_iter().chain(further.into_iter().flatten())
    }

    /// Whether a contact in this place, with this first offer, may be loaded with these further ones: each made later.
    pub(super) fn could_have_legs(&self, place: Place, first: Option<OfferId>, legs: &[Leg]) -> bool {
        let rings = place == Place::With(Stage::Offered) && legs.len() < usize::from(Mode::MOST_RING);
        let offers = first.into_iter().chain(legs.iter().map(|leg| leg.offer));
        let made = |leg: &Leg| leg.offer.0 <= self.offers && leg.given_at <= self.now;
        let known = |leg: &Leg| self.offer_ids.get(&leg.offer).is_some();
        legs.is_empty()
            || (rings && offers.is_sorted_by(|one, next| one < next) && legs.iter().all(|leg| made(leg) && !known(leg)))
    }

    /// The agent to whom an open offer of the contact was made.
    pub(crate) fn agent_of(&self, slot: u32, offer: OfferId) -> u32 {
        let it = &self.contacts[slot];
        if !it.has_legs() || it.offer() == offer {
            return it.agent;
        }
        let further = self.legs.of(slot).find(|leg| leg.offer == offer);
        further.map_or(it.agent, |leg| self.agent_slot(leg.agent))
    }

    /// Whether the contact rings with this agent.
    pub(crate) fn rings_with(&self, slot: u32, agent: AgentId) -> bool {
        self.offers_of(slot).any(|(_, with)| with == agent)
    }

    /// The offer that rings out first, and when; of several the one made first.
    pub(crate) fn first_to_expire(&self, slot: u32) -> Option<(Timestamp, OfferId)> {
        let it = &self.contacts[slot];
        let own = it.deadline().map(|expires| (expires, it.offer()));
        if !it.has_legs() {
            return own;
        }
        let further = self.legs.of(slot).filter_map(|leg| Some((leg.expires?, leg.offer)));
        own.into_iter().chain(further).min()
    }

    /// A contact that rings rings with one more agent. Unlike the first offer, it changes nothing of the contact's turn.
    #[cold]
    pub(super) fn ring_too(&mut self, slot: u32, leg: Leg) {
        self.legs.insert(slot, leg);
        let it = &mut self.contacts[slot];
        it.set_legs(true);
        it.offers = it.offers.saturating_add(1);
        let (channel, queue) = (it.channel, it.queue);
        self.standings[usize::from(queue.0)].last = Some(leg.agent);
        let agent = self.agent_slot(leg.agent);
        let stage = Stage::Offered;
        let now = self.now;
        let holder = &mut self.agents[agent];
        holder.offered_at = self.now;
        holder.take_up(Holding::new(slot, channel, stage, now), now);
        self.unweigh(agent);
        self.arm(slot);
        self.note_given(agent, channel);
    }

    /// Every further offer is known by its id, and is among what its agent holds; the list of those that ring with fewer
    /// agents than they may is what the records say, and nobody on it could ring with an agent who has room.
    pub(super) fn check_legs(&self) -> Result<(), Broken> {
        let broken = |invariant, detail| Err(Broken { invariant, detail });
        let mut short = 0;
        for slot in self.contacts_by_arrival() {
            let it = &self.contacts[slot];
            let further: Vec<Leg> = self.legs.of(slot).collect();
            if further.is_empty() == it.has_legs() {
                return broken("further offers are marked", format!("{}: {}", it.id, further.len()));
            }
            for leg in further {
                let rings = it.place == Place::With(Stage::Offered) && leg.offer > it.offer();
                let held = self.agent_ids.get(&leg.agent).is_some_and(|agent| {
                    let holding = self.agents[agent].holding.iter().filter(|held| held.contact == slot);
                    agent != it.agent && holding.map(|held| held.stage).eq([Stage::Offered])
                });
                if !rings || !held || self.offer_ids.get(&leg.offer) != Some(slot) {
                    return broken("a further offer is held by its agent", format!("{} of {}", leg.offer, it.id));
                }
            }
            let could = self.could_ring_more(slot);
            if could != it.is_short() {
                return broken("a contact that could ring with more is listed", it.id.to_string());
            }
            short += usize::from(could);
            // An exclusion may have ended since anybody looked.
            let mut agents = self.agents_by_id().into_iter().filter(|_| could && !it.has_exclusions);
            if let Some(agent) = agents.find(|&agent| self.could_take(agent, slot)) {
                let detail = format!("{} and {}", it.id, self.agents[agent].id);
                return broken("a contact rings with all it may", detail);
            }
        }
        match short == self.short.len() && self.short.slots().all(|slot| self.contacts[slot].is_short()) {
            true => Ok(()),
            false => broken("nobody else is listed to ring with more", format!("{short}")),
        }
    }

    /// One of several offers ends, and the contact goes on ringing. If it was the first, the one made next is first now.
    #[cold]
    pub(super) fn ring_less(&mut self, slot: u32, offer: OfferId) {
        let agent = self.agent_of(slot, offer);
        let holder = &mut self.agents[agent];
        holder.let_go(slot, self.now);
        holder.released_at = self.now;
        self.unweigh(agent);
        let mut ended = offer;
        if self.contacts[slot].offer() == offer
            && let Some(next) = { self.legs.of(slot).next() }
        {
            let agent = self.agent_slot(next.agent);
            let it = &mut self.contacts[slot];
            (it.agent, it.given_at) = (agent, next.given_at);
            it.set_offer(next.offer);
            it.set_deadline(next.expires);
            ended = next.offer;
        }
        self.legs.remove(slot, ended);
        let any = { self.legs.of(slot).next() }.is_some();
        self.contacts[slot].set_legs(any);
        self.arm(slot);
    }
}
