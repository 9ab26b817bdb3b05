//! What docs/concurrency.md says of the chat-concurrency scenario: when thirty open conversations are ten phone agents' work, and what an
//! adaptive limit is for.
#![cfg(feature = "sim")]

use std::path::Path;

use cordboard::PlanDocument;
use cordboard::sim::{Results, Scenario};

/// Replies may take so many seconds.
const WITHIN: f64 = 45.0;
const ADAPTIVE: &str = r#"capacity.desk.chat.adaptive = { floor = 3, reply_within = "45s" }"#;

fn run(changes: &[&str]) -> Results {
    let text = std::fs::read_to_string("examples/scenarios/chat-concurrency.toml").unwrap();
    let mut document = PlanDocument::from_toml(&text).unwrap();
    for change in [r#"horizon = "50h""#].iter().chain(changes) {
        document = document.with(&PlanDocument::from_toml(change).unwrap());
    }
    let scenario = Scenario::from_document(&document, Path::new(".")).unwrap_or_else(|problems| panic!("{problems}"));
    scenario.run_on(2, &|_| {}).unwrap().results()
}

/// Mean reply in seconds, and conversations completed in an agent's hour.
fn desk(changes: &[&str]) -> (f64, f64) {
    let chats = run(changes).streams[0].1;
    (chats.reply_seconds.mean.unwrap(), chats.completed_per_agent_hour.mean.unwrap())
}

#[test]
fn thirty_are_worth_ten_where_the_phone_takes_ten_times_as_long() {
    for (open, least, most) in [(20, 7.2, 8.1), (30, 9.4, 10.3)] {
        let streams = run(&[&format!("capacity.desk.chat.max = {open}")]).streams;
        let [chats, calls] = [0, 1].map(|at| streams[at].1.completed_per_agent_hour.mean.unwrap());
        assert!((least..most).contains(&(chats / calls)), "{open}: {chats} and {calls}");
    }
    // Typed by hand, thirty are worth three, and nobody is answered for a quarter of an hour.
    let typed =
        run(&["capacity.desk.chat.max = 30", r#"streams.chats.conversation.agent = { lognormal = ["45s", "30s"] }"#]);
    let [chats, calls] = [0, 1].map(|at| typed.streams[at].1);
    let worth = chats.completed_per_agent_hour.mean.unwrap() / calls.completed_per_agent_hour.mean.unwrap();
    assert!((3.0..3.6).contains(&worth) && chats.reply_seconds.mean.unwrap() > 900.0, "{worth} {chats:?}");
}

/// Customers who come back after a minute, or after seven: thirty at once break the target by far. One limit that adapts holds it for both.
#[test]
fn an_adaptive_limit_holds_the_target_where_a_fixed_one_breaks_it() {
    for (customer, share) in [("1m", 0.85), ("7m", 0.73)] {
        let customer = format!(r#"streams.chats.conversation.customer = {{ lognormal = ["{customer}", "10m"] }}"#);
        let thirty = desk(&["capacity.desk.chat.max = 30", &customer]);
        let adapts = desk(&["capacity.desk.chat.max = 30", &customer, ADAPTIVE]);
        assert!(thirty.0 > 2.0 * WITHIN, "thirty: {thirty:?}");
        assert!(adapts.0 < WITHIN, "adapts: {adapts:?}");
        assert!(adapts.1 > share * thirty.1, "{adapts:?} of {thirty:?}");
    }
    // It loses little against a fixed limit that one would have chosen knowing the customers: 21 is the most that holds.
    let (twenty, adapts) = (desk(&["capacity.desk.chat.max = 20"]), desk(&["capacity.desk.chat.max = 30", ADAPTIVE]));
    assert!(twenty.0 < WITHIN && adapts.1 > 0.95 * twenty.1, "{adapts:?} of {twenty:?}");
}

/// Customers who take their time: thirty are answered in time, and the limit is not in the way.
#[test]
fn an_adaptive_limit_costs_nothing_where_the_fixed_one_holds() {
    for (customer, share) in [("14m", 0.95), ("28m", 0.96)] {
        let customer = format!(r#"streams.chats.conversation.customer = {{ lognormal = ["{customer}", "10m"] }}"#);
        let thirty = desk(&["capacity.desk.chat.max = 30", &customer]);
        let adapts = desk(&["capacity.desk.chat.max = 30", &customer, ADAPTIVE]);
        assert!(thirty.0 < WITHIN && adapts.0 < WITHIN, "{thirty:?} {adapts:?}");
        assert!(adapts.1 > share * thirty.1, "{adapts:?} of {thirty:?}");
    }
}
