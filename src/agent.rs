//! Agents: groups of like agents in the plan, and sets of channels.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{ChannelId, ProfileId, QueueId};
use crate::requirement::Skills;
use crate::time::Span;

/// A group of like agents of the plan. An agent signs in as a member of one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Group {
    /// Its name in the plan.
    pub name: Box<str>,
    /// How many there are, for simulation; a live host signs agents in one by one.
    pub count: u32,
    /// Capacity of each.
    pub capacity: ProfileId,
    /// Skills of each, unless the agent brings its own.
    pub skills: Skills,
    /// Tier per queue, ascending by queue; lower tiers are asked first. Queues not named: tier 1.
    pub tiers: Vec<(QueueId, u16)>,
    /// What is taken first when several queues have work, ascending by queue: 1 before 2.
    /// A queue not named is not served; `None` serves every queue with rank 1.
    pub serves: Option<Vec<Served>>,
    /// No longer in the plan; its agents drain.
    pub retired: bool,
    /// How long each takes to handle a contact of a queue, on average, ascending by queue: for choices by speed, of
    /// [agents](crate::AgentOrder::Fastest) and [between queues](crate::Between). Queues not named: nothing is stated.
    pub handling: Vec<(QueueId, Span)>,
}

/// How a group serves a queue.
///
/// A group on stand-by takes only what has waited for some time: overflow, nights, other offices.
///
/// ```
/// # use cordboard::{Plan, Span};
/// let plan = Plan::builder()
///     .capacity("phone", |phone| phone.takes("voice", 1))
///     .agents("team", "phone", |team| team)
///     .agents("on-call", "phone", |group| group.stands_by_for("service", 1, Span::from_secs(60)))
///     .queue("service", |queue| queue)
///     .build()?;
/// let served = plan.groups()[1].served(plan.find_queue("service").unwrap()).unwrap();
/// assert_eq!((served.rank, served.after), (1, Span::from_secs(60)));
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Served {
    /// Which queue.
    pub queue: QueueId,
    /// What is taken first when several queues have work: 1 before 2.
    pub rank: u16,
    /// Only contacts that have waited so long, since they arrived or were transferred; 0: all.
    pub after: Span,
    /// Contacts are given to an agent only while at least so many others of the group have room for their channel: these
    /// are kept free for what else the group serves. 0: none.
    pub reserve: u16,
    /// Contacts that have waited so long are given all the same; [`Span::MAX`]: never. Counts with a reserve only.
    pub hold: Span,
}

impl Served {
    /// Serving a queue at this rank, from the first moment and with all agents.
    pub fn at(queue: QueueId, rank: u16) -> Self {
        Self { queue, rank, after: Span::ZERO, reserve: 0, hold: Span::ZERO }
    }

    /// After how long a wait nobody is kept free of a contact; `None` where nobody ever is, or always.
    pub(crate) fn kept_until(&self) -> Option<Span> {
        (self.reserve > 0 && self.hold < Span::MAX).then_some(self.hold)
    }
}

impl Group {
    /// The tier of its agents for `queue`; 1 unless stated.
    pub fn tier(&self, queue: QueueId) -> u16 {
        of_queue(&self.tiers, queue).unwrap_or(1)
    }

    /// How long its agents take to handle a contact of `queue`, as far as it is stated.
    pub fn handling(&self, queue: QueueId) -> Option<Span> {
        of_queue(&self.handling, queue)
    }

    /// The rank at which its agents serve `queue`; `None` if they do not.
    pub fn serves(&self, queue: QueueId) -> Option<u16> {
        self.served(queue).map(|served| served.rank)
    }

    /// How its agents serve `queue`; `None` if they do not.
    pub fn served(&self, queue: QueueId) -> Option<Served> {
        let Some(served) = &self.serves else { return Some(Served::at(queue, 1)) };
        served.binary_search_by_key(&queue, |served| served.queue).ok().map(|at| served[at])
    }
}

fn of_queue<T: Copy>(list: &[(QueueId, T)], queue: QueueId) -> Option<T> {
    list.binary_search_by_key(&queue, |&(id, _)| id).ok().map(|at| list[at].1)
}

/// A set of channels.
///
/// ```
/// # use cordboard::{ChannelId, ChannelSet};
/// let text = ChannelSet::ALL.without(ChannelId(0));
/// assert!(text.has(ChannelId(2)) && !text.has(ChannelId(0)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelSet(pub u64);

impl ChannelSet {
    /// No channel.
    pub const NONE: Self = Self(0);
    /// Every channel.
    pub const ALL: Self = Self(u64::MAX);

    /// Only `channel`.
    pub const fn of(channel: ChannelId) -> Self {
        Self(1 << (channel.0 & 63))
    }

    /// Whether `channel` is in the set.
    pub const fn has(self, channel: ChannelId) -> bool {
        self.0 & Self::of(channel).0 != 0
    }

    /// With `channel` added.
    #[must_use]
    pub const fn with(self, channel: ChannelId) -> Self {
        Self(self.0 | Self::of(channel).0)
    }

    /// With `channel` taken away.
    #[must_use]
    pub const fn without(self, channel: ChannelId) -> Self {
        Self(self.0 & !Self::of(channel).0)
    }

    /// The channels, ascending.
    pub fn iter(self) -> impl Iterator<Item = ChannelId> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let channel = u8::try_from(rest.trailing_zeros()).ok().filter(|&bit| bit < 64)?;
            rest &= rest - 1;
            Some(ChannelId(channel))
        })
    }
}

impl fmt::Debug for ChannelSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ALL {
            return f.write_str("every channel");
        }
        f.debug_set().entries(self.iter().map(|channel| channel.0)).finish()
    }
}
