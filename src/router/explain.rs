//! Why a contact still waits: every reason, and how many agents fail at each.

use std::collections::BTreeMap;
use std::fmt;

use crate::capacity::{Over, Stage};
use crate::contact::Turn;
use crate::event::HeldBy;
use crate::id::{AgentId, ContactId, QueueId};
use crate::obstacle::Obstacle;
use crate::router::Router;
use crate::router::ledger;
use crate::router::records::Place;
use crate::router::state::State;
use crate::time::{Span, Timestamp};

/// Where a contact is, and if it waits, why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The contact.
    pub contact: ContactId,
    /// Its queue.
    pub queue: QueueId,
    /// Its age, from its age origin.
    pub age: Span,
    /// The step it is in, from 0.
    pub step: u16,
    /// Whom it is with, and at what stage; `None` while it waits or is parked.
    pub with: Option<(AgentId, Stage)>,
    /// Who put it on hold, if it is on hold: by an arrival, it resumes by itself.
    pub held_by: Option<HeldBy>,
    /// It is quiet, has work again, and waits for its agent to have room.
    pub waking: bool,
    /// It waits on its customer, with nobody.
    pub parked: bool,
    /// The agent who is asked first for it.
    pub owner: Option<AgentId>,
    /// Who is to write next: the agent, while it waits.
    pub turn: Turn,
    /// Since when.
    pub turn_since: Timestamp,
    /// The only agent it waits for, and until when.
    pub only: Option<(AgentId, Timestamp)>,
    /// Further agents it rings with at the same time, or who have joined the one who has it.
    pub also: Vec<AgentId>,
    /// Agents signed in.
    pub agents: u32,
    /// How many of them fail at each obstacle; one agent may fail at several. While it is on hold or waits to wake: what keeps
    /// its agent from going on with it. Empty unless it is one of these, waits, or rings with fewer agents than it may.
    pub obstacles: BTreeMap<Obstacle, u32>,
    /// Promised for then; `None` once it was given, or if it never was promised for later.
    pub not_before: Option<Timestamp>,
    /// Whether it is in no line yet, because the time for which it is promised is too far away.
    pub scheduled: bool,
    /// When something about it changes by itself: a step, the end of its longest wait, the end of an exclusion, a deadline;
    /// or an agent whom only the ramp keeps from it may be given it.
    pub next: Option<Timestamp>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} old", self.contact, self.age)?;
        match self.with {
            Some((agent, stage)) => write!(f, ", is with {agent} ({stage:?})")?,
            None if self.scheduled => write!(f, ", is scheduled in {}", self.queue)?,
            None if self.parked => f.write_str(", is parked")?,
            None => write!(f, ", waits in {}, step {}", self.queue, self.step)?,
        }
        if let Some(not_before) = self.not_before {
            write!(f, ", not before {not_before}")?;
        }
        if let Some((agent, until)) = self.only {
            write!(f, ", for {agent} alone until {until}")?;
        }
        if let Some(owner) = self.owner {
            write!(f, ", {owner} its owner")?;
        }
        match self.held_by {
            Some(HeldBy::Agent) => f.write_str(", until the agent resumes it")?,
            Some(HeldBy::Arrival) => f.write_str(", until there is room to resume it")?,
            None if self.waking => f.write_str(", waiting to wake")?,
            None => {}
        }
        for agent in &self.also {
            let how = if matches!(self.with, Some((_, Stage::Offered))) { "rings with" } else { "joined by" };
            write!(f, ", {how} {agent}")?;
        }
        if let Some((agent, Stage::Held | Stage::Quiet)) = self.with {
            for obstacle in self.obstacles.keys() {
                write!(f, "; {agent} {obstacle}")?;
            }
        } else if !self.parked && !self.scheduled && (self.with.is_none() || !self.obstacles.is_empty()) {
            write!(f, "; {} agent{}", self.agents, if self.agents == 1 { "" } else { "s" })?;
            for (obstacle, agents) in &self.obstacles {
                write!(f, "; {agents} {obstacle}")?;
            }
        }
        match self.next {
            Some(next) => write!(f, "; next change at {next}"),
            None => Ok(()),
        }
    }
}

impl Router {
    /// Where a contact is, and if it waits, what stands between it and each agent; `None` if it is not there.
    /// O(agents).
    pub fn explain(&self, contact: ContactId) -> Option<Explanation> {
        let slot = self.state.contact_ids.get(&contact)?;
        let it = &self.state.contacts[slot];
        let with = match it.place {
            Place::With(stage) => Some((self.state.agents[it.agent].id, stage)),
            Place::InLine | Place::Parked | Place::Scheduled | Place::Loose => None,
        };
        let agents = self.state.agents_by_id();
        let held = matches!(it.place, Place::With(_)).then(|| self.state.agents[it.agent].holding.iter());
        let held = held.and_then(|mut held| held.position(|held| held.contact == slot));
        let by_itself = held.is_some_and(|at| self.state.agents[it.agent].holding[at].by_itself);
        let own: Vec<Obstacle> = match (it.place, held) {
            (Place::With(Stage::Held), Some(at)) => self.state.obstacles_to_going_on(it.agent, at, 0),
            (Place::With(Stage::Quiet), Some(at)) if by_itself => {
                let over = self.state.conversation(it.channel).wake.over;
                self.state.obstacles_to_going_on(it.agent, at, over)
            }
            _ => Vec::new(),
        };
        let mut obstacles = BTreeMap::new();
        let mut next = it.timer().map(|timer| timer.due);
        for &agent in agents.iter().filter(|_| it.place == Place::InLine || it.is_short()) {
            let found = self.state.obstacles(slot, agent);
            if found == [Obstacle::Ramp] {
                let until = self.state.agents[agent].paced(it.channel).and_then(|paced| paced.until);
                let until = until.filter(|&until| until < Timestamp::MAX);
                next = [next, until].into_iter().flatten().min();
            }
            for obstacle in found {
                *obstacles.entry(obstacle).or_insert(0) += 1;
            }
        }
        for obstacle in own {
            *obstacles.entry(obstacle).or_insert(0) += 1;
        }
        let held_by = if by_itself { HeldBy::Arrival } else { HeldBy::Agent };
        Some(Explanation {
            contact,
            queue: it.queue,
            age: self.state.now.since(it.origin),
            step: it.step,
            with,
            held_by: (it.place == Place::With(Stage::Held)).then_some(held_by),
            waking: by_itself && it.place == Place::With(Stage::Quiet),
            parked: it.place == Place::Parked,
            owner: it.owner(),
            turn: it.turn(),
            turn_since: it.turn_since,
            only: it.only().map(|only| (only.agent, only.until)),
            also: { self.state.offers_of(slot).skip(1).map(|(_, agent)| agent) }
                .chain(self.state.joins.of(slot).map(|(agent, _)| agent))
                .collect(),
            agents: agents.len() as u32,
            obstacles,
            not_before: self.state.appointment(slot).map(|it| it.not_before),
            scheduled: it.place == Place::Scheduled,
            next,
        })
    }
}

