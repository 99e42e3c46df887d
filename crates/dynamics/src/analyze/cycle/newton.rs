//! Newton's iteration for a cycle, at a fixed parameter or along a branch.
//!
//! Unknowns are the points of the orbit, the period T and, along a branch, the parameter p. To the equation and the ring
//! comes the integral phase condition: the integral of <x, x_ref'> over the period is 0, which keeps the cycle from sliding
//! along itself; and along a branch the plane <y - y_0, t> = 0 through the predicted point y_0 across the tangent t.
//! The homogeneous solution of the last step is the next tangent. Variables are measured in their own units.

use super::basis::{DEGREE, WEIGHTS};
use super::collocation::{Blocks, Collocation};
use super::cyclic::{Border, Ring, Solution, solve};
use super::orbit::{Orbit, transfer};
use crate::field::EvalError;

/// In what units the unknowns are measured.
#[derive(Clone, Debug)]
pub(crate) struct Units {
    pub(crate) variables: Vec<f64>,
    pub(crate) period: f64,
    pub(crate) p: f64,
}

/// A direction in the space of the unknowns.
#[derive(Clone, Debug)]
pub(crate) struct Direction {
    pub(crate) points: Vec<f64>,
    pub(crate) period: f64,
    pub(crate) p: f64,
}

/// A cycle and the parameters it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) orbit: Orbit,
    pub(crate) p: Vec<f64>,
}

/// When the iteration ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// A correction below this ends it.
    pub(crate) tolerance: f64,
    /// So many iterations are made at most.
    pub(crate) iterations: usize,
    /// A correction beyond this is shortened to it.
    pub(crate) longest: f64,
}

/// How the iteration ended.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) converged: bool,
    pub(crate) iterations: usize,
    /// The size of the last correction.
    pub(crate) correction: f64,
    /// The largest defect |x'/T - f| when it was last looked at.
    pub(crate) residual: f64,
    /// The tangent of the branch there, of length 1 and not turned back.
    pub(crate) tangent: Option<Direction>,
}

impl Direction {
    /// The direction on another mesh.
    pub(crate) fn on(&self, n: usize, from: &[f64], to: &[f64]) -> Self {
        Self { points: transfer(&self.points, n, from, to), period: self.period, p: self.p }
    }

    pub(crate) fn scale(&mut self, factor: f64) {
        self.points.iter_mut().for_each(|x| *x *= factor);
        self.period *= factor;
        self.p *= factor;
    }
}

/// The weights of the points in the integral of <x, y> in the units, for x by its points and a fixed y; both on `mesh`.
pub(crate) fn product_weights(
    values: &[[f64; DEGREE + 1]; DEGREE],
    n: usize,
    mesh: &[f64],
    units: &[f64],
    y: &[f64],
) -> Vec<f64> {
    let mut weights = vec![0.0; y.len()];
    for j in 0..mesh.len() - 1 {
        let h = mesh[j + 1] - mesh[j];
        let base = j * DEGREE * n;
        for i in 0..DEGREE {
            for a in 0..n {
                let at: f64 = (0..=DEGREE).map(|k| values[i][k] * y[base + k * n + a]).sum();
                let scaled = h * WEIGHTS[i] * at / (units[a] * units[a] * n as f64);
                for k in 0..=DEGREE {
                    weights[base + k * n + a] += values[i][k] * scaled;
                }
            }
        }
    }
    weights
}

/// <x, y> of two directions on one mesh.
pub(crate) fn inner(c: &Collocation<'_>, mesh: &[f64], units: &Units, x: &Direction, y: &Direction) -> f64 {
    let weights = product_weights(&c.basis.value, c.n, mesh, &units.variables, &y.points);
    let states: f64 = weights.iter().zip(&x.points).map(|(w, x)| w * x).sum();
    states + x.period * y.period / units.period.powi(2) + x.p * y.p / units.p.powi(2)
}

