//! Special points of equilibria, each refined by Newton's method on its bordered system.

use super::point::Point;
use crate::analyze::continuation::branch_point::BranchPointSystem;
use crate::analyze::continuation::curve::between;
use crate::analyze::continuation::diagram::SpecialKind;
use crate::analyze::continuation::fold::FoldSystem;
use crate::analyze::continuation::hopf::HopfSystem;
use crate::analyze::continuation::lyapunov_coefficient::{LyapunovCoefficient, lyapunov_coefficient};
use crate::analyze::continuation::newton::root;
use crate::analyze::continuation::problem::{Problem, distance, dot};

/// A special point in coordinates of size 1.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) kind: SpecialKind,
    /// (x, p).
    pub(crate) z: Vec<f64>,
    /// How wrong p may be.
    pub(crate) error: f64,
    /// Of a Hopf point.
    pub(crate) omega: Option<f64>,
    /// Of a Hopf point.
    pub(crate) lyapunov: Option<LyapunovCoefficient>,
    /// Of a fold.
    pub(crate) coefficient: Option<f64>,
    /// Of a branch point: the tangents of the two curves that cross.
    pub(crate) tangents: Option<[Vec<f64>; 2]>,
}

/// Whether `z` lies on the piece of curve from a to b.
fn is_inside(z: &[f64], a: &Point, b: &Point) -> bool {
    let chord: Vec<f64> = b.z.iter().zip(&a.z).map(|(b, a)| b - a).collect();
    let length = distance(&a.z, &b.z);
    let way: Vec<f64> = z.iter().zip(&a.z).map(|(z, a)| z - a).collect();
    let s = dot(&way, &chord) / (length * length);
    let foot: Vec<f64> = a.z.iter().zip(&chord).map(|(a, c)| a + s * c).collect();
    // Beyond the ends by rounding only: what lies there belongs to the piece next to it.
    let slack = 1e-9 / length.max(1e-9);
    (-slack..=1.0 + slack).contains(&s) && distance(z, &foot) <= 0.3 * length + 1e-9
}

/// The fold between a and b.
pub(super) fn fold(problem: &mut Problem, a: &Point, b: &Point) -> Option<Found> {
    let s = a.speed() / (a.speed() - b.speed());
    let start = between(&a.z, &a.tangent, &b.z, &b.tangent, s);
    let mut system = FoldSystem::new(problem, &start).ok()?;
    let found = root(&mut system, &start, 2.0 * distance(&a.z, &b.z) + 1e-9)?;
    if !is_inside(&found.z, a, b) {
        return None;
    }
    let coefficient = system.coefficient(&found.z).ok();
    Some(Found {
        kind: SpecialKind::Fold,
        error: *found.errors.last()?,
        z: found.z,
        omega: None,
        lyapunov: None,
        coefficient,
        tangents: None,
    })
}

/// The Hopf point between a and b; where it is, eigenvalue `k` crosses the imaginary axis.
pub(super) fn hopf(problem: &mut Problem, a: &Point, b: &Point, k: usize) -> Option<Found> {
    let (ra, rb) = (a.spectrum[k], b.spectrum[k]);
    let s = ra.re / (ra.re - rb.re);
    let mut start = between(&a.z, &a.tangent, &b.z, &b.tangent, s);
    let guess = ra.im + s * (rb.im - ra.im);
    start.push(guess);
    let mut system = HopfSystem::new(problem, &start).ok()?;
    let far = 2.0 * distance(&a.z, &b.z) + (ra - rb).norm() + 1e-9;
    let found = root(&mut system, &start, far)?;
    let omega = *found.z.last()?;
    let z = found.z[..found.z.len() - 1].to_vec();
    let error = found.errors[z.len() - 1];
    // omega = 0 is where two real eigenvalues vanish together, which is no Hopf point.
    let scale = a.spectrum.iter().fold(0.0, |m: f64, z| m.max(z.norm()));
    if !is_inside(&z, a, b) || omega.abs() <= 1e-7 * scale {
        return None;
    }
    let (v, w) = (system.v.clone(), system.w.clone());
    let (omega, v, w) = if omega > 0.0 {
        (omega, v, w)
    } else {
        let conjugate = |v: &[linalg::Complex]| v.iter().map(linalg::Complex::conj).collect();
        (-omega, conjugate(&v), conjugate(&w))
    };
    let lyapunov = lyapunov_coefficient(problem, &z, omega, &v, &w).ok();
    let omega = Some(omega);
    Some(Found { kind: SpecialKind::Hopf, z, error, omega, lyapunov, coefficient: None, tangents: None })
}

/// The branch point between a and b.
pub(super) fn branch_point(problem: &mut Problem, a: &Point, b: &Point) -> Option<Found> {
    let n = problem.n;
    let start = between(&a.z, &a.tangent, &b.z, &b.tangent, 0.5);
    let tangent: Vec<f64> = a.tangent.iter().zip(&b.tangent).map(|(a, b)| 0.5 * (a + b)).collect();
    let mut system = BranchPointSystem::new(problem, &start, &tangent).ok()?;
    let mut unknown = start;
    unknown.push(0.0);
    let found = root(&mut system, &unknown, 2.0 * distance(&a.z, &b.z) + 1e-9)?;
    let z = found.z[..=n].to_vec();
    // beta: what would have to be added to the field for the curves to cross.
    let is_imperfect = found.z[n + 1].abs() > 10.0 * found.errors[n + 1] + 1e-10;
    if !is_inside(&z, a, b) || is_imperfect {
        return None;
    }
    let tangents = system.tangents(&found.z);
    let error = found.errors[n];
    let kind = SpecialKind::BranchPoint;
    Some(Found { kind, z, error, omega: None, lyapunov: None, coefficient: None, tangents })
}
