//! The page around the figures: what they come to, in words, and what was run.

use std::fs;
use std::path::{Path, PathBuf};

use cordboard::sim::{Results, Scenario};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::dark_colours;
use super::words::in_words;
use crate::table::thousands;

const STYLE: &str = include_str!("style.css");

/// Where the results come from.
pub(crate) struct Origin {
    scenario: PathBuf,
    /// As it was when it was run; empty if it can no longer be read.
    text: String,
    /// What makes the page again.
    command: String,
}

impl Origin {
    /// Of this very command, which ran the scenario at `path`.
    pub(crate) fn here(path: &Path) -> Self {
        let words = std::env::args_os().skip(1).map(|word| quoted(&word.to_string_lossy()));
        let command = ["cordboard".to_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ");
        Self { scenario: path.to_owned(), text: fs::read_to_string(path).unwrap_or_default(), command }
    }
}

/// As a shell reads it as one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A sentence alone, or several one below the other.
pub(super) fn said(sentences: &[String]) -> Markup {
    html! {
        @if let [first, others @ ..] = sentences {
            p.verdict { (first) }
            @if !others.is_empty() { ul { @for sentence in others { li { (sentence) } } } }
        }
    }
}

/// The whole page. `runs` has one for each policy or setting.
pub(super) fn page(origin: &Origin, scenario: &Scenario, runs: &[&Results], said: &Markup, body: &Markup) -> Markup {
    let title = if scenario.name().is_empty() { "Scenario" } else { scenario.name() };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – cordboard" }
                style { (PreEscaped(STYLE)) "@media screen and (prefers-color-scheme: dark){" (PreEscaped(dark_colours())) "}" }
            }
            body {
                header {
                    h1 { (title) }
                    p.note { (subtitle(scenario, runs)) }
                }
                main {
                    section.summary { (said) }
                    (body)
                    (ran(origin, scenario, runs))
                }
            }
        }
    }
}

fn subtitle(scenario: &Scenario, runs: &[&Results]) -> String {
    let replications = runs.first().map_or(1, |results| results.replications);
    let repeated = match replications {
        1 => "once".to_owned(),
        many => format!("{} times", thousands(many.into())),
    };
    let policies = match runs {
        [one] => format!("under {}", one.policy),
        [first, others @ ..] if others.iter().all(|other| other.policy == first.policy) => {
            format!("with each of {} values", runs.len())
        }
        many => format!("under each of {} policies", many.len()),
    };
    let warmup = if scenario.warmup().0 == 0 {
        String::new()
    } else {
        format!(" after a warm-up of {}", in_words(scenario.warmup()))
    };
    format!("{} simulated {repeated}{warmup}, {policies}", in_words(scenario.horizon()))
}

/// What it takes to make the page again, and to know that it is the same.
fn ran(origin: &Origin, scenario: &Scenario, runs: &[&Results]) -> Markup {
    let first = runs.first();
    html! {
        section.ran {
            h2 { "What was run" }
            dl {
                dt { "command" } dd { code { (origin.command) } }
                dt { "scenario" } dd { (scenario.name()) " (" code { (origin.scenario.display()) } ")" }
                dt { "version" } dd { "cordboard " (env!("CARGO_PKG_VERSION")) }
                @if let Some(results) = first {
                    dt { "seed" } dd { (results.seed) }
                    dt { "replications" } dd { (results.replications) }
                }
                dt { "measured" } dd { (in_words(scenario.horizon())) " after a warm-up of " (in_words(scenario.warmup())) }
            }
            div.wide { table {
                thead { tr { th { "policy" } th { "commands" } th { "events" } th { "digest of every event" } } }
                tbody { @for results in runs { tr {
                    th scope="row" { code { (results.policy) } }
                    td { (thousands(results.commands)) } td { (thousands(results.events)) } td { code { (results.digest) } }
                } } }
            } }
            p.note { "Equal digests mean equal runs, whatever the machine and the number of threads." }
            @if !origin.text.is_empty() {
                details { summary { "The scenario as it was run" } pre { (origin.text) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_pasted() {
        let words = ["a/b-c.toml", "two words", "it's", "", "agents:tier,longest-idle", "$HOME", "x=1..3"];
        let quoted: Vec<String> = words.map(quoted).into();
        assert_eq!(
            quoted,
            ["a/b-c.toml", "'two words'", r"'it'\''s'", "''", "agents:tier,longest-idle", "'$HOME'", "x=1..3"]
        );
    }
}
