//! The products A x and A^T x of a dense matrix and a vector: the inner loop of every network simulation.
//!
//! It is bound by memory, so A is read once, in order, eight columns at a time, while a strip of y stays in the
//! first cache. Each entry of y is one chain of fused multiply-adds over the columns in their order: the bits do
//! not depend on threads.

use crate::Matrix;
use pulp::{Arch, Simd, WithSimd};

/// Columns that are added to y in one pass.
const COLUMNS: usize = 8;
/// Rows of y that are finished before the next strip: 16 KiB.
const STRIP: usize = 2048;

/// The product A x, written over y.
///
/// # Panics
/// If the lengths do not fit.
pub fn mul_vec_into(a: &Matrix, x: &[f64], y: &mut [f64]) {
    assert_eq!(x.len(), a.cols(), "A x needs one entry of x for each column of A");
    assert_eq!(y.len(), a.rows(), "A x has one entry for each row of A");
    Arch::new().dispatch(Product { a: a.as_slice(), x, y });
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

struct Product<'a> {
    a: &'a [f64],
    x: &'a [f64],
    y: &'a mut [f64],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { a, x, y } = self;
        let rows = y.len();
        y.fill(0.0);
        if rows == 0 {
            return;
        }
        let whole = x.len() / COLUMNS * COLUMNS;
        for (k, strip) in y.chunks_mut(STRIP).enumerate() {
            let (first, len) = (k * STRIP, strip.len());
            for (panel, x) in a.chunks_exact(COLUMNS * rows).zip(x.chunks_exact(COLUMNS)) {
                let column = |j: usize| &panel[j * rows + first..j * rows + first + len];
                add_columns::<S, COLUMNS>(
                    simd,
                    std::array::from_fn(column),
                    std::array::from_fn(|j| x[j]),
                    strip,
                );
            }
            for (column, x) in a.chunks_exact(rows).zip(x).skip(whole) {
                add_columns::<S, 1>(simd, [&column[first..first + len]], [*x], strip);
            }
        }
    }
}

/// y += sum of the columns times the x.
#[inline(always)]
pub(crate) fn add_columns<S: Simd, const N: usize>(
    simd: S,
    columns: [&[f64]; N],
    x: [f64; N],
    y: &mut [f64],
) {
    let (y_vectors, y_rest) = S::as_mut_simd_f64s(y);
    let parts = columns.map(|c| S::as_simd_f64s(c));
    let spread = x.map(|x| simd.splat_f64s(x));
    let heads = parts.map(|p| &p.0[..y_vectors.len()]);
    for (i, y) in y_vectors.iter_mut().enumerate() {
        let mut sum = *y;
        for j in 0..N {
            sum = simd.mul_add_e_f64s(heads[j][i], spread[j], sum);
        }
        *y = sum;
    }
    if !y_rest.is_empty() {
        let mut sum = simd.partial_load_f64s(y_rest);
        for j in 0..N {
            sum = simd.mul_add_e_f64s(simd.partial_load_f64s(parts[j].1), spread[j], sum);
        }
        simd.partial_store_f64s(y_rest, sum);
    }
}

/// The product A^T x, written over y.
///
/// # Panics
/// If the lengths do not fit.
pub fn mul_transposed_vec_into(a: &Matrix, x: &[f64], y: &mut [f64]) {
    assert_eq!(x.len(), a.rows(), "A^T x needs one entry of x for each row of A");
    assert_eq!(y.len(), a.cols(), "A^T x has one entry for each column of A");
    Arch::new().dispatch(Transposed { a: a.as_slice(), x, y });
}

struct Transposed<'a> {
    a: &'a [f64],
    x: &'a [f64],
    y: &'a mut [f64],
}

impl WithSimd for Transposed<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { a, x, y } = self;
        let rows = x.len();
        y.fill(0.0);
        if rows == 0 {
            return;
        }
        let whole = y.len() / 4 * 4;
        for (panel, y) in a.chunks_exact(4 * rows).zip(y.chunks_exact_mut(4)) {
            y.copy_from_slice(&dots::<S, 4>(
                simd,
                std::array::from_fn(|j| &panel[j * rows..(j + 1) * rows]),
                x,
            ));
        }
        for (column, y) in a.chunks_exact(rows).zip(y).skip(whole) {
            [*y] = dots::<S, 1>(simd, [column], x);
        }
    }
}

/// The inner products of the columns with x.
#[inline(always)]
fn dots<S: Simd, const N: usize>(simd: S, columns: [&[f64]; N], x: &[f64]) -> [f64; N] {
    let (x_vectors, x_rest) = S::as_simd_f64s(x);
    let parts = columns.map(|c| S::as_simd_f64s(c));
    let heads = parts.map(|p| &p.0[..x_vectors.len()]);
    let mut sums = [simd.splat_f64s(0.0); N];
    for (i, &x) in x_vectors.iter().enumerate() {
        for j in 0..N {
            sums[j] = simd.mul_add_e_f64s(heads[j][i], x, sums[j]);
        }
    }
    if !x_rest.is_empty() {
        let x = simd.partial_load_f64s(x_rest);
        for j in 0..N {
            sums[j] = simd.mul_add_e_f64s(simd.partial_load_f64s(parts[j].1), x, sums[j]);
        }
    }
    sums.map(|s| simd.reduce_sum_f64s(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_of_small_integers_is_exact_for_every_shape() {
        for (rows, cols) in [(0, 3), (1, 1), (3, 0), (5, 7), (8, 8), (13, 9), (64, 33), (2100, 17)] {
            let a = Matrix::from_fn(rows, cols, |i, j| ((3 * i + 5 * j) % 7) as f64 - 3.0);
            let x: Vec<f64> = (0..cols).map(|j| (j % 5) as f64 - 2.0).collect();
            let mut y = vec![f64::NAN; rows];
            mul_vec_into(&a, &x, &mut y);
            for i in 0..rows {
                let expected: f64 = (0..cols).map(|j| a[(i, j)] * x[j]).sum();
                assert_eq!(y[i], expected, "{rows} x {cols}, row {i}");
            }
            let mut z = vec![f64::NAN; rows];
            mul_transposed_vec_into(&a.transpose(), &x, &mut z);
            assert_eq!(z, y);
        }
    }
}
