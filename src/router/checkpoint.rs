//! Checkpoints: the whole state in a form that can be kept, and the digest over it.

use serde::{Deserialize, Serialize};

use crate::agent::ChannelSet;
use crate::capacity::Stage;
use crate::command::Role;
use crate::contact::{Needs, Turn};
use crate::id::{AgentId, ChannelId, ContactId, CustomerId, GroupId, OfferId, QueueId, Seq};
use crate::plan::Plan;
use crate::private::Private;
use crate::queue::WrapUp;
use crate::rejected::Rejected;
use crate::requirement::Skills;
use crate::router::Router;
use crate::router::corrupt::Corrupt;
use crate::router::customers::SavedCustomer;
use crate::router::digest::{self, Digest};
use crate::router::legs::Leg;
use crate::router::orders::Policies;
use crate::router::pacing::{Pacing, SavedPacing};
use crate::router::records::{Agent, Contact, Excluded, Holding, NONE, Only, Place};
use crate::router::scheduled::Appointment;
use crate::router::settle::Marks;
use crate::router::sources::Sources;
use crate::router::state::{Standing, State};
use crate::router::teams::Occupation;
use crate::router::trace::Trace;
use crate::router::watch::Watch;
use crate::time::{Span, Timestamp};

/// The format of checkpoints this build writes, and the only one it reads.
pub(super) const VERSION: u16 = 1;

/// Contacts and offers beyond any that can have been counted, one by one, since counting began.
const COUNTABLE: u64 = u64::MAX / 2;

/// The whole state of an engine, to be kept with serde in a format of the host's choice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    version: u16,
    pub(crate) plan: Plan,
    state: Saved,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
struct Saved {
    now: Timestamp,
    seq: Seq,
    arrivals: u64,
    offers: u64,
    sources: Sources,
    standings: Vec<Standing>,
    contacts: Vec<SavedContact>,
    agents: Vec<SavedAgent>,
    customers: Vec<SavedCustomer>,
    /// What is observed of each team.
    teams: Vec<Watch>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
struct SavedContact {
    id: ContactId,
    arrival: u64,
    origin: Timestamp,
    since: Timestamp,
    queue: QueueId,
    channel: ChannelId,
    priority: i16,
    place: Place,
    needs: Needs,
    answer_within: Option<Span>,
    max_wait: Option<Span>,
    wrap_up: Option<WrapUp>,
    only: Option<Only>,
    customer: Option<CustomerId>,
    owner: Option<AgentId>,
    step: u16,
    step_since: Timestamp,
    widened: u16,
    released: bool,
    first_offer: Option<Timestamp>,
    offers: u16,
    offer: Option<OfferId>,
    overflows: u8,
    promised: bool,
    appointment: Option<Appointment>,
    deadline: Option<Timestamp>,
    given_at: Timestamp,
    assigned: bool,
    legs: Vec<Leg>,
    joined: Vec<(AgentId, Role)>,
    turn: Turn,
    turn_since: Timestamp,
    exclusions: Vec<Excluded>,
    context: Option<Private<Box<[u8]>>>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
struct SavedAgent {
    id: AgentId,
    group: GroupId,
    skills: Option<Skills>,
    ready: ChannelSet,
    draining: bool,
    streak: u16,
    handled: u32,
    released_at: Timestamp,
    handled_at: Timestamp,
    offered_at: Timestamp,
    available_at: Timestamp,
    heard_at: Timestamp,
    lost: Option<Timestamp>,
    shift: Option<Timestamp>,
    again: Option<(Timestamp, ChannelSet)>,
    /// Of each channel that its profile paces, when it was given the last of them, and its limit.
    paced: Vec<SavedPacing>,
    /// Contact, stage, forced, goes on by itself, active since; in order of giving.
    holding: Vec<(ContactId, Stage, bool, bool, Timestamp)>,
    signed_in_at: Timestamp,
    /// Time with something in hand but for the present stretch, and since when that lasts.
    worked: Span,
    busy_since: Option<Timestamp>,
}

impl Router {
    /// The whole state. O(contacts + agents).
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { version: VERSION, plan: self.state.plan.clone(), state: self.state.save() }
    }

