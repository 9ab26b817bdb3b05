//! Commands that no sane host sends: extreme times, lengths, priorities, sets and requirements, ids picked
//! from a hat. Each is obeyed or refused; none panics, breaks an invariant, or changes anything when refused.
//!
//! `CORDBOARD_WILD_CASES=100000` for a longer run.

#[allow(dead_code, reason = "the lockstep uses the rest of it")]
#[path = "../lockstep/dice.rs"]
mod dice;
#[allow(dead_code, reason = "the lockstep uses the rest of it")]
#[path = "../lockstep/plans.rs"]
mod plans;

use cordboard::{
    AgentId, ChannelId, ChannelSet, Command, CommandId, ContactId, CustomerId, GroupId, Leave, Needs, NewContact,
    OfferId, Policies, Preferred, QueueId, ReasonId, Requirement, RequirementId, Router, Seq, SkillId, Skills, Span,
    Stamped, Timestamp, TransferTo, WrapUp,
};
use proptest::prelude::*;

use dice::Dice;
use plans::Draft;
use plans::host::{Rested, Vip};

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_obeyed_or_refused(
        plan in prop::collection::vec(any::<u32>(), 0..400),
        steps in prop::collection::vec(any::<[u128; 2]>(), 1..120),
    ) {
        let draft = Draft::throw(&mut Dice::tape(&plan));
        let policies = || Policies::new().with_agents(Rested).with_contacts(Vip);
        let mut engine = Router::with_policies(draft.plan(), policies()).expect("both host policies are given");
        let mut follower = engine.clone();
        let mut events = Vec::new();
        for [number, more] in steps {
            let input = wild(&mut Dice::Number(number), &mut Dice::Number(more), &engine, &draft);
            let digest = engine.digest();
            events.clear();
            match engine.apply(&input, &mut events) {
                Ok(cordboard::Applied::Done) => follower.fold(&input, &events).expect("what was decided can be folded"),
                Ok(cordboard::Applied::Repeated) => prop_assert!(events.is_empty() && engine.digest() == digest),
                Err(rejected) => {
                    prop_assert!(events.is_empty() && engine.digest() == digest, "{rejected} changed something");
                    prop_assert!(!rejected.to_string().is_empty());
                }
            }
            prop_assert!(engine.check_invariants().is_ok(), "{:?} after {input:?}", engine.check_invariants());
            prop_assert!(events.iter().all(|event| event.at <= engine.now()));
            for contact in (1..CONTACTS).map(ContactId) {
                let told = engine.explain(contact).map(|told| told.to_string());
                prop_assert!(told.is_some() || engine.estimate_wait(contact).is_none());
            }
        }
        prop_assert_eq!(follower.digest(), engine.digest());
        let restored = Router::restore(engine.checkpoint(), policies()).map(|restored| restored.digest());
        prop_assert_eq!(restored, Ok(engine.digest()));
    }
}

