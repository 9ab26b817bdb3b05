//! SQLite's VFS interface, on a [`Disk`].
#![expect(unsafe_code, reason = "SQLite calls its VFS in C")]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every function here is called by SQLite, which keeps the contract of its VFS: \
    pointers it passes are valid, and a file is used by one thread at a time"
)]

use std::collections::BTreeSet;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::{Arc, Once};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

use crate::disk::{Disk, Kind};

/// The name that the VFS is registered under.
pub(crate) const NAME: &str = "cordboard-faults";
const NAME_IN_C: &CStr = c"cordboard-faults";

/// Locks of SQLite's shared memory.
const LOCKS: usize = 8;

/// The index of a write-ahead log, shared by the connections to one file.
#[derive(Default)]
pub(crate) struct SharedMemory {
    regions: Vec<Region>,
    mapped_by: BTreeSet<u64>,
    locks: [(BTreeSet<u64>, Option<u64>); LOCKS],
}

/// One region, by address: SQLite writes to it behind our back.
struct Region {
    first: *mut u8,
    size: usize,
}

// SQLite synchronises what it does to shared memory by its locks.
unsafe impl Send for Region {}

impl Drop for Region {
    fn drop(&mut self) {
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(self.first, self.size)) });
    }
}

/// A file as SQLite holds it; the first member is what SQLite knows of it.
#[repr(C)]
struct Opened {
    base: sqlite3_file,
    file: *mut File,
}

struct File {
    disk: Disk,
    name: Arc<str>,
    id: u64,
    /// Neither recorded nor failing: SQLite's own scratch space.
    scratch: Option<Vec<u8>>,
    delete_on_close: bool,
}

pub(crate) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let vfs = Box::leak(Box::new(sqlite3_vfs {
            iVersion: 2,
            szOsFile: size_of::<Opened>() as c_int,
            mxPathname: 512,
            pNext: null_mut(),
            zName: NAME_IN_C.as_ptr(),
            pAppData: null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_path),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: None,
            xCurrentTimeInt64: Some(current_time_int64),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        let registered = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(registered, ffi::SQLITE_OK, "SQLite takes a VFS");
    });
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn code(result: Result<(), i32>) -> c_int {
    result.err().unwrap_or(ffi::SQLITE_OK)
}

/// The disk and the file's name in a path.
pub(crate) fn find(path: &str) -> Option<(Disk, Arc<str>)> {
    let (id, name) = path.split_once('/')?;
    Some((Disk::find(id.parse().ok()?)?, name.into()))
}

unsafe fn resolve(path: *const c_char) -> Option<(Disk, Arc<str>)> {
    find(unsafe { CStr::from_ptr(path) }.to_str().ok()?)
}

