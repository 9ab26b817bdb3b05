//! Customers, in plans made in code.

use super::super::document::{Table, Value};
use super::{PlanBuilder, QueueBuilder, offer, span};
use crate::customer::{Affinity, Customers};

impl PlanBuilder {
    /// What is remembered of customers.
    pub fn customers(mut self, customers: Customers) -> Self {
        let entries = [
            ("limit", Value::Whole(customers.limit.into())),
            ("remember", span(customers.remember)),
            ("repeat_within", span(customers.repeat_within)),
        ];
        *self.root.entry("customers") = Value::Table(Table(entries.map(|(key, value)| (key.to_owned(), value)).into()));
        self
    }
}

impl QueueBuilder {
    /// Who comes again waits for the agent who had the customer last. Default no.
    pub fn affinity(mut self, affinity: Affinity) -> Self {
        let rule = vec![("within".to_owned(), span(affinity.within)), ("wait".to_owned(), offer(affinity.wait))];
        *self.0.entry("affinity") = Value::Table(Table(rule));
        self
    }
}
