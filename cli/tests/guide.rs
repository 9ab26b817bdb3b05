//! The guide, done as it says, in an empty folder: each command runs, and shows what the guide shows.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What stands between fences, with the language of each block.
fn blocks(page: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = page.split("```").collect();
    assert!(parts.len() % 2 == 1, "a fence is not closed");
    let fenced = parts.iter().skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    fenced.map(|(language, text)| (language.to_owned(), text.to_owned())).collect()
}

#[test]
fn every_command_of_the_guide_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let page = std::fs::read_to_string(root().join("docs/guide.md")).unwrap();
    let (mut ran, mut compared, mut shown) = (0, 0, String::new());
    for (language, text) in blocks(&page) {
        match language.as_str() {
            "sh" => {
                shown.clear();
                for line in text.lines() {
                    shown += &run(line, folder.path());
                    ran += 1;
                }
            }
            "text" => {
                for line in text.lines() {
                    assert!(shown.contains(line), "the guide shows\n{line}\nbut there is\n{shown}");
                    compared += 1;
                }
            }
            other => panic!("the guide has a block of {other:?}, which is not checked"),
        }
    }
    assert!(ran >= 6 && compared >= 6, "{ran} commands, {compared} lines");
    let read =
        |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"));
    assert!(read("day.html").contains("79 of 100 calls were answered within 20 s (the target is 80)"));
    let policies = read("policies.html");
    for said in ["88 of 100 calls were answered within 20 s, 9.6 more (8.4 to 10.7)", "95 of 100 chats", "1.7 fewer"] {
        assert!(policies.contains(said), "{said}");
    }
    assert!(read("late.html").contains("service level is best at 11 (87.8%)"));
    assert!(read("late.csv").lines().count() > 1_000);
}

/// What a command writes on standard output. Installing is only checked to be possible: it is the binary under test.
fn run(line: &str, folder: &Path) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["cargo", "install", "--locked", "--path", path] => {
            let manifest = std::fs::read_to_string(root().join(path).join("Cargo.toml")).unwrap();
            assert!(manifest.contains("name = \"cordboard\""), "{path} has the command");
            assert!(root().join("Cargo.lock").exists());
            String::new()
        }
        ["cordboard", ref arguments @ ..] => {
            let output = Command::new(cargo_bin("cordboard")).args(arguments).current_dir(folder).output().unwrap();
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        }
        _ => panic!("the guide says {line:?}, which is not checked"),
    }
}
