//! The plan's lists of agent criteria, compiled: what an index can keep in order, and what is compared on the spot.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::agent::Group;
use crate::capacity::Load;
use crate::id::{ChannelId, QueueId};
use crate::plan::Plan;
use crate::policy::{AgentSelection, ContactSelection, QueueSelection};
use crate::queue::{AgentOrder, ContactOrder, IdleClock, Mode};
use crate::rejected::Rejected;
use crate::router::between::{Ranking, connected};
use crate::router::records::Agent;
use crate::router::standby::delays;
use crate::scheduling::Scheduling;
use crate::time::{Span, Timestamp};

/// The host's own policies, by name.
#[derive(Clone, Default)]
pub struct Policies {
    agents: Vec<Arc<dyn AgentSelection>>,
    contacts: Vec<Arc<dyn ContactSelection>>,
    pub(crate) scheduling: Vec<Arc<dyn Scheduling>>,
    pub(super) queues: Vec<Arc<dyn QueueSelection>>,
}

impl Policies {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a choice of agents, replacing one of the same name.
    #[must_use]
    pub fn with_agents(mut self, policy: impl AgentSelection + 'static) -> Self {
        self.agents.retain(|known| known.name() != policy.name());
        self.agents.push(Arc::new(policy));
        self
    }

    /// With a choice of contacts, replacing one of the same name.
    #[must_use]
    pub fn with_contacts(mut self, policy: impl ContactSelection + 'static) -> Self {
        self.contacts.retain(|known| known.name() != policy.name());
        self.contacts.push(Arc::new(policy));
        self
    }

    /// With a way to share agents between calls and chats, replacing one of the same name.
    #[must_use]
    pub fn with_scheduling(mut self, policy: impl Scheduling + 'static) -> Self {
        self.scheduling.retain(|known| known.name() != policy.name());
        self.scheduling.push(Arc::new(policy));
        self
    }

    /// With a choice between queues, replacing one of the same name.
    #[must_use]
    pub fn with_queues(mut self, policy: impl QueueSelection + 'static) -> Self {
        self.queues.retain(|known| known.name() != policy.name());
        self.queues.push(Arc::new(policy));
        self
    }
}

/// Most criteria one queue may list; the plan's check keeps to it.
pub(crate) const CRITERIA: usize = 16;

/// One criterion, with what it needs at hand.
#[derive(Clone)]
pub(crate) enum Criterion {
    Tier,
    Idle { latest: bool },
    Load { most: bool },
    RoundRobin,
    TopDown,
    Skilled { least: bool },
    Handled,
    Random,
    Places,
    Worked { share: bool },
    Fastest,
    Flexible,
    Host(Arc<dyn AgentSelection>),
}

/// How one queue chooses among agents.
#[derive(Clone)]
pub(crate) struct Choice {
    pub(crate) criteria: Vec<Criterion>,
    pub(crate) clock: IdleClock,
    /// The index whose order these criteria follow among agents of one crew; by channel where it depends on that.
    index: usize,
    by_channel: Vec<usize>,
    /// Every agent must be looked at: a score of the pair, not of the agent.
    pub(crate) scored: bool,
    /// Continues from the agent chosen last.
    pub(crate) cyclic: bool,
    /// The index's order holds across crews too.
    pub(crate) across_crews: bool,
    pub(crate) urgency: Option<Arc<dyn ContactSelection>>,
    /// Nobody is given its contacts.
    pub(crate) only_claimed: bool,
    /// After how long groups on stand-by serve it, and none of a group is kept from it, ascending; mostly none.
    pub(crate) delays: Vec<Span>,
    /// Some group keeps agents free of it.
    pub(crate) kept: bool,
}

/// What an index keeps agents in order of, before their id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    Idle { clock: IdleClock, latest: bool },
    Load { most: bool },
    Handled,
    Places { channel: ChannelId },
}

