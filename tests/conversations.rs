//! Simulated conversations against the closed queue they are, M/M/1//N, and replies worked out by hand.
#![cfg(feature = "sim")]

use std::path::Path;

use cordboard::measure::{Estimate, FiniteSource, student_t};
use cordboard::sim::{Arrivals, ContactResults, Recorded, Results, Scenario};
use cordboard::{Span, Timestamp};

const REPLICATIONS: u32 = 16;

fn read(text: &str) -> Scenario {
    Scenario::from_toml(text, Path::new(".")).unwrap_or_else(|problems| panic!("{problems}"))
}

fn run(scenario: &Scenario) -> ContactResults {
    scenario.run_on(2, &|_| {}).unwrap().results().streams[0].1
}

/// An agent with so many conversations, and always somebody waiting to begin another.
fn desk(conversations: u32, turns: &str, agent: &str, customer: &str) -> Scenario {
    read(&format!(
        r#"
        warmup = "3h"
        horizon = "60h"
        replications = {REPLICATIONS}
        [capacity.desk]
        chat = {{ max = {conversations} }}
        [agents.team]
        capacity = "desk"
        [queues.line]
        limit = 30
        [streams.chats]
        channel = "chat"
        queue = "line"
        arrivals = {{ every = "40s" }}
        conversation = {{ turns = {turns}, agent = {agent}, customer = {customer} }}
        "#
    ))
}

/// Within four standard errors, which are small enough to mean something.
#[track_caller]
fn agrees(what: &str, estimate: Estimate, exact: f64) {
    let (mean, half) = (estimate.mean.unwrap(), estimate.half_width.unwrap());
    let error = half / student_t(REPLICATIONS - 1);
    assert!((mean - exact).abs() <= 4.0 * error, "{what}: {mean} ± {half}, and not {exact}");
    assert!(error <= 0.02 * exact, "{what}: {mean} ± {half} says too little");
}

