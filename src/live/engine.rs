//! The engine thread: takes what there is, applies it, makes it durable, and only then hands it on and answers.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use super::driver::{Driver, DriverError};
use super::gateway::Gateway;
use super::observe::{self, Stopwatch};
use super::publisher::Publisher;
use super::receipt::Reply;
use super::shared::{Between, Message, Shared};
use super::spin::Spin;
use super::stopped::Stopped;
use super::switchboard::SwitchboardOptions;
use super::threads::{JoinHandle, Sender, either};
use crate::id::Seq;
use crate::journal::{Entry, Journal};

/// What is left after an orderly end.
pub(super) type Closed = (Box<dyn Journal>, Box<dyn Gateway>);

/// Longest sleep while something is to come, by clocks that jump without saying so.
const LONGEST: Duration = Duration::from_secs(1);
/// Sleep while names cannot be told because somebody reads them: whoever reads may need this very core for it.
const READ: Duration = Duration::from_millis(1);

pub(super) struct Engine {
    driver: Driver,
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    options: SwitchboardOptions,
    outbox: Outbox,
    publisher: Publisher,
    delivery: JoinHandle<Result<Box<dyn Gateway>, Stopped>>,
    /// Of the batch being made, in the order of its requests.
    replies: Vec<(Reply, Stopwatch)>,
    between: Vec<Between>,
}

/// What goes to the delivery thread.
pub(super) struct Outbox {
    pub(super) to: Sender<Arc<[Entry]>>,
    /// The last command handed over.
    pub(super) handed: Seq,
    /// Found on opening, and to be delivered again before anything else, up to this one.
    pub(super) again_until: Seq,
    /// New ones, to be handed over after those.
    pub(super) held: Vec<Arc<[Entry]>>,
    /// The gateway is too far behind; there is room again when this one is delivered.
    pub(super) resume_at: Option<Seq>,
}

impl Outbox {
    fn delivers_again(&self) -> bool {
        self.handed < self.again_until
    }

    pub(super) fn hand_over(&mut self, entries: Arc<[Entry]>) {
        let Some(last) = entries.last() else { return };
        if self.delivers_again() && !planted!(NewBeforeOld) {
            self.held.push(entries);
            return;
        }
        self.handed = last.input.seq;
        // The delivery thread is gone only when the switchboard has stopped.
        let _ = self.to.send(entries);
    }
}

impl Engine {
    /// With a driver that has let out everything.
    pub(super) fn new(
        driver: Driver,
        shared: Arc<Shared>,
        clock: Arc<dyn Clock>,
        options: SwitchboardOptions,
        outbox: Outbox,
        publisher: Publisher,
        delivery: JoinHandle<Result<Box<dyn Gateway>, Stopped>>,
    ) -> Self {
        let (replies, between) = (Vec::new(), Vec::new());
        Self { driver, shared, clock, options, outbox, publisher, delivery, replies, between }
    }

    /// Runs until it is shut down or stops.
    ///
    /// # Errors
    /// Why it stopped. Everything not answered is answered so, by being dropped.
    pub(super) fn run(mut self) -> Result<Closed, Stopped> {
        self.shared.mark_engine();
        match catch_unwind(AssertUnwindSafe(|| self.work())) {
            Ok(Ok(())) if self.shared.stopped().is_none() => return self.close(),
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.shared.stop(Stopped::Journal(Arc::new(error))),
            Err(_) => self.shared.stop(Stopped::Engine),
        }
        self.shared.end();
        // Of use to what was acknowledged before it was written; there is nobody left to tell.
        let _ = self.driver.flush();
        Err(self.shared.why())
    }

