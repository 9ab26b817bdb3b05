//! A disk in memory: files, what was done to them, and what fails.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cordboard::{JournalError, JournalStorage, SqliteJournal, SqliteOptions, SqliteVfs};
use rusqlite::ffi;

use crate::vfs;

/// What was done to the files, and when the journal said what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operation {
    /// A file came to be.
    Create(Arc<str>),
    /// Bytes were written.
    Write {
        /// Which file.
        file: Arc<str>,
        /// From where.
        offset: usize,
        /// What.
        bytes: Arc<[u8]>,
    },
    /// A file was cut, or grew.
    Resize {
        /// Which file.
        file: Arc<str>,
        /// Its size from then on.
        size: usize,
    },
    /// The device said that it has all of a file.
    Sync(Arc<str>),
    /// The device failed to take a file: what it was to take is marked as taken, and is not.
    SyncFailed(Arc<str>),
    /// A file was deleted; its name is gone for good once its folder was synced.
    Delete {
        /// Which file.
        file: Arc<str>,
        /// Whether the folder was synced.
        stable: bool,
    },
    /// The test said something.
    Mark(Mark),
}

/// What the journal was asked for, and what it acknowledged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Entries up to this one may be there from now on.
    Appending(u64),
    /// Entries up to this one must be there from now on.
    Stable(u64),
    /// The snapshot at this place may be there from now on.
    Saving(u64),
    /// The snapshot at this place must be there from now on.
    Saved(u64),
}

/// Kinds of operation that can fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Opening or creating a file.
    Open,
    /// Reading.
    Read,
    /// Writing.
    Write,
    /// Syncing.
    Sync,
    /// Changing the size.
    Resize,
    /// Deleting.
    Delete,
}

/// What is to fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Operations of this kind; `None`: of any.
    pub kind: Option<Kind>,
    /// How many of them still succeed.
    pub after: u64,
    /// Whether all later ones fail too.
    pub sticky: bool,
    /// SQLite's number of the error.
    pub code: i32,
}

/// A disk. Clones are the same disk.
#[derive(Clone)]
pub struct Disk(Arc<Shared>);

struct Shared {
    id: u64,
    state: Mutex<State>,
}

/// What SQLite sees.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) files: BTreeMap<Arc<str>, Vec<u8>>,
    pub(crate) locks: BTreeMap<Arc<str>, BTreeMap<u64, i32>>,
    pub(crate) shared_memory: BTreeMap<Arc<str>, vfs::SharedMemory>,
    pub(crate) handles: u64,
    recording: bool,
    operations: Vec<Operation>,
    fault: Option<Fault>,
    lying: bool,
    counted: u64,
    failed: u64,
}

static DISKS: Mutex<BTreeMap<u64, std::sync::Weak<Shared>>> = Mutex::new(BTreeMap::new());

impl Disk {
    /// An empty one, that writes down what is done to it.
    pub fn new() -> Self {
        let disk = Self::holding(BTreeMap::new());
        disk.state().recording = true;
        disk
    }

    /// One with these files, that writes down nothing.
    pub fn holding(files: BTreeMap<Arc<str>, Vec<u8>>) -> Self {
        vfs::register();
        let mut disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
        let id = disks.last_key_value().map_or(0, |(id, _)| id + 1);
        let shared = Arc::new(Shared { id, state: Mutex::new(State { files, ..State::default() }) });
        disks.insert(id, Arc::downgrade(&shared));
        Self(shared)
    }

    /// One with these files, that writes down what is done to it.
    pub fn recording(files: BTreeMap<Arc<str>, Vec<u8>>) -> Self {
        let disk = Self::holding(files);
        disk.state().recording = true;
        disk
    }

