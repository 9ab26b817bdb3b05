//! Fifty threads of one agent wake at once: nobody is buried, and each that waits is told why.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cordboard::{
    AgeFrom, AgentId, ChannelSet, Command, CommandId, ContactId, Event, Load, NewContact, Obstacle, Outcome, Plan,
    Router, Seq, Span, Stage, Stamped, Timestamp, Turn, Wake, What,
};

const THREADS: u64 = 50;
const ANN: AgentId = AgentId(1);
const TEAM: [AgentId; 3] = [ANN, AgentId(2), AgentId(3)];
const NINE: Timestamp = Timestamp::from_secs(9 * 3600);
const REPLY: Span = Span::from_secs(30);
const MINUTE: Span = Span::from_mins(1);
const MAX: usize = 5;
const RAMP: u16 = 4;
const ALONE: Span = Span::from_mins(3);

/// Threads turn quiet after two minutes; parked, if at all, after an hour.
fn plan(over: u16, park: bool) -> Plan {
    Plan::builder()
        .channel("messaging", |thread| {
            let thread = thread.quiet_after(Span::from_mins(2)).age_from(AgeFrom::LastMessage);
            let thread = if park { thread.park_after(Span::from_mins(60)) } else { thread };
            thread.wake(Wake { over, wait: ALONE })
        })
        .capacity("desk", |desk| {
            desk.takes_with("messaging", MAX as u16, |it| it.open(100).quiet(Load::ZERO).ramp(RAMP, MINUTE))
        })
        .agents("team", "desk", |team| team)
        .queue("service", |queue| queue)
        .build()
        .unwrap()
}

struct Host {
    router: Router,
    seq: u64,
    events: Vec<Event>,
    seen: usize,
    /// What each agent has to reply to, the oldest first.
    unanswered: BTreeMap<AgentId, VecDeque<ContactId>>,
    /// The most any agent was busy with since nine.
    busiest: usize,
}

impl Host {
    /// The day before: Ann, alone, writes last in fifty threads. At eight the others sign in.
    fn before_nine(plan: Plan) -> Self {
        let (team, service) = (plan.find_group("team").unwrap(), plan.find_queue("service").unwrap());
        let messaging = plan.find_channel("messaging").unwrap();
        let router = Router::new(plan).unwrap();
        let unanswered = BTreeMap::new();
        let mut host = Self { router, seq: 0, events: Vec::new(), seen: 0, unanswered, busiest: 0 };
        let sign_in = |agent| Command::SignIn { agent, group: team, skills: None, ready: ChannelSet::ALL };
        host.send(Timestamp::ZERO, sign_in(ANN));
        for contact in 1..=THREADS {
            let (at, contact) = (Timestamp::from_secs(60 * contact), ContactId(contact));
            host.send(at, Command::Enqueue { contact, new: NewContact::new(service, messaging) });
            host.reply(at + REPLY);
        }
        for &agent in &TEAM[1..] {
            host.send(Timestamp::from_secs(8 * 3600), sign_in(agent));
        }
        host
    }

    fn all_customers_write(&mut self) {
        for contact in (1..=THREADS).map(ContactId) {
            self.send(NINE, Command::MessageFromCustomer { contact });
        }
    }

    fn send(&mut self, at: Timestamp, command: Command) {
        if command != Command::AdvanceTime && self.router.next_deadline().is_some_and(|due| due <= at) {
            self.send(at, Command::AdvanceTime);
        }
        self.seq += 1;
        let input = Stamped { seq: Seq(self.seq), id: CommandId::ANONYMOUS, at, command };
        self.router.apply(&input, &mut self.events).unwrap();
        self.router.check_invariants().unwrap();
        for event in &self.events[self.seen..] {
            match event.what {
                What::Assigned { contact, agent, .. } | What::Woken { contact, agent, .. } => {
                    self.unanswered.entry(agent).or_default().push_back(contact);
                }
                What::Ended { outcome, .. } => assert_ne!(outcome, Outcome::MaxWait),
                _ => {}
            }
        }
        self.seen = self.events.len();
        if at >= NINE {
            let busy = TEAM.iter().map(|&agent| self.busy(agent)).max().unwrap_or(0);
            self.busiest = self.busiest.max(busy);
        }
    }

    fn busy(&self, agent: AgentId) -> usize {
        let with = |contact| self.router.explain(ContactId(contact)).unwrap().with;
        (1..=THREADS).filter(|&it| with(it) == Some((agent, Stage::Active))).count()
    }

