//! One limit cycle, stable or not, with its period, its multipliers and how right they are.
//!
//! x' = f(x; p) with x(T) = x(0) is solved by collocation at Gauss points on a mesh that follows the error. The
//! mesh is halved until period and points agree with those of the coarser one; the difference is the error estimate, and an
//! honest one, as halving makes the error about 256 times smaller. Where no cycle is found, it is told why.
//!
//! Cost: O(N (4 n)^3) an iteration, for N intervals and n variables. It fails, and says so, where the guess is far from a cycle; a cycle
//! with parts faster than the finest mesh resolves is told as inaccurate.
//! Reference: Doedel, Keller, Kernévez (1991), Numerical analysis and control of bifurcation problems.
//!
//! ```
//! use dynamics::analyze::{CycleSettings, CycleVerdict, settled_cycle};
//! use dynamics::field::{EvalError, VectorField, Workspace};
//!
//! /// r' = r (1 - r^2), theta' = 1: the period is 2 pi, the multiplier exp(-4 pi).
//! struct Turning;
//!
//! impl VectorField for Turning {
//!     fn dimension(&self) -> usize {
//!         2
//!     }
//!     fn eval(&self, t: &[f64], _: &[f64], x: &[f64], dx: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
//!         let lanes = t.len();
//!         for l in 0..lanes {
//!             let (a, b) = (x[l], x[lanes + l]);
//!             let growth = 1.0 - a * a - b * b;
//!             (dx[l], dx[lanes + l]) = (growth * a - b, growth * b + a);
//!         }
//!         Ok(())
//!     }
//! }
//!
//! let cycle = settled_cycle(&Turning, &[], &[0.5, 0.0], 40.0, &CycleSettings::default()).unwrap();
//! assert_eq!(cycle.verdict, CycleVerdict::Converged);
//! assert!((cycle.orbit.period - std::f64::consts::TAU).abs() < 1e-11);
//! assert_eq!(cycle.is_stable, Some(true));
//! assert!((cycle.multipliers[0].re * (4.0 * std::f64::consts::PI).exp() - 1.0).abs() < 1e-6);
//! ```

use super::basis::DEGREE;
use super::collocation::{Blocks, Collocation};
use super::floquet::{multipliers, split};
use super::newton::{Patience, Point, Units, correct};
use super::orbit::{Orbit, halved, phases};
use crate::field::{EvalError, VectorField};
use linalg::Complex;

/// How a cycle is sought.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleSettings {
    /// The intervals of the first mesh.
    pub intervals: usize,
    /// The most that a mesh may have.
    pub most_intervals: usize,
    /// The relative error of the period that is asked for.
    pub tolerance: f64,
    /// The most iterations of Newton on one mesh.
    pub iterations: usize,
}

impl Default for CycleSettings {
    fn default() -> Self {
        Self { intervals: 40, most_intervals: 1280, tolerance: 1e-11, iterations: 40 }
    }
}

/// A guess of a cycle: states along about one period.
#[derive(Clone, Debug)]
pub struct CycleGuess {
    /// Increasing times; the last is one period after the first.
    pub times: Vec<f64>,
    /// The states at these times, one after the other.
    pub states: Vec<f64>,
}

/// What was found of a cycle.
#[derive(Clone, Debug)]
pub struct LimitCycle {
    /// Whether it is one.
    pub verdict: CycleVerdict,
    /// The parameters that it belongs to.
    pub p: Vec<f64>,
    /// The closed curve.
    pub orbit: Orbit,
    /// An estimate of the error of the period.
    pub period_error: f64,
    /// The largest defect |x'(t) - f(x)| at a Gauss point.
    pub residual: f64,
    /// The smallest and the largest value of each variable.
    pub low: Vec<f64>,
    /// The largest.
    pub high: Vec<f64>,
    /// The Floquet multipliers without the trivial one, by descending modulus; empty where one exceeds the doubles.
    pub multipliers: Vec<Complex>,
    /// How far the trivial multiplier is from 1: a measure of the accuracy of the others.
    pub trivial_deviation: f64,
    /// Whether it attracts; `None` where a multiplier touches the unit circle within the accuracy, or there is no cycle.
    pub is_stable: Option<bool>,
}

