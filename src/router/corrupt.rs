//! What was kept and is not taken back.

use super::checkpoint::VERSION;
use crate::event::Event;
use crate::id::Seq;
use crate::rejected::Rejected;

/// Why a checkpoint or a journal entry was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Corrupt {
    /// Written by another version.
    #[error("the checkpoint has format {found}; this build reads format {VERSION}")]
    Version {
        /// The format found.
        found: u16,
    },
    /// Its parts contradict each other.
    #[error("the checkpoint contradicts itself: {0}")]
    Inconsistent(String),
    /// The plan in it asks for a policy of the host that was not given.
    #[error("the plan asks for the host's policy `{0}`, which was not given")]
    UnknownPolicy(Box<str>),
    /// A command of the journal would have been refused.
    #[error("the command of {seq} cannot follow here: {why}")]
    Command {
        /// Its place in the journal.
        seq: Seq,
        /// Why it would have been refused.
        why: Box<Rejected>,
    },
    /// An event does not follow from the state.
    #[error("the event {event:?} cannot follow here: {why}")]
    Event {
        /// The event.
        event: Box<Event>,
        /// What it names that is not so.
        why: &'static str,
    },
}
