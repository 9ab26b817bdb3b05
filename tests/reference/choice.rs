//! Section 4: who gets a contact, and which contact an agent gets.

use cordboard::{
    AgentId, AgentOrder, AgentView, ContactOrder, ContactView, IdleClock, Load, Mode, QueueId, Requirement, Skills,
    Timestamp,
};

use super::{Agent, Contact, Holding, Reference};

static ANYONE: Requirement = Requirement::Anyone;

impl Reference {
    /// The index of the agent that the contact at `at` of `waiting` is given to, if any.
    pub(crate) fn find_agent(&self, at: usize) -> Option<usize> {
        self.best_agent(&self.waiting[at])
    }

    pub(super) fn best_agent(&self, contact: &Contact) -> Option<usize> {
        let able = (0..self.agents.len()).filter(|&a| self.could_take(&self.agents[a], contact));
        able.min_by_key(|&a| {
            let agent = &self.agents[a];
            (contact.owner != Some(agent.id), self.agent_rank(agent, contact))
        })
    }

    /// The index in `waiting` of the contact that the agent at `a` is given next, if any.
    pub(crate) fn find_contact(&self, a: usize) -> Option<usize> {
        let agent = &self.agents[a];
        let able = (0..self.waiting.len()).filter(|&at| self.could_take(agent, &self.waiting[at]));
        able.min_by_key(|&at| self.line_of(agent, &self.waiting[at]))
    }

    /// First those waiting for the agent alone; then by the rank with which its group serves their queue; by urgency.
    pub(super) fn line_of(&self, agent: &Agent, contact: &Contact) -> (u32, (i128, i128, Timestamp, u64)) {
        let line = match contact.only {
            Some(_) => 0,
            None => self.group(agent).serves(contact.queue).map_or(0, |rank| 1 + u32::from(rank)),
        };
        (line, self.urgency(contact))
    }

    /// Whether the agent could take the waiting contact now.
    pub(crate) fn could_take(&self, agent: &Agent, contact: &Contact) -> bool {
        let wanted = match contact.only {
            Some((only, _)) => only == agent.id,
            // "Nobody is given a contact of such a queue, unless it waits for that agent alone."
            None if self.queue(contact.queue).mode == Mode::Pull => false,
            None => self.serves(agent, contact) && self.meets(&agent.skills, contact).is_some(),
        };
        let rings = agent.holds.iter().any(|held| held.contact.id == contact.id);
        wanted && !rings && !self.is_excluded(contact, agent.id) && self.has_room(agent, contact.channel)
    }

    /// "An exclusion holds while its end is later than now."
    pub(crate) fn is_excluded(&self, contact: &Contact, agent: AgentId) -> bool {
        contact.excluded.iter().any(|&(who, until)| who == agent && until > self.now)
    }

