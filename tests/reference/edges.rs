//! Section 12: the edges of a queue.

use cordboard::{Edge, Outcome, OverflowTo, QueueId, Span, Timestamp, What};

use super::{Contact, Reference, Refused};

/// What an edge did with a contact.
#[derive(PartialEq, Eq)]
enum Done {
    Kept,
    Moved,
    Ended,
}

impl Reference {
    pub(super) fn is_closed(&self, queue: QueueId) -> bool {
        self.closed.contains(&queue)
    }

    pub(super) fn set_queue_open(&mut self, queue: QueueId, open: bool) -> Result<(), Refused> {
        self.check_queue(queue)?;
        if open != self.is_closed(queue) {
            return Ok(());
        }
        if open {
            self.closed.retain(|&closed| closed != queue);
            self.tell(What::QueueOpened { queue });
            return Ok(());
        }
        self.closed.push(queue);
        self.tell(What::QueueClosed { queue });
        let to = self.queue(queue).overflow.closed_waiting;
        let in_line: Vec<_> = self.waiting.iter().filter(|it| it.queue == queue).map(|it| it.id).collect();
        for id in in_line {
            let at = self.waiting.iter().position(|it| it.id == id).expect("it has not been sent anywhere yet");
            if self.can_be_sent(&self.waiting[at], to) {
                self.leaves_having_waited(at, to, Edge::Closed);
            }
        }
        Ok(())
    }

    /// "Who was promised its place" is sent nowhere; nobody is sent to where it is, nor for a ninth time.
    fn can_be_sent(&self, contact: &Contact, to: OverflowTo) -> bool {
        if contact.promised {
            return false;
        }
        match to {
            OverflowTo::Wait => false,
            OverflowTo::Callback(channel) => channel != contact.channel,
            OverflowTo::Queue(_) => contact.overflows < 8,
            OverflowTo::Deflect | OverflowTo::End => true,
        }
    }

    /// The contact at `at` of `waiting`, of which nothing but its arrival has been told, *comes in*.
    pub(super) fn comes_in(&mut self, mut at: usize) {
        let id = self.waiting[at].id;
        loop {
            // Sent to another queue it keeps its arrival number, and so its index.
            let queue = self.waiting[at].queue;
            let overflow = self.queue(queue).overflow;
            if self.is_closed(queue) {
                match self.sends(at, overflow.closed, Edge::Closed, true) {
                    Done::Kept => {}
                    Done::Moved => continue,
                    Done::Ended => return,
                }
            }
            self.advance_steps(at);
            let mut found = self.find_agent(at, true);
            if found.is_none() && self.waiting[at].only.is_some_and(|(_, until)| until <= self.now) {
                self.end_preference(at);
                found = self.find_agent(at, true);
            }
            if found.is_none() {
                found = self.makes_room(at);
            }
            // An earlier one may have been given away before it.
            at = self.waiting.iter().position(|it| it.id == id).expect("it has come in, and has not gone");
            if let Some(a) = found {
                return self.give(at, a, false);
            }
            if self.nobody_could_ever_take(at) {
                match self.sends(at, overflow.unstaffed, Edge::Unstaffed, true) {
                    Done::Kept => {}
                    Done::Moved => continue,
                    Done::Ended => return,
                }
            }
            let others = self.waiting.iter().filter(|it| it.queue == queue && it.id != id).count();
            if others >= self.queue(queue).limit as usize {
                match self.sends(at, overflow.full, Edge::Full, true) {
                    Done::Kept => {}
                    Done::Moved => continue,
                    Done::Ended => return,
                }
            }
            return self.tell_queued(at);
        }
    }

    fn nobody_could_ever_take(&self, at: usize) -> bool {
        let contact = &self.waiting[at];
        contact.only.is_none() && !self.step_is_staffed(contact)
    }

    /// The contact at `at` of `waiting` has waited, and goes where its queue sends it.
    pub(super) fn leaves_having_waited(&mut self, at: usize, to: OverflowTo, why: Edge) {
        let id = self.waiting[at].id;
        match self.sends(at, to, why, true) {
            Done::Ended => return,
            Done::Moved if matches!(to, OverflowTo::Callback(_)) => return self.mark_contact(id),
            Done::Moved => {}
            Done::Kept => unreachable!("only asked where it can be sent"),
        }
        loop {
            let queue = self.waiting[at].queue;
            let overflow = self.queue(queue).overflow;
            if self.is_closed(queue) {
                match self.sends(at, overflow.closed, Edge::Closed, false) {
                    Done::Kept => {}
                    Done::Moved => continue,
                    Done::Ended => return,
                }
            }
            self.advance_steps(at);
            if self.nobody_could_ever_take(at) {
                match self.sends(at, overflow.unstaffed, Edge::Unstaffed, false) {
                    Done::Kept => {}
                    Done::Moved => continue,
                    Done::Ended => return,
                }
            }
            self.tell_queued(at);
            return self.mark_contact(id);
        }
    }

    /// What an edge that says `to` does with a contact; `may_end`: whether `end` is meant for it.
    fn sends(&mut self, at: usize, to: OverflowTo, why: Edge, may_end: bool) -> Done {
        let now = self.now;
        let contact = self.waiting[at].id;
        if !self.can_be_sent(&self.waiting[at], to) {
            let sent_eight_times = matches!(to, OverflowTo::Queue(_)) && !self.waiting[at].promised;
            return if sent_eight_times && may_end { self.turned_away(at, Outcome::TurnedAway) } else { Done::Kept };
        }
        match to {
            OverflowTo::Wait => Done::Kept,
            OverflowTo::End if !may_end => Done::Kept,
            OverflowTo::End if why == Edge::Waited => self.turned_away(at, Outcome::MaxWait),
            OverflowTo::End => self.turned_away(at, Outcome::TurnedAway),
            OverflowTo::Deflect => self.turned_away(at, Outcome::Deflected),
            OverflowTo::Callback(channel)
                if self.waiting[at].customer.is_some_and(|it| self.may_have_another(it, channel).is_err()) =>
            {
                self.turned_away(at, Outcome::Deflected)
            }
            OverflowTo::Callback(channel) => {
                self.waits_on(at, channel);
                Done::Moved
            }
            OverflowTo::Queue(queue) => {
                let it = &mut self.waiting[at];
                it.queue = queue;
                it.overflows += 1;
                it.only = None;
                it.excluded.clear();
                it.excluding_ends.clear();
                (it.offers_made, it.first_offer) = (0, None);
                (it.step, it.step_began, it.waits_since, it.widened) = (0, now, now, Span::ZERO);
                it.released = false;
                self.tell(What::Overflowed { contact, queue, why });
                Done::Moved
            }
        }
    }

    fn turned_away(&mut self, at: usize, outcome: Outcome) -> Done {
        let contact = self.waiting.remove(at);
        self.tell_ended(&contact, outcome, None);
        Done::Ended
    }

    /// When a waiting contact has waited as long as it should in its queue, and where it goes then.
    pub(super) fn should_go(&self, contact: &Contact) -> Option<(Timestamp, OverflowTo)> {
        let after = self.queue(contact.queue).overflow.after?;
        self.can_be_sent(contact, after.then).then(|| (contact.waits_since + after.wait, after.then))
    }

    /// Its own, or that of its queue unless it was promised its place.
    pub(crate) fn longest_wait(&self, contact: &Contact) -> Option<Span> {
        match contact.max_wait {
            None if contact.promised => None,
            None => self.queue(contact.queue).max_wait,
            own => own,
        }
    }
}
