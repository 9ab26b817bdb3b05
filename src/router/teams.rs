//! Teams: agents who take both calls and chats, and what the scheduler lets them do next.
//!
//! Groups with one capacity profile that serve the same queues are a team, if the profile has *calls*, channels that need an
//! agent without chats, and *chats*, channels that share an agent. Where the plan's scheduler is work-conserving there are none.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::agent::ChannelSet;
use crate::capacity::{Load, Profile, Stage};
use crate::id::{AgentId, ChannelId, GroupId, ProfileId, QueueId};
use crate::plan::Plan;
use crate::queue::Mode;
use crate::rejected::Rejected;
use crate::router::invariants::Broken;
use crate::router::ledger;
use crate::router::orders::Policies;
use crate::router::records::{Agent, Holding, NONE, Place};
use crate::router::state::State;
use crate::router::watch::{Number, REVIEW, Watch};
use crate::scheduling::adaptive::{self, Rates, Tactics};
use crate::scheduling::{Next, Scheduling, SchedulingPolicy, SchedulingRule, TeamView};
use crate::time::Timestamp;

/// No team.
pub(crate) const NO_TEAM: u16 = u16::MAX;
/// Most chats of one agent that are told apart.
const MOST_SLOTS: u16 = 32;

/// What an agent is occupied with, as far as its team is concerned.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Occupation {
    /// In no team, or not to be given calls now.
    Away,
    OnCall,
    /// Holds so many chats, or other things that weigh.
    Free(u8),
}

/// What decides for the teams of a plan.
#[derive(Clone)]
pub(crate) enum Policy {
    Rule(SchedulingRule),
    Host(Arc<dyn Scheduling>),
    Adaptive(Planned),
    /// So many percent of the agents take calls alone, the others chats alone; nothing is held back.
    Dedicated(u8),
}

/// What an adaptive team does.
#[derive(Clone, Default)]
pub(crate) struct Planned {
    /// On the rates planned on, made when it is first needed.
    now: OnceLock<Arc<Tactics>>,
    /// On rates before, to which it may come back: a day is like the day before.
    before: BTreeMap<Rates, Arc<Tactics>>,
}

/// Plans that are kept in case it comes back to their rates.
const KEPT: usize = 256;

impl Planned {
    fn change(&mut self, from: Option<&Rates>, to: &Rates) {
        if self.before.len() >= KEPT {
            self.before.clear();
        }
        if let (Some(rates), Some(tactics)) = (from, self.now.take()) {
            self.before.insert(rates.clone(), tactics);
        }
        if let Some(known) = self.before.get(to) {
            self.now = OnceLock::from(known.clone());
        }
    }
}

#[derive(Clone)]
pub(crate) struct Team {
    profile: ProfileId,
    queues: Vec<QueueId>,
    calls: ChannelSet,
    chats: ChannelSet,
    policy: Policy,
    calls_waiting: u32,
    chats_waiting: u32,
    on_call: u32,
    /// Agents by how many chats they hold.
    free: Vec<u32>,
    pub(crate) watch: Watch,
    /// What it does next, as long as nothing changes.
    next: Option<Next>,
    /// What it is about to give, while contacts look for agents.
    giving: Option<Next>,
    dirty: bool,
}

/// What a team cannot do now, because no such contact fits any such agent.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tried {
    calls: bool,
    chats: bool,
    /// Agents who hold so many, by bit, can take none of the chats.
    passed: u64,
}

impl Tried {
    /// The same, after what was to be done next could not be done either. Ends: fewer and fewer is left to be done.
    pub(crate) fn and(self, next: Next) -> Self {
        match next {
            Next::Call { .. } => Self { calls: true, ..self },
            Next::Chat { holding } if self.passed & bit(holding) == 0 => {
                Self { passed: self.passed | bit(holding), ..self }
            }
            Next::Chat { .. } => self.without_chats(),
            Next::Wait => self,
        }
    }

    fn without_chats(self) -> Self {
        Self { chats: true, passed: 0, ..self }
    }
}

fn bit(holding: u32) -> u64 {
    1 << holding.min(63)
}

impl Team {
    fn slots(&self) -> usize {
        self.free.len() - 1
    }

    fn agents(&self) -> u32 {
        self.on_call + self.free.iter().sum::<u32>()
    }