    /// 128 bits over everything future behaviour depends on: equal digests, equal answers to equal commands.
    /// O(contacts + agents).
    pub fn digest(&self) -> Digest {
        digest::of(&(self.state.plan_digest, self.state.save()))
    }

    /// An engine that goes on where the checkpoint was taken, as if it had never stopped. O(contacts + agents).
    ///
    /// # Errors
    /// [`Corrupt`] if the checkpoint is of another version, contradicts itself, or needs policies that were not given.
    pub fn restore(checkpoint: Checkpoint, policies: Policies) -> Result<Self, Corrupt> {
        if checkpoint.version != VERSION {
            return Err(Corrupt::Version { found: checkpoint.version });
        }
        let state = State::load(checkpoint.plan, checkpoint.state, policies)?;
        let router = Self { state, marks: Marks::default(), trace: Trace::default() };
        router.check_invariants().map_err(|broken| Corrupt::Inconsistent(broken.to_string()))?;
        Ok(router)
    }
}

impl State {
    fn save(&self) -> Saved {
        let contacts = self.contacts_by_arrival().into_iter().map(|slot| self.save_contact(slot)).collect();
        let agents = self.agents_by_id().into_iter().map(|slot| self.save_agent(slot)).collect();
        Saved {
            now: self.now,
            seq: self.seq,
            arrivals: self.arrivals,
            offers: self.offers,
            sources: self.sources.clone(),
            standings: self.standings.clone(),
            contacts,
            agents,
            customers: self.customers.save(),
            teams: self.save_teams(),
        }
    }

    fn save_contact(&self, slot: u32) -> SavedContact {
        let it = &self.contacts[slot];
        SavedContact {
            id: it.id,
            arrival: it.arrival,
            origin: it.origin,
            since: it.since,
            queue: it.queue,
            channel: it.channel,
            priority: it.priority,
            place: it.place,
            needs: self.needs_of(slot).clone(),
            answer_within: it.answer_within(),
            max_wait: it.max_wait(),
            wrap_up: it.wrap_up(),
            only: it.only(),
            customer: it.customer(),
            owner: it.owner(),
            step: it.step,
            step_since: it.step_since,
            widened: it.widened,
            released: it.is_released(),
            first_offer: it.first_offer(),
            offers: it.offers,
            offer: (it.place == Place::With(Stage::Offered)).then_some(it.offer()),
            overflows: it.overflows(),
            promised: it.promised(),
            appointment: self.appointment(slot),
            deadline: it.deadline(),
            given_at: if matches!(it.place, Place::With(_)) { it.given_at } else { Timestamp::ZERO },
            assigned: it.is_assigned() && it.place == Place::With(Stage::Offered),
            legs: self.legs.of(slot).collect(),
            joined: self.joins.of(slot).collect(),
            turn: it.turn(),
            turn_since: it.turn_since,
            exclusions: self.exclusions.of(slot).collect(),
            context: self.contexts.of(slot).map(Into::into),
        }
    }

    fn save_agent(&self, slot: u32) -> SavedAgent {
        let it = &self.agents[slot];
        let held = it.holding.iter();
        SavedAgent {
            id: it.id,
            group: it.group,
            skills: it.own_skills.then(|| self.crews.crews[it.crew as usize].skills.clone()),
            ready: it.ready,
            draining: it.draining,
            streak: it.streak,
            handled: it.handled,
            released_at: it.released_at,
            handled_at: it.handled_at,
            offered_at: it.offered_at,
            available_at: it.available_at,
            heard_at: it.heard_at,
            lost: it.lost,
            shift: it.shift,
            again: it.again,
            paced: it.pacing.iter().map(Pacing::save).collect(),
            holding: held
                .map(|h| (self.contacts[h.contact].id, h.stage, h.forced, h.by_itself, h.active_since))
                .collect(),
            signed_in_at: it.signed_in_at,
            worked: it.worked,
            busy_since: (!it.holding.is_empty()).then_some(it.busy_since),
        }
    }

