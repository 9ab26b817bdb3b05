//! Events: everything that happens. Folding them, with their commands, rebuilds the engine's state.

mod about;

use serde::{Deserialize, Serialize};

use crate::agent::ChannelSet;
use crate::command::Role;
use crate::contact::Outcome;
use crate::id::{AgentId, ChannelId, ContactId, GroupId, OfferId, QueueId, ReasonId};
use crate::time::{Span, Timestamp};

/// Something that happened, and when.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Event {
    /// The instant: that of the command, or of the timer that fired.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
}

/// How an offer ended without being accepted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfferEnd {
    /// The agent declined it.
    Declined,
    /// It rang out.
    Expired,
    /// The host took it back, or the agent was signed out.
    Revoked,
    /// The contact went: abandoned, cancelled or transferred.
    Left,
    /// Another agent with whom it rang at the same time took it.
    Taken,
}

/// Who put a contact on hold, or took it off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldBy {
    /// The agent, by command.
    Agent,
    /// The engine, because of what arrived over it.
    Arrival,
}

/// Why a contact is back with its queue after having been in an agent's hands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Return {
    /// The host asked.
    Requeued,
    /// Transferred.
    Transferred,
    /// Media could not be set up in time.
    ConnectFailed,
    /// Its agent was signed out.
    SignedOut,
    /// It had work again, and its agent had no room in time.
    NotWoken,
    /// It goes on over another channel, of which its agent could not take it.
    ChannelChanged,
}

