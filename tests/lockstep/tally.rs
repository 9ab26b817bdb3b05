//! What a run exercised, and how much of it there must at least be.

use std::collections::BTreeMap;
use std::fmt;

use cordboard::{
    Applied, Command, Edge, Event, HeldBy, Leave, Obstacle, OfferEnd, Outcome, ReasonId, Rejected, Return, Role,
    Stamped, TransferTo, What,
};

/// How often each thing happened.
#[derive(Clone, Default)]
pub(crate) struct Tally {
    pub(crate) steps: u64,
    /// Whole runs that were added, each with a plan of its own.
    runs: u64,
    counts: BTreeMap<&'static str, u64>,
}

/// The least of each thing per million steps: about a third of what the mix of commands leads to.
const FLOORS: &[(&str, u64)] = &[
    ("a queue chosen by its score", 100),
    ("agents kept from one who waits", 300),
    ("abandoned", 3_000),
    ("accepted", 20_000),
    ("agent back", 500),
    ("agent lost", 3_000),
    ("another plan", 200),
    ("assigned", 8_000),
    ("cancelled", 2_000),
    ("claimed", 2_000),
    ("closed", 900),
    ("completed", 10_000),
    ("connected", 4_000),
    ("connecting reported failed", 700),
    ("deflected", 4_000),
    ("context set", 800),
    ("displaced", 130),
    ("draining", 1_000),
    ("due", 7_000),
    ("forced assignment", 200),
    ("forced offer", 2_000),
    ("held back: kept for calls", 2_500),
    ("held back: kept from calls", 15),
    ("held back: no more chats", 2_500),
    ("hold ended", 4_000),
    ("planned", 10),
    ("scheduled instead of what could not be done", 200),
    ("held by an arrival", 4_000),
    ("held by the agent", 2_000),
    ("limit changed", 120),
    ("not ready for not answering", 6_000),
    ("handed over", 100),
    ("joined in conference", 800),
    ("joined to consult", 800),
    ("parted", 1_500),
    ("refused: nothing to join or part from", 500),
    ("offer declined", 2_000),
    ("offer expired", 30_000),
    ("offer left", 3_000),
    ("offer revoked", 2_000),
    ("offer taken by another", 3_500),
    ("offer", 70_000),
    ("other channel with its agent", 400),
    ("other channel without an agent", 900),
    ("overflow: closed", 300),
    ("overflow: full", 80),
    ("overflow: unstaffed", 400),
    ("overflow: waited", 300),
    ("parked", 3_500),
    ("preference ended", 8_000),
    ("presence changed", 10_000),
    ("queue closed", 600),
    ("queue opened", 500),
    ("queued", 90_000),
    ("quiet", 4_000),
    ("ramp passed", 8_000),
    ("refused: age origin in the future", 20),
    ("refused: agent not signed in", 100),
    ("refused: as many classes as there may be", 1_000),
    ("refused: channel not taken", 700),
    ("refused: channel", 500),
    ("refused: command too old", 3_000),
    ("refused: contact exists", 100),
    ("refused: context too large", 20),
    ("refused: customer has one", 2_500),
    ("refused: draining already", 60),
    ("refused: group", 60),
    ("refused: limit reached", 1_000),
    ("refused: no room to resume", 600),
    ("refused: no time to answer", 20),
    ("refused: not a revision", 40),
    ("refused: not to be claimed", 1_200),
    ("refused: offer not open", 1_000),
    ("refused: place in the journal", 2_000),
    ("refused: queue", 700),
    ("refused: requirement too large", 20),
    ("refused: requirement", 40),
    ("refused: signed in already", 20),
    ("refused: skill", 90),
    ("refused: time went back", 2_000),
    ("refused: timer due", 3_000),
    ("refused: unknown contact", 2_000),
    ("refused: wrap-up fixed", 300),
    ("refused: wrong state", 700),
    ("repeat contact", 900),
    ("repeated", 4_000),
    ("reservation ended", 100),
    ("reserved", 1_200),
    ("restored from a checkpoint", 4_000),
    ("resumed by itself", 2_000),
    ("resumed by the agent", 350),
    ("returned: connecting failed", 10_000),
    ("returned: not woken", 70),
    ("returned: other channel", 300),
    ("returned: re-queued", 3_000),
    ("returned: signed out", 500),
    ("returned: transferred", 2_000),
    ("shift set", 1_200),
    ("scheduled", 4_000),
    ("sign-in", 6_000),
    ("sign-out with drain", 1_000),
    ("sign-out with re-queue", 1_000),
    ("signed out", 4_000),
    ("silence: parked", 1_500),
    ("silence: quiet", 700),
    ("step relaxed", 20_000),
    ("superseded", 400),
    ("the agent wrote", 6_000),
    ("the customer wrote", 6_000),
    ("transfer to a queue", 2_000),
    ("transfer to a requirement", 2_000),
    ("transfer to an agent", 1_000),
    ("turned away", 8_000),
    ("unanswered", 5_000),
    ("unparked", 1_800),
    ("waited as long as it may", 10_000),
    ("waiting for one agent alone", 6_000),
    ("waiting for the last agent", 350),
    ("waiting to wake", 120),
    ("widened", 15_000),
    ("woken", 1_000),
    ("woken by force", 120),
    ("wrap-up", 8_000),
    ("wrap-up ended early", 2_000),
    ("wrap-up", 8_000),
];

