//! The fixed points in a rectangle: where the nullclines cross, each polished and certified.
//!
//! Newton's method starts in every cell of the fine grid through which both nullclines pass, and where the speed is smallest
//! among the neighbors of the coarse grid; what it finds is certified by [`fixed_point`] in the units of the window. Two
//! points are one if they lie within 1e-7 of the picture (1e-4 if the Jacobian is singular there).
//!
//! **Type.** The type of the linear part is decided exactly on the doubles of J. But J is known to a bound b: the place of the
//! point is rounded, and so are the derivatives. A type that lies within b of a border cannot be told from the border, and
//! `kind` names the border then (`planar` has the type of the doubles, with its margin).

use super::contour::{Sampled, Zeros, middle};
use super::winding::{circle, winding};
use super::window::{Probe, norm};
use crate::analyze::planar::ExactPlanar;
use crate::analyze::{FixedPointCandidate, FixedPointVerdict, Planar, PlanarType, fixed_point, planar};
use crate::field::{JacobianKind, Workspace};
use linalg::{Complex, Matrix};

/// A fixed point of a planar system.
#[derive(Clone, Debug)]
pub struct PlaneFixedPoint {
    /// The state.
    pub x: [f64; 2],
    /// Certified, or converged without a proof.
    pub verdict: FixedPointVerdict,
    /// |f(x)|.
    pub residual: f64,
    /// Where certified: a zero lies within this part of the rectangle.
    pub radius: Option<f64>,
    /// The Jacobian, [[a, b], [c, d]].
    pub jacobian: [[f64; 2]; 2],
    /// Its eigenvalues, by descending real part.
    pub eigenvalues: [Complex; 2],
    /// The type of the Jacobian's doubles, with its margin.
    pub planar: Planar,
    /// The type, as far as the Jacobian is known: the border where it lies on one to rounding.
    pub kind: PlanarType,
    /// Whether every neighbor comes back; `None` where the linear part does not settle it.
    pub is_stable: Option<bool>,
    /// Poincare's index; `None` where it could not be computed.
    pub index: Option<i32>,
}

impl PlaneFixedPoint {
    /// Whether two directions lead in and two lead out.
    pub fn is_saddle(&self) -> bool {
        self.kind == PlanarType::Saddle
    }
}

/// Most searches.
const SEARCHES: usize = 600;
/// Most points that are told.
const MOST: usize = 64;

/// What was found.
pub(super) struct Equilibria {
    pub(super) points: Vec<PlaneFixedPoint>,
    /// The same in the window.
    pub(super) places: Vec<[f64; 2]>,
    /// Whether there were too many to tell.
    pub(super) is_cut: bool,
}

/// Fixed points from the crossings of two sets of zeros.
pub(super) fn equilibria(
    probe: &mut Probe<'_>,
    sampled: &Sampled,
    zeros: &[Zeros; 2],
    more: &[[f64; 2]],
) -> Equilibria {
    let mut seeds: Vec<[f64; 2]> = more.to_vec();
    seeds.extend(slowest(sampled));
    // Where one component is 0 everywhere, the other one's zeros are fixed points.
    let passes = |k: usize, c: &usize| zeros[k].is_everywhere || zeros[k].cells.binary_search(c).is_ok();
    let first = usize::from(zeros[0].is_everywhere);
    let both: Vec<usize> = zeros[first].cells.iter().copied().filter(|c| passes(1 - first, c)).collect();
    if zeros.iter().all(|z| z.is_everywhere) {
        seeds.push([0.0; 2]);
    }
    let stride = both.len().div_ceil(SEARCHES).max(1);
    seeds.extend(both.iter().step_by(stride).map(|&c| middle(c)));
    let mut found: Vec<([f64; 2], f64)> = Vec::new();
    for seed in seeds {
        let Some((z, reach)) = newton(probe, seed) else { continue };
        let inside = z.iter().all(|v| v.abs() <= 0.5 + 1e-9);
        let known = |(y, r): &([f64; 2], f64)| norm([z[0] - y[0], z[1] - y[1]]) <= r.max(reach);
        if inside && !found.iter().any(known) {
            found.push((z, reach));
        }
    }
    found.sort_by(|a, b| a.0[0].total_cmp(&b.0[0]).then(a.0[1].total_cmp(&b.0[1])));
    let is_cut = found.len() > MOST;
    let stride = found.len().div_ceil(MOST).max(1);
    let (mut points, mut places) = (Vec::new(), Vec::new());
    for (z, _) in found.into_iter().step_by(stride) {
        // Beside the border of its domain a field has no certificate.
        let Ok(candidate) = fixed_point(&probe.window, probe.p, &z) else { continue };
        if candidate.verdict == FixedPointVerdict::SlowPoint {
            continue;
        }
        let place = [candidate.x[0], candidate.x[1]];
        if let Some(point) = told(probe, &candidate) {
            points.push(point);
            places.push(place);
        }
    }
    Equilibria { points, places, is_cut }
}