/// All choices of a plan, and the indices they need.
#[derive(Clone)]
pub(crate) struct Orders {
    /// By queue.
    pub(crate) choices: Vec<Choice>,
    pub(crate) indices: Vec<Vec<Part>>,
    /// How agents choose between queues; `None`: by urgency alone.
    pub(crate) between: Option<Ranking>,
    /// By queue, those connected with it, where that is asked.
    pub(crate) connected: Vec<Arc<[QueueId]>>,
    /// By group: whether it keeps agents free of any queue.
    pub(crate) keeping: Vec<bool>,
    pub(crate) any_keeping: bool,
}

impl Orders {
    pub(crate) fn compile(plan: &Plan, policies: &Policies) -> Result<Self, Rejected> {
        let served = |group: &Group| group.serves.clone().into_iter().flatten().filter(|served| served.reserve > 0);
        let keeping: Vec<bool> = plan.groups().iter().map(|group| served(group).next().is_some()).collect();
        let kept: BTreeSet<QueueId> = plan.groups().iter().flat_map(served).map(|served| served.queue).collect();
        let between = Ranking::compile(plan, policies)?;
        let any_keeping = keeping.contains(&true);
        let mut orders = Self {
            choices: Vec::new(),
            indices: Vec::new(),
            connected: connected(plan, between.as_ref()),
            between,
            keeping,
            any_keeping,
        };
        let delays = delays(plan);
        for ((queue, delays), id) in plan.queues().iter().zip(delays).zip(0..) {
            let mut criteria: Vec<Criterion> = Vec::new();
            let mut parts: Vec<Part> = Vec::new();
            let mut choice_ends = false;
            let (mut scored, mut cyclic, mut across_crews) = (false, false, true);
            for order in &queue.agents {
                if choice_ends {
                    break;
                }
                let criterion = match order {
                    AgentOrder::Tier => Criterion::Tier,
                    AgentOrder::LongestIdle => Criterion::Idle { latest: false },
                    AgentOrder::MostRecentlyIdle => Criterion::Idle { latest: true },
                    AgentOrder::LeastLoaded => Criterion::Load { most: false },
                    AgentOrder::MostLoaded => Criterion::Load { most: true },
                    AgentOrder::RoundRobin => Criterion::RoundRobin,
                    AgentOrder::TopDown => Criterion::TopDown,
                    AgentOrder::BestSkilled => Criterion::Skilled { least: false },
                    AgentOrder::LeastSkilled => Criterion::Skilled { least: true },
                    AgentOrder::FewestHandled => Criterion::Handled,
                    AgentOrder::Random => Criterion::Random,
                    AgentOrder::MostPlaces => Criterion::Places,
                    AgentOrder::LeastOccupied => Criterion::Worked { share: true },
                    AgentOrder::LeastWorked => Criterion::Worked { share: false },
                    AgentOrder::Fastest => Criterion::Fastest,
                    AgentOrder::LeastFlexible => Criterion::Flexible,
                    AgentOrder::Host(name) => {
                        let known = policies.agents.iter().find(|policy| policy.name() == &**name);
                        Criterion::Host(known.ok_or_else(|| Rejected::UnknownPolicy(name.clone()))?.clone())
                    }
                };
                let part = match criterion {
                    Criterion::Idle { latest } => Some(Part::Idle { clock: queue.idle, latest }),
                    Criterion::Load { most } => Some(Part::Load { most }),
                    Criterion::Handled => Some(Part::Handled),
                    Criterion::Places => Some(Part::Places { channel: ChannelId(0) }),
                    _ => None,
                };
                // A second criterion on the same quantity can break no tie.
                if let Some(part) = part.filter(|part| !parts.iter().any(|have| same_quantity(have, part))) {
                    parts.push(part);
                }
                match criterion {
                    Criterion::Random | Criterion::Worked { .. } | Criterion::Host(_) => {
                        scored = true;
                    }
                    Criterion::RoundRobin => cyclic = true,
                    // The same for all of a crew.
                    Criterion::Tier | Criterion::Skilled { .. } | Criterion::Fastest | Criterion::Flexible => {
                        across_crews = false;
                    }
                    _ => {}
                }
                choice_ends = matches!(criterion, Criterion::RoundRobin | Criterion::TopDown);
                criteria.push(criterion);
            }
            scored |= parts.iter().map(Part::bits).sum::<u32>() > u128::BITS;
            let (index, by_channel) = orders.indices_for(plan, parts, scored);
            let urgency = match &queue.order {
                ContactOrder::Host(name) => {
                    let known = policies.contacts.iter().find(|policy| policy.name() == &**name);
                    Some(known.ok_or_else(|| Rejected::UnknownPolicy(name.clone()))?.clone())
                }
                _ => None,
            };
            across_crews &= !scored && !cyclic;
            let (clock, only_claimed) = (queue.idle, queue.mode == Mode::Pull);
            let kept = kept.contains(&QueueId(id));
            orders.choices.push(Choice {
                criteria,
                clock,
                index,
                by_channel,
                scored,
                cyclic,
                across_crews,
                urgency,
                only_claimed,
                delays,
                kept,
            });
        }
        Ok(orders)
    }

