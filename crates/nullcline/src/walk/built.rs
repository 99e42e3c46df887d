//! A model on the way: its network made and lowered, nothing followed or analyzed yet.

use crate::network::{Connectivity, System};
use crate::study::Equation;
use linalg::Matrix;

/// A model whose network is made and lowered.
pub struct Built {
    /// The system.
    pub system: System,
    /// M, W and h of a network.
    pub connectivity: Option<Connectivity>,
    /// Columns of the basis of a `[linear]` system that was given by its spectrum.
    pub basis: Option<Matrix>,
    pub(super) equation: Equation,
}
