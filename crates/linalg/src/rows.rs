//! The rows of a matrix: their sizes, and other ones. One pass over the matrix each.
//!
//! ```
//! use linalg::{Matrix, row_sizes, scale_rows};
//! let mut a = Matrix::from_rows(&[[1.0, -4.0], [0.5, 0.0]]);
//! let (mut largest, mut sum) = ([0.0; 2], [0.0; 2]);
//! row_sizes(&a, &[2.0, -1.0], &mut largest, &mut sum);
//! assert_eq!((largest, sum), ([4.0, 0.5], [6.0, 1.0]));
//! scale_rows(&mut a, &[0.25, 2.0]);
//! assert_eq!(a, Matrix::from_rows(&[[0.25, -1.0], [1.0, 0.0]]));
//! ```

use crate::Matrix;
use pulp::{Arch, Simd, WithSimd};

/// Of every row i, max_j |a_ij| and sum_j |a_ij| |x_j|, written over `largest` and `sum`.
///
/// The sum is not finite where an entry of the row is not; `largest` passes over entries that are no numbers.
///
/// # Panics
/// If the lengths do not fit.
pub fn row_sizes(a: &Matrix, x: &[f64], largest: &mut [f64], sum: &mut [f64]) {
    assert_eq!(x.len(), a.cols(), "|A| |x| needs one entry of x for each column of A");
    assert!(largest.len() == a.rows() && sum.len() == a.rows(), "one size for each row of A");
    largest.fill(0.0);
    sum.fill(0.0);
    if a.rows() > 0 {
        Arch::new().dispatch(Sizes { a: a.as_slice(), x, largest, sum });
    }
}

struct Sizes<'a> {
    a: &'a [f64],
    x: &'a [f64],
    largest: &'a mut [f64],
    sum: &'a mut [f64],
}

impl WithSimd for Sizes<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (tops, tops_rest) = S::as_mut_simd_f64s(self.largest);
        let (sums, sums_rest) = S::as_mut_simd_f64s(self.sum);
        for (column, x) in self.a.chunks_exact(tops.len() * S::F64_LANES + tops_rest.len()).zip(self.x) {
            let (vectors, rest) = S::as_simd_f64s(column);
            let spread = simd.splat_f64s(x.abs());
            for ((v, top), sum) in vectors.iter().zip(&mut *tops).zip(&mut *sums) {
                let size = simd.abs_f64s(*v);
                *top = simd.max_f64s(size, *top);
                *sum = simd.mul_add_e_f64s(size, spread, *sum);
            }
            for ((v, top), sum) in rest.iter().zip(&mut *tops_rest).zip(&mut *sums_rest) {
                *top = top.max(v.abs());
                *sum += v.abs() * x.abs();
            }
        }
    }
}

/// Multiplies row i by `w[i]`.
///
/// # Panics
/// If there is not one factor for each row.
pub fn scale_rows(a: &mut Matrix, w: &[f64]) {
    assert_eq!(w.len(), a.rows(), "one factor for each row of A");
    if !w.is_empty() {
        Arch::new().dispatch(Scale { a: a.as_mut_slice(), w });
    }
}

struct Scale<'a> {
    a: &'a mut [f64],
    w: &'a [f64],
}

impl WithSimd for Scale<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (factors, factors_rest) = S::as_simd_f64s(self.w);
        for column in self.a.chunks_exact_mut(self.w.len()) {
            let (vectors, rest) = S::as_mut_simd_f64s(column);
            for (v, w) in vectors.iter_mut().zip(factors) {
                *v = simd.mul_f64s(*v, *w);
            }
            rest.iter_mut().zip(factors_rest).for_each(|(v, w)| *v *= w);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_multiples_of_small_integers_are_exact_and_a_missing_number_shows_in_the_sum() {
        for (rows, cols) in [(0, 3), (1, 1), (5, 7), (8, 8), (13, 9), (64, 33)] {
            let a = Matrix::from_fn(rows, cols, |i, j| ((3 * i + 5 * j) % 7) as f64 - 3.0);
            let x: Vec<f64> = (0..cols).map(|j| (j % 5) as f64 - 2.0).collect();
            let w: Vec<f64> = (0..rows).map(|i| (i % 3) as f64 - 1.0).collect();
            let (mut largest, mut sum) = (vec![9.0; rows], vec![9.0; rows]);
            row_sizes(&a, &x, &mut largest, &mut sum);
            for i in 0..rows {
                let sizes = (0..cols).map(|j| a[(i, j)].abs());
                assert_eq!(largest[i], sizes.clone().fold(0.0, f64::max));
                assert_eq!(sum[i], sizes.zip(&x).map(|(a, x)| a * x.abs()).sum::<f64>());
            }
            let mut scaled = a.clone();
            scale_rows(&mut scaled, &w);
            assert_eq!(scaled, Matrix::from_fn(rows, cols, |i, j| a[(i, j)] * w[i]));
            for wrong in [f64::NAN, f64::INFINITY] {
                for k in 0..rows {
                    let mut b = a.clone();
                    b[(k, cols - 1)] = wrong;
                    row_sizes(&b, &vec![0.0; cols], &mut largest, &mut sum);
                    assert!((0..rows).all(|i| sum[i].is_finite() == (i != k)));
                }
            }
        }
    }
}
