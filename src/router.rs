//! The engine.

use std::sync::Arc;

use crate::command::Stamped;
use crate::event::Event;
use crate::id::Seq;
use crate::plan::Plan;
use crate::policy::{AgentSelection, ContactSelection};
use crate::rejected::Rejected;
use crate::time::Timestamp;

/// The host's own policies, by name.
#[derive(Clone, Default)]
pub struct Policies {
    agents: Vec<Arc<dyn AgentSelection>>,
    contacts: Vec<Arc<dyn ContactSelection>>,
}

/// What became of a command that was not refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applied {
    /// It was applied.
    Done,
    /// A command with this id was applied before; nothing has changed, and it need not be kept.
    Repeated,
}

/// The engine: one queue, one scheduler.
pub struct Router {
    plan: Plan,
}

impl Policies {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a choice of agents, replacing one of the same name.
    #[must_use]
    pub fn with_agents(mut self, policy: impl AgentSelection + 'static) -> Self {
        self.agents.retain(|known| known.name() != policy.name());
        self.agents.push(Arc::new(policy));
        self
    }

    /// With a choice of contacts, replacing one of the same name.
    #[must_use]
    pub fn with_contacts(mut self, policy: impl ContactSelection + 'static) -> Self {
        self.contacts.retain(|known| known.name() != policy.name());
        self.contacts.push(Arc::new(policy));
        self
    }
}

impl Router {
    /// An engine with nobody signed in and nothing waiting.
    pub fn new(plan: Plan) -> Self {
        Self { plan }
    }
    /// With the host's own policies.
    pub fn with_policies(plan: Plan, _policies: Policies) -> Result<Self, Rejected> {
        Ok(Self { plan })
    }
    /// Applies one command and appends what happened to `out`.
    pub fn apply(&mut self, _input: &Stamped, _out: &mut Vec<Event>) -> Result<Applied, Rejected> {
        Ok(Applied::Done)
    }
    /// When to send the next AdvanceTime.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        None
    }
    /// The engine's time.
    pub fn now(&self) -> Timestamp {
        Timestamp::ZERO
    }
    /// The last command applied.
    pub fn seq(&self) -> Seq {
        Seq(0)
    }
    /// The plan in force.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}
