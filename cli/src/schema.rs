//! `cordboard schema`: a JSON schema of scenarios, for editors.
//!
//! It says of every key what it means and what may stand there. What needs the whole scenario to be known, such as
//! whether a queue exists, is left to `cordboard check`. Draft 7, since that is what editors of TOML read.

mod plan;
mod stream;
mod values;
mod workload;

use std::io::{Write, stdout};

use serde_json::{Value, json};

use crate::failure::Failure;
use values::{names, object, refer, text, whole, with};

pub(crate) fn run() -> Result<(), Failure> {
    writeln!(stdout(), "{:#}", schema())?;
    Ok(())
}

fn schema() -> Value {
    let root = object(
        "A scenario: a routing plan, where contacts come from, and how people behave. docs/plan.md and docs/scenario.md describe every key.",
        &[
            ("name", text("Shown with the results. Default: empty.")),
            (
                "seed",
                whole(
                    0,
                    i64::MAX as u64,
                    "What all randomness derives from: the same seed, the same customers. Default: 1.",
                ),
            ),
            ("warmup", refer("length", "Simulated first and not measured. Default: \"0s\".")),
            (
                "horizon",
                refer("some_length", "Measured, after the warm-up; together at most 100 years. Time 0 is midnight."),
            ),
            ("replications", whole(1, 100_000, "Independent repetitions. Default: 1.")),
            (
                "batches",
                whole(
                    2,
                    1000,
                    "With one replication, intervals are worked out from so many equal parts of the measured time. Default: none.",
                ),
            ),
            (
                "streams",
                with(
                    names("Contacts that are alike: one channel, one queue, one requirement.", stream::stream()),
                    "minProperties",
                    json!(1),
                ),
            ),
            ("offers", workload::offers()),
            ("scheduler", workload::scheduler()),
            (
                "channels",
                names(
                    "Kinds of contacts. Built in: voice, video, chat, messaging, email, sms, social, callback, task; other names are your own.",
                    plan::channel(),
                ),
            ),
            ("skills", plan::skills()),
            ("capacity", names("What an agent can take at once.", plan::capacity())),
            ("agents", names("Groups of like agents.", plan::group())),
            ("queues", names("Lines in which contacts of any channel wait.", plan::queue())),
            (
                "requirements",
                names(
                    "Requirements under a name that contacts can refer to.",
                    refer("requirement", "What an agent must be able to do."),
                ),
            ),
            ("customers", plan::customers()),
            ("leases", plan::leases()),
            ("between", plan::between()),
            ("limits", plan::limits()),
        ],
        &["horizon", "streams"],
    );
    let root = with(root, "$schema", json!("http://json-schema.org/draft-07/schema#"));
    let root = with(root, "title", json!("cordboard scenario"));
    with(root, "definitions", values::definitions())
}
