//! Plans: everything the engine is told in advance, checked as a whole.

mod builder;
mod check;
pub(crate) mod document;
pub(crate) mod draft;
#[cfg(feature = "toml")]
mod from_toml;
mod names;
mod problem;
mod quantity;
pub(crate) mod reading;
mod requirements;
pub(crate) mod words;

pub use builder::*;
pub use document::PlanDocument;

pub use problem::{Problem, Problems};

use serde::{Deserialize, Serialize};

use crate::agent::Group;
use crate::between::Between;
use crate::capacity::Profile;
use crate::channel::Channel;
use crate::customer::Customers;
use crate::id::{ChannelId, GroupId, ProfileId, QueueId, RequirementId, SkillId};
use crate::lease::Leases;
use crate::queue::{Queue, Target, WrapUp};
use crate::requirement::Requirement;
use crate::scheduling::{Cost, Scheduler};
use crate::time::Span;

/// Limits on everything, so that nothing grows without bound. Reaching one is an error, never growth.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Contacts at once, in every state. Default 4,000,000.
    pub contacts: u32,
    /// Agents signed in at once. Default 1,000,000.
    pub agents: u32,
    /// Classes of waiting contacts with equal needs at once; an arrival that would be of one more is refused, what is
    /// there already may change its needs all the same. Default 1,000,000.
    pub classes: u32,
    /// Sources of commands that are remembered. Default 4,096.
    pub sources: u32,
    /// Parts of one requirement. Default 64.
    pub requirement_parts: u16,
    /// Nesting of one requirement. Default 16.
    pub requirement_depth: u16,
    /// Relaxation steps of one queue. Default 32.
    pub steps: u16,
    /// Bytes attached to one contact. Default 4,096.
    pub context: u32,
    /// Characters of a name. Default 200.
    pub name_length: u16,
    /// Bytes of the host's own name for a contact (a Call-ID, a UUID), which the live driver takes. Default 200.
    pub key_length: u16,
}

impl Limits {
    /// The largest that each may be.
    pub const MOST: Self = Self {
        contacts: u32::MAX,
        agents: u32::MAX,
        classes: u32::MAX,
        sources: u32::MAX,
        requirement_parts: 4_096,
        requirement_depth: 64,
        steps: 1_000,
        context: 1_048_576,
        name_length: 1_000,
        key_length: 1_000,
    };

    /// Why a requirement is beyond the limits, if it is.
    pub(crate) fn too_large(&self, requirement: &Requirement) -> Option<String> {
        let (parts, depth) = requirement.size();
        if parts > usize::from(self.requirement_parts) {
            return Some(format!("it has {parts} parts; limits.requirement_parts allows {}", self.requirement_parts));
        }
        let allowed = self.requirement_depth;
        (depth > usize::from(allowed))
            .then(|| format!("it is nested {depth} deep; limits.requirement_depth allows {allowed}"))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            contacts: 4_000_000,
            agents: 1_000_000,
            classes: 1_000_000,
            sources: 4_096,
            requirement_parts: 64,
            requirement_depth: 16,
            steps: 32,
            context: 4_096,
            name_length: 200,
            key_length: 200,
        }
    }
}

/// A requirement that the plan names.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct NamedRequirement {
    /// Its name in the plan.
    pub name: Box<str>,
    /// What it requires.
    pub requires: Requirement,
}

/// A checked routing plan. There is no unchecked one: see [`PlanDocument`](crate::PlanDocument) and [`PlanBuilder`](crate::PlanBuilder).
///
/// Names have ids; [`Plan::revise`] keeps them. A plan read back through serde is checked again.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "check::Unchecked")]
pub struct Plan {
    pub(crate) channels: Vec<Channel>,
    pub(crate) skills: Vec<Box<str>>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) groups: Vec<Group>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) requirements: Vec<NamedRequirement>,
    pub(crate) limits: Limits,
    pub(crate) customers: Customers,
    pub(crate) leases: Leases,
    pub(crate) scheduler: Scheduler,
    pub(crate) between: Between,
}

