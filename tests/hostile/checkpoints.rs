//! Checkpoints that were tampered with: refused, or an engine whose invariants hold from then on.

use cordboard::{Checkpoint, Corrupt, Router};

use crate::chance::Chance;
use crate::damage;
use crate::plans;
use crate::run::{Run, Tally};

/// Goes through a run, and at every so many commands restores its checkpoint, as it is and damaged.
pub(crate) fn tamper(seed: u64, commands: u64, each: u64, tally: &mut Tally) {
    let mut run = Run::new(seed, false, tally);
    let mut chance = Chance::new(seed ^ 0xC4EC);
    for at in 0..commands {
        run.step(tally);
        if at % each != 0 {
            continue;
        }
        let checkpoint = run.router.checkpoint();
        let tree = serde_json::to_value(&checkpoint).expect("a checkpoint can be written");
        let text = serde_json::to_string(&checkpoint).expect("a checkpoint can be written");
        let back: Checkpoint = serde_json::from_str(&text).expect("a checkpoint can be read back");
        assert!(back == checkpoint, "a checkpoint reads back as it was written");
        let restored = Router::restore(back, plans::policies()).expect("a true checkpoint is taken");
        assert_eq!(restored.digest(), run.router.digest());
        assert_eq!(restored.next_deadline(), run.router.next_deadline());
        for _ in 0..6 {
            let mut tree = tree.clone();
            for _ in 0..1 + chance.below(2) {
                // Half of the edits go to the state: the plan has a fuzz of its own.
                let part = if chance.one_in(4) { &mut tree } else { &mut tree["state"] };
                damage::edit(&mut chance, part);
            }
            try_on(&run, tree, tally);
        }
        if chance.one_in(3) {
            run.router = restored;
        }
    }
}

fn try_on(run: &Run, tree: serde_json::Value, tally: &mut Tally) {
    tally.count("checkpoints damaged", 1);
    let Ok(checkpoint) = serde_json::from_value::<Checkpoint>(tree) else {
        return tally.count("damaged checkpoints not read", 1);
    };
    let mut router = match Router::restore(checkpoint, plans::policies()) {
        Ok(router) => router,
        Err(Corrupt::Inconsistent(_)) => return tally.count("damaged checkpoints inconsistent", 1),
        Err(_) => return tally.count("damaged checkpoints refused", 1),
    };
    tally.count("damaged checkpoints restored", 1);
    let mut host = run.host.clone();
    let mut out = Vec::new();
    for _ in 0..12 {
        let next = host.next(&router);
        out.clear();
        if router.apply(&next, &mut out).is_ok() {
            host.hear(&out);
        }
        if let Err(broken) = router.check_invariants() {
            panic!("{broken}, after a damaged checkpoint and {next:?}");
        }
    }
}
