//! Requests from many threads, answered in three ways, once each.

use std::collections::BTreeSet;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cordboard::{
    Applied, Command, CommandId, Failed, MemoryJournal, NotSent, Refused, Request, Seq, SwitchboardOptions, Whereabouts,
};

use crate::desk::{Given, Noting, call, kept, numbers, open, sign_in};

#[test]
fn what_many_threads_send_is_done_once_in_each_ones_order_and_delivered_in_order() {
    let (journal, given) = (MemoryJournal::new(), Given::default());
    let options = SwitchboardOptions { capacity: 8, batch: 5, backlog: 16, ..SwitchboardOptions::default() };
    let (switchboard, _) = open(journal.clone(), Noting::new(&given), options);
    let threads: Vec<_> = (1..=4u32)
        .map(|source| {
            let trunk = switchboard.trunk();
            thread::spawn(move || {
                (1..=250u64)
                    .map(|number| {
                        let request = call(format!("{source}/{number}")).with_id(CommandId { source, number });
                        trunk.send(request).unwrap().wait().unwrap().seq
                    })
                    .collect::<Vec<Seq>>()
            })
        })
        .collect();
    let mut answered = BTreeSet::new();
    for thread in threads {
        let seqs = thread.join().unwrap();
        assert!(seqs.is_sorted_by(|one, next| one < next), "in the order in which it was sent");
        answered.extend(seqs);
    }
    assert_eq!(answered.into_iter().collect::<Vec<_>>(), numbers(1, 1_000));
    switchboard.shutdown().unwrap();
    assert_eq!(*given.lock().unwrap(), numbers(1, 1_000));
    let kept = kept(&journal);
    for source in 1..=4 {
        let of_one = kept.iter().filter(|entry| entry.input.id.source == source);
        assert!(of_one.map(|entry| entry.input.id.number).eq(1..=250));
    }
}

#[test]
fn an_answer_is_waited_for_polled_or_called_back() {
    let (journal, given) = (MemoryJournal::new(), Given::default());
    let (switchboard, _) = open(journal.clone(), Noting::new(&given), SwitchboardOptions::default());
    let trunk = switchboard.trunk();
    let contact = trunk.call(call("a")).unwrap().contact.unwrap();

    let (tell, told) = mpsc::channel();
    trunk.send_with(call("b"), move |answer| {
        let seq = answer.unwrap().seq;
        tell.send((seq, kept(&journal).last().unwrap().input.seq)).unwrap();
    });
    let (answered, in_journal) = told.recv().unwrap();
    assert!(in_journal >= answered, "called back when it is in the journal");

    let mut receipt = trunk.send(Request::about("a", |contact| Command::Abandon { contact })).unwrap();
    trunk.ask(|_, _| ()).unwrap(); // and so what was sent before is done
    let answer = receipt.poll().expect("it is there").unwrap();
    assert_eq!(answer.contact, Some(contact));
    assert_eq!(receipt.wait_timeout(Duration::ZERO).expect("it stays there").unwrap().seq, answer.seq);

    let refused = trunk.call(Request::about("a", |contact| Command::Abandon { contact })).unwrap_err();
    assert!(matches!(refused, Failed::Refused(Refused::UnknownKey)), "{refused}");
    let panicked = trunk.call(Request::about("b", |_| panic!("expected: in a closure of the host"))).unwrap_err();
    assert!(matches!(panicked, Failed::Refused(Refused::Panicked)), "{panicked}");
    trunk.call(call("c")).unwrap();
    switchboard.shutdown().unwrap();
}

#[test]
fn a_full_switchboard_says_so_and_gives_the_request_back() {
    let (journal, given) = (MemoryJournal::new(), Given::default());
    let (gateway, go, begun) = Noting::gated(&given);
    let options = SwitchboardOptions { capacity: 2, backlog: 1, ..SwitchboardOptions::default() };
    let (switchboard, _) = open(journal, gateway, options);
    let trunk = switchboard.trunk();
    // The gateway has one and does not go on: the engine takes no more, and two wait for it.
    let mut receipts = vec![trunk.send(call("0")).unwrap()];
    begun.recv().unwrap();
    let refused = loop {
        match trunk.try_send(call(receipts.len().to_string())) {
            Ok(receipt) => receipts.push(receipt),
            Err(NotSent::Full(request)) => break *request,
            Err(NotSent::Stopped(stopped)) => panic!("{stopped}"),
        }
    };
    assert!((3..=4).contains(&receipts.len()), "{}", receipts.len());
    let Err(NotSent::Full(refused)) = trunk.send_timeout(refused, Duration::from_millis(1)) else {
        panic!("there is no room")
    };
    let (_, silent) = mpsc::channel::<()>();
    assert!(matches!(trunk.try_send_with(call("x"), move |_| drop(silent)), Err(NotSent::Full(_))));
    drop(go);
    receipts.push(trunk.send(*refused).unwrap());
    for receipt in receipts {
        assert_eq!(receipt.wait().unwrap().applied, Applied::Done);
    }
    switchboard.shutdown().unwrap();
}

#[test]
fn a_callback_may_send_and_may_not_wait_and_its_panic_is_its_own() {
    let (switchboard, _) = open(
        MemoryJournal::new(),
        Noting::new(&Given::default()),
        SwitchboardOptions { capacity: 1, ..Default::default() },
    );
    let trunk = switchboard.trunk();
    let (tell, told) = mpsc::channel();
    let inner = trunk.clone();
    trunk.send_with(call("a"), move |_| {
        // More than there is room for: from here, it is taken all the same.
        let receipts: Vec<_> = (0..10).map(|key| inner.send(call(key.to_string())).unwrap()).collect();
        tell.send(receipts).unwrap();
    });
    for receipt in told.recv().unwrap() {
        receipt.wait().unwrap();
    }
    let (tell, told) = mpsc::channel::<()>();
    let inner = trunk.clone();
    trunk.send_with(call("b"), move |_| {
        let _tells_when_it_unwinds = tell;
        let _ = inner.ask(|router, _| router.contacts());
        unreachable!("expected: waiting for oneself panics");
    });
    assert!(told.recv().is_err());
    assert_eq!(trunk.ask(|router, _| router.contacts()).unwrap(), 12);
    switchboard.shutdown().unwrap();
}

#[test]
fn a_question_sees_what_was_sent_before_and_its_panic_is_the_askers() {
    let (switchboard, _) = open(MemoryJournal::new(), Noting::new(&Given::default()), SwitchboardOptions::default());
    let trunk = switchboard.trunk();
    let _ = trunk.send(call("a")).unwrap();
    let (contact, whereabouts, name) = trunk
        .ask(|router, keys| {
            let contact = keys.contact("a").unwrap();
            (contact, router.contact(contact).unwrap().whereabouts, keys.name(contact).map(str::to_owned))
        })
        .unwrap();
    assert_eq!((whereabouts, name.as_deref()), (Whereabouts::Waiting, Some("a")));
    let asker = trunk.clone();
    let panicked = thread::spawn(move || asker.ask(|_, _| panic!("expected: in a question"))).join().unwrap_err();
    assert_eq!(panicked.downcast_ref::<&str>(), Some(&"expected: in a question"));
    let _ = trunk.send(sign_in(1)).unwrap();
    assert!(matches!(
        trunk.ask(move |router, _| router.contact(contact).unwrap().whereabouts).unwrap(),
        Whereabouts::With(..)
    ));
    switchboard.shutdown().unwrap();
}
