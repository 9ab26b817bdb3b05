//! Waking: work again in a conversation that was quiet or parked.

use crate::capacity::Stage;
use crate::event::{Return, What};
use crate::router::ledger;
use crate::router::records::{Holding, Place};
use crate::router::settle::Step;
use crate::router::state::State;
use crate::time::{Span, Timestamp};

impl State {
    /// Whether the contact at this place of what the agent holds may be active again, and whether only above the limits.
    pub(super) fn may_wake(&self, agent: u32, at: usize) -> Option<Forced> {
        if self.may_resume(agent, at) {
            return Some(Forced(false));
        }
        let it = &self.agents[agent];
        let profile = self.plan.profile(self.crews.crews[it.crew as usize].profile)?;
        let over = self.conversation(it.holding[at].channel).wake.over;
        let may = ledger::may_exceed(profile, &it.holding, at, over) && !self.is_at_limit(agent, at, over);
        may.then_some(Forced(true))
    }

    /// The contact that waits to wake and comes after `last` by since when it is the agent's turn and arrival; and where it
    /// is among what the agent holds.
    fn next_to_wake(&self, agent: u32, last: Option<(Timestamp, u64)>) -> Option<((Timestamp, u64), usize)> {
        let held = self.agents[agent].holding.iter().enumerate();
        let waiting = held.filter(|(_, held)| held.by_itself && held.stage == Stage::Quiet);
        let keyed = waiting.map(|(at, held)| {
            let it = &self.contacts[held.contact];
            ((it.turn_since, it.arrival), at)
        });
        keyed.filter(|&(key, _)| last.is_none_or(|last| key > last)).min()
    }

    /// Whether an agent who is leaving parks this rather than keep it.
    pub(super) fn is_to_be_parked(&self, held: &Holding) -> bool {
        held.stage == Stage::Quiet && !held.by_itself && self.conversation(held.channel).park_after.is_some()
    }

    /// Whether the agent is busy with as many of the channel of what it holds at a place as its limit, where that adapts,
    /// and so many more.
    pub(super) fn is_at_limit(&self, agent: u32, at: usize, over: u16) -> bool {
        let it = &self.agents[agent];
        let channel = it.holding[at].channel;
        it.limit(channel).is_some_and(|limit| it.busy(channel) >= usize::from(limit) + usize::from(over))
    }
}

/// Whether something does not fit, and is done all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Forced(bool);

impl Step<'_> {
    /// A quiet or parked contact has work again; to others it means nothing.
    pub(super) fn wake(&mut self, slot: u32) {
        match self.state.contacts[slot].place {
            Place::With(Stage::Quiet) => self.wake_with_agent(slot),
            Place::Parked => {
                let contact = self.state.contacts[slot].id;
                self.emit(What::Unparked { contact });
                self.line_up(slot);
                self.mark_contact(slot);
            }
            _ => {}
        }
    }

    fn wake_with_agent(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        let (contact, channel, holder) = (it.id, it.channel, it.agent);
        let holding = &self.state.agents[holder].holding;
        let Some(at) = holding.iter().position(|held| held.contact == slot).filter(|&at| !holding[at].by_itself) else {
            // It waits to wake already.
            return;
        };
        let agent = self.state.agents[holder].id;
        let wait = self.state.conversation(channel).wake.wait;
        if let Some(Forced(forced)) = self.state.may_wake(holder, at) {
            self.emit(What::Woken { contact, agent, forced });
            self.mark_agent(holder);
        } else if wait > Span::ZERO {
            let until = (wait < Span::MAX).then(|| self.state.now + wait);
            self.emit(What::WakeDeferred { contact, agent, until });
        } else {
            self.stop_waiting_to_wake(slot);
        }
    }

    /// The agent had no room in time: back to the queue, where it is asked first.
    pub(super) fn stop_waiting_to_wake(&mut self, slot: u32) {
        self.returned(slot, Return::NotWoken);
        self.line_up(slot);
        self.mark_contact(slot);
    }

    /// Those of an agent's contacts that wait to wake and now may, the longest unanswered first.
    pub(super) fn wake_what_waits(&mut self, agent: u32) {
        let mut last = None;
        while let Some((key, at)) = self.state.next_to_wake(agent, last) {
            last = Some(key);
            if let Some(Forced(forced)) = self.state.may_wake(agent, at) {
                let it = &self.state.agents[agent];
                let (contact, agent) = (self.state.contacts[it.holding[at].contact].id, it.id);
                self.emit(What::Woken { contact, agent, forced });
            }
        }
    }

    /// An agent who is leaving keeps nothing that only waits on its customer, where that can be parked.
    pub(super) fn park_what_is_quiet(&mut self, agent: u32) {
        loop {
            let mut held = self.state.agents[agent].holding.iter();
            let parks = held.find(|held| self.state.is_to_be_parked(held));
            let Some(contact) = parks.map(|held| held.contact) else { return };
            self.park(contact);
        }
    }
}
