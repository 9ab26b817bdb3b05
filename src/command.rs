//! Commands: everything a host can tell the engine.

mod about;

use serde::{Deserialize, Serialize};

use crate::agent::ChannelSet;
use crate::contact::{Needs, NewContact};
use crate::id::{AgentId, ChannelId, CommandId, ContactId, GroupId, OfferId, QueueId, ReasonId, Seq};
use crate::plan::Plan;
use crate::private::Private;
use crate::requirement::Skills;
use crate::time::{Span, Timestamp};

/// A command with its place in the journal and its instant: all that the engine ever sees of the world.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stamped {
    /// Place in the journal; each command's is greater than the one before.
    pub seq: Seq,
    /// Who sent it, so that one sent twice is applied once.
    pub id: CommandId,
    /// When. Never before the command before it.
    pub at: Timestamp,
    /// What.
    pub command: Command,
}

/// Where a transfer goes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferTo {
    /// Another queue (or the same one again), keeping the contact's own requirement.
    Queue(QueueId),
    /// One agent, waited for alone and for so long (at most), then anybody. [`Span::MAX`] waits for ever.
    Agent(AgentId, Span),
    /// Its present queue with another requirement.
    Needs(Needs),
}

/// What for an agent joins a contact that another has.
///
/// A warm transfer: Ben advises Ann, then she leaves the call to him.
///
/// ```
/// use cordboard::{AgentId, Command, ContactId, NewContact, Role, What};
/// # use cordboard::{ChannelSet, CommandId, Event, Plan, Router, Seq, Stamped, Timestamp};
/// # let plan = Plan::builder().capacity("phone", |p| p.takes("voice", 1)).agents("team", "phone", |g| g).queue("q", |q| q).build()?;
/// # let (voice, team, queue) = (plan.find_channel("voice").unwrap(), plan.find_group("team").unwrap(), plan.find_queue("q").unwrap());
/// # let mut router = Router::new(plan)?;
/// # let mut seq = 0;
/// # let mut send = |command: Command| {
/// #     let mut events: Vec<Event> = Vec::new();
/// #     seq += 1;
/// #     router.apply(&Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at: Timestamp::from_secs(seq), command }, &mut events)?;
/// #     Ok::<_, cordboard::Rejected>(events.into_iter().map(|event| event.what).collect::<Vec<_>>())
/// # };
/// # let sign_in = |agent| Command::SignIn { agent, group: team, skills: None, ready: ChannelSet::ALL };
/// let (call, ann, ben) = (ContactId(1), AgentId(1), AgentId(2));
/// # send(sign_in(ann))?;
/// send(Command::Enqueue { contact: call, new: NewContact::new(queue, voice) })?; // Ann has it
/// # send(sign_in(ben))?;
/// let joined = send(Command::Join { contact: call, agent: ben, role: Role::Consult })?;
/// assert_eq!(joined, [What::Joined { contact: call, agent: ben, role: Role::Consult }]);
/// let left = send(Command::Part { contact: call, agent: ann })?;
/// assert_eq!(left, [What::HandedOver { contact: call, from: ann, to: ben }]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// To advise the agent who has it.
    Consult,
    /// To talk along with the customer.
    Conference,
}

/// How an agent leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leave {
    /// Nothing new; gone when the last contact has ended.
    Drain,
    /// At once: offers end, contacts in hand go back to their queues with their age, wrap-up ends.
    Requeue,
}