    /// The rates to plan on, by what is observed now; `None` while that is not enough.
    fn to_plan_on(&self, now: Timestamp) -> Option<Rates> {
        let agents = self.agents();
        if agents == 0 {
            return None;
        }
        let rates = self.watch.save(now, |number| self.number(number)).rates(agents)?;
        Some(match &self.watch.planned {
            Some(planned) => rates.after(planned),
            None => rates.at_first(),
        })
    }

    pub(crate) fn number(&self, number: Number) -> u32 {
        match number {
            Number::CallsWaiting => self.calls_waiting,
            Number::ChatsWaiting => self.chats_waiting,
            Number::OnCall => self.on_call,
            Number::Holding(chats) => self.free.get(chats).copied().unwrap_or(0),
        }
    }

    fn number_mut(&mut self, number: Number) -> &mut u32 {
        match number {
            Number::CallsWaiting => &mut self.calls_waiting,
            Number::ChatsWaiting => &mut self.chats_waiting,
            Number::OnCall => &mut self.on_call,
            Number::Holding(chats) => &mut self.free[chats],
        }
    }

    fn change(&mut self, number: Number, now: Timestamp, more: bool) {
        self.watch.pass(number, now, self.number(number));
        let count = self.number_mut(number);
        *count = if more { *count + 1 } else { *count - 1 };
        (self.next, self.dirty) = (None, true);
    }

    /// What it does next, but for what was tried: what cannot be done is asked for again as if there were no such agents, or
    /// none of that kind waited.
    pub(crate) fn next_but(&self, tried: &mut Tried) -> Next {
        loop {
            let calls = if tried.calls { 0 } else { self.calls_waiting };
            let chats = if tried.chats { 0 } else { self.chats_waiting };
            let next = if tried.passed == 0 {
                self.next_with(calls, chats, &self.free)
            } else {
                let at = |(holding, &agents)| if tried.passed & bit(holding) == 0 { agents } else { 0 };
                let free: Vec<u32> = (0u32..).zip(&self.free).map(at).collect();
                self.next_with(calls, chats, &free)
            };
            match next {
                Next::Call { .. } if calls > 0 => return next,
                Next::Chat { holding } if chats > 0 && tried.passed & bit(holding) == 0 => return next,
                // Nothing more for the chats; perhaps for the calls, now that nobody is left out.
                _ if tried.passed != 0 => *tried = tried.without_chats(),
                _ => return Next::Wait,
            }
        }
    }

    /// Everything it would do, if whatever comes before cannot be done.
    pub(crate) fn everything_next(&self) -> Vec<Next> {
        let mut all = Vec::new();
        let mut tried = Tried::default();
        loop {
            let next = self.next_but(&mut tried);
            if next == Next::Wait {
                return all;
            }
            all.push(next);
            tried = tried.and(next);
        }
    }

    /// What it does next if so many wait.
    fn next_with(&self, calls: u32, chats: u32, free: &[u32]) -> Next {
        let with_room = free[..self.slots()].iter().any(|&agents| agents > 0);
        if (calls == 0 && chats == 0) || !with_room {
            return Next::Wait;
        }
        let view = TeamView { calls, chats, free, on_call: &[self.on_call] };
        match &self.policy {
            Policy::Rule(rule) => rule.next(&view),
            Policy::Dedicated(_) => Next::Wait,
            Policy::Host(policy) => policy.next(&view),
            Policy::Adaptive(planned) => match &self.watch.planned {
                Some(rates) => planned.now.get_or_init(|| Arc::new(Tactics::plan(rates))).next(&view),
                None => adaptive::UNTIL_RATES_ARE_KNOWN.next(&view),
            },
        }
    }
}

/// All teams of a plan.
#[derive(Clone, Default)]
pub(crate) struct Teams {
    pub(crate) all: Vec<Team>,
    of_group: Vec<u16>,
    of_queue: Vec<Vec<u16>>,
    /// By queue, the channels on which all who take its contacts are of one team.
    sole: Vec<ChannelSet>,
    any_dirty: bool,
    /// Agents who have come to be on a call, and whom the team is asked for no more, whatever they still have room for.
    freed: Vec<u32>,
    /// Whoever of the team that gives has room takes what is looked at now.
    pub(crate) lifted: bool,
    /// What is observed is to be compared with what was planned on.
    review: bool,
}

