//! The equilibria where branches of cycles end: the Hopf point that they shrink to, the saddle-node that they slow down at.
//!
//! Newton's iteration on an extended system in the state x, the parameter p and a vector: f = 0 and J v = 0 with |v| fixed
//! for a saddle-node, f = 0 and J q = i omega q with q fixed in size and phase for a Hopf point. The derivatives of J v are differences,
//! along x and p: they slow the iteration down by nothing, and its limit does not depend on them. Cost: O(n^3) an iteration.
//! Reference: Govaerts (2000), Numerical methods for bifurcations of dynamical equilibria.

use crate::analyze::cycle::collocation::Collocation;
use crate::analyze::cycle::orbit::Orbit;
use crate::field::EvalError;
use linalg::{Lu, Matrix, eigenvalues, svd};
use std::f64::consts::TAU;

/// An equilibrium at a bifurcation.
pub(super) struct Place {
    pub(super) p: f64,
    pub(super) x: Vec<f64>,
    /// 2 pi / omega, at a Hopf point.
    pub(super) period: Option<f64>,
    /// What the last iteration moved p by.
    pub(super) correction: f64,
}

/// The fold of equilibria near the slowest point of a cycle.
pub(super) fn saddle_node(
    c: &mut Collocation<'_>,
    orbit: &Orbit,
    parameters: &[f64],
    parameter: usize,
) -> Result<Option<Place>, EvalError> {
    let n = orbit.n;
    let x = slowest(c, orbit, parameters)?;
    let s = svd(&c.jacobian(parameters, &x)?);
    let v = vec![s.v.column(n - 1).to_vec()];
    extended(c, parameters, parameter, x, v, 0.0)
}

/// The saddle near the slowest point of a cycle; `None` where no equilibrium is near, or it is none.
///
/// A canard is slow too, and its parameter as still as at a saddle connection; but it passes no saddle.
pub(super) fn saddle(
    c: &mut Collocation<'_>,
    orbit: &Orbit,
    p: &[f64],
    ranges: &[f64],
) -> Result<Option<Vec<f64>>, EvalError> {
    let start = slowest(c, orbit, p)?;
    let mut x = start.clone();
    for _ in 0..12 {
        let f = c.rate(p, &x)?;
        let Ok(lu) = Lu::new(&c.jacobian(p, &x)?) else { return Ok(None) };
        let d = lu.solve(&f);
        x.iter_mut().zip(&d).for_each(|(x, d)| *x -= d);
        let near = (0..x.len()).all(|i| (x[i] - start[i]).abs() <= 0.1 * ranges[i]);
        if !near {
            return Ok(None);
        }
        if (0..x.len()).all(|i| d[i].abs() < 1e-12 * (1.0 + x[i].abs())) {
            break;
        }
    }
    let Ok(values) = eigenvalues(&c.jacobian(p, &x)?) else { return Ok(None) };
    let is_saddle = values.iter().any(|v| v.re > 0.0) && values.iter().any(|v| v.re < 0.0);
    Ok(is_saddle.then_some(x))
}

/// The slowest point of a cycle.
fn slowest(c: &mut Collocation<'_>, orbit: &Orbit, p: &[f64]) -> Result<Vec<f64>, EvalError> {
    let mut found = (f64::INFINITY, orbit.points[..orbit.n].to_vec());
    for x in orbit.points.chunks_exact(orbit.n) {
        let speed: f64 = c.rate(p, x)?.iter().map(|f| f * f).sum();
        if speed < found.0 {
            found = (speed, x.to_vec());
        }
    }
    Ok(found.1)
}

/// The Hopf point near a small cycle.
pub(super) fn hopf(
    c: &mut Collocation<'_>,
    orbit: &Orbit,
    parameters: &[f64],
    parameter: usize,
) -> Result<Option<Place>, EvalError> {
    let n = orbit.n;
    let (mut real, mut imaginary) = (vec![0.0; n], vec![0.0; n]);
    for k in 0..64 {
        let s = f64::from(k) / 64.0;
        let (sin, cos) = (TAU * s).sin_cos();
        for (i, x) in orbit.at(s).iter().enumerate() {
            real[i] += cos * x;
            imaginary[i] -= sin * x;
        }
    }
    let square: f64 = real.iter().chain(&imaginary).map(|x| x * x).sum();
    real.iter_mut().chain(&mut imaginary).for_each(|x| *x /= square.sqrt());
    extended(c, parameters, parameter, orbit.mean(), vec![real, imaginary], TAU / orbit.period)
}

