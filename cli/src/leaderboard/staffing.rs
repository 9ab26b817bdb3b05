//! The least number of agents with whom each policy meets every service target.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cordboard::PlanDocument;
use cordboard::measure::Estimate;
use cordboard::sim::{Outcome, Policy};
use serde::{Deserialize, Serialize};

use super::entrants::Field;
use super::{Run, progress};
use crate::failure::Failure;
use crate::{input, table};

/// The scenario whose agents are counted, in the folder of scenarios.
const FILE: &str = "blended-centre.toml";
/// The search gives up at so many times the agents of the scenario.
const MOST: u32 = 8;

/// What came of the search.
#[derive(Serialize, Deserialize)]
pub(super) struct Staffing {
    pub(super) scenario: String,
    pub(super) replications: u32,
    pub(super) minutes: u32,
    /// By stream, as `80% in 20s`.
    pub(super) targets: Vec<(String, String)>,
    /// With how many the search gives up.
    pub(super) most: u32,
    /// Fewest agents first.
    pub(super) rows: Vec<Row>,
    /// Not run: see [`Field`].
    pub(super) aside: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) policy: String,
    pub(super) alike: Vec<String>,
    /// The least number; `None`: more than the most that are tried.
    pub(super) agents: Option<u32>,
    /// The service level of each stream with so many (or the most).
    pub(super) levels: Vec<Estimate>,
    /// With one fewer, which is too few; none where one agent is enough.
    pub(super) with_one_fewer: Vec<Estimate>,
    /// Of every event with so many agents.
    #[serde(skip)]
    digest: u64,
}

impl Row {
    /// Whether every event is the same: both decide alike here, whatever their rules.
    fn is_as(&self, other: &Self) -> bool {
        (self.agents, self.digest) == (other.agents, other.digest)
    }
}

/// What came of so many agents.
struct Tried {
    levels: Vec<Estimate>,
    digest: u64,
}

/// A scenario whose agents are counted.
struct Centre<'r> {
    run: &'r Run,
    path: PathBuf,
    document: PlanDocument,
    group: String,
    /// Of each stream, the share to be answered in time.
    wanted: Vec<f64>,
}

pub(super) fn run(run: &Run) -> Result<Staffing, Failure> {
    let path = run.scenarios.join(FILE);
    let short = format!("horizon = \"{}m\"\nreplications = {}", (run.minutes / 10).max(1), run.replications);
    let short = PlanDocument::from_toml(&short).map_err(|why| Failure::Run(why.to_string()))?;
    let document = input::document(&path)?.with(&short);
    let scenario = input::check(&document, &path)?.with_batches(0);
    let Some(group) = scenario.plan().groups().first() else {
        return Err(Failure::Input(format!("{}: there is no group whose agents could be counted", path.display())));
    };
    let staffed = scenario.plan().find_group(&group.name).map_or(1, |group| scenario.agents(group)).max(1);
    let staffed = u32::try_from(staffed).unwrap_or(u32::MAX);
    let field = Field::of(&run.policies, std::slice::from_ref(&scenario));
    let wanted = scenario.streams().iter().map(|stream| f64::from(stream.target().share_permille) / 1000.0).collect();
    let centre = Centre { run, path, document, group: group.name.to_string(), wanted };
    let most = staffed.saturating_mul(MOST);
    let mut rows: Vec<Row> = Vec::new();
    let mut near = staffed;
    for entrant in field.entrants {
        let row = centre.least(&entrant.policy, entrant.alike, near, most)?;
        near = row.agents.unwrap_or(near);
        match rows.iter_mut().find(|known| known.is_as(&row)) {
            Some(known) => known.alike.extend(std::iter::once(row.policy).chain(row.alike)),
            None => rows.push(row),
        }
    }
    rows.sort_by_key(|row| row.agents.unwrap_or(u32::MAX));
    let targets = scenario.streams().iter().map(|stream| (stream.name.clone(), table::target(stream.target())));
    Ok(Staffing {
        scenario: scenario.name().to_owned(),
        replications: run.replications,
        minutes: (run.minutes / 10).max(1),
        targets: targets.collect(),
        most,
        rows,
        aside: field.aside,
    })
}

