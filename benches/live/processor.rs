//! Processor time of the two threads for each command, in memory: what sending, applying, encoding, handing on and answering cost, and
//! what views add. Other programs on the machine hardly disturb it. Needs Linux.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cordboard::{Entry, MemoryJournal, Request, Span, Switchboard, SwitchboardOptions, SystemClock};

use crate::{Outcome, center};

const THREADS: u64 = 2;

pub(crate) fn run(secs: f64) -> Outcome {
    if busy("").is_none() {
        println!("processor time is skipped: the system does not say how long a thread has run");
        return Ok(());
    }
    println!(
        "| in memory, as fast as {THREADS} threads send | commands/s | engine thread, µs of processor each | delivery thread |"
    );
    println!("|---|---|---|---|");
    for (name, view_every) in [("without views", None), ("views every 250 ms", Some(Span::from_millis(250)))] {
        let (gateway, clock) = (Box::new(|_: &Entry| ()), Arc::new(SystemClock));
        let options = SwitchboardOptions { view_every, spin: Duration::ZERO, ..SwitchboardOptions::default() };
        let journal = Box::new(MemoryJournal::new());
        let (switchboard, _) = Switchboard::open(journal, center::plan(), gateway, clock, options)?;
        let trunk = switchboard.trunk();
        center::sign_ins().try_for_each(|sign_in| trunk.call(sign_in).map(drop))?;
        let before = [busy("cordboard-engin"), busy("cordboard-deliv")];
        let (begun, end) = (Instant::now(), Instant::now() + Duration::from_secs_f64(secs));
        let send = |stream| {
            let mut number = 0;
            while number % 64 > 0 || Instant::now() < end {
                number += 1;
                trunk.send_with(Request::from(center::command(stream, number)), |answer| {
                    answer.expect("the command is possible");
                });
            }
            number
        };
        let sent: u64 = std::thread::scope(|scope| {
            let threads: Vec<_> = (1..=THREADS).map(|stream| scope.spawn(move || send(stream))).collect();
            threads.into_iter().map(|thread| thread.join().expect("a sender does not panic")).sum()
        });
        trunk.ask(|_, _| ())?;
        let taken = begun.elapsed().as_secs_f64();
        let after = [busy("cordboard-engin"), busy("cordboard-deliv")];
        let each = |at: usize| {
            after[at].zip(before[at]).map_or(0.0, |(after, before)| (after - before) as f64 / 1e3 / sent as f64)
        };
        println!("| {name} | {:.0} | {:.2} | {:.2} |", sent as f64 / taken, each(0), each(1));
        switchboard.shutdown()?;
    }
    Ok(())
}

/// Nanoseconds that the thread whose name begins so has run.
fn busy(name: &str) -> Option<u64> {
    let threads = fs::read_dir("/proc/self/task").ok()?.flatten();
    let mut found =
        threads.filter(|thread| fs::read_to_string(thread.path().join("comm")).is_ok_and(|it| it.starts_with(name)));
    let schedule = fs::read_to_string(found.next()?.path().join("schedstat")).ok()?;
    schedule.split(' ').next()?.parse().ok()
}