/// Whether a cycle was found.
#[derive(Clone, Debug, PartialEq)]
pub enum CycleVerdict {
    /// To the accuracy asked for.
    Converged,
    /// To a relative error of the period that is larger than was asked for, on the finest mesh allowed.
    Inaccurate {
        /// That error.
        error: f64,
    },
    /// The iteration came to rest on an equilibrium: there is no cycle near the guess.
    Rest {
        /// The equilibrium.
        x: Vec<f64>,
    },
    /// The iteration did not converge.
    NotConverged {
        /// The last defect |x'(t) - f(x)|.
        residual: f64,
        /// The last correction, relative to the size of the cycle.
        correction: f64,
    },
    /// The guess is no curve; says why.
    BadGuess(String),
}

impl CycleVerdict {
    /// Whether a cycle was found.
    pub fn is_cycle(&self) -> bool {
        matches!(self, Self::Converged | Self::Inaccurate { .. })
    }

    /// The verdict in words.
    pub fn words(&self) -> String {
        match self {
            Self::Converged => "converged".to_owned(),
            Self::Inaccurate { error } => format!("a cycle, but its period is known to {error:.1e} only"),
            Self::Rest { x } => {
                format!("no cycle near the guess: the iteration fell on the equilibrium {x:?}")
            }
            Self::NotConverged { residual, correction } => format!(
                "no cycle was found: Newton's iteration ended with the residual {residual:.1e} and a correction of {correction:.1e}"
            ),
            Self::BadGuess(why) => format!("no cycle can be sought: {why}"),
        }
    }
}

/// The cycle near a guess.
///
/// # Errors
/// When the right-hand side cannot be evaluated on the way. That there is no cycle is no error: see the verdict.
pub fn limit_cycle(
    field: &dyn VectorField,
    p: &[f64],
    guess: &CycleGuess,
    settings: &CycleSettings,
) -> Result<LimitCycle, EvalError> {
    let mut c = Collocation::new(field, None);
    match curve(&mut c, p, guess, settings.intervals.max(4))? {
        Ok(orbit) => {
            let found = refine(&mut c, p, orbit, settings)?;
            match turns(&found.orbit).filter(|_| found.verdict.is_cycle()) {
                Some(turns) => limit_cycle(field, p, &one_turn(&found.orbit, turns), settings),
                None => Ok(found),
            }
        }
        Err(why) => {
            let (n, points) = (c.n, vec![f64::NAN; (DEGREE + 1) * c.n]);
            let orbit = Orbit { n, mesh: vec![0.0, 1.0], points, period: f64::NAN };
            Ok(without(orbit, p, CycleVerdict::BadGuess(why), f64::NAN))
        }
    }
}

/// How often a closed orbit goes around the same cycle, if more than once.
///
/// Where a multiplier is near -1 a run comes back only after two turns, and the cycle that is gone around twice is closed too.
fn turns(orbit: &Orbit) -> Option<usize> {
    let ranges = ranges(orbit);
    [2, 3, 5, 7].into_iter().find(|&m| {
        (0..SHIFTED).all(|k| {
            let s = k as f64 / SHIFTED as f64;
            let (here, there) = (orbit.at(s), orbit.at((s + 1.0 / m as f64).fract()));
            (0..orbit.n).all(|i| (here[i] - there[i]).abs() <= SAME * ranges[i])
        })
    })
}

/// Phases at which a closed orbit is held against itself.
const SHIFTED: usize = 64;
/// States of the same cycle agree so well, in parts of the range of each variable.
const SAME: f64 = 1e-5;

/// The first of several turns as a guess.
fn one_turn(orbit: &Orbit, turns: usize) -> CycleGuess {
    let parts: Vec<f64> = (0..=4 * SHIFTED).map(|k| k as f64 / (4 * SHIFTED) as f64).collect();
    CycleGuess {
        times: parts.iter().map(|s| s * orbit.period / turns as f64).collect(),
        states: parts.iter().flat_map(|s| orbit.at(s / turns as f64)).collect(),
    }
}