impl Centre<'_> {
    /// Begins at `near` and goes on in doubled strides until one number is enough and a smaller one is not; halves what is
    /// between until they are neighbours.
    fn least(&self, policy: &Policy, alike: Vec<String>, near: u32, most: u32) -> Result<Row, Failure> {
        let mut known: BTreeMap<u32, Tried> = BTreeMap::new();
        let mut enough = |agents: u32| -> Result<bool, Failure> {
            let tried = self.with(policy, agents)?;
            let met = self.met(&tried.levels);
            known.insert(agents, tried);
            Ok(met)
        };
        let least = search(near, most, &mut enough)?;
        let at = |agents: u32| known.get(&agents).map_or_else(Vec::new, |tried| tried.levels.clone());
        let shown = least.unwrap_or(most);
        Ok(Row {
            policy: policy.to_string(),
            alike,
            agents: least,
            levels: at(shown),
            with_one_fewer: least.map_or_else(Vec::new, |agents| at(agents - 1)),
            digest: known.get(&shown).map_or(0, |tried| tried.digest),
        })
    }

    fn met(&self, levels: &[Estimate]) -> bool {
        levels.iter().zip(&self.wanted).all(|(level, wanted)| level.mean.is_none_or(|mean| mean >= *wanted))
    }

    fn with(&self, policy: &Policy, agents: u32) -> Result<Tried, Failure> {
        let key = serde_json::to_string(&self.group)?;
        let change = PlanDocument::from_toml(&format!("agents.{key}.count = {agents}"));
        let change = change.map_err(|why| Failure::Run(why.to_string()))?;
        let scenario = input::check(&self.document.with(&change), &self.path)?.with_batches(0);
        let outcome: Outcome = progress(&scenario, policy, self.run.threads)?;
        let levels = outcome.results().streams.iter().map(|(_, figures)| figures.service_level).collect();
        Ok(Tried { levels, digest: outcome.digest() })
    }
}

/// The least number from 1 to `most` that is enough, if enough stays enough with more; one fewer has been tried and is not.
fn search<E>(near: u32, most: u32, mut enough: impl FnMut(u32) -> Result<bool, E>) -> Result<Option<u32>, E> {
    // Nobody is never enough.
    let (mut few, mut many) = (0, None);
    let (mut next, mut stride) = (near.clamp(1, most.max(1)), 1);
    while many.is_none() || many.is_some_and(|many| many - few > 1) {
        if enough(next)? {
            many = Some(next);
        } else if next >= most {
            return Ok(None);
        } else {
            few = next;
        }
        next = match many {
            None => next.saturating_add(stride).min(most),
            Some(many) if few == 0 && many > stride => many - stride,
            Some(many) => few + (many - few) / 2,
        };
        stride = stride.saturating_mul(2);
    }
    Ok(many)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::convert::Infallible;

    #[test]
    fn the_least_is_found_from_anywhere_and_its_neighbour_was_tried() {
        for least in 1..70 {
            for near in [0, 1, 2, 7, 25, 64, 500] {
                let mut tried = BTreeSet::new();
                let found = search(near, 64, |agents| {
                    assert!((1..=64).contains(&agents) && tried.insert(agents), "{agents} again");
                    Ok::<_, Infallible>(agents >= least)
                });
                assert_eq!(found, Ok((least <= 64).then_some(least)), "from {near}");
                assert!(least == 1 || tried.contains(&least.min(65).saturating_sub(1)), "{least} from {near}");
                assert!(tried.len() <= 14, "{least} from {near}: {tried:?}");
            }
        }
    }
}
