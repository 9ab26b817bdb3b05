//! Journals: what each must do, that the suite which checks it finds every mistake, and that what was written is read for ever.
#![cfg(feature = "journal")]

mod broken;
mod conforming;
#[cfg(feature = "sqlite")]
mod file;
#[cfg(all(feature = "sqlite", feature = "toml"))]
mod format;
#[cfg(all(feature = "sqlite", feature = "toml"))]
#[path = "../text_scenarios/language.rs"]
#[allow(dead_code, reason = "questions are read here, and not asked")]
mod language;
#[cfg(all(feature = "sqlite", feature = "toml"))]
#[path = "../text_scenarios/names.rs"]
#[allow(dead_code, reason = "names are read here, and not told")]
mod names;
#[cfg(all(feature = "sqlite", feature = "toml"))]
mod samples;
#[cfg(all(feature = "sqlite", feature = "toml"))]
mod scenarios;
#[cfg(all(feature = "sqlite", feature = "toml"))]
mod tables;

use std::fmt::Arguments;
use std::io::Write;

/// One line that a reader of the test's output should see.
fn report(line: Arguments<'_>) {
    writeln!(std::io::stderr(), "{line}").expect("the terminal takes a line");
}
