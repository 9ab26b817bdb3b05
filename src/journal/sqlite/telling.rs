//! Events as rows: what each names, and the rest in words.

use std::fmt::Write;

use crate::command::Role;
use crate::contact::Outcome;
use crate::event::{Edge, Event, HeldBy, OfferEnd, Return, What};
use crate::id::{AgentId, ChannelId, ContactId, OfferId, QueueId, ReasonId};
use crate::time::Timestamp;

/// An event's row, beside its place and instant.
#[derive(Default)]
pub(super) struct Told {
    pub(super) kind: &'static str,
    pub(super) contact: Option<ContactId>,
    pub(super) agent: Option<AgentId>,
    pub(super) offer: Option<OfferId>,
    pub(super) queue: Option<QueueId>,
    pub(super) channel: Option<ChannelId>,
    /// Empty where there is nothing more to say.
    pub(super) detail: String,
}

impl Told {
    fn is(&mut self, kind: &'static str) -> &mut Self {
        self.kind = kind;
        self
    }

    fn contact(&mut self, contact: ContactId) -> &mut Self {
        self.contact = Some(contact);
        self
    }

    fn agent(&mut self, agent: AgentId) -> &mut Self {
        self.agent = Some(agent);
        self
    }

    fn offer(&mut self, offer: OfferId) -> &mut Self {
        self.offer = Some(offer);
        self
    }

    fn queue(&mut self, queue: QueueId) -> &mut Self {
        self.queue = Some(queue);
        self
    }

    fn channel(&mut self, channel: ChannelId) -> &mut Self {
        self.channel = Some(channel);
        self
    }

    fn word(&mut self, word: &str) -> &mut Self {
        if !word.is_empty() {
            if !self.detail.is_empty() {
                self.detail.push_str(", ");
            }
            self.detail.push_str(word);
        }
        self
    }

    fn number(&mut self, what: &str, number: u64) -> &mut Self {
        self.word(what);
        // Writing to a string cannot fail.
        let _ = write!(self.detail, " {number}");
        self
    }

    fn when(&mut self, what: &str, from: Timestamp, until: Option<Timestamp>) -> &mut Self {
        let Some(until) = until else { return self };
        self.word(what);
        let _ = write!(self.detail, " {}", until.since(from));
        self
    }

    fn forced(&mut self, forced: bool) -> &mut Self {
        self.word(if forced { "forced" } else { "" })
    }

    /// Takes over what an event says.
    pub(super) fn take(&mut self, event: &Event) {
        let mut detail = std::mem::take(&mut self.detail);
        detail.clear();
        *self = Self { detail, ..Self::default() };
        let at = event.at;
        match event.what {
            What::Configured => self.is("configured"),
            What::AgentSignedIn { agent, group } => {
                self.is("agent-signed-in").agent(agent).number("group", u64::from(group.0))
            }
            What::AgentDraining { agent } => self.is("agent-draining").agent(agent),
            What::AgentSignedOut { agent } => self.is("agent-signed-out").agent(agent),
            What::PresenceChanged { agent, channels: _, ready, reason, until } => {
                self.is("presence-changed").agent(agent).word(if ready { "ready" } else { "not ready" });
                match reason {
                    ReasonId::NONE => &mut *self,
                    ReasonId::NO_ANSWER => self.word("no answer"),
                    ReasonId(code) => self.number("reason", u64::from(code)),
                }
                .when("for", at, until)
            }
            What::AgentLost { agent, until } => self.is("agent-lost").agent(agent).when("for at most", at, Some(until)),
            What::AgentBack { agent } => self.is("agent-back").agent(agent),
            What::ShiftSet { agent, until } => self.is("shift-set").agent(agent).when("ends after", at, until),
            What::SkillsChanged { agent } => self.is("skills-changed").agent(agent),
            What::RampPassed { agent, channel } => self.is("ramp-passed").agent(agent).channel(channel),
            What::LimitChanged { agent, channel, limit } => {
                self.is("limit-changed").agent(agent).channel(channel).number("at most", u64::from(limit))
            }
            What::QueueOpened { queue } => self.is("queue-opened").queue(queue),
            What::QueueClosed { queue } => self.is("queue-closed").queue(queue),
            _ => self.take_waiting(event),
        };
    }

