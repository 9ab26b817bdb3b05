//! What the engine allocates: nothing while contacts come and go, so much per contact and agent, and nothing that grows
//! with what has been and gone. Bytes are those asked of the allocator, spare capacity included.

#[path = "../benches/world/mod.rs"]
mod world;

use std::io::Write;

use allocation_counter::measure;
use cordboard::{
    AgentId, ChannelId, ChannelSet, Command, CommandId, ContactId, Event, GroupId, Leave, Needs, NewContact, Over,
    Plan, QueueId, ReasonId, Requirement, Router, Seq, SkillId, Skills, Span, Stamped, Timestamp, What, WrapUp,
};
use world::{Size, World};

/// Lives of a contact that are measured, after as many to warm up.
const LIVES: usize = 4_000;

#[test]
fn a_call_allocates_nothing() {
    let size = Size { agents: 200, waiting: 0, classes: 100, all_different: false };
    for size in [
        size,
        Size { waiting: 2_000, ..size },
        Size { waiting: 2_000, classes: 1_000, ..size },
        Size { all_different: true, ..size },
        Size { waiting: 2_000, all_different: true, ..size },
    ] {
        let mut world = World::new(size);
        (0..2 * LIVES).for_each(|_| world.life());
        let lives = measure(|| (0..LIVES).for_each(|_| world.life()));
        let _ = writeln!(std::io::stdout(), "{size:?}: {} allocations in {LIVES} lives", lives.count_total);
        // Of lines with a handful of contacts each, one now and then becomes longer than it ever was.
        let longer = if size.classes > 100 { LIVES as u64 / 100 } else { 0 };
        assert!(lives.count_total <= longer, "{size:?}: {} allocations", lives.count_total);
    }
}

#[test]
fn a_day_of_everything_allocates_nothing() {
    let mut host = Host::new();
    (0..4 * LIVES).for_each(|turn| host.turn(turn));
    let turns = measure(|| (0..2 * LIVES).for_each(|turn| host.turn(turn)));
    let _ =
        writeln!(std::io::stdout(), "a day of everything: {} allocations in {} turns", turns.count_total, 2 * LIVES);
    assert_eq!(turns.count_total, 0, "calls and chats with interruptions, rings and abandonment allocate");
}

#[test]
fn a_waiting_contact_takes_at_most_300_bytes() {
    for (what, max_wait) in [("plain", None), ("with a longest wait", Some(Span::from_mins(10)))] {
        let plan = world::plan(100, false);
        let mut kept = None;
        let all = measure(|| kept = Some(with_waiting(plan, max_wait, 0)));
        let mut filled = None;
        let plan = world::plan(100, false);
        let waiting = measure(|| filled = Some(with_waiting(plan, max_wait, 100_000)));
        let each = (waiting.bytes_current - all.bytes_current) as f64 / 100_000.0;
        let _ = writeln!(std::io::stdout(), "a waiting contact, {what}: {each:.0} bytes");
        assert_eq!(filled.map(|router| router.contacts()), Some(100_000));
        assert!(each <= 300.0, "a waiting contact, {what}, takes {each:.0} bytes");
    }
}

#[test]
fn an_agent_takes_at_most_a_kibibyte() {
    const AGENTS: u64 = 20_000;
    for all_different in [false, true] {
        let (none, some) = (world::plan(100, false), world::plan(100, false));
        let (mut empty, mut full) = (None, None);
        let before = measure(|| empty = Some(with_agents(none, 0, all_different)));
        let after = measure(|| full = Some(with_agents(some, AGENTS, all_different)));
        let each = (after.bytes_current - before.bytes_current) as f64 / AGENTS as f64;
        let _ = writeln!(std::io::stdout(), "an agent with 20 skills, all different {all_different}: {each:.0} bytes");
        assert_eq!(full.map(|router| router.agents()), Some(AGENTS as usize));
        assert!(each <= 1024.0, "an agent, all different {all_different}, takes {each:.0} bytes");
    }
}

