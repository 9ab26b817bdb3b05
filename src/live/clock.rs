//! Where a switchboard has the time from.

use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::shared::{Message, Shared};
use super::threads::{AtomicU64, Mutex, Ordering};
use crate::time::{Span, Timestamp};

/// A clock of the host. The engine never reads one: the switchboard does, and stamps each command.
///
/// It may jump or go back; the engine's time then follows, or goes slower until they meet, and never goes back.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// How long from now, at most, until the clock shows `due`; `None`: nobody knows, and [`watch`](Self::watch) tells.
    fn until(&self, due: Timestamp) -> Option<Duration> {
        Some(Duration::from_micros(due.since(self.now()).0))
    }

    /// A switchboard goes by this clock. One that can jump says so with [`Nudge::nudge`], and timers fire at once; they
    /// otherwise do within a second. Nothing by default.
    fn watch(&self, wake: Nudge) {
        drop(wake);
    }
}

/// Makes a switchboard look at its clock.
#[derive(Clone)]
pub struct Nudge(pub(super) Weak<Shared>);

impl Nudge {
    /// Does so, soon. `false` if the switchboard is gone, and this need not be kept.
    pub fn nudge(&self) -> bool {
        self.0.upgrade().is_some_and(|shared| shared.urgent.send(Message::Wake).is_ok())
    }
}

/// Microseconds since the Unix epoch, as the system had it when the process first asked, and counted on steadily from
/// there: setting the system's clock changes nothing until the process is started anew.
#[derive(Clone, Copy, Default, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        static START: OnceLock<(Timestamp, Instant)> = OnceLock::new();
        let (start, instant) = START.get_or_init(|| {
            let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            (Timestamp(micros(unix)), Instant::now())
        });
        *start + Span(micros(instant.elapsed()))
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A clock that stands still until it is set: for tests. Clones show the same time.
///
/// ```
/// # use cordboard::{Clock, ManualClock, Span, Timestamp};
/// let clock = ManualClock::new(Timestamp::from_secs(9));
/// clock.pass(Span::from_secs(20));
/// assert_eq!(clock.now(), Timestamp::from_secs(29));
/// ```
#[derive(Clone, Default)]
pub struct ManualClock(Arc<Manual>);

#[derive(Default)]
struct Manual {
    now: AtomicU64,
    watched_by: Mutex<Vec<Nudge>>,
}

impl ManualClock {
    /// One that shows `now`.
    pub fn new(now: Timestamp) -> Self {
        let clock = Self::default();
        clock.set(now);
        clock
    }

    /// Sets it, forward or back, and wakes whoever goes by it.
    pub fn set(&self, now: Timestamp) {
        self.0.now.store(now.0, Ordering::SeqCst);
        self.0.watched_by.lock().retain(Nudge::nudge);
    }

    /// Lets so much time pass.
    pub fn pass(&self, span: Span) {
        self.set(self.now() + span);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.now.load(Ordering::SeqCst))
    }

    fn until(&self, _: Timestamp) -> Option<Duration> {
        None
    }

    fn watch(&self, wake: Nudge) {
        self.0.watched_by.lock().push(wake);
    }
}
