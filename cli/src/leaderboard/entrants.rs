//! Who takes part: the scheduler's policies, the orders in which products choose agents, and every preset.

use cordboard::sim::{Policy, Scenario};
use cordboard::{ChannelId, Load, Over, Plan, Preset, Profile, Stage};

use crate::failure::Failure;

/// What all others are compared with.
pub(super) const OURS: &str = "adaptive";
/// Text to the least loaded agent, calls first: the rule that most products ship.
pub(super) const COMMON: &str = "spread";

/// Rules of the scheduler's family, and teams cut in two.
const RULES: [&str; 15] = [
    OURS,
    "pack",
    "pack+reserve=1",
    "pack+reserve=1+unless-waiting=1",
    "pack+drain=1",
    "pack+drain=2",
    "pack+reserve=1+unless-waiting=1+drain=2",
    "pack+reserve=2+unless-waiting=2+drain=2",
    "pack+chats-first",
    COMMON,
    "spread+reserve=1+unless-waiting=1",
    "spread+chats-first",
    "dedicated=35",
    "dedicated=50",
    "dedicated=65",
];
/// Work-conserving, by who gets a contact.
const ORDERS: [&str; 7] = [
    "work-conserving",
    "agents:least-loaded,longest-idle",
    "agents:most-loaded,longest-idle",
    "agents:longest-idle",
    "agents:round-robin",
    "agents:fewest-handled",
    "agents:random",
];

/// Of both, those that run over every scenario.
const MAIN: [&str; 6] =
    [OURS, "pack", "pack+reserve=1+unless-waiting=1+drain=2", COMMON, "work-conserving", "agents:longest-idle"];

/// All of them, ours first.
pub(super) fn all() -> Result<Vec<Policy>, Failure> {
    RULES.iter().chain(&ORDERS).map(|name| named(name)).chain(presets().map(Ok)).collect()
}

/// Of these, who runs over the shipped scenarios too, of which some are long: every preset, and of our own the main ones.
pub(super) fn over_scenarios(policies: &[Policy]) -> Vec<Policy> {
    let main = |policy: &Policy| match policy {
        Policy::Preset(_) => true,
        other => MAIN.contains(&&*other.to_string()) || !listed(other),
    };
    policies.iter().filter(|policy| main(policy)).cloned().collect()
}

fn listed(policy: &Policy) -> bool {
    let name = policy.to_string();
    RULES.iter().chain(&ORDERS).any(|listed| *listed == name)
}

/// Those given, and ours before them.
pub(super) fn these(policies: &[Policy]) -> Result<Vec<Policy>, Failure> {
    let ours = named(OURS)?;
    let others = policies.iter().filter(|policy| **policy != ours).cloned().collect::<Vec<_>>();
    Ok(std::iter::once(ours).chain(others).collect())
}

fn named(name: &str) -> Result<Policy, Failure> {
    name.parse().map_err(|why| Failure::Run(format!("{why}")))
}

/// Every preset of another engine.
fn presets() -> impl Iterator<Item = Policy> {
    Preset::ALL.iter().copied().map(Policy::Preset)
}

/// A policy, and others that come to the very same plans.
pub(super) struct Entrant {
    pub(super) policy: Policy,
    pub(super) alike: Vec<String>,
}

/// Who runs.
pub(super) struct Field {
    pub(super) entrants: Vec<Entrant>,
    /// Policies under which agents do at once what the scenario says they do one after another. They would be compared
    /// as if a call and a chat beside it took no longer than each alone.
    pub(super) aside: Vec<String>,
}

impl Field {
    /// Of these policies over these scenarios, each plan once.
    pub(super) fn of(policies: &[Policy], scenarios: &[Scenario]) -> Self {
        let mut field = Self { entrants: Vec::new(), aside: Vec::new() };
        let mut known: Vec<Vec<Plan>> = Vec::new();
        for policy in policies {
            let under = |scenario: &Scenario| scenario.clone().with_policy(policy.clone()).plan().clone();
            let plans: Vec<Plan> = scenarios.iter().map(under).collect();
            if scenarios.iter().zip(&plans).any(|(scenario, plan)| does_more_at_once(plan, scenario.plan())) {
                field.aside.push(policy.to_string());
            } else if let Some(at) = known.iter().position(|other| *other == plans) {
                field.entrants[at].alike.push(policy.to_string());
            } else {
                known.push(plans);
                field.entrants.push(Entrant { policy: policy.clone(), alike: Vec::new() });
            }
        }
        field
    }
}

