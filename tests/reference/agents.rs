//! Section 2: agents sign in and out, become ready and not ready, change skills.

use cordboard::{
    AgentId, ChannelSet, GroupId, Leave, NoAnswerEffect, OfferEnd, Outcome, QueueId, ReasonId, Return, Role, Skills,
    Span, Stage, Turn, What,
};

use super::{Agent, Reference, Refused};

impl Reference {
    pub(super) fn sign_in(
        &mut self,
        id: AgentId,
        group: GroupId,
        skills: Option<&Skills>,
        ready: ChannelSet,
    ) -> Result<(), Refused> {
        let known = self.plan.group(group).filter(|group| !group.retired).ok_or(Refused::Condition("no such group"))?;
        let own_skills = skills.is_some();
        let skills = skills.unwrap_or(&known.skills).clone();
        self.check_skills(&skills)?;
        let now = self.now;
        match self.agent_at(id) {
            Some(at) if !self.agents[at].draining && self.agents[at].lost.is_none() => {
                return Err(Refused::Condition("signed in already"));
            }
            Some(at) => {
                let agent = &mut self.agents[at];
                (agent.group, agent.skills, agent.own_skills, agent.ready) = (group, skills, own_skills, ready);
                agent.draining = false;
                agent.available = now;
                agent.ready_again = None;
                (agent.heard, agent.lost, agent.shift_ends) = (now, None, None);
                self.keep_pace(at);
            }
            None => {
                if self.agents.len() >= self.plan.limits().agents as usize {
                    return Err(Refused::Condition("as many agents as there may be"));
                }
                self.agents.push(Agent {
                    id,
                    group,
                    skills,
                    own_skills,
                    ready,
                    draining: false,
                    holds: Vec::new(),
                    signed_in: now,
                    worked: Span::ZERO,
                    released: now,
                    handled: now,
                    offered: now,
                    available: now,
                    handled_count: 0,
                    streak: 0,
                    ready_again: None,
                    heard: now,
                    lost: None,
                    shift_ends: None,
                    given: Vec::new(),
                    blocked: Vec::new(),
                    limits: Vec::new(),
                });
                self.keep_pace(self.agents.len() - 1);
            }
        }
        self.tell(What::AgentSignedIn { agent: id, group });
        self.mark_agent(id);
        Ok(())
    }

    pub(super) fn sign_out(&mut self, id: AgentId, leave: Leave) -> Result<(), Refused> {
        let a = self.known_agent(id)?;
        match leave {
            Leave::Drain if self.agents[a].draining => return Err(Refused::Condition("draining already")),
            Leave::Drain => self.drain(a),
            Leave::Requeue => self.sign_out_at_once(a),
        }
        Ok(())
    }

    /// SignOut, drain.
    pub(super) fn drain(&mut self, a: usize) {
        let id = self.agents[a].id;
        if self.agents[a].holds.is_empty() {
            self.agents.remove(a);
            self.tell(What::AgentSignedOut { agent: id });
        } else {
            self.agents[a].draining = true;
            self.agents[a].shift_ends = None;
            self.tell(What::AgentDraining { agent: id });
        }
        self.nobody_waits_for(id);
        self.mark_agent(id);
    }

    /// SignOut, re-queue.
    pub(super) fn sign_out_at_once(&mut self, a: usize) {
        let id = self.agents[a].id;
        let mut taken = Vec::new();
        while !self.agents[a].holds.is_empty() {
            let stage = self.agents[a].holds[0].stage;
            let offer = self.agents[a].holds[0].offer;
            let contact = self.agents[a].holds[0].contact.id;
            if self.agents[a].holds[0].further && offer.is_none() {
                self.parts(contact, id);
                continue;
            }
            let along = self.agents[a].holds[0].contact.joined.iter().find(|(_, role)| *role == Role::Conference);
            if let Some(&(to, _)) = along {
                self.hands_over(a, 0, to);
                continue;
            }
            if self.is_to_be_parked(&self.agents[a].holds[0]) {
                self.parks(a, 0);
                continue;
            }
            if let Some(offer) = offer {
                let last = self.take_offer(a, 0);
                self.tell(What::OfferEnded { offer, contact, agent: id, end: OfferEnd::Revoked });
                match last {
                    Some(mut it) => {
                        self.exclude(&mut it, id);
                        taken.push(it);
                    }
                    None => self.rings_on(contact, id),
                }
                continue;
            }
            if stage == Stage::Reserved {
                let it = self.reservation_ends(a, 0);
                taken.push(it);
                continue;
            }
            let mut it = self.take_from(a, 0);
            if stage == Stage::WrapUp {
                self.tell_ended(&it, Outcome::Completed, Some(id));
                continue;
            }
            self.tell(What::Returned { contact, agent: id, why: Return::SignedOut });
            self.left_hands(it.customer, id);
            it.turns_to(Turn::Agent, self.now);
            self.exclude(&mut it, id);
            taken.push(it);
        }
        self.agents.remove(a);
        self.tell(What::AgentSignedOut { agent: id });
        self.nobody_waits_for(id);
        for contact in taken {
            self.comes_back(contact);
        }
        self.mark_agent(id);
    }

