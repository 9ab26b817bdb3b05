//! Measures: confidence intervals, quantiles, and closed forms to check a simulation against.
//!
//! | asked | answered by |
//! |---|---|
//! | share lost, without a waiting room | [`erlang_b`] |
//! | waits and service levels, everybody patient | [`ErlangC`] |
//! | the same with impatience, with a limited waiting room, or both | [`ErlangA`] |
//! | how many agents it takes | [`least_servers`], with any of these |
//! | classes of different priority, strict or accumulating | [`Priorities`] |
//! | agents who work on several chats, each the slower for it | [`ConcurrentPool`] |
//! | agents whose conversations pause | [`FiniteSource`] |
//! | what to tell somebody who waits | [`WaitBehind`], [`FromHistory`] |
//!
//! Nothing here touches the engine. Floating-point functions come from `libm`, so that every machine
//! prints the same figures.

mod clearing;
mod concurrent_pool;
mod erlang;
mod erlang_a;
mod estimate;
mod finite_source;
mod histogram;
mod prediction;
mod priorities;
mod waiting_line;

pub use crate::scheduling::pool::{BlendedClass, BlendedPool, PoolError};
pub use crate::scheduling::solve::{BlendedSolver, ClassMeasures, Optimum, PoolMeasures};
pub use concurrent_pool::{ConcurrentPool, Spread};
pub use erlang::{ErlangC, erlang_b, least_servers};
pub use erlang_a::ErlangA;
pub use estimate::{Estimate, lag_one, student_t, student_tail};
pub use finite_source::FiniteSource;
pub use histogram::Histogram;
pub use prediction::{FromHistory, WaitBehind};
pub use priorities::Priorities;
