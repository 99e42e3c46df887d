//! Gaussian elimination over and over: P A = L U of many matrices of one size, in memory that is kept.
//!
//! An implicit method factors a new matrix every step, Newton's method one for every step of every start. Up to 24 rows plain
//! loops do it, up to 256 rows panels of eight columns, both without allocation; beyond, the work is that of [`Lu`]. About 2/3 n^3 operations for the factors and 2 n^2 for each right-hand side, with partial pivoting.
//!
//! ```
//! use linalg::{Elimination, Matrix};
//! let mut elimination = Elimination::new(2);
//! elimination.factor(&Matrix::from_rows(&[[0.0, 2.0], [1.0, 4.0]]));
//! let mut b = [2.0, 9.0];
//! elimination.solve(&mut b);
//! assert_eq!(b, [5.0, 1.0]);
//! ```

use crate::panels::Panels;
use crate::{Lu, Matrix};
use pulp::{Arch, Simd, WithSimd};

/// Up to so many rows plain loops are faster than panels.
const SMALL: usize = 24;
/// Up to so many rows panels are faster than the library.
const MIDDLING: usize = 256;

/// The factors of the matrix that was factored last.
pub struct Elimination {
    n: usize,
    /// L below the diagonal, U above it, the reciprocals of U's diagonal on it.
    factors: Vec<f64>,
    /// Row k was swapped with this one.
    swaps: Vec<usize>,
    panels: Option<Panels>,
    large: Option<Lu>,
}

impl Elimination {
    /// For matrices of n rows and columns; the factors are those of a matrix that has no inverse until one is factored.
    pub fn new(n: usize) -> Self {
        let size = if n <= SMALL { n } else { 0 };
        Self { n, factors: vec![f64::NAN; size * size], swaps: vec![0; size], panels: None, large: None }
    }

    /// Factors `a`. One that is singular or not finite is factored too: then every solution is infinite or NaN.
    ///
    /// # Panics
    /// If `a` has another size than was announced.
    pub fn factor(&mut self, a: &Matrix) {
        let n = self.n;
        assert!(a.rows() == n && a.cols() == n, "a matrix of another size");
        if n > MIDDLING {
            self.large = Lu::new(a).ok();
            return;
        }
        if n > SMALL {
            return self.panels.get_or_insert_with(|| Panels::new(n)).factor(a);
        }
        let lu = &mut self.factors[..n * n];
        lu.copy_from_slice(a.as_slice());
        for k in 0..n {
            let (mut pivot, mut largest) = (k, lu[k * n + k].abs());
            for i in k + 1..n {
                let size = lu[k * n + i].abs();
                if size > largest {
                    (pivot, largest) = (i, size);
                }
            }
            self.swaps[k] = pivot;
            if pivot != k {
                // The columns of L before stay: `solve` swaps as it goes.
                for j in k..n {
                    lu.swap(j * n + k, j * n + pivot);
                }
            }
            let (done, rest) = lu.split_at_mut((k + 1) * n);
            let column = &mut done[k * n..];
            let reciprocal = 1.0 / column[k];
            column[k] = reciprocal;
            column[k + 1..].iter_mut().for_each(|l| *l *= reciprocal);
            for other in rest.chunks_exact_mut(n) {
                let u = other[k];
                for (x, l) in other[k + 1..].iter_mut().zip(&column[k + 1..]) {
                    *x -= l * u;
                }
            }
        }
    }

    /// Replaces b by x with A x = b.
    ///
    /// # Panics
    /// If `b` has another length than A has rows.
    pub fn solve(&self, b: &mut [f64]) {
        let n = self.n;
        assert!(b.len() == n, "a right-hand side of another length");
        if n > SMALL {
            return match (&self.panels, &self.large) {
                (Some(panels), _) => panels.solve(b),
                (None, Some(lu)) => lu.solve_in_place(b),
                (None, None) => b.fill(f64::NAN),
            };
        }
        for (k, column) in self.factors.chunks_exact(n).enumerate() {
            b.swap(k, self.swaps[k]);
            let x = b[k];
            for (b, l) in b[k + 1..].iter_mut().zip(&column[k + 1..]) {
                *b -= l * x;
            }
        }
        for (k, column) in self.factors.chunks_exact(n).enumerate().rev() {
            let x = b[k] * column[k];
            b[k] = x;
            for (b, u) in b[..k].iter_mut().zip(column) {
                *b -= u * x;
            }
        }
    }

    /// Replaces each column of B, which follow one another, by its solution; the same bits as one by one, several at once.
    ///
    /// # Panics
    /// If `b` is no whole number of columns as long as A has rows.
    pub fn solve_columns(&self, b: &mut [f64]) {
        let n = self.n;
        if n == 0 {
            return;
        }
        assert!(b.len().is_multiple_of(n), "columns of another length");
        if n > SMALL {
            return b.chunks_exact_mut(n).for_each(|column| self.solve(column));
        }
        for columns in b.chunks_mut(SIDES * n) {
            Arch::new().dispatch(Sides { n, factors: &self.factors, swaps: &self.swaps, columns });
        }
    }

