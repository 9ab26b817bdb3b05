//! One of every variant that a journal may contain. A new variant does not compile until it has a line here.

use std::collections::BTreeSet;

use cordboard::{
    AgentId, ChannelId, ChannelSet, Command, CommandId, ContactId, CustomerId, Edge, Entry, Event, GroupId, HeldBy,
    Leave, Needs, NewContact, OfferEnd, OfferId, Outcome, Plan, Preferred, QueueId, ReasonId, Requirement,
    RequirementId, Return, Role, Seq, SkillId, Skills, Span, Stamped, Timestamp, TransferTo, What, WrapUp,
};

/// A list of one value for each variant, and a match over all of them that keeps it complete.
macro_rules! every {
    ($name:ident -> $of:ident { $($variant:ident $(($($unnamed:expr),*))? $({$($field:ident: $value:expr),*})?),* $(,)? }) => {
        fn $name() -> Vec<(&'static str, $of)> {
            #[allow(dead_code, reason = "it is there to be compiled")]
            fn complete(it: &$of) {
                match it {
                    $($of::$variant { .. } => {})*
                }
            }
            vec![$((stringify!($variant), $of::$variant $(($($unnamed),*))? $({$($field: $value),*})?)),*]
        }
    };
}

const CONTACT: ContactId = ContactId(u64::MAX - 5);
const AGENT: AgentId = AgentId(300);
const OFFER: OfferId = OfferId(70_000);
const QUEUE: QueueId = QueueId(258);
const CHANNEL: ChannelId = ChannelId(3);
const GROUP: GroupId = GroupId(129);
const SOON: Option<Timestamp> = Some(Timestamp(1_700_000_020_000_000));

fn skills() -> Skills {
    [(SkillId(1), 80), (SkillId(200), 5)].into_iter().collect()
}

fn plan() -> Box<Plan> {
    let plan = Plan::builder()
        .channel("voice", |voice| voice.offer(Span::from_secs(20)).wrap_up(WrapUp::UpTo(Span::from_secs(60))))
        .capacity("blended", |profile| profile.takes("voice", 1).takes("chat", 3))
        .agents("team", "blended", |group| group.skill("en", 80).stands_by_for("service", 2, Span::from_secs(75)))
        .requirement("english", "en >= 50 and prefer(en >= 90)")
        .queue("service", |queue| queue.step(Span::ZERO, "en >= 50").step(Span::from_secs(30), "anyone"))
        .build();
    Box::new(plan.expect("the plan is correct"))
}

/// A plan with every key, as they were when the format was made.
fn everything() -> Box<Plan> {
    let document = toml::from_str(include_str!("../fixtures/journal-v1/plan.toml")).expect("the fixture is TOML");
    Box::new(Plan::from_document(&document).expect("the fixture is a plan"))
}

fn new_contact() -> NewContact {
    NewContact {
        needs: Needs::Named(RequirementId(70_000)),
        priority: -7,
        age_origin: Some(Timestamp(1_700_000_000_000_000)),
        answer_within: Some(Span::from_secs(20)),
        max_wait: Some(Span::MAX),
        wrap_up: Some(WrapUp::Open),
        preferred: Some(Preferred { agent: AGENT, wait: Span::from_secs(10) }),
        customer: Some(CustomerId(1 << 63)),
        not_before: SOON,
        ..NewContact::new(QUEUE, CHANNEL)
    }
}

every! { commands -> Command {
    AdvanceTime,
    Configure { plan: plan() },
    SignIn { agent: AGENT, group: GROUP, skills: Some(skills()), ready: ChannelSet::ALL },
    SignOut { agent: AGENT, leave: Leave::Drain },
    SetPresence { agent: AGENT, channels: ChannelSet(5), ready: false, reason: ReasonId(7) },
    Heartbeat { agent: AGENT },
    LinkLost { agent: AGENT },
    SetShift { agent: AGENT, until: SOON },
    SetSkills { agent: AGENT, skills: skills() },
    SetQueueOpen { queue: QUEUE, open: true },
    Enqueue { contact: CONTACT, new: new_contact() },
    Abandon { contact: CONTACT },
    Cancel { contact: CONTACT },
    SetPriority { contact: CONTACT, priority: -300 },
    SetNeeds { contact: CONTACT, needs: Needs::Nothing },
    ChangeChannel { contact: CONTACT, channel: CHANNEL },
    SetContext { contact: CONTACT, context: (*b"from a bot").into() },
    Assign { contact: CONTACT, agent: AGENT },
    Claim { contact: CONTACT, agent: AGENT },
    Accept { offer: OFFER },
    Decline { offer: OFFER },
    Revoke { offer: OFFER },
    Connected { contact: CONTACT },
    ConnectFailed { contact: CONTACT },
    Hold { contact: CONTACT },
    Resume { contact: CONTACT },
    MessageFromCustomer { contact: CONTACT },
    MessageFromAgent { contact: CONTACT },
    Park { contact: CONTACT },
    Quiet { contact: CONTACT },
    Wake { contact: CONTACT },
    Join { contact: CONTACT, agent: AGENT, role: Role::Consult },
    Part { contact: CONTACT, agent: AGENT },
    Complete { contact: CONTACT },
    EndWrapUp { contact: CONTACT },
    Requeue { contact: CONTACT },
    Transfer { contact: CONTACT, to: TransferTo::Queue(QUEUE), reset_age: true },
}}

