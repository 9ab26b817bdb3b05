//! Customers, and a queue's rule for those who come again.

use super::super::reading::Entry;
use crate::customer::{Affinity, Customers};
use crate::time::Span;

pub(super) fn customers(entry: &Entry<'_>) -> Customers {
    let default = Customers::default();
    let Some(section) = entry.clone().such_as("{ remember = \"30d\" }").section() else { return default };
    let limit = section.get("limit").whole(0..=u32::MAX.into());
    Customers {
        limit: limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(default.limit),
        remember: section.get("remember").span().unwrap_or(default.remember),
        repeat_within: section.get("repeat_within").span().unwrap_or(default.repeat_within),
    }
}

pub(super) fn affinity(entry: &Entry<'_>) -> Option<Affinity> {
    let section = entry.clone().such_as("{ within = \"24h\", wait = \"30s\" }").section()?;
    let within = section.get("within").or_missing("how long ago the agent may have had the customer: within = \"24h\"");
    let wait = section.get("wait").or_missing("how long that agent is waited for: wait = \"30s\", or \"forever\"");
    Some(Affinity { within: within.span().unwrap_or(Span::ZERO), wait: wait.span_or_forever().unwrap_or(Span::ZERO) })
}
