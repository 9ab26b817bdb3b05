//! A plan on its way from the document to the check: every name has its id, every key its value or its default.

mod agents;
mod capacity;
mod conversation;
mod customers;
mod leases;
mod overflow;
mod queues;
#[cfg(feature = "sim")]
mod scenario;
pub(crate) mod scheduler;

use super::document::{PlanDocument, Table, Value};
use super::names::{Names, name_problem};
use super::problem::Problems;
use super::reading::{Entry, Reading, Section};
use super::{Limits, NamedRequirement, Plan};
use crate::channel::{BUILT_IN, Channel, Conversation};
use crate::id::{ChannelId, SkillId};
use crate::nearest::shown;
use crate::queue::{Target, WrapUp};
use crate::requirement::Requirement;
use crate::time::Span;

/// Keys of a scenario that mean nothing to a plan; [`Plan::from_document`] passes them over.
const SCENARIO: [&str; 8] = ["name", "seed", "warmup", "horizon", "replications", "batches", "streams", "offers"];
const SCENARIO_OF_CHANNEL: [&str; 1] = ["speed"];
const SCENARIO_OF_AGENTS: [&str; 5] = ["shifts", "breaks", "absent", "no_answer", "elastic"];
const SCENARIO_OF_QUEUE: [&str; 1] = ["hours"];

/// The channel of contacts that overflow into being called back.
const CALLBACK: &str = "callback";

/// Most ids of the kinds that are numbered with 16 bits.
pub(crate) const MOST_NAMES: usize = 65_535;
/// Longest list of ways to choose an agent.
pub(crate) const MOST_AGENT_ORDERS: usize = 16;
/// Most age that a point of priority is worth; any priority times this still fits.
pub(crate) const MOST_WORTH: Span = Span::from_mins(366 * 24 * 60);
/// Most channels, so that a set of them is one word.
pub(crate) const MOST_CHANNELS: usize = 64;

impl Plan {
    /// Checks a document and makes the plan it describes. Ids follow the order of the document.
    ///
    /// # Errors
    /// Everything wrong with it at once, each with its path and what would be right.
    pub fn from_document(document: &PlanDocument) -> Result<Self, Problems> {
        Self::read(document, None)
    }

    /// The plan that follows this one, to go on under with [`Command::Configure`](crate::Command::Configure):
    /// names that stay keep their ids, new names get new ids, and channels, queues and groups that are gone
    /// stay as retired, until they come back. Nothing that is waiting or being handled is lost.
    ///
    /// ```
    /// # use cordboard::{Plan, PlanBuilder};
    /// let team = |builder: PlanBuilder| builder.capacity("phone", |c| c.takes("voice", 1)).agents("team", "phone", |a| a);
    /// let plan = team(Plan::builder()).queue("sales", |q| q).queue("help", |q| q).build()?;
    /// let next = plan.revise(&team(Plan::builder()).queue("billing", |q| q).queue("help", |q| q).document())?;
    /// assert_eq!(next.find_queue("help"), plan.find_queue("help"));
    /// assert!(next.queues()[0].retired && next.is_revision_of(&plan));
    /// # Ok::<(), cordboard::Problems>(())
    /// ```
    ///
    /// # Errors
    /// Everything wrong with the document at once.
    pub fn revise(&self, document: &PlanDocument) -> Result<Self, Problems> {
        Self::read(document, Some(self))
    }

    fn read(document: &PlanDocument, before: Option<&Self>) -> Result<Self, Problems> {
        let reading = Reading::new(document);
        let draft = Draft::read(&reading, before);
        let root = reading.root();
        root.know(&SCENARIO);
        let policy = root.get("scheduler").section().map(|section| section.get("policy"));
        if let Some(policy) = policy.filter(scheduler::is_of_scenario) {
            policy
                .problem("is of the simulator alone; a plan has adaptive, work-conserving, dedicated, pack or spread");
        }
        for (_, channel) in root.get("channels").sections() {
            channel.know(&SCENARIO_OF_CHANNEL);
        }
        for (_, group) in root.get("agents").sections() {
            group.know(&SCENARIO_OF_AGENTS);
        }
        for (_, queue) in root.get("queues").sections() {
            queue.know(&SCENARIO_OF_QUEUE);
        }
        draft.finish(reading)
    }
}

/// A plan whose problems have been noted in the reading it came from.
pub(crate) struct Draft {
    plan: Plan,
    channels: Names,
    skills: Names,
    profiles: Names,
    groups: Names,
    queues: Names,
    requirements: Names,
}

