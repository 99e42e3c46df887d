//! Cables: the shape of one neuron, cut into compartments that are coupled along its branches.
//!
//! | file | holds |
//! |---|---|
//! | `section` | a cable by its sections: inert data, and what can be wrong with it |
//! | `geometry` | sections to compartments: areas, couplings, the tree |
//! | `swc` | sections from a list of points |
//!
//! The equations of its membrane belong to the population whose units the compartments are.

mod geometry;
mod section;
mod swc;

pub use geometry::{Geometry, geometry};
pub use section::{Cable, CableError, CableSection, Injection, Site};
pub use swc::read_swc;
