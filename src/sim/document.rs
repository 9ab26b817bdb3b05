//! Reads scenarios: the routing plan's own reader and this one share a file, so that everything wrong with
//! either is reported at once, with its line.

mod arriving;
mod attending;
mod bursting;
mod customers;
mod handling;
#[cfg(test)]
mod keys;
mod times;

use std::collections::BTreeMap;
use std::path::Path;

use crate::contact::{Needs, NewContact};
use crate::id::{ChannelId, GroupId, QueueId, RequirementId};
use crate::plan::document::Value;
use crate::plan::draft::Draft;
use crate::plan::draft::scheduler::is_of_scenario;
use crate::plan::reading::{Entry, Reading, Section};
use crate::plan::{NamedRequirement, Plan, PlanDocument, Problems};
use crate::queue::{Target, WrapUp};
use crate::requirement::Requirement;
use crate::router::Policies;
use crate::time::Span;

use self::bursting::{bursts, shared_alike};
use self::customers::balk;
use super::arrivals::Arrivals;
use super::attendance::Attendance;
use super::distribution::Distribution;
use super::policy::Policy;
use super::record_file;
use super::scenario::{Cost, Handle, Offers, Scenario, Stream};
use super::staffing::{Shifts, Staffing};

/// How long agents have to accept where offers take time and the plan does not say.
const OFFER: Span = Span::from_secs(20);
const LONGEST: Span = Span::from_mins(36_525 * 24 * 60);

impl Scenario {
    /// Reads and checks a scenario written in TOML. Files it points to are looked for in `folder`.
    /// Every key is described in `docs/scenario.md`.
    ///
    /// ```
    /// use cordboard::sim::Scenario;
    /// let scenario = Scenario::from_toml(
    ///     r#"
    ///     horizon = "8h"
    ///     [capacity.phone]
    ///     voice = { max = 1 }
    ///     [agents.team]
    ///     count = 10
    ///     capacity = "phone"
    ///     [queues.service]
    ///     [streams.calls]
    ///     channel = "voice"
    ///     queue = "service"
    ///     arrivals = { poisson_per_minute = 2.5 }
    ///     handle = { lognormal = ["3m", "2m"] }
    ///     patience = { exponential = "4m" }
    ///     "#,
    ///     std::path::Path::new("."),
    /// )?;
    /// assert_eq!(scenario.streams().len(), 1);
    /// # Ok::<(), cordboard::Problems>(())
    /// ```
    ///
    /// # Errors
    /// Everything wrong with it at once, each with its path, its line and what would be right.
    pub fn from_toml(text: &str, folder: &Path) -> Result<Self, Problems> {
        Self::from_document(&PlanDocument::from_toml(text)?, folder)
    }

    /// Checks a scenario of any form.
    ///
    /// # Errors
    /// As [`Scenario::from_toml`].
    pub fn from_document(document: &PlanDocument, folder: &Path) -> Result<Self, Problems> {
        let reading = Reading::new(document);
        let draft = Draft::read(&reading, None);
        let reader = Reader { draft: &draft, folder };
        let parts = reader.scenario(&reading.root());
        let plan = draft.finish(reading)?;
        // Where something was missing, a problem was noted, and this is not reached.
        Ok(parts.into_scenario(plan))
    }
}

/// A scenario without its plan.
struct Parts {
    name: String,
    seed: u64,
    warmup: Span,
    horizon: Span,
    replications: u32,
    batches: u32,
    streams: Vec<(Stream, Option<Requirement>)>,
    staffing: Vec<Staffing>,
    attendance: Vec<Attendance>,
    hours: Vec<Option<Staffing>>,
    speed: Vec<Vec<f64>>,
    /// By channel: whether the document says how long agents have to accept.
    own_offer: Vec<bool>,
    offers: Offers,
    policy: Policy,
}

impl Parts {
    fn into_scenario(self, mut plan: Plan) -> Scenario {
        let unanswered = self.attendance.iter().any(|how| how.no_answer.is_some_and(|share| share > 0.0));
        if unanswered || self.offers.no_answer > 0.0 || !self.offers.accept.is_zero() {
            for (channel, _) in plan.channels.iter_mut().zip(&self.own_offer).filter(|(_, own)| !**own) {
                channel.offer = Some(OFFER);
            }
        }
        let streams = self.streams.into_iter().map(|(mut stream, requires)| {
            if let Some(requires) = requires {
                stream.new.needs = Needs::Named(name_requirement(&mut plan, &stream.name, requires));
            }
            stream
        });
        let streams: Vec<Stream> = streams.collect();
        worth(&mut plan, &streams);
        let written = plan.clone();
        self.policy.apply(&mut plan);
        Scenario {
            name: self.name,
            plan,
            written,
            seed: self.seed,
            warmup: self.warmup,
            horizon: self.horizon,
            replications: self.replications,
            batches: self.batches,
            streams,
            staffing: self.staffing,
            attendance: self.attendance,
            hours: self.hours,
            speed: self.speed,
            offers: self.offers,
            policy: self.policy,
            host: Policies::new(),
        }
    }
}

