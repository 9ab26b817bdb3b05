//! The switchboard: the engine on a thread of its own, for all the others.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::clock::{Clock, Nudge};
use super::delivery::Delivery;
use super::driver::{Driver, DriverError, DriverOptions};
use super::engine::{Closed, Engine, Outbox};
use super::gateway::Gateway;
use super::observe;
use super::opening::{OpenError, Opening};
use super::publisher::Publisher;
use super::shared::{Message, Shared};
use super::stopped::Stopped;
use super::threads::{JoinHandle, bounded, start, unbounded};
use super::trunk::Trunk;
use super::view::View;
use crate::id::ContactId;
use crate::journal::{Journal, JournalError};
use crate::plan::Plan;
use crate::private::Private;
use crate::time::Span;

/// How a switchboard works.
#[derive(Clone)]
pub struct SwitchboardOptions {
    /// Durability, snapshots, offers in flight and the host's policies.
    pub driver: DriverOptions,
    /// Most requests that wait for the engine; who sends one more waits for room. Default 4,096.
    pub capacity: usize,
    /// Most requests that are made durable together. Larger batches cost those at their beginning time, and the journal fewer
    /// syncs. Default 1,024.
    pub batch: usize,
    /// Most commands that the gateway may be behind before only its own requests are taken. Default 65,536.
    pub backlog: u64,
    /// How long the two threads look for something to do, busily, before they sleep: it saves the time of being woken, some
    /// 5 to 50 µs, to whoever comes within that time, and costs as much of a core after each burst. Zero for hosts that share few cores
    /// with others. Default 20 µs.
    pub spin: Duration,
    /// How often, at most, a new [`View`] is made, by the host's clock. `None`: never, and nothing is kept for it. Default 250 ms.
    pub view_every: Option<Span>,
}

impl Default for SwitchboardOptions {
    fn default() -> Self {
        Self {
            driver: DriverOptions::default(),
            capacity: 4_096,
            batch: 1_024,
            backlog: 65_536,
            spin: Duration::from_micros(20),
            view_every: Some(Span::from_millis(250)),
        }
    }
}

