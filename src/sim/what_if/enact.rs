//! A recording happening again: what came from outside comes when it came, and whatever depends on the routing
//! (who answers, how long the work takes, who loses patience) follows from what happens now.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::command::{Command, Stamped};
use crate::contact::NewContact;
use crate::event::{Event, What};
use crate::id::{AgentId, ChannelId, CommandId, ContactId, OfferId, QueueId, ReasonId, Seq};
use crate::journal::Entry;
use crate::router::Router;
use crate::sim::policy::Policy;
use crate::time::{Span, Timestamp};

use super::absences::{self, Absence, Away};
use super::figures::{Figures, answer_within};
use super::heartbeats::Heartbeats;
use super::life::{At, Life};
use super::likeness::Likeness;
use super::reading::Recording;
use super::seen::{Alike, Draw, random};
use super::story::{Reply, Story, WaitEnd, WrapUp};
use super::{Answering, Departures, Patient};

/// One run of a recording.
pub(super) struct Enactment<'r> {
    recording: &'r Recording,
    policy: &'r Policy,
    patient: Patient,
    router: Router,
    input: Stamped,
    /// The place of the recorded entry that was come to last.
    last: (Timestamp, u64),
    out: Vec<Event>,
    calendar: BinaryHeap<Reverse<Due>>,
    /// Contacts that are there, by their place among the arrivals.
    there: BTreeMap<u32, There>,
    stories: BTreeMap<ContactId, u32>,
    offers: BTreeMap<OfferId, u32>,
    arrivals: u32,
    away: Away,
    /// How often each agent was away for having let offers ring.
    times_away: BTreeMap<AgentId, usize>,
    sign_ins: BTreeMap<AgentId, Command>,
    heartbeats: Heartbeats,
    pub(super) likeness: Likeness,
    pub(super) figures: Figures,
    pub(super) departures: Departures,
    pub(super) events: u64,
}

/// A contact that is there.
struct There {
    id: ContactId,
    life: Life,
    arrived: (QueueId, ChannelId),
    within: Span,
    /// Whose script its handling follows: its own, unless it was never handled in the recording.
    script: u32,
    /// The next step.
    step: usize,
    /// Which of the recorded offers came again, by their number: the first 64.
    rung: u64,
    rings: u32,
    /// Counts changes: what was entered in the calendar before the last one is out of date.
    stamp: u32,
}

/// What is due: when, at its place in the journal or after all of these, what.
type Due = (Timestamp, u64, u32, Task);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Task {
    /// The next step of the script, in this state of the contact.
    Step(u32),
    /// All of the script is done: the contact is completed.
    Finish(u32),
    Connect(u32, bool),
    EndWrapUp(u32),
    Meanwhile(u16, u32),
    Leave(u16),
    Reply(OfferId, Reply),
    /// An agent comes back; the command is recorded, or made up.
    Return(AgentId, usize),
    /// The agent was seen to be there.
    Heartbeat(AgentId),
}

/// The place in the calendar of what is drawn, after all that was recorded.
const DRAWN: u64 = 1 << 63;

impl<'r> Enactment<'r> {
    pub(super) fn new(recording: &'r Recording, policy: &'r Policy, patient: Patient, router: Router) -> Self {
        let at = router.now();
        Self {
            recording,
            policy,
            patient,
            input: Stamped { seq: router.seq(), id: CommandId::ANONYMOUS, at, command: Command::AdvanceTime },
            router,
            last: (at, 0),
            out: Vec::with_capacity(64),
            calendar: BinaryHeap::new(),
            there: BTreeMap::new(),
            stories: BTreeMap::new(),
            offers: BTreeMap::new(),
            arrivals: 0,
            away: Away::default(),
            times_away: BTreeMap::new(),
            sign_ins: BTreeMap::new(),
            heartbeats: Heartbeats::default(),
            likeness: Likeness::default(),
            figures: Figures::default(),
            departures: Departures::default(),
            events: 0,
        }
    }