impl Teams {
    pub(crate) fn compile(plan: &Plan, policies: &Policies, now: Timestamp) -> Result<Self, Rejected> {
        let Some(policy) = Policy::of(plan, policies)? else { return Ok(Self::default()) };
        let mut teams = Self { of_queue: vec![Vec::new(); plan.queues().len()], ..Self::default() };
        for group in plan.groups() {
            let queues: Vec<QueueId> = (0u16..).map(QueueId).take(plan.queues().len()).collect();
            let queues: Vec<QueueId> = queues.into_iter().filter(|&queue| group.serves(queue).is_some()).collect();
            let same = |team: &Team| team.profile == group.capacity && team.queues == queues;
            let known = teams.all.iter().position(same);
            let kinds = plan.profile(group.capacity).and_then(|profile| kinds(plan, profile));
            let team = match (known, kinds) {
                (Some(at), _) => at,
                (None, Some((calls, chats, slots))) if teams.all.len() < usize::from(NO_TEAM) => {
                    // What agents claim is not for the scheduler to give.
                    let given = |&&queue: &&QueueId| plan.queue(queue).is_some_and(|queue| queue.mode != Mode::Pull);
                    for queue in queues.iter().filter(given) {
                        teams.of_queue[usize::from(queue.0)].push(teams.all.len() as u16);
                    }
                    teams.all.push(Team {
                        profile: group.capacity,
                        queues,
                        calls,
                        chats,
                        policy: policy.clone(),
                        calls_waiting: 0,
                        chats_waiting: 0,
                        on_call: 0,
                        free: vec![0; usize::from(slots) + 1],
                        watch: Watch::new(slots.into(), now),
                        next: None,
                        giving: None,
                        dirty: false,
                    });
                    teams.all.len() - 1
                }
                _ => usize::from(NO_TEAM),
            };
            teams.of_group.push(team as u16);
        }
        teams.sole = (0..plan.queues().len()).map(|queue| teams.sole_takers(plan, QueueId(queue as u16))).collect();
        Ok(teams)
    }

