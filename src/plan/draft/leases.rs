//! Leases.

use super::super::reading::Entry;
use crate::lease::Leases;

pub(super) fn leases(entry: &Entry<'_>) -> Leases {
    let default = Leases::default();
    let Some(section) = entry.clone().such_as("{ agent = \"90s\", grace = \"60s\" }").section() else { return default };
    let agent = section.get("agent").some_span_or(&[("none", None)], Some);
    Leases { agent: agent.unwrap_or(default.agent), grace: section.get("grace").span().unwrap_or(default.grace) }
}
