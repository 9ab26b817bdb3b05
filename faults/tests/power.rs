//! The power fails at any moment: what the device has then opens, and has everything that was acknowledged.
//!
//! A longer run: `CORDBOARD_FAULTS_IMAGES=200000 cargo test --release -p cordboard-faults --test power`.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use cordboard::Durability;
use cordboard_faults::{
    Bounds, Chance, Disk, Fault, Kind, Operation, Power, Script, Step, report, seed, setting, steps,
};
use rusqlite::ffi;

/// Images of a run of the suite, when nothing else is asked for.
const IMAGES: u64 = 1_000;

/// Entries of one journal.
const ENTRIES: usize = 40;

type Files = BTreeMap<Arc<str>, Vec<u8>>;

/// What was looked at.
#[derive(Default)]
struct Tally {
    /// All of them different.
    images: u64,
    seen: BTreeSet<u64>,
    repeated: u64,
    moments: u64,
    lost: u64,
    again: u64,
}

impl Tally {
    fn images(&mut self, power: &Power, chance: &mut Chance, each: usize) -> Vec<Files> {
        self.moments += 1;
        let mut images = vec![power.nothing_kept()];
        if power.open_operations() > 0 {
            images.push(power.everything_kept());
            images.extend((0..each).map(|_| power.beginnings_kept(chance)));
            images.extend((0..2 * each).map(|_| power.some_kept(chance)));
        }
        images
    }

    fn look(&mut self, script: &Script, files: &Files, bounds: Bounds, tables: bool) -> Result<(), String> {
        let mut hasher = DefaultHasher::new();
        (files, bounds.stable, bounds.saved).hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            self.repeated += 1;
            return Ok(());
        }
        self.images += 1;
        let end = script.recovers(&Disk::holding(files.clone()), bounds, tables)?;
        self.lost += bounds.appended - end;
        Ok(())
    }
}

/// Every moment of a journal's life.
#[test]
fn everything_acknowledged_outlives_a_power_failure_at_any_moment() {
    let (wanted, first) = (setting("CORDBOARD_FAULTS_IMAGES", IMAGES), seed());
    let script = Script::new(ENTRIES + 10);
    let mut tally = Tally::default();
    let mut lives = 0;
    while tally.images < wanted {
        let seed = first + lives;
        lives += 1;
        let mut chance = Chance::new(seed);
        let tables = chance.one_in(2);
        let disk = Disk::new();
        if let Err(stopped) = script.run(&disk, &steps(seed, ENTRIES), tables) {
            panic!("seed {seed}: a disk without a fault failed: {}", stopped.error);
        }
        let operations = disk.operations();
        drop(disk);
        let (mut power, mut bounds) = (Power::default(), Bounds::default());
        for (at, operation) in operations.iter().enumerate() {
            match operation {
                Operation::Mark(mark) => bounds.take(*mark),
                other => power.take(other),
            }
            for files in tally.images(&power, &mut chance, 1) {
                if let Err(why) = tally.look(&script, &files, bounds, tables) {
                    panic!("seed {seed}, after operation {at} of {}, {operation:?}: {why}", operations.len());
                }
                // Now and then the power fails again, at every moment of the recovery.
                if chance.one_in(200) {
                    fails_again(&script, &files, bounds, tables, &mut chance, &mut tally)
                        .unwrap_or_else(|why| panic!("seed {seed}, after operation {at}, and again: {why}"));
                }
            }
            if tally.images >= wanted {
                break;
            }
        }
    }
    report(format_args!(
        "power failures: {} different images of {} moments in {lives} lives ({} of them in a recovery; {} more were the same again); {} entries not acknowledged were lost, none that was",
        tally.images, tally.moments, tally.again, tally.repeated, tally.lost,
    ));
    assert!(
        tally.lost > 0 && tally.again > 0,
        "nothing was ever lost, or no recovery interrupted: the disk is too kind"
    );
}

fn fails_again(
    script: &Script,
    files: &Files,
    bounds: Bounds,
    tables: bool,
    chance: &mut Chance,
    tally: &mut Tally,
) -> Result<(), String> {
    let disk = Disk::recording(files.clone());
    drop(disk.journal(tables).map_err(|error| error.to_string())?);
    let mut power = Power::holding(files.clone());
    for operation in disk.operations() {
        power.take(&operation);
        for files in tally.images(&power, chance, 1) {
            let before = tally.images;
            tally.look(script, &files, bounds, tables)?;
            tally.again += tally.images - before;
        }
    }
    Ok(())
}

/// A sync fails, the process starts anew and goes on, and then the power fails: what the operating system had marked as written, and
/// was not, is not what later entries stand on.
#[test]
fn a_failed_sync_harms_nothing_that_is_acknowledged_after_a_restart() {
    let (script, lives) = (Script::new(ENTRIES + 10), setting("CORDBOARD_FAULTS_IMAGES", IMAGES) / 200);
    let (mut tally, mut failed) = (Tally::default(), 0);
    for seed in seed()..=seed() + lives {
        let mut chance = Chance::new(seed);
        let tables = chance.one_in(2);
        let disk = Disk::new();
        let fault = Fault {
            kind: Some(Kind::Sync),
            after: chance.below(30) as u64,
            sticky: false,
            code: ffi::SQLITE_IOERR_FSYNC,
        };
        disk.fail(fault);
        let first = script.run(&disk, &steps(seed, ENTRIES / 2), tables);
        failed += u64::from(first.is_err());
        drop(first);
        disk.mend();
        let rest = [Step::Append(3), Step::Sync(Durability::Stable), Step::Append(2), Step::Sync(Durability::Stable)];
        if let Err(stopped) = script.run(&disk, &rest, tables) {
            panic!("seed {seed}: opened anew, it failed: {}", stopped.error);
        }
        let operations = disk.operations();
        for kept in [false, true] {
            let (mut power, mut bounds) = (Power::default(), Bounds::default());
            if kept {
                power = power.keeping_failed();
            }
            let begin = operations.iter().position(|it| matches!(it, Operation::SyncFailed(_))).unwrap_or(0);
            for (at, operation) in operations.iter().enumerate() {
                match operation {
                    Operation::Mark(mark) => bounds.take(*mark),
                    other => power.take(other),
                }
                if at < begin {
                    continue;
                }
                for files in tally.images(&power, &mut chance, 1) {
                    if let Err(why) = tally.look(&script, &files, bounds, tables) {
                        panic!(
                            "seed {seed}, {fault:?}, kept: {kept}, after operation {at} of {}: {why}",
                            operations.len()
                        );
                    }
                }
            }
        }
    }
    report(format_args!(
        "failed syncs, then power failures: {} different images in {} lives, {failed} of which a failed sync ended",
        tally.images,
        lives + 1,
    ));
    assert!(failed > lives / 2, "only {failed} syncs failed");
}
