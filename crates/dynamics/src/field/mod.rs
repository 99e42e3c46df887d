//! What a dynamical system is: a right-hand side, evaluated for many lanes at once.
//!
//! A population of n units, an ensemble of initial states and a sweep of a parameter are the same thing to the
//! machine: lanes through one right-hand side. State is laid out variable by variable: `x[i * lanes + l]` is
//! variable `i` of lane `l`. A single trajectory is one lane.

mod delayed;
mod frozen;
mod hybrid;
mod increment;
mod iterated_map;
pub mod laws;
mod linear;
mod scaled;
mod signal;
mod slice;
mod stochastic;
mod tree;
mod vector_field;

pub use delayed::{Delayed, History};
pub use frozen::Frozen;
pub(crate) use hybrid::Held;
pub use hybrid::{Action, Guard, Hold, Hybrid};
pub use increment::Increment;
pub use iterated_map::{IteratedMap, LinearMap};
pub use linear::{Drive, LinearSystem, Noise};
pub use scaled::Scaled;
pub use signal::Signal;
pub use slice::Slice;
pub use stochastic::{Interpretation, NoiseStructure, Stochastic, diffusion_by_differences};
pub use tree::{NodeDrive, Reaction, TreeSystem};
pub use vector_field::{
    EvalError, JacobianKind, LinearBlock, VectorField, Workspace, jacobian_by_differences,
    parameter_slopes_by_differences,
};
