//! What is true after every command, checked from scratch.

use crate::capacity::{Load, Stage};
use crate::contact::Turn;
use crate::router::records::{NONE, Place};
use crate::router::state::State;
use crate::router::{Router, ledger};

/// An invariant that does not hold: a defect of the engine, or a checkpoint that contradicts itself.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{invariant}: {detail}")]
pub struct Broken {
    /// Its name.
    pub invariant: &'static str,
    /// What was found.
    pub detail: String,
}

macro_rules! hold {
    ($condition:expr, $invariant:literal, $($detail:tt)*) => {
        if !$condition {
            return Err(Broken { invariant: $invariant, detail: format!($($detail)*) });
        }
    };
}

impl Router {
    /// Checks every invariant from scratch. O(contacts × agents); for tests and for suspicion.
    ///
    /// # Errors
    /// The first that does not hold.
    pub fn check_invariants(&self) -> Result<(), Broken> {
        self.state.check_places()?;
        self.state.check_legs()?;
        self.state.check_joins()?;
        self.state.check_ledgers()?;
        self.state.check_wakes()?;
        self.state.check_lines()?;
        self.state.check_shelves()?;
        self.state.check_customers()?;
        self.state.check_pacing()?;
        self.state.check_nothing_unmatched()
    }
}

impl State {
    /// Each contact is in exactly one place.
    fn check_places(&self) -> Result<(), Broken> {
        let contacts = self.contacts_by_arrival();
        hold!(contacts.len() == self.contacts.len(), "every slot has one contact", "{} slots", self.contacts.len());
        let offers: usize = contacts.iter().map(|&slot| self.offers_of(slot).count()).sum();
        hold!(offers == self.offer_ids.len(), "every open offer is of one contact", "{}", self.offer_ids.len());
        let appointed = contacts.iter().filter(|&&slot| self.contacts[slot].appointed()).count();
        hold!(appointed == self.appointments.len(), "every appointment is of one contact", "{appointed}");
        let held: usize = self.agents_by_id().iter().map(|&slot| self.agents[slot].holding.len()).sum();
        let with = contacts.iter().filter(|&&slot| matches!(self.contacts[slot].place, Place::With(_))).count();
        let with = with + contacts.iter().map(|&slot| self.legs.of(slot).count()).sum::<usize>();
        let with = with + contacts.iter().map(|&slot| self.joins.of(slot).count()).sum::<usize>();
        hold!(held == with, "what agents hold is with them", "{held} held, {with} with agents");
        for slot in contacts {
            let it = &self.contacts[slot];
            hold!(it.place != Place::Loose, "no contact is between two places", "{}", it.id);
            hold!(
                (it.agent == NONE) == matches!(it.place, Place::InLine | Place::Parked | Place::Scheduled),
                "a contact waits, is parked, or is with an agent",
                "{}",
                it.id
            );
            let agents_turn = match it.place {
                Place::With(Stage::Connecting | Stage::Active | Stage::Held | Stage::WrapUp) => None,
                Place::With(Stage::Quiet) => {
                    let held = self.agents[it.agent].holding.iter().find(|held| held.contact == slot);
                    held.map(|held| held.by_itself)
                }
                place => Some(place != Place::Parked),
            };
            hold!(
                agents_turn.is_none_or(|agents| agents == (it.turn() == Turn::Agent)),
                "it is the customer's turn where a contact is quiet or parked, and the agent's where it waits or is to wake",
                "{}",
                it.id
            );
            if let Place::With(stage) = it.place {
                let holder = &self.agents[it.agent];
                let entries = holder.holding.iter().filter(|held| held.contact == slot && held.stage == stage);
                hold!(holder.live && entries.count() == 1, "a contact with an agent is held once", "{}", it.id);
            }
        }
        Ok(())
    }

    /// Nobody is over capacity but by decision of the host.
    fn check_ledgers(&self) -> Result<(), Broken> {
        for slot in self.agents_by_id() {
            let it = &self.agents[slot];
            let Some(profile) = self.plan.profile(self.crews.crews[it.crew as usize].profile) else { continue };
            let load = ledger::load(profile, &it.holding);
            let forced = it.holding.iter().any(|held| held.forced);
            hold!(load <= Load::FULL || forced, "no agent is over-committed", "{} at {load}", it.id);
            hold!(!it.draining || !it.holding.is_empty(), "a draining agent with nothing is gone", "{}", it.id);
            let here = self.now.since(it.signed_in_at);
            hold!(it.worked(self.now) <= here, "no agent works for longer than it is here", "{}", it.id);
        }
        Ok(())
    }

    /// No contact waits for its agent that could go on; and none is kept quiet by an agent who is leaving.
    fn check_wakes(&self) -> Result<(), Broken> {
        for slot in self.agents_by_id() {
            let it = &self.agents[slot];
            for (at, held) in it.holding.iter().enumerate().filter(|(_, held)| held.stage == Stage::Quiet) {
                let contact = self.contacts[held.contact].id;
                let may = held.by_itself && self.may_wake(slot, at).is_some();
                hold!(!may, "what may wake has woken", "{contact} at {}", it.id);
                let kept = it.draining && self.is_to_be_parked(held);
                hold!(!kept, "an agent who is leaving parks what is quiet", "{contact} at {}", it.id);
            }
        }
        Ok(())
    }

