//! Plans made in code: the same document underneath, and so the same checks.

mod capacity;
mod customers;
mod leases;
mod queue;
mod scheduler;

pub use capacity::{CapacityBuilder, LoadBuilder};
pub use queue::QueueBuilder;

use super::document::{PlanDocument, Table, Value};
use super::problem::Problems;
use super::words::{BETWEEN, HOST, word};
use super::{Limits, Plan};
use crate::between::Between;
use crate::channel::{AgeFrom, Wake};
use crate::queue::{Target, WrapUp};
use crate::time::Span;

impl Plan {
    /// Makes a plan in code; see [`PlanBuilder`].
    pub fn builder() -> PlanBuilder {
        PlanBuilder::default()
    }
}

/// Makes a plan in code. Every option of the document has a method; whatever is not said has the default of `docs/plan.md`.
///
/// ```
/// use cordboard::{AgentOrder, ContactOrder, Plan, Span};
///
/// let plan = Plan::builder()
///     .channel("voice", |c| c.offer(Span::from_secs(20)))
///     .capacity("blended", |p| p.takes("voice", 1).takes_with("chat", 3, |c| c.quiet(cordboard::Load::percent(10))))
///     .agents("team", "blended", |a| a.count(12).skill("billing", 80).skill("es", 40))
///     .queue("service", |q| {
///         q.order(ContactOrder::Ratio)
///             .agents([AgentOrder::LeastLoaded, AgentOrder::LongestIdle])
///             .step(Span::ZERO, "billing >= 50")
///             .step(Span::from_secs(30), "billing")
///     })
///     .build()?;
/// assert_eq!(plan.channels().len(), 2);
///
/// let problems = Plan::builder().agents("team", "blendid", |a| a).capacity("blended", |p| p.takes("chat", 3)).build().unwrap_err();
/// assert_eq!(problems.to_string(), "agents.team.capacity: there is no capacity profile `blendid`; did you mean `blended`?");
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct PlanBuilder {
    root: Table,
}

impl PlanBuilder {
    /// A channel. The built-in ones need be mentioned only to change them.
    pub fn channel(self, name: &str, with: impl FnOnce(ChannelBuilder) -> ChannelBuilder) -> Self {
        self.add("channels", name, with(ChannelBuilder(Table::default())).0)
    }

    /// A skill that no group has, but agents bring later.
    pub fn skill(mut self, name: &str) -> Self {
        self.root.table("skills").0.push((name.to_owned(), Value::Text(String::new())));
        self
    }

    /// A capacity profile.
    pub fn capacity(self, name: &str, with: impl FnOnce(CapacityBuilder) -> CapacityBuilder) -> Self {
        self.add("capacity", name, with(CapacityBuilder(Table::default())).0)
    }

    /// A group of like agents, and their capacity profile.
    pub fn agents(self, name: &str, capacity: &str, with: impl FnOnce(AgentsBuilder) -> AgentsBuilder) -> Self {
        let group = AgentsBuilder(Table::default()).set("capacity", Value::Text(capacity.to_owned()));
        self.add("agents", name, with(group).0)
    }

    /// A queue.
    pub fn queue(self, name: &str, with: impl FnOnce(QueueBuilder) -> QueueBuilder) -> Self {
        self.add("queues", name, with(QueueBuilder(Table::default())).0)
    }

    /// A requirement with a name, in its text form.
    pub fn requirement(mut self, name: &str, requires: &str) -> Self {
        self.root.table("requirements").0.push((name.to_owned(), Value::Text(requires.to_owned())));
        self
    }

    /// The limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        let entries = [
            ("contacts", limits.contacts),
            ("agents", limits.agents),
            ("classes", limits.classes),
            ("sources", limits.sources),
            ("requirement_parts", limits.requirement_parts.into()),
            ("requirement_depth", limits.requirement_depth.into()),
            ("steps", limits.steps.into()),
            ("context", limits.context),
            ("name_length", limits.name_length.into()),
            ("key_length", limits.key_length.into()),
        ];
        let entries = entries.into_iter().map(|(key, limit)| (key.to_owned(), Value::Whole(limit.into())));
        *self.root.entry("limits") = Value::Table(Table(entries.collect()));
        self
    }

    /// How an agent chooses between queues that its group serves alike. Default the most urgent contact of all.
    pub fn between(mut self, between: Between) -> Self {
        let text = match &between {
            Between::Host(name) => format!("{HOST}{name}"),
            built_in => word(&BETWEEN, built_in).to_owned(),
        };
        *self.root.entry("between") = Value::Text(text);
        self
    }

    /// The document as far as it is made, for [`Plan::revise`] or to be written down.
    pub fn document(self) -> PlanDocument {
        PlanDocument { root: self.root, ..PlanDocument::default() }
    }

    /// Checks it and makes the plan.
    ///
    /// # Errors
    /// Everything wrong with it at once, each with its path and what would be right.
    pub fn build(self) -> Result<Plan, Problems> {
        Plan::from_document(&self.document())
    }

    fn add(mut self, kind: &str, name: &str, table: Table) -> Self {
        // A name given twice is kept twice, to be reported.
        self.root.table(kind).0.push((name.to_owned(), Value::Table(table)));
        self
    }
}

/// Says how a channel is, in [`PlanBuilder::channel`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ChannelBuilder(Table);

impl ChannelBuilder {
    /// Whether a contact takes the whole agent unless a profile says otherwise.
    pub fn whole_agent(self, whole_agent: bool) -> Self {
        self.set("whole_agent", Value::Flag(whole_agent))
    }

