//! The journals of the crate, checked by the suite that every implementer runs.

use cordboard::{JournalPoint, MemoryJournal, check_journal};

#[test]
fn memory_conforms() {
    let checked = check_journal(MemoryJournal::new).unwrap_or_else(|fault| panic!("{fault}"));
    use JournalPoint::{Damage, Durable, Fence, Order, Snapshots};
    assert_eq!(checked, [Order, Fence, Durable, Snapshots, Damage]);
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use std::fs;
    use std::path::PathBuf;
    use std::time::Duration;

    use cordboard::{JournalError, JournalPoint, JournalStorage, SqliteJournal, SqliteOptions, check_journal};
    use rusqlite::Connection;
    use tempfile::TempDir;

    /// A folder with a journal in it.
    struct Folder {
        folder: TempDir,
        tables: bool,
    }

    impl Folder {
        fn path(&self) -> PathBuf {
            self.folder.path().join("calls.cordboard")
        }

        fn rename(&self, from: &str, to: &str) {
            let other = Connection::open(self.path()).expect("the file is a database");
            other.execute_batch(&format!("ALTER TABLE {from} RENAME TO {to}")).expect("nobody else is writing");
        }
    }

    impl JournalStorage for Folder {
        type Journal = SqliteJournal;

        fn open(&self) -> Result<SqliteJournal, JournalError> {
            let busy = Duration::from_millis(5);
            SqliteJournal::open_with(
                self.path(),
                &SqliteOptions { tables: self.tables, busy, ..SqliteOptions::default() },
            )
        }

        // The journal's own statements fail, as they would on a device that does.
        fn break_down(&mut self) -> bool {
            self.rename("place", "gone");
            true
        }

        fn mend(&mut self) {
            self.rename("gone", "place");
        }

        fn bits(&self) -> u64 {
            8 * fs::metadata(self.path()).map_or(0, |file| file.len())
        }

        fn flip(&mut self, bit: u64) {
            let mut bytes = fs::read(self.path()).expect("the journal is there");
            bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
            fs::write(self.path(), bytes).expect("it can be written");
        }
    }

    #[test]
    fn sqlite_conforms_with_tables_and_without() {
        for tables in [true, false] {
            let fresh = || Folder { folder: TempDir::new().expect("there is room for one"), tables };
            let checked = check_journal(fresh).unwrap_or_else(|fault| panic!("{fault}"));
            use JournalPoint::{Damage, Durable, ErrorsStick, Fence, Order, Snapshots};
            assert_eq!(checked, [Order, Fence, Durable, Snapshots, Damage, ErrorsStick]);
        }
    }
}
