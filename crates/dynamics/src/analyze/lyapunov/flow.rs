//! The exponents of a flow, by steps of Runge and Kutta or by any method of `simulate`.

use super::exponents::{LyapunovExponents, LyapunovVerdict};
use super::record::{Circumstances, Record};
use super::tangent::{Orbit, Stages, Tangent, directions};
use super::variational::Variational;
use crate::field::{EvalError, VectorField, Workspace};
use crate::simulate::{ErrorEstimation, Progress, Settings, SimulateError, Verdict, simulate, unwatched};
use linalg::{Matrix, orthonormalize};

/// A speed that changed by less than this factor over the record belongs to an orbit that came to no rest.
const MOVING: f64 = 1e4;

/// How to compute the exponents of a flow. Times are in the unit of the field.
#[derive(Clone, Debug, PartialEq)]
pub struct LyapunovSettings {
    /// How many exponents; `None`: all.
    pub count: Option<usize>,
    /// How long the state is followed alone before.
    pub transient: f64,
    /// How long the tangent vectors turn into their directions before their growth counts.
    pub alignment: f64,
    /// How long the growth is recorded.
    pub time: f64,
    /// The time between two orthonormalizations; short enough that no vector grows beyond 1e8 of another. One of all n vectors costs
    /// about as much as half a step.
    pub between: f64,
    /// The step.
    pub step: LyapunovStep,
    /// The error of an exponent, in parts of the largest modulus among them, up to which it counts as converged.
    pub tolerance: f64,
}

/// The step of the variational equation.
#[derive(Clone, Debug, PartialEq)]
pub enum LyapunovStep {
    /// Runge and Kutta of order 4 with this step, shortened so that it divides `between`.
    Fixed {
        /// The step.
        dt: f64,
    },
    /// A method of `simulate` with its own step; for few variables.
    Adaptive(Box<Settings>),
}

impl LyapunovSettings {
    /// All exponents from a record of this length, in fixed steps, orthonormalized every ten; a tenth of the time for
    /// the transient and another for the alignment.
    pub fn new(time: f64, dt: f64) -> Self {
        Self {
            count: None,
            transient: 0.1 * time,
            alignment: 0.1 * time,
            time,
            between: 10.0 * dt,
            step: LyapunovStep::Fixed { dt },
            tolerance: 0.01,
        }
    }
}

/// How a piece of the run ended.
enum Piece {
    Through,
    Ended(LyapunovVerdict),
}

/// The Lyapunov exponents along the orbit from `x0`, which starts at time 0.
///
/// # Errors
/// When the question cannot be asked (lengths, settings), or the right-hand side fails. That they did not converge is no
/// error: see the verdict.
pub fn lyapunov_exponents(
    field: &dyn VectorField,
    p: &[f64],
    x0: &[f64],
    settings: &LyapunovSettings,
    progress: Progress<'_>,
) -> Result<LyapunovExponents, SimulateError> {
    let n = field.dimension();
    if x0.len() != n || n == 0 {
        let expected = n.max(1);
        return Err(SimulateError::WrongLength { what: "the initial state", expected, found: x0.len() });
    }
    if let Some(index) = x0.iter().position(|x| !x.is_finite()) {
        return Err(SimulateError::NotFinite { what: "the initial state", index, value: x0[index] });
    }
    positive("time", settings.time, f64::MIN_POSITIVE)?;
    positive("between", settings.between, f64::MIN_POSITIVE)?;
    positive("transient", settings.transient, 0.0)?;
    positive("alignment", settings.alignment, 0.0)?;
    let k = settings.count.unwrap_or(n);
    if k == 0 || k > n {
        let remedy = "at least one exponent, and at most as many as there are variables";
        return Err(SimulateError::Setting { name: "count", value: k as f64, remedy });
    }
    match &settings.step {
        LyapunovStep::Fixed { dt } => {
            positive("dt", *dt, f64::MIN_POSITIVE)?;
            fixed(field, p, x0, k, *dt, settings, progress)
        }
        LyapunovStep::Adaptive(run) => adaptive(field, p, x0, k, run, settings, progress),
    }
}

fn positive(name: &'static str, value: f64, least: f64) -> Result<(), SimulateError> {
    if value >= least && value.is_finite() {
        return Ok(());
    }
    let remedy = if least > 0.0 { "give a positive number" } else { "give 0 or a positive number" };
    Err(SimulateError::Setting { name, value, remedy })
}