    /// The index that follows these parts, and, where places are among them, one for each channel of which agents may have
    /// different numbers left. None for places where every agent is looked at all the same.
    fn indices_for(&mut self, plan: &Plan, parts: Vec<Part>, scored: bool) -> (usize, Vec<usize>) {
        let plain: Vec<Part> = parts.iter().filter(|part| !matches!(part, Part::Places { .. })).copied().collect();
        let counts = !scored && plain.len() < parts.len();
        let index = self.index(plain);
        let channels = if counts { plan.channels().len() } else { 0 };
        let by_channel = (0u8..).map(ChannelId).take(channels).map(|channel| {
            let several = plan.profiles().iter().any(|of| of.channel(channel).is_some_and(|taken| taken.max > 1));
            let of_channel = |part: &Part| match part {
                Part::Places { .. } => Part::Places { channel },
                part => *part,
            };
            if several { self.index(parts.iter().map(of_channel).collect()) } else { index }
        });
        (index, by_channel.collect())
    }

    fn index(&mut self, parts: Vec<Part>) -> usize {
        self.indices.iter().position(|known| *known == parts).unwrap_or_else(|| {
            self.indices.push(parts);
            self.indices.len() - 1
        })
    }
}

impl Choice {
    /// The index whose order these criteria follow among agents of one crew, for contacts of this channel.
    pub(crate) fn index_for(&self, channel: ChannelId) -> usize {
        self.by_channel.get(usize::from(channel.0)).copied().unwrap_or(self.index)
    }
}

impl Part {
    const fn bits(&self) -> u32 {
        match self {
            Self::Idle { .. } => 64,
            Self::Load { .. } | Self::Handled => 32,
            Self::Places { .. } => 16,
        }
    }
}

fn same_quantity(one: &Part, other: &Part) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// The agent's key in an index: the smallest is asked first. No quantity occurs twice, and all of them fit.
pub(crate) fn key(parts: &[Part], agent: &Agent, places: impl Fn(ChannelId) -> u16) -> u128 {
    parts.iter().fold(0, |key, part| match *part {
        Part::Idle { clock, latest } => {
            let since = idle_since(agent, clock).0;
            key << 64 | u128::from(if latest { u64::MAX - since } else { since })
        }
        Part::Load { most } => key << 32 | u128::from(load_key(agent.load, most)),
        Part::Handled => key << 32 | u128::from(agent.handled),
        Part::Places { channel } => key << 16 | u128::from(u16::MAX - places(channel)),
    })
}

pub(crate) fn load_key(load: Load, most: bool) -> u32 {
    if most { u32::MAX - load.0 } else { load.0 }
}

pub(crate) fn idle_since(agent: &Agent, clock: IdleClock) -> Timestamp {
    match clock {
        IdleClock::Release => agent.released_at,
        IdleClock::Handled => agent.handled_at,
        IdleClock::Offered => agent.offered_at,
        IdleClock::Available => agent.available_at,
    }
}
