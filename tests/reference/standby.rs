//! Section 13: groups on stand-by.

use cordboard::{Plan, QueueId, Span, Timestamp, What};

use super::{Agent, Contact, Reference};

impl Reference {
    /// The agent's group serves the contact's queue, for contacts that have waited as long as this one.
    pub(crate) fn serves(&self, agent: &Agent, contact: &Contact) -> bool {
        self.group(agent).served(contact.queue).is_some_and(|served| served.after <= contact.widened)
    }

    /// When the contact has waited for the next delay.
    pub(super) fn next_widening(&self, contact: &Contact) -> Option<Timestamp> {
        let longer = delays(&self.plan, contact.queue).into_iter().filter(|&delay| delay > contact.widened);
        longer.min().map(|delay| contact.waits_since + delay)
    }

    /// The contact is **widened** if it has waited for longer delays than before.
    pub(super) fn widen(&mut self, at: usize) {
        let contact = &self.waiting[at];
        let passed =
            delays(&self.plan, contact.queue).into_iter().filter(|&delay| contact.waits_since + delay <= self.now);
        if let Some(after) = passed.max().filter(|&after| after > contact.widened) {
            let contact = contact.id;
            self.waiting[at].widened = after;
            self.tell(What::Widened { contact, after });
        }
    }

    /// Under a new plan: the longest of its delays that is not longer than what was passed.
    pub(super) fn widened_under(plan: &Plan, contact: &mut Contact) {
        let passed = delays(plan, contact.queue).into_iter().filter(|&delay| delay <= contact.widened);
        contact.widened = passed.max().unwrap_or(Span::ZERO);
    }
}

fn delays(plan: &Plan, queue: QueueId) -> Vec<Span> {
    let groups = plan.groups().iter().filter(|group| !group.retired);
    groups
        .filter_map(|group| group.served(queue))
        .flat_map(|served| [Some(served.after), (served.reserve > 0).then_some(served.hold)])
        .flatten()
        .filter(|&after| after > Span::ZERO && after < Span::MAX)
        .collect()
}
