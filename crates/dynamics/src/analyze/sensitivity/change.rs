//! The smallest change of the weights that gives an eigenvalue a wanted value, or takes one across the border.

use super::derivative::gradient;
use super::pair::Pair;
use super::weights::Weights;
use crate::analyze::distance::distance_to_instability;
use crate::analyze::resolvent::Resolvent;
use crate::analyze::{AnalyzeError, TimeKind};
use linalg::{Complex, LinalgError, Matrix, eigenvalues, norm_2, svd, svd_complex};

/// Most steps of the iteration.
const STEPS: usize = 300;
/// A change that moves by less than this part of itself has converged.
const SETTLED: f64 = 1e-9;
/// So many pairs are tried on their way to the axis.
const PAIRS: usize = 6;

/// What an eigenvalue shall become.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    /// This value (and, if it is not real, its conjugate too).
    Value(Complex),
    /// Any value with this real part: -1/t for the time constant t, 0 for the border of stability.
    RealPart(f64),
}

/// How an eigenvalue arrives at the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BorderCrossing {
    /// A real eigenvalue at 0: a saddle-node, transcritical or pitchfork bifurcation.
    Zero,
    /// A pair on the imaginary axis: a Hopf bifurcation.
    Hopf,
}

/// The smallest change of the weights, with its certificate.
#[derive(Clone, Debug)]
pub struct SmallestChange {
    /// D, to be added to M.
    pub change: Matrix,
    /// Its Frobenius norm.
    pub norm_frobenius: f64,
    /// Its 2-norm.
    pub norm_2: f64,
    /// No change with a smaller norm can do it; 0 where nothing better is known.
    pub lower_bound: f64,
    /// What has been reached, and how sure it is the smallest.
    pub verdict: ChangeVerdict,
    /// The certificate: the eigenvalues of the changed system, computed anew, by descending real part.
    pub eigenvalues: Vec<Complex>,
    /// That of them which has the value that was wanted.
    pub reached: Complex,
    /// How far it lies from what was wanted.
    pub miss: f64,
    /// Whether no eigenvalue has a larger real part.
    pub leads: bool,
    /// How the border is reached, where the border was wanted.
    pub crossing: Option<BorderCrossing>,
}

/// How sure a change is the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeVerdict {
    /// The smallest of all real changes, in both norms.
    Smallest,
    /// The smallest of those near it; the lower bound says how much smaller another could be.
    LocallySmallest,
    /// It reaches what was wanted, but the iteration to the smallest one did not settle.
    NotSettled,
    /// It does not reach what was wanted.
    Missed,
}

impl ChangeVerdict {
    /// The verdict in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smallest => "the smallest real change",
            Self::LocallySmallest => "the smallest change nearby",
            Self::NotSettled => "a change that does it, not shown to be the smallest",
            Self::Missed => "not found",
        }
    }
}

/// The smallest real change of M after which eigenvalue `index` of A is what is wanted.
///
/// A real value that is wanted is given to whichever eigenvalue takes it most cheaply; a real part is given to the eigenvalue
/// named, a real one or a pair; if that leads, a change after which another one leads with this real part may be cheaper, and is taken.
///
/// # Errors
/// When the weights make no system, or there is no such eigenvalue.
pub fn smallest_change(
    weights: &Weights,
    index: usize,
    wanted: Wanted,
) -> Result<SmallestChange, AnalyzeError> {
    weights.check()?;
    let values = eigenvalues(&weights.system(None))?;
    let Some(&value) = values.get(index) else {
        let what = "the list up to the eigenvalue asked for";
        return Err(AnalyzeError::Length { what, found: index + 1, expected: values.len() });
    };
    let (re, im) = match wanted {
        Wanted::Value(z) => (z.re, z.im),
        Wanted::RealPart(re) => (re, 0.0),
    };
    for value in [re, im] {
        if !value.is_finite() {
            return Err(AnalyzeError::NotFinite { what: "the eigenvalue wanted", index: 0, value });
        }
    }
    match wanted {
        Wanted::Value(z) if z.im == 0.0 => Ok(to_real(weights, z.re)?),
        Wanted::RealPart(re) if value.im == 0.0 => Ok(to_real(weights, re)?),
        Wanted::Value(_) => Ok(iterate(weights, value, wanted)?),
        Wanted::RealPart(re) => {
            let found = iterate(weights, value, wanted)?;
            // The pair may also part on the real axis, and one of the two lead alone.
            let alone = to_real(weights, re)?;
            let missed = found.verdict == ChangeVerdict::Missed;
            let cheaper = missed || alone.norm_frobenius < found.norm_frobenius;
            let does = alone.verdict != ChangeVerdict::Missed && alone.leads && value.re >= values[0].re;
            let verdict = if missed { ChangeVerdict::NotSettled } else { ChangeVerdict::LocallySmallest };
            Ok(if does && cheaper { SmallestChange { verdict, lower_bound: 0.0, ..alone } } else { found })
        }
    }
}

