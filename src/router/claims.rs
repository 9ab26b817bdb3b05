//! Claims: contacts that agents take of their own accord, from a pool or past what the engine would give them.

use crate::event::What;
use crate::id::{AgentId, ContactId, QueueId};
use crate::obstacle::Obstacle;
use crate::rejected::Rejected;
use crate::router::checks::Subject;
use crate::router::explain::Asked;
use crate::router::records::Rank;
use crate::router::settle::Step;
use crate::router::state::State;
use crate::router::{Router, ledger};
use crate::time::Timestamp;

impl Router {
    /// What an agent may claim now, in the order in which it would be given them; at most so many. Empty for one who is
    /// draining or not signed in. O(classes of contacts with equal needs, and `most` of each the agent may take).
    ///
    /// ```
    /// # use cordboard::*;
    /// # let plan = Plan::builder()
    /// #     .capacity("desk", |desk| desk.takes("email", 3)).agents("team", "desk", |team| team)
    /// #     .queue("pool", |queue| queue.mode(Mode::Pull).claims(1)).build()?;
    /// # let (email, pool, team) = (plan.find_channel("email").unwrap(), plan.find_queue("pool").unwrap(), GroupId(0));
    /// # let mut router = Router::new(plan)?;
    /// # let mut seq = 0;
    /// # let mut send = |router: &mut Router, command| {
    /// #     seq += 1;
    /// #     let at = Timestamp::from_secs(seq);
    /// #     router.apply(&Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at, command }, &mut Vec::new())
    /// # };
    /// let ann = AgentId(1);
    /// send(&mut router, Command::SignIn { agent: ann, group: team, skills: None, ready: ChannelSet::ALL })?;
    /// for contact in [ContactId(1), ContactId(2)] {
    ///     send(&mut router, Command::Enqueue { contact, new: NewContact::new(pool, email) })?;
    /// }
    /// assert_eq!(router.claimable(ann, 10), [ContactId(1), ContactId(2)]);
    /// send(&mut router, Command::Claim { contact: ContactId(2), agent: ann })?;
    /// // The queue lets an agent hold one claimed contact at a time.
    /// assert_eq!(router.claimable(ann, 10), []);
    /// let refused = send(&mut router, Command::Claim { contact: ContactId(1), agent: ann });
    /// assert!(matches!(refused, Err(Rejected::NotClaimable { why: Obstacle::ClaimLimit, .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn claimable(&self, agent: AgentId, most: usize) -> Vec<ContactId> {
        let Some(agent) = self.state.agent_ids.get(&agent) else { return Vec::new() };
        let slots = self.state.claimable(agent, most);
        slots.into_iter().map(|slot| self.state.contacts[slot].id).collect()
    }
}

/// Whether a claim is made in spite of it: the agent asks, instead of being asked.
fn is_passed_over(obstacle: Obstacle) -> bool {
    use Obstacle::{AtLimit, Dedicated, KeptForOthers, Lost, NotReady, OnlyClaimed, Ramp};
    matches!(obstacle, OnlyClaimed | NotReady | Ramp | AtLimit | Lost | Dedicated | KeptForOthers)
}

impl State {
    pub(crate) fn check_claim(&self, subject: Subject, agent: u32, at: Timestamp) -> Result<Subject, Rejected> {
        let Subject::Contact(slot) = subject else { return Ok(subject) };
        let (it, who) = (&self.contacts[slot], &self.agents[agent]);
        let limit = (!self.may_claim_of(agent, it.queue)).then_some(Obstacle::ClaimLimit);
        let early = self.appointment(slot).is_some_and(|it| it.not_before > at).then_some(Obstacle::TooEarly);
        let obstacles =
            self.obstacles(slot, agent, Asked::Nobody).into_iter().filter(|&obstacle| !is_passed_over(obstacle));
        match obstacles.chain(limit).chain(early).min() {
            None => Ok(subject),
            Some(why) => Err(Rejected::NotClaimable { agent: who.id, contact: it.id, why }),
        }
    }

    /// Whether the agent holds fewer contacts of the queue than it may claim.
    fn may_claim_of(&self, agent: u32, queue: QueueId) -> bool {
        let most = self.plan.queue(queue).map_or(0, |queue| usize::from(queue.claims));
        let held = self.agents[agent].holding.iter().filter(|held| self.contacts[held.contact].queue == queue);
        held.count() < most
    }

    fn claimable(&self, agent: u32, most: usize) -> Vec<u32> {
        let it = &self.agents[agent];
        let crew = &self.crews.crews[it.crew as usize];
        let (Some(profile), Some(group)) = (self.plan.profile(crew.profile), self.plan.group(it.group)) else {
            return Vec::new();
        };
        if it.draining {
            return Vec::new();
        }
        let room = ledger::load_and_room(profile, &it.holding).1;
        // Those waiting for it alone first, as it would be given them; then by the rank with which its group serves.
        let alone = self.classes.waiting_for(it.id).filter(|&slot| room.has(self.contacts[slot].channel));
        let mut found: Vec<((u32, Rank), u32)> = alone
            .filter(|&slot| {
                !self.excluded(slot, it.id)
                    && !self.is_early(slot)
                    && self.may_claim_of(agent, self.contacts[slot].queue)
            })
            .map(|slot| ((0, self.contact_urgency(slot)), slot))
            .collect();
        for class in self.classes.all.iter().filter(|class| !class.line.is_empty() && room.has(class.key.channel)) {
            let Some(serve) = group.serves(class.key.queue) else { continue };
            let able = self.pool_rank(it.group.0, &crew.skills, &class.key).is_some();
            if able && self.may_claim_of(agent, class.key.queue) {
                let line = class
                    .line
                    .iter()
                    .map(|(_, slot)| slot)
                    .filter(|&slot| !self.excluded(slot, it.id) && !self.is_early(slot));
                let ranked = line.take(most).map(|slot| ((1 + u32::from(serve), self.contact_urgency(slot)), slot));
                found.extend(ranked);
            }
        }
        found.sort_unstable();
        found.truncate(most);
        found.into_iter().map(|(_, slot)| slot).collect()
    }
}

impl Step<'_> {
    pub(crate) fn claim(&mut self, slot: u32, agent: AgentId) {
        self.put_aside_for(slot, self.state.agent_slot(agent), self.state.contacts[slot].channel);
        let it = &self.state.contacts[slot];
        let (contact, connect_time) = (it.id, self.state.plan.connect_time(it.queue, it.channel));
        let connect_by = connect_time.map(|time| self.state.now + time);
        self.emit(What::Claimed { contact, agent, connect_by });
        self.supersede(slot);
    }
}
