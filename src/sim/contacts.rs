//! The contacts of a simulation: what each customer and its conversation do next, and what is counted.

use crate::capacity::Load;
use crate::command::Command;
use crate::id::{AgentId, ContactId, OfferId};
use crate::queue::WrapUp;
use crate::time::{Span, Timestamp};

use super::arrivals::{Arrivals, Recorded, Source};
use super::bursts::Bursting;
use super::calendar::{Calendar, Due, Kind};
use super::crowd::Place;
use super::desk::Desks;
use super::distribution::span;
use super::factors::Effort;
use super::random::{Purpose, Random};
use super::retrying::{Attempt, Customers, Need};
use super::ringing::Ringing;
use super::scenario::{Handle, Scenario, Stream};
use super::slot::{Contact, State};
use super::tally::{ContactTally, Window};
use super::together::Together;

/// All contacts and the streams they come from. A contact's id is its slot and, above bit 32, how often the
/// slot has been used, so that everything about it is found in O(1).
pub(super) struct Contacts<'s> {
    pub(super) window: Window,
    pub(super) streams: Vec<StreamState<'s>>,
    pub(super) slots: Vec<Contact>,
    pub(super) free: Vec<u32>,
    /// By agent, for each channel whose speed depends on concurrency.
    pub(super) together: Vec<Together>,
    /// Their speeds, in the order of the channels.
    pub(super) speeds: Vec<&'s [f64]>,
    /// By channel: its place in `speeds`.
    pub(super) speeded: Vec<Option<usize>>,
    /// By group and channel: load of an active contact.
    pub(super) loads: Vec<Vec<Load>>,
    /// Where conversations are written.
    pub(super) desks: Desks,
    /// Their open offers, where there may be several of one.
    pub(super) ringing: Option<Ringing>,
    /// Who contacts stand for, where that matters to any stream.
    pub(super) customers: Option<Customers>,
}

pub(super) struct StreamState<'s> {
    pub(super) stream: &'s Stream,
    source: Source,
    upcoming: Option<Recorded>,
    bot: Random,
    handle: Random,
    patience: Random,
    wrap_up: Random,
    customers: Random,
    effort: Option<Effort<'s>>,
    /// Its contacts keep an agent from writing.
    pub(super) interrupts: bool,
    /// Its contacts come as ones to be called back.
    called_back: bool,
    pub(super) tally: ContactTally,
}

impl<'s> Contacts<'s> {
    pub(super) fn new(scenario: &'s Scenario, replication: u32, window: Window) -> Self {
        let writes = scenario.streams.iter().any(|stream| stream.conversation().is_some());
        let state = |stream: &'s Stream| {
            let random = |purpose| Random::of(scenario.seed, replication, &stream.name, purpose);
            StreamState {
                stream,
                source: Source::new(
                    stream.arrivals.clone(),
                    random(Purpose::Arrivals),
                    Bursting::new(&stream.bursts, scenario.seed, replication, &stream.name, window.to),
                ),
                upcoming: None,
                bot: random(Purpose::Bot),
                handle: random(Purpose::Handle),
                patience: random(Purpose::Patience),
                wrap_up: random(Purpose::WrapUp),
                customers: random(Purpose::Customer),
                effort: Effort::new(scenario, &stream.factors),
                interrupts: writes
                    && stream.conversation().is_none()
                    && scenario.plan().channel(stream.channel()).is_some_and(|channel| channel.whole_agent),
                called_back: scenario.plan().find_channel("callback") == Some(stream.channel()),
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
            loads: super::scenario::active_loads(scenario),
            desks: if writes { Desks::new(agents) } else { Desks::default() },
            ringing: scenario.plan().queues().iter().any(|queue| queue.mode.rings()).then(Ringing::default),
            customers: scenario.streams.iter().any(Stream::knows_customers).then(Customers::default),
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
            Handle::Spoken(talk) => (talk.spoken(&mut Random::keyed(state.handle.bits())).0, false),
            Handle::ByGroup(_) => (state.handle.bits(), true),
            Handle::Written(_) => (state.handle.bits(), false),
        };
        let mut unscaled = state.effort.is_some();
        if let Some(handle) = recorded.handle {
            (work, undrawn, unscaled) = (handle.0, false, false);
        }
        let patience = match (&recorded.patience, &from.patience) {
            (Some(patience), _) => *patience,
            (None, Some(patience)) => span(patience.draw(&mut state.patience)),
            (None, None) => Span::MAX,
        };
        let wrap_up = from.wrap_up.as_ref().map(|time| span(time.draw(&mut state.wrap_up)));
        let priority = recorded.priority.unwrap_or(from.new.priority);
        let need = Need { work, undrawn, unscaled, wrap_up, priority };
        let slot = self.let_in(stream, need, patience, counted, now, command);
        if let Some(customers) = &mut self.customers {
            let state = &mut self.streams[stream as usize];
            // Recorded customers who came again are on record as often as they came.
            let known = from.knows_customers() && !matches!(from.arrivals, Arrivals::Trace(_));
            let first = known.then(|| Attempt::first(stream, need, state.customers.bits()));
            customers.come(slot, first.map(|attempt| attempt.to_be_called_back(state.called_back)));
        }
        true
    }

