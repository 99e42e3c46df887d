//! Singular values: A = U diag(s) V^H, with s descending.
//!
//! The 2-norm is s[0], the distance to the nearest singular matrix is the last one, the condition is their
//! ratio. Each singular value is right to a small multiple of eps s[0], so a condition above about 1e15 is
//! only known to be large.
//!
//! ```
//! use linalg::{Matrix, singular_values};
//! let a = Matrix::from_rows(&[[0.0, 2.0], [-3.0, 0.0]]);
//! let s = singular_values(&a);
//! assert!((s[0] - 3.0).abs() < 1e-15 && (s[1] - 2.0).abs() < 1e-15);
//! ```

use crate::bridge::{view, view_mut};
use crate::{Complex, Matrix, Scalar};
use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::svd::{ComputeSvdVectors, svd as library_svd, svd_scratch};
use faer::traits::ComplexField;
use faer::{Par, Spec};

/// A = U diag(s) V^H.
#[derive(Clone, Debug)]
pub struct Svd<T = f64> {
    /// Left singular vectors: `rows x min(rows, cols)`, orthonormal columns.
    pub u: Matrix<T>,
    /// Singular values, in descending order.
    pub s: Vec<f64>,
    /// Right singular vectors: `cols x min(rows, cols)`, orthonormal columns.
    pub v: Matrix<T>,
}

/// The singular value decomposition A = U diag(s) V^T.
///
/// # Panics
/// If an entry is not finite.
pub fn svd(a: &Matrix) -> Svd {
    solve(a, true)
}

/// The singular value decomposition A = U diag(s) V^H.
///
/// # Panics
/// If an entry is not finite.
pub fn svd_complex(a: &Matrix<Complex>) -> Svd<Complex> {
    solve(a, true)
}

/// The singular values, in descending order.
///
/// # Panics
/// If an entry is not finite.
pub fn singular_values(a: &Matrix) -> Vec<f64> {
    solve(a, false).s
}

/// The singular values, in descending order.
///
/// # Panics
/// If an entry is not finite.
pub fn singular_values_complex(a: &Matrix<Complex>) -> Vec<f64> {
    solve(a, false).s
}

/// The largest singular value: how much A can stretch a vector.
pub fn norm_2(a: &Matrix) -> f64 {
    singular_values(a).first().copied().unwrap_or(0.0)
}

/// The largest singular value: how much A can stretch a vector.
pub fn norm_2_complex(a: &Matrix<Complex>) -> f64 {
    singular_values_complex(a).first().copied().unwrap_or(0.0)
}

/// The condition number s[0]/s[last] (infinite where the last is 0, 1 for an empty matrix).
pub fn condition(a: &Matrix<Complex>) -> f64 {
    ratio(&singular_values_complex(a))
}

/// The condition number of a real matrix.
pub fn condition_real(a: &Matrix) -> f64 {
    ratio(&singular_values(a))
}

fn ratio(s: &[f64]) -> f64 {
    match (s.first(), s.last()) {
        (Some(_), Some(0.0)) => f64::INFINITY,
        (Some(first), Some(last)) => first / last,
        _ => 1.0,
    }
}

fn solve<T: Scalar + ComplexField<Real = f64>>(a: &Matrix<T>, want_vectors: bool) -> Svd<T> {
    assert!(
        a.as_slice().iter().all(|x| x.is_finite_number()),
        "singular values need entries that are finite numbers"
    );
    let (m, n) = (a.rows(), a.cols());
    let k = m.min(n);
    let (mut u, mut v) = if want_vectors {
        (Matrix::zeros(m, k), Matrix::zeros(n, k))
    } else {
        (Matrix::zeros(0, 0), Matrix::zeros(0, 0))
    };
    if k == 0 {
        return Svd { u, s: Vec::new(), v };
    }
    let power = crate::balance::power_of_two_near(a.norm_max());
    let scaled = a.scaled(T::from_real(1.0 / power));
    let mut values = vec![<T as Scalar>::ZERO; k];
    let compute = if want_vectors { ComputeSvdVectors::Thin } else { ComputeSvdVectors::No };
    let mut memory = MemBuffer::new(svd_scratch::<T>(m, n, compute, compute, Par::Seq, Spec::default()));
    library_svd(
        view(&scaled),
        DiagMut::from_slice_mut(&mut values),
        want_vectors.then(|| view_mut(&mut u)),
        want_vectors.then(|| view_mut(&mut v)),
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    )
    .expect("the QR iteration converges for a finite matrix");
    Svd { u, s: values.iter().map(|s| s.modulus() * power).collect(), v }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hilbert_matrices_have_their_known_conditions() {
        for (n, known, tolerance) in [(5, 476607.2502419338, 1e-9), (10, 16024980732174.455, 1e-2)] {
            let h = Matrix::from_fn(n, n, |i, j| 1.0 / (i + j + 1) as f64);
            for c in [condition_real(&h), condition(&h.to_complex())] {
                assert!((c / known - 1.0).abs() < tolerance, "{n}: {c}");
            }
        }
    }

    #[test]
    fn borders_of_the_condition() {
        assert_eq!(condition_real(&Matrix::identity(4)), 1.0);
        assert_eq!(condition_real(&Matrix::zeros(2, 2)), f64::INFINITY);
        assert_eq!(condition_real(&Matrix::zeros(0, 0)), 1.0);
        assert_eq!(norm_2(&Matrix::zeros(0, 3)), 0.0);
    }

    #[test]
    fn a_unitary_factor_does_not_change_complex_singular_values() {
        let turn = Complex::from_polar(1.0, 0.7);
        let a = Matrix::from_fn(6, 4, |i, j| ((3 * i + 7 * j) as f64).sin());
        let d = svd_complex(&a.to_complex().scaled(turn));
        for (x, y) in d.s.iter().zip(singular_values(&a)) {
            assert!((x - y).abs() < 1e-14);
        }
        assert_eq!((d.u.rows(), d.u.cols(), d.v.rows(), d.v.cols()), (6, 4, 4, 4));
    }
}
