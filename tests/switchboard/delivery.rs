//! Gateways: slow, submitting, panicking, and those that know better than the journal what they were given.

use std::sync::{Arc, Mutex, mpsc};

use cordboard::{
    Command, Entry, Failed, Gateway, MemoryJournal, Opening, Request, Seq, Stopped, SwitchboardOptions, Trunk, What,
};

use crate::desk::{Given, Noting, call, kept, numbers, open, sign_in};

/// Accepts every offer at once, from within `deliver`, and waits for the answer.
struct Accepting {
    trunk: Option<Trunk>,
    accepted: Arc<Mutex<u64>>,
}

impl Gateway for Accepting {
    fn deliver(&mut self, entry: &Entry) {
        let trunk = self.trunk.as_ref().unwrap();
        for event in &entry.events {
            match event.what {
                What::Offered { offer, .. } => drop(trunk.call(Command::Accept { offer })),
                What::Accepted { contact, .. } => {
                    *self.accepted.lock().unwrap() += 1;
                    drop(trunk.send(Command::Complete { contact }));
                }
                _ => {}
            }
        }
    }

    fn opened(&mut self, trunk: &Trunk, _: &Opening) {
        self.trunk = Some(trunk.clone());
    }
}

#[test]
fn a_gateway_that_submits_never_waits_for_itself() {
    let accepted = Arc::default();
    let gateway = Accepting { trunk: None, accepted: Arc::clone(&accepted) };
    let options = SwitchboardOptions { capacity: 1, batch: 2, backlog: 1, ..SwitchboardOptions::default() };
    let (switchboard, _) = open(MemoryJournal::new(), gateway, options);
    let trunk = switchboard.trunk();
    trunk.call(sign_in(1)).unwrap();
    for key in 0..300 {
        let _ = trunk.send(call(key.to_string())).unwrap();
    }
    let (done, all) = mpsc::channel();
    std::thread::spawn(move || {
        while trunk.ask(|router, _| router.contacts()).unwrap() > 0 {}
        done.send(()).unwrap();
    });
    all.recv().unwrap();
    assert_eq!(*accepted.lock().unwrap(), 300);
    switchboard.shutdown().unwrap();
}

#[test]
fn a_gateway_that_panics_stops_the_switchboard_and_is_given_the_same_command_again() {
    let (journal, given) = (MemoryJournal::new(), Given::default());
    let noted = given.clone();
    let gateway = move |entry: &Entry| {
        assert!(entry.input.seq != Seq(3), "expected: a gateway panics");
        noted.lock().unwrap().push(entry.input.seq);
    };
    let (switchboard, _) = open(journal.clone(), gateway, SwitchboardOptions::default());
    let trunk = switchboard.trunk();
    let stopped = (0..).find_map(|key| trunk.call(call(key.to_string())).err()).unwrap();
    assert!(matches!(stopped, Failed::Stopped(Stopped::Gateway(Seq(3)))), "{stopped}");
    assert!(matches!(trunk.send(call("late")), Err(Stopped::Gateway(_))));
    assert!(matches!(trunk.ask(|_, _| ()), Err(Stopped::Gateway(_))));
    assert!(matches!(switchboard.shutdown(), Err(Stopped::Gateway(_))));
    assert_eq!(*given.lock().unwrap(), numbers(1, 2));

    let end = kept(&journal).len() as u64;
    let (switchboard, opening) = open(journal, Noting::new(&given), SwitchboardOptions::default());
    assert_eq!(opening.end, Seq(end));
    assert!(opening.delivered < Seq(3));
    switchboard.shutdown().unwrap();
    let given = given.lock().unwrap();
    assert_eq!(given[2..], numbers(opening.delivered.0 + 1, end));
}

#[test]
fn a_gateway_is_given_again_what_it_does_not_know_before_anything_new() {
    let journal = MemoryJournal::new();
    let (switchboard, _) = open(journal.clone(), Noting::new(&Given::default()), SwitchboardOptions::default());
    let trunk = switchboard.trunk();
    (0..100).for_each(|key| drop(trunk.call(call(key.to_string())).unwrap()));
    switchboard.shutdown().unwrap();

    let given = Given::default();
    let (told, openings) = mpsc::channel();
    let (mut gateway, go, _begun) = Noting::gated(&given);
    (gateway.opened, gateway.knows) = (Some(told), Some(Seq(40)));
    let options = SwitchboardOptions { batch: 7, backlog: 9, ..SwitchboardOptions::default() };
    let (switchboard, opening) = open(journal.clone(), gateway, options.clone());
    let (inside, found) = openings.recv().unwrap();
    assert_eq!((found.delivered, found.end), (Seq(40), Seq(100)));
    assert_eq!(found, opening);
    // One from outside has to wait for that; it is delivered after it.
    let receipt = inside.send(call("new")).unwrap();
    drop(go);
    assert_eq!(receipt.wait().unwrap().seq, Seq(101));
    switchboard.shutdown().unwrap();
    assert_eq!(*given.lock().unwrap(), numbers(41, 101));

    // After an orderly end nothing is delivered again, and one that knows of more than there is does no harm.
    let given = Given::default();
    let (switchboard, opening) = open(journal.clone(), Noting::new(&given), options.clone());
    assert_eq!((opening.delivered, opening.folded), (Seq(101), 0));
    switchboard.shutdown().unwrap();
    let ahead = Noting { knows: Some(Seq(5_000)), ..Noting::new(&given) };
    let (switchboard, _) = open(journal, ahead, options);
    switchboard.trunk().call(call("next")).unwrap();
    switchboard.shutdown().unwrap();
    assert_eq!(*given.lock().unwrap(), [Seq(102)]);
}

#[test]
fn dropped_it_loses_nothing_that_was_answered_and_delivers_the_rest_later() {
    let (journal, given) = (MemoryJournal::new(), Given::default());
    let (gateway, go, begun) = Noting::gated(&given);
    let (switchboard, _) = open(journal.clone(), gateway, SwitchboardOptions::default());
    let trunk = switchboard.trunk();
    (0..10).for_each(|key| drop(trunk.call(call(key.to_string())).unwrap()));
    assert_eq!(begun.recv(), Ok(Seq(1)));
    drop(switchboard); // while the gateway is at the first
    assert!(matches!(trunk.call(Request::from(sign_in(1))), Err(Failed::Stopped(Stopped::Dropped))));
    drop(go);
    assert!(begun.recv().is_err(), "it is given no other");

    let again = Given::default();
    let (switchboard, opening) = open(journal.clone(), Noting::new(&again), SwitchboardOptions::default());
    assert_eq!((opening.end, opening.delivered), (Seq(10), Seq(0)));
    switchboard.shutdown().unwrap();
    assert_eq!(*again.lock().unwrap(), numbers(1, 10));

    // A gateway that forgot everything is given it again, with nothing new; that is known the next time, too.
    let forgetful = Noting { knows: Some(Seq(0)), ..Noting::new(&again) };
    open(journal.clone(), forgetful, SwitchboardOptions::default()).0.shutdown().unwrap();
    assert_eq!(again.lock().unwrap().len(), 20);
    let (switchboard, opening) = open(journal, Noting::new(&again), SwitchboardOptions::default());
    assert_eq!((opening.folded, opening.delivered), (0, Seq(10)));
    switchboard.shutdown().unwrap();
}
