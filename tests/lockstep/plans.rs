//! A family of plans that uses every option, small enough that the options meet each other.

use cordboard::{
    Adaptive, Affinity, AfterWait, AgeFrom, AgentOrder, Channel, ChannelCapacity, ChannelId, ContactOrder,
    Conversation, Customers, Displace, Group, GroupId, IdleClock, Leases, Limits, Load, Mode, NamedRequirement,
    NoAnswer, NoAnswerEffect, Over, Overflow, OverflowTo, Plan, Pools, Preset, Profile, ProfileId, Queue, QueueId,
    Ramp, Requirement, Served, SkillId, Skills, Span, Stage, Step, StepClock, Target, Wake, WrapUp,
};
use serde::Serialize;

use crate::dice::Dice;

/// A plan in the making, with the fields of [`Plan`].
#[derive(Clone, Serialize)]
pub(crate) struct Draft {
    channels: Vec<Channel>,
    skills: Vec<Box<str>>,
    profiles: Vec<Profile>,
    groups: Vec<Group>,
    queues: Vec<Queue>,
    requirements: Vec<NamedRequirement>,
    limits: Limits,
    customers: Customers,
    leases: Leases,
    /// The plan is put under it.
    #[serde(skip)]
    preset: Option<Preset>,
}

const CHANNELS: [&str; 4] = ["voice", "chat", "email", "task"];
const SKILLS: [&str; 4] = ["en", "es", "sales", "tech"];

fn secs(secs: u64) -> Span {
    Span::from_secs(secs)
}

impl Draft {
    /// A plan by the dice.
    pub(crate) fn throw(dice: &mut Dice<'_>) -> Self {
        let channels = 1 + dice.below(CHANNELS.len());
        let mut draft = Self {
            channels: CHANNELS[..channels].iter().map(|name| channel(dice, name)).collect(),
            skills: SKILLS[..1 + dice.below(SKILLS.len())].iter().map(|&name| name.into()).collect(),
            profiles: Vec::new(),
            groups: Vec::new(),
            queues: Vec::new(),
            requirements: Vec::new(),
            limits: Limits {
                contacts: dice.pick(&[4_000_000, 4_000_000, 40]),
                agents: dice.pick(&[1_000_000, 1_000_000, 1_000_000, 8]),
                sources: dice.pick(&[4_096, 4_096, 2]),
                classes: dice.pick(&[1_000_000, 1_000_000, 1_000_000, 7]),
                context: dice.pick(&[4_096, 4_096, 2, 0]),
                ..Limits::default()
            },
            customers: customers(dice),
            leases: leases(dice),
            preset: None,
        };
        for at in 0..dice.below(3) {
            let requires = draft.requirement(dice, 2);
            draft.requirements.push(NamedRequirement { name: format!("named {at}").into(), requires });
        }
        for at in 0..1 + dice.below(3) {
            let profile = draft.profile(dice, &format!("profile {at}"));
            draft.profiles.push(profile);
        }
        let queues = 1 + dice.below(4);
        for at in 0..1 + dice.below(4) {
            let group = draft.group(dice, &format!("group {at}"), queues);
            draft.groups.push(group);
        }
        for at in 0..queues {
            let queue = draft.queue(dice, &format!("queue {at}"), queues);
            draft.queues.push(queue);
        }
        if dice.one_in(10) {
            draft.preset = Some(dice.pick(Preset::ALL));
        }
        draft
    }

    /// Changes this and that, as a host might while the engine runs. Names and their order stay.
    pub(crate) fn revise(&mut self, dice: &mut Dice<'_>) {
        for _ in 0..1 + dice.below(3) {
            match dice.below(10) {
                0 | 1 => {
                    let at = dice.below(self.queues.len());
                    let name = self.queues[at].name.clone();
                    self.queues[at] = self.queue(dice, &name, self.queues.len());
                }
                2 => {
                    let at = dice.below(self.groups.len());
                    let name = self.groups[at].name.clone();
                    self.groups[at] = self.group(dice, &name, self.queues.len());
                }
                3 => {
                    let at = dice.below(self.profiles.len());
                    let name = self.profiles[at].name.clone();
                    self.profiles[at] = self.profile(dice, &name);
                }
                4 => {
                    let at = dice.below(self.groups.len());
                    self.groups[at].retired = !self.groups[at].retired && dice.one_in(3);
                }
                5 => {
                    let at = dice.below(self.queues.len());
                    self.queues[at].retired = !self.queues[at].retired && dice.one_in(3);
                }
                6 => {
                    let at = dice.below(self.channels.len());
                    let name = self.channels[at].name.clone();
                    self.channels[at] = Channel { retired: dice.one_in(3), ..channel(dice, &name) };
                }
                7 => self.customers = customers(dice),
                8 => self.leases = leases(dice),
                _ if self.queues.len() < 6 => {
                    let queue = self.queue(dice, &format!("queue {}", self.queues.len()), self.queues.len());
                    self.queues.push(queue);
                }
                _ => {}
            }
        }
    }

