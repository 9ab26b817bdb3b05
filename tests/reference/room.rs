//! Section 3, and "may resume" of section 5: capacity, worked out from what is held.

use cordboard::{ChannelId, Load, Over, Profile, Stage};

use super::{Agent, Holding, Reference};

impl Reference {
    /// The sum of loads of everything the agent holds.
    pub(crate) fn load(&self, agent: &Agent) -> u64 {
        let profile = self.profile(agent);
        agent.holds.iter().map(|holding| load_in(profile, holding.contact.channel, holding.stage)).sum()
    }

    /// Whether the agent has room for one more contact of `channel`.
    pub(crate) fn has_room(&self, agent: &Agent, channel: ChannelId) -> bool {
        let able = !agent.draining
            && agent.lost.is_none()
            && agent.ready.has(channel)
            && agent.blocked_until(channel).is_none();
        able && !self.is_at_limit(agent, channel) && self.is_room(agent, channel)
    }

    /// Whether one more contact of `channel` fits, ready or not, paced or not.
    pub(crate) fn is_room(&self, agent: &Agent, channel: ChannelId) -> bool {
        let profile = self.profile(agent);
        let Some(capacity) = profile.channel(channel) else { return false };

        if busy(agent, channel) + 1 > usize::from(capacity.max) || open(agent, channel) + 1 > usize::from(capacity.open)
        {
            return false;
        }
        if agent.holds.iter().any(|held| profile.over(channel, held.contact.channel) == Over::No) {
            return false;
        }
        fits(profile, channel, |not_of| self.load_with(agent, channel, not_of))
    }

    /// The sum of loads when one more contact of `channel` has been offered, over what is not of channel `not_of`.
    pub(crate) fn load_with(&self, agent: &Agent, channel: ChannelId, not_of: Option<ChannelId>) -> u64 {
        let profile = self.profile(agent);
        let load_beside = |held: &Holding| {
            let put_aside = held.stage == Stage::Active
                && !held.further
                && profile.over(channel, held.contact.channel) == Over::Hold;
            load_in(profile, held.contact.channel, if put_aside { Stage::Held } else { held.stage })
        };
        let others = agent.holds.iter().filter(|held| Some(held.contact.channel) != not_of);
        others.map(load_beside).sum::<u64>() + load_in(profile, channel, Stage::Offered)
    }

    /// How many contacts of a channel keep the agent busy.
    pub(super) fn busy(&self, agent: &Agent, channel: ChannelId) -> usize {
        busy(agent, channel)
    }

    /// Whether the contact at `h` of what the agent holds (held or quiet) may become active.
    pub(crate) fn may_resume(&self, agent: &Agent, h: usize) -> bool {
        let profile = self.profile(agent);
        let it = &agent.holds[h];
        let channel = it.contact.channel;
        let Some(capacity) = profile.channel(channel) else { return false };

        let put_aside_by_another = agent.holds.iter().enumerate().any(|(at, other)| {
            at != h
                && matches!(other.stage, Stage::Offered | Stage::Connecting | Stage::Active)
                && profile.over(other.contact.channel, channel) == Over::Hold
        });
        let most = capacity.max.min(agent.limit(channel).unwrap_or(u16::MAX));
        if put_aside_by_another || busy(agent, channel) + 1 > usize::from(most) {
            return false;
        }
        fits(profile, channel, |not_of| {
            let counted = agent.holds.iter().enumerate().filter(|(_, held)| Some(held.contact.channel) != not_of);
            let load = |(at, held): (usize, &Holding)| {
                load_in(profile, held.contact.channel, if at == h { Stage::Active } else { held.stage })
            };
            counted.map(load).sum()
        })
    }
}

/// Whether the sum of loads is at most one agent, and leaves the headroom of every channel but `channel` free.
/// `sum` is asked for everything, and for everything that is not of a given channel.
pub(super) fn fits(profile: &Profile, channel: ChannelId, sum: impl Fn(Option<ChannelId>) -> u64) -> bool {
    let full = u64::from(Load::FULL.0);
    if sum(None) > full {
        return false;
    }
    (0..64).map(ChannelId).take(profile.channels.len()).all(|other| {
        let headroom = u64::from(profile.headroom(other).0);
        other == channel || headroom == 0 || profile.channel(other).is_none() || sum(Some(other)) + headroom <= full
    })
}

/// The load of one contact in a stage; the whole agent where the profile has nothing of the channel.
pub(super) fn load_in(profile: &Profile, channel: ChannelId, stage: Stage) -> u64 {
    profile.channel(channel).map_or(u64::from(Load::FULL.0), |capacity| u64::from(capacity.load(stage).0))
}

pub(super) fn busy(agent: &Agent, channel: ChannelId) -> usize {
    agent.holds.iter().filter(|held| held.contact.channel == channel && held.stage.is_busy()).count()
}

fn open(agent: &Agent, channel: ChannelId) -> usize {
    agent.holds.iter().filter(|held| held.contact.channel == channel).count()
}
