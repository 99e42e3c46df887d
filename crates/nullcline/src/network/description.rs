//! The whole network: inert data, described by its parts.

use super::{Input, Population, Projection};

/// Populations, projections and inputs under one seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Populations, in the order of the model; their states follow each other in this order.
    pub populations: Vec<Population>,
    /// Connections between them.
    pub projections: Vec<Projection>,
    /// What reaches them from outside.
    pub inputs: Vec<Input>,
    /// Key of every random number that makes its structure.
    pub seed: u64,
}