/// Replies of 20 s and pauses of two minutes; four conversations in five go on after a reply, and in the place of one that
/// does not a new one begins at once: pauses of 96 s in the mean.
#[test]
fn an_agent_with_conversations_is_the_machine_repair_queue() {
    let exact = FiniteSource::new(20.0, 96.0).unwrap();
    for conversations in [1, 6, 14] {
        let (turns, agent) = ("{ geometric = 5 }", r#"{ exponential = "20s" }"#);
        let chats = run(&desk(conversations, turns, agent, r#"{ exponential = "2m" }"#));
        let what = format!("{conversations} conversations");
        agrees(&what, chats.completed_per_agent_hour, 3600.0 / 5.0 * exact.throughput(conversations));
        agrees(&what, chats.reply_seconds, exact.response(conversations));
        // Beginning and coming back are alike: both find what one conversation fewer would leave there.
        agrees(&what, chats.first_reply_seconds, exact.response(conversations));
        for (share, found) in [
            (0.5, chats.reply_quantiles_seconds.p50),
            (0.9, chats.reply_quantiles_seconds.p90),
            (0.99, chats.reply_quantiles_seconds.p99),
        ] {
            let quantile = exact.response_quantile(conversations, share);
            assert!((found.unwrap() / quantile - 1.0).abs() < 0.05, "{what}, {share}: {found:?}, and not {quantile}");
        }
        assert!((chats.in_service.mean.unwrap() - f64::from(conversations)).abs() < 1e-9, "{what}");
    }
}

/// How pauses are distributed does not matter, nor how turns are, as long as their means stay.
#[test]
fn only_the_mean_of_pauses_and_turns_matters() {
    let exact = FiniteSource::new(20.0, 96.0).unwrap();
    for (turns, customer) in [
        ("5", r#"{ exponential = "2m" }"#),
        ("{ geometric = 5 }", r#"{ lognormal = ["2m", "3m"] }"#),
        ("5", r#"{ deterministic = "2m" }"#),
    ] {
        let chats = run(&desk(5, turns, r#"{ exponential = "20s" }"#, customer));
        let what = format!("{turns} {customer}");
        agrees(&what, chats.completed_per_agent_hour, 720.0 * exact.throughput(5));
        agrees(&what, chats.reply_seconds, exact.response(5));
    }
}

/// Conversations that arrive as they like, one turn each: M/M/1, as far as there is room for all of them.
#[test]
fn one_turn_each_is_a_single_server() {
    let text = format!(
        r#"
        warmup = "3h"
        horizon = "100h"
        replications = {REPLICATIONS}
        [capacity.desk]
        chat = {{ max = 1000 }}
        [agents.team]
        capacity = "desk"
        [queues.line]
        [streams.chats]
        channel = "chat"
        queue = "line"
        arrivals = {{ poisson_per_minute = 1.8 }}
        conversation = {{ turns = 1, agent = {{ exponential = "20s" }}, customer = {{ exponential = "2m" }} }}
        "#
    );
    let chats = run(&read(&text));
    agrees("reply", chats.reply_seconds, 20.0 / (1.0 - 0.6));
    agrees("first reply", chats.first_reply_seconds, 50.0);
    agrees("completed", chats.completed_per_agent_hour, 108.0);
    assert_eq!(chats.replies, chats.completed);
}

/// Two chats, at 0 s and at 4 s: two replies of 10 s each, a pause of a minute between. And calls of half a minute.
fn by_hand(profile: &str, calls: &[u64]) -> Results {
    let text = format!(
        r#"
        horizon = "1h"
        [capacity.desk]
        {profile}
        [agents.team]
        capacity = "desk"
        [queues.line]
        [streams.chats]
        channel = "chat"
        queue = "line"
        arrivals = {{ every = "1h" }}
        conversation = {{ turns = 2, agent = {{ deterministic = "10s" }}, customer = {{ deterministic = "1m" }} }}
        [streams.calls]
        channel = "voice"
        queue = "line"
        arrivals = {{ every = "1h" }}
        handle = {{ deterministic = "20s" }}
        wrap_up = {{ deterministic = "10s" }}
        "#
    );
    let at = |secs: &u64| Recorded { at: Timestamp::from_secs(*secs), handle: None, patience: None, priority: None };
    let trace = |secs: &[u64]| Arrivals::Trace(secs.iter().map(at).collect());
    let scenario = read(&text).with_arrivals("chats", trace(&[0, 4])).with_arrivals("calls", trace(calls));
    scenario.run().unwrap().results()
}

const BESIDE: &str = r#"chat = { max = 2, load = "10%" }
        voice = { max = 1, load = "50%" }"#;

#[test]
fn one_reply_is_written_at_a_time_first_come_first_served() {
    let chats = by_hand(BESIDE, &[]).streams[0].1;
    // Asked at 0, 4, 70 and 80 s; replied at 10, 20, 80 and 90 s.
    assert_eq!((chats.completed, chats.replies), (2, 4));
    assert_eq!(chats.first_reply_seconds.mean, Some(13.0));
    assert_eq!(chats.reply_seconds.mean, Some((10 + 16 + 10 + 10) as f64 / 4.0));
    assert_eq!(chats.completed_per_agent_hour.mean, Some(2.0));
    assert_eq!(chats.in_service.mean, Some((80 + 86) as f64 / 3600.0));
}

/// A call at 75 s, in the middle of a reply: it goes on at 105 s, when the wrap-up is over, whether or not the plan puts the chats on hold.
#[test]
fn a_call_interrupts_what_is_being_written() {
    let hold = r#"chat = { max = 2 }
        voice = { max = 1 }
        arrives_over = { voice = { chat = "hold" }, chat = { voice = "no" } }"#;
    for profile in [BESIDE, hold] {
        let results = by_hand(profile, &[75]);
        let chats = results.streams[0].1;
        // Asked at 70 and 80 s; replied at 110 and 120 s.
        assert_eq!(chats.reply_seconds.mean, Some((10 + 16 + 40 + 40) as f64 / 4.0), "{profile}");
        assert_eq!(results.streams[1].1.completed, 1);
        assert_eq!(results.streams[1].1.replies, 0);
    }
}

/// A call at 2 s: the first reply waits, half written, and the second chat for room.
#[test]
fn replies_count_from_when_an_agent_has_the_contact() {
    let hold = r#"chat = { max = 2 }
        voice = { max = 1 }
        arrives_over = { voice = { chat = "hold" } }"#;
    let chats = by_hand(hold, &[2]).streams[0].1;
    // At 32 s eight seconds are left of the first reply, and the second chat is given: replied at 40 and 50 s.
    assert_eq!(chats.wait_answered_seconds.mean, Some((32 - 4) as f64 / 2.0));
    assert_eq!(chats.first_reply_seconds.mean, Some((40 + 18) as f64 / 2.0));
}

/// Spoken, the same conversation takes its agent all along: two turns of a minute and ten seconds.
#[test]
fn spoken_conversations_are_calls() {
    let text = r#"
        horizon = "1h"
        [capacity.phone]
        voice = { max = 1 }
        [agents.team]
        capacity = "phone"
        [queues.line]
        [streams.calls]
        channel = "voice"
        queue = "line"
        arrivals = { every = "30s" }
        handle = { spoken = { turns = 2, agent = { deterministic = "10s" }, customer = { deterministic = "1m" } } }
        "#;
    let calls = run(&read(text));
    assert_eq!(calls.completed, 25); // from 30 s, one in 140 s
    assert_eq!(calls.reply_seconds.mean, None);
}

/// What is said is drawn for each contact when it arrives, whatever is done with it meanwhile.
#[test]
fn runs_repeat_whatever_the_threads_and_the_limit() {
    let one = desk(4, "{ geometric = 5 }", r#"{ exponential = "20s" }"#, r#"{ lognormal = ["2m", "3m"] }"#);
    let one = one.with_horizon(Span::from_mins(600)).with_replications(4);
    let (alone, together) = (one.run().unwrap(), one.run_on(3, &|_| {}).unwrap());
    assert_eq!(alone.replications, together.replications);
    assert_ne!(alone.digest(), one.with_seed(9).run().unwrap().digest());
}

/// An agent with one chat at a time, which is quiet after 20 s of silence and parked after 30 s. Nothing is lost by it: the parked one comes back to its agent.
#[test]
fn silent_conversations_are_parked_and_come_back() {
    let text = r#"
        horizon = "1h"
        [channels.chat]
        quiet_after = "20s"
        park_after = "30s"
        [capacity.desk]
        chat = { max = 1 }
        [agents.team]
        capacity = "desk"
        [queues.line]
        [streams.chats]
        channel = "chat"
        queue = "line"
        arrivals = { every = "1h" }
        conversation = { turns = 2, agent = { deterministic = "10s" }, customer = { deterministic = "1m" } }
        patience = { deterministic = "37s" }
        "#;
    let at = |secs: u64| Recorded { at: Timestamp::from_secs(secs), handle: None, patience: None, priority: None };
    let scenario = read(text).with_arrivals("chats", Arrivals::Trace([at(0), at(4)].into()));
    let chats = scenario.run().unwrap().results().streams[0].1;
    // The first: replied at 10 s, parked at 40; the second given then, replied at 50, parked at 80. The first wrote at 70 and is given at
    // 80 again, done at 90; the second wrote at 110, done at 120.
    assert_eq!((chats.completed, chats.replies, chats.abandoned, chats.waiting_at_end), (2, 4, 0, 0));
    assert_eq!(chats.wait_answered_seconds.mean, Some(36.0 / 2.0));
    assert_eq!(chats.reply_seconds.mean, Some(10.0));
    assert_eq!(chats.in_service.mean, Some((40 + 10 + 40 + 10) as f64 / 3600.0));
    assert_eq!(chats.queue_length.mean, Some((36 + 10) as f64 / 3600.0));
}
