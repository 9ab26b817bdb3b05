//! Section 15: teams, and what the scheduler lets them do next.
//!
//! Everything is counted anew at every decision; only which teams there are is worked out once for each plan. Of the adaptive
//! scheduler there is only what it does until it plans: what it plans on and what it plans is a program of its own, and to copy
//! it would prove nothing.

use cordboard::{
    AgentId, ChannelCapacity, ChannelId, GroupId, Load, Mode, Next, Over, Plan, Profile, ProfileId, QueueId,
    SchedulingPolicy, SchedulingRule, Stage, TeamView, Timestamp, What,
};

use super::room::{fits, load_in};
use super::{Agent, Contact, Reference};

/// What the adaptive scheduler does until it plans.
const UNTIL_IT_PLANS: SchedulingRule = SchedulingRule::PACK;

/// Groups with one profile that serve the same queues.
#[derive(Clone)]
pub(crate) struct Team {
    profile: ProfileId,
    serves: Vec<QueueId>,
    calls: Vec<ChannelId>,
    chats: Vec<ChannelId>,
    /// Most chats of one agent that are told apart.
    slots: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Occupation {
    OnCall,
    Chats(usize),
}

/// How the scheduler is asked about a pair.
#[derive(Clone, Copy)]
pub(crate) enum Ask<'a> {
    /// Not at all.
    Nobody,
    /// An agent looks for a contact: its team does what it does next.
    Agent,
    /// A contact looks for an agent, or looks first, on its arrival.
    Contact { arrives: bool },
    /// A team gives what it does next, to its own agents.
    Team(usize, Next),
    /// All is done: everything that each team would do, if what comes before cannot be done.
    AtLast(&'a [Vec<Next>]),
}

impl Team {
    pub(crate) fn is_call(&self, channel: ChannelId) -> bool {
        self.calls.contains(&channel)
    }
}

fn channels(profile: &Profile) -> impl Iterator<Item = (ChannelId, &ChannelCapacity)> {
    (0u8..).map(ChannelId).zip(&profile.channels).filter_map(|(id, it)| Some((id, it.as_ref()?)))
}

/// Whether one more contact of `channel` fits beside a single active one of `beside`.
fn fits_beside(profile: &Profile, channel: ChannelId, beside: ChannelId) -> bool {
    let Some(capacity) = profile.channel(channel) else { return false };
    if channel == beside && (capacity.max < 2 || capacity.open < 2) {
        return false;
    }
    let stage = match profile.over(channel, beside) {
        Over::No => return false,
        Over::Hold => Stage::Held,
        Over::Yes => Stage::Active,
    };
    let beside_weighs = |not_of| if not_of == Some(beside) { 0 } else { load_in(profile, beside, stage) };
    fits(profile, channel, |not_of| beside_weighs(not_of) + load_in(profile, channel, Stage::Offered))
}

/// Calls, chats and how many chats are told apart.
fn kinds(plan: &Plan, profile: &Profile) -> Option<(Vec<ChannelId>, Vec<ChannelId>, usize)> {
    let whole = |id: ChannelId| plan.channel(id).is_some_and(|channel| channel.whole_agent);
    let calls: Vec<ChannelId> = channels(profile).map(|(id, _)| id).filter(|&id| whole(id)).collect();
    let chats =
        channels(profile).filter(|&(id, _)| !whole(id) && !calls.iter().any(|&call| fits_beside(profile, call, id)));
    let chats: Vec<(ChannelId, &ChannelCapacity)> = chats.collect();
    let joined = calls.iter().any(|&call| chats.iter().any(|&(chat, _)| fits_beside(profile, chat, call)));
    let slots = chats.iter().map(|(_, it)| usize::from(it.max)).max()?.min(32);
    let chats: Vec<ChannelId> = chats.into_iter().map(|(id, _)| id).collect();
    (!joined && !calls.is_empty()).then_some((calls, chats, slots))
}

impl Reference {
    /// Every team, in the order of its first group; none where nothing is held back.
    pub(crate) fn teams_of_plan(&self) -> Vec<Team> {
        let mut teams: Vec<Team> = Vec::new();
        if matches!(self.plan.scheduler().policy, SchedulingPolicy::WorkConserving | SchedulingPolicy::Dedicated { .. })
        {
            return teams;
        }
        for group in self.plan.groups() {
            let serves = self.served_by(group);
            let known = teams.iter().any(|team| team.profile == group.capacity && team.serves == serves);
            let profile = self.plan.profile(group.capacity).expect("a group's profile is in the plan");
            if let Some((calls, chats, slots)) = kinds(&self.plan, profile).filter(|_| !known) {
                teams.push(Team { profile: group.capacity, serves, calls, chats, slots });
            }
        }
        teams
    }

