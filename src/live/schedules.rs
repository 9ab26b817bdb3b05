//! The switchboard under shuttle: its threads are run one at a time, in thousands of orders, and whatever the order it must not
//! stand still, answer each request exactly once, deliver in the order of the journal, and lose nothing that was answered.
//!
//! Half of the orders are random, and half are those in which a few changes between threads at chosen moments are enough (PCT).
//! `CORDBOARD_SCHEDULES=20000 cargo test --release --lib schedules -- --nocapture` tries so many of each scene.

mod scenes;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, FailurePersistence, Runner};

use crate::planted::{Bug, with};
use scenes::SCENES;

/// Orders of each scene, when nothing else is asked for.
const SCHEDULES: usize = 150;
/// So many orders of each scene are tried for a mistake, and then so many, until one of them finds it.
const ENOUGH: [usize; 3] = [10, 100, 10_000];
/// Changes between threads that an order of the second kind makes at moments of its own.
const CHANGES: usize = 3;

/// Tries so many orders; how many until one is wrong, if any is.
fn tries(scene: fn(), schedules: usize, seed: u64) -> Result<u64, u64> {
    let tried = Arc::new(AtomicU64::new(0));
    let counted = |scheduler: Box<dyn Scheduler + Send>| {
        let tried = tried.clone();
        let mut config = Config::new();
        // The engine's steps want more than a small stack, unoptimized.
        config.stack_size = 1 << 20;
        config.failure_persistence = FailurePersistence::None;
        let run = move || {
            tried.fetch_add(1, Ordering::Relaxed);
            scene();
        };
        catch_unwind(AssertUnwindSafe(|| Runner::new(scheduler, config).run(run))).is_ok()
    };
    let half = schedules.div_ceil(2);
    let well = counted(Box::new(RandomScheduler::new_from_seed(seed, half)))
        && counted(Box::new(PctScheduler::new_from_seed(seed, CHANGES, half)));
    let tried = tried.load(Ordering::Relaxed);
    if well { Ok(tried) } else { Err(tried) }
}

fn setting() -> usize {
    std::env::var("CORDBOARD_SCHEDULES").map_or(SCHEDULES, |text| text.parse().expect("it is a number"))
}

#[test]
fn no_order_of_threads_is_wrong() {
    let mut out = std::io::stdout();
    let mut all = 0;
    for (name, scene) in SCENES {
        match tries(scene, setting(), 1) {
            Ok(tried) => all += tried,
            Err(tried) => panic!("order {tried} of `{name}` went wrong"),
        }
    }
    let _ = writeln!(out, "{} scenes, {all} orders of their threads", SCENES.len());
}

#[test]
fn each_mistake_between_threads_is_found() {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "| mistake | scene that finds it | orders until found |\n|---|---|---:|");
    let mut missed = Vec::new();
    for &(bug, what) in Bug::THREADS {
        let finds = |schedules, scene| with(Some(bug), || tries(scene, schedules, 1)).err();
        let found = ENOUGH
            .iter()
            .find_map(|&schedules| SCENES.iter().find_map(|(name, scene)| Some((finds(schedules, *scene)?, name))));
        match found {
            Some((tried, name)) => drop(writeln!(out, "| {what} | {name} | {tried} |")),
            None => missed.push(bug),
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}
