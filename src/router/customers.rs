//! What is remembered of customers: which contacts they have, who had them last, when one was completed.

use serde::{Deserialize, Serialize};

use crate::capacity::Stage;
use crate::contact::Outcome;
use crate::event::What;
use crate::id::{AgentId, ChannelId, ContactId, CustomerId};
use crate::rejected::Rejected;
use crate::router::Router;
use crate::router::checks::Subject;
use crate::router::id_map::IdMap;
use crate::router::records::{Contact, NONE, Only, Place, Slots};
use crate::router::settle::Step;
use crate::router::sorted::Sorted;
use crate::router::state::State;
use crate::time::{Span, Timestamp};

/// What is known of a customer.
///
/// ```
/// # use cordboard::*;
/// # let plan = Plan::builder().capacity("desk", |p| p.takes("chat", 3)).agents("team", "desk", |g| g).queue("q", |q| q).build()?;
/// # let (queue, chat, group) = (QueueId(0), ChannelId(0), GroupId(0));
/// # let mut router = Router::new(plan)?;
/// # let mut seq = 0;
/// # let mut send = |router: &mut Router, command| { seq += 1;
/// #     router.apply(&Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at: Timestamp::from_secs(seq), command }, &mut Vec::new()) };
/// let (ann, customer) = (AgentId(1), Some(CustomerId(7)));
/// send(&mut router, Command::SignIn { agent: ann, group, skills: None, ready: ChannelSet::ALL })?;
/// let new = NewContact { customer, ..NewContact::new(queue, chat) };
/// send(&mut router, Command::Enqueue { contact: ContactId(1), new })?;
/// let known = router.customer(CustomerId(7)).unwrap();
/// assert_eq!((known.contacts, known.last_agent), (vec![ContactId(1)], Some((ann, Timestamp::from_secs(2)))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Customer {
    /// Its contacts that are there, by arrival.
    pub contacts: Vec<ContactId>,
    /// Who took a contact of the customer last, and when that agent last took or gave up one.
    pub last_agent: Option<(AgentId, Timestamp)>,
    /// When one was last completed.
    pub last_completed: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    id: CustomerId,
    last: Option<(AgentId, Timestamp)>,
    completed: Option<Timestamp>,
    /// Contacts that are there.
    live: u32,
    /// Since when there are none; and who has had none for longer, and for less long.
    idle: Timestamp,
    longer: u32,
    shorter: u32,
}

/// A remembered customer as a checkpoint has it; those without a contact by when that began, the others by id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct SavedCustomer {
    id: CustomerId,
    last: Option<(AgentId, Timestamp)>,
    completed: Option<Timestamp>,
    /// Since when it has no contact, if it has none.
    idle: Option<Timestamp>,
}

/// Everybody who is remembered. Only contacts that name a customer are ever looked up here. O(log n) per change.
#[derive(Clone, Debug)]
pub(crate) struct Customers {
    by_id: IdMap<CustomerId, u32>,
    all: Slots<Known>,
    /// Contacts that are there, by customer and arrival.
    live: Sorted<(u32, u64), u32>,
    longest_idle: u32,
    latest_idle: u32,
}

impl Default for Customers {
    fn default() -> Self {
        Self {
            by_id: IdMap::default(),
            all: Slots::default(),
            live: Sorted::default(),
            longest_idle: NONE,
            latest_idle: NONE,
        }
    }
}

impl Customers {
    /// A customer has one more contact.
    fn attach(&mut self, id: CustomerId, arrival: u64, contact: u32) {
        let slot = self.by_id.get(&id).unwrap_or_else(|| {
            let known =
                Known { id, last: None, completed: None, live: 0, idle: Timestamp::ZERO, longer: NONE, shorter: NONE };
            let slot = self.all.insert(known);
            self.by_id.insert(id, slot);
            slot
        });
        if self.all[slot].live == 0 {
            self.unlink(slot);
        }
        self.all[slot].live += 1;
        self.live.insert((slot, arrival), contact);
    }