macro_rules! named {
    ($($list:ident, $find:ident, $get:ident, $id:ident($repr:ty), $of:ty;)*) => {
        impl Plan {$(
            /// All of them, by ascending id.
            pub fn $list(&self) -> &[$of] {
                &self.$list
            }

            /// The id of a name. O(n).
            pub fn $find(&self, name: &str) -> Option<$id> {
                let at = self.$list.iter().position(|entry| &*entry.name == name)?;
                <$repr>::try_from(at).ok().map($id)
            }

            /// The entry with this id.
            pub fn $get(&self, id: $id) -> Option<&$of> {
                self.$list.get(usize::try_from(id.0).ok()?)
            }
        )*}
    };
}

named! {
    channels, find_channel, channel, ChannelId(u8), Channel;
    profiles, find_profile, profile, ProfileId(u16), Profile;
    groups, find_group, group, GroupId(u16), Group;
    queues, find_queue, queue, QueueId(u16), Queue;
    requirements, find_requirement, requirement_named, RequirementId(u32), NamedRequirement;
}

impl Plan {
    /// A plan of nothing, to be filled and checked.
    fn empty() -> Self {
        Self {
            channels: Vec::new(),
            skills: Vec::new(),
            profiles: Vec::new(),
            groups: Vec::new(),
            queues: Vec::new(),
            requirements: Vec::new(),
            limits: Limits::default(),
            customers: Customers::default(),
            leases: Leases::default(),
            scheduler: Scheduler::default(),
            between: Between::default(),
        }
    }

    /// Skill names, by ascending id.
    pub fn skills(&self) -> &[Box<str>] {
        &self.skills
    }

    /// The id of a skill's name. O(n).
    pub fn find_skill(&self, name: &str) -> Option<SkillId> {
        let at = self.skills.iter().position(|skill| &**skill == name)?;
        u16::try_from(at).ok().map(SkillId)
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What is remembered of customers.
    pub fn customers(&self) -> &Customers {
        &self.customers
    }

    /// The leases of agents.
    pub fn leases(&self) -> &Leases {
        &self.leases
    }

    /// How many queues a group serves, those retired not counted.
    pub(crate) fn queues_served(&self, group: &Group) -> u32 {
        let live = |queue: QueueId| self.queue(queue).is_some_and(|queue| !queue.retired);
        let count = match &group.serves {
            Some(served) => served.iter().filter(|served| live(served.queue)).count(),
            None => self.queues.iter().filter(|queue| !queue.retired).count(),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// How an agent chooses between queues that its group serves alike.
    pub fn between(&self) -> &Between {
        &self.between
    }

    /// How agents are shared between calls and chats.
    pub fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    /// What contacts of a channel are worth to the scheduler in a queue: as the queue says, else by the service target.
    pub fn cost(&self, queue: QueueId, channel: ChannelId) -> Cost {
        let own = self.queue(queue).and_then(|queue| queue.cost(channel));
        own.unwrap_or_else(|| {
            Cost::of_target(self.target(queue, channel).map_or(Span::from_mins(1), |target| target.within))
        })
    }

    /// How long an agent has to accept a contact; `None` where there is no offer stage.
    pub fn offer_time(&self, queue: QueueId, channel: ChannelId) -> Option<Span> {
        self.queue(queue)?.offer.or(self.channel(channel)?.offer)
    }

    /// How long media set-up may take; `None` where there is no such stage.
    pub fn connect_time(&self, queue: QueueId, channel: ChannelId) -> Option<Span> {
        self.queue(queue)?.connect.or(self.channel(channel)?.connect)
    }

    /// After-contact work of contacts that do not say otherwise.
    pub fn wrap_up(&self, queue: QueueId, channel: ChannelId) -> WrapUp {
        let own = self.queue(queue).and_then(|queue| queue.wrap_up);
        own.or(self.channel(channel).map(|channel| channel.wrap_up)).unwrap_or_default()
    }

    /// The service target of contacts that do not say otherwise.
    pub fn target(&self, queue: QueueId, channel: ChannelId) -> Option<Target> {
        self.queue(queue)?.target(channel).or(self.channel(channel).map(|channel| channel.target))
    }
}