/// The plan's name for a requirement; equal requirements share one.
fn name_requirement(plan: &mut Plan, stream: &str, requires: Requirement) -> RequirementId {
    let known = plan.requirements.iter().position(|named| named.requires == requires);
    let at = known.unwrap_or_else(|| {
        let mut name = format!("streams.{stream}");
        while plan.requirements.iter().any(|named| *named.name == *name) {
            name.push('\'');
        }
        plan.requirements.push(NamedRequirement { name: name.into(), requires });
        plan.requirements.len() - 1
    });
    // There is at most one for each stream and each that the document names, which are counted by memory alone.
    RequirementId(u32::try_from(at).unwrap_or(u32::MAX))
}

struct Reader<'d> {
    draft: &'d Draft,
    folder: &'d Path,
}

impl Reader<'_> {
    fn scenario(&self, root: &Section<'_>) -> Parts {
        let warmup = root.get("warmup").span().unwrap_or(Span::ZERO);
        let horizon = root.get("horizon").or_missing("how long to measure, such as horizon = \"8h\"");
        let length = horizon.some_span().unwrap_or(Span(1));
        if (warmup + length) > LONGEST {
            horizon.problem(format!("with the warm-up is {}; at most {LONGEST}", warmup + length));
        }
        let replications = root.get("replications").whole(1..=100_000).unwrap_or(1);
        let batches = root.get("batches").whole(2..=1_000).unwrap_or(0);
        let offers = root.get("offers").section().map_or_else(Offers::default, |section| self.offers(&section));
        let policy = root.get("scheduler").section().and_then(|section| policy(&section.get("policy")));
        let policy = policy.unwrap_or_else(|| Policy::Scheduling(self.draft.plan().scheduler().policy.clone()));
        let listed = root.get("streams").or_missing("at least one stream of contacts, such as [streams.calls]");
        let streams: Vec<_> =
            listed.names().into_iter().filter_map(|(name, entry)| Some(self.stream(name, &entry.section()?))).collect();
        if listed.is_given() && streams.is_empty() {
            listed.problem("there is no stream; give at least one, such as [streams.calls]");
        }
        shared_alike(&streams, &listed);
        Parts {
            name: root.get("name").text("the scenario's name, in quotes").unwrap_or_default().to_owned(),
            seed: root.get("seed").whole(0..=u64::MAX).unwrap_or(1),
            warmup,
            horizon: length,
            replications: u32::try_from(replications).unwrap_or(1),
            batches: u32::try_from(batches).unwrap_or(0),
            streams,
            staffing: self.staffing(root),
            attendance: self.attendance(root),
            hours: self.hours(root),
            speed: self.speeds(root),
            own_offer: self.own_offers(root),
            offers,
            policy,
        }
    }

    fn stream(&self, name: &str, section: &Section<'_>) -> (Stream, Option<Requirement>) {
        let requires = section.get("requires");
        let requires = if requires.is_given() { self.draft.requirement(&requires) } else { None };
        let channel =
            section.get("channel").or_missing("the channel its contacts come on, such as channel = \"voice\"");
        let channel_id = self.draft.channel(&channel);
        let queue = section.get("queue").or_missing("the queue its contacts wait in");
        let queue_id = self.draft.queue(&queue);
        let (channel, queue) = (channel_id.unwrap_or(ChannelId(0)), queue_id.unwrap_or(QueueId(0)));
        let plan = self.draft.plan();
        let own = section.get("target").target();
        let wrap_up = section.get("wrap_up");
        let drawn = self.time_or_none(&wrap_up);
        let known = channel_id.is_some() && queue_id.is_some();
        if known && !wrap_up.is_given() && plan.wrap_up(queue, channel) == WrapUp::Open {
            wrap_up.problem("is missing, and the plan leaves wrap-up to the agent; give its length");
        }
        let arrivals = section.get("arrivals").or_missing("when contacts arrive, such as { poisson_per_minute = 2.5 }");
        let takers = if known { self.takers(requires.as_ref(), channel, queue) } else { Vec::new() };
        let stream = Stream {
            name: name.to_owned(),
            new: NewContact {
                priority: priority(&section.get("priority")),
                answer_within: own.map(|target| target.within),
                ..NewContact::new(queue, channel)
            },
            factors: self.factors(section),
            bursts: bursts(section, &arrivals),
            arrivals: self.arrivals(&arrivals).unwrap_or(Arrivals::Poisson { per_minute: 0.0 }),
            resolved_by_bot: section.get("resolved_by_bot").share().unwrap_or(0.0),
            handle: self.work(section, &takers).unwrap_or(Handle::Same(Distribution::Deterministic(Span::ZERO))),
            patience: self.time_or_none(&section.get("patience")).flatten(),
            wrap_up: drawn.map(|drawn| drawn.unwrap_or(Distribution::Deterministic(Span::ZERO))),
            target: own.or(plan.target(queue, channel)).unwrap_or(Target::new(800, Span::from_secs(20))),
            cost: section.get("cost").section().map_or_else(
                || planned_cost(plan, queue, channel),
                |section| Cost {
                    hold_per_minute: section.get("hold_per_minute").number(0.0..=1e12).unwrap_or(0.0),
                    lost: section.get("lost").number(0.0..=1e12).unwrap_or(0.0),
                },
            ),
            retry: self.retry(&section.get("retry")),
            balk: balk(&section.get("balk"), &section.get("patience")),
            redial: self.redial(&section.get("redial"), channel),
        };
        (stream, requires)
    }

    /// Groups whose agents may come to handle a stream's contacts.
    fn takers(&self, requires: Option<&Requirement>, channel: ChannelId, queue: QueueId) -> Vec<GroupId> {
        let plan = self.draft.plan();
        let takes = |group: &&crate::agent::Group| {
            group.count > 0
                && group.serves(queue).is_some()
                && plan.profile(group.capacity).is_some_and(|profile| profile.channel(channel).is_some())
                && requires.is_none_or(|requires| requires.admits(&group.skills))
        };
        let takers = plan.groups().iter().filter(takes);
        takers.filter_map(|group| plan.find_group(&group.name)).collect()
    }

    /// Reads the file that an entry names.
    fn file<T>(&self, entry: &Entry<'_>, read: impl Fn(&Path) -> Result<T, Vec<String>>) -> Option<T> {
        let name = entry.text("the name of a CSV file, beside the scenario")?;
        let found = read(&self.folder.join(name));
        found.map_err(|problems| problems.into_iter().for_each(|why| entry.problem(format!("{name}: {why}")))).ok()
    }

    fn offers(&self, section: &Section<'_>) -> Offers {
        let default = Offers::default();
        Offers {
            accept: self.time(&section.get("accept")).unwrap_or(default.accept),
            claim: self.time(&section.get("claim")).unwrap_or(default.claim),
            no_answer: section.get("no_answer").share().unwrap_or(default.no_answer),
            back_after: section.get("back_after").some_span().unwrap_or(default.back_after),
        }
    }

    /// By queue.
    fn hours(&self, root: &Section<'_>) -> Vec<Option<Staffing>> {
        let plan = self.draft.plan();
        let mut all = vec![None; plan.queues().len()];
        for (name, section) in root.get("queues").sections() {
            let hours = section.get("hours");
            if let (Some(queue), true) = (plan.find_queue(name), hours.is_given()) {
                all[usize::from(queue.0)] =
                    shifts(&hours, "hours are written as shifts are: ").map(|hours| Staffing::Daily(1, hours));
            }
        }
        all
    }

    fn staffing(&self, root: &Section<'_>) -> Vec<Staffing> {
        let plan = self.draft.plan();
        let mut all: Vec<Staffing> = plan.groups().iter().map(|group| Staffing::Always(group.count)).collect();
        for (name, entry) in root.get("agents").names() {
            let (Some(section), Some(group)) = (entry.section(), plan.find_group(name)) else { continue };
            let count = plan.groups()[usize::from(group.0)].count;
            if let Some(shifts) = shifts(&section.get("shifts"), "") {
                all[usize::from(group.0)] = Staffing::Daily(count, shifts);
            }
            if let Some(elastic) = self.elastic(&section) {
                all[usize::from(group.0)] = Staffing::OnCall(count, elastic);
            }
        }
        let agents: usize = all.iter().map(Staffing::agents).sum();
        let most = plan.limits().agents;
        if agents > most as usize {
            root.get("agents").problem(format!("there are {agents} agents in all; limits.agents allows {most}"));
        }
        all
    }

    fn own_offers(&self, root: &Section<'_>) -> Vec<bool> {
        let plan = self.draft.plan();
        let mut own = vec![false; plan.channels().len()];
        for (name, section) in root.get("channels").sections() {
            if let Some(channel) = plan.find_channel(name) {
                own[usize::from(channel.0)] = section.get("offer").is_given();
            }
        }
        own
    }

    fn speeds(&self, root: &Section<'_>) -> Vec<Vec<f64>> {
        let plan = self.draft.plan();
        let mut all = vec![Vec::new(); plan.channels().len()];
        for (name, entry) in root.get("channels").names() {
            let (Some(section), Some(channel)) = (entry.section(), plan.find_channel(name)) else { continue };
            let speed = section.get("speed");
            let Some(items) = speed.items("a list such as [1.0, 0.9, 0.8]: progress with 1, 2, 3, … in hand") else {
                continue;
            };
            if items.is_empty() {
                speed.problem("is empty; leave it out, or give the progress with 1 in hand");
            }
            all[usize::from(channel.0)] = items.iter().filter_map(|item| item.number(0.001..=1000.0)).collect();
        }
        all
    }
}

