//! The schema that editors use: it is the one in the documentation, it accepts what is shipped, and refuses what is wrong.

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use jsonschema::Validator;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn printed() -> String {
    let output = Command::new(cargo_bin("cordboard")).arg("schema").output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&printed()).unwrap();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    jsonschema::draft7::new(&schema).unwrap()
}

/// What is wrong with a document, by path.
fn wrong(validator: &Validator, text: &str) -> Vec<String> {
    let document: Value = toml::from_str(text).unwrap();
    validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn scenarios() -> Vec<PathBuf> {
    let folders = [root().join("examples/scenarios"), root().join("cli/src/new")];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

/// `CORDBOARD_REWRITE=1` writes the file.
#[test]
fn the_documentation_has_the_schema_that_is_printed() {
    let file = root().join("docs/scenario.schema.json");
    if std::env::var_os("CORDBOARD_REWRITE").is_some() {
        std::fs::write(&file, printed()).unwrap();
    }
    assert!(std::fs::read_to_string(&file).unwrap() == printed(), "cordboard schema > docs/scenario.schema.json");
}

#[test]
fn every_scenario_that_is_shipped_is_valid() {
    let validator = validator();
    let scenarios = scenarios();
    assert!(scenarios.len() >= 9, "{scenarios:?}");
    for path in scenarios {
        let problems = wrong(&validator, &std::fs::read_to_string(&path).unwrap());
        assert!(problems.is_empty(), "{}: {problems:#?}", path.display());
    }
}

/// Every example of the documentation's tables of values, and what it says must not be.
#[test]
fn values_are_as_the_documentation_has_them() {
    const BASE: &str = "horizon = \"1h\"\n[streams.s]\nchannel = \"voice\"\nqueue = \"q\"\n";
    let validator = validator();
    let stream = |keys: &str| wrong(&validator, &format!("{BASE}{keys}\n"));
    for arrivals in [
        "poisson_per_minute = 3",
        "every = \"20s\"",
        "profile = { interval = \"1h\", counts = [1, 2.5] }",
        "profile = { shape = \"calls.csv\", per_day = 30 }",
        "profile = \"calls.csv\"",
        "trace = \"calls.csv\"",
    ] {
        assert_eq!(stream(&format!("arrivals = {{ {arrivals} }}")), [""; 0], "{arrivals}");
    }
    for time in [
        "deterministic = \"1h30m\"",
        "exponential = \"2.5s\"",
        "erlang = [3, \"1m\"]",
        "gamma = [0.5, \"1m\"]",
        "lognormal = [\"1m\", \"2m\"]",
        "uniform = [\"250us\", \"2m\"]",
        "hyperexponential = [[0.25, \"1m\"], [\"3/4\", \"3m\"]]",
        "empirical = \"times.csv\"",
        "by_group = { a = { exponential = \"1m\" } }",
        "spoken = { turns = 3, agent = { exponential = \"9s\" }, customer = { exponential = \"9s\" } }",
    ] {
        assert_eq!(stream(&format!("arrivals = {{ every = \"1m\" }}\nhandle = {{ {time} }}")), [""; 0], "{time}");
    }
    for (keys, place) in [
        ("arrivals = { every = \"20 parsecs\" }", "/streams/s/arrivals/every"),
        ("arrivals = { every = \"0s\" }", "/streams/s/arrivals/every"),
        ("arrivals = { every = \"1m\", trace = \"x.csv\" }", "/streams/s/arrivals"),
        ("arrivals = {}", "/streams/s/arrivals"),
        ("arivals = { every = \"1m\" }", "/streams/s"),
        ("arrivals = { every = \"1m\" }\nhandle = { erlang = [0, \"1m\"] }", "/streams/s/handle/erlang"),
        ("arrivals = { every = \"1m\" }\nhandle = { lognormal = [\"1m\"] }", "/streams/s/handle/lognormal"),
        ("arrivals = { every = \"1m\" }\npriority = 40000", "/streams/s/priority"),
        ("arrivals = { every = \"1m\" }\nresolved_by_bot = \"lots\"", "/streams/s/resolved_by_bot"),
        ("arrivals = { every = \"1m\" }\ntarget = { share = 80 }", "/streams/s/target"),
        ("arrivals = { every = \"1m\" }\n[queues.q]\norder = \"lifo\"", "/queues/q/order"),
        ("arrivals = { every = \"1m\" }\n[capacity.p]\nvoice = { max = 0 }", "/capacity/p/voice/max"),
        ("arrivals = { every = \"1m\" }\n[agents.a]\ncapacity = \"p\"\nshifts = [[\"08:00\"]]", "/agents/a/shifts"),
    ] {
        let problems = stream(keys);
        assert!(problems.iter().any(|problem| problem.starts_with(place)), "{keys}: {problems:?}");
    }
}
