//! A journal of any run: it verifies, and under its own policy it happens again.

use cordboard::sim::{Patient, Policy, WhatIf};
use cordboard::{Command, CommandId, ContactId, Entry, Journal, MemoryJournal, Seq, Snapshot, Stamped, verify};

use crate::plans;
use crate::run::{Run, Tally};

/// Keeps a run of so many commands, and goes through it again.
pub(crate) fn again(seed: u64, commands: u64, tally: &mut Tally) {
    let mut run = Run::new(seed, false, tally);
    let mut journal = MemoryJournal::new();
    let keep = |journal: &mut MemoryJournal, input: Stamped, events: &[cordboard::Event]| {
        let end = journal.end().expect("memory can be read");
        // The host leaves places out; a journal does not.
        let input = Stamped { seq: Seq(end.0 + 1), ..input };
        let entry = Entry { input, events: events.to_vec(), key: None, delivered: Seq(0) };
        journal.append(end, &[entry]).expect("memory takes it");
    };
    let (seq, checkpoint) = (Seq(0), run.beginning.clone());
    let snapshot = Snapshot { seq, checkpoint, keys: Vec::new(), next_contact: ContactId(1), delivered: seq };
    journal.save_checkpoint(&snapshot).expect("memory takes it");
    let begin = Stamped { seq, id: CommandId::ANONYMOUS, at: run.router.now(), command: Command::AdvanceTime };
    keep(&mut journal, begin, &run.events);
    for _ in 0..commands {
        if let Some(input) = run.step(tally) {
            keep(&mut journal, input, &run.events);
        }
    }
    let verified = verify(&mut journal, &plans::policies(), &mut |_, _| {}).expect("it can be run again");
    assert_eq!(verified.difference, None);
    let what_if = WhatIf::read(&mut journal, plans::policies(), &mut |_| {}).expect("it can be read");
    let own = Policy::Scheduling(what_if.plan().scheduler().policy.clone());
    let again = what_if.run(&mut journal, &own, Patient::Estimated, &mut |_| {});
    let again = again.expect("it can be run under its own policy");
    tally.count("entries again", verified.commands);
    assert_eq!(again.like, None, "it happened otherwise");
    assert_eq!(&again.figures, what_if.recorded());
    let other = Policy::Agents(vec![cordboard::AgentOrder::MostLoaded, cordboard::AgentOrder::Random]);
    let other = what_if.run(&mut journal, &other, Patient::Endless, &mut |_| {}).expect("it can be run under another");
    tally.count("runs unlike under another policy", u64::from(other.like.is_some()));
    tally.count("handled like another", other.departures.handling_drawn);
    tally.count("came to nothing", other.departures.came_to_nothing);
}
