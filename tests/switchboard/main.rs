//! The switchboard's threads: order, backpressure, slow and panicking gateways, failing journals, reopening. No test sleeps or
//! looks at a wall clock: gates are channels, and time is a clock that is set.
#![cfg(feature = "live")]

mod delivery;
mod desk;
mod ending;
mod failing;
mod reconciling;
mod sending;
mod timing;
mod viewing;
