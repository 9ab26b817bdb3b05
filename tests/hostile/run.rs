//! One run: a plan, a host, and what must hold after each of its commands.

use std::collections::BTreeMap;

use cordboard::{Applied, Checkpoint, Command, ContactId, Event, Rejected, Router, Stamped, What};

use crate::chance::Chance;
use crate::host::Host;
use crate::plans;

/// How often each thing happened.
#[derive(Default)]
pub(crate) struct Tally(pub(crate) BTreeMap<String, u64>);

impl Tally {
    pub(crate) fn count(&mut self, what: &str, times: u64) {
        match self.0.get_mut(what) {
            Some(count) => *count += times,
            None => drop(self.0.insert(what.to_owned(), times)),
        }
    }

    pub(crate) fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    fn note(&mut self, event: &Event) {
        self.count(word(&event.what), 1);
    }
}

fn word(what: &What) -> &'static str {
    match what {
        What::Configured => "configured",
        What::AgentSignedIn { .. } => "signed in",
        What::AgentDraining { .. } => "draining",
        What::AgentSignedOut { .. } => "signed out",
        What::PresenceChanged { .. } => "presence",
        What::RampPassed { .. } => "ramp passed",
        What::LimitChanged { .. } => "limit changed",
        What::SkillsChanged { .. } => "skills",
        What::AgentLost { .. } => "lost",
        What::AgentBack { .. } => "back",
        What::ShiftSet { .. } => "shift",
        What::Arrived { .. } => "arrived",
        What::Scheduled { .. } => "scheduled",
        What::Due { .. } => "due",
        What::Reserved { .. } => "reserved",
        What::ReservationEnded { .. } => "reservation ended",
        What::QueueOpened { .. } => "opened",
        What::QueueClosed { .. } => "closed",
        What::Overflowed { .. } => "overflowed",
        What::Queued { .. } => "queued",
        What::PreferenceEnded { .. } => "preference ended",
        What::Relaxed { .. } => "relaxed",
        What::Widened { .. } => "widened",
        What::HoldEnded { .. } => "hold ended",
        What::Planned { .. } => "planned",
        What::ContextSet { .. } => "context",
        What::PriorityChanged { .. } => "priority",
        What::NeedsChanged { .. } => "needs",
        What::ChannelChanged { .. } => "other channel",
        What::Transferred { .. } => "transferred",
        What::Offered { .. } => "offered",
        What::OfferEnded { .. } => "offer ended",
        What::Accepted { .. } => "accepted",
        What::Assigned { .. } => "assigned",
        What::Claimed { .. } => "claimed",
        What::Joined { .. } => "joined",
        What::Parted { .. } => "parted",
        What::HandedOver { .. } => "handed over",
        What::Connected { .. } => "connected",
        What::Held { .. } => "held",
        What::Resumed { .. } => "resumed",
        What::CustomerWrote { .. } => "customer wrote",
        What::AgentWrote { .. } => "agent wrote",
        What::Quieted { .. } => "quieted",
        What::Parked { .. } => "parked",
        What::Unparked { .. } => "unparked",
        What::WakeDeferred { .. } => "wake deferred",
        What::Woken { .. } => "woken",
        What::WrapUpStarted { .. } => "wrap-up",
        What::Returned { .. } => "returned",
        What::Ended { .. } => "ended",
    }
}

pub(crate) fn reason(rejected: &Rejected) -> String {
    let name = format!("{rejected:?}");
    let end = name.find([' ', '(', '{']).unwrap_or(name.len());
    format!("refused {}", &name[..end])
}

/// An engine under a host without sense.
pub(crate) struct Run {
    pub(crate) router: Router,
    /// What it was before the first command.
    #[cfg_attr(not(feature = "sim"), expect(dead_code, reason = "only recordings are run again from it"))]
    pub(crate) beginning: Checkpoint,
    pub(crate) host: Host,
    /// Everything is checked from scratch after every command, and not only now and then.
    strict: bool,
    /// Chance by which it is looked at; apart, so that looking changes nothing of what the host does.
    looks: Chance,
    pub(crate) events: Vec<Event>,
}

