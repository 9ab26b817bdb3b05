//! A toy host: two agents, calls and chats in one queue. Run with `cargo run --example embed`.
#![allow(clippy::print_stdout, reason = "an example shows what happens")]

use cordboard::{
    AgentId, ChannelSet, Command, CommandId, ContactId, Event, NewContact, Plan, Router, Seq, Span, Stamped, Timestamp,
    What,
};

/// What every host has: the engine, its own clock (here: seconds we make up), and something that acts on events.
struct Host {
    router: Router,
    seq: u64,
}

impl Host {
    /// Fires due timers, applies the command, acts on what happened. A real host keeps both in a journal in between.
    fn send(&mut self, at: Timestamp, command: Command) {
        while self.router.next_deadline().is_some_and(|due| due <= at) && command != Command::AdvanceTime {
            let due = self.router.next_deadline().unwrap_or(at);
            self.send(due, Command::AdvanceTime);
        }
        self.seq += 1;
        let mut events = Vec::new();
        let input = Stamped { seq: Seq(self.seq), id: CommandId::ANONYMOUS, at, command };
        match self.router.apply(&input, &mut events) {
            Ok(_) => events.into_iter().for_each(|event| self.act_on(event)),
            Err(rejected) => println!("{:>4}  refused: {rejected}", at.to_string()),
        }
    }

    fn act_on(&mut self, event: Event) {
        println!("{:>4}  {:?}", event.at.to_string(), event.what);
        if let What::Offered { offer, .. } = event.what {
            // A real host rings the agent's phone or pops up the chat; this one's agents take everything after 2 s.
            self.send(event.at + Span::from_secs(2), Command::Accept { offer });
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plan = Plan::builder()
        .channel("voice", |voice| voice.offer(Span::from_secs(20)))
        .channel("chat", |chat| chat.offer(Span::from_secs(30)))
        .capacity("blended", |profile| profile.takes("voice", 1).takes("chat", 3))
        .agents("team", "blended", |group| group.skill("en", 80))
        .queue("service", |queue| queue)
        .build()?;
    let (voice, chat) = (plan.find_channel("voice").ok_or("voice")?, plan.find_channel("chat").ok_or("chat")?);
    let (team, queue) = (plan.find_group("team").ok_or("team")?, plan.find_queue("service").ok_or("service")?);
    let mut host = Host { router: Router::new(plan)?, seq: 0 };

    for agent in [1, 2] {
        let command = Command::SignIn { agent: AgentId(agent), group: team, skills: None, ready: ChannelSet::ALL };
        host.send(Timestamp::ZERO, command);
    }
    for (contact, channel) in [(1, chat), (2, voice), (3, voice), (4, chat)] {
        let at = Timestamp::from_secs(contact * 10);
        host.send(at, Command::Enqueue { contact: ContactId(contact), new: NewContact::new(queue, channel) });
    }
    // Contact 3, a call, waits: agent 1 has chats, agent 2 is on the other call.
    if let Some(why) = host.router.explain(ContactId(3)) {
        println!("      {why}");
    }
    host.send(Timestamp::from_secs(90), Command::Complete { contact: ContactId(2) });
    Ok(())
}