impl Draft {
    /// Reads the plan's keys. Whatever was wrong has a stand-in, so that reading can go on.
    pub(crate) fn read<'r>(reading: &'r Reading<'r>, before: Option<&Plan>) -> Self {
        let root = reading.root();
        let mut draft = Self::named(&root, before);
        draft.plan.limits = limits(&root.get("limits"));
        draft.plan.customers = customers::customers(&root.get("customers"));
        draft.plan.leases = leases::leases(&root.get("leases"));
        draft.plan.scheduler = scheduler::scheduler(&root.get("scheduler"));
        draft.check_names(&root);
        draft.read_channels(&root, before);
        draft.plan.profiles =
            draft.each(&draft.profiles, &root.get("capacity"), before.map(Plan::profiles), |name, section| {
                draft.profile(name, section)
            });
        draft.plan.queues =
            draft.each(&draft.queues, &root.get("queues"), before.map(Plan::queues), |name, section| {
                draft.queue_named(name, section)
            });
        draft.plan.groups =
            draft.each(&draft.groups, &root.get("agents"), before.map(Plan::groups), |name, section| {
                draft.group_named(name, section)
            });
        draft.read_requirements(&root, before);
        draft.retire();
        draft
    }

    /// The plan, if nothing at all was wrong.
    pub(crate) fn finish(self, reading: Reading<'_>) -> Result<Plan, Problems> {
        reading.into_problems()?;
        self.plan.check()?;
        Ok(self.plan)
    }

    /// The requirement that an entry's text states.
    pub(crate) fn requirement(&self, entry: &Entry<'_>) -> Option<Requirement> {
        let text = entry.text("a requirement, such as \"billing >= 50\"")?;
        let skill = |name: &str| match self.skills.find(name) {
            Some(id) => Ok(SkillId(short(id))),
            None if entry.has_enough_problems() => Err(String::new()),
            None => {
                let unknown = self.skills.unknown(name, &[]);
                Err(format!("{unknown}; give it to a group of agents, or declare it: skills = [{:?}]", shown(name)))
            }
        };
        let read = Requirement::parse(text, skill).map_err(|error| error.to_string());
        let fits = read.and_then(|requirement| match self.plan.limits.too_large(&requirement) {
            None => Ok(requirement),
            Some(why) => Err(why),
        });
        fits.map_err(|why| entry.problem(format!("{:?} is not a requirement: {why}", shown(text)))).ok()
    }

    fn channel_named(&self, name: &str, entry: &Entry<'_>, more: &[&str]) -> Option<ChannelId> {
        let more: Vec<&str> = BUILT_IN.iter().map(|(name, ..)| *name).chain(more.iter().copied()).collect();
        // There are at most 64 channels, or a problem was noted.
        self.channels.resolve_among(name, entry, &more).map(|id| ChannelId(u8::try_from(id).unwrap_or(u8::MAX)))
    }

    /// Every name of the document, with its id.
    fn named(root: &Section<'_>, before: Option<&Plan>) -> Self {
        let channels = before.map_or(&[][..], Plan::channels).iter().map(|channel| &*channel.name);
        let skills = before.map_or(&[][..], Plan::skills).iter().map(|skill| &**skill);
        let profiles = before.map_or(&[][..], Plan::profiles).iter().map(|profile| &*profile.name);
        let groups = before.map_or(&[][..], Plan::groups).iter().map(|group| &*group.name);
        let queues = before.map_or(&[][..], Plan::queues).iter().map(|queue| &*queue.name);
        let requirements = before.map_or(&[][..], Plan::requirements).iter().map(|requirement| &*requirement.name);
        let mut draft = Self {
            plan: Plan::empty(),
            channels: Names::new(("channel", "channels"), channels),
            skills: Names::new(("skill", "skills"), skills),
            profiles: Names::new(("capacity profile", "capacity profiles"), profiles),
            groups: Names::new(("group of agents", "groups of agents"), groups),
            queues: Names::new(("queue", "queues"), queues),
            requirements: Names::new(("requirement", "requirements"), requirements),
        };
        let table = root.table();
        for (names, key) in [
            (&mut draft.channels, "channels"),
            (&mut draft.profiles, "capacity"),
            (&mut draft.groups, "agents"),
            (&mut draft.queues, "queues"),
            (&mut draft.requirements, "requirements"),
            (&mut draft.skills, "skills"),
        ] {
            keys(table.get(key)).for_each(|name| names.add(name));
        }
        if let Some(Value::List(declared)) = table.get("skills") {
            declared.iter().filter_map(text).for_each(|name| draft.skills.add(name));
        }
        for group in values(table.get("agents")) {
            keys(inside(group, "skills")).for_each(|name| draft.skills.add(name));
        }
        for name in built_in_used(table) {
            draft.channels.add(name);
        }
        draft
    }

    fn check_names(&self, root: &Section<'_>) {
        for (names, key, most) in [
            (&self.channels, "channels", MOST_CHANNELS),
            (&self.profiles, "capacity", MOST_NAMES),
            (&self.groups, "agents", MOST_NAMES),
            (&self.queues, "queues", MOST_NAMES),
            (&self.requirements, "requirements", MOST_NAMES),
        ] {
            let entry = root.get(key);
            if names.len() > most {
                let what = names.plural();
                entry.problem(format!(
                    "there are {} {what}, those retired from earlier plans included; at most {most}",
                    names.len()
                ));
            }
            for (name, entry) in entry.names() {
                self.check_name(name, &entry);
            }
        }
        let skills = root.get("skills");
        if self.skills.len() > MOST_NAMES {
            skills.problem(format!(
                "there are {} skills, those of earlier plans included; at most {MOST_NAMES}",
                self.skills.len()
            ));
        }
        self.check_skills(&skills);
    }

    fn check_name(&self, name: &str, entry: &Entry<'_>) {
        if let Some(why) = name_problem(name, self.plan.limits.name_length) {
            entry.problem(why);
        }
    }

    /// Declared skills are a list of names, or a table of names with a description.
    fn check_skills(&self, entry: &Entry<'_>) {
        if let Some(Value::Table(_)) = entry.value() {
            for (name, skill) in entry.names() {
                self.check_name(name, &skill);
                skill.text("a description in quotes, which may be empty");
            }
            return;
        }
        for skill in entry.items("a list of names, such as [\"es\", \"pt\"]").unwrap_or_default() {
            if let Some(name) = skill.text("the name of a skill") {
                self.check_name(name, &skill);
            }
        }
    }

    fn read_channels(&mut self, root: &Section<'_>, before: Option<&Plan>) {
        let declared = root.get("channels");
        let mut channels = self.each(&self.channels, &declared, before.map(Plan::channels), channel);
        for (id, name) in self.channels.live().take(MOST_CHANNELS) {
            if !declared.has(name) {
                channels[id] = built_in(name);
            }
        }
        self.plan.channels = channels;
    }

    fn read_requirements(&mut self, root: &Section<'_>, before: Option<&Plan>) {
        let before = before.map_or(&[][..], Plan::requirements);
        let mut list: Vec<NamedRequirement> = (0..self.requirements.len())
            .map(|id| {
                let name = self.requirements.name(id).into();
                before.get(id).cloned().unwrap_or(NamedRequirement { name, requires: Requirement::Anyone })
            })
            .collect();
        for (name, entry) in root.get("requirements").names() {
            if let (Some(id), Some(requires)) = (self.requirements.find(name), self.requirement(&entry)) {
                list[id].requires = requires;
            }
        }
        self.plan.requirements = list;
    }

    /// One of each name, by id: read where the document has it, as before where it has not.
    fn each<T: Clone>(
        &self,
        names: &Names,
        entry: &Entry<'_>,
        before: Option<&[T]>,
        read: impl Fn(&str, Option<&Section<'_>>) -> T,
    ) -> Vec<T> {
        let mut list: Vec<Option<T>> = before.unwrap_or_default().iter().cloned().map(Some).collect();
        list.resize_with(names.len(), || None);
        for (name, entry) in entry.names() {
            if let Some(id) = names.find(name) {
                list[id] = Some(read(name, entry.section().as_ref()));
            }
        }
        let known = list.into_iter().enumerate();
        known.map(|(id, one)| one.unwrap_or_else(|| read(names.name(id), None))).collect()
    }

    fn retire(&mut self) {
        for (id, channel) in self.plan.channels.iter_mut().enumerate() {
            channel.retired = !self.channels.is_live(id);
        }
        for (id, queue) in self.plan.queues.iter_mut().enumerate() {
            queue.retired = !self.queues.is_live(id);
        }
        for (id, group) in self.plan.groups.iter_mut().enumerate() {
            group.retired = !self.groups.is_live(id);
        }
        self.plan.skills = (0..self.skills.len()).map(|id| self.skills.name(id).into()).collect();
    }
}

