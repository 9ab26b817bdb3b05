//! The scheduler's policy, and what contacts are worth to it.

use super::super::reading::Entry;
use super::Draft;
use crate::plan::document::Value;
use crate::scheduling::{Cost, Scheduler, SchedulingPolicy};

/// Policies of a whole scenario, which the simulator reads and puts in force itself.
const OF_SCENARIO: [&str; 2] = ["agents:", "preset:"];

pub(super) fn scheduler(entry: &Entry<'_>) -> Scheduler {
    let default = Scheduler::default();
    let Some(section) = entry.clone().such_as("{ policy = \"adaptive\", hold = \"30m\" }").section() else {
        return default;
    };
    let policy = section.get("policy");
    let policy = if is_of_scenario(&policy) {
        Some(SchedulingPolicy::WorkConserving)
    } else {
        let text = policy.text("the name of a policy, such as \"adaptive\" or \"work-conserving\"");
        text.and_then(|text| text.parse().map_err(|why| policy.problem(format!("{why}"))).ok())
    };
    Scheduler {
        policy: policy.unwrap_or(default.policy),
        hold: section.get("hold").some_span().unwrap_or(default.hold),
    }
}

/// Whether an entry names a policy that a scenario may have and a plan may not.
pub(crate) fn is_of_scenario(policy: &Entry<'_>) -> bool {
    matches!(policy.value(), Some(Value::Text(text)) if OF_SCENARIO.iter().any(|prefix| text.starts_with(prefix)))
}

impl Draft {
    /// What contacts of each channel are worth.
    pub(super) fn costs(&self, entry: &Entry<'_>) -> Vec<Option<Cost>> {
        let mut costs = Vec::new();
        for (name, entry) in entry.names() {
            let channel = self.channel_named(name, &entry, &[]);
            let section = entry.such_as("{ hold_per_minute = 3.0, lost = 6.0 }").section();
            if let (Some(channel), Some(section)) = (channel, section) {
                let worth = |key| {
                    let entry = section.get(key).or_missing("what it is worth, such as 3.0");
                    entry
                        .number(0.0..=f64::from(Cost::MOST) / 1000.0)
                        .map_or(0, |worth| (worth * 1000.0).round() as u32)
                };
                costs.resize(self.channels.len(), None);
                costs[usize::from(channel.0)] =
                    Some(Cost { hold_per_minute: worth("hold_per_minute"), lost: worth("lost") });
            }
        }
        costs
    }
}
