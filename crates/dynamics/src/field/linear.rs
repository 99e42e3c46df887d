//! The linear system dx/dt = A x + g + sum of drives + noise.
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | A | n x n | rows are targets, columns sources |
//! | g | n | constant drift |
//! | b u(t) | n, scalar | a drive: a direction times a signal |
//! | s eta(t) | n, scalar | a noise: a direction times an Ornstein-Uhlenbeck or white process |

use super::{EvalError, JacobianKind, LinearBlock, Signal, VectorField, Workspace};
use linalg::{Matrix, mul_vec_into};

/// Up to so many variables the product with A is made by plain loops.
const SMALL: usize = 8;

/// dx/dt = A x + g + sum b_k u_k(t) + sum s_k eta_k(t).
#[derive(Clone, Debug, PartialEq)]
pub struct LinearSystem {
    /// A, n x n.
    pub a: Matrix,
    /// g, of length n.
    pub g: Vec<f64>,
    /// Deterministic inputs that change with time.
    pub drives: Vec<Drive>,
    /// Stochastic inputs, independent of each other.
    pub noises: Vec<Noise>,
}

/// An input b u(t).
#[derive(Clone, Debug, PartialEq)]
pub struct Drive {
    /// b, of length n.
    pub direction: Vec<f64>,
    /// u(t).
    pub signal: Signal,
}

/// A stochastic input s eta(t).
///
/// With a correlation time tau, eta is the Ornstein-Uhlenbeck process d eta = -eta/tau dt + sigma sqrt(2/tau) dW, whose
/// stationary standard deviation is sigma. Without one it is white: s eta dt = s sigma dW.
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    /// s, of length n.
    pub direction: Vec<f64>,
    /// sigma.
    pub sigma: f64,
    /// tau, or `None` for white noise.
    pub tau: Option<f64>,
}

impl LinearSystem {
    /// dx/dt = A x.
    pub fn new(a: Matrix) -> Self {
        let n = a.rows();
        Self { a, g: vec![0.0; n], drives: Vec::new(), noises: Vec::new() }
    }

    /// The number n of variables.
    pub fn dimension(&self) -> usize {
        self.a.rows()
    }
}

/// The deterministic part; the noises are not in it.
impl VectorField for LinearSystem {
    fn dimension(&self) -> usize {
        self.a.rows()
    }

    fn eval(
        &self,
        t: &[f64],
        _p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (n, lanes) = (self.a.rows(), t.len());
        if lanes == 1 && n > SMALL {
            mul_vec_into(&self.a, x, dx);
        } else if lanes == 1 {
            // A few numbers are multiplied sooner than vector registers are made ready.
            let a = self.a.as_slice();
            for (i, d) in dx.iter_mut().enumerate() {
                *d = x.iter().enumerate().fold(0.0, |s, (j, x)| s + a[j * n + i] * x);
            }
        } else {
            dx.fill(0.0);
            for (j, xj) in x.chunks_exact(lanes).enumerate() {
                for (i, di) in dx.chunks_exact_mut(lanes).enumerate() {
                    let a = self.a[(i, j)];
                    for (d, x) in di.iter_mut().zip(xj) {
                        *d += a * x;
                    }
                }
            }
        }
        for (row, g) in dx.chunks_exact_mut(lanes).zip(&self.g) {
            row.iter_mut().for_each(|d| *d += g);
        }
        for drive in &self.drives {
            for (l, &t) in t.iter().enumerate() {
                let u = drive.signal.value(t);
                for (row, b) in dx.chunks_exact_mut(lanes).zip(&drive.direction) {
                    row[l] += b * u;
                }
            }
        }
        Ok(())
    }

    fn jacobian(
        &self,
        _t: f64,
        _p: &[f64],
        _x: &[f64],
        j: &mut Matrix,
        _ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        j.clone_from(&self.a);
        Ok(JacobianKind::Exact)
    }

    fn rates(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        f: &mut [f64],
        a: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        for (i, a) in a.chunks_exact_mut(t.len()).enumerate() {
            a.fill(self.a[(i, i)]);
        }
        self.eval(t, p, x, f, ws)
    }

    fn linear_blocks(&self, _p: &[f64]) -> Vec<LinearBlock> {
        vec![LinearBlock { variables: (0..self.dimension()).collect(), a: self.a.clone() }]
    }

    fn is_autonomous(&self) -> bool {
        self.drives.is_empty()
    }

    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        let mut all: Vec<f64> = self.drives.iter().flat_map(|d| d.signal.breakpoints(t0, t1)).collect();
        all.sort_by(f64::total_cmp);
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::laws;

    #[test]
    fn a_driven_linear_system_obeys_the_laws_of_fields() {
        let mut s =
            LinearSystem::new(Matrix::from_rows(&[[0.0, 1.0, 0.5], [-1.0, 0.1, 0.0], [2.0, 3.0, -1.0]]));
        s.g = vec![0.1, 0.2, 0.3];
        let signal = Signal::Sine { onset: 0.0, amplitude: 2.0, frequency: 0.7, phase: 0.1 };
        s.drives.push(Drive { direction: vec![1.0, -1.0, 0.5], signal });
        let law = laws::check(&s, &[], &[0.3, -0.7, 2.0], 0.4);
        assert_eq!(law, Ok(()));
    }
}
