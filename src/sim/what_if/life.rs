//! Where a contact is and how long it has been at it, followed by its events: of the recording, and of a run of it.

use crate::event::{HeldBy, What};
use crate::id::{ChannelId, QueueId};
use crate::time::{Span, Timestamp};

/// Where a contact is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum At {
    /// Its customer waits: in line, ringing, kept for an agent or promised for later.
    Line,
    /// An agent has it, and media is being set up.
    SetUp,
    /// An agent has it and may work on it: active, quiet, or put aside by the agent itself.
    Hand,
    /// An agent has it, and works on what arrived over it.
    Aside,
    /// An agent has it, and no room for it to wake.
    Waking,
    /// With nobody, until its customer writes.
    Parked,
    /// The agent finishes.
    WrapUp,
    /// Not there any more.
    Gone,
}

/// The life of one contact so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    pub(super) at: At,
    /// Since when.
    pub(super) since: Timestamp,
    pub(super) queue: QueueId,
    pub(super) channel: ChannelId,
    pub(super) arrived: Timestamp,
    /// How often its customer has begun to wait before this time.
    pub(super) wait: u16,
    /// When its customer last began to wait.
    pub(super) waits_since: Timestamp,
    /// Its customer waits: no agent has worked on it since.
    pub(super) waiting: bool,
    /// Its customer has hung up, to be called back, or was never on the line.
    pub(super) promised: bool,
    /// How often media was set up before this time.
    pub(super) set_up: u16,
    /// An agent has worked on it.
    pub(super) answered: bool,
    /// The wrap-up that it is in has no end of its own.
    pub(super) open_wrap_up: bool,
    /// When the last of its steps was taken.
    pub(super) step: Timestamp,
    /// Time in hand until `counted`: from the last step on, and in all.
    worked: Span,
    worked_in_all: Span,
    counted: Timestamp,
}

impl Life {
    pub(super) fn begin(queue: QueueId, channel: ChannelId, promised: bool, at: Timestamp) -> Self {
        Self {
            at: At::Line,
            since: at,
            queue,
            channel,
            arrived: at,
            wait: 0,
            waits_since: at,
            waiting: true,
            promised,
            set_up: 0,
            answered: false,
            open_wrap_up: false,
            step: at,
            worked: Span::ZERO,
            worked_in_all: Span::ZERO,
            counted: at,
        }
    }

    /// Time in hand since its last step.
    pub(super) fn worked(&self, now: Timestamp) -> Span {
        self.worked + self.in_hand(now)
    }

    /// Time in hand altogether.
    pub(super) fn worked_in_all(&self, now: Timestamp) -> Span {
        self.worked_in_all + self.in_hand(now)
    }

    /// A step is taken: what comes next is counted from here.
    pub(super) fn take_step(&mut self, now: Timestamp) {
        self.count(now);
        (self.step, self.worked) = (now, Span::ZERO);
    }

    /// Whether the customer still waits as it did.
    pub(super) fn waits(&self, wait: u16) -> bool {
        self.waiting && self.wait == wait
    }

    /// Follows what happened to it; whether it is somewhere else now, or there anew.
    pub(super) fn hear(&mut self, what: &What, now: Timestamp) -> bool {
        let to = match *what {
            What::Accepted { connect_by, .. }
            | What::Assigned { connect_by, .. }
            | What::Claimed { connect_by, .. }
            | What::ChannelChanged { agent: Some(_), connect_by, .. } => {
                if connect_by.is_some() {
                    At::SetUp
                } else {
                    At::Hand
                }
            }
            What::Connected { .. }
            | What::Resumed { .. }
            | What::Quieted { .. }
            | What::Woken { .. }
            | What::HandedOver { .. }
            | What::Held { by: HeldBy::Agent, .. } => At::Hand,
            What::AgentWrote { .. } if self.at == At::Waking => At::Hand,
            What::Held { by: HeldBy::Arrival, .. } => At::Aside,
            What::WakeDeferred { .. } => At::Waking,
            What::Parked { .. } => At::Parked,
            What::Returned { .. } | What::Unparked { .. } => At::Line,
            What::Transferred { queue, .. } => {
                self.queue = queue;
                At::Line
            }
            What::Overflowed { queue, .. } => {
                self.queue = queue;
                return false;
            }
            What::ChannelChanged { agent: None, channel, .. } => {
                self.channel = channel;
                self.promised = true;
                return false;
            }
            What::WrapUpStarted { until, .. } => {
                self.open_wrap_up = until.is_none();
                At::WrapUp
            }
            What::Ended { .. } => At::Gone,
            _ => return false,
        };
        if let What::ChannelChanged { channel, .. } = *what {
            self.channel = channel;
        }
        // Returned and transferred at once is one wait.
        if to == At::Line && !(self.at == At::Line && self.waits_since == now) {
            self.wait = self.wait.saturating_add(1);
            self.waits_since = now;
        }
        self.waiting = to == At::Line || (self.waiting && to == At::SetUp);
        if self.at == At::SetUp {
            self.set_up = self.set_up.saturating_add(1);
        }
        self.answered |= to == At::Hand;
        self.count(now);
        (self.at, self.since) = (to, now);
        true
    }

    fn in_hand(&self, now: Timestamp) -> Span {
        if self.at == At::Hand { now.since(self.counted) } else { Span::ZERO }
    }

    fn count(&mut self, now: Timestamp) {
        (self.worked, self.worked_in_all, self.counted) = (self.worked(now), self.worked_in_all(now), now);
    }
}
