//! A journal run again and folded: nothing differs where nothing was changed, and what was changed is found.

use std::ops::ControlFlow;

use cordboard::sim::{RunError, Scenario};
use cordboard::{
    Command, Difference, Entry, Journal, JournalError, MemoryJournal, Pass, Policies, RerunError, Router, Seq,
    Snapshot, Verified, beginning, verify,
};

use crate::days;

fn scenario() -> Scenario {
    days::scenario(days::EVERYTHING)
}

fn recorded() -> MemoryJournal {
    days::recorded(days::EVERYTHING)
}

fn verified(journal: &mut MemoryJournal) -> Verified {
    verify(journal, &Policies::new(), &mut |_, _| {}).unwrap()
}

fn entries(journal: &mut MemoryJournal) -> Vec<Entry> {
    let mut all = Vec::new();
    let keep = &mut |entry| {
        all.push(entry);
        ControlFlow::Continue(())
    };
    journal.replay(Seq(0), keep).unwrap();
    all
}

/// The same beginning with other entries.
fn rewritten(journal: &mut MemoryJournal, change: impl FnOnce(&mut Vec<Entry>)) -> MemoryJournal {
    let mut changed = entries(journal);
    change(&mut changed);
    let mut other = MemoryJournal::new();
    other.save_checkpoint(&journal.load_checkpoint(Seq(0)).unwrap().unwrap()).unwrap();
    other.append(Seq(0), &changed).unwrap();
    other
}

#[test]
fn the_first_replication_is_kept_and_nothing_about_the_run_changes() {
    let scenario = scenario();
    let mut journal = MemoryJournal::new();
    let plain = scenario.run_on(2, &|_| {}).unwrap();
    let kept = scenario.run_recorded(&mut journal, 2, &|_| {}).unwrap();
    assert_eq!(kept.digest(), plain.digest());
    let first = &plain.replications[0];
    let entries = entries(&mut journal);
    assert_eq!(entries.len() as u64, first.commands);
    assert_eq!(entries.iter().map(|entry| entry.events.len() as u64).sum::<u64>(), first.events);
    assert!(first.commands > 4_096, "more than one batch: {}", first.commands);
    let begun = beginning(&mut journal, Policies::new()).unwrap();
    assert_eq!(begun.digest(), Router::new(scenario.plan().clone()).unwrap().digest());
}

#[test]
fn a_journal_that_is_not_empty_is_left_as_it_is() {
    let mut journal = recorded();
    let before = entries(&mut journal);
    let refused = scenario().run_recorded(&mut journal, 1, &|_| {});
    assert!(matches!(refused, Err(RunError::Journal(JournalError::Fenced { .. }))));
    assert!(before == entries(&mut journal));
}

#[test]
fn run_again_and_folded_it_is_as_recorded() {
    let mut journal = recorded();
    let mut passes = Vec::new();
    let verified = verify(&mut journal, &Policies::new(), &mut |pass, commands| passes.push((pass, commands))).unwrap();
    assert_eq!(verified.difference, None);
    assert_eq!(verified.snapshots, [Seq(0)]);
    assert_eq!(Seq(verified.commands), journal.end().unwrap());
    assert!(passes.contains(&(Pass::Run, verified.commands)) && passes.contains(&(Pass::Fold, verified.commands)));
}

#[test]
fn an_event_that_was_changed_is_found_where_it_is() {
    let mut journal = recorded();
    let mut place = 0;
    let mut changed = rewritten(&mut journal, |entries| {
        place = (entries.len() / 2..entries.len()).find(|&at| entries[at].events.len() > 1).unwrap();
        entries[place].events.pop();
    });
    let verified = verified(&mut changed);
    assert_eq!(verified.commands, place as u64);
    let Some(Difference::Events { entry, now }) = verified.difference else { panic!("{:?}", verified.difference) };
    assert_eq!(entry.input.seq, Seq(place as u64 + 1));
    assert_eq!(now.len(), entry.events.len() + 1);
}

#[test]
fn a_command_that_was_changed_is_found() {
    let mut journal = recorded();
    // The first completion becomes a second arrival of time: what it led to does not follow.
    let mut changed = rewritten(&mut journal, |entries| {
        let completes = |entry: &&mut Entry| matches!(entry.input.command, Command::Complete { .. });
        entries.iter_mut().find(completes).unwrap().input.command = Command::AdvanceTime;
    });
    assert!(matches!(verified(&mut changed).difference, Some(Difference::Events { .. })));
    // A command that cannot be there at all.
    let mut changed = rewritten(&mut journal, |entries| entries[40].input.at = entries[30].input.at);
    assert!(
        matches!(verified(&mut changed).difference, Some(Difference::Refused { entry, .. }) if entry.input.seq == Seq(41))
    );
}

#[test]
fn a_snapshot_of_another_state_is_found() {
    let mut journal = recorded();
    let all = entries(&mut journal);
    let mut router = beginning(&mut journal, Policies::new()).unwrap();
    let mut snapshot = journal.load_checkpoint(Seq(0)).unwrap().unwrap();
    for entry in &all[..1_000] {
        router.fold(&entry.input, &entry.events).unwrap();
    }
    snapshot = Snapshot { seq: Seq(1_000), checkpoint: router.checkpoint(), ..snapshot };
    journal.save_checkpoint(&snapshot).unwrap();
    let sound = verified(&mut journal);
    assert_eq!((sound.difference, sound.snapshots), (None, vec![Seq(0), Seq(1_000)]));
    // The state of one command later, said to be that of seq 1,000.
    router.fold(&all[1_000].input, &all[1_000].events).unwrap();
    journal.save_checkpoint(&Snapshot { checkpoint: router.checkpoint(), ..snapshot }).unwrap();
    let found = verified(&mut journal).difference;
    assert!(matches!(found, Some(Difference::Snapshot { at: Seq(1_000), pass: Pass::Run, .. })), "{found:?}");
}

#[test]
fn a_journal_without_a_beginning_says_so() {
    let missing = verify(&mut MemoryJournal::new(), &Policies::new(), &mut |_, _| {});
    assert!(matches!(missing, Err(RerunError::NoBeginning)));
}
