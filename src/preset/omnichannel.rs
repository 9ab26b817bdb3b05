//! Presets of engines for every channel.

use crate::preset::capacity::Capacity;
use crate::preset::rules::{Order, Quiet, Rules, Unanswered};
use crate::queue::{AgentOrder, IdleClock, NoAnswerEffect, Pools, StepClock};
use crate::time::Span;

use AgentOrder::{BestSkilled, LeastLoaded, LeastSkilled, LongestIdle, MostPlaces, RoundRobin};

/// What most of them do: by priority, then age; a number for each channel, and a silent customer keeps the place.
const COMMON: Rules = Rules {
    order: Order::Priority,
    agents: &[LongestIdle],
    idle: IdleClock::Release,
    rings: None,
    steps: None,
    unanswered: Unanswered::AS_PLANNED,
    capacity: Capacity::Apart,
    quiet: Quiet::Busy,
    aged_by_message: false,
};
/// An agent who does not answer gets nothing until it says that it is there.
const NOT_READY: Unanswered = Unanswered { agent: Some((NoAnswerEffect::NotReady, 1)), ..Unanswered::AS_PLANNED };

/// A task goes from target to target by its age, and is cancelled after a thousand reservations.
pub(super) const TASKROUTER: Rules = Rules {
    steps: Some((StepClock::Age, Pools::Replacing)),
    unanswered: Unanswered { per_agent: Some(u16::MAX), per_contact: Some(1_000), ..Unanswered::AS_PLANNED },
    ..COMMON
};

pub(super) const TASKROUTER_DESC: Rules = Rules { agents: &[BestSkilled, LongestIdle], ..TASKROUTER };
pub(super) const TASKROUTER_ASC: Rules = Rules { agents: &[LeastSkilled, LongestIdle], ..TASKROUTER };

/// Each step of the routing criteria has an expiry of its own, and takes the place of the one before.
pub(super) const CONNECT: Rules = Rules {
    steps: Some((StepClock::Step, Pools::Replacing)),
    unanswered: NOT_READY,
    capacity: Capacity::OneChannelUnlessSaid,
    ..COMMON
};

/// The score is the instant of arrival less a minute for each point of priority.
pub(super) const GENESYS_STANDARD: Rules = Rules {
    order: Order::Worth(Span::from_mins(1)),
    idle: IdleClock::Offered,
    unanswered: NOT_READY,
    capacity: Capacity::Utilization { calls_interrupt: false },
    ..COMMON
};
pub(super) const GENESYS_BULLSEYE: Rules =
    Rules { steps: Some((StepClock::Step, Pools::Cumulative)), ..GENESYS_STANDARD };
pub(super) const GENESYS_UTILIZATION: Rules =
    Rules { capacity: Capacity::Utilization { calls_interrupt: true }, ..GENESYS_STANDARD };

pub(super) const OMNI_LEAST_ACTIVE: Rules =
    Rules { agents: &[LeastLoaded, LongestIdle], capacity: Capacity::Loads, ..COMMON };
pub(super) const OMNI_MOST_AVAILABLE: Rules = Rules { agents: &[MostPlaces, LongestIdle], ..OMNI_LEAST_ACTIVE };
pub(super) const OMNI_INTERRUPTIBLE: Rules = Rules { capacity: Capacity::Interruptible, ..OMNI_LEAST_ACTIVE };

/// A conversation in the state "waiting" takes no capacity, and comes back to its agent whatever that one holds.
const UNIFIED: Rules = Rules {
    order: Order::Fifo,
    unanswered: Unanswered { per_agent: Some(3), per_contact: Some(100), ..Unanswered::AS_PLANNED },
    capacity: Capacity::Loads,
    quiet: Quiet::Free { after: None },
    aged_by_message: true,
    ..COMMON
};
pub(super) const UNIFIED_HIGHEST_CAPACITY: Rules = Rules { agents: &[MostPlaces, RoundRobin], ..UNIFIED };
pub(super) const UNIFIED_ROUND_ROBIN: Rules = Rules { agents: &[RoundRobin], ..UNIFIED };
pub(super) const UNIFIED_LEAST_ACTIVE: Rules = UNIFIED;
pub(super) const UNIFIED_BULLSEYE: Rules =
    Rules { steps: Some((StepClock::FirstOffer, Pools::Cumulative)), ..UNIFIED_HIGHEST_CAPACITY };

/// Who declines is not asked again; who lets an offer expire is deregistered. Selectors expire by age.
const JOB_ROUTER: Rules = Rules {
    idle: IdleClock::Available,
    steps: Some((StepClock::Age, Pools::Cumulative)),
    unanswered: Unanswered { agent: Some((NoAnswerEffect::SignOut, 1)), per_agent: Some(1), ..Unanswered::AS_PLANNED },
    capacity: Capacity::Loads,
    ..COMMON
};
pub(super) const JOB_ROUTER_ROUND_ROBIN: Rules = Rules { agents: &[RoundRobin], ..JOB_ROUTER };
pub(super) const JOB_ROUTER_LONGEST_IDLE: Rules = Rules { agents: &[LeastLoaded, LongestIdle], ..JOB_ROUTER };
pub(super) const JOB_ROUTER_BEST_WORKER: Rules = Rules { agents: &[BestSkilled, LongestIdle], ..JOB_ROUTER };

/// Inactive after ten minutes without a word of the customer.
pub(super) const ZENDESK: Rules = Rules {
    agents: &[MostPlaces, LongestIdle],
    idle: IdleClock::Offered,
    quiet: Quiet::Free { after: Some(Span::from_mins(10)) },
    ..COMMON
};
pub(super) const ZENDESK_PERCENT: Rules = Rules { agents: &[LeastLoaded, LongestIdle], ..ZENDESK };
