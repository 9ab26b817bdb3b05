//! What happened in a run, and how often: a run in which too little did proves nothing.

use std::collections::BTreeMap;
use std::fmt;

/// Counts by name.
#[derive(Clone, Default)]
pub(crate) struct Tally(BTreeMap<String, u64>);

impl Tally {
    pub(crate) fn count(&mut self, what: &str) {
        self.add(what, 1);
    }

    pub(crate) fn add(&mut self, what: &str, times: u64) {
        match self.0.get_mut(what) {
            Some(count) => *count += times,
            None => drop(self.0.insert(what.to_owned(), times)),
        }
    }

    pub(crate) fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    pub(crate) fn take_over(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            self.add(what, *count);
        }
    }

    /// Each of these must have happened once for so many crash images.
    pub(crate) fn assert_floors(&self, floors: &[(&str, u64)]) {
        let images = self.of("images");
        let missing: Vec<_> = floors.iter().filter(|(what, each)| self.of(what) < images / each).collect();
        assert!(missing.is_empty(), "too little happened of {missing:?}, in {self}");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<_> = self.0.iter().map(|(what, count)| format!("{count} {what}")).collect();
        f.write_str(&counts.join(", "))
    }
}