/// An id of 16 bits; where there are more names than that, a problem was noted.
fn short(id: usize) -> u16 {
    u16::try_from(id).unwrap_or(u16::MAX)
}

fn channel(name: &str, section: Option<&Section<'_>>) -> Channel {
    let default = built_in(name);
    let Some(section) = section else { return default };
    let offer = section.get("offer").some_span_or(&[("forever", Some(Span::MAX)), ("none", None)], Some);
    Channel {
        whole_agent: section.get("whole_agent").flag().unwrap_or(default.whole_agent),
        offer: offer.unwrap_or(default.offer),
        connect: section.get("connect").some_span_or(&[("none", None)], Some).unwrap_or(default.connect),
        wrap_up: section.get("wrap_up").wrap_up().unwrap_or(default.wrap_up),
        target: section.get("target").target().unwrap_or(default.target),
        one_per_customer: section.get("one_per_customer").flag().unwrap_or(default.one_per_customer),
        superseded: section.get("superseded").flag().unwrap_or_default(),
        conversation: conversation::read(section),
        ..default
    }
}

/// A channel of which the document says nothing: as it is built in, or else like a chat.
fn built_in(name: &str) -> Channel {
    let known = BUILT_IN.iter().find(|(known, ..)| *known == name);
    let (whole_agent, target) =
        known.map_or((false, Target::new(800, Span::from_secs(60))), |&(_, whole, target)| (whole, target));
    Channel {
        name: name.into(),
        whole_agent,
        offer: None,
        connect: None,
        wrap_up: WrapUp::None,
        target,
        one_per_customer: name == "callback",
        superseded: false,
        conversation: Conversation::default(),
        retired: false,
    }
}