/// The edge of a queue at which a contact went elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edge {
    /// The queue is closed.
    Closed,
    /// Nobody signed in could ever take it there.
    Unstaffed,
    /// As many wait as may.
    Full,
    /// It has waited as long as it should there.
    Waited,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The plan was replaced.
    Configured,

    /// An agent signed in, or stays after all.
    AgentSignedIn {
        /// Who.
        agent: AgentId,
        /// As what.
        group: GroupId,
    },
    /// An agent takes nothing new and leaves when its last contact has ended.
    AgentDraining {
        /// Who.
        agent: AgentId,
    },
    /// An agent is gone.
    AgentSignedOut {
        /// Who.
        agent: AgentId,
    },
    /// An agent is ready, or not ready, on these channels.
    PresenceChanged {
        /// Who.
        agent: AgentId,
        /// On which channels.
        channels: ChannelSet,
        /// Ready or not.
        ready: bool,
        /// Why not.
        reason: ReasonId,
        /// When it becomes ready again by itself.
        until: Option<Timestamp>,
    },
    /// Nothing is heard of an agent any more, or its link is gone. It is given nothing; what it holds stays with it.
    AgentLost {
        /// Who.
        agent: AgentId,
        /// When it is signed out, unless something is heard of it.
        until: Timestamp,
    },
    /// A lost agent is there again.
    AgentBack {
        /// Who.
        agent: AgentId,
    },
    /// An agent's shift ends at some other time, or nobody knows when.
    ShiftSet {
        /// Who.
        agent: AgentId,
        /// Until when.
        until: Option<Timestamp>,
    },
    /// An agent has other skills.
    SkillsChanged {
        /// Who.
        agent: AgentId,
    },

    /// An agent who was given as many contacts of a channel as its ramp allows may be given one again.
    RampPassed {
        /// Who.
        agent: AgentId,
        /// On which channel.
        channel: ChannelId,
    },

    /// An agent may be busy with more contacts of a channel at once, or with fewer, by how fast it replied.
    LimitChanged {
        /// Who.
        agent: AgentId,
        /// Of which channel.
        channel: ChannelId,
        /// With how many now.
        limit: u16,
    },

    /// A contact arrived.
    Arrived {
        /// Which.
        contact: ContactId,
        /// In which queue.
        queue: QueueId,
        /// One of the same customer was completed not long ago.
        repeat: bool,
    },
    /// A queue is open: arrivals are let in.
    QueueOpened {
        /// Which.
        queue: QueueId,
    },
    /// A queue is closed: arrivals go where its overflow says. Who waits is served.
    QueueClosed {
        /// Which.
        queue: QueueId,
    },
    /// A contact goes to another queue, as its queue's overflow says.
    Overflowed {
        /// Which.
        contact: ContactId,
        /// The queue it goes to.
        queue: QueueId,
        /// At which edge of the queue it was in.
        why: Edge,
    },
    /// A contact is promised for later, and stands in no line until then.
    Scheduled {
        /// Which.
        contact: ContactId,
        /// When it stands in line.
        until: Timestamp,
    },
    /// A contact that was promised for later stands in line from now on.
    Due {
        /// Which.
        contact: ContactId,
    },
    /// An agent's capacity is kept free for a contact that is promised for later; nothing rings.
    Reserved {
        /// Which contact.
        contact: ContactId,
        /// Whose.
        agent: AgentId,
        /// When it is given to the agent.
        until: Timestamp,
    },
    /// The capacity is free again, and the contact was not given: one of the two has gone, or it goes elsewhere.
    ReservationEnded {
        /// Which contact.
        contact: ContactId,
        /// Whose.
        agent: AgentId,
    },
    /// A contact stands in line.
    Queued {
        /// Which.
        contact: ContactId,
        /// In which queue.
        queue: QueueId,
        /// How many stand in that queue now, this one included.
        waiting: u32,
        /// The only agent it waits for, if so.
        only: Option<AgentId>,
    },
    /// A contact waits for its preferred agent alone no longer.
    PreferenceEnded {
        /// Which.
        contact: ContactId,
    },
    /// A contact's requirement was relaxed.
    Relaxed {
        /// Which.
        contact: ContactId,
        /// The step it is in, from 0.
        step: u16,
    },
    /// A contact has waited so long that groups on stand-by may take it.
    Widened {
        /// Which.
        contact: ContactId,
        /// How long: groups that serve its queue after this long, or sooner, may take it.
        after: Span,
    },
    /// A waiting contact has another priority.
    PriorityChanged {
        /// Which.
        contact: ContactId,
        /// Its priority.
        priority: i16,
    },
    /// A waiting contact has another requirement.
    NeedsChanged {
        /// Which.
        contact: ContactId,
    },
    /// A contact goes on over another channel, as the same contact. See [`Command::ChangeChannel`](crate::Command::ChangeChannel).
    ChannelChanged {
        /// Which.
        contact: ContactId,
        /// Its channel from now on.
        channel: ChannelId,
        /// Who has it and goes on with it; `None` while nobody has it.
        agent: Option<AgentId>,
        /// With an agent: when media must be set up; `None` where the contact is now active.
        connect_by: Option<Timestamp>,
    },
    /// Something else is attached to a contact, or nothing any more.
    ContextSet {
        /// Which.
        contact: ContactId,
    },
    /// A contact goes elsewhere.
    Transferred {
        /// Which.
        contact: ContactId,
        /// The queue it goes to.
        queue: QueueId,
    },

    /// A contact is presented to an agent; its capacity is taken.
    Offered {
        /// The reservation.
        offer: OfferId,
        /// Which contact.
        contact: ContactId,
        /// To whom.
        agent: AgentId,
        /// When it rings out, if ever.
        expires: Option<Timestamp>,
        /// By a supervisor, whatever the agent's skills, presence and capacity.
        forced: bool,
    },
    /// An offer was not taken.
    OfferEnded {
        /// The reservation.
        offer: OfferId,
        /// Which contact.
        contact: ContactId,
        /// To whom.
        agent: AgentId,
        /// How it ended.
        end: OfferEnd,
    },
    /// An offer was taken.
    Accepted {
        /// The reservation.
        offer: OfferId,
        /// Which contact.
        contact: ContactId,
        /// By whom.
        agent: AgentId,
        /// When media must be set up; `None` where the contact is now active.
        connect_by: Option<Timestamp>,
    },
    /// A contact was given to an agent without an offer stage.
    Assigned {
        /// Which contact.
        contact: ContactId,
        /// To whom.
        agent: AgentId,
        /// When media must be set up; `None` where the contact is now active.
        connect_by: Option<Timestamp>,
        /// By a supervisor, whatever the agent's skills, presence and capacity.
        forced: bool,
    },
    /// An agent took a waiting contact of its own accord.
    Claimed {
        /// Which contact.
        contact: ContactId,
        /// By whom.
        agent: AgentId,
        /// When media must be set up; `None` where the contact is now active.
        connect_by: Option<Timestamp>,
    },
    /// Media is set up; the contact is active.
    Connected {
        /// Which contact.
        contact: ContactId,
        /// With whom.
        agent: AgentId,
    },
    /// A contact was put aside.
    Held {
        /// Which contact.
        contact: ContactId,
        /// By or at whom.
        agent: AgentId,
        /// Who did it.
        by: HeldBy,
    },
    /// A contact put aside goes on.
    Resumed {
        /// Which contact.
        contact: ContactId,
        /// With whom.
        agent: AgentId,
        /// Who did it.
        by: HeldBy,
    },
    /// The customer has written; it is the agent's turn.
    CustomerWrote {
        /// Which contact.
        contact: ContactId,
    },
    /// The agent has written; it is the customer's turn.
    AgentWrote {
        /// Which contact.
        contact: ContactId,
        /// Who.
        agent: AgentId,
    },
    /// A contact waits on its customer.
    Quieted {
        /// Which contact.
        contact: ContactId,
        /// With whom.
        agent: AgentId,
    },
    /// A contact waits on its customer, held by nobody.
    Parked {
        /// Which contact.
        contact: ContactId,
        /// Whom it left, who is remembered as its owner.
        agent: AgentId,
    },
    /// A parked contact has work again, and waits for an agent, its owner first.
    Unparked {
        /// Which contact.
        contact: ContactId,
    },
    /// A quiet contact has work again, for which its agent has no room yet.
    WakeDeferred {
        /// Which contact.
        contact: ContactId,
        /// With whom.
        agent: AgentId,
        /// When it goes back to its queue instead, if ever.
        until: Option<Timestamp>,
    },
    /// A quiet contact has work again.
    Woken {
        /// Which contact.
        contact: ContactId,
        /// With whom.
        agent: AgentId,
        /// It did not fit, and was given all the same.
        forced: bool,
    },
    /// An agent joined a contact that another has, or has another role there.
    Joined {
        /// Which contact.
        contact: ContactId,
        /// Who joined.
        agent: AgentId,
        /// What for.
        role: Role,
    },
    /// An agent who had joined a contact left it.
    Parted {
        /// Which contact.
        contact: ContactId,
        /// Who left.
        agent: AgentId,
    },
    /// The agent who had a contact left it to one who had joined.
    HandedOver {
        /// Which contact.
        contact: ContactId,
        /// Who left.
        from: AgentId,
        /// Who has it now, active.
        to: AgentId,
    },
    /// The conversation is over; the agent finishes the work.
    WrapUpStarted {
        /// Which contact.
        contact: ContactId,
        /// Who.
        agent: AgentId,
        /// When it ends by itself.
        until: Option<Timestamp>,
    },
    /// A contact left its agent and goes back to its queue.
    Returned {
        /// Which contact.
        contact: ContactId,
        /// Whom it left.
        agent: AgentId,
        /// Why.
        why: Return,
    },
    /// A contact is gone.
    Ended {
        /// Which.
        contact: ContactId,
        /// How.
        outcome: Outcome,
        /// Who had it last, if anybody had it then.
        agent: Option<AgentId>,
    },
    /// A contact was held back by the scheduler for as long as it may: whoever has room takes it.
    HoldEnded {
        /// Which.
        contact: ContactId,
    },
    /// The rates observed of the agents of a group, and of the groups like it, differ from those that the scheduler planned on: it
    /// plans anew.
    Planned {
        /// The first of these groups.
        group: GroupId,
    },
}
