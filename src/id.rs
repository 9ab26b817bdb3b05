//! Identities: numbers the host chooses, and dense numbers a [`Plan`](crate::Plan) gives to its names.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($repr:ty), $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $repr);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id!(
    /// One customer's piece of work. Chosen by the host; free for use again once the contact has ended.
    ContactId(u64), "contact "
);
id!(
    /// A person or a bot who handles contacts. Chosen by the host; the smaller id wins the last tie.
    AgentId(u64), "agent "
);
id!(
    /// A reservation of an agent for a contact. Given by the engine, counted from 1, never used twice.
    OfferId(u64), "offer "
);
id!(
    /// Position of a command in the journal, counted from 1.
    Seq(u64), "seq "
);
id!(
    /// A channel of the plan, dense from 0. At most 64 channels.
    ChannelId(u8), "channel #"
);
id!(
    /// A skill of the plan, dense from 0.
    SkillId(u16), "skill #"
);
id!(
    /// A queue of the plan, dense from 0.
    QueueId(u16), "queue #"
);
id!(
    /// A capacity profile of the plan, dense from 0.
    ProfileId(u16), "capacity profile #"
);
id!(
    /// A group of like agents of the plan, dense from 0.
    GroupId(u16), "agent group #"
);
id!(
    /// A requirement the plan names, dense from 0.
    RequirementId(u32), "requirement #"
);
id!(
    /// The host's own code for why an agent is not ready; 0 is "no reason given".
    ReasonId(u16), "reason "
);

/// The customer behind a contact, the same on every channel. Chosen by the host. Neither `Debug` nor `Display` says which, since
/// what they print ends in logs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerId(pub u64);

impl fmt::Debug for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerId(private)")
    }
}

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the customer")
    }
}

impl ReasonId {
    /// No reason given.
    pub const NONE: Self = Self(0);
    /// The engine made the agent not ready because offers rang out.
    pub const NO_ANSWER: Self = Self(u16::MAX);
}

/// Names a command once and for all, so that one sent twice is applied once.
///
/// Each source (a connection, a node, a thread) counts its own commands upwards from 1. The engine
/// remembers the last 64 numbers of every source; an older one is refused. Sources are never forgotten, up to
/// [`Limits::sources`](crate::Limits::sources) of them: give each connection or node one of its own, and use it again.
///
/// ```
/// # use cordboard::CommandId;
/// let id = CommandId { source: 7, number: 1 };
/// assert_ne!(id, CommandId::ANONYMOUS);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct CommandId {
    /// Who sends; 0 is nobody, and such commands are not remembered.
    pub source: u32,
    /// The source's own count, from 1.
    pub number: u64,
}

impl CommandId {
    /// A command that will never be sent again, so that nothing need be remembered of it.
    pub const ANONYMOUS: Self = Self { source: 0, number: 0 };
}
