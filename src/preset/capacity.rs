//! What a preset sets of capacity profiles.

use crate::capacity::{ChannelCapacity, Load, Over, Profile, Stage};
use crate::channel::Channel;
use crate::id::ChannelId;
use crate::preset::rules::Quiet;

/// Salesforce's interruptible work: records, which wait for nobody on the line.
const INTERRUPTIBLE: [&str; 2] = ["email", "task"];
/// What calls are to Genesys; callbacks and calls do not interrupt each other.
const CALLS: [&str; 2] = ["voice", "video"];

/// How what an agent holds limits what it may be given.
#[derive(Clone, Copy)]
pub(super) enum Capacity {
    /// The engine knows calls alone: what the plan says stays, of text too.
    AsPlanned,
    /// By load, as the plan says; nothing bars anything.
    Loads,
    /// The same, and other work puts emails and tasks on hold.
    Interruptible,
    /// By a number for each channel, whatever else is held.
    Apart,
    /// By a number for each channel, and one channel at a time.
    OneChannel,
    /// By a number for each channel, and one channel at a time where the profile does not say what may join what.
    OneChannelUnlessSaid,
    /// By a number for each channel; where the profile does not say what may join what, anything may interrupt an email, and
    /// calls may interrupt text if so said here.
    Utilization { calls_interrupt: bool },
}

impl Capacity {
    pub(super) fn apply(self, quiet: Quiet, channels: &[Channel], profile: &mut Profile) {
        if matches!(self, Self::AsPlanned) {
            return;
        }
        let said = !profile.arrives_over.is_empty();
        match self {
            Self::AsPlanned => {}
            Self::Loads | Self::Apart => profile.arrives_over.clear(),
            Self::OneChannel => fill(profile, channels.len(), |_, _| Over::No),
            Self::OneChannelUnlessSaid | Self::Utilization { .. } if said => {
                // Whoever has both works on both.
                for over in profile.arrives_over.iter_mut().flatten().filter(|over| **over == Over::Hold) {
                    *over = Over::Yes;
                }
            }
            Self::OneChannelUnlessSaid => fill(profile, channels.len(), |_, _| Over::No),
            Self::Utilization { calls_interrupt } => fill(profile, channels.len(), |new, held| {
                let calls = CALLS.contains(&&*channels[new].name) && !channels[held].whole_agent;
                if &*channels[held].name == "email" || (calls_interrupt && calls) { Over::Yes } else { Over::No }
            }),
            Self::Interruptible if said => {}
            Self::Interruptible => {
                let yields = |at: usize| INTERRUPTIBLE.contains(&&*channels[at].name);
                fill(
                    profile,
                    channels.len(),
                    |new, held| {
                        if yields(held) && !yields(new) { Over::Hold } else { Over::Yes }
                    },
                );
                for capacity in profile.channels.iter_mut().enumerate().filter(|(at, _)| yields(*at)) {
                    if let Some(capacity) = capacity.1 {
                        capacity.load[Stage::Held as usize] = Load::ZERO;
                    }
                }
            }
        }
        profile.headroom.clear();
        let counted = !matches!(self, Self::Loads | Self::Interruptible);
        let places: u32 = profile.channels.iter().flatten().map(|capacity| u32::from(capacity.max)).sum();
        for capacity in profile.channels.iter_mut().flatten() {
            if counted {
                // All of them at once come to no more than one agent.
                capacity.load = [Load::share(places); 6];
            }
            (capacity.ramp, capacity.adaptive) = (None, None);
            quieten(quiet, capacity);
        }
    }
}

fn quieten(quiet: Quiet, capacity: &mut ChannelCapacity) {
    let weight = &mut capacity.load;
    match quiet {
        Quiet::AsPlanned => {}
        Quiet::Busy => {
            weight[Stage::Quiet as usize] = weight[Stage::Active as usize];
            capacity.open = capacity.max;
        }
        Quiet::Free { .. } => {
            weight[Stage::Quiet as usize] = Load::ZERO;
            capacity.open = u16::MAX;
        }
    }
}

/// What may join what among the channels of a profile; any contact may join others of its own channel.
fn fill(profile: &mut Profile, channels: usize, over: impl Fn(usize, usize) -> Over) {
    let taken = |at: usize| u8::try_from(at).is_ok_and(|at| profile.channel(ChannelId(at)).is_some());
    let of = |new: usize, held: usize| match new != held && taken(new) && taken(held) {
        true => over(new, held),
        false => Over::Yes,
    };
    profile.arrives_over = (0..channels).map(|new| (0..channels).map(|held| of(new, held)).collect()).collect();
}
