//! Agents who claim contacts from pools: who has room and sees something it could claim thinks for a while, and then
//! claims the first of what is still there.

use crate::event::{Event, What};
use crate::id::{AgentId, ContactId};
use crate::queue::Mode;
use crate::router::Router;
use crate::time::Timestamp;

use super::calendar::{Calendar, Kind};
use super::contacts::slot;
use super::crowd::{self, index};
use super::distribution::span;
use super::random::{Purpose, Random};
use super::scenario::Scenario;

/// Every agent as one who claims.
pub(super) struct Claiming<'s> {
    scenario: &'s Scenario,
    random: Random,
    agents: Vec<Claimer>,
    /// Agents who may have something new to see.
    curious: Vec<u32>,
    /// Everybody may.
    all: bool,
    /// By contact slot: stands in the line of a pool, or did last.
    pooled: Vec<bool>,
}

#[derive(Clone, Copy, Default)]
struct Claimer {
    thinking: bool,
    /// Not ready: asked for nothing, and claims nothing.
    away: bool,
    /// Counts thoughts.
    stamp: u32,
}

impl<'s> Claiming<'s> {
    /// `None` if no queue is a pool.
    pub(super) fn new(scenario: &'s Scenario, replication: u32, agents: usize) -> Option<Self> {
        let pools = scenario.plan().queues().iter().any(|queue| queue.mode == Mode::Pull);
        pools.then(|| Self {
            scenario,
            random: Random::of(scenario.seed, replication, "", Purpose::Claim),
            agents: vec![Claimer::default(); agents],
            curious: Vec::new(),
            all: false,
            pooled: Vec::new(),
        })
    }

    /// Follows what changes what there is to claim, and who may.
    pub(super) fn follow(&mut self, event: &Event) {
        match event.what {
            What::Queued { contact, queue, .. } => {
                let place = slot(contact) as usize;
                if self.pooled.len() <= place {
                    self.pooled.resize(place + 1, false);
                }
                self.pooled[place] = self.scenario.plan().queue(queue).is_some_and(|queue| queue.mode == Mode::Pull);
                self.all |= self.pooled[place];
            }
            What::AgentSignedIn { agent, .. } => {
                self.agents[index(agent)].away = false;
                self.curious.push(index(agent) as u32);
            }
            What::PresenceChanged { agent, ready, .. } => {
                self.agents[index(agent)].away = !ready;
                self.curious.push(index(agent) as u32);
            }
            What::OfferEnded { agent, .. }
            | What::Returned { agent, .. }
            | What::Parked { agent, .. }
            | What::Quieted { agent, .. }
            | What::Held { agent, .. }
            | What::WrapUpStarted { agent, .. }
            | What::Ended { agent: Some(agent), .. } => self.curious.push(index(agent) as u32),
            // A step, the end of a wait: others may take it.
            What::Relaxed { .. } | What::Widened { .. } | What::HoldEnded { .. } | What::PreferenceEnded { .. } => {
                self.all = true
            }
            _ => {}
        }
    }

    /// Time has passed, and what was excluded may be no longer.
    pub(super) fn look_again(&mut self) {
        self.all = true;
    }

    /// Whoever sees something to claim begins to think. O(agents × classes of waiting contacts) where a pool has changed.
    pub(super) fn wake(&mut self, router: &Router, now: Timestamp, calendar: &mut Calendar) {
        if std::mem::take(&mut self.all) {
            self.curious.clear();
            self.curious.extend(0..self.agents.len() as u32);
        }
        while let Some(agent) = self.curious.pop() {
            if self.agents[agent as usize].thinking || self.first(router, agent).is_none() {
                continue;
            }
            let thinks = span(self.scenario.offers.claim.draw(&mut self.random));
            let claimer = &mut self.agents[agent as usize];
            claimer.thinking = true;
            claimer.stamp = claimer.stamp.wrapping_add(1);
            calendar.enter(now + thinks, Kind::Claims, agent, claimer.stamp);
        }
    }

    /// An agent has thought: what it claims.
    pub(super) fn claims(&mut self, router: &Router, agent: u32, stamp: u32) -> Option<(AgentId, ContactId)> {
        let claimer = &mut self.agents[agent as usize];
        if claimer.stamp != stamp || !std::mem::replace(&mut claimer.thinking, false) {
            return None;
        }
        // Perhaps there is room for another.
        self.curious.push(agent);
        self.first(router, agent).map(|contact| (crowd::id(agent), contact))
    }

    /// What the agent would claim now: of the pools, in the order in which it would be given them.
    fn first(&self, router: &Router, agent: u32) -> Option<ContactId> {
        if self.agents[agent as usize].away {
            return None;
        }
        let is_pooled = |contact: &ContactId| self.pooled.get(slot(*contact) as usize).is_some_and(|pooled| *pooled);
        let first = router.claimable(crowd::id(agent), 1).pop()?;
        if is_pooled(&first) {
            return Some(first);
        }
        // A queue that gives may let its contacts be claimed too; that is for those who are not given them.
        router.claimable(crowd::id(agent), usize::MAX).into_iter().find(is_pooled)
    }
}