    /// A contact of the customer is gone.
    fn detach(&mut self, id: CustomerId, arrival: u64, now: Timestamp) {
        let Some(slot) = self.by_id.get(&id) else { return };
        self.live.remove(&(slot, arrival));
        let it = &mut self.all[slot];
        it.live -= 1;
        if it.live > 0 {
            return;
        }
        if it.last.is_none() && it.completed.is_none() {
            self.forget(slot);
        } else {
            self.link(slot, now);
        }
    }

    /// The customer has no contact from now on.
    fn link(&mut self, slot: u32, now: Timestamp) {
        let before = std::mem::replace(&mut self.latest_idle, slot);
        let it = &mut self.all[slot];
        (it.idle, it.longer, it.shorter) = (now, before, NONE);
        match before {
            NONE => self.longest_idle = slot,
            before => self.all[before].shorter = slot,
        }
    }

    /// Takes a customer out of those without a contact, if it is among them.
    fn unlink(&mut self, slot: u32) {
        let Known { longer, shorter, .. } = self.all[slot];
        if longer == NONE && shorter == NONE && self.longest_idle != slot {
            return;
        }
        match longer {
            NONE => self.longest_idle = shorter,
            longer => self.all[longer].shorter = shorter,
        }
        match shorter {
            NONE => self.latest_idle = longer,
            shorter => self.all[shorter].longer = longer,
        }
        let it = &mut self.all[slot];
        (it.longer, it.shorter) = (NONE, NONE);
    }

    fn forget(&mut self, slot: u32) {
        self.unlink(slot);
        self.by_id.remove(&self.all[slot].id);
        self.all.free(slot);
    }

    /// Forgets those who have had no contact for `remember`.
    fn forget_old(&mut self, now: Timestamp, remember: Span) {
        while self.longest_idle != NONE && self.all[self.longest_idle].idle + remember <= now {
            self.forget(self.longest_idle);
        }
    }

    /// Forgets who has had no contact for longest while there are more than `most`.
    fn forget_beyond(&mut self, most: u32) {
        while self.all.len() > most as usize && self.longest_idle != NONE {
            self.forget(self.longest_idle);
        }
    }

    fn contacts_of(&self, customer: u32) -> impl Iterator<Item = u32> + '_ {
        let from = self.live.iter_from((customer, 0));
        from.take_while(move |((of, _), _)| *of == customer).map(|(_, contact)| contact)
    }

    fn idle(&self) -> impl Iterator<Item = u32> + '_ {
        let some = |slot: u32| (slot != NONE).then_some(slot);
        std::iter::successors(some(self.longest_idle), move |&slot| some(self.all[slot].shorter))
    }

    /// Those with a contact, by id.
    fn busy(&self) -> Vec<u32> {
        let mut busy: Vec<u32> = self.live.iter().map(|((customer, _), _)| customer).collect();
        busy.dedup();
        busy.sort_unstable_by_key(|&slot| self.all[slot].id);
        busy
    }

    pub(crate) fn save(&self) -> Vec<SavedCustomer> {
        let saved = |slot: u32, idle| {
            let it = &self.all[slot];
            SavedCustomer { id: it.id, last: it.last, completed: it.completed, idle }
        };
        let idle = self.idle().map(|slot| saved(slot, Some(self.all[slot].idle)));
        idle.chain(self.busy().into_iter().map(|slot| saved(slot, None))).collect()
    }

    /// Takes saved customers over, of whose contacts all are there; what is wrong with them, if anything.
    pub(crate) fn load(&mut self, saved: &[SavedCustomer], now: Timestamp) -> Result<(), String> {
        let mut latest = Timestamp::ZERO;
        let mut with_contacts = 0;
        for one in saved {
            let times = [one.last.map(|(_, at)| at), one.completed, one.idle];
            if times.into_iter().flatten().any(|at| at > now) {
                return Err(format!("{} was here later than now", one.id));
            }
            let slot = match (one.idle, self.by_id.get(&one.id)) {
                (Some(idle), None) if idle >= latest && (one.last.is_some() || one.completed.is_some()) => {
                    latest = idle;
                    let known =
                        Known { id: one.id, last: None, completed: None, live: 0, idle, longer: NONE, shorter: NONE };
                    let slot = self.all.insert(known);
                    self.by_id.insert(one.id, slot);
                    self.link(slot, idle);
                    slot
                }
                (None, Some(slot)) => {
                    with_contacts += 1;
                    slot
                }
                _ => return Err(format!("{} is remembered twice, out of order, or for nothing", one.id)),
            };
            (self.all[slot].last, self.all[slot].completed) = (one.last, one.completed);
        }
        let mut ids: Vec<CustomerId> = saved.iter().map(|one| one.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let all_there = ids.len() == saved.len() && self.busy().len() == with_contacts;
        if all_there { Ok(()) } else { Err("customers with contacts are forgotten, or remembered twice".into()) }
    }

    /// What is broken, if anything: counts and order are what the records say.
    pub(crate) fn broken(&self) -> Option<String> {
        let counted: u32 = self.busy().iter().map(|&slot| self.all[slot].live).sum();
        if counted as usize != self.live.len() {
            return Some(format!("{counted} contacts counted, {} there", self.live.len()));
        }
        let idle: Vec<u32> = self.idle().collect();
        if idle.iter().any(|&slot| self.all[slot].live > 0) || !idle.is_sorted_by_key(|&slot| self.all[slot].idle) {
            return Some("those without a contact are not in order, or have one".into());
        }
        (idle.len() + self.busy().len() != self.all.len()).then(|| format!("{} are remembered", self.all.len()))
    }
}