/// Coarse nodes where the speed is smaller than at their neighbors.
fn slowest(sampled: &Sampled) -> Vec<[f64; 2]> {
    let n = Sampled::SIDE as isize;
    let speed = |i: isize, j: isize| {
        let v = norm([sampled.coarse(0, i as usize, j as usize), sampled.coarse(1, i as usize, j as usize)]);
        if v.is_nan() { f64::INFINITY } else { v }
    };
    let mut found = Vec::new();
    for (i, j) in (0..=n).flat_map(|j| (0..=n).map(move |i| (i, j))) {
        let here = speed(i, j);
        let is_least = (-1..=1).all(|b| {
            (-1..=1).all(|a| {
                let (k, l) = (i + a, j + b);
                (a, b) == (0, 0) || !(0..=n).contains(&k) || !(0..=n).contains(&l) || here < speed(k, l)
            })
        });
        if is_least {
            found.push(Sampled::coarse_node(i as usize, j as usize));
        }
    }
    found
}

/// Damped Newton in the window; the place, and within which distance another is the same.
fn newton(probe: &mut Probe<'_>, start: [f64; 2]) -> Option<([f64; 2], f64)> {
    let (mut z, mut f) = (start, probe.velocity(start));
    let mut reach = 1e-7;
    for _ in 0..60 {
        let [[a, b], [c, d]] = probe.jacobian(z)?;
        let (det, size) = (a * d - b * c, norm([norm([a, b]), norm([c, d])]));
        if norm(f) == 0.0 {
            reach = if det.abs() <= 1e-12 * size * size { 1e-4 } else { reach };
            return Some((z, reach));
        }
        let step = if det.abs() > 1e-14 * size * size {
            [-(d * f[0] - b * f[1]) / det, -(a * f[1] - c * f[0]) / det]
        } else if size > 0.0 {
            // The step along J^T f, which is a step of least squares where J has rank 1.
            let g = [a * f[0] + c * f[1], b * f[0] + d * f[1]];
            let image = [a * g[0] + b * g[1], c * g[0] + d * g[1]];
            let s = (g[0] * g[0] + g[1] * g[1]) / (image[0] * image[0] + image[1] * image[1]);
            [-s * g[0], -s * g[1]]
        } else {
            return None;
        };
        let length = norm(step);
        if !length.is_finite() {
            return None;
        }
        let mut s = (0.25 / length).min(1.0);
        let mut better = false;
        while s * length > 1e-18 && s > 1e-6 {
            let y = [z[0] + s * step[0], z[1] + s * step[1]];
            let g = probe.velocity(y);
            if norm(g) < (1.0 - 1e-4 * s) * norm(f) {
                (z, f, better) = (y, g, true);
                break;
            }
            s *= 0.5;
        }
        if z.iter().any(|v| v.abs() > 0.75) {
            return None;
        }
        if !better || s * length < 1e-15 {
            if det.abs() <= 1e-6 * size * size {
                reach = 1e-4;
            }
            return (length < 1e-6 || norm(f) < 1e-13 * size).then_some((z, reach));
        }
    }
    // Newton's method closes in on a double zero by halves.
    (norm(f) < 1e-12).then_some((z, 1e-4))
}

