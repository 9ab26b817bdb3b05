//! No text makes the reading of a scenario panic, and whatever it takes can be run.
#![cfg(feature = "sim")]

use std::path::Path;

use cordboard::Span;
use cordboard::sim::Scenario;

const SEEDS: [&str; 2] =
    [include_str!("../examples/scenarios/small-blended.toml"), include_str!("../examples/scenarios/bank.toml")];

/// What is put in the place of values.
const VALUES: [&str; 38] = [
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
