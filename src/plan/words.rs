//! The words of a document for the choices of a plan.

use crate::between::Between;
use crate::capacity::Over;
use crate::id::ChannelId;
use crate::overflow::OverflowTo;
use crate::queue::{AgentOrder, ContactOrder, Displace, IdleClock, Mode, NoAnswerEffect, Pools, StepClock};
use crate::time::Span;

/// The word for a choice.
pub(crate) fn word<T: PartialEq>(words: &[(&'static str, T)], choice: &T) -> &'static str {
    words.iter().find(|(_, known)| known == choice).map_or("", |(word, _)| word)
}

/// What the name of a host's own policy follows.
pub(crate) const HOST: &str = "host:";
/// The same, as a message says it.
pub(super) const HOST_POLICY: &str = "host:NAME";

pub(super) const OVERS: [(&str, Over); 3] = [("yes", Over::Yes), ("hold", Over::Hold), ("no", Over::No)];

pub(super) const CONTACT_ORDERS: [(&str, ContactOrder); 5] = [
    ("fifo", ContactOrder::Fifo),
    ("priority", ContactOrder::Priority),
    ("priority-minutes", ContactOrder::PriorityMinutes { worth: Span::from_mins(1) }),
    ("deadline", ContactOrder::Deadline),
    ("ratio", ContactOrder::Ratio),
];

pub(super) const BETWEEN: [(&str, Between); 5] = [
    ("urgency", Between::Urgency),
    ("longest-queue", Between::LongestQueue),
    ("fixed-queue-ratio", Between::FixedQueueRatio),
    ("max-weight", Between::MaxWeight),
    ("cmu", Between::Cmu),
];

pub(crate) const AGENT_ORDERS: [(&str, AgentOrder); 16] = [
    ("tier", AgentOrder::Tier),
    ("longest-idle", AgentOrder::LongestIdle),
    ("most-recently-idle", AgentOrder::MostRecentlyIdle),
    ("least-loaded", AgentOrder::LeastLoaded),
    ("most-loaded", AgentOrder::MostLoaded),
    ("round-robin", AgentOrder::RoundRobin),
    ("top-down", AgentOrder::TopDown),
    ("best-skilled", AgentOrder::BestSkilled),
    ("least-skilled", AgentOrder::LeastSkilled),
    ("fewest-handled", AgentOrder::FewestHandled),
    ("random", AgentOrder::Random),
    ("most-places", AgentOrder::MostPlaces),
    ("least-occupied", AgentOrder::LeastOccupied),
    ("least-worked", AgentOrder::LeastWorked),
    ("fastest", AgentOrder::Fastest),
    ("least-flexible", AgentOrder::LeastFlexible),
];

pub(super) const IDLE_CLOCKS: [(&str, IdleClock); 4] = [
    ("release", IdleClock::Release),
    ("handled", IdleClock::Handled),
    ("offered", IdleClock::Offered),
    ("available", IdleClock::Available),
];

pub(super) const STEP_CLOCKS: [(&str, StepClock); 3] =
    [("age", StepClock::Age), ("step", StepClock::Step), ("first-offer", StepClock::FirstOffer)];

pub(super) const POOLS: [(&str, Pools); 2] = [("cumulative", Pools::Cumulative), ("replacing", Pools::Replacing)];

pub(super) const NO_ANSWER_EFFECTS: [(&str, NoAnswerEffect); 3] =
    [("stay", NoAnswerEffect::Stay), ("not-ready", NoAnswerEffect::NotReady), ("sign-out", NoAnswerEffect::SignOut)];

pub(super) const MODES: [(&str, Mode); 3] =
    [("push", Mode::Push), ("broadcast", Mode::Broadcast { ring: 3 }), ("pull", Mode::Pull)];

/// What the name of a queue that contacts overflow into follows.
pub(super) const TO_QUEUE: &str = "queue:";
/// The same, as a message says it.
pub(super) const TO_QUEUE_NAMED: &str = "queue:NAME";

/// To wait comes first, because it cannot be chosen everywhere.
pub(super) const OVERFLOWS: [(&str, OverflowTo); 4] = [
    ("wait", OverflowTo::Wait),
    ("end", OverflowTo::End),
    ("deflect", OverflowTo::Deflect),
    ("callback", OverflowTo::Callback(ChannelId(u8::MAX))),
];

pub(super) const DISPLACES: [(&str, Displace); 3] =
    [("none", Displace::None), ("quiet", Displace::Quiet), ("oldest", Displace::Oldest)];
