//! Charts over the measured time, and of how long people waited.

use cordboard::Span;
use cordboard::measure::Estimate;
use cordboard::sim::{AgentTally, Part, Scenario};
use maud::{Markup, html};

use super::axis::{self, Axis};
use super::chart::{Chart, Line, MOST_LINES};
use super::course::{Courses, Fared};
use super::words;
use crate::failure::Failure;

/// Where the largest of several lines is so many times the smallest, they share a logarithmic axis.
const FAR_APART: f64 = 30.0;

const THEN: &str = "of those who arrived then";
const BUSY: &str = "share of signed-in time with at least one contact";

/// Every channel as a line, then the agents.
pub(super) fn of_one(scenario: &Scenario, courses: &Courses) -> Result<Markup, Failure> {
    let (shown, note) = busiest(&courses.channels);
    let lines = |figure: fn(&Part) -> Option<f64>| -> Vec<Line> {
        shown.iter().map(|channel| courses.line(channel, figure)).collect()
    };
    let chart = |title: &str, note: String, y, lines| over(scenario, title.to_owned(), note, y, lines);
    let every = words::in_words(Span::from_secs(courses.part.round() as u64));
    let mut charts = Vec::new();
    let arrivals = lines(|part| Some(part.offered as f64));
    let (y, scale) = numbers(&arrivals);
    charts.push(chart("Contacts arriving", format!("in {every}{scale}"), y, arrivals));
    charts.push(chart("Answered within target", THEN.to_owned(), Axis::share(), lines(service_level)));
    let waits = lines(mean_wait);
    let (y, scale) = times(&waits);
    charts.push(chart("Mean wait", format!("{THEN}{scale}"), y, waits));
    let waiting = lines(|part| Some(part.waiting as f64));
    let (y, scale) = numbers(&waiting);
    charts.push(chart("Contacts waiting", format!("at the end of each {every}{scale}"), y, waiting));
    charts.extend(of_agents(scenario, courses));
    charts.push(distribution(
        shown.iter().map(|channel| channel.waits()).collect(),
        longest(shown.iter().copied()),
        "Waits",
    ));
    Ok(html! {
        p.note { (note) (of_time_note(scenario)) " Shaded: 95 % intervals of the mean over replications, where there are several." }
        div.charts { @for chart in &charts { (chart.figure()?) } }
    })
}

/// Agents there, busy, and with how many contacts.
fn of_agents(scenario: &Scenario, courses: &Courses) -> Vec<Chart> {
    let chart = |title: &str, note: &str, y, lines| over(scenario, title.to_owned(), note.to_owned(), y, lines);
    let mut charts = Vec::new();
    let busy = if courses.groups.len() > 1 {
        courses.groups.iter().map(|(name, group)| courses.of_agents(name, group, occupancy)).collect()
    } else {
        vec![courses.of_agents("all agents", &courses.agents, occupancy)]
    };
    charts.push(chart("Occupancy", BUSY, Axis::share(), busy));
    let seconds = courses.part * 1e6;
    let there = courses.of_agents("signed in", &courses.agents, |part| Some(part.present as f64 / seconds));
    let with_work = courses.of_agents("with a contact", &courses.agents, |part| Some(part.busy as f64 / seconds));
    let both = vec![there, with_work];
    // Not on the frame, if nobody comes or goes.
    let y = Axis::numbers(1.05 * reach(&both));
    charts.push(chart("Agents", "time average", y, both));
    if courses.agents.holds_several() {
        let held = courses.of_agents("all agents", &courses.agents, |part| {
            (part.present > 0).then(|| part.held as f64 / part.present as f64)
        });
        let y = Axis::numbers(held.reach());
        charts.push(chart("Contacts held by an agent", "while signed in, time average", y, vec![held]));
    }
    charts
}

