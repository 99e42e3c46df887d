//! The weights of a linear system, apart from leak and time constants.

use crate::analyze::AnalyzeError;
use linalg::{Complex, LinalgError, Matrix};

/// A = T^-1 (M - S): what the weights M make of a system with leaks S = diag(s) and time constants T = diag(tau).
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// M, n x n: rows are targets, columns sources.
    pub m: Matrix,
    /// s of each variable: 1 for a leak -x, 0 where M is A itself.
    pub shift: Vec<f64>,
    /// The time constant of each variable.
    pub tau: Vec<f64>,
}

impl Weights {
    /// A system whose weights are the entries of A themselves.
    pub fn plain(a: Matrix) -> Self {
        let n = a.rows();
        Self { m: a, shift: vec![0.0; n], tau: vec![1.0; n] }
    }

    /// A with the weights M + D.
    pub(super) fn system(&self, d: Option<&Matrix>) -> Matrix {
        let n = self.m.rows();
        Matrix::from_fn(n, n, |i, j| {
            let own = self.m[(i, j)] + d.map_or(0.0, |d| d[(i, j)]);
            (own - if i == j { self.shift[i] } else { 0.0 }) / self.tau[i]
        })
    }

    /// M - S - z T, which is singular where z is an eigenvalue.
    pub(super) fn pencil(&self, z: Complex) -> Matrix<Complex> {
        let n = self.m.rows();
        Matrix::from_fn(n, n, |i, j| {
            let own = Complex::new(self.m[(i, j)], 0.0);
            if i == j { own - self.shift[i] - z * self.tau[i] } else { own }
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
        for (what, found) in [("tau", self.tau.len()), ("the shift", self.shift.len())] {
            if found != n {
                return Err(AnalyzeError::Length { what, found, expected: n });
            }
        }
        if let Some(index) = self.tau.iter().position(|t| !t.is_finite() || *t <= 0.0) {
            return Err(AnalyzeError::NotFinite {
                what: "1/tau (tau must be positive)",
                index,
                value: 1.0 / self.tau[index],
            });
        }
        if let Some(index) = self.shift.iter().position(|s| !s.is_finite()) {
            return Err(AnalyzeError::NotFinite { what: "the shift", index, value: self.shift[index] });
        }
        Ok(())
    }
}
