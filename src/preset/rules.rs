//! What a preset sets of queues and channels.

use crate::channel::{AgeFrom, Channel, Wake};
use crate::plan::Plan;
use crate::preset::capacity::Capacity;
use crate::queue::{
    AgentOrder, ContactOrder, Displace, IdleClock, Mode, NoAnswerEffect, Pools, Queue, Step, StepClock,
};
use crate::scheduling::SchedulingPolicy;
use crate::time::Span;

/// Channels whose conversations go on for hours or days.
const ASYNCHRONOUS: [&str; 3] = ["messaging", "sms", "social"];
/// Channels of conversations that can fall silent.
const CONVERSING: [&str; 4] = ["chat", "messaging", "sms", "social"];

/// How an engine decides. What is `None` is not known of it, or not its own: the plan's stays.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    pub(super) order: Order,
    pub(super) agents: &'static [AgentOrder],
    pub(super) idle: IdleClock,
    /// Contacts ring with everybody at once; channels that had no offer have one of this length.
    pub(super) rings: Option<Span>,
    pub(super) steps: Option<(StepClock, Pools)>,
    pub(super) unanswered: Unanswered,
    pub(super) capacity: Capacity,
    pub(super) quiet: Quiet,
    /// Conversations that go on for days are as old as the last message.
    pub(super) aged_by_message: bool,
}

/// Which contact first.
#[derive(Clone, Copy)]
pub(super) enum Order {
    Fifo,
    Priority,
    /// A point of priority is worth so much age.
    Worth(Span),
}

/// What becomes of an offer that nobody answers.
#[derive(Clone, Copy)]
pub(super) struct Unanswered {
    /// What happens to the agent, after so many in a row.
    pub(super) agent: Option<(NoAnswerEffect, u16)>,
    pub(super) exclude_for: Option<Span>,
    pub(super) per_agent: Option<u16>,
    pub(super) per_contact: Option<u16>,
}

/// What a conversation weighs in which it is the customer's turn.
#[derive(Clone, Copy)]
pub(super) enum Quiet {
    AsPlanned,
    /// As much as any other, and a place.
    Busy,
    /// Nothing; when the customer writes, it is the same agent's, however many that makes. After so long a silence by itself.
    Free {
        after: Option<Span>,
    },
}

impl Unanswered {
    /// Nothing is known.
    pub(super) const AS_PLANNED: Self = Self { agent: None, exclude_for: None, per_agent: None, per_contact: None };
}

impl Rules {
    pub(super) fn apply(&self, plan: &mut Plan) {
        // Nothing is held back.
        plan.scheduler.policy = SchedulingPolicy::WorkConserving;
        for channel in &mut plan.channels {
            self.channel(channel);
        }
        for queue in &mut plan.queues {
            self.queue(queue);
        }
        for profile in &mut plan.profiles {
            self.capacity.apply(self.quiet, &plan.channels, profile);
        }
    }

    fn channel(&self, channel: &mut Channel) {
        if let Some(time) = self.rings {
            channel.offer.get_or_insert(time);
        }
        let rules = &mut channel.conversation;
        if self.aged_by_message && ASYNCHRONOUS.contains(&&*channel.name) {
            rules.age_from = AgeFrom::LastMessage;
        }
        let Quiet::Free { after } = self.quiet else { return };
        rules.wake = Wake { over: u16::MAX, wait: Span::MAX };
        if let Some(after) = after.filter(|_| CONVERSING.contains(&&*channel.name)) {
            // Nothing parks or closes before it has turned quiet.
            let first = [Some(after), rules.park_after, rules.close_after].into_iter().flatten().min();
            rules.quiet_after = rules.quiet_after.or(first);
        }
    }

    fn queue(&self, queue: &mut Queue) {
        queue.order = match self.order {
            Order::Fifo => ContactOrder::Fifo,
            Order::Priority => ContactOrder::Priority,
            Order::Worth(worth) => ContactOrder::PriorityMinutes { worth },
        };
        queue.agents = self.agents.to_vec();
        queue.idle = self.idle;
        queue.displace = Displace::None;
        // What agents take for themselves no engine decides.
        if queue.mode != Mode::Pull {
            queue.mode = self.rings.map_or(Mode::Push, |_| Mode::Broadcast { ring: Mode::MOST_RING });
        }
        if let Some((clock, pools)) = self.steps {
            retime(&mut queue.steps, queue.step_clock, clock);
            (queue.step_clock, queue.pools) = (clock, pools);
        }
        let Unanswered { agent, exclude_for, per_agent, per_contact } = self.unanswered;
        if let Some((effect, after)) = agent {
            (queue.no_answer.agent, queue.no_answer.after) = (effect, after);
        }
        queue.no_answer.exclude_for = exclude_for.unwrap_or(queue.no_answer.exclude_for);
        queue.offers_per_agent = per_agent.unwrap_or(queue.offers_per_agent);
        queue.offers_per_contact = per_contact.unwrap_or(queue.offers_per_contact);
    }
}

/// Says when steps begin by another clock, so that each lasts as long as before.
fn retime(steps: &mut [Step], from: StepClock, to: StepClock) {
    let mut before = Span::ZERO;
    for step in steps {
        match (from == StepClock::Step, to == StepClock::Step) {
            (false, true) => {
                let begins = std::mem::replace(&mut before, step.after);
                step.after = Span(step.after.0.saturating_sub(begins.0));
            }
            (true, false) => {
                step.after = before + step.after;
                before = step.after;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::Requirement;

    #[test]
    fn steps_last_as_long_by_another_clock() {
        let step = |secs| Step { after: Span::from_secs(secs), requires: Requirement::Anyone };
        let mut steps = vec![step(0), step(30), step(45), step(45)];
        retime(&mut steps, StepClock::Age, StepClock::Step);
        assert_eq!(steps, [step(0), step(30), step(15), step(0)]);
        retime(&mut steps, StepClock::Step, StepClock::Step);
        retime(&mut steps, StepClock::Step, StepClock::FirstOffer);
        assert_eq!(steps, [step(0), step(30), step(45), step(45)]);
        retime(&mut steps, StepClock::FirstOffer, StepClock::Age);
        assert_eq!(steps, [step(0), step(30), step(45), step(45)]);
    }
}
