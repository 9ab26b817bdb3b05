//! The routing plan, which a live host could load as it is.

use serde_json::{Value, json};

use super::values::{choice, choice_or_host, flag, list, names, object, refer, refer_or, text, whole, with};
use super::workload;

const MOST: u64 = u16::MAX as u64;

pub(super) fn channel() -> Value {
    let wake = object(
        "How a quiet or parked contact that has work again comes back to its agent.",
        &[
            ("over", whole(0, MOST, "Contacts above the agent's limit that may be woken. Default: 0.")),
            ("wait", refer_or("length", &["forever"], "How long it waits for that agent alone. Default: \"1m\".")),
        ],
        &[],
    );
    object(
        "A kind of contact.",
        &[
            (
                "whole_agent",
                flag(
                    "A contact takes the whole agent unless a profile says otherwise. Default: true for voice, video, callback.",
                ),
            ),
            (
                "offer",
                refer_or(
                    "some_length",
                    &["forever", "none"],
                    "How long an agent has to accept; \"none\": connected at once. Default: \"none\".",
                ),
            ),
            ("connect", refer_or("some_length", &["none"], "How long media set-up may take. Default: \"none\".")),
            ("wrap_up", refer("wrap_up", "After-contact work. Default: \"none\".")),
            (
                "quiet_after",
                refer(
                    "some_length",
                    "Of the customer's silence, then an active contact turns quiet. Default: only by command.",
                ),
            ),
            (
                "park_after",
                refer(
                    "some_length",
                    "Of silence, then it is parked: held by nobody, its agent remembered. Not below `quiet_after`.",
                ),
            ),
            ("close_after", refer("some_length", "Of silence, then it ends. Not below the two above.")),
            ("wake", wake),
            (
                "age_from",
                choice(&["first-contact", "last-message"], "What age is counted from. Default: \"first-contact\"."),
            ),
            ("target", refer("target", "Where neither the contact nor its queue has one.")),
            (
                "one_per_customer",
                flag("A customer has at most one such contact at a time. Default: true for callback."),
            ),
            (
                "superseded",
                flag("A waiting contact ends when an agent takes its customer on another channel. Default: false."),
            ),
            workload::speed(),
        ],
        &[],
    )
}

pub(super) fn skills() -> Value {
    json!({
        "description": "Skills that no group has but agents bring later: names, or names with a description.",
        "anyOf": [list(text("A skill."), "Names."), names("Names with a description.", text("What it is."))],
    })
}

pub(super) fn capacity() -> Value {
    let headroom = names(
        "Load that contacts of other channels leave free for this one: { voice = \"60%\" }.",
        json!({ "$ref": "#/definitions/load" }),
    );
    let over = names(
        "By channel that the agent holds.",
        choice(&["yes", "no", "hold"], "\"hold\" puts it aside until there is room again."),
    );
    let arrives_over = names(
        "Whether a new contact may join one that the agent holds: { voice = { email = \"hold\" } }. Default: \"yes\".",
        over,
    );
    let load = |says: &str| refer("load", says);
    let ramp = object(
        "How fast an agent is given them.",
        &[
            ("contacts", whole(1, 1000, "Most given within the time below.")),
            ("per", refer("some_length", "Such as \"1m\".")),
        ],
        &["contacts", "per"],
    );
    let adaptive = object(
        "A limit below `max` that follows how fast the agent replies.",
        &[
            ("floor", whole(1, MOST, "What an agent begins with, and never fewer; at most `max`.")),
            ("reply_within", refer("some_length", "How long customers may wait for a reply, on average.")),
        ],
        &["floor", "reply_within"],
    );
    let channel = object(
        "How much of a channel.",
        &[
            ("max", whole(1, MOST, "Most being offered, connected, worked on or wrapped up at once.")),
            (
                "open",
                whole(1, MOST, "Most held at all, quiet and put aside included; not below `max`. Default: `max`."),
            ),
            (
                "load",
                load("Of one contact. Default: a whole agent for channels that take one, else one agent / `max`."),
            ),
            ("offered_load", load("Reserved by an offer. Default: the largest of the others.")),
            ("connecting_load", load("While media is set up. Default: `load`.")),
            ("active_load", load("In conversation. Default: `load`.")),
            ("quiet_load", load("While the customer is silent. Default: `load`.")),
            (
                "held_load",
                load("While put aside. Default: `load`; nothing where something that arrives may put it on hold."),
            ),
            ("wrap_up_load", load("In after-contact work. Default: `load`.")),
            ("ramp", ramp),
            ("adaptive", adaptive),
        ],
        &["max"],
    );
    let profile = object(
        "A capacity profile. Every key but two is a channel.",
        &[("headroom", headroom), ("arrives_over", arrives_over)],
        &[],
    );
    with(profile, "additionalProperties", channel)
}

