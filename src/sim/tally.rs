//! What one replication counts and adds up.

use crate::agent::Group;
use crate::id::{ChannelId, GroupId};
use crate::measure::Histogram;
use crate::plan::Plan;
use crate::time::{Span, Timestamp};

use super::agent_course::AgentCourse;
use super::course::Course;

/// The measured part of a run: from the end of the warm-up to the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Window {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// Microseconds of each part in which courses are kept.
    pub(super) part: u64,
}

impl Window {
    pub(super) fn new(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to, part: to.since(from).0.div_ceil(Course::PARTS).max(1) }
    }

    /// Microseconds of an interval that lie in the window.
    pub(super) fn clip(self, from: Timestamp, to: Timestamp) -> u128 {
        u128::from(to.min(self.to).since(from.max(self.from)).0)
    }

    pub(super) fn has(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// Counts and sums over the contacts of a stream (or of all streams of a channel) in one replication.
///
/// Contacts count when they arrive in the measured time, whatever happens to them later; areas and
/// `lost` are over the measured time, whenever the contact arrived.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ContactTally {
    /// Reached the engine.
    pub offered: u64,
    /// Answered by an agent.
    pub answered: u64,
    /// Left before.
    pub abandoned: u64,
    /// Turned away by a full queue, waited as long as they may, or offered as often as they may be.
    pub overflowed: u64,
    /// Of those overflowed, how many were turned away on arrival.
    pub turned_away: u64,
    /// Still waiting when the run ended, offers not yet answered included.
    pub waiting_at_end: u64,
    /// Resolved by the bot, and therefore not offered.
    pub resolved_by_bot: u64,
    /// Of those offered, customers who came again because they had not been answered.
    pub retrials: u64,
    /// Of those abandoned, customers who left at once because of the wait they were told.
    pub balked: u64,
    /// Calls made again to customers who had not answered when they were called back.
    pub redials: u64,
    /// Of those answered, customers who did not answer, however often they were called back.
    pub unreached: u64,
    /// Stood in line for however short a time.
    pub delayed: u64,
    /// Answered within the target.
    pub within_target: u64,
    /// Waits of those answered, in microseconds.
    pub answered_wait: u128,
    /// Waits of those who left the queue otherwise, those turned away on arrival not included.
    pub unanswered_wait: u128,
    /// Contacts waiting × microseconds.
    pub queue_area: u128,
    /// Contacts in conversation × microseconds.
    pub service_area: u128,
    /// Load of contacts in an agent's hands, each as when active, in [`Load`](crate::Load) units × microseconds.
    pub load_area: u128,
    /// Abandoned in the measured time.
    pub lost: u64,
    /// Completed by an agent in the measured time.
    pub completed: u64,
    /// From a customer's message, or since an agent had the contact where that was later, to the reply,
    /// for replies sent in the measured time: the sum, in microseconds.
    pub reply_time: u128,
    /// Each of these.
    pub replies: Histogram,
    /// The sum over the first replies of contacts.
    pub first_reply_time: u128,
    /// Each of these.
    pub first_replies: Histogram,
    /// Waits of all who left the queue, those turned away on arrival not included.
    pub waits: Histogram,
    /// The same contacts by the part of the measured time in which they arrived.
    pub course: Course,
}

impl ContactTally {
    pub(super) fn add(&mut self, other: &Self) {
        self.combine(other, |all, more| *all += more, |all, more| *all += more);
        self.replies.merge(&other.replies);
        self.first_replies.merge(&other.first_replies);
        self.waits.merge(&other.waits);
        self.course.add(&other.course);
    }

    /// The same, of distributions only how many values they have, and without the course: these are large.
    pub(super) fn sums(&self) -> Self {
        let mut sums = Self {
            replies: Histogram::of_unknown(self.replies.count()),
            first_replies: Histogram::of_unknown(self.first_replies.count()),
            waits: Histogram::of_unknown(self.waits.count()),
            ..Self::default()
        };
        sums.combine(self, |all, more| *all += more, |all, more| *all += more);
        sums
    }

    /// What has been added since, without distributions and course. A contact counts as answered or gone when that was, and those who wait
    /// at the end are all of them.
    pub(super) fn since(&self, before: &Self) -> Self {
        let values = |now: &Histogram, before: &Histogram| Histogram::of_unknown(now.count() - before.count());
        let mut sums = self.sums();
        sums.combine(before, |now, before| *now = now.saturating_sub(before), |now, before| *now -= before);
        sums.replies = values(&self.replies, &before.replies);
        sums.first_replies = values(&self.first_replies, &before.first_replies);
        sums.waits = values(&self.waits, &before.waits);
        sums.waiting_at_end = self.waiting_at_end;
        sums
    }

