//! The line before servers who are all busy.

use super::clearing::Clearing;

/// What happens while every server is busy: those who come wait, in order of arrival, those who wait are taken at a constant rate, and
/// leave of their own accord after exponential times. Seen from here, servers may be anything that takes contacts at that rate.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct WaitingLine {
    /// At which they are taken, per unit of time.
    drain: f64,
    /// At which each loses patience; 0: never.
    leave: f64,
    room: Option<u32>,
    /// By the number waiting: its probability while all are busy.
    shares: Vec<f64>,
    /// The weight of all of these together, where that of nobody waiting is 1. May be infinite.
    mass: f64,
}

/// Lines longer than this are not summed.
const LONGEST: usize = 10_000_000;
const LARGE: f64 = 1e200;

impl WaitingLine {
    /// `None` without a steady state, or where ten million and more would wait. What is cut off is below 1e-16 of the whole.
    pub(super) fn new(arrivals: f64, drain: f64, leave: f64, room: Option<u32>) -> Option<Self> {
        if leave <= 0.0 && arrivals >= drain && room.is_none() {
            return None;
        }
        let (mut weights, mut all, mut scale) = (vec![1.0_f64], 1.0_f64, 1.0_f64);
        let (mut weight, mut length) = (1.0_f64, 0.0_f64);
        while room.is_none_or(|room| length < f64::from(room)) {
            length += 1.0;
            let ratio = arrivals / (drain + length * leave);
            weight *= ratio;
            weights.push(weight);
            all += weight;
            if weight > LARGE {
                weights.iter_mut().for_each(|weight| *weight /= LARGE);
                (weight, all, scale) = (weight / LARGE, all / LARGE, scale * LARGE);
            }
            // The ratios fall, so what is left is less than a geometric series.
            let rest = 1.0 / (1.0 - ratio);
            if ratio < 1.0 && weight * rest * (length + rest) <= 1e-16 * all {
                break;
            }
            if weights.len() > LONGEST {
                return None;
            }
        }
        weights.iter_mut().for_each(|weight| *weight /= all);
        Some(Self { drain, leave, room, shares: weights, mass: all * scale })
    }

    /// The probability that all are busy, where the states in which they are not have `less` times the weight of all busy with
    /// nobody waiting.
    pub(super) fn busy(&self, less: f64) -> f64 {
        if self.mass.is_infinite() { 1.0 } else { self.mass / (self.mass + less) }
    }

    /// While all are busy: the probability that nobody waits.
    pub(super) fn empty(&self) -> f64 {
        self.shares[0]
    }

    /// The probability that there is no room.
    pub(super) fn full(&self) -> f64 {
        self.room.and_then(|room| self.shares.get(room as usize)).copied().unwrap_or(0.0)
    }

    /// The mean number waiting.
    pub(super) fn length(&self) -> f64 {
        self.shares.iter().zip(0_u32..).map(|(share, length)| share * f64::from(length)).sum()
    }

    /// The probability that who arrives is let in and taken within `time`.
    pub(super) fn taken_within(&self, time: f64) -> f64 {
        // Who survives the line has seen it move faster, as if one more could leave it.
        let longer = Clearing::new(self.drain + self.leave, self.leave, time);
        self.found().zip(longer).map(|((share, taken), longer)| share * taken * (1.0 - longer)).sum()
    }

    /// The mean over all who arrive of the wait of those taken, counting 0 for the others.
    pub(super) fn taken_wait(&self) -> f64 {
        let mut wait = 0.0;
        let mut sum = 0.0;
        for ((share, taken), ahead) in self.found().zip(1_u32..) {
            wait += 1.0 / (self.drain + f64::from(ahead) * self.leave);
            sum += share * taken * wait;
        }
        sum
    }

    /// For each number ahead with which somebody is let in: its probability, and that of being taken in the end.
    fn found(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let let_in = self.room.map_or(usize::MAX, |room| room as usize);
        let found = self.shares.iter().take(let_in).zip(1_u32..);
        found.map(|(share, ahead)| (*share, self.drain / (self.drain + f64::from(ahead) * self.leave)))
    }
}
