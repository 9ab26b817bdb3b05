//! The agents of a simulation: shifts, answering offers, and what their time goes into.

use crate::agent::ChannelSet;
use crate::command::Command;
use crate::id::{AgentId, GroupId};
use crate::time::{Span, Timestamp};

use super::agent_course::AgentCourse;
use super::attendance::Absence;
use super::calendar::{Calendar, Kind};
use super::distribution::span;
use super::random::{Purpose, Random};
use super::scenario::Scenario;
use super::staffing::Staffing;
use super::tally::{AgentTally, Window};

/// All agents. Agent `i` has the id `i + 1`; groups follow each other.
pub(super) struct Crowd<'s> {
    scenario: &'s Scenario,
    window: Window,
    agents: Vec<Agent>,
    /// By group.
    courses: Vec<AgentCourse>,
    accept: Random,
    no_answer: Random,
    /// By group: who is absent when.
    absence: Vec<Option<Absence>>,
}

struct Agent {
    group: u16,
    signed: Signed,
    /// Signing out because its shift is over, and not because offers rang out.
    leaving: bool,
    /// Of its group.
    member: u32,
    held: u32,
    /// Of the shift it is in, or was in last.
    shift_ends: Timestamp,
    present_since: Timestamp,
    busy_since: Timestamp,
    /// On break, or finishing work before it: for so long.
    on_break: Option<Span>,
    /// Breaks begun.
    breaks: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Signed {
    Out,
    In,
    Draining,
}

/// Where work is done.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) agent: usize,
    pub(super) group: GroupId,
}

/// Capacity that was taken for a while.
#[derive(Clone, Copy)]
pub(super) struct Held {
    /// Of an agent of this group.
    pub(super) group: GroupId,
    /// For so many microseconds of the measured time.
    pub(super) measured: u128,
}

/// What an agent who comes back was.
pub(super) enum Here {
    /// Signed in, but not ready.
    Present(AgentId),
    /// Signed out or draining: this signs it in again.
    Gone(Command),
}

impl<'s> Crowd<'s> {
    pub(super) fn new(scenario: &'s Scenario, replication: u32, window: Window) -> Self {
        let mut agents = Vec::new();
        for (group, staffing) in (0..).zip(&scenario.staffing) {
            agents.extend((0..).take(staffing.agents()).map(|member| Agent {
                group,
                signed: Signed::Out,
                leaving: false,
                member,
                held: 0,
                shift_ends: Timestamp::ZERO,
                present_since: Timestamp::ZERO,
                busy_since: Timestamp::ZERO,
                on_break: None,
                breaks: 0,
            }));
        }
        let random = |purpose| Random::of(scenario.seed, replication, "", purpose);
        let groups = scenario.plan().groups().iter().zip(&scenario.attendance);
        let absence = groups.map(|(group, how)| Absence::of(how, scenario.seed, replication, &group.name)).collect();
        Self {
            scenario,
            window,
            agents,
            courses: vec![AgentCourse::default(); scenario.staffing.len()],
            accept: random(Purpose::Accept),
            no_answer: random(Purpose::NoAnswer),
            absence,
        }
    }

    /// Enters everybody's first shift.
    pub(super) fn open(&mut self, calendar: &mut Calendar) {
        for index in 0..self.agents.len() {
            self.enter_shift(index, calendar);
        }
    }

    /// The shift of an agent begins.
    pub(super) fn begin_shift(&mut self, index: u32, now: Timestamp, calendar: &mut Calendar) -> Option<Command> {
        let (_, end, absent) = self.next_shift(index as usize, now)?;
        let agent = &mut self.agents[index as usize];
        agent.shift_ends = end;
        agent.on_break = None;
        if absent {
            agent.leaving = true;
            self.enter_shift(index as usize, calendar);
            return None;
        }
        agent.leaving = false;
        if agent.shift_ends < self.window.to {
            calendar.enter(agent.shift_ends, Kind::ShiftEnds, index, 0);
        }
        self.enter_break(index as usize, now, calendar);
        let agent = &self.agents[index as usize];
        (agent.signed != Signed::In).then(|| agent.sign_in(index, self.scenario))
    }

    /// A break of an agent begins: whom to sign out. Who is away, or still at work since its last break, does without.
    pub(super) fn begin_break(&mut self, index: u32, now: Timestamp, calendar: &mut Calendar) -> Option<AgentId> {
        let due = self.next_break(index as usize, now).filter(|(at, _)| *at == now);
        self.enter_break(index as usize, Timestamp(now.0 + 1), calendar);
        let agent = &mut self.agents[index as usize];
        if agent.signed != Signed::In || agent.leaving {
            return None;
        }
        agent.on_break = Some(due?.1);
        agent.breaks = agent.breaks.wrapping_add(1);
        Some(id(index))
    }

