//! A host without sense: commands of every kind, with values from both ends, mostly about what is there.

use cordboard::{
    AgentId, ChannelId, ChannelSet, Command, CommandId, ContactId, CustomerId, Event, GroupId, Leave, Needs,
    NewContact, OfferId, Plan, Preferred, QueueId, ReasonId, Requirement, RequirementId, Role, Router, Seq, SkillId,
    Skills, Span, Stamped, Timestamp, TransferTo, What, WrapUp,
};

use super::chance::Chance;
use super::plans;

/// What the host has heard of a contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Seen {
    Waiting,
    Offered,
    Connecting,
    Active,
    Quiet,
    Held,
    Parked,
    WrappingUp,
}

/// One run's host: what it heard, and the chance it acts by.
#[derive(Clone)]
pub(crate) struct Host {
    pub(crate) chance: Chance,
    /// Documents refused while plans were made.
    pub(crate) refused_documents: u64,
    contacts: Vec<(u64, Seen)>,
    agents: Vec<u64>,
    offers: Vec<u64>,
    numbers: [u64; 4],
    sent: Vec<Stamped>,
    /// Most contacts it wants at once.
    crowd: usize,
    /// Kinds of command it prefers, so that runs differ.
    bias: usize,
}

const KINDS: usize = 30;

impl Host {
    pub(crate) fn new(mut chance: Chance) -> Self {
        let crowd = chance.pick(&[2, 10, 30, 60]);
        let bias = chance.below(KINDS);
        Self {
            chance,
            refused_documents: 0,
            contacts: Vec::new(),
            agents: Vec::new(),
            offers: Vec::new(),
            numbers: [0; 4],
            sent: Vec::new(),
            crowd,
            bias,
        }
    }

    /// When the run begins: at the origin, somewhere, or just before the end of time.
    pub(crate) fn beginning(&mut self) -> Timestamp {
        match self.chance.below(5) {
            0 => Timestamp(u64::MAX - 1 - self.chance.number() % 100_000_000),
            1 => Timestamp(u64::MAX / 2 + self.chance.number() % 1_000),
            2 => Timestamp(self.chance.number() >> (1 + self.chance.below(63))),
            _ => Timestamp::ZERO,
        }
    }

    pub(crate) fn next(&mut self, router: &Router) -> Stamped {
        let chance = &mut self.chance;
        let now = router.now();
        let due = router.next_deadline();
        let pause = match chance.below(40) {
            0 => chance.micros(),
            1..=3 => due.map_or(0, |due| due.since(now).0),
            4..=8 => 1_000_000,
            9..=14 => 1,
            _ => 0,
        };
        let mut at = now + Span(pause);
        if at == Timestamp::MAX && !chance.one_in(10) {
            at = now;
        }
        let seq = Seq(router.seq().0.saturating_add(chance.pick(&[1, 1, 1, 2])));
        let fires = due.is_some_and(|due| due <= at) && !chance.one_in(20);
        let command = if fires { Command::AdvanceTime } else { self.command(router.plan(), at) };
        let id = self.id();
        let mut next = Stamped { seq, id, at, command };
        match self.chance.below(100) {
            0 => next.at = Timestamp(now.0.saturating_sub(1 + self.chance.micros() / 2)),
            1 => next.seq = Seq(router.seq().0.saturating_sub(self.chance.number() % 3)),
            2 => {
                if let Some(again) = self.sent.get(self.chance.below(self.sent.len())) {
                    next = Stamped { seq, at, ..again.clone() };
                }
            }
            _ => {}
        }
        if next.id != CommandId::ANONYMOUS {
            if self.sent.len() == 64 {
                self.sent.swap_remove(0);
            }
            self.sent.push(next.clone());
        }
        next
    }

