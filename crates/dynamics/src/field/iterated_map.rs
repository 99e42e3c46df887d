//! The discrete twin of the vector field: x(k+1) = f(x(k); p).

use linalg::Matrix;

/// x(k+1) = f(x(k); p), one state at a time.
pub trait IteratedMap: Sync {
    /// The number n of variables.
    fn dimension(&self) -> usize;

    /// Writes f(x; p) to `next`.
    fn step(&self, p: &[f64], x: &[f64], next: &mut [f64]);
}

/// x(k+1) = A x(k) + g.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearMap {
    /// A, n x n: rows are targets, columns sources.
    pub a: Matrix,
    /// g, of length n.
    pub g: Vec<f64>,
}

impl IteratedMap for LinearMap {
    fn dimension(&self) -> usize {
        self.a.rows()
    }

    fn step(&self, _p: &[f64], x: &[f64], next: &mut [f64]) {
        linalg::mul_vec_into(&self.a, x, next);
        for (y, g) in next.iter_mut().zip(&self.g) {
            *y += g;
        }
    }
}
