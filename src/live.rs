//! Driving the engine with a clock, a journal and a host's I/O, so that what is acknowledged is never lost.
//!
//! [`Driver`] does it without threads, for hosts with a loop of their own.

mod answer;
mod driver;
mod keys;
mod opening;
mod pace;
#[cfg(test)]
mod planted_bugs;

pub use answer::{Answer, Ask, Refused, Request};
pub use driver::{Committed, Driver, DriverError, DriverOptions};
pub use keys::Keys;
pub use opening::{InFlight, OpenError, Opening};
