//! A host that opens and closes its queue by the hour, over Christmas: `cargo run --features hours --example hours`.
#![allow(clippy::print_stdout, reason = "an example shows what happens")]

use cordboard::{Command, CommandId, ContactId, Hours, NewContact, Plan, Router, Seq, Span, Stamped, Timestamp, What};

/// 24 December 2026, 08:00 in Berlin.
const START: Timestamp = Timestamp::from_secs(1_798_095_600);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plan = Plan::builder()
        .channel("voice", |voice| voice)
        .queue("service", |queue| queue.when_closed("deflect"))
        .build()?;
    let voice = plan.find_channel("voice").ok_or("voice")?;
    let service = plan.find_queue("service").ok_or("service")?;
    let hours = Hours::in_zone("Europe/Berlin")?
        .weekly("mon-fri", [("09:00", "18:00")])?
        .weekly("sat", [("10:00", "14:00")])?
        .on("2026-12-24", [("09:00", "12:00")])?
        .on("2026-12-25", [])?
        .on("2026-12-26", [])?;
    let mut router = Router::new(plan)?;
    let mut seq = 0;
    let mut send = |at: Timestamp, command: Command| {
        seq += 1;
        let mut events = Vec::new();
        let input = Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at, command };
        router.apply(&input, &mut events)?;
        for event in events {
            let day = event.at.since(START).as_secs_f64() / 3600.0;
            match event.what {
                What::QueueOpened { .. } => println!("{day:>6.1} h  open"),
                What::QueueClosed { .. } => println!("{day:>6.1} h  closed"),
                What::Queued { contact, .. } => println!("{day:>6.1} h  call {} waits", contact.0),
                What::Ended { contact, .. } => println!("{day:>6.1} h  call {} is told when to call again", contact.0),
                _ => {}
            }
        }
        Ok::<(), cordboard::Rejected>(())
    };

    // The first tells how it is now. A host keeps the next one beside the engine's next deadline, and sends it when it is time.
    let mut changes = hours.changes(START).peekable();
    for call in 0..13 {
        let now = START + Span::from_mins(90 + 8 * 60 * call);
        while let Some((at, open)) = changes.next_if(|(at, _)| *at <= now) {
            send(at, Command::SetQueueOpen { queue: service, open })?;
        }
        send(now, Command::Enqueue { contact: ContactId(call + 1), new: NewContact::new(service, voice) })?;
    }
    Ok(())
}
