//! A disk that fails in every way a disk can, under cordboard's journal.
//!
//! SQLite runs on a [`Disk`] in memory as it runs on a file system: through its VFS interface. The disk writes down every
//! operation, so that [`Power`] can make what a power failure at any moment may leave; and it fails, or lies, when told to.

mod disk;
mod power;
mod script;
mod vfs;

pub use disk::{Disk, Fault, Kind, Mark, Operation};
pub use power::{Chance, Power};
pub use script::{Bounds, Script, Step, Stopped, seed, setting, steps};

use std::fmt::Arguments;
use std::io::Write;

/// One line that a reader of a test's output should see.
pub fn report(line: Arguments<'_>) {
    // A closed terminal is no reason to fail.
    let _ = writeln!(std::io::stderr(), "{line}");
}
