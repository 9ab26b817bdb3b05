//! The one timer of an agent, and what it may be set for.

use crate::agent::ChannelSet;
use crate::event::What;
use crate::id::{ChannelId, ReasonId};
use crate::router::settle::Step;
use crate::router::state::State;
use crate::router::timers::Owner;
use crate::time::Timestamp;

/// What an agent's timer is set for. Of those due at one instant the first in this order is dealt with, and the timer is
/// set again for the others: one per firing, and everything settles in between.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum AgentReason {
    /// It becomes ready again by itself.
    ReadyAgain,
    /// It may be given contacts of the channel again.
    Ramp(ChannelId),
    /// Its shift is over.
    Shift,
    /// Nothing was heard of it for as long as its lease.
    Lease,
    /// It was lost, and has not come back.
    Gone,
}

impl State {
    /// When the agent's timer is due, and what for. Every event that deals with a reason, or changes one, calls
    /// [`arm_agent`](Self::arm_agent) after it.
    pub(crate) fn agent_reason(&self, slot: u32) -> Option<(Timestamp, AgentReason)> {
        let it = &self.agents[slot];
        if !it.live {
            return None;
        }
        let ramps = it.pacing.iter().filter_map(|paced| Some((paced.until?, AgentReason::Ramp(paced.channel))));
        let lost = if it.lost.is_some() { AgentReason::Gone } else { AgentReason::Lease };
        let lease = self.lease_due(slot).map(|due| (due, lost));
        let shift = it.shift.map(|until| (until, AgentReason::Shift));
        let reasons = [it.again.map(|(until, _)| (until, AgentReason::ReadyAgain)), ramps.min(), shift, lease];
        // What a new plan puts into the past is due at once.
        let reasons = reasons.into_iter().flatten().map(|(due, reason)| (due.max(self.now), reason));
        reasons.min().filter(|&(due, _)| due < Timestamp::MAX)
    }

    pub(crate) fn arm_agent(&mut self, slot: u32) {
        let due = self.agent_reason(slot).map(|(due, _)| due);
        let it = &self.agents[slot];
        let (owner, before) = (Owner::Agent(it.id.0), it.timer);
        if before.map(|timer| timer.due) == due {
            return;
        }
        if let Some(timer) = before {
            self.timers.cancel(timer, owner);
        }
        self.agents[slot].timer = due.map(|due| self.timers.set(self.now, due, owner, slot));
    }
}

impl Step<'_> {
    /// The agent's timer is due.
    pub(crate) fn agent_due(&mut self, slot: u32) {
        let it = &self.state.agents[slot];
        let agent = it.id;
        match self.state.agent_reason(slot) {
            Some((_, AgentReason::ReadyAgain)) => {
                let channels = it.again.map_or(ChannelSet::NONE, |(_, channels)| channels);
                self.emit(What::PresenceChanged { agent, channels, ready: true, reason: ReasonId::NONE, until: None });
            }
            Some((_, AgentReason::Ramp(channel))) => self.emit(What::RampPassed { agent, channel }),
            Some((_, AgentReason::Shift)) => return self.drain(slot),
            Some((_, AgentReason::Lease)) => return self.lose(slot),
            Some((_, AgentReason::Gone)) => return self.sign_out(slot),
            None => debug_assert!(false, "a timer that fires was set for something"),
        }
        self.mark_agent(slot);
    }
}
