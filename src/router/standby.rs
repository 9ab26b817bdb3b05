//! Stand-by: groups that serve a queue only when its contacts have waited for some time.

use crate::event::What;
use crate::id::QueueId;
use crate::plan::Plan;
use crate::router::keeping::holds;
use crate::router::records::Contact;
use crate::router::settle::Step;
use crate::router::state::State;
use crate::time::{Span, Timestamp};

/// By queue, the waits after which some group begins to serve it or keeps nobody from it any more, ascending. O(groups × queues they name).
pub(crate) fn delays(plan: &Plan) -> Vec<Vec<Span>> {
    let mut delays = vec![Vec::new(); plan.queues().len()];
    for group in plan.groups().iter().filter(|group| !group.retired) {
        for served in group.serves.iter().flatten() {
            delays[usize::from(served.queue.0)].extend(holds(served));
        }
    }
    for of_queue in &mut delays {
        of_queue.sort_unstable();
        of_queue.dedup();
    }
    delays
}

impl State {
    /// How long a contact of the queue that passed so many of its delays has waited, as far as stand-by is concerned.
    pub(crate) fn widened_to(&self, queue: QueueId, widened: u16) -> Span {
        let delays = &self.choice(queue).delays;
        widened.checked_sub(1).and_then(|last| delays.get(usize::from(last))).copied().unwrap_or(Span::ZERO)
    }

    /// When the next groups on stand-by may take the contact.
    pub(crate) fn next_widening(&self, contact: &Contact) -> Option<Timestamp> {
        let delay = self.choice(contact.queue).delays.get(usize::from(contact.widened))?;
        Some(contact.since + *delay)
    }

    /// How many of its queue's delays are no longer than this.
    pub(crate) fn delays_within(&self, queue: QueueId, after: Span) -> u16 {
        let passed = self.choice(queue).delays.partition_point(|delay| *delay <= after);
        u16::try_from(passed).unwrap_or(u16::MAX)
    }

    /// Under a new plan a contact has passed as many of its queue's delays as are no longer than the longest it passed before.
    /// To be called before the plan's orders are compiled anew.
    pub(crate) fn keep_widened(&mut self, plan: &Plan) {
        let new = delays(plan);
        for slot in self.contacts_by_arrival() {
            let it = &self.contacts[slot];
            if it.widened > 0 {
                let passed = self.widened_to(it.queue, it.widened);
                let delays = new.get(usize::from(it.queue.0)).map_or(&[][..], Vec::as_slice);
                let widened = delays.partition_point(|delay| *delay <= passed);
                self.contacts[slot].widened = u16::try_from(widened).unwrap_or(u16::MAX);
            }
        }
    }

    /// Whether the event says what is so: the contact has waited for a delay of its queue that it had not passed.
    pub(crate) fn widens(&self, contact: &Contact, after: Span, now: Timestamp) -> bool {
        self.choice(contact.queue).delays.binary_search(&after).is_ok_and(|at| at >= usize::from(contact.widened))
            && contact.since + after <= now
    }
}

impl Step<'_> {
    /// Groups on stand-by may take the contact from now on, if it has waited for so long. O(1) without any.
    pub(crate) fn widen(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        let delays = &self.state.choice(it.queue).delays[usize::from(it.widened)..];
        let passed = delays.iter().take_while(|&&delay| it.since + delay <= self.state.now).last();
        if let Some(&after) = passed {
            let contact = it.id;
            self.emit(What::Widened { contact, after });
        }
    }
}