    fn sole_takers(&self, plan: &Plan, queue: QueueId) -> ChannelSet {
        let serving =
            plan.groups().iter().zip(&self.of_group).filter(|(it, _)| !it.retired && it.serves(queue).is_some());
        let serving: Vec<_> = serving.collect();
        let takes = |channel| {
            let takers = serving.iter().filter(move |(group, _)| {
                plan.profile(group.capacity).is_some_and(|profile| profile.channel(channel).is_some())
            });
            takers.map(|&(_, &team)| team)
        };
        let channels = (0..plan.channels().len() as u8).map(ChannelId);
        let sole = channels.filter(|&channel| {
            let first = takes(channel).next();
            first.is_some_and(|first| first != NO_TEAM) && takes(channel).all(|team| Some(team) == first)
        });
        sole.fold(ChannelSet::NONE, ChannelSet::with)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn has_freed(&self) -> bool {
        !self.freed.is_empty()
    }

    /// Nothing that was marked is to be done: it was done when it was marked.
    pub(crate) fn unmark(&mut self) {
        (self.any_dirty, self.review) = (false, false);
        self.freed.clear();
        self.all.iter_mut().for_each(|team| team.dirty = false);
    }

    /// Before every count is made anew: nobody is counted any more, but time has passed. What was planned stays.
    pub(crate) fn forget_numbers(&mut self, now: Timestamp) {
        for team in &mut self.all {
            let holding = (0..team.free.len()).map(Number::Holding);
            for number in [Number::CallsWaiting, Number::ChatsWaiting, Number::OnCall].into_iter().chain(holding) {
                team.watch.pass(number, now, team.number(number));
                *team.number_mut(number) = 0;
            }
            team.next = None;
        }
    }

    pub(crate) fn of_group(&self, group: GroupId) -> u16 {
        self.of_group.get(usize::from(group.0)).copied().unwrap_or(NO_TEAM)
    }

    fn of_queue(&self, queue: QueueId) -> &[u16] {
        self.of_queue.get(usize::from(queue.0)).map_or(&[], Vec::as_slice)
    }

    /// The first team that something changed for.
    pub(crate) fn next_dirty(&mut self) -> Option<u16> {
        if !std::mem::take(&mut self.any_dirty) {
            return None;
        }
        let at = self.all.iter().position(|team| team.dirty)?;
        self.any_dirty = true;
        Some(at as u16)
    }

    pub(crate) fn clean(&mut self, team: u16) {
        self.all[usize::from(team)].dirty = false;
    }

    /// Somebody is looked at whom a team could give something, or that a team could give: it is asked what it does next.
    #[inline]
    pub(crate) fn stir(&mut self, team: u16) {
        if let Some(team) = self.all.get_mut(usize::from(team)) {
            (team.dirty, self.any_dirty) = (true, true);
        }
    }

    /// The same for every team that serves a queue.
    #[inline]
    pub(crate) fn stir_all(&mut self, queue: QueueId) {
        for &team in self.of_queue.get(usize::from(queue.0)).into_iter().flatten() {
            (self.all[usize::from(team)].dirty, self.any_dirty) = (true, true);
        }
    }

    /// What a team is about to give, while contacts look for agents.
    pub(crate) fn is_giving(&mut self, team: u16, next: Option<Next>) {
        self.all[usize::from(team)].giving = next;
    }
}

/// Channels of calls and of chats, and how many chats an agent may be busy with; `None` if the profile does not have both.
fn kinds(plan: &Plan, profile: &Profile) -> Option<(ChannelSet, ChannelSet, u16)> {
    let room_beside = |channel| {
        let holding = [Holding::new(NONE, channel, Stage::Active, Timestamp::ZERO)];
        ledger::load_and_room(profile, &holding).1.0
    };
    let whole_agent = |id| plan.channel(id).is_some_and(|channel| channel.whole_agent);
    let (mut calls, mut chats, mut slots) = (ChannelSet::NONE, ChannelSet::NONE, 0);
    let taken = || (0u8..).map(ChannelId).zip(&profile.channels).filter_map(|(id, it)| Some((id, it.as_ref()?)));
    for (id, _) in taken().filter(|&(id, _)| whole_agent(id)) {
        calls = calls.with(id);
    }
    for (id, capacity) in taken().filter(|&(id, _)| !whole_agent(id) && room_beside(id) & calls.0 == 0) {
        (chats, slots) = (chats.with(id), slots.max(capacity.max.min(MOST_SLOTS)));
    }
    // A call that a chat may join is no call in this sense.
    let apart = calls.iter().all(|call| room_beside(call) & chats.0 == 0);
    (apart && calls != ChannelSet::NONE && chats != ChannelSet::NONE).then_some((calls, chats, slots))
}

/// Whether an agent is one of so many percent. Multiples of the golden ratio fall evenly between whole numbers, so that of any run of
/// ids this share is chosen, to within one or two.
fn is_for_calls(agent: AgentId, percent: u8) -> bool {
    let place = agent.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    u128::from(place) * 100 < u128::from(percent) << 64
}

impl State {
    pub(crate) fn team_of(&self, agent: &Agent) -> u16 {
        self.teams.of_group(agent.group)
    }

    /// Where an agent stands, as it follows from what it holds. O(held).
    fn occupation(&self, agent: &Agent) -> Occupation {
        let Some(team) = self.teams.all.get(usize::from(self.team_of(agent))) else { return Occupation::Away };
        if matches!(team.policy, Policy::Dedicated(_)) {
            return Occupation::Away;
        }
        let takes = agent.live && !agent.draining && agent.lost.is_none() && agent.ready.0 & team.calls.0 != 0;
        let Some(profile) = self.plan.profile(team.profile).filter(|_| takes) else { return Occupation::Away };
        let mut share = 0;
        for held in &agent.holding {
            // What the profile has no more, since a new plan, takes the whole agent until it has ended; and what is of neither kind
            // keeps the agent from calls as a chat does.
            let capacity = profile.channel(held.channel);
            if capacity.is_some_and(|it| it.load(held.stage) == Load::ZERO) {
                continue;
            }
            if team.calls.has(held.channel) {
                return Occupation::OnCall;
            }
            share += u64::from(Load::FULL.0) / u64::from(capacity.map_or(1, |it| it.max.max(1)));
        }
        // One of which an agent may have few counts as several of those of which it may have most.
        let chats = (share * team.slots() as u64).div_ceil(u64::from(Load::FULL.0));
        Occupation::Free(chats.min(team.slots() as u64) as u8)
    }

