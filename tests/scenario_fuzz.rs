//! No text makes the reading of a scenario panic, and whatever it takes can be run.
#![cfg(feature = "sim")]

use std::path::Path;

use cordboard::Span;
use cordboard::sim::Scenario;

const SEEDS: [&str; 3] =
    [include_str!("../examples/scenarios/small-blended.toml"), include_str!("../examples/scenarios/bank.toml"), BUSY];

/// Every key of workloads, a line each.
const BUSY: &str = r#"
horizon = "8h"
[capacity.desk]
voice = { max = 1 }
email = { max = 2, load = "50%" }
[agents.team]
count = 4
capacity = "desk"
skills = { de = 60 }
shifts = [["00:00", "08:00"], ["09:00", "23:00"]]
absent = 0.1
no_answer = 0.2
breaks = [{ length = "20m", from = "01:00", to = "02:00" }, { length = "5m", from = "03:00" }]
[agents.crew]
count = 3
capacity = "desk"
elastic = { queue = "line", waiting = 4, until_waiting = 1, longest = "3m", until_longest = "10s", reaction = "5m", stay = "20m" }
[queues.line]
mode = "broadcast"
ring = 3
offer = "20s"
limit = 30
no_answer = { agent = "not-ready" }
[queues.pool]
mode = "pull"
claims = 2
[streams.calls]
channel = "voice"
queue = "line"
arrivals = { poisson_per_minute = 1.5 }
busyness = { variation = 0.4, shared = "both" }
batches = { geometric = 1.5 }
campaigns = [{ at = "02:00", contacts = 60, over = "1h", shape = "peak" }]
handle = { exponential = "2m" }
handle_by_skill = { skill = "de", factors = [[20, 1.5], [80, 0.9]] }
handle_by_time = { interval = "90m", factors = [1.0, 1.2] }
patience = { exponential = "2m" }
balk = { share = 0.7, tolerance = 0.8, told = "high" }
retry = { abandoned = 0.7, overflowed = 0.5, delay = { exponential = "5m" }, attempts = 4 }
[streams.emails]
channel = "email"
queue = "pool"
arrivals = { profile = { interval = "5h", counts = [90, 30] } }
busyness = { variation = 0.4, shared = "both" }
batches = [[0.5, 1], [0.5, 3]]
handle = { exponential = "2m" }
[offers]
accept = { exponential = "5s" }
claim = { exponential = "10s" }
no_answer = 0.05
back_after = "2m"
"#;

/// What is put in the place of values.
const VALUES: [&str; 55] = [
    "0",
    "-1",
    "1",
    "3",
    "1e308",
    "-0.0",
    "nan",
    "inf",
    "99999999999999999999",
    "0.5",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"x\"",
    "\"0s\"",
    "\"1us\"",
    "\"4m\"",
    "\"none\"",
    "\"open\"",
    "\"30%\"",
    "\"18446744073709551615us\"",
    "[\"1m\", \"2m\"]",
    "[2, \"1m\"]",
    "[[0.5, \"1s\"], [0.5, \"0s\"]]",
    "{ exponential = \"1s\" }",
    "{ by_group = { team = { deterministic = \"3s\" } } }",
    "{ uniform = [\"0s\", \"2s\"] }",
    "{ gamma = [0.001, \"1m\"] }",
    "{ lognormal = [\"1us\", \"1000d\"] }",
    "{ every = \"1us\" }",
    "{ poisson_per_minute = 5 }",
    "{ profile = { interval = \"1us\", counts = [0, 1] } }",
    "{ profile = { interval = \"1h\", per_day = 9, weights = [1] } }",
    "[[\"22:00\", \"06:00\"]]",
    "{ share = 1, within = \"1us\" }",
    "{ variation = 5 }",
    "{ variation = 0.001, shared = \"both\" }",
    "{ geometric = 1 }",
    "[[1, 10000]]",
    "10000",
    "[{ at = \"0h\", contacts = 0, over = \"1us\" }]",
    "[{ at = \"00:30\", contacts = 900, over = \"3h\", shape = [0, 1] }]",
    "{ skill = \"de\", factors = [[0, 0.001], [100, 1000]] }",
    "{ interval = \"1us\", factors = [0.001, 3] }",
    "{ overflowed = 1, delay = { deterministic = \"0s\" }, attempts = 1000 }",
    "{ abandoned = 1, delay = { uniform = [\"0s\", \"1us\"] } }",
    "{ told = \"low\", tolerance = 0 }",
    "[{ length = \"1us\", from = \"00:00\", to = \"24:00\" }]",
    "[{ length = \"24h\", from = \"23:59\", to = \"00:01\" }, { length = \"1h\", from = \"00:00\" }]",
    "{ queue = \"line\", waiting = 0, reaction = \"0s\" }",
    "{ queue = \"pool\", longest = \"1us\", reaction = \"1us\", stay = \"1us\" }",
    "\"pull\"",
    "{ turns = { geometric = 1.5 }, agent = { exponential = \"1s\" }, customer = { deterministic = \"0s\" } }",
    "{ spoken = { turns = 3, agent = { deterministic = \"0s\" }, customer = { deterministic = \"0s\" } } }",
];

