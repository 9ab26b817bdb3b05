//! Agents whom the engine made not ready or signed out because they let offers ring, and when they came back.

use std::collections::BTreeMap;

use crate::command::Command;
use crate::event::{Event, OfferEnd, What};
use crate::id::{AgentId, ReasonId};
use crate::time::{Span, Timestamp};

use super::seen::{Alike, Seen};

/// Follows events: who is away for having let offers ring.
#[derive(Clone, Debug, Default)]
pub(super) struct Away {
    /// Whether it was signed out, and not only made not ready.
    signed_out: BTreeMap<AgentId, bool>,
    /// Whose offer rang out in the event before.
    rang_out: Option<AgentId>,
}

impl Away {
    /// Whom this event sends away.
    pub(super) fn hear(&mut self, event: &Event) -> Option<AgentId> {
        let rang_out = self.rang_out.take();
        match event.what {
            What::OfferEnded { agent, end: OfferEnd::Expired, .. } => self.rang_out = Some(agent),
            What::PresenceChanged { agent, ready: false, until: None, reason: ReasonId::NO_ANSWER, .. } => {
                self.signed_out.insert(agent, false);
                return Some(agent);
            }
            What::AgentDraining { agent } | What::AgentSignedOut { agent } if rang_out == Some(agent) => {
                self.signed_out.insert(agent, true);
                return Some(agent);
            }
            _ => {}
        }
        None
    }

    /// An agent is not away for that reason any more: whether it was signed out, if it was away.
    pub(super) fn end(&mut self, agent: AgentId) -> Option<bool> {
        self.signed_out.remove(&agent)
    }
}

/// The agent whose being away a command ends, and whether by coming back.
pub(super) fn ended_by(command: &Command) -> Option<(AgentId, bool)> {
    match *command {
        Command::SignIn { agent, .. } | Command::SetPresence { agent, ready: true, .. } => Some((agent, true)),
        Command::SignOut { agent, .. } | Command::SetPresence { agent, ready: false, .. } => Some((agent, false)),
        _ => None,
    }
}

/// Every time that agents were away.
#[derive(Clone, Debug, Default)]
pub(super) struct Absences {
    of: BTreeMap<AgentId, Vec<Absence>>,
    returns: Seen<()>,
}

/// One time.
#[derive(Clone, Debug)]
pub(super) struct Absence {
    began: Timestamp,
    /// `None` while it goes on.
    lasted: Option<Span>,
    /// What brought the agent back, and its place in the journal; `None`: it was not seen to come back from this.
    pub(super) back: Option<(Box<Command>, u64)>,
}

impl Absence {
    /// For how long it is known to have lasted.
    pub(super) fn lasted(&self) -> Span {
        self.lasted.unwrap_or(Span::ZERO)
    }
}

impl Absences {
    /// An agent is sent away, perhaps once more.
    pub(super) fn begin(&mut self, agent: AgentId, at: Timestamp) {
        self.end(agent, at, None);
        self.of.entry(agent).or_default().push(Absence { began: at, lasted: None, back: None });
    }

    /// It is not away any more for that reason, if it was; perhaps because it came back.
    pub(super) fn end(&mut self, agent: AgentId, at: Timestamp, back: Option<(Box<Command>, u64)>) {
        let last = self.of.get_mut(&agent).and_then(|times| times.last_mut());
        let Some(absence) = last.filter(|absence| absence.lasted.is_none()) else { return };
        let lasted = at.since(absence.began);
        absence.lasted = Some(lasted);
        if back.is_some() {
            self.returns.add([Alike::Agent(agent), Alike::Any], lasted, ());
        }
        absence.back = back;
    }

    /// Everything is read.
    pub(super) fn finish(&mut self, end: Timestamp) {
        for agent in self.of.keys().copied().collect::<Vec<_>>() {
            self.end(agent, end, None);
        }
        self.returns.sort();
    }

    /// The agent's absence of this number, from 0, if it was seen.
    pub(super) fn get(&self, agent: AgentId, time: usize) -> Option<&Absence> {
        self.of.get(&agent)?.get(time)
    }

    pub(super) fn returns(&self) -> &Seen<()> {
        &self.returns
    }
}
