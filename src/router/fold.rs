//! Taking over what was decided before: commands with their events, each checked against the state it meets.

use crate::capacity::Stage;
use crate::command::{Command, Stamped, TransferTo};
use crate::event::{Event, Return, What};
use crate::id::{AgentId, ContactId, OfferId, QueueId};
use crate::router::Router;
use crate::router::checks::Subject;
use crate::router::corrupt::Corrupt;
use crate::router::edges::MOST_OVERFLOWS;
use crate::router::records::{Agent, Contact, NONE, Place};
use crate::router::state::State;

impl Router {
    /// Takes over a command that was applied before together with what followed from it, without deciding anything:
    /// how a journal is read back. Afterwards the state is as if the command had been applied. A repeated command,
    /// which nothing followed from, may be among them. O(events).
    ///
    /// ```
    /// # use cordboard::{AgentId, ChannelSet, Command, CommandId, GroupId, Plan, Router, Seq, Stamped, Timestamp};
    /// # let plan = Plan::builder().capacity("phone", |c| c.takes("voice", 1)).agents("team", "phone", |a| a).build()?;
    /// let (mut live, mut recovered) = (Router::new(plan.clone())?, Router::new(plan)?);
    /// let command = Command::SignIn { agent: AgentId(1), group: GroupId(0), skills: None, ready: ChannelSet::ALL };
    /// let input = Stamped { seq: Seq(1), id: CommandId::ANONYMOUS, at: Timestamp(5), command };
    /// let mut events = Vec::new();
    /// live.apply(&input, &mut events)?;
    /// recovered.fold(&input, &events)?;
    /// assert_eq!(recovered.digest(), live.digest());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Corrupt`] if the command or an event cannot follow here; the engine is then to be thrown away.
    pub fn fold(&mut self, input: &Stamped, events: &[Event]) -> Result<(), Corrupt> {
        let refused = |why| Corrupt::Command { seq: input.seq, why: Box::new(why) };
        let Some(subject) = self.state.check(input).map_err(refused)? else {
            return match events.first() {
                None => Ok(()),
                Some(event) => Err(corrupt(event, "the command was applied before")),
            };
        };
        self.state.seq = input.seq;
        if !planted!(RequestIdsNotReplayed) {
            self.state.sources.remember(input.id);
        }
        if input.command != Command::AdvanceTime {
            self.state.now = input.at;
        }
        self.state.hear(input, subject);
        if let Subject::Contact(slot) = subject {
            self.state.take_in_hand(slot);
        }
        for event in events {
            if let Some(why) = self.state.contradicts(event, input) {
                return Err(corrupt(event, why));
            }
            self.state.evolve(event, &input.command);
        }
        for event in events {
            if self.state.left_between(event) {
                return Err(corrupt(event, "the contact is left between two places"));
            }
        }
        self.state.now = input.at;
        self.state.settle_timers();
        self.state.teams.unmark();
        self.state.sweep();
        Ok(())
    }
}

fn corrupt(event: &Event, why: &'static str) -> Corrupt {
    Corrupt::Event { event: Box::new(*event), why }
}

/// Why an event cannot follow; nothing if it can.
type Contradiction = Option<&'static str>;

impl State {
    /// What an event says that is not so; `None` if it can be applied to the state without breaking it. O(1).
    fn contradicts(&self, event: &Event, input: &Stamped) -> Contradiction {
        let advances = input.command == Command::AdvanceTime;
        if event.at < self.now || event.at > input.at || (!advances && event.at != input.at) {
            return Some("it is not of the time of its command");
        }
        if self.joins_outlast(&event.what) {
            return Some("others have joined the contact, and must part first");
        }
        match event.what {
            What::Configured => {
                unless(matches!(input.command, Command::Configure { .. }), "its command brings no plan")
            }
            What::AgentSignedIn { .. }
            | What::AgentDraining { .. }
            | What::AgentSignedOut { .. }
            | What::PresenceChanged { .. }
            | What::AgentLost { .. }
            | What::AgentBack { .. }
            | What::ShiftSet { .. }
            | What::SkillsChanged { .. }
            | What::RampPassed { .. }
            | What::Planned { .. }
            | What::LimitChanged { .. } => self.contradicts_agent(event, &input.command),
            What::Arrived { .. }
            | What::Queued { .. }
            | What::PreferenceEnded { .. }
            | What::Relaxed { .. }
            | What::Widened { .. }
            | What::HoldEnded { .. }
            | What::PriorityChanged { .. }
            | What::NeedsChanged { .. }
            | What::ContextSet { .. }
            | What::QueueOpened { .. }
            | What::QueueClosed { .. }
            | What::Overflowed { .. }
            | What::Scheduled { .. }
            | What::Due { .. }
            | What::Reserved { .. }
            | What::ChannelChanged { agent: None, .. }
            | What::Transferred { .. } => self.contradicts_waiting(event, &input.command),
            _ => self.contradicts_handling(&event.what, &input.command),
        }
    }

