//! Engine and naive reference in lockstep: the same commands, the same answers, the same events, and the
//! invariants after every step.
//!
//! A longer run: `CORDBOARD_LOCKSTEP_STEPS=10000000 cargo test --release --test lockstep`, with
//! `CORDBOARD_LOCKSTEP_AGENTS=200` for larger floors and `CORDBOARD_LOCKSTEP_SEED` for another start.

mod commands;
mod dice;
mod invariants;
mod pair;
mod plans;
mod questions;
#[path = "../reference/mod.rs"]
mod reference;
mod runs;
#[path = "../presets/sound.rs"]
mod sound;
mod tally;

use std::io::Write;

use cordboard::Preset;
use proptest::prelude::*;

use dice::{Dice, Seeded};
use plans::Draft;
use runs::Script;
use tally::Tally;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Short runs under plain plans as well as wild ones; a failing one is shrunk in plan and commands alike.
    #[test]
    fn short_runs_agree(
        plan in prop::collection::vec(any::<u32>(), 0..400),
        agents in 1u64..8,
        steps in prop::collection::vec(any::<u128>(), 1..250),
    ) {
        let outcome = Script { plan, agents, steps }.run();
        prop_assert!(outcome.is_ok(), "{}", outcome.err().map(|failure| failure.report()).unwrap_or_default());
    }
}

/// Runs from plain seeds, each with a plan of its own, until enough steps are done; and enough of everything
/// must have happened in them.
#[test]
fn long_runs_agree() {
    let steps = setting("CORDBOARD_LOCKSTEP_STEPS", 200_000);
    let agents = setting("CORDBOARD_LOCKSTEP_AGENTS", 20);
    let first = setting("CORDBOARD_LOCKSTEP_SEED", 1);
    // Larger floors take longer to fill.
    let each = 2_000.max(usize::try_from(agents).unwrap_or(usize::MAX).saturating_mul(100));
    let mut tally = Tally::default();
    for seed in (first..).take_while(|seed| (seed - first) * (each as u64) < steps) {
        let script = Script::seeded(seed, agents, each);
        match script.run() {
            Ok(of_run) => tally.merge(&of_run),
            Err(failure) => {
                let small = script.smaller().run().err().unwrap_or(failure).smaller();
                panic!("seed {seed}, {agents} agents: {}", small.report());
            }
        }
    }
    // Figures of the run, for who asks for them with --nocapture; what is missing fails it.
    let _ = writeln!(std::io::stdout(), "{tally}");
    let missing = tally.missing();
    assert!(missing.is_empty(), "the run exercised too little:\n{}\nof\n{tally}", missing.join("\n"));
}

#[test]
fn presets_keep_plans_sound() {
    for seed in 0..100 {
        let tape = Seeded(seed).tape(600);
        let plan = Draft::throw(&mut Dice::tape(&tape)).plan();
        for &preset in Preset::ALL {
            sound::keeps_plans_sound(preset, &plan);
        }
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is `{text}`, which is not a number")),
        Err(_) => otherwise,
    }
}
