//! The text form of a requirement.

/// Where and why a text is not a requirement.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("at character {at}: {why}")]
pub struct RequirementError {
    /// Characters before the place, counted from 1.
    pub at: usize,
    /// What was wrong there, and what would be right.
    pub why: String,
}