/// What only plans with a low limit lead to.
const OF_SOME_PLANS: [&str; 2] = ["refused: as many classes as there may be", "refused: limit reached"];

impl Tally {
    /// Counts one step.
    pub(crate) fn count(&mut self, input: &Stamped, answer: &Result<Applied, Rejected>, events: &[Event]) {
        self.steps += 1;
        match answer {
            Ok(Applied::Done) => self.add(name_of_command(&input.command)),
            Ok(Applied::Repeated) => self.add("repeated"),
            Err(rejected) => self.add(name_of_rejection(rejected)),
        }
        let by_affinity = matches!(&input.command, Command::Enqueue { new, .. } if new.preferred.is_none());
        if by_affinity && events.iter().any(|event| matches!(event.what, What::Queued { only: Some(_), .. })) {
            self.add("waiting for the last agent");
        }
        for event in events {
            if let Some(name) = name_of_event(&event.what) {
                self.add(name);
            }
            if input.command == Command::AdvanceTime
                && let Some(name) = name_of_silence(&event.what)
            {
                self.add(name);
            }
        }
    }

    pub(crate) fn add(&mut self, name: &'static str) {
        *self.counts.entry(name).or_default() += 1;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.steps += other.steps;
        self.runs += 1;
        for (name, count) in &other.counts {
            *self.counts.entry(name).or_default() += count;
        }
    }

    /// What happened less often than it must have for the run to count.
    pub(crate) fn missing(&self) -> Vec<String> {
        // A few plans may well do less of something than many, or be without a limit altogether.
        let few = self.runs < 50;
        let share = if few { 5 } else { 1 };
        let mut missing = Vec::new();
        for &(name, per_million) in FLOORS {
            if few && OF_SOME_PLANS.contains(&name) {
                continue;
            }
            let (have, want) =
                (self.counts.get(name).copied().unwrap_or(0), self.steps * per_million / 1_000_000 / share);
            if have < want {
                missing.push(format!("{name}: {have}, at least {want} wanted"));
            }
        }
        missing
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} steps", self.steps)?;
        for (name, count) in &self.counts {
            write!(f, "\n{count:>10} {name}")?;
        }
        Ok(())
    }
}

pub(crate) fn name_of_held_back(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::KeptForCalls => "held back: kept for calls",
        Obstacle::NoMoreChats => "held back: no more chats",
        Obstacle::KeptFromCalls => "held back: kept from calls",
        _ => "held back: otherwise",
    }
}

