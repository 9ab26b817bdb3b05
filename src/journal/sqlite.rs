//! A journal in an SQLite file.

mod open;
mod options;
mod reading;
mod tables;
mod telling;

use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Durability, Entry, Journal, JournalError, Snapshot, Unreadable, check_append, check_snapshot};
use crate::id::Seq;
pub use options::{SqliteOptions, SqliteVfs};
use reading::{damaged, number, seq};
use tables::Tables;

/// Snapshots kept beside the first.
const SNAPSHOTS: u32 = 3;

/// Keeps entries and snapshots in one SQLite file, beside tables that people can query.
///
/// `append` begins a transaction, and `sync` commits it. [`Durability::Stable`] waits for the device (`fsync` of the write-ahead
/// log, once a group); [`Durability::Written`] leaves that to SQLite, which does it every few megabytes. Other processes
/// may read the file meanwhile, with [`read_only`](Self::read_only) or any SQLite tool.
///
/// ```
/// use cordboard::{Durability, Entry, Journal, Seq, SqliteJournal};
/// # use cordboard::{ChannelId, Command, CommandId, ContactId, Event, NewContact, QueueId, Stamped, Timestamp, What};
/// # let folder = std::env::temp_dir().join(format!("cordboard-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("calls.cordboard");
/// # let (contact, queue, at) = (ContactId(7), QueueId(0), Timestamp::from_secs(1_700_000_000));
/// # let command = Command::Enqueue { contact, new: NewContact::new(queue, ChannelId(0)) };
/// # let input = Stamped { seq: Seq(1), id: CommandId::ANONYMOUS, at, command };
/// # let arrived = Event { at, what: What::Arrived { contact, queue, repeat: false } };
/// # let entry = Entry { input, events: vec![arrived], key: Some("call-1".into()), delivered: Seq(0) };
/// let mut journal = SqliteJournal::open(&path)?;
/// journal.append(Seq(0), &[entry])?;
/// journal.sync(Durability::Stable)?;
///
/// let mut tool = SqliteJournal::read_only(&path)?;
/// assert_eq!(tool.end()?, Seq(1));
/// # let tables = rusqlite::Connection::open(&path)?;
/// let arrived: String = tables.query_row("SELECT arrived FROM contacts WHERE key = 'call-1'", [], |row| row.get(0))?;
/// assert_eq!(arrived, "2023-11-14 22:13:20.000");
/// # drop((journal, tool, tables));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteJournal {
    connection: Connection,
    /// Whether it may write.
    writes: bool,
    tables: bool,
    log_pages: u32,
    path: PathBuf,
    /// The last entry, while a transaction is open.
    end: Seq,
    /// Whether a commit waits for the device.
    full: bool,
    /// Something was committed, by this process or by one that died, that the device may not have yet.
    unsettled: bool,
    poisoned: bool,
    record: Vec<u8>,
}

impl fmt::Debug for SqliteJournal {
    /// Without the entry last written, which is customers'.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteJournal").field("path", &self.path).field("end", &self.end).finish_non_exhaustive()
    }
}

