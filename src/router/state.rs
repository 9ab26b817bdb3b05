//! The engine's state, and the questions every part of it asks.

use std::collections::BTreeMap;

use crate::capacity::Stage;
use crate::contact::Needs;
use crate::id::{AgentId, ChannelId, ContactId, OfferId, QueueId, Seq};
use crate::plan::Plan;
use crate::policy::{AgentView, ContactView};
use crate::queue::ContactOrder;
use crate::rejected::Rejected;
use crate::requirement::{Requirement, Skills};
use crate::router::between::First;
use crate::router::broadcast::Short;
use crate::router::classes::{ClassKey, Classes};
use crate::router::context::Contexts;
use crate::router::crews::Crews;
use crate::router::customers::Customers;
use crate::router::digest::{self, Digest};
use crate::router::estimate::Pace;
use crate::router::exclusions::Exclusions;
use crate::router::id_map::IdMap;
use crate::router::joins::Joins;
use crate::router::legs::Legs;
use crate::router::orders::{Choice, Orders, Policies, idle_since};
use crate::router::records::{Agent, Contact, NONE, Place, Rank, Slots};
use crate::router::scheduled::Appointments;
use crate::router::sources::Sources;
use crate::router::teams::Teams;
use crate::router::timers::{Owner, Timers};
use crate::time::{Span, Timestamp};

/// Why an id in an event of ours is known: events are made only of what is there, and a journal is checked on the way in.
const KNOWN: &str = "an event names only what is there";

/// What the engine keeps per queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub(crate) struct Standing {
    /// The agent chosen last, for round-robin.
    pub(crate) last: Option<AgentId>,
    /// Contacts in line.
    pub(crate) waiting: u32,
    /// Arrivals are not let in.
    pub(crate) closed: bool,
    /// Per channel, how fast contacts are handled.
    pub(crate) pace: Vec<Pace>,
}

/// Everything. What is not derived from other fields is what a checkpoint holds.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) plan: Plan,
    pub(crate) plan_digest: Digest,
    pub(crate) policies: Policies,
    pub(crate) orders: Orders,
    pub(crate) now: Timestamp,
    pub(crate) seq: Seq,
    pub(crate) arrivals: u64,
    pub(crate) offers: u64,
    pub(crate) sources: Sources,
    pub(crate) standings: Vec<Standing>,
    pub(crate) contacts: Slots<Contact>,
    pub(crate) contact_ids: IdMap<ContactId, u32>,
    pub(crate) offer_ids: IdMap<OfferId, u32>,
    pub(crate) agents: Slots<Agent>,
    pub(crate) agent_ids: IdMap<AgentId, u32>,
    pub(crate) exclusions: Exclusions,
    pub(crate) appointments: Appointments,
    pub(crate) legs: Legs,
    pub(crate) joins: Joins,
    pub(crate) short: Short,
    pub(crate) customers: Customers,
    pub(crate) contexts: Contexts,
    pub(crate) needs: NeedsTable,
    pub(crate) classes: Classes,
    pub(crate) crews: Crews,
    pub(crate) teams: Teams,
    /// Agents whose room or keys may have changed since they were shelved.
    pub(crate) unshelved: Vec<u32>,
    pub(crate) timers: Timers,
    pub(crate) at_hand: AtHand,
    /// Agents who are lost.
    pub(crate) lost: u32,
    /// Used again by each choice between queues; empty in between.
    pub(crate) firsts: Vec<First>,
}

/// The slots of the contact and the agent that what happens now is about, so that their ids need not be looked up for every
/// event: a hint, taken back when either is gone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtHand {
    contact: u32,
    agent: u32,
}

impl State {
    pub(crate) fn new(plan: Plan, policies: Policies) -> Result<Self, Rejected> {
        let orders = Orders::compile(&plan, &policies)?;
        let standings = vec![Standing::default(); plan.queues().len()];
        let needs = NeedsTable::new(&plan);
        let teams = Teams::compile(&plan, &policies, Timestamp::ZERO)?;
        Ok(Self {
            plan_digest: digest::of(&plan),
            plan,
            policies,
            orders,
            now: Timestamp::ZERO,
            seq: Seq(0),
            arrivals: 0,
            offers: 0,
            sources: Sources::default(),
            standings,
            contacts: Slots::default(),
            contact_ids: IdMap::default(),
            offer_ids: IdMap::default(),
            agents: Slots::default(),
            agent_ids: IdMap::default(),
            exclusions: Exclusions::default(),
            appointments: Appointments::default(),
            legs: Legs::default(),
            joins: Joins::default(),
            short: Short::default(),
            customers: Customers::default(),
            contexts: Contexts::default(),
            needs,
            classes: Classes::default(),
            crews: Crews::default(),
            teams,
            unshelved: Vec::new(),
            timers: Timers::default(),
            at_hand: AtHand { contact: NONE, agent: NONE },
            lost: 0,
            firsts: Vec::new(),
        })
    }

