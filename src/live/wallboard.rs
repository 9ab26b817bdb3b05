//! Keeps what a wallboard shows up to date from the events.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::view::{GroupView, QueueView, View};
use crate::capacity::Stage;
use crate::command::Command;
use crate::contact::Outcome;
use crate::event::{Event, What};
use crate::id::{AgentId, ChannelId, ContactId, QueueId};
use crate::journal::Entry;
use crate::router::{AgentStatus, ContactStatus, Router, Whereabouts};
use crate::time::{Span, Timestamp};

/// Counts what there is by queue, channel and group, without ever going through all of it: where each contact and agent was is remembered,
/// and looked up anew when an event names it. About O(1) for each event, and O(queues × channels + groups) for each view.
pub struct Wallboard {
    channels: usize,
    queues: Vec<QueueView>,
    /// Of each queue and channel, who came first; those who do not wait any more are dropped when it is looked at.
    oldest: Vec<BinaryHeap<Reverse<(Timestamp, ContactId)>>>,
    groups: Vec<GroupView>,
    contacts: HashMap<ContactId, Seen>,
    agents: HashMap<AgentId, AgentStatus>,
}

/// Where a contact stood when it was last looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Seen {
    queue: QueueId,
    channel: ChannelId,
    origin: Timestamp,
    within: Span,
    standing: Standing,
    agent: Option<AgentId>,
    answered: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    /// Arrived, and not looked at yet.
    New,
    Waiting,
    Offered,
    InService,
    WrapUp,
    Elsewhere,
}

impl Standing {
    fn of(whereabouts: Whereabouts) -> Self {
        match whereabouts {
            Whereabouts::Waiting => Self::Waiting,
            Whereabouts::Scheduled | Whereabouts::Parked | Whereabouts::With(_, Stage::Reserved) => Self::Elsewhere,
            Whereabouts::With(_, Stage::Offered) => Self::Offered,
            Whereabouts::With(_, Stage::WrapUp) => Self::WrapUp,
            Whereabouts::With(_, Stage::Connecting | Stage::Active | Stage::Quiet | Stage::Held) => Self::InService,
        }
    }

    fn count(self, view: &mut QueueView) -> Option<&mut u32> {
        match self {
            Self::New => None,
            Self::Waiting => Some(&mut view.waiting),
            Self::Offered => Some(&mut view.offered),
            Self::InService => Some(&mut view.in_service),
            Self::WrapUp => Some(&mut view.wrap_up),
            Self::Elsewhere => Some(&mut view.elsewhere),
        }
    }
}

impl Seen {
    fn new(status: &ContactStatus, answered: bool) -> Self {
        let ContactStatus { queue, channel, age_origin, answer_within, whereabouts, .. } = *status;
        let agent = if let Whereabouts::With(agent, _) = whereabouts { Some(agent) } else { None };
        let standing = Standing::of(whereabouts);
        Self { queue, channel, origin: age_origin, within: answer_within, standing, agent, answered }
    }
}

impl Wallboard {
    /// What an engine has now; nothing has been counted yet. O(contacts + agents).
    pub fn new(router: &Router) -> Self {
        let mut board = Self {
            channels: 0,
            queues: Vec::new(),
            oldest: Vec::new(),
            groups: Vec::new(),
            contacts: HashMap::new(),
            agents: HashMap::new(),
        };
        board.look_anew(router);
        board
    }

    /// Takes over what happened. `router` has come to the last of `entries`.
    pub fn hear(&mut self, entries: &[Entry], router: &Router) {
        let configured = entries.iter().any(|entry| matches!(entry.input.command, Command::Configure { .. }));
        if configured {
            self.make_room(router);
        }
        for entry in entries {
            entry.events.iter().for_each(|event| self.count(event, &entry.input.command, router));
        }
        if configured {
            self.look_anew(router);
        } else {
            self.look_at(entries, router);
        }
    }

