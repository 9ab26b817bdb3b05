//! What only the simulator reads: where contacts come from, and how people behave.

use cordboard::Preset;
use cordboard::sim::Policy;
use serde_json::{Value, json};

use super::values::{list, object, refer, text, whole, with};

pub(super) fn offers() -> Value {
    object(
        "How agents answer what they are offered.",
        &[
            ("accept", refer("distribution", "How long they take. Default: no time.")),
            (
                "claim",
                refer(
                    "distribution",
                    "How long they think before they claim something in a queue with mode = \"pull\". Default: no time.",
                ),
            ),
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
    let presets = Preset::ALL.iter().map(|preset| format!("preset:{preset}"));
    let named = Policy::NAMED.into_iter().map(str::to_owned);
    let own = ["adaptive", "work-conserving", "dedicated", "pack", "spread"].map(str::to_owned);
    let named: Vec<String> = own.into_iter().chain(named).chain(presets).collect();
    let policy = json!({
        "description": "How agents are shared between calls and chats; docs/scheduling.md describes it. \"adaptive\": what costs least by the rates observed. \"work-conserving\": nothing is held back. \"dedicated=PERCENT\": so many take calls alone. \"pack\" or \"spread\", with any of +reserve=N, +unless-waiting=N, +drain=N, +most=N, +chats-first. \"host:NAME\": the host's own. \"agents:LIST\": every queue chooses its agents by LIST, such as agents:tier,least-loaded. \"preset:NAME\": as another engine decides; docs/presets.md describes each. The other names are of the literature; docs/policies.md describes each. Default: \"adaptive\".",
        "anyOf": [{ "enum": named }, { "type": "string", "pattern": "^(agents:.+|host:.+|dedicated=[1-9][0-9]?|(pack|spread)(\\+(chats-first|(reserve|unless-waiting|drain|most)=[0-9]+))*)$" }],
    });
    let hold = refer(
        "some_length",
        "The longest that a contact is held back, unless it has longer to be answered within. Default: \"30m\".",
    );
    object("The policy in force.", &[("policy", policy), ("hold", hold)], &[])
}

/// Keys that the simulator reads in tables of the plan.
pub(super) fn speed() -> (&'static str, Value) {
    let progress = json!({ "type": "number", "minimum": 0.001, "maximum": 1000 });
    let says =
        "Progress of each contact when its agent has 1, 2, 3, … of them in hand; the last value goes on. Default: 1.";
    ("speed", with(list(progress, says), "minItems", json!(1)))
}

/// How a group's agents attend.
pub(super) fn attendance() -> [(&'static str, Value); 5] {
    let one = object(
        "A break that each agent takes once a day, where it begins within a shift.",
        &[
            ("length", refer("some_length", "At most a day; from when the agent has finished what it had.")),
            ("from", refer("time_of_day", "When the first agent's begins.")),
            (
                "to",
                refer(
                    "time_of_day",
                    "When the last agent's begins; the others lie evenly between. Default: all at once.",
                ),
            ),
        ],
        &["length", "from"],
    );
    let line = |says: &str| whole(0, u32::MAX.into(), says);
    let elastic = object(
        "Agents who are there only while they are called in, at a queue's length. Not with `shifts`.",
        &[
            ("queue", text("The queue whose line is watched.")),
            ("waiting", line("They are called when more stand in line. This or `longest` is required.")),
            ("longest", refer("some_length", "They are called when somebody has stood in line for so long.")),
            (
                "until_waiting",
                line("They leave when no more stand in line than this, up to `waiting`. Default: half of `waiting`."),
            ),
            (
                "until_longest",
                refer("length", "… and nobody for longer than this, below `longest`. Default: half of `longest`."),
            ),
            ("reaction", refer("length", "From the call until they sign in.")),
            ("stay", refer("length", "For which they stay at least. Default: \"0s\".")),
        ],
        &["queue", "reaction"],
    );
    [
        (
            "shifts",
            refer("hours", "When the group's agents are there, such as [[\"08:00\", \"16:00\"]]. Default: always."),
        ),
        (
            "breaks",
            list(
                one,
                "Such as [{ length = \"30m\", from = \"12:00\", to = \"13:30\" }]. Only with `shifts`. Default: none.",
            ),
        ),
        ("absent", refer("share", "Agents who are absent on a day. Only with `shifts`. Default: 0.")),
        ("no_answer", refer("share", "Offers that nobody in this group answers. Default: that of `offers`.")),
        ("elastic", elastic),
    ]
}

pub(super) fn hours() -> (&'static str, Value) {
    ("hours", refer("hours", "When the queue is open, such as [[\"08:00\", \"18:00\"]]. Default: always."))
}

pub(super) fn count() -> (&'static str, Value) {
    ("count", whole(0, u32::MAX.into(), "How many agents there are. Default: 1."))
}