    /// How long an agent has to accept an offer; [`Span::MAX`] is for ever. Not said: contacts connect at once.
    pub fn offer(self, time: Span) -> Self {
        self.set("offer", offer(time))
    }

    /// How long media set-up may take after an accept. Not said: there is no such stage.
    pub fn connect(self, time: Span) -> Self {
        self.set("connect", span(time))
    }

    /// Whether a customer may have only one such contact at a time. Default yes for `callback`, else no.
    pub fn one_per_customer(self, one: bool) -> Self {
        self.set("one_per_customer", Value::Flag(one))
    }

    /// Whether a waiting contact of this channel ends when an agent takes its customer on another. Default no.
    pub fn superseded(self, superseded: bool) -> Self {
        self.set("superseded", Value::Flag(superseded))
    }

    /// After-contact work. Default none.
    pub fn wrap_up(self, wrap_up: WrapUp) -> Self {
        self.set("wrap_up", wrap_up_value(wrap_up))
    }

    /// Service target where neither the contact nor its queue has one.
    pub fn target(self, target: Target) -> Self {
        self.set("target", target_value(target))
    }

    /// The customer's silence after which an active contact turns quiet. Not said: only by command.
    pub fn quiet_after(self, silence: Span) -> Self {
        self.set("quiet_after", span(silence))
    }

    /// The customer's silence after which a contact is parked. Not said: only by command.
    pub fn park_after(self, silence: Span) -> Self {
        self.set("park_after", span(silence))
    }

    /// The customer's silence after which a contact ends. Not said: never by itself.
    pub fn close_after(self, silence: Span) -> Self {
        self.set("close_after", span(silence))
    }

    /// How a quiet or parked contact comes back to its agent. Default: within the limits, and after a minute to anybody.
    pub fn wake(self, wake: Wake) -> Self {
        let over = ("over".to_owned(), Value::Whole(wake.over.into()));
        self.set("wake", Value::Table(Table(vec![over, ("wait".to_owned(), offer(wake.wait))])))
    }

    /// What age is counted from. Default [`AgeFrom::FirstContact`].
    pub fn age_from(self, from: AgeFrom) -> Self {
        let word = match from {
            AgeFrom::FirstContact => "first-contact",
            AgeFrom::LastMessage => "last-message",
        };
        self.set("age_from", Value::Text(word.to_owned()))
    }

    fn set(mut self, key: &str, value: Value) -> Self {
        *self.0.entry(key) = value;
        self
    }
}

/// Says how the agents of a group are, in [`PlanBuilder::agents`].
#[derive(Clone, Debug)]
#[must_use]
pub struct AgentsBuilder(Table);

impl AgentsBuilder {
    /// How many there are, for simulation; a live host signs agents in one by one. Default 1.
    pub fn count(self, count: u32) -> Self {
        self.set("count", Value::Whole(count.into()))
    }

    /// A skill that each has, at a level of 1 to 100.
    pub fn skill(mut self, name: &str, level: u8) -> Self {
        *self.0.table("skills").entry(name) = Value::Whole(level.into());
        self
    }

    /// Their tier for a queue; lower tiers are asked first. Default 1.
    pub fn tier(mut self, queue: &str, tier: u16) -> Self {
        *self.0.table("tiers").entry(queue) = Value::Whole(tier.into());
        self
    }

    /// That they serve a queue, and how soon: rank 1 before rank 2. Queues never named here are then not served;
    /// without any, all are.
    pub fn serves(mut self, queue: &str, rank: u16) -> Self {
        *self.0.table("serves").entry(queue) = Value::Whole(rank.into());
        self
    }

    /// The same, but only contacts that have waited so long.
    pub fn stands_by_for(mut self, queue: &str, rank: u16, after: Span) -> Self {
        let served = self.0.table("serves").table(queue);
        *served.entry("rank") = Value::Whole(rank.into());
        *served.entry("after") = span(after);
        self
    }

    /// The same as [`serves`](Self::serves), but only while at least so many others of the group are free, and in any case after so long a wait
    /// ([`Span::MAX`]: never): threshold reservation.
    pub fn keeps_free_of(mut self, queue: &str, rank: u16, reserve: u16, hold: Span) -> Self {
        let served = self.0.table("serves").table(queue);
        *served.entry("rank") = Value::Whole(rank.into());
        *served.entry("reserve") = Value::Whole(reserve.into());
        *served.entry("hold") = offer(hold);
        self
    }

    /// How long they take to handle a contact of a queue, on average, for choices by speed. Not said: nothing is stated.
    pub fn handling(mut self, queue: &str, time: Span) -> Self {
        *self.0.table("handling").entry(queue) = span(time);
        self
    }

    fn set(mut self, key: &str, value: Value) -> Self {
        *self.0.entry(key) = value;
        self
    }
}

fn span(span: Span) -> Value {
    Value::Text(span.to_string())
}

fn offer(time: Span) -> Value {
    if time == Span::MAX { Value::Text("forever".to_owned()) } else { span(time) }
}

fn wrap_up_value(wrap_up: WrapUp) -> Value {
    match wrap_up {
        WrapUp::None => Value::Text("none".to_owned()),
        WrapUp::Open => Value::Text("open".to_owned()),
        WrapUp::UpTo(longest) => span(longest),
        WrapUp::Fixed(length) => Value::Table(Table(vec![("fixed".to_owned(), span(length))])),
    }
}

fn target_value(target: Target) -> Value {
    let share = Value::Text(format!("{}/1000", target.share_permille));
    Value::Table(Table(vec![("share".to_owned(), share), ("within".to_owned(), span(target.within))]))
}