impl Run {
    pub(crate) fn new(seed: u64, strict: bool, tally: &mut Tally) -> Self {
        let mut chance = Chance::new(seed);
        let (plan, refused) = plans::plan(&mut chance, None);
        let router = Router::with_policies(plan, plans::policies()).expect("the policies are given");
        tally.count("documents refused", refused);
        let looks = Chance::new(!seed);
        let beginning = router.checkpoint();
        let mut run = Self { router, beginning, host: Host::new(chance), strict, looks, events: Vec::new() };
        let at = run.host.beginning();
        let begin =
            Stamped { seq: cordboard::Seq(1), id: cordboard::CommandId::ANONYMOUS, at, command: Command::AdvanceTime };
        run.router.apply(&begin, &mut run.events).expect("time may pass");
        run
    }

    /// One command, and everything that must hold after it. The command, if it was applied; its events are in `events`.
    pub(crate) fn step(&mut self, tally: &mut Tally) -> Option<Stamped> {
        let next = self.host.next(&self.router);
        self.apply(next, tally)
    }

    pub(crate) fn apply(&mut self, next: Stamped, tally: &mut Tally) -> Option<Stamped> {
        self.events.clear();
        let strict = self.strict || self.looks.one_in(50);
        let before = strict.then(|| self.router.digest());
        let from = self.router.now();
        let answer = self.router.apply(&next, &mut self.events);
        match &answer {
            Ok(Applied::Done) => {
                let bounds = (from, next.at);
                assert!(self.router.now() == next.at && self.router.seq() == next.seq, "{next:?}");
                let mut last = bounds.0;
                for event in &self.events {
                    assert!(last <= event.at && event.at <= bounds.1, "{next:?} gave {:?}", self.last_events());
                    last = event.at;
                    tally.note(event);
                }
                self.host.hear(&self.events);
                let ahead = self.router.next_deadline();
                assert!(
                    next.command != Command::AdvanceTime || ahead.is_none_or(|due| due > next.at),
                    "a timer of {ahead:?} was not fired by {next:?}"
                );
            }
            Ok(Applied::Repeated) => tally.count("repeated", 1),
            Err(rejected) => tally.count(&reason(rejected), 1),
        }
        if answer != Ok(Applied::Done) {
            assert!(self.events.is_empty(), "{next:?} was answered {answer:?} with {:?}", self.events);
            if let Some(before) = before {
                assert_eq!(before, self.router.digest(), "{next:?} was answered {answer:?} and changed something");
            }
        }
        if strict {
            if let Err(broken) = self.router.check_invariants() {
                panic!("{broken}, after {next:?}, answered {answer:?} with {:?}", self.last_events());
            }
            self.ask();
        }
        tally.count("commands", 1);
        (answer == Ok(Applied::Done)).then_some(next)
    }

    /// The end of what followed from the last command, for messages.
    fn last_events(&self) -> &[Event] {
        &self.events[self.events.len().saturating_sub(20)..]
    }

    /// Every question may be asked at any time, of anybody.
    fn ask(&mut self) {
        let contact = self.host.known_contact(&mut self.looks);
        let explained = self.router.explain(contact).map(|explained| explained.to_string());
        let (estimate, position) = (self.router.estimate_wait(contact), self.router.position(contact));
        assert!(explained.is_some() || (estimate.is_none() && position.is_none()));
        if let Some(estimate) = estimate {
            assert!(estimate.low <= estimate.likely && estimate.likely <= estimate.high);
        }
        assert_eq!(self.router.explain(ContactId(u64::MAX / 3)), None);
        self.router.take_decisions();
        self.router.record_decisions(self.looks.one_in(2));
    }
}
