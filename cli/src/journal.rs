//! Journals in files.

use std::path::Path;

use cordboard::{Journal, JournalError, Seq, SqliteJournal, SqliteOptions};

use crate::failure::Failure;

/// A new journal at `path`. A file that holds one already is left as it is.
pub(crate) fn begin(path: &Path, tables: bool) -> Result<SqliteJournal, Failure> {
    let options = SqliteOptions { tables, ..SqliteOptions::default() };
    // Looked at without writing first, since opening it to write would complete its tables.
    if path.exists() && is_begun(path).map_err(|error| wrong(path, &error))? {
        let shown = path.display();
        return Err(Failure::Input(format!("{shown}: there is a journal already, and it is kept; name another file")));
    }
    SqliteJournal::open_with(path, &options).map_err(|error| wrong(path, &error))
}

/// The journal at `path`, to be read only.
pub(crate) fn read(path: &Path) -> Result<SqliteJournal, Failure> {
    SqliteJournal::read_only(path).map_err(|error| wrong(path, &error))
}

/// That a journal cannot be read.
pub(crate) fn wrong(path: &Path, error: &dyn std::error::Error) -> Failure {
    let message = error.to_string();
    let shown = path.display().to_string();
    Failure::Input(if message.contains(&shown) { message } else { format!("{shown}: {message}") })
}

fn is_begun(path: &Path) -> Result<bool, JournalError> {
    // An empty file is as good as none.
    if path.metadata().is_ok_and(|file| file.len() == 0) {
        return Ok(false);
    }
    let mut journal = SqliteJournal::read_only(path)?;
    Ok(journal.end()? > Seq(0) || journal.load_checkpoint(Seq(0))?.is_some())
}
