//! What the scheduler held back, given as soon as its team's next step is to give it.

use crate::event::What;
use crate::router::records::Rank;
use crate::router::settle::Step;
use crate::router::state::State;
use crate::router::teams::Tried;
use crate::scheduling::Next;

impl Step<'_> {
    /// Does what a team does next, if it can be done; whether it was. What cannot be done, because no such contact fits any such
    /// agent, is asked for again as if there were no such agents, and at last as if none of that kind waited; when the team waits,
    /// what is held back no longer is given to whoever has room.
    ///
    /// O(1) if the team waits and nothing was held back too long, else O(classes in line that it serves) to find the most urgent,
    /// and what giving it costs; once for each number of chats that agents hold, where nothing fits.
    pub(crate) fn schedule(&mut self, team: u16) -> bool {
        self.state.look_ahead(team);
        let mut next = self.state.next_of(team);
        let mut tried = Tried::default();
        loop {
            self.state.teams.is_giving(team, Some(next));
            let pair = self.find_pair(team, next);
            self.state.teams.is_giving(team, None);
            if let Some((contact, agent)) = pair {
                self.give(contact, agent, false);
                return true;
            }
            if next == Next::Wait {
                return false;
            }
            tried = tried.and(next);
            next = self.state.teams.all[usize::from(team)].next_but(&mut tried);
        }
    }

    fn find_pair(&mut self, team: u16, next: Next) -> Option<(u32, u32)> {
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

    /// Teams plan anew, if what is observed differs enough from what they planned on; whether any did.
    pub(crate) fn review(&mut self) -> bool {
        let before = self.out.len();
        while let Some(group) = self.state.next_to_plan() {
            self.emit(What::Planned { group });
        }
        self.out.len() > before
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
