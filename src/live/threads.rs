//! Every thread, lock and channel that the switchboard is made of, in one place.

use std::time::Duration;

pub(super) use crossbeam_channel::{
    Receiver, RecvTimeoutError, SendTimeoutError, Sender, TryRecvError, TrySendError, bounded, unbounded,
};
pub(super) use parking_lot::Mutex;
pub(super) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
pub(super) use std::thread::{JoinHandle, yield_now};

/// Starts a thread with a name that debuggers show.
pub(super) fn start<T: Send + 'static>(
    name: &str,
    run: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<JoinHandle<T>> {
    std::thread::Builder::new().name(name.into()).spawn(run)
}

/// Waits for something from either channel, `None` when there was nothing for so long. Whoever waits knows that senders are there
/// for as long as it is.
pub(super) fn either<T>(one: &Receiver<T>, other: Option<&Receiver<T>>, longest: Option<Duration>) -> Option<T> {
    let (never, nothing) = (crossbeam_channel::never(), crossbeam_channel::never());
    let too_late = longest.map_or(nothing, crossbeam_channel::after);
    crossbeam_channel::select! {
        recv(one) -> it => it.ok(),
        recv(other.unwrap_or(&never)) -> it => it.ok(),
        recv(too_late) -> _ => None,
    }
}
