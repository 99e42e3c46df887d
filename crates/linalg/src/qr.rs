//! Orthonormal columns: A = Q R with a positive diagonal of R.
//!
//! Few numbers are orthogonalized by Gram and Schmidt, twice, many by Householder's reflections; both leave Q orthonormal
//! to a few eps. Cost: 4 n k^2 for n rows and k columns. A column that depends on those before it is left zero (few) or
//! replaced by any orthonormal direction (many), with a diagonal of 0 or of rounding.
//!
//! Reference: Giraud, Langou, Rozloznik (2005), The loss of orthogonality in the Gram-Schmidt orthogonalization process.
//!
//! ```
//! use linalg::{Matrix, orthonormalize};
//! let mut a = Matrix::from_rows(&[[3.0, 1.0], [4.0, 0.0]]);
//! let diagonal = orthonormalize(&mut a);
//! assert!((diagonal[0] - 5.0).abs() < 1e-15 && (diagonal[1] - 0.8).abs() < 1e-15);
//! ```

use crate::Matrix;
use crate::bridge::view_mut;
use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj,
};
use faer::linalg::qr::no_pivoting::factor::{qr_in_place, qr_in_place_scratch, recommended_block_size};
use faer::{Conj, Mat, Par, Spec};

/// Up to n k^2 = so many, Gram and Schmidt are faster.
const FEW: usize = 50_000;

/// Replaces A by Q, and gives the diagonal of R.
///
/// # Panics
/// If there are more columns than rows.
pub fn orthonormalize(a: &mut Matrix) -> Vec<f64> {
    let (n, k) = (a.rows(), a.cols());
    assert!(k <= n, "{k} vectors of {n} numbers cannot be orthonormal");
    if n * k * k <= FEW { gram_schmidt(a) } else { householder(a) }
}

fn gram_schmidt(a: &mut Matrix) -> Vec<f64> {
    let (n, k) = (a.rows(), a.cols());
    let mut diagonal = Vec::with_capacity(k);
    for j in 0..k {
        let (known, rest) = a.as_mut_slice().split_at_mut(j * n);
        let v = &mut rest[..n];
        let before = norm(v);
        for _ in 0..2 {
            for q in known.chunks_exact(n) {
                let c: f64 = q.iter().zip(&*v).map(|(x, y)| x * y).sum();
                v.iter_mut().zip(q).for_each(|(v, x)| *v -= c * x);
            }
        }
        let size = norm(v);
        let depends = size <= 1e-15 * before;
        let scale = if depends { 0.0 } else { 1.0 / size };
        v.iter_mut().for_each(|v| *v *= scale);
        diagonal.push(if depends { 0.0 } else { size });
    }
    diagonal
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn householder(a: &mut Matrix) -> Vec<f64> {
    let (n, k) = (a.rows(), a.cols());
    let size = recommended_block_size::<f64>(n, k);
    let mut factor = Mat::<f64>::zeros(size, k);
    let mut memory = MemBuffer::new(StackReq::any_of(&[
        qr_in_place_scratch::<f64>(n, k, size, Par::Seq, Spec::default()),
        apply_block_householder_sequence_on_the_left_in_place_scratch::<f64>(n, size, k),
    ]));
    let stack = MemStack::new(&mut memory);
    qr_in_place(view_mut(a), factor.as_mut(), Par::Seq, stack, Spec::default());
    let mut q = Matrix::from_fn(n, k, |i, j| if i == j { 1.0 } else { 0.0 });
    apply_block_householder_sequence_on_the_left_in_place_with_conj(
        crate::bridge::view(a),
        factor.as_ref(),
        Conj::No,
        view_mut(&mut q),
        Par::Seq,
        stack,
    );
    let diagonal: Vec<f64> = (0..k).map(|j| a[(j, j)]).collect();
    for (j, _) in diagonal.iter().enumerate().filter(|(_, d)| **d < 0.0) {
        q.column_mut(j).iter_mut().for_each(|x| *x = -*x);
    }
    *a = q;
    diagonal.iter().map(|d| d.abs()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mul;

    #[test]
    fn both_ways_give_the_same_orthonormal_columns() {
        for (n, k) in [(1, 1), (5, 3), (40, 40), (90, 7)] {
            let a = Matrix::from_fn(n, k, |i, j| (0.5 + (i * 31 + j * 17 + i * j) as f64).sin());
            let (mut x, mut y) = (a.clone(), a.clone());
            let (d, e) = (gram_schmidt(&mut x), householder(&mut y));
            for (d, e) in d.iter().zip(&e) {
                assert!((d - e).abs() < 1e-11 * e.max(1.0), "{d} {e}");
            }
            let gram = mul(&y.transpose(), &x);
            let off = &gram - &Matrix::identity(k);
            assert!(off.norm_max() < 1e-9, "{n} {k} {}", off.norm_max());
        }
    }
}
