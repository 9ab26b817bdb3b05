//! A contact center that is alive: threads of calls, chats and agents around one switchboard, its journal in an SQLite file.
//!
//! ```sh
//! cargo run --release --features sqlite --example live                 # three seconds of it
//! cargo run --release --features sqlite --example live -- --kills 100  # killed at any moment, again and again: what is lost?
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what happens")]

mod center;
mod kills;

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use cordboard::{
    Command, ContactId, Entry, Failed, Gateway, NewContact, OfferId, Opening, Request, SqliteJournal, Stopped,
    Switchboard, SwitchboardOptions, SystemClock, Trunk, What,
};

use center::{AGENTS, Center};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| arguments.iter().position(|it| it == name).and_then(|at| arguments.get(at + 1));
    if let Some(path) = after("--worker") {
        return kills::worker(path, after("--acknowledged").map_or("", |it| it));
    }
    match after("--kills") {
        Some(kills) => kills::parent(kills.parse()?, after("--seed").map_or(Ok(1), |seed| seed.parse())?),
        None => three_seconds(),
    }
}

/// What an agent's desktop is told.
enum Ring {
    Offer(OfferId, ContactId),
}

/// Rings at the desk of whoever is offered a contact.
struct Desks {
    desks: Vec<mpsc::Sender<Ring>>,
}

impl Gateway for Desks {
    fn deliver(&mut self, entry: &Entry) {
        for event in &entry.events {
            if let What::Offered { offer, contact, agent, .. } = event.what {
                // A desk that is closed does not answer; the offer rings out.
                let _ = self.desks[agent.0 as usize].send(Ring::Offer(offer, contact));
            }
        }
    }

    fn opened(&mut self, _: &Trunk, opening: &Opening) {
        println!("opened at {}, {} offers still ring", opening.end, opening.offers.len());
    }
}

fn three_seconds() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("cordboard-live-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let journal = SqliteJournal::open(folder.join("calls.cordboard"))?;
    let center = Center::new()?;
    let (desks, rings): (Vec<_>, Vec<_>) = (0..AGENTS).map(|_| mpsc::channel()).unzip();
    let options = SwitchboardOptions::default();
    let gateway = Box::new(Desks { desks });
    let (switchboard, _) =
        Switchboard::open(Box::new(journal), center.plan.clone(), gateway, Arc::new(SystemClock), options)?;

    let open = Arc::new(AtomicBool::new(true));
    let mut threads = Vec::new();
    for (agent, rings) in rings.into_iter().enumerate() {
        switchboard.trunk().call(center.sign_in(agent as u64))?;
        let trunk = switchboard.trunk();
        threads.push(thread::spawn(move || desk(&trunk, &rings)));
    }
    for line in 0..4 {
        let (trunk, open) = (switchboard.trunk(), open.clone());
        let (new, name) = if line % 2 == 0 { (center.call(), "call") } else { (center.chat(), "chat") };
        let name = format!("{name}-{line}");
        threads.push(thread::spawn(move || match customers(&trunk, &open, &new, &name) {
            Ok(()) | Err(Failed::Stopped(Stopped::ShutDown)) => {}
            Err(failed) => println!("{name}: {failed}"),
        }));
    }
    for _ in 0..12 {
        thread::sleep(Duration::from_millis(250));
        println!("{}", center.line(&switchboard));
    }
    open.store(false, Ordering::Relaxed);
    let now = switchboard.trunk().ask(|router, _| (router.seq(), router.contacts()))?;
    let (mut journal, gateway) = switchboard.shutdown()?;
    drop(gateway); // and with it the desks' ends, so that the agents go home
    threads.into_iter().for_each(|thread| drop(thread.join()));
    println!("{} of commands, {} contacts unfinished, all of it in the journal up to {}", now.0, now.1, journal.end()?);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// One line of the switch, or one website: a customer every few milliseconds, some of whom do not wait.
fn customers(trunk: &Trunk, open: &AtomicBool, new: &NewContact, name: &str) -> Result<(), Failed> {
    for number in 0.. {
        if !open.load(Ordering::Relaxed) {
            break;
        }
        let key = format!("{name}-{number}");
        trunk.call(Request::arrive(key.as_str(), new.clone()))?;
        thread::sleep(Duration::from_millis(2));
        if number % 10 == 9 {
            // Refused if an agent was faster, which is as well.
            let _ = trunk.send(Request::about(key.as_str(), |contact| Command::Abandon { contact }))?;
        }
    }
    Ok(())
}

/// An agent: takes what rings, talks, and is done.
fn desk(trunk: &Trunk, rings: &mpsc::Receiver<Ring>) {
    for Ring::Offer(offer, contact) in rings {
        thread::sleep(Duration::from_millis(1));
        if trunk.call(Command::Accept { offer }).is_ok() {
            thread::sleep(Duration::from_millis(10));
            drop(trunk.call(Command::Complete { contact }));
        }
    }
}
