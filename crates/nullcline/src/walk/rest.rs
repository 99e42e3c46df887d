//! Where a nonlinear system rests: fixed points found from a few starts, and the linear system at each.

use crate::study::{LinearAt, Point};
use dynamics::analyze::{AnalyzeError, FixedPointCandidate, FixedPointVerdict, fixed_point};
use dynamics::field::{Frozen, VectorField, Workspace};
use linalg::Matrix;

/// Above this size one start is tried, the slowest: each search costs some factorizations and a spectrum.
const LARGE: usize = 200;

/// Linearizations at the certified fixed points, with the inputs frozen at time `t`.
///
/// # Errors
/// When a linearization cannot be analyzed.
pub(super) fn linearizations(
    field: &dyn VectorField,
    t: f64,
    mut starts: Vec<Vec<f64>>,
) -> Result<Vec<LinearAt>, AnalyzeError> {
    let field = Frozen { field, t };
    if field.dimension() > LARGE {
        starts.sort_by(|a, b| speed(&field, a).total_cmp(&speed(&field, b)));
        starts.truncate(1);
    }
    let mut found: Vec<FixedPointCandidate> = Vec::new();
    for start in &starts {
        let candidate = fixed_point(&field, &[], start)?;
        let is_fixed = candidate.verdict == FixedPointVerdict::Certified;
        if is_fixed && found.iter().all(|known| !same(&known.x, &candidate.x)) {
            found.push(candidate);
        }
    }
    found.into_iter().map(|candidate| linearization(&field, candidate)).collect()
}

fn linearization(field: &Frozen<'_>, candidate: FixedPointCandidate) -> Result<LinearAt, AnalyzeError> {
    let n = field.dimension();
    let mut a = Matrix::zeros(n, n);
    field.jacobian(field.t, &[], &candidate.x, &mut a, &mut Workspace::default())?;
    let point = Point { x: candidate.x, residual: candidate.residual, certified: true };
    Ok(LinearAt { a, g: vec![0.0; n], point: Some(point), analysis: candidate.linear })
}

fn speed(field: &Frozen<'_>, x: &[f64]) -> f64 {
    let mut dx = vec![0.0; x.len()];
    match field.eval(&[field.t], &[], x, &mut dx, &mut Workspace::default()) {
        Ok(()) => dx.iter().map(|v| v * v).sum::<f64>().sqrt(),
        Err(_) => f64::INFINITY,
    }
}

/// Two candidates are one point if they agree to 1e-6 of their size.
fn same(a: &[f64], b: &[f64]) -> bool {
    let size = a.iter().chain(b).fold(1.0_f64, |m, x| m.max(x.abs()));
    a.iter().zip(b).all(|(x, y)| (x - y).abs() <= 1e-6 * size)
}
