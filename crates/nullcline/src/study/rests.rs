//! What a search for fixed points of a nonlinear system came to.

use dynamics::analyze::{ContinuousAttractor, FixedPointVerdict, Missed, PointKind};
use linalg::Complex;

/// A fixed point of a nonlinear system.
#[derive(Clone, Debug)]
pub struct Point {
    /// The state.
    pub x: Vec<f64>,
    /// Norm of the right-hand side there.
    pub residual: f64,
    /// Whether Newton's method contracts there with an exact Jacobian.
    pub certified: bool,
    /// How sure it is.
    pub verdict: FixedPointVerdict,
    /// A zero lies within this distance, counted in the units that the variables are read in; infinite where singular.
    pub radius: f64,
    /// Node, spiral, saddle, …; `None` where it was not computed.
    pub kind: Option<PointKind>,
    /// Eigenvalues, the fastest growing first; empty where they were not computed.
    pub eigenvalues: Vec<Complex>,
    /// Dimensions in which nearby states leave.
    pub unstable: usize,
    /// Scattered starts that led here.
    pub hits: usize,
}

impl Point {
    /// A point that is certified, and of which nothing else is known.
    pub fn certified(x: Vec<f64>, residual: f64) -> Self {
        Self {
            x,
            residual,
            certified: true,
            verdict: FixedPointVerdict::Certified,
            radius: residual,
            kind: None,
            eigenvalues: Vec::new(),
            unstable: 0,
            hits: 0,
        }
    }
}

/// What a search for fixed points came to.
#[derive(Clone, Debug)]
pub struct Rests {
    /// Those that are alone in a neighborhood, the fewest unstable dimensions first.
    pub points: Vec<Point>,
    /// Zeros to rounding where the Jacobian is singular, but for those of the attractors below.
    pub singular: Vec<Point>,
    /// Minima of the speed that are no fixed points, the slowest first: the state and the speed.
    pub slow: Vec<(Vec<f64>, f64)>,
    /// Connected sets of fixed points, and slow sets; states in SI units, lengths in those that variables are read in.
    pub attractors: Vec<ContinuousAttractor>,
    /// Starts that were followed.
    pub starts: usize,
    /// Those that came to no zero.
    pub stalled: usize,
    /// Those that left where the right-hand side can be evaluated.
    pub failed: usize,
    /// Searches with the known points divided out.
    pub deflated: usize,
    /// How many points were missed, by an estimate.
    pub missed: Missed,
    /// What was left out for its cost, in sentences.
    pub left_out: Vec<String>,
}
