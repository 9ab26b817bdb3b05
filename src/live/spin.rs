//! Looking again for a moment before going to sleep: waking a thread takes longer than most pauses between commands.

use std::time::{Duration, Instant};

use super::threads::yield_now;

/// How often it is looked before others may run, and the clock is read.
const LOOKS: u32 = 16;

pub(super) struct Spin {
    longest: Duration,
    since: Option<Instant>,
    looks: u32,
}

impl Spin {
    pub(super) fn new(longest: Duration) -> Self {
        Self { longest, since: None, looks: 0 }
    }

    /// Waits for a moment; `false` when it is time to sleep.
    pub(super) fn once(&mut self) -> bool {
        if self.longest.is_zero() {
            return false;
        }
        self.looks += 1;
        if !self.looks.is_multiple_of(LOOKS) {
            std::hint::spin_loop();
            return true;
        }
        yield_now();
        self.since.get_or_insert_with(Instant::now).elapsed() < self.longest
    }
}
