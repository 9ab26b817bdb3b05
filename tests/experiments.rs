//! Experiments: parts of a long run, replications until a figure is known, warm-up, and randomness that stays as it is.
#![cfg(feature = "sim")]

use std::io::Write as _;
use std::path::Path;

use cordboard::measure::{ErlangC, Estimate};
use cordboard::sim::{Figure, Goal, Metric, Policy, Precision, Replication, Scenario, Settling};

/// A pool of calls of a minute.
fn pool(servers: u32, per_minute: f64, more: &str) -> Scenario {
    read(&format!(
        "{more}\n[capacity.phone]\nvoice = {{ max = 1 }}\n[agents.team]\ncount = {servers}\ncapacity = \"phone\"\n[queues.line]\n\
         [streams.calls]\nchannel = \"voice\"\nqueue = \"line\"\narrivals = {{ poisson_per_minute = {per_minute} }}\n\
         handle = {{ exponential = \"1m\" }}\ncost = {{ hold_per_minute = 2, lost = 3 }}"
    ))
}

fn read(text: &str) -> Scenario {
    Scenario::from_toml(text, Path::new(".")).unwrap_or_else(|problems| panic!("{problems}"))
}

fn blended() -> Scenario {
    read(&std::fs::read_to_string("examples/scenarios/small-blended.toml").unwrap())
}

#[test]
fn parts_of_a_run_make_up_the_whole() {
    let scenario = blended().with_replications(1).with_batches(7);
    let outcome = scenario.run().unwrap();
    let whole = &outcome.replications[0];
    assert_eq!(whole.batches.len(), 7);
    let sum = |of: &dyn Fn(&Replication) -> u128| whole.batches.iter().map(of).sum::<u128>();
    let same = |name: &str, of: &dyn Fn(&Replication) -> u128| assert_eq!(sum(of), of(whole), "{name}");
    same("measured", &|one| one.measured.0.into());
    for stream in 0..whole.streams.len() {
        same("offered", &|one| one.streams[stream].offered.into());
        same("answered", &|one| one.streams[stream].answered.into());
        same("abandoned", &|one| one.streams[stream].abandoned.into());
        same("in time", &|one| one.streams[stream].within_target.into());
        same("delayed", &|one| one.streams[stream].delayed.into());
        same("waits", &|one| one.streams[stream].waits.count().into());
        same("wait", &|one| one.streams[stream].answered_wait + one.streams[stream].unanswered_wait);
        same("waiting", &|one| one.streams[stream].queue_area);
        same("in service", &|one| one.streams[stream].service_area);
        same("load", &|one| one.streams[stream].load_area);
    }
    same("present", &|one| one.everybody().present);
    same("busy", &|one| one.everybody().busy);
    same("held", &|one| one.everybody().held);
    // Agents who are always there are there in each part, though nothing happened to their presence.
    for batch in &whole.batches {
        assert_eq!(batch.everybody().present, 3 * u128::from(batch.measured.0));
        assert!(batch.everybody().busy <= batch.everybody().present);
    }
    // Looking changes nothing.
    let unseen = scenario.with_batches(0).run().unwrap();
    assert_eq!(unseen.digest(), outcome.digest());
    assert_eq!(unseen.replications[0].streams, whole.streams);
    assert_eq!(unseen.results().streams[0].1.wait_seconds.half_width, None);
}

/// Conversations, shifts and replies are cut as well.
#[test]
fn parts_of_a_day_of_conversations_make_up_the_whole() {
    let text = r#"
        horizon = "24h"
        batches = 24
        [channels.chat]
        quiet_after = "30s"
        [capacity.text]
        chat = { max = 4 }
        [agents.day]
        count = 3
        capacity = "text"
        shifts = [["08:00", "12:30"], ["13:00", "17:15"]]
        [queues.line]
        [streams.chats]
        channel = "chat"
        queue = "line"
        arrivals = { poisson_per_minute = 0.3 }
        conversation = { turns = { geometric = 4 }, agent = { exponential = "20s" }, customer = { exponential = "1m" } }
        patience = { exponential = "30m" }
    "#;
    let outcome = read(text).run().unwrap();
    let whole = &outcome.replications[0];
    let parts = || whole.batches.iter().map(|batch| &batch.streams[0]);
    assert_eq!(parts().map(|part| part.replies.count()).sum::<u64>(), whole.streams[0].replies.count());
    assert_eq!(parts().map(|part| part.reply_time).sum::<u128>(), whole.streams[0].reply_time);
    let present: Vec<u128> = whole.batches.iter().map(|batch| batch.everybody().present / 3_600_000_000).collect();
    assert_eq!(present[7..13], [0, 3, 3, 3, 3, 1]);
    assert_eq!(present.len(), 24);
}