    /// One batch after the other, until there is nothing left to do or the switchboard has stopped.
    fn work(&mut self) -> Result<(), DriverError> {
        let mut closing = false;
        while self.shared.stopped().is_none() {
            let again = self.deliver_again()?;
            let first = if again || self.driver.has_staged() { None } else { self.wait(closing) };
            closing |= self.gather(first, closing)?;
            self.commit()?;
            if closing && self.shared.inbox.is_empty() && !self.outbox.delivers_again() && !self.driver.has_staged() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Reads some of what is to be delivered again, if the gateway has room; whether there is more to be read at once.
    fn deliver_again(&mut self) -> Result<bool, DriverError> {
        if !self.outbox.delivers_again() || !self.has_room() {
            return Ok(false);
        }
        let (mut found, until, most) = (Vec::new(), self.outbox.again_until, self.options.batch.max(1));
        self.driver.replay(self.outbox.handed, &mut |entry| {
            if entry.input.seq <= until && found.len() < most {
                found.push(entry);
                return ControlFlow::Continue(());
            }
            ControlFlow::Break(())
        })?;
        self.outbox.handed = found.last().map_or(until, |entry: &Entry| entry.input.seq);
        let _ = self.outbox.to.send(found.into());
        if !self.outbox.delivers_again() {
            for entries in std::mem::take(&mut self.outbox.held) {
                self.outbox.hand_over(entries);
            }
        }
        Ok(true)
    }

    /// Whether the gateway is not too far behind. If it is, there is room again when half the backlog is done, and the engine
    /// is woken then.
    fn has_room(&mut self) -> bool {
        let (outbox, most) = (&mut self.outbox, self.options.backlog.max(1));
        if outbox.resume_at.is_none() && outbox.handed.0.saturating_sub(self.shared.delivered().0) >= most {
            let at = Seq(outbox.handed.0 - most / 2);
            outbox.resume_at = Some(at);
            self.shared.wake_when_delivered(at);
            observe::behind(outbox.handed.0.saturating_sub(self.shared.delivered().0));
        }
        if outbox.resume_at.is_some_and(|at| self.shared.delivered() < at) {
            return false;
        }
        outbox.resume_at = None;
        true
    }

    /// Whether requests from outside are taken now.
    fn takes(&mut self, closing: bool) -> bool {
        closing || !self.outbox.delivers_again() && self.has_room()
    }

    /// Waits for a message, or until it is time to look again.
    fn wait(&mut self, closing: bool) -> Option<Message> {
        let mut spin = Spin::new(self.options.spin);
        let due = self.driver.next_wake().into_iter().chain(self.publisher.due()).min();
        loop {
            if let Some(message) = self.take(closing) {
                return Some(message);
            }
            if due.is_some_and(|due| due <= self.clock.now())
                || closing && self.shared.inbox.is_empty() && !self.outbox.delivers_again()
            {
                return None;
            }
            if !spin.once() {
                let until = due.map(|due| self.clock.until(due).unwrap_or(LONGEST).min(LONGEST));
                let longest = until.into_iter().chain(self.publisher.has_untold().then_some(READ)).min();
                let takes = self.takes(closing);
                let ordinary = takes.then_some(&self.shared.inbox.ordinary);
                return either(&self.shared.inbox.urgent, ordinary, longest);
            }
        }
    }

    fn take(&mut self, closing: bool) -> Option<Message> {
        let urgent = self.shared.inbox.urgent.try_recv().ok();
        urgent.or_else(|| if self.takes(closing) { self.shared.inbox.ordinary.try_recv().ok() } else { None })
    }

    /// Applies `first` and what else is there, a batch at most; whether it was told to finish.
    fn gather(&mut self, first: Option<Message>, mut closing: bool) -> Result<bool, DriverError> {
        self.driver.delivered(self.shared.delivered());
        let mut message = first;
        loop {
            let next = message.take().or_else(|| self.take(closing));
            match next {
                Some(Message::Request(request, reply, sent)) => {
                    // Pushed first: if applying it panics, it is answered all the same.
                    self.replies.push((reply, sent));
                    self.driver.submit(request, self.clock.now())?;
                }
                Some(Message::Between(act)) => self.between.push(act),
                Some(Message::ShutDown) => closing = true,
                Some(Message::Wake) => {}
                None => break,
            }
            if self.replies.len() >= self.options.batch.max(1) {
                break;
            }
        }
        self.driver.tick(self.clock.now())?;
        Ok(closing)
    }

    /// Makes the batch durable, hands it over and answers.
    fn commit(&mut self) -> Result<(), DriverError> {
        observe::span!(debug_span, "batch", requests = self.replies.len());
        let commit = Stopwatch::start();
        let committed = {
            observe::span!(debug_span, "commit");
            self.driver.commit(self.clock.now())?
        };
        self.outbox.hand_over(committed.entries.clone());
        let sent = self.replies.iter().map(|(_, sent)| *sent);
        observe::batch(&committed.entries, &committed.answers, sent, commit);
        for ((reply, _), answer) in self.replies.drain(..).zip(committed.answers) {
            reply.answer(answer);
        }
        self.publisher.hear(&committed.entries, self.driver.router()?);
        for act in self.between.drain(..) {
            act(&mut self.driver);
        }
        self.publisher.publish(&self.shared, self.driver.router()?, self.outbox.handed, self.clock.now());
        Ok(())
    }

    /// Nothing is left to do: waits until all is delivered, and closes the journal.
    fn close(self) -> Result<Closed, Stopped> {
        let Self { mut driver, shared, clock, outbox, delivery, .. } = self;
        // Whoever sent too late is told now; a gateway that waited for that would never finish.
        shared.stop(Stopped::ShutDown);
        shared.end();
        let _none = Some(outbox).filter(|_| planted!(OutboxKept));
        let gateway = match delivery.join() {
            Ok(delivered) => delivered?,
            Err(_) => return Err(Stopped::Gateway(shared.delivered())),
        };
        driver.delivered(shared.delivered());
        let (_, journal) = driver.close(clock.now()).map_err(|error| Stopped::Journal(Arc::new(error)))?;
        Ok((journal, gateway))
    }
}
