//! Names of one kind and their dense ids.

use std::collections::BTreeMap;

use super::reading::Entry;
use crate::nearest::{hint, shown};

/// Names of one kind: those of the plan before, which keep their ids, then the new ones in the order of the file.
pub(crate) struct Names {
    /// Singular and plural, as a message says them.
    what: (&'static str, &'static str),
    list: Vec<Box<str>>,
    ids: BTreeMap<Box<str>, usize>,
    /// Whether the document has the name, and not only the plan before.
    live: Vec<bool>,
}

impl Names {
    pub(crate) fn new<'n>(what: (&'static str, &'static str), before: impl Iterator<Item = &'n str>) -> Self {
        let mut names = Self { what, list: Vec::new(), ids: BTreeMap::new(), live: Vec::new() };
        for name in before {
            names.add(name);
        }
        names.live.fill(false);
        names
    }

    /// Gives the name an id, unless it has one.
    pub(crate) fn add(&mut self, name: &str) {
        if let Some(&id) = self.ids.get(name) {
            self.live[id] = true;
            return;
        }
        self.ids.insert(name.into(), self.list.len());
        self.list.push(name.into());
        self.live.push(true);
    }

    /// The id of a name that the document has.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.ids.get(name).copied().filter(|&id| self.live[id])
    }

    /// The same, and if there is none, a problem that says which there are.
    pub(crate) fn resolve(&self, name: &str, entry: &Entry<'_>) -> Option<usize> {
        self.resolve_among(name, entry, &[])
    }

    /// The same, `more` being names that would also do.
    pub(crate) fn resolve_among(&self, name: &str, entry: &Entry<'_>, more: &[&str]) -> Option<usize> {
        let found = self.find(name);
        if found.is_none() {
            entry.problem_with(|| self.unknown(name, more));
        }
        found
    }

    /// That there is no such name, and which there are.
    pub(crate) fn unknown(&self, name: &str, more: &[&str]) -> String {
        let live = self.live().map(|(_, name)| name).chain(more.iter().copied());
        format!("there is no {} `{}`; {}", self.what.0, shown(name), hint(name, self.what.1, live))
    }

    /// Ids and names that the document has, by ascending id.
    pub(crate) fn live(&self) -> impl Iterator<Item = (usize, &str)> {
        let live = self.list.iter().zip(&self.live).enumerate();
        live.filter(|(_, (_, live))| **live).map(|(id, (name, _))| (id, &**name))
    }

    pub(crate) fn name(&self, id: usize) -> &str {
        &self.list[id]
    }

    pub(crate) fn is_live(&self, id: usize) -> bool {
        self.live[id]
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Plural, as a message says it.
    pub(crate) fn plural(&self) -> &'static str {
        self.what.1
    }
}

/// What is wrong with a name, if anything.
pub(crate) fn name_problem(name: &str, longest: u16) -> Option<String> {
    let length = name.chars().count();
    if length == 0 {
        return Some("a name is empty; give it at least one character".to_owned());
    }
    if length > usize::from(longest) {
        return Some(format!("a name has {length} characters; limits.name_length allows {longest}"));
    }
    name.chars().any(char::is_control).then(|| "a name has a line break or another control character".to_owned())
}
