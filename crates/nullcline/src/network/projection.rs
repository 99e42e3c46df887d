//! A projection: connections from one population to another, and the rule that makes them.

use equations::Formula;
use linalg::{Matrix, Sparse};

/// Connections from population `from` to population `to` (indices into the network).
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// Source.
    pub from: usize,
    /// Target.
    pub to: usize,
    /// Who is connected with whom, and how strongly.
    pub structure: Structure,
    /// Factor of every weight.
    pub gain: f64,
    /// Rescale the weights so that the spectral radius of this block is the given number.
    pub spectral_radius: Option<f64>,
    /// Whether a unit may connect to itself (for `from == to`).
    pub self_connections: bool,
    /// Random stream of this projection: its place in the model file.
    pub stream: u64,
}

impl Projection {
    /// From population `from` to population `to` with gain 1, self-connections included.
    pub fn new(from: usize, to: usize, structure: Structure) -> Self {
        Self { from, to, structure, gain: 1.0, spectral_radius: None, self_connections: true, stream: 0 }
    }
}

/// How connectivity is made. Matrices are [post, pre].
#[derive(Clone, Debug, PartialEq)]
pub enum Structure {
    /// A given matrix.
    Matrix(Matrix),
    /// A given sparse matrix (from an edge list).
    Sparse(Sparse),
    /// Every pair.
    AllToAll {
        /// Weights.
        weight: Weight,
    },
    /// Every unit to the unit of the same index.
    OneToOne {
        /// Weights.
        weight: Weight,
    },
    /// Independent normal weights of standard deviation g/sqrt(N), with N the number of sources.
    Gaussian {
        /// g.
        g: f64,
    },
    /// Each pair with probability p.
    Probability {
        /// p.
        p: f64,
        /// Weights.
        weight: Weight,
    },
    /// Exactly k sources for each target, without repetition.
    FixedInDegree {
        /// k.
        k: usize,
        /// Weights.
        weight: Weight,
    },
    /// A kernel: a formula of the distance `d` between the coordinates, or of `NAME_post` and `NAME_pre`, `i`, `j`, `n`.
    Kernel {
        /// The formula.
        formula: Formula,
        /// Name of the coordinate that `d` is measured along; `None` where the formula does not use `d`.
        coordinate: Option<String>,
        /// What happens at the ends.
        boundary: Boundary,
        /// Weight 0 beyond this distance.
        cutoff: Option<f64>,
    },
    /// Convolution on a grid: source and target have `shape` units (row-major), and the kernel (odd sides) is centered.
    Convolution {
        /// Sides of the grid.
        shape: (usize, usize),
        /// Kernel.
        kernel: Matrix,
        /// What happens at the ends.
        boundary: Boundary,
    },
    /// sum over r of left[:, r] right[:, r]^T.
    LowRank {
        /// n_post x rank.
        left: Matrix,
        /// n_pre x rank.
        right: Matrix,
    },
}

/// The ends of a space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Boundary {
    /// A line.
    Open,
    /// A ring of this circumference (of a grid: its sides).
    Periodic(f64),
}

/// A distribution of weights. Under Dale's law these are magnitudes; the sign comes from the population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weight {
    /// All alike.
    Same(f64),
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Uniform.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Lognormal, by its own mean and coefficient of variation.
    Lognormal {
        /// Mean.
        mean: f64,
        /// Standard deviation over mean.
        cv: f64,
    },
}
