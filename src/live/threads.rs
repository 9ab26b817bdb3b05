//! Every thread, lock and channel that the switchboard is made of, in one place: real ones, and in the crate's unit tests those of
//! shuttle, which runs one thread at a time and tries many orders (`schedules.rs`).

#[cfg(not(test))]
pub(super) use real::{
    AtomicBool, AtomicU64, JoinHandle, Mutex, Receiver, RwLock, Sender, bounded, either, start, thread_local,
    unbounded, yield_now,
};
#[cfg(test)]
pub(super) use scheduled::{
    AtomicBool, AtomicU64, JoinHandle, Mutex, Receiver, RwLock, Sender, bounded, either, start, thread_local,
    unbounded, yield_now,
};

pub(super) use crossbeam_channel::{RecvTimeoutError, SendTimeoutError, TryRecvError, TrySendError};
pub(super) use std::sync::atomic::Ordering;

#[cfg(test)]
mod scheduled;

#[cfg(not(test))]
mod real {
    use std::time::Duration;

    pub(in super::super) use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
    pub(in super::super) use parking_lot::{Mutex, RwLock};
    pub(in super::super) use std::sync::atomic::{AtomicBool, AtomicU64};
    pub(in super::super) use std::thread::{JoinHandle, yield_now};
    pub(in super::super) use std::thread_local;

    /// Starts a thread with a name that debuggers show.
    pub(in super::super) fn start<T: Send + 'static>(
        name: &str,
        run: impl FnOnce() -> T + Send + 'static,
    ) -> std::io::Result<JoinHandle<T>> {
        std::thread::Builder::new().name(name.into()).spawn(run)
    }

    /// Waits for something from either channel, `None` when there was nothing for so long. Whoever waits knows that senders are there
    /// for as long as it is.
    pub(in super::super) fn either<T>(
        one: &Receiver<T>,
        other: Option<&Receiver<T>>,
        longest: Option<Duration>,
    ) -> Option<T> {
        let (never, nothing) = (crossbeam_channel::never(), crossbeam_channel::never());
        let too_late = longest.map_or(nothing, crossbeam_channel::after);
        crossbeam_channel::select! {
            recv(one) -> it => it.ok(),
            recv(other.unwrap_or(&never)) -> it => it.ok(),
            recv(too_late) -> _ => None,
        }
    }
}
