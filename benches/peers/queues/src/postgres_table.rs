//! A table in PostgreSQL, with a connection for each thread: its commits wait for the device together.

use std::sync::{Mutex, mpsc};

use postgres::{Client, NoTls, Statement};

use crate::Outcome;
use crate::load::{Line, System};

pub struct Table {
    connection: String,
    arrivals: Mutex<Option<mpsc::Sender<()>>>,
    arrived: Mutex<mpsc::Receiver<()>>,
}

impl Table {
    pub fn open(connection: &str) -> Outcome<Self> {
        let mut client = Client::connect(connection, NoTls)?;
        client.batch_execute(
            "DROP TABLE IF EXISTS contacts;
             CREATE TABLE contacts (id BIGINT PRIMARY KEY, queue INT, state INT, arrived TIMESTAMPTZ DEFAULT now(), agent BIGINT);
             CREATE INDEX waiting ON contacts (queue, arrived, id) WHERE state = 0;",
        )?;
        let (arrivals, arrived) = mpsc::channel();
        let connection = connection.to_owned();
        Ok(Self { connection, arrivals: Mutex::new(Some(arrivals)), arrived: Mutex::new(arrived) })
    }
}

impl System for Table {
    fn connect(&self) -> Outcome<Box<dyn Line + '_>> {
        let mut client = Client::connect(&self.connection, NoTls)?;
        let arrive = client.prepare("INSERT INTO contacts (id, queue, state) VALUES ($1, 1, 0)")?;
        let take = client.prepare(
            "UPDATE contacts SET state = 1, agent = $1
             WHERE id = (SELECT id FROM contacts WHERE queue = 1 AND state = 0 ORDER BY arrived, id LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id",
        )?;
        let complete = client.prepare("UPDATE contacts SET state = 2 WHERE id = $1")?;
        let arrivals = self.arrivals.lock().map_err(|_| "a thread panicked")?.clone();
        Ok(Box::new(Thread { table: self, client, arrivals, arrive, take, complete }))
    }

    fn close(&self) -> Outcome<()> {
        self.arrivals.lock().map_err(|_| "a thread panicked")?.take();
        Ok(())
    }
}

struct Thread<'a> {
    table: &'a Table,
    client: Client,
    arrivals: Option<mpsc::Sender<()>>,
    arrive: Statement,
    take: Statement,
    complete: Statement,
}

impl Line for Thread<'_> {
    fn arrive(&mut self, contact: u64) -> Outcome<()> {
        self.client.execute(&self.arrive, &[&(contact as i64)])?;
        self.arrivals.as_ref().ok_or("it is closed")?.send(())?;
        Ok(())
    }

    fn take(&mut self, agent: usize) -> Outcome<Option<u64>> {
        // An agent brings nothing, and must not keep itself waiting.
        self.arrivals = None;
        if self.table.arrived.lock().map_err(|_| "a thread panicked")?.recv().is_err() {
            return Ok(None);
        }
        loop {
            // All that wait may be locked by those who take them just now, and one of them be another's.
            if let Some(row) = self.client.query_opt(&self.take, &[&(agent as i64)])? {
                return Ok(Some(row.get::<_, i64>(0) as u64));
            }
        }
    }

    fn complete(&mut self, contact: u64) -> Outcome<()> {
        self.client.execute(&self.complete, &[&(contact as i64)])?;
        Ok(())
    }
}