    /// A break is over: who signs in again, if its shift still goes on.
    pub(super) fn end_break(&mut self, index: u32, number: u32, now: Timestamp) -> Option<Command> {
        let agent = &mut self.agents[index as usize];
        if agent.breaks != number || agent.on_break.take().is_none() || agent.leaving || now >= agent.shift_ends {
            return None;
        }
        Some(agent.sign_in(index, self.scenario))
    }

    /// The agents of a group.
    pub(super) fn members(&self, group: GroupId) -> std::ops::Range<u32> {
        let of = |agent: &Agent| agent.group;
        let first = self.agents.partition_point(|agent| of(agent) < group.0);
        let end = self.agents.partition_point(|agent| of(agent) <= group.0);
        first as u32..end as u32
    }

    /// An agent who was called comes.
    pub(super) fn call_in(&mut self, index: u32) -> Option<Command> {
        let agent = &mut self.agents[index as usize];
        agent.shift_ends = Timestamp::MAX;
        agent.leaving = false;
        (agent.signed != Signed::In).then(|| agent.sign_in(index, self.scenario))
    }

    /// An agent who was called is let go: whom to sign out.
    pub(super) fn let_go(&mut self, index: u32) -> Option<AgentId> {
        let agent = &mut self.agents[index as usize];
        agent.leaving = true;
        (agent.signed == Signed::In).then_some(id(index))
    }

    /// The shift of an agent ends: whom to sign out.
    pub(super) fn end_shift(&mut self, index: u32, _now: Timestamp, calendar: &mut Calendar) -> Option<AgentId> {
        self.enter_shift(index as usize, calendar);
        let agent = &mut self.agents[index as usize];
        agent.leaving = true;
        agent.on_break = None;
        (agent.signed == Signed::In).then_some(id(index))
    }

    /// An agent whom unanswered offers had put aside is back, if its shift still goes on.
    pub(super) fn back(&mut self, index: u32, now: Timestamp) -> Option<Here> {
        let agent = &self.agents[index as usize];
        if agent.leaving || agent.on_break.is_some() || now >= agent.shift_ends {
            return None;
        }
        Some(match agent.signed {
            Signed::In => Here::Present(id(index)),
            Signed::Draining | Signed::Out => Here::Gone(agent.sign_in(index, self.scenario)),
        })
    }

    /// How long an agent takes to answer an offer; `None` lets it ring out.
    pub(super) fn answers(&mut self, agent: AgentId) -> Option<Span> {
        let offers = &self.scenario.offers;
        let group = usize::from(self.agents[index(agent)].group);
        let share = self.scenario.attendance[group].no_answer.unwrap_or(offers.no_answer);
        let ignored = share > 0.0 && self.no_answer.unit() < share;
        let after = span(offers.accept.draw(&mut self.accept));
        (!ignored).then_some(after)
    }

    /// Where an agent works.
    pub(super) fn place(&self, agent: AgentId) -> Place {
        let index = index(agent);
        Place { agent: index, group: GroupId(self.agents[index].group) }
    }

    /// An agent's capacity is taken.
    pub(super) fn take(&mut self, agent: AgentId, at: Timestamp) {
        let agent = &mut self.agents[index(agent)];
        if agent.held == 0 {
            agent.busy_since = at;
        }
        agent.held += 1;
    }

    /// Capacity taken at `taken` is given back.
    pub(super) fn release(&mut self, agent: AgentId, taken: Timestamp, at: Timestamp) -> Held {
        let agent = &mut self.agents[index(agent)];
        let course = &mut self.courses[usize::from(agent.group)];
        let measured = course.held(taken, at, self.window);
        agent.held = agent.held.saturating_sub(1);
        if agent.held == 0 {
            course.busy(agent.busy_since, at, self.window);
        }
        Held { group: GroupId(agent.group), measured }
    }

    pub(super) fn signed_in(&mut self, agent: AgentId, at: Timestamp) {
        let agent = &mut self.agents[index(agent)];
        if agent.signed == Signed::Out {
            agent.present_since = at;
        }
        agent.signed = Signed::In;
    }

    pub(super) fn draining(&mut self, agent: AgentId, at: Timestamp, calendar: &mut Calendar) {
        self.agents[index(agent)].signed = Signed::Draining;
        self.enter_return(index(agent), at, calendar);
    }

