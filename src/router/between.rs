//! Which queue: how an agent chooses between queues that its group serves alike.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::between::{Between, marginal};
use crate::id::{GroupId, QueueId};
use crate::plan::Plan;
use crate::policy::{LineView, QueueSelection};
use crate::queue::Mode;
use crate::rejected::Rejected;
use crate::router::orders::Policies;
use crate::router::records::Rank;
use crate::router::state::State;
use crate::time::Span;

/// A score divided by a handling time keeps so many binary digits behind the point.
const DIGITS: u32 = 40;

/// What a group needs that says nothing of it.
const A_MINUTE: Span = Span::from_mins(1);

/// A way to choose, with what it needs at hand; the most urgent contact of all has none.
#[derive(Clone)]
pub(crate) enum Ranking {
    LongestQueue,
    FixedQueueRatio,
    MaxWeight,
    Cmu,
    Host(Arc<dyn QueueSelection>),
}

/// The first contact of a queue that an agent would take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct First {
    queue: QueueId,
    urgency: Rank,
    slot: u32,
}

impl Ranking {
    pub(crate) fn compile(plan: &Plan, policies: &Policies) -> Result<Option<Self>, Rejected> {
        Ok(Some(match plan.between() {
            Between::Urgency => return Ok(None),
            Between::LongestQueue => Self::LongestQueue,
            Between::FixedQueueRatio => Self::FixedQueueRatio,
            Between::MaxWeight => Self::MaxWeight,
            Between::Cmu => Self::Cmu,
            Between::Host(name) => {
                let known = policies.queues.iter().find(|policy| policy.name() == &**name);
                Self::Host(known.ok_or_else(|| Rejected::UnknownPolicy(name.clone()))?.clone())
            }
        }))
    }

    fn score(&self, view: &LineView<'_>) -> i128 {
        let (waiting, weight) = (i128::from(view.waiting), i128::from(view.weight));
        match self {
            Self::LongestQueue => waiting,
            Self::FixedQueueRatio => {
                waiting * i128::from(view.weight_in_all) - weight * i128::from(view.waiting_in_all)
            }
            Self::MaxWeight => ((waiting * weight) << DIGITS) / handling(view),
            Self::Cmu => {
                let waited = view.now.since(view.first.age_origin);
                let cost = marginal(view.cost, waited, view.first.answer_within);
                ((cost as i128) << DIGITS) / handling(view)
            }
            Self::Host(policy) => policy.score(view).into(),
        }
    }
}

/// By queue, those connected with it, itself included, but for those whose contacts are claimed: what a group serves beside it, what groups serve
/// beside that, and so on. Empty where the ranking does not ask. O(groups × queues they serve).
pub(super) fn connected(plan: &Plan, ranking: Option<&Ranking>) -> Vec<Arc<[QueueId]>> {
    if !matches!(ranking, Some(Ranking::FixedQueueRatio | Ranking::Host(_))) {
        return Vec::new();
    }
    let queues = || (0..).take(plan.queues().len()).map(QueueId);
    // The first queue of those connected so far, by queue.
    let mut first: Vec<QueueId> = queues().collect();
    for group in plan.groups().iter().filter(|group| !group.retired) {
        let served: BTreeSet<QueueId> =
            queues().filter(|&queue| group.serves(queue).is_some()).map(|queue| first[usize::from(queue.0)]).collect();
        if let Some(&least) = served.first() {
            first.iter_mut().filter(|of| served.contains(of)).for_each(|of| *of = least);
        }
    }
    let mut together: BTreeMap<QueueId, Vec<QueueId>> = BTreeMap::new();
    for (queue, of) in queues().zip(&first) {
        let given = plan.queue(queue).is_some_and(|queue| queue.mode != Mode::Pull);
        together.entry(*of).or_default().extend(given.then_some(queue));
    }
    let together: BTreeMap<QueueId, Arc<[QueueId]>> = together.into_iter().map(|(of, all)| (of, all.into())).collect();
    first.iter().map(|of| together[of].clone()).collect()
}

fn handling(view: &LineView<'_>) -> i128 {
    view.handling.unwrap_or(A_MINUTE).0.max(1).into()
}

