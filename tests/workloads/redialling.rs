//! Customers who are called back, do not always answer, and are called again.

use crate::{agrees, complaint, read, run, tally};

/// Agents `team` who call back and take calls, a queue `line`, and a stream `callbacks` that come as such, with more of each.
fn callbacks(top: &str, team: &str, line: &str, stream: &str) -> String {
    format!(
        "{top}\n[capacity.phone]\nvoice = {{ max = 1 }}\ncallback = {{ max = 1 }}\n[agents.team]\ncapacity = \"phone\"\n{team}\n\
         [queues.line]\n{line}\n[streams.callbacks]\nchannel = \"callback\"\nqueue = \"line\"\n{stream}\n"
    )
}

const EVERY: &str = "arrivals = { every = \"1h\" }\nhandle = { deterministic = \"5m\" }\nwrap_up = \"none\"";

/// Nobody ever answers: an agent lets it ring as often as may be, and is free in between.
#[test]
fn who_never_answers_is_called_as_often_as_may_be_and_given_up() {
    for (more, calls, ring) in
        [("", 3, 30), (", attempts = 1", 1, 30), (", attempts = 5, ring = { deterministic = \"8s\" }", 5, 8)]
    {
        let redial = format!("redial = {{ no_answer = 1, delay = {{ deterministic = \"10m\" }}{more} }}");
        let text = callbacks("horizon = \"4h59m\"", "", "", &format!("{EVERY}\n{redial}"));
        let outcome = run(&read(&text));
        let [one] = &outcome.replications[..] else { panic!("one replication") };
        let of = &one.streams[0];
        assert_eq!((of.offered, of.answered, of.unreached, of.redials), (4, 4, 4, 4 * (calls - 1)), "{more}");
        // The agent is busy for as long as it rings, and nobody stands in line.
        let rung = u128::from(4 * calls * ring) * 1_000_000;
        assert_eq!((of.completed, of.service_area, one.groups[0].busy, of.queue_area), (0, rung, rung, 0), "{more}");
    }
}

/// Who always answers is a callback as any other, to the last event.
#[test]
fn who_always_answers_is_called_once() {
    let digest = |more: &str| run(&read(&callbacks("horizon = \"9h\"", "", "", &format!("{EVERY}\n{more}")))).digest();
    let redial = |share: f64| format!("redial = {{ no_answer = {share}, delay = {{ deterministic = \"1m\" }} }}");
    assert_eq!(digest(&redial(0.0)), digest(""));
    assert_ne!(digest(&redial(1.0)), digest(""));
}

/// Each call is answered independently: of customers with three calls at most, p + p² are called again and p³ never reached.
#[test]
fn calls_are_answered_independently() {
    let stream = "arrivals = { poisson_per_minute = 1 }\nhandle = { exponential = \"1m\" }\nwrap_up = \"none\"\n\
                  redial = { no_answer = \"40%\", ring = { exponential = \"20s\" }, delay = { uniform = [\"1m\", \"9m\"] } }";
    let top = "horizon = \"3000m\"\nreplications = 16";
    let outcome = run(&read(&callbacks(top, "count = 9", "", stream)));
    let each = |of: fn(&cordboard::sim::ContactTally) -> u64| {
        outcome.replications.iter().map(move |one| of(&one.streams[0]) as f64 / one.streams[0].answered as f64)
    };
    agrees(each(|of| of.redials), 0.4 + 0.16);
    agrees(each(|of| of.unreached), 0.064);
    agrees(each(|of| of.completed), 1.0 - 0.064);
    // Of each, what rings in vain: (p + p² + p³) × 20 s; and what is said to those reached.
    let seconds = |one: &cordboard::sim::Replication| one.groups[0].busy as f64 / 1e6 / one.streams[0].answered as f64;
    agrees(outcome.replications.iter().map(seconds), (0.4 + 0.16 + 0.064) * 20.0 + (1.0 - 0.064) * 60.0);
}

