//! Linear algebra for dynamical systems.
//!
//! The only room of the house that names a linear-algebra library: everything else sees [`Matrix`],
//! slices of `f64`, and functions.
//! Matrices are dense and column-major; a complex number is [`Complex`].

mod matrix;
mod sparse;

pub use matrix::{Matrix, Scalar};
pub use num_complex::Complex64 as Complex;
pub use sparse::Sparse;
