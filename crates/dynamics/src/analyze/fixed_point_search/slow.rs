//! Slow points: minima of the speed |f| that are not 0, the ghosts of fixed points.
//!
//! From where a search stalled, Levenberg and Marquardt's method goes to the minimum of |f|^2/2:
//!
//! (J^T J + mu I) d = -J^T f, with mu adapted; it ends where |J^T f| is small beside ||J|| |f|, or no step makes |f| smaller.
//!
//! Cost: about 3 n^3 an iteration, for the few slowest places only.
//! Reference: Marquardt (1963), An algorithm for least-squares estimation of nonlinear parameters; for what slow points mean,
//! Sussillo and Barak (2013), Opening the black box.

use super::point::{Judge, distance, norm};
use crate::analyze::AnalyzeError;
use crate::field::Workspace;
use linalg::{Lu, Matrix, mul, mul_transposed_vec_into, svd};

/// A minimum of the speed that is no fixed point.
#[derive(Clone, Debug, PartialEq)]
pub struct SlowPoint {
    /// The state.
    pub x: Vec<f64>,
    /// |f(x)|.
    pub speed: f64,
    /// |J^T f|/(||J|| |f|) with the largest ||J|| on the way there: 0 at a minimum, at most 1.
    pub slope: f64,
}

/// Steps to a minimum, at most.
const ITERATIONS: usize = 200;

/// The slowest of the places, a tenth of their size apart from each other.
pub(super) fn pick(
    judge: &Judge<'_>,
    places: &[Vec<f64>],
    count: usize,
) -> Result<Vec<Vec<f64>>, AnalyzeError> {
    let mut ws = Workspace::default();
    let mut sorted: Vec<(f64, &Vec<f64>)> = Vec::new();
    for x in places {
        if let Ok(f) = judge.velocity(x, &mut ws) {
            sorted.push((norm(&f), x));
        }
    }
    sorted.retain(|(speed, _)| speed.is_finite());
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut picked: Vec<Vec<f64>> = Vec::new();
    for (_, x) in sorted {
        if picked.len() == count {
            break;
        }
        if picked.iter().all(|y| distance(x, y) > 0.1 * norm(x).max(1e-3)) {
            picked.push(x.clone());
        }
    }
    Ok(picked)
}

/// The minimum of the speed near x; `None` where none is reached.
pub(super) fn polish(judge: &Judge<'_>, x: &[f64]) -> Result<Option<SlowPoint>, AnalyzeError> {
    let mut ws = Workspace::default();
    let mut x = x.to_vec();
    for _ in 0..3 {
        let Some(found) = descend(judge, &x, &mut ws)? else { return Ok(None) };
        match lower(judge, &found, &mut ws)? {
            Some(y) => x = y,
            None => return Ok(Some(found)),
        }
    }
    Ok(None)
}

/// A state beside a place of no slope where the speed is lower, which is no minimum then but a saddle of the speed.
fn lower(judge: &Judge<'_>, at: &SlowPoint, ws: &mut Workspace) -> Result<Option<Vec<f64>>, AnalyzeError> {
    let n = at.x.len();
    let mut j = Matrix::zeros(n, n);
    judge.jacobian(&at.x, &mut j, ws)?;
    let s = svd(&j);
    for size in [1e-4, 1e-2] {
        for sign in [1.0, -1.0] {
            let step = sign * size * norm(&at.x).max(1.0);
            let y: Vec<f64> = at.x.iter().zip(s.v.column(n - 1)).map(|(x, v)| x + step * v).collect();
            match judge.velocity(&y, ws) {
                Ok(f) if norm(&f) < at.speed * (1.0 - 1e-9) => return Ok(Some(y)),
                _ => {}
            }
        }
    }
    Ok(None)
}

/// Where Levenberg and Marquardt's method ends.
fn descend(judge: &Judge<'_>, x: &[f64], ws: &mut Workspace) -> Result<Option<SlowPoint>, AnalyzeError> {
    let n = x.len();
    let scale = norm(x).max(1e-3);
    let (mut x, mut j, mut mu) = (x.to_vec(), Matrix::zeros(n, n), None);
    let mut f = judge.velocity(&x, ws)?;
    let (mut steepest, mut slope, mut at_rest) = (0.0_f64, 1.0, false);
    for _ in 0..ITERATIONS {
        if judge.jacobian(&x, &mut j, ws).is_err() || !j.is_finite() {
            return Ok(None);
        }
        let mut g = vec![0.0; n];
        mul_transposed_vec_into(&j, &f, &mut g);
        let speed = norm(&f);
        steepest = steepest.max(j.norm_frobenius());
        slope = if speed > 0.0 && steepest > 0.0 { norm(&g) / speed / steepest } else { 0.0 };
        if slope <= 1e-10 {
            break;
        }
        let normal = mul(&j.transpose(), &j);
        // The part of the Hessian that J^T J lacks, f f'', does not vanish with J: the damping must not either.
        let mut damping = mu.unwrap_or(1e-3 * steepest * steepest);
        let mut moved = None;
        while damping < 1e12 * steepest * steepest {
            let mut a = normal.clone();
            (0..n).for_each(|i| a[(i, i)] += damping);
            // J^T J may overflow where J does not.
            let Ok(lu) = Lu::new(&a) else { return Ok(None) };
            let d = lu.solve(&g);
            let y: Vec<f64> = x.iter().zip(&d).map(|(x, d)| x - d).collect();
            match judge.velocity(&y, ws) {
                Ok(h) if norm(&h) < speed => {
                    (x, f, moved) = (y, h, Some(norm(&d)));
                    break;
                }
                _ => damping *= 4.0,
            }
        }
        mu = Some((damping / 3.0).max(1e-16 * steepest * steepest));
        at_rest = moved.is_none_or(|step| step <= 1e-12 * scale);
        if at_rest {
            break;
        }
    }
    let speed = norm(&f);
    let minimum = at_rest || slope <= 1e-3 || speed <= judge.residual;
    Ok(minimum.then_some(SlowPoint { x, speed, slope }))
}

/// Whether it is listed already.
pub(super) fn is_known(known: &[SlowPoint], found: &SlowPoint) -> bool {
    known.iter().any(|slow| distance(&slow.x, &found.x) <= 1e-3 * norm(&found.x).max(1e-3))
}