/// The engine with a journal, a clock and the host's I/O, for any number of threads.
///
/// ```text
///  threads of the host ──Trunk──► engine thread ──► journal (one sync per batch)
///          ▲                           │
///          └─────── answers ───────────┴──► delivery thread ──► Gateway
/// ```
///
/// **Nothing leaves before it is durable.** The engine thread takes what requests there are, applies them in memory, writes
/// them with their events, and only then answers and hands the events to the gateway. Timers fire by themselves.
///
/// **Durability** has three levels, [`Durability`](crate::Durability):
///
/// | level | each batch costs | an acknowledged command is lost by |
/// |---|---|---|
/// | `Stable` | a write and a sync of the storage device, a fraction of a millisecond to ten | nothing |
/// | `Written` | a write to the operating system, microseconds | a power failure or a crash of the system: its last few seconds |
/// | `Deferred` | nothing; there is one write every `defer` | also the death of the process: up to `defer` of it |
///
/// **When it stops**, because the journal failed, or the gateway or the engine panicked, everything that was not answered is answered
/// with [`Stopped`]: it is in doubt. Open the journal anew, and ask again with the same ids: what was kept is answered, what was not is done.
///
/// **Once.** Requests numbered by a [`Source`](crate::Source) are done once, however often they are sent.
///
/// **Dropping it** without [`shutdown`](Self::shutdown) is like a crash, which loses nothing that was acknowledged; the gateway
/// finishes the command it is at, and is given the rest after the next opening.
///
/// **Watching it.** With the feature `metrics` it counts by the names below, with `tracing` there are spans around `open`, `batch`,
/// `commit` and `deliver`, and events when it opens, refuses, is held up by its gateway, and stops. Keys, contexts and customers'
/// ids are in none of it ([`Private`]).
///
/// | metric | |
/// |---|---|
/// | `cordboard_commands_total`, `cordboard_events_total` | made durable |
/// | `cordboard_refused_total{why}`, `cordboard_repeated_total` | requests that came to nothing, or had been done before |
/// | `cordboard_batch_commands`, `cordboard_commit_seconds` | how many were made durable together, and how long it took |
/// | `cordboard_answer_seconds` | from sending a request to its answer |
/// | `cordboard_backlog_commands` | which the gateway has not been given; this and what follows with each [`View`] |
/// | `cordboard_waiting`, `cordboard_longest_wait_seconds`, `cordboard_offered`, `cordboard_in_service` `{queue, channel}` | contacts |
/// | `cordboard_agents{group, state}` | `signed_in`, `ready`, `occupied` |
///
/// ```
/// use std::sync::{Arc, mpsc};
/// use cordboard::{Command, Entry, MemoryJournal, NewContact, Plan, Request, Switchboard, SwitchboardOptions, SystemClock, What};
///
/// let plan = Plan::builder().capacity("phone", |p| p.takes("voice", 1)).queue("service", |q| q).build()?;
/// let (voice, service) = (plan.find_channel("voice").unwrap(), plan.find_queue("service").unwrap());
/// let (journal, clock, options) = (MemoryJournal::new(), Arc::new(SystemClock), SwitchboardOptions::default());
/// let (rings, rung) = mpsc::channel();
/// let gateway = move |entry: &Entry| rings.send(entry.events.clone()).unwrap();
/// let (switchboard, _) = Switchboard::open(Box::new(journal.clone()), plan, Box::new(gateway), clock, options)?;
///
/// let trunk = switchboard.trunk();
/// let caller = std::thread::spawn(move || {
///     trunk.call(Request::arrive("call-1@pbx", NewContact::new(service, voice)))?; // durable
///     trunk.call(Request::about("call-1@pbx", |contact| Command::Abandon { contact }))
/// });
/// let answer = caller.join().unwrap()?;
/// assert!(matches!(answer.events()[0].what, What::Ended { .. }));
/// assert!(matches!(rung.recv()?[..], [cordboard::Event { what: What::Arrived { .. }, .. }, ..]));
/// switchboard.shutdown()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Switchboard {
    pub(super) trunk: Trunk,
    pub(super) clock: Arc<dyn Clock>,
    engine: Option<JoinHandle<Result<Closed, Stopped>>>,
}

impl fmt::Debug for Switchboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Switchboard {{ delivered: {}, stopped: {:?} }}", self.trunk.0.delivered(), self.trunk.0.stopped())
    }
}

impl Switchboard {
    /// Opens a journal, as [`Driver::open`] does, and starts the two threads. A new journal begins with `plan`; one that has entries goes
    /// on with its own. What the gateway may not have been given is delivered again before anything new is taken.
    ///
    /// # Errors
    /// The journal cannot be opened; or no thread can be started ([`OpenError::Thread`]).
    pub fn open(
        journal: Box<dyn Journal>,
        plan: Plan,
        gateway: Box<dyn Gateway>,
        clock: Arc<dyn Clock>,
        options: SwitchboardOptions,
    ) -> Result<(Self, Opening), OpenError> {
        observe::span!(info_span, "open");
        let (mut driver, mut opening) = Driver::open(journal, plan, options.driver.clone(), clock.now())?;
        if let Some(delivered) = gateway.delivered() {
            opening.delivered = delivered.min(opening.end);
        }
        driver.delivered(opening.delivered);
        observe::opened(&opening);
        // What fell due meanwhile is durable before anybody sees anything of it.
        let caught_up = driver.commit(clock.now()).map_err(|error| match error {
            DriverError::Journal(error) => error,
            DriverError::Poisoned => JournalError::Poisoned,
        })?;
        let (router, keys) = (
            driver.router().map_err(|_| JournalError::Poisoned)?,
            driver.keys().map_err(|_| JournalError::Poisoned)?.clone(),
        );
        let backlog = router.seq().0 - opening.delivered.0;
        let (publisher, view) = Publisher::new(options.view_every, router, backlog, clock.now());
        let shared = Shared::new(options.capacity, opening.delivered, view, keys);
        clock.watch(Nudge(Arc::downgrade(&shared)));

        let (to, from) = if planted!(DeliveryWaits) { bounded(1) } else { unbounded() };
        let delivery = Delivery { gateway, from, shared: shared.clone(), spin: options.spin };
        let found = opening.clone();
        let delivery = start("cordboard-delivery", move || delivery.run(&found)).map_err(OpenError::Thread)?;
        let mut outbox =
            Outbox { to, handed: opening.delivered, again_until: opening.end, held: Vec::new(), resume_at: None };
        outbox.hand_over(caught_up.entries);
        let engine = Engine::new(driver, shared.clone(), clock.clone(), options, outbox, publisher, delivery);
        let engine = start("cordboard-engine", move || engine.run()).map_err(OpenError::Thread)?;
        Ok((Self { trunk: Trunk(shared), clock, engine: Some(engine) }, opening))
    }

