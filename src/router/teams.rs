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
use crate::rejected::Rejected;
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
    /// Holds so many chats.
    Free(u8),
}

#[derive(Clone)]
enum Policy {
    Rule(SchedulingRule),
    Host(Arc<dyn Scheduling>),
    Adaptive(Planned),
    /// So many percent of the agents take calls alone, the others chats alone; nothing is held back.
    Dedicated(u8),
}

/// What an adaptive team does.
#[derive(Clone, Default)]
struct Planned {
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
    dirty: bool,
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

    /// What it does next if so many wait.
    fn next_with(&self, calls: u32, chats: u32) -> Next {
        let with_room: u32 = self.free[..self.slots()].iter().sum();
        if calls + chats == 0 || with_room == 0 {
            return Next::Wait;
        }
        let view = TeamView { calls, chats, free: &self.free, on_call: &[self.on_call] };
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
    /// Whoever has room takes what is looked at now.
    pub(crate) lifted: bool,
    /// What is observed is to be compared with what was planned on.
    review: bool,
}

impl Teams {
    pub(crate) fn compile(plan: &Plan, policies: &Policies, now: Timestamp) -> Result<Self, Rejected> {
        let policy = match &plan.scheduler().policy {
            SchedulingPolicy::WorkConserving => return Ok(Self::default()),
            SchedulingPolicy::Dedicated { calls } => Policy::Dedicated(*calls),
            SchedulingPolicy::Adaptive => Policy::Adaptive(Planned::default()),
            SchedulingPolicy::Rule(rule) => Policy::Rule(*rule),
            SchedulingPolicy::Host(name) => {
                let known = policies.scheduling.iter().find(|policy| policy.name() == &**name);
                Policy::Host(known.ok_or_else(|| Rejected::UnknownPolicy(name.clone()))?.clone())
            }
        };
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
                    for &queue in &queues {
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

    /// Nothing that was marked is to be done: it was done when it was marked.
    pub(crate) fn unmark(&mut self) {
        (self.any_dirty, self.review) = (false, false);
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
            let Some(capacity) = profile.channel(held.channel).filter(|it| it.load(held.stage) > Load::ZERO) else {
                continue;
            };
            if team.calls.has(held.channel) {
                return Occupation::OnCall;
            }
            if !team.chats.has(held.channel) {
                return Occupation::Away;
            }
            share += u64::from(Load::FULL.0 / u32::from(capacity.max));
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
        self.teams.any_dirty = true;
        self.teams.review |= (was == Occupation::Away) != (is == Occupation::Away);
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
        of_queue.into_iter().any(|team| team.calls.has(channel) || team.chats.has(channel))
    }

    /// What a team does next. O(1) while nothing has changed, else what its policy takes.
    pub(crate) fn next_of(&self, team: u16) -> Next {
        let team = &self.teams.all[usize::from(team)];
        team.next.unwrap_or_else(|| team.next_with(team.calls_waiting, team.chats_waiting))
    }

    /// Notes what the team of an agent does next, so that it need not be asked for each contact.
    pub(crate) fn look_ahead(&mut self, team: u16) {
        if team != NO_TEAM {
            let next = self.next_of(team);
            self.teams.all[usize::from(team)].next = Some(next);
        }
    }

    /// The same for every team that serves the queue of a contact. One that has just come, or rings with others, is counted among
    /// those who wait; afterwards, [`State::look_again`].
    pub(crate) fn look_ahead_for(&mut self, contact: u32) {
        let it = &self.contacts[contact];
        let (queue, channel, more) = (it.queue, it.channel, u32::from(it.place != Place::InLine));
        for at in 0..self.teams.of_queue(queue).len() {
            let team = self.teams.of_queue(queue)[at];
            let it = &mut self.teams.all[usize::from(team)];
            if more == 0 {
                self.look_ahead(team);
            } else {
                let (call, chat) = (it.calls.has(channel), it.chats.has(channel));
                let next = it.next_with(it.calls_waiting + u32::from(call), it.chats_waiting + u32::from(chat));
                it.next = Some(next);
            }
        }
    }

    /// What was noted for a contact that does not wait is not what teams do without it.
    pub(crate) fn look_again(&mut self, contact: u32) {
        let it = &self.contacts[contact];
        if it.place != Place::InLine {
            for at in 0..self.teams.of_queue(it.queue).len() {
                let team = self.teams.of_queue(self.contacts[contact].queue)[at];
                self.teams.all[usize::from(team)].next = None;
            }
        }
    }

    /// What a team does next if what it would do cannot be done, because no such contact fits any such agent.
    pub(crate) fn next_instead(&mut self, team: u16, calls: bool, chats: bool) -> Next {
        let it = &mut self.teams.all[usize::from(team)];
        let next = it.next_with(if calls { it.calls_waiting } else { 0 }, if chats { it.chats_waiting } else { 0 });
        it.next = Some(next);
        next
    }

    /// Whether the scheduler lets an agent of a team, so occupied, take a contact of a channel now.
    pub(crate) fn lets(&self, team: u16, occupation: Occupation, channel: ChannelId) -> bool {
        let Occupation::Free(holding) = occupation else { return true };
        if self.teams.lifted {
            return true;
        }
        let it = &self.teams.all[usize::from(team)];
        let holding = u32::from(holding);
        if it.calls.has(channel) {
            self.next_of(team) == Next::Call { holding }
        } else if it.chats.has(channel) {
            self.next_of(team) == Next::Chat { holding }
        } else {
            true
        }
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

    /// Whether somebody waits whom somebody in the team may have room for.
    pub(crate) fn has_room(&self, team: u16) -> bool {
        let it = &self.teams.all[usize::from(team)];
        it.calls_waiting + it.chats_waiting > 0 && it.free[..it.slots()].iter().any(|&agents| agents > 0)
    }

    pub(crate) fn queues_of(&self, team: u16) -> &[QueueId] {
        &self.teams.all[usize::from(team)].queues
    }

    /// The first team that is to plan anew, because what is observed differs from what it planned on. Asked for after every so
    /// many arrivals, and when agents come or go.
    pub(crate) fn to_plan_anew(&mut self) -> Option<GroupId> {
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
