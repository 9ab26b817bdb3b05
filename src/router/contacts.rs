//! Contacts as they change: arriving, standing in line, in an agent's hands, going elsewhere, ending.

use crate::capacity::{Profile, Stage};
use crate::command::{Command, TransferTo};
use crate::contact::{Needs, Preferred, Turn};
use crate::id::{AgentId, ChannelId, ContactId, QueueId};
use crate::router::records::{Contact, Excluded, Holding, NONE, Only, Place};
use crate::router::state::State;
use crate::time::{Span, Timestamp};

impl State {
    pub(super) fn arrive(&mut self, id: ContactId, command: &Command) {
        let Command::Enqueue { new, .. } = command else { return };
        self.arrivals += 1;
        let slot = self.contacts.insert(Contact::new(id, self.arrivals, new.queue, new.channel, self.now));
        let needs = self.needs.intern(&new.needs);
        let it = &mut self.contacts[slot];
        it.origin = new.age_origin.unwrap_or(self.now);
        it.priority = new.priority;
        it.needs = needs;
        it.set_answer_within(new.answer_within);
        it.set_max_wait(new.max_wait);
        it.set_wrap_up(new.wrap_up);
        it.set_customer(new.customer);
        let only = match new.preferred {
            Some(preferred) => self.preferred(preferred, new.channel),
            None => self.affine(&self.contacts[slot], new.customer),
        };
        self.contacts[slot].set_only(only);
        self.classify(slot);
        self.contact_ids.insert(id, slot);
        self.take_in_hand(slot);
        if let Some(customer) = new.customer {
            self.customer_has(customer, slot);
        }
        self.appoint(slot, new);
        self.note_arrival(slot);
    }

    /// The agent a contact asks for, if it counts.
    pub(super) fn preferred(&self, preferred: Preferred, channel: ChannelId) -> Option<Only> {
        let agent = self.agent_ids.get(&preferred.agent)?;
        let counts = !self.agents[agent].draining && self.takes(agent, channel);
        counts.then(|| Only { agent: preferred.agent, until: self.now + preferred.wait })
    }

    /// Notes the class of a contact, after every change of what it depends on.
    pub(super) fn classify(&mut self, slot: u32) {
        self.contacts[slot].class = self.class_of(self.class_key(&self.contacts[slot]));
    }

    pub(crate) fn stand_in_line(&mut self, slot: u32) {
        let (level, at) = self.standing_rank(&self.contacts[slot]);
        let it = &mut self.contacts[slot];
        it.left = NONE;
        (it.place, it.level, it.at) = (Place::InLine, level, at);
        let (class, rank, queue, channel, only) = (it.class, it.rank(), it.queue, it.channel, it.only());
        self.standings[usize::from(queue.0)].waiting += 1;
        match only {
            Some(only) => self.classes.join_direct(only.agent, rank.arrival, slot),
            None => {
                self.note_in_line(queue, channel, true);
                self.classes.join(class, rank, slot);
            }
        }
        self.arm(slot);
    }

    pub(super) fn leave_line(&mut self, slot: u32) {
        let it = &mut self.contacts[slot];
        it.place = Place::Loose;
        let (class, rank, queue, channel, only) = (it.class, it.rank(), it.queue, it.channel, it.only());
        self.standings[usize::from(queue.0)].waiting -= 1;
        match only {
            Some(only) => self.classes.leave_direct(only.agent, rank.arrival),
            None => {
                self.note_in_line(queue, channel, false);
                self.classes.leave(class, rank);
            }
        }
    }

    /// Changes what a contact's place in line depends on, wherever it is.
    pub(super) fn restand(&mut self, id: ContactId, change: impl FnOnce(&mut Contact, Timestamp)) {
        let slot = self.contact_slot(id);
        let waits = self.is_waiting(slot);
        if waits {
            self.leave_line(slot);
        }
        change(&mut self.contacts[slot], self.now);
        self.classify(slot);
        if waits {
            self.stand_in_line(slot);
        }
    }

