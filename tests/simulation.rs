//! The simulator against closed forms, and its promises: the same seed, the same run, whatever the threads.
#![cfg(feature = "sim")]

use std::path::Path;

use cordboard::measure::{ErlangA, ErlangC, Estimate, erlang_b, student_t};
use cordboard::sim::{ContactResults, Outcome, Policy, Results, Scenario};

const REPLICATIONS: u32 = 24;

/// A pool of `servers`, one call a minute handled, and `more` about its queue and stream.
fn pool(servers: u32, per_minute: f64, queue: &str, stream: &str) -> Scenario {
    // About ten thousand calls in each replication.
    let minutes = 10_000.0 / per_minute;
    let text = format!(
        r#"
        warmup = "200m"
        horizon = "{minutes}m"
        replications = {REPLICATIONS}
        [capacity.phone]
        voice = {{ max = 1 }}
        [agents.team]
        count = {servers}
        capacity = "phone"
        [queues.line]
        {queue}
        [streams.calls]
        channel = "voice"
        queue = "line"
        arrivals = {{ poisson_per_minute = {per_minute} }}
        {stream}
        "#
    );
    read(&text)
}

fn read(text: &str) -> Scenario {
    Scenario::from_toml(text, Path::new(".")).unwrap_or_else(|problems| panic!("{problems}"))
}

fn run(scenario: &Scenario) -> Outcome {
    let outcome = scenario.run_on(2, &|_| {}).unwrap();
    for replication in &outcome.replications {
        for tally in &replication.streams {
            let gone = tally.answered + tally.abandoned + tally.overflowed + tally.waiting_at_end;
            assert_eq!(tally.offered, gone, "every contact is in one place");
        }
    }
    outcome
}

fn calls(results: &Results) -> ContactResults {
    results.streams[0].1
}

/// Within four standard errors, which are small enough to mean something.
#[track_caller]
fn agrees(estimate: Estimate, exact: f64) {
    let (mean, half) = (estimate.mean.unwrap(), estimate.half_width.unwrap());
    let error = half / student_t(REPLICATIONS - 1);
    assert!((mean - exact).abs() <= 4.0 * error, "{mean} ± {half}, and not {exact}");
    assert!(error <= 0.05 * exact.abs().max(0.02), "{mean} ± {half} says too little");
}

