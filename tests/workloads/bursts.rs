//! Busy days, batches and campaigns.

use cordboard::sim::{Arrivals, Bursts, ContactTally, Outcome};

use crate::{agrees, complaint, one_line, read, run, tally};

/// A stream to which nobody attends: only its arrivals count.
fn arriving(top: &str, arrivals: &str, more: &str) -> String {
    one_line(
        top,
        "count = 0",
        "limit = 0",
        &format!("arrivals = {arrivals}\nhandle = {{ deterministic = \"1s\" }}\n{more}"),
    )
}

/// Arrivals in each of the 96 parts of every replication.
fn parts(outcome: &Outcome, stream: usize) -> Vec<Vec<f64>> {
    let of = |calls: &ContactTally| calls.course.parts().map(|part| part.offered as f64).collect();
    outcome.replications.iter().map(|one| of(&one.streams[stream])).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean product of the distances from the mean.
fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum::<f64>() / (a.len() - 1) as f64
}

/// Given its factor a day's count is Poisson: mean m, variance m + (c m)², and no memory of the day before.
#[test]
fn days_vary_as_asked() {
    for arrivals in [
        "{ poisson_per_minute = 0.125 }",
        "{ profile = { interval = \"16h\", counts = [120, 120, 120] } }", // Intervals reach over midnight.
    ] {
        let text = arriving("horizon = \"96d\"\nreplications = 24", arrivals, "busyness = { variation = 0.3 }");
        let days = parts(&run(&read(&text)), 0);
        agrees(days.iter().map(|days| mean(days)), 180.0);
        agrees(days.iter().map(|days| covariance(days, days)), 180.0 + 0.09 * 180.0 * 180.0);
        let after: Vec<f64> = days.iter().map(|days| covariance(&days[1..], &days[..95]) / 3096.0).collect();
        let error = 1.0 / (95.0_f64 * 24.0).sqrt();
        assert!(mean(&after).abs() < 4.0 * error, "{}", mean(&after));
    }
}

/// Morning and afternoon of one day have their factor in common; so have streams that share their days.
#[test]
fn a_busy_day_is_busy_everywhere() {
    let stream = "arrivals = { poisson_per_minute = 0.2 }\nhandle = { deterministic = \"1s\" }\nchannel = \"voice\"\nqueue = \"line\"";
    let shared = "busyness = { variation = 0.25, shared = \"weather\" }";
    let text = arriving("horizon = \"24h\"\nreplications = 1000", "{ poisson_per_minute = 0.2 }", shared);
    let text = format!(
        "{text}[streams.also]\n{stream}\n{shared}\n[streams.own]\n{stream}\nbusyness = {{ variation = 0.25 }}\n"
    );
    let outcome = run(&read(&text));
    let days = |stream, from: usize| -> Vec<f64> {
        parts(&outcome, stream).iter().map(|parts| parts[from..from + 48].iter().sum()).collect()
    };
    let (m, squared) = (144.0, 0.25 * 0.25);
    let both = squared * m * m / (m + squared * m * m);
    let correlation = |a: &[f64], b: &[f64]| covariance(a, b) / (covariance(a, a) * covariance(b, b)).sqrt();
    let near = |value: f64, exact: f64| assert!((value - exact).abs() < 4.0 / 1000_f64.sqrt(), "{value}, not {exact}");
    near(correlation(&days(0, 0), &days(0, 48)), both);
    near(correlation(&days(0, 0), &days(1, 48)), both);
    near(correlation(&days(0, 0), &days(2, 48)), 0.0);
}

/// The number of a compound Poisson process has as many times the variance of Poisson's as E[B²] / E[B].
#[test]
fn batches_spread_and_keep_the_mean() {
    for (batches, spread) in [("4", 4.0), ("{ geometric = 2.5 }", 4.0), ("[[0.75, 1], [0.25, 9]]", 21.0 / 3.0)] {
        let text = arriving(
            "horizon = \"96h\"\nreplications = 60",
            "{ poisson_per_minute = 1 }",
            &format!("batches = {batches}"),
        );
        let hours = parts(&run(&read(&text)), 0);
        agrees(hours.iter().map(|hours| mean(hours)), 60.0);
        agrees(hours.iter().map(|hours| covariance(hours, hours)), 60.0 * spread);
    }
    // At fixed times so many come each time.
    assert_eq!(tally(&arriving("horizon = \"61m\"", "{ every = \"10m\" }", "batches = 7")).offered, 42);
}

