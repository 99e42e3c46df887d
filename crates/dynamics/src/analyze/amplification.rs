//! Transient growth: the curve ||exp(tA)||, its peak, and the initial state that is amplified most.
//!
//! The supremum over t >= 0 is found for spectra of any stiffness: exp(h 2^k A) by repeated squaring, eight times in each
//! octave, until the norm is at most 1 (then no later time can exceed what was seen, because
//! ||exp((s + t) A)|| <= ||exp(sA)|| ||exp(tA)||). The best octaves are scanned more finely than the fastest
//! oscillation, and the peak is the zero of
//!
//! d/dt ln ||exp(tA)|| = u^T A u, with u the unit state that the optimal initial state has become.
//!
//! A system that is only stable may approach its supremum without reaching it; that limit is the norm at a time
//! when everything that decays is gone.
//!
//! Cost: about 8 products of n x n matrices an octave. Reference: Trefethen and Embree (2005), ch. 14, 15.
//!
//! ```
//! use dynamics::analyze::{LinearOptions, TimeKind, linear};
//! use linalg::Matrix;
//! let a = Matrix::from_rows(&[[-1.0, 100.0], [0.0, -2.0]]);
//! let found = linear(&a, &[0.0, 0.0], TimeKind::Flow, &LinearOptions::default()).unwrap();
//! let peak = found.non_normality.max_amplification.unwrap();
//! assert!((peak.value - 25.006250968982894).abs() < 1e-11);
//! assert!((peak.time.unwrap() - 0.6928471355389349).abs() < 1e-13);
//! ```

use super::lanczos::{dot, largest_eigenpair, normalize};
use super::spectrum::Spectrum;
use super::verdict::StabilityVerdict;
use linalg::{Matrix, expm, mul};

/// The supremum of ||exp(tA)|| over t >= 0 (map: of ||A^k|| over k >= 0).
#[derive(Clone, Debug)]
pub struct Amplification {
    /// The supremum.
    pub value: f64,
    /// When it is reached; `None` if only approached.
    pub time: Option<f64>,
    /// The unit initial state that is amplified most.
    pub initial: Vec<f64>,
    /// The state that it becomes at that time, divided by `value`.
    pub response: Vec<f64>,
}

/// ||E||_2.
pub(super) fn norm(e: &Matrix) -> f64 {
    top_singular(e, 1e-7).0
}

/// The largest singular value with its right and left vectors.
fn top_singular(e: &Matrix, accuracy: f64) -> (f64, Vec<f64>, Vec<f64>) {
    let n = e.rows();
    let unit = e.norm_max();
    if unit == 0.0 || !unit.is_finite() {
        return (unit, vec![0.0; n], vec![0.0; n]);
    }
    let mut y = vec![0.0; n];
    let (square, right) = largest_eigenpair(n, accuracy, |from, to| {
        linalg::mul_vec_into(e, from, &mut y);
        y.iter_mut().for_each(|v| *v /= unit * unit);
        for (j, t) in to.iter_mut().enumerate() {
            *t = dot(e.column(j), &y);
        }
    });
    let mut left = e.mul_vec(&right);
    normalize(&mut left);
    (unit * square.max(0.0).sqrt(), right, left)
}

/// ||exp(tA)|| sampled over all octaves, kept with what is needed to look closer.
struct Scan {
    times: Vec<f64>,
    norms: Vec<f64>,
    /// Norm when all that decays is gone, for a system that is only stable.
    limit: Option<f64>,
}

