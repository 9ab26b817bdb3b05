//! Contacts that ring with several agents at once, and contacts that agents claim from a pool.

use cordboard::measure::{ErlangA, ErlangC};
use cordboard::sim::{Outcome, Results};

use crate::{agrees, complaint, one_line, read, run};

fn each(outcome: &Outcome, of: fn(&cordboard::sim::ContactTally) -> f64) -> impl Iterator<Item = f64> + '_ {
    outcome.replications.iter().map(move |one| of(&one.streams[0]))
}

fn results(text: &str) -> Results {
    run(&read(text)).results()
}

/// Where all answer at once, to ring with three is to be given to the first.
#[test]
fn broadcast_without_delay_is_erlang_a() {
    let exact = ErlangA::new(4, 3.6, 1.0, 2.0).unwrap();
    let text = one_line(
        "warmup = \"200m\"\nhorizon = \"3000m\"\nreplications = 16",
        "count = 4",
        "mode = \"broadcast\"\nring = 3\noffer = \"20s\"",
        "arrivals = { poisson_per_minute = 3.6 }\nhandle = { exponential = \"1m\" }\npatience = { exponential = \"2m\" }",
    );
    let outcome = run(&read(&text));
    agrees(each(&outcome, |calls| calls.abandoned as f64 / calls.offered as f64), exact.abandonment());
    agrees(each(&outcome, |calls| calls.queue_area as f64 / (3_000.0 * 60e6)), exact.mean_queue());
    let busy = outcome.replications.iter().map(|one| one.groups[0].busy as f64 / (4.0 * 3_000.0 * 60e6));
    agrees(busy, exact.occupancy());
}

/// The first of three exponential times of mean 12 s has mean 4 s. All three are busy until then.
#[test]
fn the_fastest_of_those_it_rings_with_answers() {
    let text = |ring: &str| {
        one_line(
            "horizon = \"6000m\"\nreplications = 16",
            "count = 3",
            &format!("{ring}\noffer = \"forever\""),
            "arrivals = { every = \"10m\" }\nhandle = { deterministic = \"8s\" }\n[offers]\naccept = { exponential = \"12s\" }",
        )
    };
    let outcome = run(&read(&text("mode = \"broadcast\"\nring = 3")));
    agrees(each(&outcome, |calls| calls.answered_wait as f64 / 1e6 / calls.answered as f64), 4.0);
    let held = outcome.replications.iter().map(|one| one.groups[0].held as f64 / 1e6 / one.streams[0].answered as f64);
    agrees(held, 3.0 * 4.0 + 8.0);
    let two = run(&read(&text("mode = \"broadcast\"\nring = 2")));
    agrees(each(&two, |calls| calls.answered_wait as f64 / 1e6 / calls.answered as f64), 6.0);
    let alone = run(&read(&text("")));
    agrees(each(&alone, |calls| calls.answered_wait as f64 / 1e6 / calls.answered as f64), 12.0);
}

/// Half of the offers ring out: of three phones that ring at once, one in eight calls finds none that is answered.
#[test]
fn who_does_not_answer_is_passed_by() {
    let text = one_line(
        "horizon = \"6000m\"\nreplications = 8",
        "count = 3",
        "mode = \"broadcast\"\nring = 3\noffer = \"20s\"\nno_answer = { exclude_for = \"0s\" }\noffers_per_agent = 99",
        "arrivals = { every = \"10m\" }\nhandle = { deterministic = \"8s\" }\ntarget = { within = \"19s\" }\n\
         [offers]\naccept = { deterministic = \"5s\" }\nno_answer = 0.5",
    );
    let outcome = run(&read(&text));
    agrees(each(&outcome, |calls| calls.within_target as f64 / calls.offered as f64), 7.0 / 8.0);
    assert!(outcome.replications.iter().all(|one| one.streams[0].answered == one.streams[0].offered));
}

