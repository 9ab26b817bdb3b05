//! Engine and reference, fed the same commands and compared after each.

use std::sync::Arc;

use cordboard::{
    Applied, Between, ContactId, Decision, Event, Obstacle, Plan, Policies, Rejected, Router, Stamped, What,
};

use crate::invariants::{Before, Ledger};
use crate::plans::host::{Odd, Rested, Short, Vip};
use crate::questions::{check_answers, check_decisions, held_back_now};
use crate::reference::{HostPolicies, Reference, Refused};
use crate::tally::{Tally, name_of_held_back};

pub(crate) struct Pair {
    engine: Router,
    /// Follows the engine by its events alone.
    follower: Router,
    pub(crate) reference: Reference,
    ledger: Ledger,
    pub(crate) tally: Tally,
    /// How many classes there may be is a matter of the engine's indices: it alone says when there are too many.
    few_classes: bool,
    /// Every decision of the run is recorded, and looked at.
    traced: bool,
    /// The engine has planned on what it observed, where the reference does not follow.
    pub(crate) planned: bool,
    /// Of the step now.
    by_engine: Vec<Event>,
    by_reference: Vec<Event>,
}

impl Pair {
    pub(crate) fn new(plan: &Plan, traced: bool) -> Self {
        let engine = || Router::with_policies(plan.clone(), host_policies()).expect("both host policies are given");
        let policies = HostPolicies {
            agents: vec![Arc::new(Rested)],
            contacts: vec![Arc::new(Vip)],
            scheduling: vec![Arc::new(Odd)],
            queues: vec![Arc::new(Short)],
        };
        Self {
            engine: recording(engine(), traced),
            follower: engine(),
            reference: Reference::new(plan.clone(), policies),
            ledger: Ledger::default(),
            tally: Tally::default(),
            few_classes: plan.limits().classes < 1_000,
            traced,
            planned: false,
            by_engine: Vec::new(),
            by_reference: Vec::new(),
        }
    }

    /// Applies one command to both, and says how they differ or what is broken, if anything.
    pub(crate) fn step(&mut self, input: &Stamped) -> Result<(), String> {
        self.by_engine.clear();
        self.by_reference.clear();
        let thorough = self.tally.steps.is_multiple_of(7) || self.reference.present() < 40;
        let before = Before::of(&self.reference, input);
        let mut kept: Vec<ContactId> = self.reference.reserved().collect();
        let (digest, expected, answer);
        if self.few_classes {
            digest = Some(self.engine.digest());
            answer = self.engine.apply(input, &mut self.by_engine);
            if matches!(answer, Err(Rejected::LimitReached { what, .. }) if what.contains("class")) {
                self.tally.count(input, &answer, &[]);
                self.tally.add("refused: as many classes as there may be");
                return if digest == Some(self.engine.digest()) {
                    Ok(())
                } else {
                    Err(format!("{answer:?}, with a trace"))
                };
            }
            expected = self.reference.apply(input, &mut self.by_reference);
        } else {
            expected = self.reference.apply(input, &mut self.by_reference);
            digest = expected.is_err().then(|| self.engine.digest());
            answer = self.engine.apply(input, &mut self.by_engine);
        }

        if self.by_engine.iter().any(|event| matches!(event.what, What::Planned { .. })) {
            self.tally.count(input, &answer, &self.by_engine);
            self.planned = true;
            return self.engine.check_invariants().map_err(|broken| format!("the engine's own invariant: {broken}"));
        }
        same_answer(&answer, &expected)?;
        if expected.is_err()
            && digest.is_some_and(|digest| digest != self.engine.digest() || !self.by_engine.is_empty())
        {
            return Err(format!("refused with {answer:?}, and yet something changed"));
        }
        if self.by_engine != self.by_reference {
            let waiting = self.reference.waiting.iter();
            let waiting: Vec<String> = waiting
                .map(|it| {
                    format!(
                        "{} in {} on {}{}",
                        it.id,
                        it.queue,
                        it.channel,
                        if it.released { ", released" } else { "" }
                    )
                })
                .collect();
            return Err(format!(
                "different events\n  engine:    {}\n  reference: {}\n  waiting: {}",
                listed(&self.by_engine),
                listed(&self.by_reference),
                waiting.join("; ")
            ));
        }
        if (self.engine.now(), self.engine.seq()) != (self.reference.now, self.reference.seq) {
            return Err(format!(
                "engine at {} {}, reference at {} {}",
                self.engine.now(),
                self.engine.seq(),
                self.reference.now,
                self.reference.seq
            ));
        }
        let (due, expected) = (self.engine.next_deadline(), self.reference.next_deadline());
        if due != expected {
            return Err(format!("next timer: engine {due:?}, reference {expected:?}"));
        }
        self.ledger.check(&before, input, &self.by_engine, &self.reference, thorough)?;
        self.tally.count(input, &answer, &self.by_engine);
        if thorough {
            held_back_now(&self.reference).into_iter().for_each(|obstacle| self.tally.add(name_of_held_back(obstacle)));
        }
        for _ in 0..std::mem::take(&mut self.reference.given_instead) {
            self.tally.add("scheduled instead of what could not be done");
        }
        if answer == Ok(Applied::Done) {
            self.follower.fold(input, &self.by_engine).map_err(|corrupt| format!("folding: {corrupt}"))?;
        }
        if self.traced {
            let given = self.by_engine.iter().filter(|event| was_decided(&event.what, &mut kept));
            let decisions = self.engine.take_decisions();
            check_decisions(&decisions, given.count())?;
            if *self.reference.plan.between() != Between::Urgency {
                let by_score = decisions.iter().filter(|one| was_scored(one));
                by_score.for_each(|_| self.tally.add("a queue chosen by its score"));
            }
        }
        if self.tally.steps.is_multiple_of(16) {
            self.engine.check_invariants().map_err(|broken| format!("the engine's own invariant: {broken}"))?;
        }
        if self.tally.steps.is_multiple_of(173) {
            self.examine()?;
        }
        Ok(())
    }