    fn served_by(&self, group: &cordboard::Group) -> Vec<QueueId> {
        let queues = (0u16..).map(QueueId).take(self.plan.queues().len());
        queues.filter(|&queue| group.serves(queue).is_some()).collect()
    }

    pub(crate) fn team_of(&self, group: GroupId) -> Option<usize> {
        let group = self.plan.group(group).expect("an agent's group is in the plan");
        let serves = self.served_by(group);
        self.teams.iter().position(|team| team.profile == group.capacity && team.serves == serves)
    }

    /// What the team's agent is occupied with; `None` for one that it does not count.
    pub(crate) fn occupation(&self, team: &Team, agent: &Agent) -> Option<Occupation> {
        let takes_calls = team.calls.iter().any(|&channel| agent.ready.has(channel));
        if agent.draining || agent.lost.is_some() || !takes_calls {
            return None;
        }
        let profile = self.profile(agent);
        let weighing = |held: &&super::Holding| load_in(profile, held.contact.channel, held.stage) > 0;
        let mut parts = 0;
        for held in agent.holds.iter().filter(weighing) {
            if team.calls.contains(&held.contact.channel) {
                return Some(Occupation::OnCall);
            }
            let most = profile.channel(held.contact.channel).map_or(1, |capacity| u64::from(capacity.max));
            parts += u64::from(Load::FULL.0) / most;
        }
        // Rounded up; a part that is not whole is not lost where as many as may be fill the agent.
        let full = u64::from(Load::FULL.0);
        let chats = (parts * team.slots as u64).div_ceil(full);
        Some(Occupation::Chats(team.slots.min(chats as usize)))
    }

    /// Whether the scheduler plans for a contact as one of a team: it comes from one of its queues, and agents do not claim it.
    fn is_of(&self, team: &Team, contact: &Contact, kind: &[ChannelId]) -> bool {
        let given = self.queue(contact.queue).mode != Mode::Pull;
        given && team.serves.contains(&contact.queue) && kind.contains(&contact.channel)
    }

    pub(crate) fn is_scheduled_by_a_team(&self, contact: &Contact) -> bool {
        let of = |team: &Team| self.is_of(team, contact, &team.calls) || self.is_of(team, contact, &team.chats);
        self.teams.iter().any(of)
    }

    /// When the scheduler holds a waiting contact no longer.
    pub(crate) fn hold_ends(&self, contact: &Contact) -> Option<Timestamp> {
        let held = !contact.released && self.is_scheduled_by_a_team(contact);
        held.then(|| contact.waits_since + self.plan.scheduler().hold.max(self.time_to_answer(contact)))
    }

    /// The hold **ends**.
    pub(super) fn end_hold(&mut self, at: usize) {
        if self.hold_ends(&self.waiting[at]).is_some_and(|ends| ends <= self.now) {
            self.waiting[at].released = true;
            let contact = self.waiting[at].id;
            self.tell(What::HoldEnded { contact });
        }
    }

    fn count(&self, team: &Team, kind: &[ChannelId]) -> u32 {
        let waits = self.waiting.iter().filter(|it| it.only.is_none() && self.is_of(team, it, kind));
        u32::try_from(waits.count()).expect("few contacts")
    }

