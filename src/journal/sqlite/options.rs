//! How an SQLite journal is opened.

use std::path::Path;
use std::time::Duration;

/// How an SQLite journal is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Keeps, beside the entries, tables that people can query (`contacts`, `offers`, `agents`, `presence`, `events`), in the same
    /// transaction as the entries. Without them an entry takes a sixth of the processor's time and a third of the
    /// space; opened again with them, they are completed. Default: yes.
    pub tables: bool,
    /// How long to wait for another writer in the middle of a group, before [`JournalError::Busy`](crate::JournalError::Busy). Default 5 seconds.
    pub busy: Duration,
    /// Pages of 4 KiB in SQLite's write-ahead log, after which they are copied into the file proper. More of them: fewer but longer
    /// pauses, and a longer recovery. Default 4,000 (16 MB).
    pub log_pages: u32,
    /// Other files than the operating system's. Default: none.
    pub vfs: Option<SqliteVfs>,
}

/// An SQLite VFS that the host has registered: files that are encrypted, say. Paths are its own to understand.
#[derive(Clone, Debug)]
pub struct SqliteVfs {
    /// Its name.
    pub name: Box<str>,
    /// Writes the content of a file over itself, all of it, and syncs it; does nothing if there is no such file. Where a sync
    /// failed before, that alone makes sure that the device has what a reader sees.
    pub write_again: fn(&Path) -> std::io::Result<()>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { tables: true, busy: Duration::from_secs(5), log_pages: 4_000, vfs: None }
    }
}
