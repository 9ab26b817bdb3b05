//! How long a contact will wait: an interval, not a point.

use serde::{Deserialize, Serialize};

use crate::capacity::Stage;
use crate::id::ContactId;
use crate::router::Router;
use crate::router::records::{Place, Rank};
use crate::router::state::State;
use crate::time::Span;

/// How fast contacts of one channel in one queue are handled: an exponentially weighted mean, one sixteenth per contact.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Pace {
    /// Mean time from given to given back, in microseconds.
    handling: u64,
    /// Contacts handled, up to 2³² − 1.
    seen: u32,
}

impl Pace {
    fn note(&mut self, handled_for: Span) {
        let weight = u64::from(self.seen.min(15)) + 1;
        let (old, new) = (self.handling, handled_for.0);
        self.handling = match old.checked_mul(weight - 1).and_then(|sum| sum.checked_add(new)) {
            Some(sum) => sum / weight,
            None => ((u128::from(old) * u128::from(weight - 1) + u128::from(new)) / u128::from(weight)) as u64,
        };
        self.seen = self.seen.saturating_add(1);
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
    /// With n places that each come free once in a mean handling time h, the wait behind k others is a sum of k + 1
    /// exponential times of mean h / n (Whitt, *Predicting queueing delays*, Management Science 45, 1999): mean
    /// m = (k + 1) h / n, standard deviation m / √(k + 1). The interval is m ± 1.28 deviations. Abandonment ahead makes
    /// it an upper estimate.
    pub fn estimate_wait(&self, contact: ContactId) -> Option<Estimate> {
        let slot = self.waiting_slot(contact)?;
        let it = &self.state.contacts[slot];
        let pace = self.state.standings[usize::from(it.queue.0)].pace.get(usize::from(it.channel.0))?;
        let places = self.state.places_for(slot);
        if places == 0 || pace.seen == 0 {
            return None;
        }
        let ahead = self.state.ahead_of(slot);
        let turns = u128::from(ahead) + 1;
        let mean = turns * u128::from(pace.handling) / u128::from(places);
        let spread = mean * 128 / (turns * 10_000).isqrt().max(1);
        let span = |value: u128| Span(u64::try_from(value).unwrap_or(u64::MAX));
        Some(Estimate {
            ahead,
            places,
            low: span(mean.saturating_sub(spread)),
            likely: span(mean),
            high: span(mean + spread),
        })
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
        let pace = &mut self.standings[usize::from(it.queue.0)].pace;
        let channel = usize::from(it.channel.0);
        if pace.len() <= channel {
            pace.resize(channel + 1, Pace::default());
        }
        pace[channel].note(self.now.since(since));
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
