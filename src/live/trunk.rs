//! The way in: from any thread, with the answer in one of three ways.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::answer::{Answer, Request};
use super::driver::{Driver, DriverError};
use super::keys::Keys;
use super::observe::Stopwatch;
use super::receipt::{Receipt, Reply, not_on_the_engine};
use super::shared::{Message, Shared};
use super::stopped::{Failed, NotSent, Stopped};
use super::threads::{SendTimeoutError, TrySendError, bounded};
use crate::router::Router;

/// A way into a [`Switchboard`](crate::Switchboard), for one thread or many; cloning it is cheap. What one thread sends is done in the order
/// in which it sends it.
#[derive(Clone)]
pub struct Trunk(pub(super) Arc<Shared>);

impl Trunk {
    /// Sends a request. While as many wait as may, waits for room: that is how a switchboard says that it is busy.
    ///
    /// # Errors
    /// The switchboard has stopped; it was not sent.
    pub fn send(&self, request: impl Into<Request>) -> Result<Receipt, Stopped> {
        let (reply, receipt) = Reply::receipt(&self.0);
        self.put(Message::Request(request.into(), reply, Stopwatch::start())).map(|()| receipt)
    }

    /// Sends a request if there is room now.
    ///
    /// # Errors
    /// There is none, or the switchboard has stopped.
    pub fn try_send(&self, request: impl Into<Request>) -> Result<Receipt, NotSent> {
        let (reply, receipt) = Reply::receipt(&self.0);
        self.put_within(request.into(), reply, None).map(|()| receipt)
    }

    /// Sends a request if there is room within so long.
    ///
    /// # Errors
    /// There was none, or the switchboard has stopped.
    pub fn send_timeout(&self, request: impl Into<Request>, longest: Duration) -> Result<Receipt, NotSent> {
        let (reply, receipt) = Reply::receipt(&self.0);
        self.put_within(request.into(), reply, Some(longest)).map(|()| receipt)
    }

    /// Sends a request whose answer is given to `call`, exactly once, whatever happens: on the engine's thread when it is durable, or
    /// on whichever thread finds that the switchboard has stopped.
    ///
    /// The engine waits while it runs: hand the answer on and return. It may send. A panic in it is caught.
    pub fn send_with(&self, request: impl Into<Request>, call: impl FnOnce(Result<Answer, Failed>) + Send + 'static) {
        // One that cannot be sent is dropped, and dropping it calls.
        let _ = self.put(Message::Request(request.into(), Reply::callback(&self.0, call), Stopwatch::start()));
    }

    /// The same if there is room now.
    ///
    /// # Errors
    /// There is none, or the switchboard has stopped; it was not sent, and `call` is not called.
    pub fn try_send_with(
        &self,
        request: impl Into<Request>,
        call: impl FnOnce(Result<Answer, Failed>) + Send + 'static,
    ) -> Result<(), NotSent> {
        self.put_within(request.into(), Reply::callback(&self.0, call), None)
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// It was refused, or the switchboard stopped first.
    ///
    /// # Panics
    /// As [`Receipt::wait`].
    pub fn call(&self, request: impl Into<Request>) -> Result<Answer, Failed> {
        self.send(request)?.wait()
    }

    /// Asks the engine something: why a contact waits ([`Router::explain`]), how long yet ([`Router::estimate_wait`]), what is attached to
    /// it ([`Router::context`]). It is asked between two batches, when everything it can see is durable, and after everything that
    /// this thread has sent. The engine waits meanwhile: ask what is O(log n) at any time, what is O(contacts) seldom.
    ///
    /// # Errors
    /// The switchboard has stopped.
    ///
    /// # Panics
    /// If `question` does, here and not there; and as [`Receipt::wait`].
    pub fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Router, &Keys) -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        self.between(move |driver| Ok(question(driver.router()?, driver.keys()?)))
    }

    /// Has something done with the driver between two batches.
    pub(super) fn between<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Driver) -> Result<T, DriverError> + Send + 'static,
    ) -> Result<T, Stopped> {
        not_on_the_engine(&self.0);
        let (to, from) = bounded(1);
        let act = move |driver: &mut Driver| {
            let _ = to.send(catch_unwind(AssertUnwindSafe(|| act(driver))));
        };
        self.put(Message::Between(Box::new(act)))?;
        match from.recv() {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Err(panic)) => resume_unwind(panic),
            Ok(Ok(Err(_))) | Err(_) => Err(self.0.why()),
        }
    }

    fn put(&self, message: Message) -> Result<(), Stopped> {
        self.0.unless_closing()?;
        let to = if self.0.is_inside() && !planted!(GatewayQueuesUp) { &self.0.urgent } else { &self.0.ordinary };
        let sent = to.send(message).map_err(|_| self.0.why());
        self.0.unless_over();
        sent
    }

    fn put_within(&self, request: Request, reply: Reply, longest: Option<Duration>) -> Result<(), NotSent> {
        if let Err(stopped) = self.0.unless_closing() {
            reply.forget();
            return Err(NotSent::Stopped(stopped));
        }
        let to = if self.0.is_inside() && !planted!(GatewayQueuesUp) { &self.0.urgent } else { &self.0.ordinary };
        let message = Message::Request(request, reply, Stopwatch::start());
        let sent = match longest {
            None => to.try_send(message).map_err(TrySendError::into_inner),
            Some(longest) => to.send_timeout(message, longest).map_err(SendTimeoutError::into_inner),
        };
        self.0.unless_over();
        let Err(Message::Request(request, reply, _)) = sent else { return Ok(()) };
        reply.forget();
        Err(NotSent::Full(Box::new(request)))
    }
}