pub(super) fn group() -> Value {
    let standby = object(
        "On stand-by, only for contacts that have waited so long.",
        &[("rank", whole(1, MOST, "Default: 1.")), ("after", refer("length", "Waited so long."))],
        &[],
    );
    let rank = json!({ "anyOf": [whole(1, MOST, "1 before 2."), standby] });
    let mut keys = vec![
        workload::count(),
        ("capacity", text("Name of a capacity profile.")),
        ("skills", names("Levels from 1 to 100: { billing = 80 }. Default: none.", whole(1, 100, "Level."))),
        ("tiers", names("By queue: lower tiers are asked first. Default: 1.", whole(0, MOST, "Tier."))),
        (
            "serves",
            names(
                "By queue: what is taken first when several queues have work. A queue not named is not served. Default: every queue.",
                rank,
            ),
        ),
    ];
    keys.extend(workload::attendance());
    object("A group of like agents.", &keys, &["capacity"])
}

const AGENTS: [&str; 14] = [
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
    "random",
    "most-places",
    "least-occupied",
    "least-worked",
];

pub(super) fn queue() -> Value {
    let order = ["fifo", "priority", "priority-minutes", "deadline", "ratio"];
    let agents = |says: &str| choice_or_host(&AGENTS, says);
    let many = with(list(agents("Which agent first."), "Each breaking the ties before it."), "maxItems", json!(16));
    object(
        "A line.",
        &[
            ("order", choice_or_host(&order, "Which waiting contact first. Default: \"fifo\".")),
            (
                "priority_worth",
                refer(
                    "some_length",
                    "With priority-minutes only: what a point of priority is worth, up to 366d. Default: \"1m\".",
                ),
            ),
            (
                "agents",
                json!({ "description": "Which agent first. Default: [\"least-loaded\", \"longest-idle\"].", "anyOf": [agents("Which agent first."), many] }),
            ),
            (
                "idle",
                choice(
                    &["release", "handled", "offered", "available"],
                    "What idle is counted from. Default: \"release\".",
                ),
            ),
            (
                "limit",
                whole(0, u32::MAX.into(), "Most that may wait; 0: answered at once or turned away. Default: none."),
            ),
            ("steps", list(step(), "Requirements that widen as a contact waits.")),
            ("step_clock", choice(&["age", "step", "first-offer"], "What `after` counts. Default: \"age\".")),
            (
                "pools",
                choice(
                    &["cumulative", "replacing"],
                    "Whether agents of the steps before stay. Default: \"cumulative\".",
                ),
            ),
            ("skip_unstaffed", flag("Pass over a step that no signed-in agent meets. Default: false.")),
            (
                "offer",
                refer_or("some_length", &["forever"], "How long an agent has to accept. Default: the channel's."),
            ),
            ("connect", refer("some_length", "How long media set-up may take. Default: the channel's.")),
            ("wrap_up", refer("wrap_up", "After-contact work. Default: the channel's.")),
            ("max_wait", refer("some_length", "Then the contact ends. Default: none.")),
            ("no_answer", no_answer()),
            ("affinity", affinity()),
            ("offers_per_agent", whole(1, MOST, "Most offers of one contact to one agent. Default: 3.")),
            ("offers_per_contact", whole(1, MOST, "Most offers of one contact in all. Default: 100.")),
            (
                "mode",
                choice(
                    &["push", "broadcast", "pull"],
                    "How its contacts come to agents: given to one, ringing with several, or claimed. Default: \"push\".",
                ),
            ),
            (
                "displace",
                choice(
                    &["none", "quiet", "oldest"],
                    "What makes way for a contact that finds nobody with room. Default: \"none\".",
                ),
            ),
            ("ring", whole(2, 100, "With broadcast only: most agents that a contact rings with. Default: 3.")),
            (
                "claims",
                whole(
                    0,
                    MOST,
                    "Most contacts of the queue that an agent may hold and still claim one more. Default: with pull 65,535, else 0.",
                ),
            ),
            ("overflow", overflow()),
            ("lead", refer("length", "A contact promised for later stands in line so long before. Default: \"0s\".")),
            ("closed_waiting", refer("overflow", "Where those go who wait when the queue closes. Default: \"wait\".")),
            ("targets", names("Targets by channel.", json!({ "$ref": "#/definitions/target" }))),
            workload::hours(),
        ],
        &[],
    )
}

