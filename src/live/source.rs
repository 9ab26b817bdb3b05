//! Numbering requests, so that each is done once however often it is sent.

use super::answer::Request;
use super::stopped::Stopped;
use super::trunk::Trunk;
use crate::id::CommandId;

/// A source of commands that numbers them. One for each thread or connection that sends: its numbers have to arrive in order, or within
/// 64 of each other, and no more than 64 of its requests should be unanswered at once, since the engine remembers so many.
///
/// **In doubt.** Ask again, in their order, for all that were not answered, before anything new is numbered: numbers go on after the highest that was applied, and an older request
/// that was not applied would share its own with a new one, and be taken for done. One that is 64 or more behind the highest is refused with
/// [`Rejected::CommandTooOld`](crate::Rejected::CommandTooOld): whether it was done is not known by its number any more.
///
/// ```
/// # use std::sync::Arc;
/// use cordboard::{Applied, Command};
/// # use cordboard::{Entry, MemoryJournal, NewContact, Plan, Request, Switchboard, SystemClock};
/// # let plan = Plan::builder().capacity("phone", |p| p.takes("voice", 1)).queue("service", |q| q).build()?;
/// # let (voice, service) = (plan.find_channel("voice").unwrap(), plan.find_queue("service").unwrap());
/// # let journal = MemoryJournal::new();
/// # let open = || Switchboard::open(Box::new(journal.clone()), plan.clone(), Box::new(|_: &Entry| ()), Arc::new(SystemClock), Default::default());
/// # let call = || Request::arrive("call-1", NewContact::new(service, voice));
/// let (switchboard, _) = open()?;
/// let mut source = switchboard.trunk().source(7)?;
/// let request = source.number(call());
/// let id = request.id; // to be kept by whoever may have to ask again
/// switchboard.trunk().call(request)?;
/// drop(switchboard); // before the answer came, say
///
/// let (switchboard, _) = open()?;
/// let answer = switchboard.trunk().call(call().with_id(id))?;
/// assert_eq!(answer.applied, Applied::Repeated); // it had been done
/// let mut source = switchboard.trunk().source(7)?;
/// assert_eq!(source.number(Command::AdvanceTime).id.number, id.number + 1); // and new ones come after it
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Source {
    last: CommandId,
}

impl Source {
    /// Gives a request the next number.
    pub fn number(&mut self, request: impl Into<Request>) -> Request {
        self.last.number += 1;
        request.into().with_id(self.last)
    }
}

impl Trunk {
    /// A source that goes on after the highest number of it that was applied: ask again for what is in doubt first ([`Source`]). `source` is the host's to choose, and not 0, which is nobody.
    /// The plan allows so many ([`Limits::sources`](crate::Limits::sources)): use the same ones again.
    ///
    /// # Errors
    /// The switchboard has stopped.
    ///
    /// # Panics
    /// In a callback, as [`ask`](Self::ask).
    pub fn source(&self, source: u32) -> Result<Source, Stopped> {
        let number = self.ask(move |router, _| router.last_number(source))?;
        Ok(Source { last: CommandId { source, number } })
    }
}
