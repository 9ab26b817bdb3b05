//! Plan documents at the edge of what is allowed, and beyond it.

use cordboard::{Limits, Plan, PlanDocument, Policies, Span};
use serde_json::{Map, Value, json};

use super::chance::Chance;

/// Names a document may use; a revision drops some and brings others back.
struct Names {
    channels: Vec<String>,
    skills: Vec<String>,
    profiles: Vec<String>,
    groups: Vec<String>,
    queues: Vec<String>,
    requirements: Vec<String>,
}

fn some(chance: &mut Chance, all: &[&str], least: usize) -> Vec<String> {
    let count = least + chance.below(all.len() + 1 - least);
    let from = chance.below(all.len());
    (0..count).map(|at| all[(from + at) % all.len()].to_owned()).collect()
}

impl Names {
    fn throw(chance: &mut Chance) -> Self {
        let mut channels = some(chance, &["voice", "chat", "email", "callback", "own"], 1);
        if chance.one_in(30) {
            channels.extend((0..59).map(|at| format!("channel {at}")));
        }
        Self {
            channels,
            skills: some(chance, &["en", "es", "sales"], 1),
            profiles: some(chance, &["blended", "phone", "text"], 1),
            groups: some(chance, &["team", "experts", "night"], 1),
            queues: some(chance, &["service", "sales", "help", "vip"], 1),
            requirements: some(chance, &["any", "spanish"], 0),
        }
    }
}

/// A plan, and how many documents were refused before it.
pub(crate) fn plan(chance: &mut Chance, before: Option<&Plan>) -> (Plan, u64) {
    let mut refused = 0;
    loop {
        let document = document(chance);
        let read = match before {
            None => Plan::from_document(&document),
            Some(before) => before.revise(&document),
        };
        match read {
            Ok(plan) => return (plan, refused),
            Err(_) => refused += 1,
        }
    }
}

fn document(chance: &mut Chance) -> PlanDocument {
    let names = Names::throw(chance);
    let tables = json!({
        "channels": table(chance, &names.channels, |chance, _| channel(chance)),
        "skills": names.skills,
        "capacity": table(chance, &names.profiles, |chance, _| profile(chance, &names)),
        "agents": table(chance, &names.groups, |chance, _| group(chance, &names)),
        "queues": table(chance, &names.queues, |chance, name| queue(chance, &names, name)),
        "requirements": table(chance, &names.requirements, |chance, _| requirement(chance, &names, 2).into()),
        "limits": limits(chance),
        "customers": customers(chance),
        "leases": leases(chance),
    });
    serde_json::from_value(tables).expect("a table is a document")
}

fn table(chance: &mut Chance, names: &[String], mut entry: impl FnMut(&mut Chance, &str) -> Value) -> Value {
    Value::Object(names.iter().map(|name| (name.clone(), entry(chance, name))).collect())
}

/// A length of time of at least a microsecond, as text.
fn time(chance: &mut Chance) -> String {
    Span(chance.micros().max(1)).to_string()
}

fn load(chance: &mut Chance) -> String {
    chance.pick(&["0%", "1%", "100%", "100%", "1/3", "50%", "0.01%", "33.3%", "1/7", "10%"]).to_owned()
}

fn target(chance: &mut Chance) -> Value {
    json!({ "share": chance.pick(&[0.0, 0.5, 1.0]), "within": time(chance) })
}

fn wrap_up(chance: &mut Chance) -> Value {
    match chance.below(5) {
        0 => "open".into(),
        1 => "0s".into(),
        2 => json!({ "fixed": time(chance) }),
        3 => time(chance).into(),
        _ => "none".into(),
    }
}

fn channel(chance: &mut Chance) -> Value {
    let mut of = Map::new();
    of.insert("whole_agent".into(), chance.one_in(2).into());
    of.insert("offer".into(), offer(chance));
    if chance.one_in(3) {
        of.insert("connect".into(), time(chance).into());
    }
    of.insert("wrap_up".into(), wrap_up(chance));
    of.insert("target".into(), target(chance));
    of.insert("one_per_customer".into(), chance.one_in(3).into());
    of.insert("superseded".into(), chance.one_in(3).into());
    if chance.one_in(2) {
        let mut silences = [0; 3].map(|_| chance.micros().max(1));
        silences.sort_unstable();
        for (key, length) in ["quiet_after", "park_after", "close_after"].into_iter().zip(silences) {
            if !chance.one_in(3) {
                of.insert(key.into(), Span(length).to_string().into());
            }
        }
        let wait = if chance.one_in(4) { "forever".to_owned() } else { Span(chance.micros()).to_string() };
        of.insert("wake".into(), json!({ "over": chance.pick(&[0, 1, 65_535]), "wait": wait }));
        of.insert("age_from".into(), chance.pick(&["first-contact", "last-message"]).into());
    }
    of.into()
}

fn offer(chance: &mut Chance) -> Value {
    match chance.below(4) {
        0 => "none".into(),
        1 => "forever".into(),
        _ => time(chance).into(),
    }
}

