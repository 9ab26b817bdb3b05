//! Everything that must hold before a command may change anything.

use crate::capacity::Stage;
use crate::command::{Command, Stamped, TransferTo};
use crate::contact::{Needs, NewContact};
use crate::id::{AgentId, ChannelId, ContactId, OfferId, QueueId};
use crate::plan::Plan;
use crate::queue::{ContactOrder, WrapUp};
use crate::rejected::Rejected;
use crate::requirement::{Requirement, Skills};
use crate::router::classes::ClassKey;
use crate::router::orders::Orders;
use crate::router::records::Place;
use crate::router::state::State;
use crate::router::teams::Policy;
use crate::time::{Span, Timestamp};

/// What a command is about, found while it was checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Subject {
    Nothing,
    Contact(u32),
    Agent(u32),
}

impl State {
    /// Whether the command may be applied now; `None` if it was applied before. Changes nothing. O(log n) at most,
    /// but for `Configure`.
    #[inline]
    pub(crate) fn check(&self, input: &Stamped) -> Result<Option<Subject>, Rejected> {
        if self.sources.knows(input.id)? {
            return Ok(None);
        }
        if input.seq <= self.seq {
            return Err(Rejected::SeqNotAfter { given: input.seq, last: self.seq });
        }
        if input.at < self.now {
            return Err(Rejected::TimeWentBack { given: input.at, now: self.now });
        }
        if input.at == Timestamp::MAX {
            return Err(Rejected::EndOfTime(input.at));
        }
        if let Some((due, ..)) = self.timers.next()
            && due <= input.at
            && input.command != Command::AdvanceTime
        {
            return Err(Rejected::TimerDue { due, given: input.at });
        }
        if self.sources.is_full_for(input.id, self.plan.limits().sources) {
            return Err(limit("sources of commands", u64::from(self.plan.limits().sources)));
        }
        self.check_command(input).map(Some)
    }