impl Router {
    /// What is known of a customer; `None` if it is not remembered. O(log n + its contacts).
    pub fn customer(&self, customer: CustomerId) -> Option<Customer> {
        let slot = self.state.remembered(customer)?;
        let it = &self.state.customers.all[slot];
        let contacts = self.state.customers.contacts_of(slot).map(|contact| self.state.contacts[contact].id);
        Some(Customer { contacts: contacts.collect(), last_agent: it.last, last_completed: it.completed })
    }
}

impl State {
    /// The slot of a customer, unless its time is over.
    fn remembered(&self, customer: CustomerId) -> Option<u32> {
        let slot = self.customers.by_id.get(&customer)?;
        let it = &self.customers.all[slot];
        (it.live > 0 || it.idle + self.plan.customers().remember > self.now).then_some(slot)
    }

    /// Whether a contact of the customer that arrives now is a repeat.
    pub(crate) fn is_repeat(&self, customer: Option<CustomerId>, now: Timestamp) -> bool {
        let Some(slot) = customer.and_then(|customer| self.customers.by_id.get(&customer)) else { return false };
        let (it, rules) = (&self.customers.all[slot], self.plan.customers());
        let remembered = it.live > 0 || it.idle + rules.remember > now;
        remembered && it.completed.is_some_and(|at| now.since(at) <= rules.repeat_within)
    }

    /// A customer may have one contact on some channels.
    pub(crate) fn check_has_none(&self, customer: CustomerId, channel: ChannelId) -> Result<(), Rejected> {
        match self.one_of_customer(customer, channel) {
            Some(contact) => Err(Rejected::CustomerHasOne { customer, contact }),
            None => Ok(()),
        }
    }

    /// The same for a contact that is there on another channel.
    pub(crate) fn check_one_more(&self, subject: Subject, channel: ChannelId) -> Result<Subject, Rejected> {
        if let Subject::Contact(slot) = subject
            && self.contacts[slot].channel != channel
            && let Some(customer) = self.contacts[slot].customer()
        {
            self.check_has_none(customer, channel)?;
        }
        Ok(subject)
    }

    /// The contact that stands against a second one on a channel of which a customer may have one.
    pub(crate) fn one_of_customer(&self, customer: CustomerId, channel: ChannelId) -> Option<ContactId> {
        if !self.plan.channel(channel)?.one_per_customer {
            return None;
        }
        let mut contacts = self.customers.contacts_of(self.customers.by_id.get(&customer)?);
        let stands = |slot: &u32| {
            let it = &self.contacts[*slot];
            it.channel == channel && it.place != Place::With(Stage::WrapUp)
        };
        contacts.find(stands).map(|slot| self.contacts[slot].id)
    }

