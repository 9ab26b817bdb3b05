//! The scheduler between calls and chats: which kind of contact agents take next, and who stays free for the other.
//!
//! A call needs an agent who holds no chat; a chat shares its agent with others. Whoever gives every chat away at once
//! has no whole agent left when a call comes. Agents who take both are therefore a [team](TeamView), and before any
//! of them is given either, a [`Scheduling`] is asked what the team does [next](Next): that, and only that, is done, and it
//! is asked again. What it holds back is given to whoever fits when it has waited for the plan's longest hold.
//!
//! | what | where |
//! |---|---|
//! | rules that people use, freely combined | [`SchedulingRule`] |
//! | what the plan asks for | [`Scheduler`], [`SchedulingPolicy`] |
//! | the best that any policy can do, and what each costs | [`BlendedPool`](crate::measure::BlendedPool) |

pub(crate) mod adaptive;
mod chain;
#[cfg_attr(not(feature = "measure"), allow(unreachable_pub, dead_code, reason = "public as measures"))]
pub(crate) mod pool;
mod rule;
mod scheduler;
#[cfg_attr(not(feature = "measure"), allow(unreachable_pub, dead_code, reason = "public as measures"))]
pub(crate) mod solve;

pub use rule::SchedulingRule;
pub use scheduler::{Cost, Scheduler, SchedulingPolicy, UnknownScheduling};

/// What a [`Scheduling`] sees of a team: agents who take calls and chats, of groups with one capacity profile that serve
/// the same queues.
///
/// A *call* is a contact that needs an agent without chats, on whatever channel; a *chat* one that shares its agent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TeamView<'a> {
    /// Calls waiting in the queues that the team serves.
    pub calls: u32,
    /// Chats waiting there.
    pub chats: u32,
    /// Agents not on a call, by how many chats they hold: none, one, two, …; the last entry is of those who hold as
    /// many as anybody may, or more.
    pub free: &'a [u32],
    /// Agents on a call over 0, 1, 2, … chats that stand still: only the first, unless calls interrupt chats.
    pub on_call: &'a [u32],
}

/// What a team does next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Next {
    /// Nothing, until something happens.
    Wait,
    /// Gives the most urgent call to an agent who holds so many chats: none, unless calls interrupt.
    Call {
        /// How many.
        holding: u32,
    },
    /// Gives the most urgent chat to an agent who holds so many, fewer than may be held.
    Chat {
        /// How many.
        holding: u32,
    },
}

/// What does a team do next? Named in the plan's `scheduler` as `host:NAME`, and given to
/// [`Policies`](crate::Policies::with_scheduling).
///
/// ```
/// use cordboard::{Next, Plan, Policies, Router, Scheduling, SchedulingRule, TeamView};
///
/// /// Text is packed; one agent stays free for calls in small teams, two in large ones.
/// struct ByTeamSize;
///
/// impl Scheduling for ByTeamSize {
///     fn name(&self) -> &str {
///         "by-team-size"
///     }
///     fn next(&self, team: &TeamView<'_>) -> Next {
///         let agents: u32 = team.free.iter().chain(team.on_call).sum();
///         SchedulingRule { reserve: if agents > 20 { 2 } else { 1 }, ..SchedulingRule::PACK }.next(team)
///     }
/// }
///
/// let plan = Plan::builder().scheduler("host:by-team-size").build()?;
/// let router = Router::with_policies(plan, Policies::new().with_scheduling(ByTeamSize))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Scheduling: Send + Sync {
    /// Its name, without `host:`.
    fn name(&self) -> &str;
    /// What the team does. Asked again after it is done, until it is [`Next::Wait`]. What cannot be done (no waiting contact
    /// fits any such agent) is asked for again as if there were no such agents, or none of that kind waited. Must depend on
    /// nothing else.
    fn next(&self, team: &TeamView<'_>) -> Next;
}