unsafe fn file<'f>(of: *mut sqlite3_file) -> &'f mut File {
    unsafe { &mut *(*of.cast::<Opened>()).file }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    path: *const c_char,
    into: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let opened = into.cast::<Opened>();
    // Without methods, SQLite does not close it.
    unsafe { (*opened).base.pMethods = std::ptr::null() };
    let (disk, name, scratch) = if path.is_null() {
        (Disk::holding(Default::default()), "scratch".into(), Some(Vec::new()))
    } else {
        match unsafe { resolve(path) } {
            Some((disk, name)) => (disk, name, None),
            None => return ffi::SQLITE_CANTOPEN,
        }
    };
    let id = {
        let mut state = disk.state();
        if scratch.is_none()
            && let Err(code) = state.open(&name, flags & ffi::SQLITE_OPEN_CREATE != 0)
        {
            return code;
        }
        state.handles += 1;
        state.handles
    };
    let delete_on_close = flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0 && scratch.is_none();
    let file = Box::new(File { disk, name, id, scratch, delete_on_close });
    unsafe {
        (*opened).file = Box::into_raw(file);
        (*opened).base.pMethods = &METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(of: *mut sqlite3_file) -> c_int {
    let file = unsafe { Box::from_raw((*of.cast::<Opened>()).file) };
    let mut state = file.disk.state();
    if let Some(locks) = state.locks.get_mut(&file.name) {
        locks.remove(&file.id);
    }
    if file.delete_on_close {
        return code(state.delete(&file.name, false));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(of: *mut sqlite3_file, into: *mut c_void, amount: c_int, offset: i64) -> c_int {
    let file = unsafe { file(of) };
    let into = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), amount as usize) };
    let mut state = file.disk.state();
    if file.scratch.is_none()
        && let Err(code) = state.fails(Kind::Read)
    {
        return code;
    }
    let content = file.scratch.as_ref().or_else(|| state.files.get(&file.name)).map_or(&[][..], |bytes| bytes);
    let there = content.get(offset as usize..).unwrap_or_default();
    let length = there.len().min(into.len());
    into[..length].copy_from_slice(&there[..length]);
    into[length..].fill(0);
    if length < into.len() { ffi::SQLITE_IOERR_SHORT_READ } else { ffi::SQLITE_OK }
}

unsafe extern "C" fn write(of: *mut sqlite3_file, from: *const c_void, amount: c_int, offset: i64) -> c_int {
    let file = unsafe { file(of) };
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), amount as usize) };
    match &mut file.scratch {
        Some(content) => {
            crate::disk::apply(content, offset as usize, bytes);
            ffi::SQLITE_OK
        }
        None => code(file.disk.state().write(&file.name, offset as usize, bytes)),
    }
}

unsafe extern "C" fn truncate(of: *mut sqlite3_file, size: i64) -> c_int {
    let file = unsafe { file(of) };
    match &mut file.scratch {
        Some(content) => {
            content.resize(size as usize, 0);
            ffi::SQLITE_OK
        }
        None => code(file.disk.state().resize(&file.name, size as usize)),
    }
}

unsafe extern "C" fn sync(of: *mut sqlite3_file, _: c_int) -> c_int {
    let file = unsafe { file(of) };
    if file.scratch.is_some() {
        return ffi::SQLITE_OK;
    }
    code(file.disk.state().sync(&file.name))
}