/// Whether agents may have contacts of two channels in hand under one plan who may not under the other.
fn does_more_at_once(plan: &Plan, than: &Plan) -> bool {
    let channels = || (0..).take(plan.channels().len()).map(ChannelId);
    plan.profiles().iter().zip(than.profiles()).any(|(profile, before)| {
        channels().any(|one| channels().any(|other| both(profile, one, other) && !both(before, one, other)))
    })
}

/// Whether an agent may work on contacts of both channels at once.
fn both(profile: &Profile, one: ChannelId, other: ChannelId) -> bool {
    let Some((first, second)) = profile.channel(one).zip(profile.channel(other)).filter(|_| one != other) else {
        return false;
    };
    let joins = profile.over(one, other) == Over::Yes || profile.over(other, one) == Over::Yes;
    joins && first.load(Stage::Active).0 + second.load(Stage::Active).0 <= Load::FULL.0
}

/// Puts together those of whom every event was the same, by the digests of their runs: they decide alike here, whatever their
/// rules. Gives for each that stays its place and the names of the others.
pub(super) fn alike(entrants: &[Entrant], digests: &[Vec<u64>]) -> Vec<(usize, Vec<String>)> {
    let mut kept: Vec<(usize, Vec<String>)> = Vec::new();
    for (at, entrant) in entrants.iter().enumerate() {
        match kept.iter_mut().find(|(known, _)| digests[*known] == digests[at]) {
            Some((_, names)) => {
                names.push(entrant.policy.to_string());
                names.extend(entrant.alike.iter().cloned());
            }
            None => kept.push((at, entrant.alike.clone())),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENARIO: &str = r#"
        horizon = "1h"
        [capacity.blended]
        voice = { max = 1 }
        chat = { max = 2 }
        [agents.team]
        count = 2
        capacity = "blended"
        [queues.service]
        [streams.calls]
        channel = "voice"
        queue = "service"
        arrivals = { poisson_per_minute = 1 }
        handle = { exponential = "3m" }
    "#;

    #[test]
    fn every_name_is_a_policy_and_ours_comes_first() {
        let all = all().unwrap_or_else(|_| panic!("a name is no policy"));
        assert!(all.len() >= RULES.len() + ORDERS.len());
        assert_eq!(all[0].to_string(), OURS);
        let these = these(&all[1..3]).unwrap_or_else(|_| panic!("a name is no policy"));
        assert_eq!(these, all[..3]);
        assert!(MAIN.iter().all(|name| listed(&name.parse().unwrap())));
        assert_eq!(over_scenarios(&all).len(), MAIN.len() + Preset::ALL.len());
        assert_eq!(over_scenarios(&["pack+drain=7".parse().unwrap()]).len(), 1);
    }

    #[test]
    fn the_same_plan_runs_once() {
        let scenario = Scenario::from_toml(SCENARIO, ".".as_ref()).unwrap();
        let policies = ["pack", "spread", "pack"].map(|name| name.parse::<Policy>().unwrap());
        let field = Field::of(&policies, &[scenario]);
        let names: Vec<_> = field.entrants.iter().map(|one| (one.policy.to_string(), one.alike.clone())).collect();
        assert_eq!(names, [("pack".to_owned(), vec!["pack".to_owned()]), ("spread".to_owned(), Vec::new())]);
        assert!(field.aside.is_empty());
    }

    #[test]
    fn who_would_do_two_things_at_once_is_seen() {
        let plan = |text: &str| Scenario::from_toml(text, ".".as_ref()).unwrap().plan().clone();
        let apart = plan(SCENARIO);
        let together = plan(&SCENARIO.replace("voice = { max = 1 }", "voice = { max = 1, load = \"40%\" }"));
        assert!(does_more_at_once(&together, &apart));
        assert!(!does_more_at_once(&apart, &together) && !does_more_at_once(&together, &together));
    }
}
