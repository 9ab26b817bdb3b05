//! Draws the chart of docs/concurrency.md: contacts completed, replies and phone agents replaced by conversations in hand, simulated
//! (points) and by formula (lines), as an SVG file.
//!
//! `cargo run --release -p cordboard-cli --example concurrency_chart -- examples/scenarios/chat-concurrency.toml docs/images/chat-concurrency.svg`

use std::error::Error;
use std::path::Path;

use cordboard::PlanDocument;
use cordboard::measure::FiniteSource;
use cordboard::sim::Scenario;
use plotters::coord::Shift;
use plotters::prelude::*;

const MOST: u32 = 30;
/// Tell apart for colour-blind readers too (Okabe and Ito).
const SIMULATED: RGBColor = RGBColor(213, 94, 0);
const HIGH: RGBColor = RGBColor(0, 114, 178);
const FORMULA: RGBColor = RGBColor(90, 90, 90);

/// One number of conversations in hand: completed in an agent's hour, mean reply and its p90, phone agents replaced.
struct Point {
    conversations: u32,
    completed: f64,
    reply: f64,
    p90: f64,
    worth: f64,
}

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let [scenario, chart] = files.as_slice() else {
        return Err("say which scenario, and where the chart goes: SCENARIO.toml CHART.svg".into());
    };
    let path = Path::new(scenario);
    let folder = path.parent().unwrap_or(Path::new(""));
    let document = PlanDocument::from_toml(&std::fs::read_to_string(path)?)?;
    let at = |conversations: u32| -> Result<Scenario, Box<dyn Error>> {
        let change = PlanDocument::from_toml(&format!("capacity.desk.chat.max = {conversations}"))?;
        Ok(Scenario::from_document(&document.with(&change), folder)?)
    };
    let points = (1..=MOST).map(|conversations| point(conversations, &at(conversations)?));
    let points = points.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let how = at(1)?.streams()[0].conversation().cloned().ok_or("the first stream must be a conversation")?;
    let turns = how.turns.mean();
    let formula = FiniteSource::new(how.work() / turns, how.pauses() / turns).ok_or("nobody writes")?;
    let completed = |n: u32| 3600.0 / turns * formula.throughput(n);
    // Of calls, by which both are divided.
    let calls = points[0].completed / points[0].worth;

    let root = SVGBackend::new(chart, (960, 760)).into_drawing_area();
    root.fill(&WHITE)?;
    let title =
        format!("conversations in an agent's hand; from N* = {:.1} on it has all it can do", formula.saturation());
    let panels = root.titled(&title, ("sans-serif", 20))?.split_evenly((3, 1));
    let saturation = formula.saturation();
    let one: Series<'_> = ("simulated", SIMULATED, &|point| point.completed);
    draw(&panels[0], "completed in an agent's hour", saturation, &points, &[one], &completed)?;
    let mean: Series<'_> = ("mean, simulated", SIMULATED, &|point| point.reply);
    let p90: Series<'_> = ("p90, simulated", HIGH, &|point| point.p90);
    draw(&panels[1], "seconds until a reply", saturation, &points, &[mean, p90], &|n| formula.response(n))?;
    let worth: Series<'_> = ("simulated", SIMULATED, &|point| point.worth);
    draw(&panels[2], "phone agents replaced", saturation, &points, &[worth], &|n| completed(n) / calls)?;
    root.present()?;
    Ok(())
}

fn point(conversations: u32, scenario: &Scenario) -> Result<Point, Box<dyn Error>> {
    let results = scenario.run()?.results();
    let [(_, chats), (_, calls), ..] = results.streams.as_slice() else {
        return Err("the scenario has a stream of conversations, and then one of calls".into());
    };
    let completed = chats.completed_per_agent_hour.mean.ok_or("nobody writes")?;
    Ok(Point {
        conversations,
        completed,
        reply: chats.reply_seconds.mean.ok_or("nobody replies")?,
        p90: chats.reply_quantiles_seconds.p90.ok_or("nobody replies")?,
        worth: completed / calls.completed_per_agent_hour.mean.ok_or("nobody speaks")?,
    })
}

/// A name, a colour, and what is shown of each point.
type Series<'a> = (&'a str, RGBColor, &'a dyn Fn(&Point) -> f64);

/// One panel: points simulated, a line by formula, and where an agent is saturated.
fn draw(
    panel: &Panel<'_>,
    title: &str,
    saturation: f64,
    points: &[Point],
    series: &[Series<'_>],
    formula: &dyn Fn(u32) -> f64,
) -> Result<(), Box<dyn Error>> {
    let highest = series.iter().flat_map(|(_, _, value)| points.iter().map(value)).fold(0.0, f64::max);
    let top = 1.05 * highest.max(formula(MOST));
    let mut chart = ChartBuilder::on(panel)
        .caption(title, ("sans-serif", 15))
        .margin_right(20)
        .x_label_area_size(24)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..f64::from(MOST) + 0.5, 0.0..top)?;
    chart.configure_mesh().light_line_style(WHITE).x_labels(7).y_labels(6).draw()?;
    chart.draw_series([PathElement::new([(saturation, 0.0), (saturation, top)], FORMULA.mix(0.4))])?;
    let line = (1..=MOST).map(|n| (f64::from(n), formula(n)));
    let style = FORMULA.stroke_width(1);
    chart
        .draw_series(LineSeries::new(line, style))?
        .label("mean, by formula (M/M/1//N)")
        .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], style));
    for (name, colour, value) in series {
        let dots =
            points.iter().map(|point| Circle::new((f64::from(point.conversations), value(point)), 3, colour.filled()));
        let colour = *colour;
        chart.draw_series(dots)?.label(*name).legend(move |(x, y)| Circle::new((x + 8, y), 3, colour.filled()));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .label_font(("sans-serif", 12))
        .draw()?;
    Ok(())
}