    fn id(&mut self) -> CommandId {
        let chance = &mut self.chance;
        if !chance.one_in(5) {
            return CommandId::ANONYMOUS;
        }
        let at = chance.below(4);
        let number = &mut self.numbers[at];
        *number = match chance.below(60) {
            0 if chance.one_in(20) => u64::MAX - chance.number() % 3,
            1 if chance.one_in(5) => chance.number() % 200,
            2 => number.wrapping_add(64),
            _ => number.wrapping_add(1),
        };
        CommandId { source: [1, 2, u32::MAX, 7][at], number: *number }
    }

    fn command(&mut self, plan: &Plan, at: Timestamp) -> Command {
        let crowded = self.contacts.len() >= self.crowd;
        let mut kind = self.chance.below(KINDS + 12);
        if kind >= KINDS {
            kind = match kind - KINDS {
                0..=4 if !crowded => 0,
                5..=8 => 1,
                9 if self.agents.len() < 4 => 18,
                _ => self.bias,
            };
        }
        for _ in 0..3 {
            if self.makes_sense(kind) || self.chance.one_in(8) {
                break;
            }
            kind = if crowded { self.chance.below(KINDS) } else { self.chance.pick(&[0, 0, 18, 21]) };
        }
        let chance = &mut self.chance;
        let offer = OfferId(match chance.one_in(30) {
            true => chance.micros(),
            false => self.offers.get(chance.below(self.offers.len())).copied().unwrap_or(0),
        });
        let agent = self.agent();
        match kind {
            1 | 2 => Command::Accept { offer },
            3 => Command::Decline { offer },
            4 => Command::Revoke { offer },
            5 => Command::Connected { contact: self.contact(Seen::Connecting) },
            6 => Command::ConnectFailed { contact: self.contact(Seen::Connecting) },
            7 => Command::Hold { contact: self.contact(Seen::Active) },
            8 => Command::Resume { contact: self.contact(Seen::Held) },
            9 => Command::Quiet { contact: self.contact(Seen::Active) },
            10 => {
                let seen = self.chance.pick(&[Seen::Quiet, Seen::Parked]);
                Command::Wake { contact: self.contact(seen) }
            }
            11 => {
                let seen = self.chance.pick(&[Seen::Active, Seen::Active, Seen::Quiet, Seen::Held]);
                Command::Complete { contact: self.contact(seen) }
            }
            12 => Command::EndWrapUp { contact: self.contact(Seen::WrappingUp) },
            13 => {
                let seen = self.chance.pick(&[Seen::Active, Seen::Connecting, Seen::Quiet, Seen::Held]);
                Command::Requeue { contact: self.contact(seen) }
            }
            14 => {
                let to = match self.chance.below(3) {
                    0 => TransferTo::Queue(self.queue(plan)),
                    1 => TransferTo::Agent(agent, Span(self.chance.micros())),
                    _ => TransferTo::Needs(self.needs(plan)),
                };
                Command::Transfer { contact: self.any_contact(), to, reset_age: self.chance.one_in(2) }
            }
            15 => Command::Abandon { contact: self.contact(Seen::Waiting) },
            16 => Command::Cancel { contact: self.any_contact() },
            17 => {
                let priority = self.priority();
                Command::SetPriority { contact: self.contact(Seen::Waiting), priority }
            }
            18 | 19 => {
                let group = GroupId(self.below_or_any(plan.groups().len()) as u16);
                let skills = self.chance.one_in(2).then(|| self.skills(plan));
                Command::SignIn { agent: self.new_agent(), group, skills, ready: self.channel_set() }
            }
            20 => {
                let leave = self.chance.pick(&[Leave::Drain, Leave::Requeue]);
                if self.chance.one_in(3) { Command::SignOut { agent, leave } } else { self.enqueue(plan, at) }
            }
            21 => {
                let reason = ReasonId(self.chance.number() as u16);
                let (channels, ready) = (self.channel_set(), !self.chance.one_in(3));
                Command::SetPresence { agent, channels, ready, reason }
            }
            22 => Command::SetSkills { agent, skills: self.skills(plan) },
            27 => Command::SetQueueOpen { queue: self.queue(plan), open: !self.chance.one_in(3) },
            26 => {
                let seen = self.chance.pick(&[Seen::Waiting, Seen::Parked, Seen::Active, Seen::Quiet, Seen::Held]);
                let channel = ChannelId(self.below_or_any(plan.channels().len()) as u8);
                Command::ChangeChannel { contact: self.contact(seen), channel }
            }
            23 => match self.chance.below(10) {
                0 if self.chance.one_in(3) => self.configure(plan),
                1 => Command::SetNeeds { needs: self.needs(plan), contact: self.contact(Seen::Waiting) },
                2 => Command::AdvanceTime,
                6 => Command::Heartbeat { agent },
                7 => Command::LinkLost { agent },
                8 => {
                    let until = self.chance.one_in(2).then(|| at + Span(self.chance.micros()));
                    Command::SetShift { agent, until }
                }
                5 => {
                    let bytes = self.chance.pick(&[0, 1, 3, 4, 4_096, 4_097]);
                    Command::SetContext { contact: self.any_contact(), context: vec![7; bytes].into() }
                }
                4 => {
                    let role = self.chance.pick(&[Role::Consult, Role::Conference]);
                    Command::Join { contact: self.contact(Seen::Active), agent, role }
                }
                9 => Command::Part { contact: self.contact(Seen::Active), agent },
                3 => Command::Claim { contact: self.contact(Seen::Waiting), agent },
                _ => Command::Assign { contact: self.contact(Seen::Waiting), agent },
            },
            24 => Command::MessageFromCustomer { contact: self.any_contact() },
            25 => {
                let seen = self.chance.pick(&[Seen::Active, Seen::Active, Seen::Quiet, Seen::Held, Seen::Connecting]);
                Command::MessageFromAgent { contact: self.contact(seen) }
            }
            28 => {
                let seen = self.chance.pick(&[Seen::Active, Seen::Quiet, Seen::Held]);
                Command::Park { contact: self.contact(seen) }
            }
            _ => self.enqueue(plan, at),
        }
    }

