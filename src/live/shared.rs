//! What the threads of a switchboard and its trunks share.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use super::answer::Request;
use super::driver::Driver;
use super::keys::Keys;
use super::names::Names;
use super::observe::{self, Stopwatch};
use super::receipt::Reply;
use super::stopped::Stopped;
use super::threads::{AtomicBool, AtomicU64, Ordering, Receiver, RwLock, Sender, bounded, thread_local, unbounded};
use super::view::View;
use crate::id::Seq;

/// What the engine thread is told.
pub(super) enum Message {
    /// Something to do, and where the answer goes.
    Request(Request, Reply, Stopwatch),
    /// Something to be done with the driver between two batches.
    Between(Between),
    /// Look at the clock, at the backlog, at whether to stop.
    Wake,
    /// Finish.
    ShutDown,
}

/// Something to be done with the driver between two batches.
pub(super) type Between = Box<dyn FnOnce(&mut Driver) + Send>;

pub(super) struct Shared {
    /// From everybody; bounded.
    pub(super) ordinary: Sender<Message>,
    /// From the switchboard's own threads, which must never wait for the engine; taken first. Its length is bounded by what
    /// they are given to do.
    pub(super) urgent: Sender<Message>,
    /// The other ends. The engine takes; when it has ended, whoever finds something there drops it, and so answers it.
    pub(super) inbox: Inbox,
    over: AtomicBool,
    stopped: OnceLock<Stopped>,
    closing: AtomicBool,
    delivered: AtomicU64,
    /// The engine is to be woken when this one has been delivered.
    wake_at: AtomicU64,
    pub(super) view: RwLock<Arc<View>>,
    pub(super) names: Names,
}

pub(super) struct Inbox {
    pub(super) ordinary: Receiver<Message>,
    pub(super) urgent: Receiver<Message>,
}

/// Which of a switchboard's threads this is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Engine(usize),
    Delivery(usize),
    Nowhere,
}

thread_local! {
    static INSIDE: Cell<Inside> = const { Cell::new(Inside::Nowhere) };
}

impl Inbox {
    pub(super) fn is_empty(&self) -> bool {
        self.urgent.is_empty() && self.ordinary.is_empty()
    }

    /// Also makes room for those who wait for some, and find out.
    fn clear(&self) {
        while self.urgent.try_recv().or_else(|_| self.ordinary.try_recv()).is_ok() {}
    }
}

impl Shared {
    pub(super) fn new(capacity: usize, delivered: Seq, view: View, keys: Keys) -> Arc<Self> {
        let (ordinary, from_all) = bounded(capacity.max(1));
        let (urgent, from_inside) = unbounded();
        Arc::new(Self {
            ordinary,
            urgent,
            inbox: Inbox { ordinary: from_all, urgent: from_inside },
            over: AtomicBool::new(false),
            stopped: OnceLock::new(),
            closing: AtomicBool::new(false),
            delivered: AtomicU64::new(delivered.0),
            wake_at: AtomicU64::new(u64::MAX),
            view: RwLock::new(Arc::new(view)),
            names: Names::new(keys),
        })
    }

    /// Nobody takes anything any more: what is there is answered with why, and so is whatever comes.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.inbox.clear();
    }

    /// To be called after something was put in: the engine may have ended between looking and putting.
    pub(super) fn unless_over(&self) {
        if self.over.load(Ordering::SeqCst) && !planted!(SentTooLate) {
            self.inbox.clear();
        }
    }

    /// The first reason is the one that counts.
    pub(super) fn stop(&self, why: Stopped) {
        if self.stopped.set(why).is_ok() {
            observe::stopped(&self.why());
        }
        if planted!(StopWakesNobody) {
            return;
        }
        let _ = self.urgent.send(Message::Wake);
    }

    pub(super) fn stopped(&self) -> Option<&Stopped> {
        self.stopped.get()
    }

    /// Whether it stopped otherwise than in order.
    pub(super) fn failed(&self) -> bool {
        self.stopped().is_some_and(|stopped| !matches!(stopped, Stopped::ShutDown))
    }

    /// The reason given to whoever finds nobody there any more.
    pub(super) fn why(&self) -> Stopped {
        self.stopped.get().cloned().unwrap_or(Stopped::Engine)
    }

    /// From now on nothing new is taken.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
    }

    pub(super) fn unless_closing(&self) -> Result<(), Stopped> {
        match self.stopped() {
            Some(stopped) => Err(stopped.clone()),
            None if self.closing.load(Ordering::SeqCst) => Err(Stopped::ShutDown),
            None => Ok(()),
        }
    }

    pub(super) fn delivered(&self) -> Seq {
        Seq(self.delivered.load(Ordering::SeqCst))
    }

    pub(super) fn set_delivered(&self, seq: Seq) {
        let too_early = planted!(LooksTooEarly) && seq.0 < self.wake_at.load(Ordering::SeqCst);
        self.delivered.store(seq.0, Ordering::SeqCst);
        let at = self.wake_at.load(Ordering::SeqCst);
        if seq.0 < at || too_early {
            return;
        }
        if planted!(NewWakeForgotten) {
            self.wake_at.store(u64::MAX, Ordering::SeqCst);
        }
        // If the engine asks for another just now, it also looks how far this has come, and need not be woken for the one before.
        let asked = self.wake_at.compare_exchange(at, u64::MAX, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        if asked || planted!(NewWakeForgotten) {
            let _ = self.urgent.send(Message::Wake);
        }
    }

    /// Wakes the engine when this one has been delivered. Whoever calls this looks at [`delivered`](Self::delivered) afterwards,
    /// before it sleeps.
    pub(super) fn wake_when_delivered(&self, seq: Seq) {
        self.wake_at.store(seq.0, Ordering::SeqCst);
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// This thread is the engine's.
    pub(super) fn mark_engine(&self) {
        INSIDE.with(|it| it.set(Inside::Engine(self.address())));
    }

    /// This thread delivers.
    pub(super) fn mark_delivery(&self) {
        INSIDE.with(|it| it.set(Inside::Delivery(self.address())));
    }

    /// Whether this is a thread that must not wait for the engine to take something.
    pub(super) fn is_inside(&self) -> bool {
        let address = self.address();
        matches!(INSIDE.with(Cell::get), Inside::Engine(of) | Inside::Delivery(of) if of == address)
    }

    pub(super) fn is_engine(&self) -> bool {
        INSIDE.with(Cell::get) == Inside::Engine(self.address())
    }
}
