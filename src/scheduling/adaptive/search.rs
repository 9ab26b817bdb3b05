//! The best rule of the family for a team that is too large to be solved.

use super::super::SchedulingRule;
use super::super::pool::BlendedPool;

pub(super) fn best_rule(_pool: &BlendedPool) -> SchedulingRule {
    SchedulingRule { reserve: 1, unless_waiting: 1, drain: 1, ..SchedulingRule::PACK }
}
