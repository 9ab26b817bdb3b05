//! The host's own names of contacts.

use std::collections::BTreeMap;
use std::fmt;

use crate::event::{Event, What};
use crate::id::ContactId;
use crate::private::Private;

/// Names with their contacts, as a snapshot keeps them.
type Named = Vec<(Private<Box<str>>, ContactId)>;

/// Which contact has which name of the host: a SIP Call-ID, a UUID, a thread's address. A name is free again when its
/// contact has ended. O(log contacts) each.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    contacts: BTreeMap<Box<str>, ContactId>,
    names: BTreeMap<ContactId, Box<str>>,
    /// The next id to be given.
    next: ContactId,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys {{ {} }}", self.len())
    }
}

impl Keys {
    pub(super) fn load(kept: Named, next: ContactId) -> Self {
        let kept = || kept.iter().map(|(key, contact)| (key.reveal().clone(), *contact));
        Self { contacts: kept().collect(), names: kept().map(|(key, contact)| (contact, key)).collect(), next }
    }

    pub(super) fn save(&self) -> (Named, ContactId) {
        let next = if planted!(ContactIdsBeginAgain) { ContactId(1) } else { self.next };
        if planted!(NamesNotInSnapshot) {
            return (Vec::new(), next);
        }
        (self.contacts.iter().map(|(key, &contact)| (key.clone().into(), contact)).collect(), next)
    }

    /// The contact with this name, while it is there.
    pub fn contact(&self, key: &str) -> Option<ContactId> {
        self.contacts.get(key).copied()
    }

    /// The name of a contact, while it is there and if it has one.
    pub fn name(&self, contact: ContactId) -> Option<&str> {
        self.names.get(&contact).map(|name| &**name)
    }

    /// How many contacts have one.
    pub fn len(&self) -> usize {
        self.contacts.len()
    }

    /// Whether no contact has one.
    pub fn is_empty(&self) -> bool {
        self.contacts.is_empty()
    }

    /// An id that no contact has.
    pub(super) fn next(&self, taken: impl Fn(ContactId) -> bool) -> ContactId {
        let mut next = self.next;
        while next.0 == 0 || taken(next) {
            next = ContactId(next.0.wrapping_add(1));
        }
        next
    }

    /// Takes over that a contact came with this name.
    pub(super) fn bind(&mut self, key: &str, contact: ContactId) {
        self.next = ContactId(contact.0.wrapping_add(1));
        self.contacts.insert(key.into(), contact);
        self.names.insert(contact, key.into());
    }

    /// Frees the names of contacts that have ended.
    pub(super) fn hear(&mut self, events: &[Event]) {
        if self.names.is_empty() || planted!(NameNeverFreed) {
            return;
        }
        for event in events {
            let early = planted!(NameFreedEarly);
            if let What::Ended { contact, .. } | What::WrapUpStarted { contact, .. } = event.what
                && (early || matches!(event.what, What::Ended { .. }))
                && let Some(name) = self.names.remove(&contact)
            {
                self.contacts.remove(&name);
            }
        }
    }
}
