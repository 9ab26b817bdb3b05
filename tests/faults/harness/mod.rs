//! A world around the driver, made from a seed, in which everything that can go wrong does.
//!
//! The host ([`client`]) asks; the driver writes to a device ([`disk`]) that fails where it is told to; a second, naive
//! account of what the driver should do ([`model`]) is compared with what it does ([`site`]), in a [`world`] of chance. The crate's own unit tests use the same source, to
//! see that mistakes planted in the driver are found.

#[path = "../../hostile/chance.rs"]
pub(crate) mod chance;
#[path = "../../hostile/host.rs"]
#[allow(dead_code, reason = "the engine's own tests use all of it")]
mod host;
#[path = "../../hostile/plans.rs"]
mod plans;

pub(crate) mod client;
pub(crate) mod disk;
pub(crate) mod gateway;
pub(crate) mod model;
pub(crate) mod site;
pub(crate) mod tally;
pub(crate) mod world;
