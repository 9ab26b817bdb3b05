//! Results as tables for people.

use std::io::{self, Write};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use cordboard::measure::Estimate;
use cordboard::sim::{ContactResults, Differences, Scenario};

use crate::compare::Compared;
use crate::simulate::{Reached, Timed};

/// Longer tables are only shown in full where asked for.
const MOST_ROWS: usize = 24;

/// Waits, service levels, abandonment and occupancy.
pub(crate) fn results(out: &mut impl Write, scenario: &Scenario, timed: &Timed, full: bool) -> io::Result<()> {
    let results = &timed.results;
    let name = if results.scenario.is_empty() { "Scenario" } else { &results.scenario };
    writeln!(out, "{name}: {} under {}, seed {}", replications(results.replications), results.policy, results.seed)?;
    if results.streams.len() > 1 {
        writeln!(out, "\nChannels")?;
        writeln!(out, "{}", contacts("channel", &results.channels, None))?;
    }
    let streams = scenario.streams().iter().zip(&results.streams);
    let met = streams.clone().filter(|(stream, (_, figures))| {
        let share = f64::from(stream.target().share_permille) / 1000.0;
        figures.service_level.mean.is_none_or(|level| level >= share)
    });
    let met = met.count();
    let targets = streams.map(|(stream, _)| target(stream.target()));
    writeln!(out, "\nStreams: {met} of {} meet their target", results.streams.len())?;
    if full || results.streams.len() <= MOST_ROWS {
        writeln!(out, "{}", contacts("stream", &results.streams, Some(targets.collect())))?;
    } else {
        writeln!(out, "(--full shows each)")?;
    }
    if results.streams.iter().any(|(_, figures)| figures.replies > 0) {
        writeln!(out, "\nConversations")?;
        writeln!(out, "{}", conversations(&results.streams))?;
    }
    writeln!(out, "\nAgents")?;
    let mut agents = new(&["group", "present", "occupancy", "contacts held"]);
    let groups = results.agents.len();
    let shown = if full || groups <= MOST_ROWS { results.agents.iter().as_slice() } else { &[] };
    let all = format!("all {groups} groups");
    let all = (groups > 1).then_some((&all, &results.all_agents));
    for (name, group) in shown.iter().map(|(name, group)| (name, group)).chain(all) {
        let held = number(group.contacts_held, 2);
        agents.add_row([name.clone(), number(group.present, 1), percent(group.occupancy), held]);
    }
    writeln!(out, "{}", right_aligned(agents))?;
    if scenario.streams().iter().any(|stream| stream.cost() != cordboard::sim::Cost::default()) {
        writeln!(out, "\nCost per minute: {}", number(results.cost_per_minute, 3))?;
    }
    if let Some(batches) = &results.batches {
        let length = seconds(Some(batches.seconds));
        writeln!(out, "\nIntervals are by {} parts of the measured time, {length} each.", batches.count)?;
        for (figure, correlation) in &batches.correlated {
            writeln!(
                out,
                "Neighbouring parts have {figure} in common (correlation {correlation:.2}): its interval is too narrow; measure for longer, or in fewer parts."
            )?;
        }
    }
    if let Some(reached) = &timed.precision {
        writeln!(out, "\n{}", precision(reached, results.replications))?;
    }
    let rate = results.commands as f64 / timed.wall_seconds.max(1e-9) / 1e6;
    writeln!(
        out,
        "\n{} commands, {} events in {:.2} s ({rate:.2} million commands/s), digest {}",
        thousands(results.commands),
        thousands(results.events),
        timed.wall_seconds,
        results.digest
    )
}

/// Every policy's figures by channel, then the differences from the first.
pub(crate) fn comparison(
    out: &mut impl Write,
    scenario: &Scenario,
    policies: &[Timed],
    comparisons: &[Compared],
) -> io::Result<()> {
    let costs = scenario.streams().iter().any(|stream| stream.cost() != cordboard::sim::Cost::default());
    for timed in policies {
        let results = &timed.results;
        writeln!(out, "{}: {}", results.policy, replications(results.replications))?;
        writeln!(out, "{}", contacts("stream", &results.streams, None))?;
        if costs {
            writeln!(out, "Cost per minute: {}", number(results.cost_per_minute, 3))?;
        }
        writeln!(out)?;
    }
    for Compared { comparison, precision: reached } in comparisons {
        writeln!(
            out,
            "{} less {}, paired; * where the 95 % interval leaves out 0",
            comparison.policy, comparison.against
        )?;
        let mut table = new(&["stream", "figure", "difference"]);
        for Differences { name, differences } in &comparison.streams {
            for (figure, estimate) in differences.iter().filter(|(_, estimate)| estimate.mean.is_some()) {
                let star = if estimate.is_significant() { " *" } else { "" };
                table.add_row([name.clone(), (*figure).to_owned(), format!("{}{star}", number(*estimate, 4))]);
            }
        }
        if costs {
            let estimate = comparison.cost_per_minute;
            let star = if estimate.is_significant() { " *" } else { "" };
            table.add_row(["all".to_owned(), "cost_per_minute".to_owned(), format!("{}{star}", number(estimate, 4))]);
        }
        writeln!(out, "{table}\n")?;
        if let (Some(reached), Some(first)) = (reached, policies.first()) {
            writeln!(out, "Difference of {}\n", precision(reached, first.results.replications))?;
        }
    }
    Ok(())
}

