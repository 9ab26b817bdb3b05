//! What a wallboard shows is what there is: after every batch of a long random run, against a count from scratch.
#![cfg(feature = "live")]

use std::collections::{BTreeMap, BTreeSet};

use cordboard::*;

/// The same dice everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn plan() -> Plan {
    builder().build().expect("the plan is sound")
}

fn builder() -> PlanBuilder {
    let target = Target::new(800, Span::from_secs(20));
    Plan::builder()
        .scheduler("work-conserving")
        .channel("voice", |voice| voice.offer(Span::from_secs(15)).connect(Span::from_secs(5)).target(target))
        .channel("chat", |chat| chat.offer(Span::from_secs(10)).quiet_after(Span::from_secs(60)))
        .channel("callback", |callback| callback.offer(Span::from_secs(30)))
        .capacity("blended", |agent| agent.takes("voice", 1).takes("chat", 3).takes("callback", 1))
        .agents("team", "blended", |team| team.serves("sales", 1).serves("service", 2))
        .agents("chatters", "blended", |chatters| chatters.serves("service", 1))
        .queue("sales", |sales| sales.limit(6).after_wait(Span::from_secs(40), "queue:service"))
        .queue("service", |service| service.mode(Mode::Broadcast { ring: 2 }))
}

/// A command that may or may not be possible.
fn command(dice: &mut Dice, router: &Router, offers: &[OfferId], next: &mut u64) -> Command {
    let there = router.every_contact();
    let one = dice.below(there.len().max(1) as u64) as usize;
    let contact = there.get(one).map_or(ContactId(1), |it| it.contact);
    let agent = AgentId(1 + dice.below(12));
    let offer = |dice: &mut Dice| {
        let latest = offers.len().saturating_sub(6);
        let at = latest + dice.below((offers.len() - latest).max(1) as u64) as usize;
        offers.get(at).copied().unwrap_or(OfferId(1))
    };
    if there.len() > 25 {
        // Enough: the oldest go.
        return Command::Cancel { contact: there[0].contact };
    }
    match dice.below(40) {
        0..7 => {
            *next += 1;
            let (queue, channel) = (QueueId(dice.below(2) as u16), ChannelId(dice.below(3) as u8));
            let before = Timestamp(router.now().0.saturating_sub(dice.below(30_000_000)));
            let age_origin = (dice.below(4) == 0).then_some(before);
            let not_before = (dice.below(8) == 0).then_some(router.now() + Span::from_secs(dice.below(60)));
            let answer_within = (dice.below(5) == 0).then_some(Span::from_secs(3));
            let new = NewContact { age_origin, not_before, answer_within, ..NewContact::new(queue, channel) };
            Command::Enqueue { contact: ContactId(*next), new }
        }
        7..17 => Command::Accept { offer: offer(dice) },
        17 => Command::Decline { offer: offer(dice) },
        18 => Command::Abandon { contact },
        19..22 => Command::Connected { contact },
        22..26 => Command::Complete { contact },
        26 => Command::Cancel { contact },
        27 => Command::Hold { contact },
        28 => Command::Resume { contact },
        29 => Command::Park { contact },
        30 => Command::Wake { contact },
        31 => Command::Join { contact, agent, role: Role::Conference },
        32 => Command::Part { contact, agent },
        33 => Command::Transfer {
            contact,
            to: TransferTo::Queue(QueueId(dice.below(2) as u16)),
            reset_age: dice.below(2) == 0,
        },
        34 => Command::ChangeChannel { contact, channel: ChannelId(dice.below(3) as u8) },
        35 => Command::MessageFromCustomer { contact },
        36 => {
            Command::SetPresence { agent, channels: ChannelSet::ALL, ready: dice.below(3) > 0, reason: ReasonId::NONE }
        }
        37 => Command::SignOut { agent, leave: if dice.below(2) == 0 { Leave::Drain } else { Leave::Requeue } },
        38 if dice.below(20) == 0 => {
            let plan = router.plan().revise(&builder().document());
            Command::Configure { plan: Box::new(plan.expect("the same plan is sound")) }
        }
        _ => Command::SignIn { agent, group: GroupId(u16::from(agent.0 > 8)), skills: None, ready: ChannelSet::ALL },
    }
}

