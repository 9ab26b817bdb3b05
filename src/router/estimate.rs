//! How long a contact will wait: an interval, not a point.

use serde::{Deserialize, Serialize};

use crate::capacity::Stage;
use crate::id::ContactId;
use crate::router::Router;
use crate::router::records::{Place, Rank};
use crate::router::state::State;
use crate::time::Span;

/// How contacts of one channel in one queue fare: how fast they are handled, and how soon they lose patience.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Pace {
    /// Mean time from given to given back, in microseconds, over the last of them: each counts for [`Self::HANDLED`]⁻¹, the first ones alike.
    handling: u64,
    /// Contacts handled, up to 2³² − 1.
    seen: u32,
    /// Microseconds waited by those who stood in line, those before the last one weighing less by [`Self::WAITED`]⁻¹ each.
    waited: u64,
    /// How many of them left of their own accord, weighed in the same way, in units of 2⁻¹⁶.
    left: u32,
}

impl Pace {
    const HANDLED: u32 = 64;
    const WAITED: u32 = 256;

    fn handled(&mut self, handled_for: Span) {
        let weight = u64::from(self.seen.min(Self::HANDLED - 1)) + 1;
        let (old, new) = (self.handling, handled_for.0);
        self.handling = match old.checked_mul(weight - 1).and_then(|sum| sum.checked_add(new)) {
            Some(sum) => sum / weight,
            None => ((u128::from(old) * u128::from(weight - 1) + u128::from(new)) / u128::from(weight)) as u64,
        };
        self.seen = self.seen.saturating_add(1);
    }

    fn waited(&mut self, waited_for: Span, left: bool) {
        self.waited = (self.waited - self.waited / u64::from(Self::WAITED)).saturating_add(waited_for.0);
        self.left = self.left - self.left.div_ceil(Self::WAITED) + (u32::from(left) << 16);
    }

    /// Mean patience in microseconds, if anybody has lost it: all waiting over all who left, the most likely value if patience is exponential.
    fn patience(&self) -> Option<u128> {
        let left = u128::from(self.left);
        (left > 0).then(|| ((u128::from(self.waited) << 16) / left).clamp(1, u64::MAX.into()))
    }

    /// Mean and variance of the time, in microseconds and their squares, that as many departures as are ahead, and one more, take from a line served at
    /// `places` at once: with j still ahead, the next is gone at a rate of places / handling + j / patience. Handling is known from so many contacts
    /// only, and that is part of the variance. O(ahead).
    fn wait(&self, ahead: u32, places: u32) -> (u128, u128) {
        let (handling, places) = (u128::from(self.handling), u128::from(places));
        let (mut mean, mut variance) = (0_u128, 0_u128);
        for others in 0..=u128::from(ahead) {
            let time = match self.patience() {
                None => handling / places,
                Some(patience) => handling * patience / (places * patience + others * handling),
            };
            mean += time;
            variance = variance.saturating_add(time.saturating_mul(time));
        }
        let known = u128::from(self.seen.clamp(1, 2 * Self::HANDLED - 1));
        (mean, variance.saturating_add(mean.saturating_mul(mean) / known))
    }
}

/// When a waiting contact can expect to be given to an agent, from now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Estimate {
    /// Contacts before it that compete for the same agents.
    pub ahead: u32,
    /// Contacts of its channel that the agents who may take it can work on at once.
    pub places: u32,
    /// The shortest wait to be expected; one in ten waits less.
    pub low: Span,
    /// The mean.
    pub likely: Span,
    /// The longest wait to be expected; one in ten waits more.
    pub high: Span,
}

impl Router {
    /// How many contacts stand before this one among those it competes with: contacts whose classes some agent could
    /// serve who could serve this one too. `None` unless it waits. O(waiting + crews × classes).
    pub fn position(&self, contact: ContactId) -> Option<u32> {
        let slot = self.waiting_slot(contact)?;
        Some(self.state.ahead_of(slot))
    }

    /// When a waiting contact can expect to be given to an agent; `None` unless it waits, somebody could serve it, and
    /// at least one contact of its queue and channel was handled before. O(waiting + agents + crews × classes).
    ///
    /// With n places that each come free once in a mean handling time h, and customers who wait 1/θ on average before they leave, the wait behind k others
    /// who do not come after it is a sum of exponential times with rates n / h + j θ for j = 0 … k (Whitt, *Predicting queueing delays*, Management Science
    /// 45, 1999; the predictor QLm of Ibrahim and Whitt, Management Science 55, 2009). The interval is that of a gamma distribution with the same mean and
    /// variance (Wilson and Hilferty, *PNAS* 17, 1931). h is a mean over the last 64 contacts handled or so, θ one over the last 256 who waited.
    pub fn estimate_wait(&self, contact: ContactId) -> Option<Estimate> {
        let slot = self.waiting_slot(contact)?;
        let it = &self.state.contacts[slot];
        let pace = self.state.standings[usize::from(it.queue.0)].pace.get(usize::from(it.channel.0))?;
        let places = self.state.places_for(slot);
        if places == 0 || pace.seen == 0 {
            return None;
        }
        let ahead = self.state.ahead_of(slot);
        let (mean, variance) = pace.wait(ahead, places);
        let (low, high) = tenths(mean, variance);
        let span = |value: u128| Span(u64::try_from(value).unwrap_or(u64::MAX));
        // The mean of a very skewed wait lies above nine in ten of them.
        let (low, high) = (low.min(mean), high.max(mean));
        Some(Estimate { ahead, places, low: span(low), likely: span(mean), high: span(high) })
    }

