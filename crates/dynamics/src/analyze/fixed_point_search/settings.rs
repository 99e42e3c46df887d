//! How to search, and where.

use crate::analyze::TimeKind;

/// How to search.
#[derive(Clone, Debug)]
pub struct FixedPointSearch {
    /// Starts that are tried first, each of the field's dimension.
    pub starts: Vec<Vec<f64>>,
    /// How many more are scattered over the region.
    pub scattered: usize,
    /// Where they are scattered.
    pub region: Region,
    /// Seed of the scatter.
    pub seed: u64,
    /// Newton steps of one start, at most.
    pub iterations: usize,
    /// How often one start may leap from where its steps became short, at most. In networks half of the starts come to that: of
    /// 1024 in one of 128 units, eight leaps and the searches that follow took 2.7 times the factorizations of 0 leaps alone.
    pub leaps: usize,
    /// Searches that start half-way between two known points, where saddles tend to lie, at most; they end when two
    /// rounds of 64 in a row brought nothing new.
    pub between: usize,
    /// Paths from an easy system, if wanted.
    pub homotopy: Option<Homotopy>,
    /// Searches with the known points divided out, at most: from the given starts and then from the scattered ones. They end
    /// when a round of sixteen brought nothing new.
    pub deflated: usize,
    /// The largest |f| of a fixed point.
    pub residual: f64,
    /// How many slow points are refined and listed, at most.
    pub slow_points: usize,
    /// Whether eigenvalues, and with them types, are computed at the points found.
    pub spectra: bool,
    /// Whether the zeros are judged as those of a flow, or as those of f(x) - x of a map.
    pub time: TimeKind,
}

impl Default for FixedPointSearch {
    fn default() -> Self {
        Self {
            starts: Vec::new(),
            scattered: 256,
            region: Region::default(),
            seed: 0,
            iterations: 100,
            leaps: 8,
            between: 512,
            homotopy: None,
            deflated: 128,
            residual: 1e-10,
            slow_points: 8,
            spectra: true,
            time: TimeKind::Flow,
        }
    }
}

/// An easy system from which paths of fixed points lead to the wanted one.
#[derive(Clone, Debug, PartialEq)]
pub enum Homotopy {
    /// (1 - s)(x0 - x) + s f(x), with x0 each of the first starts.
    Pull {
        /// How many starts.
        paths: usize,
    },
    /// One parameter, from an easy value to the wanted one; first the fixed points at the easy value are searched.
    Parameter {
        /// Which parameter of p.
        index: usize,
        /// Its easy value.
        from: f64,
    },
}

/// Where starts are scattered.
#[derive(Clone, Debug, PartialEq)]
pub enum Region {
    /// Uniformly over a box: the lowest and the highest value of each variable.
    Box(Vec<(f64, f64)>),
    /// Around given states, one after the other (around 0 where none is given), by a normal distribution.
    Around {
        /// The states, for instance of a trajectory.
        states: Vec<Vec<f64>>,
        /// Standard deviation of each variable.
        deviation: f64,
    },
}

impl Default for Region {
    fn default() -> Self {
        Self::Around { states: Vec::new(), deviation: 1.0 }
    }
}