    fn load(plan: Plan, saved: Saved, policies: Policies) -> Result<Self, Corrupt> {
        let inconsistent = |what: String| Corrupt::Inconsistent(what);
        let mut state = State::new(plan, policies).map_err(|rejected| match rejected {
            Rejected::UnknownPolicy(name) => Corrupt::UnknownPolicy(name),
            other => inconsistent(other.to_string()),
        })?;
        if saved.now == Timestamp::MAX || saved.arrivals > COUNTABLE || saved.offers > COUNTABLE {
            return Err(inconsistent("it was taken after the end of time".into()));
        }
        let channels = state.plan.channels().len();
        if saved.standings.iter().any(|standing| standing.pace.len() > channels) {
            return Err(inconsistent(format!("a queue handled more than the {channels} channels of the plan")));
        }
        let in_order = saved.contacts.is_sorted_by(|one, next| one.arrival < next.arrival)
            && saved.agents.is_sorted_by(|one, next| one.id < next.id);
        if !in_order {
            return Err(inconsistent(
                "contacts are not in order of arrival, or agents not in order of their ids".into(),
            ));
        }
        if saved.standings.len() != state.plan.queues().len() {
            return Err(inconsistent(format!(
                "{} queues, but the plan has {}",
                saved.standings.len(),
                state.plan.queues().len()
            )));
        }
        (state.now, state.seq) = (saved.now, saved.seq);
        let sources = if planted!(RequestIdsNotInSnapshot) { Sources::default() } else { saved.sources };
        (state.arrivals, state.offers, state.sources) = (saved.arrivals, saved.offers, sources);
        state.standings = saved.standings;
        for contact in saved.contacts {
            state.load_contact(contact)?;
        }
        for agent in saved.agents {
            state.load_agent(agent)?;
        }
        let lost = state
            .contacts_by_arrival()
            .into_iter()
            .find(|&slot| matches!(state.contacts[slot].place, Place::With(_)) && state.contacts[slot].agent == NONE);
        if let Some(slot) = lost {
            return Err(inconsistent(format!("{} is with an agent, but no agent holds it", state.contacts[slot].id)));
        }
        state.attach_customers();
        state.customers.load(&saved.customers, state.now).map_err(inconsistent)?;
        let waiting: Vec<u32> = state.standings.iter().map(|standing| standing.waiting).collect();
        state.rebuild();
        state.load_teams(saved.teams).map_err(inconsistent)?;
        if !state.standings.iter().map(|standing| standing.waiting).eq(waiting) {
            return Err(inconsistent("a queue counts others than those who wait in it".into()));
        }
        Ok(state)
    }

