//! The shape of the house, kept by a test: what may use what, and what the engine must not contain.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules from the bottom up. A module uses those on lines above its own, and those on its own line.
const LAYERS: &[&[&str]] = &[
    &["planted", "id", "time", "nearest", "private", "mix"],
    &["hours"],
    &["requirement", "capacity", "customer", "lease"],
    &["scheduling"],
    &["queue", "overflow", "between"],
    &["channel", "agent"],
    &["contact"],
    &["plan"],
    &["command", "event", "obstacle", "rejected", "policy", "preset"],
    &["router"],
    &["journal"],
    &["live", "measure"],
    &["sim"],
];

/// What would let a decision depend on anything but the commands, and the files of the engine that may have it.
const BANNED: &[(&str, &[&str])] = &[
    ("Instant", &[]),
    ("SystemTime", &[]),
    ("std::thread", &[]),
    ("f32", &[]),
    ("f64", &[]),
    ("rand", &[]),
    // The one hash map, which cannot be iterated.
    ("HashMap", &["id_map.rs"]),
    ("HashSet", &[]),
    ("RandomState", &[]),
    ("static mut", &[]),
    ("println", &[]),
    ("std::fs", &[]),
    ("std::env", &[]),
];

/// Longest file: one idea each.
const LINES: usize = 500;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the source folder can be read") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code of a file: neither comments nor its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("sources are UTF-8");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(src()).expect("a source is in the source folder");
    let first = inside.components().next().expect("a file has a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Modules named after `crate::`, alone or in a list.
fn used(code: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>();
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(list) => found.extend(list.split('}').next().unwrap_or_default().split(',').map(|it| word(it.trim()))),
            None => found.push(word(rest)),
        }
    }
    found.retain(|module| layer(module).is_some());
    found
}

#[test]
fn nothing_imports_upward() {
    let mut seen = 0;
    for path in sources(&src()) {
        let module = module_of(&path);
        if module == "lib" {
            continue;
        }
        let own =
            layer(&module).unwrap_or_else(|| panic!("{module} has no layer; give it one here and in ARCHITECTURE.md"));
        for other in used(&code(&path)) {
            seen += 1;
            let below = layer(&other).is_some_and(|layer| layer <= own);
            assert!(below, "{} uses `{other}`, which is above it", path.display());
        }
    }
    assert!(seen > 100, "only {seen} uses were found: the test no longer reads the code");
}

#[test]
fn the_live_driver_and_the_simulator_know_nothing_of_each_other() {
    for (module, other) in [("live", "sim"), ("sim", "live")] {
        let files: Vec<PathBuf> = sources(&src()).into_iter().filter(|path| module_of(path) == module).collect();
        assert!(files.len() > 4, "only {} files of {module} were found", files.len());
        for path in files {
            assert!(!used(&code(&path)).iter().any(|used| used == other), "{} uses `{other}`", path.display());
        }
    }
}

#[test]
fn the_engine_has_no_clock_thread_float_randomness_or_hash_order() {
    let engine: Vec<PathBuf> = sources(&src()).into_iter().filter(|path| module_of(path) == "router").collect();
    assert!(engine.len() > 15, "only {} files of the engine were found", engine.len());
    for path in engine {
        let code = code(&path);
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        for (banned, allowed) in BANNED {
            let words = code.split(|c: char| !(c.is_alphanumeric() || "_: ".contains(c)));
            let found = words
                .flat_map(|part| part.split_whitespace())
                .any(|word| word == *banned || word.contains(&format!("{banned}::")));
            assert!(!found || allowed.contains(&&*name), "{} contains `{banned}`", path.display());
        }
    }
}

#[test]
fn a_file_is_one_idea() {
    for path in sources(&src()) {
        let lines = fs::read_to_string(&path).expect("sources are UTF-8").lines().count();
        assert!(lines <= LINES, "{} has {lines} lines, more than {LINES}", path.display());
    }
}
