//! What an event is about.

use super::What;
use crate::id::{AgentId, ContactId};

impl What {
    /// The contact it happened to; `None` where it happened to an agent, a queue or the plan.
    pub fn contact(&self) -> Option<ContactId> {
        match *self {
            Self::Arrived { contact, .. }
            | Self::Overflowed { contact, .. }
            | Self::Scheduled { contact, .. }
            | Self::Due { contact }
            | Self::Reserved { contact, .. }
            | Self::ReservationEnded { contact, .. }
            | Self::Queued { contact, .. }
            | Self::PreferenceEnded { contact }
            | Self::Relaxed { contact, .. }
            | Self::Widened { contact, .. }
            | Self::HoldEnded { contact }
            | Self::PriorityChanged { contact, .. }
            | Self::NeedsChanged { contact }
            | Self::ChannelChanged { contact, .. }
            | Self::ContextSet { contact }
            | Self::Transferred { contact, .. }
            | Self::Offered { contact, .. }
            | Self::OfferEnded { contact, .. }
            | Self::Accepted { contact, .. }
            | Self::Assigned { contact, .. }
            | Self::Claimed { contact, .. }
            | Self::Connected { contact, .. }
            | Self::Held { contact, .. }
            | Self::Resumed { contact, .. }
            | Self::CustomerWrote { contact }
            | Self::AgentWrote { contact, .. }
            | Self::Quieted { contact, .. }
            | Self::Parked { contact, .. }
            | Self::Unparked { contact }
            | Self::WakeDeferred { contact, .. }
            | Self::Woken { contact, .. }
            | Self::Joined { contact, .. }
            | Self::Parted { contact, .. }
            | Self::HandedOver { contact, .. }
            | Self::WrapUpStarted { contact, .. }
            | Self::Returned { contact, .. }
            | Self::Ended { contact, .. } => Some(contact),
            Self::Configured
            | Self::AgentSignedIn { .. }
            | Self::AgentDraining { .. }
            | Self::AgentSignedOut { .. }
            | Self::PresenceChanged { .. }
            | Self::AgentLost { .. }
            | Self::AgentBack { .. }
            | Self::ShiftSet { .. }
            | Self::SkillsChanged { .. }
            | Self::RampPassed { .. }
            | Self::LimitChanged { .. }
            | Self::Planned { .. }
            | Self::QueueOpened { .. }
            | Self::QueueClosed { .. } => None,
        }
    }

    /// The agent that it is about, if it is about one; of a contact handed over, the one who has it now.
    pub const fn agent(&self) -> Option<AgentId> {
        match *self {
            Self::Configured
            | Self::Arrived { .. }
            | Self::QueueOpened { .. }
            | Self::QueueClosed { .. }
            | Self::Overflowed { .. }
            | Self::Scheduled { .. }
            | Self::Due { .. }
            | Self::Queued { .. }
            | Self::PreferenceEnded { .. }
            | Self::Relaxed { .. }
            | Self::Widened { .. }
            | Self::HoldEnded { .. }
            | Self::Planned { .. }
            | Self::PriorityChanged { .. }
            | Self::NeedsChanged { .. }
            | Self::ContextSet { .. }
            | Self::Transferred { .. }
            | Self::CustomerWrote { .. }
            | Self::Unparked { .. } => None,
            Self::ChannelChanged { agent, .. } | Self::Ended { agent, .. } => agent,
            Self::HandedOver { to, .. } => Some(to),
            Self::AgentSignedIn { agent, .. }
            | Self::AgentDraining { agent }
            | Self::AgentSignedOut { agent }
            | Self::PresenceChanged { agent, .. }
            | Self::AgentLost { agent, .. }
            | Self::AgentBack { agent }
            | Self::ShiftSet { agent, .. }
            | Self::SkillsChanged { agent }
            | Self::RampPassed { agent, .. }
            | Self::LimitChanged { agent, .. }
            | Self::Reserved { agent, .. }
            | Self::ReservationEnded { agent, .. }
            | Self::Offered { agent, .. }
            | Self::OfferEnded { agent, .. }
            | Self::Accepted { agent, .. }
            | Self::Assigned { agent, .. }
            | Self::Claimed { agent, .. }
            | Self::Connected { agent, .. }
            | Self::Held { agent, .. }
            | Self::Resumed { agent, .. }
            | Self::AgentWrote { agent, .. }
            | Self::Quieted { agent, .. }
            | Self::Parked { agent, .. }
            | Self::WakeDeferred { agent, .. }
            | Self::Woken { agent, .. }
            | Self::Joined { agent, .. }
            | Self::Parted { agent, .. }
            | Self::WrapUpStarted { agent, .. }
            | Self::Returned { agent, .. } => Some(agent),
        }
    }
}