unsafe extern "C" fn file_size(of: *mut sqlite3_file, size: *mut i64) -> c_int {
    let file = unsafe { file(of) };
    let state = file.disk.state();
    let content = file.scratch.as_ref().or_else(|| state.files.get(&file.name));
    unsafe { *size = content.map_or(0, Vec::len) as i64 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(of: *mut sqlite3_file, level: c_int) -> c_int {
    let file = unsafe { file(of) };
    let mut state = file.disk.state();
    let locks = state.locks.entry(Arc::clone(&file.name)).or_default();
    let others = locks.iter().filter(|(id, _)| **id != file.id).map(|(_, &level)| level).max();
    let most = match level {
        ffi::SQLITE_LOCK_SHARED => ffi::SQLITE_LOCK_RESERVED,
        ffi::SQLITE_LOCK_RESERVED => ffi::SQLITE_LOCK_SHARED,
        _ => ffi::SQLITE_LOCK_NONE,
    };
    if others.is_some_and(|other| other > most) {
        return ffi::SQLITE_BUSY;
    }
    let own = locks.entry(file.id).or_insert(ffi::SQLITE_LOCK_NONE);
    *own = level.max(*own);
    ffi::SQLITE_OK
}

unsafe extern "C" fn unlock(of: *mut sqlite3_file, level: c_int) -> c_int {
    let file = unsafe { file(of) };
    let mut state = file.disk.state();
    state.locks.entry(Arc::clone(&file.name)).or_default().insert(file.id, level);
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved(of: *mut sqlite3_file, answer: *mut c_int) -> c_int {
    let file = unsafe { file(of) };
    let state = file.disk.state();
    let locks = state.locks.get(&file.name).into_iter().flatten();
    let reserved = locks.into_iter().any(|(_, &level)| level >= ffi::SQLITE_LOCK_RESERVED);
    unsafe { *answer = reserved.into() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut sqlite3_file) -> c_int {
    // As SQLite takes it to be under Unix.
    4096
}

unsafe extern "C" fn characteristics(_: *mut sqlite3_file) -> c_int {
    // As SQLite takes it to be under Unix: bytes beside those written are not harmed.
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    of: *mut sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    address: *mut *mut c_void,
) -> c_int {
    let file = unsafe { file(of) };
    let mut state = file.disk.state();
    let memory = state.shared_memory.entry(Arc::clone(&file.name)).or_default();
    memory.mapped_by.insert(file.id);
    let (region, size) = (region as usize, size as usize);
    while extend != 0 && memory.regions.len() <= region {
        let first = Box::into_raw(vec![0u8; size].into_boxed_slice()).cast::<u8>();
        memory.regions.push(Region { first, size });
    }
    let first = memory.regions.get(region).map_or(null_mut(), |region| region.first);
    unsafe { *address = first.cast() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(of: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    let file = unsafe { file(of) };
    let mut state = file.disk.state();
    let memory = state.shared_memory.entry(Arc::clone(&file.name)).or_default();
    let locks = &mut memory.locks[offset as usize..(offset + count) as usize];
    let exclusive = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
    if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        for (shared, owner) in locks {
            shared.remove(&file.id);
            owner.take_if(|owner| *owner == file.id);
        }
        return ffi::SQLITE_OK;
    }
    let held = locks.iter().any(|(shared, owner)| {
        owner.is_some_and(|owner| owner != file.id) || (exclusive && shared.iter().any(|&it| it != file.id))
    });
    if held {
        return ffi::SQLITE_BUSY;
    }
    for (shared, owner) in locks {
        if exclusive {
            *owner = Some(file.id);
        } else {
            shared.insert(file.id);
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_barrier(_: *mut sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(of: *mut sqlite3_file, _: c_int) -> c_int {
    let file = unsafe { file(of) };
    let mut state = file.disk.state();
    if let Some(memory) = state.shared_memory.get_mut(&file.name) {
        memory.mapped_by.remove(&file.id);
        if memory.mapped_by.is_empty() {
            state.shared_memory.remove(&file.name);
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, path: *const c_char, sync: c_int) -> c_int {
    match unsafe { resolve(path) } {
        Some((disk, name)) => code(disk.state().delete(&name, sync != 0)),
        None => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(_: *mut sqlite3_vfs, path: *const c_char, _: c_int, answer: *mut c_int) -> c_int {
    let there = unsafe { resolve(path) }.is_some_and(|(disk, name)| {
        // SQLite takes an empty log for none.
        disk.state().files.get(&name).is_some_and(|content| !content.is_empty())
    });
    unsafe { *answer = there.into() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(_: *mut sqlite3_vfs, path: *const c_char, room: c_int, into: *mut c_char) -> c_int {
    let path = unsafe { CStr::from_ptr(path) }.to_bytes_with_nul();
    if path.len() > room as usize {
        return ffi::SQLITE_CANTOPEN;
    }
    unsafe { std::ptr::copy_nonoverlapping(path.as_ptr().cast(), into, path.len()) };
    ffi::SQLITE_OK
}

/// Not random: a run can be repeated.
unsafe extern "C" fn randomness(_: *mut sqlite3_vfs, count: c_int, into: *mut c_char) -> c_int {
    let into = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), count as usize) };
    for (at, byte) in into.iter_mut().enumerate() {
        *byte = (at as u8).wrapping_mul(151).wrapping_add(43);
    }
    count
}

unsafe extern "C" fn sleep(_: *mut sqlite3_vfs, micros: c_int) -> c_int {
    // Nobody frees a lock meanwhile: the tests that wait for one have a single thread.
    micros
}

unsafe extern "C" fn current_time(_: *mut sqlite3_vfs, into: *mut f64) -> c_int {
    unsafe { *into = 2_460_000.5 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_int64(_: *mut sqlite3_vfs, into: *mut i64) -> c_int {
    unsafe { *into = 2_460_000 * 86_400_000 };
    ffi::SQLITE_OK
}