    /// The picture now. `backlog` is the host's to know.
    pub fn view(&mut self, router: &Router, backlog: u64) -> View {
        let now = router.now();
        for (at, view) in self.queues.iter_mut().enumerate() {
            let heap = &mut self.oldest[at];
            let waits = |origin, contact| {
                self.contacts.get(&contact).is_some_and(|seen: &Seen| {
                    let here = usize::from(seen.queue.0) * self.channels + usize::from(seen.channel.0) == at;
                    here && seen.standing == Standing::Waiting && seen.origin == origin
                })
            };
            while heap.peek().is_some_and(|&Reverse((origin, contact))| !waits(origin, contact)) {
                heap.pop();
            }
            view.longest_wait = heap.peek().map_or(Span::ZERO, |Reverse((origin, _))| now.since(*origin));
            if heap.len() > 2 * view.waiting as usize + 64 {
                heap.retain(|&Reverse((origin, contact))| waits(origin, contact));
            }
        }
        let (queues, groups, channels) = (self.queues.clone(), self.groups.clone(), self.channels);
        View { seq: router.seq(), at: now, backlog, queues, channels, groups }
    }

    /// Room for every queue, channel and group of the plan. Plans only grow, and ids stay.
    fn make_room(&mut self, router: &Router) {
        let plan = router.plan();
        let (queues, channels) = (plan.queues().len(), plan.channels().len());
        let mut views = vec![QueueView::default(); queues * channels];
        for (at, view) in self.queues.iter().enumerate() {
            let (queue, channel) = (at / self.channels, at % self.channels);
            if queue < queues && channel < channels {
                views[queue * channels + channel] = *view;
            }
        }
        (self.queues, self.channels) = (views, channels);
        self.oldest = (0..queues * channels).map(|_| BinaryHeap::new()).collect();
        self.groups = vec![GroupView::default(); plan.groups().len()];
    }

    /// Everything may be elsewhere. O(contacts + agents).
    fn look_anew(&mut self, router: &Router) {
        self.make_room(router);
        for view in &mut self.queues {
            let QueueView { arrived, answered, in_time, abandoned, .. } = *view;
            *view = QueueView { arrived, answered, in_time, abandoned, ..QueueView::default() };
        }
        let before = std::mem::take(&mut self.contacts);
        for status in router.every_contact() {
            let with = matches!(status.whereabouts, Whereabouts::With(_, stage) if !matches!(stage, Stage::Offered | Stage::Reserved));
            let answered = before.get(&status.contact).map_or(with, |seen| seen.answered);
            self.place(status.contact, Seen::new(&status, answered));
        }
        self.agents.clear();
        router.every_agent().into_iter().for_each(|agent| self.enter(agent));
    }

    fn cell(&mut self, queue: QueueId, channel: ChannelId) -> Option<&mut QueueView> {
        let at = usize::from(queue.0) * self.channels + usize::from(channel.0);
        self.queues.get_mut(at)
    }

    /// Counts what happens only once, in the order in which it happened.
    fn count(&mut self, event: &Event, command: &Command, router: &Router) {
        match event.what {
            What::Arrived { contact, queue, .. } => {
                let Command::Enqueue { new, .. } = command else { return };
                let origin = new.age_origin.unwrap_or(event.at);
                let target = || router.plan().target(queue, new.channel).map_or(Span::MAX, |target| target.within);
                let within = new.answer_within.unwrap_or_else(target);
                let (channel, standing) = (new.channel, Standing::New);
                // One of the same id that ended before, in this batch, is no longer looked at.
                self.forget(contact);
                self.contacts
                    .insert(contact, Seen { queue, channel, origin, within, standing, agent: None, answered: false });
                if let Some(view) = self.cell(queue, channel) {
                    view.arrived += 1;
                }
            }
            What::Overflowed { contact, queue, .. } | What::Transferred { contact, queue } => {
                self.move_on(contact, |seen| seen.queue = queue);
            }
            What::ChannelChanged { contact, channel, .. } => self.move_on(contact, |seen| seen.channel = channel),
            What::Accepted { contact, .. } | What::Assigned { contact, .. } | What::Claimed { contact, .. } => {
                let Some(seen) = self.contacts.get_mut(&contact) else { return };
                if std::mem::replace(&mut seen.answered, true) {
                    return;
                }
                // Where it is still there, the engine knows best what it was counted from.
                let counted = router.contact(contact).map(|status| (status.age_origin, status.answer_within));
                let (origin, within) = counted.unwrap_or((seen.origin, seen.within));
                let in_time = event.at.since(origin) <= within;
                let (queue, channel) = (seen.queue, seen.channel);
                if let Some(view) = self.cell(queue, channel) {
                    view.answered += 1;
                    view.in_time += u64::from(in_time);
                }
            }
            What::Ended { contact, outcome: Outcome::Abandoned, .. } => {
                let Some(seen) = self.contacts.get(&contact) else { return };
                let (queue, channel) = (seen.queue, seen.channel);
                if let Some(view) = self.cell(queue, channel) {
                    view.abandoned += 1;
                }
            }
            _ => {}
        }
    }

