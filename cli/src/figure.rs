//! What the figures of the results are called, and what they are measured in.

use cordboard::measure::Estimate;

use crate::table::thousands;

/// A figure of the results, by its key there.
pub(crate) struct Figure {
    pub(crate) key: &'static str,
    /// As a person calls it.
    pub(crate) label: &'static str,
    pub(crate) unit: Unit,
    pub(crate) better: Better,
}

/// What a figure is measured in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unit {
    /// Counted over all replications.
    Count(&'static str),
    /// From 0 to 1.
    Share,
    Seconds,
    /// A time average of how many there were.
    Average(&'static str),
    PerHour,
    PerMinute,
}

/// Which way a figure is better.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Better {
    Higher,
    Lower,
    /// It depends.
    Neither,
}

use Better::{Higher, Lower, Neither};

const CONTACTS: Unit = Unit::Count("contacts");

const FIGURES: [Figure; 37] = [
    figure("offered", "offered", CONTACTS, Neither),
    figure("answered", "answered", CONTACTS, Higher),
    figure("abandoned", "abandoned", CONTACTS, Lower),
    figure("overflowed", "overflowed", CONTACTS, Lower),
    figure("waiting_at_end", "waiting at the end", CONTACTS, Lower),
    figure("resolved_by_bot", "resolved by a bot", CONTACTS, Neither),
    figure("retrials", "came again", CONTACTS, Neither),
    figure("balked", "left when told the wait", CONTACTS, Lower),
    figure("redials", "called back once more", CONTACTS, Lower),
    figure("unreached", "called back in vain", CONTACTS, Lower),
    figure("completed", "completed", CONTACTS, Higher),
    figure("replies", "replies", Unit::Count("replies"), Neither),
    figure("service_level", "service level", Unit::Share, Higher),
    figure("abandon_share", "abandoned", Unit::Share, Lower),
    figure("delayed_share", "had to wait", Unit::Share, Lower),
    figure("occupancy", "occupancy", Unit::Share, Neither),
    figure("wait_seconds", "mean wait", Unit::Seconds, Lower),
    figure("wait_answered_seconds", "mean wait of those answered", Unit::Seconds, Lower),
    figure("wait_quantiles_seconds.p50", "median wait", Unit::Seconds, Lower),
    figure("wait_quantiles_seconds.p90", "wait of nine in ten at most", Unit::Seconds, Lower),
    figure("wait_quantiles_seconds.p95", "wait of 95 in 100 at most", Unit::Seconds, Lower),
    figure("wait_quantiles_seconds.p99", "wait of 99 in 100 at most", Unit::Seconds, Lower),
    figure("reply_seconds", "mean time to a reply", Unit::Seconds, Lower),
    figure("reply_quantiles_seconds.p50", "median time to a reply", Unit::Seconds, Lower),
    figure("reply_quantiles_seconds.p90", "nine in ten replies within", Unit::Seconds, Lower),
    figure("reply_quantiles_seconds.p95", "95 in 100 replies within", Unit::Seconds, Lower),
    figure("reply_quantiles_seconds.p99", "99 in 100 replies within", Unit::Seconds, Lower),
    figure("first_reply_seconds", "mean time to the first reply", Unit::Seconds, Lower),
    figure("first_reply_quantiles_seconds.p50", "median time to the first reply", Unit::Seconds, Lower),
    figure("first_reply_quantiles_seconds.p90", "nine in ten first replies within", Unit::Seconds, Lower),
    figure("first_reply_quantiles_seconds.p95", "95 in 100 first replies within", Unit::Seconds, Lower),
    figure("first_reply_quantiles_seconds.p99", "99 in 100 first replies within", Unit::Seconds, Lower),
    figure("queue_length", "contacts waiting at a time", Unit::Average("contacts"), Lower),
    figure("in_service", "contacts in conversation at a time", Unit::Average("contacts"), Neither),
    figure("contacts_held", "contacts held by an agent", Unit::Average("contacts"), Neither),
    figure("present", "agents signed in", Unit::Average("agents"), Neither),
    figure("completed_per_agent_hour", "completed in an agent's hour", Unit::PerHour, Higher),
];

const COST: Figure = figure("cost_per_minute", "cost per minute", Unit::PerMinute, Lower);

const fn figure(key: &'static str, label: &'static str, unit: Unit, better: Better) -> Figure {
    Figure { key, label, unit, better }
}

/// The figure with this key, if it is one; keys inside keys are joined by a dot.
pub(crate) fn of(key: &str) -> Option<&'static Figure> {
    all().find(|figure| figure.key == key)
}

impl Figure {
    /// Its label as a title.
    pub(crate) fn title(&self) -> String {
        let mut letters = self.label.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
}

/// Every figure, in the order in which people read them.
pub(crate) fn all() -> impl Iterator<Item = &'static Figure> {
    FIGURES.iter().chain([&COST])
}

