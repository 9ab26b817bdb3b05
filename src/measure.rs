//! Measures: confidence intervals, quantiles, and closed forms to check a simulation against.
//!
//! Nothing here touches the engine. Floating-point functions come from `libm`, so that every machine
//! prints the same figures.

mod blended;
mod erlang;
mod estimate;
mod finite_source;
mod histogram;

pub use blended::{
    BlendedClass, BlendedPool, BlendedRule, BlendedSolver, ClassMeasures, Decision, Optimum, PoolError, PoolMeasures,
    PoolState,
};
pub use erlang::{ErlangA, ErlangC, erlang_b};
pub use estimate::{Estimate, student_t};
pub use finite_source::FiniteSource;
pub use histogram::Histogram;
