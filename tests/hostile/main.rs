//! Hostile commands, journals and checkpoints: nothing panics, nothing is changed by what was refused, and the
//! invariants hold.
//!
//! A longer run, with every overflow an error:
//! `CORDBOARD_HOSTILE_STEPS=50000000 CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true
//! CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true cargo test --release --test hostile`;
//! `CORDBOARD_HOSTILE_SEED` for another start.

#[cfg(feature = "sim")]
mod again;
mod chance;
mod checkpoints;
mod damage;
mod host;
mod journals;
mod plans;
mod run;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use run::{Run, Tally};

/// Commands of a run of the suite, when nothing else is asked for.
const STEPS: u64 = 50_000;
const COMMANDS_EACH: u64 = 2_000;

/// Any commands whatever, under any plan whatever.
#[test]
fn commands() {
    let (steps, first) = (setting("CORDBOARD_HOSTILE_STEPS", STEPS), setting("CORDBOARD_HOSTILE_SEED", 1));
    let mut tally = Tally::default();
    for seed in seeds(first, steps / COMMANDS_EACH + 1) {
        named(seed, || {
            // The first is looked at after every command, so that a seed that failed can be repeated.
            let mut run = Run::new(seed, seed == first || seed % 8 == 0, &mut tally);
            for _ in 0..COMMANDS_EACH {
                run.step(&mut tally);
            }
            run.router.check_invariants().unwrap_or_else(|broken| panic!("{broken}"));
            tally.count("documents refused", run.host.refused_documents);
        });
    }
    floors(&tally, &COMMAND_FLOORS, steps);
}

/// Any damage to the journal of any run.
#[test]
fn journals() {
    let (steps, first) = (setting("CORDBOARD_HOSTILE_STEPS", STEPS) / 4, setting("CORDBOARD_HOSTILE_SEED", 1));
    let mut tally = Tally::default();
    for seed in seeds(first, steps / COMMANDS_EACH + 1) {
        named(seed, || journals::follow(seed, COMMANDS_EACH, &mut tally));
    }
    floors(&tally, &JOURNAL_FLOORS, steps);
}

/// Any run, kept and gone through again.
#[cfg(feature = "sim")]
#[test]
fn recordings() {
    let (steps, first) = (setting("CORDBOARD_HOSTILE_STEPS", STEPS) / 2, setting("CORDBOARD_HOSTILE_SEED", 1));
    let mut tally = Tally::default();
    for seed in seeds(first, steps / COMMANDS_EACH + 1) {
        named(seed, || again::again(seed, COMMANDS_EACH, &mut tally));
    }
    floors(&tally, &RECORDING_FLOORS, steps);
}

/// Any damage to a checkpoint of any run.
#[test]
fn checkpoints() {
    let (steps, first) = (setting("CORDBOARD_HOSTILE_STEPS", STEPS) / 4, setting("CORDBOARD_HOSTILE_SEED", 1));
    let mut tally = Tally::default();
    for seed in seeds(first, steps / COMMANDS_EACH + 1) {
        named(seed, || checkpoints::tamper(seed, COMMANDS_EACH, 50, &mut tally));
    }
    floors(&tally, &CHECKPOINT_FLOORS, steps);
}

const JOURNAL_FLOORS: [(&str, u64); 4] = [
    ("entries folded", 200_000),
    ("damage taken over", 1_000),
    ("damaged commands refused", 3_000),
    ("damaged events refused", 10_000),
];

#[cfg(feature = "sim")]
const RECORDING_FLOORS: [(&str, u64); 4] = [
    ("entries again", 450_000),
    ("runs unlike under another policy", 300),
    ("handled like another", 300),
    ("came to nothing", 100),
];

const CHECKPOINT_FLOORS: [(&str, u64); 3] = [
    ("damaged checkpoints not read", 5_000),
    ("damaged checkpoints inconsistent", 5_000),
    ("damaged checkpoints restored", 5_000),
];

/// What must have happened so many times in a million commands.
const COMMAND_FLOORS: [(&str, u64); 20] = [
    ("arrived", 40_000),
    ("offered", 15_000),
    ("accepted", 8_000),
    ("assigned", 1_500),
    ("connected", 500),
    ("held", 2_000),
    ("resumed", 500),
    ("quieted", 1_000),
    ("woken", 400),
    ("wrap-up", 1_000),
    ("returned", 5_000),
    ("transferred", 3_000),
    ("relaxed", 10_000),
    ("preference ended", 1_000),
    ("signed out", 3_000),
    ("configured", 300),
    ("repeated", 500),
    ("refused LimitReached", 10_000),
    ("refused RequirementTooLarge", 100),
    ("refused TimerDue", 500),
];

fn seeds(first: u64, count: u64) -> impl Iterator<Item = u64> {
    (0..count).map(move |at| first.wrapping_add(at))
}

/// A failure is told with the seed that repeats it.
fn named(seed: u64, run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        let _ = writeln!(std::io::stderr(), "failed with CORDBOARD_HOSTILE_SEED={seed}");
        resume_unwind(panic);
    }
}

fn floors(tally: &Tally, floors: &[(&str, u64)], steps: u64) {
    for (what, count) in &tally.0 {
        let _ = writeln!(std::io::stdout(), "{count:>12} {what}");
    }
    let missing: Vec<_> = floors
        .iter()
        .filter(|(what, floor)| tally.of(what) < floor * steps / 1_000_000)
        .map(|(what, _)| what)
        .collect();
    assert!(missing.is_empty(), "the run exercised too little of {missing:?}");
}

fn setting(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is `{text}`, which is not a number")),
        Err(_) => otherwise,
    }
}