/// Newton's iteration; `v` holds one vector for a fold, real and imaginary part for a Hopf point.
fn extended(
    c: &mut Collocation<'_>,
    parameters: &[f64],
    parameter: usize,
    x: Vec<f64>,
    v: Vec<Vec<f64>>,
    omega: f64,
) -> Result<Option<Place>, EvalError> {
    let (n, parts) = (x.len(), v.len());
    let (mut x, mut v, mut omega) = (x, v, omega);
    let v0 = v.clone();
    let mut p = parameters.to_vec();
    // Unknowns: x, the vectors, p and, for two vectors, omega.
    let at_p = n * (1 + parts);
    let size = at_p + parts;
    let mut last = f64::INFINITY;
    for _ in 0..25 {
        let f = c.rate(&p, &x)?;
        let j = c.jacobian(&p, &x)?;
        let mut m = Matrix::zeros(size, size);
        let mut right = vec![0.0; size];
        let images =
            |j: &Matrix, v: &[Vec<f64>]| -> Vec<f64> { v.iter().flat_map(|v| j.mul_vec(v)).collect() };
        for k in 0..n {
            let (h, old) = (1e-5 * x[k].abs().max(1.0), x[k]);
            x[k] = old + h;
            let above = images(&c.jacobian(&p, &x)?, &v);
            x[k] = old - h;
            let below = images(&c.jacobian(&p, &x)?, &v);
            x[k] = old;
            for i in 0..n * parts {
                m[(n + i, k)] = (above[i] - below[i]) / (2.0 * h);
            }
            for i in 0..n {
                m[(i, k)] = j[(i, k)];
                (0..parts).for_each(|q| m[(n + q * n + i, n + q * n + k)] = j[(i, k)]);
            }
        }
        let (h, old) = (1e-5 * p[parameter].abs().max(1.0), p[parameter]);
        p[parameter] = old + h;
        let (fa, ja) = (c.rate(&p, &x)?, images(&c.jacobian(&p, &x)?, &v));
        p[parameter] = old - h;
        let (fb, jb) = (c.rate(&p, &x)?, images(&c.jacobian(&p, &x)?, &v));
        p[parameter] = old;
        let now = images(&j, &v);
        for i in 0..n {
            m[(i, at_p)] = (fa[i] - fb[i]) / (2.0 * h);
            right[i] = -f[i];
        }
        for i in 0..n * parts {
            m[(n + i, at_p)] = (ja[i] - jb[i]) / (2.0 * h);
            right[n + i] = -now[i];
        }
        let along = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        right[at_p] = 1.0 - (0..parts).map(|q| along(&v0[q], &v[q])).sum::<f64>();
        for q in 0..parts {
            (0..n).for_each(|i| m[(at_p, n + q * n + i)] = v0[q][i]);
        }
        if parts == 2 {
            // J v_r + omega v_i = 0, J v_i - omega v_r = 0, and the phase of q.
            for i in 0..n {
                m[(n + i, 2 * n + i)] += omega;
                m[(2 * n + i, n + i)] -= omega;
                m[(n + i, at_p + 1)] = v[1][i];
                m[(2 * n + i, at_p + 1)] = -v[0][i];
                right[n + i] -= omega * v[1][i];
                right[2 * n + i] += omega * v[0][i];
                m[(at_p + 1, n + i)] = -v0[1][i];
                m[(at_p + 1, 2 * n + i)] = v0[0][i];
            }
            right[at_p + 1] = along(&v0[1], &v[0]) - along(&v0[0], &v[1]);
        }
        let Ok(lu) = Lu::new(&m) else { return Ok(None) };
        let d = lu.solve(&right);
        if d.iter().any(|d| !d.is_finite()) {
            return Ok(None);
        }
        x.iter_mut().zip(&d).for_each(|(x, d)| *x += d);
        for q in 0..parts {
            v[q].iter_mut().zip(&d[n + q * n..]).for_each(|(v, d)| *v += d);
        }
        p[parameter] += d[at_p];
        if parts == 2 {
            omega += d[at_p + 1];
        }
        let scale = 1.0 + x.iter().fold(p[parameter].abs(), |s, x| s.max(x.abs()));
        let moved = d.iter().fold(0.0f64, |s, d| s.max(d.abs())) / scale;
        if moved < 1e-13 || moved < 1e-8 && moved > 0.3 * last {
            let period = (parts == 2 && omega > 0.0).then(|| TAU / omega);
            return Ok(Some(Place { p: p[parameter], x, period, correction: d[at_p].abs() }));
        }
        last = moved;
    }
    Ok(None)
}
