//! A contact centre in a steady state, of any size, for the benches.
#![allow(dead_code, reason = "each bench uses its part of the world")]

use std::collections::VecDeque;

use cordboard::{
    AgentId, ChannelId, ChannelSet, Command, CommandId, ContactId, Event, GroupId, Leave, Needs, NewContact, OfferId,
    Plan, QueueId, RequirementId, Router, Seq, Skills, Span, Stamped, Timestamp, What, WrapUp,
};

/// How large a world is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Agents signed in.
    pub(crate) agents: u32,
    /// Contacts waiting in the steady state; 0 leaves agents free.
    pub(crate) waiting: u32,
    /// Different requirements.
    pub(crate) classes: u32,
    /// Every agent has proficiencies of its own, so that no two are alike.
    pub(crate) all_different: bool,
}

pub(crate) const SKILLS: u32 = 100;
const TEAMS: u32 = 20;

/// An engine with its agents and waiting contacts, and what is needed to go on.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) seq: u64,
    pub(crate) now: u64,
    contacts: u64,
    classes: u32,
    waiting: u32,
    in_hand: VecDeque<ContactId>,
    out: Vec<Event>,
    tape: Option<Vec<(Stamped, Vec<Event>)>>,
}

fn has(team: u32, skill: u32) -> bool {
    // Each team has 20 of the 100 skills, in a pattern in which any two skills a class asks for meet in some team.
    skill % (TEAMS / 4) == team % (TEAMS / 4)
}

/// `timed`: contacts have a longest wait of 2 hours, and are relaxed after 30 and 60 minutes, to no effect.
pub(crate) fn plan(classes: u32, timed: bool) -> Plan {
    let mut builder = Plan::builder()
        .channel("voice", |voice| voice.offer(Span::from_secs(20)).wrap_up(WrapUp::UpTo(Span::from_secs(60))))
        .capacity("calls", |calls| calls.takes("voice", 1))
        .queue("all", |queue| {
            if !timed {
                return queue;
            }
            let steps = [0, 30, 60].into_iter().map(Span::from_mins);
            steps.fold(queue.max_wait(Span::from_mins(120)), |queue, after| queue.step(after, "anyone"))
        });
    for team in 0..TEAMS {
        builder = builder.agents(&format!("team{team}"), "calls", |group| {
            (0..SKILLS)
                .filter(|&skill| has(team, skill))
                .fold(group, |group, skill| group.skill(&format!("s{skill}"), 50 + ((skill * 7 + team) % 50) as u8))
        });
    }
    for class in 0..classes {
        let (first, rest) = (class % SKILLS, class / SKILLS);
        let second = (first + 5 * (1 + rest % 19)) % SKILLS;
        let level = 1 + rest / 19 % 50;
        builder = builder.requirement(&format!("r{class}"), &format!("s{first} >= 50 and s{second} >= {level}"));
    }
    builder.build().expect("the bench's plan is right")
}

impl World {
    pub(crate) fn new(size: Size) -> Self {
        Self::under(plan(size.classes, false), size)
    }

    pub(crate) fn with_timers(size: Size) -> Self {
        Self::under(plan(size.classes, true), size)
    }

    fn under(plan: Plan, size: Size) -> Self {
        let router = Router::new(plan).expect("the plan asks for no policy of ours");
        let mut world = Self {
            router,
            seq: 0,
            now: 0,
            contacts: 0,
            classes: size.classes,
            waiting: size.waiting,
            in_hand: VecDeque::new(),
            out: Vec::with_capacity(64),
            tape: None,
        };
        for agent in 0..size.agents {
            let team = agent % TEAMS;
            let own = size.all_different.then(|| {
                let held = (0..SKILLS).filter(|&skill| has(team, skill));
                let level =
                    |skill: u32| 50 + ((agent.wrapping_mul(2_654_435_761) >> 7).wrapping_add(skill * 13) % 50) as u8;
                held.map(|skill| {
                    (world.router.plan().find_skill(&format!("s{skill}")).expect("declared"), level(skill))
                })
                .collect::<Skills>()
            });
            let group = GroupId(team as u16);
            let command = Command::SignIn { agent: AgentId(agent.into()), group, skills: own, ready: ChannelSet::ALL };
            world.apply(command);
        }
        if size.waiting > 0 {
            for _ in 0..size.agents * 2 {
                world.arrive();
            }
            while world.router.contacts() < (size.agents + size.waiting) as usize {
                world.arrive();
            }
        }
        world
    }

    /// Keeps commands and events from now on.
    pub(crate) fn record(&mut self) {
        self.tape = Some(Vec::new());
    }

    pub(crate) fn recorded(&mut self) -> Vec<(Stamped, Vec<Event>)> {
        self.tape.take().unwrap_or_default()
    }

    pub(crate) fn apply(&mut self, command: Command) {
        self.seq += 1;
        self.now += 7;
        let input = Stamped { seq: Seq(self.seq), id: CommandId::ANONYMOUS, at: Timestamp(self.now), command };
        self.out.clear();
        if self.router.next_deadline().is_some_and(|due| due <= input.at) {
            let id = CommandId::ANONYMOUS;
            let advance = Stamped { seq: input.seq, id, at: input.at, command: Command::AdvanceTime };
            self.router.apply(&advance, &mut self.out).expect("time may always advance");
            self.seq += 1;
            return self.apply(input.command);
        }
        self.router.apply(&input, &mut self.out).expect("the bench's commands are right");
        if let Some(tape) = &mut self.tape {
            tape.push((input, self.out.clone()));
        }
    }

    /// One contact arrives; whoever is offered one accepts.
    pub(crate) fn arrive(&mut self) {
        self.contacts += 1;
        let contact = ContactId(self.contacts);
        let class = (self.contacts.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) as u32 % self.classes;
        let new = NewContact { needs: Needs::Named(RequirementId(class)), ..NewContact::new(QueueId(0), ChannelId(0)) };
        self.apply(Command::Enqueue { contact, new });
        self.accept();
    }

    /// Takes the offer the last command led to, if any.
    pub(crate) fn accept(&mut self) {
        let offered = self.out.iter().find_map(|event| match event.what {
            What::Offered { offer, contact, .. } => Some((offer, contact)),
            _ => None,
        });
        if let Some((offer, contact)) = offered {
            self.take(offer, contact);
        }
    }

    fn take(&mut self, offer: OfferId, contact: ContactId) {
        self.apply(Command::Accept { offer });
        self.in_hand.push_back(contact);
    }

    /// One contact arrives, and one is completed and wrapped up: enqueue, offer, accept, wrap-up, end.
    pub(crate) fn life(&mut self) {
        self.arrive();
        if self.waiting > 0 || self.in_hand.len() > self.router.agents() / 2 {
            let Some(contact) = self.in_hand.pop_front() else { return };
            self.apply(Command::Complete { contact });
            self.apply(Command::EndWrapUp { contact });
            self.accept();
        }
    }

    /// An agent leaves at once and comes back; for the burst.
    pub(crate) fn sign_out(&mut self, agent: u64) {
        self.apply(Command::SignOut { agent: AgentId(agent), leave: Leave::Requeue });
    }
}
