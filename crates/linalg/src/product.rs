//! Products C = A B and y = A x.
//!
//! Both run on one thread, so that a simulation has the same bits for any number of threads.
//!
//! ```
//! use linalg::{Matrix, mul};
//! let a = Matrix::from_rows(&[[0.0, 1.0], [-1.0, 0.0]]);
//! assert_eq!(mul(&a, &a), Matrix::diagonal(&[-1.0, -1.0]));
//! ```

use crate::bridge::{view, view_mut};
use crate::{Matrix, Scalar};
use faer::traits::ComplexField;
use faer::{Accum, Par};
use std::ops::Mul;

/// The product A B.
///
/// # Panics
/// If A does not have as many columns as B has rows.
pub fn mul<T: Scalar + ComplexField>(a: &Matrix<T>, b: &Matrix<T>) -> Matrix<T> {
    let mut c = Matrix::zeros(a.rows(), b.cols());
    mul_into(a, b, &mut c);
    c
}

/// The product A B, written over C.
///
/// # Panics
/// If the shapes do not fit.
pub fn mul_into<T: Scalar + ComplexField>(a: &Matrix<T>, b: &Matrix<T>, c: &mut Matrix<T>) {
    assert_eq!(a.cols(), b.rows(), "A B needs as many columns of A as rows of B");
    assert_eq!((c.rows(), c.cols()), (a.rows(), b.cols()), "C must have the shape of A B");
    faer::linalg::matmul::matmul(view_mut(c), Accum::Replace, view(a), view(b), <T as Scalar>::ONE, Par::Seq);
}

impl Matrix {
    /// The product A x.
    ///
    /// # Panics
    /// If x does not have one entry for each column of A.
    pub fn mul_vec(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; self.rows()];
        mul_vec_into(self, x, &mut y);
        y
    }
}

/// The product A x, written over y.
///
/// # Panics
/// If the lengths do not fit.
pub fn mul_vec_into(a: &Matrix, x: &[f64], y: &mut [f64]) {
    assert_eq!(x.len(), a.cols(), "A x needs one entry of x for each column of A");
    assert_eq!(y.len(), a.rows(), "A x has one entry for each row of A");
    y.fill(0.0);
    for (j, &xj) in x.iter().enumerate() {
        for (yi, &a) in y.iter_mut().zip(a.column(j)) {
            *yi += a * xj;
        }
    }
}

impl<T: Scalar + ComplexField> Mul for &Matrix<T> {
    type Output = Matrix<T>;
    fn mul(self, other: Self) -> Matrix<T> {
        mul(self, other)
    }
}
