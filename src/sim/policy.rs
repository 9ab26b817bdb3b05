//! Policies that can be put in force over a whole plan.

use std::fmt;

use crate::between::Between;
use crate::plan::Plan;
use crate::plan::words::{AGENT_ORDERS, HOST, word};
use crate::preset::{Preset, UnknownPreset};
use crate::queue::AgentOrder;
use crate::scheduling::SchedulingPolicy;

/// How contacts and agents are matched, over all queues.
///
/// ```
/// use cordboard::{SchedulingPolicy, sim::Policy};
/// assert_eq!("work-conserving".parse(), Ok(Policy::Scheduling(SchedulingPolicy::WorkConserving)));
/// assert_eq!("longest-queue".parse(), Ok(Policy::Named("longest-queue")));
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
    /// One of the literature, by a name of [`Policy::NAMED`].
    Named(&'static str),
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
         `+most=N`, `+chats-first`, `preset:NAME`, such as preset:connect, {}, and `agents:LIST`, LIST being one or more of {}, separated by commas",
        .part.as_ref().map_or(String::new(), |part| format!(", for `{part}` is not an agent order")),
        Policy::NAMED.map(|name| format!("`{name}`")).join(", "),
        AGENT_ORDERS.map(|(word, _)| word).join(", ")
    )]
    Policy { name: String, part: Option<String> },
    #[error(transparent)]
    Preset(UnknownPreset),
}

impl Policy {
    /// Policies of the literature, described in `docs/policies.md`. The first four are ways to choose [`Between`] queues, all of which a group
    /// then serves with one rank; the others choose agents, the longest idle of those alike.
    pub const NAMED: [&'static str; 7] =
        ["longest-queue", "fqr", "max-weight", "cmu", "fastest-first", "least-flexible", "skill-priority"];

    pub(super) fn apply(&self, plan: &mut Plan) {
        if !matches!(self, Self::Scheduling(_) | Self::Preset(_)) {
            plan.scheduler.policy = SchedulingPolicy::WorkConserving;
        }
        match self {
            Self::Scheduling(policy) => plan.scheduler.policy = policy.clone(),
            Self::Agents(orders) => each_by(plan, orders),
            Self::Named(name) => named(plan, name),
            Self::Preset(preset) => *plan = preset.apply(plan),
        }
    }
}

fn named(plan: &mut Plan, name: &str) {
    let first = match name {
        "longest-queue" => return between(plan, Between::LongestQueue),
        "fqr" => return between(plan, Between::FixedQueueRatio),
        "max-weight" => return between(plan, Between::MaxWeight),
        "cmu" => return between(plan, Between::Cmu),
        "fastest-first" => AgentOrder::Fastest,
        "least-flexible" => AgentOrder::LeastFlexible,
        _ => AgentOrder::BestSkilled,
    };
    each_by(plan, &[first, AgentOrder::LongestIdle]);
}

fn each_by(plan: &mut Plan, orders: &[AgentOrder]) {
    plan.queues.iter_mut().for_each(|queue| queue.agents = orders.to_vec());
}

fn between(plan: &mut Plan, between: Between) {
    plan.between = between;
    let served = plan.groups.iter_mut().flat_map(|group| group.serves.iter_mut().flatten());
    served.for_each(|served| served.rank = 1);
}

impl std::str::FromStr for Policy {
    type Err = UnknownPolicy;

    /// `work-conserving`, a name of [`Policy::NAMED`], `preset:` and a [`Preset`]'s name, or `agents:` and a list as in a queue's `agents`.
    fn from_str(text: &str) -> Result<Self, UnknownPolicy> {
        if let Ok(policy) = text.parse() {
            return Ok(Self::Scheduling(policy));
        }
        if let Some(name) = Self::NAMED.into_iter().find(|name| *name == text) {
            return Ok(Self::Named(name));
        }
        if let Some(name) = text.strip_prefix("preset:") {
            return name.parse().map(Self::Preset).map_err(|why| UnknownPolicy(Unknown::Preset(why)));
        }
        let unknown = |part: Option<&str>| {
            let short = |text: &str| text.chars().take(60).collect();
            UnknownPolicy(Unknown::Policy { name: short(text), part: part.map(short) })
        };
        let list = text.strip_prefix("agents:").ok_or_else(|| unknown(None))?;
        let orders = list.split(',').map(str::trim).map(|part| {
            let known = AGENT_ORDERS.iter().find(|(word, _)| *word == part);
            known.map(|(_, order)| order.clone()).ok_or_else(|| unknown(Some(part)))
        });
        orders.collect::<Result<_, _>>().map(Self::Agents)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let orders = match self {
            Self::Scheduling(policy) => return policy.fmt(f),
            Self::Preset(preset) => return write!(f, "preset:{preset}"),
            Self::Named(name) => return f.write_str(name),
            Self::Agents(orders) => orders,
        };
        f.write_str("agents:")?;
        for (at, order) in orders.iter().enumerate() {
            f.write_str(if at > 0 { "," } else { "" })?;
            match order {
                AgentOrder::Host(name) => write!(f, "{HOST}{name}")?,
                order => f.write_str(word(&AGENT_ORDERS, order))?,
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
        for (order, _) in AGENT_ORDERS {
            let text = format!("agents:tier,{order}");
            assert_eq!(text.parse::<Policy>().unwrap().to_string(), text);
        }
        for name in Policy::NAMED {
            assert_eq!(name.parse::<Policy>().unwrap().to_string(), name);
        }
    }

    /// Each is known to whoever reads the plan of a scenario, who leaves it to the simulator, and does what its name says.
    #[test]
    fn a_scenario_may_ask_for_every_name() {
        for name in Policy::NAMED {
            let text = format!(
                "horizon = \"1h\"\n[scheduler]\npolicy = \"{name}\"\n[capacity.p]\nvoice = {{ max = 1 }}\n\
                 [agents.a]\ncapacity = \"p\"\nserves = {{ q = 1, r = 2 }}\n[queues.q]\n[queues.r]\n\
                 [streams.s]\nchannel = \"voice\"\nqueue = \"q\"\narrivals = {{ every = \"1m\" }}\nhandle = {{ exponential = \"3m\" }}\n"
            );
            let scenario = crate::sim::Scenario::from_toml(&text, std::path::Path::new(".")).unwrap();
            assert_eq!(scenario.policy().to_string(), name);
            let plan = scenario.plan();
            let between = *plan.between() != Between::Urgency;
            let by_agents = plan.queues()[0].agents[1..] == [AgentOrder::LongestIdle]
                && plan.queues()[0].agents[0] != AgentOrder::LeastLoaded;
            assert_eq!((between, by_agents), (Policy::NAMED[..4].contains(&name), Policy::NAMED[4..].contains(&name)));
            assert_eq!(plan.groups()[0].serves(plan.find_queue("r").unwrap()), Some(if between { 1 } else { 2 }));
            let speed = ["max-weight", "cmu", "fastest-first"].contains(&name);
            let stated = plan.groups()[0].handling(plan.find_queue("q").unwrap());
            assert_eq!(stated, speed.then_some(crate::time::Span::from_mins(3)));
        }
    }

    #[test]
    fn what_there_is_not_is_named() {
        for (text, word) in [("adaptve", "adaptve"), ("agents:", "``"), ("agents:tier,fattest", "fattest"), ("", "``")]
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