impl SqliteJournal {
    /// Opens the journal in the file at `path`, or begins one there, readable and writable by its owner alone.
    ///
    /// # Errors
    /// The file is another program's, or of a newer build, or damaged, or cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::open_with(path, &SqliteOptions::default())
    }

    /// The same, otherwise than by default.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(path: impl AsRef<Path>, options: &SqliteOptions) -> Result<Self, JournalError> {
        let (connection, stable) = open::writer(path.as_ref(), options)?;
        let mut journal = Self::new(path.as_ref(), connection, options, true);
        journal.unsettled = !stable;
        journal.look_for_losses()?;
        if options.tables {
            journal.complete_tables()?;
        }
        Ok(journal)
    }

    /// Opens a journal only to read it, while another process may write it.
    ///
    /// # Errors
    /// As [`open`](Self::open); or there is none.
    pub fn read_only(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::read_only_with(path, &SqliteOptions::default())
    }

    /// The same, otherwise than by default.
    ///
    /// # Errors
    /// As [`open`](Self::open); or there is none.
    pub fn read_only_with(path: impl AsRef<Path>, options: &SqliteOptions) -> Result<Self, JournalError> {
        let mut journal = Self::new(path.as_ref(), open::reader(path.as_ref(), options)?, options, false);
        journal.look_for_losses()?;
        Ok(journal)
    }

    /// Makes the tables anew from the entries, in one transaction: it takes as much room again as they do.
    ///
    /// # Errors
    /// An entry is damaged; the storage failed.
    pub fn rebuild_tables(&mut self) -> Result<(), JournalError> {
        self.may_write("make the tables anew")?;
        let begun = self.begin("make the tables anew")?;
        let made = (|| {
            tables::clear(&self.connection).map_err(|why| self.failed("clear the tables", why))?;
            if let Some(first) = self.load_checkpoint(Seq(0))? {
                tables::name(&self.connection, &first.checkpoint.plan)
                    .map_err(|why| self.failed("write names", why))?;
            }
            self.tell_from(Seq(0))
        })();
        self.poison_unless(made)?;
        if begun { self.sync(Durability::Stable) } else { Ok(()) }
    }

    fn new(path: &Path, connection: Connection, options: &SqliteOptions, writes: bool) -> Self {
        Self {
            connection,
            writes,
            tables: options.tables,
            log_pages: options.log_pages,
            path: path.to_owned(),
            end: Seq(0),
            full: true,
            unsettled: false,
            poisoned: false,
            record: Vec::new(),
        }
    }

    /// An error unless the last entry and the snapshots are there.
    fn look_for_losses(&mut self) -> Result<(), JournalError> {
        let query = "SELECT max(seq) FROM log";
        let last: Option<i64> =
            self.connection.query_row(query, [], |row| row.get(0)).map_err(|why| self.failed("find the end", why))?;
        let (end, last) = (self.end()?, seq(last.unwrap_or(0)));
        if end != last {
            return Err(JournalError::Unreadable { seq: end.max(last), why: Unreadable::Missing });
        }
        Ok(())
    }

    fn complete_tables(&mut self) -> Result<(), JournalError> {
        let Some(told) = self.place()?.told else { return Ok(()) };
        self.begin("complete the tables")?;
        let completed = self.tell_from(told);
        self.poison_unless(completed)?;
        self.sync(Durability::Stable)
    }

    /// Tells the tables of all entries after `told`.
    fn tell_from(&mut self, told: Seq) -> Result<(), JournalError> {
        let failed = |why| JournalError::storage("write the tables", why);
        let mut tables = Tables::new(&self.connection).map_err(failed)?;
        let mut result = Ok(());
        let end = self.end;
        reading::entries(&self.connection, told, end, &mut |entry| match tables.tell(&entry) {
            Ok(()) => ControlFlow::Continue(()),
            Err(why) => {
                result = Err(failed(why));
                ControlFlow::Break(())
            }
        })?;
        result?;
        self.connection.execute("UPDATE place SET told = NULL", []).map_err(failed)?;
        Ok(())
    }

    fn healthy(&self) -> Result<(), JournalError> {
        if self.poisoned { Err(JournalError::Poisoned) } else { Ok(()) }
    }

    fn may_write(&self, doing: &'static str) -> Result<(), JournalError> {
        self.healthy()?;
        if self.writes {
            return Ok(());
        }
        Err(JournalError::storage(doing, format!("{} was opened only to read", self.path.display())))
    }

    /// What failed is given up, and so is this journal.
    fn poison_unless<T>(&mut self, result: Result<T, JournalError>) -> Result<T, JournalError> {
        if result.as_ref().is_err_and(|error| !error.changed_nothing()) {
            self.poisoned = true;
            self.roll_back();
            // Closing it must not copy into the file what the device may not have of the log. Nothing to do about an error.
            let config = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
            let _ = self.connection.set_db_config(config, true);
        }
        result
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit() {
            // It fails only where SQLite has rolled back by itself.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn failed(&self, doing: &'static str, why: rusqlite::Error) -> JournalError {
        JournalError::storage(doing, open::Failed { path: self.path.clone(), why })
    }

    /// Begins a transaction, as the only writer, unless one is open. Whether it did.
    fn begin(&mut self, doing: &'static str) -> Result<bool, JournalError> {
        if !self.connection.is_autocommit() {
            return Ok(false);
        }
        match self.connection.prepare_cached("BEGIN IMMEDIATE").and_then(|mut begin| begin.execute([])) {
            Ok(_) => {}
            Err(why) if open::is_busy(&why) => return Err(JournalError::Busy { doing }),
            Err(why) => {
                let failed = Err(self.failed(doing, why));
                return self.poison_unless(failed);
            }
        }
        let place = self.place();
        self.end = self.poison_unless(place)?.entry;
        Ok(true)
    }

    fn place(&self) -> Result<Place, JournalError> {
        let query = "SELECT entry, first, newest, told FROM place";
        let read = self.connection.prepare_cached(query).and_then(|mut query| {
            query.query_row([], |row| {
                let optional = |at| row.get::<_, Option<i64>>(at).map(|it| it.map(seq));
                Ok(Place { entry: seq(row.get(0)?), first: optional(1)?, newest: optional(2)?, told: optional(3)? })
            })
        });
        read.map_err(|why| self.failed("find the end", why))
    }

    fn insert(&mut self, entries: &[Entry]) -> rusqlite::Result<()> {
        let mut log = self.connection.prepare_cached("INSERT INTO log VALUES (?1, ?2)")?;
        let mut tables = if self.tables { Some(Tables::new(&self.connection)?) } else { None };
        for entry in entries {
            self.record.clear();
            entry.encode(&mut self.record);
            log.execute(params![entry.input.seq.0 as i64, self.record])?;
            if let Some(tables) = &mut tables {
                tables.tell(entry)?;
            }
        }
        if tables.is_none() {
            let mut behind = self.connection.prepare_cached("UPDATE place SET told = ?1 WHERE told IS NULL")?;
            behind.execute([self.end.0 as i64])?;
        }
        Ok(())
    }

    fn commit(&mut self) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("UPDATE place SET entry = ?1, syncs = syncs + 1")?
            .execute([self.end.0 as i64])?;
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        self.unsettled = !self.full;
        self.copy_into_file()
    }

    /// Whether later commits wait for the device. Not within a transaction.
    fn wait_for_device(&mut self, wait: bool) -> rusqlite::Result<()> {
        if self.full != wait {
            self.connection.pragma_update(None, "synchronous", if wait { "FULL" } else { "NORMAL" })?;
            self.full = wait;
        }
        Ok(())
    }

    /// Makes what was committed stable: a commit that waits for the device takes those before it along.
    fn settle(&mut self) -> Result<(), JournalError> {
        if !self.unsettled {
            return Ok(());
        }
        let full = self.wait_for_device(true).map_err(|why| self.failed("wait for the device", why));
        self.poison_unless(full)?;
        self.begin("make entries stable")?;
        let committed = self.commit().map_err(|why| self.failed("make entries stable", why));
        self.poison_unless(committed)
    }

    /// Copies a long write-ahead log into the file, so that it begins anew. SQLite would do so by itself, but say nothing if it failed.
    fn copy_into_file(&self) -> rusqlite::Result<()> {
        use rusqlite::wal::CheckpointMode as Mode;
        let checkpoint = |mode| match self.connection.wal_checkpoint_v2(None::<&str>, mode) {
            Err(why) if open::is_busy(&why) => Ok((0, 0)),
            other => other,
        };
        let (pages, copied) = checkpoint(Mode::NOOP)?;
        if i64::from(pages - copied) >= i64::from(self.log_pages) {
            checkpoint(Mode::PASSIVE)?;
        }
        Ok(())
    }

    fn keep(&mut self, snapshot: &Snapshot) -> rusqlite::Result<()> {
        self.record.clear();
        snapshot.encode(&mut self.record);
        let at = snapshot.seq.0 as i64;
        let connection = &self.connection;
        connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?1, ?2)", params![at, self.record])?;
        connection.execute(
            "UPDATE place SET first = min(coalesce(first, ?1), ?1), newest = max(coalesce(newest, ?1), ?1)",
            [at],
        )?;
        let old = "DELETE FROM snapshots WHERE seq <> (SELECT first FROM place)
            AND seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ?1)";
        connection.execute(old, [SNAPSHOTS])?;
        tables::name(connection, &snapshot.checkpoint.plan)
    }
}