    /// The contact that what happens next is about, and who has it.
    pub(crate) fn take_in_hand(&mut self, contact: u32) {
        self.at_hand = AtHand { contact, agent: self.contacts[contact].agent };
    }

    /// The contact that what happens next is about, and who is given it.
    pub(crate) fn take_both_in_hand(&mut self, contact: u32, agent: u32) {
        self.at_hand = AtHand { contact, agent };
    }

    /// The slot of a contact that is there.
    pub(crate) fn contact_slot(&self, contact: ContactId) -> u32 {
        let hint = self.at_hand.contact;
        if self.contacts.slots().get(hint as usize).is_some_and(|it| it.id == contact) {
            return hint;
        }
        self.contact_ids.get(&contact).expect(KNOWN)
    }

    /// The slot of an agent who is there.
    pub(crate) fn agent_slot(&self, agent: AgentId) -> u32 {
        let hint = self.at_hand.agent;
        if self.agents.slots().get(hint as usize).is_some_and(|it| it.id == agent) {
            return hint;
        }
        self.agent_ids.get(&agent).expect(KNOWN)
    }

    /// The slot of this contact, or of an agent who had it, is about to be free.
    pub(crate) fn put_down(&mut self) {
        self.at_hand = AtHand { contact: NONE, agent: NONE };
    }

    pub(crate) fn choice(&self, queue: QueueId) -> &Choice {
        &self.orders.choices[usize::from(queue.0)]
    }

    /// Time to answer within: the contact's own, else its queue's, else its channel's; at least a microsecond.
    pub(crate) fn within(&self, contact: &Contact) -> Span {
        let planned = || self.plan.target(contact.queue, contact.channel).map_or(Span::MAX, |target| target.within);
        Span(contact.answer_within().unwrap_or_else(planned).0.max(1))
    }

    /// Level and instant of a contact in its queue's order, as far as they do not change with time.
    pub(crate) fn standing_rank(&self, contact: &Contact) -> (i64, i64) {
        let origin = instant(contact.origin);
        let Some(queue) = self.plan.queue(contact.queue) else { return (0, origin) };
        match &queue.order {
            ContactOrder::Fifo | ContactOrder::Ratio => (0, origin),
            ContactOrder::Priority => (-i64::from(contact.priority), origin),
            ContactOrder::PriorityMinutes { worth } => {
                let credit = i128::from(contact.priority) * i128::from(worth.0);
                (0, clamp(i128::from(contact.origin.0) - credit))
            }
            ContactOrder::Deadline => (0, instant(contact.origin + self.within(contact))),
            ContactOrder::Host(_) => {
                let policy = &self.choice(contact.queue).urgency;
                let view = self.view(contact);
                (policy.as_ref().map_or(0, |policy| policy.urgency(&view).saturating_neg()), origin)
            }
        }
    }

    /// The rank of a contact among all that wait, now.
    pub(crate) fn urgency(&self, rank: Rank, ratio_within: Span) -> Rank {
        if ratio_within == Span::ZERO {
            return rank;
        }
        let age = u128::from(self.now.since(rank.origin).0) * 60_000_000 / u128::from(ratio_within.0);
        let age = i128::try_from(age).unwrap_or(i128::MAX);
        Rank { at: clamp(i128::from(self.now.0).saturating_sub(age)), ..rank }
    }

    #[inline]
    pub(crate) fn class_key(&self, contact: &Contact) -> ClassKey {
        let by_ratio = self.plan.queue(contact.queue).is_some_and(|queue| queue.order == ContactOrder::Ratio);
        let within = if by_ratio { self.within(contact) } else { Span::ZERO };
        let Contact { queue, channel, needs, step, widened, .. } = *contact;
        ClassKey { queue, channel, needs, step, widened, released: contact.is_released(), within }
    }

    /// The class of this key, new if need be. O(1).
    #[inline]
    pub(crate) fn class_of(&mut self, key: ClassKey) -> u32 {
        match self.classes.find(&key) {
            Some(class) => class,
            None => self.add_class(key),
        }
    }

