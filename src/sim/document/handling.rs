//! What the work on a contact is.

use crate::id::GroupId;
use crate::plan::document::Value;
use crate::plan::reading::{Entry, Section};

use super::super::conversation::{Conversation, Turns};
use super::super::distribution::Distribution;
use super::super::scenario::Handle;
use super::Reader;

const CONVERSATION: &str =
    "{ turns = { geometric = 6 }, agent = { exponential = \"25s\" }, customer = { exponential = \"2m\" } }";

impl Reader<'_> {
    /// A stream's `handle` or `conversation`.
    pub(super) fn work(&self, stream: &Section<'_>, takers: &[GroupId]) -> Option<Handle> {
        let (handle, conversation) = (stream.get("handle"), stream.get("conversation"));
        if !conversation.is_given() {
            let handle =
                handle.or_missing("how long the work takes, such as { exponential = \"4m\" }, or a `conversation`");
            return self.handle(&handle, takers);
        }
        if handle.is_given() {
            handle.problem("has a `conversation` beside it, which says what the work is; keep one");
        }
        self.conversation(&conversation).map(Handle::Written)
    }

    fn conversation(&self, entry: &Entry<'_>) -> Option<Conversation> {
        let section = entry.clone().such_as(CONVERSATION).section()?;
        let turns = section.get("turns").or_missing("how many turns it takes, such as { geometric = 6 }");
        let agent = section.get("agent").or_missing("how long the agent takes for its part of a turn");
        let customer = section.get("customer").or_missing("how long the customer takes for theirs");
        let (turns, agent, customer) = (turns_of(&turns), self.time(&agent), self.time(&customer));
        Some(Conversation { turns: turns?, agent: agent?, customer: customer? })
    }

    fn handle(&self, entry: &Entry<'_>, takers: &[GroupId]) -> Option<Handle> {
        let section = entry.section()?;
        let (by_group, spoken) = (section.get("by_group"), section.get("spoken"));
        let alone = |name: &str| {
            if section.table().0.len() > 1 {
                entry.problem(format!("has `{name}` and something else beside it; keep one"));
            }
        };
        if spoken.is_given() {
            alone("spoken");
            return self.conversation(&spoken).map(Handle::Spoken);
        }
        if !by_group.is_given() {
            return self.distribution(&section, &["by_group", "spoken"]).map(Handle::Same);
        }
        alone("by_group");
        let groups = self.draft.plan().groups();
        let mut times: Vec<Option<Distribution>> = vec![None; groups.len()];
        for (name, entry) in by_group.names() {
            let (group, time) = (self.draft.group(name, &entry), self.time(&entry));
            if let (Some(group), Some(time)) = (group, time) {
                times[usize::from(group.0)] = Some(time);
            }
        }
        for group in takers.iter().filter(|group| times[usize::from(group.0)].is_none()) {
            let name = &groups[usize::from(group.0)].name;
            by_group.problem(format!("has nothing for `{name}`, whose agents may take these contacts"));
        }
        // Groups that never take such a contact never draw from their stand-in.
        let stand_in = times.iter().flatten().next()?.clone();
        Some(Handle::ByGroup(times.into_iter().map(|time| time.unwrap_or_else(|| stand_in.clone())).collect()))
    }
}

fn turns_of(entry: &Entry<'_>) -> Option<Turns> {
    match entry.value()? {
        Value::Whole(_) => entry.whole(1..=10_000).and_then(|turns| u32::try_from(turns).ok()).map(Turns::Always),
        Value::Table(_) => {
            let mean = entry.section()?.get("geometric").or_missing("the mean number of turns");
            mean.number(1.0..=10_000.0).map(Turns::Geometric)
        }
        _ => entry.wrong("a whole number of turns, or their mean such as { geometric = 6 }"),
    }
}
