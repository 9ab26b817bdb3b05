//! Breaks, absence, and offers that some groups do not answer.

use cordboard::sim::{Outcome, Results};

use crate::{agrees, complaint, one_line, read, run};

const NOBODY: &str = "arrivals = { every = \"1000h\" }\nhandle = { deterministic = \"1m\" }";

fn results(text: &str) -> Results {
    run(&read(text)).results()
}

fn present(text: &str) -> f64 {
    results(text).agents[0].1.present.mean.unwrap()
}

/// Five agents from eight to four, each with half an hour of lunch and a quarter of an hour in the morning.
#[test]
fn breaks_are_taken_in_turn() {
    let team = |breaks: &str| format!("count = 5\nshifts = [[\"08:00\", \"16:00\"]]\nbreaks = [{breaks}]");
    let hours = |top: &str, breaks: &str| present(&one_line(top, &team(breaks), "", NOBODY));
    let near = |value: f64, exact: f64| assert!((value - exact).abs() < 1e-6, "{value}, not {exact}");
    let lunch = "{ length = \"30m\", from = \"12:00\", to = \"14:00\" }";
    let both = format!("{lunch}, {{ length = \"15m\", from = \"10:00\" }}");
    near(hours("horizon = \"24h\"", ""), 5.0 * 8.0 / 24.0);
    near(hours("horizon = \"72h\"", lunch), 5.0 * 7.5 / 24.0);
    near(hours("horizon = \"48h\"", &both), 5.0 * 7.25 / 24.0);
    // One begins every half hour from twelve: at 12:45 the second of five is away, and nobody else.
    near(hours("warmup = \"765m\"\nhorizon = \"1m\"", lunch), 4.0);
    near(hours("warmup = \"600m\"\nhorizon = \"15m\"", &both), 0.0);
    near(hours("warmup = \"615m\"\nhorizon = \"15m\"", &both), 5.0);
    // Only what begins within the shift, and no longer than it lasts.
    near(hours("horizon = \"24h\"", "{ length = \"1h\", from = \"16:00\", to = \"18:00\" }"), 5.0 * 8.0 / 24.0);
    near(hours("horizon = \"24h\"", "{ length = \"4h\", from = \"15:00\" }"), 5.0 * 7.0 / 24.0);
    // Who is on break does without another.
    near(
        hours("horizon = \"24h\"", "{ length = \"2h\", from = \"10:00\" }, { length = \"1h\", from = \"11:00\" }"),
        5.0 * 6.0 / 24.0,
    );
}

#[test]
fn breaks_of_the_night_come_after_midnight() {
    let team = "count = 2\nshifts = [[\"22:00\", \"06:00\"]]\nbreaks = [{ length = \"1h\", from = \"23:30\", to = \"00:30\" }]";
    let away = |minutes: u64| {
        let top = format!("warmup = \"{minutes}m\"\nhorizon = \"1m\"");
        2.0 - present(&one_line(&top, team, "", NOBODY))
    };
    let shown: Vec<f64> = [1_405, 1_415, 1_465, 1_475, 1_525, 1_535].map(away).to_vec();
    assert_eq!(shown.iter().map(|away| away.round() as u32).collect::<Vec<_>>(), [0, 1, 1, 1, 1, 0]);
}

