//! Agents at their desks: each writes one reply at a time over all the conversations it has in hand.

use crate::time::{Span, Timestamp};

use super::calendar::{Calendar, Kind};
use super::conversation::Conversation;
use super::distribution::span;
use super::random::Random;

/// All desks, and what is known of the conversation in each contact slot. Empty where no stream has conversations.
#[derive(Default)]
pub(super) struct Desks {
    /// By agent.
    desks: Vec<Desk>,
    /// By contact slot.
    talks: Vec<Talk>,
    /// Messages so far.
    messages: u64,
}

#[derive(Clone, Default)]
struct Desk {
    /// Messages that wait for a reply, first come first: (since, number, slot).
    unanswered: Vec<(Timestamp, u64, u32)>,
    /// Whose reply is being written.
    writing: Option<u32>,
    /// When it is done, unless calls keep the agent from it.
    ends: Timestamp,
    /// Contacts in hand that take the whole agent: nothing is written meanwhile.
    calls: u32,
    /// Counts changes, so that entries in the calendar made before the last one are known.
    stamp: u32,
}

/// The conversation of one contact.
#[derive(Clone)]
struct Talk {
    /// Its own, so that its replies and pauses are the same under any policy.
    random: Random,
    /// Replies still to come.
    turns: u32,
    /// A message of the customer waits for a reply.
    unanswered: bool,
    /// Since when an agent has had it.
    asked: Timestamp,
    /// The number of that message.
    message: u64,
    /// What is left to write of the reply.
    left: Span,
    /// No reply yet.
    first: bool,
    /// At this desk, in hand.
    desk: Option<u32>,
    /// Counts changes over all uses of the slot, as a desk does.
    stamp: u32,
}

/// A reply that was just sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Reply {
    /// From the customer's message, or since an agent has had the contact where that was later.
    pub(super) after: Span,
    /// The first of its contact.
    pub(super) first: bool,
}

impl Desks {
    pub(super) fn new(agents: usize) -> Self {
        Self { desks: vec![Desk::default(); agents], ..Self::default() }
    }

    /// A contact arrives with its first message.
    pub(super) fn open(&mut self, slot: u32, key: u64, how: &Conversation) {
        let stamp = self.talks.get(slot as usize).map_or(0, |talk| talk.stamp.wrapping_add(1));
        let mut random = Random::keyed(key);
        let turns = how.turns.draw(&mut random);
        let left = span(how.agent.draw(&mut random));
        let message = self.next_message();
        let talk = Talk {
            random,
            turns,
            unanswered: true,
            asked: Timestamp::ZERO,
            message,
            left,
            first: true,
            desk: None,
            stamp,
        };
        // Slots between are of contacts without conversation.
        let unused = || Talk { turns: 0, unanswered: false, stamp: 0, ..talk.clone() };
        if self.talks.len() <= slot as usize {
            self.talks.resize_with(slot as usize + 1, unused);
        }
        self.talks[slot as usize] = talk;
    }

    /// An agent is given the contact.
    pub(super) fn given(&mut self, slot: u32, at: Timestamp) {
        self.talks[slot as usize].asked = at;
    }

    /// The contact is in an agent's hands: what it waits for takes its turn.
    pub(super) fn take_up(&mut self, slot: u32, agent: u32, at: Timestamp, calendar: &mut Calendar) {
        let talk = &mut self.talks[slot as usize];
        talk.desk = Some(agent);
        if talk.unanswered {
            let entry = (talk.asked, talk.message, slot);
            let waiting = &mut self.desks[agent as usize].unanswered;
            waiting.insert(waiting.partition_point(|other| *other < entry), entry);
            self.go_on(agent, at, calendar);
        }
    }

    /// It is no longer in hand: put aside, taken away or over. A reply half written is kept.
    pub(super) fn put_down(&mut self, slot: u32, at: Timestamp, calendar: &mut Calendar) {
        let Some(agent) = self.talks[slot as usize].desk.take() else { return };
        let desk = &mut self.desks[agent as usize];
        if desk.writing == Some(slot) {
            self.interrupt(agent, at);
            self.desks[agent as usize].writing = None;
            self.go_on(agent, at, calendar);
        } else {
            desk.unanswered.retain(|entry| entry.2 != slot);
        }
    }

    /// A contact that takes the whole agent begins, or goes on.
    pub(super) fn call_begins(&mut self, agent: u32, at: Timestamp) {
        if let Some(desk) = self.desks.get(agent as usize) {
            if desk.calls == 0 {
                self.interrupt(agent, at);
            }
            self.desks[agent as usize].calls += 1;
        }
    }

