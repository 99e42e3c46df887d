//! Populations whose units are given by equations.
//!
//! The text was read and checked by the crate `equations`; here are its numbers (parameters, matrices, inputs, initial
//! values) and the rules by which units fire, and from both a system of the crate `dynamics`:
//!
//! | the equations have | the system is |
//! |---|---|
//! | rates that are affine in the state, with constant coefficients | linear: propagated exactly |
//! | anything else | a field |
//! | `xi`, white noise | a field or linear system with noise |
//! | `v(t - 5*ms)` | a delayed system |
//! | a cable | a tree |
//! | connections by spikes, Poisson spikes from outside | units that a clock moves (`spiking`) |
//! | spike rules or events | any of the first two between guards and jumps |

mod cable;
mod cells;
mod clocked;
mod clocked_units;
mod delayed;
mod field;
mod hybrid;
mod initial;
mod linear;
mod lower;
mod membrane;
mod passage;
mod products;
mod spikes;
mod start;
mod stochastic;

pub use cells::{Cells, EquationNetwork, Initial, Rule, RuleKind};
pub(in crate::network) use clocked::bytes_expected;
pub use delayed::EquationDelayed;
pub use field::EquationField;
pub use hybrid::EquationHybrid;
pub use lower::{freed_field, lower_equations, lower_with};
pub use membrane::Membrane;
pub use passage::{Travel, passages, travel};
pub use spikes::{Amount, Increment, PoissonDrive, SpikeConnection};
pub use stochastic::EquationStochastic;
