//! Distributions of lengths of time.

use crate::plan::document::Value;
use crate::plan::reading::{Entry, Section};

use super::super::distribution::Distribution;
use super::super::record_file;
use super::{Reader, each, pair};

const DISTRIBUTION: [&str; 8] =
    ["exponential", "erlang", "gamma", "lognormal", "deterministic", "uniform", "hyperexponential", "empirical"];

impl Reader<'_> {
    /// A distribution, or "none" for none; absent: nothing.
    pub(super) fn time_or_none(&self, entry: &Entry<'_>) -> Option<Option<Distribution>> {
        match entry.value()? {
            Value::Text(text) if text == "none" => Some(None),
            Value::Table(_) => self.time(entry).map(Some),
            _ => entry.wrong("a distribution of lengths of time, such as { exponential = \"4m\" }, or \"none\""),
        }
    }

    pub(super) fn time(&self, entry: &Entry<'_>) -> Option<Distribution> {
        let Some(Value::Table(_)) = entry.value() else {
            return entry.wrong("a distribution of lengths of time, such as { exponential = \"4m\" }");
        };
        self.distribution(&entry.section()?, &[])
    }

    pub(super) fn distribution(&self, section: &Section<'_>, more: &[&'static str]) -> Option<Distribution> {
        section.know(&DISTRIBUTION);
        let given: Vec<&'static str> =
            DISTRIBUTION.into_iter().filter(|key| section.table().get(key).is_some()).collect();
        let [kind] = given[..] else {
            if given.len() > 1 || section.table().0.is_empty() {
                let choices: Vec<&str> = DISTRIBUTION.iter().chain(more).copied().collect();
                section.problem(format!("must have exactly one of {}", choices.join(", ")));
            }
            return None;
        };
        let entry = section.get(kind);
        match kind {
            "exponential" => entry.span().map(Distribution::Exponential),
            "deterministic" => entry.span().map(Distribution::Deterministic),
            "erlang" => {
                let (phases, mean) = pair(&entry, "[3, \"4m\"]: the number of phases and the mean of their sum")?;
                let (phases, mean) = (phases.whole(1..=10_000), mean.span());
                Some(Distribution::Erlang { phases: u32::try_from(phases?).ok()?, mean: mean? })
            }
            "gamma" => {
                let (shape, mean) = pair(&entry, "[2.5, \"4m\"]: the shape and the mean")?;
                let (shape, mean) = (shape.number(0.001..=1e6), mean.span());
                Some(Distribution::Gamma { shape: shape?, mean: mean? })
            }
            "lognormal" => {
                let (mean, deviation) = pair(&entry, "[\"3m\", \"2m\"]: the mean and the standard deviation")?;
                let (mean, deviation) = (mean.some_span(), deviation.span());
                Some(Distribution::LogNormal { mean: mean?, deviation: deviation? })
            }
            "uniform" => {
                let (low, high) = pair(&entry, "[\"1m\", \"5m\"]: the shortest and the longest")?;
                let (low, high) = (low.span()?, high.span()?);
                if high < low {
                    entry.problem(format!("ends at {high}, before it begins, at {low}"));
                    return None;
                }
                Some(Distribution::Uniform { low, high })
            }
            "hyperexponential" => hyperexponential(&entry),
            _ => {
                let lengths = self.file(&entry, record_file::lengths)?;
                Some(Distribution::Empirical(lengths.into()))
            }
        }
    }
}

fn hyperexponential(entry: &Entry<'_>) -> Option<Distribution> {
    const FORM: &str = "a list such as [[0.7, \"2m\"], [0.3, \"9m\"]]: probabilities and means";
    let parts = each(&entry.items(FORM)?, |item| {
        let (share, mean) = pair(item, "[0.7, \"2m\"]: a probability and a mean")?;
        let (share, mean) = (share.share(), mean.span());
        Some((share?, mean?))
    })?;
    let sum: f64 = parts.iter().map(|part| part.0).sum();
    if (sum - 1.0).abs() > 1e-6 {
        entry.problem(format!("must be {FORM}, which sum to 1 and not {sum}"));
        return None;
    }
    Some(Distribution::HyperExponential(parts.into()))
}
