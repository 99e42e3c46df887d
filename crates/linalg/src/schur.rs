//! The Schur forms: A = Q T Q^T with Q orthogonal and T quasi-triangular, or A = Q T Q^H with T triangular.
//!
//! Everything that eigenvectors promise and may not keep (a basis, a stable computation) the Schur vectors do
//! keep, for every matrix. The entries above the diagonal blocks measure how far A is from normal:
//!
//! henrici(A) = (||A||_F^2 - sum |lambda|^2)^(1/2) = Frobenius norm of the strictly upper part of complex T,
//!
//! which is computed from T itself, without that cancellation.
//!
//! Cost: about 25 n^3 operations. Every 2 x 2 block of the real form is standardized: equal diagonal entries,
//! off-diagonal entries of opposite sign. Reference: G. H. Golub and C. F. Van Loan (2013), Matrix
//! Computations, chapter 7; P. Henrici (1962).
//!
//! ```
//! use linalg::{Matrix, henrici, schur};
//! let s = schur(&Matrix::from_rows(&[[3.0, 1.0], [0.0, 3.0]])).unwrap();
//! assert_eq!(henrici(&s), 1.0);
//! ```

use crate::bridge::require_square_and_finite;
use crate::francis::standardize;
use crate::quasi_triangular::{QuasiTriangular, ranges, reduce};
use crate::{Complex, LinalgError, Matrix, balance, irreducible_blocks};

/// A = Q T Q^T, real.
#[derive(Clone, Debug)]
pub struct Schur {
    /// Orthogonal.
    pub q: Matrix,
    /// Upper quasi-triangular: 1 x 1 blocks, and standardized 2 x 2 blocks for complex pairs.
    pub t: Matrix,
}

/// A = Q T Q^H, complex.
#[derive(Clone, Debug)]
pub struct ComplexSchur {
    /// Unitary.
    pub q: Matrix<Complex>,
    /// Upper triangular; the eigenvalues stand on its diagonal.
    pub t: Matrix<Complex>,
}

impl Schur {
    /// The eigenvalues, in the order of the diagonal; conjugate pairs are exact conjugates.
    pub fn eigenvalues(&self) -> Vec<Complex> {
        let mut values = Vec::with_capacity(self.t.rows());
        for (k, size) in self.blocks() {
            let a = self.t[(k, k)];
            if size == 1 {
                values.push(Complex::new(a, 0.0));
            } else {
                let omega = self.t[(k, k + 1)].abs().sqrt() * self.t[(k + 1, k)].abs().sqrt();
                values.extend([Complex::new(a, omega), Complex::new(a, -omega)]);
            }
        }
        values
    }

    /// The first index and the size (1 or 2) of each diagonal block of T.
    pub fn blocks(&self) -> Vec<(usize, usize)> {
        let n = self.t.rows();
        let (mut blocks, mut k) = (Vec::new(), 0);
        while k < n {
            let size = if k + 1 < n && self.t[(k + 1, k)] != 0.0 { 2 } else { 1 };
            blocks.push((k, size));
            k += size;
        }
        blocks
    }
}

/// The real Schur form A = Q T Q^T.
///
/// # Errors
/// If A is not square or not finite, or if the iteration stalls (never seen).
pub fn schur(a: &Matrix) -> Result<Schur, LinalgError> {
    require_square_and_finite(a)?;
    let n = a.rows();
    let blocks = irreducible_blocks(a);
    let order: Vec<usize> = blocks.concat();
    let power = balance::power_of_two_near(a.norm_max());
    let permuted = Matrix::from_fn(n, n, |i, j| a[(order[i], order[j])] / power);
    let blocks = ranges(blocks.iter().map(Vec::len));
    let QuasiTriangular { mut t, mut z } = reduce(permuted, &blocks)?;
    for &(start, _) in blocks.iter().filter(|b| b.1 == 2) {
        standardize(&mut t, &mut z, start);
    }
    let mut q = Matrix::zeros(n, n);
    for j in 0..n {
        for i in 0..n {
            q[(order[i], j)] = z[(i, j)];
            t[(i, j)] *= power;
        }
    }
    Ok(Schur { q, t })
}

/// The complex Schur form A = Q T Q^H, from the real one by one rotation for each complex pair.
///
/// # Errors
/// As [`schur`].
pub fn complex_schur(a: &Matrix) -> Result<ComplexSchur, LinalgError> {
    Ok(schur(a)?.to_complex())
}

impl Schur {
    /// The complex Schur form: one rotation for each complex pair.
    pub fn to_complex(&self) -> ComplexSchur {
        let n = self.t.rows();
        let (mut q, mut t) = (self.q.to_complex(), self.t.to_complex());
        for (k, size) in self.blocks() {
            if size == 1 {
                continue;
            }
            let (a, b, c) = (self.t[(k, k)], self.t[(k, k + 1)], self.t[(k + 1, k)]);
            let omega = b.abs().sqrt() * c.abs().sqrt();
            // (b, i omega) is the eigenvector of [[a, b], [c, a]] for a + i omega.
            let length = b.hypot(omega);
            let (x, y) = (b / length, Complex::new(0.0, omega / length));
            // Columns: (x, y) and its orthogonal complement (-conj y, x).
            for m in [&mut t, &mut q] {
                for i in 0..n {
                    let (left, right) = (m[(i, k)], m[(i, k + 1)]);
                    m[(i, k)] = left * x + right * y;
                    m[(i, k + 1)] = right * x - left * y.conj();
                }
            }
            for j in 0..n {
                let (up, down) = (t[(k, j)], t[(k + 1, j)]);
                t[(k, j)] = up * x + down * y.conj();
                t[(k + 1, j)] = down * x - up * y;
            }
            t[(k, k)] = Complex::new(a, omega);
            t[(k + 1, k + 1)] = Complex::new(a, -omega);
            t[(k + 1, k)] = Complex::new(0.0, 0.0);
        }
        ComplexSchur { q, t }
    }
}

/// Henrici's departure from normality: the Frobenius norm of the strictly upper part of the complex Schur
/// form, from the real form without cancellation.
pub fn henrici(s: &Schur) -> f64 {
    let n = s.t.rows();
    let mut upper = s.t.clone();
    for (k, size) in s.blocks() {
        upper[(k, k)] = 0.0;
        if size == 2 {
            // A standardized block [[a, b], [c, a]] has the complex Schur form [[., b + c], [0, .]].
            upper[(k, k + 1)] += upper[(k + 1, k)];
            upper[(k + 1, k)] = 0.0;
            upper[(k + 1, k + 1)] = 0.0;
        }
    }
    debug_assert!((0..n).all(|j| (j + 1..n).all(|i| upper[(i, j)] == 0.0)));
    upper.norm_frobenius()
}
