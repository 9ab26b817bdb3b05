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
    /// Since when, and whether it was signed out.
    since: BTreeMap<AgentId, (Timestamp, bool)>,
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
                self.since.insert(agent, (event.at, false));
                return Some(agent);
            }
            What::AgentDraining { agent } | What::AgentSignedOut { agent } if rang_out == Some(agent) => {
                self.since.insert(agent, (event.at, true));
                return Some(agent);
            }
            _ => {}
        }
        None
    }

    /// An agent is not away for that reason any more: since when it was, and whether it was signed out, if it was.
    pub(super) fn end(&mut self, agent: AgentId) -> Option<(Timestamp, bool)> {
        self.since.remove(&agent)
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
    pub(super) lasted: Span,
    /// What brought the agent back, and its place in the journal; `None`: it was not seen to come back from this.
    pub(super) back: Option<(Box<Command>, u64)>,
}

impl Absences {
    pub(super) fn add(&mut self, agent: AgentId, absence: Absence) {
        if absence.back.is_some() {
            self.returns.add([Alike::Agent(agent), Alike::Any], absence.lasted, ());
        }
        self.of.entry(agent).or_default().push(absence);
    }

    /// Everything is added.
    pub(super) fn sort(&mut self) {
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
