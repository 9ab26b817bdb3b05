//! Recordings: kept, verified, run again under their own policy and another, and the same whoever drove the engine.
#![cfg(all(feature = "sim", feature = "live"))]

mod days;
mod one_engine;
mod verifying;
mod what_if;