/// Eight samples an octave, from a fraction of the fastest time to the time when nothing can follow.
fn scan(a: &Matrix, spectrum: &Spectrum, asymptotic: bool) -> Scan {
    let size = a.norm_1();
    let slowest = slowest_decay(spectrum);
    let start = 0.125 / size;
    // What only turns is watched for several turns of the slowest pair.
    let turning = |i: &usize| spectrum.values[*i].im.abs() > 8.0 * spectrum.rounding[*i];
    let turns = (0..spectrum.values.len())
        .filter(turning)
        .map(|i| spectrum.values[i].im.abs())
        .fold(f64::INFINITY, f64::min);
    let settled = (45.0 / slowest).max(100.0 / turns).max(1e3 * start);
    let mut powers = vec![expm(&a.scaled(start))];
    let (mut times, mut norms) = (vec![0.0, start], vec![1.0, norm(&powers[0])]);
    let mut t = start;
    for k in 0..110 {
        let here = &powers[k];
        let next = mul(here, here);
        // The eighth part of the octave's length, while there is one.
        let (part, count) = if k >= 3 { (&powers[k - 3], 8) } else { (here, 1) };
        let mut e = here.clone();
        for j in 1..count {
            e = mul(&e, part);
            times.push(t * (1.0 + f64::from(j) / f64::from(count)));
            norms.push(norm(&e));
        }
        t *= 2.0;
        times.push(t);
        norms.push(norm(&next));
        powers.push(next);
        let now = norms[norms.len() - 1];
        let over = if asymptotic { now <= 1.0 } else { t > settled };
        if over || !now.is_finite() {
            break;
        }
    }
    let limit = (!asymptotic && slowest.is_finite())
        .then(|| late_supremum(a, spectrum, t).unwrap_or(norms[norms.len() - 1]));
    Scan { times, norms, limit }
}

/// The largest norm after `t`, where something keeps turning when all that decays is gone.
fn late_supremum(a: &Matrix, spectrum: &Spectrum, t: f64) -> Option<f64> {
    let turning = |i: &usize| {
        let turn = spectrum.values[*i].im.abs();
        spectrum.on_border(*i) && turn > 8.0 * spectrum.rounding[*i]
    };
    let turns: Vec<f64> =
        (0..spectrum.values.len()).filter(turning).map(|i| spectrum.values[i].im.abs()).collect();
    let (slow, fast) = turns.iter().fold((f64::INFINITY, 0.0_f64), |(s, f), &w| (s.min(w), f.max(w)));
    if turns.is_empty() {
        return None;
    }
    let samples = (64.0 * fast / slow).ceil().clamp(64.0, 1024.0);
    let h = std::f64::consts::TAU / slow / samples;
    let step = expm(&a.scaled(h));
    let mut e = expm(&a.scaled(t));
    let mut best = (0.0, 0.0);
    for k in 0..samples as usize {
        let value = norm(&e);
        if value > best.0 {
            best = (value, k as f64);
        }
        e = mul(&e, &step);
    }
    let at = t + h * best.1;
    Some(climb(a, at - h, at + h).0.max(best.0))
}

/// The smallest rate of decay; infinite where nothing decays.
fn slowest_decay(spectrum: &Spectrum) -> f64 {
    let decays = |i: &usize| spectrum.growth[*i] < 0.0 && !spectrum.on_border(*i);
    (0..spectrum.values.len()).filter(decays).map(|i| -spectrum.growth[i]).fold(f64::INFINITY, f64::min)
}

/// The supremum over t >= 0 of a flow that is at least stable.
pub(super) fn amplification(a: &Matrix, spectrum: &Spectrum, verdict: StabilityVerdict) -> Amplification {
    let asymptotic = verdict == StabilityVerdict::AsymptoticallyStable;
    let n = a.rows();
    let at_start = || {
        // Nothing grows: the state that decays least at first, at time 0.
        let symmetric = Matrix::from_fn(n, n, |i, j| 0.5 * (a[(i, j)] + a[(j, i)]));
        let v = linalg::symmetric_eigen(&symmetric).vectors.column(0).to_vec();
        Amplification { value: 1.0, time: Some(0.0), initial: v.clone(), response: v }
    };
    if a.norm_max() == 0.0 {
        return at_start();
    }
    let s = scan(a, spectrum, asymptotic);
    let fastest = spectrum.values.iter().map(|z| z.im.abs()).fold(0.0, f64::max);
    let peaks = peaks(&s, fastest);
    let mut best: (f64, f64) = (1.0, 0.0);
    for &k in &peaks {
        let left = s.times[k.max(1) - 1];
        let right = s.times[(k + 1).min(s.times.len() - 1)];
        let found = refine(a, (left, s.times[k], right), fastest);
        if found.0 > best.0 {
            best = found;
        }
    }
    if best.0 <= 1.0 + 1e-13 && s.limit.is_none_or(|l| l <= 1.0 + 1e-12) {
        return at_start();
    }
    if let Some(limit) = s.limit.filter(|&l| best.0 <= l * (1.0 + 1e-8)) {
        let e = expm(&a.scaled(s.times[s.times.len() - 1]));
        let (_, initial, response) = top_singular(&e, 1e-12);
        // A limit of rest has one value; a limit of turning has the largest that was seen.
        let turns = spectrum.values.iter().zip(0..).any(|(z, i)| z.im != 0.0 && spectrum.on_border(i));
        let value = if turns { best.0.max(limit) } else { limit };
        return Amplification { value, time: None, initial, response };
    }
    let (value, initial, response) = top_singular(&expm(&a.scaled(best.1)), 1e-12);
    Amplification { value, time: Some(best.1), initial, response }
}