impl Journal for SqliteJournal {
    fn end(&mut self) -> Result<Seq, JournalError> {
        self.healthy()?;
        if self.connection.is_autocommit() { Ok(self.place()?.entry) } else { Ok(self.end) }
    }

    fn append(&mut self, after: Seq, entries: &[Entry]) -> Result<(), JournalError> {
        self.may_write("append entries")?;
        let begun = self.begin("append entries")?;
        if let Err(error) = check_append(self.end, after, entries) {
            if begun {
                self.roll_back();
            }
            return Err(error);
        }
        let inserted = self.insert(entries).map_err(|why| self.failed("append entries", why));
        self.poison_unless(inserted)?;
        self.end.0 += entries.len() as u64;
        Ok(())
    }

    fn sync(&mut self, durability: Durability) -> Result<(), JournalError> {
        self.may_write("commit entries")?;
        if !self.connection.is_autocommit() {
            let committed = self.commit().map_err(|why| self.failed("commit entries", why));
            self.poison_unless(committed)?;
        }
        let stable = durability == Durability::Stable;
        if stable {
            self.settle()?;
        }
        // A level, once asked for, is that of the next group too.
        let set = self.wait_for_device(stable).map_err(|why| self.failed("wait for the device", why));
        self.poison_unless(set)
    }

