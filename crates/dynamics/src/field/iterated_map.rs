//! The discrete twin of the vector field: x(k+1) = f(x(k); p).

use super::JacobianKind;
use linalg::Matrix;

/// x(k+1) = f(x(k); p), one state at a time.
pub trait IteratedMap: Sync {
    /// The number n of variables.
    fn dimension(&self) -> usize;

    /// Writes f(x; p) to `next`.
    fn step(&self, p: &[f64], x: &[f64], next: &mut [f64]);

    /// Writes the n x n Jacobian df/dx to `j`, by central differences unless the map knows better.
    fn jacobian(&self, p: &[f64], x: &[f64], j: &mut Matrix) -> JacobianKind {
        let n = self.dimension();
        let mut y = x.to_vec();
        let (mut above, mut below) = (vec![0.0; n], vec![0.0; n]);
        for k in 0..n {
            let h = f64::EPSILON.cbrt() * x[k].abs().max(1.0);
            y[k] = x[k] + h;
            self.step(p, &y, &mut above);
            y[k] = x[k] - h;
            self.step(p, &y, &mut below);
            y[k] = x[k];
            for i in 0..n {
                j[(i, k)] = (above[i] - below[i]) / (2.0 * h);
            }
        }
        JacobianKind::Differences
    }
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

    fn jacobian(&self, _p: &[f64], _x: &[f64], j: &mut Matrix) -> JacobianKind {
        j.clone_from(&self.a);
        JacobianKind::Exact
    }
}
