//! `cordboard log`: the story of one contact, from a journal.

mod words;

use std::io::{self, Write, stdout};
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use cordboard::{Command, ContactId, Entry, Journal, JournalError, Seq, Snapshot, Timestamp, What};

use crate::failure::Failure;
use crate::{journal, progress};
use words::Names;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The journal, an SQLite file; it is only read
    journal: PathBuf,
    /// The contact: the host's own key for it, or its number
    #[arg(long, value_name = "KEY")]
    contact: String,
}

/// Follows one contact through a journal.
struct Follower<'a> {
    key: &'a str,
    number: Option<ContactId>,
    names: Names,
    /// While it is there: its number, and when it arrived.
    there: Option<(ContactId, Timestamp)>,
    lives: u32,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let wrong = |error: JournalError| journal::wrong(&arguments.journal, &error);
    let mut journal = journal::read(&arguments.journal)?;
    let end = journal.end().map_err(wrong)?;
    let first = journal.load_checkpoint(Seq(0)).map_err(wrong)?;
    let number = arguments.contact.parse().ok().map(ContactId);
    let names = Names::new(first.as_ref().map(Snapshot::plan));
    let mut follower = Follower { key: &arguments.contact, number, names, there: None, lives: 0 };
    let bar = progress::bar(end.0, "reading");
    let mut out = stdout().lock();
    let mut written = Ok(());
    let read = journal.replay(Seq(0), &mut |entry| {
        if entry.input.seq.0.is_multiple_of(1 << 14) {
            bar.set_position(entry.input.seq.0);
        }
        written = follower.read(&mut out, &entry);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    bar.finish_and_clear();
    written?;
    read.map_err(wrong)?;
    if follower.lives == 0 {
        let shown = arguments.journal.display();
        return Err(Failure::Input(format!(
            "{shown}: there is no contact `{}`, by key or by number",
            arguments.contact
        )));
    }
    if let Some((contact, _)) = follower.there {
        writeln!(out, "{contact} is still there when the journal ends")?;
    }
    out.flush()?;
    Ok(())
}

impl Follower<'_> {
    fn read(&mut self, out: &mut impl Write, entry: &Entry) -> io::Result<()> {
        match &entry.input.command {
            Command::Configure { plan } => self.names.plan(plan),
            Command::Enqueue { contact, new } if !entry.events.is_empty() && self.is_it(entry, *contact) => {
                self.there = Some((*contact, entry.input.at));
                self.lives += 1;
                let key = entry.key.as_ref().map_or_else(String::new, |key| format!(", {}", key.reveal()));
                let (when, kind) = (words::instant(entry.input.at), self.names.arrival(new));
                writeln!(out, "{contact}{key}: {kind}, {when}")?;
            }
            _ => {}
        }
        let mut first = true;
        for event in &entry.events {
            self.names.hear(&event.what);
            let Some((contact, arrived)) = self.there else { continue };
            if event.what.contact() != Some(contact) {
                continue;
            }
            let (when, after) = (words::instant(event.at), words::length(event.at.since(arrived)));
            let what = self.names.words(event);
            let cause =
                if first { format!("  [{} {}]", entry.input.seq, name(&entry.input.command)) } else { String::new() };
            first = false;
            writeln!(out, "  {when}  {:>12}  {what}{cause}", format!("+{after}"))?;
            if matches!(event.what, What::Ended { .. }) {
                self.there = None;
            }
        }
        Ok(())
    }

    /// Whether this is the one that was asked for.
    fn is_it(&self, entry: &Entry, contact: ContactId) -> bool {
        entry.key.as_ref().is_some_and(|key| **key.reveal() == *self.key) || self.number == Some(contact)
    }
}

/// The command's name; what nobody asked for, time did.
fn name(command: &Command) -> String {
    if *command == Command::AdvanceTime {
        return "time".to_owned();
    }
    let name = format!("{command:?}");
    name.split([' ', '{']).next().unwrap_or_default().to_owned()
}
