//! What-if: a recorded day again, under another policy.
//!
//! **From outside, as recorded**: arrivals, sign-ins and sign-outs, presence, shifts, skills, opening hours, plans.
//!
//! **Depending on the routing**, and so following from what happens now: an agent answers an offer after the time
//! that the same agent took for the same contact, or otherwise after a time that it took for others. A contact is
//! handled for as long, and with the same messages, holds and transfers, as it was; one that was never handled, like one of the same
//! queue and channel that was. A customer who left leaves after the same wait; one who was answered would have waited
//! longer, for how long is drawn from the estimate of Kaplan and Meier over all who waited in the queue on the channel, or
//! is taken to be without end. Whoever was sent away for letting offers ring comes back after as long.
//!
//! Everything is drawn from what was recorded, by a hash of who it is for: the same recording and policy give the same
//! result, and policies compared see the same customers. Run under the policy that was in force, a recording gives itself again,
//! event by event: that is the control.
//!
//! What it cannot know: whether agents would have worked faster or slower with other contacts or more of them at once, whether
//! customers who now wait longer would have called back, and how long those who were answered would have waited.

mod absences;
mod conduct;
mod enact;
mod figures;
mod heartbeats;
mod life;
mod likeness;
mod patience;
mod reading;
mod seen;
mod story;

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::journal::{Journal, JournalError, RerunError, beginning};
use crate::plan::Plan;
use crate::rejected::Rejected;
use crate::router::{Policies, Router};
use crate::time::Timestamp;

use super::policy::Policy;
use enact::Enactment;
pub use figures::{FigureRow, Figures};
use reading::{Reader, Recording};

/// How long customers who were answered would have waited.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Patient {
    /// Drawn, for each, from the estimate of Kaplan and Meier beyond the wait that it was seen to bear; longer than
    /// anybody was seen to wait: as long as it takes.
    #[default]
    Estimated,
    /// As long as it takes: nobody leaves who did not leave then. Too good to be true, and so a bound.
    Endless,
}

/// What one run came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Answering {
    /// What became of the contacts.
    pub figures: Figures,
    /// Where the recording did not say what would happen.
    pub departures: Departures,
    /// Events that happened.
    pub events: u64,
    /// When it was first unlike the recording; `None` if every event was the same.
    pub like: Option<Timestamp>,
}

/// How often a run could not follow the recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Departures {
    /// Contacts now handled that were not then: handled like another.
    pub handling_drawn: u64,
    /// Offers to agents to whom that contact was not offered then: answered as the agent answered others.
    pub answers_drawn: u64,
    /// Arrivals that were now refused.
    pub refused_arrivals: u64,
    /// Other commands from outside that were now refused, such as the sign-out of somebody whom the engine had signed out.
    pub refused_from_outside: u64,
    /// Things that somebody did with a contact and that could not be done now, such as a transfer to an agent who had left.
    pub came_to_nothing: u64,
    /// Contacts still there when the recording ended.
    pub contacts_left: u64,
}

/// Why a journal cannot be run under another policy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhatIfError {
    /// It cannot be run again at all.
    #[error(transparent)]
    Rerun(#[from] RerunError),
    /// It does not begin with nobody signed in and nothing waiting.
    #[error(
        "the journal begins in the middle: somebody is signed in, or something waits, of which it does not say why"
    )]
    Begun,
    /// The plan cannot be run under the policy.
    #[error("the plan cannot be run under this policy: {0}")]
    Plan(#[from] Rejected),
}

impl From<JournalError> for WhatIfError {
    fn from(error: JournalError) -> Self {
        Self::Rerun(error.into())
    }
}