#[test]
fn a_loss_system_is_erlang_b() {
    let results = run(&pool(5, 4.0, "limit = 0", r#"handle = { exponential = "1m" }"#)).results();
    let lost = results.streams[0].1;
    let shares = Estimate { mean: Some(lost.overflowed as f64 / lost.offered as f64), half_width: Some(0.003) };
    agrees(shares, erlang_b(5, 4.0));
    let carried = 4.0 * (1.0 - erlang_b(5, 4.0));
    agrees(lost.in_service, carried);
    agrees(results.agents[0].1.occupancy, carried / 5.0);
    // Erlang's formula does not care how handling times are distributed.
    for handle in [r#"{ deterministic = "1m" }"#, r#"{ lognormal = ["1m", "2m"] }"#, r#"{ erlang = [3, "1m"] }"#] {
        let results = run(&pool(5, 4.0, "limit = 0", &format!("handle = {handle}"))).results();
        agrees(calls(&results).in_service, carried);
    }
}

#[test]
fn a_delay_system_is_erlang_c() {
    let exact = ErlangC::new(4, 3.0, 1.0).unwrap();
    let stream = r#"handle = { exponential = "1m" }
        target = { share = 0.8, within = "20s" }"#;
    let results = run(&pool(4, 3.0, "", stream)).results();
    agrees(calls(&results).delayed_share, exact.wait_probability());
    agrees(calls(&results).wait_seconds, 60.0 * exact.mean_wait());
    agrees(calls(&results).queue_length, exact.mean_queue());
    agrees(calls(&results).service_level, exact.service_level(1.0 / 3.0));
    agrees(results.agents[0].1.occupancy, exact.occupancy());
    assert_eq!(calls(&results).abandoned, 0);
}

#[test]
fn impatience_is_erlang_a() {
    let exact = ErlangA::new(4, 3.6, 1.0, 2.0).unwrap();
    let stream = r#"handle = { exponential = "1m" }
        patience = { exponential = "2m" }
        cost = { hold_per_minute = 2.0, lost = 5.0 }"#;
    let results = run(&pool(4, 3.6, r#"agents = "random""#, stream)).results();
    agrees(calls(&results).delayed_share, exact.wait_probability());
    agrees(calls(&results).abandon_share, exact.abandonment());
    agrees(calls(&results).wait_seconds, 60.0 * exact.mean_wait());
    agrees(calls(&results).queue_length, exact.mean_queue());
    agrees(results.agents[0].1.occupancy, exact.occupancy());
    agrees(results.cost_per_minute, 2.0 * exact.mean_queue() + 5.0 * 3.6 * exact.abandonment());
}

/// Pollaczek and Khinchine: mean wait λ E[S²] / 2(1 − ρ).
#[test]
fn one_server_is_pollaczek_khinchine() {
    for (handle, second_moment) in [
        (r#"{ deterministic = "1m" }"#, 1.0),
        (r#"{ uniform = ["0s", "2m"] }"#, 4.0 / 3.0),
        (r#"{ gamma = [0.5, "1m"] }"#, 3.0),
        (r#"{ hyperexponential = [[0.75, "40s"], [0.25, "2m"]] }"#, 2.0 * (0.75 * 4.0 / 9.0 + 0.25 * 4.0)),
    ] {
        let results = run(&pool(1, 0.6, "", &format!("handle = {handle}"))).results();
        agrees(calls(&results).wait_seconds, 60.0 * 0.6 * second_moment / (2.0 * 0.4));
    }
}

/// One agent with room for three chats, who finishes them at rates 1, 1.6 and 1.8 a minute: a birth–death chain.
#[test]
fn speed_by_concurrency_is_a_birth_death_chain() {
    let text = format!(
        r#"
        warmup = "200m"
        horizon = "6000m"
        replications = {REPLICATIONS}
        [channels.chat]
        speed = [1.0, 0.8, 0.6]
        [capacity.text]
        chat = {{ max = 3 }}
        [agents.team]
        capacity = "text"
        [queues.line]
        limit = 0
        [streams.chats]
        channel = "chat"
        queue = "line"
        arrivals = {{ poisson_per_minute = 1.2 }}
        handle = {{ exponential = "1m" }}
        "#
    );
    let results = run(&read(&text)).results();
    let (p1, p2, p3) = (1.2, 1.2 * 1.2 / 1.6, 1.2 * 1.2 / 1.6 * 1.2 / 1.8);
    let total = 1.0 + p1 + p2 + p3;
    agrees(results.streams[0].1.in_service, (p1 + 2.0 * p2 + 3.0 * p3) / total);
    agrees(results.agents[0].1.occupancy, 1.0 - 1.0 / total);
    agrees(results.agents[0].1.contacts_held, (p1 + 2.0 * p2 + 3.0 * p3) / total);
    // Each chat takes a third of an agent.
    agrees(results.channels[0].1.occupancy, (p1 + 2.0 * p2 + 3.0 * p3) / total / 3.0);
    assert_eq!(results.all_agents, results.agents[0].1);
}

/// A call that arrives puts the email on hold, so that calls see a loss system of their own, and the email's work is kept.
#[test]
fn work_put_on_hold_goes_on_where_it_stopped() {
    let text = format!(
        r#"
        warmup = "500m"
        horizon = "6000m"
        replications = {REPLICATIONS}
        [capacity.desk]
        voice = {{ max = 1 }}
        email = {{ max = 1 }}
        arrives_over = {{ voice = {{ email = "hold" }}, email = {{ voice = "no" }} }}
        [agents.team]
        capacity = "desk"
        [queues.calls]
        limit = 0
        [queues.emails]
        [streams.calls]
        channel = "voice"
        queue = "calls"
        arrivals = {{ poisson_per_minute = 0.5 }}
        handle = {{ exponential = "1m" }}
        [streams.emails]
        channel = "email"
        queue = "emails"
        arrivals = {{ poisson_per_minute = 0.2 }}
        handle = {{ deterministic = "1m" }}
        "#
    );
    let results = run(&read(&text)).results();
    let calls = results.streams[0].1;
    agrees(calls.in_service, 0.5 * (1.0 - erlang_b(1, 0.5)));
    // The agent works on emails 0.2 of the time, and is busy with the one or the other.
    let busy = 0.5 * (1.0 - erlang_b(1, 0.5)) + 0.2;
    agrees(results.agents[0].1.occupancy, busy);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let text = std::fs::read_to_string("examples/scenarios/small-blended.toml").unwrap();
    let scenario = read(&text).with_replications(7);
    let one = scenario.run_on(1, &|_| {}).unwrap();
    for threads in [2, 3, 8] {
        let many = scenario.run_on(threads, &|_| {}).unwrap();
        assert_eq!(one.replications, many.replications);
        assert_eq!(one.results(), many.results());
    }
    assert_ne!(one.digest(), scenario.with_seed(2).run().unwrap().digest());
    let digests: std::collections::BTreeSet<u64> = one.replications.iter().map(|one| one.digest).collect();
    assert_eq!(digests.len(), 7, "no two replications are the same");
}

/// What a contact needs is drawn when it arrives, so that policies meet the same contacts.
#[test]
fn policies_meet_the_same_contacts() {
    let text = std::fs::read_to_string("examples/scenarios/small-blended.toml").unwrap();
    let scenario = read(&text).with_replications(10);
    let [spread, packed] = ["agents:least-loaded,longest-idle", "agents:most-loaded,longest-idle"]
        .map(|name| scenario.clone().with_policy(name.parse::<Policy>().unwrap()).run().unwrap());
    for (a, b) in spread.replications.iter().zip(&packed.replications) {
        let offered = |of: &cordboard::sim::Replication| of.streams.iter().map(|one| one.offered).collect::<Vec<_>>();
        assert_eq!(offered(a), offered(b));
    }
    let difference = packed.less(&spread);
    let cost = difference.cost_per_minute;
    assert!(cost.is_significant() && cost.mean.unwrap() < 0.0, "packing text leaves agents for calls: {cost:?}");
    // Pairing is worth its name: the interval is narrower than that of two independent runs.
    let width = |outcome: &Outcome| outcome.results().cost_per_minute.half_width.unwrap();
    let apart = (width(&spread).powi(2) + width(&packed).powi(2)).sqrt();
    assert!(cost.half_width.unwrap() < apart, "{} and {apart}", cost.half_width.unwrap());
}

#[test]
fn shifts_offers_wrap_up_and_bots_are_simulated() {
    let text = r#"
        horizon = "48h"
        replications = 4
        [channels.voice]
        wrap_up = "open"
        [capacity.phone]
        voice = { max = 1 }
        [agents.day]
        count = 6
        capacity = "phone"
        shifts = [["08:00", "12:00"], ["13:00", "17:00"]]
        [queues.line]
        no_answer = { agent = "not-ready", after = 2 }
        [streams.calls]
        channel = "voice"
        queue = "line"
        arrivals = { profile = { interval = "1h", per_day = 1000, weights = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0] } }
        resolved_by_bot = 0.25
        handle = { uniform = ["1m", "3m"] }
        wrap_up = { deterministic = "30s" }
        patience = { exponential = "5m" }
        [offers]
        accept = { deterministic = "4s" }
        no_answer = 0.05
    "#;
    let results = run(&read(text)).results();
    let calls = calls(&results);
    let all = (calls.offered + calls.resolved_by_bot) as f64;
    assert!((calls.resolved_by_bot as f64 / all - 0.25).abs() < 0.02);
    assert!((all / 8.0 - 1000.0).abs() < 50.0);
    // Eight hours of twenty-four, and the last call of each shift.
    let present = results.agents[0].1.present.mean.unwrap();
    assert!((2.0..2.05).contains(&present), "{present}");
    // Nobody is answered sooner than an agent can.
    assert!(calls.wait_quantiles_seconds.p50.unwrap() >= 3.99);
    assert!(calls.wait_quantiles_seconds.p99.unwrap() >= 20.0, "some rang out first");
    // Six agents work on 750 calls a day, 4 + 120 + 30 seconds each.
    let busy = calls.answered as f64 / 8.0 * 154.0 / 86_400.0 / present;
    assert!((results.agents[0].1.occupancy.mean.unwrap() - busy).abs() < 0.03);
}

#[test]
fn a_limit_reached_is_an_error_that_says_so() {
    let scenario = read(
        r#"
        horizon = "10h"
        [limits]
        contacts = 3
        [capacity.phone]
        voice = { max = 1 }
        [agents.team]
        capacity = "phone"
        [queues.line]
        [streams.calls]
        channel = "voice"
        queue = "line"
        arrivals = { every = "1m" }
        handle = { deterministic = "1h" }
        "#,
    );
    let error = scenario.run().err().unwrap().to_string();
    assert!(error.contains("at 4m") && error.contains("limit of 3 contacts"), "{error}");
}

/// Open from eight to twelve and overnight from twenty to four: arrivals at other times go elsewhere, and who waits when it closes is served.
#[test]
fn queues_open_and_close_by_the_hour() {
    let text = r#"
        horizon = "72h"
        [capacity.phone]
        voice = { max = 1 }
        [agents.team]
        capacity = "phone"
        [queues.line]
        hours = [["08:00", "12:00"], ["20:00", "04:00"]]
        overflow = { closed = "deflect" }
        [queues.round]
        hours = [["00:00", "24:00"]]
        [streams.calls]
        channel = "voice"
        queue = "line"
        arrivals = { every = "90m" }
        handle = { deterministic = "2h" }
        [streams.others]
        channel = "voice"
        queue = "round"
        arrivals = { every = "72h" }
        handle = { deterministic = "1s" }
    "#;
    let calls = run(&read(text)).results().streams[0].1;
    // Arrivals at 1:30, 3:00, 4:30 … 70:30, and whether the clock shows one of the hours then.
    let arrivals = (1..48).map(|number| number * 90);
    let open = arrivals.filter(|minute| matches!(minute / 60 % 24, 0..4 | 8..12 | 20..24)).count() as u64;
    assert_eq!((calls.offered, calls.overflowed), (47, 47 - open));
    assert_eq!(calls.answered + calls.waiting_at_end, open);
    assert!(calls.wait_quantiles_seconds.p99.unwrap() > 3600.0, "some wait beyond the hours");
}
