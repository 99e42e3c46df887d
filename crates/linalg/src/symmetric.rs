//! Eigenvalues and orthonormal eigenvectors of a symmetric matrix: S = V diag(lambda) V^T.
//!
//! Householder tridiagonalization, then divide and conquer: about 9 n^3 operations with vectors, 4/3 n^3
//! without. Only the lower triangle is read. Each eigenvalue is right to a small multiple of eps ||S||.
//!
//! ```
//! use linalg::{Matrix, symmetric_eigenvalues};
//! let s = Matrix::from_rows(&[[2.0, 1.0], [1.0, 2.0]]);
//! let lambda = symmetric_eigenvalues(&s);
//! assert!((lambda[0] - 3.0).abs() < 1e-15 && (lambda[1] - 1.0).abs() < 1e-15);
//! ```

use crate::Matrix;
use crate::bridge::{view, view_mut};
use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Par, Spec};

/// Eigenvalues and eigenvectors of a symmetric matrix.
#[derive(Clone, Debug)]
pub struct SymmetricEigen {
    /// In descending order.
    pub values: Vec<f64>,
    /// Orthonormal columns, in the order of the eigenvalues.
    pub vectors: Matrix,
}

/// Eigenvalues (descending) and orthonormal eigenvectors of a symmetric matrix; its lower triangle is read.
///
/// # Panics
/// If the matrix is not square, or has an entry that is not finite.
pub fn symmetric_eigen(s: &Matrix) -> SymmetricEigen {
    let (ascending, vectors) = solve(s, true);
    let n = ascending.len();
    SymmetricEigen {
        values: ascending.into_iter().rev().collect(),
        vectors: Matrix::from_fn(n, n, |i, j| vectors[(i, n - 1 - j)]),
    }
}

/// Eigenvalues (descending) of a symmetric matrix; its lower triangle is read.
///
/// # Panics
/// If the matrix is not square, or has an entry that is not finite.
pub fn symmetric_eigenvalues(s: &Matrix) -> Vec<f64> {
    solve(s, false).0.into_iter().rev().collect()
}

fn solve(s: &Matrix, want_vectors: bool) -> (Vec<f64>, Matrix) {
    assert!(s.is_square(), "a symmetric matrix is square, but this one is {} x {}", s.rows(), s.cols());
    assert!(s.is_finite(), "the entries of a symmetric matrix must be finite numbers");
    let n = s.rows();
    let mut values = vec![0.0; n];
    if n == 0 {
        return (values, Matrix::zeros(0, 0));
    }
    let power = crate::balance::power_of_two_near(s.norm_max());
    let scaled = s.scaled(1.0 / power);
    let mut vectors = Matrix::zeros(if want_vectors { n } else { 0 }, if want_vectors { n } else { 0 });
    let compute = if want_vectors { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let mut memory = MemBuffer::new(self_adjoint_evd_scratch::<f64>(n, compute, Par::Seq, Spec::default()));
    self_adjoint_evd(
        view(&scaled),
        DiagMut::from_slice_mut(&mut values),
        want_vectors.then(|| view_mut(&mut vectors)),
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    )
    .expect("the QR iteration converges for a finite symmetric matrix");
    for v in &mut values {
        *v *= power;
    }
    (values, vectors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mul;

    #[test]
    fn the_second_difference_has_its_known_spectrum() {
        let n = 60;
        let a = Matrix::from_fn(n, n, |i, j| [2.0, -1.0, 0.0][i.abs_diff(j).min(2)]);
        let known = |k: usize| 2.0 - 2.0 * (std::f64::consts::PI * (n - k) as f64 / (n + 1) as f64).cos();
        let e = symmetric_eigen(&a);
        for (k, (x, y)) in e.values.iter().zip(symmetric_eigenvalues(&a)).enumerate() {
            assert!((x - known(k)).abs() < 1e-14 && (y - known(k)).abs() < 1e-14);
        }
        let unit = mul(&e.vectors.transpose(), &e.vectors);
        assert!((&unit - &Matrix::identity(n)).norm_max() < 1e-13);
    }

    #[test]
    fn huge_and_tiny_entries_keep_their_digits() {
        for scale in [1e300, 1e-300] {
            let lambda = symmetric_eigenvalues(&Matrix::from_rows(&[[2.0, 1.0], [1.0, 2.0]]).scaled(scale));
            assert!((lambda[0] / scale - 3.0).abs() < 1e-14 && (lambda[1] / scale - 1.0).abs() < 1e-14);
        }
    }
}
