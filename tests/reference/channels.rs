//! Section 12: a contact goes on over another channel.

use cordboard::{ChannelId, ContactId, Return, Stage, Turn, What};

use super::{Place, Reference, Refused};

impl Reference {
    pub(super) fn change_channel(&mut self, contact: ContactId, channel: ChannelId) -> Result<(), Refused> {
        self.check_channel(channel)?;
        self.customer_may_move(contact, channel)?;
        match self.known_contact(contact)? {
            Place::Waiting(at) if self.waiting[at].channel == channel => {}
            Place::Waiting(at) => {
                self.waits_on(at, channel);
                self.mark_contact(contact);
            }
            Place::Scheduled(at) => {
                if self.scheduled[at].channel != channel {
                    (self.scheduled[at].channel, self.scheduled[at].promised) = (channel, true);
                    self.tell(What::ChannelChanged { contact, channel, agent: None, connect_by: None });
                }
            }
            Place::Parked(at) if self.parked[at].channel == channel => {}
            Place::Parked(at) => {
                (self.parked[at].channel, self.parked[at].promised) = (channel, true);
                self.tell(What::ChannelChanged { contact, channel, agent: None, connect_by: None });
            }
            Place::With(..) => {
                let (a, h) = self.contact_in(contact, &[Stage::Active, Stage::Quiet, Stage::Held])?;
                if self.agents[a].holds[h].contact.channel != channel {
                    self.goes_on_over(a, h, channel);
                }
            }
        }
        Ok(())
    }

    /// The contact waits on, in its place, as one of another channel.
    pub(super) fn waits_on(&mut self, at: usize, channel: ChannelId) {
        let contact = self.waiting[at].id;
        self.waiting[at].channel = channel;
        self.waiting[at].promised = true;
        self.tell(What::ChannelChanged { contact, channel, agent: None, connect_by: None });
        if let Some((agent, _)) = self.waiting[at].only
            && let Some(a) = self.agent_at(agent)
            && self.takes_channel(a, channel).is_err()
        {
            self.waiting[at].only = None;
            self.tell(What::PreferenceEnded { contact });
        }
        self.advance_steps(at);
    }

    /// With its agent, if it fits beside everything else the agent holds; else back in its queue.
    fn goes_on_over(&mut self, a: usize, h: usize, channel: ChannelId) {
        let agent = self.agents[a].id;
        let contact = self.agents[a].holds[h].contact.id;
        let mut without = self.agents[a].clone();
        without.holds.remove(h);
        if self.is_room(&without, channel) {
            // Not its own: it is what the others make way for.
            let before = self.agents[a].holds[h].stage;
            self.agents[a].holds[h].stage = Stage::Quiet;
            self.put_aside_for(a, channel);
            self.agents[a].holds[h].stage = before;
            self.others_part(a, h);
            let queue = self.agents[a].holds[h].contact.queue;
            let connect_by = self.plan.connect_time(queue, channel).map(|span| self.now + span);
            let stage = if connect_by.is_some() { Stage::Connecting } else { Stage::Active };
            let it = &mut self.agents[a].holds[h].contact;
            (it.channel, it.turn, it.turn_since) = (channel, Turn::Agent, self.now);
            self.agents[a].holds[h].forced = false;
            self.set_stage(a, h, stage, None);
            self.agents[a].holds[h].until = connect_by;
            self.tell(What::ChannelChanged { contact, channel, agent: Some(agent), connect_by });
            return;
        }
        let now = self.now;
        let mut it = self.take_from(a, h);
        self.tell(What::Returned { contact, agent, why: Return::ChannelChanged });
        self.left_hands(it.customer, agent);
        self.tell(What::ChannelChanged { contact, channel, agent: None, connect_by: None });
        it.turns_to(Turn::Agent, now);
        (it.channel, it.promised) = (channel, true);
        it.begins_anew(now);
        it.owner = Some(agent);
        self.stands_in_line_again(it);
    }
}