    /// What the team does next as if no calls or no chats waited, or nobody held so many chats.
    fn next(&self, at: usize, no_calls: bool, no_chats: bool, nobody_with: &[u32]) -> Next {
        let team = &self.teams[at];
        let (mut free, mut on_call) = (vec![0; team.slots + 1], 0);
        for agent in self.agents.iter().filter(|agent| self.team_of(agent.group) == Some(at)) {
            match self.occupation(team, agent) {
                Some(Occupation::OnCall) => on_call += 1,
                Some(Occupation::Chats(chats)) => free[chats] += 1,
                None => {}
            }
        }
        for &holding in nobody_with {
            free[holding as usize] = 0;
        }
        let calls = if no_calls { 0 } else { self.count(team, &team.calls) };
        let chats = if no_chats { 0 } else { self.count(team, &team.chats) };
        if calls + chats == 0 || free[..team.slots].iter().all(|&agents| agents == 0) {
            return Next::Wait;
        }
        let view = TeamView { calls, chats, free: &free, on_call: &[on_call] };
        match &self.plan.scheduler().policy {
            SchedulingPolicy::Rule(rule) => by_rule(rule, &view),
            SchedulingPolicy::Host(name) => {
                let policy = self.policies.scheduling.iter().find(|policy| policy.name() == &**name);
                policy.expect("the plan's policies were given").next(&view)
            }
            SchedulingPolicy::Adaptive => by_rule(&UNTIL_IT_PLANS, &view),
            other => unreachable!("{other} has no teams here"),
        }
    }

    /// Everything a team would do, each if nothing before it can be done.
    pub(crate) fn everything_next(&self, at: usize) -> Vec<Next> {
        let mut all: Vec<Next> = Vec::new();
        let (mut no_calls, mut no_chats, mut nobody_with) = (false, false, Vec::new());
        loop {
            let next = self.next(at, no_calls, no_chats, &nobody_with);
            let sensible = match next {
                Next::Wait => false,
                Next::Call { .. } => !no_calls && self.count(&self.teams[at], &self.teams[at].calls) > 0,
                Next::Chat { holding } => {
                    !no_chats
                        && !nobody_with.contains(&holding)
                        && self.count(&self.teams[at], &self.teams[at].chats) > 0
                }
            };
            match next {
                Next::Call { .. } if sensible => no_calls = true,
                Next::Chat { holding } if sensible && holding as usize <= self.teams[at].slots => {
                    nobody_with.push(holding)
                }
                Next::Chat { .. } if sensible => (no_chats, nobody_with) = (true, Vec::new()),
                // It has nothing more for the chats; perhaps for the calls, if nobody is left out.
                _ if !nobody_with.is_empty() => (no_chats, nobody_with) = (true, Vec::new()),
                _ => return all,
            }
            if sensible {
                all.push(next);
            }
        }
    }

    /// Whether the agent may be given the waiting contact, as far as the scheduler has a say.
    pub(crate) fn lets(&self, agent: &Agent, contact: &Contact, ask: Ask<'_>) -> bool {
        let rings = self.agents.iter().any(|agent| agent.holds.iter().any(|held| held.contact.id == contact.id));
        let released = match ask {
            Ask::Nobody => true,
            Ask::Agent | Ask::Contact { .. } | Ask::Team(..) => false,
            Ask::AtLast(_) => contact.released,
        };
        if released || contact.only.is_some() || contact.owner == Some(agent.id) || rings {
            return true;
        }
        let Some(at) = self.team_of(agent.group) else { return true };
        let team = &self.teams[at];
        let Some(Occupation::Chats(chats)) = self.occupation(team, agent) else { return true };
        let kind = [&team.calls, &team.chats].into_iter().find(|kind| kind.contains(&contact.channel));
        let Some(kind) = kind else { return true };
        let this = if team.calls.contains(&contact.channel) {
            Next::Call { holding: chats as u32 }
        } else {
            Next::Chat { holding: chats as u32 }
        };
        match ask {
            Ask::Nobody => true,
            Ask::Agent => self.next(at, false, false, &[]) == this,
            Ask::Contact { arrives: false } => false,
            Ask::Contact { arrives: true } => {
                let first = self.is_of(team, contact, kind) && self.count(team, kind) == 1;
                first && self.next(at, false, false, &[]) == this
            }
            Ask::Team(giving, next) => giving == at && (contact.released || next == this),
            Ask::AtLast(all) => all[at].contains(&this),
        }
    }

