//! Open loop: commands are due at fixed instants, whether or not those before them have come through, and each is measured from the
//! instant at which it was due. Who is late because of others counts as late.

use std::hint::spin_loop;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cordboard::{CommandId, Entry, MemoryJournal, Request, Switchboard, SwitchboardOptions, SystemClock};
use hdrhistogram::Histogram;

use crate::{Outcome, center};

const RATES: [u64; 4] = [1_000, 10_000, 100_000, 200_000];

/// Not measured.
const WARM_UP: Duration = Duration::from_millis(500);

#[derive(Clone)]
struct Measured(Arc<Mutex<(Histogram<u64>, Option<Instant>)>>);

impl Measured {
    fn new() -> Self {
        let histogram = Histogram::new_with_bounds(1, 60_000_000_000, 3).expect("the bounds are in order");
        Self(Arc::new(Mutex::new((histogram, None))))
    }

    fn begin(&self, at: Instant) {
        self.0.lock().expect("nobody panicked").1 = Some(at);
    }

    /// One that was due so long after the beginning is there.
    fn there(&self, due: Duration) {
        let (histogram, begun) = &mut *self.0.lock().expect("nobody panicked");
        if let (Some(begun), true) = (begun, due > WARM_UP) {
            let late = begun.elapsed().saturating_sub(due);
            histogram.saturating_record(late.as_nanos() as u64);
        }
    }

    fn line(&self) -> String {
        let (histogram, _) = &*self.0.lock().expect("nobody panicked");
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1e3;
        format!("{:.1} | {:.1} | {:.1} | {:.0}", at(0.5), at(0.99), at(0.999), histogram.max() as f64 / 1e3)
    }
}

pub(crate) fn run(secs: f64) -> Outcome {
    println!(
        "| commands/s, in memory | came through/s | event at the gateway, µs: p50 | p99 | p99.9 | max | answer, µs: p50 | p99 | p99.9 | max |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for rate in RATES {
        let (events, answers) = (Measured::new(), Measured::new());
        let every = Duration::from_nanos(1_000_000_000 / rate);
        let due = move |number: u64| Duration::from_nanos(every.as_nanos() as u64 * number);
        let at_gateway = events.clone();
        let gateway = move |entry: &Entry| {
            if entry.input.id != CommandId::ANONYMOUS {
                at_gateway.there(due(entry.input.id.number));
            }
        };
        let (journal, clock) = (Box::new(MemoryJournal::new()), Arc::new(SystemClock));
        let options = SwitchboardOptions::default();
        let (switchboard, _) = Switchboard::open(journal, center::plan(), Box::new(gateway), clock, options)?;
        let trunk = switchboard.trunk();
        center::sign_ins().try_for_each(|sign_in| trunk.call(sign_in).map(drop))?;
        let count = (rate as f64 * (secs + WARM_UP.as_secs_f64())) as u64;
        let begun = Instant::now();
        events.begin(begun);
        answers.begin(begun);
        for number in 1..=count {
            while begun.elapsed() < due(number) {
                (0..8).for_each(|_| spin_loop());
                // Where there are fewer cores than threads, those who have something to do do it.
                std::thread::yield_now();
            }
            let answers = answers.clone();
            let request = Request::from(center::command(1, number)).with_id(CommandId { source: 1, number });
            trunk.send_with(request, move |answer| {
                answer.expect("the command is possible");
                answers.there(due(number));
            });
        }
        switchboard.shutdown()?;
        let achieved = count as f64 / begun.elapsed().as_secs_f64();
        println!("| {rate} | {achieved:.0} | {} | {} |", events.line(), answers.line());
    }
    Ok(())
}
