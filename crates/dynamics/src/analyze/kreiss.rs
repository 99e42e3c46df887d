//! The Kreiss constant: how far the resolvent exceeds what the spectrum alone would allow.
//!
//! flow: K(A) = sup over Re z > 0 of Re(z) ||(z I - A)^-1||; map: sup over |z| > 1 of (|z| - 1) ||(z I - A)^-1||.
//!
//! It bounds transient growth from both sides, K <= sup ||exp(tA)|| <= e n K. It is at least 1, its value for z at infinity, and
//! infinite for an unstable matrix. At an eigenvalue on the border the value for x to 0 is the norm of its spectral projector.
//!
//! The supremum is searched on a grid of ln x (x the distance from the border) and of the frequencies of the eigenvalues,
//! and each of the best valleys is descended by the method of Nelder and Mead (1965). The search is global in x; it
//! carries no proof. Cost: some hundred values of the resolvent, O(n^2) each.
//!
//! Reference: Kreiss (1962); Trefethen and Embree (2005), *Spectra and Pseudospectra*, ch. 14.

use super::resolvent::Resolvent;
use super::spectrum::Spectrum;
use super::time::TimeKind;
use linalg::Complex;

/// The Kreiss constant of a matrix that is at least stable.
pub(super) fn kreiss(spectrum: &Spectrum, time: TimeKind, mut resolvent: Resolvent) -> f64 {
    let (values, growth, scale) = (&spectrum.values, &spectrum.growth, spectrum.scale);
    if scale == 0.0 {
        return 1.0;
    }
    let count = values.len();
    let marginal: Vec<usize> = (0..count).filter(|&i| spectrum.on_border(i)).collect();
    if !marginal.is_empty() {
        // What counts as lying on the border is put there: beyond it the resolvent would be infinite.
        let reach =
            marginal.iter().map(|&i| 8.0 * spectrum.rounding[i] + growth[i].abs()).fold(0.0, f64::max);
        let to_zero = |x: f64| if x.abs() <= reach { 0.0 } else { x };
        resolvent.snap(|z| match time {
            TimeKind::Flow if z.re.abs() <= reach => Complex::new(0.0, to_zero(z.im)),
            TimeKind::Map if (z.norm() - 1.0).abs() <= reach => Complex::from_polar(1.0, to_zero(z.arg())),
            _ => z,
        });
    }
    let resolvent = &resolvent;
    let at = |x: f64, y: f64| match time {
        TimeKind::Flow => Complex::new(x, y),
        TimeKind::Map => Complex::from_polar(1.0 + x, y),
    };
    let logarithm = |u: f64, y: f64, accuracy: f64| u - resolvent.sigma_min(at(u.exp(), y), accuracy).ln();
    // Frequencies: 0 and those of the eigenvalues, thinned to a bounded number that keeps the slowest ones.
    let mut order: Vec<usize> = (0..values.len()).filter(|&i| values[i].im >= 0.0).collect();
    order.sort_by(|&i, &j| growth[j].total_cmp(&growth[i]));
    let mut frequencies = vec![0.0];
    let near = 1e-3 * scale / (values.len() as f64).sqrt();
    for &i in &order {
        let y = if time == TimeKind::Flow { values[i].im } else { values[i].arg() };
        if frequencies.len() < 24 && frequencies.iter().all(|&f: &f64| (f - y).abs() > near) {
            frequencies.push(y);
        }
    }
    let decays = (0..count).filter(|&i| !spectrum.on_border(i));
    let slowest = decays.map(|i| growth[i].abs()).fold(scale, f64::min);
    let (low, high) = ((1e-2 * slowest).ln(), (30.0 * scale.max(slowest)).ln());
    let steps = (((high - low) / 0.7).ceil() as usize).clamp(8, 40);
    let mut grid: Vec<(f64, f64, f64)> = Vec::new();
    for &y in &frequencies {
        let u = |k: usize| low + (high - low) * k as f64 / (steps - 1) as f64;
        let line: Vec<f64> = (0..steps).map(|k| logarithm(u(k), y, 1e-2)).collect();
        for k in 0..steps {
            let peak = (k == 0 || line[k] >= line[k - 1]) && (k + 1 == steps || line[k] >= line[k + 1]);
            if peak {
                grid.push((line[k], u(k), y));
            }
        }
    }
    grid.sort_by(|a, b| b.0.total_cmp(&a.0));
    // So near to eigenvalues on the border rounding takes over.
    let floor = if marginal.is_empty() { f64::NEG_INFINITY } else { (1e-6 * slowest).ln() };
    let mut best: f64 = 0.0;
    for &(value, u, y) in grid.iter().take(4).filter(|g| g.0 > -0.5) {
        let step = if time == TimeKind::Flow { 0.3 * u.exp() } else { 0.3 * u.exp().min(1.0) };
        let top = climb(
            |u, y| if u < floor { f64::NEG_INFINITY } else { logarithm(u, y, 1e-6) },
            (u, y),
            (0.3, step.max(1e-3 * near)),
        );
        best = best.max(top).max(value.min(top));
    }
    // Eigenvalues on the border: the limit x to 0 is the norm of their projector.
    let mut seen: Vec<Complex> = Vec::new();
    let mut limit: f64 = 1.0;
    for &i in marginal.iter().filter(|&&i| values[i].im >= 0.0) {
        let z = if time == TimeKind::Flow { values[i].im } else { values[i].arg() };
        let z = at(0.0, if z.abs() <= 16.0 * spectrum.rounding[i] { 0.0 } else { z });
        let near = |w: Complex| (w - z).norm() <= (64.0 * spectrum.rounding[i]).max(1e-12 * scale);
        if seen.len() == 8 || seen.iter().any(|&w| near(w)) {
            continue;
        }
        seen.push(z);
        let multiplicity = values.iter().filter(|w| near(**w)).count().max(1);
        limit = limit.max(resolvent.projector_norm(z, multiplicity));
    }
    best.exp().max(limit)
}

/// The local maximum near `start`, by Nelder and Mead's simplex.
fn climb(f: impl Fn(f64, f64) -> f64, start: (f64, f64), step: (f64, f64)) -> f64 {
    let point = |u: f64, y: f64| (f(u, y), u, y);
    let mut s = [point(start.0, start.1), point(start.0 + step.0, start.1), point(start.0, start.1 + step.1)];
    for _ in 0..160 {
        s.sort_by(|a, b| b.0.total_cmp(&a.0));
        if (s[0].0 - s[2].0).abs() < 1e-13 && (s[0].1 - s[2].1).abs() < 1e-5 {
            break;
        }
        let middle = (0.5 * (s[0].1 + s[1].1), 0.5 * (s[0].2 + s[1].2));
        let along = |t: f64| point(middle.0 + t * (middle.0 - s[2].1), middle.1 + t * (middle.1 - s[2].2));
        let reflected = along(1.0);
        if reflected.0 > s[0].0 {
            let expanded = along(2.0);
            s[2] = if expanded.0 > reflected.0 { expanded } else { reflected };
        } else if reflected.0 > s[1].0 {
            s[2] = reflected;
        } else {
            let contracted = if reflected.0 > s[2].0 { along(0.5) } else { along(-0.5) };
            if contracted.0 > s[2].0.max(reflected.0) {
                s[2] = contracted;
            } else {
                for k in 1..3 {
                    s[k] = point(0.5 * (s[0].1 + s[k].1), 0.5 * (s[0].2 + s[k].2));
                }
            }
        }
    }
    s.iter().map(|v| v.0).fold(f64::NEG_INFINITY, f64::max)
}
