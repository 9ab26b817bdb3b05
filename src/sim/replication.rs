//! One replication: one engine on a virtual clock.

mod responding;

use std::hash::Hash;

use crate::agent::ChannelSet;
use crate::command::{Command, Leave, Stamped};
use crate::event::{Event, What};
use crate::id::{AgentId, CommandId, ContactId, ReasonId, Seq};
use crate::journal::{Journal, JournalError};
use crate::rejected::Rejected;
use crate::router::Router;
use crate::time::{Span, Timestamp};

use super::agent_course::AgentCourse;
use super::batches::Cuts;
use super::calendar::{Calendar, Due, Kind};
use super::claiming::Claiming;
use super::contacts::Contacts;
use super::crowd::{Crowd, Here};
use super::digest::EventDigest;
use super::elastic::Watch;
use super::opening;
use super::recorder::Recorder;
use super::scenario::Scenario;
use super::staffing::Staffing;
use super::tally::{Replication, Window};

/// Why a run failed. A sound scenario runs to its end unless it reaches a limit of its plan.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The engine refused a command.
    #[error("replication {replication} stopped at {at}, when the engine refused to {doing}: {why}")]
    Refused {
        /// Counted from 1.
        replication: u32,
        /// When, in simulated time.
        at: Timestamp,
        /// What the command was for.
        doing: &'static str,
        /// The engine's reason.
        why: Rejected,
    },
    /// The engine did not take the plan.
    #[error("the plan cannot be run: {0}")]
    Plan(Rejected),
    /// The journal in which the run was to be kept failed.
    #[error("the run cannot be kept: {0}")]
    Journal(#[from] JournalError),
}

/// Between two reports of progress.
const REPORT_EVERY: u64 = 1 << 16;

/// Runs one replication, and keeps it in a journal where one is given. `progress` is told now and then how much more of the simulated time has passed.
/// O(log n) per arrival and end beside the engine, n being contacts and agents present.
pub(super) fn replicate(
    scenario: &Scenario,
    number: u32,
    journal: Option<&mut dyn Journal>,
    progress: &dyn Fn(Span),
) -> Result<Replication, RunError> {
    let router = Router::with_policies(scenario.plan.clone(), scenario.host.clone()).map_err(RunError::Plan)?;
    let recorder = journal.map(|journal| Recorder::begin(journal, &router)).transpose()?;
    let from = Timestamp::ZERO + scenario.warmup;
    let window = Window::new(from, from + scenario.horizon);
    let mut run = Run {
        scenario,
        number,
        router,
        recorder,
        input: Stamped { seq: Seq(0), id: CommandId::ANONYMOUS, at: Timestamp::ZERO, command: Command::AdvanceTime },
        out: Vec::with_capacity(64),
        events: 0,
        digest: EventDigest::default(),
        window,
        calendar: Calendar::new(window.to),
        contacts: Contacts::new(scenario, number, window),
        crowd: Crowd::new(scenario, number, window),
        cuts: Cuts::new(window, scenario.batches),
        watch: Watch::new(scenario),
        claiming: Claiming::new(scenario, number, scenario.staffing.iter().map(Staffing::agents).sum()),
        is_watched: false,
    };
    run.is_watched = run.watch.is_some() || run.claiming.is_some();
    opening::open(scenario, window.to, &mut run.calendar);
    run.crowd.open(&mut run.calendar);
    run.contacts.open(&mut run.calendar);
    run.go(progress)?;
    run.recorder.take().map(Recorder::finish).transpose()?;
    let Run { contacts, mut crowd, cuts, .. } = run;
    let streams = contacts.close(|agent, taken| crowd.still_held(agent, taken));
    let agent_courses = crowd.close();
    let mut whole = Replication {
        measured: scenario.horizon,
        streams,
        groups: agent_courses.iter().map(AgentCourse::total).collect(),
        agent_courses,
        commands: run.input.seq.0,
        events: run.events,
        digest: run.digest.value(),
        batches: Vec::new(),
        channels: scenario.streams.iter().map(|stream| stream.new.channel).collect(),
    };
    whole.batches = cuts.close(&whole);
    Ok(whole)
}