    /// A way in, for threads to have.
    pub fn trunk(&self) -> Trunk {
        self.trunk.clone()
    }

    /// The last picture of the whole: how many wait, since when, who is there. Never waits, and keeps nobody waiting.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use cordboard::{Entry, MemoryJournal, NewContact, Plan, Request, Span, Switchboard, SwitchboardOptions, SystemClock};
    /// # let plan = Plan::builder().capacity("phone", |p| p.takes("voice", 1)).queue("service", |q| q).build()?;
    /// # let (voice, service) = (plan.find_channel("voice").unwrap(), plan.find_queue("service").unwrap());
    /// # let (journal, gateway, clock) = (Box::new(MemoryJournal::new()), Box::new(|_: &Entry| ()), Arc::new(SystemClock));
    /// let options = SwitchboardOptions { view_every: Some(Span::ZERO), ..SwitchboardOptions::default() };
    /// let (switchboard, _) = Switchboard::open(journal, plan, gateway, clock, options)?;
    /// let answer = switchboard.trunk().call(Request::arrive("call-1", NewContact::new(service, voice)))?;
    /// while switchboard.view().seq < answer.seq {}
    /// assert_eq!(switchboard.view().queue(service, voice).waiting, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn view(&self) -> Arc<View> {
        self.trunk.0.view.read().clone()
    }

    /// The contact that the host knows by this name, as of a batch just now. Never keeps the engine waiting; [`Trunk::ask`] sees what was sent before.
    pub fn contact_of(&self, key: &str) -> Option<ContactId> {
        self.trunk.0.names.contact(key)
    }

    /// The host's name of a contact, as of a batch just now.
    pub fn key_of(&self, contact: ContactId) -> Option<Private<Box<str>>> {
        self.trunk.0.names.name(contact)
    }

    /// Why it has stopped, if it has.
    pub fn stopped(&self) -> Option<Stopped> {
        self.trunk.0.stopped().cloned()
    }

    /// Takes nothing more, finishes what was sent, waits until the gateway has been given everything, takes a snapshot, and gives back
    /// journal and gateway: opening them again folds nothing and delivers nothing again.
    ///
    /// # Errors
    /// It had stopped before, or stopped in doing so.
    ///
    /// # Panics
    /// In a callback or in the gateway, for both of which it would wait.
    pub fn shutdown(mut self) -> Result<Closed, Stopped> {
        assert!(
            !self.trunk.0.is_inside(),
            "a callback or the gateway shuts down its own switchboard, which waits for it"
        );
        self.trunk.0.close();
        // If nobody takes it, it has stopped.
        let _ = self.trunk.0.urgent.send(Message::ShutDown);
        match self.engine.take().map(JoinHandle::join) {
            Some(Ok(closed)) => closed,
            _ => Err(Stopped::Engine),
        }
    }
}

impl Drop for Switchboard {
    /// The journal is let go before this returns; the gateway may be at its last command a little longer.
    fn drop(&mut self) {
        if let Some(engine) = self.engine.take() {
            self.trunk.0.stop(Stopped::Dropped);
            // A callback may have had the last of it, and cannot wait for its own thread.
            if !self.trunk.0.is_engine() || planted!(JoinsItself) {
                let _ = engine.join();
            }
        }
    }
}
