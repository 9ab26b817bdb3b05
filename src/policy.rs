//! Policies: a host's own choice of agents, contacts and queues. Pure, named, versioned; integer scores; the engine breaks ties.

use crate::capacity::Load;
use crate::id::{AgentId, ChannelId, ContactId, GroupId, QueueId};
use crate::requirement::{Requirement, Skills};
use crate::scheduling::Cost;
use crate::time::{Span, Timestamp};

/// What a policy may know of a contact.
#[derive(Clone, Copy, Debug)]
pub struct ContactView<'a> {
    /// The engine's time.
    pub now: Timestamp,
    /// Which contact.
    pub contact: ContactId,
    /// Its queue.
    pub queue: QueueId,
    /// Its channel.
    pub channel: ChannelId,
    /// Its own requirement.
    pub requires: &'a Requirement,
    /// Its priority.
    pub priority: i16,
    /// What its waiting is counted from.
    pub age_origin: Timestamp,
    /// Time within which it should be answered.
    pub answer_within: Span,
}

/// What a policy may know of an agent who could take the contact.
#[derive(Clone, Copy, Debug)]
pub struct AgentView<'a> {
    /// Who.
    pub agent: AgentId,
    /// Its group.
    pub group: GroupId,
    /// Its skills.
    pub skills: &'a Skills,
    /// Its load now.
    pub load: Load,
    /// Contacts it holds now, offers included.
    pub holding: u32,
    /// Contacts it has taken since sign-in.
    pub handled: u32,
    /// Since when it is idle, by the queue's idle clock.
    pub idle_since: Timestamp,
}

/// Which agent? Named in a queue's `agents` list as `host:NAME`. Costs O(agents that could take the contact) per decision.
///
/// ```
/// use cordboard::{AgentOrder, AgentSelection, AgentView, ContactView, Plan, Policies, Router};
///
/// /// Those who could do the least else.
/// struct FewestSkills;
///
/// impl AgentSelection for FewestSkills {
///     fn name(&self) -> &str {
///         "fewest-skills"
///     }
///     fn score(&self, _: &ContactView<'_>, agent: &AgentView<'_>) -> i64 {
///         -(agent.skills.iter().count() as i64)
///     }
/// }
///
/// let by = [AgentOrder::Host("fewest-skills".into()), AgentOrder::LongestIdle];
/// let plan = Plan::builder().queue("service", |queue| queue.agents(by)).build()?;
/// let router = Router::with_policies(plan, Policies::new().with_agents(FewestSkills))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait AgentSelection: Send + Sync {
    /// Its name, without `host:`.
    fn name(&self) -> &str;
    /// The agent's score for this contact: the highest is asked first. Must depend on nothing else.
    fn score(&self, contact: &ContactView<'_>, agent: &AgentView<'_>) -> i64;
}

/// Which contact? Named as a queue's `order` as `host:NAME`.
///
/// ```
/// use cordboard::{ContactOrder, ContactSelection, ContactView, Plan, Policies, Rejected, Router};
///
/// /// Of those with the same priority, whoever is to be answered soonest.
/// struct Impatient;
///
/// impl ContactSelection for Impatient {
///     fn name(&self) -> &str {
///         "impatient"
///     }
///     fn urgency(&self, contact: &ContactView<'_>) -> i64 {
///         i64::from(contact.priority) * 100_000 - (contact.answer_within.0 / 1_000_000).min(99_999) as i64
///     }
/// }
///
/// let plan = Plan::builder().queue("service", |queue| queue.order(ContactOrder::Host("impatient".into()))).build()?;
/// assert!(Router::with_policies(plan.clone(), Policies::new().with_contacts(Impatient)).is_ok());
/// assert!(matches!(Router::new(plan), Err(Rejected::UnknownPolicy { .. })));
/// # Ok::<(), cordboard::Problems>(())
/// ```
pub trait ContactSelection: Send + Sync {
    /// Its name, without `host:`.
    fn name(&self) -> &str;
    /// The contact's urgency: the highest is taken first, then the oldest. Asked once, when the contact
    /// joins the line, and again when its priority or queue changes. Must depend on nothing else.
    fn urgency(&self, contact: &ContactView<'_>) -> i64;
}

/// What a policy may know of a queue in which an agent who looks for a contact could take somebody.
#[derive(Clone, Copy, Debug)]
pub struct LineView<'a> {
    /// The engine's time.
    pub now: Timestamp,
    /// The agent's group.
    pub group: GroupId,
    /// Which queue.
    pub queue: QueueId,
    /// How many stand in line in it, whoever may take them.
    pub waiting: u32,
    /// Its weight.
    pub weight: u32,
    /// How many stand in line in it and all queues connected with it: what a group serves beside it, what groups serve beside that, and so on, but for
    /// those whose contacts are claimed.
    pub waiting_in_all: u64,
    /// The weights of these queues together.
    pub weight_in_all: u64,
    /// What contacts of the first's channel cost in it, if the plan says so.
    pub cost: Option<Cost>,
    /// How long the group takes to handle a contact of it, if the plan says so.
    pub handling: Option<Span>,
    /// The first of its contacts that the agent could take.
    pub first: ContactView<'a>,
}

/// Which queue, of those that a group serves with the same rank? Named in the plan as `between = "host:NAME"`. Asked for each queue in which an agent
/// could take somebody: O(queues) per decision.
///
/// ```
/// use cordboard::{Between, Plan, Policies, QueueSelection, LineView, Router};
///
/// /// Largest weighted delay first (Stolyar and Ramanan, *Annals of Applied Probability* 11, 2001).
/// struct WeightedDelay;
///
/// impl QueueSelection for WeightedDelay {
///     fn name(&self) -> &str {
///         "weighted-delay"
///     }
///     fn score(&self, queue: &LineView<'_>) -> i64 {
///         let waited = queue.now.since(queue.first.age_origin).0 / 1_000;
///         i64::from(queue.weight) * i64::try_from(waited).unwrap_or(i64::MAX / 1_000_000)
///     }
/// }
///
/// let plan = Plan::builder()
///     .between(Between::Host("weighted-delay".into()))
///     .queue("sales", |queue| queue.weight(3))
///     .queue("help", |queue| queue)
///     .build()?;
/// let router = Router::with_policies(plan, Policies::new().with_queues(WeightedDelay))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait QueueSelection: Send + Sync {
    /// Its name, without `host:`.
    fn name(&self) -> &str;
    /// The queue's score for agents of the group: the highest is served first, then that of the more urgent first. Must depend on nothing else.
    fn score(&self, queue: &LineView<'_>) -> i64;
}
