//! Between queues: which of several an agent serves who may serve them alike.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// How an agent chooses between queues that its group serves with the same rank and in which it could take somebody. Each
/// queue has a score, the largest is served first, and equal ones by urgency; within a queue its own order holds.
/// `docs/policies.md` has the papers.
///
/// *Length* is how many stand in line in the queue; *first* is the contact of the queue that the agent would take; *handling
/// time* is what the group states of the queue, a minute where it states none.
///
/// ```
/// use cordboard::{Between, Plan};
/// let plan = Plan::builder()
///     .capacity("phone", |phone| phone.takes("voice", 1))
///     .agents("team", "phone", |team| team)
///     // Whoever is free keeps three tenths of all who wait in the one queue, and seven in the other.
///     .between(Between::FixedQueueRatio)
///     .queue("sales", |queue| queue.weight(3))
///     .queue("help", |queue| queue.weight(7))
///     .build()?;
/// assert_eq!((plan.between(), plan.queues()[1].weight), (&Between::FixedQueueRatio, 7));
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Between {
    /// The most urgent contact of all, by the orders of their queues.
    #[default]
    Urgency,
    /// Length.
    LongestQueue,
    /// Length beyond the queue's share, by its weight, of all who wait in the queues connected with it (what a group serves beside it, what groups
    /// serve beside that, and so on): Gurvich and Whitt, *Operations Research* 58 (2010).
    FixedQueueRatio,
    /// Weight × length / handling time: Tassiulas and Ephremides, *IEEE Transactions on Automatic Control* 37 (1992).
    MaxWeight,
    /// What one minute more costs the first, / handling time: van Mieghem, *Annals of Applied Probability* 5 (1995).
    Cmu,
    /// The host's own [`QueueSelection`](crate::QueueSelection) of that name.
    Host(Box<str>),
}

/// What it costs that one contact waits: nothing at first, growing by `per_minute` and, quadratically, by `growth`: having
/// waited m minutes, the next minute costs `per_minute` + `growth` × m. In any unit, the same for all queues.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct WaitCost {
    /// Of each minute; at most [`WaitCost::MOST`].
    pub per_minute: u32,
    /// By how much a minute costs more than the one before; at most [`WaitCost::MOST`].
    pub growth: u32,
}

impl WaitCost {
    /// The most that either may be.
    pub const MOST: u32 = 1_000_000;

    /// What the next minute costs one who has waited so long, in millionths. Where nothing is said of costs (`None`), it costs as much as the
    /// contact has waited in proportion to the time within which it should be answered.
    pub(crate) fn marginal(cost: Option<Self>, waited: Span, within: Span) -> u128 {
        let waited = u128::from(waited.0);
        match cost {
            Some(Self { per_minute, growth }) => u128::from(per_minute) * 1_000_000 + u128::from(growth) * waited / 60,
            None => waited * 1_000_000 / u128::from(within.0.max(1)),
        }
    }
}