    /// The channels that an agent is not given, because others of its team are there for them.
    pub(crate) fn left_to_others(&self, agent: &Agent) -> ChannelSet {
        let Some(team) = self.teams.all.get(usize::from(self.team_of(agent))) else { return ChannelSet::NONE };
        match team.policy {
            Policy::Dedicated(calls) if is_for_calls(agent.id, calls) => team.chats,
            Policy::Dedicated(_) => team.calls,
            _ => ChannelSet::NONE,
        }
    }

    /// Counts an agent where it stands now. O(held), and nothing for agents in no team.
    pub(crate) fn restand_in_team(&mut self, slot: u32) {
        if self.teams.is_empty() {
            return;
        }
        let is = self.occupation(&self.agents[slot]);
        self.count_in_team(slot, is);
    }

    /// Counts an agent in its team no more, because it is about to be of another, or gone.
    pub(crate) fn leave_team(&mut self, slot: u32) {
        if !self.teams.is_empty() {
            self.count_in_team(slot, Occupation::Away);
        }
    }

    fn count_in_team(&mut self, slot: u32, is: Occupation) {
        let was = std::mem::replace(&mut self.agents[slot].occupation, is);
        let team = self.team_of(&self.agents[slot]);
        if was == is || team == NO_TEAM {
            return;
        }
        let team = &mut self.teams.all[usize::from(team)];
        let number = |occupation| match occupation {
            Occupation::Away => None,
            Occupation::OnCall => Some(Number::OnCall),
            Occupation::Free(chats) => Some(Number::Holding(chats.into())),
        };
        if let Some(was) = number(was) {
            team.change(was, self.now, false);
        }
        match (was, is) {
            (Occupation::OnCall, _) => team.watch.left(Number::OnCall, 1),
            (Occupation::Free(before), Occupation::Free(after)) if after < before => {
                team.watch.left(Number::Holding(before.into()), u64::from(before - after));
            }
            _ => {}
        }
        if let Some(is) = number(is) {
            team.change(is, self.now, true);
        }
        if matches!(was, Occupation::Free(_)) && is == Occupation::OnCall {
            self.teams.freed.push(slot);
        }
        self.teams.any_dirty = true;
        self.teams.review |= (was == Occupation::Away) != (is == Occupation::Away);
    }

    /// Agents who are on a call now and were not before, by id; each once.
    pub(crate) fn take_freed(&mut self) -> Vec<u32> {
        let mut freed = std::mem::take(&mut self.teams.freed);
        freed.retain(|&slot| self.agents[slot].live && self.agents[slot].occupation == Occupation::OnCall);
        freed.sort_unstable_by_key(|&slot| self.agents[slot].id);
        freed.dedup();
        freed
    }

    /// A contact came to a queue. Where all who take it are of one team, it is one that the team plans for; else those count that
    /// are given to it, and its share of those who leave.
    pub(crate) fn note_arrival(&mut self, slot: u32) {
        let it = &self.contacts[slot];
        let (queue, channel) = (it.queue, it.channel);
        if self.teams.sole.get(usize::from(queue.0)).is_some_and(|sole| sole.has(channel)) {
            for at in 0..self.teams.of_queue(queue).len() {
                self.count_arrival(self.teams.of_queue(queue)[at], queue, channel, 1);
            }
        }
    }

    /// A contact is given to an agent.
    pub(crate) fn note_given_to_team(&mut self, slot: u32, agent: u32) {
        let team = self.team_of(&self.agents[agent]);
        let it = &self.contacts[slot];
        let (queue, channel) = (it.queue, it.channel);
        let sole = self.teams.sole.get(usize::from(queue.0)).is_none_or(|sole| sole.has(channel));
        if team != NO_TEAM && !sole {
            self.count_arrival(team, queue, channel, 1);
        }
    }

    fn count_arrival(&mut self, team: u16, queue: QueueId, channel: ChannelId, among: u32) {
        let cost = self.plan.cost(queue, channel);
        let it = &mut self.teams.all[usize::from(team)];
        if it.calls.has(channel) || it.chats.has(channel) {
            it.watch.arrive(it.calls.has(channel), self.now, among, cost);
            if it.watch.unreviewed >= REVIEW {
                it.watch.unreviewed = 0;
                self.teams.review = true;
            }
        }
    }

