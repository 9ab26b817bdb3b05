//! A recording happening again: what came from outside comes when it came, and whatever depends on the routing
//! (who answers, how long the work takes, who loses patience) follows from what happens now.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::command::{Command, Stamped};
use crate::contact::NewContact;
use crate::event::{Event, What};
use crate::id::{AgentId, ChannelId, CommandId, ContactId, OfferId, QueueId, ReasonId, Seq};
use crate::journal::Entry;
use crate::router::Router;
use crate::sim::policy::Policy;
use crate::time::{Span, Timestamp};

use super::absences::{self, Away};
use super::conduct::DRAWN;
use super::figures::{Figures, answer_within};
use super::heartbeats::Heartbeats;
use super::life::{At, Life};
use super::likeness::Likeness;
use super::reading::Recording;
use super::story::Reply;
use super::{Answering, Departures, Patient};

/// One run of a recording.
pub(super) struct Enactment<'r> {
    recording: &'r Recording,
    /// Under which every plan is put; `None` to leave each its own.
    policy: Option<&'r Policy>,
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
    /// That ring.
    offers: BTreeSet<OfferId>,
    arrivals: u32,
    away: Away,
    /// How often each agent was away for having let offers ring.
    times_away: BTreeMap<AgentId, usize>,
    sign_ins: BTreeMap<AgentId, Command>,
    heartbeats: Heartbeats,
    likeness: Likeness,
    figures: Figures,
    departures: Departures,
    events: u64,
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

impl<'r> Enactment<'r> {
    pub(super) fn new(recording: &'r Recording, policy: Option<&'r Policy>, patient: Patient, router: Router) -> Self {
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
            offers: BTreeSet::new(),
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
            command if is_from_outside(&command) && !self.recording.reactions.contains(&order) => {
                self.comes_from_outside(command, at);
            }
            _ => {}
        }
        if let Some(agent) = heard_from {
            // After what the agent does at this instant, if it does that now.
            self.enter(at, order, u32::MAX, Task::Heartbeat(agent));
        }
    }

    fn comes_from_outside(&mut self, mut command: Command, at: Timestamp) {
        if let (Command::Configure { plan }, Some(policy)) = (&mut command, self.policy) {
            policy.apply(plan);
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
                let command = match reply {
                    Reply::Accepts => Command::Accept { offer },
                    Reply::Declines => Command::Decline { offer },
                    Reply::Revoked => Command::Revoke { offer },
                    Reply::LetsRing => return,
                };
                if self.offers.contains(&offer) {
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
                let Some(step) = recording.story(there.script).script.get(there.step) else { return };
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
                recording.story(of).meanwhile[place as usize].deed.about(contact)
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
        for (place, meanwhile) in (0..).zip(&self.recording.story(story).meanwhile) {
            if meanwhile.wait == life.wait {
                self.enter(at + meanwhile.after, meanwhile.order, story, Task::Meanwhile(life.wait, place));
            }
        }
        if let Some((patience, order)) = self.recording.patience(story, &life, self.patient) {
            self.enter(at + patience, order, story, Task::Leave(life.wait));
        }
    }

    /// An offer rings: whether the agent answers it, and after how long.
    fn ring(&mut self, story: u32, offer: OfferId, agent: AgentId, at: Timestamp) {
        self.offers.insert(offer);
        let Some(there) = self.there.get_mut(&story) else { return };
        // The offer of this contact to this agent that is to come again next.
        let rings = (0..64).zip(&self.recording.story(story).rings);
        let mut known = rings.filter(|(place, ring)| ring.agent == agent && there.rung & (1 << place) == 0);
        let known = known.next();
        there.rings += 1;
        match known {
            Some((place, _)) => there.rung |= 1 << place,
            None => self.departures.answers_drawn += 1,
        }
        let known = known.map(|(_, ring)| ring);
        match self.recording.reply(story, &there.life, agent, known, there.rings) {
            None | Some((_, Reply::LetsRing)) => {}
            Some(((after, order), reply)) => self.enter(at + after, order, story, Task::Reply(offer, reply)),
        }
    }

    /// An agent has it in hand for the first time. One that was never handled is handled like another.
    fn begin_work(&mut self, story: u32, at: Timestamp) {
        if self.recording.story(story).answered.is_some() {
            return;
        }
        let Some(there) = self.there.get_mut(&story) else { return };
        if let Some(like) = self.recording.like(story, &there.life) {
            there.script = like;
            there.step = self.recording.story(like).answered.map_or(0, |answered| answered.step as usize);
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
        let script = recording.story(there.script);
        let next = match script.script.get(there.step) {
            Some(step) if step.in_hand => {
                let left = less(step.after, life.worked(now));
                (life.at == At::Hand).then_some((now + left, step.order, Task::Step(stamp)))
            }
            Some(step) => Some(((life.step + step.after).max(now), step.order, Task::Step(stamp))),
            None if life.at != At::Hand => None,
            // Handled like another, all of whose steps are done.
            None if recording.story(story).answered.is_none() => Some((now, DRAWN, Task::Finish(stamp))),
            None => recording
                .worked(story, &life)
                .map(|worked| (now + less(worked, life.worked_in_all(now)), DRAWN, Task::Finish(stamp))),
        };
        let further = match life.at {
            At::SetUp => recording
                .set_up(story, &life)
                .map(|((after, order), works)| (life.since + after, order, Task::Connect(stamp, works))),
            At::WrapUp => recording
                .wrap_up(story, &life, script)
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
        if let Some(((after, order), _)) = self.recording.comes_back(agent, this) {
            self.enter(at + after, order, 0, Task::Return(agent, this));
        }
    }

    fn come_back(&mut self, agent: AgentId, time: usize, at: Timestamp) {
        // Since then it may have been sent away again, or have come or gone of its own accord.
        if self.times_away.get(&agent) != Some(&(time + 1)) {
            return;
        }
        let Some(signed_out) = self.away.end(agent) else { return };
        let recorded = self.recording.comes_back(agent, time).and_then(|(_, command)| command);
        let command = match (recorded, self.sign_ins.get(&agent)) {
            (Some(command), _) => command.clone(),
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

fn less(whole: Span, part: Span) -> Span {
    Span(whole.0.saturating_sub(part.0))
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
