//! Reads a document key by key, and notes every problem instead of stopping at the first.
//!
//! A [`Reading`] may be shared: the plan and the simulator read the same file through one, each asking for
//! the keys it knows. [`Draft::finish`](super::draft::Draft::finish) then also
//! reports the keys that nobody asked for.
//!
//! ```text
//! let reading = Reading::new(&document);
//! let draft = Draft::read(&reading, None);                       // the plan's keys
//! let root = reading.root();
//! let horizon = root.get("horizon").or_missing("…").span();     // None: absent, or wrong and noted
//! for (name, entry) in root.get("streams").names() {             // one section per name
//!     let Some(stream) = entry.section() else { continue };
//!     let queue = draft.queue(&stream.get("queue").or_missing("…"));
//! }
//! let plan = draft.finish(reading)?;                             // every problem, or the checked plan
//! ```

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::document::{PlanDocument, Table, Value, join, join_item};
use super::problem::{Problem, Problems};
use crate::nearest::{hint, shown};

/// So many problems are enough for one reading; the rest are counted only.
const MOST: usize = 500;

/// One reading of a document: what was asked for, and what was wrong with it.
pub(crate) struct Reading<'d> {
    document: &'d PlanDocument,
    problems: RefCell<Vec<Problem>>,
    unreported: RefCell<usize>,
    /// Keys asked for by path of the table; `None` where every key is a name.
    known: RefCell<BTreeMap<String, Option<BTreeSet<&'static str>>>>,
}

impl<'d> Reading<'d> {
    pub(crate) fn new(document: &'d PlanDocument) -> Self {
        Self { document, problems: RefCell::default(), unreported: RefCell::default(), known: RefCell::default() }
    }

    /// The top of the document.
    pub(crate) fn root(&'d self) -> Section<'d> {
        Section { reading: self, table: &self.document.root, path: String::new() }
    }

    /// Notes that something is wrong at `path`.
    pub(crate) fn problem(&self, path: &str, what: impl Into<String>) {
        self.problem_with(path, || what.into());
    }

    /// The same; `what` is asked for only while there are not enough problems yet.
    pub(crate) fn problem_with(&self, path: &str, what: impl FnOnce() -> String) {
        if self.has_enough() {
            *self.unreported.borrow_mut() += 1;
            return;
        }
        let problem = Problem { path: path.to_owned(), line: self.line_of(path), what: what() };
        let mut problems = self.problems.borrow_mut();
        // What two readers look at is reported once.
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// The keys asked for so far, by path of their table; `None` where every key is a name.
    #[cfg(all(test, feature = "sim"))]
    pub(crate) fn known_keys(&self) -> BTreeMap<String, Option<BTreeSet<&'static str>>> {
        self.known.borrow().clone()
    }

    /// Whether no further problem is shown.
    fn has_enough(&self) -> bool {
        self.problems.borrow().len() >= MOST
    }

    /// Everything wrong, keys that nobody asked for included; in the order of the file where it has lines.
    pub(crate) fn into_problems(self) -> Result<(), Problems> {
        self.unknown_keys("", &self.document.root);
        let unreported = self.unreported.into_inner();
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line);
        if unreported > 0 {
            let what = format!("{unreported} more problems are not shown");
            problems.push(Problem { path: String::new(), line: None, what });
        }
        if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
    }

    /// The line of `path`, or else of the nearest table around it that has one.
    fn line_of(&self, path: &str) -> Option<usize> {
        let mut path = path;
        loop {
            if let Some(&line) = self.document.lines.get(path) {
                return Some(line);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
    }

    fn unknown_keys(&self, path: &str, table: &Table) {
        let known = self.known.borrow().get(path).cloned();
        let mut seen = BTreeSet::new();
        for (key, value) in &table.0 {
            let inside = join(path, key);
            if known.is_some() && !seen.insert(key) {
                self.problem(&inside, format!("`{}` is given twice", shown(key)));
            }
            match &known {
                Some(Some(keys)) if !keys.contains(key.as_str()) => {
                    self.problem_with(&inside, || {
                        format!("`{}` is not a key here; {}", shown(key), hint(key, "keys here", keys.iter().copied()))
                    });
                }
                _ => self.unknown_keys_within(&inside, value),
            }
        }
    }

    fn unknown_keys_within(&self, path: &str, value: &Value) {
        match value {
            Value::Table(table) => self.unknown_keys(path, table),
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.unknown_keys_within(&join_item(path, at), item);
                }
            }
            _ => {}
        }
    }
}

