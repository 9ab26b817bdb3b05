//! Agents who are called in when a queue grows long, and leave when it is short again.

use std::collections::BTreeSet;

use crate::event::{Event, What};
use crate::id::{ContactId, GroupId, QueueId};
use crate::time::{Span, Timestamp};

use super::calendar::{Calendar, Kind};
use super::contacts::slot;
use super::scenario::Scenario;
use super::staffing::Staffing;

/// When the agents of a group are called in and let go. They are called when more wait than the one level, or somebody
/// has waited as long as the other, are there after the reaction time, and leave when neither is above the lower levels, but
/// not before they have stayed for some time. If the line is short before they are there, they are called off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Elastic {
    /// Whose line is watched: contacts that stand in it; offers that ring are not among them.
    pub queue: QueueId,
    /// Called when above this; at least one of the two is given.
    pub call: Level,
    /// Let go when not above this.
    pub release: Level,
    /// From the call until they sign in.
    pub reaction: Span,
    /// From then until they may leave.
    pub stay: Span,
}

/// How long a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Level {
    /// Contacts in it; `None` does not matter.
    pub waiting: Option<u32>,
    /// For how long the one longest in it has waited there; `None` does not matter.
    pub longest: Option<Span>,
}

/// Every elastic group, and the lines they watch.
pub(super) struct Watch {
    groups: Vec<Group>,
    /// By queue: who stands in line, the longest first; `None` where nobody looks.
    lines: Vec<Option<BTreeSet<(Timestamp, ContactId)>>>,
    /// By contact slot: in which line, since when.
    places: Vec<Option<(QueueId, Timestamp)>>,
}

struct Group {
    id: GroupId,
    how: Elastic,
    state: State,
    /// When the calendar says to look again.
    looks: Option<Timestamp>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Away,
    /// There at this instant, unless called off.
    Called(Timestamp),
    /// There, and may leave from this instant on.
    There(Timestamp),
}

/// What a group does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Come(GroupId),
    Go(GroupId),
}

impl Watch {
    /// `None` if there are no such groups.
    pub(super) fn new(scenario: &Scenario) -> Option<Self> {
        let mut lines = vec![None; scenario.plan().queues().len()];
        let groups = (0..).zip(&scenario.staffing).filter_map(|(id, staffing)| match staffing {
            Staffing::OnCall(_, how) => {
                Some(Group { id: GroupId(id), how: how.clone(), state: State::Away, looks: None })
            }
            _ => None,
        });
        let groups: Vec<Group> = groups.collect();
        groups.iter().for_each(|group| lines[usize::from(group.how.queue.0)] = Some(BTreeSet::new()));
        (!groups.is_empty()).then_some(Self { groups, lines, places: Vec::new() })
    }

    /// Follows who stands in line; `since` is when the event's contact began to wait.
    pub(super) fn follow(&mut self, event: &Event, since: impl FnOnce(ContactId) -> Timestamp) {
        match event.what {
            What::Queued { contact, queue, .. } => {
                self.leave(contact);
                if let Some(line) = &mut self.lines[usize::from(queue.0)] {
                    let place = slot(contact) as usize;
                    if self.places.len() <= place {
                        self.places.resize(place + 1, None);
                    }
                    let since = since(contact);
                    line.insert((since, contact));
                    self.places[place] = Some((queue, since));
                }
            }
            What::Offered { contact, .. }
            | What::Assigned { contact, .. }
            | What::Claimed { contact, .. }
            | What::Reserved { contact, .. }
            | What::Ended { contact, .. } => self.leave(contact),
            _ => {}
        }
    }

    fn leave(&mut self, contact: ContactId) {
        if let Some((queue, since)) = self.places.get_mut(slot(contact) as usize).and_then(Option::take)
            && let Some(line) = &mut self.lines[usize::from(queue.0)]
        {
            line.remove(&(since, contact));
        }
    }

    /// What the next group does now, after the lines have changed or its time has come; ask again until nothing.
    pub(super) fn next_move(&mut self, now: Timestamp, calendar: &mut Calendar) -> Option<Move> {
        let lines = &self.lines;
        self.groups.iter_mut().find_map(|group| {
            let line = lines[usize::from(group.how.queue.0)].as_ref()?;
            let first = line.first().map(|(since, _)| *since);
            group.look(line.len(), first, now, calendar)
        })
    }
}

impl Group {
    fn look(
        &mut self,
        waiting: usize,
        first: Option<Timestamp>,
        now: Timestamp,
        calendar: &mut Calendar,
    ) -> Option<Move> {
        let Elastic { call, release, reaction, stay, .. } = self.how;
        let longest = first.map_or(Span::ZERO, |since| now.since(since));
        let is_long = call.waiting.is_some_and(|most| waiting > most as usize)
            || (first.is_some() && call.longest.is_some_and(|most| longest >= most));
        let is_short = release.waiting.is_none_or(|most| waiting <= most as usize)
            && release.longest.is_none_or(|most| longest <= most);
        match self.state {
            State::Away if is_long => {
                self.state = State::Called(now + reaction);
                calendar.enter(now + reaction, Kind::Elastic, u32::from(self.id.0), 0);
                return self.look(waiting, first, now, calendar);
            }
            State::Away => {
                let next = first.zip(call.longest).map(|(since, most)| since + most);
                if let Some(next) = next.filter(|next| self.looks.is_none_or(|looks| looks <= now || *next < looks)) {
                    self.looks = Some(next);
                    calendar.enter(next, Kind::Elastic, u32::from(self.id.0), 0);
                }
            }
            State::Called(_) if is_short => self.state = State::Away,
            State::Called(at) if at <= now => {
                self.state = State::There(now + stay);
                calendar.enter(now + stay, Kind::Elastic, u32::from(self.id.0), 0);
                return Some(Move::Come(self.id));
            }
            State::There(until) if is_short && until <= now => {
                self.state = State::Away;
                return Some(Move::Go(self.id));
            }
            State::Called(_) | State::There(_) => {}
        }
        None
    }
}
