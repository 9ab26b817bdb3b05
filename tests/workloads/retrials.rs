//! Customers who were not answered come again.

use cordboard::sim::Policy;

use crate::{agrees, complaint, one_line, read, run, tally};

const ALWAYS: &str =
    "arrivals = { every = \"10m\" }\nhandle = { deterministic = \"1m\" }\npatience = { deterministic = \"1m\" }";

/// Nobody is there: each customer waits a minute, is away for two, and has so many attempts.
#[test]
fn everybody_comes_as_often_as_may_be() {
    for (attempts, offered) in [("attempts = 1", 5), ("attempts = 3", 15), ("", 5 * 5)] {
        let separator = if attempts.is_empty() { "" } else { ", " };
        let retry = format!("retry = {{ abandoned = 1, delay = {{ deterministic = \"2s\" }}{separator}{attempts} }}");
        let calls = tally(&one_line("horizon = \"59m\"", "count = 0", "", &format!("{ALWAYS}\n{retry}")));
        // The customers who came at ten, twenty … fifty minutes, of whom each is done after five.
        assert_eq!((calls.offered, calls.abandoned, calls.retrials), (offered, offered, offered - 5));
    }
}

/// A customer who was turned away comes again until it is answered, with the work it had at first.
#[test]
fn turned_away_is_not_abandoned() {
    // The first call holds the one agent from 1:00 to 3:30. Who comes at 2:00 and 3:00 calls again a minute later.
    let stream =
        |retry: &str| format!("arrivals = {{ every = \"1m\" }}\nhandle = {{ deterministic = \"150s\" }}\n{retry}");
    let top = "horizon = \"210s\"";
    let calls = tally(&one_line(top, "", "limit = 0", &stream("")));
    assert_eq!((calls.offered, calls.answered, calls.overflowed, calls.retrials), (3, 1, 2, 0));
    let again = stream("retry = { overflowed = 1, delay = { deterministic = \"25s\" } }");
    let calls = tally(&one_line(top, "", "limit = 0", &again));
    // At 2:00, 2:25, 2:50, 3:15 the one, at 3:00 and 3:25 the other.
    assert_eq!((calls.offered, calls.answered, calls.overflowed, calls.retrials), (7, 1, 6, 4));
    let patient = stream("retry = { abandoned = 1, delay = { deterministic = \"25s\" } }");
    assert_eq!(tally(&one_line(top, "", "limit = 0", &patient)).offered, 3);
}

/// The M/M/1 retrial queue without a line: λ = 1/2, μ = 1 and each customer away comes again at rate θ = 1/2 a minute. The
/// mean number away is ρ (λ + ρ θ) / ((1 − ρ) θ). G. Falin and J. Templeton, *Retrial Queues* (1997), section 1.2.
#[test]
fn the_single_server_retrial_queue() {
    let stream = r#"
        arrivals = { poisson_per_minute = 0.5 }
        handle = { exponential = "1m" }
        retry = { overflowed = 1.0, delay = { exponential = "2m" }, attempts = 1000 }"#;
    let text = one_line("warmup = \"500m\"\nhorizon = \"20000m\"\nreplications = 16", "", "limit = 0", stream);
    let outcome = run(&read(&text));
    let (rho, lambda, theta) = (0.5, 0.5, 0.5);
    let away = rho * (lambda + rho * theta) / ((1.0 - rho) * theta);
    let each = |of: fn(&cordboard::sim::ContactTally) -> u64| {
        outcome.replications.iter().map(move |one| of(&one.streams[0]) as f64 / 20_000.0)
    };
    agrees(each(|calls| calls.retrials), theta * away);
    agrees(each(|calls| calls.offered), lambda + theta * away);
    agrees(each(|calls| calls.answered), lambda);
}

/// Of a geometric number of attempts with patience that is always over, a share p comes again each time.
#[test]
fn the_share_who_come_again_is_as_asked() {
    let stream = r#"
        arrivals = { poisson_per_minute = 5 }
        handle = { deterministic = "1m" }
        patience = { exponential = "10s" }
        retry = { abandoned = "40%", delay = { uniform = ["1m", "3m"] }, attempts = 3 }"#;
    let text = one_line("warmup = \"60m\"\nhorizon = \"2000m\"\nreplications = 16", "count = 0", "", stream);
    let outcome = run(&read(&text));
    let share = outcome.replications.iter().map(|one| one.streams[0].retrials as f64 / one.streams[0].offered as f64);
    agrees(share, (0.4 + 0.16) / (1.0 + 0.4 + 0.16));
}

/// First attempts and their needs are the same whatever the policy, and other streams never notice.
#[test]
fn retrials_leave_first_attempts_alone() {
    let text = |retry: &str| {
        one_line(
            "horizon = \"600m\"\nreplications = 4",
            "count = 3",
            "",
            &format!(
                "arrivals = {{ poisson_per_minute = 1.5 }}\nhandle = {{ exponential = \"2m\" }}\npatience = {{ exponential = \"1m\" }}\n{retry}\n\
                 [streams.others]\nchannel = \"voice\"\nqueue = \"line\"\narrivals = {{ poisson_per_minute = 0.5 }}\n\
                 handle = {{ exponential = \"2m\" }}\npatience = {{ exponential = \"1m\" }}"
            ),
        )
    };
    let retry = "retry = { abandoned = 0.7, delay = { lognormal = [\"5m\", \"5m\"] } }";
    let again = read(&text(retry));
    let outcomes = [
        run(&again),
        run(&read(&text(""))),
        run(&again.clone().with_policy("agents:random".parse::<Policy>().unwrap())),
    ];
    for number in 0..4 {
        let of = |outcome: &cordboard::sim::Outcome| {
            let streams = &outcome.replications[number].streams;
            (streams[0].offered - streams[0].retrials, streams[1].offered)
        };
        assert_eq!(of(&outcomes[0]), of(&outcomes[1]));
        assert_eq!(of(&outcomes[0]), of(&outcomes[2]));
        assert!(outcomes[0].replications[number].streams[0].retrials > 50);
    }
    assert_eq!(outcomes[0].digest(), run(&again).digest());
}

#[test]
fn what_is_wrong_with_retrials_is_said() {
    for (retry, words) in [
        ("retry = 3", "a table such as { abandoned = 0.6"),
        ("retry = { delay = { exponential = \"1m\" } }", "needs `abandoned` or `overflowed`"),
        ("retry = { abandoned = 0.5 }", "how long until they come again"),
        ("retry = { abandoned = 1.5, delay = { exponential = \"1m\" } }", "retry.abandoned"),
        ("retry = { abandoned = 1, delay = { exponential = \"1m\" }, attempts = 0 }", "from 1 to 1000"),
        ("retry = { abandoned = 1, delay = { exponential = \"1m\" }, atempts = 2 }", "did you mean `attempts`?"),
    ] {
        let said = complaint(&one_line("horizon = \"1h\"", "", "", &format!("{ALWAYS}\n{retry}")));
        assert!(said.contains(words), "{retry}: {said}");
    }
}
