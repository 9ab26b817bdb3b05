//! The findings as a page.

use std::fmt::Write as _;
use std::path::Path;

use crate::case::{Finding, Length};

/// Between these lines of `docs/validation.md`.
const MARKS: [&str; 2] = ["<!-- table -->\n", "<!-- end -->\n"];

pub(crate) fn rows(findings: &[Finding]) -> String {
    let mut rows = "| case | figure | exact | simulated | ± | t |\n|---|---|---|---|---|---|\n".to_owned();
    let mut case = "";
    for finding in findings {
        let shown = if finding.case == case { "" } else { &finding.case };
        let figures = [finding.exact, finding.mean, finding.half_width].map(figure);
        let [exact, mean, half] = figures;
        let _ = writeln!(rows, "| {shown} | {} | {exact} | {mean} | {half} | {:.1} |", finding.name, finding.t);
        case = &finding.case;
    }
    rows
}

/// Five digits.
fn figure(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = (4 - value.abs().log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Writes them into the page.
pub(crate) fn publish(own: &[Finding], given: &[Finding], left_out: &[(String, String)], length: Length) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/validation.md");
    let page = std::fs::read_to_string(&path).expect("docs/validation.md can be read");
    let (before, rest) = page.split_once(MARKS[0]).expect("the page says where the table begins");
    let (_, after) = rest.split_once(MARKS[1]).expect("the page says where the table ends");
    let largest = |of: &[Finding]| of.iter().map(|finding| finding.t.abs()).fold(0.0, f64::max);
    let mut text = format!(
        "{} replications of {} contacts each, after the warm-up; of the days, as many as come to the same number of contacts.\n\n\
         ### Our own cases\n\n{} figures, the largest |t| is {:.2}.\n\n{}",
        length.replications,
        length.contacts,
        own.len(),
        largest(own),
        rows(own)
    );
    if !given.is_empty() {
        let _ = write!(
            text,
            "\n### Cases given with exact answers\n\n{} figures, the largest |t| is {:.2}.\n\n{}\nNot simulated:\n\n",
            given.len(),
            largest(given),
            rows(given)
        );
        left_out.iter().for_each(|(id, why)| {
            let _ = writeln!(text, "- `{id}`: {why}.");
        });
    }
    std::fs::write(path, format!("{before}{}{text}{}{after}", MARKS[0], MARKS[1]))
        .expect("docs/validation.md can be written");
}
