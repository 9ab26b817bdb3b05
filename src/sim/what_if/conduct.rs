//! What a customer or an agent does: as it was seen to, or, where it was not seen, as others did.

use crate::command::Command;
use crate::id::AgentId;
use crate::time::Span;

use super::Patient;
use super::absences::Absence;
use super::life::Life;
use super::reading::Recording;
use super::seen::{Alike, Draw, random};
use super::story::{Reply, Ring, Story, WaitEnd, WrapUp};

/// After how long something happens, and its place among what happens at that instant.
pub(super) type After = (Span, u64);

/// The place of what is drawn: after all that was recorded, by order of arrival.
pub(super) const DRAWN: u64 = 1 << 63;

/// After so many offers to one contact, or attempts to set up its media, that were not recorded, nobody does anything any more: what
/// takes no time may not go on for ever.
const MOST_ATTEMPTS: u32 = 1_000;

impl Recording {
    /// When the customer who now waits in this life leaves, if ever.
    pub(super) fn patience(&self, story: u32, life: &Life, patient: Patient) -> Option<After> {
        if life.promised {
            return None;
        }
        let mut random = random(story.into(), Draw::Patience, life.wait.into());
        let mut beyond = |waited: Span| match patient {
            Patient::Estimated => {
                let patience = self.patience.beyond(life.queue, life.channel, waited, &mut random);
                patience.map(|patience| (patience, DRAWN))
            }
            Patient::Endless => None,
        };
        match self.story(story).waits.get(usize::from(life.wait)) {
            Some(wait) => match wait.end {
                WaitEnd::Left { order } => Some((wait.lasted, order)),
                WaitEnd::Unknown => beyond(wait.lasted),
                WaitEnd::Promised => None,
            },
            None => beyond(Span::ZERO),
        }
    }

    /// What an agent does about an offer: that which was recorded as `known`, or the `time`-th of the contact.
    pub(super) fn reply(
        &self,
        story: u32,
        life: &Life,
        agent: AgentId,
        known: Option<&Ring>,
        time: u32,
    ) -> Option<(After, Reply)> {
        if let Some(&Ring { after, order, reply: Some(reply), .. }) = known {
            return Some(((after, order), reply));
        }
        if time > MOST_ATTEMPTS {
            return None;
        }
        let longer = known.map(|ring| ring.after);
        let kinds = [Alike::Agent(agent), Alike::Channel(life.channel), Alike::Any];
        let drawn = self.replies.draw(&kinds, longer, &mut random(story.into(), Draw::Reply, time.into()));
        // Where nobody was ever seen to answer, everybody does at once.
        let (after, reply) = drawn.unwrap_or((longer.unwrap_or(Span::ZERO), Reply::Accepts));
        Some(((after, DRAWN), reply))
    }

    /// How long it takes to set up media, and whether that works.
    pub(super) fn set_up(&self, story: u32, life: &Life) -> Option<(After, bool)> {
        let seen = self.story(story).set_ups.get(usize::from(life.set_up));
        if let Some(set_up) = seen
            && let Some(works) = set_up.works
        {
            return Some(((set_up.after, set_up.order), works));
        }
        if u32::from(life.set_up) > MOST_ATTEMPTS {
            return None;
        }
        let longer = seen.map(|set_up| set_up.after);
        let drawn = self.set_ups.draw(&likes(life), longer, &mut random(story.into(), Draw::SetUp, life.set_up.into()));
        let none_seen = longer.is_none().then_some((Span::ZERO, true));
        drawn.or(none_seen).map(|(after, works)| ((after, DRAWN), works))
    }

    /// A contact whose handling is that of one that was never handled.
    pub(super) fn like(&self, story: u32, life: &Life) -> Option<u32> {
        let drawn = self.handlings.draw(&likes(life), None, &mut random(story.into(), Draw::Handling, 0));
        drawn.map(|(_, like)| like)
    }

    /// How long a contact is in hand altogether that was still in hand when its story broke off; `None`: longer than any was.
    pub(super) fn worked(&self, story: u32, life: &Life) -> Option<Span> {
        let longer = Some(self.story(story).worked);
        let drawn = self.handlings.draw(&likes(life), longer, &mut random(story.into(), Draw::Handling, 1));
        drawn.map(|(worked, _)| worked)
    }

    /// When the agent says that the wrap-up of a contact, handled as in `script`, is over; `None` where that is not
    /// up to it, or takes longer than any was seen to.
    pub(super) fn wrap_up(&self, story: u32, life: &Life, script: &Story) -> Option<After> {
        if let Some(WrapUp { after, order: Some(order) }) = script.wrap_up {
            return Some((after, order));
        }
        if !life.open_wrap_up {
            return None;
        }
        let longer = script.wrap_up.map(|wrap_up| wrap_up.after);
        let drawn = self.wrap_ups.draw(&likes(life), longer, &mut random(story.into(), Draw::WrapUp, 0));
        let none_seen = longer.is_none().then_some(Span::ZERO);
        drawn.map(|(after, ())| after).or(none_seen).map(|after| (after, DRAWN))
    }

    /// When an agent comes back who was sent away for the `time`-th time, from 0, and how, if that was recorded.
    pub(super) fn comes_back(&self, agent: AgentId, time: usize) -> Option<(After, Option<&Command>)> {
        let seen = self.absences.get(agent, time);
        if let Some(absence) = seen
            && let Some((command, order)) = &absence.back
        {
            return Some(((absence.lasted(), *order), Some(command)));
        }
        let kinds = [Alike::Agent(agent), Alike::Any];
        let mut random = random(agent.0, Draw::Return, time as u64);
        let drawn = self.absences.returns().draw(&kinds, seen.map(Absence::lasted), &mut random);
        drawn.map(|(after, ())| ((after, DRAWN), None))
    }

    pub(super) fn story(&self, story: u32) -> &Story {
        &self.stories[story as usize]
    }
}

fn likes(life: &Life) -> [Alike; 3] {
    [Alike::Queue(life.queue, life.channel), Alike::Channel(life.channel), Alike::Any]
}