/// Customers leave while it rings, and the agents are free again.
#[test]
fn who_leaves_stops_all_ringing() {
    let text = one_line(
        "horizon = \"605s\"",
        "count = 2",
        "mode = \"broadcast\"\noffer = \"forever\"",
        "arrivals = { every = \"1m\" }\nhandle = { deterministic = \"8s\" }\npatience = { deterministic = \"10s\" }\n\
         [offers]\naccept = { deterministic = \"15s\" }",
    );
    let outcome = run(&read(&text));
    let (calls, team) = (&outcome.replications[0].streams[0], &outcome.replications[0].groups[0]);
    assert_eq!((calls.offered, calls.abandoned, calls.waiting_at_end), (10, 9, 1));
    // Nine times ten seconds with both, and the five seconds that are left.
    assert_eq!((team.held, team.busy), (2 * 95_000_000, 2 * 95_000_000));
}

/// Without time to think a pool is a line: the agents see it as soon as they are free.
#[test]
fn a_pool_without_thinking_is_erlang_c() {
    let exact = ErlangC::new(4, 3.0, 1.0).unwrap();
    let text = one_line(
        "warmup = \"200m\"\nhorizon = \"3000m\"\nreplications = 16",
        "count = 4",
        "mode = \"pull\"",
        "arrivals = { poisson_per_minute = 3 }\nhandle = { exponential = \"1m\" }",
    );
    let outcome = run(&read(&text));
    agrees(each(&outcome, |calls| calls.answered_wait as f64 / 60e6 / calls.answered as f64), exact.mean_wait());
    let busy = outcome.replications.iter().map(|one| one.groups[0].busy as f64 / (4.0 * 3_000.0 * 60e6));
    agrees(busy, exact.occupancy());
}

/// Three agents think about the same email for exponential times of mean 12 s: the first claims it after 4 s.
#[test]
fn the_first_to_have_thought_claims() {
    let text = |count: u32| {
        one_line(
            "horizon = \"6000m\"\nreplications = 16",
            &format!("count = {count}"),
            "mode = \"pull\"",
            "arrivals = { every = \"10m\" }\nhandle = { deterministic = \"8s\" }\n[offers]\nclaim = { exponential = \"12s\" }",
        )
    };
    for (count, seconds) in [(3, 4.0), (1, 12.0)] {
        let outcome = run(&read(&text(count)));
        agrees(each(&outcome, |calls| calls.answered_wait as f64 / 1e6 / calls.answered as f64), seconds);
    }
    // To think takes no capacity, and so one agent alone is a server of 12 s + 8 s who is busy for 8.
    let busy = one_line(
        "warmup = \"200m\"\nhorizon = \"3000m\"\nreplications = 16",
        "",
        "mode = \"pull\"\nlimit = 1",
        "arrivals = { every = \"1s\" }\nhandle = { deterministic = \"8s\" }\n[offers]\nclaim = { deterministic = \"12s\" }",
    );
    assert!(results(&busy).agents[0].1.occupancy.mean.is_some_and(|busy| (busy - 0.4).abs() < 1e-3));
}

