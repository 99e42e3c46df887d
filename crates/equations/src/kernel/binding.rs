//! What the symbols of a graph stand for when it becomes a kernel.

use std::fmt::Debug;
use std::sync::Arc;

/// A matrix that multiplies vectors; whether it is dense, sparse or has a structure is its own business.
pub trait Product: Debug + Send + Sync {
    /// How many rows.
    fn rows(&self) -> usize;

    /// How many columns.
    fn cols(&self) -> usize;

    /// Writes y = M x for each lane: `x[j * lanes + l]`, `y[i * lanes + l]`. A lane must have the same bits in any company.
    fn apply(&self, x: &[f64], lanes: usize, y: &mut [f64]);

    /// All entries, column by column.
    fn entries(&self) -> Vec<f64> {
        let (rows, cols) = (self.rows(), self.cols());
        let mut identity = vec![0.0; cols * cols];
        (0..cols).for_each(|j| identity[j * cols + j] = 1.0);
        let mut by_row = vec![0.0; rows * cols];
        self.apply(&identity, cols, &mut by_row);
        (0..rows * cols).map(|k| by_row[(k % rows) * cols + k / rows]).collect()
    }
}

/// Lengths of the symbols, values of the parameters, and the matrices. Places count as in the graph.
#[derive(Clone, Debug, Default)]
pub struct Binding {
    /// The length of each state.
    pub states: Vec<usize>,
    /// Each parameter.
    pub parameters: Vec<Value>,
    /// The length of each input.
    pub inputs: Vec<usize>,
    /// The length of each delayed state.
    pub delayed: Vec<usize>,
    /// The length of each noise.
    pub noises: Vec<usize>,
    /// Each matrix.
    pub matrices: Vec<Arc<dyn Product>>,
}

/// Where the value of a parameter comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// One number for all: folded into the kernel.
    Number(f64),
    /// One number for each unit.
    PerUnit(Vec<f64>),
    /// So many numbers for each lane, read from `Sources::parameters` in the order of the free parameters.
    Free(usize),
}

impl Value {
    /// How many numbers it is for each lane.
    pub fn length(&self) -> usize {
        match self {
            Self::Number(_) => 1,
            Self::PerUnit(values) => values.len(),
            Self::Free(length) => *length,
        }
    }
}

/// The values that a kernel reads, variable-major over the lanes.
///
/// Component j of the symbol at offset s of lane l lies at `[(s + j) * lanes + l]`; the offset of a symbol is the sum of
/// the lengths of those before it. What no output uses may be empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sources<'a> {
    /// t of each lane, or one number for all of them.
    pub t: &'a [f64],
    /// The states.
    pub states: &'a [f64],
    /// The free parameters.
    pub parameters: &'a [f64],
    /// The inputs at t.
    pub inputs: &'a [f64],
    /// The delayed states.
    pub delayed: &'a [f64],
    /// The noises.
    pub noises: &'a [f64],
}
