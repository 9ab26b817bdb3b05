//! The same under shuttle: channels that work as crossbeam's do, made of its locks, so that every order of sending, receiving and
//! disconnecting may be tried. Time is up whenever shuttle's chance has it.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crossbeam_channel::{RecvError, RecvTimeoutError, SendError, SendTimeoutError, TryRecvError, TrySendError};
use shuttle::rand::Rng;
use shuttle::sync::{Condvar, MutexGuard, RwLockReadGuard, RwLockWriteGuard};

pub(in super::super) use shuttle::sync::atomic::{AtomicBool, AtomicU64};
pub(in super::super) use shuttle::thread::{JoinHandle, yield_now};
pub(in super::super) use shuttle::thread_local;

pub(in super::super) fn start<T: Send + 'static>(
    _: &str,
    run: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<JoinHandle<T>> {
    Ok(shuttle::thread::spawn(run))
}

/// A lock that a panic does not poison.
#[derive(Default)]
pub(in super::super) struct Mutex<T>(shuttle::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(in super::super) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same for many who read.
pub(in super::super) struct RwLock<T>(shuttle::sync::RwLock<T>);

impl<T> RwLock<T> {
    pub(in super::super) fn new(it: T) -> Self {
        Self(shuttle::sync::RwLock::new(it))
    }

    pub(in super::super) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in super::super) fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in super::super) fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        self.0.try_write().ok()
    }
}

pub(in super::super) struct Sender<T>(Arc<Channel<T>>);

pub(in super::super) struct Receiver<T>(Arc<Channel<T>>);

struct Channel<T> {
    inside: Mutex<Inside<T>>,
    changed: Condvar,
    capacity: usize,
}

struct Inside<T> {
    queue: VecDeque<T>,
    senders: usize,
    receiver: bool,
    /// Whoever waits for this channel or another.
    waits: Option<Arc<Signal>>,
}

#[derive(Default)]
struct Signal(Mutex<bool>, Condvar);

impl Signal {
    fn raise(&self) {
        *self.0.lock() = true;
        self.1.notify_one();
    }

    fn wait(&self) {
        let mut raised = self.0.lock();
        while !*raised {
            raised = self.1.wait(raised).unwrap_or_else(PoisonError::into_inner);
        }
        *raised = false;
    }
}

pub(in super::super) fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let inside = Inside { queue: VecDeque::new(), senders: 1, receiver: true, waits: None };
    let inside = Mutex(shuttle::sync::Mutex::new(inside));
    let channel = Arc::new(Channel { inside, changed: Condvar::new(), capacity });
    (Sender(channel.clone()), Receiver(channel))
}

pub(in super::super) fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    bounded(usize::MAX)
}

impl<T> Channel<T> {
    fn tell(&self, inside: MutexGuard<'_, Inside<T>>) {
        let waits = inside.waits.clone();
        drop(inside);
        self.changed.notify_all();
        if let Some(waits) = waits {
            waits.raise();
        }
    }

    fn wait<'a>(&self, inside: MutexGuard<'a, Inside<T>>) -> MutexGuard<'a, Inside<T>> {
        self.changed.wait(inside).unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether time is up now.
fn up() -> bool {
    shuttle::rand::thread_rng().gen_bool(0.3)
}

impl<T> Sender<T> {
    pub(in super::super) fn send(&self, it: T) -> Result<(), SendError<T>> {
        self.put(it, || false).map_err(|error| SendError(error.into_inner()))
    }

    pub(in super::super) fn try_send(&self, it: T) -> Result<(), TrySendError<T>> {
        self.put(it, || true).map_err(|error| match error {
            SendTimeoutError::Timeout(it) => TrySendError::Full(it),
            SendTimeoutError::Disconnected(it) => TrySendError::Disconnected(it),
        })
    }

    pub(in super::super) fn send_timeout(&self, it: T, _: Duration) -> Result<(), SendTimeoutError<T>> {
        self.put(it, up)
    }

    fn put(&self, it: T, up: impl Fn() -> bool) -> Result<(), SendTimeoutError<T>> {
        let mut inside = self.0.inside.lock();
        while inside.receiver && inside.queue.len() >= self.0.capacity {
            if up() {
                return Err(SendTimeoutError::Timeout(it));
            }
            inside = self.0.wait(inside);
        }
        if !inside.receiver {
            return Err(SendTimeoutError::Disconnected(it));
        }
        inside.queue.push_back(it);
        self.0.tell(inside);
        Ok(())
    }
}

impl<T> Receiver<T> {
    pub(in super::super) fn recv(&self) -> Result<T, RecvError> {
        self.take(|| false).map_err(|_| RecvError)
    }

    pub(in super::super) fn recv_timeout(&self, _: Duration) -> Result<T, RecvTimeoutError> {
        self.take(up)
    }

    pub(in super::super) fn try_recv(&self) -> Result<T, TryRecvError> {
        self.take(|| true).map_err(|error| match error {
            RecvTimeoutError::Timeout => TryRecvError::Empty,
            RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
        })
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.0.inside.lock().queue.is_empty()
    }

    fn take(&self, up: impl Fn() -> bool) -> Result<T, RecvTimeoutError> {
        let mut inside = self.0.inside.lock();
        loop {
            if let Some(it) = inside.queue.pop_front() {
                self.0.tell(inside);
                return Ok(it);
            }
            if inside.senders == 0 {
                return Err(RecvTimeoutError::Disconnected);
            }
            if up() {
                return Err(RecvTimeoutError::Timeout);
            }
            inside = self.0.wait(inside);
        }
    }
}

pub(in super::super) fn either<T>(
    one: &Receiver<T>,
    other: Option<&Receiver<T>>,
    longest: Option<Duration>,
) -> Option<T> {
    let signal = Arc::new(Signal::default());
    let both = || [Some(one), other].into_iter().flatten();
    both().for_each(|it| it.0.inside.lock().waits = Some(signal.clone()));
    let taken = loop {
        let found = both().map(Receiver::try_recv).find(|found| !matches!(found, Err(TryRecvError::Empty)));
        match found {
            Some(found) => break found.ok(),
            None if longest.is_some() && up() => break None,
            None => signal.wait(),
        }
    };
    both().for_each(|it| it.0.inside.lock().waits = None);
    taken
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.inside.lock().senders += 1;
        Self(self.0.clone())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut inside = self.0.inside.lock();
        inside.senders -= 1;
        self.0.tell(inside);
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut inside = self.0.inside.lock();
        inside.receiver = false;
        let left = std::mem::take(&mut inside.queue);
        self.0.tell(inside);
        drop(left);
    }
}
