//! Who takes a contact, and what an agent takes: the two questions that are asked all the time.

use crate::agent::ChannelSet;
use crate::capacity::Stage;
use crate::id::QueueId;
use crate::mix::mix;
use crate::queue::ContactOrder;
use crate::router::crews::AgentKey;
use crate::router::orders::{CRITERIA, Choice, Criterion, idle_since, load_key};
use crate::router::records::{Agent, Contact, NONE, Place, Rank};
use crate::router::state::State;
use crate::router::teams::Occupation;
use crate::time::Span;

/// Heads of a lane that are tried in order before the classes an agent may serve are picked out instead.
const HEADS: usize = 64;

/// What agents are compared by, the smallest first: place in the pool, unmet preferences, the queue's criteria, id.
pub(crate) type Score = ([u64; 2], [u64; CRITERIA], u64);

impl State {
    /// The agent who is to take a loose or waiting contact, if there is one.
    ///
    /// O(shelves that have room) for up to 32 of them, else O(log agents) for every agent passed over; for criteria
    /// that score the pair (`random`, `least-occupied`, `least-worked`, the host's), O(agents with room).
    pub(crate) fn find_agent(&mut self, contact: u32) -> Option<u32> {
        if let Some(only) = self.contacts[contact].only() {
            let agent = self.agent_ids.get(&only.agent)?;
            self.weigh(agent);
            let able = self.agents[agent].room.has(self.contacts[contact].channel);
            return (able && !self.excluded(contact, only.agent)).then_some(agent);
        }
        if self.choice(self.contacts[contact].queue).only_claimed {
            return None;
        }
        if let Some(owner) = self.owner_for(contact) {
            return Some(owner);
        }
        self.shelve();
        let class = self.contacts[contact].class;
        let (index, across_crews) = {
            let choice = self.choice(self.contacts[contact].queue);
            let channel = self.contacts[contact].channel;
            (choice.index_for(channel), choice.across_crews && self.classes.all[class as usize].plain)
        };
        if across_crews { self.first_by_index(contact, index) } else { self.first_by_score(contact) }
    }

    /// The agent to whom a contact belongs, if it could take it now: it comes before the order of the queue.
    fn owner_for(&self, contact: u32) -> Option<u32> {
        let agent = self.agent_ids.get(&self.contacts[contact].owner()?)?;
        self.could_take(agent, contact).then_some(agent)
    }

    /// The first agent in an index whose order holds across crews.
    fn first_by_index(&mut self, contact: u32, index: usize) -> Option<u32> {
        let (channel, class) = (self.contacts[contact].channel, self.contacts[contact].class);
        let mut best: Option<(AgentKey, u32)> = None;
        for rack in 0..self.crews.racks.len() {
            if !self.crews.racks[rack].room.has(channel) {
                continue;
            }
            if self.crews.heads(rack, index).is_some() {
                best = earlier(best, self.first_in_rack(contact, rack, index));
                continue;
            }
            for at in 0..self.crews.racks[rack].occupied.len() {
                let shelf = self.crews.racks[rack].occupied[at] as usize;
                let first = self.crews.shelves[shelf].lines[index].first();
                let crew = self.crews.shelves[shelf].crew;
                if earlier(best, first) != best && self.may_give(contact, shelf as u32) && self.crew_serves(crew, class)
                {
                    let line = &self.crews.shelves[shelf].lines[index];
                    let able = |agent: u32| !self.passed_over(contact, self.agents[agent].id);
                    let found = first.filter(|&(_, agent)| able(agent));
                    best = earlier(best, found.or_else(|| line.iter().find(|&(_, agent)| able(agent))));
                }
            }
        }
        best.map(|(_, agent)| agent)
    }

    /// The agent with the smallest score among the first of every shelf.
    fn first_by_score(&mut self, contact: u32) -> Option<u32> {
        let (channel, class) = (self.contacts[contact].channel, self.contacts[contact].class);
        let mut best: Option<(Score, u32)> = None;
        let mut only: Option<u32> = None;
        for rack in 0..self.crews.racks.len() {
            if !self.crews.racks[rack].room.has(channel) {
                continue;
            }
            for at in 0..self.crews.racks[rack].occupied.len() {
                let shelf = self.crews.racks[rack].occupied[at];
                if !self.may_give(contact, shelf) || !self.crew_serves(self.crews.shelves[shelf as usize].crew, class) {
                    continue;
                }
                let Some(agent) = self.first_on_shelf(contact, shelf) else { continue };
                // The score is worked out only when there are two to compare.
                let Some(first) = only else {
                    only = Some(agent);
                    continue;
                };
                let (score, champion) = best.unwrap_or_else(|| (self.score(contact, first), first));
                let challenge = self.score(contact, agent);
                best = Some(if challenge < score { (challenge, agent) } else { (score, champion) });
            }
        }
        best.map(|(_, agent)| agent).or(only)
    }

