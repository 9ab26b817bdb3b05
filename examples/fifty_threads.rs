//! Fifty threads wake at once: Ann wrote last in fifty conversations the day before, and at nine all fifty customers answer.
//! Who is busy with how many, minute by minute, and why the last of them still waits. Run with
//! `cargo run --example fifty_threads`.
#![allow(clippy::print_stdout, reason = "an example shows what happens")]

use std::collections::{BTreeMap, VecDeque};

use cordboard::{
    AgeFrom, AgentId, CapacityBuilder, ChannelBuilder, ChannelSet, Command, CommandId, ContactId, NewContact, Plan,
    PlanBuilder, Problems, Router, Seq, Span, Stage, Stamped, Timestamp, Wake, What,
};

const THREADS: u64 = 50;
const TEAM: [(AgentId, &str); 3] = [(AgentId(1), "Ann"), (AgentId(2), "Bob"), (AgentId(3), "Cid")];
const NINE: Timestamp = Timestamp::from_secs(9 * 3600);
/// Every agent writes one reply in so long.
const REPLY: Span = Span::from_secs(30);

/// A day's threads are quiet two minutes after the reply, and parked after an hour.
fn thread(thread: ChannelBuilder) -> ChannelBuilder {
    thread.quiet_after(Span::from_mins(2)).park_after(Span::from_mins(60)).age_from(AgeFrom::LastMessage)
}

fn plan(
    messaging: fn(ChannelBuilder) -> ChannelBuilder,
    desk: fn(CapacityBuilder) -> CapacityBuilder,
) -> Result<Plan, Problems> {
    let plan: PlanBuilder = Plan::builder().channel("messaging", messaging).capacity("desk", desk);
    plan.agents("team", "desk", |team| team).queue("service", |queue| queue).build()
}

struct Host {
    router: Router,
    seq: u64,
    /// What each agent has to reply to, the oldest first.
    unanswered: BTreeMap<AgentId, VecDeque<ContactId>>,
}

impl Host {
    fn send(&mut self, at: Timestamp, command: Command) -> Result<(), cordboard::Rejected> {
        if command != Command::AdvanceTime && self.router.next_deadline().is_some_and(|due| due <= at) {
            self.send(at, Command::AdvanceTime)?;
        }
        self.seq += 1;
        let mut events = Vec::new();
        self.router.apply(&Stamped { seq: Seq(self.seq), id: CommandId::ANONYMOUS, at, command }, &mut events)?;
        for event in events {
            match event.what {
                What::Assigned { contact, agent, .. } | What::Woken { contact, agent, .. } => {
                    self.unanswered.entry(agent).or_default().push_back(contact);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Each agent replies to what has waited longest of what it has.
    fn reply(&mut self, at: Timestamp) -> Result<(), cordboard::Rejected> {
        self.send(at, Command::AdvanceTime)?;
        let next: Vec<ContactId> = self.unanswered.values_mut().filter_map(VecDeque::pop_front).collect();
        next.into_iter().try_for_each(|contact| self.send(at, Command::MessageFromAgent { contact }))
    }

    /// Contacts that keep each agent busy.
    fn busy(&self) -> Vec<usize> {
        let with = |contact| self.router.explain(ContactId(contact)).and_then(|told| told.with);
        let active = |agent| (1..=THREADS).filter(|&it| with(it) == Some((agent, Stage::Active))).count();
        TEAM.iter().map(|&(agent, _)| active(agent)).collect()
    }

    fn waiting(&self) -> Vec<ContactId> {
        let waits = |it: &ContactId| self.router.explain(*it).is_some_and(|told| told.with.is_none() && !told.parked);
        (1..=THREADS).map(ContactId).filter(waits).collect()
    }
}

fn morning(title: &str, plan: Plan) -> Result<(), Box<dyn std::error::Error>> {
    let messaging = plan.find_channel("messaging").ok_or("messaging")?;
    let (team, service) = (plan.find_group("team").ok_or("team")?, plan.find_queue("service").ok_or("service")?);
    let mut host = Host { router: Router::new(plan)?, seq: 0, unanswered: BTreeMap::new() };
    let sign_in = |agent| Command::SignIn { agent, group: team, skills: None, ready: ChannelSet::ALL };

    // The day before: Ann, alone, replies to one thread a minute.
    host.send(Timestamp::ZERO, sign_in(TEAM[0].0))?;
    for contact in 1..=THREADS {
        let (at, contact) = (Timestamp::from_secs(60 * contact), ContactId(contact));
        host.send(at, Command::Enqueue { contact, new: NewContact::new(service, messaging) })?;
        host.reply(at + REPLY)?;
    }
    for &(agent, _) in &TEAM[1..] {
        host.send(Timestamp::from_secs(8 * 3600), sign_in(agent))?;
    }

    // At nine all fifty customers answer.
    for contact in (1..=THREADS).map(ContactId) {
        host.send(NINE, Command::MessageFromCustomer { contact })?;
    }
    println!("{title}\n\n  time    busy: Ann  Bob  Cid   waiting");
    for half_minute in 0..24 {
        let at = NINE + Span(REPLY.0 * half_minute);
        host.reply(at)?;
        if half_minute % 2 == 0 {
            let busy = host.busy().iter().map(|busy| format!("{busy:>5}")).collect::<String>();
            println!("  9:{:02}        {busy}   {:>7}", half_minute / 2, host.waiting().len());
        }
        if half_minute == 2
            && let Some(told) = host.waiting().last().and_then(|&last| host.router.explain(last))
        {
            println!("          {told}");
        }
    }
    println!();
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What is complained about: whatever wakes is the agent's at once, above every limit.
    let flooded = plan(
        |messaging| thread(messaging).wake(Wake { over: u16::MAX, wait: Span::ZERO }),
        |desk| desk.takes_with("messaging", 50, |thread| thread.open(100)),
    )?;
    morning("As many as there may be, as fast as they come", flooded)?;

    // Five at once, four within a minute; Ann is waited for alone for three minutes, then the team helps.
    let paced = plan(
        |messaging| thread(messaging).wake(Wake { over: 0, wait: Span::from_mins(3) }),
        |desk| {
            desk.takes_with("messaging", 5, |thread| {
                thread.open(100).quiet(cordboard::Load::ZERO).ramp(4, Span::from_mins(1))
            })
        },
    )?;
    morning("Five at once, four a minute, and Ann's own for three minutes", paced)
}
