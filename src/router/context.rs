//! What hosts attach to a contact: bytes that go with it, whoever has it.

use std::collections::BTreeMap;

use crate::command::Command;
use crate::id::ContactId;
use crate::plan::Limits;
use crate::private::Private;
use crate::rejected::Rejected;
use crate::router::Router;
use crate::router::state::State;

/// By contact slot; few contacts have any. O(log n).
#[derive(Clone, Default)]
pub(crate) struct Contexts(BTreeMap<u32, Box<[u8]>>);

impl Contexts {
    pub(crate) fn of(&self, contact: u32) -> Option<&[u8]> {
        self.0.get(&contact).map(|context| &**context)
    }

    /// Nothing is as good as none.
    pub(crate) fn set(&mut self, contact: u32, context: &[u8]) {
        if context.is_empty() {
            self.0.remove(&contact);
        } else {
            self.0.insert(contact, context.into());
        }
    }

    /// Takes over what was saved; `false` if it cannot have been attached.
    pub(crate) fn restore(&mut self, contact: u32, saved: Option<&Private<Box<[u8]>>>) -> bool {
        let Some(context) = saved.map(Private::reveal) else { return true };
        let possible = !context.is_empty() && context.len() <= Limits::MOST.context as usize;
        if possible {
            self.set(contact, context);
        }
        possible
    }

    pub(crate) fn forget(&mut self, contact: u32) {
        if !self.0.is_empty() {
            self.0.remove(&contact);
        }
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.keys().copied()
    }
}

impl Router {
    /// What was attached to a contact with [`Command::SetContext`]; `None` if nothing was, or the contact is not there.
    ///
    /// ```
    /// # use cordboard::*;
    /// # let plan = Plan::builder().capacity("desk", |p| p.takes("chat", 3)).agents("team", "desk", |g| g).queue("q", |q| q).build()?;
    /// # let mut router = Router::new(plan)?;
    /// # let mut seq = 0;
    /// # let mut send = |router: &mut Router, command| { seq += 1;
    /// #     router.apply(&Stamped { seq: Seq(seq), id: CommandId::ANONYMOUS, at: Timestamp::from_secs(seq), command }, &mut Vec::new()) };
    /// let contact = ContactId(1);
    /// send(&mut router, Command::Enqueue { contact, new: NewContact::new(QueueId(0), ChannelId(0)) })?;
    /// send(&mut router, Command::SetContext { contact, context: (*br#"{"order":4711}"#).into() })?;
    /// assert_eq!(router.context(contact), Some(&br#"{"order":4711}"#[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn context(&self, contact: ContactId) -> Option<&[u8]> {
        self.state.contexts.of(self.state.contact_ids.get(&contact)?)
    }
}

impl State {
    pub(crate) fn check_context(&self, contact: ContactId, context: &[u8]) -> Result<(), Rejected> {
        let most = self.plan.limits().context;
        match u32::try_from(context.len()) {
            Ok(bytes) if bytes <= most => Ok(()),
            _ => Err(Rejected::ContextTooLarge { contact, bytes: context.len(), most }),
        }
    }

    pub(super) fn set_context(&mut self, contact: ContactId, command: &Command) {
        let Command::SetContext { context, .. } = command else { return };
        let slot = self.contact_slot(contact);
        self.contexts.set(slot, context.reveal());
    }
}
