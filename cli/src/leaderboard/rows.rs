//! The leaderboard as rows of a CSV file: one for each figure.

use std::path::Path;

use cordboard::measure::Estimate;

use super::Board;
use crate::failure::Failure;

const COLUMNS: [&str; 6] = ["part", "case", "policy", "figure", "mean", "half_width"];

pub(super) fn write(path: &Path, board: &Board) -> Result<(), Failure> {
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    let mut row = |part: &str, case: &str, policy: &str, figure: &str, of: Estimate| {
        let [mean, half] =
            [of.mean, of.half_width].map(|value| value.map_or_else(String::new, |value| value.to_string()));
        rows.push([part, case, policy, figure].map(str::to_owned).into_iter().chain([mean, half]).collect::<Vec<_>>());
    };
    if let Some(pools) = board.pools.as_ref().map(|ran| &ran.results) {
        for one in &pools.rows {
            row("pools", "all", &one.policy, "cost_over_optimum", one.mean);
            row("pools", "all", &one.policy, "cost_over_optimum_less_adaptive", one.less_ours);
            for (pool, of) in pools.pools.iter().zip(&one.by_pool) {
                row("pools", &pool.name, &one.policy, "cost_over_optimum", *of);
            }
        }
    }
    for board in board.scenarios.iter().flat_map(|ran| &ran.results) {
        for one in &board.rows {
            row("scenarios", &board.file, &one.policy, "cost_per_minute", one.cost_per_minute);
            row("scenarios", &board.file, &one.policy, "cost_per_minute_less_adaptive", one.less_ours);
            for channel in &one.channels {
                let figure = |name: &str| format!("{}.{name}", channel.name);
                row("scenarios", &board.file, &one.policy, &figure("service_level"), channel.service_level);
                row("scenarios", &board.file, &one.policy, &figure("abandon_share"), channel.abandon_share);
            }
        }
    }
    if let Some(staffing) = board.staffing.as_ref().map(|ran| &ran.results) {
        for one in &staffing.rows {
            let agents = Estimate { mean: one.agents.map(f64::from), half_width: None };
            row("staffing", &staffing.scenario, &one.policy, "agents", agents);
            for (what, levels) in
                [("service_level", &one.levels), ("service_level_with_one_fewer", &one.with_one_fewer)]
            {
                for ((stream, _), level) in staffing.targets.iter().zip(levels) {
                    row("staffing", &staffing.scenario, &one.policy, &format!("{stream}.{what}"), *level);
                }
            }
        }
    }
    let wrong = |why: &dyn std::fmt::Display| Failure::Run(format!("{}: {why}", path.display()));
    let mut writer = csv::Writer::from_path(path).map_err(|why| wrong(&why))?;
    for row in &rows {
        writer.write_record(row).map_err(|why| wrong(&why))?;
    }
    writer.flush().map_err(|why| wrong(&why))
}
