//! The world outside: it is given what was let out, later than it was let out, and remembers what it was given.

use std::collections::VecDeque;
use std::rc::Rc;

use cordboard::{Entry, Seq};

/// A gateway that lags behind.
#[derive(Clone)]
pub(crate) struct Gateway {
    queue: VecDeque<Rc<Entry>>,
    /// What it was given, by place.
    given: Vec<Option<Rc<Entry>>>,
    last: Seq,
}

impl Gateway {
    pub(crate) fn new() -> Self {
        Self { queue: VecDeque::new(), given: Vec::new(), last: Seq(0) }
    }

    /// More was let out.
    pub(crate) fn queue(&mut self, entries: &[Entry]) {
        self.queue.extend(entries.iter().cloned().map(Rc::new));
    }

    /// It is given up to so many; the last of them.
    pub(crate) fn give(&mut self, most: usize) -> Option<Seq> {
        let mut last = None;
        for entry in self.queue.drain(..most.min(self.queue.len())) {
            let seq = entry.input.seq;
            assert_eq!(seq.0, self.last.0 + 1, "in order, without a gap");
            let at = seq.0 as usize;
            self.given.resize(self.given.len().max(at + 1), None);
            self.given[at] = Some(entry);
            (self.last, last) = (seq, Some(seq));
        }
        last
    }

    /// The driver is opened again: what was queued is gone, and these are to be given again.
    pub(crate) fn begin_again(&mut self, delivered: Seq, again: Vec<Entry>) {
        self.queue = again.into_iter().map(Rc::new).collect();
        self.last = delivered;
    }

    /// Whether it was given each of these, the first at place 1.
    pub(crate) fn was_given(&self, entries: &[Rc<Entry>]) -> Result<(), Seq> {
        let given = |at: usize| self.given.get(at + 1).and_then(Option::as_ref);
        match entries.iter().enumerate().find(|(at, entry)| given(*at) != Some(entry)) {
            Some((_, entry)) => Err(entry.input.seq),
            None => Ok(()),
        }
    }

    pub(crate) fn lags(&self) -> usize {
        self.queue.len()
    }
}
