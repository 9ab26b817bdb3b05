//! The leaderboard as a page: what it comes to in sentences, the tables, and how it was measured.

use std::fmt::Write;

use cordboard::measure::Estimate;

use super::entrants::{COMMON, OURS};
use super::pools::Pools;
use super::scenarios;
use super::staffing::{self, Staffing};
use super::{Board, Ran};
use crate::table;

pub(super) const POOLS_CHART: &str = "leaderboard-pools.svg";
pub(super) const STAFFING_CHART: &str = "leaderboard-staffing.svg";

/// What the names of presets begin with.
const PRESET: &str = "preset:";

/// The whole page, as markdown.
pub(super) fn of(board: &Board) -> String {
    let mut page = String::from("# Leaderboard\n\n");
    page += "Every policy that ships, and every preset of another engine, on the same contacts with the same needs: whoever does better here does it by deciding better.\n\n";
    let sentences = sentences(board);
    for (at, sentence) in sentences.iter().enumerate() {
        page += &if at == 0 { format!("**{sentence}**\n\n") } else { format!("{sentence}\n\n") };
    }
    page += "`cordboard leaderboard --out docs`, from the root of the repository, writes this page, its charts, and `leaderboard.json` and `leaderboard.csv` with every figure. \
        Every figure comes out the same, whatever the machine and the number of threads. `cordboard leaderboard --help` says how to run a part alone, other policies, or for longer.\n\n\
        ± is half of a 95 % interval over replications; * marks a difference whose interval leaves out 0. \
        All policies meet the same contacts (common random numbers), so differences are surer than the figures they are between. \
        Presets put another engine's choice of agents, order, and limits into force ([presets.md](presets.md)); those of telephone engines choose agents for chats here too, which the engines themselves may not do. \
        Simulated agents answer at once, so where everybody rings the first in the list has the contact. How the adaptive scheduler works is in [scheduling.md](scheduling.md).\n\n";
    if let Some(ran) = &board.staffing {
        agents(&mut page, &ran.results);
        page += &again(ran);
    }
    if let Some(ran) = &board.pools {
        small_pools(&mut page, &ran.results);
        page += &again(ran);
    }
    if let Some(ran) = &board.scenarios {
        page += "## Shipped scenarios\n\nThose of `examples/scenarios` that say what waiting and losing a contact costs: cost per minute, and how much more than under `adaptive`.\n\n";
        ran.results.iter().for_each(|board| scenario(&mut page, board));
        page += &again(ran);
    }
    page.truncate(page.trim_end().len());
    page + "\n"
}

/// What it comes to.
pub(super) fn sentences(board: &Board) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(ran) = &board.staffing {
        all.extend(on_agents(&ran.results));
        all.extend(on_engines(&ran.results));
    }
    all.extend(board.pools.as_ref().and_then(|ran| on_pools(&ran.results)));
    all
}

/// What a manager asks: how many fewer people?
fn on_agents(of: &Staffing) -> Option<String> {
    let ours = of.rows.iter().find(|row| row.policy == OURS)?;
    let targets: Vec<String> = of.targets.iter().map(|(name, target)| format!("{target} for {name}")).collect();
    // Rows are in the order of what they need, so the first of a kind is its best.
    let first = |of_kind: &dyn Fn(&str) -> bool| of.rows.iter().find(|row| of_kind(&row.policy));
    let split = |policy: &str| policy.starts_with("dedicated");
    let fixed = |policy: &str| policy != OURS && policy != COMMON && !split(policy) && !policy.starts_with(PRESET);
    let code = |row: &staffing::Row| code(&row.policy);
    let rivals = [
        first(&|policy| policy == COMMON).map(|row| (row, named(COMMON))),
        first(&split).map(|row| (row, format!("the best split into dedicated agents that was tried ({})", code(row)))),
        first(&fixed).map(|row| (row, format!("the best fixed rule that was tried ({})", code(row)))),
    ];
    let against = rivals.into_iter().flatten().map(|(row, name)| beside(ours.agents, row.agents, of.most, &name));
    let against = against.collect::<Vec<_>>().join("; ");
    let against = if against.is_empty() { against } else { format!(": {against}") };
    let needed = format!("{} needs {} agents", named(OURS), count(ours.agents, of.most));
    Some(format!("At equal service targets ({}) {needed}{against}.", targets.join(", ")))
}

/// How many fewer, or more, than a rival's.
fn beside(ours: Option<u32>, theirs: Option<u32>, most: u32, name: &str) -> String {
    match ours.zip(theirs) {
        Some((ours, theirs)) if ours == theirs => format!("as many as {name}"),
        Some((ours, theirs)) => {
            let part = 100.0 * (1.0 - f64::from(ours) / f64::from(theirs));
            let fewer = if part > 0.0 { "fewer" } else { "more" };
            format!("{:.0} % {fewer} than the {theirs} of {name}", part.abs())
        }
        None => format!("{} of {name}", count(theirs, most)),
    }
}

