//! The delivery thread: gives the gateway what is durable, one command after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::gateway::Gateway;
use super::observe;
use super::opening::Opening;
use super::shared::Shared;
use super::spin::Spin;
use super::stopped::Stopped;
use super::threads::Receiver;
use super::trunk::Trunk;
use crate::id::Seq;
use crate::journal::Entry;

pub(super) struct Delivery {
    pub(super) gateway: Box<dyn Gateway>,
    pub(super) from: Receiver<Arc<[Entry]>>,
    pub(super) shared: Arc<Shared>,
    pub(super) spin: Duration,
}

impl Delivery {
    /// Delivers until there will be nothing more, or the switchboard has stopped: after an accident what is left is delivered by the
    /// next opening, and not by two at once.
    ///
    /// # Errors
    /// The gateway panicked.
    pub(super) fn run(mut self, opening: &Opening) -> Result<Box<dyn Gateway>, Stopped> {
        self.shared.mark_delivery();
        let trunk = Trunk(self.shared.clone());
        self.shielded(opening.delivered, |gateway| gateway.opened(&trunk, opening))?;
        while let Some(batch) = self.next() {
            for entry in &*batch {
                if self.shared.failed() && !planted!(DeliversAfterStop) {
                    return Ok(self.gateway);
                }
                observe::span!(trace_span, "deliver", seq = entry.input.seq.0);
                if planted!(MarkedBeforeDelivered) {
                    self.shared.set_delivered(entry.input.seq);
                }
                self.shielded(entry.input.seq, |gateway| gateway.deliver(entry))?;
                self.shared.set_delivered(entry.input.seq);
            }
        }
        Ok(self.gateway)
    }

    fn next(&self) -> Option<Arc<[Entry]>> {
        let mut spin = Spin::new(self.spin);
        loop {
            if let Ok(batch) = self.from.try_recv() {
                return Some(batch);
            }
            if !spin.once() {
                return self.from.recv().ok();
            }
        }
    }

    fn shielded(&mut self, at: Seq, call: impl FnOnce(&mut dyn Gateway)) -> Result<(), Stopped> {
        let gateway = &mut *self.gateway;
        catch_unwind(AssertUnwindSafe(|| call(gateway))).map_err(|_| {
            let stopped = Stopped::Gateway(at);
            self.shared.stop(stopped.clone());
            stopped
        })
    }
}
