//! Pages and files of results from outside.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

const SCENARIO: &str = r#"
name = "<b>small & quick</b>"
horizon = "10h"
replications = 3
[channels."<i>fax</i>"]
[capacity.blended]
voice = { max = 1 }
"<i>fax</i>" = { max = 3 }
[agents."team \"A\" <u>"]
count = 4
capacity = "blended"
[queues.service]
order = "ratio"
[streams."<script>alert(1)</script>"]
channel = "voice"
queue = "service"
arrivals = { poisson_per_minute = 0.4 }
handle = { exponential = "4m" }
patience = { exponential = "3m" }
cost = { hold_per_minute = 3.0, lost = 6.0 }
[streams.faxes]
channel = "<i>fax</i>"
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

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }
}

fn cordboard(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    Command::new(cargo_bin("cordboard")).args(arguments).current_dir(root).output().unwrap()
}

#[track_caller]
fn done(arguments: &[&str]) -> String {
    let output = cordboard(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A page that needs nothing else, whose elements are closed in order, and in which no text of the user is markup.
#[track_caller]
fn is_a_page(page: &str) {
    for outside in
        ["http:", "https:", "<script", "<link", "<iframe", "@import", "url(", " src=", " onload", "NaN", "inf\""]
    {
        // The one address is the name of SVG, which nobody follows.
        let page = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(!page.contains(outside), "{outside}");
    }
    let mut open = Vec::new();
    for tag in page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || "/!".contains(*c)).collect();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name), "{tag}"),
            None if tag.ends_with('/') || ["!DOCTYPE", "meta"].contains(&&*name) => {}
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for users in ["<i>", "<u>", "<b>", "<script"] {
        assert!(!page.contains(users), "{users}");
    }
}

#[test]
fn a_page_says_what_the_results_say_and_needs_nothing_else() {
    let folder = Folder::new("page");
    let scenario = folder.file("scenario.toml", SCENARIO);
    let out = folder.path("page.html");
    let arguments = ["simulate", &scenario, "--json", "--report", &out];
    let json: Value = serde_json::from_str(&done(&arguments)).unwrap();
    let page = folder.read("page.html");
    is_a_page(&page);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let calls = &json["channels"]["voice"];
    let percent = |estimate: &Value| {
        let part = |key: &str| 100.0 * estimate[key].as_f64().unwrap();
        format!("{:.1}% ± {:.1}", part("mean"), part("half_width"))
    };
    for figure in ["service_level", "abandon_share", "delayed_share", "occupancy"] {
        assert!(page.contains(&percent(&calls[figure])), "{figure}: {}", calls[figure]);
    }
    let level = 100.0 * calls["service_level"]["mean"].as_f64().unwrap();
    assert!(page.contains(&format!("{level:.0} of 100 calls were answered within 20 s (the target is 80)")));
    for word in [json["digest"].as_str().unwrap(), "--report", "seed", "replications", env!("CARGO_PKG_VERSION")] {
        assert!(page.contains(word), "{word}");
    }
    assert!(page.matches("<figure").count() >= 8);
    assert!(page.contains("poisson_per_minute = 0.4"), "the scenario stands in it");
    done(&arguments);
    assert_eq!(folder.read("page.html"), page, "the same command makes the same page");
}

#[test]
fn a_comparison_shows_every_difference_with_its_interval() {
    let folder = Folder::new("comparison");
    let scenario = folder.file("scenario.toml", SCENARIO);
    let out = folder.path("page.html");
    let policies = ["--policy", "agents:least-loaded", "--policy", "agents:most-loaded", "--policy", "agents:top-down"];
    let arguments = [&["compare", &scenario, "--json", "--report", &out], &policies[..]].concat();
    let json: Value = serde_json::from_str(&done(&arguments)).unwrap();
    let page = folder.read("page.html");
    is_a_page(&page);
    // Two policies against the first; two channels, two streams.
    let wait = page.split("Mean wait<span").nth(1).unwrap().split("</table>").next().unwrap();
    assert_eq!((wait.matches("<circle").count(), wait.matches("agents:most-loaded").count()), (4, 2));
    for comparison in json["comparisons"].as_array().unwrap() {
        for channel in comparison["channels"].as_array().unwrap() {
            let all = channel["differences"].as_array().unwrap();
            let of = &all.iter().find(|pair| pair[0] == "wait_seconds").unwrap()[1];
            let (mean, half) = (of["mean"].as_f64().unwrap(), of["half_width"].as_f64().unwrap());
            let (sign, places) = (if mean < 0.0 { "−" } else { "+" }, if half < 0.1 { 2 } else { 1 });
            let shown = format!("{sign}{:.places$} ± {half:.places$}", mean.abs());
            assert!(wait.contains(&shown), "{shown}: {wait}");
            let significant = mean.abs() > half;
            let said =
                format!("the mean wait is {:.1} s {}", mean.abs(), if mean < 0.0 { "shorter" } else { "longer" });
            assert_eq!(page.contains(&said), significant, "{said}");
        }
    }
}

