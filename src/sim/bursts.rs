//! What makes contacts come less evenly than a Poisson process: busy days, batches, campaigns.

use std::sync::Arc;

use crate::time::{Span, Timestamp};

use super::arrivals::{Rate, Steady};
use super::conversation::Turns;
use super::distribution::gamma;
use super::random::{Purpose, Random};

/// Beside the arrivals of a stream themselves.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Bursts {
    /// Some days are busier than others.
    pub busyness: Option<Busyness>,
    /// Contacts come several at a time.
    pub batches: Option<Batches>,
    /// More contacts now and then.
    pub campaigns: Vec<Campaign>,
}

/// A random factor of every day's rate, gamma with mean 1: a doubly stochastic Poisson process, whose counts vary more than
/// Poisson's and are positively correlated within a day.
///
/// W. Whitt, *Dynamic staffing in a telephone call center aiming to immediately answer all calls*, Operations Research
/// Letters 24 (1999); A. Avramidis, A. Deslauriers and P. L'Ecuyer, *Modeling daily arrivals to a telephone call center*,
/// Management Science 50 (2004).
#[derive(Clone, PartialEq, Debug)]
pub struct Busyness {
    /// Its coefficient of variation, from 0.001 to 5.
    pub variation: f64,
    /// Streams that name the same have the same factors; `None` is the stream's own.
    pub shared: Option<Arc<str>>,
}

/// How many contacts come at the same instant: a compound Poisson process. Numbers expected stay numbers of
/// contacts, so that there are fewer instants.
#[derive(Clone, PartialEq, Debug)]
pub enum Batches {
    /// Always so many, at least 1.
    Always(u32),
    /// Geometric with this mean, at least 1.
    Geometric(f64),
    /// One of several sizes: (probability, size). The probabilities sum to 1, sizes are at least 1.
    Sizes(Arc<[(f64, u32)]>),
}

/// Contacts that come beside all others for a while, after a letter, a broadcast, a failure. They are a Poisson
/// process of their own.
#[derive(Clone, PartialEq, Debug)]
pub struct Campaign {
    /// When it begins.
    pub at: Timestamp,
    /// How many are expected in all.
    pub contacts: f64,
    /// For how long they come.
    pub over: Span,
    /// When in that time.
    pub shape: Shape,
}

/// How the contacts of a campaign lie in its time.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Shape {
    /// Evenly.
    Even,
    /// Most at once, then ever fewer, in a straight line down to none.
    #[default]
    Falling,
    /// In a straight line from none up to most.
    Rising,
    /// Up to most in the middle, and down again.
    Peak,
    /// In proportion to these numbers in equal parts of the time; none negative, and not all 0.
    Weights(Arc<[f64]>),
}

impl Bursts {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.busyness.is_none() && self.batches.is_none() && self.campaigns.is_empty()
    }
}

impl Batches {
    /// The mean.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Always(size) => f64::from(*size),
            Self::Geometric(mean) => *mean,
            Self::Sizes(sizes) => sizes.iter().map(|(share, size)| share * f64::from(*size)).sum(),
        }
    }

    fn draw(&self, random: &mut Random) -> u32 {
        match self {
            Self::Always(size) => *size,
            Self::Geometric(mean) => Turns::Geometric(*mean).draw(random),
            Self::Sizes(sizes) => {
                let mut left = random.unit();
                let chosen = sizes.iter().find(|(share, _)| {
                    left -= share;
                    left < 0.0
                });
                chosen.or(sizes.last()).map_or(1, |(_, size)| *size)
            }
        }
    }
}

impl Shape {
    /// When in the campaign, from 0 to 1, that share of its contacts has come.
    fn when(&self, share: f64) -> f64 {
        match self {
            Self::Even => share,
            Self::Falling => 1.0 - libm::sqrt(1.0 - share),
            Self::Rising => libm::sqrt(share),
            Self::Peak if share < 0.5 => libm::sqrt(0.5 * share),
            Self::Peak => 1.0 - libm::sqrt(0.5 * (1.0 - share)),
            Self::Weights(weights) => {
                let mut left = share * weights.iter().sum::<f64>();
                let part = weights.iter().position(|weight| {
                    left -= weight;
                    left < 0.0
                });
                let part = part.unwrap_or(weights.len() - 1);
                let inside = if weights[part] > 0.0 { 1.0 + left / weights[part] } else { 0.0 };
                (part as f64 + inside.clamp(0.0, 1.0)) / weights.len() as f64
            }
        }
    }
}

