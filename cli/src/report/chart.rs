//! Line charts with their intervals, as SVG inside the page.
//!
//! The drawing names its colours as it would on white paper; the page's style sheet has one rule for each of them, so
//! that a dark page shows lighter ones. Text of the user never goes into a drawing, only ticks do.

use cordboard::measure::Estimate;
use maud::{Markup, PreEscaped, html};
use plotters::prelude::*;

use super::axis::Axis;
use crate::failure::Failure;

/// Tells lines apart for colour-blind readers too (Okabe and Ito, without their yellow, which white paper swallows):
/// on white, and on black.
pub(crate) const COLOURS: [(RGBColor, &str); MOST_LINES] = [
    (RGBColor(0, 114, 178), "#4aa8e0"),
    (RGBColor(213, 94, 0), "#f08a3c"),
    (RGBColor(0, 158, 115), "#2cc79b"),
    (RGBColor(204, 121, 167), "#e39ac4"),
    (RGBColor(230, 159, 0), "#f2b632"),
    (RGBColor(86, 180, 233), "#8fd0f7"),
    (RGBColor(110, 80, 60), "#bfa08c"),
    (RGBColor(120, 120, 120), "#a8a8a8"),
];
/// More lines than this nobody tells apart.
pub(crate) const MOST_LINES: usize = 8;
pub(crate) const INK: (RGBColor, &str) = (RGBColor(68, 72, 80), "#b4bac4");
pub(crate) const GRID: (RGBColor, &str) = (RGBColor(226, 229, 234), "#343a44");
/// Backends draw on whole pixels: twice the size at which it is shown makes lines smooth.
const SIZE: (u32, u32) = (1120, 520);

/// A line chart.
pub(super) struct Chart {
    pub(super) title: String,
    /// What the title does not say.
    pub(super) note: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) lines: Vec<Line>,
    /// Dots too, for few points.
    pub(super) dots: bool,
}

/// One line: an estimate over each place of the x axis, none where there is nothing to show.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) points: Vec<(f64, Estimate)>,
}

impl Line {
    /// The highest mean.
    pub(super) fn top(&self) -> f64 {
        self.points.iter().filter_map(|(_, estimate)| estimate.mean).fold(0.0, f64::max)
    }

    /// What an axis should reach: the highest end of an interval, unless that dwarfs the line.
    pub(super) fn reach(&self) -> f64 {
        let ends =
            self.points.iter().filter_map(|(_, estimate)| Some(estimate.mean? + estimate.half_width.unwrap_or(0.0)));
        ends.fold(0.0, f64::max).min(1.5 * self.top())
    }
}

impl Chart {
    /// The chart under its title and legend.
    pub(super) fn figure(&self) -> Result<Markup, Failure> {
        let drawing = self.svg().map_err(|error| Failure::Run(format!("a chart could not be drawn: {error}")))?;
        Ok(html! {
            figure.chart {
                figcaption {
                    strong { (self.title) }
                    @if !self.note.is_empty() { span.note { ", " (self.note) } }
                }
                (legend(self.lines.iter().map(|line| &*line.name)))
                div.drawing role="img" aria-label={ (self.title) ": " (self.said()) } { (PreEscaped(drawing)) }
            }
        })
    }

    /// In words, for who cannot see it.
    fn said(&self) -> String {
        let ends = self.lines.iter().map(|line| {
            let means = || line.points.iter().filter_map(|(_, estimate)| estimate.mean);
            let (low, high) = (means().fold(f64::INFINITY, f64::min), line.top());
            if low.is_finite() { format!("{} from {low:.3} to {high:.3}", line.name) } else { line.name.clone() }
        });
        ends.collect::<Vec<_>>().join("; ")
    }

