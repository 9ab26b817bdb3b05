//! When contacts arrive.

use std::sync::Arc;

use crate::time::{Span, Timestamp};

use super::bursts::Bursting;
use super::random::Random;

/// When the contacts of a stream arrive, and, for recorded ones, what each is like.
#[derive(Clone, PartialEq, Debug)]
pub enum Arrivals {
    /// A Poisson process of constant rate.
    Poisson {
        /// Mean number a minute.
        per_minute: f64,
    },
    /// A Poisson process whose rate follows a profile.
    Profile(Arc<Profile>),
    /// One at the end of every such time, the first after one.
    Every(Span),
    /// Recorded contacts.
    Trace(Arc<[Recorded]>),
}

/// Expected numbers of arrivals in equal intervals, from time 0, over and over.
///
/// ```
/// use cordboard::{Span, sim::Profile};
/// let day = Profile::new(Span::from_mins(60), vec![1.0; 24]).unwrap();
/// assert_eq!(day.expected(), 24.0);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    interval: Span,
    counts: Vec<f64>,
    /// Their sum.
    expected: f64,
}

impl Profile {
    /// `counts[i]` contacts expected in the `i`-th interval. `None` unless the interval is longer than 0, there
    /// is one, and no count is negative or infinite.
    pub fn new(interval: Span, counts: Vec<f64>) -> Option<Self> {
        let sound = interval > Span::ZERO
            && !counts.is_empty()
            && counts.iter().all(|count| count.is_finite() && *count >= 0.0)
            && u64::try_from(counts.len()).ok()?.checked_mul(interval.0).is_some();
        let expected = counts.iter().sum();
        sound.then_some(Self { interval, counts, expected })
    }

    /// Contacts expected in one turn.
    pub fn expected(&self) -> f64 {
        self.expected
    }

    /// The same shape with so many contacts expected per 24 hours in the mean. `None` if nobody is expected at
    /// all, or the number is negative or infinite.
    pub fn scaled(mut self, per_day: f64) -> Option<Self> {
        let factor = per_day * (self.length().0 as f64 / 86_400e6) / self.expected();
        let sound = factor.is_finite() && factor >= 0.0;
        self.counts.iter_mut().for_each(|count| *count *= factor);
        self.expected = self.counts.iter().sum();
        sound.then_some(self)
    }

    /// How long one turn lasts.
    pub fn length(&self) -> Span {
        Span(self.interval.0 * self.counts.len() as u64)
    }
}

/// A recorded contact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Recorded {
    /// When it arrived.
    pub at: Timestamp,
    /// How long it took to handle; `None` is drawn from the stream's distribution.
    pub handle: Option<Span>,
    /// How long its customer waits; `None` is drawn from the stream's distribution, [`Span::MAX`] is for ever.
    pub patience: Option<Span>,
    /// Its priority; `None` is its stream's.
    pub priority: Option<i16>,
}

impl Recorded {
    /// A contact of which only the arrival is known.
    pub const fn arriving(at: Timestamp) -> Self {
        Self { at, handle: None, patience: None, priority: None }
    }
}

/// The contacts of one stream as a run goes on.
pub(super) struct Source {
    steady: Steady,
    bursting: Option<Box<Bursting>>,
}

/// Its arrivals as they are, without bursts.
pub(super) struct Steady {
    arrivals: Arrivals,
    random: Random,
    /// In microseconds, not rounded, so that rounding does not add up.
    clock: f64,
    /// Of a profile: the interval the clock is in. Of a trace: the next contact.
    place: usize,
}

/// How fast contacts come for a while.
#[derive(Clone, Copy)]
pub(super) struct Rate {
    /// Microsecond.
    pub(super) from: f64,
    /// Until when.
    pub(super) until: f64,
    /// Contacts a microsecond.
    pub(super) per_micro: f64,
}

impl Source {
    pub(super) fn new(arrivals: Arrivals, random: Random, bursting: Option<Bursting>) -> Self {
        Self { steady: Steady { arrivals, random, clock: 0.0, place: 0 }, bursting: bursting.map(Box::new) }
    }

    /// The next contact; `None` if there are no more.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Recorded> {
        match &mut self.bursting {
            None => self.steady.next(),
            Some(bursting) => bursting.next(&mut self.steady).map(Recorded::arriving),
        }
    }
}

impl Steady {
    /// Whether they come when they come, and not at a rate.
    pub(super) fn is_fixed(&self) -> bool {
        matches!(self.arrivals, Arrivals::Every(_) | Arrivals::Trace(_))
    }

    /// The next contact where `change` says how much faster or slower they come, and until when; `None` if it comes
    /// after `end`. By change of time, as [`Profile::next`].
    pub(super) fn next_at(&mut self, end: f64, mut change: impl FnMut(Rate) -> Rate) -> Option<Timestamp> {
        let mut left = self.random.exponential();
        while self.clock < end {
            let Rate { until, per_micro, .. } = change(self.rate());
            let here = per_micro * (until - self.clock);
            if left < here {
                self.clock += left / per_micro;
                return (self.clock < end).then_some(Timestamp(self.clock as u64));
            }
            left -= here;
            self.clock = until;
        }
        None
    }

    fn rate(&mut self) -> Rate {
        let (from, for_ever) = (self.clock, f64::INFINITY);
        match &self.arrivals {
            Arrivals::Poisson { per_minute } => Rate { from, until: for_ever, per_micro: per_minute / 60e6 },
            Arrivals::Profile(profile) => {
                let interval = profile.interval.0 as f64;
                if (self.place + 1) as f64 * interval <= from {
                    self.place += 1;
                }
                let per_micro = profile.counts[self.place % profile.counts.len()] / interval;
                Rate { from, until: (self.place + 1) as f64 * interval, per_micro }
            }
            Arrivals::Every(_) | Arrivals::Trace(_) => Rate { from, until: for_ever, per_micro: 0.0 },
        }
    }

