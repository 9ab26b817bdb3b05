//! Capacity profiles made in code.

use super::super::document::{Table, Value};
use super::super::words::{OVERS, word};
use crate::capacity::{Load, Over, Stage};
use crate::time::Span;

/// Says what agents with a profile can take, in [`PlanBuilder::capacity`](crate::PlanBuilder::capacity).
///
/// ```
/// use cordboard::{Load, Over, Plan, Stage};
///
/// let plan = Plan::builder()
///     .capacity("desk", |desk| {
///         desk.takes("voice", 1)
///             .takes("email", 1)
///             .arrives_over("voice", "email", Over::Hold) // a call puts an email aside,
///             .arrives_over("email", "voice", Over::No) // and an email does not come during a call
///             .takes_with("messaging", 5, |thread| {
///                 // Five at work and thirty in all; a quiet one weighs nothing, wrap-up half.
///                 thread.open(30).load(Load::share(10)).quiet(Load::ZERO).stage(Stage::WrapUp, Load::share(20))
///             })
///     })
///     .build()?;
/// let desk = &plan.profiles()[0];
/// let channel = |name| plan.find_channel(name).unwrap();
/// assert_eq!(desk.over(channel("voice"), channel("email")), Over::Hold);
/// let threads = desk.channel(channel("messaging")).unwrap();
/// assert_eq!((threads.max, threads.open), (5, 30));
/// assert_eq!(threads.load(Stage::Offered), Load::share(10)); // the most it may come to is reserved by an offer
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CapacityBuilder(pub(super) Table);

impl CapacityBuilder {
    /// At most so many of a channel, each taking that share of the agent; of a channel that takes whole agents, the whole.
    pub fn takes(self, channel: &str, max: u16) -> Self {
        self.takes_with(channel, max, |load| load)
    }

    /// At most so many of a channel, with loads of their own.
    pub fn takes_with(mut self, channel: &str, max: u16, with: impl FnOnce(LoadBuilder) -> LoadBuilder) -> Self {
        let max = ("max".to_owned(), Value::Whole(max.into()));
        let entry = (channel.to_owned(), Value::Table(with(LoadBuilder(Table(vec![max]))).0));
        // `headroom` and `arrives_over` are words of the document, and so not to be overwritten.
        self.0.0.push(entry);
        self
    }

    /// Load that contacts of other channels leave free for this one.
    pub fn headroom(mut self, channel: &str, load: Load) -> Self {
        *self.0.table("headroom").entry(channel) = load_value(load);
        self
    }

    /// Whether a new contact of one channel may join a contact of another that the agent holds. Default yes.
    pub fn arrives_over(mut self, new: &str, held: &str, over: Over) -> Self {
        *self.0.table("arrives_over").table(new).entry(held) = Value::Text(word(&OVERS, &over).to_owned());
        self
    }
}

/// Says how much of an agent a contact takes, in [`CapacityBuilder::takes_with`].
#[derive(Clone, Debug)]
#[must_use]
pub struct LoadBuilder(Table);

impl LoadBuilder {
    /// Most held at all, quiet and put aside included. Default as many as may be busy.
    pub fn open(mut self, open: u16) -> Self {
        *self.0.entry("open") = Value::Whole(open.into());
        self
    }

    /// Load of a contact where its stage says nothing else.
    pub fn load(self, load: Load) -> Self {
        self.set("load", load)
    }

    /// Load of a quiet contact; the same as `stage(Stage::Quiet, …)`.
    pub fn quiet(self, load: Load) -> Self {
        self.stage(Stage::Quiet, load)
    }

    /// Load of a contact in a stage. When offered, or reserved, by default the largest of the others; put aside, by default
    /// nothing where something that arrives may put it aside.
    pub fn stage(self, stage: Stage, load: Load) -> Self {
        let key = match stage {
            Stage::Offered | Stage::Reserved => "offered_load",
            Stage::Connecting => "connecting_load",
            Stage::Active => "active_load",
            Stage::Quiet => "quiet_load",
            Stage::Held => "held_load",
            Stage::WrapUp => "wrap_up_load",
        };
        self.set(key, load)
    }

    /// At most so many are given within so long. Default no such limit.
    pub fn ramp(mut self, contacts: u16, per: Span) -> Self {
        let ramp = self.0.table("ramp");
        *ramp.entry("contacts") = Value::Whole(contacts.into());
        *ramp.entry("per") = Value::Text(per.to_string());
        self
    }

    /// As many at once as the agent replies to in time, from so many up to the maximum. Default the maximum.
    pub fn adaptive(mut self, floor: u16, reply_within: Span) -> Self {
        let adaptive = self.0.table("adaptive");
        *adaptive.entry("floor") = Value::Whole(floor.into());
        *adaptive.entry("reply_within") = Value::Text(reply_within.to_string());
        self
    }

    fn set(mut self, key: &str, load: Load) -> Self {
        *self.0.entry(key) = load_value(load);
        self
    }
}

/// Exact in the document too.
fn load_value(load: Load) -> Value {
    Value::Text(format!("{}/{}", load.0, Load::FULL.0))
}
