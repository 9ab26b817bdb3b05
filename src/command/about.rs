//! What a command is about.

use super::Command;
use crate::id::ContactId;

/// The contact that a command names, by reference of whatever kind.
macro_rules! contact_in {
    ($command:expr) => {
        match $command {
            Command::Enqueue { contact, .. }
            | Command::Abandon { contact }
            | Command::Cancel { contact }
            | Command::SetPriority { contact, .. }
            | Command::SetNeeds { contact, .. }
            | Command::ChangeChannel { contact, .. }
            | Command::SetContext { contact, .. }
            | Command::Assign { contact, .. }
            | Command::Claim { contact, .. }
            | Command::Connected { contact }
            | Command::ConnectFailed { contact }
            | Command::Hold { contact }
            | Command::Resume { contact }
            | Command::MessageFromCustomer { contact }
            | Command::MessageFromAgent { contact }
            | Command::Park { contact }
            | Command::Quiet { contact }
            | Command::Wake { contact }
            | Command::Join { contact, .. }
            | Command::Part { contact, .. }
            | Command::Complete { contact }
            | Command::EndWrapUp { contact }
            | Command::Requeue { contact }
            | Command::Transfer { contact, .. } => Some(contact),
            Command::AdvanceTime
            | Command::Configure { .. }
            | Command::SignIn { .. }
            | Command::SignOut { .. }
            | Command::SetPresence { .. }
            | Command::Heartbeat { .. }
            | Command::LinkLost { .. }
            | Command::SetShift { .. }
            | Command::SetSkills { .. }
            | Command::SetQueueOpen { .. }
            | Command::Accept { .. }
            | Command::Decline { .. }
            | Command::Revoke { .. } => None,
        }
    };
}

impl Command {
    /// The contact it names; `None` where it names none: those about an offer name the offer.
    pub fn contact(&self) -> Option<ContactId> {
        contact_in!(self).copied()
    }

    /// The contact it names, to name another.
    #[cfg(feature = "sim")]
    pub(crate) fn contact_mut(&mut self) -> Option<&mut ContactId> {
        contact_in!(self)
    }
}