/// The weights of the phase condition: those of the integral of <x, reference'>.
pub(crate) fn phase_weights(c: &Collocation<'_>, mesh: &[f64], units: &[f64], reference: &[f64]) -> Vec<f64> {
    let n = c.n;
    let mut weights = vec![0.0; reference.len()];
    for j in 0..mesh.len() - 1 {
        let base = j * DEGREE * n;
        for i in 0..DEGREE {
            for a in 0..n {
                let slope: f64 =
                    (0..=DEGREE).map(|k| c.basis.slope[i][k] * reference[base + k * n + a]).sum();
                let scaled = WEIGHTS[i] * slope / (units[a] * units[a]);
                for k in 0..=DEGREE {
                    weights[base + k * n + a] += c.basis.value[i][k] * scaled;
                }
            }
        }
    }
    let size = weights.iter().fold(0.0f64, |s, w| s.max(w.abs()));
    if size > 0.0 {
        weights.iter_mut().for_each(|w| *w /= size);
    }
    weights
}

/// Corrects a cycle; `plane` is the tangent that it stays across (a parameter must be free then).
///
/// # Errors
/// When the right-hand side fails.
pub(crate) fn correct(
    c: &mut Collocation<'_>,
    blocks: &mut Blocks,
    point: &mut Point,
    reference: &[f64],
    plane: Option<&Direction>,
    units: &Units,
    patience: Patience,
) -> Result<Ending, EvalError> {
    let mesh = point.orbit.mesh.clone();
    let phase = phase_weights(c, &mesh, &units.variables, reference);
    let across = plane.map(|t| product_weights(&c.basis.value, c.n, &mesh, &units.variables, &t.points));
    let mut ending = Ending {
        converged: false,
        iterations: 0,
        correction: f64::INFINITY,
        residual: f64::INFINITY,
        tangent: None,
    };
    let mut best = f64::INFINITY;
    while ending.iterations < patience.iterations {
        ending.iterations += 1;
        c.condense(&point.orbit, &point.p, blocks)?;
        ending.residual = blocks.residual;
        let off: f64 = phase.iter().zip(&point.orbit.points).map(|(w, x)| w * x).sum();
        let mut borders =
            vec![Border { weights: phase.clone(), scalars: vec![0.0; blocks.scalars], right: [-off, 0.0] }];
        if let (Some(t), Some(across)) = (plane, &across) {
            let scalars = vec![t.period / units.period.powi(2), t.p / units.p.powi(2)];
            borders.push(Border { weights: across.clone(), scalars, right: [0.0, 1.0] });
        }
        let ring = Ring {
            blocks,
            coupled: blocks.scalars.min(borders.len()),
            sigma: 1.0,
            extra: None,
            borders: &borders,
        };
        let [step, along] = solve(&ring);
        let step = direction(step);
        let size = inner(c, &mesh, units, &step, &step).sqrt();
        ending.correction = size;
        if !size.is_finite() {
            return Ok(ending);
        }
        if plane.is_some() {
            let mut t = direction(along);
            let length = inner(c, &mesh, units, &t, &t).sqrt();
            t.scale(1.0 / length);
            ending.tangent = Some(t);
        }
        let factor = if size > patience.longest { patience.longest / size } else { 1.0 };
        advance(point, &step, factor, c.parameter);
        if point.orbit.period <= 0.0 || point.orbit.period.is_nan() {
            return Ok(ending);
        }
        if size < patience.tolerance {
            ending.converged = true;
            return Ok(ending);
        }
        // Rounding stops the iteration before a tolerance that is too tight does.
        if size < 1e-9 && size > 0.3 * best {
            ending.converged = true;
            return Ok(ending);
        }
        if plane.is_some() && ending.iterations > 2 && size > 2.0 * best {
            return Ok(ending);
        }
        best = best.min(size);
    }
    Ok(ending)
}

/// A solution of the linear system as a direction; its second scalar, if there is one, is the parameter's.
pub(crate) fn direction(solution: Solution) -> Direction {
    Direction {
        points: solution.points,
        period: solution.scalars[0],
        p: solution.scalars.get(1).copied().unwrap_or(0.0),
    }
}

/// Moves a point along a direction.
pub(crate) fn advance(point: &mut Point, step: &Direction, factor: f64, parameter: Option<usize>) {
    for (x, d) in point.orbit.points.iter_mut().zip(&step.points) {
        *x += factor * d;
    }
    point.orbit.period += factor * step.period;
    if let Some(q) = parameter {
        point.p[q] += factor * step.p;
    }
    // The ring is exact: rounding must not open it.
    let n = point.orbit.n;
    let end = point.orbit.points.len() - n;
    let (start, last) = point.orbit.points.split_at_mut(end);
    last.copy_from_slice(&start[..n]);
}
