//! How an answer gets back to whoever sent the request.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::answer::{Answer, Refused};
use super::shared::Shared;
use super::stopped::Failed;
use super::threads::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};

/// What a sender has in hand until the answer comes. Dropping it takes nothing back: the request is done all the same.
#[must_use = "whether it was done is known only from the answer; drop it to say that this does not matter"]
pub struct Receipt {
    from: Receiver<Result<Answer, Refused>>,
    answer: Option<Result<Answer, Failed>>,
    shared: Arc<Shared>,
}

impl Receipt {
    /// Waits for the answer: until what was asked is as durable as the options say, or was refused.
    ///
    /// # Errors
    /// It was refused, or the switchboard stopped first.
    ///
    /// # Panics
    /// In a callback of the same switchboard, which would wait for itself for ever.
    pub fn wait(mut self) -> Result<Answer, Failed> {
        not_on_the_engine(&self.shared);
        match self.answer.take() {
            Some(answer) => answer,
            None => match self.from.recv() {
                Ok(answer) => answer.map_err(Failed::Refused),
                Err(_) => Err(Failed::Stopped(self.shared.why())),
            },
        }
    }

    /// Waits so long at most; `None` if there is no answer yet, and it may be asked for again.
    ///
    /// # Panics
    /// As [`wait`](Self::wait).
    pub fn wait_timeout(&mut self, longest: Duration) -> Option<Result<Answer, Failed>> {
        not_on_the_engine(&self.shared);
        if self.answer.is_none() {
            self.answer = match self.from.recv_timeout(longest) {
                Ok(answer) => Some(answer.map_err(Failed::Refused)),
                Err(RecvTimeoutError::Disconnected) => Some(Err(Failed::Stopped(self.shared.why()))),
                Err(RecvTimeoutError::Timeout) => None,
            };
        }
        self.answer.clone()
    }

    /// The answer, if it is there.
    pub fn poll(&mut self) -> Option<Result<Answer, Failed>> {
        if self.answer.is_none() {
            self.answer = match self.from.try_recv() {
                Ok(answer) => Some(answer.map_err(Failed::Refused)),
                Err(TryRecvError::Disconnected) => Some(Err(Failed::Stopped(self.shared.why()))),
                Err(TryRecvError::Empty) => None,
            };
        }
        self.answer.clone()
    }
}

pub(super) fn not_on_the_engine(shared: &Shared) {
    assert!(!shared.is_engine(), "a callback waits for its own switchboard, which would wait for it; poll instead");
}

type Callback = Box<dyn FnOnce(Result<Answer, Failed>) + Send>;

/// Where an answer goes. Dropped unanswered, it says that the switchboard has stopped.
pub(super) enum Reply {
    Receipt(Sender<Result<Answer, Refused>>),
    Callback(Option<Callback>, Arc<Shared>),
}

impl Reply {
    pub(super) fn receipt(shared: &Arc<Shared>) -> (Self, Receipt) {
        let (to, from) = bounded(1);
        (Self::Receipt(to), Receipt { from, answer: None, shared: shared.clone() })
    }

    pub(super) fn callback(shared: &Arc<Shared>, call: impl FnOnce(Result<Answer, Failed>) + Send + 'static) -> Self {
        Self::Callback(Some(Box::new(call)), shared.clone())
    }

    pub(super) fn answer(mut self, answer: Result<Answer, Refused>) {
        match &mut self {
            // Whoever dropped the receipt does not want to know.
            Self::Receipt(to) => drop(to.send(answer)),
            Self::Callback(call, _) => shielded(call.take(), answer.map_err(Failed::Refused)),
        }
    }

    /// Drops it without a word.
    pub(super) fn forget(mut self) {
        if let Self::Callback(call, _) = &mut self {
            *call = None;
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Self::Callback(call, shared) = self
            && call.is_some()
            && !planted!(CallbackForgotten)
        {
            shielded(call.take(), Err(Failed::Stopped(shared.why())));
        }
    }
}

/// A callback's panic is its own: the hook has reported it, and everybody else goes on.
fn shielded(call: Option<Callback>, answer: Result<Answer, Failed>) {
    if let Some(call) = call {
        let _ = catch_unwind(AssertUnwindSafe(|| call(answer)));
    }
}
