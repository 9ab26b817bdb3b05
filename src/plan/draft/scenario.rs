//! For the simulator, which reads its own keys from the file that the plan is in.

use super::super::reading::Entry;
use super::{Draft, short};
use crate::id::{ChannelId, GroupId, QueueId, SkillId};
use crate::plan::Plan;

impl Draft {
    /// The plan as far as it goes, for names and defaults. Not to be used for anything that matters before [`Draft::finish`].
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The channel that an entry names.
    pub(crate) fn channel(&self, entry: &Entry<'_>) -> Option<ChannelId> {
        self.channel_named(entry.text("the name of a channel")?, entry, &[])
    }

    /// The queue that an entry names.
    pub(crate) fn queue(&self, entry: &Entry<'_>) -> Option<QueueId> {
        self.queues.resolve(entry.text("the name of a queue")?, entry).map(|id| QueueId(short(id)))
    }

    /// The skill that an entry names.
    pub(crate) fn skill(&self, entry: &Entry<'_>) -> Option<SkillId> {
        self.skills.resolve(entry.text("the name of a skill")?, entry).map(|id| SkillId(short(id)))
    }

    /// The agent group of that name; `entry` is where it stands.
    pub(crate) fn group(&self, name: &str, entry: &Entry<'_>) -> Option<GroupId> {
        self.groups.resolve(name, entry).map(|id| GroupId(short(id)))
    }
}