    /// Goes on to the place of the next recorded entry; what it says that came from outside happens again.
    pub(super) fn go_on(&mut self, entry: Entry) {
        let Entry { input, events, .. } = entry;
        let (at, order) = (input.at, input.seq.0);
        self.run_until(at, order);
        self.last = (at, order);
        let heard_from = self.heartbeats.hear(&self.router, &input, &events);
        let nothing_followed = events.is_empty();
        self.likeness.recorded(events);
        match input.command {
            // One that was sent twice arrived once.
            Command::Enqueue { .. } if nothing_followed => {}
            Command::Enqueue { contact, new } => self.arrive(contact, new, at),
            command if is_from_outside(&command) => {
                if !self.recording.reactions.contains(&order) {
                    self.from_outside(command, at);
                }
            }
            _ => {}
        }
        if let Some(agent) = heard_from {
            // After what the agent does at this instant, if it does that now.
            self.enter(at, order, u32::MAX, Task::Heartbeat(agent));
        }
    }

    fn from_outside(&mut self, mut command: Command, at: Timestamp) {
        if let Command::Configure { plan } = &mut command {
            self.policy.apply(plan);
        }
        if let Command::SignIn { agent, .. } = command {
            self.sign_ins.insert(agent, command.clone());
        }
        if let Some((agent, _)) = absences::ended_by(&command) {
            self.away.end(agent);
        }
        if !self.apply(command, at) {
            self.departures.refused_from_outside += 1;
        }
    }

    fn arrive(&mut self, contact: ContactId, new: NewContact, at: Timestamp) {
        let story = self.arrivals;
        self.arrivals += 1;
        // Its name may still be another's, who is there longer than it was.
        let id = match self.router.contact(contact) {
            None => contact,
            Some(_) => ContactId(u64::MAX - u64::from(story)),
        };
        let promised = new.not_before.is_some_and(|not_before| not_before > at);
        let arrived = (new.queue, new.channel);
        let there = There {
            id,
            life: Life::begin(new.queue, new.channel, promised, at),
            arrived,
            within: answer_within(&new, self.router.plan()),
            script: story,
            step: 0,
            rung: 0,
            rings: 0,
            stamp: 0,
        };
        self.there.insert(story, there);
        self.stories.insert(id, story);
        self.figures.arrived(new.queue, new.channel);
        if self.apply(Command::Enqueue { contact: id, new }, at) {
            return;
        }
        self.there.remove(&story);
        self.stories.remove(&id);
        self.figures.refused(arrived);
        self.departures.refused_arrivals += 1;
    }

    /// Everything that is due before a place in the journal happens.
    fn run_until(&mut self, at: Timestamp, order: u64) {
        loop {
            let due = self.calendar.peek().map(|Reverse(due)| *due).filter(|due| (due.0, due.1) < (at, order));
            let until = due.map_or(at, |due| due.0);
            if let Some(timer) = self.router.next_deadline().filter(|timer| *timer <= until) {
                self.apply(Command::AdvanceTime, timer);
                continue;
            }
            let Some((at, _, of, task)) = due else { return };
            self.calendar.pop();
            self.happen(task, of, at);
        }
    }

    fn happen(&mut self, task: Task, of: u32, at: Timestamp) {
        match task {
            Task::Return(agent, time) => return self.come_back(agent, time, at),
            Task::Heartbeat(agent) => {
                // Who is not signed in now needs none.
                self.apply(Command::Heartbeat { agent }, at);
                return;
            }
            Task::Reply(offer, reply) => {
                if self.offers.contains_key(&offer) {
                    let command = match reply {
                        Reply::Accepts => Command::Accept { offer },
                        Reply::Declines => Command::Decline { offer },
                        Reply::Revoked => Command::Revoke { offer },
                        Reply::LetsRing => return,
                    };
                    self.apply(command, at);
                }
                return;
            }
            _ => {}
        }
        let recording = self.recording;
        let Some(there) = self.there.get_mut(&of) else { return };
        let contact = there.id;
        let command = match task {
            Task::Step(stamp) if stamp == there.stamp => {
                let Some(step) = recording.stories[there.script as usize].script.get(there.step) else { return };
                there.step += 1;
                there.life.take_step(at);
                let command = step.deed.about(contact);
                self.deed(command, at);
                self.plan_next(of, at);
                return;
            }
            Task::Finish(stamp) if stamp == there.stamp => Command::Complete { contact },
            Task::Connect(stamp, true) if stamp == there.stamp => Command::Connected { contact },
            Task::Connect(stamp, false) if stamp == there.stamp => Command::ConnectFailed { contact },
            Task::EndWrapUp(stamp) if stamp == there.stamp => Command::EndWrapUp { contact },
            Task::Leave(wait) if there.life.waits(wait) && !there.life.promised => Command::Abandon { contact },
            Task::Meanwhile(wait, place) if there.life.waits(wait) => {
                recording.stories[of as usize].meanwhile[place as usize].deed.about(contact)
            }
            _ => return,
        };
        self.deed(command, at);
    }

