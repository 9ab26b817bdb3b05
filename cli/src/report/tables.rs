//! Tables of a page.

use cordboard::Target;
use cordboard::measure::Estimate;
use cordboard::sim::{AgentResults, ContactResults, Cost, Results, Scenario};
use maud::{Markup, html};

use crate::figure::Unit;
use crate::table::{seconds, target, thousands};

/// Longer tables are folded up.
const MOST_ROWS: usize = 24;

/// A big figure or two for each channel, the agents and the cost.
pub(super) fn headlines(scenario: &Scenario, results: &Results) -> Markup {
    let costs = scenario.streams().iter().any(|stream| stream.cost() != Cost::default());
    html! {
        div.cards {
            @for (name, figures) in &results.channels {
                div.card {
                    h3 { (name) }
                    p.big { (Unit::Share.show(figures.service_level)) }
                    p { "answered within target" }
                    dl {
                        dt { "offered" } dd { (thousands(figures.offered)) }
                        dt { "mean wait" } dd { (Unit::Seconds.show(figures.wait_seconds)) }
                        dt { "abandoned" } dd { (Unit::Share.show(figures.abandon_share)) }
                    }
                }
            }
            div.card {
                h3 { "Agents" }
                p.big { (Unit::Share.show(results.all_agents.occupancy)) }
                p { "of their time with a contact" }
                dl {
                    dt { "signed in" } dd { (Unit::Average("agents").show(results.all_agents.present)) }
                    dt { "contacts each" } dd { (Unit::Average("contacts").show(results.all_agents.contacts_held)) }
                    @if costs { dt { "cost per minute" } dd { (Unit::PerMinute.show(results.cost_per_minute)) } }
                }
            }
        }
    }
}

/// Channels, streams, conversations and agents.
pub(super) fn of_one(scenario: &Scenario, results: &Results) -> Markup {
    let wanted: Vec<_> = scenario.streams().iter().map(|stream| stream.target()).collect();
    html! {
        @if results.streams.len() > 1 {
            h3 { "Service by channel" }
            (service("channel", &results.channels, None))
        }
        (foldable("Service by stream", results.streams.len(), &service("stream", &results.streams, Some(&wanted))))
        @if results.streams.len() > 1 {
            h3 { "Work by channel" }
            (work("channel", &results.channels))
        }
        (foldable("Work by stream", results.streams.len(), &work("stream", &results.streams)))
        @if results.streams.iter().any(|(_, figures)| figures.replies > 0) {
            h3 { "Conversations" }
            (conversations(&results.streams))
        }
        (foldable("Agents by group", results.agents.len(), &agents(&results.agents, &results.all_agents)))
    }
}

/// Open unless it is long.
pub(super) fn foldable(title: &str, rows: usize, table: &Markup) -> Markup {
    html! {
        @if rows <= MOST_ROWS { h3 { (title) } (table) }
        @else { details { summary { (title) ", " (rows) " rows" } (table) } }
    }
}

/// What customers see.
fn service(what: &str, rows: &[(String, ContactResults)], targets: Option<&[Target]>) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th { (what) }
                th { "offered" } th { "answered" } th { "abandoned" } th { "turned away" }
                @if targets.is_some() { th { "target" } }
                th { "in time" }
                th { "mean wait" } th { "median" } th { "90 in 100 at most" } th { "99 in 100 at most" } th { "had to wait" }
            } }
            tbody { @for (at, (name, figures)) in rows.iter().enumerate() { tr {
                th scope="row" { (name) }
                td { (thousands(figures.offered)) }
                td { (thousands(figures.answered)) }
                td { (Unit::Share.show(figures.abandon_share)) }
                td { (thousands(figures.overflowed)) }
                @if let Some(wanted) = targets.and_then(|targets| targets.get(at)) {
                    td { (target(*wanted)) }
                    (in_time(figures.service_level, *wanted))
                } @else { td { (Unit::Share.show(figures.service_level)) } }
                td { (Unit::Seconds.show(figures.wait_seconds)) }
                td { (seconds(figures.wait_quantiles_seconds.p50)) }
                td { (seconds(figures.wait_quantiles_seconds.p90)) }
                td { (seconds(figures.wait_quantiles_seconds.p99)) }
                td { (Unit::Share.show(figures.delayed_share)) }
            } } }
        } }
    }
}

