//! Edges the hostile runs found, each as the smallest case.

use cordboard::{
    AgentId, Applied, ChannelId, ChannelSet, Command, CommandId, ContactId, Corrupt, Event, GroupId, Limits, Load,
    Needs, NewContact, OfferId, Plan, Policies, QueueId, Rejected, Requirement, Router, Seq, SkillId, Span, Stage,
    Stamped, Timestamp, What,
};

struct Host {
    router: Router,
    events: Vec<Event>,
}

impl Host {
    fn new(plan: Plan) -> Self {
        Self { router: Router::new(plan).expect("the plan asks for no policy of ours"), events: Vec::new() }
    }

    fn stamp(&self, at: u64, command: Command) -> Stamped {
        Stamped { seq: Seq(self.router.seq().0 + 1), id: CommandId::ANONYMOUS, at: Timestamp(at), command }
    }

    fn send(&mut self, at: u64, command: Command) -> Result<Applied, Rejected> {
        self.events.clear();
        let input = self.stamp(at, command);
        self.router.apply(&input, &mut self.events)
    }

    fn sign_in(&mut self, at: u64) {
        let command = Command::SignIn { agent: AgentId(1), group: GroupId(0), skills: None, ready: ChannelSet::ALL };
        self.send(at, command).expect("it may sign in");
    }
}

fn call(contact: u64, needs: Needs) -> Command {
    let new = NewContact { needs, ..NewContact::new(QueueId(0), ChannelId(0)) };
    Command::Enqueue { contact: ContactId(contact), new }
}

fn at_least(level: u8) -> Needs {
    Needs::Own(Box::new(Requirement::AtLeast { skill: SkillId(0), level }))
}

fn plan(limits: Limits) -> Plan {
    Plan::builder()
        .channel("voice", |voice| voice.offer(Span::from_secs(20)).connect(Span::from_secs(20)))
        .skill("en")
        .capacity("light", |of| {
            of.takes_with("voice", 3, |voice| voice.load(Load::percent(60)).stage(Stage::Connecting, Load::percent(10)))
        })
        .agents("team", "light", |team| team.skill("en", 50))
        .queue("service", |queue| queue)
        .limits(limits)
        .build()
        .expect("the plan is right")
}

/// While the first is connecting it weighs little, and a second is offered: when the first is connected, both
/// weigh more than the agent. That is on record, and no accident.
#[test]
fn a_contact_may_go_on_to_a_heavier_stage() {
    let mut host = Host::new(plan(Limits::default()));
    host.sign_in(0);
    host.send(1, call(1, Needs::Nothing)).expect("it may arrive");
    host.send(2, Command::Accept { offer: OfferId(1) }).expect("it may be accepted");
    host.send(3, call(2, Needs::Nothing)).expect("it may arrive");
    assert!(host.events.iter().any(|event| matches!(event.what, What::Offered { offer: OfferId(2), .. })));
    host.send(4, Command::Connected { contact: ContactId(1) }).expect("it may be connected");
    assert_eq!(host.router.check_invariants(), Ok(()));
}

/// What never ends would end at the end of time.
#[test]
fn no_command_is_of_the_end_of_time() {
    let mut host = Host::new(plan(Limits::default()));
    let end = Rejected::EndOfTime(Timestamp::MAX);
    assert_eq!(host.send(u64::MAX, Command::AdvanceTime), Err(end));
    host.send(u64::MAX - 1, call(1, Needs::Nothing)).expect("it is not the end yet");
    host.sign_in(u64::MAX - 1);
    assert!(matches!(host.events[1].what, What::Offered { expires: Some(Timestamp::MAX), .. }));
    assert_eq!(host.router.next_deadline(), None, "it does not expire in time");
}

/// The limit of classes is about who waits now: what waited once makes no difference, nor does a restart.
#[test]
fn classes_count_while_somebody_waits_in_them() {
    let mut host = Host::new(plan(Limits { classes: 2, ..Limits::default() }));
    for level in 1..=3 {
        host.send(1, call(1, at_least(level))).expect("one class is below the limit");
        host.send(1, Command::Cancel { contact: ContactId(1) }).expect("it may go");
    }
    host.send(2, call(1, at_least(1))).expect("the first class");
    host.send(2, call(2, at_least(2))).expect("the second class");
    // Its class was there before, and is no more.
    let full = Err(Rejected::LimitReached { what: "classes of contacts with equal needs", limit: 2 });
    assert_eq!(host.send(3, call(3, at_least(3))), full);
    assert_eq!(host.send(3, call(3, at_least(2))), Ok(Applied::Done), "no class of its own");
    let restored = Router::restore(host.router.checkpoint(), Policies::new()).expect("it was just taken");
    let mut restarted = Host { router: restored, events: Vec::new() };
    assert_eq!(restarted.send(4, call(4, at_least(3))), full);
    host.send(4, Command::SetNeeds { contact: ContactId(1), needs: at_least(3) }).expect("it is there already");
    assert_eq!(host.router.check_invariants(), Ok(()));
}

/// A journal is taken over entry by entry only as far as each follows from those before.
#[test]
fn a_journal_entry_that_cannot_follow_is_corrupt() {
    let mut host = Host::new(plan(Limits::default()));
    let mut follower = host.router.clone();
    host.sign_in(0);
    let input = host.stamp(1, call(1, Needs::Nothing));
    host.send(1, input.command.clone()).expect("it may arrive");
    let events = host.events.clone();
    assert!(matches!(follower.clone().fold(&input, &events), Err(Corrupt::Event { .. })), "nobody has signed in");
    let mut twice = host.router.clone();
    assert!(matches!(twice.fold(&input, &events), Err(Corrupt::Command { .. })), "it was taken over before");
    let unknown = host.stamp(2, Command::Cancel { contact: ContactId(9) });
    let refused = follower.fold(&unknown, &[]).expect_err("there is no such contact");
    assert_eq!(
        refused.to_string(),
        "the command of seq 3 cannot follow here: contact 9 is not known: it has ended, or never arrived"
    );
    let half = host.stamp(2, call(2, Needs::Nothing));
    let arrived =
        Event { at: Timestamp(2), what: What::Arrived { contact: ContactId(2), queue: QueueId(0), repeat: false } };
    let left = host.router.fold(&half, &[arrived]).expect_err("it is nowhere");
    assert!(left.to_string().contains("between two places"), "{left}");
}
