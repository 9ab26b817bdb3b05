//! Work whose speed depends on how many contacts of its channel the agent has in hand.

use crate::time::Timestamp;

/// The contacts of one channel in one agent's hands. All of them progress at the same speed, so one clock of
/// work done serves them all, and only the one that finishes first stands in the calendar.
#[derive(Clone, Default)]
pub(super) struct Together {
    /// (contact slot, reading of the clock when it is finished).
    contacts: Vec<(u32, f64)>,
    /// Work done on each, in microseconds at speed 1, since somebody was last there after nobody.
    clock: f64,
    read: Timestamp,
    /// Counts changes, so that entries in the calendar made before the last one are known.
    pub(super) stamp: u32,
}

impl Together {
    /// A contact joins, with so much work to do.
    pub(super) fn join(&mut self, slot: u32, work: f64, speed: &[f64], now: Timestamp) {
        self.go_on(speed, now);
        self.contacts.push((slot, self.clock + work));
    }

    /// A contact leaves, finished or not; what work is left.
    pub(super) fn leave(&mut self, slot: u32, speed: &[f64], now: Timestamp) -> f64 {
        self.go_on(speed, now);
        let at = self.contacts.iter().position(|contact| contact.0 == slot);
        at.map_or(0.0, |at| (self.contacts.remove(at).1 - self.clock).max(0.0))
    }

    /// Who finishes first, and when, if nothing changes before.
    pub(super) fn first(&self, speed: &[f64]) -> Option<(u32, Timestamp)> {
        let &(slot, finish) = self.contacts.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        let left = (finish - self.clock).max(0.0) / self.speed(speed);
        Some((slot, Timestamp(self.read.0.saturating_add((left + 0.5) as u64))))
    }

    fn go_on(&mut self, speed: &[f64], now: Timestamp) {
        if self.contacts.is_empty() {
            self.clock = 0.0;
        } else {
            self.clock += now.since(self.read).0 as f64 * self.speed(speed);
        }
        self.read = now;
        self.stamp = self.stamp.wrapping_add(1);
    }

    fn speed(&self, speed: &[f64]) -> f64 {
        let place = self.contacts.len().clamp(1, speed.len().max(1)) - 1;
        speed.get(place).copied().unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn company_slows_work_down_and_the_last_value_goes_on() {
        let speed = [1.0, 0.5, 0.25];
        let mut chats = Together::default();
        chats.join(1, 100.0, &speed, Timestamp(0));
        assert_eq!(chats.first(&speed), Some((1, Timestamp(100))));
        chats.join(2, 100.0, &speed, Timestamp(40)); // 60 left, at half speed
        assert_eq!(chats.first(&speed), Some((1, Timestamp(160))));
        chats.join(3, 10.0, &speed, Timestamp(60)); // 50, 90 and 10 left, at a quarter
        assert_eq!(chats.first(&speed), Some((3, Timestamp(100))));
        chats.join(4, 500.0, &speed, Timestamp(80)); // still a quarter
        assert_eq!(chats.first(&speed), Some((3, Timestamp(100))));
        assert!(chats.leave(3, &speed, Timestamp(100)) < 1e-9);
        assert!((chats.leave(4, &speed, Timestamp(100)) - 495.0).abs() < 1e-9);
        assert_eq!(chats.first(&speed), Some((1, Timestamp(180)))); // 40 left, at half speed
        assert!(chats.leave(1, &speed, Timestamp(180)) < 1e-9);
        assert_eq!(chats.first(&speed), Some((2, Timestamp(220)))); // 40 left, alone
    }
}