    /// The plan itself.
    pub(crate) fn plan(&self) -> Plan {
        let text = serde_json::to_value(self).expect("a draft can be written");
        let plan: Plan = serde_json::from_value(text).expect("a draft has the fields of a plan");
        self.preset.map_or(plan.clone(), |preset| preset.apply(&plan))
    }

    fn profile(&self, dice: &mut Dice<'_>, name: &str) -> Profile {
        let channels = self.channels.len();
        let taken: Vec<_> = (0..channels).map(|at| (at == 0 || !dice.one_in(5)).then(|| capacity(dice))).collect();
        let mut headroom = Vec::new();
        if dice.one_in(3) {
            headroom = vec![Load::ZERO; channels];
            let kept_for = dice.below(channels);
            if taken[kept_for].is_some() {
                headroom[kept_for] = Load::percent(dice.pick(&[60, 30, 100, 10]));
            }
        }
        let mut arrives_over = Vec::new();
        if dice.one_in(2) {
            let rules = [Over::Yes, Over::Hold, Over::Hold, Over::No, Over::Yes];
            arrives_over = (0..channels).map(|_| (0..channels).map(|_| dice.pick(&rules)).collect()).collect();
        }
        Profile { name: name.into(), channels: taken, headroom, arrives_over }
    }

    fn group(&self, dice: &mut Dice<'_>, name: &str, queues: usize) -> Group {
        let ranks = |dice: &mut Dice<'_>| -> Vec<(QueueId, u16)> {
            let all = (0..queues).map(|queue| QueueId(queue as u16));
            all.map(|queue| (queue, dice.below(4) as u16)).filter(|&(_, rank)| rank > 0).collect()
        };
        Group {
            name: name.into(),
            count: 1,
            capacity: ProfileId(dice.below(self.profiles.len()) as u16),
            skills: self.skills(dice),
            tiers: ranks(dice),
            serves: dice.one_in(2).then(|| {
                let ranks = ranks(dice).into_iter();
                let delays = [Span::ZERO, Span::ZERO, Span::ZERO, secs(3), secs(10), Span(1), secs(60)];
                ranks.map(|(queue, rank)| Served { queue, rank, after: dice.pick(&delays) }).collect()
            }),
            retired: false,
        }
    }

    /// One of `count` queues, which may send contacts to each other.
    fn queue(&self, dice: &mut Dice<'_>, name: &str, count: usize) -> Queue {
        let order = match dice.below(7) {
            0 | 1 => ContactOrder::Fifo,
            2 => ContactOrder::Priority,
            3 => ContactOrder::PriorityMinutes { worth: dice.pick(&[secs(10), secs(60), Span(1)]) },
            4 => ContactOrder::Deadline,
            5 => ContactOrder::Ratio,
            _ => ContactOrder::Host("vip".into()),
        };
        let agents = (0..dice.pick(&[1, 1, 2, 3])).map(|_| agent_order(dice)).collect();
        let mut after = Span::ZERO;
        let mut steps = Vec::new();
        for at in 0..dice.pick(&[0usize, 0, 1, 2, 3, 4]) {
            if at > 0 {
                after = after + dice.pick(&[secs(5), secs(2), secs(20), Span(1)]);
            }
            steps.push(Step { after, requires: self.requirement(dice, 2) });
        }
        let idle = [IdleClock::Release, IdleClock::Handled, IdleClock::Offered, IdleClock::Available];
        let wrap_up = WRAP_UPS[dice.below(WRAP_UPS.len())];
        let never = secs(1_000_000);
        Queue {
            name: name.into(),
            order,
            agents,
            idle: dice.pick(&idle),
            limit: dice.pick(&[1_000, 1_000, 1_000, 1_000, 8, 3, 1, 0]),
            steps,
            step_clock: dice.pick(&[StepClock::Age, StepClock::Step, StepClock::FirstOffer]),
            pools: dice.pick(&[Pools::Cumulative, Pools::Replacing]),
            skip_unstaffed: dice.one_in(2),
            offer: dice.pick(&[None, None, Some(secs(4)), Some(Span::MAX)]),
            connect: dice.pick(&[None, None, Some(secs(2))]),
            wrap_up: dice.one_in(3).then_some(wrap_up),
            max_wait: dice.pick(&[None, None, Some(secs(30)), Some(secs(5)), Some(never)]),
            no_answer: NoAnswer {
                agent: dice.pick(&[
                    NoAnswerEffect::Stay,
                    NoAnswerEffect::NotReady,
                    NoAnswerEffect::SignOut,
                    NoAnswerEffect::NotReady,
                ]),
                after: dice.pick(&[1, 1, 2, 3]),
                not_ready_for: dice.pick(&[None, Some(secs(10)), Some(secs(3))]),
                exclude_for: dice.pick(&[Span::ZERO, secs(5), secs(30)]),
            },
            affinity: (!dice.one_in(3)).then(|| Affinity {
                within: dice.pick(&[secs(1_000), secs(10), Span::ZERO, Span::MAX]),
                wait: dice.pick(&[secs(6), secs(20), Span::ZERO, Span::MAX]),
            }),
            offers_per_agent: dice.pick(&[100, 1, 2, 3]),
            offers_per_contact: dice.pick(&[1_000, 1_000, 1, 2, 5]),
            targets: (0..self.channels.len()).map(|_| dice.one_in(3).then(|| target(dice))).collect(),
            mode: dice.pick(&[
                Mode::Push,
                Mode::Push,
                Mode::Push,
                Mode::Broadcast { ring: 3 },
                Mode::Pull,
                Mode::Broadcast { ring: 2 },
            ]),
            displace: dice.pick(&[Displace::None, Displace::None, Displace::Quiet, Displace::Oldest]),
            claims: dice.pick(&[0, 1, u16::MAX, 2]),
            overflow: self.overflow(dice, name, count),
            lead: dice.pick(&[Span::ZERO, secs(5), secs(20), Span::MAX]),
            retired: false,
        }
    }

    fn overflow(&self, dice: &mut Dice<'_>, name: &str, count: usize) -> Overflow {
        let channels = self.channels.len();
        let none = dice.one_in(2);
        let to = |dice: &mut Dice<'_>, plain: OverflowTo| match if none { 0 } else { dice.below(8) } {
            0..=3 => plain,
            4 => OverflowTo::Deflect,
            5 => OverflowTo::Callback(ChannelId(dice.below(channels) as u8)),
            _ => {
                let queue = dice.below(count.max(1));
                let itself = queue >= count || name.ends_with(&queue.to_string());
                if itself { OverflowTo::End } else { OverflowTo::Queue(QueueId(queue as u16)) }
            }
        };
        let (end, wait) = (OverflowTo::End, OverflowTo::Wait);
        let after = (!none && dice.one_in(3))
            .then(|| AfterWait { wait: dice.pick(&[secs(8), secs(3), Span(1)]), then: to(dice, end) });
        let plain_closed = dice.pick(&[end, wait]);
        Overflow {
            full: to(dice, end),
            closed: to(dice, plain_closed),
            unstaffed: if dice.one_in(2) { to(dice, end) } else { wait },
            after,
            closed_waiting: to(dice, wait),
        }
    }

    pub(crate) fn skills(&self, dice: &mut Dice<'_>) -> Skills {
        let all = (0..self.skills.len()).map(|skill| SkillId(skill as u16));
        all.map(|skill| (skill, dice.pick(&[80, 0, 50, 20, 100]))).collect()
    }

    pub(crate) fn requirement(&self, dice: &mut Dice<'_>, depth: usize) -> Requirement {
        let skill = SkillId(dice.below(self.skills.len()) as u16);
        let part = |dice: &mut Dice<'_>| self.requirement(dice, depth - 1);
        match dice.below(if depth == 0 { 3 } else { 7 }) {
            0 => Requirement::Anyone,
            1 | 2 => Requirement::AtLeast { skill, level: dice.pick(&[50, 1, 80]) },
            3 => Requirement::All([part(dice), part(dice)].into()),
            4 => Requirement::Any([part(dice), part(dice)].into()),
            5 => Requirement::Not(part(dice).into()),
            _ => Requirement::Prefer(part(dice).into()),
        }
    }
}

