//! What values look like: numbers with their ranges, lengths of time, shares, choices, tables.

use serde_json::{Map, Value, json};

/// A table of these keys and no others.
pub(super) fn object(says: &str, keys: &[(&str, Value)], required: &[&str]) -> Value {
    let keys: Map<String, Value> = keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    let object = json!({ "type": "object", "description": says, "properties": keys, "additionalProperties": false });
    if required.is_empty() { object } else { with(object, "required", json!(required)) }
}

/// A table with exactly one of these keys.
pub(super) fn one_of(says: &str, keys: &[(&str, Value)]) -> Value {
    with(with(object(says, keys, &[]), "minProperties", json!(1)), "maxProperties", json!(1))
}

/// A table in which every key is a name.
pub(super) fn names(says: &str, value: Value) -> Value {
    json!({ "type": "object", "description": says, "additionalProperties": value })
}

/// The same with one more word about it.
pub(super) fn with(mut schema: Value, key: &str, value: Value) -> Value {
    if let Some(words) = schema.as_object_mut() {
        words.insert(key.to_owned(), value);
    }
    schema
}

/// A value described under `definitions`.
pub(super) fn refer(definition: &str, says: &str) -> Value {
    // In draft 7 what stands beside a reference does not count.
    json!({ "description": says, "allOf": [{ "$ref": format!("#/definitions/{definition}") }] })
}

/// A value described under `definitions`, or one of some words.
pub(super) fn refer_or(definition: &str, words: &[&str], says: &str) -> Value {
    json!({ "description": says, "anyOf": [{ "$ref": format!("#/definitions/{definition}") }, { "enum": words }] })
}

pub(super) fn text(says: &str) -> Value {
    json!({ "type": "string", "description": says })
}

pub(super) fn flag(says: &str) -> Value {
    json!({ "type": "boolean", "description": says })
}

pub(super) fn whole(least: u64, most: u64, says: &str) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most, "description": says })
}

pub(super) fn number(least: f64, most: f64, says: &str) -> Value {
    json!({ "type": "number", "minimum": least, "maximum": most, "description": says })
}

pub(super) fn choice(words: &[&str], says: &str) -> Value {
    json!({ "enum": words, "description": says })
}

/// Words, or a policy of the host's own.
pub(super) fn choice_or_host(words: &[&str], says: &str) -> Value {
    json!({ "description": says, "anyOf": [{ "enum": words }, { "type": "string", "pattern": "^host:." }] })
}

pub(super) fn list(of: Value, says: &str) -> Value {
    json!({ "type": "array", "items": of, "description": says })
}

/// A list of exactly these.
pub(super) fn tuple(items: &[Value], says: &str) -> Value {
    json!({ "type": "array", "items": items, "minItems": items.len(), "maxItems": items.len(), "description": says })
}

