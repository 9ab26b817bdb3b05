//! The host's side: who rings the phones, shows the chats and tells the customers.

use super::opening::Opening;
use super::trunk::Trunk;
use crate::id::Seq;
use crate::journal::Entry;

/// What the host does about events. Runs on a thread of its own, so that it may take its time: the engine goes on, and only when more than
/// [`SwitchboardOptions::backlog`](crate::SwitchboardOptions::backlog) commands are undelivered do others have to wait before they can send.
///
/// # To be correct
///
/// - **At least once.** Each command is delivered with its events, in order, after it is durable. After a crash the last ones are
///   delivered again. Whoever must not do a thing twice remembers [`Seq`] with it, in the same transaction, and says so in
///   [`delivered`](Self::delivered).
/// - **May submit.** Through the [`Trunk`] given to [`opened`](Self::opened), and wait for the answer: the engine never waits for the
///   gateway, and takes what comes from it even when the backlog is full. Two switchboards whose gateways send to each other use
///   [`Trunk::try_send`] there, or each may wait for the other.
/// - **May not panic.** It stops the switchboard. The journal is intact; opened again, it delivers the same command again.
///
/// A closure that takes an entry is a gateway.
pub trait Gateway: Send {
    /// Does what follows from one command. [`Entry::events`] may be empty.
    fn deliver(&mut self, entry: &Entry);

    /// Called first: here are a way to submit, and what was found, with the offers that still ring and may have to be rung again.
    /// What is after [`Opening::delivered`] is delivered next. Nothing by default.
    fn opened(&mut self, trunk: &Trunk, opening: &Opening) {
        let _ = (trunk, opening);
    }

    /// The last command that was delivered for certain, where the gateway keeps that itself; `None`: what the journal says.
    /// It may be after the journal's end if that lost some, which [`Durability::Stable`](crate::Durability::Stable) never does; what came after
    /// [`Opening::end`] has then never happened, and its numbers are given to other commands.
    fn delivered(&self) -> Option<Seq> {
        None
    }
}

impl<F: FnMut(&Entry) + Send> Gateway for F {
    fn deliver(&mut self, entry: &Entry) {
        self(entry);
    }
}