/// The smallest real change of M that puts an eigenvalue on the imaginary axis. `None` if one lies there already.
///
/// # Errors
/// When the weights make no system.
pub fn nearest_bifurcation(weights: &Weights) -> Result<Option<SmallestChange>, AnalyzeError> {
    weights.check()?;
    let a = weights.system(None);
    let values = eigenvalues(&a)?;
    let rounding = 1e-14 * a.norm_frobenius();
    if values.iter().any(|z| z.re.abs() <= rounding) {
        return Ok(None);
    }
    let mut best = SmallestChange { crossing: Some(BorderCrossing::Zero), ..to_real(weights, 0.0)? };
    let mut pairs: Vec<Complex> = values.iter().copied().filter(|z| z.im > 0.0).collect();
    pairs.sort_by(|a, b| a.re.abs().total_cmp(&b.re.abs()));
    for z in pairs.into_iter().take(PAIRS) {
        let found = iterate(weights, z, Wanted::RealPart(0.0))?;
        let does = found.verdict != ChangeVerdict::Missed;
        if does && found.norm_frobenius < best.norm_frobenius {
            best = SmallestChange { crossing: Some(BorderCrossing::Hopf), ..found };
        }
    }
    // Complex changes of A reach the axis no later than real ones; a change of M is at least the smallest tau times one of A.
    let (distance, _) = distance_to_instability(&a, TimeKind::Flow, &values, &Resolvent::new(&a)?)?;
    best.lower_bound = distance * weights.tau.iter().copied().fold(f64::INFINITY, f64::min);
    best.verdict = match best.verdict {
        ChangeVerdict::Smallest | ChangeVerdict::LocallySmallest
            if best.norm_frobenius <= best.lower_bound * (1.0 + 1e-6) =>
        {
            ChangeVerdict::Smallest
        }
        ChangeVerdict::Smallest => ChangeVerdict::LocallySmallest,
        other => other,
    };
    Ok(Some(best))
}

/// Eckart and Young: the nearest singular matrix.
fn to_real(weights: &Weights, mu: f64) -> Result<SmallestChange, LinalgError> {
    let n = weights.m.rows();
    let parts = svd(&weights.pencil(Complex::new(mu, 0.0)).map(|z| z.re));
    let sigma = parts.s[n - 1];
    let (u, v) = (parts.u.column(n - 1), parts.v.column(n - 1));
    let change = Matrix::from_fn(n, n, |i, j| -sigma * u[i] * v[j]);
    certify(weights, change, Wanted::Value(Complex::new(mu, 0.0)), ChangeVerdict::Smallest, sigma)
}

/// The conditions: how far the eigenvalue lies from what is wanted, and the gradients of that.
fn conditions(pair: &Pair, tau: &[f64], wanted: Wanted) -> (Vec<f64>, Vec<Matrix>) {
    let g = gradient(pair, tau);
    match wanted {
        Wanted::RealPart(re) => (vec![pair.value.re - re], vec![g.map(|z| z.re)]),
        Wanted::Value(z) => {
            let miss = pair.value - z;
            (vec![miss.re, miss.im], vec![g.map(|z| z.re), g.map(|z| z.im)])
        }
    }
}

fn inner(a: &Matrix, b: &Matrix) -> f64 {
    a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| x * y).sum()
}

/// The smallest matrix with <G_k, D> = r_k, and its multipliers.
fn smallest_on(g: &[Matrix], r: &[f64]) -> (Matrix, Vec<f64>) {
    let c = if let [g] = g {
        vec![r[0] / inner(g, g)]
    } else {
        let (a, b, d) = (inner(&g[0], &g[0]), inner(&g[0], &g[1]), inner(&g[1], &g[1]));
        let det = a * d - b * b;
        vec![(d * r[0] - b * r[1]) / det, (a * r[1] - b * r[0]) / det]
    };
    let mut sum = Matrix::zeros(g[0].rows(), g[0].cols());
    for (g, c) in g.iter().zip(&c) {
        sum = &sum + &g.scaled(*c);
    }
    (sum, c)
}