    /// Where the skills meet the contact's own requirement and its step's pool: the pool rank, and the
    /// requirement of the pool that counts.
    pub(crate) fn meets<'a>(&'a self, skills: &Skills, contact: &Contact) -> Option<(usize, &'a Requirement)> {
        if !self.own_requirement(contact).admits(skills) {
            return None;
        }
        let queue = self.queue(contact.queue);
        if queue.steps.is_empty() {
            return Some((0, &ANYONE));
        }
        let pool = queue.pool(contact.step);
        pool.iter().map(|step| &step.requires).enumerate().find(|(_, requires)| requires.admits(skills))
    }

    /// Pool rank, unmet preferences, the queue's list, the agent's id: the smallest is chosen.
    pub(super) fn agent_rank(&self, agent: &Agent, contact: &Contact) -> Vec<i128> {
        let own = self.own_requirement(contact);
        // Who waits for one agent alone has one candidate, whose skills are not asked.
        let (pool_rank, counts) = self.meets(&agent.skills, contact).unwrap_or((0, &ANYONE));
        let unmet = own.unmet_preferences(&agent.skills) + counts.unmet_preferences(&agent.skills);
        let mut rank = vec![pool_rank as i128, i128::from(unmet)];
        for order in &self.queue(contact.queue).agents {
            rank.push(self.criterion(order, agent, contact, counts));
        }
        rank.push(i128::from(agent.id.0));
        rank
    }

    fn criterion(&self, order: &AgentOrder, agent: &Agent, contact: &Contact, counts: &Requirement) -> i128 {
        let idle_since = i128::from(self.idle_since(agent, contact.queue).0);
        let own = self.own_requirement(contact);
        let proficiency = i128::from(own.proficiency(&agent.skills)) + i128::from(counts.proficiency(&agent.skills));
        match order {
            AgentOrder::Tier => i128::from(self.group(agent).tier(contact.queue)),
            AgentOrder::LongestIdle => idle_since,
            AgentOrder::MostRecentlyIdle => -idle_since,
            AgentOrder::LeastLoaded => i128::from(self.load(agent)),
            AgentOrder::MostLoaded => -i128::from(self.load(agent)),
            AgentOrder::RoundRobin => match self.last_given(contact.queue) {
                Some(last) => i128::from(agent.id.0.wrapping_sub(last.0).wrapping_sub(1)),
                None => i128::from(agent.id.0),
            },
            AgentOrder::TopDown => i128::from(agent.id.0),
            AgentOrder::BestSkilled => -proficiency,
            AgentOrder::LeastSkilled => proficiency,
            AgentOrder::FewestHandled => i128::from(agent.handled_count),
            AgentOrder::Random => {
                i128::from(mix(mix(mix(contact.arrival) ^ agent.id.0) ^ u64::from(contact.offers_made)))
            }
            AgentOrder::MostPlaces => {
                let of_it = |held: &&Holding| held.contact.channel == contact.channel && held.stage.is_busy();
                let busy = agent.holds.iter().filter(of_it).count() as i128;
                let max = self.profile(agent).channel(contact.channel).map_or(0, |capacity| i128::from(capacity.max));
                -(max - busy).max(0)
            }
            // In billionths, rounded down; nothing at the instant of signing in.
            AgentOrder::LeastOccupied => {
                let present = i128::from(self.now.since(agent.signed_in).0);
                if present == 0 { 0 } else { i128::from(agent.worked.0) * 1_000_000_000 / present }
            }
            AgentOrder::LeastWorked => i128::from(agent.worked.0),
            AgentOrder::Host(name) => {
                let policy = self.policies.agents.iter().find(|policy| policy.name() == &**name);
                let policy = policy.expect("the plan's policies were given");
                let view = AgentView {
                    agent: agent.id,
                    group: agent.group,
                    skills: &agent.skills,
                    load: Load(u32::try_from(self.load(agent)).unwrap_or(u32::MAX)),
                    holding: u32::try_from(agent.holds.len()).expect("few contacts"),
                    handled: agent.handled_count,
                    idle_since: self.idle_since(agent, contact.queue),
                };
                -i128::from(policy.score(&self.contact_view(contact), &view))
            }
        }
    }

    /// (level, instant, age origin, arrival number): the smallest is the most urgent.
    pub(crate) fn urgency(&self, contact: &Contact) -> (i128, i128, Timestamp, u64) {
        let origin = i128::from(contact.age_origin.0);
        let priority = i128::from(contact.priority);
        let within = i128::from(self.time_to_answer(contact).0);
        let (level, instant) = match &self.queue(contact.queue).order {
            ContactOrder::Fifo => (0, origin),
            ContactOrder::Priority => (-priority, origin),
            ContactOrder::PriorityMinutes { worth } => (0, origin - priority * i128::from(worth.0)),
            ContactOrder::Deadline => (0, origin + within),
            ContactOrder::Ratio => {
                let now = i128::from(self.now.0);
                (0, now - (now - origin) * 60_000_000 / within)
            }
            ContactOrder::Host(name) => {
                let policy = self.policies.contacts.iter().find(|policy| policy.name() == &**name);
                let policy = policy.expect("the plan's policies were given");
                (-i128::from(policy.urgency(&self.contact_view(contact))), origin)
            }
        };
        (level, instant, contact.age_origin, contact.arrival)
    }

    fn contact_view<'a>(&'a self, contact: &'a Contact) -> ContactView<'a> {
        ContactView {
            now: self.now,
            contact: contact.id,
            queue: contact.queue,
            channel: contact.channel,
            requires: self.own_requirement(contact),
            priority: contact.priority,
            age_origin: contact.age_origin,
            answer_within: self.time_to_answer(contact),
        }
    }

    fn idle_since(&self, agent: &Agent, queue: QueueId) -> Timestamp {
        match self.queue(queue).idle {
            IdleClock::Release => agent.released,
            IdleClock::Handled => agent.handled,
            IdleClock::Offered => agent.offered,
            IdleClock::Available => agent.available,
        }
    }

    fn last_given(&self, queue: QueueId) -> Option<AgentId> {
        self.last_given.iter().find(|(of, _)| *of == queue).map(|&(_, agent)| agent)
    }
}

/// SplitMix64's output function of x + 0x9E3779B97F4A7C15.
fn mix(x: u64) -> u64 {
    let z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
