//! Agents who have joined a contact that another has: for advice, or to talk along.

use crate::capacity::Stage;
use crate::command::Role;
use crate::contact::Turn;
use crate::event::What;
use crate::id::{AgentId, ContactId};
use crate::rejected::Rejected;
use crate::router::checks::Subject;
use crate::router::invariants::Broken;
use crate::router::ledger;
use crate::router::records::{Holding, NONE, Place};
use crate::router::settle::Step;
use crate::router::sorted::Sorted;
use crate::router::state::State;

/// By contact slot and the order of joining; only few contacts have any. O(log n) each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Joins(Sorted<(u32, u64), (AgentId, Role)>);

impl Joins {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who has joined a contact, in the order in which they did.
    pub(crate) fn of(&self, contact: u32) -> impl Iterator<Item = (AgentId, Role)> + '_ {
        self.entries(contact).map(|(_, joined)| joined)
    }

    fn entries(&self, contact: u32) -> impl Iterator<Item = (u64, (AgentId, Role))> + '_ {
        let from = self.0.iter_from((contact, 0));
        from.take_while(move |((of, _), _)| *of == contact).map(|((_, order), joined)| (order, joined))
    }

    /// Adds one who joins last, or changes the role of one who has joined.
    pub(crate) fn set(&mut self, contact: u32, agent: AgentId, role: Role) {
        let known = { self.entries(contact) }.find(|(_, (joined, _))| *joined == agent).map(|(order, _)| order);
        let next = { self.entries(contact) }.last().map_or(0, |(last, _)| last + 1);
        if let Some(order) = known {
            self.0.remove(&(contact, order));
        }
        self.0.insert((contact, known.unwrap_or(next)), (agent, role));
    }

    fn remove(&mut self, contact: u32, agent: AgentId) {
        let order = { self.entries(contact) }.find(|(_, (joined, _))| *joined == agent).map(|(order, _)| order);
        if let Some(order) = order {
            self.0.remove(&(contact, order));
        }
    }
}

/// The contact that an event takes out of its agent's hands, or whose conversation it ends.
#[inline]
pub(crate) fn leaves(what: &What) -> Option<ContactId> {
    match *what {
        What::Returned { contact, .. }
        | What::Parked { contact, .. }
        | What::Ended { contact, agent: Some(_), .. }
        | What::WrapUpStarted { contact, .. }
        | What::ChannelChanged { contact, .. } => Some(contact),
        _ => None,
    }
}

impl State {
    /// Whether this agent has joined the contact.
    pub(crate) fn has_joined(&self, slot: u32, agent: AgentId) -> Option<Role> {
        self.joins.of(slot).find(|(joined, _)| *joined == agent).map(|(_, role)| role)
    }

    /// The first who talks along with the customer, and so can go on without the agent who has the contact.
    pub(crate) fn talks_along(&self, slot: u32) -> Option<AgentId> {
        self.joins.of(slot).find(|(_, role)| *role == Role::Conference).map(|(agent, _)| agent)
    }

    pub(crate) fn check_join(&self, subject: Subject, agent: u32) -> Result<Subject, Rejected> {
        let Subject::Contact(slot) = subject else { return Ok(subject) };
        let (it, who) = (&self.contacts[slot], &self.agents[agent]);
        if it.agent == agent {
            return Err(Rejected::HasItAlready { agent: who.id, contact: it.id });
        }
        if self.has_joined(slot, who.id).is_some() {
            return Ok(subject);
        }
        if who.draining {
            return Err(Rejected::AlreadyDraining(who.id));
        }
        self.check_takes(agent, who.id, it.channel)?;
        let profile = self.plan.profile(self.crews.crews[who.crew as usize].profile);
        let fits = profile.is_some_and(|profile| ledger::load_and_room(profile, &who.holding).1.has(it.channel));
        if fits { Ok(subject) } else { Err(Rejected::NoRoom { agent: who.id, contact: it.id }) }
    }

    pub(crate) fn check_part(&self, contact: ContactId, agent: AgentId) -> Result<Subject, Rejected> {
        let slot = self.contact_ids.get(&contact).ok_or(Rejected::UnknownContact(contact))?;
        let it = &self.contacts[slot];
        let holds = it.agent != NONE && self.agents[it.agent].id == agent;
        // Who has the contact can leave it to another only.
        let may = if holds { self.joins.of(slot).next().is_some() } else { self.has_joined(slot, agent).is_some() };
        if may { Ok(Subject::Contact(slot)) } else { Err(Rejected::NotJoined { agent, contact }) }
    }

    /// Whether an event takes a contact out of its agent's hands while others have joined it.
    pub(super) fn joins_outlast(&self, what: &What) -> bool {
        if self.joins.is_empty() {
            return false;
        }
        let slot = leaves(what).and_then(|contact| self.contact_ids.get(&contact));
        slot.is_some_and(|slot| self.joins.of(slot).next().is_some())
    }

