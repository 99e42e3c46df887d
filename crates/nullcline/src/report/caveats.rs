//! What a careful teacher adds: where a common sentence about such a system is loose or wrong.
//!
//! Each caveat is said only where it applies, with the numbers at hand.

use super::modes::kin;
use super::phrase::{Clock, short};
use super::readable::is_mixed;
use super::why::vector;
use crate::study::{LinearAt, Study};
use dynamics::analyze::{EigenvectorVerdict, FixedPointSet, StabilityVerdict};
use linalg::Matrix;

/// Above this dimension the left eigenvector of an integrator is not worth a singular value decomposition.
const LEFT: usize = 200;

/// The caveats on one linear system.
pub(super) fn caveats(study: &Study, at: &LinearAt) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(m) = study.connectivity.as_ref().filter(|m| study.equation.linear && m.rows() == at.a.rows())
    {
        out.extend(network(study, at, m));
        out.extend(ring(study, at, m));
    }
    // What follows rests on angles and lengths, which mean nothing over different units.
    if !is_mixed(study) {
        out.extend(bases(at));
        out.extend(integrator(at));
        out.extend(non_normal(at));
    }
    out
}

/// What M says about A = (M - I)/tau.
fn network(study: &Study, at: &LinearAt, m: &Matrix) -> Vec<String> {
    let Some(taus) = time_constants(&at.a, m) else { return Vec::new() };
    let clock = Clock::of(study);
    let (low, high) =
        (taus.iter().copied().fold(f64::INFINITY, f64::min), taus.iter().copied().fold(0.0, f64::max));
    if high - low > 1e-9 * high {
        return vec![format!(
            "The units have time constants from {} to {}: A = diag(1/tau)(M - I) then has other eigenvectors than M, and \
             its eigenvalues do not follow from those of M.",
            clock.span(low),
            clock.span(high)
        )];
    }
    let Some(z) = at.analysis.eigenvalues.first() else { return Vec::new() };
    let re = if at.analysis.to_rounding[0] { 0.0 } else { z.re };
    let of_m = 1.0 + high * re;
    let turning =
        if z.im == 0.0 { String::new() } else { format!(" + {} i", super::phrase::long(high * z.im)) };
    vec![format!(
        "A = (M - I)/tau, so an eigenvalue of A is (lambda(M) - 1)/tau, not lambda(M) - 1: here lambda(M) = {}{turning} \
         with tau = {} gives {}{}. The eigenvectors of M are those of A because all units share this one tau.",
        super::phrase::long(of_m),
        clock.span(high),
        short(re),
        clock.per()
    )]
}

/// tau of each unit with a connection or a leak, from A = diag(1/tau)(M - I); `None` if A is not of this form.
fn time_constants(a: &Matrix, m: &Matrix) -> Option<Vec<f64>> {
    let n = a.rows();
    let mut taus = Vec::with_capacity(n);
    for i in 0..n {
        let leak = |j: usize| m[(i, j)] - if i == j { 1.0 } else { 0.0 };
        let Some(j) = (0..n).max_by(|&j, &k| a[(i, j)].abs().total_cmp(&a[(i, k)].abs())) else { continue };
        if a[(i, j)] == 0.0 {
            continue;
        }
        let tau = leak(j) / a[(i, j)];
        let fits = (0..n).all(|k| (tau * a[(i, k)] - leak(k)).abs() <= 1e-9 * (1.0 + leak(k).abs()));
        if tau.is_nan() || tau <= 0.0 || !fits {
            return None;
        }
        taus.push(tau);
    }
    (!taus.is_empty()).then_some(taus)
}

