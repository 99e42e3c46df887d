//! A vector field followed from one initial state.
//!
//! ```
//! use dynamics::field::LinearSystem;
//! use dynamics::linalg::Matrix;
//! use dynamics::simulate::{Method, Settings, Verdict, simulate, unwatched};
//! let oscillator = LinearSystem::new(Matrix::from_rows(&[[0.0, 1.0], [-1.0, 0.0]]));
//! let settings = Settings { method: Method::Dop853, rtol: 1e-9, ..Settings::default() };
//! let run = simulate(&oscillator, &[], &[1.0, 0.0], &[0.0, 1.0], &settings, &unwatched).unwrap();
//! assert_eq!(run.verdict, Verdict::Completed);
//! assert!((run.x[(0, 1)] - 1f64.cos()).abs() < 1e-8);
//! ```

use super::control::Tolerance;
use super::course::{Course, End, Outcome, Watch};
use super::settings::check;
use super::{
    ErrorEstimate, ErrorEstimation, Method, Progress, Settings, SimulateError, Trajectory, Verdict, adaptive,
    cause, error_estimate, fixed,
};
use crate::field::VectorField;
use linalg::Matrix;

/// Follows dx/dt = f(t, x; p) from `x0` at `times[0]` through the other times.
///
/// # Errors
/// When the question cannot be asked (lengths, times, settings), or the right-hand side fails. Divergence is no error: it
/// is the verdict of the trajectory.
pub fn simulate<F: VectorField + ?Sized>(
    field: &F,
    p: &[f64],
    x0: &[f64],
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Trajectory, SimulateError> {
    let n = field.dimension();
    check(n, x0, times, settings)?;
    if x0.len() != n {
        return Err(SimulateError::WrongLength { what: "the initial state", expected: n, found: x0.len() });
    }
    let (method, reason) = choose(settings, n)?;
    let plan = Plan { field, p, times, method, settings };
    if times.len() == 1 {
        return Ok(standing(x0, times, method, reason));
    }
    let shares =
        if settings.error == ErrorEstimation::SecondRun { (1.0 / 3.0, 2.0 / 3.0) } else { (1.0, 0.0) };
    let first = |fraction: f64| progress(fraction * shares.0);
    let (x, outcome) = plan.run(x0, 1.0, &first)?;
    let mut run = plan.trajectory(x, &outcome, reason);
    if let Verdict::Completed = run.verdict {
        let second = |fraction: f64| progress(shares.0 + fraction * shares.1);
        run.error = error_estimate::by_second_run(&plan, x0, &run, &second)?;
    }
    Ok(run)
}

/// A method, with the sentence that says why.
pub(crate) fn choose(settings: &Settings, n: usize) -> Result<(Method, String), SimulateError> {
    match settings.method {
        Method::Auto => {
            let (method, why) = Method::for_field(n, settings.rtol);
            Ok((method, format!("auto chose {}: {why}", method.name())))
        }
        Method::Expm => Err(SimulateError::Unfit {
            method: "expm",
            reason: "propagates linear systems only; take `auto`",
        }),
        Method::EulerMaruyama => Err(SimulateError::Unfit {
            method: "euler_maruyama",
            reason: "is for systems with noise, and this one has none; take `auto`",
        }),
        method => Ok((method, format!("{} was asked for", method.name()))),
    }
}

/// One field, one way to follow it.
pub(crate) struct Plan<'a, F: ?Sized> {
    pub(crate) field: &'a F,
    pub(crate) p: &'a [f64],
    pub(crate) times: &'a [f64],
    pub(crate) method: Method,
    pub(crate) settings: &'a Settings,
}

impl<F: VectorField + ?Sized> Plan<'_, F> {
    /// Follows the states `x0s`, with tolerance and step divided by `finer`; n x T numbers for each.
    pub(crate) fn run_many(
        &self,
        x0s: &[f64],
        finer: f64,
        out: &mut [f64],
        watch: &Watch<'_>,
    ) -> Result<Vec<Outcome>, SimulateError> {
        let (t0, t1) = (self.times[0], self.times[self.times.len() - 1]);
        let mut stops = self.field.breakpoints(t0, t1);
        stops.retain(|&t| t0 < t && t < t1);
        stops.push(t1);
        let course = Course {
            field: self.field,
            n: self.field.dimension(),
            p: self.p,
            times: self.times,
            stops: &stops,
            bound: self.settings.bound,
            max_steps: self.settings.max_steps,
        };
        let m = self.method.tableau().expect("the caller chose a Runge-Kutta method");
        let outcomes = if self.method.is_adaptive() {
            // Below a few eps the estimate of the local error is rounding noise.
            let rtol = (self.settings.rtol / finer).max(10.0 * f64::EPSILON);
            let tolerance = Tolerance { rtol, atol: self.settings.atol / finer };
            adaptive::follow(&course, m, tolerance, x0s, out, watch)?
        } else {
            fixed::follow(&course, m, self.dt() / finer, x0s, out, watch)?
        };
        Ok(outcomes)
    }

    /// Follows one state.
    pub(crate) fn run(
        &self,
        x0: &[f64],
        finer: f64,
        progress: Progress<'_>,
    ) -> Result<(Vec<f64>, Outcome), SimulateError> {
        let mut out = vec![f64::NAN; x0.len() * self.times.len()];
        let watch = Watch::new(progress, 1);
        let mut outcomes = self.run_many(x0, finer, &mut out, &watch)?;
        let mut outcome = outcomes.pop().expect("one state has one outcome");
        outcome.start = x0.to_vec();
        Ok((out, outcome))
    }

    /// The step of a method of fixed step.
    pub(crate) fn dt(&self) -> f64 {
        let smallest = self.times.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
        self.settings.dt.unwrap_or(smallest)
    }

    /// The first run in words.
    fn trajectory(&self, mut x: Vec<f64>, outcome: &Outcome, mut reason: String) -> Trajectory {
        let n = self.field.dimension();
        let columns = outcome.recorded.max(1);
        x.truncate(columns * n);
        if !self.method.is_adaptive() {
            let source = if self.settings.dt.is_some() { "" } else { ", the smallest recorded interval" };
            reason.push_str(&format!("; its step is {}{source}", self.dt()));
        }
        if outcome.stiff_steps * 2 > outcome.steps {
            reason.push_str(
                "; most of its steps were held short by stability, not by accuracy: the system is stiff, and an implicit \
                 method would need fewer",
            );
        }
        if matches!(outcome.end, End::Stopped { .. }) && outcome.steps >= self.settings.max_steps {
            reason.push_str(&format!("; it stopped at the limit of {} steps", self.settings.max_steps));
        }
        let verdict = cause::verdict(self, outcome);
        Trajectory {
            t: self.times[..columns].to_vec(),
            x: Matrix::from_columns(n, columns, x),
            method: self.method.name().to_string(),
            reason,
            steps: outcome.steps,
            rejected: outcome.rejected,
            evaluations: outcome.evaluations,
            error: error_estimate::none_after(&verdict, self.settings),
            verdict,
        }
    }
}

/// The trajectory of a single recorded time: its initial state.
pub(crate) fn standing(x0: &[f64], times: &[f64], method: Method, reason: String) -> Trajectory {
    Trajectory {
        t: times.to_vec(),
        x: Matrix::from_columns(x0.len(), 1, x0.to_vec()),
        method: method.name().to_string(),
        reason,
        steps: 0,
        rejected: 0,
        evaluations: 0,
        verdict: Verdict::Completed,
        error: ErrorEstimate { value: Some(0.0), reason: "nothing was computed".to_string() },
    }
}
