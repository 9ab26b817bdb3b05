//! Shutting down, and what deferred writing keeps.

use std::sync::mpsc;

use cordboard::{Command, DriverOptions, Durability, Failed, MemoryJournal, Seq, Span, Stopped, SwitchboardOptions};

use crate::desk::{Given, Noting, call, kept, numbers, open, sign_in};

#[test]
fn shutting_down_finishes_what_was_sent_and_takes_nothing_more() {
    let (journal, given) = (MemoryJournal::new(), Given::default());
    let (gateway, go, begun) = Noting::gated(&given);
    let options = SwitchboardOptions { batch: 3, backlog: 2, ..SwitchboardOptions::default() };
    let (switchboard, _) = open(journal.clone(), gateway, options.clone());
    let trunk = switchboard.trunk();
    let receipts: Vec<_> = (0..20).map(|key| trunk.send(call(key.to_string())).unwrap()).collect();
    begun.recv().unwrap();
    let (done, finished) = mpsc::channel();
    std::thread::spawn(move || done.send(switchboard.shutdown().map(drop)).unwrap());
    // It is being shut down while the gateway stands still, and what was sent is answered all the same.
    for receipt in receipts {
        receipt.wait().unwrap();
    }
    while !matches!(trunk.call(sign_in(1)), Err(Failed::Stopped(Stopped::ShutDown))) {}
    assert!(finished.try_recv().is_err(), "it waits for the gateway");
    drop(go);
    finished.recv().unwrap().unwrap();
    let all = kept(&journal).len() as u64;
    assert_eq!(*given.lock().unwrap(), numbers(1, all));
    assert!(matches!(trunk.send(Command::AdvanceTime), Err(Stopped::ShutDown)));

    let (switchboard, opening) = open(journal, Noting::new(&given), options);
    assert_eq!((opening.folded, opening.delivered), (0, Seq(all)));
    switchboard.shutdown().unwrap();
    assert_eq!(given.lock().unwrap().len(), all as usize);
}

#[test]
fn deferred_writing_is_caught_up_with_by_dropping() {
    let journal = MemoryJournal::new();
    let driver =
        DriverOptions { durability: Durability::Deferred, defer: Span::from_secs(3_600), ..DriverOptions::default() };
    let options = SwitchboardOptions { driver, ..SwitchboardOptions::default() };
    let (switchboard, _) = open(journal.clone(), Noting::new(&Given::default()), options);
    switchboard.trunk().call(call("a")).unwrap();
    assert_eq!(kept(&journal).len(), 0, "acknowledged, and not yet written");
    drop(switchboard);
    assert_eq!(kept(&journal).len(), 1);
}
