//! The edges of queues.

use super::super::reading::{Entry, Section};
use super::super::words::{OVERFLOWS, TO_QUEUE, TO_QUEUE_NAMED};
use super::{CALLBACK, Draft, short};
use crate::id::{ChannelId, QueueId};
use crate::overflow::{AfterWait, Overflow, OverflowTo};

impl Draft {
    /// Both keys of a queue that say what happens at its edges.
    pub(super) fn overflow(&self, queue: &str, section: &Section<'_>) -> Overflow {
        let default = Overflow::DEFAULT;
        let closed_waiting = self.overflow_to(queue, &section.get("closed_waiting"), true);
        let closed_waiting = closed_waiting.unwrap_or(default.closed_waiting);
        let entry = section.get("overflow").such_as("{ full = \"deflect\", closed = \"queue:night\" }");
        let Some(section) = entry.section() else { return Overflow { closed_waiting, ..default } };
        let to = |key: &'static str, may_wait| self.overflow_to(queue, &section.get(key), may_wait);
        Overflow {
            full: to("full", false).unwrap_or(default.full),
            closed: to("closed", true).unwrap_or(default.closed),
            unstaffed: to("unstaffed", true).unwrap_or(default.unstaffed),
            after: self.after_wait(queue, &section.get("after")),
            closed_waiting,
        }
    }

    fn after_wait(&self, queue: &str, entry: &Entry<'_>) -> Option<AfterWait> {
        let section = entry.clone().such_as("{ wait = \"2m\", then = \"callback\" }").section()?;
        let wait = section.get("wait").or_missing("after how long, such as wait = \"2m\"").some_span();
        let then = section.get("then").or_missing("where to, such as then = \"callback\"");
        let then = self.overflow_to(queue, &then, false);
        wait.zip(then).map(|(wait, then)| AfterWait { wait, then })
    }

    fn overflow_to(&self, queue: &str, entry: &Entry<'_>, may_wait: bool) -> Option<OverflowTo> {
        if let Some(name) = entry.value().and_then(|value| super::text(value)?.strip_prefix(TO_QUEUE)) {
            if name == queue {
                entry.problem("a queue cannot overflow into itself; name another queue");
                return None;
            }
            return self.queues.resolve(name, entry).map(|id| OverflowTo::Queue(QueueId(short(id))));
        }
        // The callback's id is looked up; it is in the plan wherever a queue names it.
        let callback = self.channels.find(CALLBACK).and_then(|id| u8::try_from(id).ok()).map_or(u8::MAX, |id| id);
        let words = OVERFLOWS.map(|(word, to)| match to {
            OverflowTo::Callback(_) => (word, OverflowTo::Callback(ChannelId(callback))),
            to => (word, to),
        });
        entry.choice_or(if may_wait { &words } else { &words[1..] }, Some(TO_QUEUE_NAMED))
    }
}