    /// The sign of the determinant, 1 or -1: 0 if a pivot is 0, NaN if the matrix was not finite.
    pub fn determinant_sign(&self) -> f64 {
        let n = self.n;
        if n > SMALL {
            let large = || self.large.as_ref().map_or(f64::NAN, Lu::determinant_sign);
            return self.panels.as_ref().map_or_else(large, Panels::determinant_sign);
        }
        let mut sign = 1.0;
        for k in 0..n {
            let pivot = self.factors[k * n + k];
            sign *= if pivot.is_infinite() { 0.0 } else { pivot.signum() };
            sign *= if self.swaps[k] == k { 1.0 } else { -1.0 };
        }
        sign
    }
}

/// Right-hand sides that are solved at once.
const SIDES: usize = 8;

/// Up to eight right-hand sides of a small system, turned so that the same row of all of them is one vector.
struct Sides<'a> {
    n: usize,
    factors: &'a [f64],
    swaps: &'a [usize],
    columns: &'a mut [f64],
}

impl WithSimd for Sides<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { n, factors, swaps, columns } = self;
        let mut all = [[0.0; SIDES]; SMALL];
        let rows = &mut all[..n];
        for (c, column) in columns.chunks_exact(n).enumerate() {
            for (row, b) in rows.iter_mut().zip(column) {
                row[c] = *b;
            }
        }
        for (k, column) in factors.chunks_exact(n).enumerate() {
            rows.swap(k, swaps[k]);
            let x = rows[k];
            for (row, l) in rows[k + 1..].iter_mut().zip(&column[k + 1..]) {
                let l = simd.splat_f64s(*l);
                for (b, x) in S::as_mut_simd_f64s(row).0.iter_mut().zip(S::as_simd_f64s(&x).0) {
                    *b = simd.sub_f64s(*b, simd.mul_f64s(l, *x));
                }
            }
        }
        for (k, column) in factors.chunks_exact(n).enumerate().rev() {
            rows[k].iter_mut().for_each(|x| *x *= column[k]);
            let x = rows[k];
            for (row, u) in rows[..k].iter_mut().zip(column) {
                let u = simd.splat_f64s(*u);
                for (b, x) in S::as_mut_simd_f64s(row).0.iter_mut().zip(S::as_simd_f64s(&x).0) {
                    *b = simd.sub_f64s(*b, simd.mul_f64s(u, *x));
                }
            }
        }
        for (c, column) in columns.chunks_exact_mut(n).enumerate() {
            for (row, b) in rows.iter().zip(column) {
                *b = row[c];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(i: usize, j: usize) -> f64 {
        let x = ((131 * i + 71 * j + 7) as f64 * 12.9898).sin() * 43_758.545_3;
        2.0 * (x - x.floor()) - 1.0
    }

    #[test]
    fn the_sign_of_a_determinant_is_that_of_the_permutation_and_of_the_pivots() {
        for n in [1, 2, 5, 24, 30, 64, 257] {
            let mut elimination = Elimination::new(n);
            // A cycle of n rows is n - 1 swaps; one entry is negative.
            let cycle =
                Matrix::from_fn(
                    n,
                    n,
                    |i, j| if (i + 1) % n == j { if i == 0 { -2.0 } else { 3.0 } } else { 0.0 },
                );
            elimination.factor(&cycle);
            assert_eq!(elimination.determinant_sign(), if n % 2 == 0 { 1.0 } else { -1.0 }, "{n}");
        }
    }

    #[test]
    fn small_and_large_systems_are_solved_to_rounding() {
        for n in [1, 2, 3, 5, 24, 25, 31, 32, 33, 60, 64, 127, 128, 200, 257] {
            let mut elimination = Elimination::new(n);
            for turn in 0..3 {
                let a = Matrix::from_fn(n, n, |i, j| noise(i, j + 7 * turn));
                let x: Vec<f64> = (0..n).map(|i| (i as f64).cos()).collect();
                let mut b = a.mul_vec(&x);
                elimination.factor(&a);
                elimination.solve(&mut b);
                let (found, asked) = (a.mul_vec(&b), a.mul_vec(&x));
                let worst = found.iter().zip(&asked).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
                assert!(worst < 1e-12, "{n}: {worst:e}");
            }
        }
    }

    #[test]
    fn columns_at_once_have_the_bits_of_one_by_one() {
        for (n, columns) in [(0, 0), (1, 1), (2, 9), (16, 7), (16, 8), (20, 17), (24, 3), (30, 4)] {
            let mut elimination = Elimination::new(n);
            elimination.factor(&Matrix::from_fn(n, n, noise));
            let mut at_once: Vec<f64> = (0..n * columns).map(|k| noise(k, 3)).collect();
            let mut one_by_one = at_once.clone();
            elimination.solve_columns(&mut at_once);
            one_by_one.chunks_exact_mut(n.max(1)).for_each(|column| elimination.solve(column));
            assert_eq!(at_once, one_by_one, "{n}");
        }
    }

    #[test]
    fn a_matrix_without_an_inverse_has_no_finite_solution() {
        for n in [3, 30, 64, 257] {
            let mut elimination = Elimination::new(n);
            for entry in [1.0, f64::NAN] {
                elimination.factor(&Matrix::from_fn(n, n, |_, _| entry));
                let mut b: Vec<f64> = (0..n).map(|i| i as f64).collect();
                elimination.solve(&mut b);
                assert!(b.iter().any(|x| !x.is_finite()), "{n} {entry}: {b:?}");
            }
        }
    }
}
