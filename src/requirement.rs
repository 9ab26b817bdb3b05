//! Requirements: predicates over an agent's skills.

mod parse;
mod print;
mod read;

pub use parse::RequirementError;

use serde::{Deserialize, Deserializer, Serialize};

use crate::id::SkillId;

/// What an agent can do, and how well: proficiency 1–100 per skill, 0 for a skill not held.
///
/// ```
/// # use cordboard::{Skills, SkillId};
/// let skills = Skills::from_iter([(SkillId(3), 80), (SkillId(1), 20)]);
/// assert_eq!((skills.level(SkillId(3)), skills.level(SkillId(2))), (80, 0));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Skills(#[serde(deserialize_with = "in_order")] Vec<(SkillId, u8)>);

impl Skills {
    /// The proficiency in `skill`, 0 if not held. O(log n) in the skills held.
    pub fn level(&self, skill: SkillId) -> u8 {
        self.0.binary_search_by_key(&skill, |&(id, _)| id).map_or(0, |at| self.0[at].1)
    }

    /// The skills held, by ascending id.
    pub fn iter(&self) -> impl Iterator<Item = (SkillId, u8)> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<(SkillId, u8)> for Skills {
    /// Later entries replace earlier ones of the same skill; level 0 means not held; levels above 100 count as 100.
    fn from_iter<I: IntoIterator<Item = (SkillId, u8)>>(entries: I) -> Self {
        let mut held: Vec<(SkillId, u8)> = entries.into_iter().map(|(skill, level)| (skill, level.min(100))).collect();
        // Of equal skills the last comes first, and stays.
        held.reverse();
        held.sort_by_key(|&(skill, _)| skill);
        held.dedup_by_key(|&mut (skill, _)| skill);
        held.retain(|&(_, level)| level > 0);
        Self(held)
    }
}

/// Whoever wrote them, what is read back is sorted and within bounds.
fn in_order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(SkillId, u8)>, D::Error> {
    Vec::deserialize(deserializer).map(|entries: Vec<(SkillId, u8)>| Skills::from_iter(entries).0)
}

/// A predicate over skills. Its text form is read by [`Plan::requirement`](crate::Plan::requirement).
///
/// ```
/// use cordboard::{Plan, Requirement, Skills};
///
/// let plan = Plan::builder().skill("billing").skill("es").skill("pt").build()?;
/// let needs = plan.requirement("billing >= 50 and (es or pt >= 20) and prefer(es >= 80)")?;
/// let skills = |levels: [u8; 3]| plan.skills().iter().zip(levels).map(|(name, level)| (plan.find_skill(name).unwrap(), level)).collect::<Skills>();
/// let (native, learner, other) = (skills([60, 90, 0]), skills([60, 0, 40]), skills([60, 0, 10]));
/// assert!(needs.admits(&native) && needs.admits(&learner) && !needs.admits(&other));
/// assert_eq!((needs.unmet_preferences(&native), needs.unmet_preferences(&learner)), (0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize)]
pub enum Requirement {
    /// Every agent will do.
    #[default]
    Anyone,
    /// Proficiency of at least `level` (1–100) in `skill`.
    AtLeast {
        /// The skill asked for.
        skill: SkillId,
        /// The least proficiency that will do.
        level: u8,
    },
    /// All of these hold.
    All(Box<[Requirement]>),
    /// At least one of these holds.
    Any(Box<[Requirement]>),
    /// This does not hold.
    Not(Box<Requirement>),
    /// Agents for whom this holds are asked first; the others will do.
    Prefer(Box<Requirement>),
}

impl Requirement {
    /// Whether an agent with `skills` will do. O(size of the predicate × log of the skills held).
    pub fn admits(&self, skills: &Skills) -> bool {
        match self {
            Self::Anyone | Self::Prefer(_) => true,
            Self::AtLeast { skill, level } => skills.level(*skill) >= *level,
            Self::All(parts) => parts.iter().all(|part| part.admits(skills)),
            Self::Any(parts) => parts.iter().any(|part| part.admits(skills)),
            Self::Not(part) => !part.admits(skills),
        }
    }

    /// How many of the `prefer` parts an agent with `skills` fails; those who fail fewer are asked first.
    pub fn unmet_preferences(&self, skills: &Skills) -> u32 {
        match self {
            Self::Anyone | Self::AtLeast { .. } | Self::Not(_) => 0,
            Self::Prefer(part) => u32::from(!part.admits(skills)),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(|part| part.unmet_preferences(skills)).sum(),
        }
    }

    /// The proficiency that `best-skilled` and `least-skilled` compare: the sum over the skills asked for
    /// (those under `not` are not asked for).
    pub fn proficiency(&self, skills: &Skills) -> u32 {
        match self {
            Self::Anyone | Self::Not(_) => 0,
            Self::AtLeast { skill, .. } => u32::from(skills.level(*skill)),
            Self::Prefer(part) => part.proficiency(skills),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(|part| part.proficiency(skills)).sum(),
        }
    }

    /// Whether there is a `prefer` part anywhere.
    pub fn has_preferences(&self) -> bool {
        match self {
            Self::Anyone | Self::AtLeast { .. } | Self::Not(_) => false,
            Self::Prefer(_) => true,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_preferences),
        }
    }

    /// Every skill named, with repeats.
    pub fn skills(&self) -> Vec<SkillId> {
        match self {
            Self::Anyone => Vec::new(),
            Self::AtLeast { skill, .. } => vec![*skill],
            Self::Not(part) | Self::Prefer(part) => part.skills(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::skills).collect(),
        }
    }

    /// The number of nodes in the tree and its depth, which the plan's limits bound.
    pub fn size(&self) -> (usize, usize) {
        match self {
            Self::Anyone | Self::AtLeast { .. } => (1, 1),
            Self::Not(part) | Self::Prefer(part) => {
                let (nodes, depth) = part.size();
                (nodes + 1, depth + 1)
            }
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().map(Self::size).fold((1, 1), |(nodes, depth), (n, d)| (nodes + n, depth.max(d + 1)))
            }
        }
    }
}