/// A recording, read once, to be run under any number of policies.
///
/// ```
/// use cordboard::sim::{Patient, Policy, Scenario, WhatIf};
/// use cordboard::{MemoryJournal, Policies};
/// # let text = r#"
/// #     horizon = "2h"
/// #     [capacity.phone]
/// #     voice = { max = 1 }
/// #     [agents.team]
/// #     count = 3
/// #     capacity = "phone"
/// #     [queues.service]
/// #     [streams.calls]
/// #     channel = "voice"
/// #     queue = "service"
/// #     arrivals = { poisson_per_minute = 1.5 }
/// #     handle = { exponential = "2m" }
/// #     patience = { exponential = "3m" }
/// # "#;
/// let mut journal = MemoryJournal::new();
/// Scenario::from_toml(text, ".".as_ref())?.run_recorded(&mut journal, 1, &|_| {})?;
///
/// let what_if = WhatIf::read(&mut journal, Policies::new(), &mut |_| {})?;
/// let control = what_if.run(&mut journal, &Policy::default(), Patient::Estimated, &mut |_| {})?;
/// assert_eq!(control.like, None); // the recording itself
/// assert_eq!(&control.figures, what_if.recorded());
/// let other = what_if.run(&mut journal, &"agents:fewest-handled".parse()?, Patient::Estimated, &mut |_| {})?;
/// assert!(other.like.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct WhatIf {
    recording: Recording,
    plan: Plan,
    policies: Policies,
}

/// Between two reports of progress.
const REPORT_EVERY: u64 = 1 << 14;

impl WhatIf {
    /// Reads a journal from its beginning. `progress` is told, now and then, how many entries have been read.
    ///
    /// Memory for everything that was done about each contact: about 600 bytes for a call.
    ///
    /// # Errors
    /// [`WhatIfError`] if it cannot be read, or does not begin with an engine to which nothing has happened.
    pub fn read(
        journal: &mut dyn Journal,
        policies: Policies,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, WhatIfError> {
        let router = beginning(journal, policies.clone())?;
        if router.contacts() > 0 || router.agents() > 0 {
            return Err(WhatIfError::Begun);
        }
        let plan = router.plan().clone();
        let mut reader = Reader::new(plan.clone());
        let mut read: u64 = 0;
        journal.replay(router.seq(), &mut |entry| {
            reader.read(entry);
            read += 1;
            if read.is_multiple_of(REPORT_EVERY) {
                progress(read);
            }
            ControlFlow::Continue(())
        })?;
        progress(read);
        Ok(Self { recording: reader.finish(), plan, policies })
    }

    /// What the recording itself came to.
    pub fn recorded(&self) -> &Figures {
        &self.recording.figures
    }

    /// The plan with which it begins.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Commands in the recording.
    pub fn commands(&self) -> u64 {
        self.recording.commands
    }

    /// Events in the recording.
    pub fn events(&self) -> u64 {
        self.recording.events
    }

    /// Its last instant.
    pub fn end(&self) -> Timestamp {
        self.recording.end
    }

    /// Runs it under a policy, to the instant at which it ended. The scheduler's of its own plan is
    /// that plan, and those that came after it, as they were. Reads the journal once more.
    ///
    /// # Errors
    /// [`WhatIfError`] if the journal fails, or the plan cannot be run under the policy.
    pub fn run(
        &self,
        journal: &mut dyn Journal,
        policy: &Policy,
        patient: Patient,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Answering, WhatIfError> {
        let mut plan = self.plan.clone();
        let another = Policy::Scheduling(plan.scheduler().policy.clone()) != *policy;
        policy.apply(&mut plan);
        let router = Router::with_policies(plan, self.policies.clone())?;
        let from = router.seq();
        let mut enactment = Enactment::new(&self.recording, another.then_some(policy), patient, router);
        let mut read: u64 = 0;
        journal.replay(from, &mut |entry| {
            enactment.go_on(entry);
            read += 1;
            if read.is_multiple_of(REPORT_EVERY) {
                progress(read);
            }
            ControlFlow::Continue(())
        })?;
        progress(read);
        Ok(enactment.finish())
    }
}
