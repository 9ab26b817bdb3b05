//! What a host asks of the driver, and what it is answered.

use std::fmt;
use std::sync::Arc;

use crate::command::Command;
use crate::contact::NewContact;
use crate::event::Event;
use crate::id::{CommandId, ContactId, Seq};
use crate::journal::Entry;
use crate::private::Private;
use crate::rejected::Rejected;
use crate::router::Applied;
use crate::time::Timestamp;

/// What the driver is asked to do.
#[derive(Debug)]
pub struct Request {
    /// Names it, so that one asked again after a crash is answered and not done again.
    pub id: CommandId,
    /// What.
    pub ask: Ask,
}

/// What is asked.
pub enum Ask {
    /// A command, with the engine's own ids.
    Command(Command),
    /// A contact arrives that the host knows by a name of its own; the driver gives it an id.
    Arrive {
        /// The host's name, not that of another contact that is there; no longer than `limits.key_length`.
        key: Private<Box<str>>,
        /// What it is.
        new: NewContact,
    },
    /// A command about the contact with this name.
    About {
        /// The host's name of the contact.
        key: Private<Box<str>>,
        /// The command, given the contact's id.
        command: Box<dyn FnOnce(ContactId) -> Command + Send>,
    },
}

impl fmt::Debug for Ask {
    /// Without the host's names, which may be those of customers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(command) => f.debug_tuple("Command").field(command).finish(),
            Self::Arrive { new, .. } => f.debug_struct("Arrive").field("new", new).finish_non_exhaustive(),
            Self::About { .. } => f.write_str("About"),
        }
    }
}

impl Ask {
    /// The host's name of the contact that it is about, where it gives one.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::Command(_) => None,
            Self::Arrive { key, .. } | Self::About { key, .. } => Some(key.reveal()),
        }
    }
}

impl From<Command> for Request {
    /// Without a name: done each time it is asked.
    fn from(command: Command) -> Self {
        Self { id: CommandId::ANONYMOUS, ask: Ask::Command(command) }
    }
}

impl Request {
    /// A contact arrives that the host knows as `key`.
    pub fn arrive(key: impl Into<Private<Box<str>>>, new: NewContact) -> Self {
        Self { id: CommandId::ANONYMOUS, ask: Ask::Arrive { key: key.into(), new } }
    }

    /// A command about the contact that the host knows as `key`.
    ///
    /// ```
    /// # use cordboard::{Command, Request};
    /// let hung_up = Request::about("call-1@pbx", |contact| Command::Abandon { contact });
    /// ```
    pub fn about(
        key: impl Into<Private<Box<str>>>,
        command: impl FnOnce(ContactId) -> Command + Send + 'static,
    ) -> Self {
        Self { id: CommandId::ANONYMOUS, ask: Ask::About { key: key.into(), command: Box::new(command) } }
    }

    /// The same, named, so that it is done once however often it is asked.
    #[must_use]
    pub fn with_id(self, id: CommandId) -> Self {
        Self { id, ..self }
    }
}

/// Why a request was refused. Nothing has changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The engine refused the command.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// No contact that is there has this name.
    #[error("no contact is known by this name; it has ended, or never arrived")]
    UnknownKey,
    /// Another contact that is there has this name.
    #[error("{contact} has this name already; a name is free again when its contact has ended")]
    KeyInUse {
        /// The contact.
        contact: ContactId,
    },
    /// What was to make the command of the contact's id panicked.
    #[error("the closure that makes the command panicked")]
    Panicked,
    /// The name is empty or longer than the plan allows.
    #[error("a contact's name has {length} bytes; limits.key_length allows 1 to {longest}")]
    KeyLength {
        /// Its length in bytes.
        length: usize,
        /// The longest allowed.
        longest: u16,
    },
}

/// What became of a request, now that it is durable.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Done, or done before.
    pub applied: Applied,
    /// Its place in the journal; of one that was done before, the last place when it was asked again.
    pub seq: Seq,
    /// The engine's time.
    pub at: Timestamp,
    /// The contact that it brought or was about, where it named one by a key; of one that was done before, the contact that has
    /// the name now, if any.
    pub contact: Option<ContactId>,
    pub(super) batch: Arc<[Entry]>,
    /// Its entry in the batch.
    pub(super) entry: Option<usize>,
}

impl Answer {
    /// What followed from it, in order; nothing of one that was done before.
    pub fn events(&self) -> &[Event] {
        self.entry.map_or(&[], |at| &self.batch[at].events)
    }
}