fn fixed(
    field: &dyn VectorField,
    p: &[f64],
    x0: &[f64],
    k: usize,
    dt: f64,
    settings: &LyapunovSettings,
    progress: Progress<'_>,
) -> Result<LyapunovExponents, SimulateError> {
    let n = x0.len();
    let span = settings.between.min(settings.time);
    let steps = (span / dt - 1e-9).ceil().max(1.0) as usize;
    let h = span / steps as f64;
    let mut orbit = Orbit::new(field, p, x0, h);
    let mut stages = vec![Stages { t: 0.0, x: Vec::new() }; steps];
    let mut tangent = Tangent::new(directions(n, k));
    let mut record = Record::new(k, span);
    let mut j = Matrix::zeros(n, n);
    let count = |time: f64| (time / span - 1e-9).ceil().max(0.0) as usize;
    let phases = [count(settings.transient), count(settings.alignment), count(settings.time)];
    let total = phases.iter().sum::<usize>() as f64;
    let (mut done, mut start_speed, mut divergence) = (0.0, 0.0, 0.0);
    let mut control = Control::new(field, p, h, steps, k);
    let every = phases[2].div_ceil(CONTROLS).max(SELDOM);
    let mut ended = None;
    'run: for (phase, intervals) in phases.into_iter().enumerate() {
        if phase == 2 {
            start_speed = orbit.speed()?;
        }
        for interval in 0..intervals {
            if progress(done / total).is_break() {
                ended = Some(LyapunovVerdict::Stopped { time: orbit.t });
                break 'run;
            }
            let before =
                (phase == 2 && interval % every == 0).then(|| (orbit.t, orbit.x.clone(), tangent.vectors()));
            for s in &mut stages {
                if phase == 2 && k == n {
                    divergence += 0.5 * orbit.divergence(&mut j)?;
                }
                orbit.step(s)?;
                if phase == 2 && k == n {
                    divergence += 0.5 * orbit.divergence(&mut j)?;
                }
            }
            if orbit.x.iter().any(|x| !x.is_finite()) {
                ended = Some(LyapunovVerdict::Diverged { time: orbit.t });
                break 'run;
            }
            if phase > 0 {
                let diagonal = tangent.advance(field, p, h, &stages)?;
                if phase == 2 {
                    record.push(&diagonal);
                }
                if let Some((t, x, v)) = before {
                    control.compare(t, &x, v, &diagonal)?;
                }
            }
            done += 1.0;
        }
    }
    let end_speed = orbit.speed()?;
    let seen = phases[2] as f64 * span;
    let complete = ended.is_none();
    let rate = (end_speed / start_speed).ln() / seen;
    Ok(record.judge(Circumstances {
        dimension: n,
        tolerance: settings.tolerance,
        along_flow: Some(rate).filter(|r| complete && r.is_finite()),
        has_trivial: complete && field.is_autonomous() && moves(start_speed, end_speed, &orbit.x),
        mean_divergence: (complete && k == n).then_some(divergence * h / seen),
        step_errors: control.errors(span),
        ended,
        state: orbit.x,
    }))
}

/// Intervals that are gone through again in half the step, at most …
const CONTROLS: usize = 64;
/// … and at most one in so many.
const SELDOM: usize = 20;
/// An orbit in long steps is another orbit, too: its share in the error is taken to be as large as what is seen.
const SAFETY: f64 = 2.0;

/// What half the step changes in the growth over single intervals, from the same state and the same vectors.
struct Control<'a> {
    field: &'a dyn VectorField,
    p: &'a [f64],
    h: f64,
    stages: Vec<Stages>,
    seen: usize,
    change: Vec<f64>,
}

impl<'a> Control<'a> {
    fn new(field: &'a dyn VectorField, p: &'a [f64], h: f64, steps: usize, k: usize) -> Self {
        let stages = vec![Stages { t: 0.0, x: Vec::new() }; 2 * steps];
        Self { field, p, h: 0.5 * h, stages, seen: 0, change: vec![0.0; k] }
    }

    fn compare(&mut self, t: f64, x: &[f64], v: Matrix, coarse: &[f64]) -> Result<(), EvalError> {
        let mut orbit = Orbit::new(self.field, self.p, x, self.h);
        orbit.t = t;
        for stage in &mut self.stages {
            orbit.step(stage)?;
        }
        let fine = Tangent::new(v).advance(self.field, self.p, self.h, &self.stages)?;
        for (change, (fine, coarse)) in self.change.iter_mut().zip(fine.iter().zip(coarse)) {
            *change += (fine / coarse).ln();
        }
        self.seen += 1;
        Ok(())
    }

