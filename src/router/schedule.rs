//! What the scheduler held back, given as soon as its team's next step is to give it.

use crate::event::What;
use crate::router::records::Rank;
use crate::router::settle::Step;
use crate::router::state::State;
use crate::scheduling::Next;

impl Step<'_> {
    /// Does what a team does next, if it can be done; whether it was. What cannot be done, because no such contact fits any such
    /// agent, is asked for again as if none of that kind waited; when the team waits, what is held back no longer is given to whoever
    /// has room.
    ///
    /// O(1) if the team waits and nothing was held back too long, else O(classes in line that it serves) to find the most urgent,
    /// and what giving it costs.
    pub(crate) fn schedule(&mut self, team: u16) -> bool {
        let (mut calls, mut chats) = (true, true);
        self.state.look_ahead(team);
        let mut next = self.state.next_of(team);
        loop {
            if let Some((contact, agent)) = self.find_pair(team, next) {
                self.give(contact, agent, false);
                return true;
            }
            match next {
                Next::Wait => return false,
                Next::Call { .. } => calls = false,
                Next::Chat { .. } => chats = false,
            }
            next = self.state.next_instead(team, calls, chats);
        }
    }

    fn find_pair(&mut self, team: u16, next: Next) -> Option<(u32, u32)> {
        if !self.state.has_room(team) {
            return None;
        }
        for contact in self.state.candidates_for(team, next) {
            self.state.teams.lifted = self.state.contacts[contact].is_released();
            let agent = self.find_agent(contact);
            self.state.teams.lifted = false;
            if let Some(agent) = agent {
                return Some((contact, agent));
            }
        }
        None
    }

    /// The scheduler holds a waiting contact back no longer, if it has done so for as long as it may.
    pub(crate) fn end_hold_if_due(&mut self, slot: u32) {
        let it = &self.state.contacts[slot];
        let over = !it.is_released() && it.since + self.state.hold(it) <= self.state.now;
        if over && self.state.is_scheduled_by_a_team(it.queue, it.channel) {
            let contact = it.id;
            self.emit(What::HoldEnded { contact });
        }
    }

    /// Teams plan anew, if what is observed differs enough from what they planned on.
    pub(crate) fn review(&mut self) {
        while let Some(group) = self.state.to_plan_anew() {
            self.emit(What::Planned { group });
        }
    }
}

impl State {
    /// Contacts in line of the kind that a team would give next, and of the other those that are held back no longer, the most
    /// urgent first: of each class the first, and those behind it as long as somebody is excluded for those before.
    fn candidates_for(&self, team: u16, next: Next) -> Vec<u32> {
        let mut found: Vec<(Rank, u32)> = Vec::new();
        let given = self.channels_of(team, next);
        for channel in self.channels_in(team).iter() {
            for &lane in self.classes.by_channel.get(usize::from(channel.0)).into_iter().flatten() {
                let lane = &self.classes.lanes[lane as usize];
                let served =
                    (lane.released || given.has(channel)) && self.queues_of(team).binary_search(&lane.queue).is_ok();
                if !served || lane.heads.is_empty() || self.choice(lane.queue).only_claimed {
                    continue;
                }
                for ((_, class), ()) in lane.heads.iter() {
                    for (rank, slot) in self.classes.all[class as usize].line.iter() {
                        found.push((self.urgency(rank, lane.within), slot));
                        if !self.contacts[slot].has_exclusions {
                            break;
                        }
                    }
                }
            }
        }
        found.sort_unstable();
        found.into_iter().map(|(_, slot)| slot).collect()
    }
}
