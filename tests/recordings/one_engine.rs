//! One engine, three lives: the same day simulated, driven live, folded and run again comes to the same events and the
//! same state, and under its own policy it happens again.

use std::ops::ControlFlow;
use std::sync::Arc;

use cordboard::sim::{Patient, Policy, WhatIf};
use cordboard::{
    Command, Digest, Driver, DriverOptions, Entry, Event, Journal, ManualClock, MemoryJournal, Plan, Policies, Seq,
    Switchboard, SwitchboardOptions, Timestamp, beginning, verify,
};

use crate::days;

fn entries(journal: &mut MemoryJournal) -> Vec<Entry> {
    let mut all = Vec::new();
    let keep = &mut |entry| {
        all.push(entry);
        ControlFlow::Continue(())
    };
    journal.replay(Seq(0), keep).unwrap();
    all
}

fn events(journal: &mut MemoryJournal) -> Vec<Event> {
    entries(journal).into_iter().flat_map(|entry| entry.events).collect()
}

fn plan(journal: &mut MemoryJournal) -> Plan {
    beginning(journal, Policies::new()).unwrap().plan().clone()
}

/// Run again and folded it is as recorded: the state in which it ends.
fn end(journal: &mut MemoryJournal) -> Digest {
    let verified = verify(journal, &Policies::new(), &mut |_, _| {}).unwrap();
    assert_eq!(verified.difference, None);
    verified.digest
}

/// What recovery makes of it.
fn recovered(journal: &MemoryJournal, plan: Plan, clock: Timestamp) -> Digest {
    let (driver, _) = Driver::open(Box::new(journal.clone()), plan, DriverOptions::default(), clock).unwrap();
    driver.router().unwrap().digest()
}

#[test]
fn a_simulated_day_driven_live_is_the_same_entry_by_entry() {
    for (name, mut simulated) in days::all() {
        let (plan, day) = (plan(&mut simulated), entries(&mut simulated));
        let mut live = MemoryJournal::new();
        // Snapshots on the way: verification looks at each.
        let options = DriverOptions { snapshot_every: 1_000, ..DriverOptions::default() };
        let (mut driver, _) = Driver::open(Box::new(live.clone()), plan.clone(), options, Timestamp(0)).unwrap();
        for Entry { input, .. } in &day {
            match &input.command {
                Command::AdvanceTime => driver.tick(input.at).unwrap(),
                command => driver.submit(command.clone().into(), input.at).unwrap(),
            }
            let committed = driver.commit(input.at).unwrap();
            assert!(committed.answers.iter().all(Result::is_ok), "{name}: {input:?} was refused");
        }
        let lived = driver.router().unwrap().digest();
        assert!(entries(&mut live) == day, "{name}");
        assert_eq!([end(&mut simulated), end(&mut live)], [lived, lived], "{name}");
        let clock = day.last().unwrap().input.at;
        assert_eq!(recovered(&live, plan, clock), lived, "{name}");
    }
}

#[test]
fn a_day_on_the_switchboard_verifies_and_happens_again() {
    let mut simulated = days::recorded(days::EVERYTHING);
    let (plan, day) = (plan(&mut simulated), entries(&mut simulated));
    let (mut live, clock) = (MemoryJournal::new(), ManualClock::new(Timestamp(0)));
    let options = SwitchboardOptions::default();
    let gateway = Box::new(|_: &Entry| {});
    let (switchboard, _) =
        Switchboard::open(Box::new(live.clone()), plan.clone(), gateway, Arc::new(clock.clone()), options).unwrap();
    let trunk = switchboard.trunk();
    for Entry { input, .. } in day {
        clock.set(input.at);
        // Timers fire by themselves, whenever its thread looks at the clock.
        if input.command != Command::AdvanceTime {
            trunk.call(input.command).unwrap();
        }
    }
    let lived = trunk.ask(|router, _| (router.digest(), router.now())).unwrap();
    switchboard.shutdown().unwrap();
    assert!(events(&mut live) == events(&mut simulated), "the same day");
    assert_eq!((end(&mut live), recovered(&live, plan, lived.1)), (lived.0, lived.0));
    let what_if = WhatIf::read(&mut live, Policies::new(), &mut |_| {}).unwrap();
    let control = what_if
        .run(&mut live, &Policy::Scheduling(what_if.plan().scheduler().policy.clone()), Patient::Estimated, &mut |_| {})
        .unwrap();
    assert_eq!(control.like, None);
    assert_eq!(&control.figures, what_if.recorded());
}