struct Run<'s> {
    scenario: &'s Scenario,
    number: u32,
    router: Router,
    recorder: Option<Recorder<'s>>,
    /// What was applied last, or is next: kept, since a command is large.
    input: Stamped,
    out: Vec<Event>,
    events: u64,
    digest: EventDigest,
    window: Window,
    calendar: Calendar,
    contacts: Contacts<'s>,
    crowd: Crowd<'s>,
    cuts: Cuts,
    /// Lines at which agents are called in, if any are.
    watch: Option<Watch>,
    /// Agents who claim, where there are pools.
    claiming: Option<Claiming<'s>>,
    /// There is one of the two.
    is_watched: bool,
}

impl Run<'_> {
    fn go(&mut self, progress: &dyn Fn(Span)) -> Result<(), RunError> {
        let mut reported = Timestamp::ZERO;
        let mut steps: u64 = 0;
        loop {
            let due = self.calendar.first(|due| self.contacts.is_live(due));
            let timer = self.router.next_deadline();
            let next = match (due.map(Due::at), timer) {
                (Some(due), Some(timer)) => due.min(timer),
                (Some(next), None) | (None, Some(next)) => next,
                (None, None) => break,
            };
            if next >= self.window.to {
                break;
            }
            while next >= self.cuts.next() {
                self.cuts.cut(&self.contacts, &self.crowd);
            }
            self.input.at = next;
            if timer.is_some_and(|timer| timer <= next) {
                self.apply(Command::AdvanceTime, "advance time")?;
            } else if let Some(due) = due {
                self.happen(due)?;
            }
            if self.is_watched {
                self.respond()?;
            }
            steps += 1;
            if steps.is_multiple_of(REPORT_EVERY) {
                progress(next.since(reported));
                reported = next;
            }
        }
        while self.cuts.next() < self.window.to {
            self.cuts.cut(&self.contacts, &self.crowd);
        }
        progress(self.window.to.since(reported));
        Ok(())
    }

    /// Takes out the calendar's first entry, and does what it says unless it is out of date.
    fn happen(&mut self, due: Due) -> Result<(), RunError> {
        let (slot, stamp) = (due.of(), due.stamp());
        if due.kind() != Kind::Arrives {
            self.calendar.take();
        }
        match due.kind() {
            Kind::Hours => {
                let change =
                    opening::change(self.scenario, slot, stamp, self.input.at, self.window.to, &mut self.calendar);
                self.apply(change, "open or close a queue")?;
            }
            Kind::Arrives => {
                if self.contacts.arrive(slot, self.input.at, &mut self.calendar, &mut self.input.command) {
                    self.send("take an arrival")?;
                    if self.contacts.customers.is_some() {
                        self.announce()?;
                    }
                }
            }
            Kind::ComesAgain => {
                if self.contacts.come_again(slot, self.input.at, &mut self.input.command) {
                    self.send("take a customer who comes again")?;
                    if self.contacts.customers.is_some() {
                        self.announce()?;
                    }
                }
            }
            Kind::Served => {
                if let Some(contact) = self.contacts.if_phase(slot, stamp) {
                    self.apply(Command::Complete { contact }, "complete a contact")?;
                }
            }
            Kind::ServedTogether => {
                if let Some(contact) = self.contacts.first_together(slot, stamp) {
                    self.apply(Command::Complete { contact }, "complete a contact")?;
                }
            }
            Kind::Written => {
                if let Some(contact) = self.contacts.if_writing(slot, stamp) {
                    self.apply(Command::MessageFromAgent { contact }, "send a reply")?;
                    if self.contacts.is_said(contact) {
                        self.apply(Command::Complete { contact }, "complete a conversation")?;
                    }
                }
            }
            Kind::CustomerWrites => {
                if let Some(contact) = self.contacts.if_thinking(slot, stamp) {
                    self.apply(Command::MessageFromCustomer { contact }, "take a customer's message")?;
                }
            }
            Kind::WrappedUp => {
                if let Some(contact) = self.contacts.if_phase(slot, stamp) {
                    self.apply(Command::EndWrapUp { contact }, "end a wrap-up")?;
                }
            }
            Kind::RingsOut => {
                if let Some(contact) = self.contacts.if_phase(slot, stamp) {
                    self.ring_out(contact, slot)?;
                }
            }
            Kind::CallsAgain => {
                if let Some(contact) = self.contacts.if_phase(slot, stamp) {
                    self.apply(Command::Wake { contact }, "take a callback up again")?;
                }
            }
            Kind::Connects => {
                if let Some(contact) = self.contacts.if_phase(slot, stamp) {
                    self.apply(Command::Connected { contact }, "connect a contact")?;
                }
            }
            Kind::Answers => {
                if self.contacts.if_phase(slot, stamp).is_some() {
                    let offer = self.contacts.offer(slot);
                    self.apply(Command::Accept { offer }, "accept an offer")?;
                }
            }
            Kind::PicksUp => {
                if let Some(offer) = self.contacts.picked_up(slot, stamp) {
                    self.apply(Command::Accept { offer }, "accept an offer")?;
                }
            }
            Kind::Claims => {
                let claims = self.claiming.as_mut().and_then(|claiming| claiming.claims(&self.router, slot, stamp));
                if let Some((agent, contact)) = claims {
                    self.apply(Command::Claim { contact, agent }, "claim a contact")?;
                }
            }
            Kind::LosesPatience => {
                if let Some(contact) = self.contacts.if_impatient(slot, stamp, self.input.at) {
                    self.apply(Command::Abandon { contact }, "let a customer abandon")?;
                }
            }
            Kind::ShiftBegins => {
                if let Some(sign_in) = self.crowd.begin_shift(slot, self.input.at, &mut self.calendar) {
                    self.apply(sign_in, "sign an agent in")?;
                }
            }
            Kind::ShiftEnds => {
                if let Some(agent) = self.crowd.end_shift(slot, self.input.at, &mut self.calendar) {
                    self.apply(Command::SignOut { agent, leave: Leave::Drain }, "sign an agent out")?;
                }
            }
            // What has become of the lines is looked at after every step.
            Kind::Elastic => {}
            Kind::BreakBegins => {
                if let Some(agent) = self.crowd.begin_break(slot, self.input.at, &mut self.calendar) {
                    self.apply(Command::SignOut { agent, leave: Leave::Drain }, "let an agent go on break")?;
                }
            }
            Kind::BreakEnds => {
                if let Some(sign_in) = self.crowd.end_break(slot, stamp, self.input.at) {
                    self.apply(sign_in, "sign an agent in after a break")?;
                }
            }
            Kind::Back => match self.crowd.back(slot, self.input.at) {
                Some(Here::Present(agent)) => {
                    let (channels, reason) = (ChannelSet::ALL, ReasonId::NONE);
                    self.apply(Command::SetPresence { agent, channels, ready: true, reason }, "make an agent ready")?;
                }
                Some(Here::Gone(sign_in)) => self.apply(sign_in, "sign an agent in")?,
                None => {}
            },
        }
        Ok(())
    }

    /// Applies a command other than an arrival.
    fn apply(&mut self, command: Command, doing: &'static str) -> Result<(), RunError> {
        self.input.command = command;
        self.send(doing)
    }

    /// Applies the command in `input`, and follows its events.
    fn send(&mut self, doing: &'static str) -> Result<(), RunError> {
        self.input.seq.0 += 1;
        self.out.clear();
        if let Err(why) = self.router.apply(&self.input, &mut self.out) {
            return Err(RunError::Refused { replication: self.number + 1, at: self.input.at, doing, why });
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.keep(&self.input, &self.out)?;
        }
        self.events += self.out.len() as u64;
        for event in &self.out {
            event.hash(&mut self.digest);
            note(event, &mut self.contacts, &mut self.crowd, &mut self.calendar);
        }
        if self.is_watched {
            self.watch_events();
        }
        Ok(())
    }
}

