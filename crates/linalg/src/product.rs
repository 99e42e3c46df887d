//! Products of matrices: C = A B, and A X for many lanes at once.
//!
//! They run on one thread, so that a simulation has the same bits for any number of threads. Cost: 2 n^3.
//!
//! ```
//! use linalg::{Matrix, mul};
//! let a = Matrix::from_rows(&[[0.0, 1.0], [-1.0, 0.0]]);
//! assert_eq!(mul(&a, &a), Matrix::diagonal(&[-1.0, -1.0]));
//! ```

use crate::bridge::{view, view_mut};
use crate::{Matrix, Scalar, mul_vec_into};
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};
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

/// The product A X for many lanes at once, written over Y: lane `l` of variable `i` is `y[i * lanes + l]`.
///
/// Read column by column, X is X^T with a row for each lane, hence Y^T = X^T A^T without a copy of anything.
///
/// # Panics
/// If the lengths do not fit.
pub fn mul_lanes_into(a: &Matrix, x: &[f64], lanes: usize, y: &mut [f64]) {
    if lanes == 1 {
        return mul_vec_into(a, x, y);
    }
    assert_eq!(x.len(), a.cols() * lanes, "A X needs one row of lanes of X for each column of A");
    assert_eq!(y.len(), a.rows() * lanes, "A X has one row of lanes for each row of A");
    let x = MatRef::from_column_major_slice(x, lanes, a.cols());
    let y = MatMut::from_column_major_slice_mut(y, lanes, a.rows());
    faer::linalg::matmul::matmul(y, Accum::Replace, x, view(a).transpose(), 1.0, Par::Seq);
}

impl<T: Scalar + ComplexField> Mul for &Matrix<T> {
    type Output = Matrix<T>;
    fn mul(self, other: Self) -> Matrix<T> {
        mul(self, other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Complex;

    #[test]
    fn lanes_are_products_side_by_side() {
        let a = Matrix::from_fn(7, 5, |i, j| (1.3 * i as f64 - 0.7 * j as f64).sin());
        for lanes in [0, 1, 3, 16] {
            let x: Vec<f64> = (0..5 * lanes).map(|k| (k as f64).cos()).collect();
            let mut y = vec![f64::NAN; 7 * lanes];
            mul_lanes_into(&a, &x, lanes, &mut y);
            for l in 0..lanes {
                let one: Vec<f64> = (0..5).map(|j| x[j * lanes + l]).collect();
                for (i, want) in a.mul_vec(&one).into_iter().enumerate() {
                    assert!((y[i * lanes + l] - want).abs() < 1e-14);
                }
            }
        }
    }

    #[test]
    fn products_of_small_integers_are_exact() {
        let a = Matrix::from_fn(17, 9, |i, j| ((3 * i + 5 * j) % 7) as f64 - 3.0);
        let b = Matrix::from_fn(9, 23, |i, j| ((2 * i + 3 * j) % 5) as f64 - 2.0);
        let expected = Matrix::from_fn(17, 23, |i, j| (0..9).map(|k| a[(i, k)] * b[(k, j)]).sum());
        assert_eq!(&a * &b, expected);
        let turn = Complex::new(0.0, 1.0);
        let c = mul(&a.to_complex().scaled(turn), &b.to_complex().scaled(turn));
        assert_eq!(c, expected.scaled(-1.0).to_complex());
    }
}
