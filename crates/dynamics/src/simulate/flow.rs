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

use super::course::{End, Outcome};
use super::plan::Plan;
use super::settings::{FixedStep, check};
use super::{
    ErrorEstimate, ErrorEstimation, Method, Progress, Settings, SimulateError, Trajectory, Verdict, cause,
    error_estimate,
};
use crate::field::VectorField;
use linalg::Matrix;

/// Follows dx/dt = f(t, x; p) from `x0` at `times[0]` through the other times.
///
/// # Errors
/// When the question cannot be asked (lengths, times, settings), or the right-hand side fails. Divergence is no error: it
/// is the verdict of the trajectory.
pub fn simulate(
    field: &dyn VectorField,
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
    let (method, mut reason) = choose(settings, n)?;
    if times.len() == 1 {
        return Ok(standing(x0, times, method, reason));
    }
    let mut dt = f64::NAN;
    if !method.is_adaptive() {
        let step = FixedStep::of(settings, times)?;
        dt = step.dt;
        reason.push_str(&step.words());
    }
    let plan = Plan { field, p, times, method, settings, dt };
    let shares =
        if settings.error == ErrorEstimation::SecondRun { (1.0 / 3.0, 2.0 / 3.0) } else { (1.0, 0.0) };
    let first = |fraction: f64| progress(fraction * shares.0);
    let (x, outcome) = plan.run(x0, 1.0, &first)?;
    let mut run = trajectory(&plan, x, &outcome, reason);
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
        Method::EulerMaruyama | Method::Milstein => Err(SimulateError::Unfit {
            method: settings.method.name(),
            reason: "is for systems with noise, and this one has none; take `auto`",
        }),
        Method::BackwardEuler | Method::CrankNicolson => Err(SimulateError::Unfit {
            method: settings.method.name(),
            reason: "is for systems on a tree, and this one is none; take `auto`",
        }),
        method => Ok((method, format!("{} was asked for", method.name()))),
    }
}

/// The first run in words.
fn trajectory<F: VectorField + ?Sized>(
    plan: &Plan<'_, F>,
    mut x: Vec<f64>,
    outcome: &Outcome,
    mut reason: String,
) -> Trajectory {
    let n = plan.field.dimension();
    let columns = outcome.recorded.max(1);
    x.truncate(columns * n);
    let mut method = plan.method.name().to_string();
    if let Some(t) = outcome.taken_over {
        method = taken_over(plan.method);
        reason.push_str(&format!(
            "; from t = {t:.3e} on stability, not accuracy, held its steps short: the system is stiff, and {} took over",
            Method::Rodas5P.name()
        ));
    } else if outcome.stiff_steps * 2 > outcome.steps {
        reason.push_str(&format!(
            "; most of its steps were held short by stability, not by accuracy: the system is stiff, and the implicit \
             method {} would need fewer",
            Method::Rodas5P.name()
        ));
    }
    if matches!(outcome.end, End::Stopped { .. }) && outcome.steps >= plan.settings.max_steps {
        reason.push_str(&format!("; it stopped at the limit of {} steps", plan.settings.max_steps));
    }
    let verdict = cause::verdict(plan, outcome);
    Trajectory {
        t: plan.times[..columns].to_vec(),
        x: Matrix::from_columns(n, columns, x),
        method,
        reason,
        steps: outcome.steps,
        rejected: outcome.rejected,
        evaluations: outcome.evaluations,
        error: error_estimate::none_after(&verdict, plan.settings),
        verdict,
    }
}

/// The name of a run that an implicit method took over.
pub(crate) fn taken_over(method: Method) -> String {
    format!("{}+{}", method.name(), Method::Rodas5P.name())
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