/// What several keys have in common.
pub(super) fn definitions() -> Value {
    const UNIT: &str = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*(us|ms|s|m|h|d)";
    let length = format!(r"^\s*({UNIT}\s*)+$");
    let time_of_day = json!({ "type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?$" });
    let length_ref = || json!({ "$ref": "#/definitions/length" });
    let some_length = || json!({ "$ref": "#/definitions/some_length" });
    let share = || json!({ "$ref": "#/definitions/share" });
    json!({
        "length": with(text("A length of time: \"20s\", \"4m\", \"1h30m\", \"2.5s\", \"250us\" (units us, ms, s, m, h, d)."), "pattern", json!(length)),
        // At least one digit that is not 0.
        "some_length": with(text("A length of time of at least 1us: \"20s\", \"4m\", \"1h30m\" (units us, ms, s, m, h, d)."), "pattern", json!(format!(r"^(?=.*[1-9])\s*({UNIT}\s*)+$"))),
        "share": { "description": "A share, from 0 to 1: 0.8, \"80%\" or \"4/5\".", "anyOf": [{ "type": "number", "minimum": 0, "maximum": 1 }, fraction()] },
        "load": { "description": "A share of one agent, from nothing to all: \"30%\", \"1/3\" or 0.3.", "anyOf": [{ "type": "number", "minimum": 0, "maximum": 1 }, fraction()] },
        "requirement": text("Which skills: \"billing >= 50 and not trainee\", with and, or, not, prefer( … ) and levels from 0 to 100."),
        "target": object(
            "So many answered within so long.",
            &[("share", refer("share", "Answered in time. Default: 0.8.")), ("within", refer("some_length", "In what time."))],
            &["within"],
        ),
        "wrap_up": {
            "description": "After-contact work: \"none\"; at most so long, such as \"30s\"; { fixed = \"30s\" }, exactly so long; \"open\": until the agent ends it.",
            "anyOf": [
                length_ref(),
                { "enum": ["none", "open"] },
                object("Exactly so long.", &[("fixed", refer("length", "How long."))], &["fixed"]),
            ],
        },
        "overflow": text("Where it goes: \"queue:NAME\", \"callback\", \"deflect\" or \"end\"; where it says so, \"wait\"."),
        "time_of_day": with(time_of_day.clone(), "description", json!("A time of day, such as \"08:00\"; \"24:00\" is the end of the day.")),
        "hours": list(
            tuple(&[time_of_day.clone(), time_of_day], "From and to; \"24:00\" is the end of the day."),
            "Times of day, such as [[\"08:00\", \"12:00\"], [\"13:00\", \"17:00\"]], the same every day. What ends before it begins reaches into the next day.",
        ),
        "distribution": one_of("How long something takes: a distribution of lengths of time.", &distribution(&length_ref(), &some_length(), &share())),
        "conversation": object(
            "Turns of two sides.",
            &[
                ("turns", json!({
                    "description": "How many replies it takes: 1 to 10,000, or { geometric = 6 }, their mean.",
                    "anyOf": [
                        { "type": "integer", "minimum": 1, "maximum": 10_000 },
                        object("After each reply it is as likely to be over.", &[("geometric", number(1.0, 10_000.0, "The mean number of replies."))], &["geometric"]),
                    ],
                })),
                ("agent", refer("distribution", "How long the agent takes for a reply.")),
                ("customer", refer("distribution", "From a reply until the customer's next message.")),
            ],
            &["turns", "agent", "customer"],
        ),
    })
}

/// The kinds of distributions.
pub(super) fn distribution(length: &Value, some_length: &Value, share: &Value) -> Vec<(&'static str, Value)> {
    let length_named = |says: &str| refer("length", says);
    vec![
        ("deterministic", length_named("Always so long.")),
        ("exponential", length_named("The mean.")),
        (
            "erlang",
            tuple(&[whole(1, 10_000, "Phases."), length.clone()], "[3, \"4m\"]: phases, and the mean of their sum."),
        ),
        ("gamma", tuple(&[number(0.001, 1e6, "The shape."), length.clone()], "[2.5, \"4m\"]: shape and mean.")),
        (
            "lognormal",
            tuple(
                &[some_length.clone(), length.clone()],
                "[\"3m\", \"2m\"]: mean and standard deviation of the time itself.",
            ),
        ),
        ("uniform", tuple(&[length.clone(), length.clone()], "[\"1m\", \"5m\"]: shortest and longest.")),
        (
            "hyperexponential",
            list(
                tuple(&[share.clone(), length.clone()], "A probability and a mean."),
                "[[0.7, \"2m\"], [0.3, \"9m\"]]: probabilities, which sum to 1, and means.",
            ),
        ),
        ("empirical", text("A CSV file beside the scenario whose first column is lengths of time, each as likely.")),
    ]
}

fn fraction() -> Value {
    json!({ "type": "string", "pattern": r"^\s*([0-9]+(\.[0-9]+)?\s*%?|[0-9]+\s*/\s*[0-9]+)\s*$" })
}