fn profile(chance: &mut Chance, names: &Names) -> Value {
    let mut of = Map::new();
    let taken: Vec<&String> = names.channels.iter().filter(|_| !chance.one_in(4)).collect();
    for name in &taken {
        let max = chance.pick(&[1, 1, 2, 3, 10, 65_535]);
        let mut takes = json!({ "max": max, "open": max.max(chance.pick(&[1, 5, 65_535])) });
        for key in ["load", "connecting_load", "active_load", "quiet_load", "held_load", "wrap_up_load"] {
            if chance.one_in(3) {
                takes[key] = load(chance).into();
            }
        }
        if chance.one_in(10) {
            takes["offered_load"] = "100%".into();
        }
        if chance.one_in(4) {
            takes["adaptive"] = json!({ "floor": chance.pick(&[1, 1, max, 2]), "reply_within": time(chance) });
        }
        if chance.one_in(4) {
            takes["ramp"] = json!({ "contacts": chance.pick(&[1, 1, 2, 5, 1_000]), "per": time(chance) });
        }
        of.insert((*name).clone(), takes);
    }
    if chance.one_in(4) && !taken.is_empty() {
        let kept = taken[chance.below(taken.len())].clone();
        of.insert("headroom".into(), json!({ kept: load(chance) }));
    }
    if chance.one_in(2) && !taken.is_empty() {
        let mut rows = Map::new();
        for new in &taken {
            let row = taken.iter().map(|held| ((*held).clone(), chance.pick(&["yes", "no", "hold", "hold"]).into()));
            rows.insert((*new).clone(), Value::Object(row.collect()));
        }
        of.insert("arrives_over".into(), rows.into());
    }
    of.into()
}

fn group(chance: &mut Chance, names: &Names) -> Value {
    let mut of = Map::new();
    of.insert("count".into(), 0.into());
    of.insert("capacity".into(), names.profiles[chance.below(names.profiles.len())].clone().into());
    of.insert("skills".into(), ranks(chance, &names.skills, &[1, 50, 100]));
    of.insert("tiers".into(), ranks(chance, &names.queues, &[0, 1, 2, 65_535]));
    if chance.one_in(3) {
        let mut serves = ranks(chance, &names.queues, &[1, 2, 65_535]);
        for (_, served) in serves.as_object_mut().into_iter().flatten() {
            if chance.one_in(2) {
                *served = json!({ "rank": served.clone(), "after": Span(chance.micros()).to_string() });
            }
        }
        of.insert("serves".into(), serves);
    }
    of.into()
}

fn ranks(chance: &mut Chance, names: &[String], values: &[u64]) -> Value {
    let mut ranks = Map::new();
    for name in names {
        if chance.one_in(2) {
            ranks.insert(name.clone(), chance.pick(values).into());
        }
    }
    Value::Object(ranks)
}

fn queue(chance: &mut Chance, names: &Names, name: &str) -> Value {
    let orders = ["fifo", "priority", "priority-minutes", "deadline", "ratio", "host:extreme"];
    let order = chance.pick(&orders);
    let by = [
        "tier",
        "longest-idle",
        "most-recently-idle",
        "least-loaded",
        "most-loaded",
        "round-robin",
        "top-down",
        "best-skilled",
        "least-skilled",
        "fewest-handled",
        "most-places",
        "least-occupied",
        "least-worked",
        "random",
        "host:extreme",
    ];
    let agents: Vec<&str> = (0..chance.pick(&[1, 1, 2, 3, 16])).map(|_| chance.pick(&by)).collect();
    let clock = chance.pick(&["age", "step", "first-offer"]);
    let effect = chance.pick(&["stay", "not-ready", "sign-out"]);
    let mut no_answer = json!({
        "agent": effect,
        "after": chance.pick(&[1, 1, 2, 65_535]),
        "exclude_for": Span(chance.micros()).to_string(),
    });
    if effect == "not-ready" && chance.one_in(2) {
        no_answer["not_ready_for"] = time(chance).into();
    }
    let mut of = json!({
        "order": order,
        "agents": agents,
        "idle": chance.pick(&["release", "handled", "offered", "available"]),
        "limit": chance.pick(&[0u32, 1, 3, 20, 20, u32::MAX]),
        "steps": steps(chance, names, clock),
        "step_clock": clock,
        "pools": chance.pick(&["cumulative", "replacing"]),
        "skip_unstaffed": chance.one_in(2),
        "no_answer": no_answer,
        "offers_per_agent": often(chance, &[1, 2, 5]),
        "offers_per_contact": often(chance, &[1, 5, 20]),
        "targets": table(chance, &names.channels, |chance, _| target(chance)),
        "mode": chance.pick(&["push", "push", "push", "pull", "broadcast", "broadcast"]),
        "displace": chance.pick(&["none", "none", "quiet", "oldest"]),
        "claims": chance.pick(&[0, 1, 65_535]),
    });
    if of["mode"] == "broadcast" {
        of["ring"] = chance.pick(&[2, 2, 3, 100]).into();
    }
    let to = |chance: &mut Chance| match chance.below(6) {
        0 => "deflect".to_owned(),
        1 => "callback".to_owned(),
        2 => "end".to_owned(),
        _ => match &names.queues[chance.below(names.queues.len())] {
            itself if itself == name => "end".to_owned(),
            other => format!("queue:{other}"),
        },
    };
    for key in ["full", "closed", "unstaffed"] {
        if chance.one_in(4) {
            of["overflow"][key] = to(chance).into();
        }
    }
    if chance.one_in(6) {
        of["overflow"]["after"] = json!({ "wait": time(chance), "then": to(chance) });
    }
    if chance.one_in(2) {
        of["lead"] = Span(chance.micros()).to_string().into();
    }
    if chance.one_in(6) {
        of["closed_waiting"] = to(chance).into();
    }
    if order == "priority-minutes" {
        of["priority_worth"] = chance.pick(&["1us", "1m", "366d"]).into();
    }
    if chance.one_in(3) {
        of["offer"] = chance.pick(&["forever", "1us", "4s"]).into();
    }
    for (key, sides) in [("connect", 6), ("max_wait", 3)] {
        if chance.one_in(sides) {
            of[key] = time(chance).into();
        }
    }
    if chance.one_in(3) {
        of["wrap_up"] = wrap_up(chance);
    }
    if chance.one_in(2) {
        let wait = if chance.one_in(4) { "forever".to_owned() } else { Span(chance.micros()).to_string() };
        of["affinity"] = json!({ "within": Span(chance.micros()).to_string(), "wait": wait });
    }
    of
}

