//! The vector field of a planar system, on a grid that holds the run and the fixed points.

use crate::network::System;
use crate::study::{LinearAt, Portrait};
use dynamics::field::{VectorField, Workspace};
use dynamics::simulate::{Settings, Trajectory, simulate};
use linalg::Matrix;
use std::ops::ControlFlow;

/// Points along each side of the grid of arrows.
const SIDE: usize = 17;
/// Initial states along each side of the frame from which a curve is drawn for the eye.
const STARTS: usize = 5;

/// The portrait of a system of two variables; `None` for any other number, or for discrete time.
pub(super) fn portrait(system: &System, run: Option<&Trajectory>, linear: &[LinearAt]) -> Option<Portrait> {
    if system.dimension() != 2 {
        return None;
    }
    let field = system.flow()?;
    let points: Vec<[f64; 2]> = linear.iter().filter_map(resting_point).map(|x| [x[0], x[1]]).collect();
    let (x, y) = frame(run, [0, 1], &points);
    let (dx, dy) = arrows(field, run.map_or(0.0, |r| r.t[0]), &x, &y)?;
    let span = run.and_then(|r| Some((*r.t.first()?, *r.t.last()?))).unwrap_or((0.0, f64::INFINITY));
    let span = (span.0, span.1.min(span.0 + horizon(linear)));
    let curves = curves(field, span, &x, &y);
    let eigenvectors = linear.iter().flat_map(eigenvectors).collect();
    Some(Portrait { plane: (0, 1), x, y, dx, dy, curves, eigenvectors, phase: None, about: String::new() })
}

/// A frame around what happens, with a margin, and never flat.
pub(super) fn frame(run: Option<&Trajectory>, axes: [usize; 2], more: &[[f64; 2]]) -> (Vec<f64>, Vec<f64>) {
    let mut points: Vec<[f64; 2]> = more.to_vec();
    if let Some(run) = run.filter(|run| run.x.rows() > axes[0].max(axes[1])) {
        points.extend((0..run.t.len()).map(|k| [run.x[(axes[0], k)], run.x[(axes[1], k)]]));
    }
    let side = |i: usize| {
        let finite = points.iter().map(|p| p[i]).filter(|v| v.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        if low <= high { (low, high) } else { (-1.0, 1.0) }
    };
    let (a, b) = (side(0), side(1));
    let (longer, shorter) = ((a.1 - a.0).max(b.1 - b.0), (a.1 - a.0).min(b.1 - b.0));
    let longer = if longer > 0.0 { longer } else { 2.0 };
    // Ranges that differ much stand for unlike things, such as a potential in V and a fraction: each has its own margin.
    let unlike = shorter > 0.0 && longer > 2.5 * shorter;
    let widened = |(low, high): (f64, f64)| {
        let size = if unlike { high - low } else { longer };
        let (center, half) = ((low + high) / 2.0, 0.5 * (high - low).max(0.3 * size) + 0.12 * size);
        line(center - half, center + half)
    };
    (widened(a), widened(b))
}

/// The grid along one side of a frame.
pub(super) fn line(low: f64, high: f64) -> Vec<f64> {
    let (center, half) = ((low + high) / 2.0, (high - low) / 2.0);
    (0..SIDE).map(|k| center + half * (2.0 * k as f64 / (SIDE - 1) as f64 - 1.0)).collect()
}

/// The state at which a linearization rests.
pub(super) fn resting_point(at: &LinearAt) -> Option<&[f64]> {
    match &at.point {
        Some(point) => Some(&point.x),
        None => at.analysis.fixed_points.point.as_deref(),
    }
}

/// The velocity on a grid.
pub(super) fn arrows(field: &dyn VectorField, t: f64, x: &[f64], y: &[f64]) -> Option<(Matrix, Matrix)> {
    let lanes = x.len() * y.len();
    let mut state = Vec::with_capacity(2 * lanes);
    state.extend(y.iter().flat_map(|_| x.iter().copied()));
    state.extend(y.iter().flat_map(|v| std::iter::repeat_n(*v, x.len())));
    let mut velocity = vec![0.0; 2 * lanes];
    field.eval(&vec![t; lanes], &[], &state, &mut velocity, &mut Workspace::default()).ok()?;
    let (first, second) = velocity.split_at(lanes);
    let matrix = |v: &[f64]| Matrix::from_columns(x.len(), y.len(), v.to_vec());
    Some((matrix(first), matrix(second)))
}

/// Curves from the frame and from inside it, cut where they leave twice the frame.
fn curves(field: &dyn VectorField, span: (f64, f64), x: &[f64], y: &[f64]) -> Vec<Matrix> {
    let at = |line: &[f64], k: usize| line[0] + (line[SIDE - 1] - line[0]) * k as f64 / (STARTS - 1) as f64;
    let times: Vec<f64> = (0..=400).map(|k| span.0 + (span.1 - span.0) * f64::from(k) / 400.0).collect();
    let settings = Settings {
        rtol: 1e-4,
        atol: 1e-6,
        error: dynamics::simulate::ErrorEstimation::Off,
        max_steps: 20_000,
        ..Settings::default()
    };
    let inside = |p: [f64; 2]| {
        let within = |v: f64, line: &[f64]| {
            let (center, half) = ((line[0] + line[SIDE - 1]) / 2.0, line[SIDE - 1] - line[0]);
            (v - center).abs() <= half
        };
        within(p[0], x) && within(p[1], y)
    };
    let mut found = Vec::new();
    for i in 0..STARTS {
        for j in 0..STARTS {
            let start = [at(x, i), at(y, j)];
            let Ok(run) = simulate(field, &[], &start, &times, &settings, &|_| ControlFlow::Continue(()))
            else {
                continue;
            };
            let kept: Vec<f64> = (0..run.t.len())
                .map(|k| [run.x[(0, k)], run.x[(1, k)]])
                .take_while(|p| inside(*p))
                .flatten()
                .collect();
            found.push(Matrix::from_columns(2, kept.len() / 2, kept));
        }
    }
    found
}

/// Long enough for a curve to come home or to turn two or three times, short enough to stay legible.
fn horizon(linear: &[LinearAt]) -> f64 {
    let rates = linear.iter().flat_map(|l| &l.analysis.eigenvalues).map(|z| z.norm());
    let slowest = rates.filter(|rate| *rate > 0.0).fold(f64::INFINITY, f64::min);
    if slowest.is_finite() { 16.0 / slowest } else { 10.0 }
}

/// Real eigenvectors, with their foot at the fixed point.
fn eigenvectors(at: &LinearAt) -> Vec<([f64; 2], [f64; 2], linalg::Complex)> {
    let foot = resting_point(at).map_or([0.0, 0.0], |x| [x[0], x[1]]);
    let real = at.analysis.modes.iter().filter(|m| m.w.is_none());
    real.map(|m| (foot, [m.u[0], m.u[1]], m.eigenvalue)).collect()
}
