//! What each event does to the state. All change goes through here, whether decided now or read from a journal.

use crate::agent::ChannelSet;
use crate::capacity::{Load, Stage};
use crate::command::{Command, TransferTo};
use crate::contact::Needs;
use crate::event::{Event, HeldBy, OfferEnd, What};
use crate::id::{AgentId, ContactId, GroupId, OfferId, QueueId};
use crate::router::ledger;
use crate::router::orders;
use crate::router::records::{Agent, Contact, Excluded, Holding, NONE, Only, Place};
use crate::router::state::State;
use crate::router::timers::Owner;
use crate::time::{Span, Timestamp};

/// Why an id in an event of ours is known: events are made only of what is there, and a journal is checked on the way in.
const KNOWN: &str = "an event names only what is there";

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
                let crew = self.agents[slot].crew;
                self.crews.crews[crew as usize].members -= 1;
                self.unshelve(slot);
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
                self.unshelve(slot);
            }
            What::SkillsChanged { agent } => {
                if let Command::SetSkills { skills, .. } = command {
                    let slot = self.agent_slot(agent);
                    self.agents[slot].own_skills = true;
                    self.join_crew(slot, Some(skills.clone()));
                }
            }
            What::Arrived { contact, .. } => self.arrive(contact, command),
            What::Queued { contact, .. } => self.stand_in_line(self.contact_slot(contact)),
            What::PreferenceEnded { contact } => {
                self.restand(contact, |contact, _| contact.only = None);
            }
            What::Relaxed { contact, step } => self.restand(contact, |contact, now| {
                contact.step = step;
                contact.step_since = now;
            }),
            What::PriorityChanged { contact, priority } => {
                self.restand(contact, |contact, _| contact.priority = priority);
            }
            What::NeedsChanged { contact } => {
                if let Command::SetNeeds { needs, .. } = command {
                    let needs = self.needs.intern(needs);
                    self.restand(contact, |contact, _| contact.needs = needs);
                }
            }
            What::Transferred { contact, queue } => self.transfer(contact, queue, command),
            What::Offered { offer, contact, agent, expires, forced } => {
                let slot = self.contact_slot(contact);
                self.offers = offer.0;
                self.offer_ids.insert(offer, slot);
                self.contacts[slot].offer = offer;
                self.give(slot, agent, Stage::Offered, expires, forced);
            }
            What::Assigned { contact, agent, connect_by, forced } => {
                let slot = self.contact_slot(contact);
                let connecting = self.connects(slot);
                let stage = if connecting { Stage::Connecting } else { Stage::Active };
                self.give(slot, agent, stage, connect_by, forced);
                let agent = self.agent_slot(agent);
                self.agents[agent].handled += 1;
            }
            What::OfferEnded { offer, contact, agent, end } => {
                let slot = self.contact_slot(contact);
                self.offer_ids.remove(&offer);
                self.take_back(slot);
                let agent_slot = self.agent_slot(agent);
                if end == OfferEnd::Expired {
                    let punished = self.no_answer_applies(agent_slot, self.contacts[slot].queue);
                    let it = &mut self.agents[agent_slot];
                    it.streak = if punished { 0 } else { it.streak.saturating_add(1) };
                }
                if end != OfferEnd::Left {
                    self.exclude(slot, agent);
                }
            }
            What::Accepted { offer, contact, agent, connect_by } => {
                let slot = self.contact_slot(contact);
                self.offer_ids.remove(&offer);
                let connecting = self.connects(slot);
                let stage = if connecting { Stage::Connecting } else { Stage::Active };
                self.set_stage(slot, stage, connect_by);
                let agent = self.agent_slot(agent);
                self.agents[agent].handled += 1;
                self.agents[agent].streak = 0;
            }
            What::Connected { contact, .. } => self.set_stage(self.contact_slot(contact), Stage::Active, None),
            What::Held { contact, by, .. } => {
                let slot = self.contact_slot(contact);
                self.set_stage(slot, Stage::Held, None);
                self.holding_mut(slot).by_arrival = by == HeldBy::Arrival;
            }
            What::Resumed { contact, .. } => {
                let slot = self.contact_slot(contact);
                self.set_stage(slot, Stage::Active, None);
                self.holding_mut(slot).by_arrival = false;
            }
            What::Quieted { contact, .. } => self.set_stage(self.contact_slot(contact), Stage::Quiet, None),
            What::Woken { contact, forced, .. } => {
                let slot = self.contact_slot(contact);
                self.set_stage(slot, Stage::Active, None);
                self.holding_mut(slot).forced |= forced;
            }
            What::WrapUpStarted { contact, until, .. } => {
                self.set_stage(self.contact_slot(contact), Stage::WrapUp, until);
            }
            What::Returned { contact, agent, .. } => {
                let slot = self.contact_slot(contact);
                self.note_pace(slot);
                self.take_back(slot);
                let agent_slot = self.agent_slot(agent);
                self.agents[agent_slot].handled_at = event.at;
                self.contacts[slot].left = Some(agent);
                self.exclude(slot, agent);
            }
            What::Ended { contact, .. } => self.end(self.contact_slot(contact)),
        }
    }

    pub(crate) fn contact_slot(&self, contact: ContactId) -> u32 {
        self.contact_ids.get(&contact).expect(KNOWN)
    }

    pub(crate) fn agent_slot(&self, agent: AgentId) -> u32 {
        self.agent_ids.get(&agent).expect(KNOWN)
    }

    // ---- agents

    fn sign_in(&mut self, id: AgentId, group: GroupId, command: &Command) {
        let Command::SignIn { skills, ready, .. } = command else { return };
        let now = self.now;
        if let Some(slot) = self.agent_ids.get(&id) {
            let it = &mut self.agents[slot];
            it.group = group;
            it.own_skills = skills.is_some();
            it.ready = *ready;
            it.draining = false;
            it.again = None;
            it.available_at = now;
            self.arm_agent(slot);
            // A draining agent was not counted in its crew.
            let crew = self.agents[slot].crew;
            self.crews.crews[crew as usize].members += 1;
            self.join_crew(slot, skills.clone());
            self.excuse(slot);
            return;
        }
        let slot = self.agents.insert(Agent {
            id,
            group,
            crew: NONE,
            own_skills: skills.is_some(),
            ready: *ready,
            draining: false,
            marked: false,
            unshelved: false,
            streak: 0,
            handled: 0,
            load: Load::ZERO,
            room: ChannelSet::NONE,
            holding: Vec::new(),
            released_at: now,
            handled_at: now,
            offered_at: now,
            available_at: now,
            again: None,
            timer: None,
            shelf: NONE,
            keys: vec![0; self.orders.indices.len()],
            live: true,
        });
        self.agent_ids.insert(id, slot);
        self.join_crew(slot, skills.clone());
    }

    /// Moves an agent to the crew of its group and skills (`None`: the group's).
    pub(crate) fn join_crew(&mut self, slot: u32, skills: Option<crate::requirement::Skills>) {
        self.off_shelf(slot);
        let (group, before, draining) = (self.agents[slot].group, self.agents[slot].crew, self.agents[slot].draining);
        if before != NONE && !draining {
            self.crews.crews[before as usize].members -= 1;
        }
        let of_group = self.plan.group(group).expect("an agent's group is in the plan: retired groups stay");
        let skills = skills.unwrap_or_else(|| of_group.skills.clone());
        let crew = self.crews.crew(group, of_group.capacity, &skills);
        self.agents[slot].crew = crew;
        if !draining {
            self.crews.crews[crew as usize].members += 1;
        }
        self.unshelve(slot);
    }

    fn sign_out(&mut self, id: AgentId) {
        let slot = self.agent_slot(id);
        self.off_shelf(slot);
        let it = &mut self.agents[slot];
        it.live = false;
        it.again = None;
        let (crew, draining) = (it.crew, it.draining);
        if !draining {
            self.crews.crews[crew as usize].members -= 1;
        }
        self.arm_agent(slot);
        self.agent_ids.remove(&id);
        self.agents.free(slot);
    }

    pub(crate) fn arm_agent(&mut self, slot: u32) {
        let it = &self.agents[slot];
        let (owner, due, timer) = (Owner::Agent(it.id.0), it.again.map(|(until, _)| until), it.timer);
        if let Some(timer) = timer {
            self.timers.cancel(timer, owner);
        }
        self.agents[slot].timer = due.map(|due| self.timers.set(self.now, due, owner, slot));
    }

    /// Whether, should one more offer ring out with this agent, the queue's rule for the agent applies.
    pub(crate) fn no_answer_applies(&self, agent: u32, queue: QueueId) -> bool {
        use crate::queue::NoAnswerEffect;
        let Some(queue) = self.plan.queue(queue) else { return false };
        let it = &self.agents[agent];
        let can_apply = match queue.no_answer.agent {
            NoAnswerEffect::Stay => false,
            NoAnswerEffect::NotReady => it.ready != ChannelSet::NONE,
            NoAnswerEffect::SignOut => !it.draining,
        };
        can_apply && it.streak.saturating_add(1) >= queue.no_answer.after
    }

    /// Its room or keys may have changed: it is shelved anew before anybody looks.
    pub(crate) fn unshelve(&mut self, slot: u32) {
        if !self.agents[slot].unshelved {
            self.agents[slot].unshelved = true;
            self.unshelved.push(slot);
        }
    }

    fn off_shelf(&mut self, slot: u32) {
        let it = &mut self.agents[slot];
        if it.shelf != NONE {
            self.crews.take(it.shelf, it.id.0, &it.keys);
            it.shelf = NONE;
        }
    }

    /// Works out load and room of an agent from what it holds. O(channels × held).
    pub(crate) fn weigh(&mut self, slot: u32) {
        let room = self.room_of(slot);
        let it = &mut self.agents[slot];
        let profile = self.plan.profile(self.crews.crews[it.crew as usize].profile);
        it.load = profile.map_or(Load::ZERO, |profile| ledger::load(profile, &it.holding));
        it.room = room;
    }

    /// The channels of which an agent could be given one more contact now. O(channels × held).
    pub(crate) fn room_of(&self, slot: u32) -> ChannelSet {
        let it = &self.agents[slot];
        if it.draining || !it.live {
            return ChannelSet::NONE;
        }
        let profile = self.plan.profile(self.crews.crews[it.crew as usize].profile);
        profile.map_or(ChannelSet::NONE, |profile| ChannelSet(ledger::room(profile, &it.holding).0 & it.ready.0))
    }

    /// An agent whose capacity became smaller keeps what it has, recorded as forced where that is now too much.
    pub(crate) fn excuse(&mut self, slot: u32) {
        let it = &mut self.agents[slot];
        let profile = self.plan.profile(self.crews.crews[it.crew as usize].profile);
        if profile.is_some_and(|profile| ledger::load(profile, &it.holding) > Load::FULL) {
            for held in &mut it.holding {
                held.forced = true;
            }
        }
    }

    /// Puts every agent that changed on the shelf that fits it now.
    pub(crate) fn shelve(&mut self) {
        while let Some(slot) = self.unshelved.pop() {
            if !std::mem::take(&mut self.agents[slot].unshelved) || !self.agents[slot].live {
                continue;
            }
            self.weigh(slot);
            let it = &mut self.agents[slot];
            if it.room == ChannelSet::NONE {
                self.off_shelf(slot);
                continue;
            }
            let shelf = self.crews.shelf(it.crew, it.room, self.orders.indices.len());
            let it = &self.agents[slot];
            let indices = self.orders.indices.iter();
            if shelf == it.shelf && indices.clone().zip(&it.keys).all(|(parts, &key)| orders::key(parts, it) == key) {
                continue;
            }
            self.off_shelf(slot);
            let it = &mut self.agents[slot];
            for at in 0..it.keys.len() {
                it.keys[at] = orders::key(&self.orders.indices[at], it);
            }
            it.shelf = shelf;
            self.crews.put(shelf, slot, it.id.0, &it.keys);
        }
    }

    // ---- contacts

    fn arrive(&mut self, id: ContactId, command: &Command) {
        let Command::Enqueue { new, .. } = command else { return };
        self.arrivals += 1;
        let only = new.preferred.and_then(|preferred| {
            let agent = self.agent_ids.get(&preferred.agent)?;
            let counts = !self.agents[agent].draining && self.takes(agent, new.channel);
            counts.then(|| Only { agent: preferred.agent, until: self.now + preferred.wait })
        });
        let contact = Contact {
            id,
            arrival: self.arrivals,
            origin: new.age_origin.unwrap_or(self.now),
            since: self.now,
            queue: new.queue,
            channel: new.channel,
            priority: new.priority,
            place: Place::Loose,
            needs: self.needs.intern(&new.needs),
            answer_within: new.answer_within,
            max_wait: new.max_wait,
            wrap_up: new.wrap_up,
            only,
            customer: new.customer,
            step: 0,
            step_since: self.now,
            first_offer: None,
            offers: 0,
            offer: OfferId(0),
            deadline: None,
            given_at: self.now,
            left: None,
            agent: NONE,
            class: 0,
            level: 0,
            at: 0,
            timer: None,
            has_exclusions: false,
            marked: false,
        };
        let class = self.class_of(self.class_key(&contact));
        let slot = self.contacts.insert(Contact { class, ..contact });
        self.contact_ids.insert(id, slot);
    }

    pub(crate) fn stand_in_line(&mut self, slot: u32) {
        let class = self.class_of(self.class_key(&self.contacts[slot]));
        let (level, at) = self.standing_rank(&self.contacts[slot]);
        let it = &mut self.contacts[slot];
        (it.class, it.level, it.at, it.left) = (class, level, at, None);
        it.place = Place::InLine;
        let (rank, queue, only) = (it.rank(), it.queue, it.only);
        self.standings[usize::from(queue.0)].waiting += 1;
        match only {
            Some(only) => self.classes.direct.entry(only.agent).or_default().push(slot),
            None => self.classes.join(class, rank, slot),
        }
        self.arm(slot);
    }

    fn leave_line(&mut self, slot: u32) {
        let it = &mut self.contacts[slot];
        it.place = Place::Loose;
        let (class, rank, queue, only) = (it.class, it.rank(), it.queue, it.only);
        self.standings[usize::from(queue.0)].waiting -= 1;
        match only {
            Some(only) => {
                if let Some(waiting) = self.classes.direct.get_mut(&only.agent) {
                    waiting.retain(|&other| other != slot);
                    if waiting.is_empty() {
                        self.classes.direct.remove(&only.agent);
                    }
                }
            }
            None => self.classes.leave(class, rank),
        }
    }

    /// Changes what a contact's place in line depends on, wherever it is.
    fn restand(&mut self, id: ContactId, change: impl FnOnce(&mut Contact, Timestamp)) {
        let slot = self.contact_slot(id);
        let waits = self.is_waiting(slot);
        if waits {
            self.leave_line(slot);
        }
        change(&mut self.contacts[slot], self.now);
        if waits {
            self.stand_in_line(slot);
        } else {
            self.contacts[slot].class = self.class_of(self.class_key(&self.contacts[slot]));
        }
    }

    fn transfer(&mut self, id: ContactId, queue: QueueId, command: &Command) {
        let Command::Transfer { to, reset_age, .. } = command else { return };
        let slot = self.contact_slot(id);
        if self.is_waiting(slot) {
            self.leave_line(slot);
        }
        let needs = match to {
            TransferTo::Needs(needs) => self.needs.intern(needs),
            TransferTo::Queue(_) | TransferTo::Agent(..) => self.contacts[slot].needs,
        };
        let now = self.now;
        self.exclusions.remove(&slot);
        let it = &mut self.contacts[slot];
        it.queue = queue;
        it.needs = needs;
        it.only = match to {
            TransferTo::Agent(agent, wait) => Some(Only { agent: *agent, until: now + *wait }),
            TransferTo::Queue(_) | TransferTo::Needs(_) => None,
        };
        it.has_exclusions = false;
        (it.offers, it.step, it.step_since, it.first_offer, it.since) = (0, 0, now, None, now);
        if *reset_age {
            it.origin = now;
        }
        let left = it.left.take().filter(|&left| it.only.is_none_or(|only| only.agent != left));
        if let Some(agent) = left {
            self.exclude(slot, agent);
        }
        self.contacts[slot].class = self.class_of(self.class_key(&self.contacts[slot]));
    }

    fn give(&mut self, slot: u32, agent: AgentId, stage: Stage, deadline: Option<Timestamp>, forced: bool) {
        if self.is_waiting(slot) {
            self.leave_line(slot);
        }
        let now = self.now;
        let agent_slot = self.agent_slot(agent);
        let it = &mut self.contacts[slot];
        it.place = Place::With(stage);
        it.agent = agent_slot;
        it.deadline = deadline;
        it.given_at = now;
        it.first_offer = it.first_offer.or(Some(now));
        it.offers = it.offers.saturating_add(u16::from(stage == Stage::Offered));
        let (channel, queue) = (it.channel, it.queue);
        if !forced {
            self.standings[usize::from(queue.0)].last = Some(agent);
        }
        let holder = &mut self.agents[agent_slot];
        holder.offered_at = now;
        holder.holding.push(Holding { contact: slot, channel, stage, forced, by_arrival: false });
        self.unshelve(agent_slot);
        self.arm(slot);
    }

    /// Takes a contact out of its agent's hands.
    fn take_back(&mut self, slot: u32) {
        let agent = self.contacts[slot].agent;
        let it = &mut self.agents[agent];
        it.holding.retain(|held| held.contact != slot);
        it.released_at = self.now;
        self.unshelve(agent);
        let it = &mut self.contacts[slot];
        it.place = Place::Loose;
        it.agent = NONE;
        it.deadline = None;
        self.arm(slot);
    }

    fn set_stage(&mut self, slot: u32, stage: Stage, deadline: Option<Timestamp>) {
        let it = &mut self.contacts[slot];
        it.place = Place::With(stage);
        it.deadline = deadline;
        let agent = it.agent;
        self.holding_mut(slot).stage = stage;
        self.unshelve(agent);
        self.arm(slot);
    }

    fn holding_mut(&mut self, slot: u32) -> &mut Holding {
        let agent = self.contacts[slot].agent;
        let mut holding = self.agents[agent].holding.iter_mut();
        holding.find(|held| held.contact == slot).expect("a contact with an agent is among what it holds")
    }

    fn connects(&self, slot: u32) -> bool {
        let it = &self.contacts[slot];
        self.plan.connect_time(it.queue, it.channel).is_some()
    }

    fn exclude(&mut self, slot: u32, agent: AgentId) {
        let Some(queue) = self.plan.queue(self.contacts[slot].queue) else { return };
        let (span, most) = (queue.no_answer.exclude_for, queue.offers_per_agent);
        let all = self.exclusions.entry(slot).or_default();
        let at = all.iter().position(|one| one.agent == agent).unwrap_or_else(|| {
            all.push(Excluded { agent, until: Timestamp::ZERO, times: 0 });
            all.len() - 1
        });
        let one = &mut all[at];
        one.times = one.times.saturating_add(1);
        one.until = match one.times {
            times if times >= most => Timestamp::MAX,
            _ if span == Span::ZERO => self.now,
            _ => self.now + span,
        };
        self.contacts[slot].has_exclusions = true;
    }

    fn end(&mut self, slot: u32) {
        match self.contacts[slot].place {
            Place::InLine => self.leave_line(slot),
            Place::With(_) => {
                let agent = self.contacts[slot].agent;
                self.note_pace(slot);
                self.take_back(slot);
                self.agents[agent].handled_at = self.now;
            }
            Place::Loose => {}
        }
        if self.contacts[slot].has_exclusions {
            self.exclusions.remove(&slot);
        }
        self.arm(slot);
        self.contact_ids.remove(&self.contacts[slot].id);
        self.contacts.free(slot);
    }

    /// Sets the contact's one timer to what its place asks for.
    pub(crate) fn arm(&mut self, slot: u32) {
        let due = match self.contacts[slot].place {
            Place::InLine => self.waiting_due(slot),
            Place::With(_) => self.contacts[slot].deadline,
            Place::Loose => None,
        };
        let before = self.contacts[slot].timer;
        if before.map(|timer| timer.due) == due {
            return;
        }
        let owner = self.owner(slot);
        if let Some(timer) = before {
            self.timers.cancel(timer, owner);
        }
        let due = due.filter(|&due| due < Timestamp::MAX);
        self.contacts[slot].timer = due.map(|due| self.timers.set(self.now, due, owner, slot));
    }

    /// The needs of a contact, as the host gave them.
    pub(crate) fn needs_of(&self, slot: u32) -> &Needs {
        self.needs.needs(self.contacts[slot].needs)
    }
}
