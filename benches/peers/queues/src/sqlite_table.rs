//! A table in SQLite. One connection behind a lock: SQLite has one writer at a time, and who waits for a lock in memory waits less long
//! than who is told that the file is busy.

use std::path::Path;
use std::sync::{Mutex, mpsc};

use rusqlite::Connection;

use crate::Outcome;
use crate::load::{Line, System};

pub struct Table {
    connection: Mutex<Connection>,
    arrivals: Mutex<Option<mpsc::Sender<()>>>,
    arrived: Mutex<mpsc::Receiver<()>>,
}

impl Table {
    pub fn open(path: &Path) -> Outcome<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             CREATE TABLE contacts (id INTEGER PRIMARY KEY, queue INTEGER, state INTEGER, arrived INTEGER, agent INTEGER);
             CREATE INDEX waiting ON contacts (queue, arrived, id) WHERE state = 0;",
        )?;
        let (arrivals, arrived) = mpsc::channel();
        Ok(Self {
            connection: Mutex::new(connection),
            arrivals: Mutex::new(Some(arrivals)),
            arrived: Mutex::new(arrived),
        })
    }
}

impl System for Table {
    fn connect(&self) -> Outcome<Box<dyn Line + '_>> {
        let arrivals = self.arrivals.lock().map_err(|_| "a thread panicked")?.clone();
        Ok(Box::new(Thread { table: self, arrivals }))
    }

    fn close(&self) -> Outcome<()> {
        self.arrivals.lock().map_err(|_| "a thread panicked")?.take();
        Ok(())
    }
}

struct Thread<'a> {
    table: &'a Table,
    arrivals: Option<mpsc::Sender<()>>,
}

impl Thread<'_> {
    fn execute(&self, statement: &str, contact: u64) -> Outcome<()> {
        let connection = self.table.connection.lock().map_err(|_| "a thread panicked")?;
        connection.prepare_cached(statement)?.execute([contact as i64])?;
        Ok(())
    }
}

impl Line for Thread<'_> {
    fn arrive(&mut self, contact: u64) -> Outcome<()> {
        self.execute("INSERT INTO contacts VALUES (?1, 1, 0, unixepoch('subsec') * 1000, NULL)", contact)?;
        self.arrivals.as_ref().ok_or("it is closed")?.send(())?;
        Ok(())
    }

    fn take(&mut self, agent: usize) -> Outcome<Option<u64>> {
        // An agent brings nothing, and must not keep itself waiting.
        self.arrivals = None;
        if self.table.arrived.lock().map_err(|_| "a thread panicked")?.recv().is_err() {
            return Ok(None);
        }
        let connection = self.table.connection.lock().map_err(|_| "a thread panicked")?;
        let contact: i64 = connection
            .prepare_cached(
                "UPDATE contacts SET state = 1, agent = ?1
                 WHERE id = (SELECT id FROM contacts WHERE queue = 1 AND state = 0 ORDER BY arrived, id LIMIT 1)
                 RETURNING id",
            )?
            .query_row([agent as i64], |row| row.get(0))?;
        Ok(Some(contact as u64))
    }

    fn complete(&mut self, contact: u64) -> Outcome<()> {
        self.execute("UPDATE contacts SET state = 2 WHERE id = ?1", contact)
    }
}
