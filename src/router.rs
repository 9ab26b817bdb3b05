//! The engine: one queue, one scheduler. Sans-IO, single-threaded, deterministic.

mod adaptive;
mod agent_timer;
mod agents;
mod between;
mod broadcast;
mod channels;
mod checkpoint;
mod checks;
mod choose;
mod claims;
mod classes;
mod commands;
mod contacts;
mod context;
mod conversation;
mod corrupt;
mod crews;
mod customers;
mod digest;
mod displace;
mod edges;
mod estimate;
mod evolve;
mod exclusions;
mod explain;
mod fold;
mod id_map;
mod invariants;
mod joins;
mod keeping;
mod leases;
mod ledger;
mod legs;
mod line;
mod orders;
mod pacing;
mod rebuild;
mod records;
mod schedule;
mod scheduled;
mod settle;
mod sorted;
mod sources;
mod standby;
mod state;
mod teams;
mod timers;
mod trace;
mod waking;
mod watch;
mod whereabouts;

pub use checkpoint::Checkpoint;
pub use corrupt::Corrupt;
pub use customers::Customer;
pub use digest::Digest;
pub use estimate::Estimate;
pub use explain::Explanation;
pub use invariants::Broken;
pub use orders::Policies;
pub use trace::{Candidate, Decision};
pub use whereabouts::{AgentStatus, ContactStatus, OfferStatus, Whereabouts};

use crate::command::{Command, Stamped};
use crate::event::Event;
use crate::id::Seq;
use crate::plan::Plan;
use crate::rejected::Rejected;
use checks::Subject;
use settle::{Marks, Step};
use state::State;
use trace::Trace;

use crate::time::Timestamp;

/// What became of a command that was not refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applied {
    /// It was applied.
    Done,
    /// A command with this id was applied before; nothing has changed, and it need not be kept.
    Repeated,
}

/// The engine.
///
/// **Run loop.** Stamp each command with the next sequence number and the time, [`apply`](Self::apply) it, keep command
/// and events, act on the events. When [`next_deadline`](Self::next_deadline) has come, apply
/// [`Command::AdvanceTime`].
///
/// **Contract.** Same commands, same events, on any machine. `Err` has changed nothing. No panic is reachable from
/// input; a broken invariant panics with its name in builds with debug assertions.
///
/// **Asking.** [`explain`](Self::explain), [`estimate_wait`](Self::estimate_wait), [`position`](Self::position).
///
/// **Keeping.** [`checkpoint`](Self::checkpoint), [`restore`](Self::restore), [`fold`](Self::fold), [`digest`](Self::digest).
#[derive(Clone)]
pub struct Router {
    state: State,
    marks: Marks,
    trace: Trace,
}

impl std::fmt::Debug for Router {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (contacts, agents) = (self.contacts(), self.agents());
        write!(f, "Router {{ at {}, {}, {contacts} contacts, {agents} agents }}", self.now(), self.seq())
    }
}

impl Router {
    /// An engine with nobody signed in and nothing waiting. The plan must not ask for policies of the host.
    ///
    /// # Errors
    /// [`Rejected::UnknownPolicy`] if it does.
    pub fn new(plan: Plan) -> Result<Self, Rejected> {
        Self::with_policies(plan, Policies::new())
    }

    /// An engine with the host's own policies.
    ///
    /// # Errors
    /// [`Rejected::UnknownPolicy`] if the plan asks for one that is not among them.
    pub fn with_policies(plan: Plan, policies: Policies) -> Result<Self, Rejected> {
        Ok(Self { state: State::new(plan, policies)?, marks: Marks::default(), trace: Trace::default() })
    }

    /// Applies one stamped command and appends what happened to `out`.
    ///
    /// O(log n) and constant in practice, for commands about one contact or agent; see the guide for each step.
    ///
    /// # Errors
    /// Says what the host did wrong. Nothing has changed, and nothing was appended.
    pub fn apply(&mut self, input: &Stamped, out: &mut Vec<Event>) -> Result<Applied, Rejected> {
        let subject = match self.state.check(input) {
            Ok(Some(subject)) => subject,
            Ok(None) => return Ok(Applied::Repeated),
            Err(rejected) => return Err(rejected),
        };
        self.state.seq = input.seq;
        self.state.sources.remember(input.id);
        let advances = matches!(input.command, Command::AdvanceTime);
        if !advances {
            self.state.now = input.at;
        }
        self.state.hear(input, subject);
        if let Subject::Contact(slot) = subject {
            self.state.take_in_hand(slot);
        }
        let (state, marks, trace) = (&mut self.state, &mut self.marks, &mut self.trace);
        let mut step = Step { state, marks, trace, command: &input.command, out };
        step.perform(subject, input.at);
        step.settle();
        self.state.sweep();
        Ok(Applied::Done)
    }

    /// When to apply the next [`Command::AdvanceTime`]; `None` while no timer is set. O(1).
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.state.timers.next().map(|(due, ..)| due)
    }

    /// The engine's time: that of the last command.
    pub fn now(&self) -> Timestamp {
        self.state.now
    }

    /// The last command applied.
    pub fn seq(&self) -> Seq {
        self.state.seq
    }

    /// The plan in force.
    pub fn plan(&self) -> &Plan {
        &self.state.plan
    }

    /// Contacts that are there, in every state.
    pub fn contacts(&self) -> usize {
        self.state.contact_ids.len()
    }

    /// Agents signed in, draining ones included.
    pub fn agents(&self) -> usize {
        self.state.agent_ids.len()
    }
}
