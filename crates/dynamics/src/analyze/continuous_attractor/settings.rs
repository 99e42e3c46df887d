//! How continuous attractors are looked for.

use crate::analyze::TimeKind;

/// How continuous attractors are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct AttractorSettings {
    /// A direction is flat if its singular value is at most so many times the next one; a set is slow up to this ratio.
    pub slow: f64,
    /// h: the distance of neighboring states, in units of max(1, |x|) of the seed.
    pub step: f64,
    /// How far a line is followed from its seed, in the same units.
    pub extent: f64,
    /// The largest |f| of a fixed point.
    pub residual: f64,
    /// A map x(k+1) = f(x(k)) is given as the field f(x) - x.
    pub time: TimeKind,
}

impl Default for AttractorSettings {
    fn default() -> Self {
        Self { slow: 0.05, step: 0.05, extent: 4.0, residual: 1e-10, time: TimeKind::Flow }
    }
}
