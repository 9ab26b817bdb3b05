//! The contacts of a simulation: what each customer and its conversation do next, and what is counted.

use crate::capacity::{Load, Stage};
use crate::command::Command;
use crate::contact::Outcome;
use crate::id::{AgentId, ChannelId, ContactId, OfferId};
use crate::queue::WrapUp;
use crate::time::{Span, Timestamp};

use super::arrivals::{Recorded, Source};
use super::calendar::{Calendar, Due, Kind};
use super::crowd::{Held, Place};
use super::distribution::span;
use super::random::{Purpose, Random};
use super::scenario::{Handle, Scenario, Stream};
use super::slot::{Contact, State};
use super::tally::{ContactTally, Window};
use super::together::Together;

/// All contacts and the streams they come from. A contact's id is its slot and, above bit 32, how often the
/// slot has been used, so that everything about it is found in O(1).
pub(super) struct Contacts<'s> {
    window: Window,
    streams: Vec<StreamState<'s>>,
    slots: Vec<Contact>,
    free: Vec<u32>,
    /// By agent, for each channel whose speed depends on concurrency.
    together: Vec<Together>,
    /// Their speeds, in the order of the channels.
    speeds: Vec<&'s [f64]>,
    /// By channel: its place in `speeds`.
    speeded: Vec<Option<usize>>,
    /// By group and channel: load of an active contact.
    loads: Vec<Vec<Load>>,
}

struct StreamState<'s> {
    stream: &'s Stream,
    source: Source,
    upcoming: Option<Recorded>,
    bot: Random,
    handle: Random,
    patience: Random,
    wrap_up: Random,
    tally: ContactTally,
}

