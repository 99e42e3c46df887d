//! How equilibria and cycles change with a parameter, and where they change their kind.
//!
//! ```text
//! f(x; p) = 0           curves (x(s), p(s)) with the arclength s, through folds and crossings
//! ```
//!
//! | special point | what vanishes | refined by | what else is told |
//! |---|---|---|---|
//! | fold | an eigenvalue, with dp/ds | f = 0, g = 0 of J bordered | the quadratic coefficient |
//! | branch point | the rank of (f_x, f_p) | f = 0, g1 = g2 = 0 of (f_x, f_p) bordered | the branch that crosses, followed |
//! | Hopf | Re lambda of a complex pair | f = 0, Re g = Im g = 0 of J - i omega bordered | first Lyapunov coefficient, period |
//!
//! Equilibria are searched from many starts at both ends of the interval; each that lies on no branch yet is followed in both
//! directions, also outside the interval up to a margin, where a branch may fold and come back. Each special point carries an
//! estimate of its error: the last Newton correction, and rounding times the condition of its system.
//!
//! Cost: a few Jacobians and their factors a point, O(n^3), and its eigenvalues. It fails where a branch has no tangent, or
//! bends more sharply than the smallest step resolves; the branch then ends as failed, with its residual. Points where two or
//! more real eigenvalues vanish at once (by symmetry) are told in a note and not branched from.
//!
//! Reference: Kuznetsov (2004), Elements of applied bifurcation theory, chapter 10.

mod branch_point;
mod combine;
mod curve;
mod cycle;
mod diagram;
mod equilibrium;
mod fold;
mod hopf;
mod lyapunov_coefficient;
mod newton;
mod problem;
mod settings;
mod trace;
mod two_parameter;

#[cfg(test)]
mod error_statistics;
#[cfg(test)]
mod systems;
#[cfg(test)]
mod truths;

pub use cycle::{
    CycleBranch, CycleBranchSettings, Doubling, cycles_from_cycle, cycles_from_hopf,
    cycles_from_period_doubling,
};
pub use diagram::{Branch, BranchEnd, BranchKind, BranchPoint, Criticality, Diagram, Special, SpecialKind};
pub use settings::{ContinuationSettings, FollowCycles, Run};
pub use two_parameter::{
    CurveEnd, CurvePoint, CurveSpecial, CurveSpecialKind, ParameterCurve, ParameterCurveKind,
    ParameterCurveSettings, fold_curve, hopf_curve,
};

use super::AnalyzeError;
use crate::field::VectorField;
use crate::simulate::Progress;

/// Follows all equilibria that many starts find at both ends of the interval of one parameter, and the cycles born on them.
///
/// # Errors
/// If the settings do not fit the field. What fails on the way is told in the diagram instead.
pub fn continuation(
    field: &dyn VectorField,
    p: &[f64],
    settings: &ContinuationSettings,
    progress: Progress<'_>,
) -> Result<Diagram, AnalyzeError> {
    settings.check(field.dimension(), p)?;
    let mut diagram = trace::equilibria_diagram(field, p, settings, progress);
    if settings.cycles == FollowCycles::FromHopf {
        combine::add_cycles(field, p, settings, &mut diagram, progress);
    }
    Ok(diagram)
}
