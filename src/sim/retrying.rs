//! Customers who were not answered and come again.

use crate::contact::Outcome;
use crate::time::{Span, Timestamp};

use super::calendar::{Calendar, Kind};
use super::distribution::{Distribution, span};
use super::random::Random;
use super::redialling::Redial;

/// Whether, when and how often customers come again who were not answered.
#[derive(Clone, PartialEq, Debug)]
pub struct Retry {
    /// The share of those who come again after they have abandoned.
    pub abandoned: f64,
    /// The same after they were turned away, or waited as long as they might.
    pub overflowed: f64,
    /// From then until they come again.
    pub delay: Distribution,
    /// Most attempts of one customer in all, the first included; at least 1.
    pub attempts: u32,
}

impl Retry {
    /// Most attempts, unless stated.
    pub const ATTEMPTS: u32 = 5;

    fn share(&self, outcome: Outcome) -> f64 {
        if outcome == Outcome::Abandoned { self.abandoned } else { self.overflowed }
    }
}

/// What a customer needs of an agent, which stays the same however often it comes.
#[derive(Clone, Copy)]
pub(super) struct Need {
    /// Microseconds at speed 1, or bits to draw them with.
    pub(super) work: u64,
    /// They are bits.
    pub(super) undrawn: bool,
    /// They depend on who does it, and when.
    pub(super) unscaled: bool,
    pub(super) wrap_up: Option<Span>,
    pub(super) priority: i16,
}

/// One attempt of a customer.
#[derive(Clone, Copy)]
pub(super) struct Attempt {
    pub(super) stream: u32,
    pub(super) need: Need,
    /// The customer's own number: what it does is drawn with it, and so is the same whenever that happens.
    key: u64,
    /// 0 is the first.
    number: u32,
    /// Where the customer is to be called back, and has not answered yet: calls so far.
    pub(super) calls: Option<u32>,
}

/// What of an attempt is drawn.
#[derive(Clone, Copy)]
enum Part {
    Patience,
    Again,
    Balks,
    Misses,
}

impl Attempt {
    pub(super) fn first(stream: u32, need: Need, key: u64) -> Self {
        Self { stream, need, key, number: 0, calls: None }
    }

    /// The same, of which the customer is called back from the beginning, or is not.
    pub(super) fn to_be_called_back(self, is: bool) -> Self {
        Self { calls: is.then_some(0), ..self }
    }

    fn random(&self, part: Part) -> Random {
        Random::part(self.key, u64::from(self.number) << 8 | part as u64)
    }

    /// How patient the customer is this time; the first time it is drawn with the contact.
    pub(super) fn patience(&self, patience: &Distribution) -> Span {
        span(patience.draw(&mut self.random(Part::Patience)))
    }

    /// Between 0 and 1: how ready the customer is to stay in spite of what it is told.
    pub(super) fn firmness(&self) -> f64 {
        self.random(Part::Balks).unit()
    }

    /// Microseconds for which the next call to the customer rings, and until the one after it, if it is in vain.
    pub(super) fn misses(&self, redial: &Redial) -> Option<(f64, f64)> {
        let mut random =
            Random::part(self.key, u64::from(self.calls?) << 40 | u64::from(self.number) << 8 | Part::Misses as u64);
        let misses = random.unit() < redial.no_answer;
        misses.then(|| (redial.ring.draw(&mut random), redial.delay.draw(&mut random)))
    }

    /// When the customer comes again, if it does.
    fn again(&self, retry: &Retry, outcome: Outcome) -> Option<Span> {
        let mut random = self.random(Part::Again);
        let again = self.number + 1 < retry.attempts && random.unit() < retry.share(outcome);
        again.then(|| span(retry.delay.draw(&mut random)))
    }
}

/// The customers of streams in which it matters who they are.
#[derive(Default)]
pub(super) struct Customers {
    /// By contact slot; those of other streams are `None`.
    here: Vec<Option<Attempt>>,
    /// Who has gone and will come again, by the number in the calendar.
    away: Vec<Attempt>,
    free: Vec<u32>,
}

impl Customers {
    /// A contact stands for this attempt from now on.
    pub(super) fn come(&mut self, slot: u32, attempt: Option<Attempt>) {
        if self.here.len() <= slot as usize {
            self.here.resize(slot as usize + 1, None);
        }
        self.here[slot as usize] = attempt;
    }

    /// Who a contact stands for.
    pub(super) fn of(&self, slot: u32) -> Option<&Attempt> {
        self.here.get(slot as usize)?.as_ref()
    }

    /// The same, to be changed.
    pub(super) fn of_mut(&mut self, slot: u32) -> Option<&mut Attempt> {
        self.here.get_mut(slot as usize)?.as_mut()
    }

    /// A contact has ended unanswered.
    pub(super) fn lose(&mut self, slot: u32, retry: &Retry, outcome: Outcome, at: Timestamp, calendar: &mut Calendar) {
        let Some(attempt) = self.here.get_mut(slot as usize).and_then(Option::take) else { return };
        let Some(after) = attempt.again(retry, outcome) else { return };
        let next = Attempt { number: attempt.number + 1, ..attempt };
        let number = match self.free.pop() {
            Some(number) => {
                self.away[number as usize] = next;
                number
            }
            None => {
                self.away.push(next);
                self.away.len() as u32 - 1
            }
        };
        calendar.enter(at + after, Kind::ComesAgain, number, 0);
    }

    /// The customer of that number comes again.
    pub(super) fn back(&mut self, number: u32) -> Attempt {
        self.free.push(number);
        self.away[number as usize]
    }
}
