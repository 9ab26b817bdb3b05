//! Journals that were tampered with: entries are refused, or give an engine that goes on without a panic.

use cordboard::{Corrupt, Event, Stamped};

use crate::chance::Chance;
use crate::damage;
use crate::run::{Run, Tally};

/// Follows a run by its journal, and at every so many entries tries a damaged one on a copy.
pub(crate) fn follow(seed: u64, commands: u64, tally: &mut Tally) {
    let mut run = Run::new(seed, false, tally);
    let mut chance = Chance::new(seed ^ 0xF01D);
    let mut follower = run.router.clone();
    let mut earlier: Vec<Event> = Vec::new();
    for _ in 0..commands {
        let Some(input) = run.step(tally) else { continue };
        for _ in 0..usize::from(chance.one_in(3)) {
            let (other, events) = damaged(&mut chance, &input, &run.events, &earlier);
            if (&other, &events) != (&input, &run.events) {
                try_on(&run, follower.clone(), &other, &events, tally);
            }
        }
        if let Err(corrupt) = follower.fold(&input, &run.events) {
            panic!("a true entry was refused: {}", brief(&corrupt));
        }
        if chance.one_in(8) {
            assert_eq!(follower.digest(), run.router.digest(), "after {input:?}");
            assert_eq!(follower.next_deadline(), run.router.next_deadline(), "after {input:?}");
        }
        tally.count("entries folded", 1);
        if let Some(&event) = run.events.first() {
            if earlier.len() == 50 {
                earlier.swap_remove(chance.below(50));
            }
            earlier.push(event);
        }
    }
    assert_eq!(follower.digest(), run.router.digest());
}

fn try_on(run: &Run, mut router: cordboard::Router, input: &Stamped, events: &[Event], tally: &mut Tally) {
    tally.count("entries damaged", 1);
    match router.fold(input, events) {
        Ok(_) => {
            tally.count("damage taken over", 1);
            // It may be a state that no command leads to, but it is one that commands can go on from.
            let mut host = run.host.clone();
            let mut out = Vec::new();
            for _ in 0..15 {
                let next = host.next(&router);
                let from = out.len();
                if router.apply(&next, &mut out).is_ok() {
                    host.hear(&out[from..]);
                }
                out.clear();
            }
            router.digest();
        }
        Err(Corrupt::Command { .. }) => tally.count("damaged commands refused", 1),
        Err(Corrupt::Event { .. }) => tally.count("damaged events refused", 1),
        Err(other) => panic!("folding says {other}"),
    }
}

/// An entry with events dropped, doubled, exchanged, taken from elsewhere, or with fields altered.
fn damaged(chance: &mut Chance, input: &Stamped, events: &[Event], earlier: &[Event]) -> (Stamped, Vec<Event>) {
    let (mut input, mut events) = (input.clone(), events.to_vec());
    events.truncate(200);
    for _ in 0..1 + chance.below(3) {
        let (at, other) = (chance.below(events.len()), chance.below(events.len()));
        match chance.below(8) {
            0 if !events.is_empty() => drop(events.remove(at)),
            1 if !events.is_empty() => events.insert(other, events[at]),
            2 if !events.is_empty() => events.swap(at, other),
            3 if !earlier.is_empty() => {
                let from = earlier[chance.below(earlier.len())];
                events.insert(at, Event { at: input.at, ..from });
            }
            4 => {
                if let Some(altered) = altered(chance, &input) {
                    input = altered;
                }
            }
            5 => events.truncate(at),
            _ if !events.is_empty() => {
                if let Some(altered) = altered(chance, &events[at]) {
                    events[at] = altered;
                }
            }
            _ => {}
        }
    }
    (input, events)
}

/// The same with a field edited, if it is still of its kind then.
fn altered<T: serde::Serialize + serde::de::DeserializeOwned>(chance: &mut Chance, it: &T) -> Option<T> {
    let mut tree = serde_json::to_value(it).expect("it can be written");
    damage::edit(chance, &mut tree);
    serde_json::from_value(tree).ok()
}

fn brief(corrupt: &Corrupt) -> String {
    corrupt.to_string().chars().take(2_000).collect()
}