/// The same for the rules of other engines, those with most agents first.
fn on_engines(of: &Staffing) -> Option<String> {
    let mut by_need: Vec<(Option<u32>, Vec<&str>)> = Vec::new();
    for row in of.rows.iter().rev() {
        let names = std::iter::once(&row.policy).chain(&row.alike).filter_map(|name| name.strip_prefix(PRESET));
        match by_need.last_mut().filter(|(agents, _)| *agents == row.agents) {
            Some((_, known)) => known.extend(names),
            None => by_need.push((row.agents, names.collect())),
        }
    }
    let needs = by_need.iter().filter(|(_, names)| !names.is_empty());
    let needs: Vec<String> =
        needs.map(|(agents, names)| format!("{} under {}", count(*agents, of.most), names.join(", "))).collect();
    (!needs.is_empty()).then(|| format!("By the rules of other engines the same centre needs {}.", needs.join("; ")))
}

fn on_pools(of: &Pools) -> Option<String> {
    let ours = of.rows.iter().find(|row| row.policy == OURS)?;
    let costs = |row: &super::pools::Row| {
        format!(
            "{} costs {} times the least possible in the mean and {:.2} at worst",
            named(&row.policy),
            figure(row.mean, 3),
            row.worst()
        )
    };
    let common = of.rows.iter().find(|row| row.policy == COMMON).map(costs);
    let best = of.rows.iter().find(|row| row.policy != OURS && row.policy != COMMON).map(costs);
    let others: Vec<String> = best.map(|best| format!("of all others, {best}")).into_iter().chain(common).collect();
    let others = if others.is_empty() { String::new() } else { format!("; {}", others.join("; ")) };
    Some(format!("In {} small pools solved exactly {}{others}.", of.pools.len(), costs(ours)))
}

fn agents(page: &mut String, of: &Staffing) {
    let _ = write!(
        page,
        "## Agents that a centre needs\n\n![Agents needed under each policy](images/{STAFFING_CHART})\n\n\
         *{}*, whose agents take calls and chats: the least number of agents with whom the mean service level of {} replications of {} minutes meets every target. \
         \
         One agent fewer was tried too, and is too few (last columns). The search gives up at {} agents. The adaptive scheduler is told what waiting and losing contacts costs, and not the targets.\n\n",
        of.scenario, of.replications, of.minutes, of.most
    );
    let mut header = vec!["policy".to_owned(), "agents".to_owned(), format!("more than `{OURS}`")];
    header.extend(of.targets.iter().map(|(name, target)| format!("{name}, {target}")));
    header.extend(of.targets.iter().map(|(name, _)| format!("{name} with one fewer")));
    let ours = of.rows.iter().find(|row| row.policy == OURS).and_then(|row| row.agents);
    let rows = of.rows.iter().map(|row| {
        let more = row.agents.zip(ours).filter(|_| row.policy != OURS);
        let more = more.map_or_else(|| "–".to_owned(), |(theirs, ours)| signed(i64::from(theirs) - i64::from(ours)));
        let mut cells = vec![code(&row.policy), count(row.agents, of.most), more];
        let levels = |levels: &[Estimate]| {
            (0..of.targets.len())
                .map(|at| levels.get(at).map_or_else(|| "–".to_owned(), |level| table::percent(*level)))
                .collect::<Vec<_>>()
        };
        cells.extend(levels(&row.levels));
        cells.extend(levels(&row.with_one_fewer));
        cells
    });
    markdown(page, &header, rows);
    notes(page, of.rows.iter().map(|row| (&*row.policy, &*row.alike)), &of.aside);
}

fn small_pools(page: &mut String, of: &Pools) {
    let _ = write!(
        page,
        "## Small pools, beside the optimum\n\n![Cost of each policy over the optimum](images/{POOLS_CHART})\n\n\
         Two to six agents, each on one call or on up to so many chats, never both: eight small pools solved exactly. The least possible cost of each is computed here by policy iteration on its Markov chain (`cordboard::measure::BlendedPool`), \
         and each policy is simulated for {} replications of {} minutes. The mean is over the pools; 1 is the optimum; `worst` is the mean of the worst pool. The intervals of single pools are in the files.\n\n",
        of.replications, of.minutes
    );
    let mut header: Vec<String> = ["policy", "mean", "worst", "less `adaptive`"].map(str::to_owned).into();
    header.extend(of.pools.iter().map(|pool| pool.name.clone()));
    let optimum = ["*least cost a minute*", "", "", ""].map(str::to_owned).into_iter();
    let optimum = optimum.chain(of.pools.iter().map(|pool| format!("*{:.4}*", pool.optimum))).collect::<Vec<_>>();
    let rows = of.rows.iter().map(|row| {
        let less = if row.policy == OURS { "–".to_owned() } else { difference(row.less_ours, 3) };
        let mut cells = vec![code(&row.policy), figure(row.mean, 3), format!("{:.2}", row.worst()), less];
        cells.extend(
            row.by_pool.iter().map(|pool| pool.mean.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.3}"))),
        );
        cells
    });
    markdown(page, &header, std::iter::once(optimum).chain(rows));
    notes(page, of.rows.iter().map(|row| (&*row.policy, &*row.alike)), &of.aside);
}

