//! Section 6: relaxation steps and timers; and `AdvanceTime` of section 1.

use cordboard::{
    AgentId, ChannelId, ContactId, Edge, OfferEnd, OfferId, Outcome, Return, Span, Stage, StepClock, Timestamp, What,
};

use super::{Agent, Contact, Place, Reference};

/// Whose timer it is. The order breaks ties between timers due at one instant: contacts by arrival number,
/// then agents by id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Timer {
    Contact(u64, ContactId),
    Agent(AgentId, AgentReason),
}

/// What an agent's timer is for, in the order in which those due at one instant are dealt with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum AgentReason {
    ReadyAgain,
    Ramp(ChannelId),
    Shift,
    Lease,
    Gone,
}

impl Reference {
    /// When the earliest timer is due.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.earliest_timer().map(|(due, _)| due)
    }

    /// Fires every timer due at or before `at`, each at its own instant.
    pub(super) fn advance_time(&mut self, at: Timestamp) {
        while let Some((due, timer)) = self.earliest_timer()
            && due <= at
        {
            self.go_on_to(due);
            self.fire(timer);
            self.settle();
        }
        self.go_on_to(at);
    }

    /// It is that time now; whoever holds something has worked until then.
    pub(super) fn go_on_to(&mut self, at: Timestamp) {
        let passed = at.since(self.now);
        for agent in self.agents.iter_mut().filter(|agent| !agent.holds.is_empty()) {
            agent.worked = agent.worked + passed;
        }
        self.now = at;
    }

    fn earliest_timer(&self) -> Option<(Timestamp, Timer)> {
        let mut earliest: Option<(Timestamp, Timer)> = None;
        let mut consider = |due: Option<Timestamp>, timer: Timer| {
            // What another plan puts into the past is due at once.
            if let Some(due) = due.filter(|&due| due != Timestamp::MAX).map(|due| due.max(self.now))
                && earliest.is_none_or(|best| (due, timer) < best)
            {
                earliest = Some((due, timer));
            }
        };
        for contact in &self.waiting {
            consider(self.wait_ends(contact), Timer::Contact(contact.arrival, contact.id));
        }
        for contact in &self.scheduled {
            consider(Some(self.stands_at(contact)), Timer::Contact(contact.arrival, contact.id));
        }
        for contact in &self.parked {
            consider(self.silence_ends(contact, None), Timer::Contact(contact.arrival, contact.id));
        }
        for agent in &self.agents {
            for holding in &agent.holds {
                let timer = Timer::Contact(holding.contact.arrival, holding.contact.id);
                let stage = Some(holding.stage).filter(|_| !holding.further);
                consider(stage.and_then(|stage| self.silence_ends(&holding.contact, Some(stage))), timer);
                consider(holding.until, Timer::Contact(holding.contact.arrival, holding.contact.id));
            }
            consider(agent.ready_again.map(|(due, _)| due), Timer::Agent(agent.id, AgentReason::ReadyAgain));
            consider(agent.shift_ends, Timer::Agent(agent.id, AgentReason::Shift));
            match agent.lost {
                Some(until) => consider(Some(until), Timer::Agent(agent.id, AgentReason::Gone)),
                None => consider(self.lease_ends(agent), Timer::Agent(agent.id, AgentReason::Lease)),
            }
            for &(channel, until) in &agent.blocked {
                consider(Some(until), Timer::Agent(agent.id, AgentReason::Ramp(channel)));
            }
        }
        earliest
    }

    /// The timer of a waiting contact.
    pub(crate) fn wait_ends(&self, contact: &Contact) -> Option<Timestamp> {
        let longest_wait = self.longest_wait(contact).map(|span| contact.waits_since + span);
        let elsewhere = self.should_go(contact).map(|(due, _)| due);
        let alone = contact.only.map(|(_, until)| until);
        let step = self.next_step_due(contact);
        let wider = self.next_widening(contact);
        let exclusions = contact.excluded.iter().map(|&(_, until)| until).min();
        [longest_wait, elsewhere, alone, step, wider, exclusions].into_iter().flatten().min()
    }

    fn fire(&mut self, timer: Timer) {
        let (contact, place) = match timer {
            Timer::Agent(agent, reason) => {
                let a = self.agent_at(agent).expect("its timer was found");
                return match reason {
                    AgentReason::ReadyAgain => self.becomes_ready_again(a),
                    AgentReason::Ramp(channel) => self.ramp_passed(a, channel),
                    AgentReason::Shift => self.drain(a),
                    AgentReason::Lease => self.is_lost_from_now(a),
                    AgentReason::Gone => self.sign_out_at_once(a),
                };
            }
            Timer::Contact(_, contact) => (contact, self.place(contact).expect("its timer was found")),
        };
        match place {
            Place::Waiting(at) if self.waited_longest(&self.waiting[at]) => {
                let gone = self.waiting.remove(at);
                self.tell_ended(&gone, Outcome::MaxWait, None);
            }
            Place::Waiting(at) if self.should_go(&self.waiting[at]).is_some_and(|(due, _)| due <= self.now) => {
                let (_, to) = self.should_go(&self.waiting[at]).expect("it should go now");
                self.leaves_having_waited(at, to, Edge::Waited);
            }
            Place::Waiting(at) => {
                self.forget_ended_exclusions(at);
                if self.waiting[at].only.is_some_and(|(_, until)| until <= self.now) {
                    self.end_preference(at);
                }
                self.advance_steps(at);
                self.mark_contact(contact);
            }
            Place::Scheduled(at) => {
                let it = self.scheduled.remove(at);
                self.falls_due(it);
            }
            Place::Parked(at) => self.parked_is_due(at),
            Place::With(a, h) => match self.agents[a].holds[h].stage {
                Stage::Reserved => self.is_given_as_reserved(a, h),
                Stage::Offered => {
                    let (a, h) = self.first_to_ring_out(contact);
                    self.offer_ends(a, h, OfferEnd::Expired);
                }
                Stage::Connecting => self.gives_back(a, h, Return::ConnectFailed),
                Stage::WrapUp => self.wrap_up_ends(a, h),
                Stage::Active | Stage::Quiet => self.conversation_is_due(a, h),
                Stage::Held => unreachable!("a stage without a timer"),
            },
        }
    }

    /// The open offer of a contact that ends first; of several the one made first.
    fn first_to_ring_out(&self, contact: ContactId) -> (usize, usize) {
        let open = self.offers_of(contact).into_iter();
        let open = open.map(|(offer, _)| (offer, self.open_offer(offer).expect("it was just found")));
        let ends = |&(offer, (a, h)): &(OfferId, (usize, usize))| {
            (self.agents[a].holds[h].until.unwrap_or(Timestamp::MAX), offer)
        };
        open.min_by_key(ends).expect("it rings").1
    }

    /// An exclusion that has ended needs no timer any more.
    pub(super) fn forget_ended_exclusions(&mut self, at: usize) {
        let now = self.now;
        self.waiting[at].excluded.retain(|&(_, until)| until > now);
    }

    /// When the contact's next step begins, if there is one and it can be told.
    fn next_step_due(&self, contact: &Contact) -> Option<Timestamp> {
        let queue = self.queue(contact.queue);
        let after = queue.steps.get(contact.step + 1)?.after;
        match queue.step_clock {
            StepClock::Age => Some(contact.age_origin + after),
            StepClock::Step => Some(contact.step_began + after),
            StepClock::FirstOffer => contact.first_offer.map(|first| first + after),
        }
    }

    /// Steps **advance**.
    pub(super) fn advance_steps(&mut self, at: usize) {
        self.widen(at);
        loop {
            let contact = &self.waiting[at];
            let queue = self.queue(contact.queue);
            if contact.step + 1 >= queue.steps.len() {
                return;
            }
            let due = self.next_step_due(contact).is_some_and(|due| due <= self.now);
            let passed_over = queue.skip_unstaffed && !self.step_is_staffed(contact);
            if !due && !passed_over {
                return;
            }
            let now = self.now;
            let contact = &mut self.waiting[at];
            contact.step += 1;
            contact.step_began = now;
            let (id, step) = (contact.id, contact.step);
            self.tell(What::Relaxed { contact: id, step: u16::try_from(step).expect("few steps") });
        }
    }

    /// Whether somebody signed in and not draining could meet the present step, room and readiness aside.
    pub(super) fn step_is_staffed(&self, contact: &Contact) -> bool {
        let ever = Contact { widened: Span::MAX, ..contact.clone() };
        self.agents.iter().any(|agent| !agent.draining && self.could_serve(agent, &ever))
    }

    /// Whether the agent would do for the contact, if there were room.
    pub(crate) fn could_serve(&self, agent: &Agent, contact: &Contact) -> bool {
        self.profile(agent).channel(contact.channel).is_some()
            && self.serves(agent, contact)
            && self.meets(&agent.skills, contact).is_some()
    }
}
