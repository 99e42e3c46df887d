//! Linear algebra for dynamical systems.
//!
//! The only room of the house that names a linear-algebra library: everything else sees [`Matrix`],
//! slices of `f64`, and functions.
//! Matrices are dense and column-major; a complex number is [`Complex`].
//! Everything runs on one thread, so that the same input gives the same bits for any number of threads.

mod balance;
mod bridge;
mod components;
mod eigen;
mod elimination;
mod error;
mod expm;
mod francis;
mod hessenberg;
mod lu;
mod lyapunov;
mod matrix;
mod matrix_vector;
mod one_norm;
mod pair;
mod panels;
mod product;
mod qr;
mod quasi_triangular;
mod rows;
mod schur;
mod singular;
mod sparse;
mod spectrum;
mod symmetric;
mod tree;

pub use components::irreducible_blocks;
pub use eigen::{Eigen, eigen, eigenvalues, eigenvector_condition};
pub use elimination::Elimination;
pub use error::LinalgError;
pub use expm::expm;
pub use lu::{Lu, inverse, solve};
pub use lyapunov::{discrete_lyapunov, lyapunov};
pub use matrix::{Matrix, Scalar};
pub use matrix_vector::{mul_transposed_vec_into, mul_vec_into};
pub use num_complex::Complex64 as Complex;
pub use product::{mul, mul_into, mul_lanes_into};
pub use qr::orthonormalize;
pub use rows::{row_sizes, scale_rows};
pub use schur::{ComplexSchur, Schur, complex_schur, henrici, schur};
pub use singular::{
    Svd, condition, condition_real, norm_2, norm_2_complex, singular_values, singular_values_complex, svd,
    svd_complex,
};
pub use sparse::Sparse;
pub use symmetric::{SymmetricEigen, symmetric_eigen, symmetric_eigenvalues};
pub use tree::Tree;