    fn contradicts_agent(&self, event: &Event, command: &Command) -> Contradiction {
        let there = |id: AgentId| self.agent_ids.get(&id).map(|slot| &self.agents[slot]);
        match event.what {
            What::AgentSignedIn { agent, group } => {
                let asked =
                    matches!(*command, Command::SignIn { agent: who, group: of, .. } if (who, of) == (agent, group));
                unless(asked, "its command does not say so").or(unless(
                    there(agent).is_none_or(|it| it.draining || it.lost.is_some()),
                    "the agent is signed in already",
                ))
            }
            What::AgentDraining { agent } => unless(
                there(agent).is_some_and(|it| !it.draining && !it.holding.is_empty()),
                "no such agent, or draining already, or done",
            ),
            What::AgentSignedOut { agent } => {
                unless(there(agent).is_some_and(|it| it.holding.is_empty()), "no such agent, or not done yet")
            }
            What::Planned { group } => unless(self.plans_adaptively(group), "the group is of no team that plans"),
            What::SkillsChanged { agent } => {
                let asked = matches!(*command, Command::SetSkills { agent: who, .. } if who == agent);
                unless(asked && there(agent).is_some(), "no such agent, or its command does not say so")
            }
            What::AgentLost { agent, .. } => unless(
                there(agent).is_some_and(|it| it.lost.is_none())
                    && matches!(*command, Command::AdvanceTime | Command::LinkLost { .. }),
                "no such agent, or lost already, or nothing says so",
            ),
            What::AgentBack { agent } => {
                unless(there(agent).is_some_and(|it| it.lost.is_some()), "no such agent, or it is not lost")
            }
            What::ShiftSet { agent, until } => {
                let asked =
                    matches!(*command, Command::SetShift { agent: who, until: end } if (who, end) == (agent, until));
                unless(
                    asked && there(agent).is_some_and(|it| !it.draining),
                    "no such agent, or its command does not say so",
                )
            }
            What::PresenceChanged { agent, .. } => unless(there(agent).is_some(), "no such agent"),
            What::LimitChanged { agent, channel, limit } => {
                let agent = self.agent_ids.get(&agent);
                let may = agent.is_some_and(|agent| self.may_change_limit(agent, channel, limit));
                unless(may, "no such agent, or not a limit that it may come to")
            }
            What::RampPassed { agent, channel } => {
                let blocked = |it: &Agent| it.paced(channel).is_some_and(|paced| paced.until == Some(event.at));
                unless(there(agent).is_some_and(blocked), "no such agent, or its ramp does not end now")
            }
            _ => None,
        }
    }

