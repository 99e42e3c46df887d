//! The linear system dx/dt = A x + g + sum of drives + noise.
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | A | n x n | rows are targets, columns sources |
//! | g | n | constant drift |
//! | b u(t) | n, scalar | a drive: a direction times a signal |
//! | s eta(t) | n, scalar | a noise: a direction times an Ornstein-Uhlenbeck or white process |

use super::Signal;
use linalg::Matrix;

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
