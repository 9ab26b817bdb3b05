//! Broadcast: a contact rings with several agents at once, and the first to accept has it.

use std::collections::BTreeMap;

use crate::capacity::Stage;
use crate::event::{OfferEnd, What};
use crate::id::OfferId;
use crate::queue::Mode;
use crate::router::records::{Place, Rank};
use crate::router::settle::Step;
use crate::router::state::State;

/// Contacts that ring with fewer agents than they may, by class and rank.
#[derive(Clone, Debug, Default)]
pub(crate) struct Short {
    by_rank: BTreeMap<(u32, Rank), u32>,
    ranks: BTreeMap<u32, Rank>,
}

impl Short {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_rank.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_rank.len()
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = u32> + '_ {
        self.by_rank.values().copied()
    }

    /// The rank of a contact that is listed, which stands in no line.
    pub(crate) fn rank_of(&self, slot: u32) -> Option<Rank> {
        self.ranks.get(&slot).copied()
    }

    /// Each class that somebody is in, with those in it by rank.
    fn classes(&self) -> impl Iterator<Item = (u32, impl Iterator<Item = (Rank, u32)> + '_)> + '_ {
        let mut next = self.by_rank.keys().next().map(|&(class, _)| class);
        std::iter::from_fn(move || {
            let class = next?;
            next = self.by_rank.range((class + 1, Rank::LEAST)..).next().map(|(&(class, _), _)| class);
            let of_class = self.by_rank.range((class, Rank::LEAST)..).take_while(move |((of, _), _)| *of == class);
            Some((class, of_class.map(|(&(_, rank), &slot)| (rank, slot))))
        })
    }
}

impl State {
    /// Whether a contact rings with fewer agents than it may. One that waits for one agent alone, or was assigned by a
    /// supervisor, rings with that agent only.
    pub(crate) fn could_ring_more(&self, slot: u32) -> bool {
        let it = &self.contacts[slot];
        let Some(queue) = self.plan.queue(it.queue) else { return false };
        let Mode::Broadcast { ring } = queue.mode else { return false };
        it.place == Place::With(Stage::Offered)
            && it.only().is_none()
            && !it.is_assigned()
            && self.offers_of(slot).count() < usize::from(ring)
            && it.offers < queue.offers_per_contact
            && self.plan.offer_time(it.queue, it.channel).is_some()
    }

    /// Keeps the list of contacts that ring with fewer agents than they may. Every event that makes one ring, or ring
    /// with others, calls it afterwards.
    #[inline]
    pub(super) fn note_ringing(&mut self, slot: u32) {
        let is = self.could_ring_more(slot);
        if self.contacts[slot].is_short() != is {
            self.list_short(slot, is);
        }
    }

    #[cold]
    fn list_short(&mut self, slot: u32, is: bool) {
        self.contacts[slot].set_short(is);
        if is {
            let (level, at) = self.standing_rank(&self.contacts[slot]);
            let it = &self.contacts[slot];
            let rank = Rank { level, at, origin: it.origin, arrival: it.arrival };
            self.short.by_rank.insert((it.class, rank), slot);
            self.short.ranks.insert(slot, rank);
        } else {
            let class = self.contacts[slot].class;
            let found = self.short.ranks.remove(&slot).and_then(|rank| self.short.by_rank.remove(&(class, rank)));
            debug_assert_eq!(found, Some(slot), "a contact that rings keeps its class and rank");
        }
    }

    /// The most urgent contact that could ring with this agent too. O(classes that such contacts are in).
    fn find_short(&mut self, agent: u32) -> Option<u32> {
        self.weigh(agent);
        self.acquaint(self.agents[agent].crew);
        if self.orders.any_keeping {
            self.shelve();
        }
        let it = &self.agents[agent];
        let group = self.plan.group(it.group)?;
        let serves = &self.crews.crews[it.crew as usize].classes;
        let mut best: Option<((u16, Rank), u32)> = None;
        for (class, mut contacts) in self.short.classes() {
            let key = &self.classes.all[class as usize].key;
            if !it.room.has(key.channel) || !serves.has(class) {
                continue;
            }
            let Some(serve) = group.serves(key.queue) else { continue };
            if self.classes.all[class as usize].kept && self.keeps_from(it.crew, class) {
                continue;
            }
            let able = |&(_, slot): &(Rank, u32)| !self.passed_over(slot, it.id);
            let Some((rank, slot)) = contacts.find(able) else { continue };
            let urgency = (serve, self.urgency(rank, key.within));
            if best.is_none_or(|(have, _)| urgency < have) {
                best = Some((urgency, slot));
            }
        }
        best.map(|(_, slot)| slot)
    }
}

impl Step<'_> {
    /// The agent takes the offer; whoever else it rang with hears that it was taken.
    pub(crate) fn accept(&mut self, slot: u32, offer: OfferId) {
        if self.state.contacts[slot].has_legs() {
            let others: Vec<OfferId> = self.state.offers_of(slot).map(|(other, _)| other).collect();
            for other in others.into_iter().filter(|&other| other != offer) {
                self.offer_ends(slot, other, OfferEnd::Taken);
            }
        }
        let it = &self.state.contacts[slot];
        let (contact, holder) = (it.id, it.agent);
        let connect_by = self.state.plan.connect_time(it.queue, it.channel).map(|time| self.state.now + time);
        let agent = self.state.agents[holder].id;
        self.emit(What::Accepted { offer, contact, agent, connect_by });
        self.supersede(slot);
        self.mark_agent(holder);
    }

    /// Rings with whoever else is best, one after the other, until it rings with as many as it may or nobody is left.
    pub(crate) fn ring_more(&mut self, slot: u32) {
        while self.state.contacts[slot].is_short() {
            let Some(agent) = self.find_agent(slot) else { return };
            self.present(slot, agent, false);
        }
    }

    /// An agent who has found nothing waiting rings with what could ring with more; false if there is none.
    pub(crate) fn join_ringing(&mut self, agent: u32) -> bool {
        if self.state.short.is_empty() {
            return false;
        }
        let Some(slot) = self.state.find_short(agent) else { return false };
        self.trace.contact_to_ring(self.state, agent, slot);
        self.present(slot, agent, false);
        true
    }

    /// All offers of a contact end, because it leaves or goes elsewhere.
    pub(crate) fn stop_ringing(&mut self, slot: u32) {
        while self.state.contacts[slot].place == Place::With(Stage::Offered) {
            let offer = self.state.contacts[slot].offer();
            self.offer_ends(slot, offer, OfferEnd::Left);
        }
    }
}
