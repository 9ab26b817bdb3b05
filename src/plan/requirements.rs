//! Requirements in text, with the names of a plan.

use super::Plan;
use crate::nearest::{hint, shown};
use crate::requirement::{Requirement, RequirementError};

impl Plan {
    /// Reads the text form of a requirement with this plan's skills; see [`Requirement::parse`].
    ///
    /// # Errors
    /// Points at the character; a skill that is not in the plan is answered with the nearest one that is.
    /// A requirement beyond the plan's limits is refused.
    pub fn requirement(&self, text: &str) -> Result<Requirement, RequirementError> {
        let skill = |name: &str| {
            self.find_skill(name).ok_or_else(|| {
                let hint = hint(name, "skills", self.skills().iter().map(|skill| &**skill));
                format!("there is no skill `{}`; {hint}", shown(name))
            })
        };
        let requirement = Requirement::parse(text, skill)?;
        match self.limits().too_large(&requirement) {
            None => Ok(requirement),
            Some(why) => Err(RequirementError { at: 1, why }),
        }
    }
}
