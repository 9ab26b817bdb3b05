//! What the engine observes of a team, in whole numbers: how often contacts come, how long they take, how long they wait.

use serde::{Deserialize, Serialize};

use crate::scheduling::Cost;
use crate::scheduling::adaptive::{KindRates, Rates};
use crate::time::{Span, Timestamp};

/// Events of one kind, and over how much time they happened: of one thing, or of as many as there were at once. Once there are
/// more than a meter remembers, events and time are halved, so that what is long ago fades.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Meter {
    events: u64,
    /// Microseconds, times how many there were.
    time: u64,
    since: Timestamp,
}

impl Meter {
    fn pass(&mut self, now: Timestamp, there: u32) {
        self.time = self.time.saturating_add(now.since(self.since).0.saturating_mul(u64::from(there)));
        self.since = now;
    }

    fn count(&mut self, events: u64, most: u64) {
        self.events += events;
        if self.events > most {
            (self.events, self.time) = (self.events / 2, self.time / 2);
        }
    }

    /// Mean time between two events, in microseconds; as if `more` had happened beside, `apart` from each other.
    fn gap(&self, more: u64, apart: u64) -> u64 {
        let time = u128::from(self.time) + u128::from(more) * u128::from(apart);
        u64::try_from(time / u128::from((self.events + more).max(1))).unwrap_or(u64::MAX).max(1)
    }
}

/// Parts of an arrival, so that several teams can have their share of it.
const WHOLE: u64 = 1_024;
/// Arrivals that are remembered, and those by which it is noticed that they come at another pace.
const ARRIVALS: u64 = 512 * WHOLE;
const LATEST: u64 = 48 * WHOLE;
/// Arrivals, come or due, from which on a difference of pace is believed.
const ENOUGH: u64 = 24 * WHOLE;
/// Departures that are remembered, of each kind.
const DEPARTURES: u64 = 1_024;
/// Arrivals from one review to the next, and the least that there must have been to plan on.
pub(crate) const REVIEW: u32 = 16;
const LEAST: u64 = 8 * WHOLE;

/// Taken for true while nothing else is known: minutes of a call, of a chat, of patience; each as if seen twice.
const CALL: u64 = Span::from_mins(5).0;
const CHAT: u64 = Span::from_mins(8).0;
const PATIENCE: u64 = Span::from_mins(5).0;
const SEEN: u64 = 2;
/// That agents are no slower with more chats is taken for as true as if so many departures had shown it.
const NO_SLOWER: u64 = 8;

/// Calls or chats of a team.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
struct Kind {
    arrivals: Meter,
    latest: Meter,
    /// Those who lose patience, over the time that contacts wait.
    leaving: Meter,
    /// Sums of what the arrivals were worth, faded like `arrivals`: thousandths of a unit times parts.
    hold: u64,
    lost: u64,
}

impl Kind {
    fn arrive(&mut self, now: Timestamp, share: u64, cost: Cost) {
        self.arrivals.pass(now, 1);
        self.latest.pass(now, 1);
        let worth = |cost: u32| u64::from(cost).saturating_mul(share);
        self.hold = self.hold.saturating_add(worth(cost.hold_per_minute));
        self.lost = self.lost.saturating_add(worth(cost.lost));
        let before = self.arrivals.events + share;
        self.arrivals.count(share, ARRIVALS);
        if self.arrivals.events < before {
            (self.hold, self.lost) = (self.hold / 2, self.lost / 2);
        }
        self.latest.count(share, LATEST);
        if self.has_another_pace() {
            let (events, cost) = (self.arrivals.events.max(1), [self.hold, self.lost]);
            self.arrivals = self.latest;
            let faded = |sum: u64| (u128::from(sum) * u128::from(self.latest.events) / u128::from(events)) as u64;
            [self.hold, self.lost] = cost.map(faded);
        }
    }

    /// The latest arrivals came nearly twice as fast, or half as fast, as those before make likely.
    fn has_another_pace(&self) -> bool {
        let came = self.latest.events;
        let due =
            u128::from(self.latest.time) * u128::from(self.arrivals.events) / u128::from(self.arrivals.time.max(1));
        let due = u64::try_from(due).unwrap_or(u64::MAX);
        came.max(due) >= ENOUGH && (came * 5 > due.saturating_mul(9) || due > came.saturating_mul(9) / 5)
    }

    fn rates(&self, work: u64) -> Option<KindRates> {
        if self.arrivals.events < LEAST {
            return None;
        }
        let mean = |sum: u64| u32::try_from(sum / self.arrivals.events).unwrap_or(u32::MAX);
        let gap = u128::from(self.arrivals.time) * u128::from(WHOLE) / u128::from(self.arrivals.events);
        Some(KindRates {
            gap: u64::try_from(gap).unwrap_or(u64::MAX).max(1),
            work,
            patience: self.leaving.gap(SEEN, PATIENCE),
            cost: Cost { hold_per_minute: mean(self.hold), lost: mean(self.lost) },
        })
    }
}

