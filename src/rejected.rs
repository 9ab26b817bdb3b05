//! Rejections: what the host did wrong. A rejected command has changed nothing.

use crate::id::{
    AgentId, ChannelId, CommandId, ContactId, CustomerId, GroupId, OfferId, QueueId, RequirementId, Seq, SkillId,
};
use crate::obstacle::Obstacle;
use crate::time::Timestamp;

/// Why a command was refused. Nothing has changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejected {
    /// The journal position is not after the last one.
    #[error("{given} is not after {last}, the last command applied")]
    SeqNotAfter {
        /// The position given.
        given: Seq,
        /// The last one applied.
        last: Seq,
    },
    /// The command is older than the 64 latest of its source, so that nobody knows whether it was applied.
    #[error("command {} of source {} is older than the last 64 of that source; number commands upwards", .0.number, .0.source)]
    CommandTooOld(CommandId),
    /// Time went back.
    #[error("the command is of {given}, before {now}, the engine's time; stamp commands in order")]
    TimeWentBack {
        /// The instant given.
        given: Timestamp,
        /// The engine's.
        now: Timestamp,
    },
    /// The end of time, [`Timestamp::MAX`], which as a deadline means never.
    #[error("the command is of {0}, the end of time, which never comes; stamp commands before it")]
    EndOfTime(Timestamp),
    /// A timer is due before this command; send `AdvanceTime` first.
    #[error("a timer is due at {due}; send AdvanceTime before a command of {given}")]
    TimerDue {
        /// When the timer is due.
        due: Timestamp,
        /// The instant given.
        given: Timestamp,
    },
    /// The plan has no such queue, or takes nothing new in it.
    #[error("{0} is not in the plan, or retired from it")]
    UnknownQueue(QueueId),
    /// The plan has no such channel, or takes nothing new on it.
    #[error("{0} is not in the plan, or retired from it")]
    UnknownChannel(ChannelId),
    /// The plan has no such group, or lets nobody sign in to it.
    #[error("{0} is not in the plan, or retired from it")]
    UnknownGroup(GroupId),
    /// The plan has no such skill.
    #[error("{0} is not in the plan")]
    UnknownSkill(SkillId),
    /// The plan names no such requirement.
    #[error("{0} is not in the plan")]
    UnknownRequirement(RequirementId),
    /// A requirement is larger or deeper than the plan's limit.
    #[error("the requirement has {nodes} parts, nested {depth} deep; the plan allows {max_nodes} and {max_depth}")]
    RequirementTooLarge {
        /// Parts it has.
        nodes: usize,
        /// How deep they nest.
        depth: usize,
        /// Most parts allowed.
        max_nodes: usize,
        /// Deepest nesting allowed.
        max_depth: usize,
    },
    /// No such contact; it has ended, or never was.
    #[error("{0} is not known: it has ended, or never arrived")]
    UnknownContact(ContactId),
    /// A contact of that id is still there.
    #[error("{0} is already there; use an id that is free")]
    ContactExists(ContactId),
    /// The age origin lies in the future.
    #[error("{contact} has an age origin of {origin}, after {now}, the engine's time")]
    AgeOriginInFuture {
        /// The contact.
        contact: ContactId,
        /// Its age origin.
        origin: Timestamp,
        /// The engine's time.
        now: Timestamp,
    },
    /// A target of no time at all.
    #[error("{0} is to be answered within no time; give at least 1us")]
    NoTimeToAnswer(ContactId),
    /// The customer has one such contact already, and may have one at a time.
    #[error("{customer} has {contact} already, and may have one at a time on its channel")]
    CustomerHasOne {
        /// The customer.
        customer: CustomerId,
        /// The contact it has.
        contact: ContactId,
    },
    /// More is to be attached to a contact than the plan allows.
    #[error("{bytes} bytes are to be attached to {contact}; limits.context allows {most}")]
    ContextTooLarge {
        /// The contact.
        contact: ContactId,
        /// How many there are.
        bytes: usize,
        /// Most allowed.
        most: u32,
    },
    /// The contact is not in a state that allows this.
    #[error("{contact} is {state}, and cannot be {wanted}")]
    WrongState {
        /// The contact.
        contact: ContactId,
        /// The state it is in.
        state: &'static str,
        /// What was asked for.
        wanted: &'static str,
    },
    /// The agent has no room to go on with a contact put aside, or to join one.
    #[error("{agent} has no room for {contact}")]
    NoRoom {
        /// The agent.
        agent: AgentId,
        /// The contact.
        contact: ContactId,
    },
    /// The agent has the contact, and cannot join it.
    #[error("{agent} has {contact}, and need not join it")]
    HasItAlready {
        /// The agent.
        agent: AgentId,
        /// The contact.
        contact: ContactId,
    },
    /// The agent has not joined the contact; or has it, and nobody has joined.
    #[error("{agent} cannot part from {contact}: the agent has not joined it, or nobody else is there to have it")]
    NotJoined {
        /// The agent.
        agent: AgentId,
        /// The contact.
        contact: ContactId,
    },
    /// The wrap-up is fixed, and cannot be ended early.
    #[error("the wrap-up of {0} is fixed, and cannot be ended early")]
    WrapUpFixed(ContactId),
    /// No such agent is signed in.
    #[error("{0} is not signed in")]
    UnknownAgent(AgentId),
    /// The agent is signed in already.
    #[error("{0} is signed in already")]
    AlreadySignedIn(AgentId),
    /// The end of a shift must be later than now.
    #[error("the shift of {agent} cannot end at {until}, at {now}; sign the agent out")]
    ShiftOver {
        /// The agent.
        agent: AgentId,
        /// When it was to end.
        until: Timestamp,
        /// The engine's time.
        now: Timestamp,
    },
    /// The agent is draining already.
    #[error("{0} is draining already")]
    AlreadyDraining(AgentId),
    /// The agent's capacity profile has nothing of the contact's channel.
    #[error("{agent} has no capacity for {channel}")]
    ChannelNotTaken {
        /// The agent.
        agent: AgentId,
        /// The channel.
        channel: ChannelId,
    },
    /// The agent may not claim the contact.
    #[error("{agent} cannot claim {contact}: {why}")]
    NotClaimable {
        /// The agent.
        agent: AgentId,
        /// The contact.
        contact: ContactId,
        /// What stands between them; the first of several.
        why: Obstacle,
    },
    /// No such offer is open: accepted, ended, or never made.
    #[error("{0} is not open: it was taken, has ended, or was never made")]
    StaleOffer(OfferId),
    /// The plan is not a revision of the present one.
    #[error("the plan is not a revision of the present one; make it with Plan::revise")]
    NotARevision,
    /// A policy the plan names was not given to the router.
    #[error("the plan asks for the host's policy `{0}`, which the router was not given")]
    UnknownPolicy(Box<str>),
    /// A limit of the plan is reached.
    #[error("the plan's limit of {limit} {what} is reached")]
    LimitReached {
        /// What there would be too many of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
}
