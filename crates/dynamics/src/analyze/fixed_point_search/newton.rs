//! Damped Newton for many starts in step.
//!
//! Each start goes from x to x + s d, J d = -f(x), with s <= 1 so that |W f| falls; W makes the rows of J equal in size, so
//! that a fast variable does not hide a slow one. After a full step that made |W f| four times smaller the old factors serve
//! again (a chord step costs n^2, a new factorization n^3), as long as they halve it. All starts that wait for a value of f are
//! evaluated at once, as lanes of the field.
//!
//! Where |W f| has a minimum that is no zero, steps become short. The place is noted, a candidate for a slow point, and the
//! start leaps: it takes the whole step, wherever that leads, a few times at most.
//!
//! *Deflation.* With known points x_k divided out, the target is m(x) f(x), m = prod_k (1 + R^2/|x - x_k|^2), R a length. With g = grad ln m
//! its Newton step is the old direction with another length, d/(1 - g.d): by Sherman and Morrison, without another factorization.
//!
//! Reference: Farrell, Birkisson, Funke (2015), Deflation techniques.

use super::point::{distance, norm};
use crate::field::{EvalError, VectorField, Workspace};
use linalg::{Elimination, Matrix, row_sizes, scale_rows, svd};

/// Steps below a tenth in a row that count as no headway.
const SHORT: usize = 4;

/// What is to become 0.
pub(super) struct Target<'a> {
    pub(super) field: &'a dyn VectorField,
    pub(super) p: &'a [f64],
    /// Points that need not be found again.
    pub(super) known: &'a [&'a [f64]],
    /// Points that are divided out.
    pub(super) deflated: &'a [&'a [f64]],
    /// R.
    pub(super) length: f64,
}

pub(super) struct Limits {
    /// Newton steps.
    pub(super) iterations: usize,
    /// Leaps of one start.
    pub(super) leaps: usize,
    /// Length of the longest step, and beyond 25 times that of x, of the way.
    pub(super) reach: f64,
}

/// How a start ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ended {
    /// f = 0 to rounding, or as far as steps can tell: to be certified.
    Zero,
    /// On its last steps to a known point.
    Known(usize),
    /// Without headway.
    Stalled,
    /// Where the field cannot be evaluated.
    Failed,
}

#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) x: Vec<f64>,
    pub(super) ended: Ended,
}

/// One start on its way.
struct Lane {
    x: Vec<f64>,
    f: Vec<f64>,
    /// |W f| m at x.
    merit: f64,
    /// 1/largest entry of each row of J.
    w: Vec<f64>,
    /// |W f| that rounding alone makes.
    floor: f64,
    lu: Option<Elimination>,
    d: Vec<f64>,
    s: f64,
    first_s: f64,
    y: Vec<f64>,
    chord: bool,
    leaping: bool,
    wants_direction: bool,
    iterations: usize,
    /// Short steps in a row.
    short: usize,
    leaps: usize,
    /// The slowest place without headway, and |f| there.
    slowest: Option<(f64, Vec<f64>)>,
    ended: Option<Ended>,
}