    /// Whether the scheduler gives a contact that looks to the agents of a shelf.
    fn may_give(&self, contact: u32, shelf: u32) -> bool {
        let (it, shelf) = (&self.contacts[contact], &self.crews.shelves[shelf as usize]);
        if shelf.occupation == Occupation::Away || it.place == Place::With(Stage::Offered) {
            return true;
        }
        let team = self.teams.of_group(self.crews.crews[shelf.crew as usize].group);
        self.gives(team, shelf.occupation, it.channel)
    }

    fn crew_serves(&mut self, crew: u32, class: u32) -> bool {
        self.acquaint(crew);
        let serves = self.crews.crews[crew as usize].classes.has(class);
        serves && !(self.classes.all[class as usize].kept && self.keeps_from(crew, class))
    }

    /// In a rack with many shelves: the first agent in the index's order who will do.
    fn first_in_rack(&mut self, contact: u32, rack: usize, index: usize) -> Option<(AgentKey, u32)> {
        let class = self.contacts[contact].class;
        let mut best: Option<(AgentKey, u32)> = None;
        let mut from: Option<(AgentKey, u32)> = None;
        // One head at a time, because a crew may have to be acquainted with the class on the way.
        loop {
            let heads = self.crews.heads(rack, index)?;
            let next = match from {
                None => heads.first(),
                Some(from) => heads.iter_from(from).find(|&(head, ())| head != from),
            };
            let Some(((key, shelf), ())) = next else { break };
            if best.is_some_and(|(found, _)| found < key) {
                break;
            }
            from = Some((key, shelf));
            let crew = self.crews.shelves[shelf as usize].crew;
            if !self.may_give(contact, shelf) || !self.crew_serves(crew, class) {
                continue;
            }
            let line = &self.crews.shelves[shelf as usize].lines[index];
            let found = line.iter().find(|&(_, agent)| !self.passed_over(contact, self.agents[agent].id));
            best = earlier(best, found);
        }
        best
    }

    /// The first agent of a shelf by the queue's criteria who is not excluded for the contact.
    fn first_on_shelf(&self, contact: u32, shelf: u32) -> Option<u32> {
        let it = &self.contacts[contact];
        let choice = self.choice(it.queue);
        let line = &self.crews.shelves[shelf as usize].lines[choice.index_for(it.channel)];
        let able = |agent: u32| !self.passed_over(contact, self.agents[agent].id);
        if choice.scored || (choice.cyclic && (it.has_exclusions || it.agent != NONE)) {
            let scored = line.iter().filter(|&(_, agent)| able(agent));
            return scored.min_by_key(|&(_, agent)| self.score(contact, agent)).map(|(_, agent)| agent);
        }
        let (first, agent) = line.first()?;
        if choice.cyclic {
            let last = self.standings[usize::from(it.queue.0)].last;
            let after = last.and_then(|last| last.0.checked_add(1)).unwrap_or(0);
            let next = line.iter_from((first.0, after)).next().filter(|(key, _)| key.0 == first.0);
            return Some(next.map_or(agent, |(_, agent)| agent));
        }
        if able(agent) {
            return Some(agent);
        }
        line.iter().map(|(_, agent)| agent).find(|&agent| able(agent))
    }

