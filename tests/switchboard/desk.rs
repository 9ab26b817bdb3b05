//! A small contact center, and a gateway that tells what it was given and can be held up.

use std::sync::{Arc, Mutex, mpsc};

use cordboard::{
    AgentId, ChannelSet, Command, Entry, Gateway, Journal, ManualClock, MemoryJournal, NewContact, Opening, Plan,
    Private, Request, Seq, Span, Switchboard, SwitchboardOptions, Timestamp, Trunk,
};

pub(crate) fn plan() -> Plan {
    Plan::builder()
        .channel("voice", |voice| voice.offer(Span::from_secs(20)))
        .capacity("phone", |phone| phone.takes("voice", 1))
        .agents("team", "phone", |team| team)
        .queue("service", |queue| queue)
        .build()
        .expect("the plan is sound")
}

pub(crate) fn call(key: impl Into<Private<Box<str>>>) -> Request {
    let plan = plan();
    let (queue, channel) = (plan.find_queue("service").unwrap(), plan.find_channel("voice").unwrap());
    Request::arrive(key, NewContact::new(queue, channel))
}

pub(crate) fn sign_in(agent: u64) -> Command {
    let group = plan().find_group("team").unwrap();
    Command::SignIn { agent: AgentId(agent), group, skills: None, ready: ChannelSet::ALL }
}

/// What a gateway was given, and in which order.
pub(crate) type Given = Arc<Mutex<Vec<Seq>>>;

/// Notes what it is given; before each command waits for a word, if it was told to.
pub(crate) struct Noting {
    pub(crate) given: Given,
    /// Told the number of each command it begins with.
    pub(crate) begins: Option<mpsc::Sender<Seq>>,
    /// Goes on when it gets a word.
    pub(crate) gate: Option<mpsc::Receiver<()>>,
    pub(crate) opened: Option<mpsc::Sender<(Trunk, Opening)>>,
    pub(crate) knows: Option<Seq>,
}

impl Noting {
    pub(crate) fn new(given: &Given) -> Self {
        Self { given: given.clone(), begins: None, gate: None, opened: None, knows: None }
    }

    /// One that waits before each command, with what lets it go on and what tells that it waits.
    pub(crate) fn gated(given: &Given) -> (Self, mpsc::Sender<()>, mpsc::Receiver<Seq>) {
        let (go, gate) = mpsc::channel();
        let (begins, begun) = mpsc::channel();
        (Self { begins: Some(begins), gate: Some(gate), ..Self::new(given) }, go, begun)
    }
}

impl Gateway for Noting {
    fn deliver(&mut self, entry: &Entry) {
        if let Some(begins) = &self.begins {
            let _ = begins.send(entry.input.seq);
        }
        if let Some(gate) = &self.gate {
            // Nobody there any more: no reason to wait.
            let _ = gate.recv();
        }
        self.given.lock().unwrap().push(entry.input.seq);
    }

    fn opened(&mut self, trunk: &Trunk, opening: &Opening) {
        if let Some(opened) = &self.opened {
            let _ = opened.send((trunk.clone(), opening.clone()));
        }
    }

    fn delivered(&self) -> Option<Seq> {
        self.knows
    }
}

pub(crate) fn open(
    journal: impl Journal + 'static,
    gateway: impl Gateway + 'static,
    options: SwitchboardOptions,
) -> (Switchboard, Opening) {
    let clock = ManualClock::new(Timestamp::from_secs(1));
    open_at(journal, gateway, options, clock)
}

pub(crate) fn open_at(
    journal: impl Journal + 'static,
    gateway: impl Gateway + 'static,
    options: SwitchboardOptions,
    clock: ManualClock,
) -> (Switchboard, Opening) {
    Switchboard::open(Box::new(journal), plan(), Box::new(gateway), Arc::new(clock), options)
        .expect("the journal is sound")
}

/// The commands in a journal.
pub(crate) fn kept(journal: &MemoryJournal) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut journal = journal.clone();
    journal
        .replay(Seq(0), &mut |entry| {
            found.push(entry);
            std::ops::ControlFlow::Continue(())
        })
        .expect("memory does not fail");
    found
}

pub(crate) fn numbers(from: u64, to: u64) -> Vec<Seq> {
    (from..=to).map(Seq).collect()
}