    fn contradicts_waiting(&self, event: &Event, command: &Command) -> Contradiction {
        let (what, at) = (&event.what, event.at);
        let there = |id: ContactId| self.contact_ids.get(&id).map(|slot| &self.contacts[slot]);
        let free = |id: ContactId| there(id).filter(|it| it.agent == NONE && it.place != Place::Parked);
        let in_line = |id: ContactId| there(id).filter(|it| matches!(it.place, Place::InLine | Place::Scheduled));
        match *what {
            What::Arrived { contact, queue, repeat } => {
                let asked = matches!(command, Command::Enqueue { contact: id, new }
                    if (*id, new.queue) == (contact, queue) && repeat == self.is_repeat(new.customer, at));
                unless(asked, "its command does not say so")
                    .or(unless(there(contact).is_none(), "the contact is there already"))
            }
            What::Queued { contact, queue, waiting, only } => {
                let Some(it) = there(contact).filter(|it| it.place == Place::Loose) else {
                    return Some("the contact is not between two places");
                };
                let ahead = self.standings.get(usize::from(queue.0)).map_or(0, |standing| standing.waiting);
                let as_told = it.queue == queue && it.only().map(|only| only.agent) == only;
                unless(as_told && u64::from(waiting) == u64::from(ahead) + 1, "the contact would not stand there")
            }
            What::PreferenceEnded { contact } => unless(
                free(contact).is_some_and(|it| it.only().is_some()),
                "the contact does not wait for one agent alone",
            ),
            What::Relaxed { contact, step } => {
                let follows = |it: &Contact| {
                    let steps = self.plan.queue(it.queue).map_or(0, |queue| queue.steps.len());
                    usize::from(step) == usize::from(it.step) + 1 && usize::from(step) < steps
                };
                unless(free(contact).is_some_and(follows), "the contact does not come to this step")
            }
            What::HoldEnded { contact } => {
                let may =
                    |it: &Contact| !it.is_released() && it.since + self.hold(it) <= at && it.place == Place::InLine;
                unless(
                    free(contact).is_some_and(|it| may(it) && self.is_scheduled_by_a_team(it.queue, it.channel)),
                    "the contact was not held back for so long, or is held back no more",
                )
            }
            What::Widened { contact, after } => unless(
                free(contact).is_some_and(|it| self.widens(it, after, at)),
                "the contact has not waited so long, or was widened before",
            ),
            What::PriorityChanged { contact, priority } => {
                let asked = matches!(*command, Command::SetPriority { contact: id, priority: to } if (id, to) == (contact, priority));
                unless(
                    asked && in_line(contact).is_some(),
                    "the contact is not waiting, or its command does not say so",
                )
            }
            What::NeedsChanged { contact } => {
                let asked = matches!(*command, Command::SetNeeds { contact: id, .. } if id == contact);
                unless(
                    asked && in_line(contact).is_some(),
                    "the contact is not waiting, or its command does not say so",
                )
            }
            What::QueueOpened { queue } => self.contradicts_opening(queue, true, command),
            What::QueueClosed { queue } => self.contradicts_opening(queue, false, command),
            What::Scheduled { .. } | What::Due { .. } | What::Reserved { .. } => self.contradicts_appointment(what),
            What::Overflowed { contact, queue, .. } => {
                let goes = |it: &Contact| !it.promised() && it.overflows() < MOST_OVERFLOWS;
                let known = self.plan.queue(queue).is_some();
                unless(known && free(contact).is_some_and(goes), "the contact cannot go to this queue")
            }
            What::ChannelChanged { contact, channel, .. } => {
                let known = self.plan.channel(channel).is_some();
                let nobodys = there(contact).is_some_and(|it| it.agent == NONE);
                unless(known && nobodys, "the contact is not waiting, or there is no such channel")
            }
            What::ContextSet { contact } => {
                let asked = matches!(*command, Command::SetContext { contact: id, .. } if id == contact);
                unless(asked && there(contact).is_some(), "no such contact, or its command does not say so")
            }
            What::Transferred { contact, queue } => {
                let Command::Transfer { contact: id, to, .. } = command else {
                    return Some("its command does not say so");
                };
                let goes = |it: &Contact| if let TransferTo::Queue(to) = to { *to == queue } else { it.queue == queue };
                unless(
                    *id == contact && there(contact).filter(|it| it.agent == NONE).is_some_and(goes),
                    "the contact is not waiting, or its command does not say so",
                )
            }
            _ => None,
        }
    }

    fn contradicts_opening(&self, queue: QueueId, open: bool, command: &Command) -> Contradiction {
        let asked = *command == Command::SetQueueOpen { queue, open };
        let standing = self.standings.get(usize::from(queue.0));
        unless(
            asked && standing.is_some_and(|standing| standing.closed == open),
            "the queue is so, or its command does not say so",
        )
    }

