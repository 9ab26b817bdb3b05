//! Speed, which some policies go by, as the streams of a scenario have it.

use crate::agent::Group;
use crate::id::{GroupId, QueueId};
use crate::plan::Plan;
use crate::time::Span;

use super::policy::Policy;
use super::scenario::{Handle, Stream};

/// States handling times of which the plan says nothing, where the policy goes by them: of a group and a queue the mean over the streams of the queue.
pub(super) fn state_handling(plan: &mut Plan, streams: &[Stream], policy: &Policy) {
    if !matches!(policy, Policy::Named("max-weight" | "cmu" | "fastest-first")) {
        return;
    }
    let queues: Vec<QueueId> = (0..).take(plan.queues.len()).map(QueueId).collect();
    let of_queue = |queue: QueueId| streams.iter().filter(move |stream| stream.new.queue == queue);
    for (group, id) in plan.groups.iter_mut().zip(0..) {
        if group.handling.is_empty() {
            let known = |&queue: &QueueId| Some((queue, handling(group, GroupId(id), of_queue(queue))?));
            group.handling = queues.iter().filter_map(known).collect();
        }
    }
}

fn handling<'s>(group: &Group, id: GroupId, streams: impl Iterator<Item = &'s Stream>) -> Option<Span> {
    let times = streams.filter(|stream| group.serves(stream.new.queue).is_some()).map(|stream| {
        let handle = match &stream.handle {
            Handle::Same(time) => time.mean(),
            Handle::ByGroup(times) => times.get(usize::from(id.0)).map_or(0.0, super::Distribution::mean),
            Handle::Spoken(talk) | Handle::Written(talk) => {
                talk.turns.mean() * (talk.agent.mean() + talk.customer.mean())
            }
        };
        handle + stream.wrap_up.as_ref().map_or(0.0, super::Distribution::mean)
    });
    mean(times).map(|micros| Span((micros.round() as u64).max(1)))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    (count > 0.0).then(|| sum / count)
}