/// A small generator, so that a failure can be repeated from its number.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// One to four edits: a value replaced, a line dropped, doubled or moved, a character changed.
fn mutate(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(3) {
        let at = dice.below(lines.len());
        match dice.below(8) {
            0 => {
                lines.remove(at);
            }
            1 => {
                let line = lines[at].clone();
                lines.insert(dice.below(lines.len()), line);
            }
            2 => {
                let other = dice.below(lines.len());
                lines.swap(at, other);
            }
            3 => {
                let mut line: Vec<char> = lines[at].chars().collect();
                if !line.is_empty() {
                    let place = dice.below(line.len());
                    line[place] = ['=', '"', '[', '}', '.', '9', 'é', '\u{0}'][dice.below(8)];
                }
                lines[at] = line.into_iter().collect();
            }
            _ => {
                if let Some((key, _)) = lines[at].clone().split_once(" = ") {
                    lines[at] = format!("{key} = {}", VALUES[dice.below(VALUES.len())]);
                }
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\n")
}

/// `CORDBOARD_FUZZ` sets the number of texts.
#[test]
fn mutated_scenarios_are_refused_or_run() {
    let texts: u64 = std::env::var("CORDBOARD_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000);
    let (mut taken, mut refused, mut events) = (0_u64, 0_u64, 0);
    for number in 0..texts {
        let mut dice = Dice(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let seed = SEEDS[dice.below(SEEDS.len())];
        let text = mutate(seed, &mut dice);
        match Scenario::from_toml(&text, Path::new("examples/scenarios")) {
            Err(problems) => {
                assert!(
                    !problems.0.is_empty() && problems.0.iter().all(|problem| !problem.what.is_empty()),
                    "{number}"
                );
                refused += 1;
            }
            Ok(scenario) => {
                taken += 1;
                let short = scenario.with_replications(1).with_horizon(Span::from_mins(450));
                if short.plan().groups().iter().map(|group| u64::from(group.count)).sum::<u64>() <= 1_000
                    // A contact every microsecond takes its time.
                    && !["every = \"1us\"", "interval = \"1us\""].iter().any(|often| text.contains(often))
                    && let Ok(outcome) = short.run()
                {
                    events += outcome.replications[0].events;
                    for tally in &outcome.replications[0].streams {
                        let gone = tally.answered + tally.abandoned + tally.overflowed + tally.waiting_at_end;
                        assert_eq!(tally.offered, gone, "text {number}");
                    }
                }
            }
        }
    }
    assert!(taken * 10 > texts && refused * 10 > texts, "{taken} taken, {refused} refused");
    assert!(events > 10 * texts, "{events} events in {texts} texts");
}