/// Indices of the highest local maxima of the scan.
fn peaks(s: &Scan, fastest: f64) -> Vec<usize> {
    let last = s.norms.len() - 1;
    let is_peak =
        |k: &usize| s.norms[*k] >= s.norms[*k - 1] && (*k == last || s.norms[*k] >= s.norms[*k + 1]);
    let mut found: Vec<usize> = (1..=last).filter(is_peak).collect();
    found.sort_by(|&i, &j| s.norms[j].total_cmp(&s.norms[i]));
    // A sample may sit on the flank of an oscillation: lower ones may hide a higher peak.
    let worth = |k: &usize| s.norms[*k] >= 0.5 * s.norms[found[0]] || fastest > 0.0;
    found.iter().copied().filter(worth).take(4).collect()
}

/// The highest peak near a sample: (norm, time).
fn refine(a: &Matrix, (left, middle, right): (f64, f64, f64), fastest: f64) -> (f64, f64) {
    let width = right - left;
    let half_period = if fastest > 0.0 { std::f64::consts::FRAC_PI_2 / fastest } else { f64::INFINITY };
    let (mut left, mut right) = (left, right);
    let mut sample = (0.0, middle);
    // Where the bracket holds several oscillations it is sampled eight times in each, over a stretch of at most 32.
    let oscillations = width / half_period;
    if oscillations > 0.5 {
        let length = if oscillations > 32.0 { 32.0 * half_period } else { width };
        let begin = if oscillations > 32.0 { (middle - 0.5 * length).max(0.0) } else { left };
        let count = ((length / half_period) * 8.0).ceil().max(8.0);
        let h = length / count;
        let step = expm(&a.scaled(h));
        let mut e = expm(&a.scaled(begin));
        let mut best = (norm(&e), 0.0);
        for k in 1..=count as usize {
            e = mul(&e, &step);
            let value = norm(&e);
            if value > best.0 {
                best = (value, k as f64);
            }
        }
        sample = (best.0, begin + h * best.1);
        left = begin + h * (best.1 - 1.0).max(0.0);
        right = begin + h * (best.1 + 1.0).min(count);
    }
    let top = climb(a, left, right);
    if top.0 >= sample.0 * (1.0 - 1e-12) { top } else { sample }
}

/// The zero of the growth rate u^T A u in [left, right], by the Illinois variant of false position.
fn climb(a: &Matrix, left: f64, right: f64) -> (f64, f64) {
    let look = |t: f64| {
        let (value, _, u) = top_singular(&expm(&a.scaled(t)), 1e-13);
        (value, dot(&u, &a.mul_vec(&u)))
    };
    let (vl, rate_left) = if left == 0.0 { (1.0, f64::NAN) } else { look(left) };
    let (vr, mut fr) = look(right);
    let (mut l, mut r) = (left, right);
    let mut best = if vl >= vr { (vl, l) } else { (vr, r) };
    // At t = 0 every direction is optimal; the best one grows at the numerical abscissa.
    let mut fl = if rate_left.is_nan() { fr.abs().max(f64::MIN_POSITIVE) } else { rate_left };
    if fr >= 0.0 || fl <= 0.0 {
        return best;
    }
    let (mut side, mut last) = (0, best);
    for step in 0..60 {
        let falsi = (l * fr - r * fl) / (fr - fl);
        let bisect = step < 3 && rate_left.is_nan() || !(falsi > l && falsi < r);
        let t = if bisect { 0.5 * (l + r) } else { falsi };
        let (value, rate) = look(t);
        best = if value > best.0 { (value, t) } else { best };
        let settled = (t - last.1).abs() <= 1e-15 * r;
        last = (value, t);
        if settled || rate == 0.0 || r - l <= 1e-15 * r {
            break;
        }
        if rate > 0.0 {
            (l, fl) = (t, rate);
            fr *= if side == 1 { 0.5 } else { 1.0 };
            side = 1;
        } else {
            (r, fr) = (t, rate);
            fl *= if side == 2 { 0.5 } else { 1.0 };
            side = 2;
        }
    }
    // The zero of the rate is far sharper than the flat top of the norm.
    if last.0 >= best.0 * (1.0 - 1e-12) { (best.0, last.1) } else { best }
}