    fn deed(&mut self, command: Command, at: Timestamp) {
        if !self.apply(command, at) {
            self.departures.came_to_nothing += 1;
        }
    }

    /// Applies a command and follows its events; whether the engine took it.
    fn apply(&mut self, command: Command, at: Timestamp) -> bool {
        self.input.seq = Seq(self.input.seq.0 + 1);
        (self.input.at, self.input.command) = (at, command);
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        let taken = self.router.apply(&self.input, &mut out).is_ok();
        self.events += out.len() as u64;
        for event in &out {
            self.likeness.again(event);
            self.hear(event);
        }
        self.out = out;
        taken
    }

    fn hear(&mut self, event: &Event) {
        let Event { at, what } = *event;
        if let Some(agent) = self.away.hear(event) {
            self.sent_away(agent, at);
        }
        let Some(&story) = what.contact().and_then(|contact| self.stories.get(&contact)) else { return };
        match what {
            What::Arrived { .. } => {
                self.begin_wait(story, at);
                return self.plan_next(story, at);
            }
            What::Offered { offer, agent, .. } => self.ring(story, offer, agent, at),
            What::OfferEnded { offer, .. } | What::Accepted { offer, .. } => {
                self.offers.remove(&offer);
            }
            _ => {}
        }
        let Some(there) = self.there.get_mut(&story) else { return };
        let was = there.life;
        let moved = there.life.hear(&what, at);
        self.figures.hear(there.arrived, there.within, &was, &there.life, &what, at);
        if !moved {
            return;
        }
        let is = there.life;
        if is.at == At::Gone {
            let contact = there.id;
            self.there.remove(&story);
            self.stories.remove(&contact);
            return;
        }
        if is.wait != was.wait {
            self.begin_wait(story, at);
        }
        if is.at == At::Hand && !was.answered {
            self.begin_work(story, at);
        }
        self.plan_next(story, at);
    }

    /// The customer begins to wait: how long it will, and what the host will do meanwhile.
    fn begin_wait(&mut self, story: u32, at: Timestamp) {
        let life = self.there[&story].life;
        let of: &Story = &self.recording.stories[story as usize];
        for (place, meanwhile) in (0..).zip(&of.meanwhile) {
            if meanwhile.wait == life.wait {
                self.enter(at + meanwhile.after, meanwhile.order, story, Task::Meanwhile(life.wait, place));
            }
        }
        let mut random = random(story.into(), Draw::Patience, life.wait.into());
        let mut beyond = |waited: Span| match self.patient {
            Patient::Estimated => self.recording.patience.beyond(life.queue, life.channel, waited, &mut random),
            Patient::Endless => None,
        };
        let patience = match of.waits.get(usize::from(life.wait)) {
            Some(wait) => match wait.end {
                WaitEnd::Left { order } => Some((wait.lasted, order)),
                WaitEnd::Unknown => beyond(wait.lasted).map(|patience| (patience, DRAWN)),
                WaitEnd::Promised => None,
            },
            None => beyond(Span::ZERO).map(|patience| (patience, DRAWN)),
        };
        if let Some((patience, order)) = patience.filter(|_| !life.promised) {
            self.enter(at + patience, order, story, Task::Leave(life.wait));
        }
    }