/// The bursts of one stream as a run goes on.
pub(super) struct Bursting {
    days: Option<Days>,
    batches: Option<(Batches, Random)>,
    /// What of the batch is still to come, and when.
    batch: (u32, Timestamp),
    /// The next batch, and the next of every campaign, once known.
    next: Option<Timestamp>,
    campaigns: Vec<Wave>,
    begun: bool,
    /// Nothing after it matters.
    end: Timestamp,
}

impl Bursting {
    /// `None` if there is nothing of the kind.
    pub(super) fn new(bursts: &Bursts, seed: u64, replication: u32, stream: &str, end: Timestamp) -> Option<Self> {
        if bursts.is_none() {
            return None;
        }
        let random = |purpose| Random::of(seed, replication, stream, purpose);
        let days = bursts.busyness.as_ref().map(|busyness| {
            let random = match &busyness.shared {
                Some(name) => Random::of(seed, replication, name, Purpose::SharedBusyness),
                None => random(Purpose::Busyness),
            };
            Days::new(busyness.variation, random)
        });
        let mut keys = random(Purpose::Campaigns);
        let wave = |campaign: &Campaign| Wave::new(campaign.clone(), Random::keyed(keys.bits()));
        Some(Self {
            days,
            batches: bursts.batches.clone().map(|batches| (batches, random(Purpose::Batches))),
            batch: (0, Timestamp::ZERO),
            next: None,
            campaigns: bursts.campaigns.iter().map(wave).collect(),
            begun: false,
            end,
        })
    }

    /// When the next contact comes, of the steady ones or of a campaign.
    pub(super) fn next(&mut self, steady: &mut Steady) -> Option<Timestamp> {
        if !std::mem::replace(&mut self.begun, true) {
            self.next_batch(steady);
        }
        let campaign = self.campaigns.iter().enumerate().filter_map(|(at, wave)| Some((wave.next?, at))).min();
        match (self.next, campaign) {
            (Some(at), campaign) if campaign.is_none_or(|(other, _)| at <= other) => {
                self.next_batch(steady);
                Some(at)
            }
            (_, Some((at, of))) => {
                self.campaigns[of].go_on();
                Some(at)
            }
            (_, None) => None,
        }
    }

    /// Finds when the next of a batch comes, at once or with the next batch.
    fn next_batch(&mut self, steady: &mut Steady) {
        let (left, at) = self.batch;
        if left > 0 {
            self.batch = (left - 1, at);
            self.next = Some(at);
            return;
        }
        let size = self.batches.as_ref().map_or(1.0, |(batches, _)| batches.mean());
        let end = self.end.0 as f64;
        self.next = if steady.is_fixed() {
            steady.next().map(|contact| contact.at)
        } else {
            let days = &mut self.days;
            steady.next_at(end, |Rate { from, until, per_micro }| {
                let (factor, midnight) = days.as_mut().map_or((1.0, f64::INFINITY), |days| days.factor(from));
                Rate { from, until: until.min(midnight), per_micro: per_micro * factor / size }
            })
        };
        if let (Some(at), Some((batches, random))) = (self.next, &mut self.batches) {
            self.batch = (batches.draw(random).saturating_sub(1), at);
        }
    }
}

/// The factors of days, one after the other.
struct Days {
    shape: f64,
    random: Random,
    /// The day whose factor is known.
    day: u64,
    factor: f64,
}

const DAY: f64 = 86_400e6;

impl Days {
    fn new(variation: f64, random: Random) -> Self {
        let mut days = Self { shape: 1.0 / (variation * variation), random, day: 0, factor: 0.0 };
        days.factor = days.draw();
        days
    }

    fn draw(&mut self) -> f64 {
        gamma(self.shape, &mut self.random) / self.shape
    }

    /// The factor at an instant, which is not before the last one asked for, and when the next day begins.
    fn factor(&mut self, at: f64) -> (f64, f64) {
        while (self.day + 1) as f64 * DAY <= at {
            self.day += 1;
            self.factor = self.draw();
        }
        (self.factor, (self.day + 1) as f64 * DAY)
    }
}

/// A campaign as a run goes on.
struct Wave {
    campaign: Campaign,
    random: Random,
    /// Expected to have come by `next`.
    so_far: f64,
    next: Option<Timestamp>,
}

impl Wave {
    fn new(campaign: Campaign, random: Random) -> Self {
        let mut wave = Self { campaign, random, so_far: 0.0, next: None };
        wave.go_on();
        wave
    }

    /// By change of time: the numbers expected between two contacts are exponential with mean 1.
    fn go_on(&mut self) {
        let Campaign { at, contacts, over, shape } = &self.campaign;
        self.so_far += self.random.exponential();
        let comes = self.so_far < *contacts;
        self.next = comes.then(|| *at + Span((shape.when(self.so_far / contacts) * over.0 as f64) as u64));
    }
}
