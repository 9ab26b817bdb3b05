//! Leases, in plans made in code.

use super::super::document::{Table, Value};
use super::{PlanBuilder, span};
use crate::lease::Leases;

impl PlanBuilder {
    /// For how long agents of whom nothing is heard are taken to be there. Default for ever.
    pub fn leases(mut self, leases: Leases) -> Self {
        let agent = leases.agent.map_or_else(|| Value::Text("none".to_owned()), span);
        let entries = vec![("agent".to_owned(), agent), ("grace".to_owned(), span(leases.grace))];
        *self.root.entry("leases") = Value::Table(Table(entries));
        self
    }
}
