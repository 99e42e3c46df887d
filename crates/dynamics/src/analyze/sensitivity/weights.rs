//! The weights of a linear system, apart from leak and time constants.

use crate::analyze::AnalyzeError;
use linalg::{Complex, LinalgError, Matrix};

/// A = T^-1 (M - s I): what the weights M make of a system with leak s and time constants T = diag(tau).
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// M, n x n: rows are targets, columns sources.
    pub m: Matrix,
    /// s: 1 for a leak -x, 0 where M is A itself.
    pub shift: f64,
    /// The time constant of each variable.
    pub tau: Vec<f64>,
}

impl Weights {
    /// A system whose weights are the entries of A themselves.
    pub fn plain(a: Matrix) -> Self {
        let tau = vec![1.0; a.rows()];
        Self { m: a, shift: 0.0, tau }
    }

    /// A with the weights M + D.
    pub(super) fn system(&self, d: Option<&Matrix>) -> Matrix {
        let n = self.m.rows();
        Matrix::from_fn(n, n, |i, j| {
            let own = self.m[(i, j)] + d.map_or(0.0, |d| d[(i, j)]);
            (own - if i == j { self.shift } else { 0.0 }) / self.tau[i]
        })
    }

    /// M - s I - z T, which is singular where z is an eigenvalue.
    pub(super) fn pencil(&self, z: Complex) -> Matrix<Complex> {
        let n = self.m.rows();
        Matrix::from_fn(n, n, |i, j| {
            let own = Complex::new(self.m[(i, j)], 0.0);
            if i == j { own - self.shift - z * self.tau[i] } else { own }
        })
    }

    pub(super) fn check(&self) -> Result<(), AnalyzeError> {
        let n = self.m.rows();
        if n == 0 {
            return Err(AnalyzeError::Empty);
        }
        if !self.m.is_square() {
            return Err(LinalgError::NotSquare { rows: n, cols: self.m.cols() }.into());
        }
        let (what, found) = ("tau", self.tau.len());
        if found != n {
            return Err(AnalyzeError::Length { what, found, expected: n });
        }
        if let Some(index) = self.tau.iter().position(|t| !t.is_finite() || *t <= 0.0) {
            return Err(AnalyzeError::NotFinite {
                what: "1/tau (tau must be positive)",
                index,
                value: 1.0 / self.tau[index],
            });
        }
        if !self.shift.is_finite() {
            return Err(AnalyzeError::NotFinite { what: "the shift", index: 0, value: self.shift });
        }
        Ok(())
    }
}