/// How often; now and then very often, but not as often as can be: contacts would ring so often in one long leap of time
/// that their events do not fit into memory.
fn often(chance: &mut Chance, times: &[u64]) -> u64 {
    if chance.one_in(60) { 1_000 } else { chance.pick(times) }
}

fn steps(chance: &mut Chance, names: &Names, clock: &str) -> Value {
    let mut afters: Vec<u64> = (0..chance.pick(&[0, 0, 1, 2, 3, 32])).map(|_| chance.micros()).collect();
    if clock != "step" {
        afters.sort_unstable();
    }
    if let Some(first) = afters.first_mut() {
        *first = 0;
    }
    let step = |after: u64| json!({ "after": Span(after).to_string(), "requires": requirement(chance, names, 2) });
    afters.into_iter().map(step).collect()
}

fn requirement(chance: &mut Chance, names: &Names, depth: usize) -> String {
    let skill = &names.skills[chance.below(names.skills.len())];
    let sides = if depth == 0 { 2 } else { 6 };
    match chance.below(sides) {
        0 => "anyone".into(),
        1 => format!("{skill} {} {}", chance.pick(&[">=", "<", "=", "!="]), chance.pick(&[1, 50, 100])),
        2 => format!("not ({})", requirement(chance, names, depth - 1)),
        3 => format!("prefer({})", requirement(chance, names, depth - 1)),
        sides => {
            let word = if sides == 4 { "and" } else { "or" };
            format!("({}) {word} ({})", requirement(chance, names, depth - 1), requirement(chance, names, depth - 1))
        }
    }
}

fn limits(chance: &mut Chance) -> Value {
    json!({
        "contacts": chance.pick(&[1, 8, 40, 40, Limits::MOST.contacts, Limits::MOST.contacts]),
        "agents": chance.pick(&[1, 3, 20, 20, Limits::MOST.agents]),
        "classes": chance.pick(&[1, 5, 1_000, 1_000, Limits::MOST.classes]),
        "sources": chance.pick(&[1, 3, 4, Limits::MOST.sources]),
        "requirement_parts": chance.pick(&[12, 64, 4_096]),
        "requirement_depth": chance.pick(&[12, 16, 64]),
        "steps": chance.pick(&[32, 1_000]),
        "context": chance.pick(&[0, 3, 4_096]),
    })
}

fn leases(chance: &mut Chance) -> Value {
    let agent = if chance.one_in(2) { "none".to_owned() } else { time(chance) };
    json!({ "agent": agent, "grace": Span(chance.micros()).to_string() })
}

fn customers(chance: &mut Chance) -> Value {
    json!({
        "limit": chance.pick(&[0, 1, 3, 1_000_000, u32::MAX]),
        "remember": Span(chance.micros()).to_string(),
        "repeat_within": Span(chance.micros()).to_string(),
    })
}

/// The policies these plans name: scores at both ends of what a number can be.
pub(crate) fn policies() -> Policies {
    Policies::new().with_agents(Extreme).with_contacts(Extreme)
}

struct Extreme;

const ENDS: [i64; 6] = [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX];

impl cordboard::AgentSelection for Extreme {
    fn name(&self) -> &str {
        "extreme"
    }
    fn score(&self, contact: &cordboard::ContactView<'_>, agent: &cordboard::AgentView<'_>) -> i64 {
        ENDS[(contact.contact.0.wrapping_mul(31).wrapping_add(agent.agent.0) % 6) as usize]
    }
}

impl cordboard::ContactSelection for Extreme {
    fn name(&self) -> &str {
        "extreme"
    }
    fn urgency(&self, contact: &cordboard::ContactView<'_>) -> i64 {
        ENDS[(contact.contact.0 % 6) as usize]
    }
}