    /// The error of each rate of growth, for intervals of this length.
    fn errors(&self, span: f64) -> Vec<f64> {
        let time = self.seen.max(1) as f64 * span;
        self.change.iter().map(|change| SAFETY * 16.0 / 15.0 * change.abs() / time).collect()
    }
}

/// Whether an orbit with these speeds at both ends comes to no rest.
fn moves(start: f64, end: f64, x: &[f64]) -> bool {
    let size = x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let floor = 1e-8 * (1.0 + size);
    start > floor && end > floor && (end / start).max(start / end) < MOVING
}

fn adaptive(
    field: &dyn VectorField,
    p: &[f64],
    x0: &[f64],
    k: usize,
    run: &Settings,
    settings: &LyapunovSettings,
    progress: Progress<'_>,
) -> Result<LyapunovExponents, SimulateError> {
    let n = x0.len();
    let run = Settings { error: ErrorEstimation::Off, ..run.clone() };
    let span = settings.between.min(settings.time);
    let count = |time: f64| (time / span - 1e-9).ceil().max(0.0) as usize;
    let (before, counted) = (count(settings.alignment), count(settings.time));
    let mut record = Record::new(k, span);
    let mut t = 0.0;
    let mut x = x0.to_vec();
    let mut ended = None;
    if settings.transient > 0.0 {
        t = settings.transient;
        ended = follow(field, p, &mut x, (0.0, t), &run)?.verdict();
    }
    let whole = Variational { field, k };
    let mut state = x.clone();
    state.extend_from_slice(directions(n, k).as_slice());
    state.push(0.0);
    let mut ws = Workspace::default();
    let mut slope = vec![0.0; n];
    let mut speed = |t: f64, x: &[f64]| -> Result<f64, EvalError> {
        field.eval(&[t], p, x, &mut slope, &mut ws)?;
        Ok(slope.iter().map(|f| f * f).sum::<f64>().sqrt())
    };
    let start = t;
    let mut start_speed = f64::NAN;
    for m in 0..before + counted {
        if ended.is_some() {
            break;
        }
        if progress(m as f64 / (before + counted) as f64).is_break() {
            ended = Some(LyapunovVerdict::Stopped { time: t });
            break;
        }
        if m == before {
            start_speed = speed(t, &state[..n])?;
            state[n * (k + 1)] = 0.0;
        }
        let next = start + (m + 1) as f64 * span;
        ended = follow(&whole, p, &mut state, (t, next), &run)?.verdict();
        t = next;
        let mut v = Matrix::from_columns(n, k, state[n..n * (k + 1)].to_vec());
        let diagonal = orthonormalize(&mut v);
        state[n..n * (k + 1)].copy_from_slice(v.as_slice());
        if m >= before && ended.is_none() {
            record.push(&diagonal);
        }
    }
    let complete = ended.is_none();
    let end_speed = speed(t, &state[..n])?;
    let seen = counted as f64 * span;
    let rate = (end_speed / start_speed).ln() / seen;
    Ok(record.judge(Circumstances {
        dimension: n,
        tolerance: settings.tolerance,
        along_flow: Some(rate).filter(|r| complete && r.is_finite()),
        has_trivial: complete && field.is_autonomous() && moves(start_speed, end_speed, &state[..n]),
        mean_divergence: (complete && k == n).then_some(state[n * (k + 1)] / seen),
        step_errors: Vec::new(),
        ended,
        state: state[..n].to_vec(),
    }))
}

impl Piece {
    fn verdict(self) -> Option<LyapunovVerdict> {
        match self {
            Self::Through => None,
            Self::Ended(verdict) => Some(verdict),
        }
    }
}

fn follow(
    field: &dyn VectorField,
    p: &[f64],
    x: &mut Vec<f64>,
    times: (f64, f64),
    run: &Settings,
) -> Result<Piece, SimulateError> {
    let seen = simulate(field, p, x, &[times.0, times.1], run, &unwatched)?;
    *x = seen.x.column(seen.x.cols() - 1).to_vec();
    Ok(match seen.verdict {
        Verdict::Completed => Piece::Through,
        Verdict::Diverged { time, .. } => Piece::Ended(LyapunovVerdict::Diverged { time }),
        _ => Piece::Ended(LyapunovVerdict::Stopped { time: times.0 }),
    })
}