impl State {
    /// The contact an agent is to take where queues are scored: of those it serves first, the first of the queue with the largest score. As
    /// [`State::find_contact`], and O(lanes × log lanes); where shares or the host are asked, O(queues connected with it) more.
    #[cold]
    pub(super) fn first_by_queue(&mut self, agent: u32) -> Option<u32> {
        let ranking = &self.orders.between.clone()?;
        let mut firsts = std::mem::take(&mut self.firsts);
        let best = self.best_queue(agent, ranking, false, &mut firsts);
        let released = best.and_then(|_| self.best_queue(agent, ranking, true, &mut firsts));
        self.firsts = firsts;
        // As among contacts in order of urgency alone.
        let best = best.map(|best| released.filter(|released| released.0 < best.0).unwrap_or(best));
        best.map(|(_, slot)| slot)
    }

    /// The best of what the scheduler lets an agent take, or of what it holds back no longer.
    fn best_queue(
        &self,
        agent: u32,
        ranking: &Ranking,
        released: bool,
        firsts: &mut Vec<First>,
    ) -> Option<((u16, Reverse<i128>, Rank), u32)> {
        firsts.clear();
        let team = self.team_of(&self.agents[agent]);
        let (it, mut rank) = (&self.agents[agent], u16::MAX);
        let group = self.plan.group(it.group)?;
        for channel in it.room.iter().filter(|&channel| self.lets(team, it.occupation, channel) != released) {
            for &lane in self.classes.by_channel.get(usize::from(channel.0)).into_iter().flatten() {
                let lane = &self.classes.lanes[lane as usize];
                if lane.heads.is_empty() || (released && !lane.released) || self.choice(lane.queue).only_claimed {
                    continue;
                }
                let Some(served) = group.served(lane.queue).filter(|served| served.rank <= rank) else { continue };
                let open = self.opening(it.group, &served, channel);
                let Some((standing, slot)) = self.first_in_lane(agent, lane, open) else { continue };
                if served.rank < rank {
                    rank = served.rank;
                    firsts.clear();
                }
                firsts.push(First { queue: lane.queue, urgency: self.urgency(standing, lane.within), slot });
            }
        }
        // A queue with several channels has several, of which the most urgent stands for it.
        firsts.sort_unstable_by_key(|first| (first.queue, first.urgency));
        firsts.dedup_by_key(|first| first.queue);
        // What one group serves is connected.
        let totals = self.totals(firsts.first()?.queue);
        let scored = firsts.iter().map(|first| {
            let score = self.queue_score(it.group, first.slot, ranking, totals);
            ((rank, Reverse(score), first.urgency), first.slot)
        });
        scored.min()
    }

    /// The score of a contact's queue, it being the first of it, for agents of a group.
    fn queue_score(&self, group: GroupId, slot: u32, ranking: &Ranking, (waiting, weight): (u64, u64)) -> i128 {
        let it = &self.contacts[slot];
        let queue = self.plan.queue(it.queue);
        ranking.score(&LineView {
            now: self.now,
            group,
            queue: it.queue,
            waiting: self.standings[usize::from(it.queue.0)].waiting,
            weight: queue.map_or(1, |queue| queue.weight),
            waiting_in_all: waiting,
            weight_in_all: weight,
            cost: queue.and_then(|queue| queue.cost(it.channel)),
            handling: self.plan.group(group).and_then(|group| group.handling(it.queue)),
            first: self.view(it),
        })
    }

    /// How many wait, and the weights, in all queues that are connected with one; nothing where nobody asks.
    fn totals(&self, queue: QueueId) -> (u64, u64) {
        let connected = self.orders.connected.get(usize::from(queue.0)).into_iter().flat_map(|all| all.iter());
        connected.fold((0, 0), |(waiting, weight), &other| {
            let of_other = self.plan.queue(other).map_or(0, |queue| queue.weight);
            (waiting + u64::from(self.standings[usize::from(other.0)].waiting), weight + u64::from(of_other))
        })
    }

    /// The score of the queue of a waiting contact for an agent, as a decision that is recorded shows it: of the first that the agent could take.
    pub(super) fn recorded_score(&self, agent: u32, slot: u32) -> Option<i128> {
        let ranking = self.orders.between.as_ref()?;
        let (it, group) = (&self.contacts[slot], self.agents[agent].group);
        let mut all = self.contacts_by_arrival();
        all.retain(|&other| {
            let it = &self.contacts[other];
            self.is_waiting(other) && it.only().is_none() && it.queue == self.contacts[slot].queue
        });
        all.retain(|&other| self.could_take(agent, other));
        let first = all.into_iter().min_by_key(|&other| self.contact_urgency(other))?;
        Some(self.queue_score(group, first, ranking, self.totals(it.queue)))
    }
}