    fn reply(&mut self, at: Timestamp) {
        self.send(at, Command::AdvanceTime);
        let next: Vec<ContactId> = self.unanswered.values_mut().filter_map(VecDeque::pop_front).collect();
        for contact in next {
            self.send(at, Command::MessageFromAgent { contact });
        }
    }

    /// Everybody writes on until all fifty are answered, for at most half an hour.
    fn work_off(&mut self) -> Timestamp {
        for half_minute in 1..60 {
            let at = NINE + Span(REPLY.0 * half_minute);
            self.reply(at);
            let turn = |contact| self.router.explain(ContactId(contact)).unwrap().turn;
            if (1..=THREADS).all(|contact| turn(contact) == Turn::Customer) {
                return at;
            }
        }
        panic!("not all were answered within half an hour");
    }

    /// When each agent was given something since nine; what is woken is not given.
    fn given(&self) -> BTreeMap<AgentId, Vec<Timestamp>> {
        let mut given: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.at >= NINE) {
            if let What::Assigned { agent, .. } = event.what {
                given.entry(agent).or_default().push(event.at);
            }
        }
        given
    }
}

#[test]
fn parked_threads_come_back_as_fast_as_the_ramp_allows() {
    let mut host = Host::before_nine(plan(0, true));
    assert!((1..=THREADS).all(|contact| host.router.explain(ContactId(contact)).unwrap().parked));
    host.all_customers_write();
    assert_eq!(host.busy(ANN), usize::from(RAMP));
    for contact in 1..=THREADS {
        let told = host.router.explain(ContactId(contact)).unwrap();
        if told.with.is_some() {
            continue;
        }
        // Ann is kept from it by her ramp alone, the others because it is hers for three minutes.
        assert_eq!(told.only, Some((ANN, NINE + ALONE)), "{told}");
        assert_eq!(told.obstacles, BTreeMap::from([(Obstacle::Ramp, 1), (Obstacle::NotTheOne, 2)]), "{told}");
        assert_eq!(told.next, Some(NINE + MINUTE), "{told}");
    }

    let done = host.work_off();
    assert!(done <= NINE + Span::from_mins(12), "all were answered at {done}");
    assert!(host.busiest <= MAX, "somebody was busy with {}", host.busiest);
    let given = host.given();
    assert_eq!(given.keys().copied().collect::<BTreeSet<_>>(), BTreeSet::from(TEAM));
    for (agent, given) in given {
        for &end in &given {
            let within = given.iter().filter(|&&at| at <= end && at + MINUTE > end).count();
            assert!(within <= usize::from(RAMP), "{agent} was given {within} within the minute before {end}");
        }
        assert!(agent == ANN || given[0] >= NINE + ALONE, "{agent} was given one that was Ann's alone");
    }
}

#[test]
fn quiet_threads_wake_within_the_limit_and_what_may_be_over_it() {
    for over in [0u16, 2] {
        let mut host = Host::before_nine(plan(over, false));
        host.all_customers_write();
        let limit = MAX + usize::from(over);
        assert_eq!(host.busy(ANN), limit, "what wakes is not given, so that the ramp does not hold it back");
        for contact in 1..=THREADS {
            let told = host.router.explain(ContactId(contact)).unwrap();
            assert_eq!(told.with.map(|(agent, _)| agent), Some(ANN), "{told}");
            assert_eq!(told.waking, told.with == Some((ANN, Stage::Quiet)), "{told}");
            if told.waking {
                assert_eq!(told.obstacles.get(&Obstacle::AtMaximum), Some(&1), "{told}");
                assert_eq!(told.next, Some(NINE + ALONE), "{told}");
            }
        }
        let forced = |event: &&Event| matches!(event.what, What::Woken { forced: true, .. }) && event.at == NINE;
        assert_eq!(host.events.iter().filter(forced).count(), usize::from(over), "over-commitment is told");

        let done = host.work_off();
        assert!(done <= NINE + Span::from_mins(12), "all were answered at {done}");
        assert!(host.busiest <= limit, "somebody was busy with {}", host.busiest);
        let helped: BTreeSet<AgentId> = host.given().into_keys().collect();
        assert!(helped.is_superset(&BTreeSet::from([TEAM[1], TEAM[2]])), "{helped:?} helped");
    }
}