    /// A contact joins the line of its class or leaves it; `lost`: of its own accord.
    pub(crate) fn note_in_line(&mut self, queue: QueueId, channel: ChannelId, joins: bool) {
        if self.teams.is_empty() {
            return;
        }
        for &at in self.teams.of_queue.get(usize::from(queue.0)).into_iter().flatten() {
            let team = &mut self.teams.all[usize::from(at)];
            let number = match channel {
                channel if team.calls.has(channel) => Number::CallsWaiting,
                channel if team.chats.has(channel) => Number::ChatsWaiting,
                _ => continue,
            };
            team.change(number, self.now, joins);
            self.teams.any_dirty = true;
        }
    }

    /// A waiting contact has lost patience.
    pub(crate) fn note_lost_patience(&mut self, queue: QueueId, channel: ChannelId) {
        let sole = self.teams.sole.get(usize::from(queue.0)).is_some_and(|sole| sole.has(channel));
        let among = self.teams.of_queue(queue).len() as u32;
        for at in 0..self.teams.of_queue(queue).len() {
            let at = self.teams.of_queue(queue)[at];
            if !sole {
                self.count_arrival(at, queue, channel, among);
            }
            let team = &mut self.teams.all[usize::from(at)];
            let number = match channel {
                channel if team.calls.has(channel) => Number::CallsWaiting,
                channel if team.chats.has(channel) => Number::ChatsWaiting,
                _ => continue,
            };
            team.watch.pass(number, self.now, team.number(number));
            team.watch.left(number, 1);
        }
    }

    /// Whether some team may hold back contacts of a queue and channel.
    pub(crate) fn is_scheduled_by_a_team(&self, queue: QueueId, channel: ChannelId) -> bool {
        let of_queue = self.teams.of_queue(queue).iter().map(|&at| &self.teams.all[usize::from(at)]);
        let holds = |team: &&Team| !matches!(team.policy, Policy::Dedicated(_));
        of_queue.into_iter().filter(holds).any(|team| team.calls.has(channel) || team.chats.has(channel))
    }

    /// What a team does next. O(1) while nothing has changed, else what its policy takes.
    pub(crate) fn next_of(&self, team: u16) -> Next {
        let team = &self.teams.all[usize::from(team)];
        team.next.unwrap_or_else(|| team.next_but(&mut Tried::default()))
    }

    /// Notes what the team of an agent does next, so that it need not be asked for each contact.
    pub(crate) fn look_ahead(&mut self, team: u16) {
        if team != NO_TEAM {
            let next = self.next_of(team);
            self.teams.all[usize::from(team)].next = Some(next);
        }
    }

    /// A contact that is in no line yet looks for an agent: it counts, and is given what a team would give it, unless others of
    /// its kind wait for that team, who come first. `false`: it has looked.
    pub(crate) fn is_arriving(&mut self, contact: u32, looks: bool) {
        let it = &self.contacts[contact];
        let (queue, channel) = (it.queue, it.channel);
        for &at in self.teams.of_queue.get(usize::from(queue.0)).into_iter().flatten() {
            let team = &mut self.teams.all[usize::from(at)];
            let (calls, chats) = (team.calls_waiting, team.chats_waiting);
            team.giving = match channel {
                _ if !looks => None,
                channel if team.calls.has(channel) && calls == 0 => Some(team.next_with(1, chats, &team.free)),
                channel if team.chats.has(channel) && chats == 0 => Some(team.next_with(calls, 1, &team.free)),
                _ => None,
            };
        }
    }

    /// Whether an agent of a team, so occupied, may be given a contact of a channel without the team being asked.
    fn is_free_of(&self, team: u16, occupation: Occupation, channel: ChannelId) -> bool {
        let Occupation::Free(_) = occupation else { return true };
        let it = &self.teams.all[usize::from(team)];
        !it.calls.has(channel) && !it.chats.has(channel)
    }

    /// Whether this is what a team would do: give an agent so occupied a contact of this channel.
    fn would(&self, team: u16, next: Next, occupation: Occupation, channel: ChannelId) -> bool {
        let Occupation::Free(holding) = occupation else { return false };
        let it = &self.teams.all[usize::from(team)];
        match next {
            Next::Wait => false,
            Next::Call { holding: by } => it.calls.has(channel) && by == u32::from(holding),
            Next::Chat { holding: by } => it.chats.has(channel) && by == u32::from(holding),
        }
    }

