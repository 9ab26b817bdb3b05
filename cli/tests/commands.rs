//! The command line from outside: exit codes, messages, and what is written where.

use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

const GOOD: &str = r#"
name = "small"
horizon = "10h"
replications = 3
[capacity.blended]
voice = { max = 1 }
chat = { max = 3 }
[agents.team]
count = 4
capacity = "blended"
skills = { billing = 80 }
[queues.service]
order = "ratio"
[streams.calls]
channel = "voice"
queue = "service"
requires = "billing >= 50"
arrivals = { poisson_per_minute = 0.4 }
handle = { exponential = "4m" }
patience = { exponential = "3m" }
cost = { hold_per_minute = 3.0, lost = 6.0 }
[streams.chats]
channel = "chat"
queue = "service"
arrivals = { poisson_per_minute = 0.5 }
handle = { lognormal = ["6m", "3m"] }
"#;

/// A folder of files that is gone with the value.
struct Folder(TempDir);

impl Folder {
    fn new(name: &str) -> Self {
        Self(tempfile::Builder::new().prefix(name).tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn cordboard(arguments: &[&str]) -> Output {
    Command::new(cargo_bin("cordboard")).args(arguments).current_dir(root()).output().unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Standard output of a command that must do what it is asked.
#[track_caller]
fn done(arguments: &[&str]) -> String {
    let output = cordboard(arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{complaint}");
    assert!(output.stderr.is_empty(), "nothing but results, and no progress bar in a pipe: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// Standard error of a command that must fail with this code, and say nothing else.
#[track_caller]
fn failed(code: i32, arguments: &[&str]) -> String {
    let output = cordboard(arguments);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{complaint}");
    assert!(output.stdout.is_empty() && !complaint.contains("panicked"), "{complaint}");
    complaint
}

#[test]
fn simulate_writes_the_documented_object() {
    let folder = Folder::new("json");
    let scenario = folder.file("good.toml", GOOD);
    let json: Value = serde_json::from_str(&done(&["simulate", &scenario, "--json"])).unwrap();
    for (key, value) in [("scenario", "small"), ("policy", "adaptive")] {
        assert_eq!(json[key], value);
    }
    assert_eq!((&json["seed"], &json["replications"]), (&Value::from(1), &Value::from(3)));
    assert!(json["commands"].as_u64() > Some(1_000) && json["events"].as_u64() > json["commands"].as_u64());
    assert!(json["wall_seconds"].as_f64() > Some(0.0));
    assert_eq!(json["digest"].as_str().map(str::len), Some(16));
    assert_eq!(json["streams"].as_object().unwrap().keys().collect::<Vec<_>>(), ["calls", "chats"]);
    let calls = &json["streams"]["calls"];
    let count = |key: &str| calls[key].as_u64().unwrap_or_else(|| panic!("{key}: {calls}"));
    let gone = count("answered") + count("abandoned") + count("overflowed") + count("waiting_at_end");
    assert!(count("offered") > 500 && count("offered") == gone);
    for estimate in [
        &calls["abandon_share"],
        &calls["wait_seconds"],
        &calls["wait_answered_seconds"],
        &calls["delayed_share"],
        &calls["service_level"],
        &calls["queue_length"],
        &calls["in_service"],
        &json["agents"]["team"]["occupancy"],
        &json["agents"]["team"]["contacts_held"],
        &json["cost_per_minute"],
    ] {
        assert!(estimate["mean"].as_f64() > Some(0.0) && estimate["half_width"].as_f64() > Some(0.0), "{estimate}");
    }
    let quantiles = ["p50", "p90", "p95", "p99"].map(|key| calls["wait_quantiles_seconds"][key].as_f64().unwrap());
    assert!(quantiles.is_sorted(), "{quantiles:?}");
    let one = done(&["simulate", &scenario, "--json", "--replications", "1"]);
    let json: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(json["streams"]["calls"]["wait_seconds"]["half_width"], Value::Null);
}

#[test]
fn options_change_the_run_and_threads_do_not() {
    let folder = Folder::new("options");
    let scenario = folder.file("good.toml", GOOD);
    let digest = |more: &[&str]| {
        let arguments: Vec<&str> = ["simulate", &scenario, "--json"].iter().chain(more).copied().collect();
        let json: Value = serde_json::from_str(&done(&arguments)).unwrap();
        json["digest"].as_str().unwrap().to_owned()
    };
    let usual = digest(&[]);
    assert_eq!(usual, digest(&["--threads", "1"]));
    assert_eq!(usual, digest(&["--threads", "3", "--seed", "1", "--replications", "3"]));
    assert_ne!(usual, digest(&["--seed", "2"]));
    assert_ne!(usual, digest(&["--replications", "4"]));
}

#[test]
fn tables_show_what_a_manager_asks_for() {
    let folder = Folder::new("tables");
    let scenario = folder.file("good.toml", GOOD);
    let table = done(&["simulate", &scenario]);
    for word in [
        "Channels",
        "voice",
        "chat",
        "calls",
        "service level",
        "mean wait",
        "abandoned",
        "occupancy",
        "Cost per minute",
    ] {
        assert!(table.contains(word), "{word}: {table}");
    }
    let many: String = (0..30)
        .map(|at| {
            GOOD[GOOD.find("[streams.calls]").unwrap()..GOOD.find("[streams.chats]").unwrap()]
                .replace("calls]", &format!("more{at}]"))
        })
        .collect();
    let many = folder.file("many.toml", &format!("{GOOD}{many}"));
    assert!(!done(&["simulate", &many]).contains("more17"));
    assert!(done(&["simulate", &many, "--full"]).contains("more17"));
    let checked = done(&["check", &scenario]);
    assert!(checked.contains("sound. 2 streams in 1 queue, 4 agents in 1 group"), "{checked}");
}

#[test]
fn who_came_again_and_who_balked_have_a_column_where_there_are_any() {
    let folder = Folder::new("again");
    let scenario = folder.file("good.toml", GOOD);
    let titles = ["came again", "balked"];
    let table = done(&["simulate", &scenario]);
    assert!(titles.iter().all(|title| !table.contains(title)), "{table}");
    let respond =
        "patience = { exponential = \"3m\" }\nbalk = {}\nretry = { abandoned = 0.5, delay = { exponential = \"9m\" } }";
    let responsive = GOOD.replace("patience = { exponential = \"3m\" }", respond).replace("count = 4", "count = 2");
    let scenario = folder.file("responsive.toml", &responsive);
    let json: Value = serde_json::from_str(&done(&["simulate", &scenario, "--json"])).unwrap();
    let table = done(&["simulate", &scenario]);
    let rows = table.lines().skip_while(|line| !line.starts_with("Streams")).filter(|line| line.starts_with('│'));
    let cells: Vec<Vec<&str>> = rows.map(|row| row.trim_matches('│').split('┆').map(str::trim).collect()).collect();
    for (title, key) in titles.into_iter().zip(["retrials", "balked"]) {
        let column = cells[0].iter().position(|cell| *cell == title).unwrap_or_else(|| panic!("{title}: {table}"));
        for row in &cells[1..3] {
            let count = json["streams"][row[0]][key].as_u64().unwrap();
            assert_eq!(row[column], count.to_string(), "{title} of {}", row[0]);
            assert_eq!(count > 0, row[0] == "calls", "{table}");
        }
    }
}

#[test]
fn compare_pairs_policies() {
    let folder = Folder::new("compare");
    let scenario = folder.file("good.toml", GOOD);
    let arguments =
        ["compare", &scenario, "--policy", "work-conserving", "--policy", "agents:most-loaded,longest-idle"];
    let table = done(&arguments);
    assert!(table.contains("agents:most-loaded,longest-idle less work-conserving"), "{table}");
    let json: Value = serde_json::from_str(&done(&[&arguments[..], &["--json"]].concat())).unwrap();
    assert_eq!(json["policies"].as_array().map(Vec::len), Some(2));
    let comparison = &json["comparisons"][0];
    assert_eq!(comparison["against"], "work-conserving");
    assert!(comparison["cost_per_minute"]["half_width"].as_f64() > Some(0.0), "{comparison}");
    let same = done(&["compare", &scenario, "--policy", "work-conserving", "--policy", "work-conserving", "--json"]);
    let json: Value = serde_json::from_str(&same).unwrap();
    assert_eq!(json["comparisons"][0]["cost_per_minute"]["mean"].as_f64(), Some(0.0), "the same randomness");
}

#[test]
fn presets_are_listed_and_run() {
    let folder = Folder::new("presets");
    let scenario = folder.file("good.toml", GOOD);
    let listed = done(&["presets"]);
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"preset:asterisk-rrmemory") && names.contains(&"preset:connect"), "{listed}");
    // With chats as many as three at a time and calls apart from them, or never beside them.
    let arguments = ["compare", &scenario, "--policy", "preset:taskrouter", "--policy", "preset:connect", "--json"];
    let json: Value = serde_json::from_str(&done(&arguments)).unwrap();
    assert_eq!(json["comparisons"][0]["policy"], "preset:connect");
    let later = json["comparisons"][0]["cost_per_minute"]["mean"].as_f64().unwrap();
    assert!(later > 0.0, "one channel at a time costs more: {later}");
    // The scenario's own policy gives way to that of the command line.
    let own = folder.file("own.toml", &GOOD.replace("[queues", "[scheduler]\npolicy = \"preset:connect\"\n[queues"));
    let of = |arguments: &[&str]| {
        let json: Value = serde_json::from_str(&done(arguments)).unwrap();
        (json["policy"].clone(), json["streams"].clone())
    };
    let connect = of(&["simulate", &scenario, "--policy", "preset:connect", "--json"]);
    assert_eq!(connect.0, "preset:connect");
    assert_eq!(of(&["simulate", &own, "--json"]), connect);
    let taskrouter = of(&["simulate", &scenario, "--policy", "preset:taskrouter", "--json"]);
    assert_eq!(of(&["simulate", &own, "--policy", "preset:taskrouter", "--json"]), taskrouter);
    assert_ne!(taskrouter.1, connect.1);
    let complaint = failed(2, &["simulate", &scenario, "--policy", "preset:conect"]);
    assert!(complaint.contains("did you mean `connect`?"), "{complaint}");
}

#[test]
fn wrong_scenarios_are_refused_with_everything_that_is_wrong() {
    let folder = Folder::new("wrong");
    for (from, to, words) in [
        ("[queues.service]", "[queues.service]\nordr = \"fifo\"", &["ordr", "did you mean `order`", "line 13"][..]),
        ("queue = \"service\"", "queue = \"nowhere\"", &["there is no queue `nowhere`", "streams.calls.queue"]),
        ("\"4m\"", "\"4 parsecs\"", &["parsecs", "streams.calls.handle.exponential"]),
        ("\"billing >= 50\"", "\"billing >= >= 3\"", &["streams.calls.requires"]),
        ("count = 4", "count = -3", &["agents.team.count"]),
        ("poisson_per_minute = 0.4", "poisson_per_minute = -1.0", &["poisson_per_minute"]),
        ("poisson_per_minute = 0.4", "poisson_per_minute = nan", &["poisson_per_minute"]),
        ("count = 4", "count = 99999999999999999999", &["count"]),
        ("poisson_per_minute = 0.4", "poison_per_minute = 0.4", &["poison_per_minute", "did you mean"]),
        ("exponential = \"4m\"", "by_group = { crew = { exponential = \"4m\" } }", &["crew", "team"]),
        ("horizon = \"10h\"", "", &["horizon: is missing"]),
        ("[capacity", "[scheduler]\npolicy = \"adaptve\"\n[capacity", &["\"adaptve\"", "work-conserving"]),
        ("count = 4", "count = 4\nshifts = [[\"08:00\", \"25:00\"]]", &["25:00", "shifts[0][1]"]),
        ("{ exponential = \"4m\" }", "{ empirical = \"none.csv\" }", &["none.csv", "handle.empirical"]),
        ("capacity = \"blended\"", "capacity = \"blended\"\nspeed = [1]", &["agents.team.speed"]),
        ("{ lognormal = [\"6m\", \"3m\"] }", "{ lognormal = [\"6m\"], gamma = 3 }", &["exactly one of"]),
        ("{ lognormal = [\"6m\", \"3m\"] }", "{ hyperexponential = [[0.5, \"1m\"]] }", &["sum to 1"]),
        ("name = \"small\"", "name = \"small", &["line 2", "not TOML"]),
    ] {
        assert!(GOOD.contains(from));
        let scenario = folder.file("wrong.toml", &GOOD.replacen(from, to, 1));
        for command in ["simulate", "check"] {
            let complaint = failed(2, &[command, &scenario]);
            for word in words {
                assert!(complaint.contains(word), "{to}: {complaint}");
            }
        }
    }
    let both = GOOD.replace("count = 4", "cuont = 4").replace("\"3m\" }\ncost", "3 }\ncost");
    let complaint = failed(2, &["check", &folder.file("both.toml", &both)]);
    assert!(complaint.contains("cuont") && complaint.contains("patience"), "all at once: {complaint}");
    assert_eq!(complaint.lines().count(), 2, "{complaint}");
}

#[test]
fn wrong_arguments_are_refused() {
    let folder = Folder::new("arguments");
    let scenario = folder.file("good.toml", GOOD);
    assert!(failed(2, &["simulate", "no-such-file.toml"]).contains("no-such-file.toml"));
    assert!(failed(2, &["simulate", &scenario, "--replications", "0"]).contains("0"));
    assert!(failed(2, &["simulate", &scenario, "--seeds", "3"]).contains("--seed"));
    assert!(failed(2, &["compare", &scenario, "--policy", "work-conserving"]).contains("twice"));
    let complaint = failed(2, &["compare", &scenario, "--policy", "fastest", "--policy", "work-conserving"]);
    assert!(complaint.contains("fastest") && complaint.contains("agents:LIST"), "{complaint}");
    let hosted = folder.file("hosted.toml", &GOOD.replace("order = \"ratio\"", "agents = \"host:mine\""));
    assert!(failed(2, &["simulate", &hosted]).contains("`mine`"));
    assert!(failed(2, &["replay", "none.csv", "--scenario", &scenario]).contains("none.csv"));
}

#[test]
fn a_run_that_fails_has_its_own_code() {
    let folder = Folder::new("limit");
    let text = GOOD.replace("[capacity", "[limits]\ncontacts = 5\n[capacity");
    let complaint = failed(1, &["simulate", &folder.file("limit.toml", &text)]);
    assert!(complaint.contains("limit of 5 contacts"), "{complaint}");
}

#[test]
fn shipped_scenarios_are_sound() {
    let mut seen = 0;
    for entry in std::fs::read_dir(root().join("examples/scenarios")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            done(&["check", path.to_str().unwrap()]);
            seen += 1;
        }
    }
    assert!(seen >= 3);
}

#[test]
fn a_sweep_shows_every_value_beside_the_formula() {
    let scenario = "examples/scenarios/chat-concurrency.toml";
    let arguments =
        ["sweep", scenario, "--set", "capacity.desk.chat.max=5,30", "--against", "calls", "--replications", "2"];
    let shown = done(&arguments);
    assert!(shown.contains("agents of calls") && shown.contains("N* = 24.3"), "{shown}");
    let cells = |value: &str| -> Vec<String> {
        let row =
            shown.lines().find(|line| line.starts_with(&format!("│ {value} "))).unwrap_or_else(|| panic!("{shown}"));
        row.trim_matches('│').split('┆').map(|cell| cell.trim().to_owned()).collect()
    };
    // By formula: completed in an agent's hour, and the mean reply.
    assert_eq!((&*cells("5")[3], &*cells("5")[5]), ("8.16", "17.8 s"));
    assert_eq!((&*cells("30")[3], &*cells("30")[5]), ("38.69", "115.2 s"));
    let worth: f64 = cells("30").last().unwrap().parse().unwrap();
    assert!((9.3..10.3).contains(&worth), "thirty open conversations do about ten phone agents' work here: {worth}");

    let json = [&arguments[..], &["--json", "--set", "horizon=10h"]].concat();
    let swept: Value = serde_json::from_str(&done(&json)).unwrap();
    assert_eq!(swept["key"], "capacity.desk.chat.max");
    let points = swept["points"].as_array().unwrap();
    assert_eq!((points.len(), &points[1]["value"]), (2, &Value::from("30")));
    let replies = |at: usize| points[at]["streams"]["chats"]["reply_seconds"]["mean"].as_f64().unwrap();
    assert!(replies(1) > 3.0 * replies(0));
}

#[test]
fn a_sweep_that_cannot_be_says_why() {
    let scenario = "examples/scenarios/chat-concurrency.toml";
    for (settings, words) in [
        (&["capacity.desk.chat.max=3"][..], "give one of them several"),
        (&["capacity.desk.chat.max=1..3", "seed=1,2"], "one at a time"),
        (&["capacity.desk.chat.mux=1..3"], "did you mean `max`?"),
        (&["capacity.desk.chat.max=1,0"], "with capacity.desk.chat.max=0"),
        (&["capacity.desk.chat.max"], "KEY=VALUES"),
    ] {
        let mut arguments = vec!["sweep", scenario];
        settings.iter().for_each(|setting| arguments.extend(["--set", setting]));
        let complaint = failed(2, &arguments);
        assert!(complaint.contains(words), "{settings:?}: {complaint}");
    }
    let complaint = failed(2, &["sweep", scenario, "--set", "seed=1,2", "--against", "cals"]);
    assert!(complaint.contains("no stream \"cals\""), "{complaint}");
}

/// A scenario in which nearly every line is wrong: each mistake is named with its line, all in one go.
#[test]
fn every_mistake_of_a_scenario_is_named_at_once() {
    let text = r#"name = 3
seed = -1
horizon = "8 hours"
replications = 0
repliations = 5
[channels.voice]
offer = "soon"
[capacity.blended]
voice = { max = 0 }
chat = { max = 3, load = "130%", opn = 5 }
headroom = { vocie = "60%" }
[agents.team]
count = -3
capacity = "blendid"
skills = { billing = 180 }
shifts = [["08:00", "25:00"], ["12:00"]]
[queues.service]
order = "lifo"
agents = ["least-laoded", "longest-idle"]
steps = [{ requires = "billing >>= 50" }, { requires = "sales" }]
overflow = { full = "queue:nowhere", after = { wait = "2m" } }
[streams.calls]
channel = "voise"
queue = "servise"
requires = "biling >= 50"
arrivals = { poisson_per_minute = -2 }
handle = { hyperexponential = [[1.5, "3m"], ["half", "4m"]] }
patience = 3
target = { share = 80, within = "20s" }
priority = 99999
[streams.chats]
channel = "chat"
queue = "service"
arrivals = { poisson_per_minute = 1, every = "2m" }
conversation = { turns = 0, agent = { exponential = "20s" } }
[streams.more]
channel = "chat"
arrivals = { profile = "missing.csv" }
[offers]
no_answer = 2
[scheduler]
policy = "adaptve"
[extra]
x = 1
"#;
    let expected = [
        (1, "name: must be"),
        (2, "seed: must be"),
        (3, "unknown unit `hours`"),
        (4, "replications: must be"),
        (5, "did you mean `replications`?"),
        (7, "or \"forever\" or \"none\""),
        (9, "capacity.blended.voice.max"),
        (10, "the text \"130%\""),
        (10, "did you mean `open`?"),
        (11, "did you mean `voice`?"),
        (13, "agents.team.count"),
        (14, "did you mean `blended`?"),
        (15, "from 1 to 100, and is 180"),
        (16, "\"25:00\" is not a time of day"),
        (16, "agents.team.shifts[1]: must be"),
        (18, "did you mean `fifo`?"),
        (19, "did you mean `least-loaded`?"),
        (20, "at character 10"),
        (20, "steps[1].after: is missing"),
        (20, "there is no skill `sales`"),
        (21, "there is no queue `nowhere`"),
        (21, "overflow.after.then: is missing"),
        (23, "there is no channel `voise`"),
        (24, "did you mean `service`?"),
        (25, "did you mean `billing`?"),
        (26, "poisson_per_minute: must be"),
        (27, "hyperexponential[0][0]"),
        (27, "hyperexponential[1][0]"),
        (28, "or \"none\", and is 3"),
        (29, "target.share"),
        (30, "from -32768 to 32767"),
        (34, "exactly one of"),
        (35, "turns: must be"),
        (35, "customer: is missing"),
        (36, "streams.more.queue: is missing"),
        (36, "streams.more.handle: is missing"),
        (38, "missing.csv"),
        (40, "offers.no_answer"),
        (42, "\"adaptve\" is not a policy of the scheduler"),
        (43, "`extra` is not a key here"),
    ];
    let folder = Folder::new("mistakes");
    let complaint = failed(2, &["check", &folder.file("mistakes.toml", text)]);
    for (line, words) in expected {
        let found = complaint.lines().any(|said| said.contains(&format!(": line {line}: ")) && said.contains(words));
        assert!(found, "line {line}: {words}\n{complaint}");
    }
    assert_eq!(complaint.lines().count(), expected.len(), "{complaint}");
    let unclosed = failed(2, &["check", &folder.file("unclosed.toml", "horizon = \"8h\n[streams\n")]);
    assert!(
        unclosed.lines().next().is_some_and(|line| line.contains("line 1")),
        "in the order of the file: {unclosed}"
    );
}
