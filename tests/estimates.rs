//! Position and expected wait: what a waiting customer can be told.

use cordboard::{
    AgentId, ChannelId, ChannelSet, Command, CommandId, ContactId, Estimate, Event, GroupId, Needs, NewContact, Plan,
    QueueId, RequirementId, Router, Seq, Span, Stamped, Timestamp,
};

struct Host {
    router: Router,
    seq: u64,
    out: Vec<Event>,
}

const QUEUE: QueueId = QueueId(0);
const VOICE: ChannelId = ChannelId(0);

impl Host {
    fn new(plan: Plan) -> Self {
        Self { router: Router::new(plan).unwrap(), seq: 0, out: Vec::new() }
    }

    fn send(&mut self, secs: u64, command: Command) {
        self.seq += 1;
        let at = Timestamp::from_secs(secs);
        let input = Stamped { seq: Seq(self.seq), id: CommandId::ANONYMOUS, at, command };
        self.router.apply(&input, &mut self.out).unwrap();
    }

    fn sign_in(&mut self, agent: u64, group: u16) {
        let (agent, group) = (AgentId(agent), GroupId(group));
        self.send(0, Command::SignIn { agent, group, skills: None, ready: ChannelSet::ALL });
    }

    fn call(&mut self, secs: u64, contact: u64, needs: Needs) {
        let new = NewContact { needs, ..NewContact::new(QUEUE, VOICE) };
        self.send(secs, Command::Enqueue { contact: ContactId(contact), new });
    }

    fn estimate(&self, contact: u64) -> Option<Estimate> {
        self.router.estimate_wait(ContactId(contact))
    }
}

fn plan() -> Plan {
    Plan::builder()
        .channel("voice", |voice| voice)
        .capacity("calls", |profile| profile.takes("voice", 1))
        .agents("english", "calls", |group| group.skill("en", 80))
        .agents("french", "calls", |group| group.skill("fr", 80))
        .queue("service", |queue| queue)
        .requirement("en", "en")
        .requirement("fr", "fr")
        .build()
        .unwrap()
}

const EN: Needs = Needs::Named(RequirementId(0));
const FR: Needs = Needs::Named(RequirementId(1));

#[test]
fn only_contacts_that_compete_for_the_same_agents_stand_before_one() {
    let mut host = Host::new(plan());
    host.sign_in(1, 0);
    host.sign_in(2, 1);
    for (contact, needs) in [(1, EN), (2, FR), (3, FR), (4, FR), (5, EN), (6, EN)] {
        host.call(contact, contact, needs);
    }
    let position = |contact| host.router.position(ContactId(contact));
    assert_eq!(position(1), None, "in an agent's hands");
    assert_eq!((position(3), position(4)), (Some(0), Some(1)));
    assert_eq!((position(5), position(6)), (Some(0), Some(1)), "French calls before it do not count");
}

#[test]
fn somebody_who_speaks_both_makes_them_compete() {
    let mut host = Host::new(plan());
    host.sign_in(1, 0);
    host.sign_in(2, 1);
    let both = host.router.plan().skills().iter().zip(0u16..).map(|(_, id)| (cordboard::SkillId(id), 50)).collect();
    let (agent, group) = (AgentId(3), GroupId(0));
    host.send(0, Command::SignIn { agent, group, skills: Some(both), ready: ChannelSet::ALL });
    for (contact, needs) in [(1, EN), (2, FR), (3, EN), (4, FR), (5, EN)] {
        host.call(contact, contact, needs);
    }
    assert_eq!(host.router.position(ContactId(5)), Some(1));
}

#[test]
fn an_estimate_needs_somebody_who_could_and_something_to_go_by() {
    let mut host = Host::new(plan());
    host.call(0, 1, EN);
    assert_eq!(host.estimate(1), None, "nobody could take it");
    host.sign_in(1, 0);
    host.call(1, 2, EN);
    assert_eq!(host.estimate(2), None, "nothing was handled yet");
    host.send(61, Command::Complete { contact: ContactId(1) });
    host.call(61, 3, EN);
    let estimate = host.estimate(3).unwrap();
    assert_eq!((estimate.ahead, estimate.places), (0, 1));
    assert_eq!(estimate.likely, Span::from_secs(61), "one turn of the one handling time seen");
}