    /// It is over, or put aside.
    pub(super) fn call_ends(&mut self, agent: u32, at: Timestamp, calendar: &mut Calendar) {
        if let Some(desk) = self.desks.get_mut(agent as usize) {
            desk.calls -= 1;
            if desk.calls == 0 {
                if let Some(slot) = desk.writing {
                    self.begin(agent, slot, at, calendar);
                }
                self.go_on(agent, at, calendar);
            }
        }
    }

    /// Whether the reply that ends now is still being written.
    pub(super) fn is_writing(&self, agent: u32, stamp: u32) -> bool {
        let desk = &self.desks[agent as usize];
        desk.stamp == stamp && desk.writing.is_some()
    }

    /// Whose reply the agent is writing.
    pub(super) fn writing(&self, agent: u32) -> Option<u32> {
        self.desks[agent as usize].writing
    }

    /// Whether the last reply to the contact in `slot` was sent.
    pub(super) fn is_said(&self, slot: u32) -> bool {
        self.talks[slot as usize].turns == 0
    }

    /// Whether the customer in `slot` is still thinking.
    pub(super) fn is_thinking(&self, slot: u32, stamp: u32) -> bool {
        let talk = &self.talks[slot as usize];
        talk.stamp == stamp && !talk.unanswered
    }

    /// The reply is sent. Unless it was the last, the customer thinks about it.
    pub(super) fn replied(
        &mut self,
        slot: u32,
        how: &Conversation,
        at: Timestamp,
        calendar: &mut Calendar,
    ) -> Option<Reply> {
        let talk = &mut self.talks[slot as usize];
        if !talk.unanswered {
            return None;
        }
        talk.unanswered = false;
        talk.turns = talk.turns.saturating_sub(1);
        talk.stamp = talk.stamp.wrapping_add(1);
        let first = std::mem::replace(&mut talk.first, false);
        let reply = Reply { after: at.since(talk.asked), first };
        if talk.turns > 0 {
            let pause = span(how.customer.draw(&mut talk.random));
            calendar.enter(at + pause, Kind::CustomerWrites, slot, talk.stamp);
        }
        if let Some(agent) = talk.desk {
            let desk = &mut self.desks[agent as usize];
            desk.writing = None;
            self.go_on(agent, at, calendar);
        }
        Some(reply)
    }

    /// The customer has written.
    pub(super) fn asked(&mut self, slot: u32, how: &Conversation, at: Timestamp, calendar: &mut Calendar) {
        let message = self.next_message();
        let talk = &mut self.talks[slot as usize];
        talk.stamp = talk.stamp.wrapping_add(1);
        talk.unanswered = true;
        talk.asked = at;
        talk.message = message;
        talk.left = span(how.agent.draw(&mut talk.random));
        if let Some(agent) = talk.desk {
            self.take_up(slot, agent, at, calendar);
        }
    }

    /// The contact is gone.
    pub(super) fn close(&mut self, slot: u32) {
        let talk = &mut self.talks[slot as usize];
        talk.stamp = talk.stamp.wrapping_add(1);
        talk.unanswered = false;
    }

    /// Begins the next reply, if the agent can.
    fn go_on(&mut self, agent: u32, at: Timestamp, calendar: &mut Calendar) {
        let desk = &mut self.desks[agent as usize];
        if desk.writing.is_none() && desk.calls == 0 && !desk.unanswered.is_empty() {
            let (_, _, slot) = desk.unanswered.remove(0);
            desk.writing = Some(slot);
            self.begin(agent, slot, at, calendar);
        }
    }

    fn begin(&mut self, agent: u32, slot: u32, at: Timestamp, calendar: &mut Calendar) {
        let desk = &mut self.desks[agent as usize];
        desk.stamp = desk.stamp.wrapping_add(1);
        desk.ends = at + self.talks[slot as usize].left;
        calendar.enter(desk.ends, Kind::Written, agent, desk.stamp);
    }

    /// Stops writing for a while, or for good.
    fn interrupt(&mut self, agent: u32, at: Timestamp) {
        let desk = &mut self.desks[agent as usize];
        if let Some(slot) = desk.writing
            && desk.calls == 0
        {
            desk.stamp = desk.stamp.wrapping_add(1);
            self.talks[slot as usize].left = desk.ends.since(at);
        }
    }

    fn next_message(&mut self) -> u64 {
        self.messages += 1;
        self.messages
    }
}