    fn contradicts_handling(&self, what: &What, command: &Command) -> Contradiction {
        let with = |contact: ContactId, agent: AgentId, stages: &[Stage]| {
            let (Some(slot), Some(by)) = (self.contact_ids.get(&contact), self.agent_ids.get(&agent)) else {
                return Some("no such contact or agent");
            };
            let it = &self.contacts[slot];
            let so = it.agent == by && matches!(it.place, Place::With(stage) if stages.contains(&stage));
            unless(so, "the agent does not have the contact, or not in this stage")
        };
        let offer_of = |offer: OfferId, contact: ContactId| {
            let slot = self.contact_ids.get(&contact);
            unless(slot.is_some() && self.offer_ids.get(&offer) == slot, "the offer is not of this contact")
        };
        const IN_HAND: [Stage; 4] = [Stage::Connecting, Stage::Active, Stage::Quiet, Stage::Held];
        match *what {
            What::Offered { offer, contact, agent, forced, .. } => {
                unless(offer.0.checked_sub(1) == Some(self.offers), "it is not the next offer")
                    .or(self.contradicts_offering(contact, agent, forced, command))
            }
            What::Assigned { contact, agent, forced, .. } => self.contradicts_giving(contact, agent, forced, command),
            What::Claimed { contact, agent, .. } => {
                let asked =
                    matches!(*command, Command::Claim { contact: id, agent: by } if (id, by) == (contact, agent));
                unless(asked, "its command does not say so").or(self.contradicts_giving(contact, agent, false, command))
            }
            What::OfferEnded { offer, contact, agent, .. } | What::Accepted { offer, contact, agent, .. } => {
                let slot = self.contact_ids.get(&contact);
                let taken = matches!(what, What::Accepted { .. });
                let to_agent = slot.is_some_and(|slot| self.offers_of(slot).any(|one| one == (offer, agent)));
                offer_of(offer, contact)
                    .or(unless(to_agent, "the offer was not made to this agent"))
                    .or(unless(!taken || slot.is_some_and(|slot| !self.contacts[slot].has_legs()), "others still ring"))
            }
            What::ReservationEnded { contact, agent } => with(contact, agent, &[Stage::Reserved]),
            What::Connected { contact, agent } => with(contact, agent, &[Stage::Connecting]),
            What::CustomerWrote { contact } => {
                let asked = matches!(*command, Command::MessageFromCustomer { contact: id } if id == contact);
                let there = self.contact_ids.get(&contact).map(|slot| self.contacts[slot].place);
                let writes = there.is_some_and(|place| place != Place::With(Stage::WrapUp));
                unless(asked && writes, "no such contact, or its command does not say so")
            }
            What::AgentWrote { contact, agent } => {
                let asked = matches!(*command, Command::MessageFromAgent { contact: id } if id == contact);
                with(contact, agent, &IN_HAND).or(unless(asked, "its command does not say so"))
            }
            What::Held { contact, agent, .. } | What::Quieted { contact, agent } => {
                with(contact, agent, &[Stage::Active])
            }
            What::ChannelChanged { contact, agent: Some(agent), channel, .. } => with(contact, agent, &IN_HAND[1..])
                .or(unless(
                    self.agent_ids.get(&agent).is_some_and(|agent| self.takes(agent, channel)),
                    "the agent has no capacity for the channel",
                )),
            What::Resumed { contact, agent, .. } => with(contact, agent, &[Stage::Held]),
            What::Joined { contact, agent, role } => {
                let asked = matches!(*command, Command::Join { contact: id, agent: who, role: as_what }
                    if (id, who, as_what) == (contact, agent, role));
                let may = |slot: u32| {
                    let in_hand =
                        matches!(self.contacts[slot].place, Place::With(stage) if IN_HAND[1..].contains(&stage));
                    in_hand && self.agent_ids.get(&agent).is_some_and(|agent| agent != self.contacts[slot].agent)
                };
                let may = self.contact_ids.get(&contact).is_some_and(may);
                unless(asked && may, "its command does not say so, or there is nothing to join")
            }
            What::Parted { contact, agent } => unless(
                self.contact_ids.get(&contact).is_some_and(|slot| self.has_joined(slot, agent).is_some()),
                "the agent has not joined the contact",
            ),
            What::HandedOver { contact, from, to } => {
                let joined = self.contact_ids.get(&contact).is_some_and(|slot| self.has_joined(slot, to).is_some());
                with(contact, from, &IN_HAND[1..]).or(unless(joined, "the agent has not joined the contact"))
            }
            What::Parked { contact, agent } => with(contact, agent, &[Stage::Active, Stage::Quiet, Stage::Held]),
            What::Unparked { contact } => {
                let asked = matches!(*command, Command::MessageFromCustomer { contact: id } | Command::Wake { contact: id } if id == contact);
                let there = self.contact_ids.get(&contact).map(|slot| self.contacts[slot].place);
                unless(
                    asked && there == Some(Place::Parked),
                    "the contact is not parked, or its command does not say so",
                )
            }
            What::WakeDeferred { contact, agent, .. } | What::Woken { contact, agent, .. } => {
                with(contact, agent, &[Stage::Quiet])
            }
            What::Returned { contact, agent, why: Return::NotWoken } => with(contact, agent, &[Stage::Quiet]),
            What::WrapUpStarted { contact, agent, .. } => with(contact, agent, &IN_HAND[1..]),
            What::Returned { contact, agent, .. } => with(contact, agent, &IN_HAND),
            What::Ended { contact, agent: Some(agent), .. } => {
                with(contact, agent, &IN_HAND).and(with(contact, agent, &[Stage::WrapUp]))
            }
            What::Ended { contact, agent: None, .. } => self.contradicts_free(contact),
            _ => None,
        }
    }