/// Follows an event: what customers and agents do next, and what is counted.
fn note(event: &Event, contacts: &mut Contacts<'_>, crowd: &mut Crowd<'_>, calendar: &mut Calendar) {
    let at = event.at;
    match event.what {
            What::ChannelChanged { contact, .. } => contacts.hung_up(contact),
            What::Queued { contact, .. } => contacts.queued(contact, calendar),
            What::Offered { offer, contact, agent, .. } => {
                let answers = crowd.answers(agent);
                crowd.take(agent, at);
                contacts.offered(contact, agent, offer, at, answers, calendar);
            }
            What::OfferEnded { contact, agent, offer, .. } => {
                let taken = contacts.offer_ended(contact, offer);
                contacts.carried(contact, crowd.release(agent, taken, at));
            }
            What::Accepted { contact, agent, offer, connect_by } => {
                contacts.accepted(contact, offer);
                contacts.answered(contact, agent, at);
                go_on(contacts, crowd, calendar, contact, agent, at, connect_by.is_some());
            }
            What::Assigned { contact, agent, connect_by, .. } | What::Claimed { contact, agent, connect_by } => {
                crowd.take(agent, at);
                contacts.taken(contact, at);
                contacts.answered(contact, agent, at);
                go_on(contacts, crowd, calendar, contact, agent, at, connect_by.is_some());
            }
            What::Connected { contact, agent }
            | What::Resumed { contact, agent, .. }
            | What::Woken { contact, agent, .. } => {
                go_on(contacts, crowd, calendar, contact, agent, at, false);
            }
            What::AgentWrote { contact, .. } => contacts.replied(contact, at, calendar),
            What::CustomerWrote { contact } => contacts.asked(contact, at, calendar),
            What::Held { contact, .. } | What::Quieted { contact, .. } => contacts.pause(contact, at, calendar),
            What::WrapUpStarted { contact, until, .. } => contacts.wrap_up(contact, at, until.is_none(), calendar),
            What::Parked { contact, agent } => {
                let taken = contacts.parked(contact, at, calendar);
                contacts.carried(contact, crowd.release(agent, taken, at));
            }
            What::Unparked { contact } => contacts.unparked(contact, at),
            What::Returned { contact, agent, .. } => {
                let taken = contacts.returned(contact, at, calendar);
                contacts.carried(contact, crowd.release(agent, taken, at));
            }
            What::Ended { contact, outcome, agent } => {
                let taken = contacts.ended(contact, outcome, at, calendar);
                if let Some(agent) = agent {
                    contacts.carried(contact, crowd.release(agent, taken, at));
                }
            }
            What::AgentSignedIn { agent, .. } => crowd.signed_in(agent, at),
            What::AgentDraining { agent } => crowd.draining(agent, at, calendar),
            What::AgentSignedOut { agent } => crowd.signed_out(agent, at, calendar),
            What::PresenceChanged { agent, ready: false, until: None, .. } => crowd.unready(agent, at, calendar),
            What::PresenceChanged { .. }
            | What::RampPassed { .. }
            | What::LimitChanged { .. }
            | What::Arrived { .. }
            | What::Joined { .. }
            | What::Parted { .. }
            | What::HandedOver { .. }
            | What::WakeDeferred { .. }
            | What::PreferenceEnded { .. }
            | What::Relaxed { .. }
            | What::Widened { .. }
            | What::HoldEnded { .. }
            | What::Planned { .. }
            | What::ContextSet { .. }
            | What::AgentLost { .. }
            | What::AgentBack { .. }
            | What::ShiftSet { .. }
            | What::PriorityChanged { .. }
            | What::NeedsChanged { .. }
            | What::QueueOpened { .. }
            | What::QueueClosed { .. }
            | What::Overflowed { .. }
            // Streams schedule nothing.
            | What::Scheduled { .. }
            | What::Due { .. }
            | What::Reserved { .. }
            | What::ReservationEnded { .. }
            | What::Transferred { .. }
            | What::SkillsChanged { .. }
            | What::Configured => {}
        }
}

/// Sets up media, which takes no time here, or begins or resumes the work.
fn go_on(
    contacts: &mut Contacts<'_>,
    crowd: &Crowd<'_>,
    calendar: &mut Calendar,
    contact: ContactId,
    agent: AgentId,
    at: Timestamp,
    connecting: bool,
) {
    if connecting {
        contacts.connect(contact, at, calendar);
    } else {
        contacts.work(contact, crowd.place(agent), at, calendar);
    }
}
