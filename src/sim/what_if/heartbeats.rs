//! Signs of life. What an agent does about a contact is one, but happens at another time under another policy; that
//! the agent was there when it did it is as true as before.

use std::collections::BTreeMap;

use crate::command::{Command, Stamped};
use crate::event::{Event, What};
use crate::id::{AgentId, ContactId, OfferId};
use crate::router::Router;

/// Who has which contact in the recording; followed only where it matters.
#[derive(Clone, Debug, Default)]
pub(super) struct Heartbeats {
    offers: BTreeMap<OfferId, AgentId>,
    contacts: BTreeMap<ContactId, AgentId>,
}

impl Heartbeats {
    /// The agent of whom a recorded command about a contact was a sign of life, where the plan has leases or it was lost.
    pub(super) fn hear(&mut self, router: &Router, input: &Stamped, events: &[Event]) -> Option<AgentId> {
        let back = events.iter().find_map(|event| match event.what {
            What::AgentBack { agent } => Some(agent),
            _ => None,
        });
        let about_contact = input.command.contact().is_some();
        let about_offer = matches!(input.command, Command::Accept { .. } | Command::Decline { .. });
        let leases = router.plan().leases().agent.is_some();
        let alive = match input.command {
            _ if back.is_some() && (about_contact || about_offer) => back,
            _ if !leases => return None,
            Command::Claim { agent, .. } => Some(agent),
            Command::Accept { offer } | Command::Decline { offer } => self.offers.get(&offer).copied(),
            Command::Connected { contact }
            | Command::Hold { contact }
            | Command::Resume { contact }
            | Command::Quiet { contact }
            | Command::MessageFromAgent { contact }
            | Command::Complete { contact }
            | Command::EndWrapUp { contact } => self.contacts.get(&contact).copied(),
            _ => None,
        };
        if leases {
            events.iter().for_each(|event| self.follow(&event.what));
        }
        alive
    }

    fn follow(&mut self, what: &What) {
        match *what {
            What::Offered { offer, agent, .. } => {
                self.offers.insert(offer, agent);
            }
            What::OfferEnded { offer, .. } => {
                self.offers.remove(&offer);
            }
            What::Accepted { offer, contact, agent, .. } => {
                self.offers.remove(&offer);
                self.contacts.insert(contact, agent);
            }
            What::Assigned { contact, agent, .. }
            | What::Claimed { contact, agent, .. }
            | What::HandedOver { contact, to: agent, .. } => {
                self.contacts.insert(contact, agent);
            }
            What::Returned { contact, .. } | What::Parked { contact, .. } | What::Ended { contact, .. } => {
                self.contacts.remove(&contact);
            }
            _ => {}
        }
    }
}
