//! Queues.

use super::super::document::Value;
use super::super::reading::{Entry, Section};
use super::super::words::*;
use super::customers::affinity;
use super::{Draft, MOST_AGENT_ORDERS, MOST_WORTH, between};
use crate::overflow::Overflow;
use crate::queue::{
    AgentOrder, ContactOrder, Displace, IdleClock, Mode, NoAnswer, NoAnswerEffect, Pools, Queue, Step, StepClock,
    Target,
};
use crate::requirement::Requirement;
use crate::time::Span;

const AN_AGENT_ORDER: &str = "the name of a way to choose an agent, such as \"longest-idle\", or a list of them";

impl Draft {
    pub(super) fn queue_named(&self, name: &str, section: Option<&Section<'_>>) -> Queue {
        let default = Queue::with_defaults(name);
        let Some(section) = section else { return default };
        let limit = section.get("limit").whole(0..=u32::MAX.into());
        let mode = self.mode(section);
        let step_clock = section.get("step_clock").choice(&STEP_CLOCKS).unwrap_or_default();
        Queue {
            order: contact_order(section),
            agents: agent_orders(&section.get("agents")).unwrap_or(default.agents),
            idle: section.get("idle").choice(&IDLE_CLOCKS).unwrap_or_default(),
            limit: limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(default.limit),
            steps: self.steps(&section.get("steps"), step_clock),
            step_clock,
            pools: section.get("pools").choice(&POOLS).unwrap_or_default(),
            skip_unstaffed: section.get("skip_unstaffed").flag().unwrap_or_default(),
            offer: section.get("offer").some_span_or(&[("forever", Span::MAX)], |span| span),
            connect: section.get("connect").some_span(),
            wrap_up: section.get("wrap_up").wrap_up(),
            max_wait: section.get("max_wait").some_span(),
            no_answer: section
                .get("no_answer")
                .such_as("{ agent = \"not-ready\", after = 2 }")
                .section()
                .map_or(default.no_answer, |section| no_answer(&section)),
            affinity: affinity(&section.get("affinity")),
            offers_per_agent: section.get("offers_per_agent").small(1).unwrap_or(default.offers_per_agent),
            offers_per_contact: section.get("offers_per_contact").small(1).unwrap_or(default.offers_per_contact),
            targets: self.targets(&section.get("targets").such_as("{ voice = { share = 0.8, within = \"20s\" } }")),
            costs: self.costs(&section.get("costs").such_as("{ voice = { hold_per_minute = 3.0, lost = 6.0 } }")),
            overflow: self.overflow(name, section),
            lead: section.get("lead").span().unwrap_or_default(),
            mode,
            claims: section.get("claims").small(0).unwrap_or(if mode == Mode::Pull { u16::MAX } else { 0 }),
            displace: section.get("displace").choice(&DISPLACES).unwrap_or_default(),
            weight: between::weight(&section.get("weight")),
            ..default
        }
    }

    fn mode(&self, section: &Section<'_>) -> Mode {
        let entry = section.get("mode");
        let (mode, ring) = (entry.choice(&MODES), section.get("ring"));
        let most = ring.whole(2..=Mode::MOST_RING.into()).and_then(|ring| u16::try_from(ring).ok());
        let rings = matches!(mode, Some(Mode::Broadcast { .. }));
        // A mode that could not be read may have been meant to be that one.
        if ring.is_given() && !rings && (mode.is_some() || !entry.is_given()) {
            ring.problem("counts with mode = \"broadcast\" only; leave it out, or set the mode");
        }
        if rings && !section.get("offer").is_given() {
            let silent = self.channels.live().find(|&(id, _)| self.plan.channels[id].offer.is_none());
            if let Some((_, name)) = silent {
                entry.problem(format!(
                    "rings with several agents, but {name} is connected without an offer; give the queue or the channel one"
                ));
            }
        }
        match (mode, most) {
            (Some(Mode::Broadcast { .. }), Some(ring)) => Mode::Broadcast { ring },
            (mode, _) => mode.unwrap_or_default(),
        }
    }

    fn steps(&self, entry: &Entry<'_>, clock: StepClock) -> Vec<Step> {
        let Some(items) = entry.items("a list of steps, such as [{ requires = \"billing >= 50\" }]") else {
            return Vec::new();
        };
        let most = usize::from(self.plan.limits.steps);
        if items.len() > most {
            entry.problem(format!("there are {} steps; limits.steps allows {most}", items.len()));
            return Vec::new();
        }
        let mut steps: Vec<Step> = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let item = item.clone().such_as("{ after = \"30s\", requires = \"billing >= 50\" }");
            let Some(section) = item.section() else { continue };
            let after = section.get("after");
            let after = if at == 0 { after } else { after.or_missing("when the step begins, such as after = \"30s\"") };
            let begins = after.span();
            let requires = section.get("requires").or_missing("a requirement, or \"anyone\"");
            let requires = self.requirement(&requires).unwrap_or(Requirement::Anyone);
            if at == 0 && begins.is_some_and(|begins| begins > Span::ZERO) {
                after.problem("the first step begins at once; leave `after` out, or put a step before this one");
            }
            let earlier = steps.last().map_or(Span::ZERO, |step| step.after);
            if let Some(begins) = begins
                && begins < earlier
                && clock != StepClock::Step
            {
                after.problem(format!(
                    "is {begins}, before the step above it begins, at {earlier}; put the steps in order"
                ));
            }
            steps.push(Step { after: begins.unwrap_or(earlier), requires });
        }
        steps
    }

    fn targets(&self, entry: &Entry<'_>) -> Vec<Option<Target>> {
        let mut targets = Vec::new();
        for (name, entry) in entry.names() {
            let channel = self.channel_named(name, &entry, &[]);
            if let (Some(channel), Some(target)) = (channel, entry.target()) {
                targets.resize(self.channels.len(), None);
                targets[usize::from(channel.0)] = Some(target);
            }
        }
        targets
    }
}

