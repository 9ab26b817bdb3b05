//! Scenarios: a plan, where contacts come from, and how people behave. Checked; see [`ScenarioDocument`](super::ScenarioDocument).

use crate::capacity::{Load, Stage};
use crate::contact::{Needs, NewContact};
use crate::id::{ChannelId, GroupId};
use crate::plan::Plan;
use crate::queue::Target;
use crate::requirement::Requirement;
use crate::router::Policies;
use crate::time::Span;

use super::announcing::Balk;
use super::arrivals::Arrivals;
use super::attendance::Attendance;
use super::bursts::Bursts;
use super::conversation::Conversation;
use super::distribution::Distribution;
use super::factors::Factors;
use super::policy::Policy;
use super::redialling::Redial;
use super::retrying::Retry;
use super::staffing::Staffing;

/// A checked scenario. There is no unchecked one.
///
/// Whatever a document can say can be changed in code, here to ask what a sixth agent from noon would do:
///
/// ```
/// use cordboard::sim::{Arrivals, Scenario, Shifts, Staffing};
/// use cordboard::Span;
/// # let text = r#"
/// #     horizon = "10h"
/// #     [capacity.phone]
/// #     voice = { max = 1 }
/// #     [agents.team]
/// #     count = 5
/// #     capacity = "phone"
/// #     [agents.helpers]
/// #     count = 0
/// #     capacity = "phone"
/// #     [queues.service]
/// #     [streams.calls]
/// #     channel = "voice"
/// #     queue = "service"
/// #     arrivals = { poisson_per_minute = 1.2 }
/// #     handle = { exponential = "3m" }
/// #     patience = { exponential = "5m" }
/// # "#;
/// let five = Scenario::from_toml(text, ".".as_ref())?
///     .with_seed(4)
///     .with_replications(10)
///     .with_horizon(Span::from_mins(24 * 60))
///     .with_arrivals("calls", Arrivals::Poisson { per_minute: 1.5 });
/// let helpers = five.plan().find_group("helpers").unwrap();
/// let from_noon = Shifts::new(vec![(Span::from_mins(12 * 60), Span::from_mins(24 * 60))])?;
/// let six = five.clone().with_staffing(helpers, Staffing::Daily(1, from_noon));
///
/// // The same customers in both, replication by replication.
/// let gain = six.run()?.less(&five.run()?);
/// let (_, wait) = gain.streams[0].differences.iter().find(|(name, _)| *name == "wait_seconds").unwrap();
/// assert!(wait.is_significant() && wait.mean < Some(0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Scenario {
    pub(super) name: String,
    /// Under the policy.
    pub(super) plan: Plan,
    /// Under none.
    pub(super) written: Plan,
    pub(super) seed: u64,
    pub(super) warmup: Span,
    pub(super) horizon: Span,
    pub(super) replications: u32,
    /// Parts of the measured time that intervals of a single replication are worked out from; below 2: none.
    pub(super) batches: u32,
    pub(super) streams: Vec<Stream>,
    /// By group.
    pub(super) staffing: Vec<Staffing>,
    /// By group.
    pub(super) attendance: Vec<Attendance>,
    /// By queue: when it is open; always where there are none.
    pub(super) hours: Vec<Option<Staffing>>,
    /// By channel: progress of each contact when its agent has 1, 2, 3, … of them in hand; empty for always 1.
    pub(super) speed: Vec<Vec<f64>>,
    pub(super) offers: Offers,
    pub(super) policy: Policy,
    pub(super) host: Policies,
}

/// A stream of like contacts.
#[derive(Clone, PartialEq, Debug)]
pub struct Stream {
    /// Its name in the scenario.
    pub name: String,
    /// What the engine is told of each of its contacts.
    pub(super) new: NewContact,
    pub(super) arrivals: Arrivals,
    pub(super) bursts: Bursts,
    pub(super) resolved_by_bot: f64,
    pub(super) handle: Handle,
    pub(super) factors: Factors,
    /// `None` waits for ever.
    pub(super) patience: Option<Distribution>,
    /// `None` leaves it to the plan.
    pub(super) wrap_up: Option<Distribution>,
    pub(super) target: Target,
    pub(super) cost: Cost,
    /// What becomes of customers who were not answered; `None`: they are lost.
    pub(super) retry: Option<Retry>,
    /// What customers do who are told how long they will wait; `None`: nobody is told.
    pub(super) balk: Option<Balk>,
    /// What becomes of customers who do not answer when they are called back; `None`: they always do.
    pub(super) redial: Option<Redial>,
}

/// How long an agent's work on a contact takes, at speed 1.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Handle {
    /// Whoever does it.
    Same(Distribution),
    /// By group.
    ByGroup(Vec<Distribution>),
    /// Both sides speak, and all of it is the agent's time.
    Spoken(Conversation),
    /// Both sides write, and an agent writes one reply at a time.
    Written(Conversation),
}

/// What waiting and losing a contact is worth.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Cost {
    /// Of each minute that one contact waits.
    pub hold_per_minute: f64,
    /// Of each contact that abandons.
    pub lost: f64,
}

/// How agents answer offers.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Offers {
    pub(super) accept: Distribution,
    /// From when an agent sees something to claim until it claims.
    pub(super) claim: Distribution,
    /// Share of offers nobody answers.
    pub(super) no_answer: f64,
    /// When an agent whom unanswered offers made not ready, with no end set by the plan, is ready again.
    pub(super) back_after: Span,
}

impl Default for Offers {
    fn default() -> Self {
        let at_once = Distribution::Deterministic(Span::ZERO);
        Self { accept: at_once.clone(), claim: at_once, no_answer: 0.0, back_after: Span::from_mins(2) }
    }
}