    fn contradicts_offering(
        &self,
        contact: ContactId,
        agent: AgentId,
        forced: bool,
        command: &Command,
    ) -> Contradiction {
        let rings = self.contact_ids.get(&contact).filter(|&slot| self.contacts[slot].is_short());
        let Some(slot) = rings else { return self.contradicts_giving(contact, agent, forced, command) };
        let takes = self.agent_ids.get(&agent).is_some_and(|to| self.takes(to, self.contacts[slot].channel));
        unless(takes, "no such agent, or without capacity for it")
            .or(unless(!forced && !self.rings_with(slot, agent), "it rings with this agent already, or by force"))
    }

    fn contradicts_giving(&self, contact: ContactId, agent: AgentId, forced: bool, command: &Command) -> Contradiction {
        let assigned = matches!(*command, Command::Assign { contact: id, agent: to } if (id, to) == (contact, agent));
        let takes = |agent: u32| {
            self.contact_ids.get(&contact).is_some_and(|contact| self.takes(agent, self.contacts[contact].channel))
        };
        if self.is_kept_for(contact, agent) {
            return unless(!forced, "it is forced, but was kept for the agent");
        }
        let parked = self.contact_ids.get(&contact).is_some_and(|slot| self.contacts[slot].place == Place::Parked);
        self.contradicts_free(contact)
            .or(unless(!parked || forced, "a parked contact is given by a supervisor only"))
            .or(unless(self.agent_ids.get(&agent).is_some_and(takes), "no such agent, or without capacity for it"))
            .or(unless(!forced || assigned, "it is forced, but its command does not say so"))
    }

    fn contradicts_free(&self, contact: ContactId) -> Contradiction {
        let free = self.contact_ids.get(&contact).is_some_and(|slot| self.contacts[slot].agent == NONE);
        unless(free, "the contact is not waiting")
    }

    /// Whether the contact of an event is nowhere, now that all events of its command are in.
    fn left_between(&self, event: &Event) -> bool {
        let (What::Arrived { contact, .. }
        | What::Transferred { contact, .. }
        | What::Unparked { contact }
        | What::Overflowed { contact, .. }
        | What::Due { contact, .. }
        | What::ReservationEnded { contact, .. }
        | What::OfferEnded { contact, .. }
        | What::Returned { contact, .. }) = event.what
        else {
            return false;
        };
        self.contact_ids.get(&contact).is_some_and(|slot| self.contacts[slot].place == Place::Loose)
    }
}

fn unless(holds: bool, why: &'static str) -> Contradiction {
    (!holds).then_some(why)
}
