//! What a plan asks of the scheduler.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::SchedulingRule;
use crate::time::Span;

/// How agents who take both calls and chats are shared between them, in every team of the plan.
///
/// ```
/// # use cordboard::{Plan, SchedulingPolicy, Span};
/// let plan = Plan::builder().build()?;
/// assert_eq!(plan.scheduler().policy, SchedulingPolicy::Adaptive);
/// assert_eq!(plan.scheduler().hold, Span::from_mins(30));
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Scheduler {
    /// Which policy.
    pub policy: SchedulingPolicy,
    /// The longest that it holds a contact back, counted from when the contact came into its queue, unless the contact has longer
    /// to be answered within; afterwards whoever has room takes it in its turn. From a microsecond; default 30 minutes.
    pub hold: Span,
}

impl Default for Scheduler {
    fn default() -> Self {
        Self { policy: SchedulingPolicy::default(), hold: Span::from_mins(30) }
    }
}

/// A policy of the scheduler, as the plan's `scheduler.policy` and the command line write it.
///
/// ```
/// use cordboard::{SchedulingPolicy, SchedulingRule};
///
/// let policy: SchedulingPolicy = "pack+reserve=1+unless-waiting=2+drain=2".parse()?;
/// let rule = SchedulingRule { reserve: 1, unless_waiting: 2, drain: 2, ..SchedulingRule::PACK };
/// assert_eq!(policy, SchedulingPolicy::Rule(rule));
/// assert_eq!(policy.to_string(), "pack+reserve=1+unless-waiting=2+drain=2");
/// # Ok::<(), cordboard::UnknownScheduling>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SchedulingPolicy {
    /// `adaptive`: what costs least by the rates that the engine observes.
    #[default]
    Adaptive,
    /// `work-conserving`: no agent with room stays without a contact it can take. Nothing is held back.
    WorkConserving,
    /// `dedicated` or `dedicated=PERCENT`: so many percent of each team's agents take calls alone, the others chats alone.
    Dedicated {
        /// From 1 to 99; default 50.
        calls: u8,
    },
    /// `pack` or `spread`, and any of `+reserve=N`, `+unless-waiting=N`, `+drain=N`, `+most=N`, `+chats-first`.
    Rule(SchedulingRule),
    /// `host:NAME`: one of the host's own, see [`Scheduling`](super::Scheduling).
    Host(Box<str>),
}

/// Why a text is not a policy of the scheduler.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{part:?} is not a policy of the scheduler; there are adaptive, work-conserving, dedicated=PERCENT (1 to 99), host:NAME, and pack or \
     spread with any of +reserve=N, +unless-waiting=N, +drain=N, +most=N (from 1) and +chats-first"
)]
pub struct UnknownScheduling {
    part: String,
}

impl FromStr for SchedulingPolicy {
    type Err = UnknownScheduling;

    fn from_str(text: &str) -> Result<Self, UnknownScheduling> {
        let unknown = |part: &str| UnknownScheduling { part: part.chars().take(60).collect() };
        match text {
            "adaptive" => return Ok(Self::Adaptive),
            "work-conserving" => return Ok(Self::WorkConserving),
            "dedicated" => return Ok(Self::Dedicated { calls: 50 }),
            _ => {}
        }
        if let Some(percent) = text.strip_prefix("dedicated=") {
            let calls = percent.parse().ok().filter(|percent| (1..=99).contains(percent));
            return calls.map(|calls| Self::Dedicated { calls }).ok_or_else(|| unknown(text));
        }
        if let Some(name) = text.strip_prefix("host:") {
            return if name.is_empty() { Err(unknown(text)) } else { Ok(Self::Host(name.into())) };
        }
        let mut parts = text.split('+');
        let mut rule = match parts.next() {
            Some("pack") => SchedulingRule::PACK,
            Some("spread") => SchedulingRule::SPREAD,
            other => return Err(unknown(other.unwrap_or_default())),
        };
        for part in parts {
            if part == "chats-first" {
                rule.calls_first = false;
                continue;
            }
            let (key, value) = part.split_once('=').ok_or_else(|| unknown(part))?;
            let value: u32 = value.parse().map_err(|_| unknown(part))?;
            match key {
                "reserve" => rule.reserve = value,
                "unless-waiting" => rule.unless_waiting = value,
                "drain" => rule.drain = value,
                "most" if value > 0 => rule.most = value,
                _ => return Err(unknown(part)),
            }
        }
        Ok(Self::Rule(rule))
    }
}

impl fmt::Display for SchedulingPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = match self {
            Self::Adaptive => return f.write_str("adaptive"),
            Self::WorkConserving => return f.write_str("work-conserving"),
            Self::Dedicated { calls } => return write!(f, "dedicated={calls}"),
            Self::Host(name) => return write!(f, "host:{name}"),
            Self::Rule(rule) => rule,
        };
        f.write_str(if rule.pack { "pack" } else { "spread" })?;
        let plain = SchedulingRule::PACK;
        for (name, value, usual) in [
            ("reserve", rule.reserve, plain.reserve),
            ("unless-waiting", rule.unless_waiting, plain.unless_waiting),
            ("drain", rule.drain, plain.drain),
            ("most", rule.most, plain.most),
        ] {
            if value != usual {
                write!(f, "+{name}={value}")?;
            }
        }
        f.write_str(if rule.calls_first { "" } else { "+chats-first" })
    }
}

/// What waiting and losing a contact is worth, in thousandths of any one unit: what the adaptive scheduler weighs calls
/// against chats by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Cost {
    /// A minute of one contact's waiting.
    pub hold_per_minute: u32,
    /// One contact who leaves unanswered.
    pub lost: u32,
}

impl Cost {
    /// The most that either may be.
    pub const MOST: u32 = 1_000_000_000;

    /// Where nothing is stated: a minute's waiting is worth as many units as the service target has fitting into it, and a loss
    /// as much as five minutes of it.
    pub(crate) fn of_target(within: Span) -> Self {
        let minute = u128::from(Span::from_mins(1).0) * 1000;
        let hold = u32::try_from(minute / u128::from(within.0.max(1))).unwrap_or(Self::MOST).clamp(1, Self::MOST / 5);
        Self { hold_per_minute: hold, lost: hold * 5 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_read_as_they_print() {
        for text in [
            "adaptive",
            "work-conserving",
            "dedicated=30",
            "host:mine",
            "pack",
            "spread+reserve=2",
            "pack+reserve=1+unless-waiting=2+drain=2+most=3+chats-first",
        ] {
            assert_eq!(text.parse::<SchedulingPolicy>().map(|it| it.to_string()), Ok(text.to_owned()));
        }
        for wrong in [
            "",
            "packed",
            "pack+",
            "pack+reserve",
            "pack+reserve=-1",
            "pack+most=0",
            "dedicated=0",
            "dedicated=x",
            "host:",
        ] {
            let error = wrong.parse::<SchedulingPolicy>().unwrap_err().to_string();
            assert!(error.contains("work-conserving"), "{wrong}: {error}");
        }
    }
}