impl<'s> Contacts<'s> {
    pub(super) fn new(scenario: &'s Scenario, replication: u32, window: Window) -> Self {
        let state = |stream: &'s Stream| {
            let random = |purpose| Random::of(scenario.seed, replication, &stream.name, purpose);
            StreamState {
                stream,
                source: Source::new(stream.arrivals.clone(), random(Purpose::Arrivals)),
                upcoming: None,
                bot: random(Purpose::Bot),
                handle: random(Purpose::Handle),
                patience: random(Purpose::Patience),
                wrap_up: random(Purpose::WrapUp),
                tally: ContactTally::default(),
            }
        };
        let mut speeds: Vec<&[f64]> = Vec::new();
        let speeded = scenario.speed.iter().map(|speed| {
            let depends = speed.iter().any(|&speed| speed.to_bits() != 1.0_f64.to_bits());
            depends.then(|| {
                speeds.push(speed);
                speeds.len() - 1
            })
        });
        let speeded = speeded.collect();
        let agents: usize = scenario.staffing.iter().map(super::staffing::Staffing::agents).sum();
        Self {
            window,
            streams: scenario.streams.iter().map(state).collect(),
            slots: Vec::new(),
            free: Vec::new(),
            together: vec![Together::default(); agents * speeds.len()],
            speeds,
            speeded,
            loads: loads(scenario),
        }
    }

    /// Enters the first arrival of every stream.
    pub(super) fn open(&mut self, calendar: &mut Calendar) {
        for (at, state) in (0..).zip(&mut self.streams) {
            state.upcoming = state.source.next();
            if let Some(contact) = state.upcoming {
                calendar.enter(contact.at, Kind::Arrives, at, 0);
            }
        }
    }

    /// A contact of a stream arrives, with this command, unless its bot resolves it. The next one takes its place in the calendar,
    /// whose first entry it is.
    pub(super) fn arrive(
        &mut self,
        stream: u32,
        now: Timestamp,
        calendar: &mut Calendar,
        command: &mut Command,
    ) -> bool {
        let state = &mut self.streams[stream as usize];
        let next = state.source.next();
        match next {
            Some(next) => calendar.replace(next.at, Kind::Arrives, stream, 0),
            None => calendar.take(),
        }
        let Some(recorded) = std::mem::replace(&mut state.upcoming, next) else { return false };
        let counted = self.window.has(now);
        let from = state.stream;
        if from.resolved_by_bot > 0.0 && state.bot.unit() < from.resolved_by_bot {
            state.tally.resolved_by_bot += u64::from(counted);
            return false;
        }
        if counted {
            state.tally.arrive(now, self.window);
        }
        // Everything is drawn here, whatever becomes of the contact, so that runs compared stay in step.
        let (mut work, mut undrawn) = match &from.handle {
            Handle::Same(time) => (span(time.draw(&mut state.handle)).0, false),
            Handle::ByGroup(_) => (state.handle.bits(), true),
        };
        if let Some(handle) = recorded.handle {
            (work, undrawn) = (handle.0, false);
        }
        let patience = match (&recorded.patience, &from.patience) {
            (Some(patience), _) => *patience,
            (None, Some(patience)) => span(patience.draw(&mut state.patience)),
            (None, None) => Span::MAX,
        };
        let wrap_up = from.wrap_up.as_ref().map(|time| span(time.draw(&mut state.wrap_up)));
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Contact::unused());
            self.slots.len() as u32 - 1
        });
        let contact = &mut self.slots[slot as usize];
        *contact = Contact {
            used: contact.used,
            phase: contact.phase,
            stream,
            state: State::Waiting,
            counted,
            undrawn,
            work,
            patience,
            wrap_up: wrap_up.unwrap_or(Span::ZERO),
            arrived: now,
            since: now,
            ..Contact::unused()
        };
        let mut new = from.new.clone();
        new.priority = recorded.priority.unwrap_or(new.priority);
        if let Some(wrap_up) = wrap_up {
            new.wrap_up = Some(if wrap_up == Span::ZERO { WrapUp::None } else { WrapUp::Open });
        }
        *command = Command::Enqueue { contact: contact.id(slot), new };
        true
    }

    /// Whether an entry of the calendar may still come to something.
    pub(super) fn is_live(&self, due: Due) -> bool {
        let of = due.of() as usize;
        match due.kind() {
            Kind::LosesPatience => self.if_impatient(due.of(), due.stamp()).is_some(),
            Kind::Served | Kind::WrappedUp | Kind::Answers | Kind::Connects => self.slots[of].phase == due.stamp(),
            Kind::ServedTogether => self.together[of].stamp == due.stamp(),
            Kind::ShiftBegins | Kind::Back | Kind::Arrives | Kind::ShiftEnds => true,
        }
    }

    /// The contact in `slot`, if nothing has happened to it since `phase`.
    pub(super) fn if_phase(&self, slot: u32, phase: u32) -> Option<ContactId> {
        let contact = &self.slots[slot as usize];
        (contact.phase == phase).then(|| contact.id(slot))
    }

    /// The contact in `slot`, if it is still that one and nobody has answered it.
    pub(super) fn if_impatient(&self, slot: u32, used: u32) -> Option<ContactId> {
        let contact = &self.slots[slot as usize];
        (contact.used == used && matches!(contact.state, State::Waiting | State::Offered)).then(|| contact.id(slot))
    }

    /// Who has finished at a place where speed depends on concurrency, if nothing has changed there since.
    pub(super) fn first_together(&self, place: u32, stamp: u32) -> Option<ContactId> {
        let together = &self.together[place as usize];
        if together.stamp != stamp {
            return None;
        }
        let (slot, _) = together.first(self.speed_at(place))?;
        Some(self.slots[slot as usize].id(slot))
    }

    /// The last offer of the contact in `slot`.
    pub(super) fn offer(&self, slot: u32) -> OfferId {
        self.slots[slot as usize].offer
    }

    pub(super) fn queued(&mut self, id: ContactId, calendar: &mut Calendar) {
        let (slot, contact) = self.contact(id);
        let first = !std::mem::replace(&mut contact.delayed, true);
        contact.lose_patience(slot, calendar);
        if first && contact.counted {
            let stream = contact.stream;
            self.streams[stream as usize].tally.delayed += 1;
        }
    }

    pub(super) fn offered(
        &mut self,
        id: ContactId,
        agent: AgentId,
        offer: OfferId,
        at: Timestamp,
        answers: Option<Span>,
        calendar: &mut Calendar,
    ) {
        let (slot, contact) = self.contact(id);
        contact.enter_state(State::Offered);
        contact.taken = at;
        contact.agent = agent;
        contact.offer = offer;
        contact.lose_patience(slot, calendar);
        if let Some(after) = answers {
            calendar.enter(at + after, Kind::Answers, slot, contact.phase);
        }
    }

    /// An offer was not taken: since when the agent's capacity had been.
    pub(super) fn offer_ended(&mut self, id: ContactId) -> Timestamp {
        let (_, contact) = self.contact(id);
        contact.enter_state(State::Waiting);
        contact.taken
    }

    /// Given to an agent without an offer.
    pub(super) fn taken(&mut self, id: ContactId, at: Timestamp) {
        self.contact(id).1.taken = at;
    }

    pub(super) fn answered(&mut self, id: ContactId, agent: AgentId, at: Timestamp) {
        let window = self.window;
        let (_, contact) = self.contact(id);
        contact.agent = agent;
        let (stream, arrived, since) = (contact.stream, contact.arrived, contact.since);
        let first = !std::mem::replace(&mut contact.answered, true);
        let counts = contact.counted && first;
        contact.since = at;
        let state = &mut self.streams[stream as usize];
        state.tally.wait(since, at, window);
        if counts {
            state.tally.answer(arrived, at, state.stream.target.within, window);
        }
    }

    /// Media set-up takes no time.
    pub(super) fn connect(&mut self, id: ContactId, at: Timestamp, calendar: &mut Calendar) {
        let (slot, contact) = self.contact(id);
        contact.enter_state(State::Connecting);
        calendar.enter(at, Kind::Connects, slot, contact.phase);
    }

    /// Work begins, or goes on.
    pub(super) fn work(&mut self, id: ContactId, place: Place, at: Timestamp, calendar: &mut Calendar) {
        let slot = slot(id);
        let contact = &mut self.slots[slot as usize];
        contact.enter_state(State::Active);
        let stream = self.streams[contact.stream as usize].stream;
        if contact.undrawn {
            contact.undrawn = false;
            contact.work = match &stream.handle {
                Handle::Same(time) => span(time.draw(&mut Random::keyed(contact.work))).0,
                Handle::ByGroup(times) => times
                    .get(usize::from(place.group.0))
                    .or(times.first())
                    .map_or(0, |time| span(time.draw(&mut Random::keyed(contact.work))).0),
            };
        }
        match self.speeded[usize::from(stream.new.channel.0)] {
            None => {
                contact.ends = at + Span(contact.work);
                calendar.enter(contact.ends, Kind::Served, slot, contact.phase);
            }
            Some(kind) => {
                let place = place.agent * self.speeds.len() + kind;
                contact.place = place as u32;
                self.together[place].join(slot, contact.work as f64, self.speeds[kind], at);
                self.enter_first(place as u32, calendar);
            }
        }
    }

    /// Work stops for a while.
    pub(super) fn pause(&mut self, id: ContactId, at: Timestamp, calendar: &mut Calendar) {
        self.stop(slot(id), at, calendar);
        self.contact(id).1.enter_state(State::Paused);
    }

    /// The conversation is over; `open` if the agent ends the wrap-up.
    pub(super) fn wrap_up(&mut self, id: ContactId, at: Timestamp, open: bool, calendar: &mut Calendar) {
        self.leave_conversation(slot(id), at, calendar);
        let (slot, contact) = self.contact(id);
        contact.enter_state(State::WrapUp);
        if open {
            calendar.enter(at + contact.wrap_up, Kind::WrappedUp, slot, contact.phase);
        }
    }

    /// Back in its queue: since when the agent's capacity had been taken.
    pub(super) fn returned(&mut self, id: ContactId, at: Timestamp, calendar: &mut Calendar) -> Timestamp {
        self.leave_conversation(slot(id), at, calendar);
        let (_, contact) = self.contact(id);
        contact.enter_state(State::Waiting);
        contact.since = at;
        contact.taken
    }

    /// A contact is gone: since when its agent's capacity had been taken.
    pub(super) fn ended(
        &mut self,
        id: ContactId,
        outcome: Outcome,
        at: Timestamp,
        calendar: &mut Calendar,
    ) -> Timestamp {
        let slot = slot(id);
        match self.slots[slot as usize].state {
            State::Waiting | State::Offered => self.leave_line(slot, outcome, at),
            State::Connecting | State::Active | State::Paused => self.leave_conversation(slot, at, calendar),
            State::WrapUp | State::Gone => {}
        }
        let contact = &mut self.slots[slot as usize];
        contact.enter_state(State::Gone);
        contact.used = contact.used.wrapping_add(1);
        self.free.push(slot);
        contact.taken
    }

    /// A contact, which may just have gone, had an agent's capacity for a while.
    pub(super) fn carried(&mut self, id: ContactId, held: Held) {
        let stream = self.slots[slot(id) as usize].stream;
        self.streams[stream as usize].carry(&self.loads, held);
    }

    /// What is still there at the end; `held` is told of capacity still taken.
    pub(super) fn close(mut self, mut held: impl FnMut(AgentId, Timestamp) -> Held) -> Vec<ContactTally> {
        for contact in &self.slots {
            let tally = &mut self.streams[contact.stream as usize].tally;
            let area = self.window.clip(contact.since, self.window.to);
            match contact.state {
                State::Gone => {}
                State::Waiting | State::Offered => {
                    tally.wait(contact.since, self.window.to, self.window);
                    tally.waiting_at_end += u64::from(contact.counted && !contact.answered);
                }
                State::Connecting | State::Active | State::Paused => tally.service_area += area,
                State::WrapUp => {}
            }
            if !matches!(contact.state, State::Gone | State::Waiting) {
                let held = held(contact.agent, contact.taken);
                self.streams[contact.stream as usize].carry(&self.loads, held);
            }
        }
        self.streams.into_iter().map(|state| state.tally).collect()
    }

    fn contact(&mut self, id: ContactId) -> (u32, &mut Contact) {
        let slot = slot(id);
        (slot, &mut self.slots[slot as usize])
    }

    fn leave_line(&mut self, slot: u32, outcome: Outcome, at: Timestamp) {
        let contact = &self.slots[slot as usize];
        let tally = &mut self.streams[contact.stream as usize].tally;
        tally.wait(contact.since, at, self.window);
        if outcome == Outcome::Abandoned {
            tally.lost += u64::from(self.window.has(at));
        }
        if !contact.counted || contact.answered {
            return;
        }
        match outcome {
            Outcome::Abandoned => tally.abandoned += 1,
            _ => tally.overflowed += 1,
        }
        if outcome == Outcome::TurnedAway {
            tally.turned_away += 1;
        } else {
            tally.give_up(at.since(contact.arrived));
        }
    }

    fn leave_conversation(&mut self, slot: u32, at: Timestamp, calendar: &mut Calendar) {
        self.stop(slot, at, calendar);
        let contact = &self.slots[slot as usize];
        self.streams[contact.stream as usize].tally.service_area += self.window.clip(contact.since, at);
    }

    /// Stops work, if any is under way, and keeps what is left of it.
    fn stop(&mut self, slot: u32, at: Timestamp, calendar: &mut Calendar) {
        let contact = &mut self.slots[slot as usize];
        if contact.state != State::Active {
            return;
        }
        let channel = self.streams[contact.stream as usize].stream.new.channel;
        match self.speeded[usize::from(channel.0)] {
            None => contact.work = contact.ends.since(at).0,
            Some(kind) => {
                let place = contact.place;
                contact.work = span(self.together[place as usize].leave(slot, self.speeds[kind], at)).0;
                self.enter_first(place, calendar);
            }
        }
    }

    fn enter_first(&mut self, place: u32, calendar: &mut Calendar) {
        let together = &self.together[place as usize];
        if let Some((_, at)) = together.first(self.speed_at(place)) {
            calendar.enter(at, Kind::ServedTogether, place, together.stamp);
        }
    }

    fn speed_at(&self, place: u32) -> &'s [f64] {
        self.speeds[place as usize % self.speeds.len()]
    }
}

impl StreamState<'_> {
    fn carry(&mut self, loads: &[Vec<Load>], held: Held) {
        let load = loads[usize::from(held.group.0)][usize::from(self.stream.new.channel.0)];
        self.tally.load_area += held.measured * u128::from(load.0);
    }
}

fn loads(scenario: &Scenario) -> Vec<Vec<Load>> {
    let plan = scenario.plan();
    let of_group = |profile| {
        let profile = plan.profile(profile);
        let load = |channel| profile.and_then(|profile| profile.channel(ChannelId(channel)));
        let channels = (0..).take(plan.channels().len());
        channels.map(|channel| load(channel).map_or(Load::ZERO, |capacity| capacity.load(Stage::Active))).collect()
    };
    plan.groups().iter().map(|group| of_group(group.capacity)).collect()
}

fn slot(id: ContactId) -> u32 {
    id.0 as u32
}
