//! What a switchboard tells those who watch it: metrics (feature `metrics`) and traces (feature `tracing`). Without the features
//! nothing of this costs anything, and with them nothing of customers is in it.

use super::answer::{Answer, Refused};
use super::stopped::Stopped;
use super::view::View;
use crate::journal::Entry;
use crate::plan::Plan;

/// Since when something is under way; nothing without `metrics`.
#[derive(Clone, Copy)]
pub(super) struct Stopwatch(#[cfg(feature = "metrics")] std::time::Instant);

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self(
            #[cfg(feature = "metrics")]
            std::time::Instant::now(),
        )
    }
}

/// A span until the end of the block it stands in.
macro_rules! span {
    ($level:ident, $name:literal $(, $field:ident = $value:expr)*) => {
        #[cfg(feature = "tracing")]
        let _span = tracing::$level!($name $(, $field = $value)*).entered();
    };
}
pub(super) use span;

/// The journal is open.
pub(super) fn opened(opening: &super::opening::Opening) {
    #[cfg(feature = "metrics")]
    describe();
    #[cfg(feature = "tracing")]
    tracing::info!(
        end = opening.end.0,
        folded = opening.folded,
        delivered = opening.delivered.0,
        offers = opening.offers.len(),
        damaged_snapshots = opening.damaged_snapshots,
        "opened"
    );
    let _ = opening;
}

/// It has stopped, and why.
pub(super) fn stopped(why: &Stopped) {
    #[cfg(feature = "tracing")]
    if matches!(why, Stopped::ShutDown) {
        tracing::info!("shut down");
    } else {
        tracing::error!(%why, "stopped");
    }
    let _ = why;
}

/// The gateway is so far behind that only its own requests are taken.
pub(super) fn behind(backlog: u64) {
    #[cfg(feature = "tracing")]
    tracing::warn!(backlog, "the gateway is behind; nothing is taken from elsewhere until it has caught up by half");
    let _ = backlog;
}

/// A batch is durable: what it held, what became of each request, since when that was sent, and since when it was being committed.
pub(super) fn batch(
    entries: &[Entry],
    answers: &[Result<Answer, Refused>],
    sent: impl Iterator<Item = Stopwatch>,
    commit: Stopwatch,
) {
    #[cfg(feature = "metrics")]
    if !entries.is_empty() || !answers.is_empty() {
        count(entries, answers, sent, commit);
    }
    #[cfg(feature = "tracing")]
    for refused in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        tracing::debug!(why = %refused, "refused");
    }
    #[cfg(not(feature = "metrics"))]
    let _ = (entries, answers, sent, commit);
}

#[cfg(feature = "metrics")]
fn count(
    entries: &[Entry],
    answers: &[Result<Answer, Refused>],
    sent: impl Iterator<Item = Stopwatch>,
    commit: Stopwatch,
) {
    use crate::router::Applied;
    metrics::counter!("cordboard_commands_total").increment(entries.len() as u64);
    let events: usize = entries.iter().map(|entry| entry.events.len()).sum();
    metrics::counter!("cordboard_events_total").increment(events as u64);
    metrics::histogram!("cordboard_batch_commands").record(entries.len() as f64);
    metrics::histogram!("cordboard_commit_seconds").record(commit.0.elapsed());
    let answered = metrics::histogram!("cordboard_answer_seconds");
    for (answer, sent) in answers.iter().zip(sent) {
        answered.record(sent.0.elapsed());
        match answer {
            Ok(answer) if answer.applied == Applied::Repeated => {
                metrics::counter!("cordboard_repeated_total").increment(1);
            }
            Ok(_) => {}
            Err(refused) => metrics::counter!("cordboard_refused_total", "why" => reason(refused)).increment(1),
        }
    }
}

/// The name of the variant, and nothing that is in it.
#[cfg(feature = "metrics")]
fn reason(refused: &Refused) -> String {
    let whole = match refused {
        Refused::Rejected(rejected) => format!("{rejected:?}"),
        other => format!("{other:?}"),
    };
    whole.chars().take_while(|letter| letter.is_alphanumeric()).collect()
}

/// What a view shows, as gauges.
pub(super) fn view(view: &View, plan: &Plan) {
    #[cfg(feature = "metrics")]
    {
        use crate::id::{ChannelId, GroupId, QueueId};
        metrics::gauge!("cordboard_backlog_commands").set(view.backlog as f64);
        for (queue, id) in plan.queues().iter().zip(0u16..) {
            for (channel, of) in plan.channels().iter().zip(0u8..) {
                let seen = view.queue(QueueId(id), ChannelId(of));
                let gauge = |name, value: f64| {
                    metrics::gauge!(name, "queue" => queue.name.to_string(), "channel" => channel.name.to_string())
                        .set(value);
                };
                gauge("cordboard_waiting", seen.waiting.into());
                gauge("cordboard_longest_wait_seconds", seen.longest_wait.as_secs_f64());
                gauge("cordboard_offered", seen.offered.into());
                gauge("cordboard_in_service", seen.in_service.into());
            }
        }
        for (group, id) in plan.groups().iter().zip(0u16..) {
            let seen = view.group(GroupId(id));
            for (state, agents) in [("signed_in", seen.signed_in), ("ready", seen.ready), ("occupied", seen.occupied)] {
                metrics::gauge!("cordboard_agents", "group" => group.name.to_string(), "state" => state)
                    .set(f64::from(agents));
            }
        }
    }
    let _ = (view, plan);
}

#[cfg(feature = "metrics")]
fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!("cordboard_commands_total", Unit::Count, "Commands applied and made durable, of the clock too");
    describe_counter!("cordboard_events_total", Unit::Count, "Events that followed from them");
    describe_counter!("cordboard_refused_total", Unit::Count, "Requests refused, by why");
    describe_counter!("cordboard_repeated_total", Unit::Count, "Requests that had been done before, by their ids");
    describe_histogram!("cordboard_batch_commands", Unit::Count, "Commands made durable together");
    describe_histogram!("cordboard_commit_seconds", Unit::Seconds, "Making a batch durable");
    describe_histogram!("cordboard_answer_seconds", Unit::Seconds, "From sending a request to its answer");
    describe_gauge!("cordboard_backlog_commands", Unit::Count, "Commands that the gateway has not been given");
    describe_gauge!("cordboard_waiting", Unit::Count, "Contacts in line, by queue and channel");
    describe_gauge!("cordboard_longest_wait_seconds", Unit::Seconds, "The longest of their waits");
    describe_gauge!("cordboard_offered", Unit::Count, "Contacts that ring");
    describe_gauge!("cordboard_in_service", Unit::Count, "Contacts in conversation");
    describe_gauge!("cordboard_agents", Unit::Count, "Agents by group and state");
}