/// Built-in channels that something in the file uses, in that order.
fn built_in_used(root: &Table) -> Vec<&str> {
    let mut used: Vec<&str> = Vec::new();
    for profile in values(root.get("capacity")) {
        used.extend(keys(Some(profile)));
    }
    for queue in values(root.get("queues")) {
        used.extend(keys(inside(queue, "targets")));
        used.extend(keys(inside(queue, "costs")));
        let overflow = inside(queue, "overflow");
        let after = overflow.and_then(|overflow| inside(overflow, "after"));
        let to = values(overflow).chain(values(after)).chain(inside(queue, "closed_waiting"));
        used.extend(to.filter_map(text).filter(|to| *to == CALLBACK));
    }
    for stream in values(root.get("streams")) {
        used.extend(inside(stream, "channel").and_then(text));
    }
    used.retain(|name| BUILT_IN.iter().any(|(built_in, ..)| built_in == name));
    used
}

fn limits(entry: &Entry<'_>) -> Limits {
    let mut limits = Limits::default();
    let Some(section) = entry.section() else { return limits };
    let large = |key, limit: &mut u32, most: u32| {
        if let Some(given) = section.get(key).whole(1..=most.into()) {
            *limit = u32::try_from(given).unwrap_or(most);
        }
    };
    large("contacts", &mut limits.contacts, Limits::MOST.contacts);
    large("agents", &mut limits.agents, Limits::MOST.agents);
    large("classes", &mut limits.classes, Limits::MOST.classes);
    large("sources", &mut limits.sources, Limits::MOST.sources);
    if let Some(given) = section.get("context").whole(0..=Limits::MOST.context.into()) {
        limits.context = u32::try_from(given).unwrap_or(Limits::MOST.context);
    }
    let small = |key, limit: &mut u16, most: u16| {
        if let Some(given) = section.get(key).whole(1..=most.into()) {
            *limit = u16::try_from(given).unwrap_or(most);
        }
    };
    small("requirement_parts", &mut limits.requirement_parts, Limits::MOST.requirement_parts);
    small("requirement_depth", &mut limits.requirement_depth, Limits::MOST.requirement_depth);
    small("steps", &mut limits.steps, Limits::MOST.steps);
    small("name_length", &mut limits.name_length, Limits::MOST.name_length);
    small("key_length", &mut limits.key_length, Limits::MOST.key_length);
    limits
}

fn keys(value: Option<&Value>) -> impl Iterator<Item = &str> {
    entries(value).map(|(key, _)| key.as_str())
}

fn values(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    entries(value).map(|(_, value)| value)
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = &(String, Value)> {
    match value {
        Some(Value::Table(table)) => table.0.iter(),
        _ => [].iter(),
    }
}

fn inside<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Table(table) => table.get(key),
        _ => None,
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
