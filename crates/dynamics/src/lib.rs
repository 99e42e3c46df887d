//! Dynamical systems: what is true of any of them.
//!
//! [`field`] says what a system is, [`simulate`] follows it through time, [`analyze`] says why it does what it does.
//! The crate is mathematics: it knows no subject that its systems come from, and no file.

pub mod analyze;
pub mod field;
pub mod random;
pub mod simulate;

pub use linalg;