    fn load_contact(&mut self, saved: SavedContact) -> Result<(), Corrupt> {
        let it = |what: &str| Corrupt::Inconsistent(format!("{} {what}", saved.id));
        if self.contact_ids.get(&saved.id).is_some() {
            return Err(it("is there twice"));
        }
        let Some(queue) = self.plan.queue(saved.queue) else { return Err(it("is in a queue the plan has not")) };
        if self.plan.channel(saved.channel).is_none() {
            return Err(it("is on a channel the plan has not"));
        }
        let delays = self.choice(saved.queue).delays.len();
        if usize::from(saved.step) >= queue.steps.len().max(1) || usize::from(saved.widened) > delays {
            return Err(it("is in a step, or has waited for a delay, that its queue has not"));
        }
        if saved.place == Place::Loose || (saved.place == Place::With(Stage::Offered)) != saved.offer.is_some() {
            return Err(it("is nowhere"));
        }
        let times = [saved.origin, saved.since, saved.step_since, saved.given_at, saved.turn_since];
        let latest = times.into_iter().chain(saved.first_offer).max();
        if saved.arrival == 0 || saved.arrival > self.arrivals || latest > Some(self.now) {
            return Err(it("has not arrived yet"));
        }
        if !Appointment::may_stand(saved.appointment, saved.place, saved.deadline) {
            return Err(it("is promised for another time than the one it is kept for"));
        }
        let timed =
            matches!(saved.place, Place::With(Stage::Offered | Stage::Connecting | Stage::WrapUp | Stage::Reserved))
                || (saved.place == Place::With(Stage::Quiet) && saved.turn == Turn::Agent);
        if saved.deadline.is_some() && !timed {
            return Err(it("has a deadline, but nothing to do by it"));
        }
        if (saved.place == Place::Parked && saved.owner.is_none())
            || (matches!(saved.place, Place::With(_)) && saved.owner.is_some())
        {
            return Err(it("is parked at nobody, or with an agent and another's as well"));
        }
        if let Some(offer) = saved.offer
            && (offer.0 == 0 || offer.0 > self.offers || self.offer_ids.get(&offer).is_some())
        {
            return Err(it("has an offer that was never made, or made for another"));
        }
        if !self.could_have_legs(saved.place, saved.offer, &saved.legs) || (saved.assigned && !saved.legs.is_empty()) {
            return Err(it("rings with an agent with whom it cannot"));
        }
        if let Needs::Named(id) = &saved.needs
            && self.plan.requirement_named(*id).is_none()
        {
            return Err(it("has a requirement the plan has not"));
        }
        let mut contact = Contact::new(saved.id, saved.arrival, saved.queue, saved.channel, saved.since);
        contact.origin = saved.origin;
        contact.priority = saved.priority;
        contact.set_turn(saved.turn, saved.turn_since);
        contact.place = saved.place;
        contact.needs = self.needs.intern(&saved.needs);
        contact.set_answer_within(saved.answer_within);
        contact.set_max_wait(saved.max_wait);
        contact.set_wrap_up(saved.wrap_up);
        contact.set_only(saved.only);
        contact.set_customer(saved.customer);
        (contact.step, contact.step_since, contact.widened) = (saved.step, saved.step_since, saved.widened);
        contact.set_first_offer(saved.first_offer);
        contact.offers = saved.offers;
        if let Some(offer) = saved.offer {
            contact.set_offer(offer);
        }
        contact.set_deadline(saved.deadline);
        contact.set_overflows(saved.overflows);
        contact.release(saved.released);
        contact.promise(saved.promised);
        contact.appoint(saved.appointment.is_some());
        contact.given_at = saved.given_at;
        contact.set_owner(saved.owner);
        contact.set_assigned(saved.assigned);
        contact.set_legs(!saved.legs.is_empty());
        contact.has_exclusions = !saved.exclusions.is_empty();
        let slot = self.contacts.insert(contact);
        if !self.contexts.restore(slot, saved.context.as_ref()) {
            return Err(it("has nothing attached to it, or too much"));
        }
        self.contact_ids.insert(saved.id, slot);
        if let Some(offer) = saved.offer {
            self.offer_ids.insert(offer, slot);
        }
        for (agent, role) in saved.joined {
            self.joins.set(slot, agent, role);
        }
        for leg in saved.legs {
            self.offer_ids.insert(leg.offer, slot);
            self.legs.insert(slot, leg);
        }
        if let Some(appointment) = saved.appointment {
            self.appointments.set(slot, appointment);
        }
        for one in saved.exclusions {
            self.exclusions.set(slot, one);
        }
        Ok(())
    }

    /// Whether nobody else has the contact who is being loaded; one of several it rings with may.
    fn may_load(&self, contact: u32, agent: AgentId) -> bool {
        self.contacts[contact].agent == NONE || self.legs.of(contact).any(|leg| leg.agent == agent)
    }

