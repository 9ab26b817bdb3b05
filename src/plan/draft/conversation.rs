//! How conversations on a channel go on, as its section says.

use crate::channel::{AgeFrom, Conversation};
use crate::plan::reading::Section;

pub(super) const AGE_FROM: [(&str, AgeFrom); 2] =
    [("first-contact", AgeFrom::FirstContact), ("last-message", AgeFrom::LastMessage)];

pub(super) fn read(section: &Section<'_>) -> Conversation {
    Conversation {
        quiet_after: section.get("quiet_after").some_span(),
        age_from: section.get("age_from").choice(&AGE_FROM).unwrap_or_default(),
    }
}
