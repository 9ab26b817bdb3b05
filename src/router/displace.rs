//! Displacement: what an agent holds makes way for a contact that finds nobody with room. Off unless a queue asks for it.

use crate::agent::ChannelSet;
use crate::capacity::Stage;
use crate::contact::{Outcome, Turn};
use crate::id::QueueId;
use crate::queue::Displace;
use crate::router::choose::Score;
use crate::router::explain::Asked;
use crate::router::records::{Holding, Rank};
use crate::router::settle::Step;
use crate::router::state::State;
use crate::time::Span;

impl Step<'_> {
    /// Makes room for an arriving contact whom nobody could take, where its queue says so: the agent who can take it now.
    /// An earlier contact of the queue is not overtaken: the room is its own. O(agents × what each holds).
    pub(crate) fn make_room(&mut self, slot: u32) -> Option<u32> {
        let it = &self.state.contacts[slot];
        let queue = it.queue;
        let displace = self.state.plan.queue(queue).map_or(Displace::None, |queue| queue.displace);
        if displace == Displace::None || it.only().is_some() || self.state.choice(queue).only_claimed {
            return None;
        }
        // Nobody makes way for one who waits for the scheduler, not for room.
        if !self.state.teams.is_empty()
            && self.state.agents_by_id().into_iter().any(|agent| self.state.could_take(agent, slot))
        {
            return None;
        }
        let (agent, goes) = self.state.find_displaced(slot, displace)?;
        match displace {
            Displace::None => return None,
            Displace::Quiet => self.park(goes),
            Displace::Oldest => self.end_with_agent(goes, Outcome::Displaced),
        }
        match self.state.earlier_in_queue(slot, agent) {
            None => {
                self.trace.agent_chosen(self.state, slot, agent, Asked::Nobody);
                Some(agent)
            }
            Some(earlier) => {
                self.trace.contact_of_queue_chosen(self.state, agent, earlier);
                self.give(earlier, agent, false);
                None
            }
        }
    }
}

impl State {
    /// The first agent in the queue's order who could take the contact if one it holds were gone, and the first that
    /// would do.
    fn find_displaced(&mut self, slot: u32, displace: Displace) -> Option<(u32, u32)> {
        self.shelve();
        let mut best: Option<(Score, u32, u32)> = None;
        for agent in self.agents_by_id() {
            let Some(goes) = self.displaced_at(slot, agent, displace) else { continue };
            let score = self.score(slot, agent);
            if best.is_none_or(|(have, ..)| score < have) {
                best = Some((score, agent, goes));
            }
        }
        best.map(|(_, agent, goes)| (agent, goes))
    }

    fn displaced_at(&mut self, slot: u32, agent: u32, displace: Displace) -> Option<u32> {
        let (it, who) = (&self.contacts[slot], &self.agents[agent]);
        let (channel, key) = (it.channel, self.class_key(it));
        let skills = &self.crews.crews[who.crew as usize].skills;
        let could = !who.draining && who.lost.is_none() && who.ready.has(channel) && !self.excluded(slot, who.id);
        if !could || self.pool_rank(who.group.0, skills, &key).is_none() || self.is_kept_from(agent, &key) {
            return None;
        }
        let all = 0..who.holding.len();
        let mut may: Vec<usize> = all.filter(|&at| self.may_be_displaced(agent, at, displace)).collect();
        self.order_displaced(agent, &mut may, displace);
        let goes = may.into_iter().find(|&at| self.room_without(agent, at).has(channel))?;
        Some(self.agents[agent].holding[goes].contact)
    }

    fn may_be_displaced(&self, agent: u32, at: usize, displace: Displace) -> bool {
        let held: &Holding = &self.agents[agent].holding[at];
        // A conversation of three is not broken off.
        if held.joined || self.joins.of(held.contact).next().is_some() {
            return false;
        }
        let Some(channel) = self.plan.channel(held.channel) else { return false };
        match displace {
            Displace::None => false,
            Displace::Quiet => {
                let silent = self.contacts[held.contact].turn() == Turn::Customer;
                held.stage == Stage::Quiet && silent && channel.conversation.park_after.is_some()
            }
            Displace::Oldest => matches!(held.stage, Stage::Active | Stage::Quiet) && !channel.whole_agent,
        }
    }

    /// Of quiet contacts the one longest silent comes first, else what was given first.
    fn order_displaced(&self, agent: u32, may: &mut [usize], displace: Displace) {
        if displace == Displace::Quiet {
            may.sort_by_key(|&at| self.contacts[self.agents[agent].holding[at].contact].turn_since);
        }
    }

    /// The channels an agent would have room for without one contact it holds.
    fn room_without(&mut self, agent: u32, at: usize) -> ChannelSet {
        let held = self.agents[agent].holding.remove(at);
        let room = self.load_and_room(agent).1;
        self.agents[agent].holding.insert(at, held);
        room
    }

    /// The most urgent contact of the queue that the agent has room for now, if it is more urgent than the one arriving.
    fn earlier_in_queue(&mut self, slot: u32, agent: u32) -> Option<u32> {
        self.weigh(agent);
        self.acquaint(self.agents[agent].crew);
        self.shelve();
        let it = &self.contacts[slot];
        let (level, at) = self.standing_rank(it);
        let rank = Rank { level, at, origin: it.origin, arrival: it.arrival };
        let by_ratio = self.class_key(it).within != Span::ZERO;
        let mine = self.urgency(rank, if by_ratio { self.within(it) } else { Span::ZERO });
        self.first_of_queue(agent, it.queue).filter(|&(rank, _)| rank < mine).map(|(_, slot)| slot)
    }

    fn first_of_queue(&self, agent: u32, queue: QueueId) -> Option<(Rank, u32)> {
        let channels = self.agents[agent].room.iter();
        let lanes =
            channels.flat_map(|channel| self.classes.by_channel.get(usize::from(channel.0)).into_iter().flatten());
        let lanes = lanes.map(|&lane| &self.classes.lanes[lane as usize]).filter(|lane| lane.queue == queue);
        let group = self.agents[agent].group;
        let served = self.plan.group(group).and_then(|group| group.served(queue));
        let firsts = lanes.filter_map(|lane| {
            let open = served.map_or(0, |served| self.opening(group, &served, lane.channel));
            let (rank, slot) = self.first_in_lane(agent, lane, open)?;
            Some((self.urgency(rank, lane.within), slot))
        });
        firsts.min()
    }
}