    fn replay(&mut self, after: Seq, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), JournalError> {
        self.healthy()?;
        if !self.connection.is_autocommit() {
            return reading::entries(&self.connection, after, self.end, each);
        }
        // The end and the entries, as they are at one moment.
        let reading = self.connection.unchecked_transaction().map_err(|why| self.failed("read entries", why))?;
        let end = self.place()?.entry;
        reading::entries(&reading, after, end, each)
    }

    fn save_checkpoint(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        self.may_write("keep a snapshot")?;
        let begun = self.begin("keep a snapshot")?;
        if let Err(error) = check_snapshot(self.end, snapshot) {
            if begun {
                self.roll_back();
            }
            return Err(error);
        }
        let full = self.full;
        let kept = self.keep(snapshot).and_then(|()| self.commit()).map_err(|why| self.failed("keep a snapshot", why));
        self.poison_unless(kept)?;
        self.settle()?;
        let set = self.wait_for_device(full).map_err(|why| self.failed("wait for the device", why));
        self.poison_unless(set)
    }

    fn load_checkpoint(&mut self, at_most: Seq) -> Result<Option<Snapshot>, JournalError> {
        self.healthy()?;
        let place = self.place()?;
        let at_most = at_most.min(self.end()?);
        let query = "SELECT seq, record FROM snapshots WHERE seq <= ?1 ORDER BY seq DESC LIMIT 1";
        let found = self.connection.prepare_cached(query).and_then(|mut query| {
            query.query_row([number(at_most)], |row| Ok((seq(row.get(0)?), row.get::<_, Vec<u8>>(1)?))).optional()
        });
        let found = found.map_err(|why| damaged(at_most, why))?;
        // The first and the newest are always there.
        let expected = [place.newest, place.first].into_iter().flatten().find(|&kept| kept <= at_most);
        let found_at = found.as_ref().map(|&(seq, _)| seq);
        if let Some(missing) = expected.filter(|_| found_at < expected) {
            return Err(JournalError::Unreadable { seq: missing, why: Unreadable::Missing });
        }
        let Some((seq, record)) = found else { return Ok(None) };
        match Snapshot::decode(&record) {
            Ok(snapshot) if snapshot.seq == seq => Ok(Some(snapshot)),
            Ok(_) => Err(JournalError::Unreadable { seq, why: Unreadable::Misplaced }),
            Err(why) => Err(JournalError::Unreadable { seq, why }),
        }
    }
}

/// What the journal says of itself.
struct Place {
    entry: Seq,
    first: Option<Seq>,
    newest: Option<Seq>,
    told: Option<Seq>,
}
