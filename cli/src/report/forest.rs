//! Paired differences with their intervals: beside each row of the table, where its interval lies.

use cordboard::measure::Estimate;
use cordboard::sim::{Comparison, Differences, Scenario};
use maud::{Markup, html};

use super::axis::{number, round_step};
use super::chart::{COLOURS, GRID, INK, hex};
use super::tables::foldable;
use crate::figure::{self, Better, Figure, Scale, sign};

const WIDTH: f64 = 260.0;
/// Kept free left and right, so that the labels of the scale fit.
const MARGIN: f64 = 24.0;

/// One row: which stream or channel, under which policy, and by how much it differs from the first policy.
struct Row<'c> {
    policy: &'c str,
    name: &'c str,
    difference: Estimate,
}

/// A table for each figure, over channels, then streams.
pub(super) fn of(scenario: &Scenario, comparisons: &[Comparison]) -> Markup {
    let by_channel = tables(comparisons, |comparison| &comparison.channels, "channel");
    let by_stream = tables(comparisons, |comparison| &comparison.streams, "stream");
    let costs = scenario.streams().iter().any(|stream| stream.cost() != cordboard::sim::Cost::default());
    let cost = |comparison: &'_ Comparison| comparison.cost_per_minute;
    let cost: Vec<Row<'_>> = comparisons
        .iter()
        .map(|comparison| Row { policy: &comparison.policy, name: "all", difference: cost(comparison) })
        .collect();
    let cost =
        figure::of("cost_per_minute").filter(|_| costs).map(|figure| table(figure, &cost, "", comparisons.len()));
    let alone = scenario.streams().len() == comparisons.first().map_or(0, |comparison| comparison.channels.len());
    let class = if comparisons.len() > 1 { "forests several" } else { "forests" };
    html! {
        div class=(class) { (by_channel) @if let Some(cost) = cost { (cost) } }
        @if !alone {
            (foldable("By stream", scenario.streams().len() * comparisons.len(), &html! { div class=(class) { (by_stream) } }))
        }
    }
}

fn tables<'c>(comparisons: &'c [Comparison], of: impl Fn(&'c Comparison) -> &'c [Differences], what: &str) -> Markup {
    html! {
        @for figure in figure::all() {
            (table(figure, &rows(comparisons, &of, figure.key), what, comparisons.len()))
        }
    }
}

fn rows<'c>(
    comparisons: &'c [Comparison],
    of: impl Fn(&'c Comparison) -> &'c [Differences],
    key: &str,
) -> Vec<Row<'c>> {
    let mut rows = Vec::new();
    for comparison in comparisons {
        for Differences { name, differences } in of(comparison) {
            let difference = differences.iter().find(|(known, _)| *known == key).map(|(_, estimate)| *estimate);
            if let Some(difference) = difference.filter(|estimate| estimate.mean.is_some()) {
                rows.push(Row { policy: &comparison.policy, name, difference });
            }
        }
    }
    rows
}

