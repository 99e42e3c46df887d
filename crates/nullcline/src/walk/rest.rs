//! Where a nonlinear system rests: fixed points found from a few starts, and the linear system at each.

use super::read_in;
use crate::model::Model;
use crate::network::System;
use crate::study::{LinearAt, Point};
use dynamics::analyze::{
    AnalyzeError, FixedPointCandidate, FixedPointVerdict, LinearOptions, TimeKind, fixed_point, linear,
};
use dynamics::field::{Frozen, Scaled, VectorField, Workspace};
use dynamics::random::Stream;
use dynamics::simulate::Trajectory;
use linalg::Matrix;

/// Random starts for up to 50 variables, unless the model says how many.
const STARTS: usize = 24;
/// Above this size one start is tried, the slowest: each search costs some factorizations and a spectrum.
const LARGE: usize = 200;
/// Above this size no rest is looked for: the matrix of the slopes alone would take 800 MB.
const DENSE: usize = 10_000;
/// Stream of the random numbers that scatter the starts.
const STREAM: u64 = 0x7374_6172_7473;

/// Linearizations at the certified fixed points, with the inputs as they are at the end of the run; none for a system that
/// is linear itself, or larger than [`DENSE`].
///
/// # Errors
/// When a linearization cannot be analyzed.
pub(super) fn linearizations(
    model: &Model,
    system: &System,
    run: Option<&Trajectory>,
) -> Result<Vec<LinearAt>, AnalyzeError> {
    let searched = !system.is_linear() && system.dimension() <= DENSE;
    let Some(flow) = system.flow().filter(|_| searched) else { return Ok(Vec::new()) };
    let frozen = Frozen { field: flow, t: model.run.as_ref().map_or(0.0, |run| run.t.1) };
    // A norm over volts and amperes sees the volts alone, and any current would pass for a zero: the search and its
    // certificate go by the units that people read.
    let sizes: Vec<f64> = read_in::units(system, run).iter().map(|unit| unit.size).collect();
    let sizes = if sizes.len() == system.dimension() { sizes } else { vec![1.0; system.dimension()] };
    let field = Scaled { field: &frozen, sizes: &sizes, parameters: &[], time: 1.0 };
    let mut starts = starts(model, system, run);
    for start in &mut starts {
        start.iter_mut().zip(&sizes).for_each(|(x, size)| *x /= size);
    }
    if field.dimension() > LARGE {
        starts.sort_by(|a, b| speed(&field, a).total_cmp(&speed(&field, b)));
        starts.truncate(1);
    }
    let mut found: Vec<FixedPointCandidate> = Vec::new();
    for start in &starts {
        // A search that leaves the domain of the equations (sqrt, log), or ends where they have no slope, finds nothing.
        let Ok(candidate) = fixed_point(&field, &[], start) else { continue };
        let is_fixed = candidate.verdict == FixedPointVerdict::Certified;
        if is_fixed && found.iter().all(|known| !same(&known.x, &candidate.x)) {
            found.push(candidate);
        }
    }
    found.into_iter().map(|candidate| linearization(&frozen, &sizes, candidate)).collect()
}

/// 0, the state at the start, the state at the end, the time average, and random states in the range of the run.
fn starts(model: &Model, system: &System, run: Option<&Trajectory>) -> Vec<Vec<f64>> {
    let n = system.dimension();
    let mut starts = vec![vec![0.0; n], system.x0.clone()];
    let mut range: Vec<(f64, f64)> = system.x0.iter().map(|x| (x - 1.0, x + 1.0)).collect();
    if let Some(run) = run.filter(|run| !run.t.is_empty() && run.x.is_finite() && run.x.rows() == n) {
        let count = run.t.len();
        starts.push(run.x.column(count - 1).to_vec());
        starts.push((0..n).map(|i| (0..count).map(|k| run.x[(i, k)]).sum::<f64>() / count as f64).collect());
        for (i, (low, high)) in range.iter_mut().enumerate() {
            let values = (0..count).map(|k| run.x[(i, k)]);
            (*low, *high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        }
    }
    let standard = if n <= 50 { STARTS } else { 0 };
    let mut random = Stream::new(model.seed, STREAM, 0);
    for _ in 0..model.analyze.starts.unwrap_or(standard) {
        let scattered = |&(low, high): &(f64, f64)| {
            let margin = 0.25 * (high - low);
            low - margin + (high - low + 2.0 * margin) * random.uniform()
        };
        starts.push(range.iter().map(scattered).collect());
    }
    starts
}

/// The linear system at a point that was found in scaled variables, in SI units again.
fn linearization(
    field: &Frozen<'_>,
    sizes: &[f64],
    candidate: FixedPointCandidate,
) -> Result<LinearAt, AnalyzeError> {
    let n = field.dimension();
    let x: Vec<f64> = candidate.x.iter().zip(sizes).map(|(y, size)| y * size).collect();
    let mut a = Matrix::zeros(n, n);
    field.jacobian(field.t, &[], &x, &mut a, &mut Workspace::default())?;
    let (residual, analysis) = if sizes.iter().all(|size| *size == 1.0) {
        (candidate.residual, candidate.linear)
    } else {
        let analysis = linear(&a, &vec![0.0; n], TimeKind::Flow, &LinearOptions::default())?;
        (speed(field, &x), analysis)
    };
    let point = Point { x, residual, certified: true };
    Ok(LinearAt { a, g: vec![0.0; n], point: Some(point), analysis })
}

fn speed(field: &dyn VectorField, x: &[f64]) -> f64 {
    let mut dx = vec![0.0; x.len()];
    match field.eval(&[0.0], &[], x, &mut dx, &mut Workspace::default()) {
        Ok(()) => dx.iter().map(|v| v * v).sum::<f64>().sqrt(),
        Err(_) => f64::INFINITY,
    }
}

/// Two candidates are one point if they agree to 1e-6 of their size.
fn same(a: &[f64], b: &[f64]) -> bool {
    let size = a.iter().chain(b).fold(1.0_f64, |m, x| m.max(x.abs()));
    a.iter().zip(b).all(|(x, y)| (x - y).abs() <= 1e-6 * size)
}
