//! A journal of one's own: entries one after the other in a file, how much of it counts in a second one, and a file for each snapshot.
//!
//! The suite that comes with the trait says whether it is right: `cargo test --example host_traits`.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use cordboard::{Durability, Entry, Journal, JournalError, Seq, Snapshot, Unreadable, check_append, check_snapshot};

/// Bytes before each entry: its length.
const LENGTH: usize = 4;

/// Keeps a journal in a folder of its own:
///
/// - `entries`: each entry's length and bytes, appended;
/// - `end`: how many bytes of `entries` count, with a checksum. It is written and synced after these are, so that what is cut off by a crash
///   was never acknowledged;
/// - `snapshot-N`: written beside its place and renamed into it, which is atomic.
///
/// Whoever appends holds a lock on `entries` until it has synced. Every sync is [`Durability::Stable`], which is more than `Written`
/// asks for.
pub(crate) struct FileJournal {
    folder: PathBuf,
    entries: File,
    end: File,
    /// Where each entry ends, those that this writer has appended and not synced included.
    ends: Vec<u64>,
    /// Appended and not synced; the lock is held.
    pending: bool,
    poisoned: bool,
}

impl FileJournal {
    /// Opens the journal in `folder`, or begins one there.
    pub(crate) fn open(folder: &Path) -> Result<Self, JournalError> {
        let file =
            |name| OpenOptions::new().read(true).write(true).create(true).truncate(false).open(folder.join(name));
        let open = || {
            fs::create_dir_all(folder)?;
            let files = (file("entries")?, file("end")?);
            // The names of new files are durable when their folder is.
            File::open(folder)?.sync_all()?;
            Ok(files)
        };
        let (entries, end) = open().map_err(|why: io::Error| JournalError::storage("open the files", why))?;
        let (folder, ends) = (folder.to_owned(), Vec::new());
        let mut journal = Self { folder, entries, end, ends, pending: false, poisoned: false };
        journal.catch_up()?;
        Ok(journal)
    }

    fn seq(&self) -> Seq {
        Seq(self.ends.len() as u64)
    }

