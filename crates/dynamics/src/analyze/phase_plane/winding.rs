//! Poincare's index: how often the velocity turns around while one walks once around a closed curve.
//!
//! It is the sum of the indices of the fixed points inside: -1 for a saddle, +1 for a node, a spiral or a center. So
//!
//! missed >= |index of the rectangle - sum of the indices found|,
//!
//! and equality holds where all that were missed have one sign. Pairs of a saddle and a node that were both missed do not
//! show. Around a pole the index counts too. Reference: Perko (2001), Differential equations and dynamical systems, section 3.12.

use super::window::{Probe, angle, norm};
use std::f64::consts::TAU;

/// The winding number of the velocity along a closed curve, given by its corners; `None` where the curve passes a fixed
/// point or leaves the domain of the field.
pub(super) fn winding(probe: &mut Probe<'_>, corners: &[[f64; 2]]) -> Option<i32> {
    let velocities = probe.velocities(corners);
    let mut total = 0.0;
    for k in 0..corners.len() {
        let next = (k + 1) % corners.len();
        total += turn(probe, [corners[k], corners[next]], [velocities[k], velocities[next]], 24)?;
    }
    let turns = total / TAU;
    ((turns - turns.round()).abs() < 0.01).then(|| turns.round() as i32)
}

/// The boundary of the square [-1/2, 1/2]^2, with `n` corners along each side.
pub(super) fn square(n: usize) -> Vec<[f64; 2]> {
    let at = |k: usize| k as f64 / n as f64 - 0.5;
    let bottom = (0..n).map(|k| [at(k), -0.5]);
    let right = (0..n).map(|k| [0.5, at(k)]);
    let top = (0..n).map(|k| [-at(k), 0.5]);
    let left = (0..n).map(|k| [-0.5, -at(k)]);
    bottom.chain(right).chain(top).chain(left).collect()
}

/// A circle.
pub(super) fn circle(center: [f64; 2], radius: f64, n: usize) -> Vec<[f64; 2]> {
    let at = |k: usize| {
        let (s, c) = (TAU * k as f64 / n as f64).sin_cos();
        [center[0] + radius * c, center[1] + radius * s]
    };
    (0..n).map(at).collect()
}

/// How far the velocity turns from one place to the next.
fn turn(probe: &mut Probe<'_>, ends: [[f64; 2]; 2], v: [[f64; 2]; 2], depth: usize) -> Option<f64> {
    if v.iter().any(|v| !(norm(*v) > 0.0 && norm(*v).is_finite())) {
        return None;
    }
    let whole = angle(v[0], v[1]);
    // An eighth of a turn that halves confirm is one.
    let middle = [0.5 * (ends[0][0] + ends[1][0]), 0.5 * (ends[0][1] + ends[1][1])];
    if whole.abs() < TAU / 16.0 {
        return Some(whole);
    }
    if depth == 0 {
        return None;
    }
    let between = probe.velocity(middle);
    let first = turn(probe, [ends[0], middle], [v[0], between], depth - 1)?;
    Some(first + turn(probe, [middle, ends[1]], [between, v[1]], depth - 1)?)
}
