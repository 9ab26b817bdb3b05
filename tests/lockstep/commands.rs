//! Commands that a host might send next: mostly valid, because they are made in view of the reference's
//! state, some not. Each is made from one number, so that a sequence can be repeated and shortened.

use cordboard::{
    AgentId, ChannelSet, Command, CommandId, ContactId, CustomerId, GroupId, Leave, Needs, NewContact, OfferId,
    Preferred, QueueId, ReasonId, Requirement, RequirementId, Role, Seq, SkillId, Skills, Span, Stage, Stamped,
    Timestamp, TransferTo, Turn, WrapUp,
};

use crate::dice::Dice;
use crate::plans::Draft;
use crate::reference::Reference;

/// Makes commands for one run.
pub(crate) struct Host {
    pub(crate) draft: Draft,
    /// Agents it knows: ids from 1.
    agents: u64,
    /// How many contacts there are to be, and how many of them per agent: a slack floor, a busy one, a long line.
    crowd: (usize, usize),
    next_contact: u64,
    /// The next number of each source but 0.
    next_number: [u64; 3],
    sent: Vec<Stamped>,
}

/// What a host does when it has nothing else in mind, with how often it comes to mind.
const MINDED: &[(Intent, usize)] = &[
    (Intent::Enqueue, 20),
    (Intent::Accept, 34),
    (Intent::Complete, 13),
    (Intent::Connected, 13),
    (Intent::SignIn, 7),
    (Intent::EndWrapUp, 6),
    (Intent::Wake, 3),
    (Intent::FromCustomer, 10),
    (Intent::FromAgent, 7),
    (Intent::Quiet, 9),
    (Intent::Park, 3),
    (Intent::Presence, 5),
    (Intent::Decline, 3),
    (Intent::Transfer, 5),
    (Intent::Abandon, 3),
    (Intent::Hold, 3),
    (Intent::Resume, 3),
    (Intent::Requeue, 3),
    (Intent::Assign, 3),
    (Intent::Claim, 5),
    (Intent::Join, 5),
    (Intent::Part, 3),
    (Intent::Cancel, 2),
    (Intent::Revoke, 2),
    (Intent::ConnectFailed, 2),
    (Intent::SetPriority, 2),
    (Intent::SetNeeds, 2),
    (Intent::SetContext, 1),
    (Intent::Heartbeat, 3),
    (Intent::LinkLost, 1),
    (Intent::Shift, 1),
    (Intent::SignOut, 2),
    (Intent::ChangeChannel, 3),
    (Intent::QueueOpen, 2),
    (Intent::Skills, 1),
    (Intent::Configure, 1),
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Intent {
    Enqueue,
    Accept,
    Complete,
    Connected,
    SignIn,
    EndWrapUp,
    Wake,
    FromCustomer,
    FromAgent,
    Quiet,
    Park,
    Presence,
    Decline,
    Transfer,
    Abandon,
    Hold,
    Resume,
    Requeue,
    Assign,
    Claim,
    Join,
    Part,
    Cancel,
    Revoke,
    ConnectFailed,
    SetPriority,
    SetNeeds,
    SetContext,
    Heartbeat,
    LinkLost,
    Shift,
    SignOut,
    ChangeChannel,
    QueueOpen,
    Skills,
    Configure,
}

impl Host {
    pub(crate) fn new(draft: Draft, agents: u64, mood: u32) -> Self {
        let crowd = [(12, 2), (12, 2), (4, 0), (20, 0), (60, 4)][mood as usize % 5];
        Self { draft, agents, crowd, next_contact: 1, next_number: [1; 3], sent: Vec::new() }
    }

    /// The next command, in view of the reference's state.
    pub(crate) fn next(&mut self, number: u128, state: &Reference) -> Stamped {
        let mut dice = Dice::Number(number);
        let mut next = match dice.below(64) {
            61 => self.sent_again(&mut dice, state),
            62 => self.out_of_order(&mut dice, state),
            63 => self.too_late(&mut dice, state),
            _ => self.in_time(&mut dice, state),
        };
        if next.seq > state.seq {
            next.seq = Seq(state.seq.0 + dice.pick(&[1, 1, 1, 10]));
        }
        if next.id != CommandId::ANONYMOUS {
            if self.sent.len() >= 100 {
                self.sent.remove(0);
            }
            self.sent.push(next.clone());
        }
        next
    }

    fn stamp(&mut self, dice: &mut Dice<'_>, at: Timestamp, state: &Reference, command: Command) -> Stamped {
        let id = match dice.below(4) {
            0..=2 => CommandId::ANONYMOUS,
            _ => {
                let source = dice.below(3);
                let next = &mut self.next_number[source];
                let number = match dice.below(12) {
                    // Numbers may be skipped, and sent later, or too late.
                    10 => {
                        *next += dice.pick(&[1, 3, 40, 200]);
                        *next
                    }
                    11 => next.saturating_sub(dice.pick(&[2, 5, 63, 64, 65, 100])),
                    _ => *next,
                };
                *next = (*next).max(number + 1);
                CommandId { source: source as u32 + 1, number }
            }
        };
        Stamped { seq: Seq(state.seq.0 + 1), id, at, command }
    }

    /// A command the engine can take at its instant: time passes first where a timer is due.
    fn in_time(&mut self, dice: &mut Dice<'_>, state: &Reference) -> Stamped {
        let now = state.now;
        let due = state.next_deadline();
        match dice.below(12) {
            // The very instant of the next timer, just before it, and just after it.
            9 if due.is_some() => return self.stamp(dice, due.unwrap_or(now).max(now), state, Command::AdvanceTime),
            10 if due.is_some() => {
                let just_before = Timestamp(due.unwrap_or(now).0.saturating_sub(1)).max(now);
                let command = if due.is_some_and(|due| due <= just_before) {
                    Command::AdvanceTime
                } else {
                    self.command(dice, just_before, state)
                };
                return self.stamp(dice, just_before, state, command);
            }
            11 => {
                let later = now + dice.pick(&[Span::from_secs(1), Span::ZERO, Span::from_secs(7), Span::from_secs(40)]);
                return self.stamp(dice, later, state, Command::AdvanceTime);
            }
            _ => {}
        }
        let pause = [0, 0, 0, 0, 1, 100_000, 300_000, 1_000_000];
        let at = now + Span(dice.pick(&pause));
        let command =
            if due.is_some_and(|due| due <= at) { Command::AdvanceTime } else { self.command(dice, at, state) };
        self.stamp(dice, at, state, command)
    }

    /// A command that was sent before, as a host does that has heard nothing.
    fn sent_again(&mut self, dice: &mut Dice<'_>, state: &Reference) -> Stamped {
        if self.sent.is_empty() {
            return self.in_time(dice, state);
        }
        let again = self.sent[self.sent.len() - 1 - dice.below(self.sent.len())].clone();
        Stamped { seq: Seq(state.seq.0 + 1), at: again.at.max(state.now), ..again }
    }

    /// A place in the journal that was passed, or an instant that was.
    fn out_of_order(&mut self, dice: &mut Dice<'_>, state: &Reference) -> Stamped {
        let command = self.command(dice, state.now, state);
        let mut next = self.stamp(dice, state.now, state, command);
        next.id = CommandId::ANONYMOUS;
        if dice.below(2) == 0 {
            next.seq = Seq(state.seq.0.saturating_sub(dice.pick(&[0, 1, 7])));
        } else {
            next.at = Timestamp(state.now.0.saturating_sub(1));
        }
        next
    }

    /// A command whose instant lies after a timer that has not been fired.
    fn too_late(&mut self, dice: &mut Dice<'_>, state: &Reference) -> Stamped {
        let Some(due) = state.next_deadline() else { return self.in_time(dice, state) };
        let at = due.max(state.now) + Span(dice.pick(&[0, 1, 5_000_000]));
        let command = self.command(dice, at, state);
        self.stamp(dice, at, state, command)
    }

    fn command(&mut self, dice: &mut Dice<'_>, at: Timestamp, state: &Reference) -> Command {
        // As many contacts as keep everybody busy and a line standing, no more.
        let crowded = state.present() > self.crowd.0 + self.crowd.1 * state.agents.len();
        let wanted = if self.crowd.1 == 0 { self.agents - self.agents / 8 } else { self.agents.div_ceil(2) };
        let empty = (state.agents.len() as u64) < wanted;
        let weigh = |&(intent, weight): &(Intent, usize)| match intent {
            Intent::Enqueue if crowded => 2,
            Intent::SignIn if empty => 15,
            Intent::SignIn => 2,
            _ => weight,
        };
        let weights: Vec<usize> = MINDED.iter().map(weigh).collect();
        let intent = MINDED[dice.weighed(&weights)].0;
        if dice.one_in(40) {
            return self.blind(dice, intent, at);
        }
        self.seeing(dice, intent, at, state)
            .unwrap_or_else(|| if crowded { Command::AdvanceTime } else { self.enqueue(dice, at, state) })
    }

    /// A command that makes sense now, if there is one of this kind.
    fn seeing(&mut self, dice: &mut Dice<'_>, intent: Intent, at: Timestamp, state: &Reference) -> Option<Command> {
        let in_stage = |dice: &mut Dice<'_>, stages: &[Stage]| {
            let all = state.agents.iter().flat_map(|agent| &agent.holds);
            let fitting: Vec<_> = all.filter(|held| stages.contains(&held.stage)).map(|held| held.contact.id).collect();
            (!fitting.is_empty()).then(|| fitting[dice.below(fitting.len())])
        };
        let offer = |dice: &mut Dice<'_>| {
            let open: Vec<_> =
                state.agents.iter().flat_map(|agent| &agent.holds).filter_map(|held| held.offer).collect();
            (!open.is_empty()).then(|| open[dice.below(open.len())])
        };
        let waiting = |dice: &mut Dice<'_>| {
            // One that is promised for later now and then.
            let all = if dice.one_in(8) && !state.scheduled.is_empty() { &state.scheduled } else { &state.waiting };
            (!all.is_empty()).then(|| all[dice.below(all.len())].id)
        };
        let parked =
            |dice: &mut Dice<'_>| (!state.parked.is_empty()).then(|| state.parked[dice.below(state.parked.len())].id);
        let agent =
            |dice: &mut Dice<'_>| (!state.agents.is_empty()).then(|| state.agents[dice.below(state.agents.len())].id);
        let in_hand = [Stage::Active, Stage::Quiet, Stage::Held, Stage::Connecting];
        Some(match intent {
            Intent::Enqueue => self.enqueue(dice, at, state),
            Intent::Accept => Command::Accept { offer: offer(dice)? },
            Intent::Decline => Command::Decline { offer: offer(dice)? },
            Intent::Revoke => Command::Revoke { offer: offer(dice)? },
            Intent::Connected => Command::Connected { contact: in_stage(dice, &[Stage::Connecting])? },
            Intent::ConnectFailed => Command::ConnectFailed { contact: in_stage(dice, &[Stage::Connecting])? },
            Intent::Complete => {
                let contact = if dice.one_in(12) { parked(dice)? } else { in_stage(dice, &in_hand[..3])? };
                Command::Complete { contact }
            }
            Intent::EndWrapUp => Command::EndWrapUp { contact: in_stage(dice, &[Stage::WrapUp])? },
            Intent::Hold => Command::Hold { contact: in_stage(dice, &[Stage::Active])? },
            Intent::Resume => Command::Resume { contact: in_stage(dice, &[Stage::Held])? },
            Intent::Quiet => Command::Quiet { contact: in_stage(dice, &[Stage::Active])? },
            Intent::Park => Command::Park { contact: in_stage(dice, &in_hand[..3])? },
            Intent::Wake => {
                let contact = if dice.one_in(3) { parked(dice)? } else { in_stage(dice, &[Stage::Quiet])? };
                Command::Wake { contact }
            }
            Intent::FromCustomer => {
                let quiet = [Stage::Quiet];
                let stages = if dice.one_in(3) { &Stage::ALL[..5] } else { &quiet };
                let contact = match dice.below(8) {
                    0 => waiting(dice)?,
                    1..=3 => parked(dice)?,
                    _ => in_stage(dice, stages)?,
                };
                Command::MessageFromCustomer { contact }
            }
            Intent::FromAgent => {
                let held =
                    state.agents.iter().flat_map(|agent| &agent.holds).filter(|held| held.stage == Stage::Active);
                let asked: Vec<_> =
                    held.map(|held| &held.contact).filter(|it| it.turn == Turn::Agent).map(|it| it.id).collect();
                let replies = !asked.is_empty() && !dice.one_in(3);
                let contact = if replies { asked[dice.below(asked.len())] } else { in_stage(dice, &in_hand)? };
                Command::MessageFromAgent { contact }
            }
            Intent::Requeue => Command::Requeue { contact: in_stage(dice, &in_hand)? },
            Intent::Transfer => {
                let handled =
                    [Stage::Active, Stage::Quiet, Stage::Held, Stage::Connecting, Stage::Offered, Stage::Reserved];
                let contact = match dice.below(10) {
                    0 => parked(dice)?,
                    1..=3 => waiting(dice)?,
                    _ => in_stage(dice, &handled)?,
                };
                let to = match dice.below(3) {
                    0 => TransferTo::Queue(self.draft.any_queue(dice)),
                    1 => TransferTo::Agent(agent(dice)?, dice.pick(&WAITS)),
                    _ => TransferTo::Needs(self.needs(dice)),
                };
                Command::Transfer { contact, to, reset_age: dice.one_in(3) }
            }
            Intent::Abandon => {
                let early = [Stage::Offered, Stage::Connecting, Stage::Reserved];
                Command::Abandon { contact: if dice.one_in(2) { in_stage(dice, &early)? } else { waiting(dice)? } }
            }
            Intent::Cancel => {
                let contact = match dice.below(8) {
                    0 => parked(dice)?,
                    1..=3 => waiting(dice)?,
                    _ => in_stage(dice, &Stage::ALL)?,
                };
                Command::Cancel { contact }
            }
            Intent::SetPriority => Command::SetPriority {
                contact: waiting(dice)?,
                priority: dice.pick(&[0, 1, 5, -3, i16::MIN, i16::MAX]),
            },
            Intent::Heartbeat => {
                // Whoever is lost is heard of first, as often as not.
                let lost = state.agents.iter().find(|agent| agent.lost.is_some()).filter(|_| dice.one_in(2));
                Command::Heartbeat { agent: lost.map_or_else(|| agent(dice), |lost| Some(lost.id))? }
            }
            Intent::LinkLost => Command::LinkLost { agent: agent(dice)? },
            Intent::Shift => {
                let lasts = [Some(Span::from_secs(300)), Some(Span::from_secs(60)), None, Some(Span::from_secs(5))];
                let until = dice.pick(&lasts).map(|lasts| at + lasts);
                Command::SetShift { agent: agent(dice)?, until }
            }
            Intent::SetContext => {
                let contact = if dice.one_in(2) { in_stage(dice, &Stage::ALL)? } else { waiting(dice)? };
                let bytes = dice.pick(&[1usize, 0, 3, 40]);
                Command::SetContext { contact, context: vec![bytes as u8; bytes].into() }
            }
            Intent::SetNeeds => Command::SetNeeds { contact: waiting(dice)?, needs: self.needs(dice) },
            Intent::Assign => {
                let contact = if dice.one_in(6) { parked(dice)? } else { waiting(dice)? };
                Command::Assign { contact, agent: agent(dice)? }
            }
            Intent::Claim => self.claim(dice, state)?,
            Intent::Join => Command::Join {
                contact: in_stage(dice, &in_hand[..3])?,
                agent: agent(dice)?,
                role: dice.pick(&[Role::Conference, Role::Consult]),
            },
            Intent::Part => {
                let all = state.agents.iter().flat_map(|agent| agent.holds.iter().map(move |held| (agent.id, held)));
                let joined = all.filter(|(_, held)| !held.contact.joined.is_empty() || held.further);
                let joined: Vec<_> = joined.filter(|(_, held)| held.offer.is_none()).collect();
                let (agent, held) = (!joined.is_empty()).then(|| joined[dice.below(joined.len())])?;
                Command::Part { contact: held.contact.id, agent }
            }
            // Closed ones open again sooner than others close.
            Intent::QueueOpen => match state.closed.first() {
                Some(&queue) if !dice.one_in(10) => Command::SetQueueOpen { queue, open: true },
                _ => Command::SetQueueOpen { queue: self.draft.any_queue(dice), open: !dice.one_in(3) },
            },
            Intent::ChangeChannel => {
                let contact = match dice.below(12) {
                    0 => parked(dice)?,
                    1..=4 => waiting(dice)?,
                    _ => in_stage(dice, &in_hand[..3])?,
                };
                Command::ChangeChannel { contact, channel: self.draft.any_channel(dice) }
            }
            Intent::SignIn => {
                let id = if dice.one_in(4) {
                    let draining: Vec<_> = state.agents.iter().filter(|agent| agent.draining).collect();
                    (!draining.is_empty()).then(|| draining[dice.below(draining.len())].id)?
                } else {
                    let first = 1 + dice.below(self.agents as usize) as u64;
                    let all = (first..=self.agents).chain(1..first).map(AgentId);
                    all.into_iter().find(|&id| state.agent_at(id).is_none())?
                };
                self.sign_in(dice, id)
            }
            Intent::SignOut => Command::SignOut { agent: agent(dice)?, leave: leave(dice) },
            Intent::Presence => {
                let agent = agent(dice)?;
                self.presence(dice, agent, state)
            }
            Intent::Skills => Command::SetSkills { agent: agent(dice)?, skills: self.draft.skills(dice) },
            Intent::Configure => {
                if !dice.one_in(6) {
                    return None;
                }
                self.draft.revise(dice);
                Command::Configure { plan: Box::new(self.draft.plan()) }
            }
        })
    }

    /// A command of this kind with ids picked blindly: unknown, ended, in another state, out of the plan.
    fn blind(&mut self, dice: &mut Dice<'_>, intent: Intent, at: Timestamp) -> Command {
        let contact = ContactId(self.next_contact.saturating_sub(dice.below(30) as u64));
        let agent = AgentId(1 + dice.below(self.agents as usize + 2) as u64);
        let offer = OfferId(dice.below(self.next_contact as usize + 1) as u64);
        match intent {
            Intent::Enqueue => {
                let queue = QueueId(dice.below(self.draft.queue_count() + 1) as u16);
                let channel = cordboard::ChannelId(dice.below(self.draft.channel_count() + 1) as u8);
                let mut new = NewContact::new(queue, channel);
                match dice.below(5) {
                    1 => new.needs = Needs::Named(RequirementId(self.draft.requirement_count() as u32)),
                    2 => new.age_origin = Some(at + Span(1)),
                    3 => new.answer_within = Some(Span::ZERO),
                    4 => new.needs = Needs::Own(Box::new(Requirement::All(vec![Requirement::Anyone; 65].into()))),
                    _ => {}
                }
                Command::Enqueue { contact, new }
            }
            Intent::SignIn => Command::SignIn {
                agent,
                group: GroupId(dice.below(self.draft.group_count() + 1) as u16),
                skills: dice.one_in(3).then(|| Skills::from_iter([(SkillId(99), 50)])),
                ready: ChannelSet::ALL,
            },
            Intent::Skills => Command::SetSkills { agent, skills: Skills::from_iter([(SkillId(99), 50)]) },
            Intent::Transfer => {
                let to = match dice.below(3) {
                    0 => TransferTo::Queue(QueueId(99)),
                    1 => TransferTo::Agent(agent, dice.pick(&WAITS)),
                    _ => TransferTo::Needs(Needs::Named(RequirementId(99))),
                };
                Command::Transfer { contact, to, reset_age: false }
            }
            Intent::Configure => Command::Configure { plan: Box::new(Draft::throw(&mut Dice::tape(&[])).plan()) },
            Intent::Accept => Command::Accept { offer },
            Intent::Decline => Command::Decline { offer },
            Intent::Revoke => Command::Revoke { offer },
            Intent::Connected => Command::Connected { contact },
            Intent::ConnectFailed => Command::ConnectFailed { contact },
            Intent::Complete => Command::Complete { contact },
            Intent::EndWrapUp => Command::EndWrapUp { contact },
            Intent::Hold => Command::Hold { contact },
            Intent::Resume => Command::Resume { contact },
            Intent::Quiet => Command::Quiet { contact },
            Intent::Park => Command::Park { contact },
            Intent::Wake => Command::Wake { contact },
            Intent::FromCustomer => Command::MessageFromCustomer { contact },
            Intent::FromAgent => Command::MessageFromAgent { contact },
            Intent::Requeue => Command::Requeue { contact },
            Intent::Abandon => Command::Abandon { contact },
            Intent::Cancel => Command::Cancel { contact },
            Intent::SetPriority => Command::SetPriority { contact, priority: 1 },
            Intent::SetContext => Command::SetContext { contact, context: vec![1; 5_000].into() },
            Intent::Heartbeat => Command::Heartbeat { agent },
            Intent::LinkLost => Command::LinkLost { agent },
            Intent::Shift => Command::SetShift { agent, until: Some(at) },
            Intent::SetNeeds => Command::SetNeeds { contact, needs: Needs::Nothing },
            Intent::Assign => Command::Assign { contact, agent },
            Intent::Claim => Command::Claim { contact, agent },
            Intent::Join => Command::Join { contact, agent, role: Role::Consult },
            Intent::Part => Command::Part { contact, agent },
            Intent::QueueOpen => {
                let queue = QueueId(dice.below(self.draft.queue_count() + 1) as u16);
                Command::SetQueueOpen { queue, open: dice.one_in(2) }
            }
            Intent::ChangeChannel => {
                let channel = cordboard::ChannelId(dice.below(self.draft.channel_count() + 1) as u8);
                Command::ChangeChannel { contact, channel }
            }
            Intent::SignOut => Command::SignOut { agent, leave: leave(dice) },
            Intent::Presence => {
                Command::SetPresence { agent, channels: ChannelSet::ALL, ready: true, reason: ReasonId::NONE }
            }
        }
    }

    fn enqueue(&mut self, dice: &mut Dice<'_>, at: Timestamp, state: &Reference) -> Command {
        let contact = ContactId(self.next_contact);
        self.next_contact += 1;
        let mut new = NewContact::new(self.draft.any_queue(dice), self.draft.any_channel(dice));
        new.needs = if dice.one_in(2) { self.needs(dice) } else { Needs::Nothing };
        new.priority = dice.pick(&[0, 0, 1, 2, 5, -1]);
        if dice.one_in(6) {
            let waited = Span(dice.pick(&[1_000_000, 0, 15_000_000, 120_000_000]));
            new.age_origin = Some(Timestamp(at.0.saturating_sub(waited.0)));
        }
        if dice.one_in(6) {
            new.answer_within = Some(dice.pick(&[Span::from_secs(10), Span(1), Span::from_secs(300)]));
        }
        if dice.one_in(7) {
            new.not_before =
                Some(at + dice.pick(&[Span::from_secs(8), Span::from_secs(30), Span::from_secs(3), Span::ZERO]));
        }
        if dice.one_in(8) {
            new.max_wait = Some(dice.pick(&[Span::from_secs(6), Span::ZERO, Span::from_secs(60), Span::MAX]));
        }
        if dice.one_in(6) {
            let wrap_ups = [WrapUp::Open, WrapUp::Fixed(Span::from_secs(2)), WrapUp::UpTo(Span::from_secs(9))];
            new.wrap_up = Some(dice.pick(&wrap_ups));
        }
        if dice.one_in(4) {
            let agent = match state.agents.len() {
                0 => AgentId(1),
                all => state.agents[dice.below(all)].id,
            };
            new.preferred = Some(Preferred { agent, wait: dice.pick(&WAITS) });
        }
        if dice.one_in(2) {
            // Few enough to come again, and by more than one channel at once.
            new.customer = Some(CustomerId(dice.below(4 + self.agents as usize) as u64));
        }
        Command::Enqueue { contact, new }
    }

    /// Mostly one that the agent may claim.
    fn claim(&self, dice: &mut Dice<'_>, state: &Reference) -> Option<Command> {
        if state.agents.is_empty() || state.waiting.is_empty() {
            return None;
        }
        let agent = &state.agents[dice.below(state.agents.len())];
        let seen = state.claimable(agent);
        let contact = match seen.len() {
            0 if dice.one_in(4) => state.waiting[dice.below(state.waiting.len())].id,
            0 => return None,
            all => seen[dice.below(all)],
        };
        Some(Command::Claim { contact, agent: agent.id })
    }

    fn needs(&self, dice: &mut Dice<'_>) -> Needs {
        match dice.below(3) {
            0 => Needs::Nothing,
            1 if self.draft.requirement_count() > 0 => {
                Needs::Named(RequirementId(dice.below(self.draft.requirement_count()) as u32))
            }
            _ => Needs::Own(Box::new(self.draft.requirement(dice, 2))),
        }
    }

    fn sign_in(&self, dice: &mut Dice<'_>, agent: AgentId) -> Command {
        Command::SignIn {
            agent,
            group: self.draft.any_group(dice),
            skills: dice.one_in(3).then(|| self.draft.skills(dice)),
            ready: if dice.one_in(5) { ChannelSet(dice.below(16) as u64) } else { ChannelSet::ALL },
        }
    }

    /// Ready where it is not, more often than the other way round.
    fn presence(&self, dice: &mut Dice<'_>, agent: AgentId, state: &Reference) -> Command {
        let idle = state.agent_at(agent).is_some_and(|at| state.agents[at].ready == ChannelSet::NONE);
        let channels = if dice.one_in(3) { ChannelSet::of(self.draft.any_channel(dice)) } else { ChannelSet::ALL };
        let ready = if idle { !dice.one_in(8) } else { dice.below(3) == 0 };
        Command::SetPresence { agent, channels, ready, reason: ReasonId(dice.below(4) as u16) }
    }
}

const WAITS: [Span; 5] = [Span::from_secs(4), Span::ZERO, Span::from_secs(15), Span::MAX, Span(1)];

fn leave(dice: &mut Dice<'_>) -> Leave {
    if dice.below(2) == 0 { Leave::Drain } else { Leave::Requeue }
}
