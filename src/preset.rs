//! Presets: the ways in which other engines decide who gets what, as options of a plan.

mod capacity;
mod omnichannel;
mod rules;
mod telephone;

use std::fmt;
use std::str::FromStr;

use crate::nearest::{hint, shown};
use crate::plan::Plan;
use rules::Rules;

macro_rules! presets {
    ($($(#[doc = $about:literal])+ $preset:ident = $name:literal, $rules:path;)*) => {
        /// A way in which another engine decides who gets what: an order of contacts, a choice of agents, what counts as idle,
        /// what becomes of offers nobody answers, how relaxation steps are timed, and what may join what an agent holds. The scheduler
        /// holds nothing back.
        ///
        /// What else a plan says stays: names, skills, groups with their tiers and ranks, how many contacts of each channel
        /// an agent takes, lengths of offers and of after-contact work, limits, overflow, hours, targets. Known deviations, and
        /// the worked examples that each passes, are in `docs/presets.md`.
        ///
        /// ```
        /// use cordboard::{AgentOrder, Plan, Preset};
        ///
        /// let plan = Plan::builder()
        ///     .capacity("blended", |p| p.takes("voice", 1).takes("chat", 3))
        ///     .agents("team", "blended", |a| a)
        ///     .queue("service", |q| q)
        ///     .build()?;
        /// let preset: Preset = "connect".parse()?;
        /// let plan = preset.apply(&plan);
        /// assert_eq!(plan.queues()[0].agents, [AgentOrder::LongestIdle]);
        /// assert_eq!(preset.apply(&plan), plan); // to apply it twice is to apply it once
        ///
        /// let error = "asterisk-rrmemry".parse::<Preset>().unwrap_err();
        /// assert_eq!(error.to_string(), "there is no preset `asterisk-rrmemry`; did you mean `asterisk-rrmemory`?");
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum Preset {$(
            $(#[doc = $about])+
            $preset,
        )*}

        impl Preset {
            /// Every preset, engine by engine.
            pub const ALL: &'static [Self] = &[$(Self::$preset,)*];

            /// Its name: lower-case letters and hyphens.
            pub const fn name(self) -> &'static str {
                match self {$(Self::$preset => $name,)*}
            }

            /// What it does, in a sentence.
            pub fn about(self) -> &'static str {
                match self {$(Self::$preset => concat!($($about),+).trim_start(),)*}
            }

            const fn rules(self) -> &'static Rules {
                match self {$(Self::$preset => &$rules,)*}
            }
        }
    };
}