    fn load_agent(&mut self, saved: SavedAgent) -> Result<(), Corrupt> {
        let it = |what: &str| Corrupt::Inconsistent(format!("{} {what}", saved.id));
        if self.agent_ids.get(&saved.id).is_some() {
            return Err(it("is there twice"));
        }
        let Some(group) = self.plan.group(saved.group) else { return Err(it("is in a group the plan has not")) };
        let latest = saved.released_at.max(saved.handled_at).max(saved.offered_at).max(saved.available_at);
        let given = saved.paced.iter().flat_map(|paced| paced.1.iter().copied());
        let active = saved.holding.iter().map(|held| held.4);
        if saved.shift.is_some() && saved.draining {
            return Err(it("has a shift that ends, but is leaving"));
        }
        if given.chain(active).chain([saved.heard_at]).fold(latest, Timestamp::max) > self.now {
            return Err(it("was here later than now"));
        }
        if saved.busy_since.is_some() == saved.holding.is_empty() {
            return Err(it("is busy with nothing, or not with something"));
        }
        let until = saved.busy_since.unwrap_or(self.now);
        if until > self.now || saved.signed_in_at + saved.worked > until {
            return Err(it("has worked for longer than it was here"));
        }
        let Some(pacing) = Pacing::load(saved.paced, self.plan.profile(group.capacity)) else {
            return Err(it("remembers of its pace what its profile does not ask for"));
        };
        let skills = saved.skills.clone().unwrap_or_else(|| group.skills.clone());
        let crew = self.crews.crew(saved.group, group.capacity, &skills);
        let slot = self.agents.insert(Agent {
            id: saved.id,
            group: saved.group,
            crew,
            own_skills: saved.skills.is_some(),
            ready: saved.ready,
            draining: saved.draining,
            marked: false,
            unshelved: false,
            weighed: false,
            streak: saved.streak,
            handled: saved.handled,
            load: crate::Load::ZERO,
            room: ChannelSet::NONE,
            holding: Vec::new(),
            signed_in_at: saved.signed_in_at,
            worked: saved.worked,
            busy_since: until,
            released_at: saved.released_at,
            handled_at: saved.handled_at,
            offered_at: saved.offered_at,
            available_at: saved.available_at,
            heard_at: saved.heard_at,
            lost: saved.lost,
            shift: saved.shift,
            again: saved.again,
            pacing,
            occupation: Occupation::Away,
            timer: None,
            shelf: NONE,
            keys: Vec::new(),
            live: true,
        });
        self.lost += u32::from(saved.lost.is_some());
        self.agent_ids.insert(saved.id, slot);
        for (contact, stage, forced, by_itself, active_since) in saved.holding {
            let joined = self.contact_ids.get(&contact).filter(|&slot| self.has_joined(slot, saved.id).is_some());
            if let Some(slot_of) = joined {
                let channel = self.contacts[slot_of].channel;
                let held = Holding { contact: slot_of, channel, stage, forced, by_itself, joined: true, active_since };
                self.agents[slot].holding.push(held);
                continue;
            }
            let held = self
                .contact_ids
                .get(&contact)
                .filter(|&held| self.contacts[held].place == Place::With(stage) && self.may_load(held, saved.id));
            let Some(held) = held else {
                return Err(Corrupt::Inconsistent(format!("{} holds {contact}, which is elsewhere", saved.id)));
            };
            let further = stage == Stage::Offered && self.legs.of(held).any(|leg| leg.agent == saved.id);
            if !further {
                self.contacts[held].agent = slot;
            }
            let channel: ChannelId = self.contacts[held].channel;
            self.agents[slot].holding.push(Holding {
                contact: held,
                channel,
                stage,
                forced,
                by_itself,
                joined: false,
                active_since,
            });
        }
        Ok(())
    }
}
