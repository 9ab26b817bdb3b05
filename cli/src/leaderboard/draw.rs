//! The two charts of the page, as SVG files that need nothing else.

use cordboard::measure::Estimate;
use maud::{Markup, PreEscaped, html};

use super::entrants::OURS;
use super::pools::Pools;
use super::staffing::Staffing;
use crate::report::{axis, chart};

const WIDTH: f64 = 860.0;
/// Where the plotted part begins and ends.
const LEFT: f64 = 330.0;
const RIGHT: f64 = 760.0;
const TOP: f64 = 56.0;
const ROW: f64 = 20.0;
/// Where one policy costs many times the optimum, its dots would press all others together.
const MOST_COST: f64 = 4.0;

/// One line of a chart: a name, dots, and an interval around the mean.
struct Line<'r> {
    name: &'r str,
    mean: Estimate,
    /// What the mean is of.
    dots: Vec<f64>,
    /// Beside the mean.
    label: String,
}

/// Cost over the optimum: each policy's mean with its interval, and a pale dot for each pool.
pub(super) fn pools(pools: &Pools) -> String {
    let lines = pools.rows.iter().map(|row| Line {
        name: &row.policy,
        mean: row.mean,
        dots: row.by_pool.iter().filter_map(|pool| pool.mean).collect(),
        label: row.mean.mean.map_or_else(String::new, |mean| format!("{mean:.2}")),
    });
    let title = format!(
        "Cost over the best possible: mean of the pools, and each pool; what is beyond {MOST_COST} stands at the edge"
    );
    drawing(&title, 1.0, MOST_COST, &lines.collect::<Vec<_>>())
}

/// Agents needed; a policy for which no number was enough has none.
pub(super) fn staffing(staffing: &Staffing) -> String {
    let lines = staffing.rows.iter().map(|row| Line {
        name: &row.policy,
        mean: Estimate { mean: row.agents.map(f64::from), half_width: None },
        dots: Vec::new(),
        label: row.agents.map_or_else(|| format!("more than {}", staffing.most), |agents| agents.to_string()),
    });
    drawing("Agents needed for every service target", 0.0, f64::INFINITY, &lines.collect::<Vec<_>>())
}

/// Bars from `from` to each mean, ours in colour; nothing beyond `to`.
fn drawing(title: &str, from: f64, to: f64, lines: &[Line<'_>]) -> String {
    let ends = lines.iter().flat_map(|line| {
        line.dots.iter().copied().chain(line.mean.mean.map(|mean| mean + line.mean.half_width.unwrap_or(0.0)))
    });
    let furthest = ends.filter(|end| end.is_finite()).fold(from, f64::max).min(to);
    let step = axis::round_step((furthest - from) / 6.0);
    let x = |value: f64| LEFT + (value.min(furthest) - from) / (furthest - from).max(step) * (RIGHT - LEFT);
    let at = |value: f64| format!("{:.1}", x(value));
    let height = TOP + ROW * lines.len() as f64 + 12.0;
    let ticks = (0..=8).map(|tick| from + f64::from(tick) * step).filter(|tick| *tick <= furthest.max(from + step));
    let [ink, grid, plain, ours] =
        [chart::INK.0, chart::GRID.0, chart::COLOURS[7].0, chart::COLOURS[0].0].map(chart::hex);
    let line = |row: usize, line: &Line<'_>| -> Markup {
        let y = TOP + ROW * (row as f64 + 0.5);
        let colour = if line.name == OURS { &ours } else { &plain };
        let mean = line.mean.mean;
        let half = line.mean.half_width.unwrap_or(0.0);
        let end = line.dots.iter().copied().chain(mean).fold(from, f64::max);
        html! {
            text x=(LEFT - 10.0) y=(y + 4.0) text-anchor="end" fill=(ink) { (line.name) }
            @if let Some(mean) = mean {
                rect x=(LEFT) y=(y - 6.0) width=(format!("{:.1}", (x(mean) - LEFT).max(0.5))) height="12" fill=(colour) fill-opacity="0.55" {}
                @if half > 0.0 { line x1=(at(mean - half)) x2=(at(mean + half)) y1=(y) y2=(y) stroke=(ink) stroke-width="2" {} }
            }
            @for dot in &line.dots { circle cx=(at(*dot)) cy=(y) r="2.5" fill="none" stroke=(colour) {} }
            text x=(format!("{:.1}", x(end) + 7.0)) y=(y + 4.0) fill=(ink) { (line.label) }
        }
    };
    let drawn = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {WIDTH} {height}")) width=(WIDTH) height=(height) font-family="sans-serif" font-size="12" {
            rect width=(WIDTH) height=(height) fill="#FFFFFF" {}
            text x="10" y="22" font-size="15" fill=(ink) { (title) }
            @for tick in ticks {
                line x1=(at(tick)) x2=(at(tick)) y1=(TOP) y2=(height - 8.0) stroke=(grid) {}
                text x=(at(tick)) y=(TOP - 6.0) text-anchor="middle" fill=(ink) { (axis::number(tick)) }
            }
            @for (row, one) in lines.iter().enumerate() { (line(row, one)) }
        }
    };
    html! { (drawn) (PreEscaped("\n")) }.into_string()
}
