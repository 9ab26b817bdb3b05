//! Policies that can be put in force over a whole plan.

use std::fmt;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;

use crate::plan::Plan;
use crate::preset::{Preset, UnknownPreset};
use crate::queue::AgentOrder;
use crate::scheduling::SchedulingPolicy;

/// How contacts and agents are matched, over all queues.
///
/// ```
/// use cordboard::{SchedulingPolicy, sim::Policy};
/// assert_eq!("work-conserving".parse(), Ok(Policy::Scheduling(SchedulingPolicy::WorkConserving)));
/// let packed: Policy = "agents:most-loaded,longest-idle".parse().unwrap();
/// assert_eq!(packed.to_string(), "agents:most-loaded,longest-idle");
/// let theirs: Policy = "preset:connect".parse().unwrap();
/// assert_eq!(theirs, Policy::Preset(cordboard::Preset::Connect));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Policy {
    /// How agents are shared between calls and chats; each queue chooses agents as the plan says.
    Scheduling(SchedulingPolicy),
    /// Work-conserving, and every queue chooses agents by this list; never empty.
    Agents(Vec<AgentOrder>),
    /// As another engine decides.
    Preset(Preset),
}

impl Default for Policy {
    fn default() -> Self {
        Self::Scheduling(SchedulingPolicy::default())
    }
}

/// Why a text is not a policy.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(transparent)]
pub struct UnknownPolicy(Unknown);

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
enum Unknown {
    #[error(
        "there is no policy `{name}`{}; there are `adaptive`, `work-conserving`, `dedicated=PERCENT`, `pack` and `spread` with any of `+reserve=N`, `+unless-waiting=N`, `+drain=N`, \
         `+most=N`, `+chats-first`, `preset:NAME`, such as preset:connect, and `agents:LIST`, LIST being one or more of {}, separated by commas",
        .part.as_ref().map_or(String::new(), |part| format!(", for `{part}` is not an agent order")),
        ORDERS.join(", ")
    )]
    Policy { name: String, part: Option<String> },
    #[error(transparent)]
    Preset(UnknownPreset),
}

const ORDERS: [&str; 14] = [
    "tier",
    "longest-idle",
    "most-recently-idle",
    "least-loaded",
    "most-loaded",
    "round-robin",
    "top-down",
    "best-skilled",
    "least-skilled",
    "fewest-handled",
    "random",
    "most-places",
    "least-occupied",
    "least-worked",
];

impl Policy {
    pub(super) fn apply(&self, plan: &mut Plan) {
        match self {
            Self::Scheduling(policy) => plan.scheduler.policy = policy.clone(),
            Self::Agents(orders) => {
                plan.scheduler.policy = SchedulingPolicy::WorkConserving;
                for queue in &mut plan.queues {
                    queue.agents.clone_from(orders);
                }
            }
            Self::Preset(preset) => *plan = preset.apply(plan),
        }
    }
}

impl std::str::FromStr for Policy {
    type Err = UnknownPolicy;

    /// `work-conserving`, `preset:` and a [`Preset`]'s name, or `agents:` and a list as in a queue's `agents`.
    fn from_str(text: &str) -> Result<Self, UnknownPolicy> {
        if let Ok(policy) = text.parse() {
            return Ok(Self::Scheduling(policy));
        }
        if let Some(name) = text.strip_prefix("preset:") {
            return name.parse().map(Self::Preset).map_err(|why| UnknownPolicy(Unknown::Preset(why)));
        }
        let unknown = |part: Option<&str>| {
            let short = |text: &str| text.chars().take(60).collect();
            UnknownPolicy(Unknown::Policy { name: short(text), part: part.map(short) })
        };
        let list = text.strip_prefix("agents:").ok_or_else(|| unknown(None))?;
        let orders = list.split(',').map(str::trim).map(|part| match ORDERS.contains(&part) {
            true => AgentOrder::deserialize(IntoDeserializer::<Error>::into_deserializer(part))
                .map_err(|_| unknown(Some(part))),
            false => Err(unknown(Some(part))),
        });
        orders.collect::<Result<_, _>>().map(Self::Agents)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let orders = match self {
            Self::Scheduling(policy) => return policy.fmt(f),
            Self::Preset(preset) => return write!(f, "preset:{preset}"),
            Self::Agents(orders) => orders,
        };
        f.write_str("agents:")?;
        for (at, order) in orders.iter().enumerate() {
            f.write_str(if at > 0 { "," } else { "" })?;
            match order {
                AgentOrder::Tier => f.write_str("tier")?,
                AgentOrder::LongestIdle => f.write_str("longest-idle")?,
                AgentOrder::MostRecentlyIdle => f.write_str("most-recently-idle")?,
                AgentOrder::LeastLoaded => f.write_str("least-loaded")?,
                AgentOrder::MostLoaded => f.write_str("most-loaded")?,
                AgentOrder::RoundRobin => f.write_str("round-robin")?,
                AgentOrder::TopDown => f.write_str("top-down")?,
                AgentOrder::BestSkilled => f.write_str("best-skilled")?,
                AgentOrder::LeastSkilled => f.write_str("least-skilled")?,
                AgentOrder::FewestHandled => f.write_str("fewest-handled")?,
                AgentOrder::Random => f.write_str("random")?,
                AgentOrder::MostPlaces => f.write_str("most-places")?,
                AgentOrder::LeastOccupied => f.write_str("least-occupied")?,
                AgentOrder::LeastWorked => f.write_str("least-worked")?,
                AgentOrder::Host(name) => write!(f, "host:{name}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_reads_and_prints() {
        for order in ORDERS {
            let text = format!("agents:tier,{order}");
            assert_eq!(text.parse::<Policy>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_there_is_not_is_named() {
        for (text, word) in [("adaptve", "adaptve"), ("agents:", "``"), ("agents:tier,fastest", "fastest"), ("", "``")]
        {
            let error = text.parse::<Policy>().unwrap_err().to_string();
            assert!(error.contains(word) && error.contains("work-conserving"), "{error}");
        }
        let error = "preset:conect".parse::<Policy>().unwrap_err().to_string();
        assert_eq!(error, "there is no preset `conect`; did you mean `connect`?");
    }

    #[test]
    fn every_preset_reads_and_prints() {
        for &preset in Preset::ALL {
            let text = format!("preset:{}", preset.name());
            assert_eq!(text.parse::<Policy>().unwrap(), Policy::Preset(preset));
            assert_eq!(Policy::Preset(preset).to_string(), text);
        }
    }
}
