//! What the journal is asked to do, and whether it has done it.

use std::ops::ControlFlow;

use cordboard::{
    AgentId, ChannelSet, Command, CommandId, ContactId, Durability, Entry, Journal, JournalError, NewContact, Plan,
    Router, Seq, Snapshot, Span, SqliteJournal, Stamped, Timestamp, What,
};
use rusqlite::Connection;

use crate::disk::{Disk, Mark};
use crate::power::Chance;

/// Entries of a real engine, and its snapshot after each.
pub struct Script {
    /// Those at 1, 2, 3 and so on.
    pub entries: Vec<Entry>,
    /// Snapshots at 0, 1, 2 and so on.
    pub snapshots: Vec<Snapshot>,
}

/// One thing to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Append so many entries.
    Append(usize),
    /// Sync.
    Sync(Durability),
    /// Keep a snapshot of the last entry that was synced.
    Save,
    /// Close the journal and open it again.
    Reopen,
}

/// What ended a journal's life.
#[derive(Debug)]
pub struct Stopped {
    /// What it said.
    pub error: JournalError,
    /// The journal, where it could be opened.
    pub journal: Option<SqliteJournal>,
}

impl Stopped {
    fn new(error: JournalError, journal: Option<SqliteJournal>) -> Box<Self> {
        Box::new(Self { error, journal })
    }
}

/// What must be there, and what may.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bounds {
    /// Entries acknowledged as stable.
    pub stable: u64,
    /// Entries that were ever appended.
    pub appended: u64,
    /// The newest snapshot that was saved; `None`: none.
    pub saved: Option<u64>,
    /// The newest that may have been.
    pub saving: Option<u64>,
}

impl Bounds {
    /// After one mark more.
    pub fn take(&mut self, mark: Mark) {
        match mark {
            Mark::Appending(seq) => self.appended = self.appended.max(seq),
            Mark::Stable(seq) => self.stable = self.stable.max(seq),
            Mark::Saving(seq) => self.saving = self.saving.max(Some(seq)),
            Mark::Saved(seq) => self.saved = self.saved.max(Some(seq)),
        }
    }
}

/// A number from the environment.
///
/// # Panics
/// It is not a number.
pub fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// The seed that a run begins with, from `CORDBOARD_FAULTS_SEED`.
pub fn seed() -> u64 {
    setting("CORDBOARD_FAULTS_SEED", 1)
}

/// A journal's life, another for each seed: groups and syncs, snapshots, closing and opening, `count` entries in all.
pub fn steps(seed: u64, count: usize) -> Vec<Step> {
    let mut chance = Chance::new(seed);
    let mut steps = vec![Step::Save];
    let mut left = count;
    while left > 0 {
        let group = (1 + chance.below(5)).min(left);
        steps.push(Step::Append(group));
        left -= group;
        match chance.below(12) {
            // Two groups in one commit.
            0 => continue,
            1..=2 => steps.push(Step::Sync(Durability::Written)),
            _ => steps.push(Step::Sync(Durability::Stable)),
        }
        match chance.below(10) {
            0 => steps.push(Step::Save),
            1 => steps.push(Step::Reopen),
            _ => {}
        }
    }
    steps.push(Step::Sync(Durability::Stable));
    steps
}

impl Script {
    /// At least `count` entries: agents who sign in and out, chats that are offered, taken and completed.
    ///
    /// # Panics
    /// The engine refuses a command, which would be a defect.
    pub fn new(count: usize) -> Self {
        let plan = Plan::builder()
            .channel("chat", |chat| chat.offer(Span::from_secs(20)))
            .capacity("desk", |desk| desk.takes("chat", 3))
            .agents("team", "desk", |team| team)
            .queue("service", |queue| queue)
            .build()
            .expect("the plan is correct");
        let (queue, chat) =
            (plan.find_queue("service").expect("declared"), plan.find_channel("chat").expect("declared"));
        let group = plan.find_group("team").expect("declared");
        let mut script = Self { entries: Vec::new(), snapshots: Vec::new() };
        let mut router = Router::new(plan).expect("it asks for no policy of a host");
        script.snapshots.push(snapshot(&router));
        for agent in [AgentId(1), AgentId(2)] {
            script.apply(&mut router, Command::SignIn { agent, group, skills: None, ready: ChannelSet::ALL });
        }
        let mut contact = 0;
        while script.entries.len() < count {
            contact += 1;
            let contact = ContactId(contact);
            script.apply(&mut router, Command::Enqueue { contact, new: NewContact::new(queue, chat) });
            let offer = script.entries.last().and_then(|entry| {
                entry.events.iter().find_map(|event| match event.what {
                    What::Offered { offer, .. } => Some(offer),
                    _ => None,
                })
            });
            script.apply(&mut router, Command::Accept { offer: offer.expect("an agent is free") });
            let context = vec![contact.0 as u8; contact.0 as usize * 131 % 900].into();
            script.apply(&mut router, Command::SetContext { contact, context });
            script.apply(&mut router, Command::Complete { contact });
            script.apply(&mut router, Command::Cancel { contact });
        }
        script
    }

    fn apply(&mut self, router: &mut Router, command: Command) {
        let seq = Seq(router.seq().0 + 1);
        let id = CommandId { source: 1, number: seq.0 };
        let key = matches!(command, Command::Enqueue { .. }).then(|| format!("call-{}", seq.0).into());
        let input = Stamped { seq, id, at: Timestamp::from_secs(1_700_000_000 + seq.0), command };
        let mut events = Vec::new();
        match router.apply(&input, &mut events) {
            Ok(_) => {}
            // No wrap-up: it has ended already.
            Err(_) if matches!(input.command, Command::Cancel { .. }) => return,
            Err(refused) => panic!("{input:?}: {refused}"),
        }
        self.entries.push(Entry { input, events, key, delivered: Seq(0) });
        self.snapshots.push(snapshot(router));
    }