    /// An offer rings: whether the agent answers it, and after how long.
    fn ring(&mut self, story: u32, offer: OfferId, agent: AgentId, at: Timestamp) {
        self.offers.insert(offer, story);
        let Some(there) = self.there.get_mut(&story) else { return };
        let rings = &self.recording.stories[story as usize].rings;
        // The offer of this contact to this agent that is to come again next.
        let known = (0..64).zip(rings).find(|(place, ring)| ring.agent == agent && there.rung & (1 << place) == 0);
        let time = u64::from(there.rings);
        there.rings += 1;
        if let Some((place, _)) = known {
            there.rung |= 1 << place;
        }
        let own = known.and_then(|(_, ring)| ring.reply.map(|reply| (ring.after, reply, ring.order)));
        let (after, reply, order) = match own {
            Some(own) => own,
            None => {
                let longer = known.map(|(_, ring)| ring.after);
                let kinds = [Alike::Agent(agent), Alike::Channel(there.life.channel), Alike::Any];
                let mut random = random(story.into(), Draw::Reply, time);
                self.departures.answers_drawn += u64::from(longer.is_none());
                let drawn = self.recording.replies.draw(&kinds, longer, &mut random);
                // Where nobody was ever seen to answer, everybody does at once.
                let (after, reply) = drawn.unwrap_or((longer.unwrap_or(Span::ZERO), Reply::Accepts));
                (after, reply, DRAWN)
            }
        };
        if reply != Reply::LetsRing {
            self.enter(at + after, order, story, Task::Reply(offer, reply));
        }
    }

    /// An agent has it in hand for the first time. One that was never handled is handled like another.
    fn begin_work(&mut self, story: u32, at: Timestamp) {
        if self.recording.stories[story as usize].answered.is_some() {
            return;
        }
        let Some(there) = self.there.get_mut(&story) else { return };
        let mut random = random(story.into(), Draw::Handling, 0);
        let drawn = self.recording.handlings.draw(&likes(&there.life), None, &mut random);
        if let Some((_, like)) = drawn {
            there.script = like;
            there.step = self.recording.stories[like as usize].answered.map_or(0, |answered| answered.step as usize);
        }
        there.life.take_step(at);
        self.departures.handling_drawn += 1;
    }

    /// Enters what happens next to a contact, where it is now.
    fn plan_next(&mut self, story: u32, now: Timestamp) {
        let recording = self.recording;
        let Some(there) = self.there.get_mut(&story) else { return };
        there.stamp += 1;
        let (stamp, life) = (there.stamp, there.life);
        let script = &recording.stories[there.script as usize];
        let next = match script.script.get(there.step) {
            Some(step) if step.in_hand => {
                let left = less(step.after, life.worked(now));
                (life.at == At::Hand).then_some((now + left, step.order, Task::Step(stamp)))
            }
            Some(step) => Some(((life.step + step.after).max(now), step.order, Task::Step(stamp))),
            None if life.at == At::Hand => finish(recording, story, there, now),
            None => None,
        };
        let own = &recording.stories[story as usize];
        let further = match life.at {
            At::SetUp => connect(recording, own, story, &life)
                .map(|(after, order, works)| (life.since + after, order, Task::Connect(stamp, works))),
            At::WrapUp => wrap_up(recording, script, story, &life)
                .map(|(after, order)| (life.since + after, order, Task::EndWrapUp(stamp))),
            _ => None,
        };
        for (at, order, task) in next.into_iter().chain(further) {
            self.enter(at, order, story, task);
        }
    }

    /// An agent was sent away for letting offers ring: when it comes back.
    fn sent_away(&mut self, agent: AgentId, at: Timestamp) {
        let time = self.times_away.entry(agent).or_default();
        let this = *time;
        *time += 1;
        let seen = self.recording.absences.get(agent, this);
        let own = seen.and_then(|absence| absence.back.as_ref().map(|(_, order)| (absence.lasted(), *order)));
        let back = match own {
            Some(own) => Some(own),
            None => {
                let longer = seen.map(Absence::lasted);
                let mut random = random(agent.0, Draw::Return, this as u64);
                let kinds = [Alike::Agent(agent), Alike::Any];
                self.recording.absences.returns().draw(&kinds, longer, &mut random).map(|(after, ())| (after, DRAWN))
            }
        };
        if let Some((after, order)) = back {
            self.enter(at + after, order, 0, Task::Return(agent, this));
        }
    }