/// A heading, and what is counted under it.
type Counted = (&'static str, fn(&ContactResults) -> u64);

/// Counts that many scenarios have nothing of.
const RARE: [Counted; 6] = [
    ("waiting at the end", |figures| figures.waiting_at_end),
    ("came again", |figures| figures.retrials),
    ("left when told the wait", |figures| figures.balked),
    ("called back once more", |figures| figures.redials),
    ("called back in vain", |figures| figures.unreached),
    ("resolved by a bot", |figures| figures.resolved_by_bot),
];

/// What it takes of the agents.
fn work(what: &str, rows: &[(String, ContactResults)]) -> Markup {
    let rare: Vec<_> = RARE.iter().filter(|(_, count)| rows.iter().any(|(_, figures)| count(figures) > 0)).collect();
    html! {
        div.wide { table {
            thead { tr {
                th { (what) }
                th { "waiting at a time" } th { "in conversation at a time" } th { "share of agents' capacity" }
                th { "completed" } th { "completed in an agent's hour" }
                @for (title, _) in &rare { th { (title) } }
            } }
            tbody { @for (name, figures) in rows { tr {
                th scope="row" { (name) }
                td { (Unit::Average("contacts").show(figures.queue_length)) }
                td { (Unit::Average("contacts").show(figures.in_service)) }
                td { (Unit::Share.show(figures.occupancy)) }
                td { (thousands(figures.completed)) }
                td { (Unit::PerHour.show(figures.completed_per_agent_hour)) }
                @for (_, count) in &rare { td { (thousands(count(figures))) } }
            } } }
        } }
    }
}

/// With a mark, which does not rely on colour alone.
fn in_time(level: Estimate, target: Target) -> Markup {
    let met = level.mean.map(|level| level >= f64::from(target.share_permille) / 1000.0);
    html! {
        td {
            (Unit::Share.show(level))
            @match met {
                Some(true) => span.met title="target met" { " ✓" },
                Some(false) => span.missed title="target missed" { " ✗" },
                None => "",
            }
        }
    }
}

fn conversations(rows: &[(String, ContactResults)]) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th { "stream" } th { "completed" } th { "completed in an agent's hour" } th { "replies" }
                th { "mean time to a reply" } th { "nine in ten" } th { "99 in 100" } th { "to the first reply" } th { "nine in ten" }
            } }
            tbody { @for (name, figures) in rows.iter().filter(|(_, figures)| figures.replies > 0) { tr {
                th scope="row" { (name) }
                td { (thousands(figures.completed)) }
                td { (Unit::PerHour.show(figures.completed_per_agent_hour)) }
                td { (thousands(figures.replies)) }
                td { (Unit::Seconds.show(figures.reply_seconds)) }
                td { (seconds(figures.reply_quantiles_seconds.p90)) }
                td { (seconds(figures.reply_quantiles_seconds.p99)) }
                td { (Unit::Seconds.show(figures.first_reply_seconds)) }
                td { (seconds(figures.first_reply_quantiles_seconds.p90)) }
            } } }
        } }
    }
}

fn agents(groups: &[(String, AgentResults)], all: &AgentResults) -> Markup {
    let row = |name: &str, figures: &AgentResults| {
        html! { tr {
            th scope="row" { (name) }
            td { (Unit::Average("agents").show(figures.present)) }
            td { (Unit::Share.show(figures.occupancy)) }
            td { (Unit::Average("contacts").show(figures.contacts_held)) }
        } }
    };
    html! {
        div.wide { table {
            thead { tr { th { "group" } th { "signed in at a time" } th { "with a contact" } th { "contacts held by each" } } }
            tbody {
                @for (name, figures) in groups { (row(name, figures)) }
                @if groups.len() > 1 { (row("all", all)) }
            }
        } }
    }
}