    pub(super) fn join(&mut self, slot: u32, agent: AgentId, role: Role) {
        let known = self.has_joined(slot, agent).is_some();
        self.joins.set(slot, agent, role);
        if known {
            return;
        }
        let (channel, active_since) = (self.contacts[slot].channel, self.now);
        let agent = self.agent_slot(agent);
        let stage = Stage::Active;
        let held =
            Holding { contact: slot, channel, stage, forced: false, by_itself: false, joined: true, active_since };
        self.agents[agent].take_up(held, active_since);
        self.unweigh(agent);
    }

    pub(super) fn part(&mut self, slot: u32, agent: AgentId) {
        self.joins.remove(slot, agent);
        let agent = self.agent_slot(agent);
        let it = &mut self.agents[agent];
        it.let_go(slot, self.now);
        it.released_at = self.now;
        self.unweigh(agent);
    }

    /// The contact goes to one who has joined it; whoever had it is rid of it.
    pub(super) fn hand_over(&mut self, slot: u32, to: AgentId) {
        let now = self.now;
        self.note_pace(slot);
        let from = self.contacts[slot].agent;
        let it = &mut self.agents[from];
        it.let_go(slot, now);
        (it.released_at, it.handled_at) = (now, now);
        self.unweigh(from);
        self.joins.remove(slot, to);
        let agent = self.agent_slot(to);
        self.contacts[slot].agent = agent;
        let it = &mut self.agents[agent];
        it.handled = it.handled.saturating_add(1);
        let held = self.holding_mut(slot);
        (held.joined, held.active_since) = (false, now);
        let it = &mut self.contacts[slot];
        it.place = Place::With(Stage::Active);
        it.given_at = now;
        it.set_deadline(None);
        it.set_turn(Turn::Agent, now);
        self.unweigh(agent);
        self.arm(slot);
    }

    /// Whoever has joined a contact holds it once, as one that is active, beside the agent who has it.
    pub(super) fn check_joins(&self) -> Result<(), Broken> {
        for ((slot, _), (agent, _)) in self.joins.0.iter() {
            let it = &self.contacts[slot];
            let in_hand = matches!(it.place, Place::With(Stage::Active | Stage::Quiet | Stage::Held));
            let held = self.agent_ids.get(&agent).is_some_and(|agent| {
                let holding = self.agents[agent].holding.iter().filter(|held| held.contact == slot);
                agent != it.agent && holding.map(|held| (held.stage, held.joined)).eq([(Stage::Active, true)])
            });
            if !in_hand || !held || self.contact_ids.get(&it.id) != Some(slot) {
                let detail = format!("{} and {agent}", it.id);
                return Err(Broken { invariant: "who has joined a contact holds it once", detail });
            }
        }
        Ok(())
    }
}

impl Step<'_> {
    pub(crate) fn join(&mut self, slot: u32, agent: AgentId, role: Role) {
        let it = &self.state.contacts[slot];
        let (contact, channel) = (it.id, it.channel);
        match self.state.has_joined(slot, agent) {
            Some(known) if known == role => return,
            Some(_) => {}
            None => self.put_aside_for(slot, self.state.agent_slot(agent), channel),
        }
        self.emit(What::Joined { contact, agent, role });
    }

    /// One who has joined leaves; the agent who has the contact leaves it to whoever joined first.
    pub(crate) fn part(&mut self, slot: u32, agent: AgentId) {
        let (contact, leaving) = (self.state.contacts[slot].id, self.state.agent_slot(agent));
        if self.state.contacts[slot].agent != leaving {
            self.emit(What::Parted { contact, agent });
            self.mark_agent(leaving);
            return;
        }
        let first = self.state.joins.of(slot).next();
        if let Some((to, _)) = first {
            self.hand_over(slot, to);
        }
    }

    pub(crate) fn hand_over(&mut self, slot: u32, to: AgentId) {
        let it = &self.state.contacts[slot];
        let (contact, holder) = (it.id, it.agent);
        let from = self.state.agents[holder].id;
        self.emit(What::HandedOver { contact, from, to });
        self.mark_agent(holder);
        // The agent's own now, it may be put aside, and so leave more room.
        let to = self.state.agent_slot(to);
        self.mark_agent(to);
    }

    /// The contact is about to leave its agent's hands, or its conversation to end: whoever had joined it is sent away first.
    #[cold]
    pub(crate) fn part_from(&mut self, contact: ContactId) {
        let slot = self.state.contact_slot(contact);
        while let Some((agent, _)) = { self.state.joins.of(slot).next() } {
            self.part(slot, agent);
        }
    }
}