/// A policy of the whole scenario; those of the scheduler are the plan's.
fn policy(entry: &Entry<'_>) -> Option<Policy> {
    let Some(Value::Text(text)) = entry.value().filter(|_| is_of_scenario(entry)) else { return None };
    text.parse().map_err(|why: super::policy::UnknownPolicy| entry.problem(why.to_string())).ok()
}

/// What the plan says that contacts are worth.
fn planned_cost(plan: &Plan, queue: QueueId, channel: ChannelId) -> Cost {
    let cost = plan.queue(queue).and_then(|queue| queue.cost(channel));
    cost.map_or_else(Cost::default, |cost| Cost {
        hold_per_minute: f64::from(cost.hold_per_minute) / 1000.0,
        lost: f64::from(cost.lost) / 1000.0,
    })
}

/// What contacts are worth to the scheduler, where the plan does not say: as much as to the streams that bring them, on average.
fn worth(plan: &mut Plan, streams: &[Stream]) {
    let mut sums: BTreeMap<(QueueId, ChannelId), (Cost, u32)> = BTreeMap::new();
    for stream in streams.iter().filter(|stream| stream.cost != Cost::default()) {
        let (sum, streams) = sums.entry((stream.new.queue, stream.new.channel)).or_default();
        sum.hold_per_minute += stream.cost.hold_per_minute;
        sum.lost += stream.cost.lost;
        *streams += 1;
    }
    for ((queue, channel), (sum, streams)) in sums {
        let thousandths = |sum: f64| {
            let most = f64::from(crate::scheduling::Cost::MOST);
            (sum / f64::from(streams) * 1000.0).round().clamp(0.0, most) as u32
        };
        let channels = plan.channels.len();
        let Some(queue) = plan.queues.get_mut(usize::from(queue.0)).filter(|it| it.cost(channel).is_none()) else {
            continue;
        };
        queue.costs.resize(channels, None);
        queue.costs[usize::from(channel.0)] = Some(crate::scheduling::Cost {
            hold_per_minute: thousandths(sum.hold_per_minute),
            lost: thousandths(sum.lost),
        });
    }
}