impl Queue {
    /// A queue of which nothing is said.
    fn with_defaults(name: &str) -> Self {
        Self {
            name: name.into(),
            order: ContactOrder::Fifo,
            agents: vec![AgentOrder::LeastLoaded, AgentOrder::LongestIdle],
            idle: IdleClock::Release,
            limit: u32::MAX,
            steps: Vec::new(),
            step_clock: StepClock::Age,
            pools: Pools::Cumulative,
            skip_unstaffed: false,
            offer: None,
            connect: None,
            wrap_up: None,
            max_wait: None,
            no_answer: NoAnswer {
                agent: NoAnswerEffect::Stay,
                after: 1,
                not_ready_for: None,
                exclude_for: Span::from_secs(60),
            },
            affinity: None,
            offers_per_agent: 3,
            offers_per_contact: 100,
            targets: Vec::new(),
            costs: Vec::new(),
            mode: Mode::Push,
            claims: 0,
            displace: Displace::None,
            overflow: Overflow::DEFAULT,
            lead: Span::ZERO,
            retired: false,
            weight: 1,
        }
    }
}

fn contact_order(section: &Section<'_>) -> ContactOrder {
    let entry = section.get("order");
    let host = match entry.value() {
        Some(Value::Text(text)) => text.strip_prefix(HOST),
        _ => None,
    };
    let order = match host {
        Some(name) => host_name(name, &entry).map(ContactOrder::Host),
        None => entry.choice_or(&CONTACT_ORDERS, Some(HOST_POLICY)),
    };
    let priority_worth = section.get("priority_worth");
    let worth = priority_worth.some_span();
    if worth.is_some_and(|worth| worth > MOST_WORTH) {
        priority_worth.problem(format!("must be at most {}", MOST_WORTH));
    }
    match (order, worth) {
        (Some(ContactOrder::PriorityMinutes { .. }), Some(worth)) => ContactOrder::PriorityMinutes { worth },
        (Some(order @ ContactOrder::PriorityMinutes { .. }), None) => order,
        (order, worth) => {
            // An order that could not be read may have been meant to be that one.
            if worth.is_some() && (order.is_some() || !entry.is_given()) {
                priority_worth.problem("counts with order = \"priority-minutes\" only; leave it out, or set the order");
            }
            order.unwrap_or_default()
        }
    }
}

fn agent_orders(entry: &Entry<'_>) -> Option<Vec<AgentOrder>> {
    let items = entry.one_or_more()?;
    if items.is_empty() || items.len() > MOST_AGENT_ORDERS {
        entry.problem(format!("must be {AN_AGENT_ORDER}: from 1 to {MOST_AGENT_ORDERS}"));
        return None;
    }
    let mut orders: Vec<AgentOrder> = Vec::with_capacity(items.len());
    for item in &items {
        let Some(text) = item.text(AN_AGENT_ORDER) else { continue };
        let order = match text.strip_prefix(HOST) {
            Some(name) => host_name(name, item).map(AgentOrder::Host),
            None => item.choice_or(&AGENT_ORDERS, Some(HOST_POLICY)),
        };
        match order {
            Some(order) if orders.contains(&order) => item.problem(format!("{text:?} is given twice")),
            Some(order) => orders.push(order),
            None => {}
        }
    }
    (!orders.is_empty()).then_some(orders)
}

pub(super) fn host_name(name: &str, entry: &Entry<'_>) -> Option<Box<str>> {
    if name.is_empty() {
        entry.problem("the name of the host's policy is missing after `host:`");
        return None;
    }
    Some(name.into())
}

fn no_answer(section: &Section<'_>) -> NoAnswer {
    let default = Queue::with_defaults("").no_answer;
    let effect = section.get("agent");
    let agent = effect.choice(&NO_ANSWER_EFFECTS);
    let not_ready_for = section.get("not_ready_for");
    let lasts = not_ready_for.some_span();
    if lasts.is_some() && agent != Some(NoAnswerEffect::NotReady) && (agent.is_some() || !effect.is_given()) {
        not_ready_for.problem("counts with agent = \"not-ready\" only; leave it out, or set the agent's");
    }
    NoAnswer {
        agent: agent.unwrap_or_default(),
        after: section.get("after").small(1).unwrap_or(default.after),
        not_ready_for: lasts,
        exclude_for: section.get("exclude_for").span().unwrap_or(default.exclude_for),
    }
}
