//! Looking things up in the plan, checking what a command names, and `Configure` (end of section 5).

use cordboard::{
    AgentOrder, Between, ChannelId, ContactOrder, Group, Needs, Plan, Profile, Queue, QueueId, Requirement,
    SchedulingPolicy, Skills, Span, What, WrapUp,
};

use super::{Agent, Contact, Reference, Refused};

static ANYONE: Requirement = Requirement::Anyone;

impl Reference {
    pub(crate) fn queue(&self, queue: QueueId) -> &Queue {
        self.plan.queue(queue).expect("a contact's queue is in the plan")
    }

    pub(crate) fn group(&self, agent: &Agent) -> &Group {
        self.plan.group(agent.group).expect("an agent's group is in the plan")
    }

    pub(crate) fn profile(&self, agent: &Agent) -> &Profile {
        self.plan.profile(self.group(agent).capacity).expect("a group's profile is in the plan")
    }

    /// The contact's own requirement.
    pub(crate) fn own_requirement<'a>(&'a self, contact: &'a Contact) -> &'a Requirement {
        match &contact.needs {
            Needs::Nothing => &ANYONE,
            Needs::Named(id) => {
                &self.plan.requirement_named(*id).expect("named requirements stay in the plan").requires
            }
            Needs::Own(requirement) => requirement,
        }
    }

    /// "The contact's own, else its queue's target for the channel, else the channel's."
    pub(crate) fn time_to_answer(&self, contact: &Contact) -> Span {
        contact.answer_within.unwrap_or_else(|| {
            self.plan.target(contact.queue, contact.channel).expect("queue and channel are in the plan").within
        })
    }

    pub(crate) fn wrap_up_of(&self, contact: &Contact) -> WrapUp {
        contact.wrap_up.unwrap_or_else(|| self.plan.wrap_up(contact.queue, contact.channel))
    }

    pub(super) fn check_queue(&self, queue: QueueId) -> Result<(), Refused> {
        match self.plan.queue(queue) {
            Some(queue) if !queue.retired => Ok(()),
            _ => Err(Refused::Condition("no such queue")),
        }
    }

    pub(super) fn check_channel(&self, channel: ChannelId) -> Result<(), Refused> {
        match self.plan.channel(channel) {
            Some(channel) if !channel.retired => Ok(()),
            _ => Err(Refused::Condition("no such channel")),
        }
    }

    pub(super) fn check_skills(&self, skills: &Skills) -> Result<(), Refused> {
        if skills.iter().any(|(skill, _)| usize::from(skill.0) >= self.plan.skills().len()) {
            return Err(Refused::Condition("no such skill"));
        }
        Ok(())
    }

    pub(super) fn check_needs(&self, needs: &Needs) -> Result<(), Refused> {
        match needs {
            Needs::Nothing => Ok(()),
            Needs::Named(id) => match self.plan.requirement_named(*id) {
                Some(_) => Ok(()),
                None => Err(Refused::Condition("no such requirement")),
            },
            Needs::Own(requirement) => {
                let (nodes, depth) = requirement.size();
                let limits = self.plan.limits();
                if nodes > usize::from(limits.requirement_parts) || depth > usize::from(limits.requirement_depth) {
                    return Err(Refused::Condition("the requirement is too large"));
                }
                if requirement.skills().iter().any(|skill| usize::from(skill.0) >= self.plan.skills().len()) {
                    return Err(Refused::Condition("no such skill"));
                }
                Ok(())
            }
        }
    }

    /// Configure.
    pub(super) fn configure(&mut self, plan: &Plan) -> Result<(), Refused> {
        self.check_revision(plan)?;
        self.check_policies(plan)?;
        self.plan = plan.clone();
        self.teams = self.teams_of_plan();
        self.tell(What::Configured);

        // "Contacts in a step that is no more are in the last one."
        let last_step = |queue: QueueId| plan.queue(queue).map_or(0, |queue| queue.steps.len().saturating_sub(1));
        for contact in self.waiting.iter_mut().chain(&mut self.parked) {
            contact.step = contact.step.min(last_step(contact.queue));
            Self::widened_under(plan, contact);
        }
        for agent in &mut self.agents {
            agent.heard = self.now;
            if !agent.own_skills {
                agent.skills = plan.group(agent.group).expect("groups stay in the plan").skills.clone();
            }
            for holding in &mut agent.holds {
                holding.contact.step = holding.contact.step.min(last_step(holding.contact.queue));
                Self::widened_under(plan, &mut holding.contact);
            }
        }

        for a in 0..self.agents.len() {
            self.keep_pace(a);
        }

        // "Agents of retired groups, not yet draining: as SignOut with drain, by id."
        let mut agents: Vec<_> = self.agents.iter().map(|agent| agent.id).collect();
        agents.sort();
        for &id in &agents {
            let at = self.agent_at(id).expect("it is signed in");
            if self.group(&self.agents[at]).retired && !self.agents[at].draining {
                self.drain(at);
            }
        }
        for id in agents {
            self.mark_agent(id);
        }
        let waiting: Vec<_> = self.waiting.iter().map(|contact| contact.id).collect();
        for id in waiting {
            self.mark_contact(id);
        }
        Ok(())
    }

    /// A revision keeps every name under its id; what is gone is retired, never removed.
    fn check_revision(&self, new: &Plan) -> Result<(), Refused> {
        fn kept<T>(old: &[T], new: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
            old.len() <= new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        }
        let old = &self.plan;
        let all_kept = kept(old.channels(), new.channels(), |a, b| a.name == b.name)
            && kept(old.skills(), new.skills(), |a, b| a == b)
            && kept(old.profiles(), new.profiles(), |a, b| a.name == b.name)
            && kept(old.groups(), new.groups(), |a, b| a.name == b.name)
            && kept(old.queues(), new.queues(), |a, b| a.name == b.name)
            && kept(old.requirements(), new.requirements(), |a, b| a.name == b.name);
        if all_kept { Ok(()) } else { Err(Refused::Condition("the plan is not a revision")) }
    }

    fn check_policies(&self, plan: &Plan) -> Result<(), Refused> {
        if let SchedulingPolicy::Host(name) = &plan.scheduler().policy
            && !self.policies.scheduling.iter().any(|policy| policy.name() == &**name)
        {
            return Err(Refused::Condition("unknown policy"));
        }
        if let Between::Host(name) = plan.between()
            && !self.policies.queues.iter().any(|policy| policy.name() == &**name)
        {
            return Err(Refused::Condition("unknown policy"));
        }
        for queue in plan.queues() {
            if let ContactOrder::Host(name) = &queue.order
                && !self.policies.contacts.iter().any(|policy| policy.name() == &**name)
            {
                return Err(Refused::Condition("unknown policy"));
            }
            for order in &queue.agents {
                if let AgentOrder::Host(name) = order
                    && !self.policies.agents.iter().any(|policy| policy.name() == &**name)
                {
                    return Err(Refused::Condition("unknown policy"));
                }
            }
        }
        Ok(())
    }
}