    /// Looks at everything that the events name.
    fn look_at(&mut self, entries: &[Entry], router: &Router) {
        let mut last = None;
        for event in entries.iter().flat_map(|entry| &entry.events) {
            // Events of one contact follow one another.
            if let Some(contact) = event.what.contact()
                && last != Some(contact)
            {
                last = Some(contact);
                let before = self.contacts.get(&contact).and_then(|seen| seen.agent);
                let now = router.contact(contact);
                let agent = self.renew(contact, now.as_ref());
                [before, agent].into_iter().flatten().for_each(|agent| self.look_at_agent(agent, router));
            }
            if let Some(agent) = event.what.agent() {
                self.look_at_agent(agent, router);
            }
            if let What::HandedOver { from, .. } = event.what {
                self.look_at_agent(from, router);
            }
        }
    }

    /// Where a contact is now; who has it.
    fn renew(&mut self, contact: ContactId, status: Option<&ContactStatus>) -> Option<AgentId> {
        let before = self.contacts.get(&contact).copied();
        let now = status.map(|status| Seen::new(status, before.is_some_and(|seen| seen.answered)));
        if now != before {
            self.forget(contact);
            if let Some(now) = now {
                self.place(contact, now);
            }
        }
        now.and_then(|seen| seen.agent)
    }

    /// It is somewhere else within this batch, which is looked at when all of it has been counted.
    fn move_on(&mut self, contact: ContactId, to: impl FnOnce(&mut Seen)) {
        let Some(mut seen) = self.contacts.get(&contact).copied() else { return };
        self.forget(contact);
        to(&mut seen);
        self.contacts.insert(contact, Seen { standing: Standing::New, ..seen });
    }

    fn forget(&mut self, contact: ContactId) {
        if let Some(seen) = self.contacts.remove(&contact)
            && let Some(count) = self.cell(seen.queue, seen.channel).and_then(|view| seen.standing.count(view))
        {
            *count -= 1;
        }
    }

    fn place(&mut self, contact: ContactId, seen: Seen) {
        self.contacts.insert(contact, seen);
        if let Some(count) = self.cell(seen.queue, seen.channel).and_then(|view| seen.standing.count(view)) {
            *count += 1;
        }
        let at = usize::from(seen.queue.0) * self.channels + usize::from(seen.channel.0);
        if seen.standing == Standing::Waiting
            && let Some(heap) = self.oldest.get_mut(at)
        {
            heap.push(Reverse((seen.origin, contact)));
        }
    }

    fn look_at_agent(&mut self, agent: AgentId, router: &Router) {
        let now = router.agent(agent);
        if self.agents.get(&agent).copied() == now {
            return;
        }
        if let Some(before) = self.agents.remove(&agent) {
            self.add(before, u32::wrapping_sub);
        }
        if let Some(now) = now {
            self.enter(now);
        }
    }

    fn enter(&mut self, agent: AgentStatus) {
        self.agents.insert(agent.agent, agent);
        self.add(agent, u32::wrapping_add);
    }

    fn add(&mut self, agent: AgentStatus, add: fn(u32, u32) -> u32) {
        let Some(view) = self.groups.get_mut(usize::from(agent.group.0)) else { return };
        let ready = agent.ready.0 != 0 && !agent.draining && agent.lost.is_none();
        view.signed_in = add(view.signed_in, 1);
        view.ready = add(view.ready, u32::from(ready));
        view.occupied = add(view.occupied, u32::from(agent.held > 0));
        view.held = add(view.held, agent.held);
    }
}
