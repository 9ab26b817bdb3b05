//! Measures: confidence intervals, quantiles, and closed forms to check a simulation against.
//!
//! Nothing here touches the engine. Floating-point functions come from `libm`, so that every machine
//! prints the same figures.

mod erlang;
mod estimate;
mod finite_source;
mod histogram;

pub use erlang::{ErlangA, ErlangC, erlang_b};
pub use estimate::{Estimate, student_t};
pub use finite_source::FiniteSource;
pub use histogram::Histogram;