    fn bytes(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Reads what another writer may have added.
    fn catch_up(&mut self) -> Result<(), JournalError> {
        if self.poisoned {
            return Err(JournalError::Poisoned);
        }
        if self.pending {
            return Ok(());
        }
        let counts = read_end(&mut self.end).map_err(|why| self.fail("read how much counts", why))?;
        let damaged = |seq| JournalError::Unreadable { seq, why: Unreadable::Damaged };
        let counts = counts.ok_or_else(|| damaged(self.seq()))?;
        while self.bytes() < counts {
            let mut length = [0; LENGTH];
            let from = self.bytes();
            let read = read_at(&mut self.entries, from, &mut length);
            read.map_err(|why| self.fail("read a length", why))?;
            let next = from + LENGTH as u64 + u64::from(u32::from_le_bytes(length));
            if next > counts {
                return Err(damaged(Seq(self.seq().0 + 1)));
            }
            self.ends.push(next);
        }
        Ok(())
    }

    /// The entry at `at`, from 0.
    fn entry(&mut self, at: usize) -> Result<Entry, JournalError> {
        let from = at.checked_sub(1).map_or(0, |before| self.ends[before]) + LENGTH as u64;
        let mut bytes = vec![0; (self.ends[at] - from) as usize];
        read_at(&mut self.entries, from, &mut bytes).map_err(|why| self.fail("read an entry", why))?;
        let seq = Seq(at as u64 + 1);
        let entry = Entry::decode(&bytes).map_err(|why| JournalError::Unreadable { seq, why })?;
        if entry.input.seq == seq {
            Ok(entry)
        } else {
            Err(JournalError::Unreadable { seq, why: Unreadable::Misplaced })
        }
    }

    /// After an error nobody knows what was written.
    fn fail(&mut self, doing: &'static str, why: io::Error) -> JournalError {
        self.poisoned = true;
        JournalError::storage(doing, why)
    }

    fn write_group(&mut self, entries: &[Entry]) -> io::Result<()> {
        let (mut group, mut ends, from) = (Vec::new(), Vec::new(), self.bytes());
        for entry in entries {
            let at = group.len();
            group.extend_from_slice(&[0; LENGTH]);
            entry.encode(&mut group);
            let length = u32::try_from(group.len() - at - LENGTH).map_err(io::Error::other)?;
            group[at..at + LENGTH].copy_from_slice(&length.to_le_bytes());
            ends.push(from + group.len() as u64);
        }
        self.entries.seek(SeekFrom::Start(from))?;
        self.entries.write_all(&group)?;
        self.ends.append(&mut ends);
        Ok(())
    }

    fn write_snapshot(&self, snapshot: &Snapshot) -> io::Result<()> {
        let mut bytes = Vec::new();
        snapshot.encode(&mut bytes);
        let new = self.folder.join("new-snapshot");
        let mut file = File::create(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(new, self.folder.join(format!("snapshot-{}", snapshot.seq.0)))?;
        // The first is kept for runs from the beginning, and this one for recovery.
        for seq in self.snapshots()?.into_iter().filter(|&seq| 0 < seq && seq < snapshot.seq.0) {
            fs::remove_file(self.folder.join(format!("snapshot-{seq}")))?;
        }
        File::open(&self.folder)?.sync_all()
    }

    /// The places of all snapshots.
    fn snapshots(&self) -> io::Result<Vec<u64>> {
        let mut found = Vec::new();
        for file in fs::read_dir(&self.folder)? {
            let name = file?.file_name();
            let seq = name.to_str().and_then(|name| name.strip_prefix("snapshot-"));
            found.extend(seq.and_then(|seq| seq.parse::<u64>().ok()));
        }
        Ok(found)
    }
}

impl Journal for FileJournal {
    fn end(&mut self) -> Result<Seq, JournalError> {
        self.catch_up().map(|()| self.seq())
    }

    fn append(&mut self, after: Seq, entries: &[Entry]) -> Result<(), JournalError> {
        if !self.pending {
            match self.entries.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(JournalError::Busy { doing: "append" }),
                Err(TryLockError::Error(why)) => return Err(self.fail("lock the entries", why)),
            }
        }
        // With the lock, so that nobody comes between looking and writing.
        let fine = self.catch_up().and_then(|()| check_append(self.seq(), after, entries));
        let written = fine.and_then(|()| self.write_group(entries).map_err(|why| self.fail("append", why)));
        self.pending |= written.is_ok();
        if !self.pending {
            self.entries.unlock().map_err(|why| self.fail("unlock the entries", why))?;
        }
        written
    }

    fn sync(&mut self, _: Durability) -> Result<(), JournalError> {
        self.catch_up()?;
        if !self.pending {
            return Ok(());
        }
        let counts = self.bytes();
        let synced = self.entries.sync_data().and_then(|()| write_end(&mut self.end, counts));
        synced.and_then(|()| self.entries.unlock()).map_err(|why| self.fail("sync", why))?;
        self.pending = false;
        Ok(())
    }

    fn replay(&mut self, after: Seq, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), JournalError> {
        self.catch_up()?;
        for at in usize::try_from(after.0).unwrap_or(usize::MAX)..self.ends.len() {
            if each(self.entry(at)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn save_checkpoint(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        self.catch_up()?;
        check_snapshot(self.seq(), snapshot)?;
        self.write_snapshot(snapshot).map_err(|why| self.fail("save a snapshot", why))
    }

    fn load_checkpoint(&mut self, at_most: Seq) -> Result<Option<Snapshot>, JournalError> {
        self.catch_up()?;
        let found = self.snapshots().map_err(|why| self.fail("list the snapshots", why))?;
        let newest = found.into_iter().filter(|&seq| seq <= at_most.0.min(self.seq().0)).max();
        let Some(seq) = newest else { return Ok(None) };
        let bytes =
            fs::read(self.folder.join(format!("snapshot-{seq}"))).map_err(|why| self.fail("read a snapshot", why))?;
        let seq = Seq(seq);
        let snapshot = Snapshot::decode(&bytes).map_err(|why| JournalError::Unreadable { seq, why })?;
        let why = Unreadable::Misplaced;
        if snapshot.seq == seq { Ok(Some(snapshot)) } else { Err(JournalError::Unreadable { seq, why }) }
    }
}

fn read_at(file: &mut File, from: u64, to: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(from))?;
    file.read_exact(to)
}

/// How many bytes count: twice, the second time with every bit the other way round, so that a flipped one is noticed. Sixteen bytes
/// are in one sector, which devices write whole or not at all.
fn write_end(end: &mut File, counts: u64) -> io::Result<()> {
    end.seek(SeekFrom::Start(0))?;
    end.write_all(&[counts.to_le_bytes(), (!counts).to_le_bytes()].concat())?;
    end.sync_data()
}

/// `None`: damaged.
fn read_end(end: &mut File) -> io::Result<Option<u64>> {
    let mut bytes = Vec::new();
    end.seek(SeekFrom::Start(0))?;
    end.read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Ok(Some(0)); // new
    }
    let halves =
        bytes.split_at_checked(8).and_then(|(one, other)| Some((one.try_into().ok()?, other.try_into().ok()?)));
    let counts = halves.map(|(one, other)| (u64::from_le_bytes(one), u64::from_le_bytes(other)));
    Ok(counts.filter(|(counts, inverted)| *inverted == !counts).map(|(counts, _)| counts))
}
