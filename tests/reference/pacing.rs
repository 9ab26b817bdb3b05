//! Section 9: how fast an agent is given contacts of a channel, and how many at once.

use cordboard::{ChannelId, Span, Stage, Timestamp, Turn, What};

use super::{Agent, Holding, Reference};

/// The limit of an agent that adapts, and the round it is in.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) channel: ChannelId,
    pub(crate) most: u16,
    /// What the customers waited for each reply of the round.
    waits: Vec<Span>,
    in_use: bool,
    falling: bool,
}

impl Reference {
    /// An unforced `Offered` or `Assigned` of a channel that the agent's profile paces.
    pub(super) fn remember_given(&mut self, a: usize, channel: ChannelId) {
        let now = self.now;
        self.agents[a].given.push((channel, now));
        self.look_at_ramp(a, channel);
    }

    /// On signing in, after another plan, or in another group.
    pub(super) fn keep_pace(&mut self, a: usize) {
        for channel in (0..64).map(ChannelId) {
            self.look_at_ramp(a, channel);
            let capacity = self.profile(&self.agents[a]).channel(channel);
            let rule = capacity.and_then(|capacity| Some((capacity.adaptive?, capacity.max)));
            let limits = &mut self.agents[a].limits;
            let Some((adaptive, max)) = rule else {
                limits.retain(|limit| limit.channel != channel);
                continue;
            };
            match limits.iter_mut().find(|limit| limit.channel == channel) {
                Some(limit) => limit.most = limit.most.clamp(adaptive.floor, max),
                None => limits.push(Limit {
                    channel,
                    most: adaptive.floor,
                    waits: Vec::new(),
                    in_use: false,
                    falling: false,
                }),
            }
        }
    }

    /// The wait that ends with the agent's message, if it is a reply that counts.
    pub(super) fn wait_for_reply(&self, holding: &Holding) -> Option<Span> {
        let it = &holding.contact;
        let active = self.active_since.iter().find(|(of, _)| *of == it.id).map(|&(_, since)| since)?;
        (holding.stage == Stage::Active && it.turn == Turn::Agent).then(|| self.now.since(active.max(it.turn_since)))
    }

    pub(super) fn count_reply(&mut self, a: usize, channel: ChannelId, wait: Span) {
        let busy = self.busy(&self.agents[a], channel);
        let Some(capacity) = self.profile(&self.agents[a]).channel(channel) else { return };
        let (max, Some(rule)) = (capacity.max, capacity.adaptive) else { return };
        let agent = self.agents[a].id;
        let limit = self.agents[a].limits.iter_mut().find(|limit| limit.channel == channel).expect("it adapts");
        limit.falling &= busy > usize::from(limit.most);
        if limit.falling {
            return;
        }
        limit.waits.push(wait);
        limit.in_use |= busy >= usize::from(limit.most);

        let sum: u128 = limit.waits.iter().map(|wait| u128::from(wait.0)).sum();
        let in_all = |replies: usize| replies as u128 * u128::from(rule.reply_within.0);
        let (before, replies) = (limit.most, limit.waits.len());
        let most = usize::from(before);
        if replies < most && sum <= in_all(most) {
            return;
        }
        if sum > in_all(replies) {
            limit.falling = true;
            limit.most = rule.floor.max(before.saturating_sub(2.max(before / 8)));
        } else if limit.in_use && sum * (most as u128 + 1) <= in_all(replies) * most as u128 {
            limit.most = max.min(before + 1);
        }
        (limit.waits, limit.in_use) = (Vec::new(), false);
        if limit.most != before {
            let limit = limit.most;
            self.tell(What::LimitChanged { agent, channel, limit });
            self.mark_agent(agent);
        }
    }

    /// Busy with as many as its limit, where it adapts.
    pub(crate) fn is_at_limit(&self, agent: &Agent, channel: ChannelId) -> bool {
        agent.limit(channel).is_some_and(|limit| self.busy(agent, channel) >= usize::from(limit))
    }

    /// "Active since" by what is told of a contact: the last of these, if it is active now.
    pub(super) fn note_active(&mut self, what: &What) {
        let contact = match *what {
            What::Offered { contact, .. }
            | What::Assigned { contact, .. }
            | What::Claimed { contact, .. }
            | What::Accepted { contact, .. }
            | What::Connected { contact, .. }
            | What::Resumed { contact, .. }
            | What::Woken { contact, .. }
            | What::HandedOver { contact, .. }
            | What::ChannelChanged { contact, .. } => contact,
            What::Ended { contact, .. } => return self.active_since.retain(|(of, _)| *of != contact),
            _ => return,
        };
        self.active_since.retain(|(of, _)| *of != contact);
        self.active_since.push((contact, self.now));
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
    /// The limit of the channel that adapts, if it does.
    pub(crate) fn limit(&self, channel: ChannelId) -> Option<u16> {
        self.limits.iter().find(|limit| limit.channel == channel).map(|limit| limit.most)
    }

    /// Until when its ramp blocks the channel.
    pub(crate) fn blocked_until(&self, channel: ChannelId) -> Option<Timestamp> {
        self.blocked.iter().find(|(of, _)| *of == channel).map(|&(_, until)| until)
    }
}