    pub(super) fn signed_out(&mut self, agent: AgentId, at: Timestamp, calendar: &mut Calendar) {
        let index = index(agent);
        let agent = &mut self.agents[index];
        let was = std::mem::replace(&mut agent.signed, Signed::Out);
        self.courses[usize::from(agent.group)].present(agent.present_since, at, self.window);
        if let Some(length) = agent.on_break {
            calendar.enter(at + length, Kind::BreakEnds, index as u32, agent.breaks);
        } else if was == Signed::In {
            self.enter_return(index, at, calendar);
        }
    }

    /// Unanswered offers made an agent not ready, with no end set.
    pub(super) fn unready(&mut self, agent: AgentId, at: Timestamp, calendar: &mut Calendar) {
        self.enter_return(index(agent), at, calendar);
    }

    /// By group, everybody still there included.
    pub(super) fn close(mut self) -> Vec<AgentCourse> {
        for agent in &self.agents {
            let course = &mut self.courses[usize::from(agent.group)];
            if agent.signed != Signed::Out {
                course.present(agent.present_since, self.window.to, self.window);
            }
            if agent.held > 0 {
                course.busy(agent.busy_since, self.window.to, self.window);
            }
        }
        self.courses
    }

    /// The sums by group if the run ended with `window`, but for the capacity that is still held.
    pub(super) fn sums(&self, window: Window) -> Vec<AgentTally> {
        let mut tallies: Vec<AgentTally> = self.courses.iter().map(AgentCourse::total).collect();
        for agent in &self.agents {
            let tally = &mut tallies[usize::from(agent.group)];
            if agent.signed != Signed::Out {
                tally.present += window.clip(agent.present_since, window.to);
            }
            if agent.held > 0 {
                tally.busy += window.clip(agent.busy_since, window.to);
            }
        }
        tallies
    }

    /// Capacity taken at `taken` is still taken at the end.
    pub(super) fn still_held(&mut self, agent: AgentId, taken: Timestamp) -> Held {
        let group = self.agents[index(agent)].group;
        let measured = self.courses[usize::from(group)].held(taken, self.window.to, self.window);
        Held { group: GroupId(group), measured }
    }

    /// Capacity taken at `taken`, up to the end of `window`.
    pub(super) fn held_until_now(&self, agent: AgentId, taken: Timestamp, window: Window) -> Held {
        let group = GroupId(self.agents[index(agent)].group);
        Held { group, measured: window.clip(taken, window.to) }
    }

    fn enter_shift(&self, index: usize, calendar: &mut Calendar) {
        if let Some((begin, ..)) = self.next_shift(index, self.agents[index].shift_ends) {
            calendar.enter(begin, Kind::ShiftBegins, index as u32, 0);
        }
    }

    /// The first shift that ends after `from`: when it begins and ends, and whether the agent is absent from it.
    fn next_shift(&self, index: usize, from: Timestamp) -> Option<(Timestamp, Timestamp, bool)> {
        let agent = &self.agents[index];
        let staffing = &self.scenario.staffing[usize::from(agent.group)];
        let absence = self.absence[usize::from(agent.group)].as_ref();
        let Some((absence, (begin, end, day))) = absence.zip(staffing.next_shift(from, self.window.to)) else {
            return staffing
                .next_stay(agent.member as usize, from, self.window.to)
                .map(|(begin, end)| (begin, end, false));
        };
        Some((begin, end, absence.is_absent(agent.member, day)))
    }

    fn enter_break(&self, index: usize, from: Timestamp, calendar: &mut Calendar) {
        if let Some((at, _)) = self.next_break(index, from) {
            calendar.enter(at, Kind::BreakBegins, index as u32, 0);
        }
    }

    /// When an agent's next break of its shift begins, and how long it lasts.
    fn next_break(&self, index: usize, from: Timestamp) -> Option<(Timestamp, Span)> {
        let agent = &self.agents[index];
        let group = usize::from(agent.group);
        match &self.scenario.staffing[group] {
            Staffing::Daily(count, _) => {
                self.scenario.attendance[group].next_break(agent.member, *count, from, agent.shift_ends)
            }
            _ => None,
        }
    }

    fn enter_return(&self, index: usize, at: Timestamp, calendar: &mut Calendar) {
        if !self.agents[index].leaving && self.agents[index].on_break.is_none() {
            calendar.enter(at + self.scenario.offers.back_after, Kind::Back, index as u32, 0);
        }
    }
}

impl Agent {
    fn sign_in(&self, index: u32, scenario: &Scenario) -> Command {
        let skills = scenario.staffing[usize::from(self.group)].skills(self.member as usize).cloned();
        Command::SignIn { agent: id(index), group: GroupId(self.group), skills, ready: ChannelSet::ALL }
    }
}

pub(super) fn id(index: u32) -> AgentId {
    AgentId(u64::from(index) + 1)
}

pub(super) fn index(agent: AgentId) -> usize {
    (agent.0 - 1) as usize
}
