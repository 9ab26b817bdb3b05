//! Agents who are called in when a line is long.

use crate::{complaint, one_line, read, run};

/// One call a minute from 0:01; nobody is there but those who are called. `more` agents of group `crew`, each call a second.
fn crew(top: &str, count: u32, elastic: &str, handle: &str) -> String {
    one_line(
        top,
        "count = 0",
        "",
        &format!(
            "arrivals = {{ every = \"1m\" }}\nhandle = {{ deterministic = \"{handle}\" }}\n\
             [agents.crew]\ncount = {count}\ncapacity = \"phone\"\nelastic = {elastic}"
        ),
    )
}

/// Minutes with the crew there, and how many calls were answered.
fn there(text: &str) -> (f64, u64) {
    let results = run(&read(text)).results();
    let minutes = results.agents[1].1.present.mean.unwrap();
    (minutes, results.streams[0].1.answered)
}

/// Of so many minutes.
#[track_caller]
fn is(text: &str, of: f64, minutes: f64, answered: u64) {
    let (share, calls) = there(text);
    assert!((share * of - minutes).abs() < 1e-6 && calls == answered, "{} minutes, {calls} calls", share * of);
}

#[test]
fn they_come_when_too_many_wait_and_leave_when_few_do() {
    // The fourth call, at 4:00, calls them; from 6:00 they take the six that wait by then, a second each, and leave at 6:05, one
    // call being left, which is taken while they leave. The next four come by 10:00, and they are back from 12:00.
    let elastic = "{ queue = \"line\", waiting = 3, until_waiting = 0, reaction = \"2m\" }";
    is(&crew("horizon = \"11m\"", 1, elastic, "1s"), 11.0, 6.0 / 60.0, 6);
    is(&crew("horizon = \"750s\"", 1, elastic, "1s"), 12.5, 12.0 / 60.0, 12);
    // At the level itself nobody is called.
    is(&crew("horizon = \"4m\"", 1, elastic, "1s"), 4.0, 0.0, 0);
    // Nor is there hysteresis without a lower level of one's own: half of three is one.
    let half = "{ queue = \"line\", waiting = 3, reaction = \"2m\" }";
    is(&crew("horizon = \"11m\"", 1, half, "1s"), 11.0, 5.0 / 60.0, 5);
    // They stay from 6:00 to 8:30 if that is said, and take the calls of 7:00 and 8:00 too.
    let stay = elastic.replace("}", ", stay = \"150s\" }");
    is(&crew("horizon = \"11m\"", 1, &stay, "1s"), 11.0, 2.5, 8);
    // Two come together.
    let two = there(&crew("horizon = \"10m\"", 2, elastic, "1s"));
    assert_eq!(two.1, 6);
}

#[test]
fn they_come_when_somebody_waits_too_long() {
    // The first call has waited five minutes at 6:00, and they are there at 7:30. All seven calls are gone at 7:37.
    let elastic = "{ queue = \"line\", longest = \"5m\", until_longest = \"0s\", reaction = \"90s\" }";
    is(&crew("horizon = \"7m\"", 1, elastic, "1s"), 7.0, 0.0, 0);
    is(&crew("horizon = \"10m\"", 1, elastic, "1s"), 10.0, 7.0 / 60.0, 7);
    // Without reaction time at 6:00 sharp: six calls.
    let at_once = elastic.replace("90s", "0s");
    is(&crew("horizon = \"390s\"", 1, &at_once, "1s"), 6.5, 6.0 / 60.0, 6);
    // The next has then waited since 7:00, until 12:00.
    is(&crew("horizon = \"725s\"", 1, &at_once, "500ms"), 725.0 / 60.0, 12.0 * 0.5 / 60.0, 12);
}

/// Whoever leaves the line before they are there makes it short again, and they are called off.
#[test]
fn they_are_called_off() {
    let elastic = "{ queue = \"line\", waiting = 1, until_waiting = 1, reaction = \"50s\" }";
    let text = crew("horizon = \"60m\"", 1, elastic, "1s");
    // Each waits 61 seconds: at every full minute two are in line, for a second.
    let impatient = text.replace("handle", "patience = { deterministic = \"61s\" }\nhandle");
    is(&impatient, 60.0, 0.0, 0);
    let patient = text.replace("handle", "patience = { deterministic = \"111s\" }\nhandle");
    assert!(there(&patient).1 > 0);
}

/// A peak that the team cannot take: the crew comes, helps, and goes.
#[test]
fn a_peak_is_worked_off() {
    let text = |crew: &str| {
        one_line(
            "horizon = \"5h\"\nreplications = 4",
            "count = 12",
            "",
            &format!(
                "arrivals = {{ poisson_per_minute = 2 }}\nhandle = {{ exponential = \"4m\" }}\npatience = {{ exponential = \"10m\" }}\n\
                 campaigns = [{{ at = \"01:00\", contacts = 400, over = \"90m\", shape = \"peak\" }}]\n{crew}"
            ),
        )
    };
    let alone = run(&read(&text(""))).results();
    let elastic = "[agents.crew]\ncount = 20\ncapacity = \"phone\"\n\
                   elastic = { queue = \"line\", waiting = 10, until_waiting = 0, longest = \"3m\", reaction = \"10m\" }";
    let helped = run(&read(&text(elastic)));
    let results = helped.results();
    assert_eq!(results.streams[0].1.offered, alone.streams[0].1.offered, "the same customers");
    assert!(results.streams[0].1.abandoned * 2 < alone.streams[0].1.abandoned);
    let present = results.agents[1].1.present.mean.unwrap();
    assert!((2.0..12.0).contains(&present), "there for a part of the time: {present}");
    assert_eq!(helped.digest(), run(&read(&text(elastic))).digest());
}

#[test]
fn what_is_wrong_with_elastic_agents_is_said() {
    for (elastic, words) in [
        ("3", "a table such as { queue = \"service\""),
        ("{ waiting = 3, reaction = \"1m\" }", "the queue whose line is watched"),
        ("{ queue = \"lane\", waiting = 3, reaction = \"1m\" }", "did you mean `line`?"),
        ("{ queue = \"line\", reaction = \"1m\" }", "needs `waiting` or `longest`"),
        ("{ queue = \"line\", waiting = 3 }", "how long they take to come"),
        ("{ queue = \"line\", waiting = 3, until_waiting = 4, reaction = \"1m\" }", "from 0 to 3"),
        ("{ queue = \"line\", waiting = 3, until_longest = \"1s\", reaction = \"1m\" }", "goes with `longest`"),
        (
            "{ queue = \"line\", longest = \"1m\", until_longest = \"1m\", reaction = \"1m\" }",
            "must be less than `longest`",
        ),
        (
            "{ queue = \"line\", waiting = 3, reaction = \"1m\" }\nshifts = [[\"08:00\", \"16:00\"]]",
            "goes without `shifts`",
        ),
    ] {
        let said = complaint(&crew("horizon = \"1h\"", 1, elastic, "1s"));
        assert!(said.contains(words), "{elastic}: {said}");
    }
}