impl Unit {
    /// As a column of a file says it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Count(what) | Self::Average(what) => what,
            Self::Share => "share",
            Self::Seconds => "s",
            Self::PerHour => "contacts/h",
            Self::PerMinute => "cost/min",
        }
    }

    /// `88.6% ± 0.3`, `2.4 min ± 0.1`: both in the unit that suits the mean.
    pub(crate) fn show(self, estimate: Estimate) -> String {
        let Some(mean) = estimate.mean else { return "–".to_owned() };
        let scale = self.scale(mean);
        match estimate.half_width {
            None => scale.show(mean),
            Some(half) => format!("{} ± {}", scale.show(mean), scale.plain(half)),
        }
    }

    /// How figures of this size are written.
    pub(crate) fn scale(self, size: f64) -> Scale {
        let size = size.abs();
        match self {
            Self::Count(_) => Scale { per: 1.0, suffix: "", decimals: 0 },
            Self::Share => Scale { per: 0.01, suffix: "%", decimals: 1 },
            Self::Seconds if size < 120.0 => Scale { per: 1.0, suffix: " s", decimals: 1 },
            Self::Seconds if size < 7200.0 => Scale { per: 60.0, suffix: " min", decimals: 1 },
            Self::Seconds => Scale { per: 3600.0, suffix: " h", decimals: 1 },
            Self::Average(_) if size >= 100.0 => Scale { per: 1.0, suffix: "", decimals: 0 },
            Self::Average(_) => Scale { per: 1.0, suffix: "", decimals: if size < 10.0 { 2 } else { 1 } },
            Self::PerHour | Self::PerMinute => Scale { per: 1.0, suffix: "", decimals: 2 },
        }
    }

    /// The same of differences.
    pub(crate) fn difference_scale(self, size: f64) -> Scale {
        match self {
            Self::Share => Scale { per: 0.01, suffix: " points", decimals: 1 },
            Self::Seconds if size < 1.0 => Scale { per: 1.0, suffix: " s", decimals: 2 },
            other => other.scale(size),
        }
    }
}

/// How a number is written.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    /// What 1 stands for.
    per: f64,
    pub(crate) suffix: &'static str,
    decimals: usize,
}

impl Scale {
    /// With its unit.
    pub(crate) fn show(self, value: f64) -> String {
        format!("{}{}", self.plain(value), self.suffix)
    }

    /// `+0.3 ± 0.1`: a difference, without its unit.
    pub(crate) fn difference(self, estimate: Estimate) -> String {
        let Some(mean) = estimate.mean else { return "–".to_owned() };
        let scale = self.fine(estimate.half_width.unwrap_or(0.0));
        let width = estimate.half_width.map_or_else(String::new, |half| format!(" ± {}", scale.plain(half)));
        let size = scale.plain(mean.abs());
        let sign = if size.contains(|digit: char| ('1'..='9').contains(&digit)) { sign(mean) } else { "" };
        format!("{sign}{size}{width}")
    }

    /// With so many decimals, up to four, that an interval of this half-width is seen.
    pub(crate) fn fine(self, half: f64) -> Self {
        let places = -self.of(half).log10().floor();
        let wanted = if places.is_finite() { places.clamp(0.0, 4.0) as usize } else { 0 };
        Self { decimals: self.decimals.max(wanted), ..self }
    }

    /// The number alone.
    pub(crate) fn of(self, value: f64) -> f64 {
        value / self.per
    }

    /// Without its unit.
    pub(crate) fn plain(self, value: f64) -> String {
        let scaled = self.of(value);
        if self.decimals == 0 && scaled >= 0.0 {
            return thousands(scaled.round() as u64);
        }
        format!("{scaled:.*}", self.decimals)
    }
}

/// With a true minus, as wide as the plus.
pub(crate) fn sign(value: f64) -> &'static str {
    if value > 0.0 {
        "+"
    } else if value < 0.0 {
        "−"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(mean: f64, half: f64) -> Estimate {
        Estimate { mean: Some(mean), half_width: Some(half) }
    }

    #[test]
    fn both_halves_of_an_interval_have_one_unit() {
        assert_eq!(Unit::Share.show(estimate(0.8861, 0.0032)), "88.6% ± 0.3");
        assert_eq!(Unit::Seconds.show(estimate(150.0, 3.0)), "2.5 min ± 0.1");
        assert_eq!(Unit::Average("agents").show(estimate(1520.4, 0.2)), "1,520 ± 0");
        assert_eq!(Unit::Seconds.show(Estimate { mean: Some(8.64), half_width: None }), "8.6 s");
        assert_eq!(Unit::Share.show(Estimate::default()), "–");
    }

    #[test]
    fn differences_have_a_sign_and_points_of_a_hundred() {
        let shown = |unit: Unit, size: f64, estimate| unit.difference_scale(size).difference(estimate);
        assert_eq!(shown(Unit::Share, 0.1, estimate(-0.0244, 0.004)), "−2.4 ± 0.4");
        assert_eq!(shown(Unit::Seconds, 0.5, estimate(0.123, 0.05)), "+0.12 ± 0.05");
        assert_eq!(shown(Unit::Seconds, 5.0, estimate(0.0, 0.0)), "0.0 ± 0.0");
        assert_eq!(shown(Unit::Seconds, 180.0, estimate(-3.0, 180.0)), "−0.1 ± 3.0");
        assert_eq!(shown(Unit::Share, 0.2, estimate(0.000_61, 0.000_42)), "+0.06 ± 0.04");
        assert_eq!(shown(Unit::Share, 0.2, estimate(-0.000_001, 0.02)), "0.0 ± 2.0");
        assert_eq!(shown(Unit::Count("contacts"), 9.0, estimate(-3.0, 0.0)), "−3 ± 0");
    }
}
