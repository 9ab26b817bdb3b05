//! The switchboard in a process that is killed at any moment, again and again, on the same journal.
//!
//! The parent hears of every acknowledgement through a pipe, and at the end compares them with the journal: each must be there, in its
//! place and once, and everything in the journal must have been delivered. What was in doubt when the process died is
//! asked again with the same id.

use std::collections::{BTreeSet, VecDeque};
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{ChildStdout, Command as Process, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use cordboard::{
    Applied, ChannelSet, Command, CommandId, DriverOptions, Entry, Gateway, NewContact, Opening, Policies, Request,
    Seq, SqliteJournal, Switchboard, SwitchboardOptions, SystemClock, Trunk, What, verify,
};

use crate::center::{AGENTS, Center};

/// Threads that bring contacts, each a source of numbered commands.
const SOURCES: u32 = 4;
/// Most commands of one source that are unanswered; the engine remembers its last 64.
const UNANSWERED: usize = 32;

// ------------------------------------------------------------------------------------------------------- the worker

/// Takes every offer and is done with it at once, and tells the parent what it was given.
struct Quick(Option<Trunk>);

impl Gateway for Quick {
    fn deliver(&mut self, entry: &Entry) {
        let Some(trunk) = &self.0 else { return };
        for event in &entry.events {
            let next = match event.what {
                What::Offered { offer, .. } => Command::Accept { offer },
                What::Accepted { contact, .. } => Command::Complete { contact },
                _ => continue,
            };
            // Nobody waits for the answer: after a restart, what was not done is reconciled.
            let _ = trunk.send(next);
        }
        tell(format_args!("delivered {}", entry.input.seq.0));
    }

    fn opened(&mut self, trunk: &Trunk, _: &Opening) {
        self.0 = Some(trunk.clone());
    }
}

/// A line to the parent, or the end: without a parent there is nothing to do.
fn tell(line: std::fmt::Arguments<'_>) {
    if writeln!(std::io::stdout().lock(), "{line}").is_err() {
        std::process::exit(1);
    }
}

/// Runs until it is killed. `acknowledged` is the last number of each source that the parent knows to be done.
pub(crate) fn worker(path: &str, acknowledged: &str) -> Result<(), Box<dyn Error>> {
    let (journal, center) = (SqliteJournal::open(path)?, Center::new()?);
    let driver = DriverOptions { snapshot_every: 20_000, ..DriverOptions::default() };
    let options = SwitchboardOptions { driver, ..SwitchboardOptions::default() };
    let (journal, gateway, clock) = (Box::new(journal), Box::new(Quick(None)), Arc::new(SystemClock));
    let (switchboard, _) = Switchboard::open(journal, center.plan.clone(), gateway, clock, options)?;
    // The customers' connections died with the process before.
    switchboard.reconcile(ChannelSet::ALL, Vec::new())?;
    for agent in 0..AGENTS {
        // Refused if it is signed in already, and nobody asks.
        let _ = switchboard.trunk().send(center.sign_in(agent))?;
    }
    tell(format_args!("opened"));
    let mut from = acknowledged.split(',').map(|number| number.parse().unwrap_or(0)).chain(std::iter::repeat(0));
    let sources: Vec<_> = (1..=SOURCES)
        .map(|source| {
            let (trunk, new, last) = (switchboard.trunk(), center.call(), from.next().unwrap_or(0));
            thread::spawn(move || bring(&trunk, source, last, &new))
        })
        .collect();
    for source in sources {
        source.join().map_err(|_| "a source panicked")??;
    }
    Ok(())
}

/// Brings contacts, numbered from `last` on, and tells the parent which are acknowledged.
fn bring(trunk: &Trunk, source: u32, last: u64, new: &NewContact) -> Result<(), String> {
    let mut unanswered = VecDeque::new();
    for number in last + 1.. {
        let request = Request::arrive(format!("{source}/{number}"), new.clone()).with_id(CommandId { source, number });
        unanswered.push_back((number, trunk.send(request).map_err(|stopped| stopped.to_string())?));
        if unanswered.len() == UNANSWERED
            && let Some((number, receipt)) = unanswered.pop_front()
        {
            let answer = receipt.wait().map_err(|failed| failed.to_string())?;
            // One that was done before the last kill has its place in the journal, but this answer does not know it.
            let seq = if answer.applied == Applied::Done { answer.seq.0 } else { 0 };
            tell(format_args!("acknowledged {source} {number} {seq}"));
        }
    }
    Ok(())
}

// ------------------------------------------------------------------------------------------------------- the parent

/// What the workers said before they died.
#[derive(Default)]
struct Heard {
    acknowledged: Vec<(CommandId, Seq)>,
    delivered: BTreeSet<Seq>,
    /// The last number of each source.
    last: [u64; SOURCES as usize],
    opened: u32,
}

impl Heard {
    /// Takes one line; one that was cut off by the kill does not count.
    fn line(&mut self, line: &str) -> Option<()> {
        let mut words = line.strip_suffix('\n')?.split(' ');
        let kind = words.next()?;
        let mut number = || words.next()?.parse::<u64>().ok();
        match kind {
            "opened" => self.opened += 1,
            "delivered" => drop(self.delivered.insert(Seq(number()?))),
            "acknowledged" => {
                let (source, number, seq) = (number()? as u32, number()?, number()?);
                self.acknowledged.push((CommandId { source, number }, Seq(seq)));
                self.last[source as usize - 1] = number;
            }
            _ => return None,
        }
        Some(())
    }

    /// Reads what a worker says until it says no more, and passes on that it has opened its journal.
    fn listen(&mut self, pipe: ChildStdout, opened: &mpsc::Sender<()>) -> std::io::Result<()> {
        let (mut pipe, mut line) = (BufReader::new(pipe), String::new());
        while pipe.read_line(&mut line)? > 0 {
            self.line(&line);
            if line == "opened\n" {
                let _ = opened.send(());
            }
            line.clear();
        }
        Ok(())
    }
}

pub(crate) fn parent(kills: u32, seed: u64) -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("cordboard-kills-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("calls.cordboard");
    let (mut heard, mut dice, begun) = (Heard::default(), seed, Instant::now());
    for kill in 1..=kills {
        let acknowledged = heard.last.map(|number| number.to_string()).join(",");
        let mut worker = Process::new(std::env::current_exe()?)
            .args(["--worker".as_ref(), path.as_os_str(), "--acknowledged".as_ref(), acknowledged.as_ref()])
            .stdout(Stdio::piped())
            .spawn()?;
        let pipe = worker.stdout.take().ok_or("the worker has a pipe")?;
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (tell, opened) = mpsc::channel();
        thread::scope(|scope| {
            let heard = &mut heard;
            let listening = scope.spawn(move || heard.listen(pipe, &tell));
            // One in four at any time from its start, and so perhaps while it opens its journal; the others under load.
            if dice >> 62 > 0 {
                let _ = opened.recv();
            }
            thread::sleep(Duration::from_millis((dice >> 33) % 600));
            worker.kill()?; // SIGKILL: no destructor runs, nothing is flushed
            worker.wait()?;
            listening.join().map_err(|_| std::io::Error::other("listening panicked"))?
        })?;
        if kill % 10 == 0 {
            println!("{kill} kills: {} acknowledged, {:.0?}", heard.acknowledged.len(), begun.elapsed());
        }
    }
    let found = compare(&path, &mut heard)?;
    std::fs::remove_dir_all(folder)?;
    println!(
        "killed while opening {} times; {} commands in the journal, {} of them done twice, {} never delivered; run again: {}",
        kills - heard.opened,
        found.entries,
        found.twice,
        found.never_delivered,
        if found.the_same { "the same" } else { "DIFFERENT" },
    );
    println!("{kills} kills, {} acknowledged, {} lost", heard.acknowledged.len(), found.lost);
    let sound = found.lost + found.twice + found.never_delivered == 0 && found.the_same;
    if sound { Ok(()) } else { Err("the journal is not what was acknowledged".into()) }
}

/// What the journal says of what was heard.
struct Found {
    entries: usize,
    lost: usize,
    twice: usize,
    never_delivered: usize,
    the_same: bool,
}

fn compare(path: &Path, heard: &mut Heard) -> Result<Found, Box<dyn Error>> {
    // The last opening delivers again what no worker lived to deliver.
    let (delivers, delivered) = mpsc::channel();
    let gateway = Box::new(move |entry: &Entry| delivers.send(entry.input.seq).unwrap_or_default());
    let (journal, plan, clock) = (Box::new(SqliteJournal::open(path)?), Center::new()?.plan, Arc::new(SystemClock));
    let (switchboard, _) = Switchboard::open(journal, plan, gateway, clock, SwitchboardOptions::default())?;
    let (mut journal, gateway) = switchboard.shutdown()?;
    drop(gateway);
    heard.delivered.extend(delivered);

    let (mut ids, mut named, mut twice) = (Vec::new(), BTreeSet::new(), 0);
    journal.replay(Seq(0), &mut |entry| {
        ids.push(entry.input.id);
        twice += usize::from(entry.input.id != CommandId::ANONYMOUS && !named.insert(entry.input.id));
        ControlFlow::Continue(())
    })?;
    let is_there = |(id, seq): &&(CommandId, Seq)| match seq.0 {
        0 => named.contains(id),
        seq => ids.get(seq as usize - 1) == Some(id),
    };
    let lost = heard.acknowledged.len() - heard.acknowledged.iter().filter(is_there).count();
    let never_delivered = (1..=ids.len() as u64).filter(|&seq| !heard.delivered.contains(&Seq(seq))).count();
    let the_same = verify(&mut *journal, &Policies::new(), &mut |_, _| {})?.difference.is_none();
    Ok(Found { entries: ids.len(), lost, twice, never_delivered, the_same })
}
