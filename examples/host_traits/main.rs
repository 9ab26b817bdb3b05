//! What a host brings itself: a [`Journal`] in files of its own (`file_journal.rs`), and a [`Gateway`] that does nothing twice,
//! though after a crash it is given some commands again.
//!
//! ```sh
//! cargo run --example host_traits
//! cargo test --example host_traits    # the suite for journals
//! ```
//!
//! [`Journal`]: cordboard::Journal
#![allow(clippy::print_stdout, reason = "an example shows what happens")]

mod file_journal;

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, mpsc};

use cordboard::{
    AgentId, ChannelSet, Command, Entry, Gateway, NewContact, Opening, Plan, Request, Seq, Switchboard,
    SwitchboardOptions, SystemClock, Trunk, What,
};
use file_journal::FileJournal;

/// Sends a text to each customer whose call is taken, and must not send it twice. What it sends and up to where it has come it keeps in one
/// file, one line each, so that neither is there without the other; a host with a database does both in one transaction.
struct Texts {
    sent: File,
    last: Option<Seq>,
    tells: mpsc::Sender<Seq>,
}

impl Texts {
    fn open(path: &Path, tells: mpsc::Sender<Seq>) -> std::io::Result<Self> {
        let sent = OpenOptions::new().create(true).append(true).open(path)?;
        let lines = fs::read_to_string(path)?;
        let numbers = lines.lines().filter_map(|line| line.split(' ').next()?.parse().ok().map(Seq));
        Ok(Self { sent, last: numbers.max(), tells })
    }
}

impl Gateway for Texts {
    fn deliver(&mut self, entry: &Entry) {
        let seq = entry.input.seq;
        for event in &entry.events {
            if let What::Assigned { contact, agent, .. } = event.what {
                println!("  {seq}: text to the customer of {contact}: {agent} has your call");
            }
        }
        if let Err(why) = writeln!(self.sent, "{} {} events", seq.0, entry.events.len()) {
            // A gateway that cannot do its work stops the switchboard; opened again, it is given this command again.
            panic!("the texts cannot be kept: {why}");
        }
        self.last = Some(seq);
        let _ = self.tells.send(seq);
    }

    fn opened(&mut self, _: &Trunk, opening: &Opening) {
        println!("opened: the journal ends at {}, and is delivered up to {}", opening.end, opening.delivered);
    }

    /// It knows better than the journal, which only hears of it with the next command.
    fn delivered(&self) -> Option<Seq> {
        self.last
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("cordboard-host-traits-{}", std::process::id()));
    let plan = Plan::builder()
        .capacity("phone", |phone| phone.takes("voice", 1))
        .agents("team", "phone", |team| team)
        .queue("service", |service| service)
        .build()?;
    let (voice, service) = (plan.find_channel("voice").ok_or("voice")?, plan.find_queue("service").ok_or("service")?);
    let team = plan.find_group("team").ok_or("team")?;
    let open = || -> Result<_, Box<dyn Error>> {
        let journal = FileJournal::open(&folder.join("journal"))?;
        let (tells, delivered) = mpsc::channel();
        let gateway = Texts::open(&folder.join("texts"), tells)?;
        let (journal, gateway, clock) = (Box::new(journal), Box::new(gateway), Arc::new(SystemClock));
        let (switchboard, _) = Switchboard::open(journal, plan.clone(), gateway, clock, SwitchboardOptions::default())?;
        Ok((switchboard, delivered))
    };

    let (switchboard, delivered) = open()?;
    let trunk = switchboard.trunk();
    for agent in [1, 2].map(AgentId) {
        trunk.call(Command::SignIn { agent, group: team, skills: None, ready: ChannelSet::ALL })?;
    }
    let answer = trunk.call(Request::arrive("call-1", NewContact::new(service, voice)))?;
    // The text has been sent. A crash: the journal does not know that yet.
    delivered.iter().find(|&seq| seq == answer.seq);
    drop(switchboard);

    let (switchboard, _delivered) = open()?;
    switchboard.trunk().call(Request::arrive("call-2", NewContact::new(service, voice)))?;
    switchboard.shutdown()?;
    let texts = fs::read_to_string(folder.join("texts"))?;
    println!("delivered, each once:\n{texts}");
    fs::remove_dir_all(folder)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU32, Ordering};

    use cordboard::{JournalError, JournalPoint, JournalStorage, check_journal};

    use super::FileJournal;

    /// A folder, in whose files bits can be flipped.
    struct Folder(tempfile::TempDir);

    impl Folder {
        fn files(&self) -> Vec<PathBuf> {
            let mut files: Vec<_> =
                std::fs::read_dir(self.0.path()).unwrap().map(|file| file.unwrap().path()).collect();
            files.sort();
            files
        }
    }

    impl JournalStorage for Folder {
        type Journal = FileJournal;

        fn open(&self) -> Result<FileJournal, JournalError> {
            FileJournal::open(self.0.path())
        }

        fn bits(&self) -> u64 {
            self.files().iter().map(|file| 8 * std::fs::metadata(file).unwrap().len()).sum()
        }

        fn flip(&mut self, mut bit: u64) {
            for file in self.files() {
                let mut bytes = std::fs::read(&file).unwrap();
                if bit < 8 * bytes.len() as u64 {
                    bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
                    std::fs::write(file, bytes).unwrap();
                    return;
                }
                bit -= 8 * bytes.len() as u64;
            }
        }
    }

    #[test]
    fn the_file_journal_is_correct() {
        let opened = AtomicU32::new(0);
        let checked = check_journal(|| {
            opened.fetch_add(1, Ordering::Relaxed);
            Folder(tempfile::tempdir().unwrap())
        });
        let checked = checked.unwrap_or_else(|fault| panic!("{fault}"));
        for point in [
            JournalPoint::Order,
            JournalPoint::Fence,
            JournalPoint::Durable,
            JournalPoint::Snapshots,
            JournalPoint::Damage,
        ] {
            assert!(checked.contains(&point), "{point} was not checked");
        }
        assert!(opened.into_inner() > 10);
    }
}
