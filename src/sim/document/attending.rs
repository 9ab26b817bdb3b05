//! How agents keep to their shifts, and who is called in.

use crate::plan::reading::{Entry, Section};
use crate::time::Span;

use super::super::attendance::{Attendance, Break};
use super::super::elastic::{Elastic, Level};
use super::{Reader, time_of_day};

const DAY: Span = Span::from_mins(24 * 60);

impl Reader<'_> {
    /// By group.
    pub(super) fn attendance(&self, root: &Section<'_>) -> Vec<Attendance> {
        let plan = self.draft.plan();
        let mut all = vec![Attendance::default(); plan.groups().len()];
        for (name, group) in root.get("agents").sections() {
            let (breaks, absent) = (group.get("breaks"), group.get("absent"));
            for entry in [&breaks, &absent].into_iter().filter(|entry| entry.is_given()) {
                if !group.get("shifts").is_given() {
                    entry.problem("goes with `shifts`; agents without them are always there");
                }
            }
            let breaks =
                breaks.items("a list of breaks such as [{ length = \"30m\", from = \"12:00\", to = \"13:30\" }]");
            let how = Attendance {
                breaks: breaks.map_or_else(Vec::new, |items| items.iter().filter_map(a_break).collect()),
                absent: absent.share().unwrap_or(0.0),
                no_answer: group.get("no_answer").share(),
            };
            if let Some(id) = plan.find_group(name) {
                all[usize::from(id.0)] = how;
            }
        }
        all
    }

    /// When the agents of a group are called in, if they are.
    pub(super) fn elastic(&self, group: &Section<'_>) -> Option<Elastic> {
        let entry = group.get("elastic");
        let section = entry.clone().such_as("{ queue = \"service\", waiting = 40, reaction = \"10m\" }").section()?;
        if group.get("shifts").is_given() {
            entry.problem("goes without `shifts`: these agents are there when they are called; give a group of its own to those who have shifts");
        }
        let queue = self.draft.queue(&section.get("queue").or_missing("the queue whose line is watched"));
        let (waiting, longest) = (section.get("waiting"), section.get("longest"));
        if !waiting.is_given() && !longest.is_given() {
            entry.problem("needs `waiting` or `longest`, the level above which they are called, such as waiting = 40");
        }
        let most = u64::from(u32::MAX);
        let count = |entry: &Entry<'_>, most| entry.whole(0..=most).and_then(|waiting| u32::try_from(waiting).ok());
        let call = Level { waiting: count(&waiting, most), longest: longest.some_span() };
        let until_waiting = section.get("until_waiting");
        let until_longest = section.get("until_longest");
        for (level, lower, name) in [(&waiting, &until_waiting, "waiting"), (&longest, &until_longest, "longest")] {
            if lower.is_given() && !level.is_given() {
                lower.problem(format!("goes with `{name}`, the level above which they are called"));
            }
        }
        let release = Level {
            waiting: call.waiting.map(|waiting| count(&until_waiting, waiting.into()).unwrap_or(waiting / 2)),
            longest: call.longest.map(|longest| until_longest.span().unwrap_or(Span(longest.0 / 2))),
        };
        if release.longest >= call.longest && call.longest.is_some() {
            until_longest.problem("must be less than `longest`, or they would leave as they come");
        }
        let reaction =
            section.get("reaction").or_missing("how long they take to come, such as reaction = \"10m\"").span();
        let stay = section.get("stay").span().unwrap_or(Span::ZERO);
        Some(Elastic { queue: queue?, call, release, reaction: reaction?, stay })
    }
}

fn a_break(entry: &Entry<'_>) -> Option<Break> {
    let section = entry.clone().such_as("{ length = \"30m\", from = \"12:00\", to = \"13:30\" }").section()?;
    let length = section.get("length").or_missing("how long it lasts, such as length = \"30m\"");
    let from = section.get("from").or_missing("when the first agent's begins, such as from = \"12:00\"");
    let (length, from, last) = (length.some_span(), time_of_day(&from), section.get("to"));
    let to = if last.is_given() { time_of_day(&last) } else { from };
    let (length, from, mut to) = (length?, from?, to?);
    if length > DAY {
        section.get("length").problem("is longer than a day");
    }
    if to < from {
        to = to + DAY;
    }
    Some(Break { length, from, to })
}
