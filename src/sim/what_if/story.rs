//! What a recording shows of each contact, in the form in which it can happen again under another policy.

use crate::command::Command;
use crate::id::{AgentId, ChannelId, ContactId, QueueId};
use crate::time::Span;

/// What one contact's customer and agents did. Each length of time is counted from what it depends on, and not from
/// the beginning of the day; `order` is the place in the journal, which decides between things at one instant.
#[derive(Clone, Debug, Default)]
pub(super) struct Story {
    /// By how often the customer had begun to wait before.
    pub(super) waits: Box<[Wait]>,
    /// What the host or a supervisor did while the customer waited.
    pub(super) meanwhile: Box<[Meanwhile]>,
    /// Offers, in order.
    pub(super) rings: Box<[Ring]>,
    /// By how often media had been set up before.
    pub(super) set_ups: Box<[SetUp]>,
    /// What agent and customer did with each other, one after the other.
    pub(super) script: Box<[Step]>,
    /// How long the agent took to finish; `None` where that was not up to the agent.
    pub(super) wrap_up: Option<WrapUp>,
    /// How long it was in hand.
    pub(super) worked: Span,
    /// Where an agent first had it in hand.
    pub(super) answered: Option<Answered>,
}

/// Where an agent first had a contact in hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Answered {
    pub(super) queue: QueueId,
    pub(super) channel: ChannelId,
    /// The first step after that.
    pub(super) step: u32,
}

/// One time that the customer waited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Wait {
    /// So long.
    pub(super) lasted: Span,
    pub(super) end: WaitEnd,
}

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum WaitEnd {
    /// The customer left, by the command at this place.
    Left { order: u64 },
    /// Otherwise: how much longer the customer would have waited is not known.
    Unknown,
    /// Nobody was waiting on the line, or no longer.
    Promised,
}

/// Something that was done to a waiting contact.
#[derive(Clone, Debug)]
pub(super) struct Meanwhile {
    /// The how manieth wait, from 0.
    pub(super) wait: u16,
    /// After so long.
    pub(super) after: Span,
    pub(super) order: u64,
    pub(super) deed: Deed,
}

/// What became of an offer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ring {
    pub(super) agent: AgentId,
    /// It rang so long.
    pub(super) after: Span,
    pub(super) order: u64,
    /// What the agent did; `None`: something else ended it.
    pub(super) reply: Option<Reply>,
}

/// What was done about an offer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Reply {
    Accepts,
    Declines,
    /// The host took it back.
    Revoked,
    LetsRing,
}

/// How setting up media went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SetUp {
    pub(super) after: Span,
    pub(super) order: u64,
    /// Whether it worked; `None`: something else ended it.
    pub(super) works: Option<bool>,
}

/// How long an agent took to finish.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct WrapUp {
    pub(super) after: Span,
    /// Where the agent said so; `None`: something else ended it.
    pub(super) order: Option<u64>,
}

/// What agent or customer do next.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// So long after the step before.
    pub(super) after: Span,
    pub(super) order: u64,
    /// Counting only while the contact is in hand: what an agent does in its own time. Otherwise by the clock on the wall.
    pub(super) in_hand: bool,
    pub(super) deed: Deed,
}

/// A command about a contact, without saying which.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Complete,
    MessageFromAgent,
    MessageFromCustomer,
    Hold,
    Resume,
    Quiet,
    /// Any other.
    Other(Box<Command>),
}

impl Deed {
    pub(super) fn of(command: &Command) -> Self {
        match command {
            Command::Complete { .. } => Self::Complete,
            Command::MessageFromAgent { .. } => Self::MessageFromAgent,
            Command::MessageFromCustomer { .. } => Self::MessageFromCustomer,
            Command::Hold { .. } => Self::Hold,
            Command::Resume { .. } => Self::Resume,
            Command::Quiet { .. } => Self::Quiet,
            other => Self::Other(Box::new(other.clone())),
        }
    }

    /// The command about this contact.
    pub(super) fn about(&self, contact: ContactId) -> Command {
        match self {
            Self::Complete => Command::Complete { contact },
            Self::MessageFromAgent => Command::MessageFromAgent { contact },
            Self::MessageFromCustomer => Command::MessageFromCustomer { contact },
            Self::Hold => Command::Hold { contact },
            Self::Resume => Command::Resume { contact },
            Self::Quiet => Command::Quiet { contact },
            Self::Other(command) => {
                let mut command = (**command).clone();
                if let Some(named) = command.contact_mut() {
                    *named = contact;
                }
                command
            }
        }
    }
}
