//! A second engine, written from `docs/semantics.md` alone, to be read beside it.
//!
//! Everything is a plain list and every question is answered by looking at all of it: no index, no
//! counter, no timer structure, nothing remembered that can be worked out. A contact lives either in
//! `waiting` or inside the agent who has it, so it cannot be in two places, and an agent's load is summed
//! over what it holds each time it is asked for. Each file names the section it follows.
#![allow(dead_code, reason = "each test binary uses its own part of the reference")]

mod agents;
mod broadcast;
mod channels;
mod choice;
mod claims;
mod contacts;
mod conversation;
mod customers;
mod displace;
mod edges;
mod handling;
mod joining;
mod leases;
mod pacing;
mod plan;
mod room;
mod scheduled;
mod settling;
mod standby;
mod state;
mod steps;

use std::sync::Arc;

use cordboard::{
    AgentId, AgentSelection, Applied, Command, CommandId, ContactId, ContactSelection, Event, Plan, QueueId, Seq,
    Stamped, Timestamp, What,
};

pub(crate) use customers::Customer;
pub(crate) use state::{Agent, Contact, Holding, Place};

/// Why the reference refused a command: the first four as numbered in section 1, or the command's own condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    TooOld,
    SeqNotAfter,
    TimeWentBack,
    TimerDue,
    Condition(&'static str),
}

/// The host's policies, as the reference is given them.
#[derive(Clone, Default)]
pub(crate) struct HostPolicies {
    pub(crate) agents: Vec<Arc<dyn AgentSelection>>,
    pub(crate) contacts: Vec<Arc<dyn ContactSelection>>,
}

/// The naive router.
#[derive(Clone)]
pub(crate) struct Reference {
    pub(crate) plan: Plan,
    pub(crate) policies: HostPolicies,
    pub(crate) now: Timestamp,
    pub(crate) seq: Seq,
    /// `Arrived` events so far.
    pub(crate) arrivals: u64,
    /// `Offered` events so far.
    pub(crate) offers: u64,
    /// Everyone signed in, draining or not, in no particular order.
    pub(crate) agents: Vec<Agent>,
    /// Contacts with nobody, by arrival number.
    pub(crate) waiting: Vec<Contact>,
    /// Contacts with nobody that wait on their customer.
    pub(crate) parked: Vec<Contact>,
    /// Customers remembered, with what of them; those without a contact in the order in which they came to have none.
    pub(crate) customers: Vec<Customer>,
    /// Contacts that are promised for later, and in no line yet.
    pub(crate) scheduled: Vec<Contact>,
    /// Queues that are closed.
    pub(crate) closed: Vec<QueueId>,
    /// The agent each queue last made an unforced `Offered` or `Assigned` to.
    last_given: Vec<(QueueId, AgentId)>,
    /// Every command number applied, by source.
    applied: Vec<(u32, Vec<u64>)>,
    /// When each contact last came to be active.
    active_since: Vec<(ContactId, Timestamp)>,
    marked_agents: Vec<AgentId>,
    marked_contacts: Vec<ContactId>,
    events: Vec<Event>,
}

