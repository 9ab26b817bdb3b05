//! What the work on a contact is.

use crate::id::GroupId;
use crate::plan::document::Value;
use crate::plan::reading::{Entry, Section};

use super::super::conversation::{Conversation, Turns};
use super::super::distribution::Distribution;
use super::super::factors::{BySkill, ByTime, Factors};
use super::super::scenario::Handle;
use super::{Reader, each, pair};

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

    /// What the work takes longer by, or less.
    pub(super) fn factors(&self, stream: &Section<'_>) -> Factors {
        let (by_skill, by_time) = (stream.get("handle_by_skill"), stream.get("handle_by_time"));
        if stream.get("conversation").is_given() {
            for entry in [&by_skill, &by_time].into_iter().filter(|entry| entry.is_given()) {
                entry.problem("goes with `handle`; what a reply takes is said in the `conversation`");
            }
        }
        Factors { by_skill: self.by_skill(&by_skill), by_time: by_time_of_day(&by_time) }
    }

    fn by_skill(&self, entry: &Entry<'_>) -> Option<BySkill> {
        const FORM: &str = "a list of levels and factors such as [[20, 1.5], [90, 0.9]]";
        let section = entry.clone().such_as("{ skill = \"billing\", factors = [[20, 1.5], [90, 0.9]] }").section()?;
        let skill = self.draft.skill(&section.get("skill").or_missing("the skill that makes work faster"));
        let list = section.get("factors").or_missing(FORM);
        let points = each(&list.items(FORM)?, |item| {
            let (level, factor) = pair(item, "[20, 1.5]: a level and a factor")?;
            let level = level.whole(0..=100).and_then(|level| u8::try_from(level).ok());
            let factor = factor.number(0.001..=1000.0);
            Some((level?, factor?))
        })?;
        if points.is_empty() || points.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            list.problem("must have at least one level, each higher than the one before");
            return None;
        }
        Some(BySkill { skill: skill?, points })
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

fn by_time_of_day(entry: &Entry<'_>) -> Option<ByTime> {
    let section = entry.clone().such_as("{ interval = \"6h\", factors = [1.1, 1.0, 1.0, 1.2] }").section()?;
    let interval =
        section.get("interval").or_missing("how long each factor counts, such as interval = \"1h\"").some_span();
    let list = section.get("factors").or_missing("a list of factors, one per interval");
    let items = list.items("a list of factors, one per interval")?;
    let factors: Vec<f64> = items.iter().filter_map(|item| item.number(0.001..=1000.0)).collect();
    if items.is_empty() {
        list.problem("is empty; give a factor for at least one interval");
    }
    (!items.is_empty() && factors.len() == items.len()).then_some(ByTime { interval: interval?, factors })
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
