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
        let norm = self.inverse_norm_1(n);
        if norm.is_finite() { (1.0 / norm / self.norm_1).min(1.0) } else { 0.0 }
    }

    /// Climbs the convex function x -> ||A^-1 x||_1 on the unit ball from vertex to vertex.
    fn inverse_norm_1(&self, n: usize) -> f64 {
        let sum = |y: &[T]| y.iter().map(|v| v.modulus()).sum::<f64>();
        let mut x = vec![T::from_real(1.0 / n as f64); n];
        let mut best = 0.0;
        let mut vertex = usize::MAX;
        for _ in 0..5 {
            let y = self.solve(&x);
            let norm = sum(&y);
            if !norm.is_finite() {
                return f64::INFINITY;
            }
            if norm <= best {
                break;
            }
            best = norm;
            let signs: Vec<T> = y
                .iter()
                .map(|&v| {
                    let r = v.modulus();
                    if r == 0.0 { <T as Scalar>::ONE } else { Scalar::conj(v * T::from_real(1.0 / r)) }
                })
                .collect();
            let z = self.solve_transposed(&signs);
            let (j, _) = z
                .iter()
                .map(|v| v.modulus())
                .enumerate()
                .fold((0, -1.0), |m, c| if c.1 > m.1 { c } else { m });
            if j == vertex {
                break;
            }
            vertex = j;
            x = vec![<T as Scalar>::ZERO; n];
            x[j] = <T as Scalar>::ONE;
        }
        // An oscillating vector catches the matrices on which the climb stops early.
        let probe: Vec<T> = (0..n)
            .map(|i| {
                let size = 1.0 + i as f64 / (n.max(2) - 1) as f64;
                T::from_real(if i % 2 == 0 { size } else { -size })
            })
            .collect();
        best.max(2.0 * sum(&self.solve(&probe)) / (3.0 * n as f64))
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
