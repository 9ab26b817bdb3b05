//! Driving the engine with a clock, a journal and a host's I/O, so that what is acknowledged is never lost.
//!
//! [`Switchboard`] does it with two threads, for any number of others; [`Driver`] without any, for hosts with a loop of their own.

mod answer;
mod clock;
mod delivery;
mod driver;
mod engine;
mod gateway;
mod keys;
mod names;
mod observe;
mod opening;
mod pace;
#[cfg(test)]
mod planted_bugs;
mod publisher;
mod receipt;
mod reconcile;
#[cfg(test)]
mod schedules;
mod shared;
mod source;
mod spin;
mod stopped;
mod switchboard;
mod threads;
mod trunk;
mod view;
mod wallboard;

pub use answer::{Answer, Ask, Refused, Request};
pub use clock::{Clock, ManualClock, Nudge, SystemClock};
pub use driver::{Committed, Driver, DriverError, DriverOptions};
pub use gateway::Gateway;
pub use keys::Keys;
pub use opening::{InFlight, OpenError, Opening};
pub use receipt::Receipt;
pub use reconcile::{Existing, Reconciled};
pub use source::Source;
pub use stopped::{Failed, NotSent, Stopped};
pub use switchboard::{Switchboard, SwitchboardOptions};
pub use trunk::Trunk;
pub use view::{GroupView, QueueView, View};
pub use wallboard::Wallboard;