/// What the host tells the engine.
///
/// A call is handled, put on hold, and sent to another agent; a chat turns quiet and wakes; the first agent leaves:
///
/// ```
/// use cordboard::{AgentId, Command, ContactId, HeldBy, Leave, NewContact, Preferred, Return, Span, TransferTo, What};
/// # use cordboard::{ChannelSet, CommandId, Event, Plan, Router, Seq, Stamped, Timestamp};
/// # let plan = Plan::builder()
/// #     .capacity("desk", |p| p.takes("voice", 1).takes_with("chat", 3, |chat| chat.load(cordboard::Load::ZERO)))
/// #     .agents("team", "desk", |g| g).queue("q", |q| q).build()?;
/// # let (voice, chat) = (plan.find_channel("voice").unwrap(), plan.find_channel("chat").unwrap());
/// # let (team, queue) = (plan.find_group("team").unwrap(), plan.find_queue("q").unwrap());
/// # let mut router = Router::new(plan)?;
/// # let mut seq = 0;
/// # let mut send = |command: Command| {
/// #     let mut events: Vec<Event> = Vec::new();
/// #     seq += 1;
/// #     router.apply(&Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at: Timestamp::from_secs(seq), command }, &mut events)?;
/// #     Ok::<_, cordboard::Rejected>(events.into_iter().map(|event| event.what).collect::<Vec<_>>())
/// # };
/// let (call, text, ann, ben) = (ContactId(1), ContactId(2), AgentId(1), AgentId(2));
/// for agent in [ann, ben] {
///     send(Command::SignIn { agent, group: team, skills: None, ready: ChannelSet::ALL })?;
/// }
/// // The customer knows Ann; anybody else will do after ten seconds.
/// let preferred = Some(Preferred { agent: ann, wait: Span::from_secs(10) });
/// send(Command::Enqueue { contact: call, new: NewContact { preferred, ..NewContact::new(queue, voice) } })?;
/// let held = send(Command::Hold { contact: call })?;
/// assert!(matches!(held[0], What::Held { by: HeldBy::Agent, .. }));
/// let sent = send(Command::Transfer { contact: call, to: TransferTo::Agent(ben, Span::MAX), reset_age: false })?;
/// assert!(matches!(sent[0], What::Returned { agent, why: Return::Transferred, .. } if agent == ann));
/// assert!(matches!(sent[..], [.., What::Assigned { agent, .. }] if agent == ben));
///
/// let new = NewContact { preferred, ..NewContact::new(queue, chat) };
/// send(Command::Enqueue { contact: text, new })?;
/// send(Command::MessageFromAgent { contact: text })?;
/// send(Command::Quiet { contact: text })?;
/// let woken = send(Command::MessageFromCustomer { contact: text })?;
/// assert!(matches!(woken[..], [What::CustomerWrote { .. }, What::Woken { agent, .. }] if agent == ann));
/// // Parked it is with nobody; when it wakes, it waits for Ann first.
/// send(Command::Park { contact: text })?;
/// let woken = send(Command::Wake { contact: text })?;
/// assert!(matches!(woken[..], [What::Unparked { .. }, What::Queued { only, .. }, What::Assigned { .. }] if only == Some(ann)));
/// // At once: what she has goes back to its queue, with its age, and here to Ben.
/// let left = send(Command::SignOut { agent: ann, leave: Leave::Requeue })?;
/// assert!(left.iter().any(|what| matches!(what, What::Assigned { agent, contact, .. } if (*agent, *contact) == (ben, text))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Time has passed: fires every timer due by now, in order. Early or repeated is harmless.
    AdvanceTime,
    /// Goes on under another plan, made by [`Plan::revise`] from the present one.
    Configure {
        /// The plan.
        plan: Box<Plan>,
    },

    /// An agent signs in as a member of a group; one who is draining stays after all.
    SignIn {
        /// Who.
        agent: AgentId,
        /// As what.
        group: GroupId,
        /// Skills of its own instead of the group's.
        skills: Option<Skills>,
        /// Channels it is ready on.
        ready: ChannelSet,
    },
    /// An agent leaves.
    SignOut {
        /// Who.
        agent: AgentId,
        /// How.
        leave: Leave,
    },
    /// An agent becomes ready or not ready on some channels. Never ends an offer or a contact.
    SetPresence {
        /// Who.
        agent: AgentId,
        /// On which channels.
        channels: ChannelSet,
        /// Ready or not.
        ready: bool,
        /// The host's code for why not.
        reason: ReasonId,
    },
    /// A sign of life from an agent, and nothing else: renews its lease ([`Leases`](crate::Leases)).
    Heartbeat {
        /// Who.
        agent: AgentId,
    },
    /// The link to an agent is gone: it is lost, and signed out unless it comes back within the plan's grace.
    LinkLost {
        /// Who.
        agent: AgentId,
    },
    /// When an agent's shift ends: it then drains.
    SetShift {
        /// Who.
        agent: AgentId,
        /// Until when, later than now; `None`: nobody knows.
        until: Option<Timestamp>,
    },
    /// Gives an agent other skills.
    SetSkills {
        /// Who.
        agent: AgentId,
        /// All of its skills from now on.
        skills: Skills,
    },

    /// Opens or closes a queue: by the hour, for a holiday, in an emergency. Open at first; so already: nothing happens.
    ///
    /// ```
    /// # use cordboard::{ChannelId, Command, CommandId, ContactId, Event, NewContact, Outcome, Plan, QueueId, Router, Seq};
    /// # use cordboard::{Stamped, Timestamp, What};
    /// let plan = Plan::builder().channel("voice", |c| c).queue("sales", |q| q.when_closed("deflect")).build()?;
    /// let (sales, mut router, mut events) = (QueueId(0), Router::new(plan)?, Vec::new());
    /// for (seq, command) in [
    ///     Command::SetQueueOpen { queue: sales, open: false },
    ///     Command::Enqueue { contact: ContactId(1), new: NewContact::new(sales, ChannelId(0)) },
    /// ].into_iter().enumerate() {
    ///     let seq = Seq(seq as u64 + 1);
    ///     router.apply(&Stamped { seq, id: CommandId::ANONYMOUS, at: Timestamp(9), command }, &mut events)?;
    /// }
    /// assert_eq!(router.is_open(sales), Some(false));
    /// assert!(matches!(events[..], [.., Event { what: What::Ended { outcome: Outcome::Deflected, .. }, .. }]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    SetQueueOpen {
        /// Which queue.
        queue: QueueId,
        /// Open, or closed.
        open: bool,
    },
    /// A contact arrives.
    Enqueue {
        /// Its id, not in use.
        contact: ContactId,
        /// What it is.
        new: NewContact,
    },
    /// The customer has left before an agent was connected.
    Abandon {
        /// Which contact: waiting, offered or connecting.
        contact: ContactId,
    },
    /// The host takes a contact back, whatever its state.
    Cancel {
        /// Which contact.
        contact: ContactId,
    },
    /// Changes the priority of a waiting contact.
    SetPriority {
        /// Which contact.
        contact: ContactId,
        /// Its priority from now on.
        priority: i16,
    },
    /// Changes what a waiting contact itself requires.
    SetNeeds {
        /// Which contact.
        contact: ContactId,
        /// What it requires from now on.
        needs: Needs,
    },
    /// The contact goes on over another channel, as the same contact: a caller who waits becomes a callback and keeps the
    /// place, a chat becomes a call with the agent who has it. On that channel already: nothing happens.
    ///
    /// ```
    /// use cordboard::{AgentId, ChannelSet, Command, ContactId, NewContact, Return, What};
    /// # use cordboard::{CommandId, Event, Plan, Router, Seq, Stamped, Timestamp};
    /// # let plan = Plan::builder()
    /// #     .capacity("blended", |p| p.takes("voice", 1).takes("chat", 2))
    /// #     .agents("team", "blended", |g| g).queue("q", |q| q).build()?;
    /// # let (voice, chat) = (plan.find_channel("voice").unwrap(), plan.find_channel("chat").unwrap());
    /// # let (team, queue) = (plan.find_group("team").unwrap(), plan.find_queue("q").unwrap());
    /// # let mut router = Router::new(plan)?;
    /// # let mut seq = 0;
    /// # let mut send = |command: Command| {
    /// #     let mut events: Vec<Event> = Vec::new();
    /// #     seq += 1;
    /// #     router.apply(&Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at: Timestamp::from_secs(seq), command }, &mut events)?;
    /// #     Ok::<_, cordboard::Rejected>(events.into_iter().map(|event| event.what).collect::<Vec<_>>())
    /// # };
    /// let (ann, one, other) = (AgentId(1), ContactId(1), ContactId(2));
    /// send(Command::SignIn { agent: ann, group: team, skills: None, ready: ChannelSet::ALL })?;
    /// send(Command::Enqueue { contact: one, new: NewContact::new(queue, chat) })?;
    /// // A call fills her: alone, the chat may become one, and stays hers.
    /// let called = send(Command::ChangeChannel { contact: one, channel: voice })?;
    /// assert_eq!(called, [What::ChannelChanged { contact: one, channel: voice, agent: Some(ann), connect_by: None }]);
    /// send(Command::ChangeChannel { contact: one, channel: chat })?;
    /// send(Command::Enqueue { contact: other, new: NewContact::new(queue, chat) })?;
    /// // Beside another chat it does not fit, and waits for whoever can take the call.
    /// let called = send(Command::ChangeChannel { contact: one, channel: voice })?;
    /// assert!(matches!(called[..], [What::Returned { why: Return::ChannelChanged, .. }, .., What::Queued { .. }]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ChangeChannel {
        /// Which contact: waiting, active, quiet or held.
        contact: ContactId,
        /// The channel it goes on over.
        channel: ChannelId,
    },
    /// Attaches bytes to a contact that go with it wherever it goes, in place of those attached before; see
    /// [`Router::context`](crate::Router::context). The engine does not look at them.
    SetContext {
        /// Which contact, in any state.
        contact: ContactId,
        /// What a bot asked, say, or where the caller came from; no more than `limits.context` bytes. Empty: nothing any more.
        context: Private<Box<[u8]>>,
    },
    /// A supervisor gives a waiting contact to an agent, whatever its skills, presence and capacity; recorded as forced.
    Assign {
        /// Which contact.
        contact: ContactId,
        /// To whom.
        agent: AgentId,
    },

    /// The agent takes a waiting contact of its own accord, where the queue lets agents claim.
    Claim {
        /// Which contact.
        contact: ContactId,
        /// Who.
        agent: AgentId,
    },

    /// The agent takes the offer.
    Accept {
        /// Which offer.
        offer: OfferId,
    },
    /// The agent does not take the offer.
    Decline {
        /// Which offer.
        offer: OfferId,
    },
    /// The host takes the offer back; the contact waits again, and the agent is not offered it again for a while.
    Revoke {
        /// Which offer.
        offer: OfferId,
    },
    /// Media is set up.
    Connected {
        /// Which contact.
        contact: ContactId,
    },
    /// Media could not be set up; treated as an offer not answered.
    ConnectFailed {
        /// Which contact.
        contact: ContactId,
    },
    /// The agent puts a contact aside.
    Hold {
        /// Which contact.
        contact: ContactId,
    },
    /// The agent goes on with a contact put aside.
    Resume {
        /// Which contact.
        contact: ContactId,
    },
    /// The customer has written. A quiet contact wakes.
    MessageFromCustomer {
        /// Which contact: anywhere but in wrap-up.
        contact: ContactId,
    },
    /// The agent has written: the customer's silence is counted from now.
    MessageFromAgent {
        /// Which contact: connecting, active, quiet or on hold.
        contact: ContactId,
    },
    /// The contact waits on its customer, held by nobody; its agent is remembered, and asked first when it wakes.
    Park {
        /// Which contact: active, quiet or on hold.
        contact: ContactId,
    },
    /// The contact waits on its customer and weighs less.
    Quiet {
        /// Which contact.
        contact: ContactId,
    },
    /// A quiet or parked contact has work again, without its customer having written. Its agent has it again, by the channel's rules for waking.
    Wake {
        /// Which contact: quiet or parked.
        contact: ContactId,
    },
    /// A second agent joins a contact that another has, or has another role from now on. Takes capacity.
    Join {
        /// Which contact.
        contact: ContactId,
        /// Who joins.
        agent: AgentId,
        /// What for.
        role: Role,
    },
    /// One who has joined leaves the contact; or the agent who has it leaves it to whoever joined first.
    Part {
        /// Which contact.
        contact: ContactId,
        /// Who leaves.
        agent: AgentId,
    },
    /// The conversation is over; wrap-up begins where there is any.
    Complete {
        /// Which contact.
        contact: ContactId,
    },
    /// The agent has finished the wrap-up, where it may be ended early.
    EndWrapUp {
        /// Which contact.
        contact: ContactId,
    },
    /// Takes a contact from its agent back to its queue, with its age.
    Requeue {
        /// Which contact.
        contact: ContactId,
    },
    /// Sends a waiting or handled contact elsewhere.
    Transfer {
        /// Which contact.
        contact: ContactId,
        /// Where to.
        to: TransferTo,
        /// Counts its waiting anew instead of keeping its age origin.
        reset_age: bool,
    },
}
