//! P A = L U of middling matrices, again and again in memory that is kept: what [`crate::Elimination`] does beyond plain loops.
//!
//! ```text
//! for every panel of eight columns:   [L11; L21] U11 = P panel         column by column, with partial pivoting
//!                                     U12 = L11^-1 (P A12)             the rows beside it
//!                                     A22 <- A22 - L21 U12             three columns at once, eight products to an entry
//! ```
//!
//! Rows are padded to whole vectors and begin on a line of the cache. The columns of L keep the order of rows that their own panel
//! left; a solution swaps as it goes. Cost: 2/3 n^3; at n = 128 about 0.6 of the time of the library's factors. Each
//! panel passes once over all that is left: for matrices that no longer fit the second cache the library's recursion is meant.
//! The bits do not depend on threads.
//!
//! Reference: Golub, Van Loan (2013), Matrix computations.

use crate::Matrix;
use crate::matrix_vector::add_columns;
use pulp::{Arch, Simd, WithSimd};

/// Columns of a panel, which are also the rows of the widest vector.
const PANEL: usize = 8;
/// Columns beside a panel that are updated at once: as many as leave their coefficients in registers.
const BESIDE: usize = 3;

/// The factors of the matrix that was factored last.
pub(crate) struct Panels {
    n: usize,
    /// Numbers from one column to the next: whole vectors, and an odd number of them, so that columns share no part of the cache.
    stride: usize,
    /// Where the first column begins in `numbers`.
    first: usize,
    /// L below the diagonal, U above it, the reciprocals of U's diagonal on it.
    numbers: Vec<f64>,
    /// Row k was swapped with this one.
    swaps: Vec<usize>,
}

impl Panels {
    pub(crate) fn new(n: usize) -> Self {
        let vectors = n.div_ceil(PANEL);
        let stride = PANEL * (vectors | 1);
        let numbers = vec![f64::NAN; stride * PANEL * vectors + PANEL];
        // A line of the cache is 64 bytes.
        let first = numbers.as_ptr().align_offset(64).min(PANEL);
        Self { n, stride, first, numbers, swaps: vec![0; n] }
    }

    fn columns(&self) -> &[f64] {
        &self.numbers[self.first..self.numbers.len() - PANEL + self.first]
    }

    /// Factors a matrix of the announced size.
    pub(crate) fn factor(&mut self, a: &Matrix) {
        let (n, stride) = (self.n, self.stride);
        let end = self.numbers.len() - PANEL + self.first;
        let lu = &mut self.numbers[self.first..end];
        for (k, to) in lu.chunks_exact_mut(stride).enumerate() {
            let filled = if k < n { n } else { 0 };
            to[filled..].fill(0.0);
            if k < n {
                to[..n].copy_from_slice(a.column(k));
            }
        }
        Arch::new().dispatch(Factor { n, stride, lu, swaps: &mut self.swaps });
    }

    /// Replaces b, of the announced length, by x with A x = b.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        let lu = self.columns();
        Arch::new().dispatch(Solve { n: self.n, stride: self.stride, lu, swaps: &self.swaps, b });
    }

    /// The sign of the determinant, 1 or -1: 0 if a pivot is 0, NaN if the matrix was not finite.
    pub(crate) fn determinant_sign(&self) -> f64 {
        let lu = self.columns();
        let mut sign = 1.0;
        for (k, &swap) in self.swaps.iter().enumerate() {
            let reciprocal = lu[k * self.stride + k];
            sign *= if reciprocal.is_infinite() { 0.0 } else { reciprocal.signum() };
            sign *= if reciprocal.is_nan() { f64::NAN } else { 1.0 };
            sign *= if swap == k { 1.0 } else { -1.0 };
        }
        sign
    }
}

struct Factor<'a> {
    n: usize,
    stride: usize,
    lu: &'a mut [f64],
    swaps: &'a mut [usize],
}

impl WithSimd for Factor<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { n, stride, lu, swaps } = self;
        for (at, swaps) in swaps.chunks_mut(PANEL).enumerate() {
            let top = at * PANEL;
            let (panel, rest) = lu[top * stride..].split_at_mut(PANEL * stride);
            factor_panel(simd, panel, stride, top, n, swaps);
            let panel = &*panel;
            let mut groups = rest.chunks_exact_mut(BESIDE * stride);
            for group in &mut groups {
                update::<S, BESIDE>(simd, panel, group, stride, top, swaps);
            }
            for column in groups.into_remainder().chunks_exact_mut(stride) {
                update::<S, 1>(simd, panel, column, stride, top, swaps);
            }
        }
    }
}

