//! The command line's ways to know how well something is known.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

const SCENARIO: &str = "../examples/scenarios/small-blended.toml";

/// Exit code, standard output and standard error.
fn cordboard(arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let done = Command::new(cargo_bin!("cordboard")).current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

fn json(arguments: &[&str]) -> Value {
    let (code, out, complaint) = cordboard(arguments);
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    serde_json::from_str(&out).unwrap()
}

#[test]
fn replications_are_added_for_a_precision() {
    let of =
        ["simulate", SCENARIO, "--replications", "10", "--precision", "0.01", "--of", "calls.service_level", "--json"];
    let results = json(&of);
    let precision = &results["precision"];
    assert_eq!((&precision["of"], &precision["met"]), (&Value::from("calls.service_level"), &Value::from(true)));
    assert_eq!(precision["half_width"], results["streams"]["calls"]["service_level"]["half_width"]);
    assert!(precision["half_width"].as_f64().unwrap() <= 0.01 && results["replications"].as_u64().unwrap() > 10);
    let (_, table, _) = cordboard(&[
        "simulate",
        SCENARIO,
        "--precision",
        "0.01%",
        "--of",
        "cost_per_minute",
        "--at-most",
        "12",
        "--replications",
        "10",
    ]);
    assert!(table.contains("not as precise as asked: --at-most ended it, after 12 replications"), "{table}");
}

#[test]
fn replications_are_added_until_a_difference_is_known() {
    let policies = ["agents:least-loaded", "agents:most-loaded", "agents:round-robin"];
    let compare = |more: &[&'static str]| -> Vec<&str> {
        ["compare", SCENARIO]
            .into_iter()
            .chain(policies.iter().flat_map(|policy| ["--policy", policy]))
            .chain(more.iter().copied())
            .collect()
    };
    let of = ["--of", "calls.wait_seconds", "--replications", "10"];
    let compared = json(&compare(&[&of[..], &["--precision", "3%", "--json"]].concat()));
    let counts = compared["policies"].as_array().unwrap().iter().map(|policy| policy["replications"].as_u64().unwrap());
    let counts: Vec<u64> = counts.collect();
    assert!(counts.len() == 3 && counts.iter().all(|count| *count == counts[0] && *count > 10), "{counts:?}");
    let first = compared["policies"][0]["streams"]["calls"]["wait_seconds"]["mean"].as_f64().unwrap();
    for comparison in compared["comparisons"].as_array().unwrap() {
        let precision = &comparison["precision"];
        assert_eq!((&precision["of"], &precision["met"]), (&Value::from("calls.wait_seconds"), &Value::from(true)));
        assert!(precision["half_width"].as_f64().unwrap() <= 0.03 * first, "{precision}");
        assert_eq!(comparison["streams"][0]["name"], "calls");
        let shown = comparison["streams"][0]["differences"].as_array().unwrap();
        let shown = &shown.iter().find(|pair| pair[0] == "wait_seconds").unwrap()[1];
        assert_eq!((&shown["mean"], &shown["half_width"]), (&precision["mean"], &precision["half_width"]));
    }
    let (_, table, _) = cordboard(&compare(&[&of[..], &["--precision", "0.001", "--at-most", "12"]].concat()));
    assert_eq!(table.matches("Difference of calls.wait_seconds: ").count(), 2, "{table}");
    assert!(table.contains("not as precise as asked: --at-most ended it, after 12 replications"), "{table}");
    let usual = json(&compare(&["--replications", "2", "--json"]));
    assert!(usual["comparisons"][0].get("precision").is_none());
}

#[test]
fn what_is_asked_wrongly_is_refused_by_name() {
    for (arguments, words) in [
        (&["--precision", "1%", "--of", "calls.wait"][..], "--of: `calls.wait` is no figure"),
        (&["--precision", "soon", "--of", "calls.wait_seconds"], "`soon` is no precision"),
        (&["--precision", "1%"], "--of"),
        (&["--of", "calls.wait_seconds"], "--precision"),
        (&["--batches", "1"], "--batches"),
    ] {
        let all: Vec<&str> = ["simulate", SCENARIO].iter().chain(arguments).copied().collect();
        let (code, out, complaint) = cordboard(&all);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(complaint.contains(words), "{arguments:?}: {complaint}");
    }
}

#[test]
fn one_long_run_has_intervals_by_its_parts() {
    let results = json(&["simulate", SCENARIO, "--replications", "1", "--batches", "10", "--json"]);
    assert_eq!((&results["batches"]["count"], &results["batches"]["seconds"]), (&10.into(), &12_000.0.into()));
    assert!(results["streams"]["calls"]["wait_seconds"]["half_width"].as_f64().unwrap() > 0.0);
    assert!(json(&["simulate", SCENARIO, "--replications", "2", "--json"]).get("batches").is_none());
}

#[test]
fn a_warm_up_is_suggested() {
    let judged = json(&["warmup", SCENARIO, "--replications", "5", "--json"]);
    let channels = judged["channels"].as_array().unwrap();
    assert_eq!((channels.len(), &judged["warmup_seconds"]), (2, &12_000.0.into()));
    assert!(channels.iter().all(|channel| channel["course"].as_array().unwrap().len() == 500));
    let (_, table, _) = cordboard(&["warmup", SCENARIO, "--replications", "2"]);
    assert!(table.contains("suggested by MSER-5") && table.contains("warm-up of 3.3 h"), "{table}");
}