    /// Lines and counts are what the records say.
    fn check_lines(&self) -> Result<(), Broken> {
        let lost = self.agents_by_id().into_iter().filter(|&slot| self.agents[slot].lost.is_some()).count();
        hold!(lost == self.lost as usize, "the lost are counted", "{lost}, not {}", self.lost);
        let mut waiting = vec![0u32; self.standings.len()];
        let mut pooled = 0;
        for slot in self.contacts_by_arrival() {
            let it = &self.contacts[slot];
            let key = self.classes.all.get(it.class as usize).map(|class| class.key);
            hold!(key == Some(self.class_key(it)), "a contact is of its class", "{}", it.id);
            if it.place != Place::InLine {
                continue;
            }
            waiting[usize::from(it.queue.0)] += 1;
            if let Some(only) = it.only() {
                let mut direct = self.classes.waiting_for(only.agent);
                hold!(direct.any(|other| other == slot), "a contact waits for whom it wants", "{}", it.id);
                continue;
            }
            pooled += 1;
            let class = &self.classes.all[it.class as usize];
            let there = class.line.iter_from(it.rank()).next() == Some((it.rank(), slot));
            hold!(there, "a contact stands in line under its rank", "{}", it.id);
        }
        for (queue, standing) in self.standings.iter().enumerate() {
            hold!(
                standing.waiting == waiting[queue],
                "a queue counts who waits",
                "queue {queue}: {}",
                standing.waiting
            );
        }
        let lined: usize = self.classes.all.iter().map(|class| class.line.len()).sum();
        let occupied = self.classes.all.iter().filter(|class| !class.line.is_empty()).count();
        hold!(occupied == self.classes.occupied, "occupied classes are counted", "{occupied}");
        hold!(lined == pooled, "lines hold nobody else", "{lined} in lines, {pooled} waiting");
        for lane in &self.classes.lanes {
            for ((rank, class), ()) in lane.heads.iter() {
                let first = self.classes.all[class as usize].line.first();
                hold!(
                    first.is_some_and(|(first, _)| first == rank),
                    "a head is the first of its line",
                    "class {class}"
                );
            }
        }
        Ok(())
    }

    /// Agents on shelves have the room and the keys of their shelf, unless they are still to be shelved.
    fn check_shelves(&self) -> Result<(), Broken> {
        for slot in self.agents_by_id() {
            let it = &self.agents[slot];
            if it.unshelved {
                continue;
            }
            let room = self.load_and_room(slot).1;
            hold!((it.shelf == NONE) == (room.0 == 0), "an agent with room is on a shelf", "{}", it.id);
            if it.shelf != NONE {
                for index in 0..self.orders.indices.len() {
                    let key = (self.key_in(index, slot), it.id.0);
                    let line = &self.crews.shelves[it.shelf as usize].lines[index];
                    let there = line.iter_from(key).next() == Some((key, slot));
                    hold!(there, "an agent stands on its shelf under its key", "{}", it.id);
                }
            }
        }
        Ok(())
    }

    /// What is remembered of customers agrees with itself.
    fn check_customers(&self) -> Result<(), Broken> {
        let broken = self.customers.broken();
        hold!(broken.is_none(), "customers are remembered as they are", "{}", broken.unwrap_or_default());
        for slot in self.contexts.slots() {
            let there = self.contact_ids.get(&self.contacts[slot].id) == Some(slot);
            hold!(there, "what is attached is attached to a contact", "slot {slot}");
        }
        Ok(())
    }

    /// No contact waits that an agent with room could take.
    fn check_nothing_unmatched(&self) -> Result<(), Broken> {
        let agents = self.agents_by_id();
        for slot in self.contacts_by_arrival() {
            let it = &self.contacts[slot];
            if it.place != Place::InLine {
                continue;
            }
            for &agent in &agents {
                hold!(
                    !self.could_take(agent, slot) || !self.may_take(agent, slot),
                    "no pair that fits is left",
                    "{} and {}",
                    it.id,
                    self.agents[agent].id
                );
            }
        }
        Ok(())
    }

    /// Whether the scheduler lets the agent take the waiting contact now.
    pub(crate) fn may_take(&self, agent: u32, contact: u32) -> bool {
        let (who, it) = (&self.agents[agent], &self.contacts[contact]);
        it.is_released() || it.only().is_some() || self.lets(self.team_of(who), who.occupation, it.channel)
    }

    /// Whether the agent has room for the waiting contact and will do for it now.
    pub(crate) fn could_take(&self, agent: u32, contact: u32) -> bool {
        let (who, it) = (&self.agents[agent], &self.contacts[contact]);
        if !self.load_and_room(agent).1.has(it.channel) || self.passed_over(contact, who.id) {
            return false;
        }
        if let Some(only) = it.only() {
            return only.agent == who.id;
        }
        if self.choice(it.queue).only_claimed {
            return false;
        }
        let skills = &self.crews.crews[who.crew as usize].skills;
        self.pool_rank(who.group.0, skills, &self.class_key(it)).is_some()
    }
}