fn cases() -> u32 {
    std::env::var("CORDBOARD_WILD_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(200)
}

/// Contacts, agents and offers that are spoken of; most ids are in use at some time.
const CONTACTS: u64 = 12;
const AGENTS: u64 = 5;

fn wild(dice: &mut Dice<'_>, more: &mut Dice<'_>, engine: &Router, draft: &Draft) -> Stamped {
    let now = engine.now();
    let at = match dice.below(24) {
        0..=15 => now,
        16..=19 => now + dice.pick(&SPANS),
        20 => engine.next_deadline().unwrap_or(now),
        21 => Timestamp(now.0.saturating_sub(1)),
        22 if dice.one_in(8) => dice.pick(&[Timestamp(u64::MAX - 1), Timestamp(1 << 63)]),
        _ => now + Span::from_secs(3),
    };
    // `Timestamp::MAX` is later than any instant that occurs.
    let at = at.min(Timestamp(u64::MAX - 1));
    let due = engine.next_deadline().is_some_and(|due| due <= at);
    let command = if due && !dice.one_in(10) { Command::AdvanceTime } else { command(dice, more, now, draft) };
    let id = match dice.below(6) {
        5 => CommandId { source: dice.pick(&[1, 2, u32::MAX]), number: dice.pick(&[1, 2, 70, u64::MAX, 0]) },
        _ => CommandId::ANONYMOUS,
    };
    let seq = match dice.below(20) {
        18 => engine.seq(),
        19 if dice.one_in(30) => Seq(u64::MAX),
        _ => Seq(engine.seq().0.saturating_add(1)),
    };
    Stamped { seq, id, at, command }
}

const SPANS: [Span; 8] = [
    Span::ZERO,
    Span(1),
    Span::from_secs(5),
    Span::from_mins(600),
    Span(1 << 62),
    Span(1 << 63),
    Span(u64::MAX - 1),
    Span::MAX,
];

fn command(dice: &mut Dice<'_>, more: &mut Dice<'_>, now: Timestamp, draft: &Draft) -> Command {
    let contact = ContactId(1 + dice.below(CONTACTS as usize) as u64);
    let agent = AgentId(dice.pick(&[1, 2, 3, 4, AGENTS, u64::MAX, 0]));
    let offer = OfferId(dice.below(40) as u64);
    match dice.below(30) {
        0..=6 => Command::Enqueue { contact, new: arrival(dice, more, now, draft) },
        7..=9 => {
            let group = GroupId(dice.below(draft.group_count() + 1) as u16);
            let skills = dice.one_in(2).then(|| skills(more));
            Command::SignIn { agent, group, skills, ready: channels(dice) }
        }
        10..=12 => Command::Accept { offer },
        13 => Command::Decline { offer },
        14 => Command::Revoke { offer },
        15 => Command::Connected { contact },
        16 => Command::ConnectFailed { contact },
        17 => Command::Hold { contact },
        18 => Command::Resume { contact },
        19 => Command::Quiet { contact },
        20 => Command::Wake { contact },
        21 => Command::Complete { contact },
        22 => Command::EndWrapUp { contact },
        23 => Command::Requeue { contact },
        24 => {
            let to = match dice.below(3) {
                0 => TransferTo::Queue(QueueId(dice.below(draft.queue_count() + 1) as u16)),
                1 => TransferTo::Agent(agent, dice.pick(&SPANS)),
                _ => TransferTo::Needs(needs(more, draft)),
            };
            Command::Transfer { contact, to, reset_age: dice.one_in(2) }
        }
        25 => Command::SetPriority { contact, priority: dice.pick(&[i16::MIN, i16::MAX, 0]) },
        26 => Command::SetNeeds { contact, needs: needs(more, draft) },
        27 => Command::Assign { contact, agent },
        28 => match dice.below(4) {
            0 => Command::SignOut { agent, leave: Leave::Drain },
            1 => Command::SignOut { agent, leave: Leave::Requeue },
            2 => Command::SetSkills { agent, skills: skills(more) },
            _ => {
                let mut next = draft.clone();
                next.revise(more);
                Command::Configure { plan: Box::new(next.plan()) }
            }
        },
        _ => match dice.below(3) {
            0 => Command::Abandon { contact },
            1 => Command::Cancel { contact },
            _ => Command::SetPresence {
                agent,
                channels: channels(more),
                ready: dice.one_in(2),
                reason: ReasonId(u16::MAX),
            },
        },
    }
}

fn arrival(dice: &mut Dice<'_>, more: &mut Dice<'_>, now: Timestamp, draft: &Draft) -> NewContact {
    let queue = QueueId(dice.below(draft.queue_count() + 1) as u16);
    let channel = ChannelId(dice.pick(&[0, 0, 1, 2, 3, 63, 255]));
    let wrap_ups = [WrapUp::None, WrapUp::Open, WrapUp::Fixed(Span::MAX), WrapUp::UpTo(Span(u64::MAX - 1))];
    let agent = AgentId(1 + more.below(AGENTS as usize) as u64);
    NewContact {
        needs: needs(more, draft),
        priority: more.pick(&[0, i16::MIN, i16::MAX]),
        age_origin: more.pick(&[None, Some(Timestamp::ZERO), Some(now), Some(Timestamp::MAX)]),
        answer_within: more.one_in(2).then(|| more.pick(&SPANS)),
        max_wait: more.one_in(2).then(|| more.pick(&SPANS)),
        wrap_up: more.one_in(2).then(|| more.pick(&wrap_ups)),
        preferred: more.one_in(2).then(|| Preferred { agent, wait: more.pick(&SPANS) }),
        customer: Some(CustomerId(u64::MAX)),
        ..NewContact::new(queue, channel)
    }
}

fn channels(dice: &mut Dice<'_>) -> ChannelSet {
    dice.pick(&[ChannelSet::ALL, ChannelSet::NONE, ChannelSet(1), ChannelSet(0xF0), ChannelSet(1 << 63)])
}

fn skills(dice: &mut Dice<'_>) -> Skills {
    let skill = SkillId(dice.pick(&[0, 1, 2, u16::MAX]));
    [(skill, dice.pick(&[255, 1, 0])), (SkillId(0), 100)].into_iter().collect()
}

/// Now and then deeper or larger than any plan allows.
fn needs(dice: &mut Dice<'_>, draft: &Draft) -> Needs {
    match dice.below(6) {
        0 | 1 => Needs::Nothing,
        2 => Needs::Named(RequirementId(dice.pick(&[0, 1, u32::MAX]))),
        3 => Needs::Own(Box::new(draft.requirement(dice, 2))),
        4 => {
            let levels = dice.pick(&[3, 15, 16, 17, 2_000]);
            let deep = (0..levels).fold(Requirement::Anyone, |inner, _| Requirement::Not(Box::new(inner)));
            Needs::Own(Box::new(deep))
        }
        _ => {
            let part = Requirement::AtLeast { skill: SkillId(dice.pick(&[0, 9])), level: dice.pick(&[0, 255]) };
            Needs::Own(Box::new(Requirement::Any(vec![part; dice.pick(&[0, 1, 63, 64, 5_000])].into())))
        }
    }
}
