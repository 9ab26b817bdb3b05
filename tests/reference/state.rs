//! What is known of agents and contacts: section 2, and the nouns of section 5.

use cordboard::{
    AgentId, ChannelId, ChannelSet, ContactId, CustomerId, GroupId, HeldBy, Needs, OfferId, QueueId, Role, Skills,
    Span, Stage, Timestamp, Turn, WrapUp,
};

use super::pacing::Limit;
use super::{Reference, Refused};

#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) id: AgentId,
    pub(crate) group: GroupId,
    pub(crate) skills: Skills,
    /// Brought along or set by command, so that another plan does not change them.
    pub(crate) own_skills: bool,
    pub(crate) ready: ChannelSet,
    pub(crate) draining: bool,
    /// What it holds, in the order in which it was given.
    pub(crate) holds: Vec<Holding>,
    pub(crate) signed_in: Timestamp,
    /// Time since then in which it held anything.
    pub(crate) worked: Span,
    // The four clocks.
    pub(crate) released: Timestamp,
    pub(crate) handled: Timestamp,
    pub(crate) offered: Timestamp,
    pub(crate) available: Timestamp,
    /// `Accepted` and `Assigned` since sign-in.
    pub(crate) handled_count: u32,
    /// Offers that rang out in a row.
    pub(crate) streak: u32,
    /// When channels taken away because of no answer become ready again.
    pub(crate) ready_again: Option<(Timestamp, ChannelSet)>,
    /// The last sign of life.
    pub(crate) heard: Timestamp,
    /// Nothing is heard of it; when it is signed out.
    pub(crate) lost: Option<Timestamp>,
    pub(crate) shift_ends: Option<Timestamp>,
    /// When it was given the last contacts of each channel with a ramp.
    pub(crate) given: Vec<(ChannelId, Timestamp)>,
    /// Channels its ramps block, and until when.
    pub(crate) blocked: Vec<(ChannelId, Timestamp)>,
    /// Limits that adapt.
    pub(crate) limits: Vec<Limit>,
}

/// A contact in an agent's hands.
#[derive(Clone, Debug)]
pub(crate) struct Holding {
    pub(crate) contact: Contact,
    pub(crate) stage: Stage,
    /// The open offer, in stage offered.
    pub(crate) offer: Option<OfferId>,
    /// Accepted, or assigned without an offer stage.
    pub(crate) taken: bool,
    /// Who put it on hold, in stage held.
    pub(crate) held_by: Option<HeldBy>,
    /// The end of the offer, of connecting, of the wrap-up, or of waiting to wake.
    pub(crate) until: Option<Timestamp>,
    /// Quiet, and waits to wake.
    pub(crate) waking: bool,
    /// Given by a supervisor, or woken above the limit.
    pub(crate) forced: bool,
    /// A copy of a contact that rings with another agent too, whose offer was made first.
    pub(crate) further: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) id: ContactId,
    /// Counts `Arrived` events from 1.
    pub(crate) arrival: u64,
    pub(crate) queue: QueueId,
    pub(crate) channel: ChannelId,
    pub(crate) needs: Needs,
    pub(crate) priority: i16,
    pub(crate) age_origin: Timestamp,
    pub(crate) answer_within: Option<Span>,
    pub(crate) max_wait: Option<Span>,
    pub(crate) wrap_up: Option<WrapUp>,
    pub(crate) customer: Option<CustomerId>,
    /// The agent who is asked first.
    pub(crate) owner: Option<AgentId>,
    /// What the host attached to it.
    pub(crate) context: Vec<u8>,
    /// Who is to write next, and since when.
    pub(crate) turn: Turn,
    pub(crate) turn_since: Timestamp,
    /// Who has joined the agent who has it, in order.
    pub(crate) joined: Vec<(AgentId, Role)>,
    /// The one agent it waits for, and until when.
    pub(crate) only: Option<(AgentId, Timestamp)>,
    /// Arrival or transfer: what the longest wait is counted from.
    pub(crate) waits_since: Timestamp,
    pub(crate) step: usize,
    pub(crate) step_began: Timestamp,
    /// The longest delay of a group on stand-by that it has waited for.
    pub(crate) widened: Span,
    pub(crate) first_offer: Option<Timestamp>,
    pub(crate) offers_made: u32,
    /// Queues it overflowed into.
    pub(crate) overflows: u32,
    /// It went on over another channel with nobody, and has not been transferred since.
    pub(crate) promised: bool,
    /// What is promised to it for later, until it is given to an agent.
    pub(crate) promise: Option<super::scheduled::Promise>,
    /// Agents it is not offered to, and until when; [`Timestamp::MAX`] for good.
    pub(crate) excluded: Vec<(AgentId, Timestamp)>,
    /// Who declined, missed, lost or gave it back: one entry for each time.
    pub(crate) excluding_ends: Vec<AgentId>,
}

