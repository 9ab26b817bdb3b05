//! What each event does to the state. All change goes through here, whether decided now or read from a journal.

use crate::agent::ChannelSet;
use crate::capacity::Stage;
use crate::command::Command;
use crate::contact::{Outcome, Turn};
use crate::event::{Event, HeldBy, OfferEnd, Return, What};
use crate::router::legs::Leg;
use crate::router::records::Place;
use crate::router::state::State;

impl State {
    /// Applies one event of `command`. O(log n) at most, but for `Configured`, which rebuilds every index.
    pub(crate) fn evolve(&mut self, event: &Event, command: &Command) {
        self.now = event.at;
        match event.what {
            What::Configured => {
                if let Command::Configure { plan } = command {
                    self.configure((**plan).clone());
                }
            }
            What::AgentSignedIn { agent, group } => self.sign_in(agent, group, command),
            What::AgentDraining { agent } => {
                let slot = self.agent_slot(agent);
                self.agents[slot].draining = true;
                self.agents[slot].shift = None;
                self.arm_agent(slot);
                let crew = self.agents[slot].crew;
                self.crews.crews[crew as usize].members -= 1;
                self.unweigh(slot);
            }
            What::AgentSignedOut { agent } => self.sign_out(agent),
            What::PresenceChanged { agent, channels, ready, until, .. } => {
                let slot = self.agent_slot(agent);
                let it = &mut self.agents[slot];
                let before = it.ready;
                it.ready = ChannelSet(if ready { before.0 | channels.0 } else { before.0 & !channels.0 });
                if before == ChannelSet::NONE && it.ready != ChannelSet::NONE {
                    it.available_at = event.at;
                }
                it.again = until.map(|until| (until, channels));
                self.arm_agent(slot);
                self.unweigh(slot);
            }
            What::AgentLost { agent, until } => self.set_lost(agent, Some(until)),
            What::AgentBack { agent } => self.set_lost(agent, None),
            What::ShiftSet { agent, until } => self.set_shift(agent, until),
            What::SkillsChanged { agent } => {
                if let Command::SetSkills { skills, .. } = command {
                    let slot = self.agent_slot(agent);
                    self.agents[slot].own_skills = true;
                    self.join_crew(slot, Some(skills.clone()));
                }
            }
            What::LimitChanged { agent, channel, limit } => self.change_limit(self.agent_slot(agent), channel, limit),
            What::RampPassed { agent, channel } => self.ramp_passed(self.agent_slot(agent), channel),
            What::Arrived { contact, .. } => self.arrive(contact, command),
            What::QueueOpened { queue } => self.standings[usize::from(queue.0)].closed = false,
            What::QueueClosed { queue } => self.standings[usize::from(queue.0)].closed = true,
            What::Overflowed { contact, queue, .. } => self.overflow_into(self.contact_slot(contact), queue),
            What::Scheduled { contact, .. } => self.become_scheduled(self.contact_slot(contact)),
            What::Due { contact } => self.become_due(self.contact_slot(contact)),
            What::Reserved { contact, agent, until } => {
                self.take_reservation(self.contact_slot(contact), agent, until);
            }
            What::ReservationEnded { contact, .. } => self.take_back(self.contact_slot(contact)),
            What::Queued { contact, .. } => self.stand_in_line(self.contact_slot(contact)),
            What::PreferenceEnded { contact } => {
                self.restand(contact, |contact, _| contact.set_only(None));
            }
            What::Relaxed { contact, step } => self.restand(contact, |contact, now| {
                contact.step = step;
                contact.step_since = now;
            }),
            What::Widened { contact, after } => {
                let queue = self.contacts[self.contact_slot(contact)].queue;
                let widened = self.delays_within(queue, after);
                self.restand(contact, |contact, _| contact.widened = widened);
            }
            What::HoldEnded { contact } => self.restand(contact, |contact, _| contact.release(true)),
            What::Planned { group } => self.plan_anew(group),
            What::PriorityChanged { contact, priority } => {
                self.restand(contact, |contact, _| contact.priority = priority);
            }
            What::NeedsChanged { contact } => {
                if let Command::SetNeeds { needs, .. } = command {
                    let needs = self.needs.intern(needs);
                    self.restand(contact, |contact, _| contact.needs = needs);
                }
            }
            What::ChannelChanged { contact, channel, agent, connect_by } => {
                let slot = self.contact_slot(contact);
                match agent {
                    Some(_) => self.go_on_over(slot, channel, connect_by),
                    None => self.wait_on(slot, channel),
                }
            }
            What::ContextSet { contact } => self.set_context(contact, command),
            What::Transferred { contact, queue } => self.transfer(contact, queue, command),
            What::Offered { offer, contact, agent, expires, forced } => {
                let slot = self.contact_slot(contact);
                self.offers = offer.0;
                self.offer_ids.insert(offer, slot);
                if self.contacts[slot].place == Place::With(Stage::Offered) {
                    self.ring_too(slot, Leg { offer, agent, expires, given_at: event.at });
                } else {
                    self.give(slot, agent, Stage::Offered, expires, forced);
                    self.contacts[slot].set_offer(offer);
                    self.contacts[slot].set_assigned(forced);
                }
                self.note_ringing(slot);
            }
            What::Assigned { contact, agent, connect_by, .. } | What::Claimed { contact, agent, connect_by } => {
                let forced = matches!(event.what, What::Assigned { forced: true, .. });
                let slot = self.contact_slot(contact);
                let connecting = self.connects(slot);
                let stage = if connecting { Stage::Connecting } else { Stage::Active };
                self.give(slot, agent, stage, connect_by, forced);
                self.note_taken(slot, agent);
                let it = &mut self.agents[self.contacts[slot].agent];
                it.handled = it.handled.saturating_add(1);
            }
            What::OfferEnded { offer, contact, agent, end } => {
                let slot = self.contact_slot(contact);
                self.offer_ids.remove(&offer);
                if self.contacts[slot].has_legs() {
                    self.ring_less(slot, offer);
                } else {
                    self.take_back(slot);
                }
                self.note_ringing(slot);
                let agent_slot = self.agent_slot(agent);
                if end == OfferEnd::Expired {
                    let punished = self.no_answer_applies(agent_slot, self.contacts[slot].queue);
                    let it = &mut self.agents[agent_slot];
                    it.streak = if punished { 0 } else { it.streak.saturating_add(1) };
                }
                if !matches!(end, OfferEnd::Left | OfferEnd::Taken) {
                    self.exclude(slot, agent);
                }
            }
            What::Accepted { offer, contact, agent, connect_by } => {
                let slot = self.contact_slot(contact);
                self.offer_ids.remove(&offer);
                let connecting = self.connects(slot);
                let stage = if connecting { Stage::Connecting } else { Stage::Active };
                self.set_stage(slot, stage, connect_by);
                self.note_ringing(slot);
                self.note_taken(slot, agent);
                let agent = self.agent_slot(agent);
                let it = &mut self.agents[agent];
                (it.handled, it.streak) = (it.handled.saturating_add(1), 0);
            }
            What::Connected { contact, .. } => self.set_stage(self.contact_slot(contact), Stage::Active, None),
            What::Held { contact, by, .. } => {
                let slot = self.contact_slot(contact);
                self.set_stage(slot, Stage::Held, None);
                self.holding_mut(slot).by_itself = by == HeldBy::Arrival;
            }
            What::Resumed { contact, .. } => {
                let slot = self.contact_slot(contact);
                self.set_stage(slot, Stage::Active, None);
            }
            What::CustomerWrote { contact } => self.customer_wrote(self.contact_slot(contact)),
            What::AgentWrote { contact, .. } => self.agent_wrote(self.contact_slot(contact)),
            What::Quieted { contact, .. } => {
                let slot = self.contact_slot(contact);
                self.take_turns(slot, Turn::Customer);
                self.set_stage(slot, Stage::Quiet, None);
            }
            What::Parked { contact, agent } => self.park(self.contact_slot(contact), agent),
            What::Unparked { contact } => self.unpark(self.contact_slot(contact)),
            What::WakeDeferred { contact, until, .. } => self.defer_waking(self.contact_slot(contact), until),
            What::Woken { contact, forced, .. } => {
                let slot = self.contact_slot(contact);
                self.take_turns(slot, Turn::Agent);
                self.set_stage(slot, Stage::Active, None);
                self.holding_mut(slot).forced |= forced;
            }
            What::Joined { contact, agent, role } => self.join(self.contact_slot(contact), agent, role),
            What::Parted { contact, agent } => self.part(self.contact_slot(contact), agent),
            What::HandedOver { contact, from, to } => {
                let slot = self.contact_slot(contact);
                self.hand_over(slot, to);
                self.note_left(slot, from);
                self.note_taken(slot, to);
            }
            What::WrapUpStarted { contact, until, .. } => {
                let slot = self.contact_slot(contact);
                self.set_stage(slot, Stage::WrapUp, until);
                self.note_completed(slot);
            }
            What::Returned { contact, agent, why } => {
                let slot = self.contact_slot(contact);
                self.note_pace(slot);
                self.take_back(slot);
                self.note_left(slot, agent);
                let agent_slot = self.agent_slot(agent);
                self.agents[agent_slot].handled_at = event.at;
                self.take_turns(slot, Turn::Agent);
                if matches!(why, Return::NotWoken | Return::ChannelChanged) {
                    self.begin_anew(slot);
                    self.contacts[slot].set_owner(Some(agent));
                } else {
                    self.contacts[slot].left = agent_slot;
                    self.exclude(slot, agent);
                }
            }
            What::Ended { contact, outcome, agent } => {
                let slot = self.contact_slot(contact);
                if outcome == Outcome::Abandoned {
                    self.note_wait(slot, true);
                    if self.is_waiting(slot) {
                        let it = &self.contacts[slot];
                        self.note_lost_patience(it.queue, it.channel);
                    }
                }
                self.note_ended(slot, outcome, agent);
                self.end(slot);
            }
        }
    }
}
