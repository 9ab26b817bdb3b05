//! How agents choose between queues.

use super::super::document::Value;
use super::super::reading::{Entry, Section};
use super::super::words::{BETWEEN, HOST, HOST_POLICY};
use super::queues::host_name;
use super::{Draft, short};
use crate::between::Between;
use crate::id::QueueId;
use crate::queue::Queue;
use crate::time::Span;

pub(super) fn between(entry: &Entry<'_>) -> Between {
    let host = match entry.value() {
        Some(Value::Text(text)) => text.strip_prefix(HOST),
        _ => None,
    };
    match host {
        Some(name) => host_name(name, entry).map(Between::Host),
        None => entry.choice_or(&BETWEEN, Some(HOST_POLICY)),
    }
    .unwrap_or_default()
}

pub(super) fn weight(entry: &Entry<'_>) -> u32 {
    if !entry.is_given() {
        return 1;
    }
    entry.whole(0..=Queue::MOST_WEIGHT.into()).and_then(|weight| u32::try_from(weight).ok()).unwrap_or(1)
}

impl Draft {
    /// Handling times by queue, ascending: of each queue its own, or one for all.
    pub(super) fn handling(&self, entry: &Entry<'_>) -> Vec<(QueueId, Span)> {
        if !matches!(entry.value(), Some(Value::Table(_))) {
            let Some(time) = entry.some_span() else { return Vec::new() };
            return (0..self.queues.len()).map(|queue| (QueueId(short(queue)), time)).collect();
        }
        let times = entry.names().into_iter().filter_map(|(name, entry)| {
            let queue = self.queues.resolve(name, &entry);
            let time = entry.some_span();
            Some((QueueId(short(queue?)), time?))
        });
        let mut times: Vec<_> = times.collect();
        times.sort_unstable();
        times.dedup_by_key(|(queue, _)| *queue);
        times
    }

    /// Where speed counts between queues, it is stated of everybody or of nobody: a minute, as whoever states none is
    /// taken to need, would be a guess beside the times of others.
    pub(super) fn check_handling(&self, root: &Section<'_>) {
        if !matches!(self.plan.between, Between::MaxWeight | Between::Cmu) {
            return;
        }
        let groups = self.plan.groups.iter().filter(|group| !group.retired);
        if groups.clone().all(|group| group.handling.is_empty()) {
            return;
        }
        for group in groups {
            let queues = self.plan.queues.iter().zip(0..).filter(|(queue, _)| !queue.retired);
            let mut missing =
                queues.filter(|&(_, id)| group.served(QueueId(id)).is_some() && group.handling(QueueId(id)).is_none());
            if let Some((queue, _)) = missing.next() {
                root.get("agents").names().into_iter().filter(|(name, _)| *name == &*group.name).for_each(|(_, entry)| {
                    entry.problem(format!(
                        "serves {} without a handling time, which others state; give it one, such as handling = {{ {} = \"4m\" }}",
                        queue.name, queue.name
                    ));
                });
            }
        }
    }
}
