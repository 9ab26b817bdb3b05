//! The agents of a simulation: shifts, answering offers, and what their time goes into.

use crate::agent::ChannelSet;
use crate::command::Command;
use crate::id::{AgentId, GroupId};
use crate::time::Timestamp;

use super::attendance::Attendance;
use super::calendar::{Calendar, Kind};
use super::distribution::span;
use super::random::{Purpose, Random};
use super::scenario::Scenario;
use super::tally::Window;

/// All agents. Agent `i` has the id `i + 1`; groups follow each other.
pub(super) struct Crowd<'s> {
    scenario: &'s Scenario,
    window: Window,
    agents: Vec<Agent>,
    attendance: Vec<Attendance>,
    accept: Random,
    no_answer: Random,
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
            }));
        }
        let random = |purpose| Random::of(scenario.seed, replication, "", purpose);
        Self {
            scenario,
            window,
            agents,
            attendance: vec![Attendance::default(); scenario.staffing.len()],
            accept: random(Purpose::Accept),
            no_answer: random(Purpose::NoAnswer),
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
        let agent = &mut self.agents[index as usize];
        let staffing = &self.scenario.staffing[usize::from(agent.group)];
        agent.shift_ends = staffing.next_stay(agent.member as usize, now, self.window.to)?.1;
        agent.leaving = false;
        if agent.shift_ends < self.window.to {
            calendar.enter(agent.shift_ends, Kind::ShiftEnds, index, 0);
        }
        (agent.signed != Signed::In).then(|| agent.sign_in(index, self.scenario))
    }

    /// The shift of an agent ends: whom to sign out.
    pub(super) fn end_shift(&mut self, index: u32, _now: Timestamp, calendar: &mut Calendar) -> Option<AgentId> {
        self.enter_shift(index as usize, calendar);
        let agent = &mut self.agents[index as usize];
        agent.leaving = true;
        (agent.signed == Signed::In).then_some(id(index))
    }

    /// An agent whom unanswered offers had put aside is back, if its shift still goes on.
    pub(super) fn back(&mut self, index: u32, now: Timestamp) -> Option<Here> {
        let agent = &self.agents[index as usize];
        if agent.leaving || now >= agent.shift_ends {
            return None;
        }
        Some(match agent.signed {
            Signed::In => Here::Present(id(index)),
            Signed::Draining | Signed::Out => Here::Gone(agent.sign_in(index, self.scenario)),
        })
    }

    /// How long an agent takes to answer an offer; `None` lets it ring out.
    pub(super) fn answers(&mut self) -> Option<crate::time::Span> {
        let offers = &self.scenario.offers;
        let ignored = offers.no_answer > 0.0 && self.no_answer.unit() < offers.no_answer;
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
        let attendance = &mut self.attendance[usize::from(agent.group)];
        attendance.held(taken, at, self.window);
        agent.held = agent.held.saturating_sub(1);
        if agent.held == 0 {
            attendance.busy(agent.busy_since, at, self.window);
        }
        Held { group: GroupId(agent.group), measured: self.window.clip(taken, at) }
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
        self.attendance[usize::from(agent.group)].present(agent.present_since, at, self.window);
        if was == Signed::In {
            self.enter_return(index, at, calendar);
        }
    }

    /// Unanswered offers made an agent not ready, with no end set.
    pub(super) fn unready(&mut self, agent: AgentId, at: Timestamp, calendar: &mut Calendar) {
        self.enter_return(index(agent), at, calendar);
    }

    /// By group, everybody still there included.
    pub(super) fn close(mut self) -> Vec<Attendance> {
        for agent in &self.agents {
            let attendance = &mut self.attendance[usize::from(agent.group)];
            if agent.signed != Signed::Out {
                attendance.present(agent.present_since, self.window.to, self.window);
            }
            if agent.held > 0 {
                attendance.busy(agent.busy_since, self.window.to, self.window);
            }
        }
        self.attendance
    }

    /// Capacity taken at `taken` is still taken at the end.
    pub(super) fn still_held(&mut self, agent: AgentId, taken: Timestamp) -> Held {
        let group = self.agents[index(agent)].group;
        self.attendance[usize::from(group)].held(taken, self.window.to, self.window);
        Held { group: GroupId(group), measured: self.window.clip(taken, self.window.to) }
    }

    fn enter_shift(&self, index: usize, calendar: &mut Calendar) {
        let agent = &self.agents[index];
        let staffing = &self.scenario.staffing[usize::from(agent.group)];
        if let Some((begin, _)) = staffing.next_stay(agent.member as usize, agent.shift_ends, self.window.to) {
            calendar.enter(begin, Kind::ShiftBegins, index as u32, 0);
        }
    }

    fn enter_return(&self, index: usize, at: Timestamp, calendar: &mut Calendar) {
        if !self.agents[index].leaving {
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

fn id(index: u32) -> AgentId {
    AgentId(u64::from(index) + 1)
}

pub(super) fn index(agent: AgentId) -> usize {
    (agent.0 - 1) as usize
}
