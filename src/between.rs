//! Between queues: which of several an agent serves who may serve them alike.

use serde::{Deserialize, Serialize};

use crate::scheduling::Cost;
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

/// What the next minute costs one who has waited so long, in millionths of a unit. Where nothing is said of costs (`None`), it costs as much as the contact has
/// waited in proportion to the time within which it should be answered.
pub(crate) fn marginal(cost: Option<Cost>, waited: Span, within: Span) -> u128 {
    let waited = u128::from(waited.0);
    match cost {
        Some(cost) => u128::from(cost.hold_per_minute) * 1_000 + u128::from(cost.growth) * waited / 60_000,
        None => waited * 1_000_000 / u128::from(within.0.max(1)),
    }
}
