//! How conversations on a channel go on, as its section says.

use crate::channel::{AgeFrom, Conversation, Wake};
use crate::plan::reading::Section;
use crate::time::Span;

const AGE_FROM: [(&str, AgeFrom); 2] =
    [("first-contact", AgeFrom::FirstContact), ("last-message", AgeFrom::LastMessage)];

pub(super) fn read(section: &Section<'_>) -> Conversation {
    let mut longest: Option<(&str, Span)> = None;
    let mut silence = |key: &'static str| {
        let entry = section.get(key);
        let length = entry.some_span()?;
        if let Some((before, at_least)) = longest.filter(|&(_, at_least)| length < at_least) {
            entry.problem(format!("must be at least {before}, which is {at_least}"));
        }
        longest = Some((key, length));
        Some(length)
    };
    Conversation {
        quiet_after: silence("quiet_after"),
        park_after: silence("park_after"),
        close_after: silence("close_after"),
        age_from: section.get("age_from").choice(&AGE_FROM).unwrap_or_default(),
        wake: section
            .get("wake")
            .such_as("{ over = 2, wait = \"1m\" }")
            .section()
            .map_or_else(Wake::default, |section| wake(&section)),
    }
}

fn wake(section: &Section<'_>) -> Wake {
    let default = Wake::default();
    let wait = section.get("wait").span_or_forever();
    Wake { over: section.get("over").small(0).unwrap_or(default.over), wait: wait.unwrap_or(default.wait) }
}