const WRAP_UPS: [WrapUp; 5] = [
    WrapUp::Fixed(Span::from_secs(3)),
    WrapUp::None,
    WrapUp::UpTo(Span::from_secs(5)),
    WrapUp::Open,
    WrapUp::Fixed(Span::ZERO),
];

fn target(dice: &mut Dice<'_>) -> Target {
    Target::new(800, dice.pick(&[secs(20), secs(60), secs(7), Span(1)]))
}

fn channel(dice: &mut Dice<'_>, name: &str) -> Channel {
    Channel {
        name: name.into(),
        whole_agent: name == "voice",
        offer: dice.pick(&[Some(secs(10)), None, Some(secs(3)), Some(secs(10)), Some(Span::MAX)]),
        connect: dice.pick(&[None, Some(secs(8)), None]),
        wrap_up: dice.pick(&WRAP_UPS),
        target: target(dice),
        one_per_customer: dice.one_in(3),
        superseded: dice.one_in(3),
        conversation: conversation(dice),
        retired: false,
    }
}

fn leases(dice: &mut Dice<'_>) -> Leases {
    Leases {
        agent: dice.pick(&[None, None, None, None, None, Some(secs(120)), Some(secs(20)), Some(Span::MAX)]),
        grace: dice.pick(&[secs(10), secs(2), Span::ZERO, secs(60)]),
    }
}