fn priority(entry: &Entry<'_>) -> i16 {
    let number = match entry.value() {
        None => return 0,
        Some(Value::Whole(number)) => i16::try_from(*number).ok(),
        Some(_) => None,
    };
    number.unwrap_or_else(|| entry.wrong("a whole number from -32768 to 32767").unwrap_or_default())
}

fn shifts(entry: &Entry<'_>, note: &str) -> Option<Shifts> {
    const FORM: &str = "a list of shifts such as [[\"08:00\", \"12:00\"], [\"13:00\", \"17:00\"]]";
    let shifts = each(&entry.items(FORM)?, |item| {
        let (from, to) = pair(item, "[\"08:00\", \"16:00\"]: when a shift begins and ends")?;
        let (from, to) = (time_of_day(&from), time_of_day(&to));
        let (from, mut to) = (from?, to?);
        if to <= from {
            to = to + Span::from_mins(24 * 60);
        }
        Some((from, to))
    })?;
    Shifts::new(shifts).map_err(|why| entry.problem(format!("{note}{why}"))).ok()
}

fn time_of_day(entry: &Entry<'_>) -> Option<Span> {
    let text = entry.text("a time of day such as \"08:00\"")?;
    let time = record_file::time_of_day(text);
    if time.is_none() {
        entry.problem(format!("{text:?} is not a time of day; write \"08:00\", \"08:00:30\" or \"24:00\""));
    }
    time
}

/// Reads every item, whatever is wrong with the others; nothing if anything was.
fn each<'r, T>(items: &[Entry<'r>], read: impl FnMut(&Entry<'r>) -> Option<T>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = items.iter().map(read).collect();
    read.into_iter().collect()
}

/// The two items of a list of two.
fn pair<'r>(entry: &Entry<'r>, form: &str) -> Option<(Entry<'r>, Entry<'r>)> {
    let items = entry.items(form)?;
    match <[Entry<'r>; 2]>::try_from(items) {
        Ok([first, second]) => Some((first, second)),
        Err(_) => entry.wrong(form),
    }
}
