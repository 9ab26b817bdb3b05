//! `cordboard sweep`: one key of a scenario at several values.

mod outlook;
mod setting;

use std::io::{self, Write, stdout};
use std::path::PathBuf;

use clap::Args;
use cordboard::sim::Scenario;
use serde::Serialize;

use crate::failure::Failure;
use crate::input::{self, Files, RunOptions};
use crate::report::{self, Origin};
use crate::rows::Rows;
use crate::simulate::Timed;
use crate::{progress, table};
use setting::Setting;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The scenario, a TOML file
    scenario: PathBuf,
    /// A key of the scenario and its values: whole numbers from one to another, a list, or one value, such as
    /// capacity.desk.chat.max=1..30 or channels.chat.quiet_after=20s,40s. Given several times, each but one with one value
    #[arg(long = "set", value_name = "KEY=VALUES", required = true, num_args = 1)]
    settings: Vec<Setting>,
    /// Says what an agent of each other stream is worth in agents of this one: contacts completed in an agent's hour, divided
    #[arg(long, value_name = "STREAM")]
    against: Option<String>,
    #[command(flatten)]
    options: RunOptions,
    #[command(flatten)]
    files: Files,
}

#[derive(Serialize)]
struct Swept {
    scenario: String,
    key: String,
    points: Vec<Point>,
}

/// The scenario at one value.
#[derive(Serialize)]
struct Point {
    value: String,
    #[serde(flatten)]
    timed: Timed,
    #[serde(skip)]
    scenario: Scenario,
}

impl Point {
    fn reported(&self) -> report::Point<'_> {
        report::Point { value: &self.value, scenario: &self.scenario, results: &self.timed.results }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (fixed, varied): (Vec<&Setting>, Vec<&Setting>) =
        arguments.settings.iter().partition(|setting| setting.values.len() == 1);
    let varied = match varied[..] {
        [one] => one,
        [] => return Err(Failure::Input("there is one value for every key: give one of them several".to_owned())),
        _ => return Err(Failure::Input("several keys have several values: vary one at a time".to_owned())),
    };
    let mut document = input::document(&arguments.scenario)?;
    for setting in fixed {
        document = document.with(&setting.document(&setting.values[0])?);
    }
    // Whatever is wrong with any of them is said before the first is run.
    let scenarios = varied.values.iter().map(|value| {
        let document = document.with(&varied.document(value)?);
        let scenario = input::check(&document, &arguments.scenario)
            .map_err(|failure| failure.at(&format!("{}={value}", varied.key)))?;
        Ok((value, arguments.options.change(scenario)))
    });
    let scenarios = scenarios.collect::<Result<Vec<_>, Failure>>()?;
    if let (Some(name), Some((_, scenario))) = (&arguments.against, scenarios.first())
        && !scenario.streams().iter().any(|stream| stream.name == *name)
    {
        return Err(Failure::Input(format!("there is no stream {name:?} to compare with")));
    }
    let mut points = Vec::with_capacity(scenarios.len());
    let mut rows = arguments.files.csv.as_deref().map(Rows::create).transpose()?;
    for (value, scenario) in scenarios {
        let (outcome, took) = progress::run(&scenario, arguments.options.threads())?;
        if let Some(rows) = &mut rows {
            rows.add(&format!("{}={value}", varied.key), &outcome)?;
        }
        let timed = Timed { results: outcome.results(), wall_seconds: took.as_secs_f64(), precision: None };
        points.push(Point { value: value.clone(), timed, scenario });
    }
    let name = points.first().map_or_else(String::new, |point| point.scenario.name().to_owned());
    let swept = Swept { scenario: name, key: varied.key.clone(), points };
    rows.map_or(Ok(()), Rows::finish)?;
    if let Some(path) = &arguments.files.report {
        let points: Vec<_> = swept.points.iter().map(Point::reported).collect();
        report::write(path, report::sweep(&Origin::here(&arguments.scenario), &swept.key, &points))?;
    }
    let mut out = stdout().lock();
    if arguments.options.json {
        serde_json::to_writer(&mut out, &swept)?;
        writeln!(out)?;
    } else {
        show(&mut out, &swept, arguments.against.as_deref())?;
    }
    out.flush()?;
    Ok(())
}

fn show(out: &mut impl Write, swept: &Swept, against: Option<&str>) -> io::Result<()> {
    writeln!(out, "{}: {}", swept.scenario, swept.key)?;
    let Some(first) = swept.points.first() else { return Ok(()) };
    let rows = || first.scenario.streams().iter().enumerate().filter(|(_, stream)| Some(&*stream.name) != against);
    for (at, stream) in rows() {
        let outlooks: Vec<_> =
            swept.points.iter().map(|point| outlook::of(&point.scenario, at, &point.timed.results)).collect();
        let written = outlooks.iter().any(Option::is_some);
        let conversation = stream.conversation().is_some();
        let mut header = vec!["value", "in hand", "an agent's hour"];
        header.extend(written.then_some("formula"));
        header.extend(conversation.then_some("mean reply"));
        header.extend(written.then_some("formula"));
        header.extend(conversation.then_some(["p90", "first reply"]).into_iter().flatten());
        header.push("mean wait");
        header.extend((!conversation).then_some("service level"));
        let worth = against.map(|against| format!("agents of {against}"));
        header.extend(worth.as_deref());
        let mut shown = table::new(&header);
        for (point, outlook) in swept.points.iter().zip(&outlooks) {
            let results = &point.timed.results;
            let figures = &results.streams[at].1;
            let mut row = vec![
                point.value.clone(),
                plain(outlook::in_hand(&point.scenario, at, results), 1),
                table::number(figures.completed_per_agent_hour, 2),
            ];
            row.extend(written.then(|| plain(outlook.map(|formula| formula.completed_per_hour), 2)));
            if conversation {
                row.push(table::seconds(figures.reply_seconds.mean));
                row.extend(written.then(|| table::seconds(outlook.map(|formula| formula.reply_seconds))));
                row.push(table::seconds(figures.reply_quantiles_seconds.p90));
                row.push(table::seconds(figures.first_reply_seconds.mean));
            }
            row.push(table::seconds(figures.wait_answered_seconds.mean));
            row.extend((!conversation).then(|| table::percent(figures.service_level)));
            if let Some(against) = against {
                let other = results.streams.iter().find(|(name, _)| name == against);
                let other = other.and_then(|(_, other)| other.completed_per_agent_hour.mean);
                let worth = figures.completed_per_agent_hour.mean.zip(other.filter(|rate| *rate > 0.0));
                row.push(plain(worth.map(|(mine, other)| mine / other), 2));
            }
            shown.add_row(row);
        }
        writeln!(out, "\n{}\n{}", stream.name, table::right_aligned(shown))?;
        if let Some(queue) = outlook::queue(stream).filter(|_| written) {
            writeln!(
                out,
                "In hand: of each agent, time average. An agent's hour: completed in it. Formula: M/M/1//N, exact for exponential times; an agent has all it can do from N* = {:.1} on.",
                queue.saturation()
            )?;
        }
    }
    Ok(())
}

fn plain(number: Option<f64>, decimals: usize) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format!("{number:.decimals$}"))
}
