//! Settling: after each command, free capacity and waiting contacts find each other.

use std::collections::VecDeque;

use crate::capacity::{Over, Stage};
use crate::command::Command;
use crate::contact::Outcome;
use crate::event::{Event, HeldBy, What};
use crate::id::{AgentId, ChannelId, OfferId};
use crate::router::crews::Crew;
use crate::router::explain::Asked;
use crate::router::joins::leaves;
use crate::router::records::Place;
use crate::router::state::State;
use crate::router::trace::Trace;
use crate::time::{Span, Timestamp};

/// What must be looked at before a command is done with, in the order in which it was marked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    agents: VecDeque<u32>,
    contacts: VecDeque<u32>,
    /// The contacts are those that still wait, the most urgent first.
    sorted: bool,
}

/// One command in the making: what it decides is applied and told at once.
pub(crate) struct Step<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) marks: &'a mut Marks,
    pub(crate) trace: &'a mut Trace,
    pub(crate) command: &'a Command,
    pub(crate) out: &'a mut Vec<Event>,
}

impl Step<'_> {
    /// Something happens: it is told, and changes the state.
    // Inlined, so that an event is written where it is kept: written in parts elsewhere and then copied as a whole, it would
    // wait for the parts to reach the cache, six nanoseconds each time.
    #[inline(always)]
    pub(crate) fn emit(&mut self, what: What) {
        if let Some(contact) = leaves(&what)
            && !self.state.joins.is_empty()
        {
            self.part_from(contact);
        }
        self.out.push(Event { at: self.state.now, what });
        self.take_effect();
    }

    fn take_effect(&mut self) {
        if let Some(event) = self.out.last() {
            self.state.evolve(event, self.command);
        }
    }

    pub(crate) fn mark_agent(&mut self, slot: u32) {
        let it = &mut self.state.agents[slot];
        if !it.marked {
            it.marked = true;
            self.marks.agents.push_back(slot);
            let group = it.group;
            if !self.state.teams.is_empty() {
                self.state.teams.stir(self.state.teams.of_group(group));
            }
        }
    }

    pub(crate) fn mark_contact(&mut self, slot: u32) {
        let it = &mut self.state.contacts[slot];
        if !it.marked {
            it.marked = true;
            self.marks.contacts.push_back(slot);
            self.marks.sorted = false;
            let queue = it.queue;
            self.state.teams.stir_all(queue);
        }
    }

    /// Works off everything marked: agents first, then the most urgent contact, and so on; then what the scheduler held back.
    pub(crate) fn settle(&mut self) {
        self.review();
        loop {
            if self.state.teams.has_freed() {
                self.state.take_freed().into_iter().for_each(|agent| self.mark_agent(agent));
            }
            if let Some(agent) = self.marks.agents.pop_front() {
                self.state.agents[agent].marked = false;
                self.settle_agent(agent);
            } else if let Some(contact) = self.next_contact() {
                self.state.contacts[contact].marked = false;
                if self.state.is_waiting(contact)
                    && let Some(agent) = self.find_agent(contact)
                {
                    self.give(contact, agent, false);
                } else {
                    self.ring_more(contact);
                }
            } else if let Some(team) = self.state.teams.next_dirty() {
                if !self.schedule(team) {
                    self.state.teams.clean(team);
                }
            } else if !self.review() {
                return;
            }
        }
    }

    /// Urgency does not change while a command is settled, so one sorting serves until more are marked.
    fn next_contact(&mut self) -> Option<u32> {
        if !self.marks.sorted && self.marks.contacts.len() > 1 {
            self.sort_contacts();
        }
        self.marks.contacts.pop_front()
    }

    #[cold]
    fn sort_contacts(&mut self) {
        let state = &mut *self.state;
        self.marks.contacts.retain(|&slot| {
            state.contacts[slot].marked = state.is_waiting(slot) || state.contacts[slot].is_short();
            state.contacts[slot].marked
        });
        self.marks.contacts.make_contiguous().sort_by_cached_key(|&slot| state.contact_urgency(slot));
        self.marks.sorted = true;
    }

    fn settle_agent(&mut self, agent: u32) {
        if !self.state.agents[agent].live {
            return;
        }
        if self.state.agents[agent].holding.iter().any(|held| held.by_itself) {
            self.resume_what_was_put_aside(agent);
            self.wake_what_waits(agent);
        }
        if self.state.agents[agent].draining {
            self.park_what_is_quiet(agent);
        }
        let it = &self.state.agents[agent];
        if it.draining {
            if it.holding.is_empty() {
                let agent = it.id;
                self.emit(What::AgentSignedOut { agent });
            }
            return;
        }
        self.look_for_contacts(agent);
        self.let_others_look(agent);
    }

    /// An agent takes what it may, until it finds nothing more.
    #[inline]
    pub(crate) fn look_for_contacts(&mut self, agent: u32) {
        loop {
            while let Some(contact) = self.state.find_contact(agent) {
                self.trace.contact_chosen(self.state, agent, contact);
                self.give(contact, agent, false);
            }
            if !self.join_ringing(agent) {
                return;
            }
        }
    }

    fn resume_what_was_put_aside(&mut self, agent: u32) {
        let mut at = 0;
        while let Some(&held) = self.state.agents[agent].holding.get(at) {
            if held.by_itself && held.stage == Stage::Held && self.may_resume(agent, at) {
                let contact = self.state.contacts[held.contact].id;
                let agent = self.state.agents[agent].id;
                self.emit(What::Resumed { contact, agent, by: HeldBy::Arrival });
            }
            at += 1;
        }
    }

    pub(crate) fn may_resume(&self, agent: u32, at: usize) -> bool {
        self.state.may_resume(agent, at)
    }

    pub(crate) fn find_agent(&mut self, contact: u32) -> Option<u32> {
        let arrives = !self.state.teams.is_empty() && self.state.contacts[contact].place == Place::Loose;
        if arrives {
            self.state.is_arriving(contact, true);
        }
        let found = self.state.find_agent(contact);
        if let Some(agent) = found {
            self.trace.agent_chosen(self.state, contact, agent, Asked::Contact);
        }
        if arrives {
            self.state.is_arriving(contact, false);
        }
        found
    }

    /// Gives a contact to an agent; and where it may ring with more at once, rings with them.
    pub(crate) fn give(&mut self, slot: u32, agent: u32, forced: bool) {
        if !forced && self.state.is_early(slot) {
            return self.reserve(slot, agent);
        }
        self.present(slot, agent, forced);
        self.ring_more(slot);
    }

    /// Offers a contact to an agent, or assigns it: what it may put aside is put aside, and its capacity is taken.
    pub(crate) fn present(&mut self, slot: u32, agent: u32, forced: bool) {
        let it = &self.state.contacts[slot];
        let (contact, queue, channel) = (it.id, it.queue, it.channel);
        self.put_aside_for(slot, agent, channel);
        self.state.take_both_in_hand(slot, agent);
        let agent = self.state.agents[agent].id;
        if let Some(time) = self.state.plan.offer_time(queue, channel) {
            let offer = OfferId(self.state.offers + 1);
            let expires = (time != Span::MAX).then(|| self.state.now + time);
            self.emit(What::Offered { offer, contact, agent, expires, forced });
        } else {
            let connect_by = self.state.plan.connect_time(queue, channel).map(|time| self.state.now + time);
            self.emit(What::Assigned { contact, agent, connect_by, forced });
            self.supersede(slot);
        }
    }

    /// Puts aside what a contact that comes to the agent, or changes to its channel there, may put aside.
    pub(crate) fn put_aside_for(&mut self, contact: u32, agent: u32, new: ChannelId) {
        let it = &self.state.agents[agent];
        let crew = it.crew;
        let Some(profile) = self.state.plan.profile(self.state.crews.crews[crew as usize].profile) else { return };
        if profile.arrives_over.is_empty() || it.holding.is_empty() {
            return;
        }
        let mut at = 0;
        while let Some(held) = self.state.agents[agent].holding.get(at) {
            let profile = self.state.plan.profile(self.state.crews.crews[crew as usize].profile);
            let over = profile.map_or(Over::Yes, |profile| profile.over(new, held.channel));
            if held.stage == Stage::Active && !held.joined && over == Over::Hold && held.contact != contact {
                let (contact, id) = (self.state.contacts[held.contact].id, self.state.agents[agent].id);
                self.emit(What::Held { contact, agent: id, by: HeldBy::Arrival });
                self.mark_agent(agent);
            }
            at += 1;
        }
    }

    /// Steps begin that are due, or that nobody staffed stands before.
    #[inline]
    pub(crate) fn advance_steps(&mut self, slot: u32) {
        let queue = self.state.contacts[slot].queue;
        let one_step = self.state.plan.queue(queue).is_none_or(|queue| queue.steps.len() < 2);
        if !one_step || !self.state.choice(queue).delays.is_empty() {
            self.advance_through_steps(slot);
        }
    }

    fn advance_through_steps(&mut self, slot: u32) {
        self.widen(slot);
        loop {
            let it = &self.state.contacts[slot];
            let Some(queue) = self.state.plan.queue(it.queue) else { return };
            if usize::from(it.step) + 1 >= queue.steps.len() {
                return;
            }
            let due = self.state.next_step(it).is_some_and(|due| due <= self.state.now);
            let passed_over = queue.skip_unstaffed && !self.is_staffed(slot);
            if !due && !passed_over {
                return;
            }
            let (contact, step) = (it.id, it.step + 1);
            self.emit(What::Relaxed { contact, step });
        }
    }

    /// Whether anybody signed in, and not draining, will do for the contact in its present step. O(crews).
    pub(crate) fn is_staffed(&self, slot: u32) -> bool {
        let key = self.state.class_key(&self.state.contacts[slot]);
        let mut crews = self.state.crews.crews.iter();
        let rank = |crew: &Crew| self.state.pool_rank_after(crew.group.0, &crew.skills, &key, Span::MAX);
        crews.any(|crew| crew.members > 0 && rank(crew).is_some())
    }

    /// A contact that was with an agent stands in line again, unless it may not wait any more.
    pub(crate) fn come_back(&mut self, slot: u32) {
        let contact = self.state.contacts[slot].id;
        if self.state.contacts[slot].only().is_some() {
            self.emit(What::PreferenceEnded { contact });
        }
        let it = &self.state.contacts[slot];
        let most = self.state.plan.queue(it.queue).map_or(u16::MAX, |queue| queue.offers_per_contact);
        if it.offers >= most {
            self.emit(What::Ended { contact, outcome: Outcome::Unanswered, agent: None });
            return;
        }
        if self.has_waited_longest(slot) {
            self.emit(What::Ended { contact, outcome: Outcome::MaxWait, agent: None });
            return;
        }
        self.line_up(slot);
        self.mark_contact(slot);
    }

    /// Steps advance, and the contact joins the line.
    pub(crate) fn line_up(&mut self, slot: u32) {
        self.advance_steps(slot);
        let it = &self.state.contacts[slot];
        debug_assert_eq!(it.place, Place::Loose, "only what is nowhere else joins a line");
        let (contact, queue, only) = (it.id, it.queue, it.only().map(|only| only.agent));
        let waiting = self.state.standings[usize::from(queue.0)].waiting + 1;
        self.emit(What::Queued { contact, queue, waiting, only });
    }

    pub(crate) fn has_waited_longest(&self, slot: u32) -> bool {
        let it = &self.state.contacts[slot];
        let longest = self.state.longest_wait(it);
        longest.is_some_and(|longest| it.since + longest <= self.state.now && longest < Span::MAX)
    }

    /// Contacts that wait for this agent alone wait for anybody from now on.
    pub(crate) fn release_waiters(&mut self, agent: AgentId) {
        // Each waits elsewhere, once its preference has ended.
        while let Some(slot) = { self.state.classes.waiting_for(agent).next() } {
            let contact = self.state.contacts[slot].id;
            self.emit(What::PreferenceEnded { contact });
            self.mark_contact(slot);
        }
    }

    /// A waiting contact waits for anybody from now on, if its time for one agent alone is over.
    pub(crate) fn end_preference_if_due(&mut self, slot: u32) -> bool {
        let it = &self.state.contacts[slot];
        let due = it.only().is_some_and(|only| only.until <= self.state.now && only.until < Timestamp::MAX);
        if due {
            let contact = it.id;
            self.emit(What::PreferenceEnded { contact });
        }
        due
    }
}