fn step() -> Value {
    object(
        "From so long on, such agents.",
        &[
            ("after", refer("length", "When it begins, by `step_clock`; the first begins at once.")),
            ("requires", refer("requirement", "What an agent must then meet, beside the contact's own.")),
        ],
        &["requires"],
    )
}

fn no_answer() -> Value {
    object(
        "What becomes of an agent, and of a contact, when an offer rings out.",
        &[
            ("agent", choice(&["stay", "not-ready", "sign-out"], "What becomes of the agent. Default: \"stay\".")),
            ("after", whole(1, MOST, "After so many offers in a row. Default: 1.")),
            ("not_ready_for", refer("some_length", "With not-ready only. Default: until the agent says so.")),
            (
                "exclude_for",
                refer("length", "The contact is not offered to that agent again for so long. Default: \"60s\"."),
            ),
        ],
        &[],
    )
}

fn affinity() -> Value {
    object(
        "A customer who comes again waits for the agent who had it last.",
        &[
            ("within", refer_or("length", &["forever"], "If that is not longer ago.")),
            ("wait", refer_or("length", &["forever"], "For so long.")),
        ],
        &[],
    )
}

fn overflow() -> Value {
    let after = object(
        "Where a contact goes that has waited for so long.",
        &[("wait", refer("some_length", "So long.")), ("then", refer("overflow", "Where it goes."))],
        &["wait", "then"],
    );
    object(
        "Where contacts go that cannot wait here.",
        &[
            ("full", refer("overflow", "While as many wait as may. Default: \"end\".")),
            ("closed", refer("overflow", "While the queue is closed; also \"wait\". Default: \"end\".")),
            (
                "unstaffed",
                refer("overflow", "While nobody signed in could ever take it; also \"wait\". Default: \"wait\"."),
            ),
            ("after", after),
        ],
        &[],
    )
}

pub(super) fn customers() -> Value {
    object(
        "What is remembered of contacts that name their customer.",
        &[
            ("limit", whole(0, u32::MAX.into(), "Most that are remembered. Default: 1,000,000.")),
            ("remember", refer("length", "One without a contact. Default: \"30d\".")),
            ("repeat_within", refer("length", "The next contact then counts as a repeat. Default: \"7d\".")),
        ],
        &[],
    )
}

pub(super) fn leases() -> Value {
    object(
        "So that nobody who has closed the browser stays available.",
        &[
            (
                "agent",
                refer_or(
                    "some_length",
                    &["none"],
                    "An agent of whom nothing is heard for so long is lost. Default: \"none\".",
                ),
            ),
            ("grace", refer("length", "For which a lost agent may come back. Default: \"60s\".")),
        ],
        &[],
    )
}

pub(super) fn limits() -> Value {
    let large = u64::from(u32::MAX);
    object(
        "Reaching one is an error or an event, never growth.",
        &[
            ("contacts", whole(1, large, "At once. Default: 4,000,000.")),
            ("agents", whole(1, large, "Signed in at once. Default: 1,000,000.")),
            ("classes", whole(1, large, "Of waiting contacts with equal needs. Default: 1,000,000.")),
            ("sources", whole(1, large, "Of commands that are remembered. Default: 4,096.")),
            ("requirement_parts", whole(1, 4096, "Default: 64.")),
            ("requirement_depth", whole(1, 64, "Default: 16.")),
            ("steps", whole(1, 1000, "Of a queue. Default: 32.")),
            ("context", whole(0, 1_048_576, "Bytes attached to a contact. Default: 4,096.")),
            ("name_length", whole(1, 1000, "In characters. Default: 200.")),
            ("key_length", whole(1, 1000, "Bytes of a host's own name for a contact. Default: 200.")),
        ],
        &[],
    )
}
