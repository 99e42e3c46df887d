//! The clock-driven engine for networks of units that fire.
//!
//! ```text
//! between spikes      x' = P x + q, exact where the units are linear; exponential Euler otherwise
//! at a spike          the states of the target change by the weight, d steps later
//! ```
//!
//! | symbol | meaning |
//! |---|---|
//! | h | the step; spikes happen at its multiples |
//! | d | delay in steps, at least 1 |
//! | m | the shortest delay: spikes are exchanged every m steps |
//!
//! Populations are cut into partitions of fixed size, each with the synapses that end in it (2 bytes each where weight and delay
//! are common to all). A thread owns one partition at a time. Spikes are exchanged once in m steps.
//!
//! Cost: some 0.5 ns a step of a linear unit with three variables, about 1 ns a spike that arrives, and 8 bytes or less a synapse.
//! A spike that falls between two steps is told at the later one; rates are wrong by the order of rate times h.
//!
//! Reference: Morrison, Mehring, Geisel, Aertsen, Diesmann (2005), Advancing the boundaries of high-connectivity network
//! simulation with distributed computing. Rotter, Diesmann (1999), Exact digital simulation of time-invariant linear systems
//! with applications to neuronal modeling.

mod connections;
mod description;
mod engine;
mod flow;
mod lanes;
mod partition;
mod poisson;

pub use description::{
    Delay, Fires, Flow, PoissonInput, Propagator, Rates, Reset, Row, SpikingNetwork, Synapses, Units,
};
pub use engine::{End, Engine, Probe, Run, Wanted};

#[cfg(test)]
mod tests;