fn name_of_command(command: &Command) -> &'static str {
    match command {
        Command::Configure { .. } => "another plan",
        Command::SignOut { leave: Leave::Requeue, .. } => "sign-out with re-queue",
        Command::SignOut { leave: Leave::Drain, .. } => "sign-out with drain",
        Command::Transfer { to: TransferTo::Queue(_), .. } => "transfer to a queue",
        Command::Transfer { to: TransferTo::Agent(..), .. } => "transfer to an agent",
        Command::Transfer { to: TransferTo::Needs(_), .. } => "transfer to a requirement",
        Command::ConnectFailed { .. } => "connecting reported failed",
        Command::EndWrapUp { .. } => "wrap-up ended early",
        Command::AdvanceTime => "time advanced",
        _ => "other command",
    }
}

fn name_of_rejection(rejected: &Rejected) -> &'static str {
    match rejected {
        Rejected::SeqNotAfter { .. } => "refused: place in the journal",
        Rejected::CommandTooOld(_) => "refused: command too old",
        Rejected::TimeWentBack { .. } => "refused: time went back",
        Rejected::TimerDue { .. } => "refused: timer due",
        Rejected::UnknownQueue(_) => "refused: queue",
        Rejected::UnknownChannel(_) => "refused: channel",
        Rejected::UnknownGroup(_) => "refused: group",
        Rejected::UnknownSkill(_) => "refused: skill",
        Rejected::UnknownRequirement(_) => "refused: requirement",
        Rejected::RequirementTooLarge { .. } => "refused: requirement too large",
        Rejected::UnknownContact(_) => "refused: unknown contact",
        Rejected::ContactExists(_) => "refused: contact exists",
        Rejected::AgeOriginInFuture { .. } => "refused: age origin in the future",
        Rejected::NoTimeToAnswer(_) => "refused: no time to answer",
        Rejected::ContextTooLarge { .. } => "refused: context too large",
        Rejected::ShiftOver { .. } => "refused: shift over",
        Rejected::CustomerHasOne { .. } => "refused: customer has one",
        Rejected::WrongState { .. } => "refused: wrong state",
        Rejected::NoRoom { .. } => "refused: no room to resume",
        Rejected::WrapUpFixed(_) => "refused: wrap-up fixed",
        Rejected::UnknownAgent(_) => "refused: agent not signed in",
        Rejected::AlreadySignedIn(_) => "refused: signed in already",
        Rejected::AlreadyDraining(_) => "refused: draining already",
        Rejected::ChannelNotTaken { .. } => "refused: channel not taken",
        Rejected::StaleOffer(_) => "refused: offer not open",
        Rejected::HasItAlready { .. } | Rejected::NotJoined { .. } => "refused: nothing to join or part from",
        Rejected::NotClaimable { .. } => "refused: not to be claimed",
        Rejected::NotARevision => "refused: not a revision",
        Rejected::LimitReached { .. } => "refused: limit reached",
        _ => "refused: otherwise",
    }
}

/// What only the customer's silence leads to while time passes.
fn name_of_silence(what: &What) -> Option<&'static str> {
    Some(match what {
        What::Quieted { .. } => "silence: quiet",
        What::Parked { .. } => "silence: parked",
        _ => return None,
    })
}