impl Reference {
    pub(crate) fn new(plan: Plan, policies: HostPolicies) -> Self {
        Self {
            plan,
            policies,
            now: Timestamp::ZERO,
            seq: Seq(0),
            arrivals: 0,
            offers: 0,
            agents: Vec::new(),
            waiting: Vec::new(),
            parked: Vec::new(),
            customers: Vec::new(),
            scheduled: Vec::new(),
            closed: Vec::new(),
            last_given: Vec::new(),
            applied: Vec::new(),
            active_since: Vec::new(),
            marked_agents: Vec::new(),
            marked_contacts: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Section 1.
    pub(crate) fn apply(&mut self, input: &Stamped, out: &mut Vec<Event>) -> Result<Applied, Refused> {
        if self.was_applied(input.id)? {
            return Ok(Applied::Repeated);
        }
        if input.seq <= self.seq {
            return Err(Refused::SeqNotAfter);
        }
        if input.at < self.now {
            return Err(Refused::TimeWentBack);
        }
        let advances = input.command == Command::AdvanceTime;
        if !advances && self.next_deadline().is_some_and(|due| due <= input.at) {
            return Err(Refused::TimerDue);
        }
        if self.too_many_sources(input.id) {
            return Err(Refused::Condition("as many sources as there may be"));
        }
        if advances {
            self.advance_time(input.at);
        } else {
            // Only what is refused is taken back, and with it the time that has passed.
            let (before, worked) = (self.now, self.agents.iter().map(|agent| agent.worked).collect::<Vec<_>>());
            self.go_on_to(input.at);
            let alive = self.sign_of_life(&input.command);
            // Only one who is back is told of before the command is looked at.
            let unchanged = self.is_lost(alive).then(|| self.clone());
            self.is_back(alive);
            let told = self.events.len();
            if let Err(refused) = self.obey(&input.command) {
                assert!(
                    self.events.len() == told,
                    "the reference refused a command after an event: {:?}",
                    input.command
                );
                if let Some(unchanged) = unchanged {
                    *self = unchanged;
                    self.events.clear();
                }
                self.now = before;
                self.agents.iter_mut().zip(worked).for_each(|(agent, worked)| agent.worked = worked);
                return Err(refused);
            }
            self.renew_lease(alive);
            self.settle();
        }
        self.seq = input.seq;
        self.remember(input.id);
        out.append(&mut self.events);
        Ok(Applied::Done)
    }

    fn obey(&mut self, command: &Command) -> Result<(), Refused> {
        match command {
            Command::AdvanceTime => Ok(()),
            Command::Configure { plan } => self.configure(plan),
            Command::SignIn { agent, group, skills, ready } => self.sign_in(*agent, *group, skills.as_ref(), *ready),
            Command::SignOut { agent, leave } => self.sign_out(*agent, *leave),
            Command::SetPresence { agent, channels, ready, reason } => {
                self.set_presence(*agent, *channels, *ready, *reason)
            }
            Command::Heartbeat { agent } => self.known_agent(*agent).map(|_| ()),
            Command::LinkLost { agent } => self.link_lost(*agent),
            Command::SetShift { agent, until } => self.set_shift(*agent, *until),
            Command::SetSkills { agent, skills } => self.set_skills(*agent, skills),
            Command::SetQueueOpen { queue, open } => self.set_queue_open(*queue, *open),
            Command::Enqueue { contact, new } => self.enqueue(*contact, new),
            Command::Abandon { contact } => self.abandon(*contact),
            Command::Cancel { contact } => self.cancel(*contact),
            Command::SetPriority { contact, priority } => self.set_priority(*contact, *priority),
            Command::SetContext { contact, context } => self.set_context(*contact, context.reveal()),
            Command::SetNeeds { contact, needs } => self.set_needs(*contact, needs),
            Command::ChangeChannel { contact, channel } => self.change_channel(*contact, *channel),
            Command::Assign { contact, agent } => self.assign(*contact, *agent),
            Command::Claim { contact, agent } => self.claim(*contact, *agent),
            Command::Accept { offer } => self.accept(*offer),
            Command::Decline { offer } => self.decline(*offer),
            Command::Revoke { offer } => self.revoke(*offer),
            Command::Connected { contact } => self.connected(*contact),
            Command::ConnectFailed { contact } => self.connect_failed(*contact),
            Command::Hold { contact } => self.hold(*contact),
            Command::Resume { contact } => self.resume(*contact),
            Command::MessageFromCustomer { contact } => self.message_from_customer(*contact),
            Command::MessageFromAgent { contact } => self.message_from_agent(*contact),
            Command::Park { contact } => self.park(*contact),
            Command::Quiet { contact } => self.quiet(*contact),
            Command::Wake { contact } => self.wake(*contact),
            Command::Join { contact, agent, role } => self.join(*contact, *agent, *role),
            Command::Part { contact, agent } => self.part(*contact, *agent),
            Command::Complete { contact } => self.complete(*contact),
            Command::EndWrapUp { contact } => self.end_wrap_up(*contact),
            Command::Requeue { contact } => self.requeue(*contact),
            Command::Transfer { contact, to, reset_age } => self.transfer(*contact, to, *reset_age),
        }
    }

    /// Whether this very command was applied before, and is among the last 64 numbers of its source.
    fn was_applied(&self, id: CommandId) -> Result<bool, Refused> {
        if id.source == 0 {
            return Ok(false);
        }
        let Some((_, numbers)) = self.applied.iter().find(|(source, _)| *source == id.source) else {
            return Ok(false);
        };
        let highest = numbers.iter().copied().max().unwrap_or(0);
        if id.number + 64 <= highest {
            return Err(Refused::TooOld);
        }
        Ok(numbers.contains(&id.number))
    }

    /// A source that is not known yet, when as many are as the plan's limit.
    fn too_many_sources(&self, id: CommandId) -> bool {
        id.source != 0
            && self.applied.iter().all(|(source, _)| *source != id.source)
            && self.applied.len() >= self.plan.limits().sources as usize
    }

    fn remember(&mut self, id: CommandId) {
        if id.source == 0 {
            return;
        }
        match self.applied.iter_mut().find(|(source, _)| *source == id.source) {
            Some((_, numbers)) => {
                numbers.push(id.number);
                // Only so that a long run stays quick: what is dropped here is refused as too old anyway.
                let highest = numbers.iter().copied().max().unwrap_or(0);
                numbers.retain(|number| number + 64 > highest);
            }
            None => self.applied.push((id.source, vec![id.number])),
        }
    }

    fn tell(&mut self, what: What) {
        self.note_active(&what);
        self.events.push(Event { at: self.now, what });
    }

    fn mark_agent(&mut self, agent: AgentId) {
        if !self.marked_agents.contains(&agent) {
            self.marked_agents.push(agent);
        }
    }

    fn mark_contact(&mut self, contact: ContactId) {
        if !self.marked_contacts.contains(&contact) {
            self.marked_contacts.push(contact);
        }
    }
}
