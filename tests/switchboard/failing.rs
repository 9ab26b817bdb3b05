//! Journals that fail: nothing leaves, everybody is told, and asking again with the same id does it once.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use cordboard::{
    Applied, CommandId, Durability, Entry, Failed, Journal, JournalError, MemoryJournal, Seq, Snapshot, Stopped,
    SwitchboardOptions,
};

use crate::desk::{Given, Noting, call, kept, open};

/// Fails in `sync` when told to: what was appended has been kept, and nobody knows.
struct Failing {
    inner: MemoryJournal,
    fails: Arc<AtomicBool>,
    /// Waits here before each sync, when there is somebody to wait for.
    gate: Option<(mpsc::Sender<()>, mpsc::Receiver<()>)>,
}

impl Journal for Failing {
    fn end(&mut self) -> Result<Seq, JournalError> {
        self.inner.end()
    }
    fn append(&mut self, after: Seq, entries: &[Entry]) -> Result<(), JournalError> {
        self.inner.append(after, entries)
    }
    fn sync(&mut self, durability: Durability) -> Result<(), JournalError> {
        if let Some((at, go)) = &self.gate {
            let _ = at.send(());
            let _ = go.recv();
        }
        if self.fails.load(Ordering::SeqCst) {
            return Err(JournalError::storage("sync", "the device broke"));
        }
        self.inner.sync(durability)
    }
    fn replay(&mut self, after: Seq, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), JournalError> {
        self.inner.replay(after, each)
    }
    fn save_checkpoint(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        self.inner.save_checkpoint(snapshot)
    }
    fn load_checkpoint(&mut self, at_most: Seq) -> Result<Option<Snapshot>, JournalError> {
        self.inner.load_checkpoint(at_most)
    }
}

#[test]
fn a_failing_journal_answers_everybody_and_delivers_nothing_of_the_batch() {
    let (inner, given, fails) = (MemoryJournal::new(), Given::default(), Arc::new(AtomicBool::new(false)));
    let ((at, reached), (go, gate)) = (mpsc::channel(), mpsc::channel());
    let journal = Failing { inner: inner.clone(), fails: fails.clone(), gate: Some((at, gate)) };
    let (switchboard, _) = open(journal, Noting::new(&given), SwitchboardOptions { batch: 1, ..Default::default() });
    let trunk = switchboard.trunk();
    let id = |number| CommandId { source: 1, number };
    let first = trunk.send(call("a").with_id(id(1))).unwrap();
    reached.recv().unwrap();
    // While the first is being made durable: one in the same state as the one that fails, one behind it, a question, a callback.
    let second = trunk.send(call("b").with_id(id(2))).unwrap();
    let third = trunk.send(call("c").with_id(id(3))).unwrap();
    let (tell, told) = mpsc::channel();
    trunk.send_with(call("d"), move |answer| tell.send(answer.map(|answer| answer.seq)).unwrap());
    go.send(()).unwrap();
    assert_eq!(first.wait().unwrap().seq, Seq(1));
    reached.recv().unwrap();
    fails.store(true, Ordering::SeqCst);
    drop(go);
    for failed in [second.wait().unwrap_err(), third.wait().unwrap_err(), told.recv().unwrap().unwrap_err()] {
        assert!(matches!(&failed, Failed::Stopped(Stopped::Journal(_))));
        assert!(failed.to_string().contains("the device broke") && failed.to_string().contains("same id"), "{failed}");
    }
    assert!(matches!(trunk.send(call("e")), Err(Stopped::Journal(_))));
    assert!(matches!(switchboard.stopped(), Some(Stopped::Journal(_))));
    drop(switchboard);
    assert!(given.lock().unwrap().iter().all(|seq| *seq == Seq(1)), "what is not known to be durable never leaves");

    // The second was kept after all, the third never was: asked again, each is done once.
    assert_eq!(kept(&inner).len(), 2);
    let (switchboard, opening) = open(inner.clone(), Noting::new(&given), SwitchboardOptions::default());
    assert_eq!(opening.end, Seq(2));
    let trunk = switchboard.trunk();
    assert_eq!(trunk.ask(|router, _| router.last_number(1)).unwrap(), 2);
    let second = trunk.call(call("b").with_id(id(2))).unwrap();
    assert_eq!((second.applied, second.events().len()), (Applied::Repeated, 0));
    assert!(second.contact.is_some(), "it is there under its name");
    assert_eq!(trunk.call(call("c").with_id(id(3))).unwrap().applied, Applied::Done);
    switchboard.shutdown().unwrap();
    assert_eq!(kept(&inner).len(), 3);
}

#[test]
fn two_switchboards_on_one_journal_cannot_both_win() {
    let journal = MemoryJournal::new();
    let (one, _) = open(journal.clone(), Noting::new(&Given::default()), SwitchboardOptions::default());
    let (other, _) = open(journal.clone(), Noting::new(&Given::default()), SwitchboardOptions::default());
    one.trunk().call(call("a")).unwrap();
    let failed = other.trunk().call(call("b")).unwrap_err();
    assert!(failed.to_string().contains("another writer was first"), "{failed}");
    one.trunk().call(call("c")).unwrap();
    assert_eq!(kept(&journal).len(), 2);
}
