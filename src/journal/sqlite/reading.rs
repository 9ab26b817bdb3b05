//! Reading the log: every entry in its place, or an error with the place.

use std::ops::ControlFlow;

use rusqlite::{CachedStatement, Connection, ErrorCode};

use crate::id::Seq;
use crate::journal::{Entry, JournalError, Unreadable};

/// Numbers without a sign are kept with one.
pub(super) fn seq(number: i64) -> Seq {
    Seq(number as u64)
}

/// Places beyond any that SQLite can count to come after all of them.
pub(super) fn number(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

/// Gives the entries after `after`, of which all up to `end` must be there.
pub(super) fn entries(
    connection: &Connection,
    after: Seq,
    end: Seq,
    each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<(), JournalError> {
    let mut next = after;
    let read = (|| {
        let mut query: CachedStatement<'_> =
            connection.prepare_cached("SELECT seq, record FROM log WHERE seq > ?1 ORDER BY seq")?;
        let mut rows = query.query([number(after)])?;
        while let Some(row) = rows.next()? {
            next.0 += 1;
            let found = seq(row.get(0)?);
            if found != next {
                return Ok(Some(Unreadable::Missing));
            }
            match Entry::decode(row.get_ref(1)?.as_blob()?) {
                Ok(entry) if entry.input.seq == next => {
                    if each(entry).is_break() {
                        next = end;
                        return Ok(None);
                    }
                }
                Ok(_) => return Ok(Some(Unreadable::Misplaced)),
                Err(why) => return Ok(Some(why)),
            }
        }
        Ok(None)
    })();
    match read {
        Ok(None) if next == end || after > end => Ok(()),
        Ok(None) => Err(JournalError::Unreadable { seq: Seq(next.0.min(end.0) + 1), why: Unreadable::Missing }),
        Ok(Some(why)) => Err(JournalError::Unreadable { seq: next, why }),
        Err(why) => Err(damaged(Seq(next.0.saturating_add(1)), why)),
    }
}

/// What SQLite found at or near a place: damage, or that it cannot read at all.
pub(super) fn damaged(seq: Seq, why: rusqlite::Error) -> JournalError {
    let content = match why.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => Unreadable::Content(why.to_string()),
        Some(_) => return JournalError::storage("read entries", why),
    };
    JournalError::Unreadable { seq, why: content }
}