/// Follows all starts to their ends.
pub(super) fn descend(target: &Target<'_>, starts: &[Vec<f64>], limits: &Limits) -> Vec<Arrival> {
    let n = target.field.dimension();
    let mut ws = Workspace::default();
    let mut j = Matrix::zeros(n, n);
    let mut lanes: Vec<Lane> = starts.iter().map(|x| Lane::new(x)).collect();
    let mut values = vec![Vec::new(); lanes.len()];
    let all: Vec<usize> = (0..lanes.len()).collect();
    let states: Vec<&[f64]> = lanes.iter().map(|lane| lane.x.as_slice()).collect();
    evaluate(target, &states, &all, &mut values, &mut ws);
    for (lane, value) in lanes.iter_mut().zip(&mut values) {
        match is_finite(value) {
            true => lane.f = std::mem::take(value),
            false => lane.ended = Some(Ended::Failed),
        }
    }
    loop {
        for lane in lanes.iter_mut().filter(|lane| lane.ended.is_none() && lane.wants_direction) {
            lane.direct(target, limits, &mut j, &mut ws);
        }
        let active: Vec<usize> = (0..lanes.len()).filter(|&k| lanes[k].ended.is_none()).collect();
        if active.is_empty() {
            break;
        }
        let states: Vec<&[f64]> = active.iter().map(|&k| lanes[k].y.as_slice()).collect();
        evaluate(target, &states, &active, &mut values, &mut ws);
        for k in active {
            lanes[k].judge(std::mem::take(&mut values[k]), target, limits);
        }
    }
    let arrival = |lane: Lane| match (lane.ended, lane.slowest) {
        (Some(Ended::Stalled), Some((_, x))) => Arrival { x, ended: Ended::Stalled },
        (ended, _) => Arrival { x: lane.x, ended: ended.unwrap_or(Ended::Failed) },
    };
    lanes.into_iter().map(arrival).collect()
}

/// f at all states at once; where that fails, one by one, and empty where it fails alone.
fn evaluate(
    target: &Target<'_>,
    states: &[&[f64]],
    into: &[usize],
    values: &mut [Vec<f64>],
    ws: &mut Workspace,
) {
    let (n, lanes) = (target.field.dimension(), states.len());
    let mut x = vec![0.0; n * lanes];
    for (l, state) in states.iter().enumerate() {
        state.iter().enumerate().for_each(|(i, v)| x[i * lanes + l] = *v);
    }
    let p: Vec<f64> = target.p.iter().flat_map(|p| std::iter::repeat_n(*p, lanes)).collect();
    let mut dx = vec![0.0; n * lanes];
    let at_once = target.field.eval(&vec![0.0; lanes], &p, &x, &mut dx, ws);
    for (l, (&k, state)) in into.iter().zip(states).enumerate() {
        values[k] = match &at_once {
            Ok(()) => (0..n).map(|i| dx[i * lanes + l]).collect(),
            Err(_) => alone(target, state, ws).unwrap_or_default(),
        };
    }
}

fn alone(target: &Target<'_>, x: &[f64], ws: &mut Workspace) -> Result<Vec<f64>, EvalError> {
    let mut dx = vec![0.0; x.len()];
    target.field.eval(&[0.0], target.p, x, &mut dx, ws)?;
    Ok(dx)
}

fn is_finite(f: &[f64]) -> bool {
    !f.is_empty() && f.iter().all(|v| v.is_finite())
}

impl Target<'_> {
    /// m(x), and grad ln m if wanted.
    fn deflation(&self, x: &[f64], gradient: Option<&mut [f64]>) -> f64 {
        let square = |y: &[f64]| x.iter().zip(y).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        let mut m = 1.0;
        let r2 = self.length * self.length;
        for y in self.deflated {
            m *= 1.0 + r2 / square(y).max(f64::MIN_POSITIVE);
        }
        if let Some(g) = gradient {
            g.fill(0.0);
            for y in self.deflated {
                let q = square(y).max(f64::MIN_POSITIVE);
                let slope = -2.0 * r2 / (q * (q + r2));
                g.iter_mut().zip(x.iter().zip(*y)).for_each(|(g, (a, b))| *g += slope * (a - b));
            }
        }
        m
    }
}

impl Lane {
    fn new(x: &[f64]) -> Self {
        Self {
            x: x.to_vec(),
            f: Vec::new(),
            merit: f64::INFINITY,
            w: Vec::new(),
            floor: 0.0,
            lu: None,
            d: Vec::new(),
            s: 1.0,
            first_s: 1.0,
            y: Vec::new(),
            chord: false,
            leaping: false,
            wants_direction: true,
            iterations: 0,
            short: 0,
            leaps: 0,
            slowest: None,
            ended: None,
        }
    }

