//! What a host may ask about the contacts and agents that are there, to agree with it on what exists.

use crate::agent::ChannelSet;
use crate::capacity::Stage;
use crate::id::{AgentId, ChannelId, ContactId, GroupId, OfferId, QueueId};
use crate::router::Router;
use crate::router::records::Place;
use crate::time::{Span, Timestamp};

/// Where a contact is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Whereabouts {
    /// In its queue's line.
    Waiting,
    /// Promised for later, and in no line yet.
    Scheduled,
    /// Waiting on its customer, with nobody.
    Parked,
    /// With an agent; while it rings, one of those with whom it does.
    With(AgentId, Stage),
}

/// A contact that is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ContactStatus {
    /// Which.
    pub contact: ContactId,
    /// Its queue.
    pub queue: QueueId,
    /// Its channel.
    pub channel: ChannelId,
    /// What its waiting is counted from.
    pub age_origin: Timestamp,
    /// The time within which it should be answered; [`Span::MAX`] if nobody said.
    pub answer_within: Span,
    /// Where it is.
    pub whereabouts: Whereabouts,
}

/// An agent who is signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AgentStatus {
    /// Who.
    pub agent: AgentId,
    /// As what.
    pub group: GroupId,
    /// Channels it is ready on.
    pub ready: ChannelSet,
    /// Takes nothing new, and leaves when its last contact has ended.
    pub draining: bool,
    /// Nothing is heard of it; when it is signed out.
    pub lost: Option<Timestamp>,
    /// Contacts it has, in every stage: those that ring, that it has joined, that are reserved for it, and wrap-up too.
    pub held: u32,
}

/// An offer that is open.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct OfferStatus {
    /// The reservation.
    pub offer: OfferId,
    /// Which contact.
    pub contact: ContactId,
    /// To whom.
    pub agent: AgentId,
    /// When it rings out, if ever.
    pub expires: Option<Timestamp>,
}

impl Router {
    /// Where a contact is; `None` if it is not there. O(1).
    ///
    /// ```
    /// # use cordboard::*;
    /// # let plan = Plan::builder().capacity("desk", |p| p.takes("voice", 1)).queue("q", |q| q).build()?;
    /// # let mut router = Router::new(plan)?;
    /// let command = Command::Enqueue { contact: ContactId(7), new: NewContact::new(QueueId(0), ChannelId(0)) };
    /// router.apply(&Stamped { seq: Seq(1), id: CommandId::ANONYMOUS, at: Timestamp(5), command }, &mut Vec::new())?;
    /// assert_eq!(router.contact(ContactId(7)).map(|it| it.whereabouts), Some(Whereabouts::Waiting));
    /// assert_eq!((router.contact(ContactId(8)), router.every_contact().len(), router.open_offers().len()), (None, 1, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn contact(&self, contact: ContactId) -> Option<ContactStatus> {
        self.state.contact_ids.get(&contact).map(|slot| self.status(slot))
    }

    /// How an agent is; `None` if it is not signed in. O(1).
    pub fn agent(&self, agent: AgentId) -> Option<AgentStatus> {
        self.state.agent_ids.get(&agent).map(|slot| {
            let it = &self.state.agents[slot];
            let held = u32::try_from(it.holding.len()).unwrap_or(u32::MAX);
            let (ready, draining, lost) = (it.ready, it.draining, it.lost);
            AgentStatus { agent, group: it.group, ready, draining, lost, held }
        })
    }

    /// All agents who are signed in, by id. O(n log n).
    pub fn every_agent(&self) -> Vec<AgentStatus> {
        let slots = self.state.agents_by_id();
        slots.into_iter().filter_map(|slot| self.agent(self.state.agents[slot].id)).collect()
    }

    /// All contacts that are there, in the order in which they arrived. O(n log n).
    pub fn every_contact(&self) -> Vec<ContactStatus> {
        self.state.contacts_by_arrival().into_iter().map(|slot| self.status(slot)).collect()
    }

    /// All offers that are open, in the order in which they were made. O(n log n), n being all contacts.
    pub fn open_offers(&self) -> Vec<OfferStatus> {
        let state = &self.state;
        let mut offers = Vec::new();
        for slot in state.contacts_by_arrival() {
            let it = &state.contacts[slot];
            let first = state.offers_of(slot).next().map(|(offer, _)| offer);
            for (offer, agent) in state.offers_of(slot) {
                let leg = || state.legs.of(slot).find(|leg| leg.offer == offer).and_then(|leg| leg.expires);
                let expires = if Some(offer) == first { it.deadline() } else { leg() };
                offers.push(OfferStatus { offer, contact: it.id, agent, expires });
            }
        }
        offers.sort_unstable();
        offers
    }

    fn status(&self, slot: u32) -> ContactStatus {
        let it = &self.state.contacts[slot];
        let whereabouts = match it.place {
            Place::InLine | Place::Loose => Whereabouts::Waiting,
            Place::Scheduled => Whereabouts::Scheduled,
            Place::Parked => Whereabouts::Parked,
            Place::With(stage) => Whereabouts::With(self.state.agents[it.agent].id, stage),
        };
        ContactStatus {
            contact: it.id,
            queue: it.queue,
            channel: it.channel,
            age_origin: it.origin,
            answer_within: self.state.within(it),
            whereabouts,
        }
    }
}