/// The curve ||exp(tA)|| at 201 equal steps over the time in which something happens.
pub(super) fn curve(
    a: &Matrix,
    spectrum: &Spectrum,
    peak: Option<&Amplification>,
    abscissa: f64,
) -> (Vec<f64>, Vec<f64>) {
    const STEPS: usize = 200;
    let size = a.norm_1();
    let slowest = slowest_decay(spectrum);
    let turning = spectrum.values.iter().map(|z| z.im.abs()).fold(0.0, f64::max);
    let mut horizon = if abscissa > 1e-12 * size {
        3.0 / abscissa
    } else if slowest.is_finite() {
        5.0 / slowest
    } else if turning > 0.0 {
        3.0 * std::f64::consts::TAU / turning
    } else if size > 0.0 {
        10.0 / size
    } else {
        1.0
    };
    if let Some(t) = peak.and_then(|p| p.time) {
        horizon = horizon.max(3.0 * t);
    }
    let h = horizon / STEPS as f64;
    let step = expm(&a.scaled(h));
    let mut e = step.clone();
    let (mut times, mut norms) = (vec![0.0], vec![1.0]);
    for k in 1..=STEPS {
        let value = norm(&e);
        if !value.is_finite() {
            break;
        }
        times.push(h * k as f64);
        norms.push(value);
        e = mul(&e, &step);
    }
    (times, norms)
}

/// The supremum of ||A^k|| over k >= 0, for a map that is at least stable.
pub(super) fn map_amplification(a: &Matrix, spectrum: &Spectrum, asymptotic: bool) -> Amplification {
    const SINGLE_STEPS: usize = 256;
    let mut best = (1.0, 0.0, Matrix::identity(a.rows()));
    let mut e = best.2.clone();
    // One by one first; then by squaring, until the norm has fallen to 1 or what decays is gone.
    for k in 1..=SINGLE_STEPS {
        e = mul(&e, a);
        let value = norm(&e);
        if value > best.0 * (1.0 + 1e-12) {
            best = (value, k as f64, e.clone());
        }
        if asymptotic && value <= 1.0 {
            break;
        }
    }
    let mut last = norm(&e);
    let mut limit = None;
    if last > 1.0 || !asymptotic {
        let mut k = SINGLE_STEPS as f64;
        for _ in 0..60 {
            e = mul(&e, &e);
            k *= 2.0;
            let value = norm(&e);
            if value > best.0 * (1.0 + 1e-10) {
                best = (value, k, e.clone());
            }
            let settled = (value - last).abs() <= 1e-13 * value;
            last = value;
            if asymptotic && value <= 1.0 || !value.is_finite() || settled {
                break;
            }
        }
        // What lies on the circle keeps turning: the late norm is watched for a while.
        let mut late: f64 = 0.0;
        for _ in 0..64 {
            late = late.max(norm(&e));
            e = mul(&e, a);
        }
        limit = (!asymptotic).then_some(late);
    }
    let (value, initial, response) = top_singular(&best.2, 1e-12);
    let decays = (0..spectrum.values.len()).any(|i| !spectrum.on_border(i));
    let approached = decays && best.1 > 0.0 && limit.is_some_and(|l| best.0 <= l * (1.0 + 1e-10));
    Amplification { value: value.max(1.0), time: (!approached).then_some(best.1), initial, response }
}

/// The curve ||A^k|| for k up to 200.
pub(super) fn map_curve(a: &Matrix) -> (Vec<f64>, Vec<f64>) {
    let mut e = Matrix::identity(a.rows());
    let (mut times, mut norms) = (vec![0.0], vec![1.0]);
    for k in 1..=200 {
        e = mul(&e, a);
        let value = norm(&e);
        if !value.is_finite() || value > 1e12 {
            break;
        }
        times.push(f64::from(k));
        norms.push(value);
        if value < 1e-6 {
            break;
        }
    }
    (times, norms)
}
