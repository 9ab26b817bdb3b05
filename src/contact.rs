//! Contacts: what the host says of a new one, and how it may end.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, ChannelId, CustomerId, QueueId, RequirementId};
use crate::queue::WrapUp;
use crate::requirement::Requirement;
use crate::time::{Span, Timestamp};

/// What a contact itself requires of an agent, beside its queue's steps.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// Nothing.
    #[default]
    Nothing,
    /// A requirement that the plan names. The cheapest form.
    Named(RequirementId),
    /// A requirement of its own.
    Own(Box<Requirement>),
}

/// An agent to be asked first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Preferred {
    /// Who. Neither skills nor queues served are asked of a preferred agent; capacity and presence are.
    pub agent: AgentId,
    /// How long to wait for that agent alone; then anybody. 0 asks once. [`Span::MAX`] waits for ever.
    pub wait: Span,
}

/// A contact as the host presents it.
///
/// ```
/// # use cordboard::{ChannelId, NewContact, QueueId};
/// let call = NewContact { priority: 3, ..NewContact::new(QueueId(0), ChannelId(0)) };
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NewContact {
    /// The queue it waits in.
    pub queue: QueueId,
    /// The kind of contact it is.
    pub channel: ChannelId,
    /// What it requires.
    pub needs: Needs,
    /// Higher first where the queue's order uses it.
    pub priority: i16,
    /// What its waiting is counted from; `None` is now. Never in the future.
    pub age_origin: Option<Timestamp>,
    /// Time within which it should be answered; `None` is the queue's target, or else the channel's.
    pub answer_within: Option<Span>,
    /// Longest wait from now; `None` is the queue's.
    pub max_wait: Option<Span>,
    /// After-contact work; `None` is the queue's, or else the channel's.
    pub wrap_up: Option<WrapUp>,
    /// An agent to be asked first.
    pub preferred: Option<Preferred>,
    /// The customer, where known: who had it last may be asked first ([`Affinity`](crate::Affinity)), a second callback
    /// refused, a repeat contact told.
    pub customer: Option<CustomerId>,
    /// Promised for then: it waits elsewhere until then, or until its queue's `lead` before, and is given to nobody earlier.
    /// In the past it means nothing. Its age begins when it stands in line, unless `age_origin` says otherwise, and a
    /// preferred agent is waited for from then.
    ///
    /// ```
    /// use cordboard::*;
    /// let plan = Plan::builder()
    ///     .capacity("phone", |c| c.takes("callback", 1))
    ///     .agents("team", "phone", |a| a)
    ///     .queue("service", |q| q.lead(Span::from_mins(2)))
    ///     .build()?;
    /// let (mut router, mut events, mut seq) = (Router::new(plan)?, Vec::new(), 0);
    /// let mut send = |at: u64, command| {
    ///     seq += 1;
    ///     let at = Timestamp::from_secs(at);
    ///     router.apply(&Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at, command }, &mut events)
    /// };
    /// let at_ten = Some(Timestamp::from_secs(600));
    /// let new = NewContact { not_before: at_ten, ..NewContact::new(QueueId(0), ChannelId(0)) };
    /// let (ann, call) = (AgentId(1), ContactId(1));
    /// send(0, Command::SignIn { agent: ann, group: GroupId(0), skills: None, ready: ChannelSet::ALL })?;
    /// send(0, Command::Enqueue { contact: call, new })?;
    /// // Two minutes before, Ann is kept free for it; on the minute, it is hers.
    /// send(500, Command::AdvanceTime)?;
    /// send(600, Command::AdvanceTime)?;
    /// let told: Vec<What> = events.into_iter().skip(2).map(|event| event.what).collect();
    /// assert_eq!(told, [
    ///     What::Scheduled { contact: call, until: Timestamp::from_secs(480) },
    ///     What::Due { contact: call },
    ///     What::Queued { contact: call, queue: QueueId(0), waiting: 1, only: None },
    ///     What::Reserved { contact: call, agent: ann, until: Timestamp::from_secs(600) },
    ///     What::Assigned { contact: call, agent: ann, connect_by: None, forced: false },
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub not_before: Option<Timestamp>,
}

impl NewContact {
    /// A contact with nothing special about it.
    pub const fn new(queue: QueueId, channel: ChannelId) -> Self {
        Self {
            queue,
            channel,
            needs: Needs::Nothing,
            priority: 0,
            age_origin: None,
            answer_within: None,
            max_wait: None,
            wrap_up: None,
            preferred: None,
            customer: None,
            not_before: None,
        }
    }
}

/// Who is to write next in a conversation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// The agent: it was just given the contact, or the customer has written.
    #[default]
    Agent,
    /// The customer: an agent has written, or has said that there is nothing to do but wait.
    Customer,
}

/// How a contact ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Handled, wrap-up included.
    Completed,
    /// The customer left before an agent was connected.
    Abandoned,
    /// The host took it back.
    Cancelled,
    /// Its queue was full or closed, and had no other place for it.
    TurnedAway,
    /// Its queue would not let it in, or keep it, and the host has something else for the customer.
    Deflected,
    /// It waited as long as it may.
    MaxWait,
    /// It was offered as often as it may be, and nobody took it.
    Unanswered,
    /// It made way for another contact.
    Displaced,
    /// Its customer was silent for as long as the channel allows.
    Closed,
    /// An agent took its customer on another channel.
    Superseded,
}
