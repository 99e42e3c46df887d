//! Matrices of connections as the products that equations ask for.

use crate::network::Connections;
use equations::Product;

impl Product for Connections {
    fn rows(&self) -> usize {
        match self {
            Self::Dense(m) => m.rows(),
            Self::Sparse(m) => m.rows(),
        }
    }

    fn cols(&self) -> usize {
        match self {
            Self::Dense(m) => m.cols(),
            Self::Sparse(m) => m.cols(),
        }
    }

    fn apply(&self, x: &[f64], lanes: usize, y: &mut [f64]) {
        match self {
            Self::Dense(m) => linalg::mul_lanes_into(m, x, lanes, y),
            Self::Sparse(m) if lanes == 1 => m.mul_vec_into(x, y),
            Self::Sparse(m) => m.mul_into(x, lanes, y),
        }
    }
}
