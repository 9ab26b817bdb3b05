//! Timers fire by the host's clock, whatever the gateway does.

use std::sync::mpsc;

use cordboard::{
    Clock, Entry, ManualClock, MemoryJournal, OfferEnd, Span, SwitchboardOptions, SystemClock, Timestamp, What,
};

use crate::desk::{Given, Noting, call, kept, open_at, sign_in};

#[test]
fn an_offer_rings_out_when_the_clock_says_so() {
    let clock = ManualClock::new(Timestamp::from_secs(100));
    let (tell, told) = mpsc::channel();
    let gateway = move |entry: &Entry| entry.events.iter().for_each(|event| tell.send(*event).unwrap());
    let (switchboard, _) = open_at(MemoryJournal::new(), gateway, SwitchboardOptions::default(), clock.clone());
    let trunk = switchboard.trunk();
    trunk.call(sign_in(1)).unwrap();
    trunk.call(call("a")).unwrap();
    let offered = told.iter().find(|event| matches!(event.what, What::Offered { .. })).unwrap();
    assert_eq!(offered.at, Timestamp::from_secs(100));
    clock.pass(Span::from_secs(19));
    clock.pass(Span::from_secs(30));
    let rang_out = told.iter().next().unwrap();
    assert!(matches!(rang_out.what, What::OfferEnded { end: OfferEnd::Expired, .. }));
    assert_eq!(rang_out.at, Timestamp::from_secs(120), "at its own instant, however late it is noticed");
    switchboard.shutdown().unwrap();
}

#[test]
fn timers_go_on_while_the_gateway_stands_still_and_requests_wait() {
    let (clock, journal) = (ManualClock::new(Timestamp::from_secs(100)), MemoryJournal::new());
    let (gateway, go, begun) = Noting::gated(&Given::default());
    let options = SwitchboardOptions { backlog: 1, ..SwitchboardOptions::default() };
    let (switchboard, _) = open_at(journal.clone(), gateway, options, clock.clone());
    let trunk = switchboard.trunk();
    let _ = trunk.send(sign_in(1)).unwrap();
    begun.recv().unwrap();
    go.send(()).unwrap();
    let _ = trunk.send(call("a")).unwrap();
    begun.recv().unwrap();
    // It has the call's offer, and does nothing about it.
    clock.pass(Span::from_secs(60));
    while !kept(&journal)
        .iter()
        .flat_map(|entry| &entry.events)
        .any(|event| matches!(event.what, What::OfferEnded { .. }))
    {
        std::thread::yield_now();
    }
    drop(go);
    switchboard.shutdown().unwrap();
}

#[test]
fn the_systems_clock_never_goes_back() {
    let clock = SystemClock;
    let readings: Vec<Timestamp> = (0..10_000).map(|_| clock.now()).collect();
    assert!(readings.is_sorted());
    assert!(readings[0] > Timestamp::from_secs(1_700_000_000), "microseconds since the Unix epoch");
}
