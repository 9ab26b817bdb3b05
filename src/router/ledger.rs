//! The capacity ledger of one agent: everything follows from what is held.

use crate::agent::ChannelSet;
use crate::capacity::{ChannelCapacity, Load, Over, Profile, Stage};
use crate::id::ChannelId;
use crate::router::records::Holding;

/// Channels there can be.
const CHANNELS: usize = 64;

/// Sum of the loads of what is held. O(held).
pub(crate) fn load(profile: &Profile, holding: &[Holding]) -> Load {
    let total: u64 = holding.iter().map(|held| stage_load(profile, held, held.stage)).sum();
    Load(u32::try_from(total).unwrap_or(u32::MAX))
}

fn stage_load(profile: &Profile, held: &Holding, stage: Stage) -> u64 {
    // What the profile has no more, since a new plan, weighs the whole agent until it has ended.
    let whole = u64::from(Load::FULL.0);
    profile.channel(held.channel).map_or(whole, |capacity| u64::from(capacity.load(stage).0))
}

/// Contacts of each channel: busy ones, and all.
struct Counts {
    busy: [u16; CHANNELS],
    open: [u16; CHANNELS],
}

impl Counts {
    fn of(holding: &[Holding]) -> Self {
        let mut counts = Self { busy: [0; CHANNELS], open: [0; CHANNELS] };
        for held in holding {
            let channel = usize::from(held.channel.0) % CHANNELS;
            counts.open[channel] = counts.open[channel].saturating_add(1);
            counts.busy[channel] = counts.busy[channel].saturating_add(u16::from(held.stage.is_busy()));
        }
        counts
    }

    fn admit(&self, channel: ChannelId, capacity: &ChannelCapacity) -> bool {
        let channel = usize::from(channel.0) % CHANNELS;
        self.busy[channel] < capacity.max && self.open[channel] < capacity.open
    }
}

/// What is held, and the channels of which one more contact fits beside it. O(channels of the profile + held) where the
/// profile neither bars, holds nor keeps free, else O(channels × held).
pub(crate) fn load_and_room(profile: &Profile, holding: &[Holding]) -> (Load, ChannelSet) {
    let total = load(profile, holding);
    let plain = profile.is_plain();
    // Most often nothing fits, which the loads alone tell; then nothing is counted.
    let mut counts = None;
    let mut room = ChannelSet::NONE;
    for (channel, capacity) in (0u8..).map(ChannelId).zip(&profile.channels) {
        let Some(capacity) = capacity else { continue };
        let new = u64::from(capacity.load(Stage::Offered).0);
        let fits = if plain {
            u64::from(total.0) + new <= u64::from(Load::FULL.0)
        } else {
            holding.iter().all(|held| profile.over(channel, held.channel) != Over::No)
                && lacks(profile, holding, channel, new, |held| arrival_weight(profile, held, channel)).is_none()
        };
        if fits && (holding.is_empty() || counts.get_or_insert_with(|| Counts::of(holding)).admit(channel, capacity)) {
            room = room.with(channel);
        }
    }
    (total, room)
}

/// How many more contacts of a channel an agent may be busy with, by number alone.
pub(crate) fn places(profile: &Profile, holding: &[Holding], channel: ChannelId) -> u16 {
    let busy = holding.iter().filter(|held| held.channel == channel && held.stage.is_busy()).count();
    let max = profile.channel(channel).map_or(0, |capacity| capacity.max);
    max.saturating_sub(u16::try_from(busy).unwrap_or(u16::MAX))
}

/// Why one more contact does not fit by load.
pub(crate) enum Shortage {
    /// There is not enough load left.
    Load,
    /// What is left is kept free for this channel.
    KeptFree(ChannelId),
}

/// What one more contact of a channel lacks, by load alone.
pub(crate) fn shortage(profile: &Profile, holding: &[Holding], channel: ChannelId) -> Option<Shortage> {
    let capacity = profile.channel(channel)?;
    let new = u64::from(capacity.load(Stage::Offered).0);
    lacks(profile, holding, channel, new, |held| arrival_weight(profile, held, channel))
}

/// What a held contact weighs when one of `new` arrives: one that is put aside for it, as held.
fn arrival_weight(profile: &Profile, held: &Holding, new: ChannelId) -> u64 {
    let aside = held.stage == Stage::Active && !held.joined && profile.over(new, held.channel) == Over::Hold;
    stage_load(profile, held, if aside { Stage::Held } else { held.stage })
}

/// Whether a contact put aside or quiet may be active again beside everything else held. O(channels × held).
pub(crate) fn may_resume(profile: &Profile, holding: &[Holding], at: usize) -> bool {
    may_go_on(profile, holding, at, 0)
}

/// The same above the limits: so many of its channel more, with what they weigh. Nothing is kept free from it. O(held).
pub(crate) fn may_exceed(profile: &Profile, holding: &[Holding], at: usize, over: u16) -> bool {
    over > 0 && may_go_on(profile, holding, at, over)
}

fn may_go_on(profile: &Profile, holding: &[Holding], at: usize, over: u16) -> bool {
    profile.channel(holding[at].channel).is_some()
        && !is_at_maximum(profile, holding, at, over)
        && interrupted_by(profile, holding, at).is_none()
        && shortage_to_go_on(profile, holding, at, over).is_none()
}