    fn add_class(&mut self, key: ClassKey) -> u32 {
        let pools = self.plan.queue(key.queue).map_or(0, |queue| queue.pool(usize::from(key.step)).len());
        let steps = self.plan.queue(key.queue).map_or(&[][..], |queue| queue.pool(usize::from(key.step)));
        let prefers = |requirement: &Requirement| requirement.has_preferences();
        let plain = pools <= 1
            && !prefers(self.needs.requirement(key.needs))
            && !steps.iter().any(|step| prefers(&step.requires));
        self.classes.add(key, plain, self.choice(key.queue).kept)
    }

    /// Whether agents of a group with these skills may take contacts of this kind at all, and if so the place in the
    /// pool of the requirement that counts for them. O(size of the requirements).
    pub(crate) fn pool_rank(&self, group: u16, skills: &Skills, key: &ClassKey) -> Option<u32> {
        self.pool_rank_after(group, skills, key, self.widened_to(key.queue, key.widened))
    }

    /// The same for contacts that have waited so long, as far as stand-by is concerned.
    pub(crate) fn pool_rank_after(&self, group: u16, skills: &Skills, key: &ClassKey, waited: Span) -> Option<u32> {
        let group = self.plan.groups().get(usize::from(group))?;
        let queue = self.plan.queue(key.queue)?;
        if group.served(key.queue)?.after > waited {
            return None;
        }
        self.plan.profile(group.capacity)?.channel(key.channel)?;
        if !self.needs.requirement(key.needs).admits(skills) {
            return None;
        }
        let pool = queue.pool(usize::from(key.step));
        if pool.is_empty() {
            return Some(0);
        }
        let rank = pool.iter().position(|step| step.requires.admits(skills))?;
        u32::try_from(rank).ok()
    }

    /// Looks at the classes that a crew has not been looked at for. Each pair is looked at once: O(new classes).
    pub(crate) fn acquaint(&mut self, crew: u32) {
        let total = self.classes.all.len() as u32;
        let it = &self.crews.crews[crew as usize];
        if it.known == total {
            return;
        }
        for class in it.known..total {
            let it = &self.crews.crews[crew as usize];
            let serves = self.pool_rank(it.group.0, &it.skills, &self.classes.all[class as usize].key).is_some();
            self.crews.crews[crew as usize].classes.set(class, serves);
        }
        self.crews.crews[crew as usize].known = total;
    }

    pub(crate) fn excluded(&self, contact: u32, agent: AgentId) -> bool {
        if !self.contacts[contact].has_exclusions {
            return false;
        }
        self.exclusions.get(contact, agent).is_some_and(|one| one.until > self.now)
    }

    /// Whether an agent is not asked for a contact: excluded, or ringing with it already.
    pub(crate) fn passed_over(&self, contact: u32, agent: AgentId) -> bool {
        let rings = self.contacts[contact].place == Place::With(Stage::Offered);
        self.excluded(contact, agent) || (rings && self.rings_with(contact, agent))
    }

    pub(crate) fn owner(&self, contact: u32) -> Owner {
        Owner::Contact(self.contacts[contact].arrival)
    }

    pub(crate) fn view<'a>(&'a self, contact: &'a Contact) -> ContactView<'a> {
        ContactView {
            now: self.now,
            contact: contact.id,
            queue: contact.queue,
            channel: contact.channel,
            requires: self.needs.requirement(contact.needs),
            priority: contact.priority,
            age_origin: contact.origin,
            answer_within: self.within(contact),
        }
    }

    pub(crate) fn agent_view<'a>(&'a self, agent: &'a Agent, queue: QueueId) -> AgentView<'a> {
        AgentView {
            agent: agent.id,
            group: agent.group,
            skills: &self.crews.crews[agent.crew as usize].skills,
            load: agent.load,
            holding: agent.holding.len() as u32,
            handled: agent.handled,
            idle_since: idle_since(agent, self.choice(queue).clock),
        }
    }

    /// Slots of all contacts that are there, by arrival.
    pub(crate) fn contacts_by_arrival(&self) -> Vec<u32> {
        let all = self.contacts.slots().iter().enumerate();
        let there = all.filter(|(slot, it)| self.contact_ids.get(&it.id) == Some(*slot as u32));
        let mut slots: Vec<u32> = there.map(|(slot, _)| slot as u32).collect();
        slots.sort_unstable_by_key(|&slot| self.contacts[slot].arrival);
        slots
    }

    /// Slots of all agents who are there, by id.
    pub(crate) fn agents_by_id(&self) -> Vec<u32> {
        let all = self.agents.slots().iter().enumerate();
        let mut slots: Vec<u32> = all.filter(|(_, it)| it.live).map(|(slot, _)| slot as u32).collect();
        slots.sort_unstable_by_key(|&slot| self.agents[slot].id);
        slots
    }