impl State {
    /// What keeps an agent from going on with what it holds at a place, so many above the limit; empty exactly if it may.
    fn obstacles_to_going_on(&self, agent: u32, at: usize, over: u16) -> Vec<Obstacle> {
        let it = &self.agents[agent];
        let profile = self.plan.profile(self.crews.crews[it.crew as usize].profile);
        let Some(profile) = profile.filter(|profile| profile.channel(it.holding[at].channel).is_some()) else {
            return vec![Obstacle::ChannelNotTaken];
        };
        let mut found = Vec::new();
        if ledger::is_at_maximum(profile, &it.holding, at, over) {
            found.push(Obstacle::AtMaximum);
        }
        if self.is_at_limit(agent, at, over) {
            found.push(Obstacle::AtLimit);
        }
        found.extend(ledger::interrupted_by(profile, &it.holding, at).map(Obstacle::PutAsideFor));
        match ledger::shortage_to_go_on(profile, &it.holding, at, over) {
            Some(ledger::Shortage::Load) => found.push(Obstacle::LoadFull),
            Some(ledger::Shortage::KeptFree(channel)) => found.push(Obstacle::KeptFree(channel)),
            None => {}
        }
        found
    }

    /// Everything that stands between an agent and a contact; empty exactly if it could be given to it. O(held).
    pub(crate) fn obstacles(&self, contact: u32, agent: u32) -> Vec<Obstacle> {
        let (it, who) = (&self.contacts[contact], &self.agents[agent]);
        let crew = &self.crews.crews[who.crew as usize];
        let mut found = Vec::new();
        let mut check = |stands: bool, obstacle: Obstacle| {
            if stands {
                found.push(obstacle);
            }
        };
        check(who.draining, Obstacle::Draining);
        check(who.lost.is_some(), Obstacle::Lost);
        match it.only() {
            Some(only) => check(only.agent != who.id, Obstacle::NotTheOne),
            None => {
                check(self.choice(it.queue).only_claimed, Obstacle::OnlyClaimed);
                let served = self.plan.group(who.group).and_then(|group| group.served(it.queue));
                check(served.is_none(), Obstacle::QueueNotServed);
                let waited = self.widened_to(it.queue, it.widened);
                check(served.is_some_and(|served| served.after > waited), Obstacle::StandBy);
                let key = self.class_key(it);
                let pool = self.plan.queue(it.queue).map_or(&[][..], |queue| queue.pool(usize::from(key.step)));
                let meets = self.needs.requirement(it.needs).admits(&crew.skills)
                    && (pool.is_empty() || pool.iter().any(|step| step.requires.admits(&crew.skills)));
                check(!meets, Obstacle::Requirement);
            }
        }
        check(self.left_to_others(who).has(it.channel), Obstacle::Dedicated);
        check(!who.ready.has(it.channel), Obstacle::NotReady);
        check(self.excluded(contact, who.id), Obstacle::Excluded);
        check(self.rings_with(contact, who.id), Obstacle::Ringing);
        let Some(profile) = self.plan.profile(crew.profile) else { return found };
        let Some(capacity) = profile.channel(it.channel) else {
            found.push(Obstacle::ChannelNotTaken);
            return found;
        };
        let of_channel = || who.holding.iter().filter(|held| held.channel == it.channel);
        let busy = of_channel().filter(|held| held.stage.is_busy()).count();
        if busy >= usize::from(capacity.max) || of_channel().count() >= usize::from(capacity.open) {
            found.push(Obstacle::AtMaximum);
        }
        let barred = who.holding.iter().map(|held| held.channel);
        let barred = barred.filter(|&held| profile.over(it.channel, held) == Over::No).min();
        found.extend(barred.map(Obstacle::MayNotJoin));
        match ledger::shortage(profile, &who.holding, it.channel) {
            Some(ledger::Shortage::Load) => found.push(Obstacle::LoadFull),
            Some(ledger::Shortage::KeptFree(channel)) => found.push(Obstacle::KeptFree(channel)),
            None => {}
        }
        if who.paced(it.channel).is_some_and(|paced| paced.until.is_some()) {
            found.push(Obstacle::Ramp);
        }
        if who.limit(it.channel).is_some_and(|limit| limit < capacity.max && busy >= usize::from(limit)) {
            found.push(Obstacle::AtLimit);
        }
        found
    }
}
