//! Simulation: scenarios, and replications of them, each of which drives one [`Router`](crate::Router) on a virtual clock.
//!
//! The engine here is the engine of the live system; what is simulated is the world around it: customers who
//! arrive, wait and lose patience, and agents who come, answer, work and wrap up.
//!
//! ```
//! use cordboard::sim::Scenario;
//! let text = r#"
//!     horizon = "10h"
//!     replications = 4
//!     [capacity.phone]
//!     voice = { max = 1 }
//!     [agents.team]
//!     count = 5
//!     capacity = "phone"
//!     [queues.service]
//!     [streams.calls]
//!     channel = "voice"
//!     queue = "service"
//!     arrivals = { poisson_per_minute = 1.2 }
//!     handle = { exponential = "3m" }
//!     patience = { exponential = "5m" }
//! "#;
//! let results = Scenario::from_toml(text, ".".as_ref())?.run()?.results();
//! let (name, calls) = &results.streams[0];
//! assert_eq!(name, "calls");
//! assert!(calls.service_level.mean.unwrap() > 0.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Randomness.** Every replication, stream and purpose (arrivals, handling, patience, …) has its own generator,
//! derived by hashing from the scenario's seed; what a contact will need is drawn when it arrives. So policies
//! compared see the same contacts with the same needs, and results depend neither on the number of threads nor on the machine.

mod agent_course;
mod announcing;
mod arrivals;
mod attendance;
mod batches;
mod bursts;
mod calendar;
mod claiming;
mod comparison;
mod contacts;
mod conversation;
mod course;
mod crowd;
mod desk;
mod digest;
mod distribution;
mod document;
mod elastic;
mod experiment;
mod factors;
mod leaving;
mod opening;
mod policy;
mod precision;
mod random;
mod record_file;
mod recorder;
mod redialling;
mod replication;
mod results;
mod retrying;
mod ringing;
mod scenario;
mod settling;
mod slot;
mod staffing;
mod stated;
mod talking;
mod tally;
mod together;
mod what_if;

pub use agent_course::AgentCourse;
pub use announcing::{Balk, Told};
pub use arrivals::{Arrivals, Profile, Recorded};
pub use attendance::{Attendance, Break};
pub use batches::BatchMeans;
pub use bursts::{Batches, Bursts, Busyness, Campaign, Shape};
pub use comparison::{Comparison, Differences};
pub use conversation::{Conversation, Turns};
pub use course::{Course, Part};
pub use distribution::Distribution;
pub use elastic::{Elastic, Level};
pub use experiment::Outcome;
pub use factors::{BySkill, ByTime, Factors};
pub use policy::{Policy, UnknownPolicy};
pub use precision::{Figure, Goal, Precision, UnknownFigure, UnknownPrecision};
pub use record_file::{instant, length, origin};
pub use redialling::Redial;
pub use replication::RunError;
pub use results::{AgentResults, ContactResults, Metric, Quantiles, Results};
pub use retrying::Retry;
pub use scenario::{Cost, Scenario, Stream};
pub use settling::Settling;
pub use staffing::{RecordedAgent, ShiftError, Shifts, Staffing};
pub use tally::{AgentTally, ContactTally, Replication};
pub use what_if::{Answering, Departures, FigureRow, Figures, Patient, WhatIf, WhatIfError};
