//! Section 9: how fast an agent is given contacts of a channel.

use cordboard::{ChannelId, Timestamp, What};

use super::{Agent, Reference};

impl Reference {
    /// An unforced `Offered` or `Assigned` of a channel that the agent's profile paces.
    pub(super) fn remember_given(&mut self, a: usize, channel: ChannelId) {
        let now = self.now;
        self.agents[a].given.push((channel, now));
        self.look_at_ramp(a, channel);
    }

    /// After another plan or in another group.
    pub(super) fn look_at_ramps(&mut self, a: usize) {
        for channel in (0..64).map(ChannelId) {
            self.look_at_ramp(a, channel);
        }
    }

    /// Forgets what need not be remembered, and works out until when the channel is blocked.
    fn look_at_ramp(&mut self, a: usize, channel: ChannelId) {
        let ramp = self.profile(&self.agents[a]).channel(channel).and_then(|capacity| capacity.ramp);
        let most = ramp.map_or(0, |ramp| usize::from(ramp.contacts));
        let of_channel = self.agents[a].given.iter().filter(|(of, _)| *of == channel);
        let times: Vec<Timestamp> = of_channel.map(|&(_, at)| at).collect();
        let last = &times[times.len().saturating_sub(most)..];

        let agent = &mut self.agents[a];
        agent.given.retain(|(of, _)| *of != channel);
        agent.given.extend(last.iter().map(|&at| (channel, at)));
        agent.blocked.retain(|(of, _)| *of != channel);
        if let Some(ramp) = ramp
            && last.len() == most
            && last[0] + ramp.per > self.now
        {
            agent.blocked.push((channel, last[0] + ramp.per));
        }
    }

    /// The end of a ramp.
    pub(super) fn ramp_passed(&mut self, a: usize, channel: ChannelId) {
        let agent = self.agents[a].id;
        self.agents[a].blocked.retain(|(of, _)| *of != channel);
        self.tell(What::RampPassed { agent, channel });
        self.mark_agent(agent);
    }
}

impl Agent {
    /// Until when its ramp blocks the channel.
    pub(crate) fn blocked_until(&self, channel: ChannelId) -> Option<Timestamp> {
        self.blocked.iter().find(|(of, _)| *of == channel).map(|&(_, until)| until)
    }
}