fn name_of_event(what: &What) -> Option<&'static str> {
    Some(match what {
        What::AgentSignedIn { .. } => "sign-in",
        What::AgentDraining { .. } => "draining",
        What::AgentSignedOut { .. } => "signed out",
        What::PresenceChanged { ready: false, reason: ReasonId::NO_ANSWER, .. } => "not ready for not answering",
        What::PresenceChanged { .. } => "presence changed",
        What::AgentLost { .. } => "agent lost",
        What::AgentBack { .. } => "agent back",
        What::ShiftSet { .. } => "shift set",
        What::Arrived { repeat: true, .. } => "repeat contact",
        What::RampPassed { .. } => "ramp passed",
        What::Scheduled { .. } => "scheduled",
        What::Due { .. } => "due",
        What::Reserved { .. } => "reserved",
        What::ReservationEnded { .. } => "reservation ended",
        What::LimitChanged { .. } => "limit changed",
        What::QueueOpened { .. } => "queue opened",
        What::QueueClosed { .. } => "queue closed",
        What::Overflowed { why: Edge::Closed, .. } => "overflow: closed",
        What::Overflowed { why: Edge::Unstaffed, .. } => "overflow: unstaffed",
        What::Overflowed { why: Edge::Full, .. } => "overflow: full",
        What::Overflowed { why: Edge::Waited, .. } => "overflow: waited",
        What::Queued { only: Some(_), .. } => "waiting for one agent alone",
        What::Queued { .. } => "queued",
        What::PreferenceEnded { .. } => "preference ended",
        What::Relaxed { .. } => "step relaxed",
        What::Widened { .. } => "widened",
        What::HoldEnded { .. } => "hold ended",
        What::Planned { .. } => "planned",
        What::ContextSet { .. } => "context set",
        What::Offered { forced: true, .. } => "forced offer",
        What::Offered { .. } => "offer",
        What::OfferEnded { end: OfferEnd::Declined, .. } => "offer declined",
        What::OfferEnded { end: OfferEnd::Expired, .. } => "offer expired",
        What::OfferEnded { end: OfferEnd::Revoked, .. } => "offer revoked",
        What::OfferEnded { end: OfferEnd::Left, .. } => "offer left",
        What::OfferEnded { end: OfferEnd::Taken, .. } => "offer taken by another",
        What::Accepted { .. } => "accepted",
        What::Assigned { forced: true, .. } => "forced assignment",
        What::Assigned { .. } => "assigned",
        What::Claimed { .. } => "claimed",
        What::Joined { role: Role::Consult, .. } => "joined to consult",
        What::Joined { .. } => "joined in conference",
        What::Parted { .. } => "parted",
        What::HandedOver { .. } => "handed over",
        What::Connected { .. } => "connected",
        What::Held { by: HeldBy::Agent, .. } => "held by the agent",
        What::Held { by: HeldBy::Arrival, .. } => "held by an arrival",
        What::Resumed { by: HeldBy::Agent, .. } => "resumed by the agent",
        What::Resumed { by: HeldBy::Arrival, .. } => "resumed by itself",
        What::CustomerWrote { .. } => "the customer wrote",
        What::AgentWrote { .. } => "the agent wrote",
        What::Quieted { .. } => "quiet",
        What::Parked { .. } => "parked",
        What::Unparked { .. } => "unparked",
        What::WakeDeferred { .. } => "waiting to wake",
        What::Woken { forced: true, .. } => "woken by force",
        What::Woken { .. } => "woken",
        What::WrapUpStarted { .. } => "wrap-up",
        What::Returned { why: Return::NotWoken, .. } => "returned: not woken",
        What::Returned { why: Return::ConnectFailed, .. } => "returned: connecting failed",
        What::Returned { why: Return::Requeued, .. } => "returned: re-queued",
        What::Returned { why: Return::SignedOut, .. } => "returned: signed out",
        What::Returned { why: Return::Transferred, .. } => "returned: transferred",
        What::Returned { why: Return::ChannelChanged, .. } => "returned: other channel",
        What::ChannelChanged { agent: Some(_), .. } => "other channel with its agent",
        What::ChannelChanged { agent: None, .. } => "other channel without an agent",
        What::Ended { outcome: Outcome::Completed, .. } => "completed",
        What::Ended { outcome: Outcome::Abandoned, .. } => "abandoned",
        What::Ended { outcome: Outcome::Closed, .. } => "closed",
        What::Ended { outcome: Outcome::Cancelled, .. } => "cancelled",
        What::Ended { outcome: Outcome::TurnedAway, .. } => "turned away",
        What::Ended { outcome: Outcome::Deflected, .. } => "deflected",
        What::Ended { outcome: Outcome::MaxWait, .. } => "waited as long as it may",
        What::Ended { outcome: Outcome::Unanswered, .. } => "unanswered",
        What::Ended { outcome: Outcome::Displaced, .. } => "displaced",
        What::Ended { outcome: Outcome::Superseded, .. } => "superseded",
        What::Configured
        | What::SkillsChanged { .. }
        | What::Arrived { .. }
        | What::PriorityChanged { .. }
        | What::NeedsChanged { .. }
        | What::Transferred { .. } => return None,
    })
}