    /// What an agent is compared by for a contact. The smallest is asked first.
    pub(crate) fn score(&self, contact: u32, agent: u32) -> Score {
        let (contact, agent) = (&self.contacts[contact], &self.agents[agent]);
        let choice = self.choice(contact.queue);
        let skills = &self.crews.crews[agent.crew as usize].skills;
        let key = self.class_key(contact);
        let own = self.needs.requirement(contact.needs);
        let rank = self.pool_rank(agent.group.0, skills, &key).unwrap_or(u32::MAX);
        let queue = self.plan.queue(contact.queue);
        let counts = queue.and_then(|queue| queue.pool(usize::from(contact.step)).get(rank as usize));
        let of_step =
            |of: fn(&crate::Requirement, &crate::Skills) -> u32| counts.map_or(0, |step| of(&step.requires, skills));
        let unmet = own.unmet_preferences(skills) + of_step(crate::Requirement::unmet_preferences);
        let proficiency = own.proficiency(skills) + of_step(crate::Requirement::proficiency);
        let mut values = [0; CRITERIA];
        for (value, criterion) in values.iter_mut().zip(&choice.criteria) {
            *value = self.criterion(criterion, choice, contact, agent, proficiency);
        }
        ([u64::from(rank), u64::from(unmet)], values, agent.id.0)
    }

    fn criterion(&self, by: &Criterion, choice: &Choice, contact: &Contact, agent: &Agent, proficiency: u32) -> u64 {
        match by {
            Criterion::Tier => self.plan.group(agent.group).map_or(0, |group| u64::from(group.tier(contact.queue))),
            Criterion::Idle { latest: false } => idle_since(agent, choice.clock).0,
            Criterion::Idle { latest: true } => u64::MAX - idle_since(agent, choice.clock).0,
            Criterion::Load { most } => u64::from(load_key(agent.load, *most)),
            Criterion::RoundRobin => self.after_last(contact.queue, agent),
            Criterion::TopDown => agent.id.0,
            Criterion::Skilled { least: false } => u64::from(u32::MAX - proficiency),
            Criterion::Skilled { least: true } => u64::from(proficiency),
            Criterion::Handled => u64::from(agent.handled),
            Criterion::Fastest => {
                let handling = self.plan.group(agent.group).and_then(|group| group.handling(contact.queue));
                handling.unwrap_or(Span::MAX).0
            }
            Criterion::Flexible => {
                let skills = self.crews.crews[agent.crew as usize].skills.iter().count() as u64;
                let queues = self.plan.group(agent.group).map_or(0, |group| self.plan.queues_served(group));
                u64::from(queues) << 32 | skills
            }
            Criterion::Random => mix(mix(mix(contact.arrival) ^ agent.id.0) ^ u64::from(contact.offers)),
            Criterion::Places => u64::from(u16::MAX - self.places(agent, contact.channel)),
            Criterion::Worked { share: true } => agent.occupancy(self.now),
            Criterion::Worked { share: false } => agent.worked(self.now).0,
            Criterion::Host(policy) => {
                let score = policy.score(&self.view(contact), &self.agent_view(agent, contact.queue));
                // The highest score is the smallest key.
                (score as u64 ^ (1 << 63)) ^ u64::MAX
            }
        }
    }

    fn after_last(&self, queue: QueueId, agent: &Agent) -> u64 {
        match self.standings[usize::from(queue.0)].last {
            Some(last) => agent.id.0.wrapping_sub(last.0).wrapping_sub(1),
            None => agent.id.0,
        }
    }

    /// The contact an agent is to take, if there is one.
    ///
    /// O(lanes of the channels it has room for) where it may serve the most urgent of each, plus O(1) for each class
    /// passed over, up to 64 a lane; then O(classes / 64 + classes it may serve and in which somebody waits).
    pub(crate) fn find_contact(&mut self, agent: u32) -> Option<u32> {
        self.weigh(agent);
        if self.agents[agent].room == ChannelSet::NONE {
            return None;
        }
        self.acquaint(self.agents[agent].crew);
        if let Some(slot) = self.first_waiting_for(agent) {
            return Some(slot);
        }
        let team = self.team_of(&self.agents[agent]);
        self.look_ahead(team);
        if self.orders.any_keeping {
            self.shelve();
        }
        if self.orders.between.is_some() {
            return self.first_by_queue(agent).or_else(|| self.first_owned(agent).map(|(_, slot)| slot));
        }
        let it = &self.agents[agent];
        let group = self.plan.group(it.group)?;
        // The most urgent of what the scheduler lets it take, and of what it holds back no longer.
        let mut best = if it.occupation == Occupation::Away { None } else { self.first_owned(agent) };
        let mut best_released: Option<((u16, Rank), u32)> = None;
        for channel in it.room.iter() {
            let lets = self.lets(team, it.occupation, channel);
            for &lane in self.classes.by_channel.get(usize::from(channel.0)).into_iter().flatten() {
                let lane = &self.classes.lanes[lane as usize];
                if lane.heads.is_empty() || !(lets || lane.released) || self.choice(lane.queue).only_claimed {
                    continue;
                }
                let Some(served) = group.served(lane.queue) else { continue };
                let best = if lets { &mut best } else { &mut best_released };
                if best.is_some_and(|((have, _), _)| have < served.rank) {
                    continue;
                }
                let open = self.opening(it.group, &served, channel);
                let Some((rank, slot)) = self.first_in_lane(agent, lane, open) else { continue };
                let urgency = (served.rank, self.urgency(rank, lane.within));
                if best.is_none_or(|(have, _)| urgency < have) {
                    *best = Some((urgency, slot));
                }
            }
        }
        // What is held back no longer comes in its turn, and not before it while the scheduler gives others.
        let best = best.map(|best| best_released.filter(|released| released.0 < best.0).unwrap_or(best));
        best.map(|(_, slot)| slot)
    }

