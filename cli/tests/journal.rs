//! Journals on the command line: a simulated day is kept, verified, run under another policy, and told.

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

const SCENARIO: &str = r#"
name = "two kinds"
seed = 3
horizon = "4h"
replications = 2
[channels.voice]
offer = "20s"
[capacity.desk]
voice = { max = 1 }
chat = { max = 2 }
[agents.team]
count = 5
capacity = "desk"
[queues.service]
order = "ratio"
agents = ["longest-idle"]
[offers]
accept = { exponential = "4s" }
no_answer = 0.05
[streams.calls]
channel = "voice"
queue = "service"
arrivals = { poisson_per_minute = 0.8 }
handle = { exponential = "3m" }
patience = { exponential = "2m" }
[streams.chats]
channel = "chat"
queue = "service"
arrivals = { poisson_per_minute = 0.6 }
handle = { exponential = "6m" }
"#;

/// A folder of files that is gone with the value.
struct Folder(TempDir);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Self(tempfile::Builder::new().prefix(name).tempdir().unwrap());
        std::fs::write(folder.path("day.toml"), SCENARIO).unwrap();
        folder
    }

    /// A kept day.
    fn recorded(name: &str) -> Self {
        let folder = Self::new(name);
        let (code, _, complaint) = folder.run(&["simulate", "day.toml", "--journal", "day.sqlite"]);
        assert_eq!(code, Some(0), "{complaint}");
        folder
    }

    /// Code, standard output, standard error.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = Command::new(cargo_bin("cordboard")).args(arguments).current_dir(self.0.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let (code, json, complaint) = self.run(arguments);
        assert_eq!(code, Some(0), "{complaint}");
        serde_json::from_str(&json).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn sqlite(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

#[test]
fn a_day_is_kept_and_the_results_are_those_without_a_journal() {
    let folder = Folder::new("kept");
    let mut plain = folder.json(&["simulate", "day.toml", "--json"]);
    let mut kept = folder.json(&["simulate", "day.toml", "--json", "--journal", "day.sqlite"]);
    for results in [&mut plain, &mut kept] {
        results.as_object_mut().unwrap().remove("wall_seconds");
    }
    assert_eq!(plain, kept);
    let first = folder.json(&["simulate", "day.toml", "--json", "--replications", "1"]);
    let count = |table: &str| -> u64 {
        let query = format!("SELECT count(*) FROM {table}");
        let count: i64 = sqlite(&folder.path("day.sqlite")).query_row(&query, [], |row| row.get(0)).unwrap();
        count.unsigned_abs()
    };
    assert_eq!(
        (count("log"), count("events")),
        (first["commands"].as_u64().unwrap(), first["events"].as_u64().unwrap())
    );
    let offered: u64 =
        ["calls", "chats"].iter().map(|stream| first["streams"][stream]["offered"].as_u64().unwrap()).sum();
    assert_eq!(count("contacts"), offered);
}

#[test]
fn a_journal_that_is_there_is_never_written_over() {
    let folder = Folder::recorded("again");
    let before = std::fs::read(folder.path("day.sqlite")).unwrap();
    let (code, out, complaint) = folder.run(&["simulate", "day.toml", "--journal", "day.sqlite"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(complaint.contains("day.sqlite: there is a journal already"), "{complaint}");
    assert!(before == std::fs::read(folder.path("day.sqlite")).unwrap());
    // Nor is a file of somebody else's.
    let (code, _, complaint) = folder.run(&["simulate", "day.toml", "--journal", "day.toml"]);
    assert_eq!(code, Some(2), "{complaint}");
    assert_eq!(std::fs::read_to_string(folder.path("day.toml")).unwrap(), SCENARIO);
}

#[test]
fn verify_finds_nothing_where_nothing_was_changed() {
    let folder = Folder::recorded("sound");
    let (code, text, complaint) = folder.run(&["verify", "day.sqlite"]);
    assert_eq!(code, Some(0), "{complaint}");
    assert!(text.contains("identical") && text.contains("commands/s") && text.contains("digest"), "{text}");
    let json = folder.json(&["verify", "day.sqlite", "--json"]);
    assert_eq!((&json["identical"], &json["difference"]), (&Value::from(true), &Value::Null));
    let bare = Folder::new("bare");
    let (code, ..) = bare.run(&["simulate", "day.toml", "--journal", "day.sqlite", "--no-tables"]);
    assert_eq!(code, Some(0));
    let other = bare.json(&["verify", "day.sqlite", "--json"]);
    assert_eq!((&other["digest"], &other["commands"]), (&json["digest"], &json["commands"]));
}

#[test]
fn verify_shows_the_first_difference() {
    let folder = Folder::recorded("changed");
    // One record put in the place of another fails by its checksum; one that was rewritten as a whole does not, and has to be
    // run again to be found: a run of another seed differs from its first arrival on.
    let (code, ..) = folder.run(&["simulate", "day.toml", "--journal", "other.sqlite", "--seed", "9"]);
    assert_eq!(code, Some(0));
    let at: i64 = {
        let file = sqlite(&folder.path("day.sqlite"));
        file.execute("ATTACH ?1 AS other", [folder.path("other.sqlite").to_str().unwrap()]).unwrap();
        let at = 500;
        let changed = "UPDATE log SET record = (SELECT record FROM other.log o WHERE o.seq = ?1) WHERE seq = ?1";
        file.execute(changed, [at]).unwrap();
        at
    };
    let (code, text, complaint) = folder.run(&["verify", "day.sqlite"]);
    assert_eq!(code, Some(1), "{text}{complaint}");
    assert!(text.contains("after 499 commands") && text.contains(&format!("seq {at} at")), "{text}");
    assert!(text.contains("command\n"), "{text}");
    let (code, json, _) = folder.run(&["verify", "day.sqlite", "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (code, &json["identical"], &json["difference"]["seq"]),
        (Some(1), &Value::from(false), &Value::from(at))
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = Folder::recorded("damaged");
    std::fs::write(folder.path("text.sqlite"), "this is not a database, whatever its name says, and long enough")
        .unwrap();
    sqlite(&folder.path("day.sqlite")).execute("UPDATE log SET record = x'00' WHERE seq = 700", []).unwrap();
    for (arguments, words) in [
        (&["verify", "missing.sqlite"][..], "missing.sqlite"),
        (&["verify", "text.sqlite"], "text.sqlite"),
        (&["verify", "day.sqlite"], "seq 700"),
        (&["what-if", "day.sqlite", "--policy", "work-conserving"], "seq 700"),
        (&["what-if", "day.sqlite", "--policy", "agents:fastst"], "fastst"),
        (&["log", "missing.sqlite", "--contact", "1"], "missing.sqlite"),
    ] {
        let (code, out, complaint) = folder.run(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}: {complaint}");
        assert!(complaint.contains(words), "{arguments:?}: {complaint}");
    }
}

#[test]
fn what_if_shows_the_recording_its_control_and_the_policies() {
    let folder = Folder::recorded("what-if");
    let arguments =
        ["what-if", "day.sqlite", "--policy", "agents:least-loaded,longest-idle", "--policy", "agents:random"];
    let json = folder.json(&[&arguments[..], &["--json"]].concat());
    assert_eq!(json["control"]["identical"], true);
    assert_eq!(json["control"]["figures"], json["recorded"]);
    let rows = json["recorded"].as_array().unwrap();
    let first = folder.json(&["simulate", "day.toml", "--json", "--replications", "1"]);
    for (row, stream) in rows.iter().zip(["calls", "chats"]) {
        for key in ["offered", "answered", "abandoned", "waiting_at_end"] {
            assert_eq!(row[key], first["streams"][stream][key], "{stream} {key}");
        }
        let (mine, theirs) =
            (&row["wait_answered_seconds"], &first["streams"][stream]["wait_answered_seconds"]["mean"]);
        assert!((mine.as_f64().unwrap() - theirs.as_f64().unwrap()).abs() < 1e-9, "{stream}");
        let (mine, theirs) = (&row["service_level"], &first["streams"][stream]["service_level"]["mean"]);
        assert!((mine.as_f64().unwrap() - theirs.as_f64().unwrap()).abs() < 1e-9, "{stream}");
    }
    let policies = json["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 2);
    for policy in policies {
        assert_eq!(policy["identical"], false);
        assert_eq!(policy["figures"][2]["offered"], rows[2]["offered"], "the same contacts arrive");
    }
    let again = folder.json(&[&arguments[..], &["--json"]].concat());
    assert_eq!(json, again);
    let (code, text, _) = folder.run(&[&arguments[..], &["--patience", "endless"]].concat());
    assert_eq!(code, Some(0));
    for words in
        ["recorded", "control", "agents:random", "every event comes out as recorded", "is not known", "too good"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn the_story_of_a_contact_is_told_in_words() {
    let folder = Folder::recorded("story");
    let (contact, agent): (i64, i64) = sqlite(&folder.path("day.sqlite"))
        .query_row(
            "SELECT contact, agent FROM contacts WHERE channel = 'voice' AND outcome = 'completed' AND offers = 2 LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let (code, text, complaint) = folder.run(&["log", "day.sqlite", "--contact", &contact.to_string()]);
    assert_eq!(code, Some(0), "{complaint}");
    let first = format!("contact {contact}: voice in service");
    assert!(text.starts_with(&first), "{text}");
    for words in [
        "does not answer",
        &format!("agent {agent} (team) accepts"),
        "ends: completed",
        "Accept]",
        "arrives in service",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let (code, _, complaint) = folder.run(&["log", "day.sqlite", "--contact", "nobody@nowhere"]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("no contact `nobody@nowhere`"), "{complaint}");
}

/// Every question of `docs/journal.md` can be asked.
#[test]
fn the_documented_questions_have_answers() {
    let folder = Folder::recorded("questions");
    let file = sqlite(&folder.path("day.sqlite"));
    let text = include_str!("../../docs/journal.md");
    let lines = text.lines().filter_map(|line| line.strip_prefix("sqlite> ").or(line.strip_prefix("   ...> ")));
    let questions = lines.collect::<Vec<_>>().join("\n");
    let mut asked = 0;
    for question in questions.split_inclusive(';') {
        let rows: usize = file.prepare(question).unwrap().query_map([], |_| Ok(())).unwrap().count();
        assert!(rows > 0, "{question}");
        asked += 1;
    }
    assert_eq!(asked, text.matches("sqlite> ").count());
}