/// A symmetric M whose pattern depends on distance alone: the linear ring.
fn ring(study: &Study, at: &LinearAt, m: &Matrix) -> Vec<String> {
    let n = m.rows();
    let scale = m.norm_max();
    let same = |x: f64, y: f64| (x - y).abs() <= 1e-9 * scale;
    let toeplitz = (1..n).all(|i| (1..n).all(|j| same(m[(i, j)], m[(i - 1, j - 1)])));
    let symmetric = (0..n).all(|i| (0..i).all(|j| same(m[(i, j)], m[(j, i)])));
    if n < 8 || !toeplitz || !symmetric {
        return Vec::new();
    }
    let mut out = Vec::new();
    let circulant = (1..n).all(|k| same(m[(0, k)], m[(0, n - k)]));
    if !circulant && m[(0, n - 1)] < 0.0 {
        out.push(
            "M depends on the distance alone, yet it is no circle: its two ends inhibit each other (a twisted ring, on \
             which theta and theta + pi carry opposite signs)."
                .into(),
        );
    }
    let a = &at.analysis;
    if !circulant && kin(a).first().is_some_and(|g| !g.pair && g.count == 2) {
        out.push(
            "The two largest eigenvalues are equal because the units stand evenly on a grid that leaves out its end: with \
             both ends of the half circle on it they would split."
                .into(),
        );
    }
    let taus = time_constants(&at.a, m).unwrap_or_default();
    if let Some(tau) = taus.first().copied() {
        let radius = a.stability.spectral_radius;
        let silent = a.eigenvalues.iter().filter(|z| (*z + 1.0 / tau).norm() <= 1e-9 * radius).count();
        if silent > 0 {
            out.push(format!(
                "ker M has dimension {silent}: patterns in it get no recurrent support and fade with tau. The fixed \
                 points are another space, ker(M - I), of dimension {}.",
                if a.fixed_points.verdict == FixedPointSet::Affine { a.fixed_points.dimension } else { 0 }
            ));
        }
        let groups = kin(a);
        if let Some(top) = groups.first().filter(|g| g.rate > 0.0 && !g.pair && g.count == 2) {
            out.push(format!(
                "These weights are not an attractor: two modes grow by e every {}. Weights divided by {} (2/N times a \
                 cosine, for N = {n}) would hold them still.",
                Clock::of(study).span(1.0 / top.rate),
                short(1.0 + tau * top.rate)
            ));
        }
    }
    if a.fixed_points.verdict == FixedPointSet::Affine && a.fixed_points.dimension == 2 {
        out.push(
            "The attractor is a plane, not a ring: a linear network holds any angle but also any amplitude. A ring needs a \
             nonlinearity that fixes the amplitude."
                .into(),
        );
    }
    out
}

/// What the eigenvectors are, and how a state is written in them.
fn bases(at: &LinearAt) -> Vec<String> {
    let a = &at.analysis;
    let complex = a.eigenvalues.iter().any(|z| z.im != 0.0);
    let has_coefficients = a.modes.iter().any(|m| m.coefficient.is_some());
    let mut out = Vec::new();
    if complex && a.dimension > 1 && a.eigenvectors.verdict != EigenvectorVerdict::Defective {
        out.push(
            "The two arrows u and w of a turning pair are the real and the imaginary part of one complex eigenvector, \
             not two eigenvectors: they span the plane in which the state turns."
                .into(),
        );
    }
    match a.eigenvectors.verdict {
        EigenvectorVerdict::Orthonormal => {
            if at.a.is_symmetric() && a.dimension > 1 {
                out.push(
                    "A symmetric matrix has eigenvectors that can be chosen orthonormal; where an eigenvalue is repeated, a \
                     solver need not choose them so."
                        .into(),
                );
            } else if a.dimension > 1 {
                out.push(
                    "The matrix is not symmetric and yet normal: rotations are, too. \"Not symmetric\" does not mean \
                     \"non-normal\"."
                        .into(),
                );
            }
            if has_coefficients && complex {
                out.push(
                    "The coefficients of the initial state are c = V^H x0, with the conjugate transpose, because the \
                     eigenvectors are complex."
                        .into(),
                );
            }
        }
        EigenvectorVerdict::Independent | EigenvectorVerdict::NearlyDefective if has_coefficients => {
            out.push(
                "The coefficients of the initial state are c = V^-1 x0, that is, projections by the left eigenvectors: an \
                 inner product with the modes themselves would be wrong, because they are not orthogonal."
                    .into(),
            );
        }
        _ => {}
    }
    out
}

/// A line attractor that is not normal: it holds the right eigenvector and adds up along the left one.
fn integrator(at: &LinearAt) -> Option<String> {
    let a = &at.analysis;
    let normal = a.eigenvectors.verdict == EigenvectorVerdict::Orthonormal;
    let line = a.fixed_points.dimension == 1 && a.stability.verdict == StabilityVerdict::Stable;
    if normal || !line || a.dimension > LEFT {
        return None;
    }
    let parts = linalg::svd(&at.a);
    let (left, right) = (parts.u.column(a.dimension - 1), a.fixed_points.directions.first()?);
    let inner: f64 = left.iter().zip(right).map(|(l, r)| l * r).sum();
    let weights: Vec<f64> = left.iter().map(|l| l / inner).collect();
    let shown = if weights.len() <= 12 { format!(" l = {}", vector(&weights)) } else { String::new() };
    Some(format!(
        "What this integrator adds up is the product of its input with the left eigenvector{shown} of the eigenvalue 0; what \
         it holds is the right eigenvector. Its gain for a unit input is at most ||l|| = {}, for an input along its own \
         pattern 1.",
        short(1.0 / inner.abs())
    ))
}

fn non_normal(at: &LinearAt) -> Option<String> {
    let a = &at.analysis;
    let amplifies = a.non_normality.numerical_abscissa > 0.0 && a.stability.spectral_abscissa < 0.0;
    amplifies.then(|| {
        "Every mode decays and still some states grow at first: that is non-normality, which is not the same as being far \
         from symmetric."
            .into()
    })
}
