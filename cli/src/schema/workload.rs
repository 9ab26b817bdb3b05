//! What only the simulator reads: where contacts come from, and how people behave.

use serde_json::{Value, json};

use super::values::{distribution, list, names, number, object, one_of, refer, refer_or, text, whole, with};

pub(super) fn stream() -> Value {
    let cost = object(
        "What waiting and losing a contact is worth.",
        &[
            ("hold_per_minute", number(0.0, 1e12, "Of each minute that one contact waits. Default: 0.")),
            ("lost", number(0.0, 1e12, "Of each contact that leaves. Default: 0.")),
        ],
        &[],
    );
    object(
        "A stream of like contacts.",
        &[
            ("channel", text("The channel its contacts come on.")),
            ("queue", text("The queue its contacts wait in.")),
            (
                "requires",
                refer("requirement", "What an agent must be able to do, beside the queue's steps. Default: anybody."),
            ),
            ("arrivals", arrivals()),
            ("resolved_by_bot", refer("share", "Contacts that a bot resolves before a person is needed. Default: 0.")),
            ("handle", handle()),
            (
                "conversation",
                refer(
                    "conversation",
                    "Instead of `handle`: how it is written. An agent writes one reply at a time over all it has in hand.",
                ),
            ),
            ("wrap_up", refer_or("distribution", &["none"], "After-contact work. Default: as the plan says.")),
            (
                "patience",
                refer_or(
                    "distribution",
                    &["none"],
                    "How long customers wait before they leave. Default: \"none\", as long as it takes.",
                ),
            ),
            (
                "priority",
                json!({ "type": "integer", "minimum": i16::MIN, "maximum": i16::MAX, "description": "Higher first where the queue's order uses it. Default: 0." }),
            ),
            (
                "target",
                refer(
                    "target",
                    "What the service level is measured against. Default: the queue's, else the channel's.",
                ),
            ),
            ("cost", cost),
        ],
        &["channel", "queue", "arrivals"],
    )
}

fn arrivals() -> Value {
    let numbers =
        |says: &str| with(list(json!({ "type": "number", "minimum": 0, "maximum": 1e12 }), says), "minItems", json!(1));
    let profile = json!({
        "description": "A Poisson process whose rate changes: a CSV file, or numbers. It begins at midnight and repeats.",
        "anyOf": [
            { "type": "string" },
            object(
                "Numbers expected in consecutive intervals, or a shape and how many a day.",
                &[
                    ("interval", refer("some_length", "How long each interval is; with `counts` or `weights`.")),
                    ("counts", numbers("Numbers expected in each interval.")),
                    ("weights", numbers("In proportion to these; with `per_day`.")),
                    ("shape", text("In proportion to the numbers of a CSV file; with `per_day`.")),
                    ("per_day", number(0.0, 1e12, "How many in 24 hours; with `weights` or `shape`.")),
                ],
                &[],
            ),
        ],
    });
    one_of(
        "When contacts arrive: exactly one of these.",
        &[
            ("poisson_per_minute", number(0.0, 1e9, "A Poisson process with this mean number a minute.")),
            ("profile", profile),
            ("every", refer("some_length", "Between two contacts, the first after one.")),
            ("trace", text("A CSV file of recorded contacts, beside the scenario.")),
        ],
    )
}

/// A distribution, one for each group, or a conversation that both sides speak.
fn handle() -> Value {
    let refer_to = |definition: &str| json!({ "$ref": format!("#/definitions/{definition}") });
    let mut kinds = distribution(&refer_to("length"), &refer_to("some_length"), &refer_to("share"));
    kinds.push((
        "by_group",
        names("One for every group whose agents may take these contacts.", refer_to("distribution")),
    ));
    kinds.push(("spoken", refer("conversation", "The sum of all that both sides say.")));
    one_of("How long the work takes at speed 1. Required, or `conversation`.", &kinds)
}

pub(super) fn offers() -> Value {
    object(
        "How agents answer what they are offered.",
        &[
            ("accept", refer("distribution", "How long they take. Default: no time.")),
            ("no_answer", refer("share", "Offers that nobody answers. Default: 0.")),
            (
                "back_after",
                refer(
                    "some_length",
                    "After it an agent whom unanswered offers made not ready is back, where the plan sets no end. Default: \"2m\".",
                ),
            ),
        ],
        &[],
    )
}

pub(super) fn scheduler() -> Value {
    let policy = text(
        "\"work-conserving\": as the plan says. \"agents:LIST\": every queue chooses its agents by LIST, such as agents:tier,least-loaded. Default: \"work-conserving\".",
    );
    object("The policy in force.", &[("policy", with(policy, "pattern", json!("^(work-conserving|agents:.+)$")))], &[])
}

/// Keys that the simulator reads in tables of the plan.
pub(super) fn speed() -> (&'static str, Value) {
    let progress = json!({ "type": "number", "minimum": 0.001, "maximum": 1000 });
    let says =
        "Progress of each contact when its agent has 1, 2, 3, … of them in hand; the last value goes on. Default: 1.";
    ("speed", with(list(progress, says), "minItems", json!(1)))
}

pub(super) fn shifts() -> (&'static str, Value) {
    ("shifts", refer("hours", "When the group's agents are there, such as [[\"08:00\", \"16:00\"]]. Default: always."))
}

pub(super) fn hours() -> (&'static str, Value) {
    ("hours", refer("hours", "When the queue is open, such as [[\"08:00\", \"18:00\"]]. Default: always."))
}

pub(super) fn count() -> (&'static str, Value) {
    ("count", whole(0, u32::MAX.into(), "How many agents there are. Default: 1."))
}
