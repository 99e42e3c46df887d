//! What a name stands for.

use crate::Dimension;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Symbol {
    /// Not a name.
    None,
    Pi,
    Time,
    State(usize),
    Definition(usize),
    Parameter(usize),
    Input(usize),
    Matrix(usize),
    Noise(usize),
    /// A dimension, a number, a power of ten.
    Unit(Dimension, f64, i32),
}
