//! The check of a finished plan: nothing the engine relies on may be otherwise, whoever wrote it.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::document::{join, join_item};
use super::draft::{MOST_AGENT_ORDERS, MOST_CHANNELS, MOST_NAMES, MOST_WORTH};
use super::names::name_problem;
use super::problem::{Problem, Problems};
use super::{Limits, NamedRequirement, Plan};
use crate::agent::Group;
use crate::capacity::{Adaptive, Load, Profile, Ramp, Stage};
use crate::channel::{Channel, Conversation};
use crate::customer::Customers;
use crate::id::QueueId;
use crate::lease::Leases;
use crate::overflow::OverflowTo;
use crate::queue::{AgentOrder, ContactOrder, Mode, Queue, StepClock, Target};
use crate::requirement::Requirement;
use crate::scheduling::{Cost, Scheduler, SchedulingPolicy};
use crate::time::Span;

/// A plan as it comes from a journal or another process.
#[derive(Deserialize)]
pub(super) struct Unchecked {
    channels: Vec<Channel>,
    skills: Vec<Box<str>>,
    profiles: Vec<Profile>,
    groups: Vec<Group>,
    queues: Vec<Queue>,
    requirements: Vec<NamedRequirement>,
    limits: Limits,
    customers: Customers,
    leases: Leases,
    scheduler: Scheduler,
}

impl TryFrom<Unchecked> for Plan {
    type Error = Problems;

    fn try_from(raw: Unchecked) -> Result<Self, Problems> {
        let Unchecked {
            channels,
            skills,
            profiles,
            groups,
            queues,
            requirements,
            limits,
            customers,
            leases,
            scheduler,
        } = raw;
        let plan =
            Self { channels, skills, profiles, groups, queues, requirements, limits, customers, leases, scheduler };
        plan.check()?;
        Ok(plan)
    }
}

impl Plan {
    /// Whether this plan can follow `old` while contacts wait and are handled: every name of `old` has kept its id.
    /// Plans made by [`Plan::revise`] are. O(names).
    pub fn is_revision_of(&self, old: &Self) -> bool {
        fn kept<T>(new: &[T], old: &[T], name: fn(&T) -> &str) -> bool {
            new.len() >= old.len() && new.iter().zip(old).all(|(new, old)| name(new) == name(old))
        }
        kept(&self.channels, &old.channels, |channel| &channel.name)
            && kept(&self.skills, &old.skills, |skill| skill)
            && kept(&self.profiles, &old.profiles, |profile| &profile.name)
            && kept(&self.groups, &old.groups, |group| &group.name)
            && kept(&self.queues, &old.queues, |queue| &queue.name)
            && kept(&self.requirements, &old.requirements, |requirement| &requirement.name)
    }

    /// Checks everything the engine relies on. The plan's own limits bind its document; what is retired from
    /// earlier plans may lie beyond them, so that only [`Limits::MOST`] is asked for here.
    pub(crate) fn check(&self) -> Result<(), Problems> {
        let mut check = Check { plan: self, problems: Vec::new() };
        check.limits();
        check.names("channels", self.channels.iter().map(|channel| &*channel.name), MOST_CHANNELS);
        check.names("skills", self.skills.iter().map(|skill| &**skill), MOST_NAMES);
        check.names("capacity", self.profiles.iter().map(|profile| &*profile.name), MOST_NAMES);
        check.names("agents", self.groups.iter().map(|group| &*group.name), MOST_NAMES);
        check.names("queues", self.queues.iter().map(|queue| &*queue.name), MOST_NAMES);
        check.names("requirements", self.requirements.iter().map(|named| &*named.name), MOST_NAMES);
        for channel in &self.channels {
            let path = join("channels", &channel.name);
            check.conversation(&path, &channel.conversation);
            check.target(&path, &channel.target);
            check.that(channel.offer != Some(Span::ZERO), &path, "an offer must last at least 1us");
            check.that(channel.connect != Some(Span::ZERO), &path, "media set-up must be given at least 1us");
        }
        self.profiles.iter().for_each(|profile| check.profile(profile));
        self.groups.iter().for_each(|group| check.group(group));
        self.queues.iter().for_each(|queue| check.queue(queue));
        check.that(self.leases.agent != Some(Span::ZERO), "leases", "a lease must last at least 1us");
        check.that(self.scheduler.hold > Span::ZERO, "scheduler", "the longest hold must last at least 1us");
        let fits = match &self.scheduler.policy {
            SchedulingPolicy::Dedicated { calls } => (1..=99).contains(calls),
            SchedulingPolicy::Rule(rule) => rule.most > 0,
            _ => true,
        };
        check.that(fits, "scheduler", "a share of the agents is from 1 to 99 percent, and `most` at least 1");
        for named in &self.requirements {
            check.requirement(&join("requirements", &named.name), &named.requires);
        }
        if check.problems.is_empty() { Ok(()) } else { Err(Problems(check.problems)) }
    }
}