/// Agents in twenty teams, or each with proficiencies of its own.
fn with_agents(plan: Plan, agents: u64, all_different: bool) -> Router {
    let mut router = Router::new(plan).expect("the plan asks for no policy of ours");
    let mut out = Vec::with_capacity(8);
    for id in 1..=agents {
        // The levels of the first skills are the digits of the agent's number.
        let level = |skill: u16| 1 + (id / 90_u64.pow((skill % 4).into()) % 90) as u8;
        let skills = all_different.then(|| (0..20).map(|skill| (SkillId(skill), level(skill))).collect::<Skills>());
        let command =
            Command::SignIn { agent: AgentId(id), group: GroupId((id % 20) as u16), skills, ready: ChannelSet::ALL };
        let input = Stamped { seq: Seq(id), id: CommandId::ANONYMOUS, at: Timestamp(id), command };
        router.apply(&input, &mut out).expect("it may sign in");
        out.clear();
    }
    router
}

/// Skills, requirements and ids that are never seen twice leave nothing behind.
#[test]
fn nothing_grows_with_what_has_been() {
    let mut host = Host::new();
    let mut at = 0;
    let mut round = |times: u64| {
        for _ in 0..times {
            at += 1;
            host.strange(at);
        }
    };
    round(3_000);
    let later = measure(|| round(9_000));
    let _ = writeln!(std::io::stdout(), "after 9,000 strange rounds: {} bytes more", later.bytes_current);
    assert!(later.bytes_current < 2_000_000, "{} bytes more after 9,000 strange rounds", later.bytes_current);
}

fn with_waiting(plan: Plan, max_wait: Option<Span>, contacts: u64) -> Router {
    let mut router = Router::new(plan).expect("the plan asks for no policy of ours");
    let mut out = Vec::with_capacity(8);
    for id in 1..=contacts {
        let needs = Needs::Named(cordboard::RequirementId((id % 100) as u32));
        let new = NewContact { needs, max_wait, ..NewContact::new(QueueId(0), ChannelId(0)) };
        let command = Command::Enqueue { contact: ContactId(id), new };
        let input = Stamped { seq: Seq(id), id: CommandId::ANONYMOUS, at: Timestamp(id), command };
        router.apply(&input, &mut out).expect("it may arrive");
        out.clear();
    }
    router
}

/// A small centre in which everything happens that happens every day.
struct Host {
    router: Router,
    seq: u64,
    now: u64,
    contacts: u64,
    out: Vec<Event>,
    heard: Vec<Event>,
}

/// Channels on which nothing happens, but an agent may be ready.
const OTHERS: [&str; 20] =
    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"];
const VOICE: ChannelId = ChannelId(0);
const CHAT: ChannelId = ChannelId(1);

impl Host {
    fn new() -> Self {
        let plan = Plan::builder()
            // What is held back is looked for in a list made anew.
            .scheduler("work-conserving")
            .channel("voice", |voice| {
                voice.offer(Span::from_secs(20)).connect(Span::from_secs(5)).wrap_up(WrapUp::Fixed(Span::from_secs(3)))
            })
            .channel("chat", |chat| chat.wrap_up(WrapUp::UpTo(Span::from_secs(9))))
            .capacity("blended", |of| {
                let of = OTHERS.iter().fold(of, |of, name| of.takes(name, 1));
                of.takes("voice", 1)
                    .takes_with("chat", 3, |chat| chat.open(6).quiet(cordboard::Load::percent(5)))
                    .arrives_over("voice", "chat", Over::Hold)
            })
            .agents("team", "blended", |team| team.skill("en", 80).skill("es", 20))
            .queue("service", |queue| {
                queue
                    .limit(60)
                    .step(Span::ZERO, "en >= 50")
                    .step(Span::from_secs(30), "en")
                    .max_wait(Span::from_mins(9))
            })
            .queue("urgent", |queue| queue.limit(60).order(cordboard::ContactOrder::Priority));
        let plan = OTHERS.iter().fold(plan, |plan, name| plan.channel(name, |channel| channel));
        let plan = plan.build().expect("the plan is right");
        let router = Router::new(plan).expect("the plan asks for no policy of ours");
        let (out, heard) = (Vec::with_capacity(1_000), Vec::with_capacity(1_000));
        let mut host = Self { router, seq: 0, now: 0, contacts: 0, out, heard };
        for agent in 0..20 {
            let agent = AgentId(agent);
            host.send(Command::SignIn { agent, group: GroupId(0), skills: None, ready: ChannelSet::ALL });
        }
        host
    }

    fn send(&mut self, command: Command) -> bool {
        self.now += 20_000;
        while self.router.next_deadline().is_some_and(|due| due.0 <= self.now) {
            self.apply(Command::AdvanceTime);
        }
        self.apply(command)
    }

