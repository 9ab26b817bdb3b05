//! Why does this contact wait, and why did that agent get it? Run with `cargo run --example explain`.
#![allow(clippy::print_stdout, reason = "an example shows what happens")]

use cordboard::{
    AgentId, AgentOrder, ChannelSet, Command, CommandId, ContactId, Decision, Needs, NewContact, Plan, ReasonId,
    Router, Seq, Skills, Span, Stamped, Timestamp,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plan = Plan::builder()
        .channel("voice", |voice| voice)
        .capacity("calls", |profile| profile.takes("voice", 1))
        .agents("team", "calls", |group| group.skill("billing", 60))
        .skill("es")
        .queue("service", |queue| {
            let agents = [AgentOrder::BestSkilled, AgentOrder::LongestIdle];
            queue.agents(agents).step(Span::ZERO, "es >= 50").step(Span::from_secs(30), "anyone")
        })
        .build()?;
    let (voice, team) = (plan.find_channel("voice").ok_or("voice")?, plan.find_group("team").ok_or("team")?);
    let queue = plan.find_queue("service").ok_or("service")?;
    let (billing, es) = (plan.find_skill("billing").ok_or("billing")?, plan.find_skill("es").ok_or("es")?);
    let needs = plan.requirement("billing >= 20")?;
    let mut router = Router::new(plan)?;
    router.record_decisions(true);

    let (mut seq, mut events) = (0, Vec::new());
    let mut send = |router: &mut Router, secs: u64, command: Command| {
        seq += 1;
        let at = Timestamp::from_secs(secs);
        router.apply(&Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at, command }, &mut events)
    };
    // Three agents: one speaks Spanish but is at lunch, two do not, and one of them is better at billing.
    for (agent, skills) in
        [(1, [(billing, 60), (es, 80)]), (2, [(billing, 90), (es, 0)]), (3, [(billing, 40), (es, 0)])]
    {
        let skills = Some(Skills::from_iter(skills));
        send(&mut router, 0, Command::SignIn { agent: AgentId(agent), group: team, skills, ready: ChannelSet::ALL })?;
    }
    let lunch = ReasonId(7);
    let away = Command::SetPresence { agent: AgentId(1), channels: ChannelSet::ALL, ready: false, reason: lunch };
    send(&mut router, 1, away)?;
    let new = NewContact { needs: Needs::Own(Box::new(needs)), ..NewContact::new(queue, voice) };
    send(&mut router, 10, Command::Enqueue { contact: ContactId(1), new })?;

    println!("Why it waits:\n  {}\n", router.explain(ContactId(1)).ok_or("contact 1 waits")?);

    // Half a minute later the requirement is relaxed, and somebody gets it.
    send(&mut router, 40, Command::AdvanceTime)?;
    for decision in router.take_decisions() {
        if let Decision::AgentFor { contact, chosen, candidates, decided_by, .. } = decision {
            println!("Why {chosen} got {contact}:");
            for candidate in candidates {
                let against: Vec<String> = candidate.obstacles.iter().map(ToString::to_string).collect();
                let verdict = if against.is_empty() { "able".to_owned() } else { against.join(", ") };
                println!("  {}: {verdict}", candidate.id);
            }
            // What is compared, in turn; the queue's own criteria stand in the middle.
            let criteria = ["owner", "pool rank", "preferences met", "best skilled", "longest idle", "smallest id"];
            println!("  decided by: {}", decided_by.map_or("there was no other", |at| criteria[at]));
        }
    }
    Ok(())
}