    /// Those of a contact that nobody has.
    fn take_waiting(&mut self, event: &Event) -> &mut Self {
        let at = event.at;
        match event.what {
            What::Arrived { contact, queue, repeat } => {
                self.is("arrived").contact(contact).queue(queue).word(if repeat { "again" } else { "" })
            }
            What::Overflowed { contact, queue, why } => {
                self.is("overflowed").contact(contact).queue(queue).word(match why {
                    Edge::Closed => "closed",
                    Edge::Unstaffed => "unstaffed",
                    Edge::Full => "full",
                    Edge::Waited => "waited long enough",
                })
            }
            What::Scheduled { contact, until } => self.is("scheduled").contact(contact).when("in", at, Some(until)),
            What::Due { contact } => self.is("due").contact(contact),
            What::Reserved { contact, agent, until } => {
                self.is("reserved").contact(contact).agent(agent).when("for", at, Some(until))
            }
            What::ReservationEnded { contact, agent } => self.is("reservation-ended").contact(contact).agent(agent),
            What::Queued { contact, queue, waiting, only } => {
                self.is("queued").contact(contact).queue(queue).number("waiting", u64::from(waiting));
                match only {
                    Some(agent) => self.agent(agent).word("for this agent alone"),
                    None => self,
                }
            }
            What::PreferenceEnded { contact } => self.is("preference-ended").contact(contact),
            What::Relaxed { contact, step } => self.is("relaxed").contact(contact).number("step", u64::from(step)),
            What::Widened { contact, after } => self.is("widened").contact(contact).when(
                "to groups that wait",
                Timestamp::ZERO,
                Some(Timestamp(after.0)),
            ),
            What::HoldEnded { contact } => self.is("hold-ended").contact(contact),
            What::Planned { group } => self.is("planned").number("group", u64::from(group.0)),
            What::PriorityChanged { contact, priority } => {
                self.is("priority-changed").contact(contact);
                let _ = write!(self.detail, "priority {priority}");
                self
            }
            What::NeedsChanged { contact } => self.is("needs-changed").contact(contact),
            What::ChannelChanged { contact, channel, agent, connect_by } => {
                self.is("channel-changed").contact(contact).channel(channel);
                self.agent = agent;
                self.when("to connect within", at, connect_by)
            }
            What::ContextSet { contact } => self.is("context-set").contact(contact),
            What::Transferred { contact, queue } => self.is("transferred").contact(contact).queue(queue),
            _ => self.take_handling(event),
        }
    }

    /// Those of a contact and an agent.
    fn take_handling(&mut self, event: &Event) -> &mut Self {
        let at = event.at;
        match event.what {
            What::Offered { offer, contact, agent, expires, forced } => {
                self.is("offered").offer(offer).contact(contact).agent(agent).when("for", at, expires).forced(forced)
            }
            What::OfferEnded { offer, contact, agent, end } => {
                self.is("offer-ended").offer(offer).contact(contact).agent(agent).word(offer_end(end))
            }
            What::Accepted { offer, contact, agent, connect_by } => {
                self.is("accepted").offer(offer).contact(contact).agent(agent).when("to connect within", at, connect_by)
            }
            What::Assigned { contact, agent, connect_by, forced } => self
                .is("assigned")
                .contact(contact)
                .agent(agent)
                .when("to connect within", at, connect_by)
                .forced(forced),
            What::Claimed { contact, agent, connect_by } => {
                self.is("claimed").contact(contact).agent(agent).when("to connect within", at, connect_by)
            }
            What::Connected { contact, agent } => self.is("connected").contact(contact).agent(agent),
            What::Held { contact, agent, by } => self.is("held").contact(contact).agent(agent).word(held_by(by)),
            What::Resumed { contact, agent, by } => self.is("resumed").contact(contact).agent(agent).word(held_by(by)),
            What::CustomerWrote { contact } => self.is("customer-wrote").contact(contact),
            What::AgentWrote { contact, agent } => self.is("agent-wrote").contact(contact).agent(agent),
            What::Quieted { contact, agent } => self.is("quieted").contact(contact).agent(agent),
            What::Parked { contact, agent } => self.is("parked").contact(contact).agent(agent),
            What::Unparked { contact } => self.is("unparked").contact(contact),
            What::WakeDeferred { contact, agent, until } => {
                self.is("wake-deferred").contact(contact).agent(agent).when("for at most", at, until)
            }
            What::Woken { contact, agent, forced } => self.is("woken").contact(contact).agent(agent).forced(forced),
            What::Joined { contact, agent, role } => self.is("joined").contact(contact).agent(agent).word(match role {
                Role::Consult => "consult",
                Role::Conference => "conference",
            }),
            What::Parted { contact, agent } => self.is("parted").contact(contact).agent(agent),
            What::HandedOver { contact, from, to } => {
                self.is("handed-over").contact(contact).agent(to).number("from agent", from.0)
            }
            What::WrapUpStarted { contact, agent, until } => {
                self.is("wrap-up-started").contact(contact).agent(agent).when("for at most", at, until)
            }
            What::Returned { contact, agent, why } => {
                self.is("returned").contact(contact).agent(agent).word(match why {
                    Return::Requeued => "requeued",
                    Return::Transferred => "transferred",
                    Return::ConnectFailed => "connect failed",
                    Return::SignedOut => "signed out",
                    Return::NotWoken => "not woken",
                    Return::ChannelChanged => "channel changed",
                })
            }
            What::Ended { contact, outcome: how, agent } => {
                self.agent = agent;
                self.is("ended").contact(contact).word(outcome(how))
            }
            // Those of the engine and of agents, and of a contact that nobody has, are told above.
            _ => self,
        }
    }
}

fn held_by(by: HeldBy) -> &'static str {
    match by {
        HeldBy::Agent => "by the agent",
        HeldBy::Arrival => "by what arrived over it",
    }
}

pub(super) fn offer_end(end: OfferEnd) -> &'static str {
    match end {
        OfferEnd::Declined => "declined",
        OfferEnd::Expired => "expired",
        OfferEnd::Revoked => "revoked",
        OfferEnd::Left => "left",
        OfferEnd::Taken => "taken",
    }
}

pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Abandoned => "abandoned",
        Outcome::Cancelled => "cancelled",
        Outcome::TurnedAway => "turned away",
        Outcome::Deflected => "deflected",
        Outcome::MaxWait => "max wait",
        Outcome::Unanswered => "unanswered",
        Outcome::Displaced => "displaced",
        Outcome::Closed => "closed",
        Outcome::Superseded => "superseded",
    }
}
