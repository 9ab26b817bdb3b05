//! What customers do who are not answered, and who do not answer.

use crate::id::ChannelId;
use crate::overflow::OverflowTo;
use crate::plan::document::Value;
use crate::plan::reading::Entry;

use super::super::announcing::{Balk, Told};
use super::super::distribution::Distribution;
use super::super::redialling::Redial;
use super::super::retrying::Retry;
use super::Reader;

impl Reader<'_> {
    pub(super) fn retry(&self, entry: &Entry<'_>) -> Option<Retry> {
        let example = "{ abandoned = 0.6, delay = { exponential = \"10m\" } }";
        let section = entry.clone().such_as(example).section()?;
        let (abandoned, overflowed) = (section.get("abandoned"), section.get("overflowed"));
        if !abandoned.is_given() && !overflowed.is_given() {
            entry.problem(format!("needs `abandoned` or `overflowed`, the share who come again, such as {example}"));
        }
        let delay =
            section.get("delay").or_missing("how long until they come again, such as { exponential = \"10m\" }");
        let attempts = section.get("attempts").whole(1..=1_000).and_then(|attempts| u32::try_from(attempts).ok());
        Some(Retry {
            abandoned: abandoned.share().unwrap_or(0.0),
            overflowed: overflowed.share().unwrap_or(0.0),
            delay: self.time(&delay)?,
            attempts: attempts.unwrap_or(Retry::ATTEMPTS),
        })
    }

    pub(super) fn redial(&self, entry: &Entry<'_>, channel: ChannelId) -> Option<Redial> {
        let example = "{ no_answer = 0.3, delay = { deterministic = \"30m\" } }";
        let section = entry.clone().such_as(example).section()?;
        let plan = self.draft.plan();
        let called_back = plan.queues().iter().flat_map(|queue| queue.overflow.places());
        if plan.find_channel(CALLBACK) != Some(channel)
            && !called_back.into_iter().any(|place| matches!(place, OverflowTo::Callback(_)))
        {
            entry.problem("is about customers who are called back, and nobody is: put the stream on the channel `callback`, or let a queue's `overflow` lead there");
        }
        let no_answer =
            section.get("no_answer").or_missing("the share of calls that the customer does not answer, such as 0.3");
        let delay = section
            .get("delay")
            .or_missing("how long until the customer is called again, such as { deterministic = \"30m\" }");
        let attempts = section.get("attempts").whole(1..=1_000).and_then(|attempts| u32::try_from(attempts).ok());
        let ring = self.time(&section.get("ring"));
        Some(Redial {
            no_answer: no_answer.share()?,
            ring: ring.unwrap_or(Distribution::Deterministic(Redial::RING)),
            delay: self.time(&delay)?,
            attempts: attempts.unwrap_or(Redial::ATTEMPTS),
        })
    }
}

/// The channel of those who are called back.
const CALLBACK: &str = "callback";

/// What customers do who are told how long they will wait, which is less or more than they have patience for.
pub(super) fn balk(entry: &Entry<'_>, patience: &Entry<'_>) -> Option<Balk> {
    let section = entry.clone().such_as("{ share = 0.8 }").section()?;
    if patience.value().is_none_or(|value| *value == Value::Text("none".to_owned())) {
        entry.problem("needs a `patience`, with which customers compare the wait they are told");
    }
    let told = section.get("told").choice(&[("low", Told::Low), ("likely", Told::Likely), ("high", Told::High)]);
    Some(Balk {
        share: section.get("share").share().unwrap_or(1.0),
        tolerance: section.get("tolerance").number(0.0..=1_000.0).unwrap_or(1.0),
        told: told.unwrap_or_default(),
    })
}