/// Counted from scratch.
fn recounted(router: &Router, view: &View) {
    let plan = router.plan();
    for queue in (0..plan.queues().len() as u16).map(QueueId) {
        for channel in (0..plan.channels().len() as u8).map(ChannelId) {
            let here: Vec<ContactStatus> =
                router.every_contact().into_iter().filter(|it| (it.queue, it.channel) == (queue, channel)).collect();
            let count = |is: &dyn Fn(Whereabouts) -> bool| here.iter().filter(|it| is(it.whereabouts)).count() as u32;
            let seen = view.queue(queue, channel);
            let with = |stages: &'static [Stage]| move |it| matches!(it, Whereabouts::With(_, stage) if stages.contains(&stage));
            assert_eq!(seen.waiting, count(&|it| it == Whereabouts::Waiting));
            assert_eq!(seen.offered, count(&with(&[Stage::Offered])));
            assert_eq!(seen.in_service, count(&with(&[Stage::Connecting, Stage::Active, Stage::Quiet, Stage::Held])));
            assert_eq!(seen.wrap_up, count(&with(&[Stage::WrapUp])));
            let there = seen.waiting + seen.offered + seen.in_service + seen.wrap_up + seen.elsewhere;
            assert_eq!(there, here.len() as u32);
            let waits = here.iter().filter(|it| it.whereabouts == Whereabouts::Waiting);
            let longest = waits.map(|it| router.now().since(it.age_origin)).max().unwrap_or_default();
            assert_eq!(seen.longest_wait, longest);
        }
    }
    for group in (0..plan.groups().len() as u16).map(GroupId) {
        let of: Vec<AgentStatus> = router.every_agent().into_iter().filter(|it| it.group == group).collect();
        let seen = view.group(group);
        assert_eq!(seen.signed_in, of.len() as u32);
        assert_eq!(seen.held, of.iter().map(|it| it.held).sum());
        assert_eq!(seen.occupied, of.iter().filter(|it| it.held > 0).count() as u32);
        let ready = |it: &&AgentStatus| it.ready != ChannelSet::NONE && !it.draining && it.lost.is_none();
        assert_eq!(seen.ready, of.iter().filter(ready).count() as u32);
    }
}

#[test]
fn a_wallboard_shows_what_there_is() {
    let mut dice = Dice(7);
    let mut router = Router::new(plan()).unwrap();
    let (mut board, mut single) = (Wallboard::new(&router), Wallboard::new(&router));
    let (mut batch, mut offers, mut next, mut seq, mut now) =
        (Vec::new(), Vec::new(), 0, 0, Timestamp::from_secs(1_000));
    let (mut arrived, mut answered, mut abandoned) = (0, BTreeSet::new(), 0);
    let mut exercised: BTreeMap<&'static str, u32> = BTreeMap::new();
    for step in 0..30_000 {
        now += Span(dice.below(600_000));
        let commands = [Command::AdvanceTime, command(&mut dice, &router, &offers, &mut next)];
        for command in commands {
            let input = Stamped { seq: Seq(seq + 1), id: CommandId::ANONYMOUS, at: now, command };
            let mut events = Vec::new();
            if router.apply(&input, &mut events).is_err() {
                continue;
            }
            seq += 1;
            for event in &events {
                match event.what {
                    What::Arrived { .. } => arrived += 1,
                    What::Offered { offer, .. } => offers.push(offer),
                    What::Accepted { contact, .. } | What::Assigned { contact, .. } => drop(answered.insert(contact)),
                    What::Ended { outcome: Outcome::Abandoned, .. } => abandoned += 1,
                    _ => {}
                }
                let word = format!("{:?}", event.what);
                let word = word.split([' ', '{']).next().unwrap_or_default();
                *exercised.entry(Box::leak(word.to_owned().into_boxed_str())).or_default() += 1;
            }
            let entry = Entry { input, events, key: None, delivered: Seq(0) };
            single.hear(std::slice::from_ref(&entry), &router);
            batch.push(entry);
        }
        if dice.below(6) == 0 {
            board.hear(&batch, &router);
            batch.clear();
            let view = board.view(&router, step);
            assert_eq!((view.seq, view.at, view.backlog), (Seq(seq), router.now(), step));
            recounted(&router, &view);
            recounted(&router, &single.view(&router, 0));
            for total in [view.total(), single.view(&router, 0).total()] {
                assert_eq!((total.arrived, total.abandoned), (arrived, abandoned));
                assert_eq!(total.answered, answered.len() as u64);
                assert!(total.in_time <= total.answered);
            }
        }
    }
    // Batched or not, nearly the same were in time: only those that came, were answered and went within one batch may differ.
    let (one, other) = (board.view(&router, 0).total(), single.view(&router, 0).total());
    assert!(one.in_time.abs_diff(other.in_time) * 100 <= other.in_time, "{one:?} {other:?}");
    assert!(other.in_time > other.answered / 20 && other.in_time < other.answered);
    for (word, floor) in [
        ("Overflowed", 20),
        ("Joined", 20),
        ("HandedOver", 1),
        ("Transferred", 50),
        ("ChannelChanged", 20),
        ("Parked", 20),
        ("Scheduled", 50),
        ("Configured", 5),
        ("OfferEnded", 500),
        ("Returned", 100),
        ("AgentDraining", 50),
    ] {
        assert!(exercised.get(word).copied().unwrap_or(0) >= floor, "too few {word}: {exercised:?}");
    }
}

#[test]
fn the_service_level_counts_who_left_unanswered() {
    let view = QueueView { answered: 8, in_time: 6, abandoned: 2, ..QueueView::default() };
    assert_eq!(view.service_level(), Some(0.6));
    assert_eq!(QueueView::default().service_level(), None);
}
