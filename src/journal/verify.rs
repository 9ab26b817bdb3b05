//! Verification: a journal run again from its beginning, and folded, and both compared with what it says.

use std::fmt;
use std::ops::ControlFlow;

use super::{Entry, Journal, JournalError};
use crate::event::Event;
use crate::id::Seq;
use crate::rejected::Rejected;
use crate::router::{Broken, Corrupt, Digest, Policies, Router};

/// How the commands of a journal are gone through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pass {
    /// Every command is applied again, and decided again.
    Run,
    /// Every event is taken over, as recovery does.
    Fold,
}

/// What verification went through, and what it found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// Commands run again without a difference; all of them, if there is none.
    pub commands: u64,
    /// Events that followed from these.
    pub events: u64,
    /// The state after the last of them.
    pub digest: Digest,
    /// Where snapshots are kept, the first at 0. The state of each is compared with both passes.
    pub snapshots: Vec<Seq>,
    /// The first thing that is not as recorded.
    pub difference: Option<Difference>,
}

/// How a journal differs from what its commands come to.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Difference {
    /// Other events follow from a command than were recorded.
    Events {
        /// As recorded.
        entry: Box<Entry>,
        /// What follows.
        now: Vec<Event>,
    },
    /// A command is refused.
    Refused {
        /// As recorded.
        entry: Box<Entry>,
        /// Why.
        why: Rejected,
    },
    /// A command or an event contradicts the state it meets.
    Contradicted {
        /// As recorded.
        entry: Box<Entry>,
        /// How.
        why: Corrupt,
    },
    /// The state is another than that of the snapshot kept there.
    Snapshot {
        /// Of which snapshot.
        at: Seq,
        /// Where it turned out.
        pass: Pass,
        /// Of the state in the snapshot.
        kept: Digest,
        /// Of the state that the entries before lead to.
        found: Digest,
    },
    /// The two passes end in different states.
    End {
        /// Run again.
        run: Digest,
        /// Folded.
        folded: Digest,
    },
    /// The state at the end breaks an invariant of the engine.
    Invariant {
        /// After which pass.
        pass: Pass,
        /// Which.
        why: Broken,
    },
}

/// Why a journal cannot be verified, or run under another policy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RerunError {
    /// It cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// It has no snapshot at [`Seq`] 0.
    #[error("the journal has no snapshot of its beginning, from which it could be run again")]
    NoBeginning,
    /// A snapshot is no state of this engine.
    #[error("the snapshot at {at} cannot be restored: {why}")]
    Snapshot {
        /// Its place.
        at: Seq,
        /// Why.
        why: Corrupt,
    },
}

/// The engine as it was when the journal began.
///
/// # Errors
/// [`RerunError`] if there is no readable snapshot of it, or it needs policies that were not given.
pub fn beginning(journal: &mut dyn Journal, policies: Policies) -> Result<Router, RerunError> {
    let first = journal.load_checkpoint(Seq(0))?.ok_or(RerunError::NoBeginning)?;
    Router::restore(first.checkpoint, policies).map_err(|why| RerunError::Snapshot { at: Seq(0), why })
}

/// Runs the commands of a journal again from its beginning and compares every event; folds the events; compares
/// the states of both with every snapshot kept, and with each other at the end; checks the invariants there.
/// Stops at the first difference. `progress` is told, now and then, which pass has come how far.
///
/// Two passes over the journal; memory for one state, whatever its length.
///
/// ```
/// use cordboard::{AgentId, ChannelSet, Command, CommandId, Entry, GroupId, Journal, MemoryJournal, Plan, Policies, Router};
/// use cordboard::{ContactId, Seq, Snapshot, Stamped, Timestamp, verify};
/// # let plan = Plan::builder().capacity("phone", |c| c.takes("voice", 1)).agents("team", "phone", |a| a).build()?;
/// let mut router = Router::new(plan)?;
/// let checkpoint = router.checkpoint();
/// let mut journal = MemoryJournal::new();
/// journal.save_checkpoint(&Snapshot { seq: Seq(0), checkpoint, keys: vec![], next_contact: ContactId(1), delivered: Seq(0) })?;
/// let command = Command::SignIn { agent: AgentId(1), group: GroupId(0), skills: None, ready: ChannelSet::ALL };
/// let input = Stamped { seq: Seq(1), id: CommandId::ANONYMOUS, at: Timestamp(5), command };
/// let mut events = Vec::new();
/// router.apply(&input, &mut events)?;
/// journal.append(Seq(0), &[Entry { input, events, key: None, delivered: Seq(0) }])?;
///
/// let verified = verify(&mut journal, &Policies::new(), &mut |_, _| {})?;
/// assert_eq!((verified.commands, verified.difference), (1, None));
/// assert_eq!(verified.digest, router.digest());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`RerunError`] if the journal cannot be read or has no beginning. What differs is no error.
pub fn verify(
    journal: &mut dyn Journal,
    policies: &Policies,
    progress: &mut dyn FnMut(Pass, u64),
) -> Result<Verified, RerunError> {
    let snapshots = snapshots(journal, policies)?;
    let first = beginning(journal, policies.clone())?;
    let run = go_through(journal, Pass::Run, first.clone(), &snapshots, progress)?;
    let mut difference = run.difference;
    if difference.is_none() {
        let folded = go_through(journal, Pass::Fold, first, &snapshots, progress)?;
        difference = folded
            .difference
            .or((folded.digest != run.digest).then_some(Difference::End { run: run.digest, folded: folded.digest }));
    }
    let snapshots = snapshots.into_iter().map(|(at, _)| at).collect();
    Ok(Verified { commands: run.commands, events: run.events, digest: run.digest, snapshots, difference })
}

