//! Pacing: how fast an agent is given contacts of a channel.

use std::collections::VecDeque;

use crate::agent::ChannelSet;
use crate::capacity::{ChannelCapacity, Profile};
use crate::id::ChannelId;
use crate::router::adaptive::Limit;
use crate::router::invariants::Broken;
use crate::router::ledger;
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
    /// The limit that adapts.
    pub(crate) limit: Option<Limit>,
}

/// As a checkpoint keeps it: until when a channel is blocked follows from what was given.
pub(crate) type SavedPacing = (ChannelId, Vec<Timestamp>, Option<Limit>);

impl Pacing {
    fn new(channel: ChannelId) -> Self {
        Self { channel, given: VecDeque::new(), until: None, limit: None }
    }

    pub(crate) fn save(&self) -> SavedPacing {
        (self.channel, self.given.iter().copied().collect(), self.limit)
    }

    /// From a checkpoint, if that is what the profile asks for; what it blocks is worked out when the agent joins its crew.
    pub(crate) fn load(saved: Vec<SavedPacing>, profile: Option<&Profile>) -> Option<Vec<Self>> {
        let asked: Vec<_> = profile.map(|profile| paced(profile).collect()).unwrap_or_default();
        let of_channel =
            |(channel, given, limit): SavedPacing| Self { given: given.into(), limit, ..Self::new(channel) };
        let loaded: Vec<Self> = saved.into_iter().map(of_channel).collect();
        let as_asked = loaded.iter().zip(&asked).all(|(paced, &(channel, rule))| paced.is_as_asked(channel, rule));
        (loaded.len() == asked.len() && as_asked).then_some(loaded)
    }

    fn is_as_asked(&self, channel: ChannelId, rule: &ChannelCapacity) -> bool {
        let most = rule.ramp.map_or(0, |ramp| usize::from(ramp.contacts));
        let limit = match (self.limit, rule.adaptive) {
            (None, None) => true,
            (Some(limit), Some(of)) => (of.floor..=rule.max).contains(&limit.most),
            _ => false,
        };
        channel == self.channel && self.given.len() <= most && self.given.iter().is_sorted() && limit
    }

    /// Forgets what the rules do not ask for; what the ramp blocks follows from what was given.
    fn keep_to(&mut self, rule: &ChannelCapacity, now: Timestamp) {
        let most = rule.ramp.map_or(0, |ramp| usize::from(ramp.contacts));
        self.given.drain(..self.given.len().saturating_sub(most));
        self.until = self.blocked(rule, now);
        let limit = |of| self.limit.unwrap_or(Limit::new(of)).within(of, rule.max);
        self.limit = rule.adaptive.map(limit);
    }

    fn blocked(&self, rule: &ChannelCapacity, now: Timestamp) -> Option<Timestamp> {
        let ramp = rule.ramp?;
        let oldest = self.given.front().filter(|_| self.given.len() == usize::from(ramp.contacts));
        oldest.map(|&oldest| oldest + ramp.per).filter(|&until| until > now)
    }
}

/// The channels a profile paces, by ascending id.
fn paced(profile: &Profile) -> impl Iterator<Item = (ChannelId, &ChannelCapacity)> + Clone {
    let channels = (0u8..).map(ChannelId).zip(&profile.channels);
    let channels = channels.filter_map(|(channel, capacity)| Some((channel, capacity.as_ref()?)));
    channels.filter(|(_, capacity)| capacity.ramp.is_some() || capacity.adaptive.is_some())
}

impl Agent {
    /// What it remembers of a channel, if its profile paces it.
    pub(crate) fn paced(&self, channel: ChannelId) -> Option<&Pacing> {
        self.pacing.iter().find(|paced| paced.channel == channel)
    }
}

impl State {
    /// The channels of which a paced agent is given nothing now, whatever room it has. O(paced channels × held).
    pub(crate) fn held_back(&self, slot: u32) -> ChannelSet {
        let it = &self.agents[slot];
        let at_limit = |paced: &Pacing| paced.limit.is_some_and(|limit| it.busy(paced.channel) >= limit.most.into());
        let blocked = it.pacing.iter().filter(|paced| paced.until.is_some() || at_limit(paced));
        blocked.fold(ChannelSet::NONE, |set, paced| set.with(paced.channel))
    }

    /// Whether a contact put aside or quiet may be active again, by capacity and by the limit that adapts.
    pub(crate) fn may_resume(&self, slot: u32, at: usize) -> bool {
        let it = &self.agents[slot];
        let channel = it.holding[at].channel;
        let profile = self.plan.profile(self.crews.crews[it.crew as usize].profile);
        profile.is_some_and(|profile| ledger::may_resume(profile, &it.holding, at))
            && it.limit(channel).is_none_or(|limit| it.busy(channel) < limit.into())
    }

    /// An agent was given a contact, and not by force.
    #[inline]
    pub(crate) fn note_given(&mut self, slot: u32, channel: ChannelId) {
        if !self.agents[slot].pacing.is_empty() {
            self.remember_given(slot, channel);
        }
    }

    #[cold]
    fn remember_given(&mut self, slot: u32, channel: ChannelId) {
        let (now, profile) = (self.now, self.crews.crews[self.agents[slot].crew as usize].profile);
        let rule = self.plan.profile(profile).and_then(|profile| profile.channel(channel));
        let mut paced = self.agents[slot].pacing.iter_mut();
        if let Some((rule, paced)) = rule.zip(paced.find(|paced| paced.channel == channel)) {
            paced.given.push_back(now);
            paced.keep_to(rule, now);
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
        self.unweigh(slot);
    }

    /// Keeps of what an agent remembers what its profile, perhaps another now, still asks for.
    pub(crate) fn fit_pacing(&mut self, slot: u32) {
        let it = &self.agents[slot];
        let Some(profile) = self.plan.profile(self.crews.crews[it.crew as usize].profile) else { return };
        if it.pacing.is_empty() && paced(profile).next().is_none() {
            return;
        }
        let mut before = std::mem::take(&mut self.agents[slot].pacing);
        for (channel, rule) in paced(profile) {
            let known = before.iter().position(|paced| paced.channel == channel);
            let mut paced = known.map_or_else(|| Pacing::new(channel), |at| before.swap_remove(at));
            paced.keep_to(rule, self.now);
            self.agents[slot].pacing.push(paced);
        }
    }

    /// What agents remember is what their profiles ask for, and blocks what it must.
    pub(crate) fn check_pacing(&self) -> Result<(), Broken> {
        for slot in self.agents_by_id() {
            let it = &self.agents[slot];
            let Some(profile) = self.plan.profile(self.crews.crews[it.crew as usize].profile) else { continue };
            let kept = |((channel, rule), paced): ((ChannelId, &ChannelCapacity), &Pacing)| {
                let past = paced.given.back().is_none_or(|&last| last <= self.now);
                past && paced.is_as_asked(channel, rule) && paced.until == paced.blocked(rule, self.now)
            };
            if paced(profile).count() != it.pacing.len() || !paced(profile).zip(&it.pacing).all(kept) {
                let detail = format!("{}: {:?}", it.id, it.pacing);
                return Err(Broken { invariant: "an agent remembers what its profile paces", detail });
            }
        }
        Ok(())
    }
}