/// Whether as many of its channel are busy as may be, without what is held at this place.
pub(crate) fn is_at_maximum(profile: &Profile, holding: &[Holding], at: usize, over: u16) -> bool {
    let it = holding[at];
    let others = holding.iter().filter(|held| held.contact != it.contact);
    let busy = others.filter(|held| held.channel == it.channel && held.stage.is_busy()).count();
    let max = profile.channel(it.channel).map_or(0, |capacity| usize::from(capacity.max));
    busy >= max + usize::from(over)
}

/// The first channel of something held for which what is held at this place would be put aside.
pub(crate) fn interrupted_by(profile: &Profile, holding: &[Holding], at: usize) -> Option<ChannelId> {
    let it = holding[at];
    let interrupts = |held: &&Holding| {
        held.contact != it.contact
            && matches!(held.stage, Stage::Offered | Stage::Connecting | Stage::Active)
            && profile.over(held.channel, it.channel) == Over::Hold
    };
    holding.iter().filter(interrupts).map(|held| held.channel).min()
}

/// What is lacking by load for what is held at this place to be active, so many above the limit.
pub(crate) fn shortage_to_go_on(profile: &Profile, holding: &[Holding], at: usize, over: u16) -> Option<Shortage> {
    let it = holding[at];
    let active = u64::from(profile.channel(it.channel)?.load(Stage::Active).0);
    let without = |held: &Holding| if held.contact == it.contact { 0 } else { stage_load(profile, held, held.stage) };
    if over == 0 {
        return lacks(profile, holding, it.channel, active, without);
    }
    let beside: u64 = holding.iter().map(without).sum();
    (beside + active > u64::from(Load::FULL.0) + u64::from(over) * active).then_some(Shortage::Load)
}

/// Whether the contact at `at` could go on as one of `channel`, beside everything else held. O(channels × held).
pub(crate) fn may_become(profile: &Profile, holding: &[Holding], at: usize, channel: ChannelId) -> bool {
    let mut others = holding.to_vec();
    others.remove(at);
    load_and_room(profile, &others).1.has(channel)
}

/// What `new` units of `channel` lack beside `weight` of each contact held: room in the whole agent, or in what every
/// other channel leaves.
fn lacks(
    profile: &Profile,
    holding: &[Holding],
    channel: ChannelId,
    new: u64,
    weight: impl Fn(&Holding) -> u64,
) -> Option<Shortage> {
    let full = u64::from(Load::FULL.0);
    let total: u64 = holding.iter().map(&weight).sum();
    if total + new > full {
        return Some(Shortage::Load);
    }
    for (other, headroom) in (0u8..).map(ChannelId).zip(&profile.headroom) {
        if *headroom == Load::ZERO || other == channel || profile.channel(other).is_none() {
            continue;
        }
        let beside: u64 = holding.iter().filter(|held| held.channel != other).map(&weight).sum();
        if beside + new + u64::from(headroom.0) > full {
            return Some(Shortage::KeptFree(other));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    const VOICE: ChannelId = ChannelId(0);
    const CHAT: ChannelId = ChannelId(1);

    fn profile(headroom: Vec<Load>, arrives_over: Vec<Vec<Over>>) -> Profile {
        let mut chat = [Load::percent(20); 6];
        chat[Stage::Held as usize] = Load::ZERO;
        chat[Stage::Quiet as usize] = Load::percent(5);
        Profile {
            name: "p".into(),
            channels: vec![
                Some(ChannelCapacity { max: 1, open: 1, load: [Load::percent(60); 6], ramp: None, adaptive: None }),
                Some(ChannelCapacity { max: 5, open: 10, load: chat, ramp: None, adaptive: None }),
            ],
            headroom,
            arrives_over,
        }
    }

    fn room(profile: &Profile, holding: &[Holding]) -> ChannelSet {
        load_and_room(profile, holding).1
    }

    fn held(contact: u32, channel: ChannelId, stage: Stage) -> Holding {
        Holding::new(contact, channel, stage, Timestamp::ZERO)
    }

    #[test]
    fn text_leaves_room_for_one_call_only_with_headroom() {
        let chats = [held(0, CHAT, Stage::Active), held(1, CHAT, Stage::Active)];
        let open = profile(vec![], vec![]);
        assert!(room(&open, &chats).has(CHAT) && room(&open, &chats).has(VOICE));
        let kept = profile(vec![Load::percent(60)], vec![]);
        assert!(!room(&kept, &chats).has(CHAT) && room(&kept, &chats).has(VOICE));
    }

    #[test]
    fn an_interruption_weighs_what_it_puts_aside_as_held() {
        let chats: Vec<Holding> = (0..5).map(|at| held(at, CHAT, Stage::Active)).collect();
        assert!(!room(&profile(vec![], vec![]), &chats).has(VOICE));
        let interrupt = profile(vec![], vec![vec![Over::Yes, Over::Hold]]);
        assert!(room(&interrupt, &chats).has(VOICE));
        let wrapping: Vec<Holding> = (0..5).map(|at| held(at, CHAT, Stage::WrapUp)).collect();
        assert!(!room(&interrupt, &wrapping).has(VOICE), "only active contacts can be put aside");
    }

    #[test]
    fn what_was_put_aside_waits_for_the_interruption_to_end() {
        let interrupt = profile(vec![], vec![vec![Over::Yes, Over::Hold]]);
        let mut both = [held(0, CHAT, Stage::Held), held(1, VOICE, Stage::Active)];
        assert!(!may_resume(&interrupt, &both, 0));
        both[1].stage = Stage::WrapUp;
        assert!(may_resume(&interrupt, &both, 0));
    }
}