    /// The most urgent of the contacts that wait for the agent alone and that it has room for.
    fn first_waiting_for(&self, agent: u32) -> Option<u32> {
        if !self.classes.any_direct() {
            return None;
        }
        let it = &self.agents[agent];
        let able = |&slot: &u32| it.room.has(self.contacts[slot].channel) && !self.excluded(slot, it.id);
        self.classes.waiting_for(it.id).filter(able).min_by_key(|&slot| self.contact_urgency(slot))
    }

    /// The most urgent of the contacts in line that belong to an agent of a team, and that it may take whatever its team does.
    fn first_owned(&self, agent: u32) -> Option<((u16, Rank), u32)> {
        let id = self.agents[agent].id;
        let group = self.plan.group(self.agents[agent].group)?;
        let of_agent = self.classes.owned.range((id, 0)..).take_while(|&&(of, _)| of == id).map(|&(_, slot)| slot);
        let able = of_agent.filter(|&slot| self.could_take(agent, slot));
        able.filter_map(|slot| Some(((group.serves(self.contacts[slot].queue)?, self.contact_urgency(slot)), slot)))
            .min()
    }

    /// The first contact of a lane that the agent may take, of those that have passed so many delays of their queue.
    pub(super) fn first_in_lane(
        &self,
        agent: u32,
        lane: &crate::router::classes::Lane,
        open: u16,
    ) -> Option<(Rank, u32)> {
        let it = &self.agents[agent];
        let serves = &self.crews.crews[it.crew as usize].classes;
        let first_of = |class: u32| {
            let class = &self.classes.all[class as usize];
            if class.key.widened < open {
                return None;
            }
            let line = &class.line;
            line.first()
                .filter(|&(_, slot)| !self.excluded(slot, it.id))
                .or_else(|| line.iter().find(|&(_, slot)| !self.excluded(slot, it.id)))
        };
        let mut best: Option<(Rank, u32)> = None;
        let mut consider = |class: u32| {
            if let Some(found) = first_of(class).filter(|found| best.is_none_or(|best| found.0 < best.0)) {
                best = Some(found);
            }
            best
        };
        for (tried, ((head, class), ())) in lane.heads.iter().enumerate() {
            if tried == HEADS {
                for class in serves.both(&lane.waiting) {
                    consider(class);
                }
                break;
            }
            if serves.has(class) && consider(class).is_some_and(|(rank, _)| rank <= head) {
                break;
            }
        }
        best
    }

    pub(crate) fn contact_urgency(&self, slot: u32) -> Rank {
        let it = &self.contacts[slot];
        let by_ratio = self.plan.queue(it.queue).is_some_and(|queue| queue.order == ContactOrder::Ratio);
        let rank = if it.is_short() { self.short.rank_of(slot).unwrap_or(it.rank()) } else { it.rank() };
        self.urgency(rank, if by_ratio { self.within(it) } else { Span::ZERO })
    }
}

/// Whichever of the two comes first in an index, if there is any.
fn earlier(one: Option<(AgentKey, u32)>, other: Option<(AgentKey, u32)>) -> Option<(AgentKey, u32)> {
    match (one, other) {
        (Some(one), Some(other)) if other.0 < one.0 => Some(other),
        (one, other) => one.or(other),
    }
}