    /// A customer who was not answered comes again, with this command.
    pub(super) fn come_again(&mut self, number: u32, now: Timestamp, command: &mut Command) -> bool {
        let Some(attempt) = self.customers.as_mut().map(|customers| customers.back(number)) else { return false };
        let state = &mut self.streams[attempt.stream as usize];
        let counted = self.window.has(now);
        if counted {
            state.tally.arrive(now, self.window);
            state.tally.retrials += 1;
        }
        let patience = state.stream.patience.as_ref().map_or(Span::MAX, |patience| attempt.patience(patience));
        let slot = self.let_in(attempt.stream, attempt.need, patience, counted, now, command);
        let called_back = self.streams[attempt.stream as usize].called_back;
        if let Some(customers) = &mut self.customers {
            customers.come(slot, Some(attempt.to_be_called_back(called_back)));
        }
        true
    }

    /// A contact comes to the engine, with this command.
    #[inline(always)]
    fn let_in(
        &mut self,
        stream: u32,
        need: Need,
        patience: Span,
        counted: bool,
        now: Timestamp,
        command: &mut Command,
    ) -> u32 {
        let from = self.streams[stream as usize].stream;
        let Need { work, undrawn, unscaled, wrap_up, priority } = need;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Contact::unused());
            self.slots.len() as u32 - 1
        });
        if let Handle::Written(how) = &from.handle {
            self.desks.open(slot, work, how);
        }
        let contact = &mut self.slots[slot as usize];
        *contact = Contact {
            used: contact.used,
            phase: contact.phase,
            stream,
            state: State::Waiting,
            counted,
            undrawn,
            unscaled,
            work,
            patience,
            wrap_up: wrap_up.unwrap_or(Span::ZERO),
            arrived: now,
            since: now,
            ..Contact::unused()
        };
        let mut new = from.new.clone();
        new.priority = priority;
        if let Some(wrap_up) = wrap_up {
            new.wrap_up = Some(if wrap_up == Span::ZERO { WrapUp::None } else { WrapUp::Open });
        }
        *command = Command::Enqueue { contact: contact.id(slot), new };
        slot
    }

    /// Whether an entry of the calendar may still come to something.
    #[inline(always)]
    pub(super) fn is_live(&self, due: Due) -> bool {
        let of = due.of() as usize;
        match due.kind() {
            Kind::LosesPatience => self.if_impatient(due.of(), due.stamp(), due.at()).is_some(),
            Kind::Served | Kind::WrappedUp | Kind::Answers | Kind::Connects | Kind::RingsOut | Kind::CallsAgain => {
                self.slots[of].phase == due.stamp()
            }
            Kind::ServedTogether => self.together[of].stamp == due.stamp(),
            Kind::PicksUp => self.picked_up(due.of(), due.stamp()).is_some(),
            Kind::Written => self.desks.is_writing(due.of(), due.stamp()),
            Kind::CustomerWrites => self.desks.is_thinking(due.of(), due.stamp()),
            Kind::Hours | Kind::ShiftBegins | Kind::Elastic | Kind::Claims | Kind::Back | Kind::BreakEnds => true,
            Kind::Arrives | Kind::ComesAgain | Kind::BreakBegins | Kind::ShiftEnds => true,
        }
    }

    /// The contact in `slot`, if nothing has happened to it since `phase`.
    pub(super) fn if_phase(&self, slot: u32, phase: u32) -> Option<ContactId> {
        let contact = &self.slots[slot as usize];
        (contact.phase == phase).then(|| contact.id(slot))
    }

    /// The contact in `slot`, if it is still that one and nobody has answered it.
    pub(super) fn if_impatient(&self, slot: u32, used: u32, at: Timestamp) -> Option<ContactId> {
        let contact = &self.slots[slot as usize];
        let waits = matches!(contact.state, State::Waiting | State::Offered)
            && contact.patience != Span::MAX
            && contact.since + contact.patience <= at;
        (contact.used == used && waits).then(|| contact.id(slot))
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

    /// One of several offers, if it still stands.
    pub(super) fn picked_up(&self, number: u32, stamp: u32) -> Option<OfferId> {
        self.ringing.as_ref()?.standing(number, stamp)
    }

    /// Since when a contact has stood in line.
    pub(super) fn waits_since(&self, id: ContactId) -> Timestamp {
        self.slots[slot(id) as usize].since
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
        let phase = contact.phase;
        let (kind, of, stamp) = match &mut self.ringing {
            None => (Kind::Answers, slot, phase),
            Some(ringing) => {
                let (number, stamp) = ringing.begin(slot, offer, agent, at);
                (Kind::PicksUp, number, stamp)
            }
        };
        if let Some(after) = answers {
            calendar.enter(at + after, kind, of, stamp);
        }
    }

    /// An offer was not taken: since when the agent's capacity had been.
    pub(super) fn offer_ended(&mut self, id: ContactId, offer: OfferId) -> Timestamp {
        let slot = slot(id);
        let contact = &mut self.slots[slot as usize];
        let several = self.ringing.as_mut().and_then(|ringing| ringing.end(slot, offer));
        let (taken, rings_on) = several.unwrap_or((contact.taken, false));
        if !rings_on {
            contact.enter_state(State::Waiting);
        }
        taken
    }

    /// An offer was taken, perhaps the first of several.
    pub(super) fn accepted(&mut self, id: ContactId, offer: OfferId) {
        let slot = slot(id);
        if let Some((taken, _)) = self.ringing.as_mut().and_then(|ringing| ringing.end(slot, offer)) {
            self.slots[slot as usize].taken = taken;
        }
    }

    /// Given to an agent without an offer.
    pub(super) fn taken(&mut self, id: ContactId, at: Timestamp) {
        self.contact(id).1.taken = at;
    }

    pub(super) fn answered(&mut self, id: ContactId, agent: AgentId, at: Timestamp) {
        let window = self.window;
        let (slot, contact) = self.contact(id);
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
        if state.stream.conversation().is_some() {
            self.desks.given(slot, at);
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
        let of = &self.streams[contact.stream as usize];
        let stream = of.stream;
        if of.interrupts {
            contact.interrupting = true;
            self.desks.call_begins(place.agent as u32, at);
        }
        if stream.redial.is_some() && self.rings_in_vain(slot, at, calendar) {
            return;
        }
        let contact = &mut self.slots[slot as usize];
        let of = &self.streams[contact.stream as usize];
        if contact.undrawn {
            contact.undrawn = false;
            contact.work = match &stream.handle {
                Handle::Same(time) => span(time.draw(&mut Random::keyed(contact.work))).0,
                Handle::ByGroup(times) => times
                    .get(usize::from(place.group.0))
                    .or(times.first())
                    .map_or(0, |time| span(time.draw(&mut Random::keyed(contact.work))).0),
                Handle::Spoken(_) | Handle::Written(_) => 0,
            };
        }
        if std::mem::take(&mut contact.unscaled)
            && let Some(effort) = &of.effort
        {
            contact.work = span(contact.work as f64 * effort.factor(place.agent, at)).0;
        }
        if stream.conversation().is_some() {
            self.desks.take_up(slot, place.agent as u32, at, calendar);
            return;
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

    pub(super) fn contact(&mut self, id: ContactId) -> (u32, &mut Contact) {
        let slot = slot(id);
        (slot, &mut self.slots[slot as usize])
    }

    pub(super) fn enter_first(&mut self, place: u32, calendar: &mut Calendar) {
        let together = &self.together[place as usize];
        if let Some((_, at)) = together.first(self.speed_at(place)) {
            calendar.enter(at, Kind::ServedTogether, place, together.stamp);
        }
    }

    pub(super) fn speed_at(&self, place: u32) -> &'s [f64] {
        self.speeds[place as usize % self.speeds.len()]
    }
}

pub(super) fn slot(id: ContactId) -> u32 {
    id.0 as u32
}
