//! The `cordboard` command line.
fn main() {}
