//! Events in words, with the plan's names.

use std::collections::BTreeMap;

use cordboard::{
    AgentId, ChannelId, Edge, Event, GroupId, HeldBy, NewContact, OfferEnd, Outcome, Plan, QueueId, Return, Role, Span,
    Timestamp, What,
};

/// The names of queues and channels, and the groups of agents.
#[derive(Default)]
pub(super) struct Names {
    queues: Vec<String>,
    channels: Vec<String>,
    groups: Vec<String>,
    agents: BTreeMap<AgentId, GroupId>,
}

/// A length of time, to the millisecond.
pub(super) fn length(span: Span) -> String {
    Span(span.0 / 1_000 * 1_000).to_string()
}

/// An instant as a date and time in UTC, where the host counts from 1970; else as the time since its origin.
pub(super) fn instant(at: Timestamp) -> String {
    // Nobody's clock has run for thirty years.
    let date = (at.0 >= 946_684_800_000_000).then(|| i64::try_from(at.0).ok()).flatten();
    let date = date.and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok());
    date.map_or_else(|| length(Span(at.0)), |date| format!("{date:.3}"))
}

impl Names {
    pub(super) fn new(plan: Option<&Plan>) -> Self {
        let mut names = Self::default();
        if let Some(plan) = plan {
            names.plan(plan);
        }
        names
    }

    /// Another plan is in force.
    pub(super) fn plan(&mut self, plan: &Plan) {
        self.queues = plan.queues().iter().map(|queue| queue.name.to_string()).collect();
        self.channels = plan.channels().iter().map(|channel| channel.name.to_string()).collect();
        self.groups = plan.groups().iter().map(|group| group.name.to_string()).collect();
    }

    /// Who is of which group.
    pub(super) fn hear(&mut self, what: &What) {
        if let What::AgentSignedIn { agent, group } = *what {
            self.agents.insert(agent, group);
        }
    }

    /// What arrives.
    pub(super) fn arrival(&self, new: &NewContact) -> String {
        let priority = if new.priority == 0 { String::new() } else { format!(", priority {}", new.priority) };
        let customer = new.customer.map_or_else(String::new, |customer| format!(" from {customer}"));
        format!("{} in {}{customer}{priority}", self.channel(new.channel), self.queue(new.queue))
    }

    /// What happened to a contact.
    pub(super) fn words(&self, event: &Event) -> String {
        let Event { at, what } = *event;
        let who = |agent: AgentId| self.agent(agent);
        match what {
            What::Arrived { queue, repeat, .. } => {
                let again = if repeat { ", not long after another of the same customer was completed" } else { "" };
                format!("arrives in {}{again}", self.queue(queue))
            }
            What::Overflowed { queue, why, .. } => {
                format!("goes on to {}, since its queue {}", self.queue(queue), edge(why))
            }
            What::Scheduled { until, .. } => {
                format!("is promised for later, and stands in line from {}", instant(until))
            }
            What::Due { .. } => "is due".to_owned(),
            What::Reserved { agent, until, .. } => {
                format!("{} is kept free for it until {}", who(agent), instant(until))
            }
            What::ReservationEnded { agent, .. } => format!("{} is no longer kept free for it", who(agent)),
            What::Queued { queue, waiting, only, .. } => {
                let only = only.map_or_else(String::new, |agent| format!(", for {} alone", who(agent)));
                format!("stands in line in {}, where {waiting} wait{only}", self.queue(queue))
            }
            What::PreferenceEnded { .. } => "waits for anybody from now on".to_owned(),
            What::Relaxed { step, .. } => format!("asks less of an agent: step {step}"),
            What::Widened { after, .. } => format!("has waited {after}: groups on stand-by may take it"),
            What::HoldEnded { .. } => "was held back as long as may be: whoever has room takes it".to_owned(),
            What::PriorityChanged { priority, .. } => format!("has priority {priority}"),
            What::NeedsChanged { .. } => "asks for something else of an agent".to_owned(),
            What::ChannelChanged { channel, agent, .. } => {
                let with = agent.map_or_else(String::new, |agent| format!(", with {}", who(agent)));
                format!("goes on over {}{with}", self.channel(channel))
            }
            What::ContextSet { .. } => "has something attached".to_owned(),
            What::Transferred { queue, .. } => format!("is transferred to {}", self.queue(queue)),
            What::Offered { offer, agent, expires, forced, .. } => {
                let until = expires.map_or_else(String::new, |expires| format!(" for {}", length(expires.since(at))));
                format!("rings with {}{until} ({offer}){}", who(agent), by_force(forced))
            }
            What::OfferEnded { offer, agent, end, .. } => format!("{} ({offer})", offer_end(&who(agent), end)),
            What::Accepted { agent, connect_by, .. } => format!("{} accepts{}", who(agent), connecting(at, connect_by)),
            What::Assigned { agent, connect_by, forced, .. } => {
                format!("is given to {}{}{}", who(agent), connecting(at, connect_by), by_force(forced))
            }
            What::Claimed { agent, connect_by, .. } => format!("{} takes it{}", who(agent), connecting(at, connect_by)),
            What::Connected { agent, .. } => format!("is connected with {}", who(agent)),
            What::Held { agent, by: HeldBy::Agent, .. } => format!("{} puts it on hold", who(agent)),
            What::Held { agent, by: HeldBy::Arrival, .. } => {
                format!("is put aside, since something else has come to {}", who(agent))
            }
            What::Resumed { agent, .. } => format!("{} goes on with it", who(agent)),
            What::CustomerWrote { .. } => "the customer writes".to_owned(),
            What::AgentWrote { agent, .. } => format!("{} writes", who(agent)),
            What::Quieted { .. } => "is quiet: it waits on its customer".to_owned(),
            What::Parked { agent, .. } => format!("is parked; {} had it", who(agent)),
            What::Unparked { .. } => "has work again".to_owned(),
            What::WakeDeferred { agent, .. } => format!("has work again, but {} has no room for it yet", who(agent)),
            What::Woken { agent, forced, .. } => {
                format!("has work again with {}{}", who(agent), if forced { ", above its limit" } else { "" })
            }
            What::Joined { agent, role: Role::Consult, .. } => format!("{} joins to advise", who(agent)),
            What::Joined { agent, role: Role::Conference, .. } => format!("{} joins the conversation", who(agent)),
            What::Parted { agent, .. } => format!("{} leaves", who(agent)),
            What::HandedOver { from, to, .. } => format!("{} leaves it to {}", who(from), who(to)),
            What::WrapUpStarted { agent, .. } => format!("the conversation is over; {} finishes the work", who(agent)),
            What::Returned { agent, why, .. } => {
                format!("goes back to its queue from {}: {}", who(agent), returned(why))
            }
            What::Ended { outcome, agent, .. } => {
                let with = agent.map_or_else(String::new, |agent| format!(", with {}", who(agent)));
                format!("ends: {}{with}", ended(outcome))
            }
            other => format!("{other:?}"),
        }
    }