#[test]
fn the_interval_is_that_of_a_sum_of_exponential_turns() {
    let mut host = Host::new(plan());
    (1..=4).for_each(|agent| host.sign_in(agent, 0));
    // Sixteen calls of exactly 100 s each settle the mean; then a hundred wait.
    for round in 0..4u64 {
        (1..=4).for_each(|n| host.call(round * 100, round * 4 + n, EN));
        (1..=4).for_each(|n| host.send((round + 1) * 100, Command::Complete { contact: ContactId(round * 4 + n) }));
    }
    (0..104).for_each(|n| host.call(400, 1_000 + n, EN));
    let last = host.estimate(1_103).unwrap();
    assert_eq!((last.ahead, last.places), (99, 4));
    // 100 turns of 100 s / 4 = 2,500 s. The variance is 2,500² / 100, and as much over the sixteen contacts that 100 s are known from;
    // and these are the tenths of a gamma distribution with that mean and variance.
    assert_eq!(last.likely, Span::from_secs(2_500));
    let near = |span: Span, secs: f64| (span.as_secs_f64() / secs - 1.0).abs() < 1e-3;
    assert!(near(last.low, 1_685.4) && near(last.high, 3_392.1), "{} and {}", last.low, last.high);
    let all: Vec<Span> = (4..104).map(|n| host.estimate(1_000 + n).unwrap().likely).collect();
    assert!(all.is_sorted(), "who is further back waits longer");
}

/// Work that takes no time, and customers who leave in the instant they come: neither upsets what is told.
#[test]
fn nothing_is_learnt_from_no_time() {
    let mut host = Host::new(plan());
    host.sign_in(1, 0);
    host.call(10, 1, EN);
    host.send(10, Command::Complete { contact: ContactId(1) });
    (2..5).for_each(|contact| host.call(10, contact, EN));
    let at_once = host.estimate(4).unwrap();
    assert_eq!((at_once.low, at_once.likely, at_once.high), (Span::ZERO, Span::ZERO, Span::ZERO));
    host.send(70, Command::Complete { contact: ContactId(2) });
    let before = host.estimate(4).unwrap();
    for contact in 10..20 {
        host.call(70, contact, EN);
        host.send(70, Command::Abandon { contact: ContactId(contact) });
    }
    assert_eq!(host.estimate(4), Some(before));
}

/// Those ahead who lose patience make the wait shorter, by as much as the ones before them did.
#[test]
fn impatience_ahead_shortens_the_wait() {
    let mut host = Host::new(plan());
    (1..=4).for_each(|agent| host.sign_in(agent, 0));
    for round in 0..4u64 {
        (0..4).for_each(|n| host.call(round * 100, round * 4 + n, EN));
        (0..4).for_each(|n| host.send((round + 1) * 100, Command::Complete { contact: ContactId(round * 4 + n) }));
    }
    (0..14).for_each(|n| host.call(400, 100 + n, EN));
    let patient = host.estimate(113).unwrap();
    assert_eq!((patient.ahead, patient.likely), (9, Span::from_secs(250)));
    // Two leave after 60 s; of the 8 others nobody yet. Patience is 60 s then, as far as those tell whose wait is over.
    host.send(460, Command::Abandon { contact: ContactId(104) });
    host.send(460, Command::Abandon { contact: ContactId(105) });
    let leaving = host.estimate(113).unwrap();
    assert_eq!(leaving.ahead, 7);
    // Σ 1 / (4 / 100 + j / 60) over j = 0 … 7.
    let exact: f64 = (0..8).map(|j| 1.0 / (0.04 + f64::from(j) / 60.0)).sum();
    assert!((leaving.likely.as_secs_f64() / exact - 1.0).abs() < 1e-2, "{} and {exact}", leaving.likely);
    assert!(leaving.low < leaving.likely && leaving.likely < leaving.high);
    // Answered after 60 s, another two show more patience: 240 s of waiting for two who left.
    host.send(460, Command::Complete { contact: ContactId(100) });
    host.send(460, Command::Complete { contact: ContactId(101) });
    let later = host.estimate(113).unwrap();
    // Handling too is known better: sixteen of 100 s, two of 60 s.
    let exact: f64 = (0..6).map(|j| 1.0 / (4.0 * 18.0 / 1_720.0 + f64::from(j) / 120.0)).sum();
    assert_eq!(later.ahead, 5);
    assert!((later.likely.as_secs_f64() / exact - 1.0).abs() < 1e-2, "{} and {exact}", later.likely);
}
