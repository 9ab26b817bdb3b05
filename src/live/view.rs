//! What a wallboard shows: a picture of the whole, made every so often, that readers share.

use crate::id::{ChannelId, GroupId, QueueId, Seq};
use crate::time::{Span, Timestamp};

/// One channel's contacts in one queue. Counts are since the switchboard was opened; contacts count where they were when it happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct QueueView {
    /// In line now.
    pub waiting: u32,
    /// The longest that one of these has waited, from its age origin.
    pub longest_wait: Span,
    /// Ringing now.
    pub offered: u32,
    /// With an agent now: connecting, active, quiet or on hold. Wrap-up is not service.
    pub in_service: u32,
    /// In wrap-up now.
    pub wrap_up: u32,
    /// Promised for later or parked: there, and with nobody.
    pub elsewhere: u32,
    /// Came.
    pub arrived: u64,
    /// Taken by an agent, for the first time.
    pub answered: u64,
    /// Of these, how many within their own, their queue's or their channel's time; all where there is none.
    pub in_time: u64,
    /// Left before they were answered.
    pub abandoned: u64,
}

impl QueueView {
    /// The share answered in time, of all answered or abandoned; `None` before the first.
    pub fn service_level(&self) -> Option<f64> {
        let of = self.answered + self.abandoned;
        (of > 0).then(|| self.in_time as f64 / of as f64)
    }
}

/// The agents of one group now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct GroupView {
    /// Signed in, draining and lost ones too.
    pub signed_in: u32,
    /// Ready on some channel, and neither draining nor lost.
    pub ready: u32,
    /// With at least one contact, ringing and wrap-up too.
    pub occupied: u32,
    /// Contacts that they have, a contact of two agents twice.
    pub held: u32,
}

/// The whole at one instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// The last command in it. All of them are durable.
    pub seq: Seq,
    /// The engine's time.
    pub at: Timestamp,
    /// Commands that the gateway had not been given then.
    pub backlog: u64,
    /// By queue, and in each by channel.
    pub(super) queues: Vec<QueueView>,
    pub(super) channels: usize,
    pub(super) groups: Vec<GroupView>,
}

impl Default for View {
    /// Of nothing.
    fn default() -> Self {
        Self { seq: Seq(0), at: Timestamp::ZERO, backlog: 0, queues: Vec::new(), channels: 0, groups: Vec::new() }
    }
}

impl View {
    /// One channel in one queue; nothing of what the plan does not have.
    pub fn queue(&self, queue: QueueId, channel: ChannelId) -> QueueView {
        let (queue, channel) = (usize::from(queue.0), usize::from(channel.0));
        let at = (channel < self.channels).then_some(queue * self.channels + channel);
        at.and_then(|at| self.queues.get(at)).copied().unwrap_or_default()
    }

    /// One group of agents.
    pub fn group(&self, group: GroupId) -> GroupView {
        self.groups.get(usize::from(group.0)).copied().unwrap_or_default()
    }

    /// All queues and channels together; the longest wait is the longest of all.
    pub fn total(&self) -> QueueView {
        self.queues.iter().fold(QueueView::default(), |sum, it| QueueView {
            waiting: sum.waiting + it.waiting,
            longest_wait: sum.longest_wait.max(it.longest_wait),
            offered: sum.offered + it.offered,
            in_service: sum.in_service + it.in_service,
            wrap_up: sum.wrap_up + it.wrap_up,
            elsewhere: sum.elsewhere + it.elsewhere,
            arrived: sum.arrived + it.arrived,
            answered: sum.answered + it.answered,
            in_time: sum.in_time + it.in_time,
            abandoned: sum.abandoned + it.abandoned,
        })
    }
}