/// The point in the units of the plane, with its type.
fn told(probe: &mut Probe<'_>, candidate: &FixedPointCandidate) -> Option<PlaneFixedPoint> {
    let window = probe.window;
    let ws = &mut Workspace::default();
    let mut velocity = |x: [f64; 2]| {
        let mut f = [f64::NAN; 2];
        window.field.eval(&[0.0], probe.p, &x, &mut f, ws).ok().map(|()| f)
    };
    let mut x = window.out([candidate.x[0], candidate.x[1]]);
    let mut f = velocity(x)?;
    let mut m = Matrix::zeros(2, 2);
    let kind = window.field.jacobian(0.0, probe.p, &x, &mut m, &mut Workspace::default()).ok()?;
    // The map to the window rounds: two steps in the units of the plane make up for it.
    for _ in 0..3 {
        let det = m[(0, 0)] * m[(1, 1)] - m[(0, 1)] * m[(1, 0)];
        if det == 0.0 || norm(f) == 0.0 {
            break;
        }
        let step = [(m[(1, 1)] * f[0] - m[(0, 1)] * f[1]) / det, (m[(0, 0)] * f[1] - m[(1, 0)] * f[0]) / det];
        let y = [x[0] - step[0], x[1] - step[1]];
        let g = velocity(y)?;
        let close = (0..2).all(|i| step[i].abs() <= 1e-6 * window.size[i]);
        if !(close && norm(g) < norm(f)) {
            break;
        }
        (x, f) = (y, g);
        window.field.jacobian(0.0, probe.p, &x, &mut m, &mut Workspace::default()).ok()?;
    }
    if !m.is_finite() {
        return None;
    }
    let scaled = |m: &Matrix| Matrix::from_fn(2, 2, |i, k| m[(i, k)] * window.size[k] / window.size[i]);
    // The type does not change with the units; its border is asked in those of the window.
    let seen = scaled(&m);
    let exact = kind == JacobianKind::Exact;
    let own = if exact { 64.0 * f64::EPSILON } else { 1e-8 };
    let bound =
        own * seen.norm_frobenius() + bend(probe, candidate) * candidate.newton_step.max(4.0 * f64::EPSILON);
    let on = border(&seen, bound);
    let told = planar(&m);
    let place = [candidate.x[0], candidate.x[1]];
    let index = match on {
        PlanarType::Saddle => Some(-1),
        PlanarType::LineOfFixedPoints | PlanarType::Shear | PlanarType::PlaneOfFixedPoints => {
            winding(probe, &circle(place, 1e-3, 64))
        }
        _ => Some(1),
    };
    let is_stable = match on {
        PlanarType::Center
        | PlanarType::LineOfFixedPoints
        | PlanarType::Shear
        | PlanarType::PlaneOfFixedPoints => None,
        PlanarType::Saddle => Some(false),
        _ => Some(told.trace < 0.0),
    };
    Some(PlaneFixedPoint {
        x,
        verdict: candidate.verdict,
        residual: norm(f),
        radius: candidate.radius,
        jacobian: [[m[(0, 0)], m[(0, 1)]], [m[(1, 0)], m[(1, 1)]]],
        eigenvalues: ExactPlanar::new(&m, 0.0, 1.0).eigenvalues(),
        planar: told,
        kind: on,
        is_stable,
        index,
    })
}

/// How fast the Jacobian changes around the point, in the units of the window.
fn bend(probe: &mut Probe<'_>, candidate: &FixedPointCandidate) -> f64 {
    let z = [candidate.x[0], candidate.x[1]];
    let h = 1e-4;
    let Some(here) = probe.jacobian(z) else { return 0.0 };
    let t = probe.window.time.abs();
    let places = [[z[0] + h, z[1]], [z[0] - h, z[1]], [z[0], z[1] + h], [z[0], z[1] - h]];
    places.iter().filter_map(|y| probe.jacobian(*y)).fold(0.0, |most: f64, j| {
        let change =
            (0..2).flat_map(|i| (0..2).map(move |k| (i, k))).map(|(i, k)| (j[i][k] - here[i][k]).powi(2));
        most.max(change.sum::<f64>().sqrt() / h / t)
    })
}

/// The type, or the border within `bound` (2-norm) of it.
fn border(m: &Matrix, bound: f64) -> PlanarType {
    let [[a, b], [c, d]] = [[m[(0, 0)], m[(0, 1)]], [m[(1, 0)], m[(1, 1)]]];
    let (p, s, k, q) = (0.5 * (a - d), 0.5 * (b + c), 0.5 * (b - c), 0.5 * (a + d));
    let (r, norm_2) = (p.hypot(s), p.hypot(s) + q.hypot(k));
    if norm_2 <= bound {
        return PlanarType::PlaneOfFixedPoints;
    }
    let sigma_min = (q.hypot(k) - r).abs();
    if sigma_min <= bound {
        return if q.abs() <= bound { PlanarType::Shear } else { PlanarType::LineOfFixedPoints };
    }
    if q.hypot(k) < r {
        return PlanarType::Saddle;
    }
    if (r - k.abs()).abs() <= bound {
        return if r + k.abs() <= bound { PlanarType::ProperNode } else { PlanarType::ImproperNode };
    }
    if r > k.abs() {
        return PlanarType::Node;
    }
    if q.abs() <= bound { PlanarType::Center } else { PlanarType::Spiral }
}
