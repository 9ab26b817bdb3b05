//! Whether what happens now is what happened then, event by event.

use std::collections::VecDeque;

use crate::event::Event;
use crate::time::Timestamp;

/// Compares two runs of events, whichever of them is ahead.
#[derive(Clone, Debug, Default)]
pub(super) struct Likeness {
    recorded: VecDeque<Event>,
    again: VecDeque<Event>,
    /// When the first of the two happened that differ.
    differs: Option<Timestamp>,
}

impl Likeness {
    pub(super) fn recorded(&mut self, events: Vec<Event>) {
        if self.differs.is_none() {
            self.recorded.extend(events);
            self.compare();
        }
    }

    pub(super) fn again(&mut self, event: &Event) {
        if self.differs.is_none() {
            self.again.push_back(*event);
            self.compare();
        }
    }

    /// When the two first differ; `None` if they never do.
    pub(super) fn end(self) -> Option<Timestamp> {
        let left = self.recorded.front().or(self.again.front());
        self.differs.or(left.map(|event| event.at))
    }

    fn compare(&mut self) {
        while let (Some(recorded), Some(again)) = (self.recorded.front(), self.again.front()) {
            if recorded != again {
                self.differs = Some(recorded.at.min(again.at));
                self.recorded.clear();
                self.again.clear();
                return;
            }
            self.recorded.pop_front();
            self.again.pop_front();
        }
    }
}
