//! `docs/presets.md` names every preset, with the worked examples that there are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cordboard::Preset;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Text scenarios under each preset.
fn examples() -> BTreeMap<String, usize> {
    let mut under = BTreeMap::new();
    for entry in fs::read_dir(root().join("tests/scenarios")).expect("the folder is there") {
        let text = fs::read_to_string(entry.expect("it can be listed").path()).expect("a scenario is text");
        for name in text.lines().filter_map(|line| line.strip_prefix("plan under ")) {
            *under.entry(name.to_owned()).or_default() += 1;
        }
    }
    under
}

#[test]
fn every_preset_is_in_the_table_with_its_examples() {
    let text = fs::read_to_string(root().join("docs/presets.md")).expect("the page is there");
    let mut rows = BTreeMap::new();
    for row in text.lines().filter_map(|line| line.strip_prefix("| `preset:")) {
        let (name, rest) = row.split_once('`').expect("the name is in backquotes");
        let number = rest.trim_end().trim_end_matches('|').rsplit('|').next().map(str::trim);
        let number: usize =
            number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{name}: no number"));
        assert!(rows.insert(name.to_owned(), number).is_none(), "{name} has two rows");
    }
    let examples = examples();
    for preset in Preset::ALL {
        let has = examples.get(preset.name()).copied().unwrap_or(0);
        assert_eq!(rows.remove(preset.name()), Some(has), "the row of {preset}");
    }
    assert!(rows.is_empty(), "rows of what is no preset: {rows:?}");
}