    /// The next contact; `None` if there are no more.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Recorded> {
        let Self { arrivals, random, clock, place } = self;
        *clock = match arrivals {
            Arrivals::Poisson { per_minute } if *per_minute > 0.0 => *clock + 60e6 / *per_minute * random.exponential(),
            Arrivals::Every(time) if *time > Span::ZERO => *clock + time.0 as f64,
            Arrivals::Profile(profile) => profile.next(*clock, place, random)?,
            Arrivals::Trace(contacts) => {
                *place += 1;
                return contacts.get(*place - 1).copied();
            }
            _ => return None,
        };
        // Beyond 2⁶³ microseconds nothing is ever simulated.
        (*clock < 9.2e18).then(|| Recorded::arriving(Timestamp(*clock as u64)))
    }
}

impl Profile {
    /// The arrival after `clock`, which lies in the interval `place`. By change of time: the integral of the rate
    /// up to it is exponential with mean 1.
    fn next(&self, mut clock: f64, place: &mut usize, random: &mut Random) -> Option<f64> {
        if self.expected <= 0.0 {
            return None;
        }
        let interval = self.interval.0 as f64;
        let mut left = random.exponential();
        loop {
            let end = (*place + 1) as f64 * interval;
            let rate = self.counts[*place % self.counts.len()] / interval;
            let here = rate * (end - clock);
            if left < here {
                return Some(clock + left / rate);
            }
            left -= here;
            clock = end;
            *place += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::random::Purpose;

    fn source(arrivals: Arrivals) -> Source {
        Source::new(arrivals, Random::of(3, 0, "arrivals", Purpose::Arrivals), None)
    }

    #[test]
    fn a_poisson_stream_has_its_rate_and_its_spread() {
        let mut source = source(Arrivals::Poisson { per_minute: 30.0 });
        let mut per_minute = vec![0_u32; 20_000];
        while let Some(contact) = source.next() {
            match per_minute.get_mut((contact.at.0 / 60_000_000) as usize) {
                Some(count) => *count += 1,
                None => break,
            }
        }
        let n = per_minute.len() as f64;
        let mean = per_minute.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
        let variance = per_minute.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / n;
        assert!((mean - 30.0).abs() < 4.0 * (30.0 / n).sqrt(), "{mean}");
        assert!((variance - 30.0).abs() < 4.0 * 30.0 * (2.0 / n).sqrt(), "{variance}");
    }

    #[test]
    fn a_profile_is_followed_interval_by_interval_and_starts_anew() {
        let profile = Profile::new(Span::from_secs(10), vec![0.0, 4_000.0, 1_000.0, 0.0]).unwrap();
        let mut source = source(Arrivals::Profile(profile.into()));
        let mut counts = [0.0; 8];
        while let Some(contact) = source.next() {
            match counts.get_mut((contact.at.0 / 10_000_000) as usize) {
                Some(count) => *count += 1.0,
                None => break,
            }
        }
        for (count, expected) in counts.iter().zip([0.0, 4_000.0, 1_000.0, 0.0].repeat(2)) {
            let near: f64 = count - expected;
            assert!(near.abs() <= 4.0 * f64::sqrt(expected), "{counts:?}");
        }
    }

    /// Within an interval of constant rate, given their number, arrivals lie as independent uniform times do: largest
    /// distance of the distribution functions as Kolmogorov and Smirnov have it, and numbers as Poisson's vary.
    #[test]
    fn a_profile_is_a_poisson_process_within_each_interval() {
        let profile = Profile::new(Span::from_secs(10), vec![3.0, 0.5, 40.0]).unwrap();
        let mut source = source(Arrivals::Profile(profile.into()));
        let (mut places, mut counts) = ([const { Vec::new() }; 3], vec![0_u32; 30_000]);
        while let Some(contact) = source.next() {
            let interval = (contact.at.0 / 10_000_000) as usize;
            let Some(count) = counts.get_mut(interval) else { break };
            *count += 1;
            places[interval % 3].push((contact.at.0 % 10_000_000) as f64 / 1e7);
        }
        for (kind, (places, expected)) in places.iter_mut().zip([3.0, 0.5, 40.0]).enumerate() {
            places.sort_by(f64::total_cmp);
            let n = places.len() as f64;
            let distance = places.iter().enumerate().map(|(at, place)| ((at as f64 + 0.5) / n - place).abs());
            let distance = distance.fold(0.0, f64::max);
            assert!(distance * n.sqrt() < 1.95, "{kind}: {distance} of {n}"); // exceeded once in a thousand
            let counts = counts.iter().skip(kind).step_by(3).map(|&count| f64::from(count));
            let variance = counts.map(|count| (count - expected).powi(2)).sum::<f64>() / 10_000.0;
            let error = (expected * (1.0 + 2.0 * expected) / 10_000.0).sqrt();
            assert!((variance - expected).abs() < 4.0 * error, "{kind}: {variance} and not {expected}");
        }
    }

    #[test]
    fn nothing_comes_of_no_rate() {
        let silent = Profile::new(Span::from_secs(1), vec![0.0; 3]).unwrap();
        for arrivals in
            [Arrivals::Poisson { per_minute: 0.0 }, Arrivals::Profile(silent.into()), Arrivals::Trace([].into())]
        {
            assert_eq!(source(arrivals).next(), None);
        }
    }

    #[test]
    fn fixed_times_do_not_drift() {
        let mut source = source(Arrivals::Every(Span(333_333)));
        let last = (0..3_000_000).filter_map(|_| source.next()).last();
        assert_eq!(last.map(|contact| contact.at), Some(Timestamp(999_999_000_000)));
    }
}
