//! Simulation.

mod distribution;
mod random;

pub use distribution::Distribution;
