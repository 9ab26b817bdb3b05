//! What the pages for people point at is there. (The README's code is a doc-test of the crate.)

use std::fs;
use std::path::Path;

const PAGES: [&str; 9] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/durability.md",
    "docs/guide.md",
    "docs/journal.md",
    "docs/plan.md",
    "docs/scenario.md",
    "docs/validation.md",
];

fn page(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn links_lead_somewhere() {
    let mut followed = 0;
    for name in PAGES {
        let text = page(name);
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let folder = from.parent().expect("a page is in a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.starts_with('#') {
                continue;
            }
            let file = link.split('#').next().unwrap_or_default();
            assert!(folder.join(file).exists(), "{name} points at {link}, which is not there");
            followed += 1;
        }
    }
    assert!(followed >= 15, "only {followed} links were found: the test no longer reads the pages");
}

/// Files, examples, benches and tests that commands name.
#[test]
fn commands_name_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for name in PAGES {
        let text = page(name);
        let words: Vec<&str> = text.split([' ', '\n', '`']).collect();
        for (word, next) in words.iter().zip(words.iter().skip(1)) {
            let folder = match *word {
                "--example" => "examples",
                "--bench" => "benches",
                "--test" => "tests",
                _ if next.starts_with("examples/") => {
                    assert!(root.join(next).exists(), "{name} says `{next}`, which is not there");
                    named += 1;
                    continue;
                }
                _ => continue,
            };
            let files = ["", "cli/", "faults/"].map(|package| format!("{package}{folder}/{next}"));
            let places = files.each_ref().map(|file| [format!("{file}.rs"), format!("{file}/main.rs")]).concat();
            assert!(places.iter().any(|place| root.join(place).exists()), "{name} says `{word} {next}`: no {places:?}");
            named += 1;
        }
    }
    assert!(named >= 12, "only {named} names were found: the test no longer reads the pages");
}
