//! Agents who may be gone: leases, heartbeats, lost links, and the end of a shift.

use crate::capacity::Stage;
use crate::command::{Command, Stamped};
use crate::event::{OfferEnd, What};
use crate::id::AgentId;
use crate::rejected::Rejected;
use crate::router::checks::Subject;
use crate::router::records::NONE;
use crate::router::settle::Step;
use crate::router::state::State;
use crate::time::Timestamp;

impl State {
    /// The agent of whom a checked command is a sign of life: those that an agent's own client sends.
    fn sign_of_life(&self, command: &Command, subject: Subject) -> Option<u32> {
        match (command, subject) {
            (
                Command::Heartbeat { .. } | Command::SetPresence { .. } | Command::SignIn { .. },
                Subject::Agent(slot),
            ) => Some(slot),
            (Command::Claim { agent, .. }, _) => self.agent_ids.get(agent),
            (Command::Accept { offer } | Command::Decline { offer }, Subject::Contact(slot)) => {
                Some(self.agent_of(slot, *offer))
            }
            (
                Command::Connected { .. }
                | Command::Hold { .. }
                | Command::Resume { .. }
                | Command::Quiet { .. }
                | Command::MessageFromAgent { .. }
                | Command::Complete { .. }
                | Command::EndWrapUp { .. },
                Subject::Contact(slot),
            ) => Some(self.contacts[slot].agent).filter(|&agent| agent != NONE),
            _ => None,
        }
    }

    /// Notes whom a command was heard of, before anything else follows from it. O(1), and nothing without leases.
    pub(crate) fn hear(&mut self, input: &Stamped, subject: Subject) {
        if self.plan.leases().agent.is_none() {
            return;
        }
        if let Some(slot) = self.sign_of_life(&input.command, subject) {
            self.agents[slot].heard_at = input.at;
            self.arm_agent(slot);
        }
    }

    /// When the agent's lease is over, or if it is lost, the time it has to come back.
    pub(super) fn lease_due(&self, slot: u32) -> Option<Timestamp> {
        let it = &self.agents[slot];
        it.lost.or_else(|| self.plan.leases().agent.map(|lease| it.heard_at + lease))
    }

    /// Notes who is lost, and counts them: mostly nobody is, and nobody need be looked for.
    pub(super) fn note_lost(&mut self, slot: u32, until: Option<Timestamp>) {
        let before = std::mem::replace(&mut self.agents[slot].lost, until);
        self.lost = self.lost + u32::from(until.is_some()) - u32::from(before.is_some());
    }

    /// The agent is lost, or found again.
    #[cold]
    pub(super) fn set_lost(&mut self, agent: AgentId, until: Option<Timestamp>) {
        let slot = self.agent_slot(agent);
        self.note_lost(slot, until);
        if until.is_none() {
            self.agents[slot].heard_at = self.now;
        }
        self.arm_agent(slot);
        self.unweigh(slot);
    }

    pub(super) fn set_shift(&mut self, agent: AgentId, until: Option<Timestamp>) {
        let slot = self.agent_slot(agent);
        self.agents[slot].shift = until;
        self.arm_agent(slot);
    }

    pub(crate) fn check_shift(&self, agent: AgentId, until: Option<Timestamp>, now: Timestamp) -> Result<(), Rejected> {
        match until.filter(|&until| until <= now) {
            Some(until) => Err(Rejected::ShiftOver { agent, until, now }),
            None => Ok(()),
        }
    }

    /// Under another plan every lease begins anew.
    pub(super) fn renew_leases(&mut self) {
        for slot in self.agents_by_id() {
            self.agents[slot].heard_at = self.now;
        }
    }
}

impl Step<'_> {
    /// A sign of life of an agent who was lost: it is back.
    #[cold]
    pub(super) fn find_again(&mut self, subject: Subject) {
        let Some(slot) = self.state.sign_of_life(self.command, subject) else { return };
        let it = &self.state.agents[slot];
        if it.lost.is_some() && !matches!(self.command, Command::SignIn { .. }) {
            let agent = it.id;
            self.emit(What::AgentBack { agent });
            self.mark_agent(slot);
        }
    }

    /// Nothing was heard of the agent, or its link is gone: it is given nothing, and keeps what it has, but for offers.
    pub(super) fn lose(&mut self, slot: u32) {
        let it = &self.state.agents[slot];
        if it.lost.is_some() {
            return;
        }
        let (agent, until) = (it.id, self.state.now + self.state.plan.leases().grace);
        self.emit(What::AgentLost { agent, until });
        for held in self.state.agents[slot].holding.clone() {
            match held.stage {
                Stage::Offered => {
                    let offer = { self.state.offers_of(held.contact) }.find(|&(_, with)| with == agent);
                    if let Some((offer, _)) = offer {
                        self.end_offer(held.contact, offer, OfferEnd::Revoked);
                    }
                }
                Stage::Reserved => {
                    self.end_reservation(held.contact);
                    self.come_back(held.contact);
                }
                _ => {}
            }
        }
        self.mark_agent(slot);
    }
}