/// To the nearest point of the linearized condition, again and again, each step damped until the merit falls.
fn iterate(weights: &Weights, from: Complex, wanted: Wanted) -> Result<SmallestChange, LinalgError> {
    let n = weights.m.rows();
    let mut d = Matrix::zeros(n, n);
    let mut pair = Pair::near(&weights.system(None), from, 2)?;
    let mut settled = false;
    let mut penalty = 0.0_f64;
    for _ in 0..STEPS {
        let (h, g) = conditions(&pair, &weights.tau, wanted);
        let r: Vec<f64> = h.iter().zip(&g).map(|(h, g)| inner(g, &d) - h).collect();
        let (goal, c) = smallest_on(&g, &r);
        let step = &goal - &d;
        let size = goal.norm_frobenius();
        if !size.is_finite() {
            break;
        }
        penalty = penalty.max(2.0 * c.iter().map(|c| c * c).sum::<f64>().sqrt());
        let merit =
            |d: &Matrix, h: &[f64]| 0.5 * inner(d, d) + penalty * h.iter().map(|h| h * h).sum::<f64>().sqrt();
        let old = merit(&d, &h);
        let mut part = 1.0;
        let mut next = None;
        while part > 1e-6 {
            let tried = &d + &step.scaled(part);
            let there = Pair::near(&weights.system(Some(&tried)), pair.value, 2)?;
            let (h, _) = conditions(&there, &weights.tau, wanted);
            if merit(&tried, &h) <= old * (1.0 + 1e-12) {
                next = Some((tried, there));
                break;
            }
            part *= 0.5;
        }
        let Some((tried, there)) = next else { break };
        let moved = step.norm_frobenius() * part;
        (d, pair) = (tried, there);
        if moved <= SETTLED * size && part == 1.0 {
            settled = true;
            break;
        }
    }
    // What is left of the condition is removed on the shortest way.
    for _ in 0..3 {
        let (h, g) = conditions(&pair, &weights.tau, wanted);
        let r: Vec<f64> = h.iter().map(|h| -h).collect();
        let (rest, _) = smallest_on(&g, &r);
        let small = rest.norm_frobenius() <= 0.1 * d.norm_frobenius();
        if !small {
            break;
        }
        d = &d + &rest;
        pair = Pair::near(&weights.system(Some(&d)), pair.value, 2)?;
    }
    let verdict = if settled { ChangeVerdict::LocallySmallest } else { ChangeVerdict::NotSettled };
    let bound = match wanted {
        Wanted::Value(z) => svd_complex(&weights.pencil(z)).s[n - 1],
        Wanted::RealPart(_) => 0.0,
    };
    certify(weights, d, wanted, verdict, bound)
}

/// The eigenvalues of the changed system, and what they say.
fn certify(
    weights: &Weights,
    change: Matrix,
    wanted: Wanted,
    verdict: ChangeVerdict,
    lower_bound: f64,
) -> Result<SmallestChange, LinalgError> {
    let a = weights.system(Some(&change));
    let values = eigenvalues(&a)?;
    let miss = |z: &Complex| match wanted {
        Wanted::Value(w) => (z - w).norm(),
        Wanted::RealPart(re) => (z.re - re).abs(),
    };
    let nearest = values.iter().min_by(|a, b| miss(a).total_cmp(&miss(b))).copied();
    let reached = nearest.unwrap_or(Complex::new(f64::NAN, 0.0));
    // The value was reached if its eigenvalue is singular to rounding; eigenvalues of a nearly defective matrix show it less sharply.
    let n = weights.m.rows();
    let at = match wanted {
        Wanted::Value(w) => w,
        Wanted::RealPart(re) => Complex::new(re, reached.im),
    };
    let changed = Weights { m: &weights.m + &change, ..weights.clone() };
    let rest = svd_complex(&changed.pencil(at)).s;
    let does = rest[n - 1] <= 1e-9 * rest[0].max(f64::MIN_POSITIVE);
    let tolerance = 1e-9 * a.norm_frobenius();
    Ok(SmallestChange {
        norm_frobenius: change.norm_frobenius(),
        norm_2: norm_2(&change),
        lower_bound,
        verdict: if does { verdict } else { ChangeVerdict::Missed },
        reached,
        miss: miss(&reached),
        leads: values.iter().all(|z| z.re <= reached.re + tolerance),
        eigenvalues: values,
        crossing: None,
        change,
    })
}