/// What came of `--precision`.
fn precision(reached: &Reached, count: u32) -> String {
    let (of, figure) = (&reached.of, number(reached.estimate, 5));
    let met = if reached.met { "as precise as asked" } else { "not as precise as asked: --at-most ended it" };
    format!("{of}: {figure}, {met}, after {}", replications(count))
}

/// A row for each; who came again, who balked and who was called back in vain have a column where there are any.
fn contacts(what: &str, rows: &[(String, ContactResults)], targets: Option<Vec<String>>) -> Table {
    let any = |count: fn(&ContactResults) -> u64| rows.iter().any(|(_, contact)| count(contact) > 0);
    let (again, balked) = (any(|contact| contact.retrials), any(|contact| contact.balked));
    let unreached = any(|contact| contact.unreached);
    let mut header = vec![what, "offered"];
    header.extend(again.then_some("came again"));
    header.push("answered");
    header.extend(unreached.then_some("in vain"));
    header.push("abandoned");
    header.extend(balked.then_some("balked"));
    header.push("service level");
    header.extend(targets.is_some().then_some("target"));
    header.extend(["mean wait", "p90", "p99", "delayed", "waiting", "in service", "occupancy"]);
    let mut table = new(&header);
    for (at, (name, contact)) in rows.iter().enumerate() {
        let quantiles = contact.wait_quantiles_seconds;
        let mut row = vec![name.clone(), thousands(contact.offered)];
        row.extend(again.then(|| thousands(contact.retrials)));
        row.push(thousands(contact.answered));
        row.extend(unreached.then(|| thousands(contact.unreached)));
        row.push(percent(contact.abandon_share));
        row.extend(balked.then(|| thousands(contact.balked)));
        row.push(percent(contact.service_level));
        row.extend(targets.as_ref().and_then(|targets| targets.get(at)).cloned());
        row.extend([
            seconds(contact.wait_seconds.mean),
            seconds(quantiles.p90),
            seconds(quantiles.p99),
            percent(contact.delayed_share),
            number(contact.queue_length, 1),
            number(contact.in_service, 1),
            percent(contact.occupancy),
        ]);
        table.add_row(row);
    }
    right_aligned(table)
}

/// Streams that are conversations.
fn conversations(rows: &[(String, ContactResults)]) -> Table {
    let mut table =
        new(&["stream", "completed", "an agent's hour", "replies", "mean reply", "p90", "p99", "first reply", "p90"]);
    for (name, contact) in rows.iter().filter(|(_, contact)| contact.replies > 0) {
        let (all, first) = (contact.reply_quantiles_seconds, contact.first_reply_quantiles_seconds);
        table.add_row([
            name.clone(),
            thousands(contact.completed),
            number(contact.completed_per_agent_hour, 1),
            thousands(contact.replies),
            seconds(contact.reply_seconds.mean),
            seconds(all.p90),
            seconds(all.p99),
            seconds(contact.first_reply_seconds.mean),
            seconds(first.p90),
        ]);
    }
    right_aligned(table)
}

/// A table with this header.
pub(crate) fn new(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header.iter().copied());
    table
}

/// Every column but the first is figures.
pub(crate) fn right_aligned(mut table: Table) -> Table {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn replications(count: u32) -> String {
    if count == 1 { "1 replication".to_owned() } else { format!("{count} replications (± half of the 95 % interval)") }
}

pub(crate) fn target(target: cordboard::Target) -> String {
    let share = f64::from(target.share_permille) / 10.0;
    format!("{share}% in {}", target.within)
}

/// `12.3%`, with the half-width where there is one.
pub(crate) fn percent(estimate: Estimate) -> String {
    match (estimate.mean, estimate.half_width) {
        (None, _) => "–".to_owned(),
        (Some(mean), None) => format!("{:.1}%", 100.0 * mean),
        (Some(mean), Some(half)) => format!("{:.1}% ± {:.1}", 100.0 * mean, 100.0 * half),
    }
}

pub(crate) fn number(estimate: Estimate, decimals: usize) -> String {
    match (estimate.mean, estimate.half_width) {
        (None, _) => "–".to_owned(),
        (Some(mean), None) => format!("{mean:.decimals$}"),
        (Some(mean), Some(half)) => format!("{mean:.decimals$} ± {half:.decimals$}"),
    }
}

/// A wait, in the unit that suits it.
pub(crate) fn seconds(seconds: Option<f64>) -> String {
    match seconds {
        None => "–".to_owned(),
        Some(seconds) if seconds < 120.0 => format!("{seconds:.1} s"),
        Some(seconds) if seconds < 7200.0 => format!("{:.1} min", seconds / 60.0),
        Some(seconds) => format!("{:.1} h", seconds / 3600.0),
    }
}

/// `1,234,567`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        let shown: Vec<String> = [0, 12, 999, 1000, 1_234_567].map(thousands).to_vec();
        assert_eq!(shown, ["0", "12", "999", "1,000", "1,234,567"]);
        let shown: Vec<String> = [Some(3.04), Some(119.9), Some(120.0), Some(9000.0), None].map(seconds).to_vec();
        assert_eq!(shown, ["3.0 s", "119.9 s", "2.0 min", "2.5 h", "–"]);
        let share = Estimate { mean: Some(0.8049), half_width: Some(0.0101) };
        assert_eq!((percent(share), percent(Estimate::default())), ("80.5% ± 1.0".to_owned(), "–".to_owned()));
    }
}