#[test]
fn sweeps_replays_and_empty_runs_have_pages() {
    let folder = Folder::new("others");
    let scenario = folder.file("scenario.toml", SCENARIO);
    let out = folder.path("page.html");
    let key = "agents.\"team \\\"A\\\" <u>\".count=3..5";
    done(&["sweep", &scenario, "--set", key, "--report", &out]);
    let page = folder.read("page.html");
    is_a_page(&page);
    assert!(page.contains("service level is best at 5"), "{}", &page[..9000]);

    let records = folder
        .file("records.csv", "stream,arrival,outcome,wait,handle\nfaxes,10,answered,3,60\nfaxes,20,abandoned,7,\n");
    done(&["replay", &records, "--scenario", &scenario, "--report", &out]);
    let page = folder.read("page.html");
    is_a_page(&page);
    assert!(page.contains("Of 2 records, 2 were replayed.") && page.contains("waited 5.0 s on average"));

    let nobody = SCENARIO.replace("poisson_per_minute = 0.4", "poisson_per_minute = 0").replace("0.5 }", "0 }");
    let nobody = folder.file("nobody.toml", &nobody.replace("count = 4", "count = 0"));
    done(&["simulate", &nobody, "--replications", "1", "--report", &out]);
    is_a_page(&folder.read("page.html"));
    done(&["compare", &nobody, "--policy", "agents:random", "--policy", "agents:top-down", "--report", &out]);
    is_a_page(&folder.read("page.html"));
}

/// Rows by what they are of, and all their values.
fn rows(text: &str) -> BTreeMap<[String; 4], Vec<Option<f64>>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let expected = ["setting", "policy", "seed", "replication", "scope", "name", "figure", "unit", "value"];
    assert_eq!(reader.headers().unwrap(), &expected[..]);
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        assert!(!row[7].is_empty(), "{row:?} has a unit");
        let value = (!row[8].is_empty()).then(|| row[8].parse().unwrap());
        all.entry([0, 1, 4, 5].map(|at| row[at].to_owned() + if at == 5 { "/" } else { "" })).or_default();
        let key = [&row[1], &row[4], &row[5], &row[6]].map(str::to_owned);
        all.entry(key).or_default().push(value);
    }
    all
}

#[test]
fn rows_have_every_figure_of_every_replication() {
    let folder = Folder::new("rows");
    let scenario = folder.file("scenario.toml", SCENARIO);
    let out = folder.path("rows.csv");
    let json: Value = serde_json::from_str(&done(&["simulate", &scenario, "--json", "--csv", &out])).unwrap();
    let rows = rows(&folder.read("rows.csv"));
    let (mut estimates, mut counts) = (0, 0);
    for (scope, names) in [("stream", &json["streams"]), ("channel", &json["channels"]), ("group", &json["agents"])] {
        for (name, figures) in names.as_object().unwrap() {
            for (figure, shown) in figures.as_object().unwrap() {
                if figure.contains("quantiles") {
                    continue;
                }
                let key = ["adaptive", scope, name, figure].map(str::to_owned);
                let values = rows.get(&key).unwrap_or_else(|| panic!("{key:?}"));
                assert_eq!(values.len(), 3, "{key:?}");
                let known: Vec<f64> = values.iter().copied().flatten().collect();
                let sum: f64 = known.iter().sum();
                match shown.as_f64() {
                    Some(total) => {
                        assert!((sum - total).abs() < 1e-9, "{key:?}: {sum} and {total}");
                        counts += 1;
                    }
                    None => {
                        let mean = shown["mean"].as_f64();
                        assert_eq!(mean.is_some(), !known.is_empty(), "{key:?}");
                        let difference = mean.map_or(0.0, |mean| mean - sum / known.len() as f64);
                        assert!(difference.abs() < 1e-9, "{key:?}: {difference}");
                        estimates += 1;
                    }
                }
            }
        }
    }
    assert!(estimates >= 40 && counts >= 30, "{estimates} estimates, {counts} counts");
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenario.md")).unwrap();
    for column in ["setting", "policy", "seed", "replication", "scope", "name", "figure", "unit", "value"] {
        assert!(page.contains(&format!("| `{column}` |")), "docs/scenario.md says nothing of the column {column}");
    }

    done(&["compare", &scenario, "--policy", "agents:random", "--policy", "agents:top-down", "--csv", &out]);
    let text = folder.read("rows.csv");
    assert!(text.contains("\n,agents:random,1,3,") && text.contains("\n,agents:top-down,1,3,"));
    done(&["sweep", &scenario, "--set", "seed=4..5", "--csv", &out]);
    assert!(folder.read("rows.csv").contains("\nseed=5,adaptive,5,3,"));
}

#[test]
fn files_that_cannot_be_written_are_refused_before_anything_is_run() {
    let folder = Folder::new("refused");
    let scenario = folder.file("scenario.toml", &SCENARIO.replace("horizon = \"10h\"", "horizon = \"36500d\""));
    for option in ["--report", "--csv"] {
        for (place, words) in [(folder.path("no/page.html"), "there is no folder"), (folder.path(""), "is a folder")] {
            let output = cordboard(&["simulate", &scenario, option, &place]);
            let complaint = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{complaint}");
            assert!(complaint.contains(words) && complaint.contains(option), "{complaint}");
        }
    }
}
