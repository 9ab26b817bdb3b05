//! Experiments: independent replications, spread over threads.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::journal::Journal;
use crate::time::Span;

use super::digest::combine;
use super::replication::{RunError, replicate};
use super::scenario::Scenario;
use super::tally::Replication;

/// What a scenario came to: every replication, in order.
#[derive(Clone)]
pub struct Outcome {
    /// What was run.
    pub scenario: Scenario,
    /// One for each replication.
    pub replications: Vec<Replication>,
}

impl Outcome {
    /// Of every event of every replication: equal digests, equal runs.
    pub fn digest(&self) -> u64 {
        combine(self.replications.iter().map(|replication| replication.digest))
    }
}

impl Scenario {
    /// Runs all replications on one thread.
    ///
    /// ```
    /// # let text = r#"
    /// #     horizon = "8h"
    /// #     [capacity.phone]
    /// #     voice = { max = 1 }
    /// #     [agents.team]
    /// #     count = 10
    /// #     capacity = "phone"
    /// #     [queues.service]
    /// #     [streams.calls]
    /// #     channel = "voice"
    /// #     queue = "service"
    /// #     arrivals = { poisson_per_minute = 2.5 }
    /// #     handle = { lognormal = ["3m", "2m"] }
    /// # "#;
    /// use cordboard::sim::Scenario;
    /// let scenario = Scenario::from_toml(text, ".".as_ref())?;
    /// let outcome = scenario.run()?;
    /// let calls = &outcome.replications[0].streams[0];
    /// assert_eq!(calls.offered, calls.answered + calls.abandoned + calls.overflowed + calls.waiting_at_end);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the engine refuses a command, as when a limit of the plan is reached.
    pub fn run(&self) -> Result<Outcome, RunError> {
        self.run_on(1, &|_| {})
    }

    /// Runs all replications on so many threads (at least one, at most one for each). The results are the same whatever
    /// their number. `progress` is told, from any of them, how much more time has been simulated.
    ///
    /// # Errors
    /// As [`Scenario::run`]; of several replications that failed, the first.
    pub fn run_on(&self, threads: usize, progress: &(dyn Fn(Span) + Sync)) -> Result<Outcome, RunError> {
        self.run_keeping(None, threads, progress)
    }

    /// The same, and keeps the first replication in a journal: every command with its events, from the beginning.
    ///
    /// ```
    /// use cordboard::sim::Scenario;
    /// use cordboard::{MemoryJournal, Policies, verify};
    /// # let text = r#"
    /// #     horizon = "1h"
    /// #     [capacity.phone]
    /// #     voice = { max = 1 }
    /// #     [agents.team]
    /// #     count = 3
    /// #     capacity = "phone"
    /// #     [queues.service]
    /// #     [streams.calls]
    /// #     channel = "voice"
    /// #     queue = "service"
    /// #     arrivals = { poisson_per_minute = 1 }
    /// #     handle = { exponential = "2m" }
    /// # "#;
    /// let scenario = Scenario::from_toml(text, ".".as_ref())?;
    /// let mut journal = MemoryJournal::new();
    /// let outcome = scenario.run_recorded(&mut journal, 1, &|_| {})?;
    /// let verified = verify(&mut journal, &Policies::new(), &mut |_, _| {})?;
    /// assert_eq!(verified.difference, None);
    /// assert_eq!(verified.commands, outcome.replications[0].commands);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Scenario::run`]; [`RunError::Journal`] if the journal fails or is not empty.
    pub fn run_recorded(
        &self,
        journal: &mut dyn Journal,
        threads: usize,
        progress: &(dyn Fn(Span) + Sync),
    ) -> Result<Outcome, RunError> {
        self.run_keeping(Some(journal), threads, progress)
    }

    fn run_keeping(
        &self,
        journal: Option<&mut dyn Journal>,
        threads: usize,
        progress: &(dyn Fn(Span) + Sync),
    ) -> Result<Outcome, RunError> {
        let replications = self.run_some(0..self.replications, journal, threads, progress)?;
        Ok(Outcome { scenario: self.clone(), replications })
    }

    /// Runs the replications with these numbers; if the first of all is among them, it is kept in the journal.
    pub(super) fn run_some(
        &self,
        numbers: Range<u32>,
        journal: Option<&mut dyn Journal>,
        threads: usize,
        progress: &(dyn Fn(Span) + Sync),
    ) -> Result<Vec<Replication>, RunError> {
        let journal = Mutex::new(journal);
        let done: Vec<Mutex<Option<Result<Replication, RunError>>>> =
            numbers.clone().map(|_| Mutex::default()).collect();
        let next = AtomicU32::new(0);
        let work = || loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(place) = done.get(at as usize) else { break };
            let number = numbers.start + at;
            let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner).take_if(|_| number == 0);
            let journal = journal.as_mut().map(|journal| &mut **journal as &mut dyn Journal);
            let replication = replicate(self, number, journal, &|span| progress(span));
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(replication);
        };
        if threads <= 1 || numbers.len() <= 1 {
            work();
        } else {
            std::thread::scope(|scope| {
                for _ in 0..threads.min(numbers.len()) {
                    scope.spawn(work);
                }
            });
        }
        let replications = done.into_iter().map(|place| {
            let done = place.into_inner().unwrap_or_else(PoisonError::into_inner);
            done.expect("every replication was run, or the scope has panicked")
        });
        replications.collect()
    }
}
