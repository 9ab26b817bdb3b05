//! The host's names of contacts, for readers that never keep the engine waiting.

use std::sync::Arc;

use super::keys::Keys;
use super::threads::RwLock;
use crate::command::Command;
use crate::id::ContactId;
use crate::journal::Entry;
use crate::private::Private;

/// The names as of some batch that is durable, most often the last.
pub(super) struct Names(RwLock<Keys>);

/// What the engine has yet to tell it.
#[derive(Default)]
pub(super) struct Untold(Vec<Arc<[Entry]>>);

impl Names {
    pub(super) fn new(keys: Keys) -> Self {
        Self(RwLock::new(keys))
    }

    pub(super) fn contact(&self, key: &str) -> Option<ContactId> {
        self.0.read().contact(key)
    }

    pub(super) fn name(&self, contact: ContactId) -> Option<Private<Box<str>>> {
        self.0.read().name(contact).map(Private::from)
    }
}

impl Untold {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, entries: &Arc<[Entry]>) {
        self.0.push(entries.clone());
    }

    /// Tells what is untold, unless somebody reads just now: then the next batch does.
    pub(super) fn tell(&mut self, names: &Names) {
        let Some(mut keys) = names.0.try_write() else { return };
        for entries in self.0.drain(..) {
            for entry in &*entries {
                if let (Some(key), Command::Enqueue { contact, .. }) = (&entry.key, &entry.input.command) {
                    keys.bind(key.reveal(), *contact);
                }
                keys.hear(&entry.events);
            }
        }
    }
}