    fn svg(&self) -> Result<String, Box<dyn std::error::Error>> {
        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
            let widest = self.y.ticks.iter().map(|(_, label)| label.chars().count()).max().unwrap_or(1);
            let mut chart = ChartBuilder::on(&root)
                .margin_top(14)
                .margin_right(46)
                .margin_bottom(6)
                .x_label_area_size(48)
                .y_label_area_size(26 + 15 * widest as u32)
                .build_cartesian_2d(self.x.clone(), self.y.clone())?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                .light_line_style(TRANSPARENT)
                .bold_line_style(GRID.0.stroke_width(2))
                .axis_style(GRID.0.stroke_width(2))
                .x_labels(self.x.ticks.len())
                .y_labels(self.y.ticks.len())
                .label_style(("sans-serif", 30).into_font().color(&INK.0))
                .draw()?;
            for (line, (colour, _)) in self.lines.iter().zip(COLOURS) {
                for stretch in self.stretches(line) {
                    let low = stretch.iter().map(|&(x, _, low, _)| (x, low));
                    let high = stretch.iter().rev().map(|&(x, _, _, high)| (x, high));
                    chart.draw_series([Polygon::new(low.chain(high).collect::<Vec<_>>(), colour.mix(0.18))])?;
                }
            }
            for (line, (colour, _)) in self.lines.iter().zip(COLOURS) {
                for stretch in self.stretches(line) {
                    let means = stretch.iter().map(|&(x, mean, ..)| (x, mean));
                    chart.draw_series(LineSeries::new(means.clone(), colour.stroke_width(4)))?;
                    // A single point would be no line.
                    if self.dots || stretch.len() == 1 {
                        chart.draw_series(means.map(|at| Circle::new(at, 6, colour.filled())))?;
                    }
                }
            }
            root.present()?;
        }
        Ok(svg)
    }

    /// The line where it has values: x, the mean, and both ends of its interval.
    fn stretches(&self, line: &Line) -> Vec<Vec<(f64, f64, f64, f64)>> {
        let placed: Vec<_> = line
            .points
            .iter()
            .map(|(x, estimate)| {
                let (mean, half) = (estimate.mean?, estimate.half_width.unwrap_or(0.0));
                let shown = [*x, mean, half].iter().all(|value| value.is_finite());
                shown.then_some((*x, mean, mean - half, mean + half))
            })
            .collect();
        placed
            .split(Option::is_none)
            .filter(|part| !part.is_empty())
            .map(|part| part.iter().flatten().copied().collect())
            .collect()
    }
}

/// Which colour is whose.
pub(super) fn legend<'n>(names: impl Iterator<Item = &'n str>) -> Markup {
    html! {
        ul.legend {
            @for (name, (colour, _)) in names.zip(COLOURS) {
                li {
                    svg width="22" height="10" viewBox="0 0 22 10" aria-hidden="true" {
                        line x1="1" y1="5" x2="21" y2="5" stroke=(hex(colour)) stroke-width="3" {}
                    }
                    (name)
                }
            }
        }
    }
}

/// As the backend writes it.
pub(crate) fn hex(colour: RGBColor) -> String {
    format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2)
}

/// What a dark page shows instead of each colour.
pub(super) fn dark_colours() -> String {
    COLOURS.iter().chain([&INK, &GRID]).fold(String::new(), |rules, (colour, dark)| {
        let colour = hex(*colour);
        rules + &format!("svg [stroke=\"{colour}\"]{{stroke:{dark}}}svg [fill=\"{colour}\"]{{fill:{dark}}}\n")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: Vec<(f64, Estimate)>) -> Chart {
        let line = Line { name: "<b>calls".to_owned(), points };
        Chart {
            title: "a < b".to_owned(),
            note: String::new(),
            x: Axis::times(60.0),
            y: Axis::numbers(10.0),
            lines: vec![line.clone(), line],
            dots: false,
        }
    }

    fn at(x: f64, mean: f64, half: f64) -> (f64, Estimate) {
        (x, Estimate { mean: Some(mean), half_width: Some(half) })
    }

    #[test]
    fn gaps_cut_a_line_and_nothing_leaves_the_frame() {
        let points = vec![at(0.0, 1.0, 0.5), at(10.0, 400.0, 900.0), (20.0, Estimate::default()), at(30.0, 2.0, 0.1)];
        let chart = chart(points);
        let stretches = chart.stretches(&chart.lines[0]);
        assert_eq!(stretches.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        let page = chart.figure().ok().unwrap().into_string();
        let points =
            page.split("points=\"").skip(1).filter_map(|rest| rest.split('"').next()).flat_map(|all| all.split(' '));
        for point in points.filter(|point| !point.is_empty()) {
            let (x, y) = point.split_once(',').unwrap();
            let (x, y): (u32, u32) = (x.parse().unwrap(), y.parse().unwrap());
            assert!(x <= SIZE.0 && y <= SIZE.1 - 40, "{point}");
        }
        let drawn = |what: &str| page.matches(what).count();
        assert_eq!(
            (drawn("<polyline fill=\"none\" opacity=\"1\" stroke=\"#0072B2\""), drawn("<circle")),
            (2, 2),
            "{page}"
        );
    }

    #[test]
    fn every_colour_has_its_dark_one_as_the_backend_writes_it() {
        let page = chart(vec![at(0.0, 1.0, 0.5), at(10.0, 4.0, 1.0)]).figure().ok().unwrap().into_string();
        let rules = dark_colours();
        for part in page.split("stroke=\"").chain(page.split("fill=\"")).skip(1) {
            let colour = part.split('"').next().unwrap();
            assert!(!colour.starts_with('#') || rules.contains(&format!("=\"{colour}\"]")), "{colour}: {rules}");
        }
        assert!(page.contains(&hex(INK.0)) && page.contains(&hex(GRID.0)) && page.contains(&hex(COLOURS[0].0)));
    }

    #[test]
    fn names_are_text() {
        let page = chart(vec![at(0.0, 1.0, 0.5)]).figure().ok().unwrap().into_string();
        assert!(page.contains("&lt;b&gt;calls") && !page.contains("<b>calls"), "{page}");
    }
}