every! { events -> What {
    Configured,
    AgentSignedIn { agent: AGENT, group: GROUP },
    AgentDraining { agent: AGENT },
    AgentSignedOut { agent: AGENT },
    PresenceChanged { agent: AGENT, channels: ChannelSet(5), ready: true, reason: ReasonId::NO_ANSWER, until: SOON },
    AgentLost { agent: AGENT, until: Timestamp(9) },
    AgentBack { agent: AGENT },
    ShiftSet { agent: AGENT, until: None },
    SkillsChanged { agent: AGENT },
    RampPassed { agent: AGENT, channel: CHANNEL },
    LimitChanged { agent: AGENT, channel: CHANNEL, limit: 3 },
    Arrived { contact: CONTACT, queue: QUEUE, repeat: true },
    QueueOpened { queue: QUEUE },
    QueueClosed { queue: QUEUE },
    Overflowed { contact: CONTACT, queue: QUEUE, why: Edge::Closed },
    Scheduled { contact: CONTACT, until: Timestamp(9) },
    Due { contact: CONTACT },
    Reserved { contact: CONTACT, agent: AGENT, until: Timestamp(9) },
    ReservationEnded { contact: CONTACT, agent: AGENT },
    Queued { contact: CONTACT, queue: QUEUE, waiting: 70_000, only: Some(AGENT) },
    PreferenceEnded { contact: CONTACT },
    Relaxed { contact: CONTACT, step: 2 },
    Widened { contact: CONTACT, after: Span::from_secs(75) },
    PriorityChanged { contact: CONTACT, priority: -300 },
    NeedsChanged { contact: CONTACT },
    ChannelChanged { contact: CONTACT, channel: CHANNEL, agent: Some(AGENT), connect_by: SOON },
    ContextSet { contact: CONTACT },
    Transferred { contact: CONTACT, queue: QUEUE },
    Offered { offer: OFFER, contact: CONTACT, agent: AGENT, expires: SOON, forced: false },
    OfferEnded { offer: OFFER, contact: CONTACT, agent: AGENT, end: OfferEnd::Declined },
    Accepted { offer: OFFER, contact: CONTACT, agent: AGENT, connect_by: None },
    Assigned { contact: CONTACT, agent: AGENT, connect_by: SOON, forced: true },
    Claimed { contact: CONTACT, agent: AGENT, connect_by: None },
    Connected { contact: CONTACT, agent: AGENT },
    Held { contact: CONTACT, agent: AGENT, by: HeldBy::Agent },
    Resumed { contact: CONTACT, agent: AGENT, by: HeldBy::Agent },
    CustomerWrote { contact: CONTACT },
    AgentWrote { contact: CONTACT, agent: AGENT },
    Quieted { contact: CONTACT, agent: AGENT },
    Parked { contact: CONTACT, agent: AGENT },
    Unparked { contact: CONTACT },
    WakeDeferred { contact: CONTACT, agent: AGENT, until: SOON },
    Woken { contact: CONTACT, agent: AGENT, forced: true },
    Joined { contact: CONTACT, agent: AGENT, role: Role::Conference },
    Parted { contact: CONTACT, agent: AGENT },
    HandedOver { contact: CONTACT, from: AGENT, to: AgentId(2) },
    WrapUpStarted { contact: CONTACT, agent: AGENT, until: SOON },
    Returned { contact: CONTACT, agent: AGENT, why: Return::Requeued },
    Ended { contact: CONTACT, outcome: Outcome::Completed, agent: Some(AGENT) },
    HoldEnded { contact: CONTACT },
    Planned { group: GROUP },
}}