    /// Whom an arriving contact waits for alone because that agent had its customer last.
    pub(crate) fn affine(&self, contact: &Contact, customer: Option<CustomerId>) -> Option<Only> {
        let rule = self.plan.queue(contact.queue)?.affinity?;
        let slot = self.remembered(customer?)?;
        let (agent, at) = self.customers.all[slot].last?;
        let holder = self.agent_ids.get(&agent)?;
        let has_one = || {
            let mut contacts = self.customers.contacts_of(slot).map(|contact| &self.contacts[contact]);
            contacts.any(|it| it.agent == holder && !matches!(it.place, Place::With(Stage::Offered | Stage::Reserved)))
        };
        let counts = self.now.since(at) <= rule.within || has_one();
        let who = &self.agents[holder];
        let skills = &self.crews.crews[who.crew as usize].skills;
        let able = !who.draining && self.pool_rank(who.group.0, skills, &self.class_key(contact)).is_some();
        (counts && able).then(|| Only { agent, until: self.now + rule.wait })
    }

    /// The contact in this slot has arrived, and its customer has one more.
    pub(crate) fn customer_has(&mut self, customer: CustomerId, slot: u32) {
        let rules = *self.plan.customers();
        self.customers.forget_old(self.now, rules.remember);
        self.customers.attach(customer, self.contacts[slot].arrival, slot);
        self.customers.forget_beyond(rules.limit);
    }

    /// An agent took the contact.
    pub(crate) fn note_taken(&mut self, slot: u32, agent: AgentId) {
        if let Some(known) = self.customer_of(slot) {
            self.customers.all[known].last = Some((agent, self.now));
        }
    }

    /// The contact left the hands of an agent who had taken it.
    pub(crate) fn note_left(&mut self, slot: u32, agent: AgentId) {
        if let Some(known) = self.customer_of(slot)
            && let Some((last, at)) = &mut self.customers.all[known].last
            && *last == agent
        {
            *at = self.now;
        }
    }

    /// The contact was completed.
    pub(crate) fn note_completed(&mut self, slot: u32) {
        if let Some(known) = self.customer_of(slot) {
            self.customers.all[known].completed = Some(self.now);
        }
    }

    /// The contact is about to be gone.
    pub(crate) fn note_ended(&mut self, slot: u32, outcome: Outcome, agent: Option<AgentId>) {
        let Some(customer) = self.contacts[slot].customer() else { return };
        if outcome == Outcome::Completed {
            self.note_completed(slot);
        }
        if let Some(agent) = agent {
            self.note_left(slot, agent);
        }
        let rules = *self.plan.customers();
        self.customers.detach(customer, self.contacts[slot].arrival, self.now);
        self.customers.forget_old(self.now, rules.remember);
        self.customers.forget_beyond(rules.limit);
    }

    fn customer_of(&self, slot: u32) -> Option<u32> {
        self.contacts[slot].customer().and_then(|customer| self.customers.by_id.get(&customer))
    }

    /// Registers every contact that names a customer with it: while a checkpoint is read.
    pub(crate) fn attach_customers(&mut self) {
        for slot in self.contacts_by_arrival() {
            let it = &self.contacts[slot];
            if let Some(customer) = it.customer() {
                let arrival = it.arrival;
                self.customers.attach(customer, arrival, slot);
            }
        }
    }
}

impl Step<'_> {
    /// An agent has taken the contact: what its customer waits for on channels that this supersedes is over.
    pub(crate) fn supersede(&mut self, slot: u32) {
        let Some(customer) = self.state.customer_of(slot) else { return };
        if self.state.customers.all[customer].live < 2 {
            return;
        }
        let channel = self.state.contacts[slot].channel;
        let over = |other: &u32| {
            let it = &self.state.contacts[*other];
            it.channel != channel
                && it.place == Place::InLine
                && self.state.plan.channel(it.channel).is_some_and(|channel| channel.superseded)
        };
        let over: Vec<u32> = self.state.customers.contacts_of(customer).filter(over).collect();
        for other in over {
            let contact = self.state.contacts[other].id;
            self.emit(What::Ended { contact, outcome: Outcome::Superseded, agent: None });
        }
    }
}
