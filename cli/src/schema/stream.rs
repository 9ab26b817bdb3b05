//! Streams of contacts: when they come, what they need, and how patient they are.

use serde_json::{Value, json};

use super::values::{
    choice, distribution, list, names, number, object, one_of, refer, refer_or, text, tuple, whole, with,
};

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
            ("busyness", busyness()),
            ("batches", batches()),
            ("campaigns", campaigns()),
            ("resolved_by_bot", refer("share", "Contacts that a bot resolves before a person is needed. Default: 0.")),
            ("handle", handle()),
            ("handle_by_skill", handle_by_skill()),
            ("handle_by_time", handle_by_time()),
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
            ("retry", retry()),
            ("balk", balk()),
            ("redial", redial()),
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

fn busyness() -> Value {
    object(
        "Every day has a random factor, by which its rates are multiplied: gamma with mean 1.",
        &[
            ("variation", number(0.001, 5.0, "The factor's coefficient of variation.")),
            ("shared", text("Streams that give the same name have the same factors. Default: the stream's own.")),
        ],
        &["variation"],
    )
}

fn batches() -> Value {
    let share = json!({ "$ref": "#/definitions/share" });
    json!({
        "description": "How many come at the same instant: a number, { geometric = 2.5 }, a mean, or [[0.7, 1], [0.3, 4]], probabilities and sizes. Default: 1.",
        "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": 10_000 },
            object("Their mean.", &[("geometric", number(1.0, 10_000.0, "The mean number that come at once."))], &["geometric"]),
            list(tuple(&[share, whole(1, 10_000, "How many come at once.")], "A probability and a size."), "Probabilities, which sum to 1, and sizes."),
        ],
    })
}

fn campaigns() -> Value {
    let weights = list(
        json!({ "type": "number", "minimum": 0, "maximum": 1e12 }),
        "In proportion to these, in equal parts of the time.",
    );
    let shape = json!({
        "description": "How they come over that time. Default: \"falling\".",
        "anyOf": [choice(&["even", "falling", "rising", "peak"], "\"falling\": most at once, and down to none."), weights],
    });
    let at = json!({
        "description": "A time of the first day (\"10:00\"), or a length of time since time 0 (\"34h\").",
        "anyOf": [{ "$ref": "#/definitions/time_of_day" }, { "$ref": "#/definitions/length" }],
    });
    let one = object(
        "Contacts that come beside all others for a while.",
        &[
            ("at", at),
            ("contacts", number(0.0, 1e9, "How many are expected in all.")),
            ("over", refer("some_length", "In which they come.")),
            ("shape", shape),
        ],
        &["at", "contacts", "over"],
    );
    list(one, "Such as [{ at = \"10:00\", contacts = 500, over = \"2h\" }]. Default: none.")
}

fn factor() -> Value {
    number(0.001, 1000.0, "A factor.")
}

fn handle_by_skill() -> Value {
    let point = tuple(&[whole(0, 100, "A level."), factor()], "A level and a factor.");
    object(
        "By how much longer `handle` takes an agent, by its level of a skill.",
        &[
            ("skill", text("The skill.")),
            (
                "factors",
                with(
                    list(point, "Ascending levels and factors, such as [[20, 1.5], [90, 0.9]]."),
                    "minItems",
                    json!(1),
                ),
            ),
        ],
        &["skill", "factors"],
    )
}

fn handle_by_time() -> Value {
    object(
        "By how much longer `handle` takes, by when work begins.",
        &[
            ("interval", refer("some_length", "How long each factor counts, from time 0, over and over.")),
            ("factors", with(list(factor(), "One for each interval."), "minItems", json!(1))),
        ],
        &["interval", "factors"],
    )
}

fn retry() -> Value {
    object(
        "Customers who were not answered come again.",
        &[
            ("abandoned", refer("share", "Of those who abandoned. Default: 0; one of the two is required.")),
            ("overflowed", refer("share", "Of the others who were not answered. Default: 0.")),
            ("delay", refer("distribution", "From then until they come again.")),
            ("attempts", whole(1, 1000, "Most attempts of one customer in all, the first included. Default: 5.")),
        ],
        &["delay"],
    )
}

fn redial() -> Value {
    object(
        "Customers who are called back do not always answer, and are called again. Of contacts on the channel callback.",
        &[
            ("no_answer", refer("share", "Of the calls, that the customer does not answer.")),
            ("ring", refer("distribution", "For how long the agent lets it ring then. Default: 30s.")),
            ("delay", refer("distribution", "From then until the contact stands in line again.")),
            ("attempts", whole(1, 1000, "Most calls to one customer in all, the first included. Default: 3.")),
        ],
        &["no_answer", "delay"],
    )
}

fn balk() -> Value {
    object(
        "Customers are told how long they will wait, and may leave at once. Needs a `patience`.",
        &[
            ("share", refer("share", "Of those who hear more than they have patience for, who leave. Default: 1.")),
            (
                "tolerance",
                number(
                    0.0,
                    1000.0,
                    "The wait announced must be longer than the customer's patience, times this. Default: 1.",
                ),
            ),
            (
                "told",
                choice(&["low", "likely", "high"], "What is announced of the engine's estimate. Default: \"likely\"."),
            ),
        ],
        &[],
    )
}
