//! The adaptive limit in simulated conversations: with one plan, each agent comes to as many as it replies to in time.
#![cfg(feature = "sim")]

use std::path::Path;

use cordboard::sim::{ContactResults, Scenario};

const REPLY_WITHIN: f64 = 90.0;

/// An agent who writes for so many seconds, with always somebody waiting to begin; at most forty conversations.
fn desk(writes: u32, adaptive: &str) -> ContactResults {
    let text = format!(
        r#"
        warmup = "10h"
        horizon = "60h"
        replications = 8
        [capacity.desk]
        chat = {{ max = 40{adaptive} }}
        [agents.team]
        capacity = "desk"
        [queues.line]
        limit = 50
        [streams.chats]
        channel = "chat"
        queue = "line"
        arrivals = {{ every = "40s" }}
        conversation = {{ turns = {{ geometric = 5 }}, agent = {{ exponential = "{writes}s" }}, customer = {{ exponential = "4m" }} }}
        "#
    );
    let scenario = Scenario::from_toml(&text, Path::new(".")).unwrap_or_else(|problems| panic!("{problems}"));
    scenario.run_on(2, &|_| {}).unwrap().results().streams[0].1
}

#[test]
fn each_agent_comes_to_as_many_as_it_replies_to_in_time() {
    let adaptive = r#", adaptive = { floor = 2, reply_within = "90s" }"#;
    let mut in_hand = Vec::new();
    for writes in [15, 45] {
        let (fixed, adapts) = (desk(writes, ""), desk(writes, adaptive));
        let reply = |results: &ContactResults| results.reply_seconds.mean.unwrap();
        let done = |results: &ContactResults| results.completed_per_agent_hour.mean.unwrap();
        let what = format!(
            "writing {writes} s: {:.1} s to a reply, {:.2} an hour and {:.1} in hand, and with forty {:.1} s and {:.2}",
            reply(&adapts),
            done(&adapts),
            adapts.in_service.mean.unwrap(),
            reply(&fixed),
            done(&fixed)
        );
        assert!(reply(&fixed) > 3.0 * REPLY_WITHIN, "{what}");
        assert!(reply(&adapts) < 1.1 * REPLY_WITHIN, "{what}");
        assert!(done(&adapts) > 0.6 * done(&fixed), "{what}");
        in_hand.push(adapts.in_service.mean.unwrap());
    }
    assert!(in_hand[0] > 2.0 * in_hand[1], "the quick have {:.1} in hand, the slow {:.1}", in_hand[0], in_hand[1]);
}