/// One chart for each channel, in which every policy is a line.
pub(super) fn of_several(scenario: &Scenario, runs: &[(String, Courses)]) -> Result<Markup, Failure> {
    let Some((_, first)) = runs.first() else { return Ok(html! {}) };
    let (shown, mut note) = busiest(&first.channels);
    if runs.len() > MOST_LINES {
        note += &format!("The first {MOST_LINES} of {} policies are drawn. ", runs.len());
    }
    let runs = &runs[..runs.len().min(MOST_LINES)];
    let chart = |title: String, note: &str, y, lines| over(scenario, title, note.to_owned(), y, lines);
    let mut charts = Vec::new();
    let mut distributions = Vec::new();
    for channel in &shown {
        let all = || {
            runs.iter().filter_map(|(policy, courses)| {
                let same = courses.channels.iter().find(|other| other.name == channel.name)?;
                Some((policy, courses, same))
            })
        };
        let lines = |figure: fn(&Part) -> Option<f64>| -> Vec<Line> {
            all().map(|(policy, courses, same)| named(policy, courses.line(same, figure))).collect()
        };
        let name = &channel.name;
        let level = lines(service_level);
        charts.push(chart(format!("{name}: answered within target"), THEN, Axis::share(), level));
        let waits = lines(mean_wait);
        let y = Axis::times(reach(&waits));
        charts.push(chart(format!("{name}: mean wait"), THEN, y, waits));
        let waits = all().map(|(policy, _, same)| named(policy, same.waits())).collect();
        distributions.push(distribution(waits, longest(all().map(|(_, _, same)| same)), &format!("{name}: waits")));
    }
    charts.append(&mut distributions);
    let busy = runs.iter().map(|(policy, courses)| named(policy, courses.of_agents("", &courses.agents, occupancy)));
    let busy = busy.collect();
    charts.push(chart("Occupancy".to_owned(), BUSY, Axis::share(), busy));
    Ok(html! {
        p.note { (note) (of_time_note(scenario)) " Shaded: 95 % intervals of the mean over replications, where there are several; those of the differences, above, are narrower, since policies met the same contacts." }
        div.charts { @for chart in &charts { (chart.figure()?) } }
    })
}

fn over(scenario: &Scenario, title: String, note: String, y: Axis, lines: Vec<Line>) -> Chart {
    Chart { title, note, x: Axis::of_time(scenario), y, lines, dots: false }
}

fn distribution(lines: Vec<Line>, longest: f64, title: &str) -> Chart {
    let x = Axis::logarithmic_times(0.1, longest.max(10.0) * 1.2);
    let inside = |line: Line| {
        let points = line.points.into_iter().filter(|(length, _)| *length <= x.to).collect();
        Line { name: line.name, points }
    };
    let lines = lines.into_iter().map(inside).collect();
    let note = "share of those who left the queue who had waited at most so long, logarithmic".to_owned();
    Chart { title: title.to_owned(), note, x, y: Axis::share(), lines, dots: false }
}

/// The channels that can be told apart, and a sentence about the others.
fn busiest(channels: &[Fared]) -> (Vec<&Fared>, String) {
    let mut order: Vec<usize> = (0..channels.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(channels[*at].offered));
    order.truncate(MOST_LINES);
    order.sort_unstable();
    let left_out = channels.len() - order.len();
    let note =
        if left_out > 0 { format!("{left_out} channels with fewer contacts are not drawn. ") } else { String::new() };
    (order.into_iter().map(|at| &channels[at]).collect(), note)
}

fn of_time_note(scenario: &Scenario) -> String {
    if axis::by_clock(scenario) {
        "Times are times of day.".to_owned()
    } else if scenario.warmup().0 == 0 {
        "Times count from the beginning.".to_owned()
    } else {
        format!("Times count from the end of the warm-up of {}.", words::in_words(scenario.warmup()))
    }
}

fn named(name: &str, line: Line) -> Line {
    Line { name: name.to_owned(), ..line }
}

/// Linear, unless small lines would lie on the ground.
fn numbers(lines: &[Line]) -> (Axis, &'static str) {
    if far_apart(lines) {
        (Axis::logarithmic_numbers(1.0, reach(lines)), ", logarithmic")
    } else {
        (Axis::numbers(1.02 * reach(lines)), "")
    }
}

fn times(lines: &[Line]) -> (Axis, &'static str) {
    if far_apart(lines) {
        (Axis::logarithmic_times(0.1, reach(lines)), ", logarithmic")
    } else {
        (Axis::times(reach(lines)), "")
    }
}

fn far_apart(lines: &[Line]) -> bool {
    let tops = || lines.iter().map(Line::top).filter(|top| *top > 0.0);
    tops().fold(0.0, f64::max) > FAR_APART * tops().fold(f64::INFINITY, f64::min)
}

fn reach(lines: &[Line]) -> f64 {
    lines.iter().map(Line::reach).fold(0.0, f64::max)
}

fn longest<'c>(channels: impl Iterator<Item = &'c Fared>) -> f64 {
    channels.map(|channel| channel.longest).fold(0.0, f64::max)
}

fn service_level(part: &Part) -> Option<f64> {
    (part.offered > 0).then(|| part.within_target as f64 / part.offered as f64)
}

fn mean_wait(part: &Part) -> Option<f64> {
    (part.left_queue > 0).then(|| part.waited as f64 / part.left_queue as f64 / 1e6)
}

fn occupancy(part: &AgentTally) -> Option<f64> {
    (part.present > 0).then(|| part.busy as f64 / part.present as f64)
}

/// A line through one figure over several settings, for sweeps.
pub(super) fn over_settings(name: &str, estimates: impl Iterator<Item = Estimate>) -> Line {
    Line { name: name.to_owned(), points: estimates.enumerate().map(|(at, estimate)| (at as f64, estimate)).collect() }
}
