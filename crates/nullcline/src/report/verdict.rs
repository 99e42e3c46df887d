//! The names that verdicts bear in findings and in sentences.
//!
//! They are promises to users (`asymptotically stable`, `improper node`, `nearly defective`, …), so each is written once, here.

use dynamics::analyze::{
    EigenvectorVerdict, FixedPointSet, LinearAnalysis, PlanarType, Rotation, StabilityVerdict, TimeKind,
};
use dynamics::simulate::Verdict;

/// What a linearization says where the largest real part is 0: nothing.
pub(super) const UNDECIDED: &str = "undecided by linearization";

/// The verdict on stability by name.
pub(super) fn stability(verdict: StabilityVerdict) -> &'static str {
    match verdict {
        StabilityVerdict::AsymptoticallyStable => "asymptotically stable",
        StabilityVerdict::Stable => "stable",
        StabilityVerdict::Unstable => "unstable",
    }
}

/// The planar type by name.
pub(super) fn planar(kind: PlanarType) -> &'static str {
    match kind {
        PlanarType::Saddle => "saddle",
        PlanarType::Node => "node",
        PlanarType::Spiral => "spiral",
        PlanarType::Center => "center",
        PlanarType::ProperNode => "proper node",
        PlanarType::ImproperNode => "improper node",
        PlanarType::LineOfFixedPoints => "line of fixed points",
        PlanarType::Shear => "shear",
        PlanarType::PlaneOfFixedPoints => "plane of fixed points",
    }
}

/// The sense of rotation by name.
pub(super) fn rotation(rotation: Rotation) -> &'static str {
    match rotation {
        Rotation::Clockwise => "clockwise",
        Rotation::Counterclockwise => "counterclockwise",
    }
}

/// What the eigenvectors are worth, by name.
pub(super) fn eigenvectors(verdict: EigenvectorVerdict) -> &'static str {
    match verdict {
        EigenvectorVerdict::Orthonormal => "orthonormal",
        EigenvectorVerdict::Independent => "independent",
        EigenvectorVerdict::NearlyDefective => "nearly defective",
        EigenvectorVerdict::Defective => "defective",
    }
}

/// How many fixed points there are, by name.
pub(super) fn fixed_points(set: FixedPointSet) -> &'static str {
    match set {
        FixedPointSet::Unique => "unique",
        FixedPointSet::Empty => "none",
        FixedPointSet::Affine => "affine set",
    }
}

/// How a simulation ended, by name.
pub(super) fn simulation(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Completed => "completed",
        Verdict::Diverged { .. } => "diverged",
        Verdict::Stopped { .. } => "stopped",
        Verdict::StepTooSmall { .. } => "step too small",
    }
}

/// The rate at which eigenvalue `i` makes its mode grow, with its rounding taken as 0: Re(lambda), of a map ln|lambda|.
pub(super) fn growth(analysis: &LinearAnalysis, i: usize) -> f64 {
    if analysis.to_rounding[i] {
        return 0.0;
    }
    match analysis.time {
        TimeKind::Flow => analysis.eigenvalues[i].re,
        TimeKind::Map => analysis.eigenvalues[i].norm().ln(),
    }
}

/// Whether the largest growth is 0, so that a nonlinear system's higher terms decide.
pub(super) fn is_critical(analysis: &LinearAnalysis) -> bool {
    (0..analysis.dimension).map(|i| growth(analysis, i)).fold(f64::NEG_INFINITY, f64::max) == 0.0
}
