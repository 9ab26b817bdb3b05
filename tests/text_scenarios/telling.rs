//! Events in words.

use cordboard::{
    ChannelSet, Edge, HeldBy, OfferEnd, Outcome, Plan, QueueId, ReasonId, Return, Role, Stage, Timestamp, What,
};

use crate::names::Names;

/// One event, without its instant.
pub(crate) fn tell(what: &What, names: &Names, plan: &Plan) -> String {
    let c = |id| names.contact(id);
    let a = |id| names.agent(id);
    let q = |id: QueueId| plan.queue(id).map_or("?", |queue| &*queue.name);
    match *what {
        What::Configured => "another plan is in force".into(),
        What::AgentSignedIn { agent, group } => {
            format!("{} signed in as {}", a(agent), plan.group(group).map_or("?", |group| &*group.name))
        }
        What::AgentDraining { agent } => format!("{} drains", a(agent)),
        What::AgentSignedOut { agent } => format!("{} signed out", a(agent)),
        What::PresenceChanged { agent, channels, ready, reason, until } => {
            let why = match reason {
                ReasonId::NONE => String::new(),
                ReasonId::NO_ANSWER => ", did not answer".into(),
                ReasonId(code) => format!(", reason {code}"),
            };
            let ready = if ready { "ready" } else { "not ready" };
            format!("{} {ready} on {}{why}{}", a(agent), channel_names(channels, plan), ending("until", until))
        }
        What::LimitChanged { agent, channel, limit } => {
            let channel = plan.channel(channel).map_or("?", |channel| &channel.name);
            format!("{} may be busy with {limit} of {channel}", a(agent))
        }
        What::RampPassed { agent, channel } => {
            let channel = plan.channel(channel).map_or("?", |channel| &channel.name);
            format!("{} may be given {channel} again", a(agent))
        }
        What::AgentLost { agent, until } => format!("{} lost, until {until}", a(agent)),
        What::AgentBack { agent } => format!("{} back", a(agent)),
        What::ShiftSet { agent, until: Some(until) } => format!("{} stays until {until}", a(agent)),
        What::ShiftSet { agent, until: None } => format!("{} stays", a(agent)),
        What::SkillsChanged { agent } => format!("{} has other skills", a(agent)),
        What::Scheduled { contact, until } => format!("{} scheduled, until {until}", c(contact)),
        What::Due { contact } => format!("{} is due", c(contact)),
        What::Reserved { contact, agent, until } => format!("{} kept for {}, until {until}", a(agent), c(contact)),
        What::ReservationEnded { contact, agent } => format!("{} no longer kept for {}", a(agent), c(contact)),
        What::QueueOpened { queue } => format!("{} is open", q(queue)),
        What::QueueClosed { queue } => format!("{} is closed", q(queue)),
        What::Overflowed { contact, queue, why } => {
            let why = match why {
                Edge::Closed => "closed",
                Edge::Unstaffed => "unstaffed",
                Edge::Full => "full",
                Edge::Waited => "waited long enough",
            };
            format!("{} overflows into {}, {why}", c(contact), q(queue))
        }
        What::Arrived { contact, queue, repeat } => {
            format!("{} arrived in {}{}", c(contact), q(queue), if repeat { ", again" } else { "" })
        }
        What::Queued { contact, queue, waiting, only } => {
            let only = only.map(|agent| format!(", for {} alone", a(agent))).unwrap_or_default();
            format!("{} waits in {}, {waiting} waiting{only}", c(contact), q(queue))
        }
        What::PreferenceEnded { contact } => format!("{} may go to anybody now", c(contact)),
        What::Relaxed { contact, step } => format!("{} is in step {step} now", c(contact)),
        What::Widened { contact, after } => format!("{} goes to those on stand-by for {after} too", c(contact)),
        What::HoldEnded { contact } => format!("{} is held back no longer", c(contact)),
        What::Planned { .. } => "calls and chats are planned anew".into(),
        What::ContextSet { contact } => format!("{} has something attached", c(contact)),
        What::PriorityChanged { contact, priority } => format!("{} has priority {priority}", c(contact)),
        What::NeedsChanged { contact } => format!("{} needs something else", c(contact)),
        What::ChannelChanged { contact, channel, agent, connect_by } => {
            let with = agent.map(|agent| format!(" with {}", a(agent))).unwrap_or_default();
            let channel = plan.channel(channel).map_or("?", |channel| &*channel.name);
            format!("{} is {channel} now{with}{}", c(contact), ending("to connect by", connect_by))
        }
        What::Transferred { contact, queue } => format!("{} transferred, to {}", c(contact), q(queue)),
        What::Offered { offer, contact, agent, expires, forced } => {
            format!(
                "o{}: {} offered to {}{}{}",
                offer.0,
                c(contact),
                a(agent),
                ending("until", expires),
                by_force(forced)
            )
        }
        What::OfferEnded { offer, contact, agent, end } => {
            let end = match end {
                OfferEnd::Declined => "declined by",
                OfferEnd::Expired => "not answered by",
                OfferEnd::Revoked => "revoked from",
                OfferEnd::Left => "left",
                OfferEnd::Taken => "taken by another than",
            };
            format!("o{}: {} {end} {}", offer.0, c(contact), a(agent))
        }
        What::Accepted { offer, contact, agent, connect_by } => {
            format!("o{}: {} accepted by {}{}", offer.0, c(contact), a(agent), ending("to connect by", connect_by))
        }
        What::Assigned { contact, agent, connect_by, forced } => {
            let connect_by = ending("to connect by", connect_by);
            format!("{} given to {}{connect_by}{}", c(contact), a(agent), by_force(forced))
        }
        What::Joined { contact, agent, role: Role::Consult } => format!("{} joined {} to advise", a(agent), c(contact)),
        What::Joined { contact, agent, .. } => format!("{} joined {}", a(agent), c(contact)),
        What::Parted { contact, agent } => format!("{} parted from {}", a(agent), c(contact)),
        What::HandedOver { contact, from, to } => format!("{} handed over by {} to {}", c(contact), a(from), a(to)),
        What::Claimed { contact, agent, connect_by } => {
            format!("{} claimed by {}{}", c(contact), a(agent), ending("to connect by", connect_by))
        }
        What::Connected { contact, agent } => format!("{} connected with {}", c(contact), a(agent)),
        What::Held { contact, agent, by: HeldBy::Agent } => format!("{} held by {}", c(contact), a(agent)),
        What::Held { contact, agent, by: HeldBy::Arrival } => format!("{} put aside at {}", c(contact), a(agent)),
        What::Resumed { contact, agent, by: HeldBy::Agent } => format!("{} resumed by {}", c(contact), a(agent)),
        What::Resumed { contact, agent, by: HeldBy::Arrival } => format!("{} resumes at {}", c(contact), a(agent)),
        What::CustomerWrote { contact } => format!("the customer of {} wrote", c(contact)),
        What::AgentWrote { contact, agent } => format!("{} wrote in {}", a(agent), c(contact)),
        What::Quieted { contact, agent } => format!("{} quiet at {}", c(contact), a(agent)),
        What::Parked { contact, agent } => format!("{} parked, {} its owner", c(contact), a(agent)),
        What::Unparked { contact } => format!("{} parked no more", c(contact)),
        What::WakeDeferred { contact, agent, until } => {
            format!("{} waits to wake at {}{}", c(contact), a(agent), ending("until", until))
        }
        What::Woken { contact, agent, forced } => format!("{} woken at {}{}", c(contact), a(agent), by_force(forced)),
        What::WrapUpStarted { contact, agent, until } => {
            format!("{} wrapped up by {}{}", c(contact), a(agent), ending("until", until))
        }
        What::Returned { contact, agent, why } => {
            let why = match why {
                Return::Requeued => "re-queued",
                Return::Transferred => "transferred",
                Return::ConnectFailed => "not connected",
                Return::SignedOut => "signed out",
                Return::NotWoken => "not woken",
                Return::ChannelChanged => "other channel",
            };
            format!("{} back from {}, {why}", c(contact), a(agent))
        }
        What::Ended { contact, outcome, agent } => {
            let outcome = match outcome {
                Outcome::Completed => "completed",
                Outcome::Abandoned => "abandoned",
                Outcome::Cancelled => "cancelled",
                Outcome::TurnedAway => "turned away",
                Outcome::Deflected => "deflected",
                Outcome::MaxWait => "waited as long as it may",
                Outcome::Displaced => "displaced",
                Outcome::Unanswered => "ended unanswered",
                Outcome::Closed => "closed",
                Outcome::Superseded => "superseded",
            };
            let agent = agent.map(|agent| format!(" at {}", a(agent))).unwrap_or_default();
            format!("{} {outcome}{agent}", c(contact))
        }
    }
}

pub(crate) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Offered => "offered",
        Stage::Connecting => "connecting",
        Stage::Active => "active",
        Stage::Quiet => "quiet",
        Stage::Held => "held",
        Stage::WrapUp => "in wrap-up",
        Stage::Reserved => "kept for",
    }
}

fn channel_names(channels: ChannelSet, plan: &Plan) -> String {
    if channels == ChannelSet::ALL {
        return "everything".into();
    }
    let names: Vec<_> = channels.iter().filter_map(|id| plan.channel(id)).map(|channel| &*channel.name).collect();
    names.join(" and ")
}

fn ending(word: &str, at: Option<Timestamp>) -> String {
    at.map(|at| format!(", {word} {at}")).unwrap_or_default()
}

fn by_force(forced: bool) -> &'static str {
    if forced { ", forced" } else { "" }
}
