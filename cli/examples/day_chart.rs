//! Draws the chart of a day in the README: arrivals, contacts waiting and service level by channel over the measured
//! time of a scenario's first replication, as an SVG file.
//!
//! `cargo run --release -p cordboard-cli --example day_chart -- SCENARIO.toml CHART.svg`

use std::error::Error;
use std::path::Path;

use cordboard::ChannelId;
use cordboard::sim::{Course, Part, Scenario};
use plotters::coord::Shift;
use plotters::prelude::*;

/// Tells channels apart for colour-blind readers too (Okabe and Ito).
const COLOURS: [RGBColor; 6] = [
    RGBColor(213, 94, 0),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
];

/// A channel over the day.
struct Line {
    name: String,
    parts: Vec<Part>,
}

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let [scenario, chart] = files.as_slice() else {
        return Err("say which scenario, and where the chart goes: SCENARIO.toml CHART.svg".into());
    };
    let path = Path::new(scenario);
    let folder = path.parent().unwrap_or(Path::new(""));
    let scenario = Scenario::from_toml(&std::fs::read_to_string(path)?, folder)?.with_replications(1);
    let outcome = scenario.run()?;
    let hours = scenario.horizon().as_secs_f64() / 3600.0;
    let channels = scenario.plan().channels().iter().zip((0..).map(ChannelId));
    let lines: Vec<Line> = channels
        .map(|(channel, id)| Line {
            name: channel.name.to_string(),
            parts: outcome.replications[0].channel(id).course.parts().collect(),
        })
        .filter(|line| !line.parts.is_empty())
        .collect();

    let root = SVGBackend::new(chart, (960, 720)).into_drawing_area();
    root.fill(&WHITE)?;
    let title = format!("{}, seed {}, {}", scenario.name(), scenario.seed(), scenario.policy());
    let panels = root.titled(&title, ("sans-serif", 20))?.split_evenly((3, 1));
    let minutes = 60.0 * hours / Course::PARTS as f64;
    let arriving = format!("contacts arriving in {minutes:.0} minutes");
    draw(&panels[0], (&arriving, true), hours, &lines, |part| Some(part.offered as f64))?;
    let waiting = "contacts waiting, 1 and more, logarithmic";
    draw(&panels[1], (waiting, false), hours, &lines, |part| Some((part.waiting as f64).max(1.0).log10()))?;
    draw(&panels[2], ("answered within target, % of those who arrived then", false), hours, &lines, |part| {
        (part.offered > 0).then(|| 100.0 * part.within_target as f64 / part.offered as f64)
    })?;
    root.present()?;
    Ok(())
}

/// One panel: a line for each channel, and a legend if wanted.
fn draw(
    panel: &Panel<'_>,
    (title, legend): (&str, bool),
    hours: f64,
    lines: &[Line],
    value: impl Fn(&Part) -> Option<f64>,
) -> Result<(), Box<dyn Error>> {
    let top = lines.iter().flat_map(|line| &line.parts).filter_map(&value).fold(1.0, f64::max);
    let logarithmic = title.contains("logarithmic");
    let mut chart = ChartBuilder::on(panel)
        .caption(title, ("sans-serif", 15))
        .margin_right(20)
        .x_label_area_size(24)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..hours, 0.0..top * 1.03)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_labels(13)
        .y_labels(5)
        .x_label_formatter(&|hour| format!("{hour:.0} h"))
        .y_label_formatter(&|at| if logarithmic { format!("{:.0}", 10_f64.powf(*at)) } else { format!("{at:.0}") })
        .draw()?;
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let middle = |part: usize| (part as f64 + 0.5) * hours / Course::PARTS as f64;
        let points = line.parts.iter().enumerate().filter_map(|(at, part)| Some((middle(at), value(part)?)));
        let style = colour.stroke_width(2);
        chart
            .draw_series(LineSeries::new(points, style))?
            .label(&line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], style));
    }
    if legend {
        let place = SeriesLabelPosition::UpperLeft;
        chart
            .configure_series_labels()
            .position(place)
            .background_style(WHITE)
            .label_font(("sans-serif", 12))
            .draw()?;
    }
    Ok(())
}