    fn apply(&mut self, command: Command) -> bool {
        self.seq += 1;
        let input = Stamped {
            seq: Seq(self.seq),
            id: CommandId { source: 1, number: self.seq },
            at: Timestamp(self.now),
            command,
        };
        self.out.clear();
        let done = self.router.apply(&input, &mut self.out).is_ok();
        self.heard.extend(self.out.iter().filter(|event| is_work(&event.what)));
        done
    }

    /// An arrival, and what the agents do about what they have heard, some of them slowly.
    fn turn(&mut self, turn: usize) {
        self.contacts += 1;
        let contact = ContactId(self.contacts);
        let (queue, channel) = ([QueueId(0), QueueId(0), QueueId(1)][turn % 3], [VOICE, CHAT][turn % 2]);
        let new = NewContact { priority: (turn % 7) as i16, ..NewContact::new(queue, channel) };
        self.send(Command::Enqueue { contact, new });
        if turn.is_multiple_of(11) {
            // Refused where it is with an agent by now.
            self.send(Command::Abandon { contact: ContactId(self.contacts.saturating_sub(3)) });
        }
        if turn.is_multiple_of(50) {
            let (agent, reason) = (AgentId(turn as u64 / 50 % 20), ReasonId::NONE);
            self.send(Command::SetPresence {
                agent,
                channels: ChannelSet::of(CHAT),
                ready: turn.is_multiple_of(100),
                reason,
            });
        }
        // What is heard first is answered first; some twenty things are always under way.
        while self.heard.len() > 20 {
            let event = self.heard.remove(0);
            self.answer(&event.what, turn);
        }
    }

    fn answer(&mut self, what: &What, turn: usize) {
        match *what {
            // Every 20th rings out.
            What::Offered { offer, .. } if !turn.is_multiple_of(20) => drop(self.send(Command::Accept { offer })),
            What::Accepted { contact, connect_by: Some(_), .. } => drop(self.send(Command::Connected { contact })),
            What::Assigned { contact, .. } if turn.is_multiple_of(3) => {
                self.send(Command::Quiet { contact });
                self.send(Command::Wake { contact });
                self.send(Command::Complete { contact });
            }
            What::Connected { contact, .. } | What::Resumed { contact, .. } | What::Assigned { contact, .. } => {
                self.send(Command::Complete { contact });
            }
            What::WrapUpStarted { contact, .. } => drop(self.send(Command::EndWrapUp { contact })),
            _ => {}
        }
    }

    /// Commands with what was never there before: skills, a requirement, an agent, a contact that goes again.
    fn strange(&mut self, at: u64) {
        let skills: Skills =
            [(SkillId(0), 1 + (at % 100) as u8), (SkillId(1), 1 + (at / 100 % 100) as u8)].into_iter().collect();
        self.send(Command::SetSkills { agent: AgentId(at % 20), skills });
        let (agent, reason) = (AgentId(at % 20), ReasonId::NONE);
        self.send(Command::SetPresence { agent, channels: ChannelSet::ALL, ready: false, reason });
        self.send(Command::SetPresence { agent, channels: ChannelSet(at << 2), ready: true, reason });
        let agent = AgentId(1_000 + at);
        self.send(Command::SignIn { agent, group: GroupId(0), skills: None, ready: ChannelSet::NONE });
        self.send(Command::SignOut { agent, leave: Leave::Drain });
        let contact = ContactId(u64::MAX - at);
        let level =
            |skill: u16, level: u64| Requirement::AtLeast { skill: SkillId(skill), level: 101 + (level % 150) as u8 };
        let own = Requirement::All([level(0, at), level(1, at / 150), level(0, at / 22_500)].into());
        let new = NewContact { needs: Needs::Own(Box::new(own)), ..NewContact::new(QueueId(1), VOICE) };
        assert!(self.send(Command::Enqueue { contact, new }), "it may arrive");
        assert!(self.send(Command::Cancel { contact }), "it may go");
        assert_eq!(self.router.contacts(), 0);
    }
}

/// Whether an agent has something to do about it.
fn is_work(what: &What) -> bool {
    matches!(
        what,
        What::Offered { .. }
            | What::Accepted { .. }
            | What::Assigned { .. }
            | What::Connected { .. }
            | What::Resumed { .. }
            | What::WrapUpStarted { .. }
    )
}
