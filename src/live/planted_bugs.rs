//! Every mistake of [`planted`](crate::planted) is found by the harness of `tests/faults`, and without one it finds nothing.
//!
//! The table in `docs/durability.md`: `CORDBOARD_FAULT_BASES=9 cargo test --release --lib planted_bugs -- --nocapture`.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::planted::{Bug, with};

#[allow(dead_code, reason = "the integration tests use the rest")]
#[path = "../../tests/faults/harness/mod.rs"]
mod harness;

use harness::world;

/// Most worlds that it may take.
const MOST: u64 = 150;
const TURNS: usize = 60;

/// Starting points, from each of which is counted how many worlds it takes.
fn bases() -> Vec<u64> {
    let count = std::env::var("CORDBOARD_FAULT_BASES").map_or(1, |text| text.parse().expect("it is a number"));
    (1..=count).map(|base| base * 10_000).collect()
}

/// What is wrong with a world, if anything is.
fn wrong(bug: Option<Bug>, seed: u64) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| with(bug, || world::run(seed, TURNS)))).err()?;
    let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).into()));
    Some(text.unwrap_or_default())
}

/// In which world it is found, counted from 1, and by what.
fn found(bug: Bug, base: u64) -> Option<(u64, String)> {
    (0..MOST).find_map(|at| Some((at + 1, wrong(Some(bug), base + at)?)))
}

#[test]
fn each_is_found_and_nothing_without_one() {
    let (bases, mut missed, mut longest) = (bases(), Vec::new(), 0);
    let mut out = std::io::stdout();
    let _ = writeln!(out, "| mistake | worlds until found | by |\n|---|---:|---|");
    for &(bug, what) in Bug::DRIVER {
        let mut all: Vec<_> = bases.iter().filter_map(|&base| found(bug, base)).collect();
        all.sort();
        if all.len() < bases.len() {
            missed.push(bug);
            continue;
        }
        longest = longest.max(all[bases.len() - 1].0);
        let (worlds, by) = &all[bases.len() / 2];
        // Of a comparison, what was compared.
        let by = by.lines().next().unwrap_or_default();
        let by = by.split_once("failed: ").map_or(by, |(_, what)| what);
        let _ = writeln!(out, "| {what} | {worlds} | {} |", by.chars().take(70).collect::<String>());
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
    for base in bases {
        for seed in base..base + longest {
            assert_eq!(wrong(None, seed), None, "in world {seed}, with no mistake planted");
        }
    }
    let _ =
        writeln!(out, "{} mistakes found; nothing in {longest} worlds from each base without one", Bug::DRIVER.len());
}
