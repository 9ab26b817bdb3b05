//! Section 4: how an agent chooses between queues that its group serves alike; and who is kept free of what.

use cordboard::{Between, LineView, QueueId, Span};

use super::{Agent, Contact, Reference};

impl Reference {
    /// The score of a queue for an agent who could take these contacts; 0 where urgency alone counts.
    pub(crate) fn queue_score(&self, agent: &Agent, queue: QueueId, able: &[&Contact]) -> i128 {
        let of_queue = able.iter().filter(|it| it.queue == queue && it.only.is_none());
        let first = *of_queue.min_by_key(|it| self.urgency(it)).expect("one of its contacts is asked about");
        let (known, group) = (self.queue(queue), self.group(agent));
        let length = |queue: QueueId| self.waiting.iter().filter(|it| it.queue == queue).count() as i128;
        let weight = i128::from(known.weight);
        let mut connected = vec![queue];
        loop {
            let beside = |other: &QueueId| {
                !connected.contains(other)
                    && self.plan.groups().iter().any(|group| {
                        !group.retired
                            && group.serves(*other).is_some()
                            && connected.iter().any(|&one| group.serves(one).is_some())
                    })
            };
            let Some(next) = (0..self.plan.queues().len() as u16).map(QueueId).find(beside) else { break };
            connected.push(next);
        }
        connected.retain(|&other| self.queue(other).mode != cordboard::Mode::Pull);
        let all_waiting: i128 = connected.iter().map(|&other| length(other)).sum();
        let all_weights: i128 = connected.iter().map(|&other| i128::from(self.queue(other).weight)).sum();
        let handling = i128::from(group.handling(queue).unwrap_or(Span::from_mins(1)).0);
        let waited = i128::from(self.now.0) - i128::from(first.age_origin.0);
        match self.plan.between() {
            Between::Urgency => 0,
            Between::LongestQueue => length(queue),
            Between::FixedQueueRatio => length(queue) * all_weights - weight * all_waiting,
            Between::MaxWeight => weight * length(queue) * (1 << 40) / handling,
            Between::Cmu => {
                let marginal = match known.cost(first.channel) {
                    Some(cost) => i128::from(cost.hold_per_minute) * 1_000 + i128::from(cost.growth) * waited / 60_000,
                    None => waited * 1_000_000 / i128::from(self.time_to_answer(first).0),
                };
                marginal * (1 << 40) / handling
            }
            Between::Host(name) => {
                let policy = self.policies.queues.iter().find(|policy| policy.name() == &**name);
                i128::from(policy.expect("the plan's policies were given").score(&LineView {
                    now: self.now,
                    group: agent.group,
                    queue,
                    waiting: length(queue) as u32,
                    weight: known.weight,
                    waiting_in_all: all_waiting as u64,
                    weight_in_all: all_weights as u64,
                    cost: known.cost(first.channel),
                    handling: group.handling(queue),
                    first: self.contact_view(first),
                }))
            }
        }
    }

    /// Threshold reservation: fewer others of the agent's group have room for the contact's channel than are kept free of its queue, and it has
    /// not waited for as long as that holds.
    pub(crate) fn is_kept_from(&self, agent: &Agent, contact: &Contact) -> bool {
        let Some(served) = self.group(agent).served(contact.queue) else { return false };
        let others = self.agents.iter().filter(|other| other.id != agent.id && other.group == agent.group);
        let free = others.filter(|other| self.has_room(other, contact.channel)).count();
        contact.widened < served.hold && free < usize::from(served.reserve)
    }

    /// Whether the agent's group keeps anybody free of anything for which somebody waits, or that rings.
    pub(super) fn others_are_to_look(&self, agent: &Agent) -> bool {
        let kept = |queue: QueueId| self.group(agent).served(queue).is_some_and(|served| served.reserve > 0);
        let keeps = (0..self.plan.queues().len() as u16).any(|queue| kept(QueueId(queue)));
        let waits = self.waiting.iter().any(|it| kept(it.queue)) || !self.ringing().is_empty();
        let room = (0..64).any(|channel| self.has_room(agent, cordboard::ChannelId(channel)));
        keeps && waits && room
    }
}