    /// Whether there is anything that such a command could be about.
    fn makes_sense(&self, kind: usize) -> bool {
        let any = |wanted: &[Seen]| self.contacts.iter().any(|(_, seen)| wanted.contains(seen));
        match kind {
            1..=4 => !self.offers.is_empty(),
            5 | 6 => any(&[Seen::Connecting]),
            7 | 9 => any(&[Seen::Active]),
            8 => any(&[Seen::Held]),
            10 => any(&[Seen::Quiet, Seen::Parked]),
            11 | 13 | 25 | 28 => any(&[Seen::Active, Seen::Quiet, Seen::Held]),
            12 => any(&[Seen::WrappingUp]),
            14 | 16 | 24 | 26 => !self.contacts.is_empty(),
            15 | 17 => any(&[Seen::Waiting]),
            18 | 19 => self.agents.len() < 12,
            20..=22 => !self.agents.is_empty(),
            _ => true,
        }
    }

    fn configure(&mut self, plan: &Plan) -> Command {
        let before = if self.chance.one_in(20) { None } else { Some(plan) };
        let (plan, refused) = plans::plan(&mut self.chance, before);
        self.refused_documents += refused;
        Command::Configure { plan: Box::new(plan) }
    }

    fn enqueue(&mut self, plan: &Plan, at: Timestamp) -> Command {
        let (queue, needs, priority) = (self.queue(plan), self.needs(plan), self.priority());
        let preferred = self.chance.one_in(5).then(|| self.agent());
        let channel = ChannelId(self.below_or_any(plan.channels().len()) as u8);
        let chance = &mut self.chance;
        let contact = ContactId(match chance.below(4) {
            0 => chance.number() % 40,
            1 => u64::MAX - chance.number() % 40,
            2 => (1 << 63) + chance.number() % 40,
            _ => chance.number(),
        });
        let rarely = |chance: &mut Chance| chance.one_in(4);
        let new = NewContact {
            queue,
            channel,
            needs,
            priority,
            age_origin: rarely(chance).then(|| match chance.below(3) {
                0 => Timestamp::ZERO,
                1 => Timestamp(at.0.saturating_sub(chance.micros())),
                _ => Timestamp(chance.micros()),
            }),
            answer_within: rarely(chance).then(|| Span(chance.micros())),
            max_wait: rarely(chance).then(|| Span(chance.micros())),
            wrap_up: rarely(chance).then(|| match chance.below(4) {
                0 => WrapUp::None,
                1 => WrapUp::Fixed(Span(chance.micros())),
                2 => WrapUp::UpTo(Span(chance.micros())),
                _ => WrapUp::Open,
            }),
            preferred: preferred.map(|agent| Preferred { agent, wait: Span(chance.micros()) }),
            not_before: chance.one_in(12).then(|| Timestamp(at.0.saturating_add(chance.micros()))),
            customer: chance.one_in(2).then(|| CustomerId(chance.pick(&[0, 1, 2, 3, 40, u64::MAX]))),
        };
        Command::Enqueue { contact, new }
    }