fn scenario(page: &mut String, of: &scenarios::Board) {
    let _ = write!(page, "### {}\n\n`{}`, {} replications.\n\n", of.scenario, of.file, of.replications);
    let mut header: Vec<String> = ["policy", "cost a minute", "less `adaptive`"].map(str::to_owned).into();
    let channels = of.rows.first().map_or(&[][..], |row| &row.channels);
    header.extend(
        channels.iter().flat_map(|channel| [format!("{} in time", channel.name), format!("{} lost", channel.name)]),
    );
    let rows = of.rows.iter().map(|row| {
        let less = if row.policy == OURS { "–".to_owned() } else { difference(row.less_ours, 2) };
        let mut cells = vec![code(&row.policy), figure(row.cost_per_minute, 2), less];
        let shares = |channel: &scenarios::Channel| [channel.service_level, channel.abandon_share].map(table::percent);
        cells.extend(row.channels.iter().flat_map(shares));
        cells
    });
    markdown(page, &header, rows);
    notes(page, of.rows.iter().map(|row| (&*row.policy, &*row.alike)), &of.aside);
}

/// Who is not in the table, and why.
fn notes<'r>(page: &mut String, rows: impl Iterator<Item = (&'r str, &'r [String])>, aside: &[String]) {
    let list = |names: &[String]| names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ");
    let alike: Vec<String> = rows
        .filter(|(_, names)| !names.is_empty())
        .map(|(policy, names)| format!("as {}: {}", code(policy), list(names)))
        .collect();
    if !alike.is_empty() {
        let _ = write!(page, "Every event comes out alike here, {}.\n\n", alike.join("; "));
    }
    if !aside.is_empty() {
        let _ = write!(
            page,
            "Not comparable: {}. They give an agent on one contact another beside it that the scenario says is done after it, and the simulation, which knows no speed for both at once, would do each as fast as alone.\n\n",
            list(aside)
        );
    }
}

fn markdown(page: &mut String, header: &[String], rows: impl Iterator<Item = Vec<String>>) {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    *page += &line(header);
    *page += &format!("|---|{}\n", "---:|".repeat(header.len().saturating_sub(1)));
    rows.for_each(|cells| *page += &line(&cells));
    *page += "\n";
}

/// A policy as a reader knows it.
fn named(policy: &str) -> String {
    let words = match policy {
        OURS => "the adaptive scheduler",
        COMMON => "text to the least loaded agent",
        _ => return code(policy),
    };
    format!("{words} ({})", code(policy))
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

fn count(agents: Option<u32>, most: u32) -> String {
    agents.map_or_else(|| format!("more than {most}"), |agents| agents.to_string())
}

fn signed(number: i64) -> String {
    match number {
        0 => "0".to_owned(),
        below if below < 0 => format!("−{}", below.unsigned_abs()),
        above => format!("+{above}"),
    }
}

fn figure(of: Estimate, decimals: usize) -> String {
    table::number(of, decimals)
}

fn difference(of: Estimate, decimals: usize) -> String {
    let sign = if of.mean.is_some_and(|mean| mean < 0.0) { "−" } else { "+" };
    let size = Estimate { mean: of.mean.map(f64::abs), ..of };
    format!("{sign}{}{}", table::number(size, decimals), if of.is_significant() { " *" } else { "" })
}

/// How to have the same part again.
fn again<T>(of: &Ran<T>) -> String {
    let Ran { version, command, threads, wall_seconds, .. } = of;
    let threads = if *threads == 1 { "one thread".to_owned() } else { format!("{threads} threads") };
    format!("`{command}`, cordboard {version}: {} on {threads}.\n\n", duration(*wall_seconds))
}

/// To the minute, or to the second where it is short.
fn duration(seconds: f64) -> String {
    let seconds = seconds.ceil();
    if seconds < 120.0 { format!("{seconds:.0} s") } else { format!("{:.0} minutes", (seconds / 60.0).ceil()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_say_their_sign_and_whether_it_is_sure() {
        let of = |mean, half| Estimate { mean: Some(mean), half_width: Some(half) };
        assert_eq!(difference(of(-0.25, 0.125), 2), "−0.25 ± 0.12 *");
        assert_eq!(difference(of(0.25, 0.5), 1), "+0.2 ± 0.5");
        assert_eq!([0, 3, -2].map(signed), ["0", "+3", "−2"]);
        assert_eq!(beside(Some(20), Some(32), 99, "x"), "38 % fewer than the 32 of x");
        assert_eq!(beside(Some(21), Some(20), 99, "x"), "5 % more than the 20 of x");
        assert_eq!(beside(Some(20), Some(20), 99, "x"), "as many as x");
        assert_eq!(beside(Some(20), None, 99, "x"), "more than 99 of x");
        assert_eq!(duration(61.2), "62 s");
        assert_eq!(duration(361.0), "7 minutes");
    }
}