    /// A new Jacobian at x, and the step from there.
    fn direct(&mut self, target: &Target<'_>, limits: &Limits, j: &mut Matrix, ws: &mut Workspace) {
        let n = self.x.len();
        self.wants_direction = false;
        self.chord = false;
        if self.iterations >= limits.iterations || norm(&self.x) > 25.0 * limits.reach {
            self.note_slow();
            self.ended = Some(Ended::Stalled);
            return;
        }
        if target.field.jacobian(0.0, target.p, &self.x, j, ws).is_err() {
            self.ended = Some(Ended::Failed);
            return;
        }
        let (mut top, mut sum) = (vec![0.0; n], vec![0.0; n]);
        row_sizes(j, &self.x, &mut top, &mut sum);
        if !is_finite(&sum) && !j.is_finite() {
            self.ended = Some(Ended::Failed);
            return;
        }
        // The reciprocal of a number below the smallest normal one may be infinite.
        self.w = top.iter().map(|&m| if m >= f64::MIN_POSITIVE { 1.0 / m } else { 1.0 }).collect();
        self.floor =
            2.0 * f64::EPSILON * self.w.iter().zip(&sum).map(|(w, s)| (w * s) * (w * s)).sum::<f64>().sqrt();
        let size = self.weighted(&self.f);
        self.merit = size * target.deflation(&self.x, None);
        if size <= self.floor {
            self.ended = Some(Ended::Zero);
            return;
        }
        scale_rows(j, &self.w);
        let lu = self.lu.get_or_insert_with(|| Elimination::new(n));
        lu.factor(j);
        let right: Vec<f64> = self.f.iter().zip(&self.w).map(|(f, w)| -f * w).collect();
        let mut d = right.clone();
        lu.solve(&mut d);
        let here = norm(&self.x);
        if !is_finite(&d) || norm(&d) > 1e3 * (here + limits.reach) {
            d = least_squares(j, &right);
        }
        self.d = d;
        self.bend(target);
        self.meet(target);
        let longest = limits.reach.max(here) / norm(&self.d);
        self.s = if longest < 1.0 { longest } else { 1.0 };
        self.first_s = self.s;
        if self.short >= SHORT {
            self.leap(limits);
        }
        self.aim();
    }

    /// Without headway: the whole step, wherever it leads, or the end.
    fn leap(&mut self, limits: &Limits) {
        self.note_slow();
        self.short = 0;
        if self.leaps == limits.leaps {
            self.ended = Some(Ended::Stalled);
            return;
        }
        self.leaps += 1;
        self.leaping = true;
        self.s = (0.5 * limits.reach / norm(&self.d)).min(1.0);
    }

    fn note_slow(&mut self) {
        let speed = norm(&self.f);
        if self.slowest.as_ref().is_none_or(|(least, _)| speed < *least) {
            self.slowest = Some((speed, self.x.clone()));
        }
    }

    /// The length that deflation gives to the step.
    fn bend(&mut self, target: &Target<'_>) {
        if target.deflated.is_empty() {
            return;
        }
        let mut g = vec![0.0; self.x.len()];
        target.deflation(&self.x, Some(&mut g));
        let along: f64 = g.iter().zip(&self.d).map(|(g, d)| g * d).sum();
        let factor = 1.0 / (1.0 - along);
        if factor.is_finite() && factor.abs() > 1e-8 {
            self.d.iter_mut().for_each(|d| *d *= factor);
        }
    }

    /// Whether this step leads to a known point.
    fn meet(&mut self, target: &Target<'_>) {
        let length = norm(&self.d);
        for (k, known) in target.known.iter().enumerate() {
            let before = distance(&self.x, known);
            if before > 1.2 * length || before < 0.8 * length {
                continue;
            }
            let after = self.x.iter().zip(&self.d).zip(*known).map(|((x, d), z)| (x + d - z).powi(2));
            if after.sum::<f64>().sqrt() <= 0.1 * before {
                self.ended = Some(Ended::Known(k));
                return;
            }
        }
    }

