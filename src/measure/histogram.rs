//! A histogram of times, fine enough to read quantiles from.

use crate::time::Span;

/// Counts lengths of time in bins of relative width 1/1024, so that a quantile read from it is within 0.1 %
/// (below 1.024 ms: exact). Recording is O(1); memory at most 440 KB, and as little as the longest time needs.
///
/// ```
/// use cordboard::{Span, measure::Histogram};
/// let mut waits = Histogram::default();
/// for secs in 1..=100 {
///     waits.record(Span::from_secs(secs));
/// }
/// let p90 = waits.quantile(0.9).unwrap().as_secs_f64();
/// assert!((p90 - 90.0).abs() < 0.09);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Histogram {
    bins: Vec<u64>,
    count: u64,
}

/// Bins per doubling, as a power of two.
const FINE: u32 = 10;

impl Histogram {
    /// Counts one.
    pub fn record(&mut self, span: Span) {
        let bin = bin(span.0);
        if bin >= self.bins.len() {
            // A doubling at a time: growing is rare.
            self.bins.resize((bin | ((1 << FINE) - 1)) + 1, 0);
        }
        self.bins[bin] += 1;
        self.count += 1;
    }

    /// So many values, of which nothing else is known: it has no quantiles.
    #[cfg(feature = "sim")]
    pub(crate) fn of_unknown(count: u64) -> Self {
        Self { bins: Vec::new(), count }
    }

    /// Adds all that `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        if other.bins.len() > self.bins.len() {
            self.bins.resize(other.bins.len(), 0);
        }
        for (mine, theirs) in self.bins.iter_mut().zip(&other.bins) {
            *mine += theirs;
        }
        self.count += other.count;
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The times counted, in order and each within 0.1 %, with how many there were of each.
    ///
    /// ```
    /// use cordboard::{Span, measure::Histogram};
    /// let mut waits = Histogram::default();
    /// for micros in [5, 900, 5] {
    ///     waits.record(Span(micros));
    /// }
    /// assert!(waits.counts().eq([(Span(5), 2), (Span(900), 1)]));
    /// ```
    pub fn counts(&self) -> impl Iterator<Item = (Span, u64)> + '_ {
        let counted = self.bins.iter().enumerate().filter(|(_, count)| **count > 0);
        counted.map(|(bin, &count)| (Span(middle(bin)), count))
    }

    /// The smallest time that at least `share` (0 to 1) of those counted do not exceed, within 0.1 %;
    /// `None` if none were counted.
    pub fn quantile(&self, share: f64) -> Option<Span> {
        if self.count == 0 {
            return None;
        }
        let rank = libm::ceil(share.clamp(0.0, 1.0) * self.count as f64).max(1.0) as u64;
        let mut below = 0;
        let at = self.bins.iter().position(|&n| {
            below += n;
            below >= rank
        })?;
        Some(Span(middle(at)))
    }
}

/// The bin of a number of microseconds: itself up to 1,023, then its top eleven bits.
fn bin(micros: u64) -> usize {
    if micros < 1 << FINE {
        return micros as usize;
    }
    let shift = micros.ilog2() - FINE;
    ((u64::from(shift) << FINE) + (micros >> shift)) as usize
}

/// The middle of a bin.
fn middle(bin: usize) -> u64 {
    let bin = bin as u64;
    if bin < 2 << FINE {
        return bin;
    }
    let shift = (bin >> FINE) - 1;
    let low = (bin - (shift << FINE)) << shift;
    low + ((1 << shift) >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_lands_within_a_thousandth() {
        let mut micros: u64 = 1;
        while micros < u64::MAX / 3 {
            for near in [micros - 1, micros, micros + 1, micros + micros / 3] {
                let read = middle(bin(near));
                assert!(read.abs_diff(near) as f64 <= 0.0005 * near as f64, "{near} read as {read}");
            }
            micros = micros * 2 + micros / 7;
        }
        assert!(bin(u64::MAX) < 56 << FINE);
    }

    #[test]
    fn quantiles_are_those_of_the_sample() {
        let mut odd = Histogram::default();
        let mut even = Histogram::default();
        for micros in 0..1000 {
            if micros % 2 == 0 { &mut even } else { &mut odd }.record(Span(micros));
        }
        even.merge(&odd);
        assert_eq!(even.count(), 1000);
        for (share, micros) in [(0.0, 0), (0.001, 0), (0.5, 499), (0.999, 998), (1.0, 999)] {
            assert_eq!(even.quantile(share), Some(Span(micros)), "{share}");
        }
        assert_eq!(Histogram::default().quantile(0.5), None);
    }
}