/// A call goes on into the break, which then lasts its full length.
#[test]
fn a_break_waits_for_work_to_end() {
    // A call at 9:50 takes until 10:10. The break of 10:00 lasts from then until 10:40, when the call of 10:15 is taken.
    let text = one_line(
        "warmup = \"590m\"\nhorizon = \"60m\"",
        "shifts = [[\"08:00\", \"16:00\"]]\nbreaks = [{ length = \"30m\", from = \"10:00\" }]",
        "",
        "arrivals = { trace = \"breaks.csv\" }\nhandle = { deterministic = \"20m\" }",
    );
    let folder = std::env::temp_dir().join(format!("cordboard-breaks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("breaks.csv"), "arrival\n09:50\n10:15\n").unwrap();
    let scenario = cordboard::sim::Scenario::from_toml(&text, &folder);
    std::fs::remove_dir_all(&folder).unwrap();
    let results = run(&scenario.unwrap()).results();
    let calls = results.streams[0].1;
    assert_eq!(calls.answered, 2);
    assert!((calls.wait_answered_seconds.mean.unwrap() - 25.0 * 60.0 / 2.0).abs() < 1e-6);
    assert!((results.agents[0].1.present.mean.unwrap() - 0.5).abs() < 1e-6);
    assert!((results.agents[0].1.occupancy.mean.unwrap() - 1.0).abs() < 1e-6);
}

/// Binomial over agents and days; the same agents whatever else happens.
#[test]
fn a_share_is_absent() {
    let text = |absent: &str, calls: &str| {
        one_line(
            "horizon = \"24h\"\nreplications = 400",
            &format!("count = 40\nshifts = [[\"08:00\", \"12:00\"], [\"13:00\", \"17:00\"]]\n{absent}"),
            "",
            calls,
        )
    };
    let there = |outcome: &Outcome| -> Vec<f64> {
        outcome.replications.iter().map(|one| one.groups[0].present as f64 / (8.0 * 3.6e9)).collect()
    };
    let some = there(&run(&read(&text("absent = \"20%\"", NOBODY))));
    assert!(some.iter().all(|agents| (agents - agents.round()).abs() < 1e-9), "a day is missed as a whole");
    agrees(some.iter().copied(), 32.0);
    let variance = some.iter().map(|agents| (agents - 32.0).powi(2));
    let near = variance.sum::<f64>() / 400.0;
    assert!((near - 40.0 * 0.2 * 0.8).abs() < 4.0 * 6.4 * (2.0_f64 / 400.0).sqrt(), "{near}");
    let calls = "arrivals = { poisson_per_minute = 0.01 }\nhandle = { deterministic = \"1ms\" }";
    for (with, without) in there(&run(&read(&text("absent = \"20%\"", calls)))).iter().zip(&some) {
        assert!((with - without).abs() < 1e-6);
    }
    assert!(there(&run(&read(&text("absent = 1", NOBODY)))).iter().all(|agents| *agents <= 0.0));
    assert!(there(&run(&read(&text("absent = 0", NOBODY)))).iter().all(|agents| *agents >= 40.0));
}

/// Shifts round the clock are one to who is always there, and many to who may be absent.
#[test]
fn absence_is_by_the_day_round_the_clock() {
    let team = "count = 30\nshifts = [[\"06:00\", \"18:00\"], [\"18:00\", \"06:00\"]]\nabsent = 0.5";
    let outcome = run(&read(&one_line("horizon = \"30d\"\nreplications = 16", team, "", NOBODY)));
    agrees(outcome.replications.iter().map(|one| one.groups[0].present as f64 / (30.0 * 86_400e6)), 15.0);
}

/// Of two groups whose phones ring, one lets every other offer ring out.
#[test]
fn groups_answer_differently() {
    let text = one_line(
        "warmup = \"100m\"\nhorizon = \"4000m\"\nreplications = 8",
        "count = 1\nno_answer = 0.5\n[agents.others]\ncapacity = \"phone\"",
        "agents = \"round-robin\"\nno_answer = { exclude_for = \"0s\" }\noffers_per_agent = 100",
        "target = { within = \"19s\" }\narrivals = { poisson_per_minute = 0.2 }\nhandle = { deterministic = \"1s\" }\n[offers]\naccept = { deterministic = \"1s\" }",
    );
    let outcome = run(&read(&text));
    // Half of the calls ring there first, and of those half ring out, for 20 seconds; then the other is next.
    agrees(
        outcome.replications.iter().map(|one| one.streams[0].within_target as f64 / one.streams[0].offered as f64),
        0.75,
    );
    let none = run(&read(&text.replace("no_answer = 0.5\n", "")));
    assert!(none.results().streams[0].1.wait_quantiles_seconds.p99.unwrap() < 10.0);
    // The scenario's own share counts where a group says nothing.
    let all = run(&read(
        &text.replace("no_answer = 0.5\n", "no_answer = 0\n").replace("[offers]", "[offers]\nno_answer = 1"),
    ));
    let busy = |group: usize| all.results().agents[group].1.occupancy.mean.unwrap();
    assert!(busy(1) > 2.0 * busy(0), "{} {}", busy(0), busy(1));
}

#[test]
fn what_is_wrong_with_attendance_is_said() {
    let shifts = "shifts = [[\"08:00\", \"16:00\"]]\n";
    for (team, words) in [
        ("absent = 0.1".to_owned(), "goes with `shifts`"),
        ("breaks = []".to_owned(), "goes with `shifts`"),
        (format!("{shifts}absent = 2"), "agents.team.absent"),
        (format!("{shifts}breaks = 3"), "a list of breaks such as"),
        (format!("{shifts}breaks = [{{ from = \"10:00\" }}]"), "how long it lasts"),
        (format!("{shifts}breaks = [{{ length = \"10m\" }}]"), "when the first agent's begins"),
        (format!("{shifts}breaks = [{{ length = \"0s\", from = \"10:00\" }}]"), "at least 1us"),
        (format!("{shifts}breaks = [{{ length = \"25h\", from = \"10:00\" }}]"), "longer than a day"),
        (format!("{shifts}breaks = [{{ length = \"10m\", from = \"ten\" }}]"), "not a time of day"),
        (format!("{shifts}breaks = [{{ length = \"10m\", form = \"10:00\" }}]"), "did you mean `from`?"),
        ("no_answer = 1.5".to_owned(), "agents.team.no_answer"),
    ] {
        let said = complaint(&one_line("horizon = \"1h\"", &team, "", NOBODY));
        assert!(said.contains(words), "{team}: {said}");
    }
}
