//! Nine o'clock: a night's backlog, and a team that signs in one after another.

use std::collections::BTreeMap;

use cordboard::{
    AgentId, ChannelSet, Command, CommandId, ContactId, Event, NewContact, Obstacle, Plan, Router, Seq, Span, Stamped,
    Timestamp, What,
};

const CHATS: u64 = 500;
const AGENTS: u64 = 10;
const RAMP: u16 = 5;
const MINUTE: Span = Span::from_mins(1);

fn plan(ramp: bool) -> Plan {
    Plan::builder()
        .capacity("desk", |desk| desk.takes_with("chat", 100, |chat| if ramp { chat.ramp(RAMP, MINUTE) } else { chat }))
        .agents("team", "desk", |team| team)
        .queue("service", |queue| queue)
        .build()
        .unwrap()
}

struct Morning {
    router: Router,
    seq: u64,
    events: Vec<Event>,
}

impl Morning {
    fn new(plan: Plan) -> Self {
        Self { router: Router::new(plan).unwrap(), seq: 0, events: Vec::new() }
    }

    fn send(&mut self, at: Timestamp, command: Command) {
        self.seq += 1;
        let input = Stamped { seq: Seq(self.seq), id: CommandId::ANONYMOUS, at, command };
        self.router.apply(&input, &mut self.events).unwrap();
        self.router.check_invariants().unwrap();
    }

    fn backlog(&mut self) {
        let plan = self.router.plan();
        let new = NewContact::new(plan.find_queue("service").unwrap(), plan.find_channel("chat").unwrap());
        for contact in (1..=CHATS).map(ContactId) {
            let input = Stamped {
                seq: Seq(contact.0),
                id: CommandId::ANONYMOUS,
                at: Timestamp::ZERO,
                command: Command::Enqueue { contact, new: new.clone() },
            };
            self.router.apply(&input, &mut self.events).unwrap();
        }
        self.seq = CHATS;
    }

    fn sign_in(&mut self, agent: u64, at: Timestamp) {
        self.send(at, Command::AdvanceTime);
        let group = self.router.plan().find_group("team").unwrap();
        let agent = AgentId(agent);
        self.send(at, Command::SignIn { agent, group, skills: None, ready: ChannelSet::ALL });
    }

    fn given(&self) -> BTreeMap<AgentId, Vec<Timestamp>> {
        let mut given: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for event in &self.events {
            if let What::Assigned { agent, .. } = event.what {
                given.entry(agent).or_default().push(event.at);
            }
        }
        given
    }
}

/// One agent alone for the first instant, nine more within the minute: what each has in the end.
fn shares(plan: Plan) -> (Vec<usize>, Morning) {
    let mut morning = Morning::new(plan);
    morning.backlog();
    for agent in 0..AGENTS {
        morning.sign_in(agent + 1, Timestamp::from_secs(agent * 5));
    }
    morning.send(Timestamp::from_secs(9 * 60 + 59), Command::AdvanceTime);
    let given = morning.given();
    let shares = (1..=AGENTS).map(|agent| given.get(&AgentId(agent)).map_or(0, Vec::len)).collect();
    (shares, morning)
}

#[test]
fn without_a_ramp_the_first_to_sign_in_get_the_whole_backlog() {
    let (shares, _) = shares(plan(false));
    assert_eq!(shares, [100, 100, 100, 100, 100, 0, 0, 0, 0, 0]);
}

#[test]
fn with_a_ramp_all_ten_end_with_equal_shares() {
    let (shares, morning) = shares(plan(true));
    assert_eq!(shares, [50; 10]);
    for (agent, given) in morning.given() {
        // Any window that begins just after some instant and lasts a minute; it is enough to end it where one is given.
        for &end in &given {
            let within = given.iter().filter(|&&at| at <= end && at + MINUTE > end).count();
            assert!(within <= usize::from(RAMP), "{agent} was given {within} within the minute before {end}");
        }
    }
}

#[test]
fn who_waits_is_told_why_and_until_when() {
    let mut morning = Morning::new(plan(true));
    morning.backlog();
    morning.sign_in(1, Timestamp::ZERO);
    morning.sign_in(2, Timestamp::from_secs(20));
    let told = morning.router.explain(ContactId(CHATS)).unwrap();
    assert_eq!(told.obstacles, BTreeMap::from([(Obstacle::Ramp, 2)]));
    assert_eq!(told.next, Some(Timestamp::from_secs(60)));
}

#[test]
fn a_break_does_not_begin_the_ramp_anew() {
    let mut morning = Morning::new(plan(true));
    morning.backlog();
    morning.sign_in(1, Timestamp::ZERO);
    let (agent, reason) = (AgentId(1), cordboard::ReasonId(1));
    for (second, ready) in [(10, false), (20, true), (30, false), (40, true)] {
        let channels = ChannelSet::ALL;
        morning.send(Timestamp::from_secs(second), Command::SetPresence { agent, channels, ready, reason });
    }
    assert_eq!(morning.given()[&agent].len(), usize::from(RAMP));
}
