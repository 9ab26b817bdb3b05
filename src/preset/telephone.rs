//! Presets of engines that came from the telephone. But for OpenSIPS they know calls alone.

use crate::preset::capacity::Capacity;
use crate::preset::rules::{Order, Quiet, Rules, Unanswered};
use crate::queue::{AgentOrder, IdleClock, NoAnswerEffect};
use crate::time::Span;

use AgentOrder::{
    BestSkilled, FewestHandled, LeastOccupied, LeastSkilled, LeastWorked, LongestIdle, MostLoaded, Random, RoundRobin,
    Tier, TopDown,
};

/// `queue->timeout`, Asterisk's default.
const ASTERISK_TIMEOUT: Span = Span::from_secs(15);
/// `originate_timeout` of `mod_callcenter`, where the agent's contact says no other.
const FREESWITCH_TIMEOUT: Span = Span::from_secs(60);

/// Nothing happens to an agent who does not answer, who is asked again at once, as often as it takes: nothing has changed
/// of what such strategies go by.
const ASKED_AGAIN: Unanswered = Unanswered {
    agent: Some((NoAnswerEffect::Stay, 1)),
    exclude_for: Some(Span::ZERO),
    per_agent: Some(u16::MAX),
    per_contact: Some(u16::MAX),
};
/// Who does not answer comes after everybody else.
const LAST: Unanswered = Unanswered { exclude_for: Some(Span(1)), ..ASKED_AGAIN };
/// The caller goes on down the list, and does not come back for a minute.
const PASSED: Unanswered = Unanswered { exclude_for: Some(Span::from_mins(1)), ..ASKED_AGAIN };
/// An agent who does not answer gets nothing until it says that it is there.
const NOT_READY: Unanswered = Unanswered { agent: Some((NoAnswerEffect::NotReady, 1)), ..Unanswered::AS_PLANNED };

const ASTERISK: Rules = Rules {
    order: Order::Priority,
    agents: &[Tier, TopDown],
    idle: IdleClock::Handled,
    rings: None,
    steps: None,
    unanswered: LAST,
    capacity: Capacity::AsPlanned,
    quiet: Quiet::AsPlanned,
    aged_by_message: false,
};
pub(super) const ASTERISK_RINGALL: Rules = Rules { rings: Some(ASTERISK_TIMEOUT), ..ASTERISK };
pub(super) const ASTERISK_LEASTRECENT: Rules =
    Rules { agents: &[Tier, LongestIdle], unanswered: ASKED_AGAIN, ..ASTERISK };
pub(super) const ASTERISK_FEWESTCALLS: Rules =
    Rules { agents: &[Tier, FewestHandled], unanswered: ASKED_AGAIN, ..ASTERISK };
pub(super) const ASTERISK_RANDOM: Rules = Rules { agents: &[Tier, Random], ..ASTERISK };
pub(super) const ASTERISK_RRMEMORY: Rules = Rules { agents: &[Tier, RoundRobin], ..ASTERISK };
pub(super) const ASTERISK_LINEAR: Rules = Rules { unanswered: PASSED, ..ASTERISK };
pub(super) const ASTERISK_WRANDOM: Rules = Rules { agents: &[Random], ..ASTERISK };

/// `score` is age in seconds + `cc_base_score`; every strategy goes by tier first, and "idle" is `last_offered_call`.
const FREESWITCH: Rules = Rules { order: Order::Worth(Span::from_secs(1)), idle: IdleClock::Offered, ..ASTERISK };
pub(super) const FREESWITCH_RING_ALL: Rules = Rules { rings: Some(FREESWITCH_TIMEOUT), ..FREESWITCH };
pub(super) const FREESWITCH_LONGEST_IDLE: Rules = Rules { agents: &[Tier, LongestIdle], ..FREESWITCH };
pub(super) const FREESWITCH_ROUND_ROBIN: Rules = Rules { agents: &[Tier, RoundRobin], ..FREESWITCH };
pub(super) const FREESWITCH_TOP_DOWN: Rules = Rules { unanswered: PASSED, ..FREESWITCH };
pub(super) const FREESWITCH_FEWEST_CALLS: Rules =
    Rules { agents: &[Tier, FewestHandled], unanswered: ASKED_AGAIN, ..FREESWITCH };
pub(super) const FREESWITCH_LEAST_TALK_TIME: Rules =
    Rules { agents: &[Tier, LeastWorked], unanswered: ASKED_AGAIN, ..FREESWITCH };
pub(super) const FREESWITCH_SEQUENTIALLY: Rules = Rules { unanswered: ASKED_AGAIN, ..FREESWITCH };
pub(super) const FREESWITCH_RANDOM: Rules = Rules { agents: &[Tier, Random], ..FREESWITCH };

/// An agent to whom a chat is given goes to the end of the list.
pub(super) const OPENSIPS_BALANCING: Rules = Rules {
    agents: &[LongestIdle],
    idle: IdleClock::Offered,
    unanswered: Unanswered::AS_PLANNED,
    capacity: Capacity::OneChannel,
    quiet: Quiet::Busy,
    ..ASTERISK
};
/// An agent stays at the head of the list until it is full, and goes to the end after its wrap-up.
pub(super) const OPENSIPS_FULL_LOAD: Rules =
    Rules { agents: &[MostLoaded, LongestIdle], idle: IdleClock::Release, ..OPENSIPS_BALANCING };

/// Levels of a skill are tiers of a queue, or levels of skills that contacts ask for.
const EAS: Rules = Rules { unanswered: NOT_READY, ..ASTERISK };
pub(super) const EAS_UCD_MIA: Rules = Rules { agents: &[LongestIdle], ..EAS };
pub(super) const EAS_EAD_MIA: Rules = Rules { agents: &[Tier, BestSkilled, LongestIdle], ..EAS };
pub(super) const EAS_UCD_LOA: Rules = Rules { agents: &[LeastOccupied, LongestIdle], ..EAS };
pub(super) const EAS_EAD_LOA: Rules = Rules { agents: &[Tier, BestSkilled, LeastOccupied, LongestIdle], ..EAS };

const PRECISION: Rules = Rules { agents: &[LongestIdle], idle: IdleClock::Release, ..EAS };
pub(super) const PRECISION_LONGEST_AVAILABLE: Rules = PRECISION;
pub(super) const PRECISION_MOST_SKILLED: Rules = Rules { agents: &[BestSkilled, LongestIdle], ..PRECISION };
pub(super) const PRECISION_LEAST_SKILLED: Rules = Rules { agents: &[LeastSkilled, LongestIdle], ..PRECISION };
