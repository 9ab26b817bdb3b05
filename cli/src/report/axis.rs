//! Axes whose ticks are round numbers, in words a reader uses.

use std::ops::Range;

use cordboard::sim::Scenario;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use crate::table::thousands;

/// An axis: where it begins and ends, and what is written where.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Axis {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) ticks: Vec<(f64, String)>,
    logarithmic: bool,
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;
/// Lengths of time that people count in, in seconds.
const STEPS: [f64; 25] = [
    0.001,
    0.01,
    0.1,
    0.2,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
    20.0,
    30.0,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    20.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    4.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    5.0 * DAY,
];
/// Where a logarithmic axis of times has ticks.
const ROUND_TIMES: [f64; 13] =
    [0.001, 0.01, 0.1, 1.0, 10.0, MINUTE, 10.0 * MINUTE, HOUR, 6.0 * HOUR, DAY, 7.0 * DAY, 30.0 * DAY, 365.0 * DAY];

impl Axis {
    /// From 0 to a whole, in percent.
    pub(super) fn share() -> Self {
        let ticks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, format!("{}%", 100.0 * share)));
        Self { from: 0.0, to: 1.0, ticks: ticks.into(), logarithmic: false }
    }

    /// From 0 to at least `top`, a number of things.
    pub(super) fn numbers(top: f64) -> Self {
        Self::even(top, round_step(top / 4.0), number)
    }

    /// From 0 to at least `top` seconds.
    pub(super) fn times(top: f64) -> Self {
        Self::even(top, time_step(top / 4.0), time)
    }

    /// From `from`, above 0, to at least `top`; what is lower is shown at its beginning.
    pub(super) fn logarithmic_numbers(from: f64, top: f64) -> Self {
        let ticks = (-3..13).map(|power| 10_f64.powi(power)).map(|tick| (tick, number(tick)));
        Self::logarithmic(from, top, ticks)
    }

    /// The same of seconds.
    pub(super) fn logarithmic_times(from: f64, top: f64) -> Self {
        Self::logarithmic(from, top, ROUND_TIMES.into_iter().map(|tick| (tick, time(tick))))
    }

    /// The measured time of a scenario: by the clock where it is a day or two, else counted since it began.
    pub(super) fn of_time(scenario: &Scenario) -> Self {
        let (warmup, length) = (scenario.warmup().as_secs_f64(), scenario.horizon().as_secs_f64());
        let step = time_step(length / 8.0);
        let by_clock = by_clock(scenario);
        let ticks = (0..).map(|at| at as f64 * step).take_while(|tick| *tick <= length * 1.000_001);
        let name = |tick| if by_clock { clock(warmup + tick) } else { time(tick) };
        Self { from: 0.0, to: length, ticks: ticks.map(|tick| (tick, name(tick))).collect(), logarithmic: false }
    }

    /// Values in an order, evenly spaced from 0.
    pub(super) fn values(names: &[String]) -> Self {
        let every = names.len().div_ceil(10).max(1);
        let ticks = names.iter().enumerate().filter(|(at, _)| at % every == 0);
        let ticks = ticks.map(|(at, name)| (at as f64, name.clone())).collect();
        Self { from: -0.3, to: names.len().saturating_sub(1) as f64 + 0.3, ticks, logarithmic: false }
    }

    /// Where a value stands, from 0 at the beginning to 1 at the end; `None` if it is no number.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        let (from, to) = (self.scaled(self.from), self.scaled(self.to));
        let value = self.scaled(value.clamp(self.from, self.to));
        (value.is_finite() && to > from).then(|| (value - from) / (to - from))
    }

    fn scaled(&self, value: f64) -> f64 {
        if self.logarithmic { value.log10() } else { value }
    }

    fn even(top: f64, step: f64, name: impl Fn(f64) -> String) -> Self {
        let top = if top.is_finite() { top } else { step };
        let count = (top / step - 1e-9).ceil().clamp(1.0, 100.0) as u32;
        let ticks = (0..=count).map(|at| f64::from(at) * step).map(|tick| (tick, name(tick)));
        Self { from: 0.0, to: f64::from(count) * step, ticks: ticks.collect(), logarithmic: false }
    }

    fn logarithmic(from: f64, top: f64, ticks: impl Iterator<Item = (f64, String)>) -> Self {
        let to = top.max(10.0 * from);
        let ticks = ticks.filter(|(tick, _)| (from..=to).contains(tick)).collect();
        Self { from, to, ticks, logarithmic: true }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let place = self.place(*value).unwrap_or(0.0);
        from + (place * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|(tick, _)| *tick).collect()
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let same = self.ticks.iter().find(|(tick, _)| tick.total_cmp(value).is_eq());
        same.map_or_else(String::new, |(_, label)| label.clone())
    }
}