    /// Whether the scheduler lets an agent of a team, so occupied, look for a contact of a channel now.
    pub(crate) fn lets(&self, team: u16, occupation: Occupation, channel: ChannelId) -> bool {
        self.is_free_of(team, occupation, channel) || self.would(team, self.next_of(team), occupation, channel)
    }

    /// Whether a contact of a channel that looks for an agent may be given to one of a team, so occupied.
    pub(crate) fn gives(&self, team: u16, occupation: Occupation, channel: ChannelId) -> bool {
        let giving = || self.teams.all[usize::from(team)].giving;
        self.is_free_of(team, occupation, channel)
            || giving().is_some_and(|next| self.teams.lifted || self.would(team, next, occupation, channel))
    }

    /// The same, of everything that a team would do if what comes before cannot be done.
    pub(crate) fn would_at_last(&self, agent: u32, channel: ChannelId, all: &[Next]) -> bool {
        let who = &self.agents[agent];
        let team = self.team_of(who);
        self.is_free_of(team, who.occupation, channel)
            || all.iter().any(|&next| self.would(team, next, who.occupation, channel))
    }

    /// Whether the scheduler has no say in this agent's taking a contact: it waits for one agent alone or this is its owner, or it
    /// rings already.
    pub(crate) fn is_exempt(&self, contact: u32, agent: AgentId) -> bool {
        let it = &self.contacts[contact];
        it.only().is_some() || it.place == Place::With(Stage::Offered) || it.owner() == Some(agent)
    }

    pub(crate) fn is_call(&self, team: u16, channel: ChannelId) -> bool {
        self.teams.all.get(usize::from(team)).is_some_and(|team| team.calls.has(channel))
    }

    /// The channels of what a team would give.
    pub(crate) fn channels_of(&self, team: u16, next: Next) -> ChannelSet {
        let it = &self.teams.all[usize::from(team)];
        match next {
            Next::Wait => ChannelSet::NONE,
            Next::Call { .. } => it.calls,
            Next::Chat { .. } => it.chats,
        }
    }

    /// The channels of all that it gives.
    pub(crate) fn channels_in(&self, team: u16) -> ChannelSet {
        let it = &self.teams.all[usize::from(team)];
        ChannelSet(it.calls.0 | it.chats.0)
    }

    pub(crate) fn queues_of(&self, team: u16) -> &[QueueId] {
        &self.teams.all[usize::from(team)].queues
    }

    /// The first team that is to plan anew, because what is observed differs from what it planned on. Asked for after every so
    /// many arrivals, and when agents come or go.
    pub(crate) fn next_to_plan(&mut self) -> Option<GroupId> {
        if !self.teams.review {
            return None;
        }
        let differs = |team: &Team| {
            let Policy::Adaptive(_) = team.policy else { return false };
            team.to_plan_on(self.now).is_some_and(|rates| team.watch.planned.as_ref() != Some(&rates))
        };
        let found = self.teams.all.iter().position(differs);
        self.teams.review = found.is_some();
        let of_group = &self.teams.of_group;
        let group = of_group.iter().position(|&team| found == Some(usize::from(team)))?;
        u16::try_from(group).ok().map(GroupId)
    }

