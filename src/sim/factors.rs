//! What makes the same work take longer: a less proficient agent, a tired hour.

use crate::id::SkillId;
use crate::time::{Span, Timestamp};

use super::scenario::Scenario;

/// By what the handling time of a stream's contacts is multiplied when work on one begins.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Factors {
    /// By how proficient the agent is.
    pub by_skill: Option<BySkill>,
    /// By when it is.
    pub by_time: Option<ByTime>,
}

/// A factor for levels of a skill: straight lines between the points, and level beyond them.
#[derive(Clone, PartialEq, Debug)]
pub struct BySkill {
    /// Which skill; who does not have it has level 0.
    pub skill: SkillId,
    /// (level, factor), levels ascending; at least one.
    pub points: Vec<(u8, f64)>,
}

/// Factors for equal intervals from time 0, over and over.
#[derive(Clone, PartialEq, Debug)]
pub struct ByTime {
    /// How long each is, above 0.
    pub interval: Span,
    /// One for each; at least one.
    pub factors: Vec<f64>,
}

impl BySkill {
    /// The factor at a level.
    ///
    /// ```
    /// use cordboard::{SkillId, sim::BySkill};
    /// let billing = BySkill { skill: SkillId(0), points: vec![(20, 1.5), (80, 0.9)] };
    /// assert_eq!([0, 20, 80, 100].map(|level| billing.at(level)), [1.5, 1.5, 0.9, 0.9]);
    /// assert!((billing.at(50) - 1.2).abs() < 1e-12);
    /// ```
    pub fn at(&self, level: u8) -> f64 {
        let above = self.points.partition_point(|point| point.0 <= level);
        match (above.checked_sub(1).and_then(|below| self.points.get(below)), self.points.get(above)) {
            (Some(&(low, from)), Some(&(high, to))) => {
                from + (to - from) * f64::from(level - low) / f64::from(high - low)
            }
            (Some(&(_, factor)), None) | (None, Some(&(_, factor))) => factor,
            (None, None) => 1.0,
        }
    }
}

impl ByTime {
    /// The factor at an instant.
    pub fn at(&self, at: Timestamp) -> f64 {
        let place = at.0 / self.interval.0.max(1) % self.factors.len().max(1) as u64;
        self.factors.get(place as usize).copied().unwrap_or(1.0)
    }
}

/// The factors of one stream's work, in the hands of every agent.
pub(super) struct Effort<'s> {
    by_agent: Vec<f64>,
    by_time: Option<&'s ByTime>,
}

impl<'s> Effort<'s> {
    /// `None` if work always takes what it takes.
    pub(super) fn new(scenario: &'s Scenario, factors: &'s Factors) -> Option<Self> {
        let by_agent = factors.by_skill.as_ref().map_or_else(Vec::new, |by_skill| {
            let groups = scenario.plan().groups().iter().zip(&scenario.staffing);
            let levels = groups.flat_map(|(group, staffing)| {
                (0..staffing.agents())
                    .map(|member| staffing.skills(member).unwrap_or(&group.skills).level(by_skill.skill))
            });
            levels.map(|level| by_skill.at(level)).collect()
        });
        let by_time = factors.by_time.as_ref();
        (!by_agent.is_empty() || by_time.is_some()).then_some(Self { by_agent, by_time })
    }

    pub(super) fn factor(&self, agent: usize, at: Timestamp) -> f64 {
        self.by_agent.get(agent).copied().unwrap_or(1.0) * self.by_time.map_or(1.0, |by_time| by_time.at(at))
    }
}