    /// Whoever is on a call now and was not when this was last looked at is marked, by id.
    pub(super) fn mark_who_came_to_be_on_a_call(&mut self) {
        let with = |state: &Self, wanted: fn(&Occupation) -> bool| {
            let counted = state.agents.iter().filter(|agent| {
                let team = state.team_of(agent.group).map(|at| &state.teams[at]);
                team.and_then(|team| state.occupation(team, agent)).is_some_and(|is| wanted(&is))
            });
            let mut ids: Vec<AgentId> = counted.map(|agent| agent.id).collect();
            ids.sort();
            ids
        };
        for agent in with(self, |is| *is == Occupation::OnCall) {
            if self.with_chats.contains(&agent) {
                self.mark_agent(agent);
            }
        }
        self.with_chats = with(self, |is| matches!(is, Occupation::Chats(_)));
    }

    /// The first team that can do something does what it does next.
    pub(super) fn schedule(&mut self) -> bool {
        for at in 0..self.teams.len() {
            // At last, when it would wait: what is released.
            for (instead, next) in self.everything_next(at).into_iter().chain([Next::Wait]).enumerate() {
                if let Some((contact, agent)) = self.find_pair(at, next) {
                    let a = self.agent_at(agent).expect("it was just found");
                    self.given_instead += u64::from(instead > 0);
                    self.give(contact, a, false);
                    return true;
                }
            }
        }
        false
    }

    /// The most urgent contact, of the kind or released, that somebody may be given, and to whom it is given.
    fn find_pair(&self, at: usize, next: Next) -> Option<(usize, AgentId)> {
        let team = &self.teams[at];
        let kind = match next {
            Next::Wait => &Vec::new(),
            Next::Call { .. } => &team.calls,
            Next::Chat { .. } => &team.chats,
        };
        let candidates = (0..self.waiting.len()).filter(|&of| {
            let it = &self.waiting[of];
            let either = self.is_of(team, it, &team.calls) || self.is_of(team, it, &team.chats);
            it.only.is_none() && (self.is_of(team, it, kind) || it.released && either)
        });
        let mut candidates: Vec<usize> = candidates.collect();
        candidates.sort_by_key(|&of| self.urgency(&self.waiting[of]));
        let found = |of: usize| Some((of, self.agents[self.best_agent(&self.waiting[of], Ask::Team(at, next))?].id));
        candidates.into_iter().find_map(found)
    }
}

/// The family of rules, as its fields are described.
fn by_rule(rule: &SchedulingRule, team: &TeamView<'_>) -> Next {
    let call = (team.calls > 0 && team.free[0] > 0).then_some(Next::Call { holding: 0 });
    let full = team.free.len() - 1;
    let mut agents: Vec<usize> = (0..full).flat_map(|holding| vec![holding; team.free[holding] as usize]).collect();
    if rule.drain > 0 && team.calls >= rule.drain {
        agents.drain(..agents.len().min(team.calls as usize));
    }
    let kept = team.free[0] <= rule.reserve && team.chats <= rule.unless_waiting;
    agents.retain(|&holding| holding < rule.most as usize && !(holding == 0 && kept));
    let chosen = if rule.pack { agents.iter().max() } else { agents.iter().min() };
    let chat = chosen.filter(|_| team.chats > 0).map(|&holding| Next::Chat { holding: holding as u32 });
    let (first, then) = if rule.calls_first { (call, chat) } else { (chat, call) };
    first.or(then).unwrap_or(Next::Wait)
}
