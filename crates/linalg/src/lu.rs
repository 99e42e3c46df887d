//! P A = L U with partial pivoting: linear systems, inverses and the condition in the 1-norm.
//!
//! About 2/3 n^3 operations for the factors and 2 n^2 for each right-hand side. The answer solves a system
//! within a small multiple of eps ||A|| of the one given; its error is that, divided by the
//! [reciprocal condition](Lu::reciprocal_condition).
//!
//! Reference: N. J. Higham (1988), FORTRAN codes for estimating the one-norm of a real or complex matrix.
//!
//! ```
//! use linalg::{Matrix, solve};
//! let a = Matrix::from_rows(&[[2.0, 0.0], [1.0, 4.0]]);
//! assert_eq!(solve(&a, &[2.0, 9.0]).unwrap(), [1.0, 2.0]);
//! ```

use crate::bridge::{require_square_and_finite, view, view_mut};
use crate::one_norm::estimate;
use crate::{LinalgError, Matrix, Scalar};
use faer::Conj;
use faer::MatMut;
use faer::linalg::solvers::{PartialPivLu, SolveCore};
use faer::traits::ComplexField;

/// The factors of P A = L U.
pub struct Lu<T: Scalar + ComplexField = f64> {
    factors: PartialPivLu<T>,
    norm_1: f64,
    zero_pivot: Option<usize>,
}

impl<T: Scalar + ComplexField> Lu<T> {
    /// Factors a square matrix; a singular one is factored too, see [`Lu::is_singular`].
    ///
    /// # Errors
    /// If it is not square, or has an entry that is not finite.
    pub fn new(a: &Matrix<T>) -> Result<Self, LinalgError> {
        require_square_and_finite(a)?;
        let factors = PartialPivLu::new(view(a));
        let u = factors.U();
        let zero_pivot = (0..a.rows()).find(|&i| u[(i, i)].modulus() == 0.0);
        Ok(Self { factors, norm_1: a.norm_1(), zero_pivot })
    }

    /// Whether a pivot is exactly 0.
    pub fn is_singular(&self) -> bool {
        self.zero_pivot.is_some()
    }

    /// x with A x = b. Where a pivot is 0 the answer has infinite or NaN entries.
    ///
    /// # Panics
    /// If `b` has another length than A has rows.
    pub fn solve(&self, b: &[T]) -> Vec<T> {
        let mut x = b.to_vec();
        self.solve_in_place(&mut x);
        x
    }

    /// Replaces b by x with A x = b.
    pub fn solve_in_place(&self, b: &mut [T]) {
        let n = b.len();
        self.factors.solve_in_place_with_conj(Conj::No, MatMut::from_column_major_slice_mut(b, n, 1));
    }

    /// x with A^T x = b (no conjugation).
    pub fn solve_transposed(&self, b: &[T]) -> Vec<T> {
        let mut x = b.to_vec();
        let n = x.len();
        let right = MatMut::from_column_major_slice_mut(&mut x, n, 1);
        self.factors.solve_transpose_in_place_with_conj(Conj::No, right);
        x
    }

    /// X with A X = B.
    pub fn solve_matrix(&self, b: &Matrix<T>) -> Matrix<T> {
        let mut x = b.clone();
        self.factors.solve_in_place_with_conj(Conj::No, view_mut(&mut x));
        x
    }

    /// An estimate of 1/(||A|| ||A^-1||) in the 1-norm, almost always within a factor 3 (Hager, Higham).
    /// 0 where a pivot is 0.
    pub fn reciprocal_condition(&self) -> f64 {
        let n = self.factors.U().nrows();
        if n == 0 {
            return 1.0;
        }
        if self.is_singular() || self.norm_1 == 0.0 {
            return 0.0;
        }
        let norm = estimate(n, |x| self.solve(x), |x| self.solve_transposed(x));
        if norm.is_finite() { (1.0 / norm / self.norm_1).min(1.0) } else { 0.0 }
    }
}

impl Lu<f64> {
    /// The sign of the determinant: 1, -1, or 0 where a pivot is 0.
    pub fn determinant_sign(&self) -> f64 {
        let u = self.factors.U();
        let (order, _) = self.factors.P().arrays();
        let mut seen = vec![false; order.len()];
        let mut sign = 1.0;
        for start in 0..order.len() {
            let pivot = u[(start, start)];
            sign *= if pivot == 0.0 { 0.0 } else { pivot.signum() };
            // A cycle of even length is an odd permutation.
            let (mut k, mut length) = (start, 0);
            while !seen[k] {
                seen[k] = true;
                k = order[k];
                length += 1;
            }
            if length > 0 && length % 2 == 0 {
                sign = -sign;
            }
        }
        sign
    }
}

