//! Pacing: how fast an agent is given contacts of a channel.

use std::collections::VecDeque;

use crate::agent::ChannelSet;
use crate::capacity::{Profile, Ramp};
use crate::id::ChannelId;
use crate::router::invariants::Broken;
use crate::router::records::Agent;
use crate::router::state::State;
use crate::time::Timestamp;

/// What an agent remembers of a channel that its profile paces.
#[derive(Clone, Debug)]
pub(crate) struct Pacing {
    pub(crate) channel: ChannelId,
    /// When it was given the last of them: as many as the ramp allows, the earliest first.
    pub(crate) given: VecDeque<Timestamp>,
    /// It is given no more until then. Ended by an event, so that nobody comes to have room without one.
    pub(crate) until: Option<Timestamp>,
}

impl Pacing {
    fn new(channel: ChannelId) -> Self {
        Self { channel, given: VecDeque::new(), until: None }
    }

    /// As a checkpoint keeps it, if that is what the profile asks for; what it blocks is worked out when the agent joins
    /// its crew.
    pub(crate) fn load(saved: Vec<(ChannelId, Vec<Timestamp>)>, profile: Option<&Profile>) -> Option<Vec<Self>> {
        let asked: Vec<(ChannelId, Ramp)> = profile.map(|profile| ramps(profile).collect()).unwrap_or_default();
        let as_asked = |(saved, asked): (&(ChannelId, Vec<Timestamp>), &(ChannelId, Ramp))| {
            saved.0 == asked.0 && saved.1.len() <= usize::from(asked.1.contacts)
        };
        let fits = saved.len() == asked.len() && saved.iter().zip(&asked).all(as_asked);
        let of_channel = |(channel, given): (_, Vec<_>)| Self { given: given.into(), ..Self::new(channel) };
        fits.then(|| saved.into_iter().map(of_channel).collect())
    }

    /// Until when the ramp blocks the channel after what was given, and forgets what the ramp does not ask for.
    fn keep_to(&mut self, ramp: Ramp, now: Timestamp) {
        let most = usize::from(ramp.contacts);
        self.given.drain(..self.given.len().saturating_sub(most));
        self.until = self.blocked(ramp, now);
    }

    fn blocked(&self, ramp: Ramp, now: Timestamp) -> Option<Timestamp> {
        let oldest = self.given.front().filter(|_| self.given.len() == usize::from(ramp.contacts));
        oldest.map(|&oldest| oldest + ramp.per).filter(|&until| until > now)
    }
}

/// The channels a profile paces, by ascending id.
fn ramps(profile: &Profile) -> impl Iterator<Item = (ChannelId, Ramp)> + Clone {
    let channels = (0u8..).map(ChannelId).zip(&profile.channels);
    channels.filter_map(|(channel, capacity)| Some((channel, capacity.as_ref()?.ramp?)))
}

impl Agent {
    /// What it remembers of a channel, if its profile paces it.
    pub(crate) fn paced(&self, channel: ChannelId) -> Option<&Pacing> {
        self.pacing.iter().find(|paced| paced.channel == channel)
    }
}

impl State {
    /// The channels of which a paced agent is given nothing now, whatever room it has. O(paced channels).
    pub(crate) fn held_back(&self, slot: u32) -> ChannelSet {
        let blocked = self.agents[slot].pacing.iter().filter(|paced| paced.until.is_some());
        blocked.fold(ChannelSet::NONE, |set, paced| set.with(paced.channel))
    }

    /// An agent was given a contact, and not by force.
    pub(crate) fn note_given(&mut self, slot: u32, channel: ChannelId) {
        if self.agents[slot].pacing.is_empty() {
            return;
        }
        let (ramp, now) = (self.ramp_of(slot, channel), self.now);
        let mut paced = self.agents[slot].pacing.iter_mut();
        if let Some((ramp, paced)) = ramp.zip(paced.find(|paced| paced.channel == channel)) {
            paced.given.push_back(now);
            paced.keep_to(ramp, now);
            self.arm_agent(slot);
        }
    }

    /// The agent may be given contacts of the channel again.
    pub(crate) fn ramp_passed(&mut self, slot: u32, channel: ChannelId) {
        let mut paced = self.agents[slot].pacing.iter_mut();
        if let Some(paced) = paced.find(|paced| paced.channel == channel) {
            paced.until = None;
        }
        self.arm_agent(slot);
        self.unshelve(slot);
    }

    fn ramp_of(&self, slot: u32, channel: ChannelId) -> Option<Ramp> {
        let crew = &self.crews.crews[self.agents[slot].crew as usize];
        self.plan.profile(crew.profile)?.channel(channel)?.ramp
    }

    /// Keeps of what an agent remembers what its profile, perhaps another now, still asks for.
    pub(crate) fn fit_pacing(&mut self, slot: u32) {
        let it = &self.agents[slot];
        let Some(profile) = self.plan.profile(self.crews.crews[it.crew as usize].profile) else { return };
        if it.pacing.is_empty() && ramps(profile).next().is_none() {
            return;
        }
        let mut before = std::mem::take(&mut self.agents[slot].pacing);
        for (channel, ramp) in ramps(profile) {
            let known = before.iter().position(|paced| paced.channel == channel);
            let mut paced = known.map_or_else(|| Pacing::new(channel), |at| before.swap_remove(at));
            paced.keep_to(ramp, self.now);
            self.agents[slot].pacing.push(paced);
        }
    }

    /// What agents remember is what their profiles ask for, and blocks what it must.
    pub(crate) fn check_pacing(&self) -> Result<(), Broken> {
        for slot in self.agents_by_id() {
            let it = &self.agents[slot];
            let Some(profile) = self.plan.profile(self.crews.crews[it.crew as usize].profile) else { continue };
            let ramps = ramps(profile);
            let kept = |((channel, ramp), paced): ((ChannelId, Ramp), &Pacing)| {
                let few = paced.given.len() <= usize::from(ramp.contacts);
                let in_order =
                    paced.given.iter().is_sorted() && paced.given.back().is_none_or(|&last| last <= self.now);
                channel == paced.channel && few && in_order && paced.until == paced.blocked(ramp, self.now)
            };
            if ramps.clone().count() != it.pacing.len() || !ramps.zip(&it.pacing).all(kept) {
                let detail = format!("{}: {:?}", it.id, it.pacing);
                return Err(Broken { invariant: "an agent remembers what its ramps ask for", detail });
            }
        }
        Ok(())
    }
}
