//! Scenarios to begin with: sound, quick, and each key explained.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

/// A folder of files that is gone with the value.
struct Folder(TempDir);

impl Folder {
    fn new(name: &str) -> Self {
        Self(tempfile::Builder::new().prefix(name).tempdir().unwrap())
    }

    fn cordboard(&self, arguments: &[&str]) -> Output {
        Command::new(cargo_bin("cordboard")).args(arguments).current_dir(self.0.path()).output().unwrap()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }
}

#[track_caller]
fn done(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

const KINDS: [&str; 4] = ["voice", "blended", "messaging", "omnichannel"];

#[test]
fn every_kind_is_sound_and_quick() {
    let folder = Folder::new("kinds");
    for kind in KINDS {
        let file = format!("{kind}.toml");
        assert!(done(&folder.cordboard(&["new", &file, "--kind", kind])).contains("cordboard check"));
        assert!(done(&folder.cordboard(&["check", &file])).contains(": sound."));
        let began = Instant::now();
        done(&folder.cordboard(&["simulate", &file, "--json"]));
        // Without optimization, and beside other tests; with it, a fraction of a second.
        assert!(began.elapsed() < Duration::from_secs(30), "{kind}: {:?}", began.elapsed());
    }
}

#[test]
fn every_key_says_what_may_stand_there() {
    let folder = Folder::new("comments");
    for kind in KINDS {
        done(&folder.cordboard(&["new", "--force", "--kind", kind]));
        let text = folder.read("scenario.toml");
        assert!(!text.contains("FILE"), "{kind}: the name of the file stands in it");
        let keys = text.lines().filter(|line| !line.trim_start().starts_with(['#', '[']) && line.contains('='));
        let mut explained = 0;
        for key in keys {
            let comment = key.rsplit_once(" # ").map(|(_, comment)| comment).unwrap_or_else(|| panic!("{kind}: {key}"));
            assert!(comment.len() >= 5, "{kind}: {key}");
            explained += 1;
        }
        assert!(explained >= 20, "{kind}: {explained}");
    }
}

#[test]
fn what_is_there_is_left_alone() {
    let folder = Folder::new("there");
    std::fs::write(folder.0.path().join("mine.toml"), "# mine").unwrap();
    let refused = folder.cordboard(&["new", "mine.toml"]);
    let complaint = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(complaint.contains("mine.toml is there already") && complaint.contains("--force"), "{complaint}");
    assert_eq!(folder.read("mine.toml"), "# mine");
    done(&folder.cordboard(&["new", "mine.toml", "--force"]));
    assert!(folder.read("mine.toml").contains("horizon ="));
    let nowhere = folder.cordboard(&["new", "no/such/folder.toml"]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(String::from_utf8(nowhere.stderr).unwrap().contains("no/such/folder.toml"));
}
