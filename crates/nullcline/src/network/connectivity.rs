//! The whole connectivity of a network: M, W and h, with rows targets and columns sources.
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | M | n x n | recurrent weights, [post, pre]; n counts the units of all populations |
//! | W | n x m | weights of the m channels of the inputs, in their order |
//! | h | n | constant input |
//!
//! ```
//! use linalg::Matrix;
//! use nullcline::linalg;
//! use nullcline::network::{self, Network, Population, Projection, Rate, Structure};
//! let push_pull = Matrix::from_rows(&[[0.5, -0.5], [-0.5, 0.5]]);
//! let network = Network {
//!     populations: vec![Population::new("v", 2, Rate::default())],
//!     projections: vec![Projection::new(0, 0, Structure::Matrix(push_pull))],
//!     inputs: vec![],
//!     seed: 1,
//! };
//! let m = network::connectivity(&network).unwrap().m.to_dense();
//! assert_eq!(m.row(0), [0.5, -0.5]);
//! ```

use super::resolve::Quantity;
use super::structure::Block;
use super::{Input, InputWeights, Network, NetworkError, NetworkErrorKind, check};
use linalg::{Matrix, Sparse};
use std::ops::Range;

/// M, W and h of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Connectivity {
    /// M, n x n, [post, pre].
    pub m: Connections,
    /// W, n x m.
    pub w: Matrix,
    /// h, of length n.
    pub h: Vec<f64>,
}

/// A matrix of weights, stored as suits its density.
#[derive(Clone, Debug, PartialEq)]
pub enum Connections {
    /// Every entry.
    Dense(Matrix),
    /// The entries that are not 0; chosen below 10 % density and above 300 units.
    Sparse(Sparse),
}

impl Connections {
    /// Every entry.
    pub fn to_dense(&self) -> Matrix {
        match self {
            Self::Dense(m) => m.clone(),
            Self::Sparse(m) => m.to_dense(),
        }
    }

    /// Every entry, without a copy where all are stored.
    pub fn into_dense(self) -> Matrix {
        match self {
            Self::Dense(m) => m,
            Self::Sparse(m) => m.to_dense(),
        }
    }

    /// M x, written over y.
    pub fn mul_vec_into(&self, x: &[f64], y: &mut [f64]) {
        match self {
            Self::Dense(m) => linalg::mul_vec_into(m, x, y),
            Self::Sparse(m) => m.mul_vec_into(x, y),
        }
    }

    /// Number of entries that are not 0.
    pub fn entries(&self) -> usize {
        match self {
            Self::Dense(m) => m.as_slice().iter().filter(|&&w| w != 0.0).count(),
            Self::Sparse(m) => m.entries(),
        }
    }
}

/// Builds M, W and h.
///
/// # Errors
/// When the network contradicts itself: shapes, signs, names, values.
pub fn connectivity(network: &Network) -> Result<Connectivity, NetworkError> {
    check::network(network)?;
    let ranges = ranges(network);
    let n = ranges.last().map_or(0, |r| r.end);
    let blocks = network
        .projections
        .iter()
        .map(|p| (Block::new(network, p), ranges[p.to].start, ranges[p.from].start));
    let m = if is_sparse(network) {
        let mut triplets = Vec::new();
        for (block, below, right) in blocks {
            block.rows(|i, row| triplets.extend(row.iter().map(|&(j, w)| (below + i, right + j, w))))?;
        }
        Connections::Sparse(Sparse::from_triplets(n, n, &triplets))
    } else {
        let mut m = Matrix::zeros(n, n);
        for (block, below, right) in blocks {
            block.rows(|i, row| row.iter().for_each(|&(j, w)| m[(below + i, right + j)] += w))?;
        }
        Connections::Dense(m)
    };
    let mut h = Vec::with_capacity(n);
    for (k, population) in network.populations.iter().enumerate() {
        h.extend(population.rate().bias.resolve(
            "bias",
            population.places(),
            network.seed,
            Quantity::Bias.stream(k),
        )?);
    }
    Ok(Connectivity { m, w: input_weights(network, &ranges, n)?, h })
}

/// The indices of the units of each population.
pub(super) fn ranges(network: &Network) -> Vec<Range<usize>> {
    let mut end = 0;
    let next = |n: usize| {
        let start = end;
        end += n;
        start..end
    };
    network.populations.iter().map(|p| p.n).map(next).collect()
}

/// Whether M will be stored sparse: below 10 % density and above 300 units.
pub(super) fn is_sparse(network: &Network) -> bool {
    let n: f64 = network.populations.iter().map(|p| p.n as f64).sum();
    n > 300.0 && expected_entries(network) < 0.1 * n * n
}

/// How many entries M will hold, before it is built.
pub(super) fn expected_entries(network: &Network) -> f64 {
    network.projections.iter().map(|p| Block::new(network, p).expected_entries()).sum()
}

fn input_weights(network: &Network, ranges: &[Range<usize>], n: usize) -> Result<Matrix, NetworkError> {
    let channels = network.inputs.iter().map(|u| u.channels.len()).sum();
    let mut w = Matrix::zeros(n, channels);
    let mut first = 0;
    for input in &network.inputs {
        let m = input.channels.len();
        for (to, weights) in &input.to {
            let range = ranges[*to].clone();
            match weights {
                InputWeights::Uniform => {
                    for k in first..first + m {
                        w.column_mut(k)[range.clone()].iter_mut().for_each(|w| *w += 1.0);
                    }
                }
                InputWeights::Matrix(given) => {
                    check_shape(input, given, range.len(), &network.populations[*to].name)?;
                    for k in 0..m {
                        let column = &mut w.column_mut(first + k)[range.clone()];
                        column.iter_mut().zip(given.column(k)).for_each(|(w, g)| *w += g);
                    }
                }
            }
        }
        first += m;
    }
    Ok(w)
}

fn check_shape(input: &Input, given: &Matrix, n: usize, population: &str) -> Result<(), NetworkError> {
    let m = input.channels.len();
    let error = |kind, what: String, remedy: String| {
        Err(NetworkError::new(kind, format!("inputs.{}", input.name), what, remedy))
    };
    if (given.rows(), given.cols()) != (n, m) {
        return error(
            NetworkErrorKind::Shape,
            format!("W of input `{}` to `{population}` is {} x {}", input.name, given.rows(), given.cols()),
            format!("give {n} rows (units of `{population}`) and {m} columns (channels)"),
        );
    }
    if !given.is_finite() {
        return error(
            NetworkErrorKind::Value,
            format!("W of input `{}` to `{population}` holds a number that is not finite", input.name),
            "give finite weights".to_owned(),
        );
    }
    Ok(())
}
