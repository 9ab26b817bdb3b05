//! What-if: a recording run under its own policy is the recording, under another it is something else.
#![cfg(feature = "sim")]

mod recordings;

use cordboard::sim::{Patient, Policy, WhatIf};
use cordboard::{MemoryJournal, Policies};

fn what_if(journal: &mut MemoryJournal) -> WhatIf {
    WhatIf::read(journal, Policies::new(), &mut |_| {}).unwrap()
}

#[test]
fn under_its_own_policy_a_recording_is_itself_event_by_event() {
    for (name, mut journal) in recordings::all() {
        let what_if = what_if(&mut journal);
        for patient in [Patient::Estimated, Patient::Endless] {
            let control = what_if.run(&mut journal, &Policy::WorkConserving, patient, &mut |_| {}).unwrap();
            assert_eq!(control.like, None, "{name}");
            assert_eq!(control.events, what_if.events(), "{name}");
            assert_eq!(&control.figures, what_if.recorded(), "{name}");
            let departures = control.departures;
            assert_eq!(
                (departures.handling_drawn, departures.answers_drawn, departures.came_to_nothing),
                (0, 0, 0),
                "{name}"
            );
        }
    }
}
