//! Dynamical systems: what is true of any of them.
//!
//! [`field`] says what a system is, [`simulate`] follows it through time, [`analyze`] says why it does what it does.
//! The crate knows no neuron and no file.

pub mod analyze;
pub mod field;
pub mod random;
pub mod simulate;

pub use linalg;
