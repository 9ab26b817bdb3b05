//! Channels: kinds of contact with rules of their own.

use serde::{Deserialize, Serialize};

use crate::queue::{Target, WrapUp};
use crate::time::Span;

/// A channel of the plan.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Channel {
    /// Its name in the plan.
    pub name: Box<str>,
    /// A contact takes the whole agent unless a profile says otherwise.
    pub whole_agent: bool,
    /// How long an agent has to accept an offer; `None` connects at once, with no offer stage. A queue may say otherwise.
    pub offer: Option<Span>,
    /// How long media set-up may take after an accept; `None` has no such stage. A queue may say otherwise.
    pub connect: Option<Span>,
    /// After-contact work. A queue may say otherwise.
    pub wrap_up: WrapUp,
    /// Service target where neither the contact nor its queue has one.
    pub target: Target,
    /// A customer may have one such contact at a time: a second is refused until the first is wrapped up or gone.
    pub one_per_customer: bool,
    /// A waiting contact of this channel ends when an agent takes its customer on another channel.
    pub superseded: bool,
    /// How conversations go on: silences, waking, and what age is counted from.
    pub conversation: Conversation,
    /// No longer in the plan; kept until its last contact has ended.
    pub retired: bool,
}

/// How conversations on a channel go on. The host says who wrote; the engine keeps the clocks.
///
/// ```
/// # use cordboard::{AgeFrom, Plan, Span, Wake};
/// let plan = Plan::builder()
///     .channel("chat", |chat| {
///         chat.quiet_after(Span::from_mins(2))
///             .park_after(Span::from_mins(30))
///             .close_after(Span::from_mins(24 * 60))
///             .wake(Wake { over: 2, wait: Span::from_secs(45) })
///             .age_from(AgeFrom::LastMessage)
///     })
///     .capacity("text", |p| p.takes_with("chat", 3, |chat| chat.open(30).quiet(cordboard::Load::ZERO)))
///     .agents("team", "text", |g| g)
///     .build()?;
/// assert_eq!(plan.channels()[0].conversation.quiet_after, Some(Span::from_mins(2)));
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Conversation {
    /// The customer's silence after which an active contact turns quiet; `None`: only by command.
    pub quiet_after: Option<Span>,
    /// The customer's silence after which it is parked: held by nobody, its agent remembered; `None`: only by command.
    pub park_after: Option<Span>,
    /// The customer's silence after which it ends; `None`: never by itself.
    pub close_after: Option<Span>,
    /// What the age of a contact is counted from.
    pub age_from: AgeFrom,
    /// How a quiet or parked contact comes back to its agent.
    pub wake: Wake,
}

/// What is done for a quiet or parked contact that has work again to have the same agent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Wake {
    /// How many contacts of the channel above the agent's limit may be woken.
    pub over: u16,
    /// How long to wait for that agent, where there is no room at once; then anybody. [`Span::MAX`] waits for ever.
    pub wait: Span,
}

impl Default for Wake {
    fn default() -> Self {
        Self { over: 0, wait: Span::from_mins(1) }
    }
}

/// What the age of a contact is counted from, once customer and agent write to each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgeFrom {
    /// Its age origin, however often the customer writes.
    #[default]
    FirstContact,
    /// The customer's first message that was not answered yet.
    LastMessage,
}

/// A built-in channel: its name, whether it takes a whole agent, and its service target.
pub(crate) const BUILT_IN: [(&str, bool, Target); 9] = [
    ("voice", true, Target::new(800, Span::from_secs(20))),
    ("video", true, Target::new(800, Span::from_secs(30))),
    ("chat", false, Target::new(800, Span::from_secs(60))),
    ("messaging", false, Target::new(800, Span::from_mins(5))),
    ("email", false, Target::new(800, Span::from_mins(240))),
    ("sms", false, Target::new(800, Span::from_mins(5))),
    ("social", false, Target::new(800, Span::from_mins(30))),
    ("callback", true, Target::new(800, Span::from_mins(15))),
    ("task", false, Target::new(800, Span::from_mins(480))),
];