    // ---- values

    fn contact(&mut self, seen: Seen) -> ContactId {
        let of = self.contacts.iter().filter(|(_, now)| *now == seen);
        let count = of.clone().count();
        if count == 0 || self.chance.one_in(30) {
            return self.any_contact();
        }
        let mut of = of;
        of.nth(self.chance.below(count)).map_or(ContactId(0), |&(id, _)| ContactId(id))
    }

    fn any_contact(&mut self) -> ContactId {
        let chance = &mut self.chance;
        let unknown = chance.one_in(30);
        let known = self.contacts.get(chance.below(self.contacts.len())).filter(|_| !unknown);
        ContactId(known.map_or_else(|| chance.micros(), |&(id, _)| id))
    }

    fn agent(&mut self) -> AgentId {
        let chance = &mut self.chance;
        let known = self.agents.get(chance.below(self.agents.len()));
        let known = known.copied().filter(|_| !chance.one_in(30));
        known.map_or_else(|| self.new_agent(), AgentId)
    }

    fn new_agent(&mut self) -> AgentId {
        let chance = &mut self.chance;
        AgentId(match chance.below(4) {
            0 => u64::MAX - chance.number() % 3,
            1 => (1 << 63) - chance.number() % 2,
            _ => chance.number() % 12,
        })
    }

    fn below_or_any(&mut self, count: usize) -> usize {
        if self.chance.one_in(40) { self.chance.number() as usize } else { self.chance.below(count) }
    }

    fn queue(&mut self, plan: &Plan) -> QueueId {
        QueueId(self.below_or_any(plan.queues().len()) as u16)
    }

    fn priority(&mut self) -> i16 {
        self.chance.pick(&[0, 0, 1, -1, i16::MIN, i16::MAX, 100])
    }

    fn channel_set(&mut self) -> ChannelSet {
        match self.chance.below(4) {
            0 => ChannelSet(self.chance.number()),
            1 => ChannelSet(1 << self.chance.below(5)),
            _ => ChannelSet::ALL,
        }
    }

    fn skills(&mut self, plan: &Plan) -> Skills {
        let count = self.chance.below(5);
        let known = plan.skills().len();
        (0..count)
            .map(|_| (SkillId(self.below_or_any(known) as u16), self.chance.pick(&[0, 1, 50, 100, 255])))
            .collect()
    }

    fn needs(&mut self, plan: &Plan) -> Needs {
        match self.chance.below(5) {
            0 | 1 => Needs::Nothing,
            2 => Needs::Named(RequirementId(self.below_or_any(plan.requirements().len()) as u32)),
            _ => Needs::Own(Box::new(self.requirement(plan))),
        }
    }

