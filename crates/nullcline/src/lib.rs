//! From connectivity to dynamics and back.
//!
//! A [`network`] is inert data; it is lowered to a system of the crate `dynamics`, or to the engine of [`spiking`], and what is
//! found there, a [`study`], is told by `report`. A [`model`] is the file that says all this.

pub mod gallery;
pub mod model;
pub mod network;
pub mod report;
pub mod spiking;
pub mod study;
pub mod walk;

pub use dynamics;
pub use equations;
pub use linalg;