/// Newton's iteration from a closed curve, on finer and finer meshes.
pub(crate) fn refine(
    c: &mut Collocation<'_>,
    p: &[f64],
    orbit: Orbit,
    settings: &CycleSettings,
) -> Result<LimitCycle, EvalError> {
    let mut blocks = Blocks::default();
    let mut point = Point { orbit, p: p.to_vec() };
    let (low, high) = point.orbit.extrema();
    let first: Vec<f64> = low.iter().zip(&high).map(|(l, h)| h - l).collect();
    let mut units = units_of(&point.orbit);
    let mut patience = Patience { tolerance: 1e-9, iterations: settings.iterations, longest: 0.5 };
    let mut before: Option<f64> = None;
    let mut error = f64::INFINITY;
    let mut residual;
    let mut balanced = 0;
    loop {
        let reference = point.orbit.points.clone();
        let ending = correct(c, &mut blocks, &mut point, &reference, None, &units, patience)?;
        residual = ending.residual;
        let (low, high) = point.orbit.extrema();
        let size = (0..c.n).map(|i| (high[i] - low[i]) / first[i].max(f64::MIN_POSITIVE)).fold(0.0, f64::max);
        if ending.converged && size < 1e-5 {
            let x = point.orbit.points[..c.n].to_vec();
            return Ok(without(point.orbit, p, CycleVerdict::Rest { x }, residual));
        }
        if !ending.converged {
            let verdict = CycleVerdict::NotConverged { residual, correction: ending.correction };
            return Ok(without(point.orbit, p, verdict, residual));
        }
        units = units_of(&point.orbit);
        patience.tolerance = 1e-12;
        if balanced < 2 {
            balanced += 1;
            let (mesh, _) = point.orbit.balanced(point.orbit.intervals(), &units.variables);
            point.orbit = point.orbit.on(&mesh);
            continue;
        }
        if let Some(before) = before {
            let floor = 4.0 * f64::EPSILON * point.orbit.period * (point.orbit.intervals() as f64).sqrt();
            error = (point.orbit.period - before).abs().max(floor);
            if error <= settings.tolerance * point.orbit.period {
                break;
            }
        }
        if 2 * point.orbit.intervals() > settings.most_intervals {
            break;
        }
        before = Some(point.orbit.period);
        let (mesh, _) = point.orbit.balanced(point.orbit.intervals(), &units.variables);
        point.orbit = point.orbit.on(&halved(&mesh));
    }
    c.condense(&point.orbit, &point.p, &mut blocks)?;
    let relative = error / point.orbit.period;
    let verdict = if relative <= settings.tolerance {
        CycleVerdict::Converged
    } else {
        CycleVerdict::Inaccurate { error: relative }
    };
    let mut found = without(point.orbit, p, verdict, residual.min(blocks.residual));
    found.period_error = error;
    let (trivial, others) = split(multipliers(&blocks));
    found.trivial_deviation = trivial.map_or(f64::INFINITY, |m| (m - 1.0).norm());
    found.is_stable = is_stable(&others, found.trivial_deviation, c.n);
    found.multipliers = others;
    Ok(found)
}

/// Whether all multipliers are inside the unit circle; `None` where one touches it.
pub(crate) fn is_stable(multipliers: &[Complex], deviation: f64, n: usize) -> Option<bool> {
    if multipliers.len() + 1 != n {
        return None;
    }
    let slack = 1e-9 + deviation;
    if multipliers.iter().any(|m| m.norm() > 1.0 + slack) {
        Some(false)
    } else if multipliers.iter().all(|m| m.norm() < 1.0 - slack) {
        Some(true)
    } else {
        None
    }
}

/// The range of each variable as its unit, with a floor under those that hardly move.
pub(crate) fn units_of(orbit: &Orbit) -> Units {
    let mut variables = ranges(orbit);
    let largest = variables.iter().copied().fold(0.0, f64::max);
    let least = if largest > 0.0 { 1e-5 * largest } else { 1.0 };
    variables.iter_mut().for_each(|u| *u = u.max(least));
    Units { variables, period: orbit.period, p: 1.0 }
}

/// By how much each variable moves at the points.
pub(crate) fn ranges(orbit: &Orbit) -> Vec<f64> {
    let (mut low, mut high) = (vec![f64::INFINITY; orbit.n], vec![f64::NEG_INFINITY; orbit.n]);
    for x in orbit.points.chunks_exact(orbit.n) {
        for i in 0..orbit.n {
            low[i] = low[i].min(x[i]);
            high[i] = high[i].max(x[i]);
        }
    }
    low.iter().zip(&high).map(|(l, h)| h - l).collect()
}

