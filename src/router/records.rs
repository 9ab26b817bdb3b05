//! What the engine remembers of each contact and agent: dense slots behind ids.

use crate::agent::ChannelSet;
use crate::capacity::{Load, Stage};
use crate::id::{AgentId, ChannelId, ContactId, CustomerId, GroupId, OfferId, QueueId};
use crate::queue::WrapUp;
use crate::router::timers::Timer;
use crate::time::{Span, Timestamp};

/// No slot.
pub(crate) const NONE: u32 = u32::MAX;

/// Where a contact is. It is in exactly one place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) enum Place {
    /// Between two places, within one command.
    Loose,
    /// In its queue's line.
    InLine,
    /// With an agent.
    With(Stage),
}

/// The urgency of a contact among those of its class, fixed while it stands in line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Rank {
    pub(crate) level: i64,
    pub(crate) at: i64,
    pub(crate) origin: Timestamp,
    pub(crate) arrival: u64,
}

/// An agent waited for alone, and until when.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Only {
    pub(crate) agent: AgentId,
    pub(crate) until: Timestamp,
}

/// An agent who did not take a contact: not to be offered it again for a while.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Excluded {
    pub(crate) agent: AgentId,
    pub(crate) until: Timestamp,
    pub(crate) times: u16,
}

#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) id: ContactId,
    pub(crate) arrival: u64,
    pub(crate) origin: Timestamp,
    /// Enqueued or transferred: what the longest wait counts from.
    pub(crate) since: Timestamp,
    pub(crate) queue: QueueId,
    pub(crate) channel: ChannelId,
    pub(crate) priority: i16,
    pub(crate) place: Place,
    /// Index into the table of needs.
    pub(crate) needs: u32,
    pub(crate) answer_within: Option<Span>,
    pub(crate) max_wait: Option<Span>,
    pub(crate) wrap_up: Option<WrapUp>,
    pub(crate) only: Option<Only>,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) step: u16,
    pub(crate) step_since: Timestamp,
    pub(crate) first_offer: Option<Timestamp>,
    pub(crate) offers: u16,
    /// The offer that is open, while offered.
    pub(crate) offer: OfferId,
    /// Deadline of the stage it is in with its agent.
    pub(crate) deadline: Option<Timestamp>,
    /// Given to its agent.
    pub(crate) given_at: Timestamp,
    /// Set by `Returned`, until it is in line again: whom it left.
    pub(crate) left: Option<AgentId>,
    /// Slot of the agent who has it.
    pub(crate) agent: u32,
    pub(crate) class: u32,
    /// Level and instant under which it stands in line.
    pub(crate) level: i64,
    pub(crate) at: i64,
    pub(crate) timer: Option<Timer>,
    pub(crate) has_exclusions: bool,
    pub(crate) marked: bool,
}

impl Contact {
    pub(crate) fn rank(&self) -> Rank {
        Rank { level: self.level, at: self.at, origin: self.origin, arrival: self.arrival }
    }
}

/// A contact in an agent's hands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Holding {
    pub(crate) contact: u32,
    pub(crate) channel: ChannelId,
    pub(crate) stage: Stage,
    /// Given or woken above capacity, by decision of the host.
    pub(crate) forced: bool,
    /// Put on hold by an arrival, to resume by itself.
    pub(crate) by_arrival: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) id: AgentId,
    pub(crate) group: GroupId,
    pub(crate) crew: u32,
    pub(crate) own_skills: bool,
    pub(crate) ready: ChannelSet,
    pub(crate) draining: bool,
    pub(crate) marked: bool,
    /// Waits to be put on the shelf that fits it now.
    pub(crate) unshelved: bool,
    pub(crate) streak: u16,
    pub(crate) handled: u32,
    /// Derived from `holding`.
    pub(crate) load: Load,
    /// Derived from `holding`, `ready` and `draining`: channels of which one more contact fits.
    pub(crate) room: ChannelSet,
    pub(crate) holding: Vec<Holding>,
    pub(crate) released_at: Timestamp,
    pub(crate) handled_at: Timestamp,
    pub(crate) offered_at: Timestamp,
    pub(crate) available_at: Timestamp,
    /// When and on what it becomes ready again by itself.
    pub(crate) again: Option<(Timestamp, ChannelSet)>,
    pub(crate) timer: Option<Timer>,
    pub(crate) shelf: u32,
    /// Keys under which it stands on its shelf, one per index.
    pub(crate) keys: Vec<u128>,
    pub(crate) live: bool,
}

/// Slots that are used again, last freed first.
#[derive(Clone, Debug)]
pub(crate) struct Slots<T> {
    all: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { all: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slots<T> {
    pub(crate) fn insert(&mut self, record: T) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.all[slot as usize] = record;
            return slot;
        }
        self.all.push(record);
        (self.all.len() - 1) as u32
    }

    /// The record stays readable until the slot is used again.
    pub(crate) fn free(&mut self, slot: u32) {
        self.free.push(slot);
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len() - self.free.len()
    }

    /// Every slot ever used, freed ones included.
    pub(crate) fn slots(&self) -> &[T] {
        &self.all
    }
}

impl<T> std::ops::Index<u32> for Slots<T> {
    type Output = T;
    fn index(&self, slot: u32) -> &T {
        &self.all[slot as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Slots<T> {
    fn index_mut(&mut self, slot: u32) -> &mut T {
        &mut self.all[slot as usize]
    }
}