/// Whether the measured time of a scenario is told by the clock.
pub(super) fn by_clock(scenario: &Scenario) -> bool {
    scenario.warmup().0 == 0 && scenario.horizon().as_secs_f64() <= 2.0 * DAY
}

/// 1, 2 or 5 with zeros behind or before it: the first that is at least so much.
pub(crate) fn round_step(least: f64) -> f64 {
    if !(least.is_finite() && least > 1e-9) {
        return 0.25;
    }
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|digit| digit * power)
        .into_iter()
        .find(|step| *step >= least * 0.999_999)
        .unwrap_or(least)
}

fn time_step(least: f64) -> f64 {
    let step = STEPS.into_iter().find(|step| *step >= least * 0.999_999);
    step.unwrap_or_else(|| DAY * round_step(least / DAY))
}

/// `0`, `20 s`, `5 min`, `2 h`, `3 d`.
pub(super) fn time(seconds: f64) -> String {
    let (per, unit) = match seconds {
        s if s < 0.0005 => return "0".to_owned(),
        s if s < MINUTE => (1.0, "s"),
        s if s < HOUR => (MINUTE, "min"),
        s if s < 2.0 * DAY => (HOUR, "h"),
        _ => (DAY, "d"),
    };
    format!("{} {unit}", number(seconds / per))
}

/// Without zeros behind the point, and with commas from a thousand on.
pub(crate) fn number(value: f64) -> String {
    if value.abs() >= 1000.0 {
        return thousands(value.round() as u64);
    }
    let rounded = format!("{value:.3}");
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `08:30`, and at the end of the day `24:00`.
fn clock(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let hours = if hours > 24 { hours % 24 } else { hours };
    format!("{hours:02}:{minutes:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        assert_eq!(labels(&Axis::numbers(731.0)), ["0", "200", "400", "600", "800"]);
        assert_eq!(labels(&Axis::numbers(4_557.0)), ["0", "2,000", "4,000", "6,000"]);
        assert_eq!(labels(&Axis::numbers(0.07)), ["0", "0.02", "0.04", "0.06", "0.08"]);
        assert_eq!(labels(&Axis::times(50.0)), ["0", "20 s", "40 s", "1 min"]);
        assert_eq!(labels(&Axis::times(5_000.0)), ["0", "30 min", "1 h", "1.5 h"]);
        assert_eq!(labels(&Axis::times(90.0 * DAY)), ["0", "50 d", "100 d"]);
        assert_eq!(labels(&Axis::logarithmic_times(1.0, 4_000.0)), ["1 s", "10 s", "1 min", "10 min", "1 h"]);
        assert_eq!(labels(&Axis::logarithmic_numbers(1.0, 900.0)), ["1", "10", "100"]);
    }

    #[test]
    fn nothing_at_all_still_has_an_axis() {
        for top in [0.0, f64::NAN, f64::INFINITY, -3.0] {
            for axis in [Axis::numbers(top), Axis::times(top), Axis::logarithmic_times(1.0, top)] {
                assert!(axis.to > axis.from && axis.ticks.len() < 200, "{top}: {axis:?}");
            }
        }
    }

    #[test]
    fn places_are_inside() {
        let axis = Axis::logarithmic_numbers(1.0, 100.0);
        assert_eq!([0.0, 1.0, 10.0, 100.0, 1e9].map(|value| axis.place(value)), [0.0, 0.0, 0.5, 1.0, 1.0].map(Some));
        assert_eq!(axis.place(f64::NAN), None);
    }
}
