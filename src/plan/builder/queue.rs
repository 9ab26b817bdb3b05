//! Queues made in code.

use super::super::document::{Table, Value};
use super::super::words::*;
use super::{offer, span, target_value, wrap_up_value};
use crate::queue::{AgentOrder, ContactOrder, Displace, IdleClock, Mode, NoAnswer, Pools, StepClock, Target, WrapUp};
use crate::time::Span;

/// Says how a queue is, in [`PlanBuilder::queue`](crate::PlanBuilder::queue).
///
/// ```
/// use cordboard::{ContactOrder, IdleClock, NoAnswer, NoAnswerEffect, Plan, Pools, Span, StepClock, Target, WrapUp};
///
/// let plan = Plan::builder()
///     .channel("voice", |voice| voice.offer(Span::from_secs(20)).connect(Span::from_secs(10)))
///     .agents("team", "phone", |team| team.count(5).skill("billing", 80).skill("es", 30))
///     .capacity("phone", |phone| phone.takes("voice", 1))
///     .queue("service", |queue| {
///         queue
///             .order(ContactOrder::PriorityMinutes { worth: Span::from_secs(90) })
///             .idle(IdleClock::Handled)
///             .limit(500)
///             .max_wait(Span::from_mins(30))
///             // Ten seconds for the best, then anybody; nobody waits for a step that no agent could meet.
///             .step(Span::ZERO, "billing >= 50 and es")
///             .step(Span::from_secs(10), "billing")
///             .step_clock(StepClock::Age)
///             .pools(Pools::Cumulative)
///             .skip_unstaffed(true)
///             // Who lets three calls in a row ring out is not ready for five minutes.
///             .no_answer(NoAnswer {
///                 agent: NoAnswerEffect::NotReady,
///                 after: 3,
///                 not_ready_for: Some(Span::from_mins(5)),
///                 exclude_for: Span::from_secs(60),
///             })
///             .offers_per_agent(2)
///             .offers_per_contact(20)
///             .wrap_up(WrapUp::UpTo(Span::from_secs(45)))
///             .target("voice", Target::new(900, Span::from_secs(15))) // 90 % within 15 s
///     })
///     .build()?;
/// let (service, voice) = (plan.find_queue("service").unwrap(), plan.find_channel("voice").unwrap());
/// assert_eq!(plan.queues()[0].pool(1).len(), 2); // in step 1 those of step 0 still rank first
/// assert_eq!(plan.offer_time(service, voice), Some(Span::from_secs(20))); // the channel's
/// assert_eq!(plan.target(service, voice).unwrap().share_permille, 900); // the queue's own
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct QueueBuilder(pub(super) Table);

impl QueueBuilder {
    /// Which waiting contact first. Default the oldest.
    pub fn order(self, order: ContactOrder) -> Self {
        match order {
            ContactOrder::PriorityMinutes { worth } => {
                self.text("order", "priority-minutes").set("priority_worth", span(worth))
            }
            ContactOrder::Host(name) => self.text("order", &format!("{HOST}{name}")),
            order => self.text("order", word(&CONTACT_ORDERS, &order)),
        }
    }

    /// Which agent first, each criterion breaking the ties before it. Default the least loaded, then the longest idle.
    pub fn agents(self, criteria: impl IntoIterator<Item = AgentOrder>) -> Self {
        let criteria = criteria.into_iter().map(|criterion| match criterion {
            AgentOrder::Host(name) => Value::Text(format!("{HOST}{name}")),
            criterion => Value::Text(word(&AGENT_ORDERS, &criterion).to_owned()),
        });
        let criteria = Value::List(criteria.collect());
        self.set("agents", criteria)
    }

    /// What the idle criteria count from. Default since the last release.
    pub fn idle(self, clock: IdleClock) -> Self {
        self.text("idle", word(&IDLE_CLOCKS, &clock))
    }

    /// Most contacts that may wait; 0 means answered at once or turned away. Default no limit.
    pub fn limit(self, limit: u32) -> Self {
        self.set("limit", Value::Whole(limit.into()))
    }

    /// One more relaxation step: when it begins (0 for the first) and what an agent must then meet, in text form.
    pub fn step(mut self, after: Span, requires: &str) -> Self {
        let step =
            Table(vec![("after".to_owned(), span(after)), ("requires".to_owned(), Value::Text(requires.to_owned()))]);
        let steps = self.0.entry("steps");
        match steps {
            Value::List(steps) => steps.push(Value::Table(step)),
            none => *none = Value::List(vec![Value::Table(step)]),
        }
        self
    }

    /// What `after` of a step counts on. Default the contact's age.
    pub fn step_clock(self, clock: StepClock) -> Self {
        self.text("step_clock", word(&STEP_CLOCKS, &clock))
    }

    /// What a step does with the agents of those before it. Default they stay, and rank first.
    pub fn pools(self, pools: Pools) -> Self {
        self.text("pools", word(&POOLS, &pools))
    }

