//! Agreeing with the host on what exists: after a restart, or when the link to a switch is back.

use super::driver::{Driver, DriverError};
use super::keys::Keys;
use super::stopped::Stopped;
use super::switchboard::Switchboard;
use crate::agent::ChannelSet;
use crate::capacity::Stage;
use crate::command::Command;
use crate::id::{CommandId, ContactId};
use crate::private::Private;
use crate::router::{ContactStatus, Whereabouts};
use crate::time::Timestamp;

/// A contact that the host says exists.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Existing {
    /// By the host's own name.
    Key(Private<Box<str>>),
    /// By the engine's id.
    Id(ContactId),
}

/// What came of comparing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reconciled {
    /// Contacts of these channels that the host no longer has, in the order in which they arrived: ended.
    pub ended: Vec<(ContactId, Option<Private<Box<str>>>)>,
    /// What the host has and the engine does not, as the host gave it: to be presented as new, or dropped.
    pub unknown: Vec<Existing>,
}

impl Driver {
    /// Ends the contacts of `channels` that the host does not have any more: those that wait or ring are abandoned, those with an
    /// agent completed, those promised for later or parked cancelled. Whose wrap-up has begun are left to their agents. The
    /// commands are let out by the next [`commit`](Self::commit), as everything is. O(contacts × log contacts).
    ///
    /// # Errors
    /// [`DriverError::Poisoned`] after an earlier error.
    pub fn reconcile(
        &mut self,
        channels: ChannelSet,
        existing: &[Existing],
        clock: Timestamp,
    ) -> Result<Reconciled, DriverError> {
        self.tick(clock)?;
        let at = self.pace.at(clock);
        let find = |it: &Existing, keys: &Keys| match it {
            Existing::Key(key) => keys.contact(key.reveal()),
            Existing::Id(id) => Some(*id),
        };
        let (mut hosts, mut unknown) = (Vec::new(), Vec::new());
        for it in existing {
            match find(it, &self.keys).filter(|&id| self.router.contact(id).is_some()) {
                Some(contact) => hosts.push(contact),
                None => unknown.push(it.clone()),
            }
        }
        hosts.sort_unstable();
        let mut ended = Vec::new();
        for status in self.router.every_contact() {
            let contact = status.contact;
            if !channels.has(status.channel) || hosts.binary_search(&contact).is_ok() {
                continue;
            }
            let Some(command) = ending(&status) else { continue };
            let name = self.keys.name(contact).map(Private::from);
            // One may have ended with another: the parties of a conference, the callbacks of a customer.
            if self.stage(CommandId::ANONYMOUS, command, at, None).is_ok() {
                ended.push((contact, name));
            }
        }
        Ok(Reconciled { ended, unknown })
    }
}

/// How a contact ends that has gone without a word.
fn ending(status: &ContactStatus) -> Option<Command> {
    let contact = status.contact;
    Some(match status.whereabouts {
        Whereabouts::Waiting | Whereabouts::With(_, Stage::Offered | Stage::Connecting) => Command::Abandon { contact },
        Whereabouts::With(_, Stage::Active | Stage::Quiet | Stage::Held) => Command::Complete { contact },
        Whereabouts::Scheduled | Whereabouts::Parked | Whereabouts::With(_, Stage::Reserved) => {
            Command::Cancel { contact }
        }
        Whereabouts::With(_, Stage::WrapUp) => return None,
    })
}

impl Switchboard {
    /// Agrees with the host on which contacts of `channels` exist: to be called after opening, or when the link to a switch is back,
    /// before new contacts of these channels are let in. See [`Driver::reconcile`]. When this returns, it is durable.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// use cordboard::{ChannelSet, Existing};
    /// # use cordboard::{Entry, MemoryJournal, NewContact, Plan, Request, Switchboard, SystemClock};
    /// # let plan = Plan::builder().capacity("phone", |p| p.takes("voice", 1)).queue("service", |q| q).build()?;
    /// # let (voice, service) = (plan.find_channel("voice").unwrap(), plan.find_queue("service").unwrap());
    /// # let journal = Box::new(MemoryJournal::new());
    /// # let (switchboard, _) = Switchboard::open(journal, plan, Box::new(|_: &Entry| ()), Arc::new(SystemClock), Default::default())?;
    /// # for key in ["call-1", "call-2"] {
    /// #     switchboard.trunk().call(Request::arrive(key, NewContact::new(service, voice)))?;
    /// # }
    /// // The engine has call-1 and call-2; of these the switch only has the second.
    /// let calls = vec![Existing::Key("call-2".into()), Existing::Key("call-3".into())];
    /// let found = switchboard.reconcile(ChannelSet::NONE.with(voice), calls)?;
    /// assert_eq!(found.ended[0].1, Some("call-1".into()));
    /// assert_eq!(found.unknown, [Existing::Key("call-3".into())]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The switchboard has stopped.
    ///
    /// # Panics
    /// In a callback, as [`Trunk::ask`](crate::Trunk::ask).
    pub fn reconcile(&self, channels: ChannelSet, existing: Vec<Existing>) -> Result<Reconciled, Stopped> {
        let clock = self.clock.clone();
        let done = self.trunk.between(move |driver| driver.reconcile(channels, &existing, clock.now()))?;
        // What is done between two batches is made durable with the second of them.
        self.trunk.between(|_| Ok(()))?;
        Ok(done)
    }
}