    fn come_back(&mut self, agent: AgentId, time: usize, at: Timestamp) {
        // Since then it may have been sent away again, or have come or gone of its own accord.
        if self.times_away.get(&agent) != Some(&(time + 1)) {
            return;
        }
        let Some(signed_out) = self.away.end(agent) else { return };
        let recorded = self.recording.absences.get(agent, time).and_then(|absence| absence.back.as_ref());
        let command = match (recorded, self.sign_ins.get(&agent)) {
            (Some((command, _)), _) => (**command).clone(),
            (None, Some(&Command::SignIn { ready: channels, .. })) if !signed_out => {
                Command::SetPresence { agent, channels, ready: true, reason: ReasonId::NONE }
            }
            (None, Some(sign_in)) => sign_in.clone(),
            (None, None) => return,
        };
        self.apply(command, at);
    }

    fn enter(&mut self, at: Timestamp, order: u64, of: u32, task: Task) {
        // At one instant, what was drawn happens by order of arrival.
        let order = if order == DRAWN { DRAWN | u64::from(of) } else { order };
        self.calendar.push(Reverse((at, order, of, task)));
    }

    /// What happened until the end of the recording.
    pub(super) fn finish(mut self) -> Answering {
        let (at, order) = self.last;
        self.run_until(at, order + 1);
        self.departures.contacts_left = self.there.len() as u64;
        Answering { figures: self.figures, departures: self.departures, events: self.events, like: self.likeness.end() }
    }
}

/// When the work is over that is in hand beyond what was recorded of it.
fn finish(recording: &Recording, story: u32, there: &There, now: Timestamp) -> Option<(Timestamp, u64, Task)> {
    let own = &recording.stories[story as usize];
    let task = Task::Finish(there.stamp);
    if own.answered.is_none() {
        // Handled like another, all of whose steps are done.
        return Some((now, DRAWN, task));
    }
    let mut random = random(story.into(), Draw::Handling, 1);
    let (worked, _) = recording.handlings.draw(&likes(&there.life), Some(own.worked), &mut random)?;
    Some((now + less(worked, there.life.worked_in_all(now)), DRAWN, task))
}

/// How long it takes to set up media, and whether that works.
fn connect(recording: &Recording, own: &Story, story: u32, life: &Life) -> Option<(Span, u64, bool)> {
    let seen = own.set_ups.get(usize::from(life.set_up));
    if let Some(set_up) = seen
        && let Some(works) = set_up.works
    {
        return Some((set_up.after, set_up.order, works));
    }
    let mut random = random(story.into(), Draw::SetUp, life.set_up.into());
    let longer = seen.map(|set_up| set_up.after);
    let drawn = recording.set_ups.draw(&likes(life), longer, &mut random);
    match (drawn, longer) {
        (Some((after, works)), _) => Some((after, DRAWN, works)),
        (None, None) => Some((Span::ZERO, DRAWN, true)),
        (None, Some(_)) => None,
    }
}

/// When the agent says that the wrap-up is over; `None` where that is not up to it, or longer than any was seen to take.
fn wrap_up(recording: &Recording, script: &Story, story: u32, life: &Life) -> Option<(Span, u64)> {
    if let Some(WrapUp { after, order: Some(order) }) = script.wrap_up {
        return Some((after, order));
    }
    if !life.open_wrap_up {
        return None;
    }
    let longer = script.wrap_up.map(|wrap_up| wrap_up.after);
    let drawn = recording.wrap_ups.draw(&likes(life), longer, &mut random(story.into(), Draw::WrapUp, 0));
    let none_seen = longer.is_none().then_some(Span::ZERO);
    drawn.map(|(after, ())| after).or(none_seen).map(|after| (after, DRAWN))
}

fn less(whole: Span, part: Span) -> Span {
    Span(whole.0.saturating_sub(part.0))
}

fn likes(life: &Life) -> [Alike; 3] {
    [Alike::Queue(life.queue, life.channel), Alike::Channel(life.channel), Alike::Any]
}

/// Whether a command would have come under any policy, at the same instant.
fn is_from_outside(command: &Command) -> bool {
    matches!(
        command,
        Command::Configure { .. }
            | Command::SignIn { .. }
            | Command::SignOut { .. }
            | Command::SetPresence { .. }
            | Command::Heartbeat { .. }
            | Command::LinkLost { .. }
            | Command::SetShift { .. }
            | Command::SetSkills { .. }
            | Command::SetQueueOpen { .. }
    )
}