    /// Teams count what there is, counted anew; and nothing is left to be done.
    pub(crate) fn check_teams(&self) -> Result<(), Broken> {
        let broken = |team: usize, detail: String| {
            Err(Broken { invariant: "a team counts who is there", detail: format!("team {team}: {detail}") })
        };
        let mut counted: Vec<Vec<u32>> = self.teams.all.iter().map(|team| vec![0; team.free.len() + 3]).collect();
        for slot in self.agents_by_id() {
            let (who, is) = (&self.agents[slot], self.occupation(&self.agents[slot]));
            if who.occupation != is {
                return broken(
                    usize::from(self.team_of(who)),
                    format!("{} is {is:?}, not {:?}", who.id, who.occupation),
                );
            }
            match is {
                Occupation::Away => {}
                Occupation::OnCall => counted[usize::from(self.team_of(who))][2] += 1,
                Occupation::Free(chats) => counted[usize::from(self.team_of(who))][3 + usize::from(chats)] += 1,
            }
        }
        for slot in self.contacts_by_arrival() {
            let it = &self.contacts[slot];
            for &at in self.teams.of_queue(it.queue) {
                let team = &self.teams.all[usize::from(at)];
                let in_line = u32::from(it.place == Place::InLine && it.only().is_none());
                counted[usize::from(at)][0] += in_line * u32::from(team.calls.has(it.channel));
                counted[usize::from(at)][1] += in_line * u32::from(team.chats.has(it.channel));
            }
        }
        for (at, (team, counted)) in self.teams.all.iter().zip(counted).enumerate() {
            let mut counts = vec![team.calls_waiting, team.chats_waiting, team.on_call];
            counts.extend(&team.free);
            if counts != counted {
                return broken(at, format!("{counts:?}, and there are {counted:?}"));
            }
            let next = team.next.unwrap_or(Next::Wait);
            if team.dirty
                || team.giving.is_some()
                || (team.next.is_some() && next != team.next_but(&mut Tried::default()))
            {
                return broken(at, format!("it was left while it was to do something: {next:?}"));
            }
        }
        Ok(())
    }

    /// What is observed of each team, as of now.
    pub(crate) fn save_teams(&self) -> Vec<Watch> {
        self.teams.all.iter().map(|team| team.watch.save(self.now, |number| team.number(number))).collect()
    }

    /// Takes over what was observed, once everybody is counted.
    pub(crate) fn load_teams(&mut self, saved: Vec<Watch>) -> Result<(), String> {
        let fit = |(team, watch): (&Team, &Watch)| watch.fits(team.slots(), self.now);
        if saved.len() != self.teams.all.len() || !self.teams.all.iter().zip(&saved).all(fit) {
            return Err("teams were observed that the plan has not".to_owned());
        }
        for (team, watch) in self.teams.all.iter_mut().zip(saved) {
            team.watch = watch;
        }
        self.teams.unmark();
        Ok(())
    }

    /// Under a new plan: teams that stay keep what was observed of them.
    pub(crate) fn renew_teams(&mut self) {
        let Ok(mut teams) = Teams::compile(&self.plan, &self.policies, self.now) else { return };
        self.teams.forget_numbers(self.now);
        for team in &mut teams.all {
            let same = |old: &&mut Team| {
                old.profile == team.profile && old.queues == team.queues && old.slots() == team.slots()
            };
            if let Some(old) = self.teams.all.iter_mut().find(same) {
                team.watch = std::mem::take(&mut old.watch);
                team.watch.planned = None;
            }
        }
        self.teams = teams;
    }

    /// Whether a group is of a team that plans.
    pub(crate) fn plans_adaptively(&self, group: GroupId) -> bool {
        let team = self.teams.all.get(usize::from(self.teams.of_group(group)));
        team.is_some_and(|team| matches!(team.policy, Policy::Adaptive(_)))
    }

    /// The team of a group plans anew on what is observed now.
    pub(crate) fn plan_anew(&mut self, group: GroupId) {
        let team = self.teams.of_group(group);
        let Some(it) = self.teams.all.get_mut(usize::from(team)) else { return };
        if let (Some(rates), Policy::Adaptive(planned)) = (it.to_plan_on(self.now), &mut it.policy) {
            planned.change(it.watch.planned.as_ref(), &rates);
            it.watch.planned = Some(rates);
        }
        (it.next, it.dirty) = (None, true);
        self.teams.any_dirty = true;
    }
}

impl Policy {
    /// What the plan asks for; `None` if nothing is held back.
    pub(crate) fn of(plan: &Plan, policies: &Policies) -> Result<Option<Self>, Rejected> {
        Ok(Some(match &plan.scheduler().policy {
            SchedulingPolicy::WorkConserving => return Ok(None),
            SchedulingPolicy::Dedicated { calls } => Self::Dedicated(*calls),
            SchedulingPolicy::Adaptive => Self::Adaptive(Planned::default()),
            SchedulingPolicy::Rule(rule) => Self::Rule(*rule),
            SchedulingPolicy::Host(name) => {
                let known = policies.scheduling.iter().find(|policy| policy.name() == &**name);
                Self::Host(known.ok_or_else(|| Rejected::UnknownPolicy(name.clone()))?.clone())
            }
        }))
    }
}
