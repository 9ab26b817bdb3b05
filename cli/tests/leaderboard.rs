//! The leaderboard, on a setting so small that its figures mean nothing: what is run, and what the page, the files and the charts say of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

/// Three agents, and a target for each stream.
const CENTRE: &str = r#"
name = "tiny centre"
warmup = "10m"
horizon = "100m"
[channels.voice]
whole_agent = true
[capacity.blended]
voice = { max = 1 }
chat = { max = 3 }
[agents.team]
count = 3
capacity = "blended"
[queues.service]
[streams.calls]
channel = "voice"
queue = "service"
arrivals = { poisson_per_minute = 0.4 }
handle = { exponential = "4m" }
patience = { exponential = "3m" }
target = { share = 0.8, within = "20s" }
cost = { hold_per_minute = 3.0, lost = 6.0 }
[streams.chats]
channel = "chat"
queue = "service"
arrivals = { poisson_per_minute = 0.5 }
handle = { exponential = "6m" }
patience = { exponential = "6m" }
target = { share = 0.8, within = "60s" }
cost = { hold_per_minute = 1.0, lost = 3.0 }
"#;

/// A folder of files that is gone with the value.
struct Folder(TempDir);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Self(tempfile::Builder::new().prefix(name).tempdir().unwrap());
        std::fs::create_dir_all(folder.0.path().join("scenarios")).unwrap();
        folder.write("scenarios/blended-centre.toml", CENTRE);
        // Says nothing of what contacts are worth: it does not run.
        folder.write("scenarios/worthless.toml", &CENTRE.replace("cost = ", "# "));
        folder
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
    }

    fn leaderboard(&self, arguments: &[&str]) -> Output {
        let tiny =
            ["leaderboard", "--replications", "2", "--minutes", "400", "--scenarios", "scenarios", "--out", "out"];
        Command::new(cargo_bin!("cordboard")).current_dir(self.0.path()).args(tiny).args(arguments).output().unwrap()
    }

    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.leaderboard(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Headings, headers of tables, and pictures: what is left of a page without its figures.
fn structure(page: &str) -> Vec<String> {
    let mut lines = page.lines().peekable();
    let mut kept = Vec::new();
    while let Some(line) = lines.next() {
        let table = line.starts_with('|') && lines.peek().is_some_and(|next| next.starts_with("|---"));
        if line.starts_with('#') || line.starts_with("![") || table {
            kept.push(line.to_owned());
        }
    }
    kept
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn the_page_and_the_files_say_what_was_run() {
    let folder = Folder::new("all");
    let policies = ["--policy", "spread", "--policy", "preset:connect", "--policy", "preset:zendesk"];
    let said = folder.done(&policies);
    let (page, json) = (folder.read("out/leaderboard.md"), folder.read("out/leaderboard.json"));
    let json: Value = serde_json::from_str(&json).unwrap();

    let names = |rows: &Value| -> BTreeSet<String> {
        rows.as_array().unwrap().iter().map(|row| row["policy"].as_str().unwrap().to_owned()).collect()
    };
    let all: BTreeSet<String> = ["adaptive", "preset:connect", "spread"].map(str::to_owned).into();
    let [pools, staffing, scenarios] = ["pools", "staffing", "scenarios"].map(|part| &json[part]["results"]);
    let scenarios = scenarios.as_array().unwrap();
    assert_eq!(scenarios.len(), 1, "only what says what contacts are worth");
    assert_eq!(scenarios[0]["file"], "blended-centre.toml");
    for part in [pools, staffing, &scenarios[0]] {
        assert_eq!(names(&part["rows"]), all);
        assert_eq!(part["aside"], serde_json::json!(["preset:zendesk"]), "it has calls and chats done at once");
    }
    assert!(page.contains("Not comparable: `preset:zendesk`"));

    // The page says the figures of the files.
    let number = |value: &Value| value.as_f64().unwrap();
    for row in pools["rows"].as_array().unwrap() {
        let (policy, mean) = (row["policy"].as_str().unwrap(), &row["mean"]);
        let cell = format!("| `{policy}` | {:.3} ± {:.3} |", number(&mean["mean"]), number(&mean["half_width"]));
        assert!(page.contains(&cell), "{cell}");
        assert_eq!(row["by_pool"].as_array().unwrap().len(), 8);
    }
    for row in staffing["rows"].as_array().unwrap() {
        let agents = row["agents"].as_u64().unwrap();
        let cell = format!("| `{}` | {agents} |", row["policy"].as_str().unwrap());
        assert!(page.contains(&cell), "{cell}");
        let met = |levels: &Value| levels.as_array().unwrap().iter().all(|level| number(&level["mean"]) >= 0.8);
        assert!(met(&row["levels"]), "so many meet both targets: {row}");
        assert!(agents == 1 || !met(&row["with_one_fewer"]), "one fewer do not: {row}");
    }
    assert!(said.contains("At equal service targets (80% in 20s for calls, 80% in 1m for chats) the adaptive scheduler (`adaptive`) needs"), "{said}");
    assert!(said.contains("text to the least loaded agent (`spread`)"), "{said}");
    assert!(said.lines().filter(|line| line.ends_with('.')).all(|sentence| page.contains(sentence)), "{said}");

    let mut rows = csv::Reader::from_reader(std::fs::File::open(folder.0.path().join("out/leaderboard.csv")).unwrap());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let count = |part: &str| rows.iter().filter(|row| &row[0] == part).count();
    assert_eq!([count("pools"), count("scenarios"), count("staffing")], [3 * 10, 3 * 6, 3 * 5]);

    for (chart, row_of) in [("leaderboard-pools.svg", "spread"), ("leaderboard-staffing.svg", "preset:connect")] {
        let svg = folder.read(&format!("out/images/{chart}"));
        assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"), "{svg}");
        assert!(svg.contains(row_of) && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(page.contains(&format!("(images/{chart})")));
    }
    shipped_page_is_like(&page);
}

/// The page in the docs is what the command writes, but for its figures.
#[track_caller]
fn shipped_page_is_like(page: &str) {
    let shipped = std::fs::read_to_string(root().join("docs/leaderboard.md")).unwrap();
    let (here, there) = (structure(page), structure(&shipped));
    // Of scenarios each has its own.
    let general = |lines: &[String]| -> Vec<String> {
        lines.iter().take_while(|line| *line != "## Shipped scenarios").cloned().collect()
    };
    assert!(here.len() > general(&here).len() && there.len() > general(&there).len(), "{here:?}, {there:?}");
    assert_eq!(general(&there), general(&here));
    for entry in std::fs::read_dir(root().join("examples/scenarios")).unwrap() {
        let path = entry.unwrap().path();
        // Costs that grow with the wait are between queues; what the page compares is the cost of streams.
        let costs = || {
            let text = std::fs::read_to_string(&path).unwrap();
            text.contains("hold_per_minute") && !text.contains("growth")
        };
        if path.extension().is_some_and(|extension| extension == "toml") && costs() {
            let file = format!("`{}`", path.file_name().unwrap().to_str().unwrap());
            assert!(shipped.contains(&file), "docs/leaderboard.md has nothing on {file}: write it again");
        }
    }
    for preset in cordboard::Preset::ALL {
        assert!(
            shipped.contains(&format!("`preset:{preset}`")),
            "docs/leaderboard.md has nothing on {preset}: write it again"
        );
    }
    for file in
        ["images/leaderboard-pools.svg", "images/leaderboard-staffing.svg", "leaderboard.json", "leaderboard.csv"]
    {
        assert!(root().join("docs").join(file).exists(), "docs/{file}");
    }
}

#[test]
fn the_same_command_says_the_same_whatever_the_threads() {
    let folder = Folder::new("same");
    let run = |threads: &str| {
        folder.done(&["--policy", "pack", "--only", "staffing", "--threads", threads]);
        let json: Value = serde_json::from_str(&folder.read("out/leaderboard.json")).unwrap();
        assert!(json["staffing"]["wall_seconds"].as_f64().unwrap() > 0.0);
        (json["staffing"]["results"].clone(), folder.read("out/leaderboard.csv"))
    };
    let one = run("1");
    assert_eq!(run("3"), one);
    let page = folder.read("out/leaderboard.md");
    assert!(!page.contains("## Small pools") && !page.contains("## Shipped scenarios"), "{page}");
    assert!(
        page.contains("`cordboard leaderboard --only staffing --replications 2 --minutes 400 --policy pack`"),
        "{page}"
    );
}

#[test]
fn a_part_that_is_run_again_leaves_the_others() {
    let folder = Folder::new("parts");
    folder.done(&["--policy", "pack", "--only", "staffing"]);
    let centre = folder.read("out/leaderboard.md");
    folder.done(&["--policy", "spread", "--only", "scenarios"]);
    let both = folder.read("out/leaderboard.md");
    let part = centre.split("## Agents").nth(1).unwrap().trim();
    folder.done(&["--only", "page"]);
    assert_eq!(folder.read("out/leaderboard.md"), both, "nothing is run, and the same is written");
    assert!(both.contains(part) && both.contains("### tiny centre"), "{both}");
    folder.write("out/leaderboard.json", "{");
    let refused = folder.leaderboard(&["--only", "scenarios"]);
    let complaint = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(complaint.contains("leaderboard.json") && complaint.contains("run all parts"), "{complaint}");
}

#[test]
fn what_cannot_be_run_is_refused_with_a_remedy() {
    let folder = Folder::new("refused");
    for (arguments, words) in [
        (&["--only", "everything"][..], "pools, scenarios, staffing, page"),
        (&["--policy", "packed"], "there is no policy `packed`"),
        (&["--scenarios", "nowhere", "--only", "scenarios"], "--scenarios FOLDER"),
        (&["--scenarios", "nowhere", "--only", "staffing"], "blended-centre.toml"),
        (&["--out", "scenarios/worthless.toml"], "--out"),
    ] {
        let tiny = ["leaderboard", "--replications", "2", "--minutes", "400"];
        let output = Command::new(cargo_bin!("cordboard"))
            .current_dir(folder.0.path())
            .args(tiny)
            .args(arguments)
            .output()
            .unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {complaint}");
        assert!(complaint.contains(words), "{arguments:?}: {complaint}");
    }
}

#[test]
fn a_centre_that_nobody_can_staff_says_so() {
    let folder = Folder::new("hopeless");
    // Nobody has the skill, so however many there are, no call is answered.
    let hopeless = CENTRE.replace("[streams.calls]\n", "[streams.calls]\nrequires = \"latin >= 1\"\n");
    let hopeless = hopeless.replace("[channels.voice]", "skills = [\"latin\"]\n[channels.voice]");
    folder.write("scenarios/blended-centre.toml", &hopeless);
    folder.done(&["--only", "staffing", "--policy", "pack"]);
    let page = folder.read("out/leaderboard.md");
    assert!(page.contains("| `pack` | more than 24 | – | 0.0%"), "{page}");
}
