//! When contacts arrive.

use std::sync::Arc;

use crate::plan::document::Value;
use crate::plan::reading::{Entry, Section};

use super::super::arrivals::{Arrivals, Profile};
use super::super::record_file;
use super::Reader;

const ARRIVALS: [&str; 4] = ["poisson_per_minute", "profile", "trace", "every"];

impl Reader<'_> {
    pub(super) fn arrivals(&self, entry: &Entry<'_>) -> Option<Arrivals> {
        let section = entry.section()?;
        section.know(&ARRIVALS);
        let given: Vec<&'static str> = ARRIVALS.into_iter().filter(|key| section.table().get(key).is_some()).collect();
        let [kind] = given[..] else {
            if given.len() > 1 || section.table().0.is_empty() {
                entry.problem(format!("must have exactly one of {}", ARRIVALS.join(", ")));
            }
            return None;
        };
        let entry = section.get(kind);
        match kind {
            "poisson_per_minute" => entry.number(0.0..=1e9).map(|per_minute| Arrivals::Poisson { per_minute }),
            "every" => entry.some_span().map(Arrivals::Every),
            "trace" => self.file(&entry, record_file::trace).map(|contacts| Arrivals::Trace(contacts.into())),
            _ => match entry.value()? {
                Value::Text(_) => self.file(&entry, record_file::profile),
                _ => self.profile(&entry.section()?),
            }
            .map(|profile| Arrivals::Profile(Arc::new(profile))),
        }
    }

    /// A profile written in the scenario: the numbers themselves, or a shape and how many a day.
    fn profile(&self, section: &Section<'_>) -> Option<Profile> {
        let per_day = section.get("per_day");
        let (counts, weights, shape) = (section.get("counts"), section.get("weights"), section.get("shape"));
        let interval = section.get("interval");
        let given = [&counts, &weights, &shape].into_iter().filter(|entry| entry.is_given()).count();
        if given != 1 {
            section.problem("must have exactly one of counts, weights, shape");
            return None;
        }
        let scaled = !counts.is_given();
        if !scaled && per_day.is_given() {
            per_day.problem("goes with `weights` or `shape`; `counts` are the numbers themselves");
        }
        let per_day = if scaled { per_day.or_missing("how many contacts arrive a day") } else { per_day };
        let per_day = per_day.number(0.0..=1e12);
        let profile = if shape.is_given() {
            if interval.is_given() {
                interval.problem("goes with `counts` or `weights`; a `shape` has its own");
            }
            self.file(&shape, record_file::profile)
        } else {
            let list = if counts.is_given() { counts } else { weights };
            let interval = interval.or_missing("how long each interval is, such as interval = \"1h\"").some_span();
            let items = list.items("a list of numbers, one per interval")?;
            let values: Vec<f64> = items.iter().filter_map(|item| item.number(0.0..=1e12)).collect();
            if values.len() != items.len() {
                return None;
            }
            let profile = Profile::new(interval?, values);
            if profile.is_none() {
                list.problem("must have a number for at least one interval, and not last for ever");
            }
            profile
        }?;
        if !scaled {
            return Some(profile);
        }
        let profile = profile.scaled(per_day?);
        if profile.is_none() {
            section.problem("must not be 0 everywhere");
        }
        profile
    }
}
