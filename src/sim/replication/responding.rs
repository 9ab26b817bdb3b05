//! People who respond to how long lines are, agents who are called in, agents who claim, customers who balk; and to who does not answer.

use crate::command::{Command, Leave};
use crate::id::ContactId;

use super::super::elastic::Move;
use super::{Run, RunError};

impl Run<'_> {
    /// Lets those who watch lines and pools see what has just happened.
    pub(super) fn watch_events(&mut self) {
        for event in &self.out {
            if let Some(claiming) = &mut self.claiming {
                claiming.follow(event);
            }
            if let Some(watch) = &mut self.watch {
                watch.follow(event, |contact| self.contacts.waits_since(contact));
            }
        }
    }

    /// What they do about it, after every step: agents are called in, or let go, and begin to think about what they could claim.
    pub(super) fn respond(&mut self) -> Result<(), RunError> {
        while let Some(next) = self.watch.as_mut().and_then(|watch| watch.next_move(self.input.at, &mut self.calendar))
        {
            let (Move::Come(group) | Move::Go(group)) = next;
            for member in self.crowd.members(group) {
                let command = match next {
                    Move::Come(_) => self.crowd.call_in(member),
                    Move::Go(_) => {
                        let leaves = self.crowd.let_go(member);
                        leaves.map(|agent| Command::SignOut { agent, leave: Leave::Drain })
                    }
                };
                if let Some(command) = command {
                    self.apply(command, "call an agent in, or let it go")?;
                }
            }
        }
        if let Some(claiming) = &mut self.claiming {
            if self.input.command == Command::AdvanceTime {
                claiming.look_again();
            }
            claiming.wake(&self.router, self.input.at, &mut self.calendar);
        }
        Ok(())
    }

    /// The agent of a contact has rung its customer in vain: it is put aside until it is called again, or given up.
    pub(super) fn ring_out(&mut self, contact: ContactId, slot: u32) -> Result<(), RunError> {
        let Some(delay) = self.contacts.rang_out(slot) else {
            return self.apply(Command::Cancel { contact }, "give a callback up");
        };
        self.apply(Command::Park { contact }, "put a callback aside")?;
        self.contacts.call_again(contact, self.input.at + delay, &mut self.calendar);
        Ok(())
    }

    /// Tells the customer who has just come how long it will wait, where its stream says that it is told.
    pub(super) fn announce(&mut self) -> Result<(), RunError> {
        if let Command::Enqueue { contact, .. } = self.input.command
            && self.contacts.balks(contact, &self.router)
        {
            self.apply(Command::Abandon { contact }, "let a customer balk")?;
        }
        Ok(())
    }
}