    /// Pass over a step that no signed-in agent meets when it begins. Default no.
    pub fn skip_unstaffed(self, skip: bool) -> Self {
        self.set("skip_unstaffed", Value::Flag(skip))
    }

    /// Instead of the channel's: how long an agent has to accept; [`Span::MAX`] is for ever.
    pub fn offer(self, time: Span) -> Self {
        self.set("offer", offer(time))
    }

    /// Instead of the channel's: how long media set-up may take.
    pub fn connect(self, time: Span) -> Self {
        self.set("connect", span(time))
    }

    /// Instead of the channel's: after-contact work.
    pub fn wrap_up(self, wrap_up: WrapUp) -> Self {
        self.set("wrap_up", wrap_up_value(wrap_up))
    }

    /// Longest wait. Default without end.
    pub fn max_wait(self, time: Span) -> Self {
        self.set("max_wait", span(time))
    }

    /// What happens when nobody answers. Default: the agent stays, and is not asked again for a minute.
    pub fn no_answer(self, rule: NoAnswer) -> Self {
        let mut table = Table(vec![
            ("agent".to_owned(), Value::Text(word(&NO_ANSWER_EFFECTS, &rule.agent).to_owned())),
            ("after".to_owned(), Value::Whole(rule.after.into())),
            ("exclude_for".to_owned(), span(rule.exclude_for)),
        ]);
        if let Some(lasts) = rule.not_ready_for {
            *table.entry("not_ready_for") = span(lasts);
        }
        self.set("no_answer", Value::Table(table))
    }

    /// Most offers of one contact to one agent. Default 3.
    pub fn offers_per_agent(self, most: u16) -> Self {
        self.set("offers_per_agent", Value::Whole(most.into()))
    }

    /// Most offers of one contact in all. Default 100.
    pub fn offers_per_contact(self, most: u16) -> Self {
        self.set("offers_per_contact", Value::Whole(most.into()))
    }

    /// Instead of the channel's: the service target of contacts of a channel.
    pub fn target(mut self, channel: &str, target: Target) -> Self {
        *self.0.table("targets").entry(channel) = target_value(target);
        self
    }

    /// What it counts for where agents choose between queues by share or weight. Default 1.
    pub fn weight(self, weight: u32) -> Self {
        self.set("weight", Value::Whole(weight.into()))
    }

    /// How its contacts come to agents. Default they are given to them.
    pub fn mode(self, mode: Mode) -> Self {
        match mode {
            Mode::Broadcast { ring } => self.text("mode", "broadcast").set("ring", Value::Whole(ring.into())),
            mode => self.text("mode", word(&MODES, &mode)),
        }
    }

    /// Most contacts of the queue that an agent may hold and still claim one more. Default no limit where agents pull,
    /// else none at all.
    pub fn claims(self, most: u16) -> Self {
        self.set("claims", Value::Whole(most.into()))
    }

    /// Where arrivals go that would be more than may wait: `"queue:NAME"`, `"callback"`, `"deflect"` or `"end"`.
    /// Default they end.
    pub fn when_full(self, to: &str) -> Self {
        self.overflow("full", to)
    }

    /// Where arrivals go while the queue is closed: as [`when_full`](Self::when_full), or `"wait"`. Default they end.
    pub fn when_closed(self, to: &str) -> Self {
        self.overflow("closed", to)
    }

    /// Where arrivals go that nobody signed in could ever take: as [`when_full`](Self::when_full), or `"wait"`.
    /// Default they wait.
    pub fn when_unstaffed(self, to: &str) -> Self {
        self.overflow("unstaffed", to)
    }

    /// Where contacts go that have waited for so long: as [`when_full`](Self::when_full). Default they stay.
    pub fn after_wait(mut self, wait: Span, then: &str) -> Self {
        let then = Value::Text(then.to_owned());
        let after = Table(vec![("wait".to_owned(), span(wait)), ("then".to_owned(), then)]);
        *self.0.table("overflow").entry("after") = Value::Table(after);
        self
    }

    /// Where those go who wait when the queue closes: as [`when_full`](Self::when_full), or `"wait"`. Default they wait on.
    pub fn closed_waiting(self, to: &str) -> Self {
        self.text("closed_waiting", to)
    }

    /// How long before its time a contact that is promised for later stands in line, and an agent is kept free for it.
    /// Default not before.
    pub fn lead(self, time: Span) -> Self {
        self.set("lead", span(time))
    }

    fn overflow(mut self, key: &str, to: &str) -> Self {
        *self.0.table("overflow").entry(key) = Value::Text(to.to_owned());
        self
    }

    /// What makes way for a contact that arrives and finds nobody with room. Default nothing.
    pub fn displace(self, what: Displace) -> Self {
        self.text("displace", word(&DISPLACES, &what))
    }

    fn text(self, key: &str, text: &str) -> Self {
        self.set(key, Value::Text(text.to_owned()))
    }

    fn set(mut self, key: &str, value: Value) -> Self {
        *self.0.entry(key) = value;
        self
    }
}
