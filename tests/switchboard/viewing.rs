//! Views and names, for readers who never wait and keep nobody waiting.

use cordboard::{
    ChannelId, Command, GroupId, ManualClock, MemoryJournal, QueueId, Request, Seq, Span, SwitchboardOptions, Timestamp,
};

use crate::desk::{Given, Noting, call, open, open_at, sign_in};

#[test]
fn a_view_is_made_at_most_so_often_and_catches_up_when_nothing_happens() {
    let clock = ManualClock::new(Timestamp::from_secs(100));
    let journal = MemoryJournal::new();
    let options = SwitchboardOptions::default();
    let (switchboard, _) = open_at(journal.clone(), Noting::new(&Given::default()), options, clock.clone());
    let trunk = switchboard.trunk();
    trunk.call(sign_in(1)).unwrap();
    (0..3).for_each(|key| drop(trunk.call(call(key.to_string())).unwrap()));
    trunk.ask(|_, _| ()).unwrap();
    assert_eq!(switchboard.view().seq, Seq(0), "no time has passed");
    clock.pass(Span::from_millis(250));
    while switchboard.view().seq < Seq(4) {
        std::thread::yield_now();
    }
    let view = switchboard.view();
    let service = view.queue(QueueId(0), ChannelId(0));
    assert_eq!((service.arrived, service.waiting, service.offered, service.in_service), (3, 2, 1, 0));
    let team = view.group(GroupId(0));
    assert_eq!((team.signed_in, team.ready, team.occupied, team.held), (1, 1, 1, 1));
    drop(switchboard);

    // Opened again, the first view is there at once, and counts begin anew.
    clock.pass(Span::from_secs(5));
    let options = SwitchboardOptions::default();
    let (switchboard, _) = open_at(journal.clone(), Noting::new(&Given::default()), options, clock.clone());
    let service = switchboard.view().queue(QueueId(0), ChannelId(0));
    assert_eq!((service.arrived, service.waiting, service.offered), (0, 2, 1));
    assert!(service.longest_wait > Span::ZERO || switchboard.view().at == Timestamp::from_secs(100));
    drop(switchboard);

    let options = SwitchboardOptions { view_every: None, ..SwitchboardOptions::default() };
    let (switchboard, _) = open_at(journal, Noting::new(&Given::default()), options, clock);
    assert_eq!(switchboard.view().total().waiting, 0, "nothing is kept for it");
    switchboard.shutdown().unwrap();
}

#[test]
fn names_are_found_without_asking_the_engine() {
    let journal = MemoryJournal::new();
    let (switchboard, _) = open(journal.clone(), Noting::new(&Given::default()), SwitchboardOptions::default());
    let trunk = switchboard.trunk();
    let contact = trunk.call(call("a")).unwrap().contact.unwrap();
    while switchboard.contact_of("a").is_none() {
        std::thread::yield_now();
    }
    assert_eq!(switchboard.contact_of("a"), Some(contact));
    assert_eq!(switchboard.key_of(contact), Some("a".into()));
    trunk.call(call("b")).unwrap();
    trunk.call(Request::about("a", |contact| Command::Abandon { contact })).unwrap();
    while switchboard.contact_of("a").is_some() {
        std::thread::yield_now();
    }
    assert_eq!(switchboard.key_of(contact), None);
    drop(switchboard);
    let (switchboard, _) = open(journal, Noting::new(&Given::default()), SwitchboardOptions::default());
    assert!(switchboard.contact_of("b").is_some() && switchboard.contact_of("a").is_none());
    switchboard.shutdown().unwrap();
}