    fn agent(&self, agent: AgentId) -> String {
        let group = self.agents.get(&agent).and_then(|group| self.groups.get(usize::from(group.0)));
        group.map_or_else(|| agent.to_string(), |group| format!("{agent} ({group})"))
    }

    fn queue(&self, queue: QueueId) -> String {
        self.queues.get(usize::from(queue.0)).cloned().unwrap_or_else(|| queue.to_string())
    }

    fn channel(&self, channel: ChannelId) -> String {
        self.channels.get(usize::from(channel.0)).cloned().unwrap_or_else(|| channel.to_string())
    }
}

fn by_force(forced: bool) -> &'static str {
    if forced { ", by a supervisor" } else { "" }
}

fn connecting(at: Timestamp, connect_by: Option<Timestamp>) -> String {
    connect_by.map_or_else(String::new, |by| format!(", to be connected within {}", length(by.since(at))))
}

fn offer_end(agent: &str, end: OfferEnd) -> String {
    match end {
        OfferEnd::Declined => format!("{agent} declines"),
        OfferEnd::Expired => format!("{agent} does not answer"),
        OfferEnd::Revoked => format!("stops ringing with {agent}: taken back"),
        OfferEnd::Left => format!("stops ringing with {agent}: the contact has gone"),
        OfferEnd::Taken => format!("stops ringing with {agent}: another was first"),
    }
}

fn edge(edge: Edge) -> &'static str {
    match edge {
        Edge::Closed => "is closed",
        Edge::Unstaffed => "has nobody who could take it",
        Edge::Full => "is full",
        Edge::Waited => "has kept it waiting for long",
    }
}

fn returned(why: Return) -> &'static str {
    match why {
        Return::Requeued => "the host asked",
        Return::Transferred => "transferred",
        Return::ConnectFailed => "media could not be set up",
        Return::SignedOut => "the agent was signed out",
        Return::NotWoken => "the agent had no room for it when it had work again",
        Return::ChannelChanged => "the agent cannot take it over its new channel",
    }
}

fn ended(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Abandoned => "abandoned by the customer",
        Outcome::Cancelled => "cancelled by the host",
        Outcome::TurnedAway => "turned away",
        Outcome::Deflected => "deflected: the host has something else for the customer",
        Outcome::MaxWait => "has waited as long as it may",
        Outcome::Unanswered => "was offered as often as it may be, and nobody took it",
        Outcome::Displaced => "made way for another contact",
        Outcome::Closed => "closed, its customer having been silent for long",
        Outcome::Superseded => "superseded: an agent took its customer on another channel",
    }
}
