//! Customers: what a plan says of remembering them, and of who had them last.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// What is remembered of customers whose contacts carry a [`CustomerId`](crate::CustomerId).
///
/// ```
/// # use cordboard::{Customers, Plan, Span};
/// let plan = Plan::builder()
///     .customers(Customers { limit: 50_000, remember: Span::from_mins(24 * 60), ..Customers::default() })
///     .build()?;
/// assert_eq!(plan.customers().repeat_within, Span::from_mins(7 * 24 * 60));
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Customers {
    /// Most customers that are remembered at once. Those without a contact are forgotten first, the longest without first;
    /// those with one never.
    pub limit: u32,
    /// How long a customer without a contact is remembered.
    pub remember: Span,
    /// A contact that arrives so soon after one of the same customer was completed is a repeat.
    pub repeat_within: Span,
}

impl Default for Customers {
    fn default() -> Self {
        const DAY: u64 = 24 * 60;
        Self { limit: 1_000_000, remember: Span::from_mins(30 * DAY), repeat_within: Span::from_mins(7 * DAY) }
    }
}

/// A queue's rule for customers who come again: the agent who had them last is waited for alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Affinity {
    /// How long ago the agent may have had the customer; one who still has a contact of the customer always counts.
    pub within: Span,
    /// How long that agent is waited for alone; then anybody. 0 asks once, [`Span::MAX`] waits for ever.
    pub wait: Span,
}
