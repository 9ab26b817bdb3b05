//! The simulator, through the whole engine with every offer accepted at once, against exact answers.
//!
//! Each figure of each case is compared with its exact value by Student's t over independent replications. All figures are judged together, by
//! Holm's procedure: with everything right, the suite fails for chance with a probability of at most one in a thousand, and
//! a service rate that is 2 % off is found. `CORDBOARD_VALIDATION_CONTACTS` sets how long a replication is; with `CORDBOARD_REWRITE` the table in
//! `docs/validation.md` is written anew.
#![cfg(feature = "sim")]

mod case;
mod chain;
mod given;
mod matching;
mod own;
mod rules;
mod table;

use std::io::Write as _;

use case::{Case, Finding, Length, unexplained};

/// The chance of a failure where everything is right.
const LEVEL: f64 = 0.001;

/// Shows what is not captured.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn run(cases: &[Case], length: Length) -> Vec<Finding> {
    cases.iter().flat_map(|case| case.run(length)).collect()
}

fn assert_explained(findings: &[Finding]) {
    let wrong = unexplained(findings, LEVEL);
    let wrong: Vec<Finding> = wrong.into_iter().cloned().collect();
    assert!(wrong.is_empty(), "{} of {} figures are wrong:\n{}", wrong.len(), findings.len(), table::rows(&wrong));
}

#[test]
fn simulated_figures_are_the_exact_ones() {
    let length = Length::or(700.0);
    let own = run(&own::cases(1.0), length);
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    if let Some(given) = given::read() {
        found = run(&given.cases, length);
        for matching in &given.matchings {
            found.extend(matching::run(matching, length.replications, length.contacts as u64));
        }
        assert!(found.len() > 150, "only {} figures were compared", found.len());
        given.left_out.iter().for_each(|(id, why)| say(&format!("not simulated: {id}: {why}")));
        left_out = given.left_out;
    }
    let all: Vec<Finding> = own.iter().chain(&found).cloned().collect();
    let mut widths: Vec<f64> =
        all.iter().filter(|finding| finding.exact > 0.0).map(|of| of.half_width / of.exact).collect();
    widths.sort_by(f64::total_cmp);
    let worst = all.iter().max_by(|a, b| a.t.abs().total_cmp(&b.t.abs())).expect("there are figures");
    say(&format!(
        "{} figures, largest |t| {:.2} ({}, {}); half-widths: median {:.2} %, widest {:.1} % of the figure",
        all.len(),
        worst.t.abs(),
        worst.case,
        worst.name,
        100.0 * widths[widths.len() / 2],
        100.0 * widths[widths.len() - 1]
    ));
    // What is not measured well enough says nothing.
    let median = 0.03 * (1_500.0 / length.contacts).sqrt();
    assert!(widths[widths.len() / 2] < median && widths[widths.len() - 1] < 0.35, "the intervals are too wide");
    if std::env::var_os("CORDBOARD_REWRITE").is_some() {
        table::publish(&own, &found, &left_out, length);
    }
    assert_explained(&all);
}

/// Agents who work 2 % faster than the answers assume.
#[test]
fn a_service_rate_two_per_cent_off_is_found() {
    let length = Length::or(4_000.0);
    let cases = own::cases(1.02);
    let some: Vec<Case> = cases.into_iter().take(3).collect();
    let findings = run(&some, length);
    let wrong = unexplained(&findings, LEVEL);
    say(&format!("{} of {} figures show a service rate 2 % off", wrong.len(), findings.len()));
    assert!(!wrong.is_empty(), "nobody would notice:\n{}", table::rows(&findings));
}

/// Whatever is compared is judged: one wrong figure among many is found, many right ones are not.
#[test]
fn one_wrong_figure_among_many_is_found() {
    let finding = |t: f64| Finding {
        case: "case".to_owned(),
        name: format!("{t}"),
        exact: 1.0,
        mean: 1.0,
        half_width: 0.1,
        t,
        chance: cordboard::measure::student_tail(t, 39),
    };
    let right: Vec<Finding> = (0..300).map(|at| finding(f64::from(at % 61) / 20.0 - 1.5)).collect();
    assert!(unexplained(&right, LEVEL).is_empty());
    let with = |t: f64| right.iter().cloned().chain([finding(t)]).collect::<Vec<_>>();
    assert!(unexplained(&with(4.0), LEVEL).is_empty(), "among three hundred this may be chance");
    assert_eq!(unexplained(&with(6.0), LEVEL).len(), 1);
    assert_eq!(unexplained(&with(f64::INFINITY), LEVEL).len(), 1);
}