every! { leaves -> Leave { Drain, Requeue } }
every! { roles -> Role { Consult, Conference } }
every! { offer_ends -> OfferEnd { Declined, Expired, Revoked, Left, Taken } }
every! { hands -> HeldBy { Agent, Arrival } }
every! { returns -> Return { Requeued, Transferred, ConnectFailed, SignedOut, NotWoken, ChannelChanged } }
every! { edges -> Edge { Closed, Unstaffed, Full, Waited } }
every! { outcomes -> Outcome {
    Completed, Abandoned, Cancelled, TurnedAway, Deflected, MaxWait, Unanswered, Displaced, Closed, Superseded,
}}
every! { transfers -> TransferTo {
    Queue(QUEUE), Agent(AGENT, Span::from_secs(9)), Needs(Needs::Named(RequirementId(3))),
}}
every! { wrap_ups -> WrapUp { None, Fixed(Span::from_secs(10)), UpTo(Span::from_secs(60)), Open } }
every! { needs -> Needs { Nothing, Named(RequirementId(3)), Own(Box::new(Requirement::Anyone)) } }
every! { requirements -> Requirement {
    Anyone,
    AtLeast { skill: SkillId(4), level: 50 },
    All(Box::new([Requirement::Anyone])),
    Any(Box::new([Requirement::Anyone, Requirement::Anyone])),
    Not(Box::new(Requirement::Anyone)),
    Prefer(Box::new(Requirement::Anyone)),
}}

fn of_command(command: Command) -> Entry {
    let id = CommandId { source: 70_000, number: 1 << 40 };
    Entry {
        input: Stamped { seq: Seq(300), id, at: Timestamp(1_700_000_000_000_000), command },
        events: Vec::new(),
        key: None,
        delivered: Seq(299),
    }
}

fn of_event(what: What) -> Entry {
    let at = Timestamp(1_700_000_000_000_000);
    Entry { events: vec![Event { at, what }], key: Some("call-1".into()), ..of_command(Command::AdvanceTime) }
}

/// An entry for every variant, with a name.
pub(crate) fn entries() -> Vec<(String, Entry)> {
    let mut all = Vec::new();
    let mut add = |of: &str, name: &str, entry| all.push((format!("{of}.{name}"), entry));
    let (contact, agent, queue, offer) = (CONTACT, AGENT, QUEUE, OFFER);
    commands().into_iter().for_each(|(name, it)| add("command", name, of_command(it)));
    events().into_iter().for_each(|(name, it)| add("event", name, of_event(it)));
    add("plan", "everything", of_command(Command::Configure { plan: everything() }));
    for (name, leave) in leaves() {
        add("leave", name, of_command(Command::SignOut { agent, leave }));
    }
    for (name, role) in roles() {
        add("role", name, of_event(What::Joined { contact, agent, role }));
    }
    for (name, end) in offer_ends() {
        add("offer-end", name, of_event(What::OfferEnded { offer, contact, agent, end }));
    }
    for (name, by) in hands() {
        add("held-by", name, of_event(What::Held { contact, agent, by }));
    }
    for (name, why) in returns() {
        add("return", name, of_event(What::Returned { contact, agent, why }));
    }
    for (name, why) in edges() {
        add("edge", name, of_event(What::Overflowed { contact, queue, why }));
    }
    for (name, outcome) in outcomes() {
        add("outcome", name, of_event(What::Ended { contact, outcome, agent: None }));
    }
    for (name, to) in transfers() {
        add("transfer-to", name, of_command(Command::Transfer { contact, to, reset_age: false }));
    }
    for (name, wrap_up) in wrap_ups() {
        let new = NewContact { wrap_up: Some(wrap_up), ..NewContact::new(queue, CHANNEL) };
        add("wrap-up", name, of_command(Command::Enqueue { contact, new }));
    }
    for (name, needs) in needs() {
        add("needs", name, of_command(Command::SetNeeds { contact, needs }));
    }
    for (name, requirement) in requirements() {
        let needs = Needs::Own(Box::new(requirement));
        add("requirement", name, of_command(Command::SetNeeds { contact, needs }));
    }
    all
}

/// The names of all commands and events.
pub(crate) fn kinds() -> BTreeSet<String> {
    let commands = commands().into_iter().map(|(name, _)| format!("command {name}"));
    commands.chain(events().into_iter().map(|(name, _)| format!("event {name}"))).collect()
}