presets! {
    /// Asterisk `app_queue`, ringall: every free member rings, and the first to answer has the call.
    AsteriskRingall = "asterisk-ringall", telephone::ASTERISK_RINGALL;
    /// Asterisk `app_queue`, leastrecent: of the lowest penalty, the member whose last call ended longest ago.
    AsteriskLeastrecent = "asterisk-leastrecent", telephone::ASTERISK_LEASTRECENT;
    /// Asterisk `app_queue`, fewestcalls: of the lowest penalty, the member who has taken the fewest calls.
    AsteriskFewestcalls = "asterisk-fewestcalls", telephone::ASTERISK_FEWESTCALLS;
    /// Asterisk `app_queue`, random: any member of the lowest penalty.
    AsteriskRandom = "asterisk-random", telephone::ASTERISK_RANDOM;
    /// Asterisk `app_queue`, rrmemory: of the lowest penalty, the member after the one who was asked last.
    AsteriskRrmemory = "asterisk-rrmemory", telephone::ASTERISK_RRMEMORY;
    /// Asterisk `app_queue`, rrordered: as rrmemory, in the order in which members are listed.
    AsteriskRrordered = "asterisk-rrordered", telephone::ASTERISK_RRMEMORY;
    /// Asterisk `app_queue`, linear: of the lowest penalty, the first in the list; who does not answer is passed.
    AsteriskLinear = "asterisk-linear", telephone::ASTERISK_LINEAR;
    /// Asterisk `app_queue`, wrandom: any member, whatever the penalty.
    AsteriskWrandom = "asterisk-wrandom", telephone::ASTERISK_WRANDOM;
    /// FreeSWITCH `mod_callcenter`, ring-all: every available agent rings.
    FreeswitchRingAll = "freeswitch-ring-all", telephone::FREESWITCH_RING_ALL;
    /// FreeSWITCH `mod_callcenter`, ring-progressively: one more agent rings after another, here all at once.
    FreeswitchRingProgressively = "freeswitch-ring-progressively", telephone::FREESWITCH_RING_ALL;
    /// FreeSWITCH `mod_callcenter`, longest-idle-agent: in the lowest tier, the agent who was last offered a call longest ago.
    FreeswitchLongestIdleAgent = "freeswitch-longest-idle-agent", telephone::FREESWITCH_LONGEST_IDLE;
    /// FreeSWITCH `mod_callcenter`, round-robin: in the lowest tier, the agent after the one who was offered the last call.
    FreeswitchRoundRobin = "freeswitch-round-robin", telephone::FREESWITCH_ROUND_ROBIN;
    /// FreeSWITCH `mod_callcenter`, top-down: by tier and position; who does not answer is passed.
    FreeswitchTopDown = "freeswitch-top-down", telephone::FREESWITCH_TOP_DOWN;
    /// FreeSWITCH `mod_callcenter`, agent-with-least-talk-time: in the lowest tier, who has had calls in hand for the least time.
    FreeswitchAgentWithLeastTalkTime = "freeswitch-agent-with-least-talk-time", telephone::FREESWITCH_LEAST_TALK_TIME;
    /// FreeSWITCH `mod_callcenter`, agent-with-fewest-calls: in the lowest tier, who has answered the fewest since signing in.
    FreeswitchAgentWithFewestCalls = "freeswitch-agent-with-fewest-calls", telephone::FREESWITCH_FEWEST_CALLS;
    /// FreeSWITCH `mod_callcenter`, sequentially-by-agent-order: by tier and position, from the top every time.
    FreeswitchSequentiallyByAgentOrder = "freeswitch-sequentially-by-agent-order", telephone::FREESWITCH_SEQUENTIALLY;
    /// FreeSWITCH `mod_callcenter`, random: any agent of the lowest tier.
    FreeswitchRandom = "freeswitch-random", telephone::FREESWITCH_RANDOM;
    /// OpenSIPS `call_center`, chats balanced: the agent who was given one longest ago; calls and chats exclude each other.
    OpensipsBalancing = "opensips-balancing", telephone::OPENSIPS_BALANCING;
    /// OpenSIPS `call_center`, full-load: an agent is filled with chats before the next; calls and chats exclude each other.
    OpensipsFullLoad = "opensips-full-load", telephone::OPENSIPS_FULL_LOAD;
    /// Avaya EAS, UCD-MIA: the most idle agent, whatever the level of the skill.
    EasUcdMia = "eas-ucd-mia", telephone::EAS_UCD_MIA;
    /// Avaya EAS, EAD-MIA: the most expert level first, then the most idle agent.
    EasEadMia = "eas-ead-mia", telephone::EAS_EAD_MIA;
    /// Avaya EAS, UCD-LOA: the least occupied agent, whatever the level of the skill.
    EasUcdLoa = "eas-ucd-loa", telephone::EAS_UCD_LOA;
    /// Avaya EAS, EAD-LOA: the most expert level first, then the least occupied agent.
    EasEadLoa = "eas-ead-loa", telephone::EAS_EAD_LOA;
    /// Cisco precision queues, longest available agent.
    PrecisionQueueLongestAvailable = "precision-queue-longest-available", telephone::PRECISION_LONGEST_AVAILABLE;
    /// Cisco precision queues, most skilled agent.
    PrecisionQueueMostSkilled = "precision-queue-most-skilled", telephone::PRECISION_MOST_SKILLED;
    /// Cisco precision queues, least skilled agent.
    PrecisionQueueLeastSkilled = "precision-queue-least-skilled", telephone::PRECISION_LEAST_SKILLED;
    /// Twilio TaskRouter: the longest unoccupied worker; a number of tasks for each channel by itself; targets replace each other by age.
    Taskrouter = "taskrouter", omnichannel::TASKROUTER;
    /// Twilio TaskRouter, workers ordered by an attribute, descending: by the levels of the skills that a task prefers.
    TaskrouterOrderByDesc = "taskrouter-order-by-desc", omnichannel::TASKROUTER_DESC;
    /// Twilio TaskRouter, workers ordered by an attribute, ascending; who lacks it comes last all the same.
    TaskrouterOrderByAsc = "taskrouter-order-by-asc", omnichannel::TASKROUTER_ASC;
    /// Amazon Connect: the agent longest available; on one channel at a time unless the profile says what may join what.
    Connect = "connect", omnichannel::CONNECT;
    /// Genesys Cloud, standard routing with the default utilization: priority is worth minutes, idle since the last alert, only
    /// emails may be interrupted.
    GenesysStandard = "genesys-standard", omnichannel::GENESYS_STANDARD;
    /// Genesys Cloud, bullseye routing: the steps are rings, each timed by itself, inner ones first.
    GenesysBullseye = "genesys-bullseye", omnichannel::GENESYS_BULLSEYE;
    /// Genesys Cloud, standard routing where calls interrupt text.
    GenesysUtilization = "genesys-utilization", omnichannel::GENESYS_UTILIZATION;
    /// Salesforce Omni-Channel, least active, all work primary: the smallest share of capacity in use.
    OmniChannelLeastActive = "omni-channel-least-active", omnichannel::OMNI_LEAST_ACTIVE;
    /// Salesforce Omni-Channel, most available, all work primary: the most places left.
    OmniChannelMostAvailable = "omni-channel-most-available", omnichannel::OMNI_MOST_AVAILABLE;
    /// Salesforce Omni-Channel, least active, with emails and tasks interruptible.
    OmniChannelInterruptible = "omni-channel-interruptible", omnichannel::OMNI_INTERRUPTIBLE;
    /// Dynamics 365 unified routing, highest capacity: the most places left, then round robin.
    UnifiedRoutingHighestCapacity = "unified-routing-highest-capacity", omnichannel::UNIFIED_HIGHEST_CAPACITY;
    /// Dynamics 365 unified routing, round robin, kept for each queue.
    UnifiedRoutingRoundRobin = "unified-routing-round-robin", omnichannel::UNIFIED_ROUND_ROBIN;
    /// Dynamics 365 unified routing, least active: whoever gave capacity back longest ago.
    UnifiedRoutingLeastActive = "unified-routing-least-active", omnichannel::UNIFIED_LEAST_ACTIVE;
    /// Dynamics 365 unified routing, bullseye: levels add up, timed from the first attempt, earlier levels first.
    UnifiedRoutingBullseye = "unified-routing-bullseye", omnichannel::UNIFIED_BULLSEYE;
    /// Azure Job Router, round robin.
    JobRouterRoundRobin = "job-router-round-robin", omnichannel::JOB_ROUTER_ROUND_ROBIN;
    /// Azure Job Router, longest idle: the smallest share of capacity in use, then the longest available.
    JobRouterLongestIdle = "job-router-longest-idle", omnichannel::JOB_ROUTER_LONGEST_IDLE;
    /// Azure Job Router, best worker: the largest sum of levels in what is asked for, then the longest available.
    JobRouterBestWorker = "job-router-best-worker", omnichannel::JOB_ROUTER_BEST_WORKER;
    /// Zendesk, highest spare capacity in places; a silent conversation weighs nothing after ten minutes, and comes back to its agent.
    Zendesk = "zendesk", omnichannel::ZENDESK;
    /// Zendesk, highest spare capacity in percent.
    ZendeskPercent = "zendesk-percent", omnichannel::ZENDESK_PERCENT;
}

impl Preset {
    /// The plan under this preset, which is as valid as it was and has the same names and ids. Applied twice it is as applied
    /// once. To be applied again to what [`Plan::revise`] makes. O(plan).
    #[must_use]
    pub fn apply(self, plan: &Plan) -> Plan {
        let mut plan = plan.clone();
        self.rules().apply(&mut plan);
        debug_assert!(plan.check().is_ok(), "a preset keeps a plan valid");
        plan
    }
}

/// A name that is no preset's.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no preset `{name}`; {hint}")]
pub struct UnknownPreset {
    name: String,
    hint: String,
}

impl FromStr for Preset {
    type Err = UnknownPreset;

    /// By [`Preset::name`].
    fn from_str(name: &str) -> Result<Self, UnknownPreset> {
        let known = Self::ALL.iter().find(|preset| preset.name() == name);
        known.copied().ok_or_else(|| UnknownPreset {
            name: shown(name).into_owned(),
            hint: hint(name, "presets", Self::ALL.iter().map(|preset| preset.name())),
        })
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
