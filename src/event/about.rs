//! What an event is about.

use super::What;
use crate::id::ContactId;

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
            | Self::QueueOpened { .. }
            | Self::QueueClosed { .. } => None,
        }
    }
}
