//! Groups of agents.

use super::super::document::Value;
use super::super::reading::{Entry, Section};
use super::{Draft, short};
use crate::agent::{Group, Served};
use crate::id::{ProfileId, QueueId, SkillId};
use crate::requirement::Skills;
use crate::time::Span;

impl Draft {
    pub(super) fn group_named(&self, name: &str, section: Option<&Section<'_>>) -> Group {
        let nobody = Group {
            name: name.into(),
            count: 1,
            capacity: ProfileId(0),
            skills: Skills::default(),
            tiers: Vec::new(),
            serves: None,
            retired: false,
            handling: Vec::new(),
        };
        let Some(section) = section else { return nobody };
        let count = section.get("count").whole(0..=self.plan.limits.agents.into());
        let profile = section.get("capacity").or_missing("the name of a capacity profile");
        let profile_name = profile.text("the name of a capacity profile");
        let serves = section.get("serves").such_as("{ sales = 1, help = 2 }");
        Group {
            count: count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1),
            capacity: profile_name
                .and_then(|name| self.profiles.resolve(name, &profile))
                .map_or(ProfileId(0), |id| ProfileId(short(id))),
            skills: self.levels(&section.get("skills").such_as("{ billing = 80 }")),
            tiers: self.ranks(&section.get("tiers").such_as("{ sales = 1, help = 2 }"), 0),
            serves: serves.is_given().then(|| self.served(&serves)),
            handling: self.handling(&section.get("handling").such_as("{ sales = \"4m\" }")),
            ..nobody
        }
    }

    fn levels(&self, entry: &Entry<'_>) -> Skills {
        let levels = entry.names().into_iter().filter_map(|(name, entry)| {
            self.check_name(name, &entry);
            let level = entry.whole(1..=100)?;
            Some((SkillId(short(self.skills.find(name)?)), u8::try_from(level).ok()?))
        });
        levels.collect()
    }

    /// What a group serves, ascending by queue: a rank each, or a table with when its stand-by ends and how many are kept free.
    fn served(&self, entry: &Entry<'_>) -> Vec<Served> {
        let served = entry.names().into_iter().filter_map(|(name, entry)| {
            let queue = self.queues.resolve(name, &entry).map(|id| QueueId(short(id)));
            match entry.value() {
                Some(Value::Table(_)) => served_as(queue, &entry.section()?),
                _ => entry.small(1).zip(queue).map(|(rank, queue)| Served::at(queue, rank)),
            }
        });
        let mut served: Vec<_> = served.collect();
        served.sort_unstable();
        served.dedup_by_key(|served| served.queue);
        served
    }

    /// A number per queue, ascending by queue.
    fn ranks(&self, entry: &Entry<'_>, least: u16) -> Vec<(QueueId, u16)> {
        let ranks = entry.names().into_iter().filter_map(|(name, entry)| {
            let queue = self.queues.resolve(name, &entry);
            let rank = entry.small(least);
            Some((QueueId(short(queue?)), rank?))
        });
        let mut ranks: Vec<_> = ranks.collect();
        ranks.sort_unstable();
        ranks.dedup_by_key(|(queue, _)| *queue);
        ranks
    }
}

/// For how long contacts are kept from the last agents of a group, if nothing else is said.
const HOLD: Span = Span::from_mins(5);

fn served_as(queue: Option<QueueId>, section: &Section<'_>) -> Option<Served> {
    let (rank, reserve, hold) = (section.get("rank"), section.get("reserve"), section.get("hold"));
    let (after, kept) = (section.get("after").span().unwrap_or(Span::ZERO), reserve.small(1));
    let longest = hold.some_span_or(&[("forever", Span::MAX)], |span| span);
    if hold.is_given() && !reserve.is_given() {
        hold.problem("counts with a reserve only; leave it out, or say how many are kept free, such as reserve = 1");
    }
    let rank = if rank.is_given() { rank.small(1) } else { Some(1) };
    let hold = if kept.is_some() { longest.unwrap_or(HOLD) } else { Span::ZERO };
    Some(Served { queue: queue?, rank: rank?, after, reserve: kept.unwrap_or(0), hold })
}
