//! What the records themselves say, beside what the engine made of them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use cordboard::Span;
use cordboard::measure::Histogram;
use cordboard::sim::{ContactResults, Scenario};
use maud::{Markup, html};
use serde::Serialize;

use super::Replayed;
use super::record::{Fate, Record};
use crate::table::{new, right_aligned, seconds, thousands};

const COLUMNS: [&str; 9] =
    ["stream", "", "contacts", "answered", "abandoned", "delayed", "mean wait", "of the answered", "p90"];

/// The recorded figures of a stream.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub(super) struct Past {
    contacts: u64,
    answered: u64,
    abandoned: u64,
    /// Mean wait of all whose wait was recorded.
    wait_seconds: Option<f64>,
    wait_answered_seconds: Option<f64>,
    wait_p90_seconds: Option<f64>,
    /// The share of these who waited at all.
    delayed_share: Option<f64>,
}

impl Past {
    /// By stream, of every stream of the scenario.
    pub(super) fn by_stream(scenario: &Scenario, records: &[Record]) -> BTreeMap<String, Self> {
        let streams = scenario.streams().iter();
        streams
            .map(|stream| {
                let of = records.iter().filter(|record| record.stream == stream.name);
                (stream.name.clone(), Self::of(of))
            })
            .collect()
    }

    fn of<'r>(records: impl Iterator<Item = &'r Record>) -> Self {
        let mut past = Self::default();
        let (mut all, mut answered, mut delayed) = (0.0, 0.0, 0);
        let mut waits = Histogram::default();
        for record in records {
            past.contacts += 1;
            let wait = match record.fate {
                None => continue,
                Some(Fate::Answered { wait, .. }) => {
                    past.answered += 1;
                    answered += wait.as_secs_f64();
                    wait
                }
                Some(Fate::Abandoned { wait }) => {
                    past.abandoned += 1;
                    wait
                }
            };
            all += wait.as_secs_f64();
            delayed += u64::from(wait > Span::ZERO);
            waits.record(wait);
        }
        let over = |sum: f64, count: u64| (count > 0).then(|| sum / count as f64);
        past.wait_seconds = over(all, waits.count());
        past.wait_answered_seconds = over(answered, past.answered);
        past.wait_p90_seconds = waits.quantile(0.9).map(Span::as_secs_f64);
        past.delayed_share = over(delayed as f64, waits.count());
        past
    }
}

/// Recorded against routed, stream by stream.
pub(super) fn table(out: &mut impl Write, replayed: &Replayed) -> io::Result<()> {
    let kept: u64 = replayed.recorded.values().map(|past| past.contacts).sum();
    writeln!(out, "{} records, {} replayed", thousands(replayed.records), thousands(kept))?;
    for (why, count) in &replayed.dropped {
        writeln!(out, "  {} left out: {why}", thousands(*count))?;
    }
    if replayed.recorded_agents > 0 {
        writeln!(out, "{} agents, present when the records show them", replayed.recorded_agents)?;
    }
    writeln!(out)?;
    let mut table = new(&COLUMNS);
    for (name, routed) in &replayed.timed.results.streams {
        let past = replayed.recorded.get(name).copied().unwrap_or_default();
        if past.contacts == 0 {
            continue;
        }
        table.add_row(recorded_row(name, &past));
        table.add_row(routed_row(routed));
    }
    writeln!(out, "{}", right_aligned(table))?;
    let results = &replayed.timed.results;
    writeln!(
        out,
        "{} commands, {} events in {:.2} s, digest {}",
        thousands(results.commands),
        thousands(results.events),
        replayed.timed.wall_seconds,
        results.digest
    )
}

/// The same, in words.
pub(super) fn sentences(replayed: &Replayed) -> Vec<String> {
    let kept: u64 = replayed.recorded.values().map(|past| past.contacts).sum();
    let mut sentences = vec![format!("Of {} records, {} were replayed.", thousands(replayed.records), thousands(kept))];
    let recorded = replayed.recorded.values().map(|past| (past.answered + past.abandoned, past.wait_seconds));
    let routed = replayed.timed.results.streams.iter();
    let routed = routed.map(|(_, figures)| (figures.answered + figures.abandoned, figures.wait_seconds.mean));
    sentences.push(format!(
        "By the records they waited {} on average, and {} as routed here.",
        seconds(mean(recorded)),
        seconds(mean(routed))
    ));
    let dropped = replayed.dropped.iter();
    sentences.extend(dropped.map(|(why, count)| format!("{} were left out: {why}.", thousands(*count))));
    if replayed.recorded_agents > 0 {
        sentences.push(format!("{} agents were present when the records show them.", replayed.recorded_agents));
    }
    sentences
}

/// Of all contacts, from the number and the mean of each stream.
fn mean(streams: impl Iterator<Item = (u64, Option<f64>)>) -> Option<f64> {
    let known = streams.filter_map(|(count, mean)| Some((count as f64, mean?)));
    let (sum, count) = known.fold((0.0, 0.0), |(sum, all), (count, mean)| (sum + count * mean, all + count));
    (count > 0.0).then(|| sum / count)
}

/// The same, for a page.
pub(super) fn section(replayed: &Replayed) -> Markup {
    let shown = replayed.timed.results.streams.iter().filter_map(|(name, routed)| {
        let past = replayed.recorded.get(name).filter(|past| past.contacts > 0)?;
        Some([recorded_row(name, past), routed_row(routed)])
    });
    html! {
        section {
            h2 { "Recorded and routed" }
            div.wide { table {
                thead { tr { @for title in COLUMNS { th { (title) } } } }
                tbody { @for row in shown.flatten() { tr {
                    @for (at, cell) in row.iter().enumerate() {
                        @if at < 2 { th scope="row" { (cell) } } @else { td { (cell) } }
                    }
                } } }
            } }
        }
    }
}

fn recorded_row(name: &str, past: &Past) -> [String; 9] {
    [
        name.to_owned(),
        "recorded".to_owned(),
        thousands(past.contacts),
        thousands(past.answered),
        thousands(past.abandoned),
        percent(past.delayed_share),
        seconds(past.wait_seconds),
        seconds(past.wait_answered_seconds),
        seconds(past.wait_p90_seconds),
    ]
}

fn routed_row(routed: &ContactResults) -> [String; 9] {
    [
        String::new(),
        "routed".to_owned(),
        thousands(routed.offered),
        thousands(routed.answered),
        thousands(routed.abandoned),
        percent(routed.delayed_share.mean),
        seconds(routed.wait_seconds.mean),
        seconds(routed.wait_answered_seconds.mean),
        seconds(routed.wait_quantiles_seconds.p90),
    ]
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1}%", 100.0 * share))
}
