//! A system whose figures are known, and how far the simulator is from them.

use std::path::Path;

use cordboard::measure::{Estimate, student_t, student_tail};
use cordboard::sim::{Metric, Replication, Scenario};
use cordboard::{GroupId, Load};

/// A figure of one replication.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Figure {
    /// Of a stream, as the results have it; waits in minutes.
    Of(usize, Metric),
    /// Turned away over offered.
    TurnedAway(usize),
    /// Answered within the target over answered.
    LevelOfAnswered(usize),
    /// Minutes that those who left had waited.
    WaitOfLost(usize),
    /// Minutes that those who stood in line waited.
    WaitOfDelayed(usize),
    /// Completed a minute.
    Throughput(usize),
    /// Minutes from answer to end.
    Stay(usize),
    /// Of a group: the share of time with at least one contact.
    Busy(usize),
    /// Of a group: contacts of those who have any.
    HeldWhenBusy(usize),
    /// Of a group with one stream: the share of capacity taken.
    Taken(usize),
    /// Contacts that came, stood in line, abandoned, in the measured time.
    Offered(usize),
    Delayed(usize),
    Lost(usize),
}

impl Figure {
    fn of(self, one: &Replication) -> Option<f64> {
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        let minutes = |micros: u128, count: u64| (count > 0).then(|| micros as f64 / 6e7 / count as f64);
        let measured = one.measured.as_secs_f64() / 60.0;
        match self {
            Self::Of(stream, metric) => {
                let value = metric.of(&one.streams[stream], one);
                if matches!(metric, Metric::Wait | Metric::WaitAnswered) {
                    value.map(|wait| wait / 60.0)
                } else {
                    value
                }
            }
            Self::TurnedAway(stream) => share(one.streams[stream].overflowed, one.streams[stream].offered),
            Self::LevelOfAnswered(stream) => share(one.streams[stream].within_target, one.streams[stream].answered),
            Self::WaitOfLost(stream) => minutes(one.streams[stream].unanswered_wait, one.streams[stream].abandoned),
            Self::WaitOfDelayed(stream) => {
                let tally = &one.streams[stream];
                minutes(tally.answered_wait + tally.unanswered_wait, tally.delayed)
            }
            Self::Throughput(stream) => Some(one.streams[stream].completed as f64 / measured),
            Self::Stay(stream) => minutes(one.streams[stream].service_area, one.streams[stream].completed),
            Self::Busy(group) => {
                let tally = one.group(GroupId(group as u16));
                (tally.present > 0).then(|| tally.busy as f64 / tally.present as f64)
            }
            Self::HeldWhenBusy(group) => {
                let tally = one.group(GroupId(group as u16));
                (tally.busy > 0).then(|| tally.held as f64 / tally.busy as f64)
            }
            Self::Taken(group) => {
                let all = one.group(GroupId(group as u16)).present as f64 * Load::FULL.0 as f64;
                Some(one.streams[0].load_area as f64 / all)
            }
            Self::Offered(stream) => Some(one.streams[stream].offered as f64),
            Self::Delayed(stream) => Some(one.streams[stream].delayed as f64),
            Self::Lost(stream) => Some(one.streams[stream].lost as f64),
        }
    }
}

/// What is known of a case.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) figure: Figure,
    pub(crate) exact: f64,
}

/// For how long a case is run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Course {
    /// In steady state, with so many contacts a minute whose work takes so many minutes.
    Steady { per_minute: f64, service: f64 },
    /// From time 0 for so many minutes.
    Day { minutes: f64, contacts: f64 },
}

/// A system whose figures are known. Its unit of time is a minute.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// The scenario without how long it is run.
    pub(crate) text: String,
    pub(crate) course: Course,
    pub(crate) checks: Vec<Check>,
}

/// How much is simulated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    pub(crate) replications: u32,
    /// Contacts in each, the warm-up not counted.
    pub(crate) contacts: f64,
}

impl Length {
    /// `CORDBOARD_VALIDATION_CONTACTS` in each replication, or so many.
    pub(crate) fn or(contacts: f64) -> Self {
        let asked = std::env::var("CORDBOARD_VALIDATION_CONTACTS").ok();
        let contacts = asked.map_or(contacts, |n| n.parse().expect("CORDBOARD_VALIDATION_CONTACTS is a number"));
        Self { replications: 40, contacts }
    }
}

