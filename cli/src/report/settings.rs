//! A key of the scenario at several values: what becomes of each figure.

use cordboard::measure::Estimate;
use cordboard::sim::{ContactResults, Results, Scenario};
use maud::{Markup, html};

use super::axis::Axis;
use super::chart::{Chart, Line, MOST_LINES};
use super::over_time::over_settings;
use super::words::replications;
use crate::failure::Failure;
use crate::figure::{self, Better, Figure, Unit};

/// The scenario at one value of the key.
pub(crate) struct Point<'p> {
    pub(crate) value: &'p str,
    pub(crate) scenario: &'p Scenario,
    pub(crate) results: &'p Results,
}

/// Reads a figure of a stream.
type Read = fn(&ContactResults) -> Estimate;

const SHOWN: [(&str, Read); 7] = [
    ("service_level", |figures| figures.service_level),
    ("wait_seconds", |figures| figures.wait_seconds),
    ("abandon_share", |figures| figures.abandon_share),
    ("completed_per_agent_hour", |figures| figures.completed_per_agent_hour),
    ("reply_seconds", |figures| figures.reply_seconds),
    ("queue_length", |figures| figures.queue_length),
    ("occupancy", |figures| figures.occupancy),
];

/// A chart for each figure over all streams, and a table for each stream over all figures.
pub(super) fn of(key: &str, points: &[Point<'_>]) -> Result<Markup, Failure> {
    let Some(first) = points.first() else { return Ok(html! {}) };
    let streams = &first.results.streams;
    let names: Vec<String> = points.iter().map(|point| point.value.to_owned()).collect();
    let mut charts = Vec::new();
    for (figure, read) in figures() {
        let each = streams.iter().enumerate().take(MOST_LINES);
        let lines: Vec<Line> =
            each.map(|(at, (name, _))| over_settings(name, along(points, at, read))).filter(any).collect();
        if lines.is_empty() {
            continue;
        }
        let top = lines.iter().map(Line::reach).fold(0.0, f64::max);
        let y = match figure.unit {
            Unit::Share => Axis::share(),
            Unit::Seconds => Axis::times(top),
            _ => Axis::numbers(1.02 * top),
        };
        let note = format!("by {key}");
        charts.push(Chart { title: figure.title(), note, x: Axis::values(&names), y, lines, dots: true });
    }
    Ok(html! {
        section {
            h2 { "By " code { (key) } }
            p.note {
                (replications(first.results)) " Shaded: these intervals."
                @if streams.len() > MOST_LINES { " The first " (MOST_LINES) " of " (streams.len()) " streams are drawn." }
            }
            div.charts { @for chart in &charts { (chart.figure()?) } }
        }
        section {
            h2 { "Figures" }
            @for (at, (name, _)) in streams.iter().enumerate() { h3 { (name) } (table(key, points, at)) }
        }
    })
}

/// For each stream, the value with the best service level, and that with the shortest mean wait.
pub(super) fn sentences(key: &str, points: &[Point<'_>]) -> Vec<String> {
    let Some(first) = points.first() else { return Vec::new() };
    let mut sentences = vec![format!("{} values of {key} were tried, each with the same contacts.", points.len())];
    for (at, (name, _)) in first.results.streams.iter().enumerate() {
        let best: Vec<String> = figures()
            .filter(|(figure, _)| ["service_level", "wait_seconds", "completed_per_agent_hour"].contains(&figure.key))
            .filter_map(|(figure, read)| {
                let means = along(points, at, read).map(|estimate| estimate.mean).zip(points);
                let mut means: Vec<(f64, &Point<'_>)> =
                    means.filter_map(|(mean, point)| Some((mean?, point))).collect();
                means.sort_by(
                    |(a, _), (b, _)| if figure.better == Better::Higher { b.total_cmp(a) } else { a.total_cmp(b) },
                );
                let ((best, point), (worst, _)) = (means.first()?, means.last()?);
                let shown = |mean: f64| figure.unit.scale(*best).show(mean);
                let differs = shown(*best) != shown(*worst);
                differs.then(|| format!("{} is best at {} ({})", figure.label, point.value, shown(*best)))
            })
            .collect();
        if !best.is_empty() {
            sentences.push(format!("{name}: {}.", best.join("; ")));
        }
    }
    sentences
}

fn figures() -> impl Iterator<Item = (&'static Figure, Read)> {
    SHOWN.into_iter().filter_map(|(key, read)| Some((figure::of(key)?, read)))
}

fn along<'p>(points: &'p [Point<'_>], stream: usize, read: Read) -> impl Iterator<Item = Estimate> + 'p {
    let figures = move |point: &Point<'_>| point.results.streams.get(stream).map(|(_, figures)| read(figures));
    points.iter().map(move |point| figures(point).unwrap_or_default())
}

fn any(line: &Line) -> bool {
    line.points.iter().any(|(_, estimate)| estimate.mean.is_some())
}

fn table(key: &str, points: &[Point<'_>], stream: usize) -> Markup {
    let shown: Vec<_> =
        figures().filter(|(_, read)| along(points, stream, *read).any(|estimate| estimate.mean.is_some())).collect();
    html! {
        div.wide { table {
            thead { tr { th { (key) } @for (figure, _) in &shown { th { (figure.label) } } } }
            tbody { @for (at, point) in points.iter().enumerate() { tr {
                th scope="row" { (point.value) }
                @for (figure, read) in &shown {
                    td { (figure.unit.show(along(points, stream, *read).nth(at).unwrap_or_default())) }
                }
            } } }
        } }
    }
}