/// A table of the document.
#[derive(Clone)]
pub(crate) struct Section<'r> {
    reading: &'r Reading<'r>,
    table: &'r Table,
    path: String,
}

impl<'r> Section<'r> {
    /// What stands at `key`, which is thereby known here.
    pub(crate) fn get(&self, key: &'static str) -> Entry<'r> {
        self.know(&[key]);
        self.entry(key, self.table.get(key))
    }

    /// Makes keys known that somebody else reads.
    pub(crate) fn know(&self, keys: &[&'static str]) {
        let mut known = self.reading.known.borrow_mut();
        if let Some(known) = known.entry(self.path.clone()).or_insert_with(|| Some(BTreeSet::new())) {
            known.extend(keys);
        }
    }

    /// Every entry whose key is none of `reserved`, in the order of the file: here any key is a name.
    pub(crate) fn names_except(&self, reserved: &[&str]) -> Vec<(&'r str, Entry<'r>)> {
        self.reading.known.borrow_mut().insert(self.path.clone(), None);
        let names = self.table.0.iter().filter(|(key, _)| !reserved.contains(&key.as_str()));
        names.map(|(key, value)| (key.as_str(), self.entry(key, Some(value)))).collect()
    }

    /// The table as it was written.
    pub(crate) fn table(&self) -> &'r Table {
        self.table
    }

    /// Notes that something is wrong with the table as a whole.
    pub(crate) fn problem(&self, what: impl Into<String>) {
        self.reading.problem(&self.path, what);
    }

    fn entry(&self, key: &str, value: Option<&'r Value>) -> Entry<'r> {
        let value = value.filter(|value| **value != Value::Nothing);
        Entry { reading: self.reading, value, path: join(&self.path, key), example: "" }
    }
}

/// What stands at one place of the document, if anything. Every reading of it gives `None` when it is absent,
/// and also when it is wrong, which is then noted.
#[derive(Clone)]
pub(crate) struct Entry<'r> {
    reading: &'r Reading<'r>,
    value: Option<&'r Value>,
    path: String,
    /// What a table here looks like.
    example: &'static str,
}

impl<'r> Entry<'r> {
    pub(crate) fn is_given(&self) -> bool {
        self.value.is_some()
    }

    pub(crate) fn value(&self) -> Option<&'r Value> {
        self.value
    }

    /// Notes that something is wrong with it.
    pub(crate) fn problem(&self, what: impl Into<String>) {
        self.reading.problem(&self.path, what);
    }

    /// The same; `what` is asked for only while it would be shown.
    pub(crate) fn problem_with(&self, what: impl FnOnce() -> String) {
        self.reading.problem_with(&self.path, what);
    }

    /// Whether no further problem is shown.
    pub(crate) fn has_enough_problems(&self) -> bool {
        self.reading.has_enough()
    }

    /// Notes that it must be `expected`, and is not; for the end of a reading.
    pub(crate) fn wrong<T>(&self, expected: &str) -> Option<T> {
        if let Some(value) = self.value {
            self.problem(format!("must be {expected}, and is {value}"));
        }
        None
    }

    /// Notes a problem if it is absent; `remedy` says what to write.
    #[must_use]
    pub(crate) fn or_missing(self, remedy: &str) -> Self {
        if self.value.is_none() {
            self.problem(format!("is missing; give {remedy}"));
        }
        self
    }

    /// Shows what a table here looks like, should it be something else.
    #[must_use]
    pub(crate) fn such_as(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        match self.value? {
            Value::Flag(flag) => Some(*flag),
            _ => self.wrong("true or false"),
        }
    }