    /// Every contact waiting for this agent alone waits for anybody now.
    fn nobody_waits_for(&mut self, agent: AgentId) {
        for at in 0..self.waiting.len() {
            if self.waiting[at].only.is_some_and(|(only, _)| only == agent) {
                self.end_preference(at);
            }
        }
    }

    pub(super) fn set_presence(
        &mut self,
        id: AgentId,
        channels: ChannelSet,
        ready: bool,
        reason: ReasonId,
    ) -> Result<(), Refused> {
        let a = self.known_agent(id)?;
        self.agents[a].ready_again = None;
        self.change_readiness(a, channels, ready);
        self.tell(What::PresenceChanged { agent: id, channels, ready, reason, until: None });
        Ok(())
    }

    /// Without the event.
    fn change_readiness(&mut self, a: usize, channels: ChannelSet, ready: bool) {
        let now = self.now;
        let agent = &mut self.agents[a];
        let before = agent.ready;
        agent.ready = ChannelSet(if ready { before.0 | channels.0 } else { before.0 & !channels.0 });
        if before == ChannelSet::NONE && agent.ready != ChannelSet::NONE {
            agent.available = now;
        }
        let id = agent.id;
        self.mark_agent(id);
    }

    /// The timer of an agent made not ready by offers that rang out.
    pub(super) fn becomes_ready_again(&mut self, a: usize) {
        let Some((_, channels)) = self.agents[a].ready_again.take() else { return };
        let agent = self.agents[a].id;
        self.change_readiness(a, channels, true);
        self.tell(What::PresenceChanged { agent, channels, ready: true, reason: ReasonId::NONE, until: None });
    }

    pub(super) fn set_skills(&mut self, id: AgentId, skills: &Skills) -> Result<(), Refused> {
        let a = self.known_agent(id)?;
        self.check_skills(skills)?;
        self.agents[a].skills = skills.clone();
        self.agents[a].own_skills = true;
        self.tell(What::SkillsChanged { agent: id });
        self.mark_agent(id);
        Ok(())
    }

    /// What an offer that rang out does to the agent, by the rules of the contact's queue.
    pub(super) fn did_not_answer(&mut self, a: usize, queue: QueueId) {
        let rule = self.queue(queue).no_answer;
        let now = self.now;
        let agent = &mut self.agents[a];
        agent.streak += 1;
        if agent.streak < u32::from(rule.after) {
            return;
        }
        match rule.agent {
            NoAnswerEffect::Stay => {}
            NoAnswerEffect::NotReady if agent.ready == ChannelSet::NONE => {}
            NoAnswerEffect::NotReady => {
                let (id, channels) = (agent.id, agent.ready);
                let until = rule.not_ready_for.map(|span| now + span);
                agent.streak = 0;
                agent.ready_again = until.map(|until| (until, channels));
                self.change_readiness(a, channels, false);
                self.tell(What::PresenceChanged {
                    agent: id,
                    channels,
                    ready: false,
                    reason: ReasonId::NO_ANSWER,
                    until,
                });
            }
            NoAnswerEffect::SignOut if agent.draining => {}
            NoAnswerEffect::SignOut => {
                agent.streak = 0;
                self.drain(a);
            }
        }
    }
}