    #[cold]
    pub(super) fn transfer(&mut self, id: ContactId, queue: QueueId, command: &Command) {
        let Command::Transfer { to, reset_age, .. } = command else { return };
        let slot = self.contact_slot(id);
        match self.contacts[slot].place {
            Place::InLine => self.leave_line(slot),
            Place::Parked => {
                self.take_turns(slot, Turn::Agent);
                self.contacts[slot].place = Place::Loose;
                self.arm(slot);
            }
            Place::Scheduled | Place::Loose | Place::With(_) => {}
        }
        let needs = match to {
            TransferTo::Needs(needs) => self.needs.intern(needs),
            TransferTo::Queue(_) | TransferTo::Agent(..) => self.contacts[slot].needs,
        };
        let now = self.now;
        self.exclusions.forget(slot);
        let it = &mut self.contacts[slot];
        it.queue = queue;
        it.needs = needs;
        let only = match to {
            TransferTo::Agent(agent, wait) => Some(Only { agent: *agent, until: now + *wait }),
            TransferTo::Queue(_) | TransferTo::Needs(_) => None,
        };
        it.set_only(only);
        it.set_owner(None);
        it.begin_anew(now);
        it.promise(false);
        if *reset_age {
            it.origin = now;
        }
        let left = std::mem::replace(&mut it.left, NONE);
        if left != NONE {
            let left = self.agents[left].id;
            if only.is_none_or(|only| only.agent != left) {
                self.exclude(slot, left);
            }
        }
        self.take_appointment_along(slot, to, *reset_age);
        self.classify(slot);
    }

    pub(super) fn give(&mut self, slot: u32, agent: AgentId, stage: Stage, deadline: Option<Timestamp>, forced: bool) {
        if self.is_waiting(slot) {
            self.note_wait(slot, false);
            self.leave_line(slot);
        }
        let now = self.now;
        let agent_slot = self.agent_slot(agent);
        if self.contacts[slot].appointed() {
            // What was reserved for it, if anything was, makes way for it.
            self.agents[agent_slot].let_go(slot, now);
            self.forget_appointment(slot);
        }
        let it = &mut self.contacts[slot];
        it.place = Place::With(stage);
        it.agent = agent_slot;
        it.set_deadline(deadline);
        it.set_owner(None);
        it.given_at = now;
        it.set_turn(Turn::Agent, now);
        it.set_first_offer(it.first_offer().or(Some(now)));
        it.offers = it.offers.saturating_add(u16::from(stage == Stage::Offered));
        let (channel, queue) = (it.channel, it.queue);
        if !forced {
            self.standings[usize::from(queue.0)].last = Some(agent);
        }
        let holder = &mut self.agents[agent_slot];
        holder.offered_at = now;
        holder.take_up(Holding { forced, ..Holding::new(slot, channel, stage, now) }, now);
        self.unweigh(agent_slot);
        self.arm(slot);
        if !forced {
            self.note_given(agent_slot, channel);
            self.note_given_to_team(slot, agent_slot);
        }
    }

    /// Takes a contact out of its agent's hands.
    pub(super) fn take_back(&mut self, slot: u32) {
        let agent = self.contacts[slot].agent;
        let it = &mut self.agents[agent];
        it.let_go(slot, self.now);
        it.released_at = self.now;
        self.unweigh(agent);
        let it = &mut self.contacts[slot];
        it.place = Place::Loose;
        it.agent = NONE;
        it.set_deadline(None);
        self.arm(slot);
    }

    pub(super) fn set_stage(&mut self, slot: u32, stage: Stage, deadline: Option<Timestamp>) {
        let it = &mut self.contacts[slot];
        it.place = Place::With(stage);
        it.set_deadline(deadline);
        let (agent, channel, now) = (it.agent, it.channel, self.now);
        let held = self.holding_mut(slot);
        held.by_itself = false;
        let before = std::mem::replace(&mut held.stage, stage);
        if stage == Stage::Active {
            held.active_since = now;
        }
        let profile = self.plan.profile(self.crews.crews[self.agents[agent].crew as usize].profile);
        let load = |stage: Stage| profile.and_then(|profile| profile.channel(channel)).map(|it| it.load(stage));
        let (was, is) = (load(before), load(stage));
        if was == is && before.is_busy() == stage.is_busy() && profile.is_some_and(Profile::is_plain) {
            self.unshelve(agent);
        } else {
            self.unweigh(agent);
        }
        if is > was {
            self.excuse(agent);
        }
        self.arm(slot);
    }

