//! The adaptive scheduler plans on what the engine observed. An engine that followed by the events alone, and one that was put away
//! and taken out again and again, have observed the same: they plan when it plans, and decide as it decides.

use cordboard::{
    AgentId, Applied, ChannelSet, Checkpoint, Command, Event, GroupId, Leave, Needs, Plan, Policies, ReasonId,
    Requirement, Router, SkillId, Skills, Span, Stamped, Timestamp, What,
};

use crate::floor::{CHAT, Floor, VOICE, read_plan};

const PLAN: &str = "
    scheduler = { policy = \"adaptive\", hold = \"4m\" }
    skills = [\"en\", \"es\"]
    [channels.voice]
    [channels.chat]
    [capacity.desk]
    voice = { max = 1 }
    chat = { max = 2 }
    [capacity.quick]
    voice = { max = 1 }
    chat = { max = 2, load = \"40%\" }
    [agents.team]
    capacity = \"desk\"
    skills = { en = 100 }
    [agents.others]
    capacity = \"quick\"
    skills = { es = 100 }
    [queues.service]
";

/// SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    }
}

fn put_away_and_taken_out(router: &Router) -> Router {
    let text = serde_json::to_string(&router.checkpoint()).expect("a checkpoint can be written");
    let read: Checkpoint = serde_json::from_str(&text).expect("it can be read");
    let restored = Router::restore(read, Policies::new()).expect("it is whole");
    assert_eq!(restored.digest(), router.digest());
    restored
}

fn needs(numbers: &mut Numbers) -> Needs {
    match numbers.below(4) {
        0 => Needs::Own(Box::new(Requirement::AtLeast { skill: SkillId(0), level: 1 + numbers.below(90) as u8 })),
        1 => Needs::Own(Box::new(Requirement::AtLeast { skill: SkillId(1), level: 1 + numbers.below(90) as u8 })),
        _ => Needs::Nothing,
    }
}

/// What else happens on a floor, now and then.
fn something_happens(floor: &mut Floor, numbers: &mut Numbers, plan: &Plan) {
    let agent = AgentId(1 + numbers.below(5));
    let there = floor.router.agent(agent).is_some();
    match numbers.below(12) {
        0 if there => floor.apply(Command::SignOut { agent, leave: Leave::Requeue }),
        1 if there => {
            let level = numbers.below(100) as u8;
            let skills: Skills = [(SkillId(0), level), (SkillId(1), 100 - level)].into_iter().collect();
            floor.apply(Command::SetSkills { agent, skills });
        }
        2 | 3 if there => {
            let (channels, ready) = (ChannelSet::NONE.with(VOICE), numbers.below(3) > 0);
            floor.apply(Command::SetPresence { agent, channels, ready, reason: ReasonId::NONE });
        }
        4 => floor.apply(Command::Configure { plan: Box::new(plan.clone()) }),
        5..=7 => {
            if let Some(contact) = floor.one_waiting(numbers.below(1 << 32)) {
                floor.apply(Command::Abandon { contact });
            }
        }
        _ if !there => floor.apply(Command::SignIn {
            agent,
            group: GroupId(numbers.below(2) as u16),
            skills: None,
            ready: ChannelSet::ALL,
        }),
        _ => {}
    }
}

#[test]
fn whoever_observed_the_same_plans_the_same() {
    let plan = read_plan(PLAN);
    let mut planned = 0;
    let mut released = 0;
    for seed in 1..=2 {
        let mut numbers = Numbers(seed);
        let mut floor = Floor::new(plan.clone(), [Span::from_mins(8), Span::from_mins(5)]);
        let (mut follower, mut restored) = (floor.router.clone(), floor.router.clone());
        (1..=4).for_each(|agent| floor.signs_in(agent, (agent % 2) as u16));
        let mut out: Vec<Event> = Vec::new();
        let mut taken = 0;
        for step in 0..1_000_u64 {
            // Quiet and busy hours, so that there is something to notice.
            let busy = 1 + (step / 200) % 4;
            floor.until(floor.now + Span(1 + numbers.below(200_000_000 / busy)));
            let comes = numbers.below(10);
            if comes == 0 {
                something_happens(&mut floor, &mut numbers, &plan);
            } else {
                floor.arrives(if comes < 5 { VOICE } else { CHAT }, needs(&mut numbers));
            }
            for (input, events) in floor.entries.drain(..) {
                planned += events.iter().filter(|event| matches!(event.what, What::Planned { .. })).count();
                released += events.iter().filter(|event| matches!(event.what, What::HoldEnded { .. })).count();
                follow(&mut follower, &input, &events);
                out.clear();
                assert_eq!(restored.apply(&input, &mut out), Ok(Applied::Done), "{input:?}");
                assert_eq!(out, events, "seed {seed}, step {step}: {input:?}");
                taken += 1;
                if taken % 41 == 0 {
                    restored = put_away_and_taken_out(&restored);
                }
            }
            if step % 10 == 0 {
                let digest = floor.router.digest();
                assert_eq!(digest, follower.digest(), "seed {seed}, step {step}: folded");
                assert_eq!(digest, restored.digest(), "seed {seed}, step {step}: restored");
                floor.router.check_invariants().unwrap_or_else(|broken| panic!("{broken}"));
            }
        }
        // Who followed goes on by itself.
        assert_eq!(floor.router.next_deadline(), follower.next_deadline());
        assert!(floor.now > Timestamp::ZERO);
    }
    assert!(planned >= 20 && released >= 20, "planned {planned} times, released {released}");
}

fn follow(follower: &mut Router, input: &Stamped, events: &[Event]) {
    follower.fold(input, events).unwrap_or_else(|corrupt| panic!("{input:?}: {corrupt}"));
}
