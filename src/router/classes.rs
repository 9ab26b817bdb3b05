//! Waiting contacts, in classes of equal needs.
//!
//! Contacts of one queue, channel, requirement and step (and, where it matters, time to answer within) are a *class*
//! with one line: whoever can take one can take all. Only the heads of classes compete. Classes of one queue and
//! channel whose order does not change with time are a *lane*, which keeps those heads in order.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use crate::id::{AgentId, ChannelId, QueueId};
use crate::router::crews::Bits;
use crate::router::id_map::IdMap;
use crate::router::line::Line;
use crate::router::records::Rank;
use crate::router::sorted::Sorted;
use crate::time::Span;

/// What contacts of one class have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ClassKey {
    pub(crate) queue: QueueId,
    pub(crate) channel: ChannelId,
    pub(crate) needs: u32,
    pub(crate) step: u16,
    /// Delays of the queue it has waited for, by which groups on stand-by serve it.
    pub(crate) widened: u16,
    /// Held back so long that the scheduler holds it no more.
    pub(crate) released: bool,
    /// Time to answer within, where the queue's order is by ratio; else 0.
    pub(crate) within: Span,
}

impl Hash for ClassKey {
    /// All of it in three words, which takes half as long as six fields.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { queue, channel, needs, step, widened, released, within } = *self;
        state.write_u64(u64::from(needs) << 32 | u64::from(queue.0) << 16 | u64::from(step));
        state.write_u64(u64::from(widened) << 16 | u64::from(released) << 8 | u64::from(channel.0));
        state.write_u64(within.0);
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(crate) key: ClassKey,
    pub(crate) lane: u32,
    pub(crate) line: Line<Rank>,
    /// All agents who will do rank alike: neither preferences nor several pools.
    pub(crate) plain: bool,
    /// Some group keeps agents free of its queue.
    pub(crate) kept: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(crate) queue: QueueId,
    pub(crate) released: bool,
    pub(crate) channel: ChannelId,
    pub(crate) within: Span,
    /// The first of every class in which somebody waits.
    pub(crate) heads: Sorted<(Rank, u32), ()>,
    /// Those classes.
    pub(crate) waiting: Bits,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Classes {
    pub(crate) all: Vec<Class>,
    by_key: IdMap<ClassKey, u32>,
    /// Classes in which somebody waits for anybody.
    pub(crate) occupied: usize,
    pub(crate) lanes: Vec<Lane>,
    lane_by_key: IdMap<(QueueId, ChannelId, bool, Span), u32>,
    /// Lanes of each channel.
    pub(crate) by_channel: Vec<Vec<u32>>,
    /// Contacts in line for anybody that belong to an agent, by that agent.
    pub(crate) owned: BTreeSet<(AgentId, u32)>,
    /// Contacts that wait for one agent alone, by agent and arrival.
    direct: Sorted<(AgentId, u64), u32>,
}

impl Classes {
    #[inline]
    pub(crate) fn find(&self, key: &ClassKey) -> Option<u32> {
        self.by_key.get(key)
    }

    /// Whether somebody waits in the class of this key.
    pub(crate) fn is_occupied(&self, key: &ClassKey) -> bool {
        self.find(key).is_some_and(|class| !self.all[class as usize].line.is_empty())
    }

    /// Adds a class that is not there. O(1).
    pub(crate) fn add(&mut self, key: ClassKey, plain: bool, kept: bool) -> u32 {
        let lane_key = (key.queue, key.channel, key.released, key.within);
        let lane = self.lane_by_key.get(&lane_key).unwrap_or_else(|| {
            let lane = self.lanes.len() as u32;
            let (heads, waiting) = (Sorted::default(), Bits::default());
            let ClassKey { queue, channel, released, within, .. } = key;
            self.lanes.push(Lane { queue, channel, released, within, heads, waiting });
            self.lane_by_key.insert(lane_key, lane);
            let channel = usize::from(key.channel.0);
            if self.by_channel.len() <= channel {
                self.by_channel.resize(channel + 1, Vec::new());
            }
            self.by_channel[channel].push(lane);
            lane
        });
        let class = self.all.len() as u32;
        self.all.push(Class { key, lane, line: Line::default(), plain, kept });
        self.by_key.insert(key, class);
        class
    }

    /// Whether any contact waits for one agent alone.
    pub(crate) fn any_direct(&self) -> bool {
        !self.direct.is_empty()
    }

    /// Contacts that wait for this agent alone, by arrival.
    pub(crate) fn waiting_for(&self, agent: AgentId) -> impl Iterator<Item = u32> + '_ {
        let from = self.direct.iter_from((agent, 0));
        from.take_while(move |((of, _), _)| *of == agent).map(|(_, contact)| contact)
    }

    /// A contact waits for one agent alone. O(log n).
    pub(crate) fn join_direct(&mut self, agent: AgentId, arrival: u64, contact: u32) {
        self.direct.insert((agent, arrival), contact);
    }

    /// A contact no longer waits for one agent alone. O(log n).
    pub(crate) fn leave_direct(&mut self, agent: AgentId, arrival: u64) {
        let found = self.direct.remove(&(agent, arrival));
        debug_assert!(found, "a contact waits for the agent it waited for");
    }

    /// A contact joins the line of its class. O(1) in order of arrival, plus O(log classes) if it is first.
    pub(crate) fn join(&mut self, class: u32, rank: Rank, contact: u32) {
        let it = &mut self.all[class as usize];
        let before = it.line.first().map(|(first, _)| first);
        it.line.insert(rank, contact);
        if before.is_none_or(|first| rank < first) {
            self.change_head(class, before, Some(rank));
        }
    }

    /// A contact leaves the line of its class. As [`Classes::join`].
    pub(crate) fn leave(&mut self, class: u32, rank: Rank) {
        let it = &mut self.all[class as usize];
        let was_first = it.line.first().is_some_and(|(first, _)| first == rank);
        let found = it.line.remove(&rank);
        debug_assert!(found, "a contact stands in line under the rank it joined with");
        if was_first {
            let after = it.line.first().map(|(first, _)| first);
            self.change_head(class, Some(rank), after);
        }
    }

    fn change_head(&mut self, class: u32, before: Option<Rank>, after: Option<Rank>) {
        let lane = &mut self.lanes[self.all[class as usize].lane as usize];
        match (before, after) {
            (Some(before), Some(after)) => return lane.heads.replace(&(before, class), (after, class), ()),
            (Some(before), None) => {
                lane.heads.remove(&(before, class));
                self.occupied -= 1;
            }
            (None, Some(after)) => {
                lane.heads.insert((after, class), ());
                self.occupied += 1;
            }
            (None, None) => return,
        }
        lane.waiting.set(class, after.is_some());
    }
}
