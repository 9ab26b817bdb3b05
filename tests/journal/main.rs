//! Journals: what each must do, and that the suite which checks it finds every mistake.
#![cfg(feature = "journal")]

mod broken;
mod conforming;

use std::fmt::Arguments;
use std::io::Write;

/// One line that a reader of the test's output should see.
fn report(line: Arguments<'_>) {
    writeln!(std::io::stderr(), "{line}").expect("the terminal takes a line");
}