    fn aim(&mut self) {
        let s = self.s;
        self.y = self.x.iter().zip(&self.d).map(|(x, d)| x + s * d).collect();
    }

    fn weighted(&self, f: &[f64]) -> f64 {
        f.iter().zip(&self.w).map(|(f, w)| (f * w) * (f * w)).sum::<f64>().sqrt()
    }

    /// Takes the step or shortens it, now that f there is known.
    fn judge(&mut self, f: Vec<f64>, target: &Target<'_>, limits: &Limits) {
        let (size, merit) = match is_finite(&f) {
            true => {
                let size = self.weighted(&f);
                (size, size * target.deflation(&self.y, None))
            }
            false => (f64::INFINITY, f64::INFINITY),
        };
        let enough = if self.chord { 0.5 } else { 1.0 - 1e-4 * self.s };
        let step = self.s * norm(&self.d);
        if std::mem::take(&mut self.leaping) {
            if size.is_finite() {
                std::mem::swap(&mut self.x, &mut self.y);
                self.f = f;
                self.iterations += 1;
                self.wants_direction = true;
            } else {
                self.ended = Some(Ended::Stalled);
            }
            return;
        }
        if merit <= enough * self.merit {
            let ratio = merit / self.merit;
            std::mem::swap(&mut self.x, &mut self.y);
            (self.f, self.merit) = (f, merit);
            self.iterations += 1;
            self.short = if self.s < 0.1 { self.short + 1 } else { 0 };
            if size <= self.floor || (self.s == 1.0 && step <= 2.0 * f64::EPSILON * norm(&self.x)) {
                self.ended = Some(Ended::Zero);
            } else if self.s == 1.0 && ratio <= 0.25 && target.deflated.is_empty() {
                self.chord = true;
                let mut d: Vec<f64> = self.f.iter().zip(&self.w).map(|(f, w)| -f * w).collect();
                if let Some(lu) = &self.lu {
                    lu.solve(&mut d);
                }
                if is_finite(&d) {
                    self.d = d;
                    self.meet(target);
                    self.aim();
                } else {
                    self.wants_direction = true;
                }
            } else {
                self.wants_direction = true;
            }
            return;
        }
        // Rounding keeps f from falling further.
        if step <= 1e-9 * norm(&self.x).max(1e-3 * limits.reach) && size <= 1e3 * self.floor {
            self.ended = Some(Ended::Zero);
            return;
        }
        if self.chord {
            self.wants_direction = true;
            return;
        }
        // The minimum of the parabola through |F|^2 and its slope at 0 and the value at s.
        let q = (merit / self.merit).powi(2);
        let s = if q.is_finite() { self.s * self.s / (q - 1.0 + 2.0 * self.s) } else { 0.0 };
        self.s = s.clamp(0.1 * self.s, 0.5 * self.s);
        if self.s < 1e-4 * self.first_s {
            if step <= 1e-9 * norm(&self.x) {
                self.ended = Some(Ended::Zero);
                return;
            }
            self.leap(limits);
        }
        self.aim();
    }
}

/// The shortest step that fits best where J is singular to rounding.
fn least_squares(j: &Matrix, right: &[f64]) -> Vec<f64> {
    let s = svd(j);
    let floor = 1e-8 * s.s.first().copied().unwrap_or(0.0);
    let mut d = vec![0.0; right.len()];
    for k in (0..s.s.len()).filter(|&k| s.s[k] > floor) {
        let c = s.u.column(k).iter().zip(right).map(|(u, r)| u * r).sum::<f64>() / s.s[k];
        d.iter_mut().zip(s.v.column(k)).for_each(|(d, v)| *d += c * v);
    }
    d
}