/// A callback comes back to its line with the age it has: before a call that came later, and has stood there for longer.
#[test]
fn the_place_in_line_is_kept() {
    // One agent: a call from 17:00 to 29:00, the callback's first ring at 30:00, a call from 34:00 to 46:00, and one that comes at 38:00.
    let text = |delay: &str| {
        let calls = |name: &str, every: &str, handle: &str| {
            format!(
                "[streams.{name}]\nchannel = \"voice\"\nqueue = \"line\"\narrivals = {{ every = \"{every}\" }}\n\
                 handle = {{ deterministic = \"{handle}\" }}\nwrap_up = \"none\"\n"
            )
        };
        let redial = format!("redial = {{ no_answer = 1, delay = {{ deterministic = \"{delay}\" }}, attempts = 2 }}");
        let first = EVERY.replace("1h", "30m");
        callbacks(
            "horizon = \"50m\"",
            "",
            "",
            &format!("{first}\n{redial}\n{}{}", calls("long", "17m", "12m"), calls("late", "38m", "1m")),
        )
    };
    let waits = |delay| {
        let outcome = run(&read(&text(delay)));
        let of = &outcome.replications[0].streams;
        assert_eq!((of[0].redials, of[0].unreached, of[2].answered), (1, 1, 1), "{delay}");
        of[2].answered_wait / 1_000_000
    };
    // Back in line at 40:30: it rings until 46:30 before the late one's turn comes. Back at 47:30: the late one is first.
    assert_eq!((waits("10m"), waits("17m")), (510, 480));
}

/// Calls that become callbacks where the line is full may go unanswered, and calls that an agent takes may not.
#[test]
fn only_those_are_called_back_who_have_hung_up() {
    let text = callbacks(
        "horizon = \"10h\"",
        "count = 2",
        "limit = 1\noverflow = { full = \"callback\" }",
        "arrivals = { poisson_per_minute = 1 }\nhandle = { exponential = \"3m\" }\nwrap_up = \"none\"",
    );
    let text = text.replace("channel = \"callback\"", "channel = \"voice\"");
    let redial = |more: &str| format!("{text}redial = {{ no_answer = 1, delay = {{ deterministic = \"1m\" }}{more} }}");
    let of = tally(&redial(", attempts = 1"));
    // Nobody has patience that ends: all are answered, and those called back are reached by nobody.
    assert!(of.unreached > 100 && of.completed > 100 && of.redials == 0);
    assert!(of.completed + of.unreached <= of.answered && of.answered <= of.completed + of.unreached + 2);
    let again = tally(&redial(", attempts = 2"));
    assert!(again.redials >= again.unreached && again.unreached > 100, "{again:?}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let with = |redial: &str| complaint(&callbacks("horizon = \"1h\"", "", "", &format!("{EVERY}\nredial = {redial}")));
    for (redial, words) in [
        ("{ delay = { deterministic = \"1m\" } }", "streams.callbacks.redial.no_answer"),
        ("{ no_answer = 0.5 }", "how long until the customer is called again"),
        ("{ no_answer = 1.5, delay = { deterministic = \"1m\" } }", "no_answer"),
        ("{ no_answer = 0.5, delay = { deterministic = \"1m\" }, attempts = 0 }", "attempts"),
        ("{ no_answer = 0.5, delay = { deterministic = \"1m\" }, rings = 3 }", "did you mean `ring`?"),
        ("0.5", "a table such as { no_answer ="),
    ] {
        let complaint = with(redial);
        assert!(complaint.contains(words), "{redial}: {complaint}");
    }
    let redial = "redial = { no_answer = 0.5, delay = { deterministic = \"1m\" } }";
    let voice = callbacks("horizon = \"1h\"", "", "", &format!("{EVERY}\n{redial}"))
        .replace("channel = \"callback\"", "channel = \"voice\"");
    let complaint = complaint(&voice);
    assert!(
        complaint.contains("streams.callbacks.redial: is about customers who are called back, and nobody is"),
        "{complaint}"
    );
}