/// Where a contact is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// At this index of `waiting`.
    Waiting(usize),
    /// At this index of `scheduled`.
    Scheduled(usize),
    /// At this index of `parked`.
    Parked(usize),
    /// With the agent at this index, at this index of what it holds.
    With(usize, usize),
}

impl Reference {
    pub(crate) fn agent_at(&self, agent: AgentId) -> Option<usize> {
        self.agents.iter().position(|known| known.id == agent)
    }

    pub(crate) fn place(&self, contact: ContactId) -> Option<Place> {
        if let Some(at) = self.waiting.iter().position(|waiting| waiting.id == contact) {
            return Some(Place::Waiting(at));
        }
        if let Some(at) = self.scheduled.iter().position(|scheduled| scheduled.id == contact) {
            return Some(Place::Scheduled(at));
        }
        if let Some(at) = self.parked.iter().position(|parked| parked.id == contact) {
            return Some(Place::Parked(at));
        }
        for (a, agent) in self.agents.iter().enumerate() {
            if let Some(h) = agent.holds.iter().position(|holding| holding.contact.id == contact && !holding.further) {
                return Some(Place::With(a, h));
            }
        }
        None
    }

    /// Contacts in every state.
    pub(crate) fn present(&self) -> usize {
        let held = self.agents.iter().flat_map(|agent| &agent.holds).filter(|holding| !holding.further);
        self.waiting.len() + self.scheduled.len() + self.parked.len() + held.count()
    }

    pub(super) fn known_agent(&self, agent: AgentId) -> Result<usize, Refused> {
        self.agent_at(agent).ok_or(Refused::Condition("the agent is not signed in"))
    }

    pub(super) fn known_contact(&self, contact: ContactId) -> Result<Place, Refused> {
        self.place(contact).ok_or(Refused::Condition("the contact is not there"))
    }

    pub(super) fn waiting_contact(&self, contact: ContactId) -> Result<usize, Refused> {
        match self.known_contact(contact)? {
            Place::Waiting(at) => Ok(at),
            Place::With(..) | Place::Scheduled(_) | Place::Parked(_) => {
                Err(Refused::Condition("the contact is not waiting"))
            }
        }
    }

    /// One that nobody has.
    pub(super) fn waiting_or_scheduled(&mut self, contact: ContactId) -> Result<&mut Contact, Refused> {
        match self.known_contact(contact)? {
            Place::Waiting(at) => Ok(&mut self.waiting[at]),
            Place::Scheduled(at) => Ok(&mut self.scheduled[at]),
            Place::With(..) | Place::Parked(_) => Err(Refused::Condition("the contact is not waiting")),
        }
    }

    /// A contact that an agent has in one of these stages.
    pub(super) fn contact_in(&self, contact: ContactId, stages: &[Stage]) -> Result<(usize, usize), Refused> {
        match self.known_contact(contact)? {
            Place::With(a, h) if stages.contains(&self.agents[a].holds[h].stage) => Ok((a, h)),
            _ => Err(Refused::Condition("the contact is in another state")),
        }
    }

    pub(super) fn open_offer(&self, offer: OfferId) -> Result<(usize, usize), Refused> {
        for (a, agent) in self.agents.iter().enumerate() {
            if let Some(h) = agent.holds.iter().position(|holding| holding.offer == Some(offer)) {
                return Ok((a, h));
            }
        }
        Err(Refused::Condition("the offer is not open"))
    }

    /// Takes a contact out of an agent's hands: "any contact leaves the agent".
    pub(super) fn take_from(&mut self, a: usize, h: usize) -> Contact {
        let now = self.now;
        if !self.agents[a].holds[h].further {
            self.others_part(a, h);
        }
        let agent = &mut self.agents[a];
        let holding = agent.holds.remove(h);
        agent.released = now;
        if holding.taken {
            agent.handled = now;
        }
        let id = agent.id;
        self.mark_agent(id);
        holding.contact
    }

    /// Puts a contact among those who wait, which stay in order of arrival.
    pub(super) fn stand_in_line(&mut self, contact: Contact) -> usize {
        let at = self.waiting.iter().take_while(|waiting| waiting.arrival < contact.arrival).count();
        self.waiting.insert(at, contact);
        self.forget_ended_exclusions(at);
        at
    }

    /// How many wait in a queue.
    pub(super) fn waiting_in(&self, queue: QueueId) -> u32 {
        u32::try_from(self.waiting.iter().filter(|waiting| waiting.queue == queue).count()).expect("few contacts")
    }
}
