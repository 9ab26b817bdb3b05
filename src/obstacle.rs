//! What stands between an agent and a contact.

use std::fmt;

use crate::id::ChannelId;

/// What stands between an agent and a contact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Obstacle {
    /// The agent is leaving.
    Draining,
    /// Nothing is heard of the agent any more, and it has not been signed out yet.
    Lost,
    /// The contact waits for another agent alone.
    NotTheOne,
    /// The agent's group does not serve the queue.
    QueueNotServed,
    /// The agent's group takes contacts of the queue only when they have waited longer.
    StandBy,
    /// The agent's skills do not meet the requirement, in the step the contact is in.
    Requirement,
    /// The agent's profile has nothing of the channel.
    ChannelNotTaken,
    /// The agent is there for contacts of the other kind alone: for calls, or for chats.
    Dedicated,
    /// The agent is not ready on the channel.
    NotReady,
    /// The agent did not take the contact, and is not asked again yet.
    Excluded,
    /// The agent has as many of the channel as it may: busy ones or open ones.
    AtMaximum,
    /// The agent holds something of this channel, which the contact may not join.
    MayNotJoin(ChannelId),
    /// There is not enough load left.
    LoadFull,
    /// What is left is kept free for this channel.
    KeptFree(ChannelId),
    /// The agent works on something of this channel, for which the contact is put aside. Stands against going on alone.
    PutAsideFor(ChannelId),
    /// The agent was given as many of the channel, as fast, as its ramp allows.
    Ramp,
    /// The agent is busy with as many of the channel as its adaptive limit, below the maximum, allows.
    AtLimit,
    /// The contact rings with the agent already.
    Ringing,
    /// Nobody is given contacts of the queue: agents claim them.
    OnlyClaimed,
    /// The agent holds as many contacts of the queue as it may claim. Stands against claims alone.
    ClaimLimit,
    /// The time for which the contact is promised has not come. Stands against claims alone.
    TooEarly,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Draining => f.write_str("signing out"),
            Self::Lost => f.write_str("lost"),
            Self::NotTheOne => f.write_str("not the one it waits for"),
            Self::QueueNotServed => f.write_str("not serving the queue"),
            Self::StandBy => f.write_str("on stand-by"),
            Self::Requirement => f.write_str("lacking the skills"),
            Self::ChannelNotTaken => f.write_str("not taking the channel"),
            Self::Dedicated => f.write_str("dedicated to others"),
            Self::NotReady => f.write_str("not ready"),
            Self::Excluded => f.write_str("did not take it before"),
            Self::AtMaximum => f.write_str("at the channel's maximum"),
            Self::MayNotJoin(held) => write!(f, "holding {held}, which it may not join"),
            Self::LoadFull => f.write_str("without load left"),
            Self::KeptFree(channel) => write!(f, "with the rest kept free for {channel}"),
            Self::PutAsideFor(channel) => write!(f, "working on {channel}, for which it is put aside"),
            Self::Ramp => f.write_str("given as many as the ramp allows"),
            Self::AtLimit => f.write_str("at the limit of what it replies to in time"),
            Self::Ringing => f.write_str("ringing with it"),
            Self::OnlyClaimed => f.write_str("having to claim it"),
            Self::ClaimLimit => f.write_str("holding as many of the queue as may be claimed"),
            Self::TooEarly => f.write_str("before its time"),
        }
    }
}
