//! What somebody who waits can be told: predictions of the wait.

use super::clearing::Clearing;

/// The wait of somebody with so many ahead, who does not leave: `ahead` + 1 departures from the line, by service, at a rate that all busy servers
/// have together, or by impatience of those still ahead. The queue-length predictor QL, with abandonment QLm.
///
/// Source: Whitt, *Management Science* 45 (1999); Ibrahim and Whitt, *Management Science* 55 (2009).
///
/// ```
/// use cordboard::measure::WaitBehind;
/// // Ten agents, calls of 3 minutes, five ahead: with everybody patient, 6 × 18 s.
/// let patient = WaitBehind::new(5, 10.0 / 180.0, 0.0).unwrap();
/// assert!((patient.mean() - 108.0).abs() < 1e-9);
/// // If customers wait two minutes on average, some of them will be gone before.
/// let leaving = WaitBehind::new(5, 10.0 / 180.0, 1.0 / 120.0).unwrap();
/// assert!((leaving.mean() - 81.447_835_148).abs() < 1e-6);
/// assert!((leaving.within(leaving.quantile(0.9)) - 0.9).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct WaitBehind {
    ahead: u32,
    drain: f64,
    leave: f64,
}

impl WaitBehind {
    /// `drain`: services per unit of time, of all servers together. `leave`: at which each who waits leaves; 0 for never.
    /// `None` unless both are finite, the first above 0 and the other at least 0.
    pub fn new(ahead: u32, drain: f64, leave: f64) -> Option<Self> {
        let sound = drain.is_finite() && drain > 0.0 && leave.is_finite() && leave >= 0.0;
        sound.then_some(Self { ahead, drain, leave })
    }

    /// The mean: Σ 1 / (drain + j × leave) over j = 0 … ahead.
    pub fn mean(&self) -> f64 {
        self.times().sum()
    }

    /// The standard deviation.
    pub fn deviation(&self) -> f64 {
        libm::sqrt(self.times().map(|time| time * time).sum())
    }

    /// The probability of waiting at most `time`. O(ahead).
    pub fn within(&self, time: f64) -> f64 {
        let longer = Clearing::new(self.drain, self.leave, time).nth(self.ahead as usize);
        1.0 - longer.unwrap_or(1.0)
    }

    /// The time that the share `share` (0 to 1) of such waits do not exceed, to 1e-12 of it.
    pub fn quantile(&self, share: f64) -> f64 {
        let share = share.clamp(0.0, 1.0 - 1e-12);
        let (mut low, mut high) = (0.0, self.mean());
        while self.within(high) < share {
            high *= 2.0;
        }
        while high - low > 1e-12 * high {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if self.within(middle) < share { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    fn times(&self) -> impl Iterator<Item = f64> + '_ {
        (0..=self.ahead).map(|others| 1.0 / (self.drain + f64::from(others) * self.leave))
    }
}

/// A prediction from what others have just waited, for Poisson arrivals and nobody who leaves: mean and standard deviation.
///
/// Told as it is, the wait of another is the predictor LES (the last to enter service) or HOL (the head of the line, so far). What is known with it is
/// more: everybody who arrived since that other did is ahead. These are the refinements by that.
///
/// Source: Ibrahim and Whitt, *Manufacturing & Service Operations Management* 11 (2009), sections 3 and 4.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FromHistory {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub deviation: f64,
}

impl FromHistory {
    /// The last to enter service has waited for `waited`: those who arrived meanwhile are ahead, and one more service is needed.
    ///
    /// ```
    /// use cordboard::measure::FromHistory;
    /// // 0.05 calls arrive and 0.0556 can be served a second; the last one waited for 60 s.
    /// let told = FromHistory::last_served(60.0, 0.05, 1.0 / 18.0);
    /// assert!((told.mean - 72.0).abs() < 1e-9);
    /// ```
    pub fn last_served(waited: f64, arrivals: f64, drain: f64) -> Self {
        Self::of(arrivals * waited, 1.0, drain)
    }

    /// Who is next has waited for `waited` so far, and must be served first.
    pub fn head_of_line(waited: f64, arrivals: f64, drain: f64) -> Self {
        Self::of(arrivals * waited, 2.0, drain)
    }

    /// A Poisson number of exponential services, with this mean, and some more.
    fn of(poisson: f64, more: f64, drain: f64) -> Self {
        Self { mean: (poisson + more) / drain, deviation: libm::sqrt(2.0 * poisson + more) / drain }
    }
}
