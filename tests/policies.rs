//! Policies of the literature where no exact answer is known: each does what its paper says, beside what it is compared with. The figures are in
//! `docs/policies.md`; `CORDBOARD_POLICIES_HOURS` sets how long each replication is.
#![cfg(feature = "sim")]

use std::io::Write as _;
use std::path::Path;

use cordboard::sim::{Metric, Outcome, Policy, Scenario};

fn hours(otherwise: u64) -> u64 {
    let asked = std::env::var("CORDBOARD_POLICIES_HOURS").ok();
    asked.map_or(otherwise, |n| n.parse().expect("CORDBOARD_POLICIES_HOURS is a number"))
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn scenario(hours: u64, text: &str) -> Scenario {
    let text = format!(
        "seed = 11\nwarmup = \"20h\"\nhorizon = \"{hours}h\"\nreplications = 10\n{text}\n[channels.voice]\n[capacity.phone]\nvoice = {{ max = 1 }}\n"
    );
    Scenario::from_toml(&text, Path::new(".")).unwrap_or_else(|problems| panic!("{problems}"))
}

fn under(scenario: &Scenario, policy: &str) -> Outcome {
    let policy: Policy = policy.parse().unwrap();
    scenario.clone().with_policy(policy).run_on(2, &|_| {}).unwrap()
}

/// The mean over replications of a figure of one stream.
fn mean(outcome: &Outcome, stream: usize, metric: Metric) -> f64 {
    let all = outcome.replications.iter().map(|one| metric.of(&one.streams[stream], one).unwrap());
    all.sum::<f64>() / outcome.replications.len() as f64
}

/// Two classes, ten agents who serve both, and 95 % of them busy. `serves`: their order.
fn costly(hours: u64, serves: &str) -> Scenario {
    scenario(
        hours,
        &format!(
            "[agents.team]\ncount = 10\ncapacity = \"phone\"\nserves = {serves}\n\
             [queues.short]\ncosts = {{ voice = {{ hold_per_minute = 0, lost = 0, growth = 3 }} }}\n[queues.long]\ncosts = {{ voice = {{ hold_per_minute = 0, lost = 0, growth = 1 }} }}\n\
             [streams.short]\nchannel = \"voice\"\nqueue = \"short\"\narrivals = {{ poisson_per_minute = 1.5 }}\nhandle = {{ exponential = \"3m\" }}\n\
             [streams.long]\nchannel = \"voice\"\nqueue = \"long\"\narrivals = {{ poisson_per_minute = 0.8333 }}\nhandle = {{ exponential = \"6m\" }}\n"
        ),
    )
}

/// What waiting costs in an hour where a minute costs `growth` more than the one before: arrivals × growth × E W² / 2, W in minutes.
fn cost_of_an_hour(outcome: &Outcome, growth: [f64; 2]) -> f64 {
    let (mut cost, mut measured) = (0.0, 0.0);
    for one in &outcome.replications {
        for (stream, growth) in one.streams.iter().zip(growth) {
            let squares = stream.waits.counts().map(|(wait, count)| (wait.0 as f64 / 6e7).powi(2) * count as f64);
            cost += growth * squares.sum::<f64>() / 2.0;
        }
        measured += one.measured.as_secs_f64() / 3600.0;
    }
    cost / measured
}

/// Van Mieghem (1995), Mandelbaum and Stolyar (2004): with convex costs, whoever costs most by waiting on, times how fast it is served, comes
/// first; in heavy traffic nothing costs less. Both orders of priority and first come first served are the alternatives.
#[test]
fn the_generalised_cmu_rule_costs_least() {
    let hours = hours(60);
    let growth = [3.0, 1.0];
    let alike = costly(hours, "{ short = 1, long = 1 }");
    let rule = cost_of_an_hour(&under(&alike, "cmu"), growth);
    let others = [
        ("first come first served", cost_of_an_hour(&under(&alike, "work-conserving"), growth)),
        ("short first", cost_of_an_hour(&under(&costly(hours, "{ short = 1, long = 2 }"), "work-conserving"), growth)),
        ("long first", cost_of_an_hour(&under(&costly(hours, "{ short = 2, long = 1 }"), "work-conserving"), growth)),
    ];
    say(&format!("generalised cmu costs {rule:.0} an hour"));
    for (name, cost) in others {
        say(&format!("{name}: {cost:.0}, {:.2} times as much", cost / rule));
        assert!(cost > 1.03 * rule, "{name} costs {cost}, the rule {rule}");
    }
}

/// One who serves one class and one who serves both: the N. Class a needs 1.3 agents, and b two thirds of the other's time; together they are 97 % busy.
fn shared(hours: u64, serves: &str) -> Scenario {
    scenario(
        hours,
        &format!(
            "[agents.one]\ncapacity = \"phone\"\nserves = {{ a = 1 }}\ntiers = {{ a = 1 }}\n[agents.both]\ncapacity = \"phone\"\nserves = {serves}\ntiers = {{ a = 2 }}\n\
             [queues.a]\nagents = \"tier\"\n[queues.b]\nagents = \"tier\"\n\
             [streams.a]\nchannel = \"voice\"\nqueue = \"a\"\narrivals = {{ poisson_per_minute = 1.3 }}\nhandle = {{ exponential = \"1m\" }}\n\
             [streams.b]\nchannel = \"voice\"\nqueue = \"b\"\narrivals = {{ poisson_per_minute = 0.39 }}\nhandle = {{ exponential = \"100s\" }}\n"
        ),
    )
}

/// Tassiulas and Ephremides (1992): maximum weight is stable whenever any policy is. Priority for the class that costs more at the agent who serves
/// both leaves the specialist idle too often, and the other line grows for ever (Harrison, 1998).
#[test]
fn maximum_weight_is_stable_where_priority_is_not() {
    let hours = hours(80);
    let lines = |hours: u64| {
        let priority = under(&shared(hours, "{ a = 1, b = 2 }"), "work-conserving");
        let weight = under(&shared(hours, "{ a = 1, b = 2 }"), "max-weight");
        let lines = |outcome: &Outcome| [0, 1].map(|stream| mean(outcome, stream, Metric::QueueLength));
        (lines(&priority), lines(&weight))
    };
    let ((priority, weight), (later, weight_later)) = (lines(hours), lines(3 * hours));
    say(&format!("priority: {priority:.1?} wait, over three times as long {later:.1?}"));
    say(&format!("maximum weight: {weight:.1?} wait, over three times as long {weight_later:.1?}"));
    assert!(later[1] > 2.0 * priority[1], "a line without end grows with time");
    assert!(weight_later[1] < 1.7 * weight[1] && weight_later[1] < 0.1 * later[1], "this one does not");
}

/// Sparaggis, Towsley and Cassandras (1993): of like queues with little room, serving the longest loses fewest.
#[test]
fn the_longest_queue_first_turns_fewest_away() {
    let text = "[agents.team]\ncount = 2\ncapacity = \"phone\"\n[queues.a]\nlimit = 4\n[queues.b]\nlimit = 4\n\
                [streams.a]\nchannel = \"voice\"\nqueue = \"a\"\narrivals = { poisson_per_minute = 1 }\nhandle = { exponential = \"1m\" }\n\
                [streams.b]\nchannel = \"voice\"\nqueue = \"b\"\narrivals = { poisson_per_minute = 1 }\nhandle = { exponential = \"1m\" }\n";
    let alike = scenario(hours(60), text);
    let lost = |outcome: &Outcome| {
        let tallies = || outcome.replications.iter().flat_map(|one| &one.streams);
        let (lost, all) =
            (tallies().map(|it| it.turned_away).sum::<u64>(), tallies().map(|it| it.offered).sum::<u64>());
        lost as f64 / all as f64
    };
    let (longest, first) = (lost(&under(&alike, "longest-queue")), lost(&under(&alike, "work-conserving")));
    let priority = format!("{text}[agents.none]\ncount = 0\ncapacity = \"phone\"\n").replacen(
        "[queues.a]",
        "serves = { a = 1, b = 2 }\n[queues.a]",
        1,
    );
    let priority = lost(&under(&scenario(hours(60), &priority), "work-conserving"));
    say(&format!(
        "turned away: longest first {:.2} %, first come first served {:.2} %, one first {:.2} %",
        100.0 * longest,
        100.0 * first,
        100.0 * priority
    ));
    assert!(longest < 0.97 * first && longest < 0.9 * priority);
}

/// Armony (2005): with agents of different speed, the fastest first waits least. Handling times are those of the stream: the plan states none.
#[test]
fn the_fastest_first_waits_least() {
    let text = "[agents.slow]\ncount = 8\ncapacity = \"phone\"\n[agents.fast]\ncount = 8\ncapacity = \"phone\"\n[queues.line]\n\
                [streams.calls]\nchannel = \"voice\"\nqueue = \"line\"\narrivals = { poisson_per_minute = 3.4 }\n\
                handle = { by_group = { slow = { exponential = \"6m\" }, fast = { exponential = \"3m\" } } }\n";
    let scenario = scenario(hours(60), text);
    let wait = |policy: &str| mean(&under(&scenario, policy), 0, Metric::Wait);
    let (fastest, idle, random) = (wait("fastest-first"), wait("agents:longest-idle"), wait("agents:random"));
    say(&format!("wait: fastest first {fastest:.1} s, longest idle {idle:.1} s, random {random:.1} s"));
    assert!(fastest < 0.95 * idle && fastest < 0.95 * random);
}

/// Gurvich and Whitt (2009): the lines keep to their shares of all who wait, whatever comes.
#[test]
fn the_queue_ratio_is_kept() {
    let text = "[agents.one]\ncount = 12\ncapacity = \"phone\"\nserves = { a = 1, b = 1 }\n[agents.other]\ncount = 12\ncapacity = \"phone\"\nserves = { b = 1, c = 1 }\n\
                [queues.a]\nweight = 2\n[queues.b]\nweight = 3\n[queues.c]\nweight = 5\n";
    let mut text = text.to_owned();
    for (name, rate) in [("a", 1.9), ("b", 2.0), ("c", 1.9)] {
        text += &format!(
            "[streams.{name}]\nchannel = \"voice\"\nqueue = \"{name}\"\narrivals = {{ poisson_per_minute = {rate} }}\nhandle = {{ exponential = \"4m\" }}\n"
        );
    }
    let shares = |policy: &str| {
        let outcome = under(&scenario(hours(60), &text), policy);
        let lines = [0, 1, 2].map(|stream| mean(&outcome, stream, Metric::QueueLength));
        let all: f64 = lines.iter().sum();
        lines.map(|line| 100.0 * line / all)
    };
    let (kept, otherwise) = (shares("fqr"), shares("work-conserving"));
    say(&format!("shares of all who wait: {kept:.1?} %; first come first served {otherwise:.1?} %"));
    for (share, wanted) in kept.into_iter().zip([20.0, 30.0, 50.0]) {
        assert!((share - wanted).abs() < 4.0, "{kept:?}");
    }
}

/// What is shipped to compare them on: each puts whom it is for before the others.
#[test]
fn the_shipped_comparison_is_one() {
    let text = std::fs::read_to_string("examples/scenarios/three-queues.toml").unwrap();
    let shipped = Scenario::from_toml(&text, Path::new(".")).unwrap().with_replications(1);
    let waits = |policy: &str| {
        let outcome = under(&shipped, policy);
        [0, 1, 2].map(|stream| mean(&outcome, stream, Metric::Wait))
    };
    let (first, cmu, weight) = (waits("work-conserving"), waits("cmu"), waits("max-weight"));
    say(&format!("claims, questions, advice wait {first:.1?} s; by cost {cmu:.1?} s, by weight {weight:.1?} s"));
    assert!(cmu[0] < 0.75 * first[0] && cmu[1] > first[1], "claims cost most, and are dealt with fastest");
    assert!(weight[1] < 0.6 * first[1] && weight[2] > first[2], "questions weigh most");
}
