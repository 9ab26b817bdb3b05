//! The edges of a queue: what becomes of contacts that it does not let in, or does not keep.

use serde::{Deserialize, Serialize};

use crate::id::{ChannelId, QueueId};
use crate::time::Span;

/// Where a contact goes that a queue does not let in, or does not keep.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverflowTo {
    /// Nowhere: it waits all the same.
    Wait,
    /// It ends with [`Outcome::TurnedAway`](crate::Outcome::TurnedAway).
    End,
    /// It ends with [`Outcome::Deflected`](crate::Outcome::Deflected): the host has something else for the customer.
    Deflect,
    /// It waits on as a contact of this channel, to be called back, and keeps its place.
    Callback(ChannelId),
    /// Another queue.
    Queue(QueueId),
}

/// Where contacts go after having waited for some time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct AfterWait {
    /// After how long, since the contact arrived or was transferred.
    pub wait: Span,
    /// Where to; not [`OverflowTo::Wait`].
    pub then: OverflowTo,
}

/// What a queue does with contacts at its edges.
///
/// ```
/// use cordboard::{OverflowTo, Plan, Span};
///
/// let plan = Plan::builder()
///     .capacity("phone", |phone| phone.takes("voice", 1).takes("callback", 1))
///     .agents("team", "phone", |team| team.count(5))
///     .queue("service", |queue| {
///         queue
///             .limit(50)
///             .when_full("deflect") // the host says to write an email instead
///             .when_closed("end")
///             .when_unstaffed("queue:overflow")
///             .after_wait(Span::from_mins(2), "callback") // keeps its place
///             .closed_waiting("callback")
///     })
///     .queue("overflow", |queue| queue)
///     .build()?;
/// let overflow = plan.queues()[0].overflow;
/// assert_eq!((overflow.full, overflow.closed), (OverflowTo::Deflect, OverflowTo::End));
/// assert_eq!(overflow.unstaffed, OverflowTo::Queue(plan.find_queue("overflow").unwrap()));
/// assert_eq!(overflow.closed_waiting, OverflowTo::Callback(plan.find_channel("callback").unwrap()));
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Overflow {
    /// An arrival that nobody can take at once, with as many waiting as the queue's limit; not [`OverflowTo::Wait`].
    pub full: OverflowTo,
    /// An arrival in a queue that is closed.
    pub closed: OverflowTo,
    /// An arrival that nobody signed in, and not draining, could ever take in its step.
    pub unstaffed: OverflowTo,
    /// A contact that has waited for so long.
    pub after: Option<AfterWait>,
    /// Contacts that wait when the queue closes.
    pub closed_waiting: OverflowTo,
}

impl Overflow {
    /// What a queue does of which nothing is said.
    pub(crate) const DEFAULT: Self = Self {
        full: OverflowTo::End,
        closed: OverflowTo::End,
        unstaffed: OverflowTo::Wait,
        after: None,
        closed_waiting: OverflowTo::Wait,
    };

    /// Every place it sends contacts to.
    pub(crate) fn places(&self) -> impl Iterator<Item = OverflowTo> {
        [self.full, self.closed, self.unstaffed, self.closed_waiting]
            .into_iter()
            .chain(self.after.map(|after| after.then))
    }
}