    fn requirement(&mut self, plan: &Plan) -> Requirement {
        if self.chance.one_in(50) {
            // At the limits, and far beyond them.
            let limits = plan.limits();
            let depth = match self.chance.below(3) {
                0 => usize::from(limits.requirement_depth) - 1,
                1 => usize::from(limits.requirement_depth),
                _ => 600,
            };
            let parts = usize::from(limits.requirement_parts) + self.chance.below(3);
            return if self.chance.one_in(2) {
                (0..depth).fold(Requirement::Anyone, |inner, _| Requirement::Not(Box::new(inner)))
            } else {
                Requirement::Any((1..parts).map(|_| Requirement::Anyone).collect())
            };
        }
        self.shallow(plan, 2)
    }

    fn shallow(&mut self, plan: &Plan, depth: usize) -> Requirement {
        let skill = SkillId(self.below_or_any(plan.skills().len()) as u16);
        match self.chance.below(if depth == 0 { 3 } else { 7 }) {
            0 => Requirement::Anyone,
            1 | 2 => Requirement::AtLeast { skill, level: self.chance.pick(&[0, 1, 50, 100, 255]) },
            3 => Requirement::All((0..self.chance.below(3)).map(|_| self.shallow(plan, depth - 1)).collect()),
            4 => Requirement::Any((0..self.chance.below(3)).map(|_| self.shallow(plan, depth - 1)).collect()),
            5 => Requirement::Not(Box::new(self.shallow(plan, depth - 1))),
            _ => Requirement::Prefer(Box::new(self.shallow(plan, depth - 1))),
        }
    }

    /// One that is there, if any is.
    pub(crate) fn known_contact(&self, chance: &mut Chance) -> ContactId {
        ContactId(self.contacts.get(chance.below(self.contacts.len())).map_or(0, |&(id, _)| id))
    }

    // ---- hearing

    pub(crate) fn hear(&mut self, events: &[Event]) {
        for event in events {
            match event.what {
                What::AgentSignedIn { agent, .. } if !self.agents.contains(&agent.0) => self.agents.push(agent.0),
                What::AgentSignedOut { agent } => self.agents.retain(|&known| known != agent.0),
                What::Arrived { contact, .. } => self.contacts.push((contact.0, Seen::Waiting)),
                What::Ended { contact, .. } => self.contacts.retain(|&(known, _)| known != contact.0),
                What::Offered { offer, contact, .. } => {
                    self.offers.push(offer.0);
                    self.saw(contact, Seen::Offered);
                }
                What::OfferEnded { offer, contact, .. } => {
                    self.offers.retain(|&known| known != offer.0);
                    self.saw(contact, Seen::Waiting);
                }
                What::Accepted { offer, contact, connect_by, .. } => {
                    self.offers.retain(|&known| known != offer.0);
                    self.saw(contact, if connect_by.is_some() { Seen::Connecting } else { Seen::Active });
                }
                What::Assigned { contact, connect_by, .. } | What::Claimed { contact, connect_by, .. } => {
                    self.saw(contact, if connect_by.is_some() { Seen::Connecting } else { Seen::Active });
                }
                What::ChannelChanged { contact, agent: Some(_), connect_by, .. } => {
                    self.saw(contact, if connect_by.is_some() { Seen::Connecting } else { Seen::Active });
                }
                What::Connected { contact, .. } | What::Resumed { contact, .. } | What::Woken { contact, .. } => {
                    self.saw(contact, Seen::Active);
                }
                What::Held { contact, .. } => self.saw(contact, Seen::Held),
                What::Quieted { contact, .. } => self.saw(contact, Seen::Quiet),
                What::Parked { contact, .. } => self.saw(contact, Seen::Parked),
                What::Unparked { contact } => self.saw(contact, Seen::Waiting),
                What::WrapUpStarted { contact, .. } => self.saw(contact, Seen::WrappingUp),
                What::Returned { contact, .. } => self.saw(contact, Seen::Waiting),
                _ => {}
            }
        }
    }

    fn saw(&mut self, contact: ContactId, seen: Seen) {
        if let Some(known) = self.contacts.iter_mut().find(|(known, _)| *known == contact.0) {
            known.1 = seen;
        }
    }
}