struct Check<'p> {
    plan: &'p Plan,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn that(&mut self, holds: bool, path: &str, what: &str) {
        if !holds {
            self.problems.push(Problem { path: path.to_owned(), line: None, what: what.to_owned() });
        }
    }

    fn limits(&mut self) {
        let (limits, most) = (&self.plan.limits, Limits::MOST);
        let fits = (1..=most.requirement_parts).contains(&limits.requirement_parts)
            && (1..=most.requirement_depth).contains(&limits.requirement_depth)
            && (1..=most.steps).contains(&limits.steps)
            && (1..=most.name_length).contains(&limits.name_length)
            && (1..=most.key_length).contains(&limits.key_length)
            && limits.context <= most.context
            && [limits.contacts, limits.agents, limits.classes, limits.sources].iter().all(|&limit| limit > 0);
        self.that(fits, "limits", "a limit is 0, or above the most it may be");
    }

    fn names<'n>(&mut self, path: &str, names: impl Iterator<Item = &'n str>, most: usize) {
        let mut seen = BTreeSet::new();
        for name in names {
            if let Some(why) = name_problem(name, Limits::MOST.name_length) {
                self.that(false, &join(path, name), &why);
            }
            self.that(seen.insert(name), &join(path, name), "the name is given twice");
        }
        self.that(seen.len() <= most, path, &format!("there are {}; at most {most}", seen.len()));
    }

    fn target(&mut self, path: &str, target: &Target) {
        self.that(target.share_permille <= 1000, path, "a target's share is above 1000 thousandths");
        self.that(target.within > Span::ZERO, path, "a target must allow at least 1us");
    }

    fn conversation(&mut self, path: &str, rules: &Conversation) {
        let silences = [rules.quiet_after, rules.park_after, rules.close_after];
        let silences: Vec<Span> = silences.into_iter().flatten().collect();
        self.that(!silences.contains(&Span::ZERO), path, "a silence is 0 where it must be at least 1us");
        self.that(silences.is_sorted(), path, "a contact parks before it turns quiet, or closes before it parks");
    }

    fn profile(&mut self, profile: &Profile) {
        let path = join("capacity", &profile.name);
        let channels = self.plan.channels.len();
        let in_range = profile.channels.len() <= channels
            && profile.headroom.len() <= channels
            && profile.arrives_over.len() <= channels
            && profile.arrives_over.iter().all(|row| row.len() <= channels);
        self.that(in_range, &path, "it speaks of channels that the plan does not have");
        self.that(profile.headroom.iter().all(|load| *load <= Load::FULL), &path, "headroom is above a whole agent");
        for capacity in profile.channels.iter().flatten() {
            let offered = capacity.load(Stage::Offered);
            self.that(capacity.max >= 1, &path, "max is 0");
            self.that(capacity.open >= capacity.max, &path, "open is less than max");
            self.that(offered <= Load::FULL, &path, "a load is above a whole agent");
            let paced = |ramp: Ramp| (1..=Ramp::MOST).contains(&ramp.contacts) && ramp.per > Span::ZERO;
            self.that(capacity.ramp.is_none_or(paced), &path, "a ramp has no contacts, too many, or no time");
            let adapts = |of: Adaptive| (1..=capacity.max).contains(&of.floor) && of.reply_within > Span::ZERO;
            let why = "the floor of an adaptive limit is 0 or above max, or there is no time to reply";
            self.that(capacity.adaptive.is_none_or(adapts), &path, why);
            self.that(
                capacity.load.iter().all(|load| *load <= offered),
                &path,
                "a load is above the load when offered",
            );
        }
    }

    fn group(&mut self, group: &Group) {
        let path = join("agents", &group.name);
        let skills = self.plan.skills.len();
        self.that(
            usize::from(group.capacity.0) < self.plan.profiles.len(),
            &path,
            "its capacity profile is not in the plan",
        );
        self.that(
            group.skills.iter().all(|(skill, level)| usize::from(skill.0) < skills && (1..=100).contains(&level)),
            &path,
            "a skill is not in the plan, or its level is not from 1 to 100",
        );
        self.ranks(&path, &group.tiers, 0);
        let served = group.serves.iter().flatten().map(|served| (served.queue, served.rank));
        self.ranks(&path, &served.collect::<Vec<_>>(), 1);
    }

    fn ranks(&mut self, path: &str, ranks: &[(QueueId, u16)], least: u16) {
        let queues = self.plan.queues.len();
        let known = ranks.iter().all(|&(queue, rank)| usize::from(queue.0) < queues && rank >= least);
        self.that(known, path, "a queue in tiers or serves is not in the plan, or its rank is 0");
        let ascending = ranks.windows(2).all(|pair| pair[0].0 < pair[1].0);
        self.that(ascending, path, "the queues in tiers or serves are not ascending");
    }

    fn queue(&mut self, queue: &Queue) {
        let path = &join("queues", &queue.name);
        let agents = &queue.agents;
        self.that((1..=MOST_AGENT_ORDERS).contains(&agents.len()), path, "agents has no criterion, or too many");
        let hosts =
            agents.iter().filter_map(|order| if let AgentOrder::Host(name) = order { Some(&**name) } else { None });
        let order = if let ContactOrder::Host(name) = &queue.order { Some(&**name) } else { None };
        for name in hosts.chain(order) {
            self.that(!name.is_empty(), path, "the name of a host's policy is empty");
        }
        if let ContactOrder::PriorityMinutes { worth } = queue.order {
            self.that(worth > Span::ZERO && worth <= MOST_WORTH, path, "the worth of a priority is 0 or too much");
        }
        for span in [queue.offer, queue.connect, queue.max_wait, queue.no_answer.not_ready_for] {
            self.that(span != Some(Span::ZERO), path, "a length of time is 0 where it must be at least 1us");
        }
        let rings =
            if let Mode::Broadcast { ring } = queue.mode { (2..=Mode::MOST_RING).contains(&ring) } else { true };
        self.that(rings, path, "a broadcast rings with fewer than 2 agents, or too many");
        self.that(queue.no_answer.after >= 1, path, "no_answer.after is 0");
        self.that(queue.offers_per_agent >= 1 && queue.offers_per_contact >= 1, path, "a number of offers is 0");
        self.that(queue.targets.len() <= self.plan.channels.len(), path, "a target's channel is not in the plan");
        queue.targets.iter().flatten().for_each(|target| self.target(path, target));
        self.that(queue.costs.len() <= self.plan.channels.len(), path, "a cost's channel is not in the plan");
        let dear = queue.costs.iter().flatten().any(|cost| cost.hold_per_minute > Cost::MOST || cost.lost > Cost::MOST);
        self.that(!dear, path, "a cost is above 1,000,000");
        self.steps(path, queue);
        self.overflow(path, queue);
    }

    fn steps(&mut self, path: &str, queue: &Queue) {
        let steps = &queue.steps;
        self.that(steps.len() <= usize::from(Limits::MOST.steps), path, "there are too many steps");
        self.that(
            steps.first().is_none_or(|step| step.after == Span::ZERO),
            path,
            "the first step does not begin at once",
        );
        let ordered = queue.step_clock == StepClock::Step || steps.is_sorted_by_key(|step| step.after);
        self.that(ordered, path, "the steps are not in the order in which they begin");
        for (at, step) in steps.iter().enumerate() {
            self.requirement(&join_item(&join(path, "steps"), at), &step.requires);
        }
    }

    fn overflow(&mut self, path: &str, queue: &Queue) {
        let overflow = &queue.overflow;
        let here = |id: QueueId| self.plan.queues.get(usize::from(id.0)).is_none_or(|other| other.name == queue.name);
        let known = overflow.places().all(|to| match to {
            OverflowTo::Queue(id) => !here(id),
            OverflowTo::Callback(id) => usize::from(id.0) < self.plan.channels.len(),
            OverflowTo::Wait | OverflowTo::End | OverflowTo::Deflect => true,
        });
        self.that(known, path, "it overflows into itself, or to what is not in the plan");
        self.that(overflow.full != OverflowTo::Wait, path, "contacts wait in it though it is full");
        let waits = overflow.after.is_some_and(|after| after.wait == Span::ZERO || after.then == OverflowTo::Wait);
        self.that(!waits, path, "overflow after a wait is at once, or goes nowhere");
    }

    fn requirement(&mut self, path: &str, requirement: &Requirement) {
        if let Some(why) = Limits::MOST.too_large(requirement) {
            self.that(false, path, &why);
        }
        let known = requirement.skills().iter().all(|skill| usize::from(skill.0) < self.plan.skills.len());
        self.that(known, path, "a skill is not in the plan");
        self.that(levels_fit(requirement), path, "a level is not from 1 to 100");
    }
}

fn levels_fit(requirement: &Requirement) -> bool {
    match requirement {
        Requirement::Anyone => true,
        Requirement::AtLeast { level, .. } => (1..=100).contains(level),
        Requirement::Not(part) | Requirement::Prefer(part) => levels_fit(part),
        Requirement::All(parts) | Requirement::Any(parts) => parts.iter().all(levels_fit),
    }
}
