//! The scheduler, in plans made in code.

use super::super::document::{Table, Value};
use super::{PlanBuilder, QueueBuilder, span};
use crate::time::Span;

impl PlanBuilder {
    /// How agents who take both calls and chats are shared between them: a [`SchedulingPolicy`](crate::SchedulingPolicy) as it is
    /// written, such as `"work-conserving"`. Default `"adaptive"`.
    pub fn scheduler(mut self, policy: &str) -> Self {
        *self.root.table("scheduler").entry("policy") = Value::Text(policy.to_owned());
        self
    }

    /// The longest that a contact is held back by the scheduler. Default 30 minutes.
    pub fn longest_hold(mut self, hold: Span) -> Self {
        *self.root.table("scheduler").entry("hold") = span(hold);
        self
    }
}

impl QueueBuilder {
    /// What a minute of waiting and a loss of a contact of this channel are worth, in any one unit. Default: by its service target.
    pub fn cost(mut self, channel: &str, hold_per_minute: f64, lost: f64) -> Self {
        let worth = vec![
            ("hold_per_minute".to_owned(), Value::Number(hold_per_minute)),
            ("lost".to_owned(), Value::Number(lost)),
        ];
        *self.0.table("costs").entry(channel) = Value::Table(Table(worth));
        self
    }
}