/// The interval from the parts of one run covers the exact mean as often as it says: 19 of 20 times, here within what chance allows.
#[test]
fn parts_of_one_run_give_an_interval_that_covers() {
    let exact = 60.0 * ErlangC::new(3, 1.5, 1.0).unwrap().mean_wait();
    let scenario = pool(3, 1.5, "warmup = \"50m\"\nhorizon = \"2000m\"\nbatches = 15");
    let widths = std::cell::Cell::new(0.0);
    let covered = (0..60).filter(|&seed| {
        let results = scenario.clone().with_seed(1_000 + seed).run().unwrap().results();
        let wait = results.streams[0].1.wait_seconds;
        widths.set(widths.get() + wait.half_width.unwrap() / exact / 60.0);
        (wait.mean.unwrap() - exact).abs() <= wait.half_width.unwrap()
    });
    // Binomial(60, 0.95) is below 51 once in a thousand.
    let covered = covered.count();
    assert!(covered >= 51, "{covered} of 60");
    assert!(widths.get() < 0.35, "and says something: {}", widths.get());
}

#[test]
fn parts_that_are_too_short_are_said_to_be() {
    let run =
        |batches| pool(1, 0.9, "warmup = \"100m\"\nhorizon = \"4000m\"").with_batches(batches).run().unwrap().results();
    let short = run(500).batches.unwrap();
    assert_eq!((short.count, short.seconds), (500, 480.0));
    let (_, correlation) = short.correlated.iter().find(|(name, _)| name == "calls.queue_length").unwrap();
    assert!(*correlation > 0.5, "{correlation}");
    assert_eq!(
        pool(3, 1.0, "horizon = \"4000m\"").with_batches(10).run().unwrap().results().batches.unwrap().correlated,
        []
    );
    assert_eq!(
        pool(3, 1.0, "horizon = \"40m\"\nreplications = 2\nbatches = 10").run().unwrap().results().batches,
        None
    );
}

#[test]
fn replications_are_added_until_a_figure_is_known() {
    let scenario = blended().with_horizon(cordboard::Span::from_mins(300));
    let figure = Figure::find(&scenario, "calls.service_level").unwrap();
    let goal = Goal { figure, precision: Precision::Absolute(0.02), at_most: 500 };
    let outcome = scenario.run_until(&goal, 1, &|_| {}).unwrap();
    let count = outcome.replications.len();
    assert!((21..400).contains(&count), "{count}");
    assert_eq!(outcome.scenario.replications() as usize, count);
    assert!(figure.estimate(&outcome).half_width.unwrap() <= 0.02);
    // It is the first number with which it is.
    let mut fewer = outcome.clone();
    fewer.replications.truncate(count - 1);
    assert!(figure.estimate(&fewer).half_width.unwrap() > 0.02);
    // The same as if that number had been asked for, whatever the threads.
    assert_eq!(scenario.clone().with_replications(count as u32).run().unwrap().replications, outcome.replications);
    for threads in [2, 7] {
        let many = scenario.run_until(&goal, threads, &|_| {}).unwrap();
        assert_eq!(many.replications, outcome.replications, "{threads} threads");
    }
}

