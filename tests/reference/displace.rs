//! Section 10: what an agent holds makes way for a contact that finds nobody with room.

use cordboard::{Displace, Outcome, Stage, Turn};

use super::{Agent, Contact, Reference};

impl Reference {
    /// The agent at whom room was made for the contact at `at` of `waiting`; an earlier one of its queue may have it instead.
    pub(super) fn makes_room(&mut self, at: usize) -> Option<usize> {
        let it = self.waiting[at].clone();
        let displace = self.queue(it.queue).displace;
        if displace == Displace::None || it.only.is_some() {
            return None;
        }
        // One for whom there is room waits for the scheduler.
        if self.agents.iter().any(|agent| self.could_take(agent, &it)) {
            return None;
        }
        let agents = (0..self.agents.len()).filter(|&a| self.goes_first(&self.agents[a], &it, displace).is_some());
        let a = agents.min_by_key(|&a| self.agent_rank(&self.agents[a], &it))?;
        let h = self.goes_first(&self.agents[a], &it, displace).expect("it was just found");
        match displace {
            Displace::None => unreachable!("nothing is displaced"),
            Displace::Oldest => {
                let agent = self.agents[a].id;
                let gone = self.take_from(a, h);
                self.tell_ended(&gone, Outcome::Displaced, Some(agent));
            }
            Displace::Quiet => self.parks(a, h),
        }
        let of_queue = (0..self.waiting.len()).filter(|&at| {
            let other = &self.waiting[at];
            other.queue == it.queue && other.only.is_none() && self.could_take(&self.agents[a], other)
        });
        let first = of_queue.min_by_key(|&at| self.urgency(&self.waiting[at])).expect("the one that arrives at least");
        if self.waiting[first].id == it.id {
            return Some(a);
        }
        // The one that arrives does not wait yet: what the other brings about for those who wait is not for it.
        let arriving = self.waiting.remove(at);
        self.give(if first > at { first - 1 } else { first }, a, false);
        let place = self.waiting.iter().position(|other| other.arrival > arriving.arrival);
        self.waiting.insert(place.unwrap_or(self.waiting.len()), arriving);
        None
    }

    /// The first contact the agent holds without which it could take the one that arrives.
    fn goes_first(&self, agent: &Agent, it: &Contact, displace: Displace) -> Option<usize> {
        let mut all: Vec<usize> = (0..agent.holds.len()).collect();
        all.retain(|&h| {
            let held = &agent.holds[h];
            let channel = self.plan.channel(held.contact.channel).expect("its channel is in the plan");
            if held.further || !held.contact.joined.is_empty() {
                return false;
            }
            match displace {
                Displace::None => false,
                Displace::Quiet => {
                    held.stage == Stage::Quiet
                        && held.contact.turn == Turn::Customer
                        && channel.conversation.park_after.is_some()
                }
                Displace::Oldest => matches!(held.stage, Stage::Active | Stage::Quiet) && !channel.whole_agent,
            }
        });
        if displace == Displace::Quiet {
            all.sort_by_key(|&h| agent.holds[h].contact.turn_since);
        }
        all.into_iter().find(|&h| {
            let mut without = agent.clone();
            without.holds.remove(h);
            self.could_take(&without, it)
        })
    }
}
