//! Customers who are told how long they will wait, and may leave at once.

use crate::id::ContactId;
use crate::router::{Estimate, Router};
use crate::time::Span;

use super::contacts::{Contacts, slot};
use super::slot::State;

/// How customers respond to the wait that is announced to them when they join the line: who is told more than it has
/// patience for balks with some probability, and leaves then instead of later.
///
/// With a share of 1 this is the response of W. Whitt, *Improving service by informing customers about anticipated
/// delays*, Management Science 45 (1999): a customer who would abandon balks. That some balk and some stay, by what is
/// announced, is the general form in M. Armony, N. Shimkin and W. Whitt, *The impact of delay announcements in
/// many-server queues with abandonment*, Operations Research 57 (2009).
#[derive(Clone, PartialEq, Debug)]
pub struct Balk {
    /// The probability.
    pub share: f64,
    /// The announced wait must be longer than the customer's patience times this.
    pub tolerance: f64,
    /// What is announced.
    pub told: Told,
}

/// Which end of the engine's [`Estimate`] is announced.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Told {
    /// One in ten waits less.
    Low,
    /// The mean.
    #[default]
    Likely,
    /// One in ten waits more.
    High,
}

impl Told {
    fn of(self, estimate: Estimate) -> Span {
        match self {
            Self::Low => estimate.low,
            Self::Likely => estimate.likely,
            Self::High => estimate.high,
        }
    }
}

impl Contacts<'_> {
    /// Whether the customer of a contact that has just come leaves because of the wait it is told; counted if so. Nothing
    /// is announced to who does not stand in line, nor before the engine has seen how fast it moves.
    pub(super) fn balks(&mut self, contact: ContactId, router: &Router) -> bool {
        let slot = slot(contact);
        let it = &self.slots[slot as usize];
        let state = &mut self.streams[it.stream as usize];
        let (Some(balk), Some(customers)) = (&state.stream.balk, &self.customers) else { return false };
        if it.id(slot) != contact || it.state != State::Waiting || it.patience == Span::MAX {
            return false;
        }
        let Some(attempt) = customers.of(slot).filter(|attempt| attempt.firmness() < balk.share) else { return false };
        debug_assert_eq!(attempt.stream, it.stream);
        let told = router.estimate_wait(contact).map(|estimate| balk.told.of(estimate));
        let balks = told.is_some_and(|told| told.0 as f64 > balk.tolerance * it.patience.0 as f64);
        state.tally.balked += u64::from(balks && it.counted);
        balks
    }
}