/// All policies stop together, at the first number at which every one's difference from the first is known.
#[test]
fn policies_are_run_until_their_differences_are_known() {
    let scenario = blended().with_horizon(cordboard::Span::from_mins(300)).with_replications(1);
    let figure = Figure::find(&scenario, "calls.service_level").unwrap();
    let policies =
        ["agents:least-loaded", "agents:most-loaded", "agents:round-robin"].map(|name| name.parse::<Policy>().unwrap());
    let goal = Goal { figure, precision: Precision::Absolute(0.02), at_most: 500 };
    let outcomes = scenario.compare_until(&policies, &goal, 1, &|_| {}).unwrap();
    let count = outcomes[0].replications.len();
    assert!((12..400).contains(&count), "{count}");
    let halves = |outcomes: &[cordboard::sim::Outcome]| -> Vec<f64> {
        outcomes[1..].iter().map(|of| figure.difference(of, &outcomes[0]).half_width.unwrap()).collect()
    };
    assert!(halves(&outcomes).iter().all(|half| *half <= 0.02));
    let mut fewer = outcomes.clone();
    fewer.iter_mut().for_each(|outcome| outcome.replications.truncate(count - 1));
    assert!(halves(&fewer).iter().any(|half| *half > 0.02), "it is the first number with which they are");
    // The difference is the one that is shown, and each run is the one of that number of replications.
    let shown = &outcomes[2].less(&outcomes[0]).streams[0].differences;
    let shown = shown.iter().find(|(name, _)| *name == "service_level").unwrap().1;
    assert_eq!(shown, figure.difference(&outcomes[2], &outcomes[0]));
    let alone = scenario.clone().with_policy(policies[1].clone()).with_replications(count as u32).run().unwrap();
    assert_eq!((outcomes[1].scenario.replications() as usize, &alone.replications), (count, &outcomes[1].replications));
    let many = scenario.compare_until(&policies, &goal, 7, &|_| {}).unwrap();
    assert!(many.iter().zip(&outcomes).all(|(many, one)| many.replications == one.replications), "7 threads");
    // Nothing is to be known of a policy beside itself, and pairing takes out what both have in common.
    let same = [policies[0].clone(), policies[0].clone()];
    assert_eq!(scenario.compare_until(&same, &goal, 2, &|_| {}).unwrap()[1].replications.len(), 10);
    assert!(scenario.compare_until(&[], &goal, 2, &|_| {}).unwrap().is_empty());
}

/// Stopping where an interval is narrow costs some coverage, but not much. `CORDBOARD_STOPPING_RUNS` sets how often it is tried.
#[test]
fn an_interval_at_which_one_has_stopped_covers_nearly_as_often() {
    let runs = std::env::var("CORDBOARD_STOPPING_RUNS").map_or(30, |n| n.parse().expect("a number"));
    let exact = 60.0 * ErlangC::new(3, 1.5, 1.0).unwrap().mean_wait();
    let scenario = pool(3, 1.5, "warmup = \"20m\"\nhorizon = \"200m\"");
    let figure = Figure::find(&scenario, "calls.wait_seconds").unwrap();
    let goal = Goal { figure, precision: Precision::Relative(0.2), at_most: 1_000 };
    let (mut covered, mut replications) = (0, 0);
    for seed in 0..runs {
        let outcome = scenario.clone().with_seed(50_000 + seed).run_until(&goal, 2, &|_| {}).unwrap();
        let wait = figure.estimate(&outcome);
        covered += u64::from((wait.mean.unwrap() - exact).abs() <= wait.half_width.unwrap());
        replications += outcome.replications.len() as u64;
    }
    let _ = writeln!(
        std::io::stderr(),
        "{covered} of {runs} intervals cover, with {} replications on average",
        replications / runs
    );
    assert!(covered * 100 >= runs * 75, "{covered} of {runs}");
}

#[test]
fn a_goal_out_of_reach_ends_with_what_may_be_spent() {
    let scenario = blended().with_horizon(cordboard::Span::from_mins(100)).with_replications(2);
    let figure = Figure::find(&scenario, "cost_per_minute").unwrap();
    let run = |precision: &str, at_most| {
        let goal = Goal { figure, precision: precision.parse().unwrap(), at_most };
        scenario.run_until(&goal, 2, &|_| {}).unwrap().replications.len()
    };
    assert_eq!(run("0.001%", 13), 13);
    assert_eq!(run("90%", 1_000), 10, "never fewer than ten, however narrow the interval seems to be");
    assert_eq!(run("90%", 3), 10);
}

#[test]
fn precisions_and_figures_have_names() {
    assert_eq!("1%".parse(), Ok(Precision::Relative(0.01)));
    assert_eq!("0.5".parse(), Ok(Precision::Absolute(0.5)));
    for wrong in ["", "%", "0", "-1%", "nan", "inf", "1 percent"] {
        assert!(wrong.parse::<Precision>().is_err(), "{wrong}");
    }
    let scenario = blended();
    for name in ["calls.wait_seconds", "voice.service_level", "team.occupancy", "team.contacts_held", "cost_per_minute"]
    {
        assert!(Figure::find(&scenario, name).is_ok(), "{name}");
    }
    let complaint = Figure::find(&scenario, "calls.servicelevel").unwrap_err().to_string();
    assert!(complaint.contains("did you mean `calls.service_level`?"), "{complaint}");
    // γ of the true mean is γ / (1 + γ) of an estimate that is too large by as much.
    let estimate = |half| Estimate { mean: Some(100.0), half_width: Some(half) };
    assert!(Precision::Relative(0.1).is_met(estimate(9.09)) && !Precision::Relative(0.1).is_met(estimate(9.1)));
    assert!(!Precision::Absolute(1.0).is_met(Estimate::default()));
    // A difference may be none: a share is of what it is from.
    let none = |half| Estimate { mean: Some(0.0), half_width: Some(half) };
    let by = |precision: Precision, half| precision.is_met_by_difference(none(half), estimate(50.0));
    assert!(by(Precision::Relative(0.1), 10.0) && !by(Precision::Relative(0.1), 10.1));
    assert!(by(Precision::Absolute(0.5), 0.5) && !by(Precision::Absolute(0.5), 0.6));
    assert!(!Precision::Relative(0.1).is_met_by_difference(Estimate::default(), estimate(1.0)));
    assert!(!Precision::Relative(0.1).is_met_by_difference(none(0.0), Estimate::default()));
}

