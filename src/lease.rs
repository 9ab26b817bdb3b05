//! Leases: for how long somebody of whom nothing is heard is taken to be there.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// The plan's leases of agents, so that nobody who closed the browser stays available.
///
/// ```
/// # use cordboard::{Leases, Plan, Span};
/// let plan = Plan::builder()
///     .leases(Leases { agent: Some(Span::from_secs(90)), ..Leases::default() })
///     .build()?;
/// assert_eq!(plan.leases().grace, Span::from_secs(60));
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Leases {
    /// An agent of whom nothing is heard for so long is lost; `None`: only when the host says so.
    pub agent: Option<Span>,
    /// How long a lost agent may come back; then it is signed out, and what it holds goes back to its queues.
    pub grace: Span,
}

impl Default for Leases {
    fn default() -> Self {
        Self { agent: None, grace: Span::from_secs(60) }
    }
}