    fn check_command(&self, input: &Stamped) -> Result<Subject, Rejected> {
        match &input.command {
            Command::AdvanceTime => Ok(Subject::Nothing),
            Command::Configure { plan } => self.check_plan(plan),
            Command::SignIn { agent, group, skills, .. } => {
                let known = self.plan.group(*group).is_some_and(|group| !group.retired);
                if !known {
                    return Err(Rejected::UnknownGroup(*group));
                }
                self.check_skills(skills.as_ref())?;
                let most = self.plan.limits().agents;
                match self.agent_ids.get(agent) {
                    Some(slot) if !self.agents[slot].draining && self.agents[slot].lost.is_none() => {
                        Err(Rejected::AlreadySignedIn(*agent))
                    }
                    Some(slot) => Ok(Subject::Agent(slot)),
                    None if self.agents.len() >= most as usize => Err(limit("agents", u64::from(most))),
                    None => Ok(Subject::Nothing),
                }
            }
            Command::SignOut { agent, leave } => {
                let slot = self.known_agent(*agent)?;
                if self.agents[slot].draining && *leave == crate::command::Leave::Drain {
                    return Err(Rejected::AlreadyDraining(*agent));
                }
                Ok(Subject::Agent(slot))
            }
            Command::SetPresence { agent, .. } | Command::Heartbeat { agent } | Command::LinkLost { agent } => {
                self.known_agent(*agent).map(Subject::Agent)
            }
            Command::SetShift { agent, until } => {
                let slot = self.known_agent(*agent)?;
                if self.agents[slot].draining {
                    return Err(Rejected::AlreadyDraining(*agent));
                }
                self.check_shift(*agent, *until, input.at)?;
                Ok(Subject::Agent(slot))
            }
            Command::SetSkills { agent, skills } => {
                self.check_skills(Some(skills))?;
                self.known_agent(*agent).map(Subject::Agent)
            }
            Command::SetQueueOpen { queue, .. } => self.check_queue(*queue).map(|()| Subject::Nothing),
            Command::Enqueue { contact, new } => self.check_new(*contact, new, input),
            Command::Abandon { contact } => self.contact_in(*contact, "abandoned", |place| {
                matches!(
                    place,
                    Place::InLine
                        | Place::Scheduled
                        | Place::With(Stage::Offered | Stage::Connecting | Stage::Reserved)
                )
            }),
            Command::Cancel { contact } => self.contact_in(*contact, "cancelled", |_| true),
            Command::SetPriority { contact, .. } => self.waiting(*contact, "given another priority"),
            Command::SetContext { contact, context } => {
                self.check_context(*contact, context.reveal())?;
                self.contact_in(*contact, "told", |_| true)
            }
            Command::SetNeeds { contact, needs } => {
                self.check_needs(needs)?;
                self.waiting(*contact, "given another requirement")
            }
            Command::ChangeChannel { contact, channel } => {
                self.check_channel(*channel)?;
                let subject = self.contact_in(*contact, "moved to another channel", |place| {
                    matches!(
                        place,
                        Place::InLine
                            | Place::Scheduled
                            | Place::Parked
                            | Place::With(Stage::Active | Stage::Quiet | Stage::Held)
                    )
                })?;
                self.check_one_more(subject, *channel)
            }
            Command::Assign { contact, agent } => {
                let subject = self.contact_in(*contact, "assigned", |place| {
                    matches!(place, Place::InLine | Place::Parked | Place::Scheduled)
                })?;
                let slot = self.known_agent(*agent)?;
                if let Subject::Contact(contact) = subject {
                    self.check_takes(slot, *agent, self.contacts[contact].channel)?;
                }
                Ok(subject)
            }
            Command::Claim { contact, agent } => {
                let subject = self.waiting(*contact, "claimed")?;
                let slot = self.known_agent(*agent)?;
                self.check_claim(subject, slot, input.at)
            }
            Command::Accept { offer } | Command::Decline { offer } | Command::Revoke { offer } => {
                self.open_offer(*offer)
            }
            Command::Connected { contact } | Command::ConnectFailed { contact } => {
                self.contact_in(*contact, "connected", |place| place == Place::With(Stage::Connecting))
            }
            Command::Hold { contact } => {
                self.contact_in(*contact, "put on hold", |place| place == Place::With(Stage::Active))
            }
            Command::Resume { contact } => {
                let subject = self.contact_in(*contact, "resumed", |place| place == Place::With(Stage::Held))?;
                self.check_room_to_resume(subject, *contact)
            }
            Command::MessageFromCustomer { contact } => {
                self.contact_in(*contact, "written in by its customer", |place| place != Place::With(Stage::WrapUp))
            }
            Command::MessageFromAgent { contact } => self.contact_in(*contact, "written in by an agent", in_hand),
            Command::Park { contact } => self.contact_in(*contact, "parked", |place| {
                matches!(place, Place::With(Stage::Active | Stage::Quiet | Stage::Held))
            }),
            Command::Quiet { contact } => {
                self.contact_in(*contact, "made quiet", |place| place == Place::With(Stage::Active))
            }
            Command::Wake { contact } => {
                self.contact_in(*contact, "woken", |place| matches!(place, Place::With(Stage::Quiet) | Place::Parked))
            }
            Command::Join { contact, agent, .. } => {
                let subject = self.contact_in(*contact, "joined", |place| {
                    matches!(place, Place::With(Stage::Active | Stage::Quiet | Stage::Held))
                })?;
                let slot = self.known_agent(*agent)?;
                self.check_join(subject, slot)
            }
            Command::Part { contact, agent } => {
                self.known_agent(*agent)?;
                self.check_part(*contact, *agent)
            }
            Command::Complete { contact } => self.contact_in(*contact, "completed", |place| {
                matches!(place, Place::With(Stage::Active | Stage::Quiet | Stage::Held) | Place::Parked)
            }),
            Command::EndWrapUp { contact } => {
                let subject = self.contact_in(*contact, "ended", |place| place == Place::With(Stage::WrapUp))?;
                self.check_wrap_up(subject, *contact)
            }
            Command::Requeue { contact } => self.contact_in(*contact, "re-queued", in_hand),
            Command::Transfer { contact, to, .. } => self.check_transfer(*contact, to),
        }
    }

