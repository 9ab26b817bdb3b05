//! Agents who did not take a contact, and until when they are not asked again.

use crate::id::AgentId;
use crate::router::records::Excluded;
use crate::router::sorted::Sorted;
use crate::time::Timestamp;

/// By contact slot and agent; only few contacts have any. O(log n) each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exclusions(Sorted<(u32, AgentId), (Timestamp, u16)>);

impl Exclusions {
    /// Those of a contact, by agent.
    pub(crate) fn of(&self, contact: u32) -> impl Iterator<Item = Excluded> + '_ {
        let from = self.0.iter_from((contact, AgentId(0)));
        let of_contact = from.take_while(move |((of, _), _)| *of == contact);
        of_contact.map(|((_, agent), (until, times))| Excluded { agent, until, times })
    }

    pub(crate) fn get(&self, contact: u32, agent: AgentId) -> Option<Excluded> {
        let ((of, who), (until, times)) = self.0.iter_from((contact, agent)).next()?;
        ((of, who) == (contact, agent)).then_some(Excluded { agent, until, times })
    }

    /// Adds one, or replaces that of the same agent.
    pub(crate) fn set(&mut self, contact: u32, one: Excluded) {
        self.0.remove(&(contact, one.agent));
        self.0.insert((contact, one.agent), (one.until, one.times));
    }

    /// Forgets all of a contact.
    pub(crate) fn forget(&mut self, contact: u32) {
        while let Some(one) = { self.of(contact).next() } {
            self.0.remove(&(contact, one.agent));
        }
    }
}
