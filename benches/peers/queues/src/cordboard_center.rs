//! cordboard: a contact that arrives is given to the agent who has been free the longest, and the gateway tells that agent.

use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};

use cordboard::{
    AgentId, ChannelId, ChannelSet, Command, ContactId, Entry, GroupId, NewContact, Plan, QueueId, SqliteJournal,
    SqliteOptions, Switchboard, SwitchboardOptions, SystemClock, Trunk, What,
};

use crate::Outcome;
use crate::load::{Line, System};

pub struct Center {
    switchboard: Mutex<Option<Switchboard>>,
    trunk: Trunk,
    /// What each agent is told, until its thread comes for it.
    desks: Mutex<Vec<Option<mpsc::Receiver<u64>>>>,
}

impl Center {
    pub fn open(path: &Path, agents: usize) -> Outcome<Self> {
        let plan = Plan::builder()
            .capacity("phone", |phone| phone.takes("voice", 1))
            .agents("team", "phone", |team| team)
            .queue("service", |service| service)
            .build()?;
        let options = SqliteOptions { tables: false, ..SqliteOptions::default() };
        let journal = Box::new(SqliteJournal::open_with(path, &options)?);
        let (tells, desks): (Vec<_>, Vec<_>) = (0..agents).map(|_| mpsc::channel()).unzip();
        let gateway = move |entry: &Entry| {
            for event in &entry.events {
                if let What::Assigned { contact, agent, .. } = event.what {
                    let _ = tells[agent.0 as usize].send(contact.0);
                }
            }
        };
        let options = SwitchboardOptions::default();
        let (switchboard, _) = Switchboard::open(journal, plan, Box::new(gateway), Arc::new(SystemClock), options)?;
        let trunk = switchboard.trunk();
        for agent in (0..agents as u64).map(AgentId) {
            trunk.call(Command::SignIn { agent, group: GroupId(0), skills: None, ready: ChannelSet::ALL })?;
        }
        let desks = desks.into_iter().map(Some).collect();
        Ok(Self { switchboard: Mutex::new(Some(switchboard)), trunk, desks: Mutex::new(desks) })
    }
}

impl System for Center {
    fn connect(&self) -> Outcome<Box<dyn Line + '_>> {
        Ok(Box::new(Thread { center: self, trunk: self.trunk.clone(), desk: None }))
    }

    fn close(&self) -> Outcome<()> {
        // Agents have to be done with what there is before there is nobody to tell.
        while self.trunk.ask(|router, _| router.contacts())? > 0 {
            std::thread::yield_now();
        }
        if let Some(switchboard) = self.switchboard.lock().map_err(|_| "a thread panicked")?.take() {
            switchboard.shutdown()?; // and with its gateway the desks' other ends
        }
        Ok(())
    }
}

struct Thread<'a> {
    center: &'a Center,
    trunk: Trunk,
    desk: Option<mpsc::Receiver<u64>>,
}

impl Line for Thread<'_> {
    fn arrive(&mut self, contact: u64) -> Outcome<()> {
        let new = NewContact::new(QueueId(0), ChannelId(0));
        self.trunk.call(Command::Enqueue { contact: ContactId(contact), new })?;
        Ok(())
    }

    fn take(&mut self, agent: usize) -> Outcome<Option<u64>> {
        if self.desk.is_none() {
            self.desk = self.center.desks.lock().map_err(|_| "a thread panicked")?[agent].take();
        }
        Ok(self.desk.as_ref().ok_or("an agent has one thread")?.recv().ok())
    }

    fn complete(&mut self, contact: u64) -> Outcome<()> {
        self.trunk.call(Command::Complete { contact: ContactId(contact) })?;
        Ok(())
    }
}
