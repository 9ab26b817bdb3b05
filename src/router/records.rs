//! What the engine remembers of each contact and agent: dense slots behind ids.

use crate::agent::ChannelSet;
use crate::capacity::{Load, Stage};
use crate::contact::Turn;
use crate::id::{AgentId, ChannelId, ContactId, CustomerId, GroupId, OfferId, QueueId};
use crate::queue::WrapUp;
use crate::router::pacing::Pacing;
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
    /// Promised for later, and in no line yet.
    Scheduled,
    /// Waiting on its customer, with nobody.
    Parked,
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

impl Rank {
    /// Before every other.
    pub(crate) const LEAST: Self = Self { level: i64::MIN, at: i64::MIN, origin: Timestamp::ZERO, arrival: 0 };
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

/// A contact. What it may or may not have is packed: a bit says whether the word beside it counts.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) id: ContactId,
    pub(crate) arrival: u64,
    pub(crate) origin: Timestamp,
    /// Enqueued or transferred: what the longest wait counts from.
    pub(crate) since: Timestamp,
    pub(crate) step_since: Timestamp,
    /// Given to its agent; with nobody: its owner, where it has one.
    pub(crate) given_at: Timestamp,
    /// Since when it is the turn of whose turn it is.
    pub(crate) turn_since: Timestamp,
    /// Level and instant under which it stands in line; with an agent, its open offer, and the deadline of the stage.
    pub(crate) level: i64,
    pub(crate) at: i64,
    answer_within: Span,
    max_wait: Span,
    wrap_up: Span,
    only: Only,
    customer: CustomerId,
    first_offer: Timestamp,
    timer: Timestamp,
    /// Index into the table of needs.
    pub(crate) needs: u32,
    /// Slot of the agent who has it.
    pub(crate) agent: u32,
    pub(crate) class: u32,
    /// Slot of the agent it left with `Returned`, until it is in line again.
    pub(crate) left: u32,
    pub(crate) queue: QueueId,
    pub(crate) priority: i16,
    pub(crate) step: u16,
    pub(crate) offers: u16,
    /// Delays of its queue that it has waited for.
    pub(crate) widened: u16,
    has: u16,
    /// Of its wrap-up the kind; above four bits, queues it overflowed into, up to fifteen.
    kind_and_overflows: u8,
    timer_lane: u8,
    pub(crate) channel: ChannelId,
    pub(crate) place: Place,
    pub(crate) has_exclusions: bool,
    pub(crate) marked: bool,
}