    fn check_new(&self, contact: ContactId, new: &NewContact, input: &Stamped) -> Result<Subject, Rejected> {
        if self.contact_ids.get(&contact).is_some() {
            return Err(Rejected::ContactExists(contact));
        }
        self.check_queue(new.queue)?;
        self.check_channel(new.channel)?;
        self.check_needs(&new.needs)?;
        if let Some(origin) = new.age_origin.filter(|&origin| origin > input.at) {
            return Err(Rejected::AgeOriginInFuture { contact, origin, now: input.at });
        }
        if new.answer_within == Some(Span::ZERO) {
            return Err(Rejected::NoTimeToAnswer(contact));
        }
        if let Some(customer) = new.customer {
            self.check_has_none(customer, new.channel)?;
        }
        let most = self.plan.limits().contacts;
        if self.contacts.len() >= most as usize {
            return Err(limit("contacts", u64::from(most)));
        }
        let most = self.plan.limits().classes;
        if self.classes.occupied >= most as usize && !self.joins_others(new) {
            return Err(limit("classes of contacts with equal needs", u64::from(most)));
        }
        Ok(Subject::Nothing)
    }

    /// Whether somebody waits in the class that a new contact would be of.
    fn joins_others(&self, new: &NewContact) -> bool {
        let Some(needs) = self.needs.find(&new.needs) else { return false };
        let by_ratio = self.plan.queue(new.queue).is_some_and(|queue| queue.order == ContactOrder::Ratio);
        let target = self.plan.target(new.queue, new.channel).map_or(Span::MAX, |target| target.within);
        let within = if by_ratio { Span(new.answer_within.unwrap_or(target).0.max(1)) } else { Span::ZERO };
        let (queue, channel) = (new.queue, new.channel);
        self.classes.is_occupied(&ClassKey { queue, channel, needs, step: 0, widened: 0, released: false, within })
    }

    fn check_transfer(&self, contact: ContactId, to: &TransferTo) -> Result<Subject, Rejected> {
        let subject = self.contact_in(contact, "transferred", |place| {
            in_hand(place)
                || matches!(
                    place,
                    Place::InLine | Place::Scheduled | Place::Parked | Place::With(Stage::Offered | Stage::Reserved)
                )
        })?;
        match to {
            TransferTo::Queue(queue) => self.check_queue(*queue)?,
            TransferTo::Needs(needs) => self.check_needs(needs)?,
            TransferTo::Agent(agent, _) => {
                let slot = self.known_agent(*agent)?;
                if self.agents[slot].draining {
                    return Err(Rejected::AlreadyDraining(*agent));
                }
                if let Subject::Contact(contact) = subject {
                    self.check_takes(slot, *agent, self.contacts[contact].channel)?;
                }
            }
        }
        Ok(subject)
    }

    fn check_plan(&self, plan: &Plan) -> Result<Subject, Rejected> {
        if !plan.is_revision_of(&self.plan) {
            return Err(Rejected::NotARevision);
        }
        Orders::compile(plan, &self.policies)?;
        Policy::of(plan, &self.policies)?;
        Ok(Subject::Nothing)
    }

    fn check_queue(&self, queue: QueueId) -> Result<(), Rejected> {
        let known = self.plan.queue(queue).is_some_and(|queue| !queue.retired);
        if known { Ok(()) } else { Err(Rejected::UnknownQueue(queue)) }
    }

    fn check_channel(&self, channel: ChannelId) -> Result<(), Rejected> {
        let known = self.plan.channel(channel).is_some_and(|channel| !channel.retired);
        if known { Ok(()) } else { Err(Rejected::UnknownChannel(channel)) }
    }

    fn check_skills(&self, skills: Option<&Skills>) -> Result<(), Rejected> {
        let mut held = skills.into_iter().flat_map(Skills::iter);
        match held.find(|(skill, _)| usize::from(skill.0) >= self.plan.skills().len()) {
            Some((skill, _)) => Err(Rejected::UnknownSkill(skill)),
            None => Ok(()),
        }
    }

    fn check_needs(&self, needs: &Needs) -> Result<(), Rejected> {
        match needs {
            Needs::Nothing => Ok(()),
            Needs::Named(id) => match self.plan.requirement_named(*id) {
                Some(_) => Ok(()),
                None => Err(Rejected::UnknownRequirement(*id)),
            },
            Needs::Own(requirement) => self.check_requirement(requirement),
        }
    }

