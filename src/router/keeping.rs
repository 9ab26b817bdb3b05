//! Threshold reservation: the last free agents of a group are kept from some of the queues it serves.

use crate::agent::Served;
use crate::id::{ChannelId, GroupId};
use crate::router::classes::ClassKey;
use crate::router::settle::Step;
use crate::router::state::State;
use crate::time::Span;

impl State {
    /// How many of its queue's delays a contact must have passed for agents of a group, one of whom has room for it, to take it now: 0
    /// unless they are kept free of it. Everybody with room must be on a shelf where any are.
    #[inline]
    pub(super) fn opening(&self, group: GroupId, served: &Served, channel: ChannelId) -> u16 {
        if served.reserve == 0 || self.free_in(group, channel) > usize::from(served.reserve) {
            return 0;
        }
        self.passed_when_kept_no_more(served)
    }

    /// As many delays as whoever waited until the group keeps nobody from it has passed.
    fn passed_when_kept_no_more(&self, served: &Served) -> u16 {
        match served.kept_until() {
            Some(hold) => {
                let shorter = self.choice(served.queue).delays.partition_point(|delay| *delay < hold);
                u16::try_from(shorter + 1).unwrap_or(u16::MAX)
            }
            None if served.reserve == 0 => 0,
            None => u16::MAX,
        }
    }

    /// Agents of a group with room for a channel, from the shelves. O(crews of the group × kinds of room).
    fn free_in(&self, group: GroupId, channel: ChannelId) -> usize {
        let shelves = self.crews.of_group(group).flat_map(|crew| self.crews.shelves_of(crew));
        let open = shelves.filter(|shelf| self.crews.room_of(shelf).has(channel));
        open.map(|shelf| shelf.lines.first().map_or(0, crate::router::line::Line::len)).sum()
    }

    /// Whether agents of a crew, one of whom has room for it, are kept free of a class now. As [`State::opening`].
    pub(super) fn keeps_from(&self, crew: u32, class: u32) -> bool {
        let (group, key) = (self.crews.crews[crew as usize].group, &self.classes.all[class as usize].key);
        let served = self.plan.group(group).and_then(|group| group.served(key.queue));
        served.is_some_and(|served| key.widened < self.opening(group, &served, key.channel))
    }

    /// Whether an agent is kept free of contacts of a kind, from scratch: O(agents).
    pub(crate) fn is_kept_from(&self, agent: u32, key: &ClassKey) -> bool {
        let it = &self.agents[agent];
        let Some(served) = self.plan.group(it.group).and_then(|group| group.served(key.queue)) else { return false };
        if served.reserve == 0 || key.widened >= self.passed_when_kept_no_more(&served) {
            return false;
        }
        let others = self
            .agents
            .slots()
            .iter()
            .enumerate()
            .filter(|(slot, other)| *slot != agent as usize && other.live && other.group == it.group);
        let free = others.filter(|&(slot, _)| self.load_and_room(slot as u32).1.has(key.channel)).count();
        free < usize::from(served.reserve)
    }

    /// Other agents of this one's group, by id, if it has room, and somebody waits in a queue of which they are kept free.
    fn others_to_look(&mut self, agent: u32) -> Vec<u32> {
        let group = self.agents[agent].group;
        if !self.orders.keeping[usize::from(group.0)] {
            return Vec::new();
        }
        let kept = self.plan.group(group).and_then(|group| group.serves.as_ref()).into_iter().flatten();
        let waits = |served: &&Served| self.standings[usize::from(served.queue.0)].waiting > 0;
        if kept.filter(|served| served.reserve > 0).find(waits).is_none() && self.short.is_empty() {
            return Vec::new();
        }
        self.shelve();
        let shelves = self.crews.of_group(group).flat_map(|crew| self.crews.shelves_of(crew));
        let on_shelves = shelves.filter_map(|shelf| shelf.lines.first()).flat_map(|line| line.iter());
        let mut others: Vec<u32> = on_shelves.map(|(_, slot)| slot).collect();
        if !others.contains(&agent) {
            return Vec::new();
        }
        // Who is marked looks in its turn.
        others.retain(|&other| other != agent && !self.agents[other].marked);
        others.sort_unstable_by_key(|&other| self.agents[other].id);
        others
    }
}

impl Step<'_> {
    /// An agent found nothing to do: with one more of its group free, another may take what was kept from it. O(free agents of the group), where
    /// somebody waits who is kept from them.
    #[inline]
    pub(crate) fn let_others_look(&mut self, agent: u32) {
        if self.state.orders.any_keeping {
            for other in self.state.others_to_look(agent) {
                self.look_for_contacts(other);
            }
        }
    }
}

/// When contacts of a queue are kept from nobody any more, beside the delays of stand-by.
pub(super) fn holds(served: &Served) -> impl Iterator<Item = Span> {
    [Some(served.after).filter(|&after| after > Span::ZERO), served.kept_until()].into_iter().flatten()
}