/// Every minute one who stays for ten: from then on there are ten.
#[test]
fn a_warm_up_is_suggested_where_the_beginning_is_over() {
    let text = |arrivals: &str| {
        read(&format!(
            "warmup = \"1h\"\nhorizon = \"9h\"\nreplications = 5\n[capacity.phone]\nvoice = {{ max = 1 }}\n[agents.team]\ncount = 20\n\
             capacity = \"phone\"\n[queues.line]\n[streams.calls]\nchannel = \"voice\"\nqueue = \"line\"\narrivals = {{ {arrivals} }}\n\
             handle = {{ deterministic = \"10m\" }}"
        ))
    };
    let calls = &text("every = \"60s\"").settling(1, &|_| {}).unwrap()[0];
    assert_eq!((calls.channel.as_str(), calls.course.len()), ("voice", Settling::PARTS as usize));
    // A part takes 72 s; five of them a batch. The tenth minute ends, and the eleventh begins, in the second batch.
    assert_eq!(calls.suggested_seconds, Some(720.0));
    assert!(calls.course[0] < 1.0 && calls.course[20..].iter().all(|present| (9.0..=11.0).contains(present)));
    // Three come for each that twenty agents can serve: there is no end of it.
    let growing = &text("poisson_per_minute = 6").settling(2, &|_| {}).unwrap()[0];
    assert_eq!(growing.suggested_seconds, None);
}

/// The same scenario and seed, the same run in every release. Where a release changes what is drawn, or in which order things happen at one instant, it
/// says so in the changelog, and these figures change with it.
#[test]
fn a_run_is_the_same_in_every_release() {
    let outcome = blended().with_replications(2).run().unwrap();
    let figures: Vec<[u64; 5]> = outcome
        .replications
        .iter()
        .flat_map(|one| &one.streams)
        .map(|of| {
            [of.offered, of.answered, of.abandoned, of.within_target, (of.answered_wait + of.unanswered_wait) as u64]
        })
        .collect();
    assert_eq!(figures, PINNED);
    assert_eq!(outcome.results().digest, "3a5143b318c13dad");
}

const PINNED: [[u64; 5]; 4] = [
    [613, 366, 247, 216, 48_673_371_514],
    [958, 921, 37, 884, 9_565_404_795],
    [608, 367, 239, 208, 46_710_966_609],
    [978, 967, 11, 942, 4_663_911_618],
];

/// Pairing is of equal replications, or of equal parts of one, and takes out what both have in common.
#[test]
fn policies_are_compared_part_by_part() {
    let scenario = blended().with_replications(1).with_batches(20);
    let [spread, packed] = ["agents:least-loaded,longest-idle", "agents:most-loaded,longest-idle"]
        .map(|name| scenario.clone().with_policy(name.parse::<Policy>().unwrap()).run().unwrap());
    let difference = packed.less(&spread);
    let level = |outcome: &cordboard::sim::Outcome| {
        let batches = outcome.samples().iter();
        batches.map(|one| Metric::ServiceLevel.of(&one.streams[0], one).unwrap()).collect::<Vec<_>>()
    };
    let by_hand = Estimate::of(level(&packed).iter().zip(level(&spread)).map(|(b, a)| Some(b - a)));
    let (_, found) = difference.streams[0].differences.iter().find(|(name, _)| *name == "service_level").unwrap();
    assert_eq!(*found, by_hand);
    assert!(difference.cost_per_minute.half_width.is_some());
    assert_eq!(packed.less(&packed).cost_per_minute, Estimate { mean: Some(0.0), half_width: Some(0.0) });
}