    /// The follower is where the engine is; and the engine is put away and taken out again, to go on from there.
    pub(crate) fn examine(&mut self) -> Result<(), String> {
        self.engine.check_invariants().map_err(|broken| format!("the engine's own invariant: {broken}"))?;
        check_answers(&self.engine, &self.reference)?;
        let explained = self.reference.waiting.iter().filter_map(|it| self.engine.explain(it.id));
        for _ in explained.filter(|it| it.obstacles.contains_key(&Obstacle::KeptForOthers)) {
            self.tally.add("agents kept from one who waits");
        }
        let digest = self.engine.digest();
        if self.follower.digest() != digest {
            return Err("folding the events leads to another state".into());
        }
        let written = serde_json::to_string(&self.engine.checkpoint()).map_err(|error| format!("writing: {error}"))?;
        let read = serde_json::from_str(&written).map_err(|error| format!("reading a checkpoint: {error}"))?;
        let restored = Router::restore(read, host_policies()).map_err(|corrupt| format!("restoring: {corrupt}"))?;
        self.engine = recording(restored, self.traced);
        if self.engine.digest() != digest {
            return Err("restoring a checkpoint leads to another state".into());
        }
        self.tally.add("restored from a checkpoint");
        Ok(())
    }
}

/// The score of its queue decided for the contact.
fn was_scored(decision: &Decision) -> bool {
    matches!(decision, Decision::ContactFor { decided_by: Some(1 | 2), .. })
}

fn recording(mut engine: Router, decisions: bool) -> Router {
    engine.record_decisions(decisions);
    engine
}

fn host_policies() -> Policies {
    Policies::new().with_agents(Rested).with_contacts(Vip).with_queues(Short).with_scheduling(Odd)
}

fn same_answer(engine: &Result<Applied, Rejected>, reference: &Result<Applied, Refused>) -> Result<(), String> {
    let same = match (engine, reference) {
        (Ok(engine), Ok(reference)) => engine == reference,
        (Err(rejected), Err(refused)) => match refused {
            Refused::TooOld => matches!(rejected, Rejected::CommandTooOld(_)),
            Refused::SeqNotAfter => matches!(rejected, Rejected::SeqNotAfter { .. }),
            Refused::TimeWentBack => matches!(rejected, Rejected::TimeWentBack { .. }),
            Refused::TimerDue => matches!(rejected, Rejected::TimerDue { .. }),
            Refused::Condition(_) => true,
        },
        _ => false,
    };
    if same { Ok(()) } else { Err(format!("different answers\n  engine:    {engine:?}\n  reference: {reference:?}")) }
}

fn listed(events: &[Event]) -> String {
    let lines: Vec<_> = events.iter().map(|event| format!("\n    {} {:?}", event.at, event.what)).collect();
    if lines.is_empty() { "none".into() } else { lines.concat() }
}

/// Whether an agent and a contact were chosen for each other. For whom an agent was kept free, it was chosen then.
fn was_decided(what: &What, kept: &mut Vec<ContactId>) -> bool {
    match *what {
        What::Reserved { contact, .. } => {
            kept.push(contact);
            true
        }
        What::ReservationEnded { contact, .. } => {
            kept.retain(|&other| other != contact);
            false
        }
        What::Offered { forced: false, contact, .. } | What::Assigned { forced: false, contact, .. } => {
            let before = kept.len();
            kept.retain(|&other| other != contact);
            before == kept.len()
        }
        _ => false,
    }
}