    pub(super) fn holding_mut(&mut self, slot: u32) -> &mut Holding {
        let agent = self.contacts[slot].agent;
        let mut holding = self.agents[agent].holding.iter_mut();
        holding.find(|held| held.contact == slot).expect("a contact with an agent is among what it holds")
    }

    pub(super) fn connects(&self, slot: u32) -> bool {
        let it = &self.contacts[slot];
        self.plan.connect_time(it.queue, it.channel).is_some()
    }

    #[cold]
    pub(super) fn exclude(&mut self, slot: u32, agent: AgentId) {
        let Some(queue) = self.plan.queue(self.contacts[slot].queue) else { return };
        let (span, most) = (queue.no_answer.exclude_for, queue.offers_per_agent);
        let times = self.exclusions.get(slot, agent).map_or(0, |one| one.times).saturating_add(1);
        let until = match times {
            times if times >= most => Timestamp::MAX,
            _ if span == Span::ZERO => self.now,
            _ => self.now + span,
        };
        self.exclusions.set(slot, Excluded { agent, until, times });
        self.contacts[slot].has_exclusions = true;
    }

    pub(super) fn end(&mut self, slot: u32) {
        match self.contacts[slot].place {
            Place::InLine => self.leave_line(slot),
            Place::With(_) => {
                let agent = self.contacts[slot].agent;
                self.note_pace(slot);
                self.take_back(slot);
                self.agents[agent].handled_at = self.now;
            }
            Place::Parked | Place::Scheduled => self.contacts[slot].place = Place::Loose,
            Place::Loose => {}
        }
        // With no place there is no timer.
        if self.contacts[slot].timer().is_some() {
            self.arm(slot);
        }
        if self.contacts[slot].appointed() {
            self.forget_appointment(slot);
        }
        if self.contacts[slot].has_exclusions {
            self.exclusions.forget(slot);
        }
        self.contexts.forget(slot);
        self.contact_ids.remove(&self.contacts[slot].id);
        self.put_down();
        self.contacts.free(slot);
    }

    /// Sets the contact's one timer to what its place asks for; mostly it is as it should be.
    pub(crate) fn arm(&mut self, slot: u32) {
        let due = self.due(slot).filter(|&due| due < Timestamp::MAX);
        if self.contacts[slot].timer().map(|timer| timer.due) != due {
            self.set_timer(slot, due);
        }
    }

    /// When the contact needs looking at next.
    #[inline]
    fn due(&self, slot: u32) -> Option<Timestamp> {
        let it = &self.contacts[slot];
        match it.place {
            Place::InLine => self.waiting_due(slot),
            Place::With(Stage::Active | Stage::Quiet) | Place::Parked => {
                it.deadline().or_else(|| self.silence(it).map(|(due, _)| due))
            }
            Place::With(Stage::Offered) => self.first_to_expire(slot).map(|(expires, _)| expires),
            Place::With(_) => it.deadline(),
            Place::Scheduled => Some(self.stands_at(slot).max(self.now)),
            Place::Loose => None,
        }
    }

    fn set_timer(&mut self, slot: u32, due: Option<Timestamp>) {
        let owner = self.owner(slot);
        if let Some(timer) = self.contacts[slot].timer() {
            self.timers.cancel(timer, owner);
        }
        let timer = due.map(|due| self.timers.set(self.now, due, owner, slot));
        self.contacts[slot].set_timer(timer);
    }

    /// The needs of a contact, as the host gave them.
    pub(crate) fn needs_of(&self, slot: u32) -> &Needs {
        self.needs.needs(self.contacts[slot].needs)
    }
}