fn table(figure: &Figure, rows: &[Row<'_>], what: &str, comparisons: usize) -> Markup {
    if rows.is_empty() {
        return html! {};
    }
    let ruler = Ruler::over(rows.iter().map(|row| row.difference));
    let scale = figure.unit.difference_scale(ruler.end);
    let (left, right) = match figure.better {
        Better::Higher => ("← worse", "better →"),
        Better::Lower => ("← better", "worse →"),
        Better::Neither => ("← fewer", "more →"),
    };
    let several = comparisons > 1;
    html! {
        div.wide { table.forest {
            caption {
                (figure.title())
                @if !scale.suffix.is_empty() { span.note { "," (scale.suffix) } }
            }
            thead { tr {
                @if several { th { "policy" } }
                th.name { (what) } th { "difference" }
                th { span.ends { span { (left) } span { (right) } } }
            } }
            tbody { @for row in rows { tr {
                @if several { th scope="row" { code { (row.policy) } } }
                th.name scope="row" { (row.name) }
                td {
                    (scale.difference(row.difference))
                    span.star { @if row.difference.is_significant() { " *" } }
                }
                td.interval { (ruler.mark(row.difference)) }
            } } }
            tfoot { tr { td colspan=(if several { 3 } else { 2 }) {} td.interval { (ruler.labels(scale)) } } }
        } }
    }
}

/// A scale that reaches equally far to both sides of no difference.
struct Ruler {
    end: f64,
    step: f64,
}

impl Ruler {
    fn over(differences: impl Iterator<Item = Estimate>) -> Self {
        let reach = |estimate: Estimate| estimate.mean.unwrap_or(0.0).abs() + estimate.half_width.unwrap_or(0.0);
        let furthest = differences.map(reach).filter(|reach| reach.is_finite()).fold(0.0, f64::max);
        if furthest <= 0.0 {
            return Self { end: 1.0, step: f64::INFINITY };
        }
        let step = round_step(furthest / 2.5);
        Self { end: furthest, step }
    }

    fn x(&self, value: f64) -> f64 {
        let place = (value / self.end).clamp(-1.0, 1.0);
        WIDTH / 2.0 + place * (WIDTH / 2.0 - MARGIN)
    }

    fn ticks(&self) -> Vec<f64> {
        let each = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|times| if times == 0.0 { 0.0 } else { times * self.step });
        each.into_iter().filter(|tick| tick.abs() <= self.end * 1.001).collect()
    }

    /// The interval and its middle, over the lines of the ticks.
    fn mark(&self, estimate: Estimate) -> Markup {
        let mean = estimate.mean.unwrap_or(0.0);
        let half = estimate.half_width.unwrap_or(0.0);
        let at = |value: f64| format!("{:.1}", self.x(value));
        let colour = hex(if estimate.is_significant() { COLOURS[0].0 } else { COLOURS[COLOURS.len() - 1].0 });
        html! {
            svg width=(WIDTH) height="26" viewBox={ "0 0 " (WIDTH) " 26" } aria-hidden="true" {
                @for tick in self.ticks() {
                    line x1=(at(tick)) x2=(at(tick)) y1="0" y2="26" stroke=(hex(if tick == 0.0 { INK.0 } else { GRID.0 })) {}
                }
                line x1=(at(mean - half)) x2=(at(mean + half)) y1="13" y2="13" stroke=(colour) stroke-width="2.5" {}
                @if half > 0.0 { @for end in [mean - half, mean + half] {
                    line x1=(at(end)) x2=(at(end)) y1="8" y2="18" stroke=(colour) stroke-width="2.5" {}
                } }
                circle cx=(at(mean)) cy="13" r="4.5" fill=(colour) {}
            }
        }
    }

    /// What the ticks stand for.
    fn labels(&self, scale: Scale) -> Markup {
        html! {
            svg width=(WIDTH) height="20" viewBox={ "0 0 " (WIDTH) " 20" } {
                @for tick in self.ticks() {
                    text x=(format!("{:.1}", self.x(tick))) y="14" text-anchor="middle" font-size="12" fill=(hex(INK.0)) {
                        (sign(tick)) (number(scale.of(tick.abs())))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ruler_reaches_over_every_interval_and_is_round() {
        let estimate = |mean, half| Estimate { mean: Some(mean), half_width: Some(half) };
        let ruler = Ruler::over([estimate(0.2, 0.05), estimate(-0.1, 0.3), Estimate::default()].into_iter());
        assert!((ruler.end - 0.4).abs() < 1e-9);
        assert_eq!(ruler.ticks().len(), 5);
        let places = [-9.0, -0.4, 0.0, 0.4, 9.0].map(|value| ruler.x(value).round() as u32);
        assert_eq!(places, [24, 24, 130, 236, 236]);
    }

    #[test]
    fn no_difference_anywhere_is_a_ruler_too() {
        let same = Estimate { mean: Some(0.0), half_width: Some(0.0) };
        let ruler = Ruler::over([same].into_iter());
        assert_eq!((ruler.ticks().len(), ruler.x(0.0).round() as u32), (1, 130));
        let drawn =
            ruler.mark(same).into_string() + &ruler.labels(figure::Unit::Share.difference_scale(1.0)).into_string();
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
    }
}