    /// When the waiting contact needs looking at next.
    pub(crate) fn waiting_due(&self, slot: u32) -> Option<Timestamp> {
        let contact = &self.contacts[slot];
        let queue = self.plan.queue(contact.queue)?;
        let mut due = Timestamp::MAX;
        if let Some(longest) = self.longest_wait(contact) {
            due = due.min((contact.since + longest).max(self.now));
        }
        if let Some((after, _)) = self.after_wait(contact) {
            due = due.min(after.max(self.now));
        }
        if let Some(only) = contact.only() {
            due = due.min(only.until);
        }
        if !queue.steps.is_empty() {
            due = due.min(self.next_step(contact).unwrap_or(Timestamp::MAX).max(self.now));
        }
        if !contact.is_released() && self.is_scheduled_by_a_team(contact.queue, contact.channel) {
            due = due.min((contact.since + self.hold(contact)).max(self.now));
        }
        if let Some(widening) = self.next_widening(contact) {
            due = due.min(widening.max(self.now));
        }
        if contact.has_exclusions {
            let ends = self.exclusions.of(slot).map(|one| one.until);
            due = due.min(ends.filter(|&until| until > self.now).min().unwrap_or(Timestamp::MAX));
        }
        (due < Timestamp::MAX).then_some(due)
    }

    /// How long the scheduler may hold a contact back: no less than within which it is to be answered.
    pub(crate) fn hold(&self, contact: &Contact) -> Span {
        self.plan.scheduler().hold.max(self.within(contact))
    }

    /// When the contact's next step is due, if it has one and its clock runs.
    pub(crate) fn next_step(&self, contact: &Contact) -> Option<Timestamp> {
        use crate::queue::StepClock;
        let queue = self.plan.queue(contact.queue)?;
        let next = queue.steps.get(usize::from(contact.step) + 1)?;
        let from = match queue.step_clock {
            StepClock::Age => contact.origin,
            StepClock::Step => contact.step_since,
            StepClock::FirstOffer => contact.first_offer()?,
        };
        Some(from + next.after)
    }

    pub(crate) fn is_waiting(&self, slot: u32) -> bool {
        self.contacts[slot].place == Place::InLine
    }

    /// Channels of the profile an agent has.
    pub(crate) fn takes(&self, agent: u32, channel: ChannelId) -> bool {
        let crew = self.agents[agent].crew;
        let profile = self.plan.profile(self.crews.crews[crew as usize].profile);
        profile.is_some_and(|profile| profile.channel(channel).is_some())
    }
}

fn instant(at: Timestamp) -> i64 {
    i64::try_from(at.0).unwrap_or(i64::MAX)
}

fn clamp(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// Needs by small number: nothing, then those the plan names, then contacts' own.
#[derive(Clone, Debug)]
pub(crate) struct NeedsTable {
    entries: Vec<(Needs, Requirement)>,
    own: BTreeMap<Requirement, u32>,
}

impl NeedsTable {
    pub(crate) fn new(plan: &Plan) -> Self {
        let named = plan.requirements().iter().zip(0u32..);
        let named = named.map(|(it, id)| (Needs::Named(crate::id::RequirementId(id)), it.requires.clone()));
        let entries = std::iter::once((Needs::Nothing, Requirement::Anyone)).chain(named).collect();
        Self { entries, own: BTreeMap::new() }
    }

    /// The number of checked needs. O(1) for those the plan names, O(log own) else.
    pub(crate) fn intern(&mut self, needs: &Needs) -> u32 {
        match needs {
            Needs::Nothing => 0,
            Needs::Named(id) => id.0 + 1,
            Needs::Own(requirement) => {
                if let Some(&known) = self.own.get(&**requirement) {
                    return known;
                }
                let number = self.entries.len() as u32;
                self.entries.push((needs.clone(), (**requirement).clone()));
                self.own.insert((**requirement).clone(), number);
                number
            }
        }
    }

    /// The number of needs that are already there.
    pub(crate) fn find(&self, needs: &Needs) -> Option<u32> {
        match needs {
            Needs::Nothing => Some(0),
            Needs::Named(id) => Some(id.0 + 1),
            Needs::Own(requirement) => self.own.get(&**requirement).copied(),
        }
    }

    pub(crate) fn requirement(&self, number: u32) -> &Requirement {
        &self.entries[number as usize].1
    }

    pub(crate) fn needs(&self, number: u32) -> &Needs {
        &self.entries[number as usize].0
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}