    /// Any text; `expected` says what for.
    pub(crate) fn text(&self, expected: &str) -> Option<&'r str> {
        match self.value? {
            Value::Text(text) => Some(text),
            _ => self.wrong(expected),
        }
    }

    /// A whole number in `range`.
    pub(crate) fn whole(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let number = match self.value? {
            Value::Whole(number) => u64::try_from(*number).ok().filter(|number| range.contains(number)),
            _ => None,
        };
        number.or_else(|| self.wrong(&format!("a whole number from {} to {}", range.start(), range.end())))
    }

    /// A whole number from `least` to the largest that `u16` holds.
    pub(crate) fn small(&self, least: u16) -> Option<u16> {
        self.whole(least.into()..=u16::MAX.into()).and_then(|number| u16::try_from(number).ok())
    }

    /// A finite number in `range`, whose end may be infinite.
    pub(crate) fn number(&self, range: RangeInclusive<f64>) -> Option<f64> {
        let number = match self.value? {
            Value::Whole(number) => Some(*number as f64),
            Value::Number(number) => Some(*number),
            _ => None,
        };
        number.filter(|number| number.is_finite() && range.contains(number)).or_else(|| {
            self.wrong(&match range.end() {
                end if end.is_finite() => format!("a number from {} to {end}", range.start()),
                _ => format!("a finite number of at least {}", range.start()),
            })
        })
    }

    /// One of some words.
    pub(crate) fn choice<T: Clone>(&self, choices: &[(&str, T)]) -> Option<T> {
        self.choice_or(choices, None)
    }

    /// One of some words, of which `other` is one more that the caller has looked for.
    pub(crate) fn choice_or<T: Clone>(&self, choices: &[(&str, T)], other: Option<&str>) -> Option<T> {
        let words = || choices.iter().map(|(name, _)| *name).chain(other);
        let text = match self.value? {
            Value::Text(text) => text,
            _ => return self.wrong(&format!("one of {}", quoted(words()))),
        };
        let chosen = choices.iter().find(|(name, _)| name == text);
        if chosen.is_none() {
            let hint = hint(text, "choices", words());
            self.problem(format!("{:?} is not a choice here; {hint}", shown(text)));
        }
        chosen.map(|(_, choice)| choice.clone())
    }

    /// A table.
    pub(crate) fn section(&self) -> Option<Section<'r>> {
        match self.value? {
            Value::Table(table) => Some(Section { reading: self.reading, table, path: self.path.clone() }),
            _ if self.example.is_empty() => self.wrong("a table"),
            _ => self.wrong(&format!("a table such as {}", self.example)),
        }
    }

    /// The entries of a table in which every key is a name; none if absent.
    pub(crate) fn names(&self) -> Vec<(&'r str, Entry<'r>)> {
        self.section().map_or_else(Vec::new, |section| section.names_except(&[]))
    }

    /// The same for those that are tables; the others have been noted by who reads them.
    pub(crate) fn sections(&self) -> Vec<(&'r str, Section<'r>)> {
        let names = if self.is_table() { self.names() } else { Vec::new() };
        names
            .into_iter()
            .filter(|(_, entry)| entry.is_table())
            .filter_map(|(name, entry)| Some((name, entry.section()?)))
            .collect()
    }

    fn is_table(&self) -> bool {
        matches!(self.value, Some(Value::Table(_)))
    }

    /// Whether it is a table that has the key.
    pub(crate) fn has(&self, key: &str) -> bool {
        matches!(self.value, Some(Value::Table(table)) if table.get(key).is_some())
    }

    /// The items of a list.
    pub(crate) fn items(&self, expected: &str) -> Option<Vec<Entry<'r>>> {
        match self.value? {
            Value::List(items) => Some(self.each(items)),
            _ => self.wrong(expected),
        }
    }

    /// The items of a list, or the one value given instead of a list.
    pub(crate) fn one_or_more(&self) -> Option<Vec<Entry<'r>>> {
        match self.value? {
            Value::List(items) => Some(self.each(items)),
            _ => Some(vec![self.clone()]),
        }
    }

    fn each(&self, items: &'r [Value]) -> Vec<Entry<'r>> {
        let item = |(at, value)| Entry {
            reading: self.reading,
            value: Some(value),
            path: join_item(&self.path, at),
            example: self.example,
        };
        items.iter().enumerate().map(item).collect()
    }
}

/// `"a", "b", "c"`.
fn quoted<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}