/// Factors the columns of one panel, whose diagonal begins at row `top`.
#[inline(always)]
fn factor_panel<S: Simd>(
    simd: S,
    panel: &mut [f64],
    stride: usize,
    top: usize,
    n: usize,
    swaps: &mut [usize],
) {
    let corner = top + PANEL;
    for (j, swap) in swaps.iter_mut().enumerate() {
        let k = top + j;
        let pivot = k + largest(simd, &panel[j * stride..][k..n]);
        *swap = pivot;
        if pivot != k {
            for column in panel.chunks_exact_mut(stride) {
                column.swap(k, pivot);
            }
        }
        let (done, rest) = panel.split_at_mut((j + 1) * stride);
        let column = &mut done[j * stride..];
        let reciprocal = 1.0 / column[k];
        column[k] = reciprocal;
        column[k + 1..corner].iter_mut().for_each(|l| *l *= reciprocal);
        let (vectors, _) = S::as_mut_simd_f64s(&mut column[corner..]);
        let factor = simd.splat_f64s(reciprocal);
        for l in vectors {
            *l = simd.mul_f64s(*l, factor);
        }
        let column = &*column;
        let (below, _) = S::as_simd_f64s(&column[corner..]);
        for other in rest.chunks_exact_mut(stride) {
            let u = other[k];
            for (x, l) in other[k + 1..corner].iter_mut().zip(&column[k + 1..corner]) {
                *x -= l * u;
            }
            let (vectors, _) = S::as_mut_simd_f64s(&mut other[corner..]);
            let minus_u = simd.splat_f64s(-u);
            for (x, l) in vectors.iter_mut().zip(below) {
                *x = simd.mul_add_e_f64s(*l, minus_u, *x);
            }
        }
    }
}

/// Where the number of largest modulus stands.
#[inline(always)]
fn largest<S: Simd>(simd: S, x: &[f64]) -> usize {
    let (vectors, rest) = S::as_simd_f64s(x);
    let mut most = simd.abs_f64s(simd.partial_load_f64s(rest));
    for v in vectors {
        most = simd.max_f64s(most, simd.abs_f64s(*v));
    }
    let most = simd.reduce_max_f64s(most);
    x.iter().position(|v| v.abs() == most).unwrap_or(0)
}

/// Brings columns beside a panel up to date.
#[inline(always)]
fn update<S: Simd, const N: usize>(
    simd: S,
    panel: &[f64],
    group: &mut [f64],
    stride: usize,
    top: usize,
    swaps: &[usize],
) {
    let corner = top + PANEL;
    let mut u = [[0.0; PANEL]; N];
    for (column, u) in group.chunks_exact_mut(stride).zip(&mut u) {
        for (j, &pivot) in swaps.iter().enumerate() {
            column.swap(top + j, pivot);
        }
        u.copy_from_slice(&column[top..corner]);
    }
    for j in 0..PANEL {
        let l = &panel[j * stride + top..j * stride + corner];
        for i in j + 1..PANEL {
            for u in &mut u {
                u[i] -= l[i] * u[j];
            }
        }
    }
    // Loops, not closures: what a closure holds does not get the wide instructions.
    let mut spread = [[simd.splat_f64s(0.0); PANEL]; N];
    for (spread, u) in spread.iter_mut().zip(&u) {
        for (spread, u) in spread.iter_mut().zip(u) {
            *spread = simd.splat_f64s(-*u);
        }
    }
    let count = (stride - corner) / S::F64_LANES;
    let mut columns: [&[S::f64s]; PANEL] = [&[]; PANEL];
    for (column, l) in columns.iter_mut().zip(panel.chunks_exact(stride)) {
        *column = &S::as_simd_f64s(&l[corner..]).0[..count];
    }
    for (column, u) in group.chunks_exact_mut(stride).zip(&u) {
        column[top..corner].copy_from_slice(u);
    }
    let (targets, _) = S::as_mut_simd_f64s(group);
    let (apart, before) = (stride / S::F64_LANES, corner / S::F64_LANES);
    for i in 0..count {
        let mut l = [simd.splat_f64s(0.0); PANEL];
        for (l, column) in l.iter_mut().zip(&columns) {
            *l = column[i];
        }
        for (m, spread) in spread.iter().enumerate() {
            let target = &mut targets[m * apart + before + i];
            let mut sum = *target;
            for (l, minus_u) in l.iter().zip(spread) {
                sum = simd.mul_add_e_f64s(*l, *minus_u, sum);
            }
            *target = sum;
        }
    }
}

struct Solve<'a> {
    n: usize,
    stride: usize,
    lu: &'a [f64],
    swaps: &'a [usize],
    b: &'a mut [f64],
}

impl WithSimd for Solve<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { n, stride, lu, swaps, b } = self;
        for (at, swaps) in swaps.chunks(PANEL).enumerate() {
            let top = at * PANEL;
            let corner = (top + PANEL).min(n);
            for (j, &pivot) in swaps.iter().enumerate() {
                b.swap(top + j, pivot);
            }
            for k in top..corner {
                let x = b[k];
                let l = &lu[k * stride..(k + 1) * stride];
                b[k + 1..corner].iter_mut().zip(&l[k + 1..corner]).for_each(|(b, l)| *b -= l * x);
            }
            if corner < n {
                let minus: [f64; PANEL] = std::array::from_fn(|j| -b[top + j]);
                let below = |j: usize| &lu[(top + j) * stride..][corner..n];
                add_columns(simd, std::array::from_fn(below), minus, &mut b[corner..n]);
            }
        }
        for at in (0..swaps.len().div_ceil(PANEL)).rev() {
            let top = at * PANEL;
            let corner = (top + PANEL).min(n);
            let mut minus = [0.0; PANEL];
            for k in (top..corner).rev() {
                let u = &lu[k * stride..(k + 1) * stride];
                let x = b[k] * u[k];
                b[k] = x;
                minus[k - top] = -x;
                b[top..k].iter_mut().zip(&u[top..k]).for_each(|(b, u)| *b -= u * x);
            }
            let above = |j: usize| &lu[(top + j) * stride..][..top];
            add_columns(simd, std::array::from_fn(above), minus, &mut b[..top]);
        }
    }
}
