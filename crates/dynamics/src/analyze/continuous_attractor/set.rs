//! What is told of a continuous attractor.

use super::normal::{Place, norm};

/// What kind of set it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttractorShape {
    /// A curve with two ends, or that goes on.
    Line,
    /// A closed curve.
    Ring,
    /// A surface: near the seed a patch of a plane.
    Plane,
    /// Three or more flat directions; only the seed was looked at.
    Higher,
}

impl AttractorShape {
    /// The name in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Ring => "ring",
            Self::Plane => "plane",
            Self::Higher => "higher-dimensional set",
        }
    }
}

/// Where a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// It goes on beyond the extent that was asked for.
    GoesOn,
    /// The direction stops to be flat: what drifts there drifts fast.
    Fades,
    /// No correction leads back to the set: it ends or turns sharply.
    Lost,
}

/// A connected set of fixed points, or a slow set.
#[derive(Clone, Debug)]
pub struct ContinuousAttractor {
    /// Line, ring, plane.
    pub shape: AttractorShape,
    /// k.
    pub dimension: usize,
    /// States on it: in order along a curve; on a surface row by row.
    pub points: Vec<Vec<f64>>,
    /// The drift along the set at each state, k components each.
    pub drift: Vec<Vec<f64>>,
    /// Whether |f| is at most the residual at every state.
    pub is_fixed: bool,
    /// The largest |v|.
    pub largest_drift: f64,
    /// The largest |f|.
    pub largest_speed: f64,
    /// The slowest rate beside it; infinite where the set fills the space.
    pub decay: f64,
    /// (largest drift/length scale)/decay.
    pub ratio: f64,
    /// Length of a curve, by its chords; the diagonal of a patch.
    pub length: f64,
    /// Both ends of a line.
    pub ends: Option<[LineEnd; 2]>,
}

/// What the states say together; `is_fixed` is decided by the settings that made them.
pub(super) fn summary(
    shape: AttractorShape,
    places: Vec<Place>,
    length: f64,
    ends: Option<[LineEnd; 2]>,
) -> ContinuousAttractor {
    let largest = |of: &dyn Fn(&Place) -> f64| places.iter().map(of).fold(0.0, f64::max);
    let (largest_drift, largest_speed) = (largest(&|x| norm(&x.drift)), largest(&|x| x.speed));
    let decay = places.iter().map(|x| x.decay).fold(f64::INFINITY, f64::min);
    let radius = match shape {
        AttractorShape::Ring => length / std::f64::consts::TAU,
        _ => length / 2.0,
    };
    let ratio =
        if largest_drift == 0.0 { 0.0 } else { largest_drift / radius.max(f64::MIN_POSITIVE) / decay };
    ContinuousAttractor {
        shape,
        dimension: places.first().map_or(0, |x| x.tangent.cols()),
        is_fixed: places.iter().all(|x| x.is_fixed),
        drift: places.iter().map(|x| x.drift.clone()).collect(),
        points: places.into_iter().map(|x| x.x).collect(),
        largest_drift,
        largest_speed,
        decay,
        ratio,
        length,
        ends,
    }
}