/// Where there are snapshots, from the first to the last, and the digest of each.
fn snapshots(journal: &mut dyn Journal, policies: &Policies) -> Result<Vec<(Seq, Digest)>, RerunError> {
    let mut found = Vec::new();
    let mut at_most = journal.end()?;
    while let Some(snapshot) = journal.load_checkpoint(at_most)? {
        let at = snapshot.seq;
        let router =
            Router::restore(snapshot.checkpoint, policies.clone()).map_err(|why| RerunError::Snapshot { at, why })?;
        found.push((at, router.digest()));
        match at.0.min(at_most.0).checked_sub(1) {
            Some(before) => at_most = Seq(before),
            None => break,
        }
    }
    found.reverse();
    Ok(found)
}

/// What one pass came to.
struct Passed {
    commands: u64,
    events: u64,
    digest: Digest,
    difference: Option<Difference>,
}

/// Between two reports of progress.
const REPORT_EVERY: u64 = 1 << 14;

fn go_through(
    journal: &mut dyn Journal,
    pass: Pass,
    mut router: Router,
    snapshots: &[(Seq, Digest)],
    progress: &mut dyn FnMut(Pass, u64),
) -> Result<Passed, JournalError> {
    let (mut commands, mut events) = (0_u64, 0);
    let mut now = Vec::new();
    let mut difference = None;
    // The pass begins with the first.
    let mut later = snapshots.iter().filter(|(at, _)| *at > Seq(0)).peekable();
    let mut at_snapshot = |router: &Router, at: Seq| {
        let &&(_, kept) = later.next_if(|(snapshot, _)| *snapshot == at).as_ref()?;
        let found = router.digest();
        (found != kept).then_some(Difference::Snapshot { at, pass, kept, found })
    };
    journal.replay(Seq(0), &mut |entry| {
        let at = entry.input.seq;
        let count = entry.events.len() as u64;
        let done = match pass {
            Pass::Run => run_again(&mut router, entry, &mut now),
            Pass::Fold => fold(&mut router, entry),
        };
        difference = done.err().or_else(|| at_snapshot(&router, at));
        if difference.is_some() {
            return ControlFlow::Break(());
        }
        commands += 1;
        events += count;
        if commands.is_multiple_of(REPORT_EVERY) {
            progress(pass, commands);
        }
        ControlFlow::Continue(())
    })?;
    progress(pass, commands);
    if difference.is_none()
        && let Err(why) = router.check_invariants()
    {
        difference = Some(Difference::Invariant { pass, why });
    }
    Ok(Passed { commands, events, digest: router.digest(), difference })
}

fn run_again(router: &mut Router, entry: Entry, now: &mut Vec<Event>) -> Result<(), Difference> {
    now.clear();
    match router.apply(&entry.input, now) {
        Err(why) => Err(Difference::Refused { entry: Box::new(entry), why }),
        Ok(_) if *now != entry.events => Err(Difference::Events { entry: Box::new(entry), now: std::mem::take(now) }),
        Ok(_) => Ok(()),
    }
}

fn fold(router: &mut Router, entry: Entry) -> Result<(), Difference> {
    let folded = router.fold(&entry.input, &entry.events);
    folded.map_err(|why| Difference::Contradicted { entry: Box::new(entry), why })
}

impl Difference {
    /// Its place: that of the command, or the last one before a snapshot or the end; `None` for the end.
    pub fn at(&self) -> Option<Seq> {
        match self {
            Self::Events { entry, .. } | Self::Refused { entry, .. } | Self::Contradicted { entry, .. } => {
                Some(entry.input.seq)
            }
            Self::Snapshot { at, .. } => Some(*at),
            Self::End { .. } | Self::Invariant { .. } => None,
        }
    }

    /// The entry in which it is, where it is in one.
    pub fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Events { entry, .. } | Self::Refused { entry, .. } | Self::Contradicted { entry, .. } => Some(entry),
            Self::Snapshot { .. } | Self::End { .. } | Self::Invariant { .. } => None,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Events { .. } => f.write_str("other events follow from the command than were recorded"),
            Self::Refused { why, .. } => write!(f, "the command is refused: {why}"),
            Self::Contradicted { why, .. } => write!(f, "what was recorded cannot be folded: {why}"),
            Self::Snapshot { at, pass, kept, found } => {
                write!(f, "the snapshot at {at} is {kept}, but {pass} leads to {found}")
            }
            Self::End { run, folded } => {
                write!(f, "run again the journal ends in {run}, folded in {folded}")
            }
            Self::Invariant { pass, why } => write!(f, "at the end, {pass} has broken an invariant: {why}"),
        }
    }
}

impl fmt::Display for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Run => "running the commands again",
            Self::Fold => "folding the events",
        })
    }
}
