//! Queues: named lines with an order, a choice of agents, limits, relaxation steps and rules for offers.

use serde::{Deserialize, Serialize};

use crate::customer::Affinity;
use crate::id::ChannelId;
use crate::overflow::Overflow;
use crate::requirement::Requirement;
use crate::scheduling::Cost;
use crate::time::Span;

/// "This share answered within this time."
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Target {
    /// Share wanted, in thousandths.
    pub share_permille: u16,
    /// Time within which, at least a microsecond.
    pub within: Span,
}

impl Target {
    /// A target of `share_permille` thousandths answered `within` this time.
    pub const fn new(share_permille: u16, within: Span) -> Self {
        Self { share_permille, within }
    }
}

/// The order in which waiting contacts are taken. The last tie goes to the contact that arrived first.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContactOrder {
    /// Oldest age origin first.
    #[default]
    Fifo,
    /// Higher priority first, then oldest.
    Priority,
    /// Oldest first, each point of priority worth so much age.
    PriorityMinutes {
        /// Age that one point of priority is worth.
        worth: Span,
    },
    /// Earliest breach of the service target first.
    Deadline,
    /// Largest wait in proportion to the service target first.
    Ratio,
    /// The host's own [`ContactSelection`](crate::ContactSelection) of that name.
    Host(Box<str>),
}

/// One criterion by which the agent is chosen; a queue has a list, each breaking the ties before it.
/// The last tie goes to the smaller agent id.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgentOrder {
    /// Lower tier for this queue first.
    Tier,
    /// Longest idle by the queue's [`IdleClock`].
    LongestIdle,
    /// Shortest idle by the queue's [`IdleClock`].
    MostRecentlyIdle,
    /// Smallest load first.
    LeastLoaded,
    /// Largest load first (packs text).
    MostLoaded,
    /// The next agent id after the one this queue chose last, in a circle.
    RoundRobin,
    /// Smallest agent id first.
    TopDown,
    /// Highest proficiency in the skills required.
    BestSkilled,
    /// Lowest proficiency in the skills required.
    LeastSkilled,
    /// Fewest contacts taken since sign-in.
    FewestHandled,
    /// By a hash of contact and agent: even in the long run, and the same on every machine.
    Random,
    /// The host's own [`AgentSelection`](crate::AgentSelection) of that name.
    Host(Box<str>),
    /// Most places left: how many more contacts of this channel its profile's `max` allows beside those it is busy with.
    /// In numbers, where [`AgentOrder::LeastLoaded`] goes by shares.
    MostPlaces,
    /// Smallest share of the time since sign-in with a contact in hand: ringing, put aside, quiet and wrap-up included.
    LeastOccupied,
    /// Least time since sign-in with a contact in hand.
    LeastWorked,
}

/// What "idle" is counted from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdleClock {
    /// Since the agent last gave capacity back (a contact left, an offer ended) or signed in.
    #[default]
    Release,
    /// Since the agent last finished a contact it had accepted (an offer not taken changes nothing), or signed in.
    Handled,
    /// Since the agent was last offered a contact, or signed in.
    Offered,
    /// Since the agent last became ready on some channel, having been ready on none.
    Available,
}

/// A relaxation step: from some age on, this is what is required.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Step {
    /// When the step begins, by the queue's [`StepClock`]; 0 for the first.
    pub after: Span,
    /// What an agent must then meet, beside the contact's own requirement.
    pub requires: Requirement,
}

/// What a step's `after` is counted on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepClock {
    /// The contact's whole age, from its age origin.
    #[default]
    Age,
    /// Time in the step before.
    Step,
    /// Time since the contact was first offered to anybody; until then no step begins.
    FirstOffer,
}

/// What a new step does with the agents of the steps before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pools {
    /// They stay, and rank before those the step adds.
    #[default]
    Cumulative,
    /// Only those who meet the step itself are asked.
    Replacing,
}

/// After-contact work.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WrapUp {
    /// None: the contact ends at once.
    #[default]
    None,
    /// Exactly this long.
    Fixed(Span),
    /// At most this long; the agent may end it before.
    UpTo(Span),
    /// Until the agent ends it.
    Open,
}

/// What happens to an agent who does not answer offers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoAnswerEffect {
    /// Nothing.
    #[default]
    Stay,
    /// Not ready on every channel, with [`ReasonId::NO_ANSWER`](crate::ReasonId::NO_ANSWER).
    NotReady,
    /// Signed out, draining what is held.
    SignOut,
}

/// Ring-no-answer: what it does to the agent and to the contact, independently.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct NoAnswer {
    /// What happens to the agent.
    pub agent: NoAnswerEffect,
    /// …after this many offers in a row that rang out (1 or more).
    pub after: u16,
    /// How long [`NoAnswerEffect::NotReady`] lasts; `None` until the agent says otherwise.
    pub not_ready_for: Option<Span>,
    /// How long this contact is not offered again to an agent who declined it or let it ring; the contact keeps its place.
    pub exclude_for: Span,
}

