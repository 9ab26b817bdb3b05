//! Offers that stand side by side, where contacts may ring with several agents at once.

use crate::id::{AgentId, OfferId};
use crate::time::Timestamp;

/// All open offers of a simulation in which some queue broadcasts.
#[derive(Default)]
pub(super) struct Ringing {
    /// By the number in the calendar.
    rings: Vec<Ring>,
    free: Vec<u32>,
    /// By contact slot: the numbers of its open offers.
    of: Vec<Vec<u32>>,
}

#[derive(Clone, Copy)]
pub(super) struct Ring {
    pub(super) offer: OfferId,
    pub(super) agent: AgentId,
    /// Since when it takes the agent's capacity.
    pub(super) taken: Timestamp,
    open: bool,
    /// Counts uses of the number, so that entries in the calendar made for earlier ones are known.
    stamp: u32,
}

impl Ringing {
    /// An offer is made: its number and stamp.
    pub(super) fn begin(&mut self, slot: u32, offer: OfferId, agent: AgentId, taken: Timestamp) -> (u32, u32) {
        let number = self.free.pop().unwrap_or(self.rings.len() as u32);
        let stamp = self.rings.get(number as usize).map_or(0, |ring| ring.stamp.wrapping_add(1));
        let ring = Ring { offer, agent, taken, open: true, stamp };
        match self.rings.get_mut(number as usize) {
            Some(place) => *place = ring,
            None => self.rings.push(ring),
        }
        if self.of.len() <= slot as usize {
            self.of.resize_with(slot as usize + 1, Vec::new);
        }
        self.of[slot as usize].push(number);
        (number, stamp)
    }

    /// An offer ends or is accepted: since when it took capacity, and whether others still stand.
    pub(super) fn end(&mut self, slot: u32, offer: OfferId) -> Option<(Timestamp, bool)> {
        let numbers = self.of.get_mut(slot as usize)?;
        let at = numbers.iter().position(|&number| self.rings[number as usize].offer == offer)?;
        let number = numbers.swap_remove(at);
        self.free.push(number);
        let ring = &mut self.rings[number as usize];
        ring.open = false;
        Some((ring.taken, !numbers.is_empty()))
    }

    /// The offer of that number, if it still stands.
    pub(super) fn standing(&self, number: u32, stamp: u32) -> Option<OfferId> {
        let ring = &self.rings[number as usize];
        (ring.open && ring.stamp == stamp).then_some(ring.offer)
    }

    /// The open offers of a contact.
    pub(super) fn open(&self, slot: u32) -> impl Iterator<Item = Ring> + '_ {
        let numbers = self.of.get(slot as usize).map_or(&[][..], Vec::as_slice);
        numbers.iter().map(|&number| self.rings[number as usize])
    }
}