fn customers(dice: &mut Dice<'_>) -> Customers {
    Customers {
        limit: dice.pick(&[1_000_000, 1_000_000, 5, 2, 0]),
        remember: dice.pick(&[secs(1_000_000), secs(10), Span(1), Span::ZERO]),
        repeat_within: dice.pick(&[secs(1_000_000), secs(10), Span::ZERO]),
    }
}

fn conversation(dice: &mut Dice<'_>) -> Conversation {
    let mut silences =
        [0; 3].map(|_| dice.pick(&[secs(60), secs(4), Span::MAX, secs(10), secs(30), secs(300), Span(1)]));
    silences.sort();
    let [quiet_after, park_after, close_after] = silences.map(|length| dice.one_in(2).then_some(length));
    Conversation {
        quiet_after,
        park_after,
        close_after,
        age_from: dice.pick(&[AgeFrom::FirstContact, AgeFrom::LastMessage]),
        wake: Wake {
            over: dice.pick(&[0, 0, 1, 2, u16::MAX]),
            wait: dice.pick(&[secs(60), secs(4), Span::ZERO, secs(15), Span::MAX]),
        },
    }
}

fn capacity(dice: &mut Dice<'_>) -> ChannelCapacity {
    let max = 1 + dice.below(5) as u16;
    let most =
        dice.pick(&[Load::share(u32::from(max)), Load::FULL, Load::percent(40), Load::percent(10), Load::share(7)]);
    let parts = |load: Load, parts: u32| Load(load.0 / 4 * parts);
    let mut load = [most; 6];
    if dice.one_in(2) {
        // Going on never weighs more: offered, connecting, active, then wrap-up, quiet or held.
        load[Stage::Connecting as usize] = parts(most, dice.pick(&[4, 3]));
        load[Stage::Active as usize] = load[Stage::Connecting as usize];
        load[Stage::WrapUp as usize] = parts(load[Stage::Active as usize], dice.pick(&[4, 2, 0]));
    }
    load[Stage::Quiet as usize] = parts(load[Stage::Active as usize], dice.pick(&[4, 1, 0]));
    load[Stage::Held as usize] = parts(load[Stage::Active as usize], dice.pick(&[4, 1, 0]));
    let ramp =
        |dice: &mut Dice<'_>| Ramp { contacts: dice.pick(&[1, 2, 3]), per: dice.pick(&[secs(10), secs(3), secs(40)]) };
    let adaptive = |dice: &mut Dice<'_>| Adaptive {
        floor: 1 + dice.below(usize::from(max.min(2))) as u16,
        reply_within: dice.pick(&[secs(5), secs(20), secs(1)]),
    };
    let open = max + dice.pick(&[0, 0, 2, 5]);
    ChannelCapacity {
        max,
        open,
        load,
        ramp: dice.one_in(4).then(|| ramp(dice)),
        adaptive: dice.one_in(3).then(|| adaptive(dice)),
    }
}

