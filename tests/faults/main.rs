//! The driver keeps its promises, whatever the device, the clock and the process do.
//!
//! A longer run: `CORDBOARD_FAULT_IMAGES=100000 cargo test --release --test faults -- --nocapture`; `CORDBOARD_FAULT_SEED` for another start.

mod by_hand;
mod every_call;
mod harness;
mod threads;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use harness::tally::Tally;
use harness::world;

/// Crash images of a run of the suite, when nothing else is asked for.
const IMAGES: u64 = 1_500;
const TURNS: usize = 60;

#[test]
fn worlds_of_chance() {
    let (images, first) = (setting("CORDBOARD_FAULT_IMAGES", IMAGES), setting("CORDBOARD_FAULT_SEED", 1));
    let mut tally = Tally::default();
    let mut seed = first;
    while tally.of("images") < images {
        named(seed, || tally.take_over(&world::run(seed, TURNS)));
        seed += 1;
    }
    let _ = writeln!(std::io::stdout(), "{} worlds: {tally}", seed - first);
    tally.assert_floors(&FLOORS);
}

/// What must have happened at least once in so many images.
const FLOORS: [(&str, u64); 26] = [
    ("commits", 1),
    ("requests", 1),
    ("asked again in doubt", 10),
    ("asked again after an answer", 10),
    ("in doubt, asked again of an image", 4),
    ("named requests applied once", 3),
    ("commands delivered again", 1),
    ("names kept", 1),
    ("offers that ring on", 10),
    ("offers taken back on opening", 12),
    ("openings at which something was due", 10),
    ("entries lost that were not promised", 10),
    ("crashes", 15),
    ("errors of the journal", 50),
    ("failures while opening", 15),
    ("deaths after a lie", 600),
    ("closed", 20),
    ("woken in time", 20),
    ("clock set back", 20),
    ("clock set ahead", 60),
    ("stale writers fenced", 100),
    ("damaged snapshots passed over", 30),
    ("damaged journals refused", 100),
    ("Append Full", 300),
    ("Replay Within(, Short)", 300),
    ("Sync ErrorOnce", 100),
];

/// A failure is told with the seed that repeats it.
fn named(seed: u64, run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        let _ = writeln!(std::io::stderr(), "failed with CORDBOARD_FAULT_SEED={seed}");
        resume_unwind(panic);
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is `{text}`, which is not a number")),
        Err(_) => otherwise,
    }
}
