//! Snapshots: the whole state at one place of a journal.

use serde::{Deserialize, Serialize};

use super::record::{self, Unreadable};
use crate::id::{ContactId, Seq};
use crate::plan::Plan;
use crate::private::Private;
use crate::router::Checkpoint;

/// The format of snapshots that this build writes, and the newest that it reads.
pub const SNAPSHOT_FORMAT: u8 = 1;

/// The state of an engine and of what drives it, right after the command at `seq`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The last command in it; 0 before the first.
    pub seq: Seq,
    /// The engine.
    pub checkpoint: Checkpoint,
    /// The host's own names of contacts that are there, in the order of the names.
    pub keys: Vec<(Private<Box<str>>, ContactId)>,
    /// The id that the next contact with a name of the host is given.
    pub next_contact: ContactId,
    /// The last command of which the gateway had been given every event.
    pub delivered: Seq,
}

impl Snapshot {
    /// The plan that was in force.
    pub fn plan(&self) -> &Plan {
        &self.checkpoint.plan
    }

    /// Appends it as bytes to `to`: for journals that keep it. O(contacts + agents).
    pub fn encode(&self, to: &mut Vec<u8>) {
        record::encode(SNAPSHOT_FORMAT, self, to);
    }

    /// Reads it back.
    ///
    /// # Errors
    /// [`Unreadable`] if these are not the bytes of a snapshot.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        record::decode(SNAPSHOT_FORMAT, bytes)
    }
}