    /// Has a journal on `disk` do all of it, until it fails. What it acknowledged is marked there.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn run(&self, disk: &Disk, steps: &[Step], tables: bool) -> Result<(), Box<Stopped>> {
        let mut journal = disk.journal(tables).map_err(|error| Stopped::new(error, None))?;
        let mut synced = journal.end().map_err(|error| Stopped::new(error, None))?.0;
        let mut appended = synced;
        for step in steps {
            let done = match *step {
                Step::Append(count) => {
                    let from = appended as usize;
                    let group = &self.entries[from..(from + count).min(self.entries.len())];
                    disk.mark(Mark::Appending(appended + group.len() as u64));
                    let done = journal.append(Seq(appended), group);
                    appended += group.len() as u64;
                    done
                }
                Step::Sync(durability) => journal.sync(durability).inspect(|()| {
                    synced = appended;
                    if durability == Durability::Stable {
                        disk.mark(Mark::Stable(synced));
                    }
                }),
                Step::Save => {
                    disk.mark(Mark::Saving(synced));
                    let saved = journal.save_checkpoint(&self.snapshots[synced as usize]);
                    saved.inspect(|()| disk.mark(Mark::Saved(synced)))
                }
                Step::Reopen => {
                    drop(journal);
                    journal = disk.journal(tables).map_err(|error| Stopped::new(error, None))?;
                    // What was not synced is gone.
                    journal.end().map(|end| (synced, appended) = (end.0, end.0))
                }
            };
            if let Err(error) = done {
                return Err(Stopped::new(error, Some(journal)));
            }
        }
        Ok(())
    }

    /// Opens the journal on `disk` and looks whether everything is there that must, and nothing that may not; then goes on with it.
    ///
    /// # Errors
    /// Says what is not as it must be.
    pub fn recovers(&self, disk: &Disk, bounds: Bounds, tables: bool) -> Result<u64, String> {
        let failed = |doing: &str| {
            let doing = doing.to_owned();
            move |error: JournalError| format!("{doing}: {error}")
        };
        let mut journal = disk.journal(tables).map_err(failed("opening"))?;
        let end = journal.end().map_err(failed("asking for the end"))?.0;
        if end < bounds.stable || end > bounds.appended {
            return Err(format!("the journal ends at {end}, with {bounds:?}"));
        }
        self.gives(&mut journal, end)
            .map_err(|error| error.map_or_else(|| "another entry".into(), |it| it.to_string()))?;
        let newest = journal.load_checkpoint(Seq(u64::MAX)).map_err(failed("loading the newest snapshot"))?;
        let at = newest.as_ref().map(|snapshot| snapshot.seq.0);
        if at < bounds.saved || at > bounds.saving {
            return Err(format!("the newest snapshot is at {at:?}, with {bounds:?}"));
        }
        if newest.is_some_and(|snapshot| snapshot != self.snapshots[snapshot.seq.0 as usize]) {
            return Err("the newest snapshot is another one".into());
        }
        let first = journal.load_checkpoint(Seq(0)).map_err(failed("loading the first snapshot"))?;
        if first.is_some() != at.is_some() {
            return Err("the first snapshot is gone".into());
        }
        if tables {
            self.told(disk, end)?;
        }
        // It goes on.
        let next = &self.entries[end as usize..(end as usize + 3).min(self.entries.len())];
        journal.append(Seq(end), next).map_err(failed("appending"))?;
        journal.sync(Durability::Stable).map_err(failed("syncing"))?;
        drop(journal);
        let mut journal = disk.journal(tables).map_err(failed("opening again"))?;
        self.gives(&mut journal, end + next.len() as u64)
            .map_err(|error| error.map_or_else(|| "another entry, later".into(), |it| it.to_string()))?;
        Ok(end)
    }

    /// Whether the journal gives exactly the first `end` entries; `Err(None)` if it gives others.
    ///
    /// # Errors
    /// The journal's.
    pub fn gives(&self, journal: &mut impl Journal, end: u64) -> Result<(), Option<JournalError>> {
        let (mut given, mut same) = (0, true);
        journal
            .replay(Seq(0), &mut |entry| {
                same &= self.entries.get(given) == Some(&entry);
                given += 1;
                ControlFlow::Continue(())
            })
            .map_err(Some)?;
        if same && given as u64 == end { Ok(()) } else { Err(None) }
    }

    /// Whether the tables say what the first `end` entries do.
    fn told(&self, disk: &Disk, end: u64) -> Result<(), String> {
        let failed = |why: rusqlite::Error| format!("reading the tables: {why}");
        let vfs = disk.options(true).vfs.map(|vfs| vfs.name).unwrap_or_default();
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let tables = Connection::open_with_flags_and_vfs(disk.path(), flags, &*vfs).map_err(failed)?;
        let query = "SELECT (SELECT count(*) FROM event_rows), (SELECT count(*) FROM contact_rows)";
        let found: (i64, i64) = tables.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
        let entries = &self.entries[..end as usize];
        let events = entries.iter().map(|entry| entry.events.len() as i64).sum();
        let contacts = entries.iter().filter(|entry| matches!(entry.input.command, Command::Enqueue { .. })).count();
        if found != (events, contacts as i64) {
            return Err(format!("the tables have {found:?} events and contacts; {events} and {contacts} were written"));
        }
        Ok(())
    }
}

fn snapshot(router: &Router) -> Snapshot {
    let seq = router.seq();
    let next_contact = ContactId(seq.0);
    Snapshot { seq, checkpoint: router.checkpoint(), keys: Vec::new(), next_contact, delivered: seq }
}
