//! Nine o'clock: 500 chats have come in during the night, and the team signs in one after another. Who gets how many,
//! minute by minute, without a ramp and with one. Run with `cargo run --example nine_o_clock`.
#![allow(clippy::print_stdout, reason = "an example shows what happens")]

use std::collections::BTreeMap;

use cordboard::{
    AgentId, ChannelSet, Command, CommandId, ContactId, NewContact, Plan, Router, Seq, Span, Stamped, Timestamp, What,
};

const CHATS: u64 = 500;
const AGENTS: u64 = 10;
/// Between two sign-ins.
const APART: Span = Span::from_secs(5);

/// The chats given to each agent at each instant.
struct Morning {
    router: Router,
    seq: u64,
    given: BTreeMap<(Timestamp, AgentId), u32>,
}

impl Morning {
    fn send(&mut self, at: Timestamp, command: Command) -> Result<(), cordboard::Rejected> {
        self.seq += 1;
        let mut events = Vec::new();
        let input = Stamped { seq: Seq(self.seq), id: CommandId::ANONYMOUS, at, command };
        self.router.apply(&input, &mut events)?;
        for event in events {
            if let What::Assigned { agent, .. } = event.what {
                *self.given.entry((event.at, agent)).or_default() += 1;
            }
        }
        Ok(())
    }

    /// So many each agent was given up to an instant.
    fn shares(&self, until: Timestamp) -> Vec<u32> {
        let of = |agent| self.given.iter().filter(move |((at, to), _)| *at <= until && *to == AgentId(agent));
        (1..=AGENTS).map(|agent| of(agent).map(|(_, chats)| chats).sum()).collect()
    }
}

fn morning(plan: Plan) -> Result<Morning, Box<dyn std::error::Error>> {
    let chat = plan.find_channel("chat").ok_or("chat")?;
    let (team, service) = (plan.find_group("team").ok_or("team")?, plan.find_queue("service").ok_or("service")?);
    let mut morning = Morning { router: Router::new(plan)?, seq: 0, given: BTreeMap::new() };
    for contact in (1..=CHATS).map(ContactId) {
        morning.send(Timestamp::ZERO, Command::Enqueue { contact, new: NewContact::new(service, chat) })?;
    }
    for agent in 0..AGENTS {
        let at = Timestamp::ZERO + Span(APART.0 * agent);
        let agent = AgentId(agent + 1);
        morning.send(at, Command::AdvanceTime)?;
        morning.send(at, Command::SignIn { agent, group: team, skills: None, ready: ChannelSet::ALL })?;
    }
    morning.send(Timestamp::from_secs(600), Command::AdvanceTime)?;
    Ok(morning)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Up to a hundred open chats each: conversations that go on over days, most of them quiet most of the time.
    let plan = |ramp: Option<(u16, Span)>| {
        let desk = |desk: cordboard::CapacityBuilder| {
            desk.takes_with("chat", 100, |chat| match ramp {
                Some((contacts, per)) => chat.ramp(contacts, per),
                None => chat,
            })
        };
        Plan::builder()
            .capacity("desk", desk)
            .agents("team", "desk", |team| team)
            .queue("service", |queue| queue)
            .build()
    };
    for (title, ramp) in
        [("As they sign in, without a ramp", None), ("With a ramp of 5 chats a minute", Some((5, Span::from_mins(1))))]
    {
        let morning = morning(plan(ramp)?)?;
        println!(
            "{title}\n\n  time   {}  waiting",
            (1..=AGENTS).map(|agent| format!("{agent:>5}")).collect::<String>()
        );
        for minute in 0..10 {
            let until = Timestamp::from_secs(60 * minute + 59);
            let shares = morning.shares(until);
            let waiting = CHATS - shares.iter().map(|&chats| u64::from(chats)).sum::<u64>();
            let row = shares.iter().map(|chats| format!("{chats:>5}")).collect::<String>();
            println!("  9:{minute:02}   {row}  {waiting:>7}");
        }
        println!();
    }
    Ok(())
}