/// What is returned where there is no cycle.
pub(super) fn without(orbit: Orbit, p: &[f64], verdict: CycleVerdict, residual: f64) -> LimitCycle {
    let (low, high) = orbit.extrema();
    LimitCycle {
        verdict,
        p: p.to_vec(),
        orbit,
        period_error: f64::INFINITY,
        residual,
        low,
        high,
        multipliers: Vec::new(),
        trivial_deviation: f64::INFINITY,
        is_stable: None,
    }
}

/// A closed curve through the guess, with the slopes of the field, on a mesh that is dense where it is long.
fn curve(
    c: &mut Collocation<'_>,
    p: &[f64],
    guess: &CycleGuess,
    intervals: usize,
) -> Result<Result<Orbit, String>, EvalError> {
    let n = c.n;
    let k = guess.times.len();
    if n < 2 {
        return Ok(Err(format!("a system with {n} variable has no limit cycle")));
    }
    if k < 8 || guess.states.len() != k * n {
        return Ok(Err(format!(
            "give at least 8 times and {n} numbers for each; got {k} times and {} numbers",
            guess.states.len()
        )));
    }
    if guess.times.windows(2).any(|w| w[1] <= w[0] || (w[1] - w[0]).is_nan())
        || guess.states.iter().any(|x| !x.is_finite())
    {
        return Ok(Err("times increase and states are finite numbers".to_owned()));
    }
    let state = |q: usize| &guess.states[q * n..(q + 1) * n];
    let mut units = vec![0.0f64; n];
    for i in 0..n {
        let low = (0..k).map(|q| state(q)[i]).fold(f64::INFINITY, f64::min);
        let high = (0..k).map(|q| state(q)[i]).fold(f64::NEG_INFINITY, f64::max);
        units[i] = high - low;
    }
    let largest = units.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 {
        return Ok(Err(format!("the guess stays at {:?}", state(0))));
    }
    units.iter_mut().for_each(|u| *u = u.max(1e-5 * largest));
    let mut slopes = Vec::with_capacity(k * n);
    for q in 0..k {
        slopes.extend(c.rate(p, state(q))?);
    }
    let period = guess.times[k - 1] - guess.times[0];
    let length = |q: usize| -> f64 {
        let square: f64 = (0..n).map(|i| ((state(q + 1)[i] - state(q)[i]) / units[i]).powi(2)).sum();
        square.sqrt() + 2.0 * (guess.times[q + 1] - guess.times[q]) / period
    };
    let mut sum = vec![0.0; k];
    for q in 0..k - 1 {
        sum[q + 1] = sum[q] + length(q);
    }
    let mut mesh = Vec::with_capacity(intervals + 1);
    let mut q = 0;
    for j in 0..=intervals {
        let target = sum[k - 1] * j as f64 / intervals as f64;
        while q + 2 < k && sum[q + 1] < target {
            q += 1;
        }
        let part = (target - sum[q]) / (sum[q + 1] - sum[q]);
        mesh.push((guess.times[q] + part * (guess.times[q + 1] - guess.times[q]) - guess.times[0]) / period);
    }
    (mesh[0], mesh[intervals]) = (0.0, 1.0);
    let mut points = Vec::with_capacity((DEGREE * intervals + 1) * n);
    let mut q = 0;
    for s in phases(&mesh) {
        let t = guess.times[0] + s * period;
        while q + 2 < k && guess.times[q + 1] < t {
            q += 1;
        }
        let h = guess.times[q + 1] - guess.times[q];
        let s = (t - guess.times[q]) / h;
        let [a, b, c, d] = [
            (1.0 + 2.0 * s) * (1.0 - s).powi(2),
            s * (1.0 - s).powi(2),
            s * s * (3.0 - 2.0 * s),
            s * s * (s - 1.0),
        ];
        for i in 0..n {
            points.push(
                a * state(q)[i]
                    + h * b * slopes[q * n + i]
                    + c * state(q + 1)[i]
                    + h * d * slopes[(q + 1) * n + i],
            );
        }
    }
    // What is missing to the ring is spread over the period.
    let gap: Vec<f64> = (0..n).map(|i| points[points.len() - n + i] - points[i]).collect();
    for (k, s) in phases(&mesh).into_iter().enumerate() {
        (0..n).for_each(|i| points[k * n + i] -= s * gap[i]);
    }
    Ok(Ok(Orbit { n, mesh, points, period }))
}
