//! The schema for editors knows the keys that the readers know, and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::plan::PlanDocument;
use crate::plan::draft::Draft;
use crate::plan::reading::Reading;

use super::Reader;

/// Every table that a scenario can have.
const EVERYTHING: &str = r#"
horizon = "1h"
skills = { es = "Spanish" }
between = "cmu"
customers = { limit = 9 }
leases = { agent = "none" }
limits = { contacts = 9 }
requirements = { r = "billing" }
scheduler = { policy = "work-conserving", hold = "1m" }
[offers]
claim = { exponential = "1s" }
accept = { exponential = "1s" }
[channels.voice]
wrap_up = { fixed = "30s" }
target = { within = "20s" }
wake = { over = 1 }
[capacity.p]
voice = { max = 2, ramp = { contacts = 1, per = "1m" }, adaptive = { floor = 1, reply_within = "1m" } }
chat = { max = 1 }
headroom = { voice = "0%" }
arrives_over = { voice = { chat = "no" } }
[agents.a]
capacity = "p"
skills = { billing = 80 }
tiers = { q = 1 }
serves = { q = { rank = 1, after = "1s", reserve = 1, hold = "1m" } }
handling = { q = "1m" }
shifts = [["08:00", "16:00"]]
breaks = [{ length = "30m", from = "12:00" }]
[agents.b]
capacity = "p"
handling = "1m"
elastic = { queue = "q", waiting = 1, reaction = "1m" }
[queues.q]
wrap_up = { fixed = "30s" }
steps = [{ requires = "anyone" }]
costs = { voice = { hold_per_minute = 1, lost = 1, growth = 1 } }
weight = 1
no_answer = { agent = "stay" }
affinity = { within = "1h", wait = "1s" }
overflow = { after = { wait = "1m", then = "callback" } }
targets = { voice = { within = "20s" } }
[streams.s]
channel = "voice"
queue = "q"
arrivals = { profile = { interval = "1h", counts = [1] } }
handle = { by_group = { a = { exponential = "1m" }, b = { exponential = "1m" } } }
busyness = { variation = 0.1 }
batches = { geometric = 2 }
campaigns = [{ at = "10:00", contacts = 5, over = "2h" }]
handle_by_skill = { skill = "billing", factors = [[20, 1.5]] }
handle_by_time = { interval = "1h", factors = [1] }
retry = { abandoned = 0.5, delay = { exponential = "1m" } }
balk = { share = 0.5 }
redial = { no_answer = 0.5, delay = { exponential = "1m" } }
wrap_up = { exponential = "1m" }
patience = { exponential = "1m" }
target = { within = "20s" }
cost = { lost = 1 }
[streams.t]
channel = "voice"
queue = "q"
arrivals = { every = "1m" }
handle = { exponential = "1m" }
[streams.spoken]
channel = "voice"
queue = "q"
arrivals = { every = "1m" }
handle = { spoken = { turns = { geometric = 6 }, agent = { exponential = "1m" }, customer = { exponential = "1m" } } }
[streams.written]
channel = "chat"
queue = "q"
arrivals = { every = "1m" }
conversation = { turns = { geometric = 6 }, agent = { exponential = "1m" }, customer = { exponential = "1m" } }
"#;

/// Every form that a value may take: references followed, alternatives side by side.
fn forms<'s>(root: &'s Value, schema: &'s Value) -> Vec<&'s Value> {
    if let Some(to) = schema["$ref"].as_str() {
        let to = root.pointer(to.trim_start_matches('#')).unwrap_or_else(|| panic!("{to} is not defined"));
        return forms(root, to);
    }
    let alternatives = ["anyOf", "allOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    [schema].into_iter().chain(alternatives.flat_map(|one| forms(root, one))).collect()
}

/// Every form of what stands at a path of a document, such as `queues.q.steps[0]`.
fn at<'s>(root: &'s Value, path: &str) -> Vec<&'s Value> {
    let mut here = forms(root, root);
    for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
        let inside = |schema: &'s Value| {
            if step.ends_with(']') {
                return schema.get("items");
            }
            let named = || schema.get("additionalProperties").filter(|more| more.is_object());
            schema["properties"].get(step).or_else(named)
        };
        here = here.into_iter().filter_map(inside).flat_map(|schema| forms(root, schema)).collect();
        assert!(!here.is_empty(), "the schema has nothing at {path}: no {step}");
    }
    here
}

/// Every table with keys of its own in the schema.
fn tables<'s>(schema: &'s Value, into: &mut Vec<&'s Value>) {
    if schema["properties"].is_object() {
        into.push(schema);
    }
    match schema {
        Value::Object(parts) => parts.values().for_each(|part| tables(part, into)),
        Value::Array(parts) => parts.iter().for_each(|part| tables(part, into)),
        _ => {}
    }
}

#[test]
fn the_schema_has_every_key_that_is_read_and_no_other() {
    let document = PlanDocument::from_toml(EVERYTHING).unwrap();
    let reading = Reading::new(&document);
    let draft = Draft::read(&reading, None);
    Reader { draft: &draft, folder: Path::new("") }.scenario(&reading.root());
    let known = reading.known_keys();
    draft.finish(reading).unwrap();

    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scenario.schema.json")).unwrap();
    let root: Value = serde_json::from_str(&text).unwrap();
    // Two tables of one kind may be read for different keys: a handle by group, and one that is a distribution.
    let mut kinds: BTreeMap<Vec<*const Value>, (&str, BTreeSet<&str>)> = BTreeMap::new();
    for (path, keys) in &known {
        let forms = at(&root, path);
        match keys {
            Some(keys) => {
                let kind = kinds.entry(forms.into_iter().map(std::ptr::from_ref).collect()).or_default();
                kind.0 = path;
                kind.1.extend(keys);
            }
            None => assert!(forms.iter().any(|form| form["additionalProperties"].is_object()), "{path} has names"),
        }
    }
    for (path, keys) in kinds.values() {
        let forms = at(&root, path);
        let described = forms.iter().filter_map(|form| form["properties"].as_object());
        let described: BTreeSet<&str> = described.flat_map(|keys| keys.keys().map(String::as_str)).collect();
        assert_eq!(keys, &described, "{path}: the readers' keys, and the schema's");
    }
    let seen: BTreeSet<*const Value> = known.keys().flat_map(|path| at(&root, path)).map(std::ptr::from_ref).collect();
    let mut all = Vec::new();
    tables(&root, &mut all);
    for table in &all {
        assert!(seen.contains(&std::ptr::from_ref(*table)), "EVERYTHING has nothing of this kind: {table:#}");
    }
    assert!(known.len() >= 50 && all.len() >= 30, "{} tables read, {} described", known.len(), all.len());
}