    /// Every count and every sum with that of another.
    fn combine(&mut self, other: &Self, count: impl Fn(&mut u64, u64), sum: impl Fn(&mut u128, u128)) {
        count(&mut self.offered, other.offered);
        count(&mut self.answered, other.answered);
        count(&mut self.abandoned, other.abandoned);
        count(&mut self.overflowed, other.overflowed);
        count(&mut self.turned_away, other.turned_away);
        count(&mut self.waiting_at_end, other.waiting_at_end);
        count(&mut self.resolved_by_bot, other.resolved_by_bot);
        count(&mut self.retrials, other.retrials);
        count(&mut self.balked, other.balked);
        count(&mut self.redials, other.redials);
        count(&mut self.unreached, other.unreached);
        count(&mut self.delayed, other.delayed);
        count(&mut self.within_target, other.within_target);
        count(&mut self.lost, other.lost);
        count(&mut self.completed, other.completed);
        sum(&mut self.answered_wait, other.answered_wait);
        sum(&mut self.unanswered_wait, other.unanswered_wait);
        sum(&mut self.queue_area, other.queue_area);
        sum(&mut self.service_area, other.service_area);
        sum(&mut self.load_area, other.load_area);
        sum(&mut self.reply_time, other.reply_time);
        sum(&mut self.first_reply_time, other.first_reply_time);
    }

    /// A contact has arrived that counts.
    #[inline]
    pub(super) fn arrive(&mut self, at: Timestamp, window: Window) {
        self.offered += 1;
        self.course.arrive(at, window);
    }

    /// Somebody waited so long, whether or not the contact counts.
    #[inline]
    pub(super) fn wait(&mut self, from: Timestamp, to: Timestamp, window: Window) {
        if from < to {
            self.wait_some(from, to, window);
        }
    }

    fn wait_some(&mut self, from: Timestamp, to: Timestamp, window: Window) {
        self.queue_area += window.clip(from, to);
        self.course.wait(from, to, window);
    }

    /// A contact that arrived at `arrived` has been answered.
    pub(super) fn answer(&mut self, arrived: Timestamp, at: Timestamp, within: Span, window: Window) {
        let wait = at.since(arrived);
        let in_time = wait <= within;
        self.answered += 1;
        self.within_target += u64::from(in_time);
        self.course.leave(arrived, wait, in_time, window);
        self.answered_wait += u128::from(wait.0);
        self.waits.record(wait);
    }

    /// A reply was sent after so long.
    pub(super) fn reply(&mut self, after: Span, first: bool) {
        self.reply_time += u128::from(after.0);
        self.replies.record(after);
        if first {
            self.first_reply_time += u128::from(after.0);
            self.first_replies.record(after);
        }
    }

    /// A contact that arrived at `arrived` has left the queue unanswered.
    pub(super) fn give_up(&mut self, arrived: Timestamp, at: Timestamp, window: Window) {
        let wait = at.since(arrived);
        self.course.leave(arrived, wait, false, window);
        self.unanswered_wait += u128::from(wait.0);
        self.waits.record(wait);
    }
}

/// Sums over the agents of a group in one replication: agents × microseconds in the measured time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AgentTally {
    /// Signed in, draining included.
    pub present: u128,
    /// Having at least one contact, offers and wrap-up included.
    pub busy: u128,
    /// The same times the number of contacts.
    pub held: u128,
}

impl AgentTally {
    pub(super) fn add(&mut self, other: &Self) {
        self.present += other.present;
        self.busy += other.busy;
        self.held += other.held;
    }

    /// What has been added since.
    pub(super) fn since(self, before: &Self) -> Self {
        Self { present: self.present - before.present, busy: self.busy - before.busy, held: self.held - before.held }
    }
}

/// One replication.
#[derive(Clone, PartialEq, Debug)]
pub struct Replication {
    /// Measured time.
    pub measured: Span,
    /// By stream.
    pub streams: Vec<ContactTally>,
    /// By group.
    pub groups: Vec<AgentTally>,
    /// By group, over the measured time.
    pub agent_courses: Vec<AgentCourse>,
    /// Commands applied, in the warm-up too.
    pub commands: u64,
    /// Events that happened, in the warm-up too.
    pub events: u64,
    /// Of every event, in order.
    pub digest: u64,
    /// Parts of the measured time, one after another, where the scenario asks for them. Without distributions and courses; a wait counts
    /// in the part in which it ends, an area where it was.
    pub batches: Vec<Self>,
    /// Of each stream.
    pub(super) channels: Vec<ChannelId>,
}

impl Replication {
    /// All streams of a channel together.
    pub fn channel(&self, channel: ChannelId) -> ContactTally {
        let mut sum = ContactTally::default();
        for (stream, _) in self.streams.iter().zip(&self.channels).filter(|(_, of)| **of == channel) {
            sum.add(stream);
        }
        sum
    }

    /// The sums of all groups.
    pub fn everybody(&self) -> AgentTally {
        let mut sum = AgentTally::default();
        self.groups.iter().for_each(|group| sum.add(group));
        sum
    }

    /// Agents × microseconds signed in, of groups whose profile has the channel.
    pub fn present_for(&self, plan: &Plan, channel: ChannelId) -> u128 {
        let takes =
            |group: &Group| plan.profile(group.capacity).is_some_and(|profile| profile.channel(channel).is_some());
        plan.groups().iter().zip(&self.groups).filter(|(group, _)| takes(group)).map(|(_, tally)| tally.present).sum()
    }

    /// A group's sums.
    pub fn group(&self, group: GroupId) -> AgentTally {
        self.groups.get(usize::from(group.0)).copied().unwrap_or_default()
    }
}