/// The most urgent first, no more at a time than may be claimed, by who has the skills; given queues go on beside.
#[test]
fn claims_follow_the_queue() {
    let text = "horizon = \"10m\"\n[capacity.desk]\nemail = { max = 5 }\nvoice = { max = 1, load = \"10%\" }\n\
        [agents.team]\ncapacity = \"desk\"\nskills = { de = 50 }\n[agents.others]\ncapacity = \"desk\"\n\
        [queues.pool]\nmode = \"pull\"\norder = \"priority\"\nclaims = 2\n[queues.line]\nclaims = 9\n\
        [streams.low]\nchannel = \"email\"\nqueue = \"pool\"\nrequires = \"de >= 10\"\narrivals = { every = \"6m\" }\nbatches = 3\nhandle = { deterministic = \"2m\" }\n\
        [streams.high]\nchannel = \"email\"\nqueue = \"pool\"\nrequires = \"de >= 10\"\npriority = 5\narrivals = { every = \"6m\" }\nhandle = { deterministic = \"2m\" }\n\
        [streams.calls]\nchannel = \"voice\"\nqueue = \"line\"\narrivals = { every = \"2m\" }\nhandle = { deterministic = \"10s\" }\n\
        [offers]\nclaim = { deterministic = \"1s\" }\n";
    let results = results(text);
    // At 6:01 and 6:02 the first two are claimed, the urgent one among them; when these are done after two minutes, the next.
    let waits = |stream: usize| results.streams[stream].1.wait_answered_seconds.mean.unwrap();
    assert_eq!(results.streams.iter().map(|(_, one)| one.answered).collect::<Vec<_>>(), [3, 1, 4]);
    assert!((waits(1) - 1.0).abs() < 1e-9 && (waits(0) - (2.0 + 122.0 + 123.0) / 3.0).abs() < 1e-9, "{}", waits(0));
    assert!(waits(2) <= 0.0, "calls are given");
    assert!(results.agents[1].1.contacts_held.mean.unwrap() <= 0.1, "others claim nothing");
}

/// Who is made not ready by a phone that rang out claims nothing until it is back.
#[test]
fn who_is_not_ready_does_not_claim() {
    let text = "horizon = \"20m\"\n[capacity.desk]\nemail = { max = 1, load = \"10%\" }\nvoice = { max = 1, load = \"10%\" }\n\
        [agents.team]\ncapacity = \"desk\"\nno_answer = 1\n[queues.pool]\nmode = \"pull\"\n[queues.line]\noffer = \"20s\"\nno_answer = { agent = \"not-ready\" }\n\
        [streams.calls]\nchannel = \"voice\"\nqueue = \"line\"\narrivals = { every = \"11m\" }\nhandle = { deterministic = \"1s\" }\npatience = { deterministic = \"30s\" }\n\
        [streams.emails]\nchannel = \"email\"\nqueue = \"pool\"\narrivals = { every = \"12m\" }\nhandle = { deterministic = \"1s\" }\n\
        [offers]\nback_after = \"5m\"\n";
    // The phone rings out at 11:20; the email of 12:00 is claimed at 16:20.
    let waited = results(text).streams[1].1.wait_answered_seconds.mean.unwrap();
    assert!((waited - 260.0).abs() < 1e-9, "{waited}");
}

#[test]
fn modes_depend_on_nothing_but_the_seed() {
    for line in ["mode = \"pull\"", "mode = \"broadcast\"\noffer = \"20s\""] {
        let text = one_line(
            "horizon = \"300m\"\nreplications = 3",
            "count = 4",
            line,
            "arrivals = { poisson_per_minute = 3.5 }\nhandle = { exponential = \"1m\" }\npatience = { exponential = \"3m\" }\n\
             [offers]\nclaim = { exponential = \"5s\" }\naccept = { exponential = \"5s\" }\nno_answer = 0.2",
        );
        let scenario = read(&text);
        let one = scenario.run_on(1, &|_| {}).unwrap();
        assert_eq!(one.digest(), scenario.run_on(3, &|_| {}).unwrap().digest());
        assert_ne!(one.digest(), scenario.with_seed(2).run().unwrap().digest());
    }
}

#[test]
fn what_is_wrong_with_modes_is_said() {
    let calls = "arrivals = { every = \"1m\" }\nhandle = { deterministic = \"1s\" }";
    let said =
        complaint(&one_line("horizon = \"1h\"", "", "mode = \"pull\"", &format!("{calls}\n[offers]\nclaim = 3")));
    assert!(said.contains("offers.claim: must be a distribution"), "{said}");
    let said = complaint(&one_line("horizon = \"1h\"", "", "mode = \"broadcast\"", calls));
    assert!(said.contains("offer"), "{said}");
}