    fn check_requirement(&self, requirement: &Requirement) -> Result<(), Rejected> {
        let limits = self.plan.limits();
        let (max_nodes, max_depth) = (usize::from(limits.requirement_parts), usize::from(limits.requirement_depth));
        let (nodes, depth) = requirement.size();
        if nodes > max_nodes || depth > max_depth {
            return Err(Rejected::RequirementTooLarge { nodes, depth, max_nodes, max_depth });
        }
        match requirement.skills().into_iter().find(|skill| usize::from(skill.0) >= self.plan.skills().len()) {
            Some(skill) => Err(Rejected::UnknownSkill(skill)),
            None => Ok(()),
        }
    }

    pub(super) fn check_takes(&self, slot: u32, agent: AgentId, channel: ChannelId) -> Result<(), Rejected> {
        if self.takes(slot, channel) { Ok(()) } else { Err(Rejected::ChannelNotTaken { agent, channel }) }
    }

    fn check_room_to_resume(&self, subject: Subject, contact: ContactId) -> Result<Subject, Rejected> {
        let Subject::Contact(slot) = subject else { return Ok(subject) };
        let it = &self.agents[self.contacts[slot].agent];
        let at = it.holding.iter().position(|held| held.contact == slot);
        let fits = at.is_some_and(|at| self.may_resume(self.contacts[slot].agent, at));
        if fits { Ok(subject) } else { Err(Rejected::NoRoom { agent: it.id, contact }) }
    }

    fn check_wrap_up(&self, subject: Subject, contact: ContactId) -> Result<Subject, Rejected> {
        let Subject::Contact(slot) = subject else { return Ok(subject) };
        let it = &self.contacts[slot];
        let fixed = matches!(it.wrap_up().unwrap_or_else(|| self.plan.wrap_up(it.queue, it.channel)), WrapUp::Fixed(_));
        if fixed && it.deadline().is_some() { Err(Rejected::WrapUpFixed(contact)) } else { Ok(subject) }
    }

    fn known_agent(&self, agent: AgentId) -> Result<u32, Rejected> {
        self.agent_ids.get(&agent).ok_or(Rejected::UnknownAgent(agent))
    }

    fn open_offer(&self, offer: OfferId) -> Result<Subject, Rejected> {
        self.offer_ids.get(&offer).map(Subject::Contact).ok_or(Rejected::StaleOffer(offer))
    }

    fn waiting(&self, contact: ContactId, wanted: &'static str) -> Result<Subject, Rejected> {
        self.contact_in(contact, wanted, |place| matches!(place, Place::InLine | Place::Scheduled))
    }

    fn contact_in(
        &self,
        contact: ContactId,
        wanted: &'static str,
        allowed: impl Fn(Place) -> bool,
    ) -> Result<Subject, Rejected> {
        let slot = self.contact_ids.get(&contact).ok_or(Rejected::UnknownContact(contact))?;
        let place = self.contacts[slot].place;
        if allowed(place) { Ok(Subject::Contact(slot)) } else { Err(wrong_state(contact, place, wanted)) }
    }
}

fn in_hand(place: Place) -> bool {
    matches!(place, Place::With(Stage::Connecting | Stage::Active | Stage::Quiet | Stage::Held))
}

fn state_name(place: Place) -> &'static str {
    match place {
        Place::InLine | Place::Loose => "waiting",
        Place::Scheduled => "scheduled",
        Place::With(Stage::Reserved) => "reserved for an agent",
        Place::Parked => "parked",
        Place::With(Stage::Offered) => "offered to an agent",
        Place::With(Stage::Connecting) => "being connected",
        Place::With(Stage::Active) => "active",
        Place::With(Stage::Quiet) => "quiet",
        Place::With(Stage::Held) => "on hold",
        Place::With(Stage::WrapUp) => "being wrapped up",
    }
}

#[cold]
fn wrong_state(contact: ContactId, place: Place, wanted: &'static str) -> Rejected {
    Rejected::WrongState { contact, state: state_name(place), wanted }
}

#[cold]
fn limit(what: &'static str, limit: u64) -> Rejected {
    Rejected::LimitReached { what, limit }
}
