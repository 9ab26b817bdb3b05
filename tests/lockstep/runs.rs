//! Whole runs: made from seeds, repeated from their commands, made smaller when they fail.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cordboard::{Plan, Stamped};

use crate::commands::Host;
use crate::dice::{Dice, Seeded};
use crate::pair::Pair;
use crate::plans::Draft;
use crate::tally::Tally;

/// Everything a run follows from.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// The choices the plan is made of.
    pub(crate) plan: Vec<u32>,
    /// Agents the host knows.
    pub(crate) agents: u64,
    /// One number per command.
    pub(crate) steps: Vec<u128>,
}

/// Where and how a run failed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) plan: Box<Plan>,
    traced: bool,
    pub(crate) commands: Vec<Stamped>,
    pub(crate) why: String,
}

/// Choices in a plan; the largest takes fewer.
const PLAN_CHOICES: usize = 600;

impl Script {
    pub(crate) fn seeded(seed: u64, agents: u64, steps: usize) -> Self {
        let mut numbers = Seeded(seed);
        let plan = numbers.tape(PLAN_CHOICES);
        let least = if agents > 20 { agents / 2 } else { 3 };
        let agents = least + numbers.number() % (agents.max(3) - least + 1);
        Self { plan, agents, steps: (0..steps).map(|_| numbers.wide()).collect() }
    }

    /// Runs both engines over it, to the end or to the first difference.
    pub(crate) fn run(&self) -> Result<Tally, Failure> {
        let draft = Draft::throw(&mut Dice::tape(&self.plan));
        let plan = draft.plan();
        let mut host = Host::new(draft, self.agents, self.mood());
        let mut commands = Vec::new();
        let outcome = unpanicked(|| {
            let mut pair = Pair::new(&plan, self.traced());
            for &number in &self.steps {
                let next = host.next(number, &pair.reference);
                commands.push(next);
                pair.step(&commands[commands.len() - 1])?;
                if pair.planned {
                    return Ok(pair.tally);
                }
            }
            pair.examine()?;
            Ok(pair.tally)
        });
        outcome.map_err(|why| Failure { plan: Box::new(plan), traced: self.traced(), commands, why })
    }

    /// One run in five records its decisions.
    fn traced(&self) -> bool {
        self.mood() / 5 % 5 == 4
    }

    /// What the plan does not say: taken from its last number.
    fn mood(&self) -> u32 {
        self.plan.last().copied().unwrap_or(0)
    }

    /// Drops steps while the run still fails.
    pub(crate) fn smaller(&self) -> Self {
        let keep = without_needless(&self.steps, |steps| Self { steps: steps.to_vec(), ..self.clone() }.run().is_err());
        Self { steps: keep, ..self.clone() }
    }
}

impl Failure {
    fn again(&self, commands: &[Stamped]) -> Result<(), String> {
        unpanicked(|| {
            let mut pair = Pair::new(&self.plan, self.traced);
            for command in commands {
                pair.step(command)?;
                if pair.planned {
                    return Ok(());
                }
            }
            pair.examine()
        })
    }

    /// Drops commands while the same list still fails.
    pub(crate) fn smaller(mut self) -> Self {
        self.commands = without_needless(&self.commands, |commands| self.again(commands).is_err());
        if let Err(why) = self.again(&self.commands) {
            self.why = why;
        }
        self
    }

    /// The failure with everything needed to repeat it by hand.
    pub(crate) fn report(&self) -> String {
        let plan = serde_json::to_string(&self.plan).unwrap_or_default();
        let commands: Vec<_> = self
            .commands
            .iter()
            .map(|it| format!("  {} at {} by {}/{}: {:?}\n", it.seq, it.at, it.id.source, it.id.number, it.command))
            .collect();
        format!("{}\nafter {} commands:\n{}under the plan {plan}", self.why, commands.len(), commands.concat())
    }
}

/// A panic is a failure like any other, so that it can be made smaller.
fn unpanicked<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        Err(format!("panicked: {}", text.unwrap_or("with something that is not text")))
    })
}

/// As few of `all` as a bounded number of trials finds that still fail: drops halves, quarters, … single ones.
fn without_needless<T: Clone>(all: &[T], fails: impl Fn(&[T]) -> bool) -> Vec<T> {
    let mut keep = all.to_vec();
    let mut trials = 3_000;
    let mut chunk = keep.len().div_ceil(2).max(1);
    loop {
        let (mut at, before) = (0, keep.len());
        while at < keep.len() && trials > 0 {
            let mut fewer = keep.clone();
            fewer.drain(at..(at + chunk).min(keep.len()));
            trials -= 1;
            if fails(&fewer) { keep = fewer } else { at += chunk }
        }
        if trials == 0 || (chunk == 1 && keep.len() == before) {
            return keep;
        }
        chunk = (chunk / 2).max(1);
    }
}