/// x with A x = b.
///
/// # Errors
/// If A is not square, not finite or exactly singular, or `b` has the wrong length.
pub fn solve(a: &Matrix, b: &[f64]) -> Result<Vec<f64>, LinalgError> {
    if b.len() != a.rows() {
        return Err(LinalgError::Shape {
            what: "the right-hand side",
            found: format!("of length {}", b.len()),
            expected: format!("length {}", a.rows()),
        });
    }
    Ok(regular(a)?.solve(b))
}

/// The inverse; to solve a system, [`solve`] is cheaper and more accurate.
///
/// # Errors
/// If A is not square, not finite, or exactly singular.
pub fn inverse<T: Scalar + ComplexField>(a: &Matrix<T>) -> Result<Matrix<T>, LinalgError> {
    Ok(regular(a)?.solve_matrix(&Matrix::identity(a.rows())))
}

fn regular<T: Scalar + ComplexField>(a: &Matrix<T>) -> Result<Lu<T>, LinalgError> {
    let lu = Lu::new(a)?;
    match lu.zero_pivot {
        Some(pivot) => Err(LinalgError::Singular { pivot }),
        None => Ok(lu),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Complex;

    fn hilbert(n: usize) -> Matrix {
        Matrix::from_fn(n, n, |i, j| 1.0 / (i + j + 1) as f64)
    }

    #[test]
    fn the_condition_of_hilbert_matrices_is_estimated_from_below() {
        // The 1-norm conditions of the Hilbert matrices of order 5 and 10 (Higham 2002, table 28.1).
        for (n, condition) in [(5, 943656.0), (10, 3.5353e13)] {
            let estimate = 1.0 / Lu::new(&hilbert(n)).unwrap().reciprocal_condition();
            assert!(estimate <= 1.01 * condition && estimate >= 0.3 * condition, "{n}: {estimate:e}");
        }
    }

    #[test]
    fn a_solve_leaves_a_residual_of_rounding() {
        let a =
            Matrix::from_fn(30, 30, |i, j| ((7 * i + 11 * j) as f64).sin() + if i == j { 3.0 } else { 0.0 });
        let b: Vec<f64> = (0..30).map(|i| (i as f64).cos()).collect();
        let x = solve(&a, &b).unwrap();
        let worst = a.mul_vec(&x).iter().zip(&b).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-13, "{worst:e}");
        let y = Lu::new(&a.transpose()).unwrap().solve_transposed(&b);
        assert!(x.iter().zip(&y).all(|(p, q)| (p - q).abs() < 1e-12));
        let unit = &a * &inverse(&a).unwrap();
        assert!((&unit - &Matrix::identity(30)).norm_max() < 1e-12);
    }

    #[test]
    fn a_complex_system_is_solved() {
        let i = Complex::new(0.0, 1.0);
        let one = Complex::new(1.0, 0.0);
        let a = Matrix::from_rows(&[[i, one], [one, one]]);
        let x = Lu::new(&a).unwrap().solve(&[i + one, one + one]);
        assert!(x.iter().all(|v| (v - one).norm() < 1e-15));
    }

    #[test]
    fn misuse_is_told() {
        let singular = Matrix::from_rows(&[[1.0, 2.0], [2.0, 4.0]]);
        assert_eq!(solve(&singular, &[1.0, 1.0]), Err(LinalgError::Singular { pivot: 1 }));
        assert_eq!(Lu::new(&singular).unwrap().reciprocal_condition(), 0.0);
        assert!(matches!(
            inverse(&Matrix::<f64>::zeros(2, 3)),
            Err(LinalgError::NotSquare { rows: 2, cols: 3 })
        ));
        let wrong = Matrix::from_rows(&[[1.0, f64::NAN], [0.0, 1.0]]);
        assert!(matches!(Lu::new(&wrong), Err(LinalgError::NotFinite { row: 0, column: 1, .. })));
        assert!(matches!(solve(&Matrix::identity(2), &[1.0]), Err(LinalgError::Shape { .. })));
    }
}
