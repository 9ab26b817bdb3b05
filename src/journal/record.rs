//! Entries and snapshots as bytes: a format number, the content in [postcard](https://postcard.jamesmunns.com/wire-format), and a
//! checksum over both.
//!
//! # How a format changes
//!
//! Postcard writes the fields of a struct one after the other and a variant by its number, and no names. So
//!
//! - a **variant added at the end** of an enum changes nothing that was written before: the format keeps its number. An older
//!   build refuses an entry that has it, by its content.
//! - **everything else** (a field more or less, another type or order, a variant taken out) is another format. Raise
//!   [`ENTRY_FORMAT`] or [`SNAPSHOT_FORMAT`](crate::SNAPSHOT_FORMAT), keep the types as they were in a module named after the old number,
//!   and have `decode` turn what it reads with them into the present ones. What was written is read for ever.
//!
//! `tests/journal/format.rs` keeps a record of every variant in bytes, whole journals, and a file, for each format that there
//! was. It fails when any is written otherwise under its number, or no longer read.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Entry;

/// The format of entries that this build writes, and the newest that it reads.
pub const ENTRY_FORMAT: u8 = 1;

/// Bytes of the checksum at the end.
const CHECKSUM: usize = 4;

/// Why bytes are not what was written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The checksum does not fit the content.
    #[error("it is damaged: its checksum does not fit")]
    Damaged,
    /// A newer build wrote it.
    #[error("it has format {found}, and this build reads up to {newest}; use a newer build")]
    Newer {
        /// Its format.
        found: u8,
        /// The newest that is read.
        newest: u8,
    },
    /// The checksum fits, but the content means nothing.
    #[error("its content is not understood (a newer build may have written it): {0}")]
    Content(String),
    /// It is not there, though it was written.
    #[error("it is missing")]
    Missing,
    /// It is another than belongs there.
    #[error("another stands in its place")]
    Misplaced,
}

impl Entry {
    /// Appends the entry as bytes to `to`: for journals that keep it. About 20 bytes and a few for each event.
    ///
    /// ```
    /// # use cordboard::{Command, CommandId, Entry, Seq, Stamped, Timestamp, Unreadable};
    /// # let input = Stamped { seq: Seq(1), id: CommandId::ANONYMOUS, at: Timestamp(5), command: Command::AdvanceTime };
    /// let entry = Entry { input, events: Vec::new(), key: Some("call-1".into()), delivered: Seq(0) };
    /// let mut bytes = Vec::new();
    /// entry.encode(&mut bytes);
    /// assert_eq!(Entry::decode(&bytes), Ok(entry));
    /// bytes[3] ^= 1;
    /// assert_eq!(Entry::decode(&bytes), Err(Unreadable::Damaged));
    /// ```
    pub fn encode(&self, to: &mut Vec<u8>) {
        encode(ENTRY_FORMAT, self, to);
    }

    /// Reads it back.
    ///
    /// # Errors
    /// [`Unreadable`] if these are not the bytes of an entry.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        decode(ENTRY_FORMAT, bytes)
    }
}

/// Appends format, content and checksum.
pub(super) fn encode(format: u8, content: &impl Serialize, to: &mut Vec<u8>) {
    let from = to.len();
    to.push(format);
    let written = postcard::to_extend(content, std::mem::take(to));
    *to = written.expect("memory takes any content, and all of it has a known length");
    let checksum = crc32fast::hash(&to[from..]);
    to.extend_from_slice(&checksum.to_le_bytes());
}

/// Reads what [`encode`] wrote, all of it. Every change of one bit, and of up to 32 neighbouring ones, is found.
pub(super) fn decode<T: DeserializeOwned>(newest: u8, bytes: &[u8]) -> Result<T, Unreadable> {
    let body = bytes.len().checked_sub(CHECKSUM).ok_or(Unreadable::Damaged)?;
    let (content, checksum) = bytes.split_at(body);
    if crc32fast::hash(content).to_le_bytes() != checksum {
        return Err(Unreadable::Damaged);
    }
    let (&format, content) = content.split_first().ok_or(Unreadable::Damaged)?;
    if format == 0 || format > newest {
        return Err(Unreadable::Newer { found: format, newest });
    }
    match postcard::take_from_bytes(content) {
        Ok((read, [])) => Ok(read),
        Ok((_, rest)) => Err(Unreadable::Content(format!("{} bytes are left over", rest.len()))),
        Err(why) => Err(Unreadable::Content(why.to_string())),
    }
}