macro_rules! packed {
    ($($(#[$doc:meta])* $field:ident, $set:ident: $of:ty = $bit:literal;)*) => {
        impl Contact {$(
            $(#[$doc])*
            pub(crate) fn $field(&self) -> Option<$of> {
                (self.has & (1 << $bit) != 0).then_some(self.$field)
            }

            pub(crate) fn $set(&mut self, value: Option<$of>) {
                self.has = self.has & !(1 << $bit) | u16::from(value.is_some()) << $bit;
                if let Some(value) = value {
                    self.$field = value;
                }
            }
        )*}
    };
}

packed! {
    /// Its own time to answer within.
    answer_within, set_answer_within: Span = 0;
    /// Its own longest wait.
    max_wait, set_max_wait: Span = 1;
    only, set_only: Only = 2;
    customer, set_customer: CustomerId = 3;
    first_offer, set_first_offer: Timestamp = 4;
}

const DEADLINE: u16 = 1 << 5;
const TIMED: u16 = 1 << 6;
const CUSTOMERS_TURN: u16 = 1 << 7;
const PROMISED: u16 = 1 << 8;
const APPOINTED: u16 = 1 << 13;
const SHORT: u16 = 1 << 9;
const ASSIGNED: u16 = 1 << 10;
const LEGS: u16 = 1 << 11;
const OWNED: u16 = 1 << 12;
const RELEASED: u16 = 1 << 14;

impl Contact {
    /// One that has just arrived, with nothing special about it.
    #[inline]
    pub(crate) fn new(id: ContactId, arrival: u64, queue: QueueId, channel: ChannelId, now: Timestamp) -> Self {
        Self {
            id,
            arrival,
            origin: now,
            since: now,
            step_since: now,
            given_at: now,
            turn_since: now,
            level: 0,
            at: 0,
            answer_within: Span::ZERO,
            max_wait: Span::ZERO,
            wrap_up: Span::ZERO,
            only: Only { agent: AgentId(0), until: now },
            customer: CustomerId(0),
            first_offer: now,
            timer: now,
            needs: 0,
            agent: NONE,
            class: 0,
            left: NONE,
            queue,
            priority: 0,
            step: 0,
            offers: 0,
            widened: 0,
            has: 0,
            kind_and_overflows: 0,
            timer_lane: 0,
            channel,
            place: Place::Loose,
            has_exclusions: false,
            marked: false,
        }
    }

    /// The offer that is open, while offered.
    pub(crate) fn offer(&self) -> OfferId {
        OfferId(self.level as u64)
    }

    /// To be set when it has left the line.
    pub(crate) fn set_offer(&mut self, offer: OfferId) {
        self.level = offer.0 as i64;
    }

    /// Of the stage it is in with its agent.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        (self.has & DEADLINE != 0).then_some(Timestamp(self.at as u64))
    }

    /// To be set when it has left the line.
    pub(crate) fn set_deadline(&mut self, deadline: Option<Timestamp>) {
        self.has &= !DEADLINE;
        if let Some(deadline) = deadline {
            self.has |= DEADLINE;
            self.at = deadline.0 as i64;
        }
    }

    /// In its queue as if it had arrived just now, but for its age.
    pub(crate) fn begin_anew(&mut self, now: Timestamp) {
        (self.offers, self.step, self.step_since, self.since, self.widened) = (0, 0, now, now, 0);
        self.set_first_offer(None);
        self.release(false);
        self.has_exclusions = false;
    }

    /// Its own after-contact work.
    pub(crate) fn wrap_up(&self) -> Option<WrapUp> {
        match self.kind_and_overflows & 15 {
            1 => Some(WrapUp::None),
            2 => Some(WrapUp::Open),
            3 => Some(WrapUp::Fixed(self.wrap_up)),
            4 => Some(WrapUp::UpTo(self.wrap_up)),
            _ => None,
        }
    }

    pub(crate) fn set_wrap_up(&mut self, wrap_up: Option<WrapUp>) {
        let (kind, time) = match wrap_up {
            None => (0, Span::ZERO),
            Some(WrapUp::None) => (1, Span::ZERO),
            Some(WrapUp::Open) => (2, Span::ZERO),
            Some(WrapUp::Fixed(time)) => (3, time),
            Some(WrapUp::UpTo(time)) => (4, time),
        };
        self.kind_and_overflows = self.kind_and_overflows & !15 | kind;
        self.wrap_up = time;
    }

    /// The one timer it has set.
    pub(crate) fn timer(&self) -> Option<Timer> {
        (self.has & TIMED != 0).then_some(Timer { lane: self.timer_lane, due: self.timer })
    }

    pub(crate) fn set_timer(&mut self, timer: Option<Timer>) {
        self.has = self.has & !TIMED | if timer.is_some() { TIMED } else { 0 };
        if let Some(timer) = timer {
            (self.timer_lane, self.timer) = (timer.lane, timer.due);
        }
    }

    /// Who is to write next.
    pub(crate) fn turn(&self) -> Turn {
        if self.has & CUSTOMERS_TURN != 0 { Turn::Customer } else { Turn::Agent }
    }

    pub(crate) fn set_turn(&mut self, turn: Turn, since: Timestamp) {
        self.has = self.has & !CUSTOMERS_TURN | if turn == Turn::Customer { CUSTOMERS_TURN } else { 0 };
        self.turn_since = since;
    }

    /// The agent it was parked at, or who did not wake it in time: to be asked first.
    pub(crate) fn owner(&self) -> Option<AgentId> {
        (self.has & OWNED != 0).then_some(AgentId(self.given_at.0))
    }

    /// To be set when it has left its agent.
    pub(crate) fn set_owner(&mut self, owner: Option<AgentId>) {
        self.has &= !OWNED;
        if let Some(owner) = owner {
            self.has |= OWNED;
            self.given_at = Timestamp(owner.0);
        }
    }

    /// It goes on over another channel: neither its queue's longest wait nor its edges apply to it.
    pub(crate) fn promised(&self) -> bool {
        self.has & PROMISED != 0
    }

    pub(crate) fn promise(&mut self, promised: bool) {
        self.has = self.has & !PROMISED | if promised { PROMISED } else { 0 };
    }

    /// Listed among those that ring with fewer agents than they may.
    pub(crate) fn is_short(&self) -> bool {
        self.has & SHORT != 0
    }

    pub(crate) fn set_short(&mut self, short: bool) {
        self.has = self.has & !SHORT | if short { SHORT } else { 0 };
    }

    /// Has offers beside the first.
    pub(crate) fn has_legs(&self) -> bool {
        self.has & LEGS != 0
    }

    pub(crate) fn set_legs(&mut self, any: bool) {
        self.has = self.has & !LEGS | if any { LEGS } else { 0 };
    }

    /// Offered by a supervisor, and so to that agent alone.
    pub(crate) fn is_assigned(&self) -> bool {
        self.has & ASSIGNED != 0
    }

    pub(crate) fn set_assigned(&mut self, assigned: bool) {
        self.has = self.has & !ASSIGNED | if assigned { ASSIGNED } else { 0 };
    }

    /// Queues it overflowed into.
    pub(crate) fn overflows(&self) -> u8 {
        self.kind_and_overflows >> 4
    }

    pub(crate) fn set_overflows(&mut self, overflows: u8) {
        self.kind_and_overflows = self.kind_and_overflows & 15 | overflows.min(15) << 4;
    }

    /// It has an appointment.
    pub(crate) fn appointed(&self) -> bool {
        self.has & APPOINTED != 0
    }

    pub(crate) fn appoint(&mut self, appointed: bool) {
        self.has = self.has & !APPOINTED | if appointed { APPOINTED } else { 0 };
    }

    /// It was held back so long that the scheduler holds it no more.
    pub(crate) fn is_released(&self) -> bool {
        self.has & RELEASED != 0
    }

    pub(crate) fn release(&mut self, released: bool) {
        self.has = self.has & !RELEASED | if released { RELEASED } else { 0 };
    }

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
    /// Goes on by itself when it may: put on hold by an arrival, or quiet and waiting to wake.
    pub(crate) by_itself: bool,
    /// Another agent has the contact; this one has joined it.
    pub(crate) joined: bool,
    /// When it was given, or last came to be active, if that was later.
    pub(crate) active_since: Timestamp,
}

impl Holding {
    /// One that is given now, with nothing special about it.
    pub(crate) fn new(contact: u32, channel: ChannelId, stage: Stage, now: Timestamp) -> Self {
        Self { contact, channel, stage, forced: false, by_itself: false, joined: false, active_since: now }
    }
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
    /// `load` and `room` are as what it holds has it.
    pub(crate) weighed: bool,
    pub(crate) streak: u16,
    pub(crate) handled: u32,
    /// Derived from `holding`.
    pub(crate) load: Load,
    /// Derived from `holding`, `ready` and `draining`: channels of which one more contact fits.
    pub(crate) room: ChannelSet,
    pub(crate) holding: Vec<Holding>,
    pub(crate) signed_in_at: Timestamp,
    /// Time with something in hand since then, but for the present stretch; and since when that has lasted.
    pub(crate) worked: Span,
    pub(crate) busy_since: Timestamp,
    pub(crate) released_at: Timestamp,
    pub(crate) handled_at: Timestamp,
    pub(crate) offered_at: Timestamp,
    pub(crate) available_at: Timestamp,
    /// The last sign of life, where there are leases.
    pub(crate) heard_at: Timestamp,
    /// Nothing is heard of it; when it is signed out.
    pub(crate) lost: Option<Timestamp>,
    /// When its shift ends.
    pub(crate) shift: Option<Timestamp>,
    /// When and on what it becomes ready again by itself.
    pub(crate) again: Option<(Timestamp, ChannelSet)>,
    /// Of each channel that its profile paces, by ascending id; most often none.
    pub(crate) pacing: Vec<Pacing>,
    /// Derived: what it is occupied with, in its team.
    pub(crate) occupation: crate::router::teams::Occupation,
    pub(crate) timer: Option<Timer>,
    pub(crate) shelf: u32,
    /// Keys under which it stands on its shelf, one per index.
    pub(crate) keys: Vec<u128>,
    pub(crate) live: bool,
}

impl Agent {
    /// Takes a contact in hand.
    pub(crate) fn take_up(&mut self, held: Holding, now: Timestamp) {
        if self.holding.is_empty() {
            self.busy_since = now;
        }
        self.holding.push(held);
    }

    /// Lets go of a contact, if it has it.
    pub(crate) fn let_go(&mut self, contact: u32, now: Timestamp) {
        let before = self.holding.len();
        self.holding.retain(|held| held.contact != contact);
        if self.holding.is_empty() && before > 0 {
            self.worked = self.worked + now.since(self.busy_since);
        }
    }

    /// Time since sign-in with something in hand.
    pub(crate) fn worked(&self, now: Timestamp) -> Span {
        if self.holding.is_empty() { self.worked } else { self.worked + now.since(self.busy_since) }
    }

    /// The share of the time since sign-in with something in hand, in billionths.
    pub(crate) fn occupancy(&self, now: Timestamp) -> u64 {
        let present = u128::from(now.since(self.signed_in_at).0);
        let billionths = (u128::from(self.worked(now).0) * 1_000_000_000).checked_div(present).unwrap_or(0);
        u64::try_from(billionths).unwrap_or(u64::MAX)
    }
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
    #[inline]
    pub(crate) fn insert(&mut self, record: T) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.all[slot as usize] = record;
            return slot;
        }
        if self.all.len() == self.all.capacity() {
            // By an eighth instead of twofold: room that is never used is most of what a record too many costs.
            self.all.reserve_exact(self.all.len() / 8 + 8);
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
