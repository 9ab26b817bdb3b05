//! After a restart, the host says what still exists.

use cordboard::{
    ChannelId, ChannelSet, Command, ContactId, Existing, MemoryJournal, NewContact, Outcome, QueueId, Request,
    SwitchboardOptions, What, Whereabouts,
};

use crate::desk::{Given, Noting, call, kept, open, sign_in};

#[test]
fn what_the_host_has_no_more_ends_as_befits_where_it_was() {
    let journal = MemoryJournal::new();
    let (switchboard, _) = open(journal.clone(), Noting::new(&Given::default()), SwitchboardOptions::default());
    let trunk = switchboard.trunk();
    (1..=3).for_each(|agent| drop(trunk.call(sign_in(agent)).unwrap()));
    let offer_of = |key: &str| {
        let answer = trunk.call(call(key)).unwrap();
        answer.events().iter().find_map(|event| match event.what {
            What::Offered { offer, .. } => Some(offer),
            _ => None,
        })
    };
    let talks = offer_of("talks").unwrap();
    trunk.call(Command::Accept { offer: talks }).unwrap();
    offer_of("rings").unwrap();
    let stays = offer_of("stays").unwrap();
    trunk.call(Command::Accept { offer: stays }).unwrap();
    assert_eq!(offer_of("waits"), None);
    let later = cordboard::Timestamp::from_secs(5_000);
    let promised = NewContact { not_before: Some(later), ..NewContact::new(QueueId(0), ChannelId(0)) };
    trunk.call(Request::arrive("promised", promised)).unwrap();

    let voice = ChannelSet::NONE.with(ChannelId(0));
    let existing = vec![Existing::Key("stays".into()), Existing::Key("gone".into()), Existing::Id(ContactId(4_711))];
    assert_eq!(switchboard.reconcile(ChannelSet::NONE, existing.clone()).unwrap().ended, []);
    let before = kept(&journal).len();
    let found = switchboard.reconcile(voice, existing.clone()).unwrap();
    assert_eq!(found.unknown, existing[1..]);
    let ended: Vec<&str> = found.ended.iter().map(|(_, key)| &**key.as_ref().unwrap().reveal()).collect();
    assert_eq!(ended, ["talks", "rings", "waits", "promised"]);
    // Durable when it returns, as commands like any other.
    let outcomes: Vec<_> = kept(&journal)[before..]
        .iter()
        .flat_map(|entry| &entry.events)
        .filter_map(|event| match event.what {
            What::Ended { contact, outcome, .. } => Some((contact, outcome)),
            _ => None,
        })
        .collect();
    let expected = [Outcome::Completed, Outcome::Abandoned, Outcome::Abandoned, Outcome::Cancelled];
    assert!(outcomes.into_iter().eq(found.ended.iter().map(|(contact, _)| *contact).zip(expected)));
    let left = trunk.ask(|router, _| router.every_contact()).unwrap();
    assert!(matches!(left[..], [one] if matches!(one.whereabouts, Whereabouts::With(..))));
    assert_eq!(switchboard.reconcile(voice, existing).unwrap().ended, [], "once is enough");
    switchboard.shutdown().unwrap();
}
