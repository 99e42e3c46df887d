//! Balancing: a diagonal scaling D^-1 A D by powers of two that brings rows and columns to like norms.
//!
//! It costs no rounding, and the eigenvalues of D^-1 A D are those of A.
//!
//! Reference: R. James, J. Langou, B. R. Lowery (2014), On matrix balancing and eigenvector computation:
//! norms of whole rows and columns in the 2-norm, which does not harm matrices that were fine before.

use crate::Matrix;

/// A power of two between x/2 and x (1 for x = 0), kept away from the ends of the exponent range so that it
/// can be inverted.
pub(crate) fn power_of_two_near(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return 1.0;
    }
    let exponent = (x.max(f64::MIN_POSITIVE).to_bits() >> 52) as i32 - 1023;
    2f64.powi(exponent.clamp(-1021, 1021))
}

/// Replaces the matrix by D^-1 A D and returns the diagonal of D, all powers of two. Each of the diagonal
/// `blocks` (first index and size) of a block triangular matrix is balanced by its own entries.
pub(crate) fn balance(a: &mut Matrix, blocks: &[(usize, usize)]) -> Vec<f64> {
    let mut d = vec![1.0; a.rows()];
    for &(start, size) in blocks.iter().filter(|b| b.1 > 1) {
        balance_block(a, start, start + size, &mut d);
    }
    d
}

fn balance_block(a: &mut Matrix, start: usize, end: usize, d: &mut [f64]) {
    let n = a.rows();
    // Each sweep lowers the Frobenius norm by 5 % at least in one row and column, so few sweeps are needed.
    for _ in 0..20 {
        let mut converged = true;
        for i in start..end {
            let column = a.column(i)[start..end].iter().map(|x| x * x).sum::<f64>().sqrt();
            let row = (start..end).map(|j| a[(i, j)] * a[(i, j)]).sum::<f64>().sqrt();
            if column == 0.0 || row == 0.0 || !column.is_finite() || !row.is_finite() {
                continue;
            }
            let (mut c, mut r, mut f) = (column, row, 1.0);
            while c < r / 2.0 {
                (c, r, f) = (c * 2.0, r / 2.0, f * 2.0);
            }
            while c >= r * 2.0 {
                (c, r, f) = (c / 2.0, r * 2.0, f / 2.0);
            }
            let scaled: f64 = d[i] * f;
            if f == 1.0 || c.hypot(r) >= 0.95 * column.hypot(row) || !(1e-100..1e100).contains(&scaled) {
                continue;
            }
            converged = false;
            d[i] = scaled;
            for x in a.column_mut(i) {
                *x *= f;
            }
            for j in 0..n {
                a[(i, j)] /= f;
            }
        }
        if converged {
            break;
        }
    }
}
