//! The same load for every system: threads that bring contacts, agents that take them, and no more than so many at once.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::Outcome;

/// Contacts that are there at once, for each agent.
const EACH: usize = 4;

/// Where contacts queue.
pub trait System: Sync {
    /// A connection for one thread.
    fn connect(&self) -> Outcome<Box<dyn Line + '_>>;

    /// Nothing more arrives: agents that wait for something to take are told that there is nothing.
    fn close(&self) -> Outcome<()>;
}

/// What one thread does. Each returns when it is durable.
pub trait Line {
    /// A contact arrives.
    fn arrive(&mut self, contact: u64) -> Outcome<()>;
    /// Waits until this agent has a contact; `None` when there will be none.
    fn take(&mut self, agent: usize) -> Outcome<Option<u64>>;
    /// The agent is done with it.
    fn complete(&mut self, contact: u64) -> Outcome<()>;
}

pub struct Measured {
    /// Contacts completed a second.
    pub rate: f64,
    /// From sending the arrival until the agent has it, in microseconds.
    pub waits: Histogram<u64>,
}

pub fn measure(system: &dyn System, arriving: usize, agents: usize, secs: f64) -> Outcome<Measured> {
    let (free, permits) = mpsc::channel();
    (0..EACH * agents).try_for_each(|_| free.send(()))?;
    let (permits, next, open) = (Mutex::new(permits), AtomicU64::new(1), AtomicBool::new(true));
    // Slots are used again long after their contacts have gone.
    let sent: Vec<AtomicU64> = (0..64 * EACH * agents + arriving).map(|_| AtomicU64::new(0)).collect();
    let slot = |contact: u64| &sent[contact as usize % sent.len()];
    let begun = Instant::now();
    let micros = || begun.elapsed().as_micros() as u64;
    thread::scope(|scope| {
        let bring = || -> Outcome<()> {
            let mut line = system.connect()?;
            while open.load(Ordering::Relaxed) {
                permits.lock().map_err(|_| "a thread panicked")?.recv()?;
                let contact = next.fetch_add(1, Ordering::Relaxed);
                slot(contact).store(micros(), Ordering::Relaxed);
                line.arrive(contact)?;
            }
            Ok(())
        };
        let bringing: Vec<_> = (0..arriving).map(|_| scope.spawn(bring)).collect();
        let work = |agent: usize, free: mpsc::Sender<()>| -> Outcome<(u64, Histogram<u64>)> {
            let (mut line, mut done) = (system.connect()?, 0);
            let mut waits = Histogram::new_with_bounds(1, 600_000_000, 3)?;
            while let Some(contact) = line.take(agent)? {
                waits.saturating_record(micros() - slot(contact).load(Ordering::Relaxed));
                line.complete(contact)?;
                done += 1;
                // Whoever brought contacts may have gone.
                let _ = free.send(());
            }
            Ok((done, waits))
        };
        let working: Vec<_> = (0..agents)
            .map(|agent| {
                let free = free.clone();
                scope.spawn(move || work(agent, free))
            })
            .collect();
        thread::sleep(Duration::from_secs_f64(secs));
        open.store(false, Ordering::Relaxed);
        for thread in bringing {
            thread.join().map_err(|_| "a thread panicked")??;
        }
        system.close()?;
        let (mut done, mut waits) = (0, Histogram::new_with_bounds(1, 600_000_000, 3)?);
        for thread in working {
            let (of_one, its_waits) = thread.join().map_err(|_| "a thread panicked")??;
            done += of_one;
            waits.add(its_waits)?;
        }
        Ok(Measured { rate: done as f64 / begun.elapsed().as_secs_f64(), waits })
    })
}
