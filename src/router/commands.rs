//! Commands, carried out. Each was checked completely before (`checks.rs`), so nothing here can fail half-way.

use crate::capacity::Stage;
use crate::command::{Command, Leave, TransferTo};
use crate::contact::Outcome;
use crate::event::{Edge, HeldBy, OfferEnd, Return, What};
use crate::id::{OfferId, ReasonId};
use crate::queue::{NoAnswerEffect, WrapUp};
use crate::router::checks::Subject;
use crate::router::records::Place;
use crate::router::settle::Step;
use crate::time::{Span, Timestamp};

impl Step<'_> {
    /// Carries out the checked command on its subject.
    pub(crate) fn perform(&mut self, subject: Subject, until: Timestamp) {
        if self.state.lost > 0 {
            self.find_again(subject);
        }
        match (self.command, subject) {
            (Command::AdvanceTime, _) => self.advance_time(until),
            (Command::Configure { .. }, _) => self.configure(),
            (Command::SignIn { agent, group, .. }, _) => {
                self.emit(What::AgentSignedIn { agent: *agent, group: *group });
                let slot = self.state.agent_slot(*agent);
                self.mark_agent(slot);
            }
            (Command::SignOut { leave: Leave::Drain, .. }, Subject::Agent(slot)) => self.drain(slot),
            (Command::SignOut { leave: Leave::Requeue, .. }, Subject::Agent(slot)) => self.sign_out(slot),
            (Command::SetPresence { agent, channels, ready, reason }, Subject::Agent(slot)) => {
                let (agent, channels, ready, reason) = (*agent, *channels, *ready, *reason);
                self.emit(What::PresenceChanged { agent, channels, ready, reason, until: None });
                self.mark_agent(slot);
            }
            (Command::Heartbeat { .. }, _) => {}
            (Command::LinkLost { .. }, Subject::Agent(slot)) => self.lose(slot),
            (Command::SetShift { agent, until }, _) => {
                self.emit(What::ShiftSet { agent: *agent, until: *until });
            }
            (Command::SetSkills { agent, .. }, Subject::Agent(slot)) => {
                self.emit(What::SkillsChanged { agent: *agent });
                self.mark_agent(slot);
            }
            (Command::SetQueueOpen { queue, open }, _) => self.set_queue_open(*queue, *open),
            (Command::Enqueue { .. }, _) => self.enqueue(),
            (command, Subject::Contact(slot)) => self.on_contact(command, slot),
            (_, _) => debug_assert!(false, "a check names the subject its command needs"),
        }
    }

    fn on_contact(&mut self, command: &Command, slot: u32) {
        let contact = self.state.contacts[slot].id;
        let holder = self.state.contacts[slot].agent;
        match command {
            Command::Abandon { .. } => self.leave(slot, Outcome::Abandoned),
            Command::Cancel { .. } => self.leave(slot, Outcome::Cancelled),
            Command::SetPriority { priority, .. } => {
                self.emit(What::PriorityChanged { contact, priority: *priority });
                self.mark_contact(slot);
            }
            Command::SetContext { .. } => self.emit(What::ContextSet { contact }),
            Command::SetNeeds { .. } => {
                self.emit(What::NeedsChanged { contact });
                self.mark_contact(slot);
            }
            Command::ChangeChannel { channel, .. } => self.change_channel(slot, *channel),
            Command::Assign { agent, .. } => {
                let agent = self.state.agent_slot(*agent);
                self.give(slot, agent, true);
            }
            Command::Claim { agent, .. } => self.claim(slot, *agent),
            Command::Accept { offer } => self.accept(slot, *offer),
            Command::Decline { offer } => self.end_offer(slot, *offer, OfferEnd::Declined),
            Command::Revoke { offer } => self.end_offer(slot, *offer, OfferEnd::Revoked),
            Command::Connected { .. } => {
                let agent = self.state.agents[holder].id;
                self.emit(What::Connected { contact, agent });
                self.mark_agent(holder);
            }
            Command::ConnectFailed { .. } => self.give_back(slot, Return::ConnectFailed),
            Command::Requeue { .. } => self.give_back(slot, Return::Requeued),
            Command::Hold { .. } => {
                let agent = self.state.agents[holder].id;
                self.emit(What::Held { contact, agent, by: HeldBy::Agent });
                self.mark_agent(holder);
            }
            Command::Resume { .. } => {
                let agent = self.state.agents[holder].id;
                self.emit(What::Resumed { contact, agent, by: HeldBy::Agent });
                self.mark_agent(holder);
            }
            Command::MessageFromCustomer { .. } => self.message_from_customer(slot),
            Command::MessageFromAgent { .. } => self.message_from_agent(slot),
            Command::Park { .. } => self.park(slot),
            Command::Quiet { .. } => self.quieten(slot),
            Command::Wake { .. } => self.wake(slot),
            Command::Join { agent, role, .. } => self.join(slot, *agent, *role),
            Command::Part { agent, .. } => self.part(slot, *agent),
            Command::Complete { .. } => self.complete(slot),
            Command::EndWrapUp { .. } => self.end_with_agent(slot, Outcome::Completed),
            Command::Transfer { to, .. } => self.transfer(slot, to),
            _ => debug_assert!(false, "every command on a contact is handled"),
        }
    }

    // ---- time

    fn advance_time(&mut self, until: Timestamp) {
        use crate::router::timers::Owner;
        while let Some((due, owner, slot)) = self.state.timers.next().filter(|&(due, ..)| due <= until) {
            self.state.now = self.state.now.max(due);
            match owner {
                Owner::Contact(_) => self.contact_due(slot),
                Owner::Agent(_) => self.agent_due(slot),
            }
            self.settle();
        }
        self.state.now = self.state.now.max(until);
    }

    fn contact_due(&mut self, slot: u32) {
        self.state.take_in_hand(slot);
        let contact = self.state.contacts[slot].id;
        match self.state.contacts[slot].place {
            Place::InLine => {
                if self.has_waited_longest(slot) {
                    self.emit(What::Ended { contact, outcome: Outcome::MaxWait, agent: None });
                    return;
                }
                let waited = self.state.after_wait(&self.state.contacts[slot]);
                if let Some((_, to)) = waited.filter(|&(due, _)| due <= self.state.now) {
                    self.overflow_from_line(slot, to, Edge::Waited);
                    return;
                }
                self.end_preference_if_due(slot);
                self.advance_steps(slot);
                self.end_hold_if_due(slot);
                self.state.arm(slot);
                self.mark_contact(slot);
            }
            Place::Scheduled => self.fall_due(slot),
            Place::With(Stage::Reserved) => {
                // Active it may be put aside, and so leave more room than kept free for.
                let holder = self.state.contacts[slot].agent;
                self.give(slot, holder, false);
                self.mark_agent(holder);
            }
            Place::With(Stage::Offered) => {
                if let Some((_, offer)) = self.state.first_to_expire(slot) {
                    self.end_offer(slot, offer, OfferEnd::Expired);
                }
            }
            Place::With(Stage::Connecting) => self.give_back(slot, Return::ConnectFailed),
            Place::With(Stage::Active | Stage::Quiet | Stage::Held) | Place::Parked => self.silence_over(slot),
            Place::With(Stage::WrapUp) => self.end_with_agent(slot, Outcome::Completed),
            Place::Loose => debug_assert!(false, "a loose contact has no timer"),
        }
    }

    // ---- arrivals and departures

    fn enqueue(&mut self) {
        let Command::Enqueue { contact, new } = self.command else { return };
        let contact = *contact;
        let repeat = self.state.is_repeat(new.customer, self.state.now);
        self.emit(What::Arrived { contact, queue: new.queue, repeat });
        let slot = self.state.contact_slot(contact);
        if self.state.is_early(slot) {
            self.await_its_time(slot);
        } else {
            self.come_in(slot);
        }
    }

    /// The contact goes, wherever it is.
    pub(crate) fn leave(&mut self, slot: u32, outcome: Outcome) {
        let contact = self.state.contacts[slot].id;
        match self.state.contacts[slot].place {
            Place::With(Stage::Offered) => {
                self.stop_ringing(slot);
                self.emit(What::Ended { contact, outcome, agent: None });
            }
            Place::With(Stage::Reserved) => {
                self.end_reservation(slot);
                self.emit(What::Ended { contact, outcome, agent: None });
            }
            Place::With(_) => self.end_with_agent(slot, outcome),
            Place::InLine | Place::Scheduled | Place::Parked | Place::Loose => {
                self.emit(What::Ended { contact, outcome, agent: None })
            }
        }
    }

    pub(crate) fn end_with_agent(&mut self, slot: u32, outcome: Outcome) {
        let it = &self.state.contacts[slot];
        let (contact, holder) = (it.id, it.agent);
        let agent = self.state.agents[holder].id;
        self.emit(What::Ended { contact, outcome, agent: Some(agent) });
        self.mark_agent(holder);
    }

    fn complete(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        if it.place == Place::Parked {
            return self.leave(slot, Outcome::Completed);
        }
        let (contact, holder) = (it.id, it.agent);
        let until = match it.wrap_up().unwrap_or_else(|| self.state.plan.wrap_up(it.queue, it.channel)) {
            WrapUp::None | WrapUp::Fixed(Span::ZERO) | WrapUp::UpTo(Span::ZERO) => {
                return self.end_with_agent(slot, Outcome::Completed);
            }
            WrapUp::Fixed(time) | WrapUp::UpTo(time) => Some(self.state.now + time),
            WrapUp::Open => None,
        };
        let agent = self.state.agents[holder].id;
        self.emit(What::WrapUpStarted { contact, agent, until });
        self.mark_agent(holder);
    }

    fn transfer(&mut self, slot: u32, to: &TransferTo) {
        let it = &self.state.contacts[slot];
        let (contact, from) = (it.id, it.queue);
        match it.place {
            Place::With(Stage::Offered) => self.stop_ringing(slot),
            Place::With(Stage::Reserved) => self.end_reservation(slot),
            Place::With(_) => self.returned(slot, Return::Transferred),
            Place::InLine | Place::Scheduled | Place::Parked | Place::Loose => {}
        }
        let queue = if let TransferTo::Queue(queue) = to { *queue } else { from };
        self.emit(What::Transferred { contact, queue });
        if self.state.is_early(slot) {
            return self.await_its_time(slot);
        }
        self.line_up(slot);
        self.mark_contact(slot);
    }

    // ---- offers

    /// Only what ends the offer: the capacity is free again.
    pub(crate) fn offer_ends(&mut self, slot: u32, offer: OfferId, end: OfferEnd) {
        let (contact, holder) = (self.state.contacts[slot].id, self.state.agent_of(slot, offer));
        let agent = self.state.agents[holder].id;
        self.emit(What::OfferEnded { offer, contact, agent, end });
        self.mark_agent(holder);
    }

    /// An offer was not taken: what that means for the agent, then for the contact.
    pub(super) fn end_offer(&mut self, slot: u32, offer: OfferId, end: OfferEnd) {
        let (holder, queue) = (self.state.agent_of(slot, offer), self.state.contacts[slot].queue);
        let punished = end == OfferEnd::Expired && self.state.no_answer_applies(holder, queue);
        self.offer_ends(slot, offer, end);
        let rule = self.state.plan.queue(queue).map(|queue| queue.no_answer).filter(|_| punished);
        match rule.map(|rule| (rule.agent, rule.not_ready_for)) {
            Some((NoAnswerEffect::NotReady, time)) => {
                let it = &self.state.agents[holder];
                let (agent, channels) = (it.id, it.ready);
                let until = time.filter(|&time| time < Span::MAX).map(|time| self.state.now + time);
                let reason = ReasonId::NO_ANSWER;
                self.emit(What::PresenceChanged { agent, channels, ready: false, reason, until });
            }
            Some((NoAnswerEffect::SignOut, _)) => self.drain(holder),
            Some((NoAnswerEffect::Stay, _)) | None => {}
        }
        self.ring_on_or_come_back(slot);
    }

    /// An offer has ended: the contact goes on ringing with others, or comes back.
    fn ring_on_or_come_back(&mut self, slot: u32) {
        if self.state.contacts[slot].place == Place::With(Stage::Offered) {
            self.mark_contact(slot);
        } else {
            self.come_back(slot);
        }
    }

    /// The contact leaves the agent's hands.
    pub(crate) fn returned(&mut self, slot: u32, why: Return) {
        let it = &self.state.contacts[slot];
        let (contact, holder) = (it.id, it.agent);
        let agent = self.state.agents[holder].id;
        self.emit(What::Returned { contact, agent, why });
        self.mark_agent(holder);
    }

    fn give_back(&mut self, slot: u32, why: Return) {
        self.returned(slot, why);
        self.come_back(slot);
    }

    // ---- agents leaving

    /// Nothing new for the agent; gone when nothing is held.
    pub(crate) fn drain(&mut self, slot: u32) {
        let agent = self.state.agents[slot].id;
        if self.state.agents[slot].holding.is_empty() {
            self.emit(What::AgentSignedOut { agent });
        } else {
            self.emit(What::AgentDraining { agent });
            self.mark_agent(slot);
        }
        self.release_waiters(agent);
    }

    /// At once: what the agent holds goes back.
    pub(super) fn sign_out(&mut self, slot: u32) {
        let agent = self.state.agents[slot].id;
        let mut back = Vec::new();
        for held in self.state.agents[slot].holding.clone() {
            let contact = self.state.contacts[held.contact].id;
            if held.joined {
                self.emit(What::Parted { contact, agent });
                continue;
            }
            if let Some(to) = self.state.talks_along(held.contact) {
                self.emit(What::HandedOver { contact, from: agent, to });
                self.mark_agent(self.state.agent_slot(to));
                continue;
            }
            match held.stage {
                Stage::Offered => {
                    let offer = { self.state.offers_of(held.contact) }.find(|&(_, with)| with == agent);
                    let Some((offer, _)) = offer else { continue };
                    self.emit(What::OfferEnded { offer, contact, agent, end: OfferEnd::Revoked });
                }
                Stage::Reserved => self.emit(What::ReservationEnded { contact, agent }),
                Stage::Quiet if self.state.is_to_be_parked(&held) => {
                    self.emit(What::Parked { contact, agent });
                    continue;
                }
                Stage::WrapUp => {
                    self.emit(What::Ended { contact, outcome: Outcome::Completed, agent: Some(agent) });
                    continue;
                }
                _ => self.emit(What::Returned { contact, agent, why: Return::SignedOut }),
            }
            back.push(held.contact);
        }
        self.emit(What::AgentSignedOut { agent });
        self.release_waiters(agent);
        for contact in back {
            self.ring_on_or_come_back(contact);
        }
    }

    fn configure(&mut self) {
        self.emit(What::Configured);
        for slot in self.state.agents_by_id() {
            let it = &self.state.agents[slot];
            let retired = self.state.plan.group(it.group).is_none_or(|group| group.retired);
            if retired && !it.draining {
                self.drain(slot);
            }
        }
        for slot in self.state.agents_by_id() {
            self.mark_agent(slot);
        }
        for slot in self.state.contacts_by_arrival() {
            if self.state.is_waiting(slot) {
                self.mark_contact(slot);
            }
        }
    }
}
