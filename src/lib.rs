//! cordboard.
mod agent;
mod capacity;
mod channel;
mod command;
mod contact;
mod event;
mod id;
mod plan;
mod policy;
mod queue;
mod rejected;
mod requirement;
mod router;
mod time;

pub use agent::*;
pub use capacity::*;
pub use channel::Channel;
pub use command::*;
pub use contact::*;
pub use event::*;
pub use id::*;
pub use plan::*;
pub use policy::*;
pub use queue::*;
pub use rejected::*;
pub use requirement::*;
pub use router::*;
pub use time::*;

#[cfg(feature = "sim")]
pub mod measure;
#[cfg(feature = "sim")]
pub mod sim;
