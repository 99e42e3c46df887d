//! A root of F(z) = 0 as exact as doubles give it, and how wrong each unknown may be.
//!
//! Newton's method until the corrections are rounding. Then, with M = F'(z) and delta what rounding does to F,
//!
//! error of z_k = |last correction| + sum_j |(M^-1)_kj| delta_j.
//!
//! delta is the larger of what the terms of F show and what F does when z changes by a few units in the last place.

use super::problem::{distance, dot, norm};
use crate::field::EvalError;
use linalg::{Lu, Matrix};

/// A square system.
pub(super) trait System {
    /// F(z) and F'(z). Auxiliary vectors may be renewed.
    fn evaluate(&mut self, z: &[f64]) -> Result<(Vec<f64>, Matrix), EvalError>;
    /// What the rounding of its terms does to each component of F.
    fn rounding(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError>;
    /// The size to which each unknown is rounded.
    fn magnitudes(&self, z: &[f64]) -> Vec<f64>;
}

/// A root.
#[derive(Clone, Debug)]
pub(super) struct Root {
    pub(super) z: Vec<f64>,
    /// For each unknown.
    pub(super) errors: Vec<f64>,
}

const ITERATIONS: usize = 60;

/// The root near `start`, no farther than `radius`; `None` if Newton's method does not converge to one.
pub(super) fn root(system: &mut dyn System, start: &[f64], radius: f64) -> Option<Root> {
    let size = start.len();
    let mut z = start.to_vec();
    let mut last = f64::INFINITY;
    let mut worse = 0;
    let mut settled = false;
    for _ in 0..ITERATIONS {
        let (f, slope) = system.evaluate(&z).ok()?;
        let Some(d) = newton_step(&f, &slope) else {
            // Exactly singular: a root of higher order, reached.
            settled = last <= 1e-6;
            break;
        };
        let (step, scale) = (norm(&d), norm(&z).max(1.0));
        if step > 0.5 * last && last <= 1e-9 * scale {
            settled = true;
            break;
        }
        worse = if step > 0.9 * last { worse + 1 } else { 0 };
        if worse > 3 {
            settled = last <= 1e-7 * scale;
            break;
        }
        z.iter_mut().zip(&d).for_each(|(z, d)| *z += d);
        if distance(&z, start) > radius {
            return None;
        }
        last = step;
        if step <= 1e-15 * scale {
            settled = true;
            break;
        }
    }
    if !settled {
        return None;
    }
    let errors = errors(system, &z, last, size)?;
    Some(Root { z, errors })
}

fn newton_step(f: &[f64], slope: &Matrix) -> Option<Vec<f64>> {
    let size = f.len();
    let rows = row_sizes(slope);
    let scaled = Matrix::from_fn(size, size, |i, k| slope[(i, k)] / rows[i]);
    let lu = Lu::new(&scaled).ok().filter(|lu| !lu.is_singular())?;
    let d = lu.solve(&(0..size).map(|i| -f[i] / rows[i]).collect::<Vec<_>>());
    d.iter().all(|d| d.is_finite()).then_some(d)
}

fn row_sizes(slope: &Matrix) -> Vec<f64> {
    let largest = |i| (0..slope.cols()).fold(0.0, |m: f64, k| m.max(slope[(i, k)].abs()));
    (0..slope.rows()).map(largest).map(|m| if m > 0.0 { m } else { 1.0 }).collect()
}

fn errors(system: &mut dyn System, z: &[f64], last: f64, size: usize) -> Option<Vec<f64>> {
    let (f, slope) = system.evaluate(z).ok()?;
    let magnitudes = system.magnitudes(z);
    let mut delta = system.rounding(z).ok()?;
    // Probes: F at points a few units in the last place away, less what F' says of them.
    for probe in 0..6_u32 {
        let shift: Vec<f64> = (0..size)
            .map(|k| {
                let turn = (probe as usize * 7 + k * 5) % 11;
                (turn as f64 - 5.0) * f64::EPSILON * magnitudes[k]
            })
            .collect();
        let y: Vec<f64> = z.iter().zip(&shift).map(|(z, s)| z + s).collect();
        let moved: Vec<f64> = y.iter().zip(z).map(|(y, z)| y - z).collect();
        let Ok((g, _)) = system.evaluate(&y) else { continue };
        for j in 0..size {
            let linear = dot(&slope.row(j), &moved);
            delta[j] = delta[j].max((g[j] - f[j] - linear).abs());
        }
    }
    let rows = row_sizes(&slope);
    let scaled = Matrix::from_fn(size, size, |i, k| slope[(i, k)] / rows[i]);
    let lu = Lu::new(&scaled).ok()?;
    let correction = newton_step(&f, &slope);
    let one = |k: usize| {
        let mut unit = vec![0.0; size];
        unit[k] = 1.0;
        let row = lu.solve_transposed(&unit);
        let rounding: f64 = (0..size).map(|j| (row[j] / rows[j]).abs() * delta[j]).sum();
        let step = correction.as_ref().map_or(last, |d| d[k].abs());
        let found = 2.0 * step + 3.0 * rounding + 2.0 * f64::EPSILON * magnitudes[k];
        if found.is_finite() { found } else { last.max(f64::EPSILON.sqrt()) }
    };
    Some((0..size).map(one).collect())
}