    fn waiting_slot(&self, contact: ContactId) -> Option<u32> {
        self.state.contact_ids.get(&contact).filter(|&slot| self.state.is_waiting(slot))
    }
}

impl State {
    /// Notes how long the contact was in its agent's hands, as it leaves them.
    pub(crate) fn note_pace(&mut self, slot: u32) {
        let it = &self.contacts[slot];
        let since = match it.place {
            Place::With(Stage::Offered | Stage::Reserved) => return,
            Place::With(_) => it.given_at,
            Place::InLine | Place::Scheduled | Place::Parked | Place::Loose => return,
        };
        let handled_for = self.now.since(since);
        self.pace_of(slot).handled(handled_for);
    }

    /// Notes how long the contact stood in line, as it is given to an agent for the first time or leaves of its own accord. Who leaves in
    /// the instant of coming, as at the wait that was announced, was never ahead of anybody, and says nothing of those who stay.
    pub(crate) fn note_wait(&mut self, slot: u32, left: bool) {
        let it = &self.contacts[slot];
        let waited_for = self.now.since(it.first_offer().unwrap_or(it.since));
        if waited_for > Span::ZERO && (left || it.first_offer().is_none()) {
            self.pace_of(slot).waited(waited_for, left);
        }
    }

    #[inline]
    fn pace_of(&mut self, slot: u32) -> &mut Pace {
        let it = &self.contacts[slot];
        let pace = &mut self.standings[usize::from(it.queue.0)].pace;
        let channel = usize::from(it.channel.0);
        if pace.len() <= channel {
            pace.resize(channel + 1, Pace::default());
        }
        &mut pace[channel]
    }

    /// Contacts before this one that compete for its agents.
    fn ahead_of(&self, slot: u32) -> u32 {
        let it = &self.contacts[slot];
        let mine: (Rank, _) = (self.contact_urgency(slot), self.class_key(it));
        if let Some(only) = it.only() {
            let direct = self.classes.waiting_for(only.agent);
            let before = direct.filter(|&other| self.contact_urgency(other) < mine.0);
            return before.count() as u32;
        }
        let staffed = || self.crews.crews.iter().filter(|crew| crew.members > 0);
        let serves = |crew: &crate::router::crews::Crew, key| self.pool_rank(crew.group.0, &crew.skills, key).is_some();
        let mine_too: Vec<_> = staffed().filter(|crew| serves(crew, &mine.1)).collect();
        let mut ahead = 0;
        for class in &self.classes.all {
            if class.line.is_empty() || !mine_too.iter().any(|crew| serves(crew, &class.key)) {
                continue;
            }
            let before = class.line.iter().take_while(|&(rank, _)| self.urgency(rank, class.key.within) < mine.0);
            ahead += before.count() as u32;
        }
        ahead
    }

    /// Contacts of this one's channel that the agents who may take it can work on at once.
    fn places_for(&self, slot: u32) -> u32 {
        let it = &self.contacts[slot];
        let key = self.class_key(it);
        let mut places = 0u32;
        for agent in self.agents_by_id() {
            let who = &self.agents[agent];
            let crew = &self.crews.crews[who.crew as usize];
            let may = match it.only() {
                Some(only) => only.agent == who.id,
                None => self.pool_rank(who.group.0, &crew.skills, &key).is_some(),
            };
            let capacity = self.plan.profile(crew.profile).and_then(|profile| profile.channel(it.channel));
            if let Some(capacity) = capacity.filter(|_| may && !who.draining && who.ready.has(it.channel)) {
                places = places.saturating_add(u32::from(capacity.max));
            }
        }
        places
    }
}

/// The values that one in ten is below, and above, of a gamma distribution with this mean and variance: the mean times the cube of
/// 1 − v ± 1.2816 √v, where 9 v is the variance over the square of the mean.
fn tenths(mean: u128, variance: u128) -> (u128, u128) {
    const ONE: u128 = 1_000_000;
    if mean == 0 {
        return (0, 0);
    }
    let v = ONE * (variance / mean) / (9 * mean);
    let spread = 12_816 * variance.isqrt() * ONE / 30_000 / mean;
    let cubed = |factor: u128| mean * factor / ONE * factor / ONE * factor / ONE;
    (cubed((ONE - v.min(ONE)).saturating_sub(spread)), cubed((ONE + spread).saturating_sub(v)))
}
