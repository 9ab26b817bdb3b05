//! What is written into a journal under check: a short life of a real engine.

use crate::agent::ChannelSet;
use crate::command::{Command, Stamped};
use crate::contact::NewContact;
use crate::id::{AgentId, ChannelId, CommandId, ContactId, GroupId, QueueId, Seq};
use crate::journal::{Entry, Snapshot};
use crate::plan::{Limits, Plan};
use crate::router::Router;
use crate::time::Timestamp;

/// Entries of an engine, and its snapshot after each of them.
pub(super) struct Script {
    /// Those at 1, 2, 3 and so on.
    pub(super) entries: Vec<Entry>,
    /// What another writer has in their place: the same, a little later.
    pub(super) others: Vec<Entry>,
    /// Snapshots at 0, 1, 2 and so on.
    pub(super) snapshots: Vec<Snapshot>,
}

/// Entries of a script.
const LENGTH: u64 = 60;

/// Bytes attached to one contact: more than any page or block that a journal may be written in.
const LARGE: usize = 70_000;

impl Script {
    pub(super) fn new() -> Self {
        let (entries, snapshots) = life(0);
        Self { entries, snapshots, others: life(1).0 }
    }
}

fn life(later: u64) -> (Vec<Entry>, Vec<Snapshot>) {
    let plan = Plan::builder()
        .limits(Limits { context: 1_000_000, ..Limits::default() })
        .capacity("desk", |desk| desk.takes("chat", 3))
        .agents("team", "desk", |team| team)
        .queue("service", |queue| queue)
        .build()
        .expect("the plan is correct");
    let mut router = Router::new(plan).expect("it asks for no policy of a host");
    let (mut entries, mut snapshots) = (Vec::new(), vec![snapshot(&router)]);
    for seq in 1..=LENGTH {
        // Near the end of the numbers, where a journal that keeps them in fewer bits goes wrong.
        let contact = ContactId(u64::MAX - seq / 4);
        let command = match seq % 4 {
            _ if seq == 1 => {
                let (agent, group) = (AgentId(1), GroupId(0));
                Command::SignIn { agent, group, skills: None, ready: ChannelSet::ALL }
            }
            0 => Command::Enqueue { contact, new: NewContact::new(QueueId(0), ChannelId(0)) },
            1 => Command::SetContext { contact, context: vec![seq as u8; LARGE * usize::from(seq == 9) + 3].into() },
            2 if seq > 4 => Command::Complete { contact },
            _ => Command::AdvanceTime,
        };
        let key = matches!(command, Command::Enqueue { .. }).then(|| format!("sip:{seq}@host, ünïcode").into());
        let id = CommandId { source: 1, number: seq };
        let input = Stamped { seq: Seq(seq), id, at: Timestamp(u64::MAX / 2 + 10 * seq + later), command };
        let mut events = Vec::new();
        router.apply(&input, &mut events).expect("each command fits the state that the ones before it have left");
        entries.push(Entry { input, events, key, delivered: Seq(seq / 3) });
        snapshots.push(snapshot(&router));
    }
    (entries, snapshots)
}

fn snapshot(router: &Router) -> Snapshot {
    let seq = router.seq();
    Snapshot {
        seq,
        checkpoint: router.checkpoint(),
        keys: vec![("key".into(), ContactId(seq.0))],
        next_contact: ContactId(seq.0 + 1),
        delivered: seq,
    }
}