/// How the contacts of a queue come to agents.
///
/// ```
/// use cordboard::{Displace, Mode, Plan, Span};
/// let plan = Plan::builder()
///     .channel("voice", |voice| voice.offer(Span::from_secs(20)))
///     .capacity("phone", |phone| phone.takes("voice", 1))
///     .agents("team", "phone", |team| team)
///     // Three phones ring at once, and what is quiet makes way when nobody is free.
///     .queue("urgent", |queue| queue.mode(Mode::Broadcast { ring: 3 }).displace(Displace::Quiet))
///     .queue("pool", |queue| queue.mode(Mode::Pull).claims(2))
///     .build()?;
/// assert_eq!(plan.queues()[1].claims, 2);
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Each is given to one agent, who is asked alone.
    #[default]
    Push,
    /// Each rings with several agents at once, and the first to accept has it. Capacity is taken with every one of them.
    Broadcast {
        /// Most agents that one contact rings with, from 2 to [`Mode::MOST_RING`].
        ring: u16,
    },
    /// Nobody is given one: agents see them and claim them.
    Pull,
}

impl Mode {
    /// Most agents that one contact may ring with.
    pub const MOST_RING: u16 = 100;

    /// Whether contacts ring with several agents at once.
    pub fn rings(self) -> bool {
        matches!(self, Self::Broadcast { .. })
    }
}

/// What makes way for a contact that arrives and finds nobody with room. Nothing does unless a queue asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Displace {
    /// Nothing.
    #[default]
    None,
    /// A quiet contact whose channel parks, the one longest silent first: it is parked, and keeps its agent in mind.
    Quiet,
    /// A contact in text that an agent is on, the one given first: it ends, [`Outcome::Displaced`](crate::Outcome::Displaced).
    Oldest,
}

/// A queue of the plan.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Queue {
    /// Its name in the plan.
    pub name: Box<str>,
    /// Which waiting contact first.
    pub order: ContactOrder,
    /// Which agent first; never empty.
    pub agents: Vec<AgentOrder>,
    /// What the idle criteria count from.
    pub idle: IdleClock,
    /// Most contacts that may wait here; an arrival beyond it is turned away unless somebody can take it at once.
    pub limit: u32,
    /// Relaxation, in order; empty for none.
    pub steps: Vec<Step>,
    /// What `after` of a step counts on.
    pub step_clock: StepClock,
    /// What a step does with the agents before it.
    pub pools: Pools,
    /// Pass over a step that no signed-in agent meets when it begins (never the last).
    pub skip_unstaffed: bool,
    /// Instead of the channel's: how long an agent has to accept; `Some(Span::MAX)` waits for ever.
    pub offer: Option<Span>,
    /// Instead of the channel's: how long media set-up may take.
    pub connect: Option<Span>,
    /// Instead of the channel's: after-contact work.
    pub wrap_up: Option<WrapUp>,
    /// Longest wait; then the contact ends with [`Outcome::MaxWait`](crate::Outcome::MaxWait).
    pub max_wait: Option<Span>,
    /// Ring-no-answer rules.
    pub no_answer: NoAnswer,
    /// What becomes of customers who come again; `None`: nothing.
    pub affinity: Option<Affinity>,
    /// Most offers of one contact to one agent; then never again to that agent.
    pub offers_per_agent: u16,
    /// Most offers of one contact in all; then it ends with [`Outcome::Unanswered`](crate::Outcome::Unanswered).
    pub offers_per_contact: u16,
    /// Service target by channel id, where it differs from the channel's.
    pub targets: Vec<Option<Target>>,
    /// What waiting and losses are worth by channel id, where that is stated.
    pub costs: Vec<Option<Cost>>,
    /// How its contacts come to agents.
    pub mode: Mode,
    /// Most contacts of this queue that an agent may hold and still claim one more; 0 for no claims.
    pub claims: u16,
    /// What makes way for a contact of this queue that arrives and finds nobody with room.
    pub displace: Displace,
    /// What becomes of contacts that it does not let in, or does not keep.
    pub overflow: Overflow,
    /// How long before its time a contact that is promised for later stands in line, to have an agent by then.
    pub lead: Span,
    /// No longer in the plan; takes nothing new, and is served until it is empty.
    pub retired: bool,
}

impl Queue {
    /// What contacts of `channel` are worth, if the queue says so.
    pub fn cost(&self, channel: ChannelId) -> Option<Cost> {
        self.costs.get(usize::from(channel.0)).copied().flatten()
    }

    /// The queue's own target for `channel`, if it has one.
    pub fn target(&self, channel: ChannelId) -> Option<Target> {
        self.targets.get(usize::from(channel.0)).copied().flatten()
    }

    /// What contacts in step `step` need beside their own requirement, best first: with cumulative pools
    /// every step so far, else the step alone.
    pub fn pool(&self, step: usize) -> &[Step] {
        let until = (step + 1).min(self.steps.len());
        match self.pools {
            Pools::Cumulative => &self.steps[..until],
            Pools::Replacing => &self.steps[until.saturating_sub(1)..until],
        }
    }
}
