//! Teams: agents who take both calls and chats, and what the scheduler lets them do next.
//!
//! Groups with one capacity profile that serve the same queues are a team, if the profile has *calls*, channels that need an
//! agent without chats, and *chats*, channels that share an agent. Where the plan's scheduler is work-conserving there are none.

mod asking;
mod counting;
mod observing;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::agent::ChannelSet;
use crate::capacity::{Profile, Stage};
use crate::id::{ChannelId, GroupId, ProfileId, QueueId};
use crate::plan::Plan;
use crate::queue::Mode;
use crate::rejected::Rejected;
use crate::router::ledger;
use crate::router::orders::Policies;
use crate::router::records::{Holding, NONE};
use crate::router::watch::{Number, Watch};
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

    /// Whether it is the scheduler's to give its agents contacts of a channel.
    fn has(&self, channel: ChannelId) -> bool {
        self.waiting(channel).is_some()
    }

    /// Which of its numbers counts those who wait on a channel.
    fn waiting(&self, channel: ChannelId) -> Option<Number> {
        match channel {
            channel if self.calls.has(channel) => Some(Number::CallsWaiting),
            channel if self.chats.has(channel) => Some(Number::ChatsWaiting),
            _ => None,
        }
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
            let all = (0u16..).map(QueueId).take(plan.queues().len());
            let queues: Vec<QueueId> = all.filter(|&queue| group.serves(queue).is_some()).collect();
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