/// One figure, as it is and as it was simulated.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) case: String,
    pub(crate) name: String,
    pub(crate) exact: f64,
    pub(crate) mean: f64,
    pub(crate) half_width: f64,
    /// Standard errors between the two.
    pub(crate) t: f64,
    /// How likely so many or more are by chance.
    pub(crate) chance: f64,
}

impl Case {
    pub(crate) fn new(name: &str, text: String, per_minute: f64) -> Self {
        Self { name: name.to_owned(), text, course: Course::Steady { per_minute, service: 1.0 }, checks: Vec::new() }
    }

    pub(crate) fn check(mut self, name: impl Into<String>, figure: Figure, exact: f64) -> Self {
        self.checks.push(Check { name: name.into(), figure, exact });
        self
    }

    /// Runs it. `faster` is what service really is, and should not be: 1 for as the scenario says.
    pub(crate) fn run(&self, length: Length) -> Vec<Finding> {
        let scenario = self.scenario(length);
        let outcome = scenario.run_on(2, &|_| {}).unwrap_or_else(|why| panic!("{}: {why}", self.name));
        for tally in outcome.replications.iter().flat_map(|one| &one.streams) {
            let gone = tally.answered + tally.abandoned + tally.overflowed + tally.waiting_at_end;
            assert_eq!(tally.offered, gone, "{}: every contact is in one place", self.name);
        }
        let findings = self.checks.iter().map(|check| {
            let values = outcome.replications.iter().map(|one| check.figure.of(one));
            self.judge(check, Estimate::of(values), scenario.replications() - 1)
        });
        findings.collect()
    }

    fn scenario(&self, length: Length) -> Scenario {
        let (warmup, horizon, replications) = match self.course {
            Course::Steady { per_minute, service } => {
                // However many come, time averages need time.
                let minutes = f64::max(length.contacts / per_minute, 15.0 * service);
                // Small systems near their limit take longest to forget that they were empty.
                let services = match per_minute * service {
                    ..=3.0 => 100.0,
                    ..=20.0 => 40.0,
                    _ => 10.0,
                };
                (f64::max(services * service, minutes / 20.0), minutes, length.replications)
            }
            Course::Day { minutes, contacts } => {
                let all = f64::from(length.replications) * length.contacts;
                (0.0, minutes, (all / contacts).ceil() as u32)
            }
        };
        let micros = |minutes: f64| (minutes * 6e7).round() as u64;
        let text = format!(
            "seed = 2718\nwarmup = \"{}us\"\nhorizon = \"{}us\"\nreplications = {replications}\n{}",
            micros(warmup),
            micros(horizon),
            self.text
        );
        // The exact answers are of systems that hold nobody back, unless a case says otherwise.
        let text = match text.contains("[scheduler]") {
            true => text,
            false => text + "\n[scheduler]\npolicy = \"work-conserving\"\n",
        };
        Scenario::from_toml(&text, Path::new("."))
            .unwrap_or_else(|problems| panic!("{}:\n{problems}\n{text}", self.name))
    }

    fn judge(&self, check: &Check, estimate: Estimate, freedom: u32) -> Finding {
        let (Some(mean), Some(half_width)) = (estimate.mean, estimate.half_width) else {
            panic!("{}: {} has no value", self.name, check.name);
        };
        let error = half_width / student_t(freedom);
        let off = mean - check.exact;
        let t = match error > 0.0 {
            true => off / error,
            // The same in every replication: it is what it must be, or it is wrong.
            false if off.abs() < 1e-9 => 0.0,
            false => f64::INFINITY,
        };
        let chance = if t.is_finite() { student_tail(t, freedom) } else { 0.0 };
        let (case, name) = (self.name.clone(), check.name.clone());
        Finding { case, name, exact: check.exact, mean, half_width, t, chance }
    }
}

/// Those findings that chance does not explain, with a probability of at most `level` that any is here though all is right:
/// Holm, *Scandinavian Journal of Statistics* 6 (1979). Findings may depend on each other.
pub(crate) fn unexplained(findings: &[Finding], level: f64) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by(|a, b| a.chance.total_cmp(&b.chance));
    let all = sorted.len();
    let wrong = sorted.iter().enumerate().take_while(|(at, finding)| finding.chance * (all - at) as f64 <= level);
    let wrong = wrong.count();
    sorted.truncate(wrong);
    sorted
}
