//! Capacity: how much of an agent each contact takes, in exact whole units, and what may join what.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::ChannelId;
use crate::time::Span;

/// A share of one agent, in whole units of which an agent has [`Load::FULL`].
///
/// Every share from a half to a sixteenth, and 1/18, 1/20, 1/24, 1/25, 1/30, 1/32, 1/40, 1/50, 1/60 and
/// 1/100, is exact, so that full means full and nothing is rounded into an over-commitment.
///
/// ```
/// # use cordboard::Load;
/// assert_eq!(Load::share(30).0 * 30, Load::FULL.0);
/// assert_eq!(Load::percent(40).to_string(), "40%");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Load(pub u32);

impl Load {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One whole agent: 7,207,200 units.
    pub const FULL: Self = Self(7_207_200);

    /// One `n`-th of an agent; `n` of 0 counts as 1. Rounded down where `n` does not divide.
    pub const fn share(n: u32) -> Self {
        Self(Self::FULL.0 / if n == 0 { 1 } else { n })
    }

    /// Whole percents of an agent, capped at 100.
    pub const fn percent(percent: u32) -> Self {
        Self(Self::FULL.0 / 100 * if percent > 100 { 100 } else { percent })
    }

    /// The share of one agent, for display and statistics only.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / f64::from(Self::FULL.0)
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = u64::from(self.0) * 100_000 / u64::from(Self::FULL.0);
        match millis % 1000 {
            0 => write!(f, "{}%", millis / 1000),
            part => write!(f, "{}.{}%", millis / 1000, format!("{part:03}").trim_end_matches('0')),
        }
    }
}

/// Where a contact stands with the agent who has it. Each stage has its own load.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Stage {
    /// Presented, with a deadline; the capacity is already taken.
    Offered = 0,
    /// Accepted; media is being set up, with a deadline of its own.
    Connecting = 1,
    /// Being worked on.
    Active = 2,
    /// A text contact that waits on the customer.
    Quiet = 3,
    /// Put aside, by the agent or because something that arrived holds it.
    Held = 4,
    /// The customer has gone; the agent finishes the work.
    WrapUp = 5,
    /// Kept free for a contact that is promised for later, with the load of one that is offered.
    Reserved = 6,
}

impl Stage {
    /// All stages, in the order of their numbers.
    pub const ALL: [Self; 7] =
        [Self::Offered, Self::Connecting, Self::Active, Self::Quiet, Self::Held, Self::WrapUp, Self::Reserved];

    /// Whether a contact in this stage counts against the profile's `max` (busy) as well as `open`.
    pub const fn is_busy(self) -> bool {
        !matches!(self, Self::Quiet | Self::Held)
    }
}

/// What an agent with a profile can take of one channel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct ChannelCapacity {
    /// Most contacts being offered, connected, worked on or wrapped up at once.
    pub max: u16,
    /// Most contacts held at all, quiet and put aside included; at least `max`.
    pub open: u16,
    /// Load of one contact in each [`Stage`] but the last, indexed by its number. Never more than the load when offered,
    /// so that going on cannot over-commit the agent.
    pub load: [Load; 6],
    /// How fast they may be given.
    pub ramp: Option<Ramp>,
    /// How many may keep the agent busy, up to `max`, by how fast it replies.
    pub adaptive: Option<Adaptive>,
}

/// A limit that adapts: an agent begins with few contacts of a channel at once, and has one more after each round of
/// replies that leaves time for it; after a round of late ones it is an eighth fewer, at least two. What it holds is never taken away.
///
/// ```
/// # use cordboard::{Plan, Span};
/// let plan = Plan::builder()
///     .capacity("desk", |desk| desk.takes_with("chat", 12, |chat| chat.adaptive(3, Span::from_secs(45))))
///     .build()?;
/// let chat = plan.profiles()[0].channel(plan.find_channel("chat").unwrap()).unwrap();
/// assert_eq!(chat.adaptive.map(|adaptive| (adaptive.floor, chat.max)), Some((3, 12)));
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Adaptive {
    /// Never fewer than so many: from 1 to `max`.
    pub floor: u16,
    /// The customer is to have a reply, on average, within so long; at least a microsecond.
    pub reply_within: Span,
}

/// How fast an agent may be given contacts of a channel: at most so many within any length of time, so that whoever
/// signs in first is not given the whole backlog.
///
/// ```
/// # use cordboard::{Plan, Span};
/// let plan = Plan::builder()
///     .capacity("desk", |desk| desk.takes_with("chat", 30, |chat| chat.ramp(5, Span::from_mins(1))))
///     .build()?;
/// let chat = plan.profiles()[0].channel(plan.find_channel("chat").unwrap()).unwrap();
/// assert_eq!(chat.ramp.map(|ramp| ramp.contacts), Some(5));
/// # Ok::<(), cordboard::Problems>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Ramp {
    /// So many, from 1 to [`Ramp::MOST`].
    pub contacts: u16,
    /// Within so long, at least a microsecond.
    pub per: Span,
}

impl Ramp {
    /// The most contacts a ramp may name: an agent remembers when it was given so many.
    pub const MOST: u16 = 1_000;
}

impl ChannelCapacity {
    /// Load of one contact in `stage`.
    pub const fn load(&self, stage: Stage) -> Load {
        match stage {
            Stage::Reserved => self.load[Stage::Offered as usize],
            stage => self.load[stage as usize],
        }
    }
}

/// Whether a new contact may join one of a given channel that the agent holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    /// It may, beside it, if the load allows.
    #[default]
    Yes,
    /// It may, and puts it on hold; it resumes by itself when there is room again.
    Hold,
    /// It may not.
    No,
}

/// A capacity profile: channel by channel what an agent can take, and what may join what.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// Its name in the plan.
    pub name: Box<str>,
    /// By channel id; `None` (or past the end) for a channel never taken.
    pub channels: Vec<Option<ChannelCapacity>>,
    /// Load that contacts of other channels must leave free for this one. 0 if past the end.
    pub headroom: Vec<Load>,
    /// `arrives_over[new][held]`; [`Over::Yes`] if past the end.
    pub arrives_over: Vec<Vec<Over>>,
}

impl Profile {
    /// What can be taken of `channel`, if anything.
    pub fn channel(&self, channel: ChannelId) -> Option<&ChannelCapacity> {
        self.channels.get(usize::from(channel.0))?.as_ref()
    }

    /// Load kept free for `channel` by all the others.
    pub fn headroom(&self, channel: ChannelId) -> Load {
        self.headroom.get(usize::from(channel.0)).copied().unwrap_or(Load::ZERO)
    }

    /// Whether contacts matter to each other by what they weigh alone: none bars or holds another, and nothing is kept free.
    pub(crate) fn is_plain(&self) -> bool {
        self.arrives_over.is_empty() && self.headroom.is_empty()
    }

    /// Whether `new` may join `held`.
    pub fn over(&self, new: ChannelId, held: ChannelId) -> Over {
        let row = self.arrives_over.get(usize::from(new.0));
        row.and_then(|row| row.get(usize::from(held.0))).copied().unwrap_or_default()
    }
}
