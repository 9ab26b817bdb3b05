//! Opening the file: whose it is, and which tables it has.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::SqliteOptions;
use crate::journal::JournalError;

/// Says in the file's first page that it is a journal of cordboard: "cord" in ASCII.
const APPLICATION: i64 = 0x636F_7264;

/// The tables that this build writes, and the newest that it reads.
const SCHEMA: i64 = 1;

/// Statements that are kept prepared: more than there are.
const STATEMENTS: usize = 40;

/// An error of SQLite, with the file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub(super) struct Failed {
    pub(super) path: PathBuf,
    #[source]
    pub(super) why: rusqlite::Error,
}

/// A file that is not for us.
#[derive(Debug, thiserror::Error)]
enum Foreign {
    #[error("{} is a database of another program (its application id is {found}); name another file", path.display())]
    Application { path: PathBuf, found: i64 },
    #[error("{} has tables of format {found}, and this build reads up to {SCHEMA}; use a newer build", path.display())]
    Newer { path: PathBuf, found: i64 },
    #[error("{} is not a journal: nothing has been written to it", path.display())]
    Empty { path: PathBuf },
}

pub(super) fn is_busy(why: &rusqlite::Error) -> bool {
    matches!(why.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// A connection that writes, to a file that has our tables; and whether the device has all that is in it.
pub(super) fn writer(path: &Path, options: &SqliteOptions) -> Result<(Connection, bool), JournalError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    if options.vfs.is_some() {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    } else {
        create(path)
            .map_err(|why| JournalError::storage("create the journal", format!("{}: {why}", path.display())))?;
    }
    let connection = connect(path, flags, options)?;
    let ready = (|| {
        if is_ours(&connection, path)? == Found::Nothing {
            make(&connection, path)?;
        }
        // A commit waits for the device, and the log of commits is copied into the file when we say so.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        // Room for the pages of contacts that arrived a while ago, in KiB.
        connection.pragma_update(None, "cache_size", -32_000)?;
        // Nothing of a journal is written to any other file.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        // Where the operating system has a stronger `fsync` than by default.
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "checkpoint_fullfsync", true)?;
        begin_log_anew(&connection, path, options)
    })();
    let stable = ready.map_err(|why| opening(path, why))?;
    Ok((connection, stable))
}

/// Copies the log of commits into the file, and begins another. Where a sync failed before, the operating system may take for
/// written what the device does not have: no later sync would write it. So the log is written again before anything stands on it.
/// `false` if somebody else is using it: then it is not ours to begin.
fn begin_log_anew(connection: &Connection, path: &Path, options: &SqliteOptions) -> Result<bool, Refused> {
    connection.busy_timeout(Duration::ZERO)?;
    let begun = (|| {
        let alone = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let write_again =
            options.vfs.as_ref().map_or(write_again as fn(&Path) -> io::Result<()>, |vfs| vfs.write_again);
        write_again(Path::new(&log)).map_err(|why| Refused::Log { path: log.into(), why })?;
        alone.rollback()?;
        connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::TRUNCATE)?;
        Ok(true)
    })();
    connection.busy_timeout(options.busy)?;
    match begun {
        Err(Refused::Sqlite(why)) if is_busy(&why) => Ok(false),
        other => other,
    }
}

/// Writes a file's content over itself, and syncs it.
fn write_again(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let mut piece = vec![0; 1 << 20];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            return file.sync_all();
        }
        file.seek_relative(-(length as i64))?;
        file.write_all(&piece[..length])?;
    }
}

/// A connection that only reads, from a file that has our tables.
pub(super) fn reader(path: &Path, options: &SqliteOptions) -> Result<Connection, JournalError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, options)?;
    match is_ours(&connection, path) {
        Ok(Found::Journal) => Ok(connection),
        Ok(Found::Nothing) => Err(JournalError::storage("open the journal", Foreign::Empty { path: path.into() })),
        Err(why) => Err(opening(path, why)),
    }
}

/// Why it cannot be opened.
enum Refused {
    Foreign(Foreign),
    Sqlite(rusqlite::Error),
    Log { path: PathBuf, why: io::Error },
}

impl From<rusqlite::Error> for Refused {
    fn from(why: rusqlite::Error) -> Self {
        Self::Sqlite(why)
    }
}

fn opening(path: &Path, why: Refused) -> JournalError {
    let doing = "open the journal";
    match why {
        Refused::Foreign(why) => JournalError::storage(doing, why),
        Refused::Log { path, why } => JournalError::storage(doing, format!("{}: {why}", path.display())),
        Refused::Sqlite(why) if is_busy(&why) => JournalError::Busy { doing },
        Refused::Sqlite(why) => JournalError::storage(doing, Failed { path: path.into(), why }),
    }
}

/// Creates the file, for its owner alone: what a host attaches to contacts is in it. SQLite gives its other files the same rights.
fn create(path: &Path) -> io::Result<()> {
    let mut how = OpenOptions::new();
    how.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut how, 0o600);
    match how.open(path) {
        Ok(file) => file.sync_all()?,
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(why) => return Err(why),
    }
    // Its name must be stable too, in its folder.
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn connect(path: &Path, flags: OpenFlags, options: &SqliteOptions) -> Result<Connection, JournalError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connected = match &options.vfs {
        None => Connection::open_with_flags(path, flags),
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, &*vfs.name),
    };
    let connection = connected.and_then(|connection| {
        connection.busy_timeout(options.busy)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    });
    connection.map_err(|why| opening(path, why.into()))
}

#[derive(PartialEq, Eq)]
enum Found {
    Nothing,
    Journal,
}

fn is_ours(connection: &Connection, path: &Path) -> Result<Found, Refused> {
    let number = |query| connection.query_row(query, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    let schema = number("PRAGMA user_version")?;
    let path = path.to_owned();
    match (application, schema) {
        (APPLICATION, 1..=SCHEMA) => Ok(Found::Journal),
        (APPLICATION, found) => Err(Refused::Foreign(Foreign::Newer { path, found })),
        (0, 0) if number("SELECT count(*) FROM sqlite_schema")? == 0 => Ok(Found::Nothing),
        (found, _) => Err(Refused::Foreign(Foreign::Application { path, found })),
    }
}

/// Makes the tables, unless another process has done so meanwhile.
fn make(connection: &Connection, path: &Path) -> Result<(), Refused> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let making = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    if is_ours(connection, path)? == Found::Nothing {
        making.execute_batch(include_str!("schema.sql"))?;
        making.execute_batch(include_str!("views.sql"))?;
        making.pragma_update(None, "application_id", APPLICATION)?;
        making.pragma_update(None, "user_version", SCHEMA)?;
    }
    making.commit()?;
    Ok(())
}
