//! What makes contacts come less evenly.

use std::sync::Arc;

use crate::plan::document::Value;
use crate::plan::reading::{Entry, Section};
use crate::requirement::Requirement;
use crate::time::{Span, Timestamp};

use super::super::bursts::{Batches, Bursts, Busyness, Campaign, Shape};
use super::super::record_file;
use super::super::scenario::Stream;
use super::{each, pair};

/// What a stream says of bursts beside its arrivals.
pub(super) fn bursts(stream: &Section<'_>, arrivals: &Entry<'_>) -> Bursts {
    let (busyness, batches, campaigns) = (stream.get("busyness"), stream.get("batches"), stream.get("campaigns"));
    if arrivals.has("trace") {
        for entry in [&busyness, &batches, &campaigns].into_iter().filter(|entry| entry.is_given()) {
            entry.problem("does not go with a `trace`, whose contacts come when they came");
        }
    }
    if arrivals.has("every") && busyness.is_given() {
        busyness.problem("goes with `poisson_per_minute` or a `profile`, whose numbers it changes from day to day");
    }
    Bursts {
        busyness: self::busyness(&busyness),
        batches: self::batches(&batches),
        campaigns: campaigns
            .items("a list of campaigns, such as [{ at = \"10:00\", contacts = 500, over = \"2h\" }]")
            .map_or_else(Vec::new, |items| items.iter().filter_map(campaign).collect()),
    }
}

/// Streams that share their busy days must mean the same days.
pub(super) fn shared_alike(streams: &[(Stream, Option<Requirement>)], listed: &Entry<'_>) {
    let busyness = || streams.iter().filter_map(|(stream, _)| Some((stream, stream.bursts.busyness.as_ref()?)));
    for (at, (stream, one)) in busyness().enumerate().filter(|(_, (_, one))| one.shared.is_some()) {
        let first = busyness().take(at).find(|(_, other)| other.shared == one.shared);
        if let Some((first, _)) = first.filter(|(_, first)| first.variation.to_bits() != one.variation.to_bits()) {
            let name = one.shared.as_deref().unwrap_or_default();
            let problem =
                format!("shares its days {name:?} with `{}`, and so must have the same variation", first.name);
            let named = listed.names().into_iter().find(|(name, _)| *name == stream.name);
            if let Some(section) = named.and_then(|(_, entry)| entry.section()) {
                section.get("busyness").problem(problem);
            }
        }
    }
}

fn busyness(entry: &Entry<'_>) -> Option<Busyness> {
    let section = entry.clone().such_as("{ variation = 0.15 }").section()?;
    let variation = section.get("variation").or_missing("the coefficient of variation of a day's factor, such as 0.15");
    let shared = section.get("shared").text("a name that several streams have in common").map(Arc::from);
    Some(Busyness { variation: variation.number(0.001..=5.0)?, shared })
}

fn batches(entry: &Entry<'_>) -> Option<Batches> {
    const MOST: u64 = 10_000;
    const FORM: &str = "how many come at once: 4, { geometric = 2.5 } (a mean), or probabilities and sizes such as [[0.7, 1], [0.3, 4]]";
    let size = |entry: &Entry<'_>| entry.whole(1..=MOST).and_then(|size| u32::try_from(size).ok());
    match entry.value()? {
        Value::Whole(_) => size(entry).map(Batches::Always),
        Value::Table(_) => {
            let mean = entry.section()?.get("geometric").or_missing("the mean number that come at once");
            mean.number(1.0..=MOST as f64).map(Batches::Geometric)
        }
        Value::List(_) => {
            let sizes = each(&entry.items(FORM)?, |item| {
                let (share, many) = pair(item, "[0.3, 4]: a probability and how many come at once")?;
                let (share, many) = (share.share(), size(&many));
                Some((share?, many?))
            })?;
            let sum: f64 = sizes.iter().map(|part| part.0).sum();
            if (sum - 1.0).abs() > 1e-6 {
                entry.problem(format!("must have probabilities that sum to 1 and not {sum}"));
                return None;
            }
            Some(Batches::Sizes(sizes.into()))
        }
        _ => entry.wrong(FORM),
    }
}

fn campaign(entry: &Entry<'_>) -> Option<Campaign> {
    let section = entry.clone().such_as("{ at = \"10:00\", contacts = 500, over = \"2h\" }").section()?;
    let contacts = section.get("contacts").or_missing("how many more contacts are expected").number(0.0..=1e9);
    let over = section.get("over").or_missing("for how long they come, such as over = \"2h\"").some_span();
    let at = instant(&section.get("at").or_missing("when it begins, such as at = \"10:00\""));
    let shape = shape(&section.get("shape"));
    Some(Campaign { at: at?, contacts: contacts?, over: over?, shape: shape? })
}

/// A time of the first day, or a length of time since its beginning.
fn instant(entry: &Entry<'_>) -> Option<Timestamp> {
    const FORM: &str = "a time of the first day such as \"10:00\", or a length of time since time 0 such as \"34h\"";
    let text = entry.text(FORM)?;
    let time = record_file::time_of_day(text).or_else(|| Span::parse(text).ok());
    if time.is_none() {
        entry.problem(format!("must be {FORM}, and is {text:?}"));
    }
    time.map(|time| Timestamp(time.0))
}

fn shape(entry: &Entry<'_>) -> Option<Shape> {
    let shapes = [("even", Shape::Even), ("falling", Shape::Falling), ("rising", Shape::Rising), ("peak", Shape::Peak)];
    match entry.value() {
        None => Some(Shape::default()),
        Some(Value::List(_)) => {
            let items = entry.items("a list of numbers")?;
            let weights: Vec<f64> = items.iter().filter_map(|item| item.number(0.0..=1e12)).collect();
            if weights.len() == items.len() && weights.iter().sum::<f64>() <= 0.0 {
                entry.problem("must have a number above 0");
                return None;
            }
            (weights.len() == items.len()).then(|| Shape::Weights(weights.into()))
        }
        Some(Value::Text(_)) => entry.choice(&shapes),
        Some(_) => entry.wrong("\"even\", \"falling\", \"rising\", \"peak\", or a list of numbers in proportion"),
    }
}