impl Stream {
    /// Its channel.
    pub fn channel(&self) -> ChannelId {
        self.new.channel
    }

    /// "This share answered within this time": what its service level is measured against.
    pub fn target(&self) -> Target {
        self.target
    }

    /// How its contacts are written, if they are: an agent then writes one reply at a time over all it has in hand.
    pub fn conversation(&self) -> Option<&Conversation> {
        match &self.handle {
            Handle::Written(how) => Some(how),
            Handle::Same(_) | Handle::ByGroup(_) | Handle::Spoken(_) => None,
        }
    }

    /// Whether it matters who a contact stands for.
    pub(super) fn knows_customers(&self) -> bool {
        self.retry.is_some() || self.balk.is_some() || self.redial.is_some()
    }

    /// What its waiting and losing contacts is worth.
    pub fn cost(&self) -> Cost {
        self.cost
    }
}

impl Scenario {
    /// Its name; empty if it has none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The routing plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What all randomness derives from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Simulated first, and not measured.
    pub fn warmup(&self) -> Span {
        self.warmup
    }

    /// Measured, after the warm-up.
    pub fn horizon(&self) -> Span {
        self.horizon
    }

    /// Independent repetitions.
    pub fn replications(&self) -> u32 {
        self.replications
    }

    /// Parts of the measured time that the intervals of a single replication are worked out from; 0 for none.
    pub fn batches(&self) -> u32 {
        self.batches
    }

    /// Where contacts come from, in the order of the document.
    pub fn streams(&self) -> &[Stream] {
        &self.streams
    }

    /// What a stream's contacts require of an agent, beside their queue's steps.
    pub fn requires<'s>(&'s self, stream: &'s Stream) -> &'s Requirement {
        match &stream.new.needs {
            Needs::Nothing => &Requirement::Anyone,
            Needs::Named(id) => self.plan.requirement_named(*id).map_or(&Requirement::Anyone, |named| &named.requires),
            Needs::Own(requirement) => requirement,
        }
    }

    /// Whether agents of a group serve a stream's queue and have its channel in their profile, whatever their skills.
    pub fn reaches(&self, group: GroupId, stream: &Stream) -> bool {
        self.plan.group(group).is_some_and(|group| {
            let profile = self.plan.profile(group.capacity);
            group.serves(stream.new.queue).is_some()
                && profile.is_some_and(|profile| profile.channel(stream.new.channel).is_some())
        })
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The number of agents of a group.
    pub fn agents(&self, group: GroupId) -> usize {
        self.staffing.get(usize::from(group.0)).map_or(0, Staffing::agents)
    }

    /// The same with another seed.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The same with another number of replications, at least 1.
    #[must_use]
    pub fn with_replications(self, replications: u32) -> Self {
        Self { replications: replications.max(1), ..self }
    }

    /// The same with the measured time of each replication cut into so many parts, one after another; below 2: none. Where there is
    /// only one replication, its intervals are worked out from them.
    #[must_use]
    pub fn with_batches(self, batches: u32) -> Self {
        Self { batches, ..self }
    }

    /// The same with the host's own policies, for plans that name `host:NAME`.
    #[must_use]
    pub fn with_host_policies(self, host: Policies) -> Self {
        Self { host, ..self }
    }

    /// The same under another policy instead of its own, with the same randomness.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        let mut plan = self.written.clone();
        policy.apply(&mut plan);
        Self { policy, plan, ..self }
    }

    /// The same with other arrivals in one stream, without bursts; nothing changes if there is no such stream.
    #[must_use]
    pub fn with_arrivals(mut self, stream: &str, arrivals: Arrivals) -> Self {
        for known in self.streams.iter_mut().filter(|known| known.name == stream) {
            known.arrivals = arrivals.clone();
            known.bursts = Bursts::default();
        }
        self
    }

    /// The same with other bursts in one stream; nothing changes if there is no such stream. A trace has none.
    #[must_use]
    pub fn with_bursts(mut self, stream: &str, bursts: Bursts) -> Self {
        for known in self.streams.iter_mut().filter(|known| known.name == stream) {
            known.bursts = bursts.clone();
        }
        self
    }

    /// The same with other staffing of one group; nothing changes if there is no such group.
    #[must_use]
    pub fn with_staffing(mut self, group: GroupId, staffing: Staffing) -> Self {
        if let Some(known) = self.staffing.get_mut(usize::from(group.0)) {
            *known = staffing;
        }
        self
    }

    /// The same with other breaks, absence and unanswered offers in one group; nothing changes if there is no such group. Offers
    /// can only go unanswered where the plan has an offer stage.
    #[must_use]
    pub fn with_attendance(mut self, group: GroupId, attendance: Attendance) -> Self {
        if let Some(known) = self.attendance.get_mut(usize::from(group.0)) {
            *known = attendance;
        }
        self
    }

    /// The same without warm-up, measured for so long.
    #[must_use]
    pub fn with_horizon(self, horizon: Span) -> Self {
        Self { warmup: Span::ZERO, horizon, ..self }
    }
}

/// By group and channel: load of an active contact.
pub(super) fn active_loads(scenario: &Scenario) -> Vec<Vec<Load>> {
    let plan = scenario.plan();
    let of_group = |profile| {
        let profile = plan.profile(profile);
        let load = |channel| profile.and_then(|profile| profile.channel(ChannelId(channel)));
        let channels = (0..).take(plan.channels().len());
        channels.map(|channel| load(channel).map_or(Load::ZERO, |capacity| capacity.load(Stage::Active))).collect()
    };
    plan.groups().iter().map(|group| of_group(group.capacity)).collect()
}
