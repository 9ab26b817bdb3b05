//! Recorded contacts through the engine.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Code, standard output, standard error.
fn replay(contacts: &Path, scenario: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(cargo_bin("cordboard"))
        .arg("replay")
        .arg(contacts)
        .arg("--scenario")
        .arg(scenario)
        .args(more)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const SCENARIO: &str = r#"
horizon = "1h"
[capacity.phone]
voice = { max = 1 }
[agents.team]
count = 2
capacity = "phone"
skills = { billing = 1 }
[queues.line]
[streams.calls]
channel = "voice"
queue = "line"
requires = "billing >= 1"
arrivals = { poisson_per_minute = 1 }
handle = { deterministic = "1m" }
"#;

struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("cordboard-replay-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn records_are_routed_by_hand_checked_times() {
    let scenario = File::new("a.toml", SCENARIO);
    // Two agents of the scenario. Calls of 60, 60 and 30 seconds arrive together: the third waits 60. The fourth would,
    // but leaves after 20. The fifth finds everybody free.
    let contacts = File::new(
        "a.csv",
        "stream,arrival,outcome,wait,handle\n\
         calls,10:00,answered,0,60\n\
         calls,10:00,answered,5,1m\n\
         calls,10:00,answered,50,30\n\
         calls,10:00:30,abandoned,20,\n\
         calls,10:05,,,\n\
         chats,10:05,answered,1,1\n\
         calls,soon,,,\n",
    );
    let (code, json, complaint) = replay(&contacts.0, &scenario.0, &["--json"]);
    assert_eq!(code, Some(0), "{complaint}");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["records"], &json["recorded_agents"]), (&Value::from(7), &Value::from(0)));
    let dropped = json["dropped"].as_object().unwrap();
    assert_eq!(dropped.len(), 2, "{dropped:?}");
    assert_eq!(dropped["the scenario has no stream `chats`"], 1);
    let (routed, recorded) = (&json["streams"]["calls"], &json["recorded"]["calls"]);
    for (key, value) in [("offered", 5), ("answered", 4), ("abandoned", 1), ("waiting_at_end", 0)] {
        assert_eq!(routed[key], value, "{key}");
    }
    assert_eq!(routed["wait_answered_seconds"]["mean"].as_f64(), Some(15.0));
    assert_eq!(routed["wait_seconds"]["mean"].as_f64(), Some(16.0));
    assert_eq!(recorded["wait_answered_seconds"].as_f64(), Some(55.0 / 3.0));
    assert_eq!(recorded["wait_seconds"].as_f64(), Some(75.0 / 4.0));
    let (_, table, _) = replay(&contacts.0, &scenario.0, &[]);
    assert!(
        table.contains("recorded") && table.contains("routed") && table.contains("1 left out: the arrival"),
        "{table}"
    );
}

#[test]
fn agents_are_there_when_the_records_show_them() {
    let scenario = File::new("b.toml", SCENARIO);
    // Ann alone, from 10:00 to 10:02 and again at 11:00; the call of 10:01 waits for her, that of 10:30 until 11:00.
    let contacts = File::new(
        "b.csv",
        "stream,arrival,outcome,wait,handle,agent\n\
         calls,10:00,answered,0,120,ann\n\
         calls,10:01,answered,0,60,\n\
         calls,10:30,answered,1,60,\n\
         calls,11:00,answered,0,300,ann\n",
    );
    let (code, json, complaint) =
        replay(&contacts.0, &scenario.0, &["--json", "--around", "1s", "--absent-after", "10m"]);
    assert_eq!(code, Some(0), "{complaint}");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["recorded_agents"], 1);
    // She signs out at 10:02:01 with the second call in hand. At 10:59:59 she takes the one of 10:30, and at 11:00:59 the last.
    let mean = json["streams"]["calls"]["wait_seconds"]["mean"].as_f64().unwrap();
    assert!((mean - (60.0 + 1_799.0 + 59.0) / 4.0).abs() < 1e-6, "{mean}");
}

#[test]
fn files_that_make_no_sense_are_refused() {
    let scenario = File::new("c.toml", SCENARIO);
    for (name, text, words) in [
        ("c.csv", "stream,time\ncalls,1\n", "`time`"),
        ("d.csv", "stream,arrival\ncalls,soon\n", "no record is left"),
        ("e.csv", "", "a column is missing"),
        ("f.csv.gz", "not gzip", "gz"),
    ] {
        let contacts = File::new(name, text);
        let (code, out, complaint) = replay(&contacts.0, &scenario.0, &[]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{name}: {complaint}");
        assert!(complaint.contains(words), "{name}: {complaint}");
    }
}

/// Real calls of a bank. They are not part of the project; without them this test is skipped.
#[test]
fn a_bank_s_calls_are_routed_nearly_as_they_were() {
    let folder = std::env::var_os("CORDBOARD_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let contacts = folder.join("bank_calls_1999_08.csv.gz");
    if !contacts.exists() {
        let shown = contacts.display();
        writeln!(std::io::stderr(), "skipped: no call records at {shown}; set CORDBOARD_DATA to their folder").unwrap();
        return;
    }
    let (code, json, complaint) = replay(&contacts, &root().join("examples/scenarios/bank.toml"), &["--json"]);
    assert_eq!(code, Some(0), "{complaint}");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["records"], 42_078);
    let replayed: u64 =
        json["recorded"].as_object().unwrap().values().map(|past| past["contacts"].as_u64().unwrap()).sum();
    let dropped: u64 = json["dropped"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(replayed + dropped, 42_078, "every record is replayed, or counted as left out");
    assert!(replayed > 38_000 && json["recorded_agents"].as_u64() > Some(25));
    for (class, past) in json["recorded"].as_object().unwrap() {
        let routed = &json["streams"][class];
        assert_eq!(routed["offered"], past["contacts"], "{class}");
    }
    // Pauses that no record shows make the real waits longer; the regular customers' come out within a third.
    let (real, routed) = (&json["recorded"]["PS"]["wait_seconds"], &json["streams"]["PS"]["wait_seconds"]["mean"]);
    let ratio = routed.as_f64().unwrap() / real.as_f64().unwrap();
    assert!((0.67..1.5).contains(&ratio), "recorded {real}, routed {routed}");
}
