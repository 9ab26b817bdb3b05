//! Results as one page for people: an HTML file that needs nothing else, with the figures, their intervals, and charts.
//!
//! Two runs of one command write the same page, byte for byte: how long a run took is not on it.

pub(crate) mod axis;
pub(crate) mod chart;
mod course;
mod forest;
mod over_time;
mod page;
mod settings;
mod tables;
mod words;

use std::fs;
use std::path::Path;

use cordboard::sim::{Comparison, Outcome, Results, Scenario};
use maud::{Markup, html};

use crate::failure::Failure;
use course::Courses;
pub(crate) use page::Origin;
pub(crate) use settings::Point;

/// Writes a page; a file that is there is replaced.
pub(crate) fn write(path: &Path, page: Result<Markup, Failure>) -> Result<(), Failure> {
    let page = page?.into_string();
    fs::write(path, page).map_err(|error| Failure::Run(format!("{}: {error}", path.display())))
}

/// What came of one scenario under one policy.
pub(crate) fn simulation(origin: &Origin, outcome: &Outcome, results: &Results) -> Result<Markup, Failure> {
    one(origin, outcome, results, words::of_one(&outcome.scenario, results), html! {})
}

/// What the engine made of recorded contacts, beside what the records say.
pub(crate) fn replay(
    origin: &Origin,
    outcome: &Outcome,
    results: &Results,
    sentences: Vec<String>,
    recorded: Markup,
) -> Result<Markup, Failure> {
    one(origin, outcome, results, sentences, recorded)
}

fn one(
    origin: &Origin,
    outcome: &Outcome,
    results: &Results,
    sentences: Vec<String>,
    before: Markup,
) -> Result<Markup, Failure> {
    let scenario = &outcome.scenario;
    let body = html! {
        (tables::headlines(scenario, results))
        (before)
        section { h2 { "Over the measured time" } (over_time::of_one(scenario, &Courses::of(outcome))?) }
        section { h2 { "Figures" } p.note { (words::replications(results)) } (tables::of_one(scenario, results)) }
    };
    let said = page::said(&sentences);
    Ok(page::page(origin, scenario, &[results], &said, &body))
}

/// What several policies made of the same contacts.
pub(crate) fn comparison(
    origin: &Origin,
    outcomes: &[Outcome],
    results: &[&Results],
    comparisons: &[Comparison],
) -> Result<Markup, Failure> {
    let Some(scenario) = outcomes.first().map(|outcome| &outcome.scenario) else { return Ok(html! {}) };
    let runs: Vec<_> =
        results.iter().zip(outcomes).map(|(results, outcome)| (results.policy.clone(), Courses::of(outcome))).collect();
    let body = html! {
        section {
            h2 { "Differences" }
            p.note {
                "Each policy less the first, replication by replication, over the same contacts: ± is half of the 95 % interval of these paired differences, and * marks those that leave out none. "
                "Shares differ in points of a hundred."
            }
            (forest::of(scenario, comparisons))
        }
        section { h2 { "Over the measured time" } (over_time::of_several(scenario, &runs)?) }
        section {
            h2 { "Figures of each policy" }
            @if let Some(first) = results.first() { p.note { (words::replications(first)) } }
            @for results in results {
                h3.policy { code { (results.policy) } }
                (tables::headlines(scenario, results))
                (tables::of_one(scenario, results))
            }
        }
    };
    Ok(page::page(origin, scenario, results, &compared(scenario, results, comparisons), &body))
}

/// Policy by policy, in sentences.
fn compared(scenario: &Scenario, results: &[&Results], comparisons: &[Comparison]) -> Markup {
    html! {
        @for comparison in comparisons {
            p.verdict { "Under " code { (comparison.policy) } ", compared with " code { (comparison.against) } ":" }
            ul { @for sentence in words::of_comparison(scenario, results, comparison) { li { (sentence) } } }
        }
    }
}

/// What a key of the scenario does to the results.
pub(crate) fn sweep(origin: &Origin, key: &str, points: &[Point<'_>]) -> Result<Markup, Failure> {
    let Some(first) = points.first() else { return Ok(html! {}) };
    let body = settings::of(key, points)?;
    let results: Vec<&Results> = points.iter().map(|point| point.results).collect();
    Ok(page::page(origin, first.scenario, &results, &page::said(&settings::sentences(key, points)), &body))
}