/// A campaign has its number and its shape, and leaves all other contacts as they were.
#[test]
fn campaigns_come_beside_the_others() {
    let with = |more: &str| {
        parts(&run(&read(&arriving("horizon = \"96m\"\nreplications = 100", "{ poisson_per_minute = 2 }", more))), 0)
    };
    let plain = with("");
    for (shape, quarters) in [
        ("shape = \"even\"", [0.25, 0.25, 0.25, 0.25]),
        ("shape = \"falling\"", [7.0 / 16.0, 5.0 / 16.0, 3.0 / 16.0, 1.0 / 16.0]),
        ("shape = \"rising\"", [1.0 / 16.0, 3.0 / 16.0, 5.0 / 16.0, 7.0 / 16.0]),
        ("shape = \"peak\"", [0.125, 0.375, 0.375, 0.125]),
        ("shape = [3, 0, 0, 1]", [0.75, 0.0, 0.0, 0.25]),
    ] {
        let more = with(&format!("campaigns = [{{ at = \"00:24\", contacts = 400, over = \"40m\", {shape} }}]"));
        for (with, without) in more.iter().zip(&plain) {
            assert_eq!((&with[..24], &with[64..]), (&without[..24], &without[64..]));
            assert!(with.iter().zip(without).all(|(with, without)| with >= without));
        }
        for (quarter, share) in quarters.into_iter().enumerate() {
            let minutes = 24 + 10 * quarter..34 + 10 * quarter;
            let extra = more
                .iter()
                .zip(&plain)
                .map(|(with, without)| minutes.clone().map(|minute| with[minute] - without[minute]).sum::<f64>());
            match share > 0.0 {
                true => agrees(extra, 400.0 * share),
                false => assert!(extra.sum::<f64>() <= 0.0),
            }
        }
    }
    // Without a shape most come first; two campaigns are two.
    let falling = with("campaigns = [{ at = \"24m\", contacts = 400, over = \"40m\" }]");
    let two = with(
        "campaigns = [{ at = \"24m\", contacts = 400, over = \"40m\" }, { at = \"0h\", contacts = 50, over = \"1h\" }]",
    );
    let sum = |parts: &[Vec<f64>]| parts.iter().flatten().sum::<f64>();
    assert!(falling[0][24..34].iter().sum::<f64>() > falling[0][54..64].iter().sum::<f64>() + 50.0);
    assert!((sum(&two) - sum(&falling) - 100.0 * 50.0).abs() < 4.0 * (100.0 * 50.0_f64).sqrt());
    // Other arrivals in code are those, and no others.
    let text = arriving(
        "horizon = \"61m\"",
        "{ every = \"10m\" }",
        "campaigns = [{ at = \"24m\", contacts = 400, over = \"30m\" }]",
    );
    let scenario = read(&text).with_arrivals("calls", Arrivals::Every(cordboard::Span::from_mins(20)));
    assert_eq!(run(&scenario).replications[0].streams[0].offered, 3);
    assert_eq!(run(&read(&text).with_bursts("calls", Bursts::default())).replications[0].streams[0].offered, 6);
}

#[test]
fn what_is_wrong_with_bursts_is_said() {
    let poisson = "{ poisson_per_minute = 1 }";
    for (arrivals, more, words) in [
        (poisson, "busyness = 0.2", "a table such as { variation = 0.15 }"),
        (poisson, "busyness = {}", "coefficient of variation"),
        (poisson, "busyness = { variation = 0 }", "from 0.001 to 5"),
        (poisson, "busyness = { variation = 0.2, shard = \"x\" }", "did you mean `shared`?"),
        ("{ every = \"1m\" }", "busyness = { variation = 0.2 }", "goes with `poisson_per_minute` or a `profile`"),
        ("{ trace = \"omnichannel-day-text.csv\" }", "batches = 3", "does not go with a `trace`"),
        (poisson, "batches = 0", "from 1 to 10000"),
        (poisson, "batches = \"many\"", "how many come at once"),
        (poisson, "batches = { geometric = 0.5 }", "from 1 to 10000"),
        (poisson, "batches = [[0.5, 1]]", "sum to 1 and not 0.5"),
        (poisson, "campaigns = {}", "a list of campaigns"),
        (poisson, "campaigns = [{ at = \"10:00\", over = \"1h\" }]", "how many more contacts"),
        (poisson, "campaigns = [{ at = \"10:00\", contacts = 5, over = \"0s\" }]", "at least 1us"),
        (poisson, "campaigns = [{ at = \"10:75\", contacts = 5, over = \"1h\" }]", "a time of the first day"),
        (poisson, "campaigns = [{ at = \"10h\", contacts = 5, over = \"1h\", shape = \"fallen\" }]", "`falling`"),
        (poisson, "campaigns = [{ at = \"10h\", contacts = 5, over = \"1h\", shape = [0, 0] }]", "a number above 0"),
    ] {
        let said = complaint(&arriving("horizon = \"1h\"", arrivals, more));
        assert!(said.contains(words), "{more}: {said}");
    }
    let shared = |variation: f64| format!("busyness = {{ variation = {variation}, shared = \"w\" }}");
    let text = arriving("horizon = \"1h\"", poisson, &shared(0.2));
    let other = format!(
        "{text}[streams.b]\nchannel = \"voice\"\nqueue = \"line\"\narrivals = {poisson}\nhandle = {{ deterministic = \"1s\" }}\n{}\n",
        shared(0.3)
    );
    let said = complaint(&other);
    assert!(said.contains("streams.b.busyness: shares its days \"w\" with `calls`"), "{said}");
}