    pub(crate) fn find(id: u64) -> Option<Self> {
        DISKS.lock().unwrap_or_else(PoisonError::into_inner).get(&id)?.upgrade().map(Self)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The path of a journal on it.
    pub fn path(&self) -> String {
        format!("{}/journal", self.0.id)
    }

    /// How a journal on it is opened: with a short log, so that every part of its life comes soon.
    pub fn options(&self, tables: bool) -> SqliteOptions {
        let busy = Duration::from_millis(1);
        SqliteOptions { tables, busy, log_pages: 12, vfs: Some(SqliteVfs { name: vfs::NAME.into(), write_again }) }
    }

    /// Opens the journal on it.
    ///
    /// # Errors
    /// As the journal says.
    pub fn journal(&self, tables: bool) -> Result<SqliteJournal, JournalError> {
        SqliteJournal::open_with(self.path(), &self.options(tables))
    }

    /// Everything on it, as a process sees it.
    pub fn files(&self) -> BTreeMap<Arc<str>, Vec<u8>> {
        self.state().files.clone()
    }

    /// What was done to it.
    pub fn operations(&self) -> Vec<Operation> {
        self.state().operations.clone()
    }

    /// Writes down what the journal was asked for or said.
    pub fn mark(&self, mark: Mark) {
        self.state().record(|| Operation::Mark(mark));
    }

    /// From now on, fails as told.
    pub fn fail(&self, fault: Fault) {
        let mut state = self.state();
        (state.fault, state.counted, state.failed) = (Some(fault), 0, 0);
    }

    /// From now on, says that it has what it has not.
    pub fn lie(&self) {
        self.state().lying = true;
    }

    /// Works again. How many operations failed.
    pub fn mend(&self) -> u64 {
        let mut state = self.state();
        state.fault = None;
        state.lying = false;
        state.failed
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        DISKS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

impl State {
    fn record(&mut self, operation: impl FnOnce() -> Operation) {
        if self.recording {
            let operation = operation();
            self.operations.push(operation);
        }
    }

    /// The error of an operation, if it is to fail.
    pub(crate) fn fails(&mut self, kind: Kind) -> Result<(), i32> {
        let Some(fault) = self.fault.filter(|fault| fault.kind.is_none_or(|it| it == kind)) else { return Ok(()) };
        let before = self.counted;
        self.counted += 1;
        if before == fault.after || (before > fault.after && fault.sticky) {
            self.failed += 1;
            return Err(fault.code);
        }
        Ok(())
    }

    pub(crate) fn open(&mut self, file: &Arc<str>, create: bool) -> Result<(), i32> {
        self.fails(Kind::Open)?;
        if !self.files.contains_key(file) {
            if !create {
                return Err(ffi::SQLITE_CANTOPEN);
            }
            self.files.insert(Arc::clone(file), Vec::new());
            self.record(|| Operation::Create(Arc::clone(file)));
        }
        Ok(())
    }

    pub(crate) fn write(&mut self, file: &Arc<str>, offset: usize, bytes: &[u8]) -> Result<(), i32> {
        let failed = self.fails(Kind::Write);
        // A write that fails has written some of it.
        let bytes = if failed.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        let content = self.files.entry(Arc::clone(file)).or_default();
        apply(content, offset, bytes);
        self.record(|| Operation::Write { file: Arc::clone(file), offset, bytes: bytes.into() });
        failed
    }

    pub(crate) fn resize(&mut self, file: &Arc<str>, size: usize) -> Result<(), i32> {
        self.fails(Kind::Resize)?;
        self.files.entry(Arc::clone(file)).or_default().resize(size, 0);
        self.record(|| Operation::Resize { file: Arc::clone(file), size });
        Ok(())
    }

    pub(crate) fn sync(&mut self, file: &Arc<str>) -> Result<(), i32> {
        if let Err(code) = self.fails(Kind::Sync) {
            self.record(|| Operation::SyncFailed(Arc::clone(file)));
            return Err(code);
        }
        if !self.lying {
            self.record(|| Operation::Sync(Arc::clone(file)));
        }
        Ok(())
    }

    pub(crate) fn delete(&mut self, file: &Arc<str>, stable: bool) -> Result<(), i32> {
        self.fails(Kind::Delete)?;
        if self.files.remove(file).is_none() {
            return Err(ffi::SQLITE_IOERR_DELETE_NOENT);
        }
        self.record(|| Operation::Delete { file: Arc::clone(file), stable });
        Ok(())
    }
}

/// Writes the content of a file over itself, and syncs it.
fn write_again(path: &Path) -> io::Result<()> {
    let failed = |code: i32| io::Error::other(format!("the disk failed, with SQLite's error {code}"));
    let Some((disk, file)) = vfs::find(&path.to_string_lossy()) else { return Ok(()) };
    let mut state = disk.state();
    let Some(content) = state.files.get(&file).cloned() else { return Ok(()) };
    state.fails(Kind::Read).map_err(failed)?;
    state.write(&file, 0, &content).map_err(failed)?;
    state.sync(&file).map_err(failed)
}

/// Writes bytes over a file's content, which grows where it must.
pub(crate) fn apply(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

impl JournalStorage for Disk {
    type Journal = SqliteJournal;

    fn open(&self) -> Result<SqliteJournal, JournalError> {
        self.journal(true)
    }

    fn lose_power(&mut self) -> bool {
        *self = Self::recording(crate::Power::after(&self.operations()).nothing_kept());
        true
    }

    fn break_down(&mut self) -> bool {
        self.fail(Fault { kind: Some(Kind::Write), after: 0, sticky: true, code: ffi::SQLITE_IOERR_WRITE });
        true
    }

    fn mend(&mut self) {
        Self::mend(self);
    }
}
