//! Decisions, recorded as they are made, for whoever asks why.

use crate::id::{AgentId, ContactId};
use crate::obstacle::Obstacle;
use crate::router::Router;
use crate::router::explain::Asked;
use crate::router::state::State;
use crate::time::Timestamp;

/// An agent or a contact that was considered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate<T> {
    /// Which.
    pub id: T,
    /// What stood against it; empty if it could have been chosen.
    pub obstacles: Vec<Obstacle>,
    /// What candidates without obstacles were compared by, the smallest first: for agents 0 for the contact's owner and 1
    /// for others, the place in the pool, unmet preferences, each criterion of the queue in turn, the id; for contacts the rank of the queue,
    /// where the plan says how to choose [between](crate::Between) queues the queue's score in two words, level, instant, age origin, arrival number.
    pub key: Vec<u64>,
}

/// One decision, complete: who was considered, what excluded each, and what broke the tie.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Decision {
    /// A contact looked for an agent.
    AgentFor {
        /// When.
        at: Timestamp,
        /// The contact.
        contact: ContactId,
        /// The agent chosen.
        chosen: AgentId,
        /// Everybody signed in, by id.
        candidates: Vec<Candidate<AgentId>>,
        /// Index in `key` of what decided between the chosen and the next best; `None` if nobody else could take it.
        decided_by: Option<usize>,
    },
    /// An agent looked for a contact.
    ContactFor {
        /// When.
        at: Timestamp,
        /// The agent.
        agent: AgentId,
        /// The contact chosen.
        chosen: ContactId,
        /// Everybody waiting, by arrival; or all that rang with fewer than they may, where the agent joined in ringing, or all of
        /// one queue, where room was made for it.
        candidates: Vec<Candidate<ContactId>>,
        /// Index in `key` of what decided between the chosen and the next best; `None` if there was no other.
        decided_by: Option<usize>,
    },
}

/// Off by default: recording costs a look at everybody for each decision.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    on: bool,
    decisions: Vec<Decision>,
}

impl Router {
    /// Records every decision from now on, or no more. Costs O(agents + waiting) per decision while on; changes no decision.
    pub fn record_decisions(&mut self, on: bool) {
        self.trace.on = on;
    }

    /// Takes the decisions recorded since the last time.
    pub fn take_decisions(&mut self) -> Vec<Decision> {
        std::mem::take(&mut self.trace.decisions)
    }
}

impl Trace {
    #[inline]
    pub(crate) fn agent_chosen(&mut self, state: &State, contact: u32, chosen: u32, asked: Asked<'_>) {
        if self.on {
            self.note_agent(state, contact, chosen, asked);
        }
    }

    fn note_agent(&mut self, state: &State, contact: u32, chosen: u32, asked: Asked<'_>) {
        let candidates: Vec<Candidate<AgentId>> = state
            .agents_by_id()
            .into_iter()
            .map(|agent| {
                let obstacles = state.obstacles(contact, agent, asked);
                let (place, values, id) = state.score(contact, agent);
                let criteria = state.choice(state.contacts[contact].queue).criteria.len();
                let other = u64::from(state.contacts[contact].owner() != Some(state.agents[agent].id));
                let values = values.into_iter().take(criteria);
                let key = [other].into_iter().chain(place).chain(values).chain([id]).collect();
                Candidate { id: state.agents[agent].id, obstacles, key }
            })
            .collect();
        let chosen = state.agents[chosen].id;
        let decided_by = decided_by(&candidates, &chosen);
        let (at, contact) = (state.now, state.contacts[contact].id);
        self.decisions.push(Decision::AgentFor { at, contact, chosen, candidates, decided_by });
    }

    pub(crate) fn contact_chosen(&mut self, state: &State, agent: u32, chosen: u32) {
        if self.on {
            self.note_contact(state, agent, chosen, (Asked::Agent, true), |slot| state.is_waiting(slot));
        }
    }

    /// The agent takes the most urgent contact of one queue, room for which was made.
    pub(crate) fn contact_of_queue_chosen(&mut self, state: &State, agent: u32, chosen: u32) {
        if self.on {
            let queue = state.contacts[chosen].queue;
            let waits = |slot: u32| {
                let it = &state.contacts[slot];
                state.is_waiting(slot) && it.queue == queue && it.only().is_none()
            };
            self.note_contact(state, agent, chosen, (Asked::Nobody, false), waits);
        }
    }

    /// The agent rings with a contact that rings already.
    pub(crate) fn contact_to_ring(&mut self, state: &State, agent: u32, chosen: u32) {
        if self.on {
            self.note_contact(state, agent, chosen, (Asked::Nobody, false), |slot| state.contacts[slot].is_short());
        }
    }

    /// Those compared by an agent who looks: as the scheduler was asked, and between queues or within one.
    fn note_contact(
        &mut self,
        state: &State,
        agent: u32,
        chosen: u32,
        (asked, between_queues): (Asked<'_>, bool),
        among: impl Fn(u32) -> bool,
    ) {
        let all = state.contacts_by_arrival().into_iter().filter(|&slot| among(slot));
        let candidates: Vec<Candidate<ContactId>> = all
            .map(|slot| {
                let it = &state.contacts[slot];
                let group = state.plan.group(state.agents[agent].group);
                // One who waits for this agent alone comes before every queue.
                let serve =
                    if it.only().is_some() { 0 } else { group.and_then(|group| group.serves(it.queue)).unwrap_or(0) };
                let rank = state.contact_urgency(slot);
                let signed = |value: i64| value as u64 ^ (1 << 63);
                let urgency = [signed(rank.level), signed(rank.at), rank.origin.0, rank.arrival];
                let score = (between_queues && it.only().is_none()).then(|| state.recorded_score(agent, slot));
                let score = score.flatten().unwrap_or_default();
                // The highest score is the smallest key.
                let inverted = (score as u128 ^ (1 << 127)) ^ u128::MAX;
                let scored = state.orders.between.is_some().then_some([(inverted >> 64) as u64, inverted as u64]);
                let key = [u64::from(serve)].into_iter().chain(scored.into_iter().flatten()).chain(urgency).collect();
                Candidate { id: it.id, obstacles: state.obstacles(slot, agent, asked), key }
            })
            .collect();
        let chosen = state.contacts[chosen].id;
        let decided_by = decided_by(&candidates, &chosen);
        let (at, agent) = (state.now, state.agents[agent].id);
        self.decisions.push(Decision::ContactFor { at, agent, chosen, candidates, decided_by });
    }
}

fn decided_by<T: PartialEq>(candidates: &[Candidate<T>], chosen: &T) -> Option<usize> {
    let winner = candidates.iter().find(|one| one.id == *chosen)?;
    let others = candidates.iter().filter(|one| one.id != *chosen && one.obstacles.is_empty());
    let next = others.min_by(|one, other| one.key.cmp(&other.key))?;
    winner.key.iter().zip(&next.key).position(|(one, other)| one != other)
}