fn agent_order(dice: &mut Dice<'_>) -> AgentOrder {
    match dice.below(15) {
        0 => AgentOrder::LongestIdle,
        1 => AgentOrder::Tier,
        2 => AgentOrder::MostRecentlyIdle,
        3 => AgentOrder::LeastLoaded,
        4 => AgentOrder::MostLoaded,
        5 => AgentOrder::RoundRobin,
        6 => AgentOrder::TopDown,
        7 => AgentOrder::BestSkilled,
        8 => AgentOrder::LeastSkilled,
        9 => AgentOrder::FewestHandled,
        10 => AgentOrder::Random,
        11 => AgentOrder::MostPlaces,
        12 => AgentOrder::LeastOccupied,
        13 => AgentOrder::LeastWorked,
        _ => AgentOrder::Host("rested".into()),
    }
}

/// The host policies these plans may name.
pub(crate) mod host {
    use cordboard::{AgentSelection, AgentView, ContactSelection, ContactView};

    /// Agents who hold and have handled least, and are not too busy.
    pub(crate) struct Rested;

    impl AgentSelection for Rested {
        fn name(&self) -> &str {
            "rested"
        }
        fn score(&self, contact: &ContactView<'_>, agent: &AgentView<'_>) -> i64 {
            let skilled = i64::from(contact.requires.proficiency(agent.skills));
            let busy = i64::from(agent.load.0 / 100_000) + 3 * i64::from(agent.holding) + i64::from(agent.handled);
            let idle = contact.now.since(agent.idle_since).0 / 4_000_000;
            skilled - busy + i64::try_from(idle).unwrap_or(i64::MAX / 2) + i64::from(agent.group.0)
        }
    }

    /// Priority counts double for the patient.
    pub(crate) struct Vip;

    impl ContactSelection for Vip {
        fn name(&self) -> &str {
            "vip"
        }
        fn urgency(&self, contact: &ContactView<'_>) -> i64 {
            let patience = i64::try_from(contact.answer_within.0 / 20_000_000).unwrap_or(i64::MAX / 4);
            2 * i64::from(contact.priority) - patience + i64::from(contact.channel.0)
        }
    }
}

fn any<T>(dice: &mut Dice<'_>, all: &[T], retired: impl Fn(&T) -> bool) -> usize {
    let first = dice.below(all.len());
    if dice.one_in(30) {
        return first;
    }
    (first..all.len()).chain(0..first).find(|&at| !retired(&all[at])).unwrap_or(first)
}

/// What is in a drafted plan.
impl Draft {
    pub(crate) fn channel_count(&self) -> usize {
        self.channels.len()
    }

    pub(crate) fn queue_count(&self) -> usize {
        self.queues.len()
    }

    pub(crate) fn group_count(&self) -> usize {
        self.groups.len()
    }

    pub(crate) fn requirement_count(&self) -> usize {
        self.requirements.len()
    }

    /// One in the plan, or very seldom one that is retired from it.
    pub(crate) fn any_channel(&self, dice: &mut Dice<'_>) -> ChannelId {
        ChannelId(any(dice, &self.channels, |channel| channel.retired) as u8)
    }

    /// One in the plan, or very seldom one that is retired from it.
    pub(crate) fn any_queue(&self, dice: &mut Dice<'_>) -> QueueId {
        QueueId(any(dice, &self.queues, |queue| queue.retired) as u16)
    }

    /// One in the plan, or very seldom one that is retired from it.
    pub(crate) fn any_group(&self, dice: &mut Dice<'_>) -> GroupId {
        GroupId(any(dice, &self.groups, |group| group.retired) as u16)
    }
}