/// What is observed of one team.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Watch {
    calls: Kind,
    chats: Kind,
    /// Ends of calls, over the time that agents are on one.
    on_call: Meter,
    /// Ends of chats at agents who hold 1, 2, …, over the time that agents hold so many.
    holding: Vec<Meter>,
    /// Arrivals since the last review.
    pub(crate) unreviewed: u32,
    /// The rates last planned on.
    pub(crate) planned: Option<Rates>,
}

/// One of the numbers that make up a team, before it changes.
#[derive(Clone, Copy)]
pub(crate) enum Number {
    CallsWaiting,
    ChatsWaiting,
    OnCall,
    /// Agents who hold so many chats, from 1.
    Holding(usize),
}

impl Watch {
    pub(crate) fn new(slots: usize, now: Timestamp) -> Self {
        let mut watch = Self { holding: vec![Meter::default(); slots], ..Self::default() };
        watch.begin(now);
        watch
    }

    /// Time begins to be counted now.
    fn begin(&mut self, now: Timestamp) {
        let Self { calls, chats, on_call, holding, .. } = self;
        let of_kinds =
            [calls, chats].into_iter().flat_map(|kind| [&mut kind.arrivals, &mut kind.latest, &mut kind.leaving]);
        of_kinds.chain([on_call]).chain(holding).for_each(|meter| meter.since = now);
    }

    fn meter(&mut self, number: Number) -> Option<&mut Meter> {
        match number {
            Number::CallsWaiting => Some(&mut self.calls.leaving),
            Number::ChatsWaiting => Some(&mut self.chats.leaving),
            Number::OnCall => Some(&mut self.on_call),
            Number::Holding(chats) => self.holding.get_mut(chats.checked_sub(1)?),
        }
    }

    /// Until now the number was `there`.
    pub(crate) fn pass(&mut self, number: Number, now: Timestamp, there: u32) {
        if let Some(meter) = self.meter(number) {
            meter.pass(now, there);
        }
    }

    /// So many left what the number counts, of their own accord or because they were done.
    pub(crate) fn left(&mut self, number: Number, how_many: u64) {
        if let Some(meter) = self.meter(number) {
            meter.count(how_many, DEPARTURES);
        }
    }

    /// Somebody came, of whom each of so many teams has its share.
    pub(crate) fn arrive(&mut self, call: bool, now: Timestamp, teams: u32, cost: Cost) {
        let share = WHOLE / u64::from(teams.max(1));
        if call { &mut self.calls } else { &mut self.chats }.arrive(now, share, cost);
        self.unreviewed += 1;
    }

    /// What it comes to, as far as there is enough to go by.
    pub(crate) fn rates(&self, agents: u32) -> Option<Rates> {
        let all = self.holding.iter().zip(1u64..);
        let (time, ends) = all.fold((0_u128, 0), |(time, ends), (meter, chats)| {
            (time + u128::from(meter.time) * u128::from(chats), ends + meter.events)
        });
        let alone = (time + u128::from(SEEN * CHAT)) / u128::from(ends + SEEN);
        let alone = u64::try_from(alone).unwrap_or(u64::MAX).max(1);
        let ends = self.holding.iter().zip(1u64..).map(|(meter, chats)| meter.gap(NO_SLOWER, (alone / chats).max(1)));
        Some(Rates {
            agents,
            calls: self.calls.rates(self.on_call.gap(SEEN, CALL))?,
            chats: self.chats.rates(alone)?,
            ends: ends.collect(),
        })
    }

    /// As it is to be kept: as of now, whenever it was last looked at.
    pub(crate) fn save(&self, now: Timestamp, there: impl Fn(Number) -> u32) -> Self {
        let mut saved = self.clone();
        for kind in [&mut saved.calls, &mut saved.chats] {
            kind.arrivals.pass(now, 1);
            kind.latest.pass(now, 1);
        }
        let holding = (1..=saved.holding.len()).map(Number::Holding);
        for number in [Number::CallsWaiting, Number::ChatsWaiting, Number::OnCall].into_iter().chain(holding) {
            saved.pass(number, now, there(number));
        }
        saved
    }

    /// Whether what was kept can be of a team whose agents hold so many chats.
    pub(crate) fn fits(&self, slots: usize, now: Timestamp) -> bool {
        let of = |kind: &Kind| [kind.arrivals, kind.latest, kind.leaving];
        let meters = of(&self.calls).into_iter().chain(of(&self.chats)).chain([self.on_call]);
        let most = ARRIVALS.max(DEPARTURES) * 2;
        self.holding.len() == slots
            && meters.chain(self.holding.iter().copied()).all(|meter| meter.since <= now && meter.events <= most)
            && self.planned.as_ref().is_none_or(|rates| rates.ends.len() == slots && rates.agents > 0)
    }
}
