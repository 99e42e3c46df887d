//! The global error, estimated by a second run.
//!
//! The error of a run at tolerance tol shrinks about in proportion to tol (at step dt like dt^p), so the distance between
//! its end and that of a run at tol/10 (dt/2) is its error, up to a tenth (a factor 2^p - 1 that is known).
//!
//! Cost: with order q a tolerance ten times smaller needs 10^(1/q) times the steps: 1.6 for order 5; five times smaller
//! 1.7 for order 3. Half the step costs twice the run. Together with the first run that is at most three times its cost.
//!
//! It has no meaning where two runs lose each other: in chaos, or at a tolerance so loose that they end as far apart as
//! the system moves. Then the value is `None`, and the reason says so.

use super::plan::Plan;
use super::{ErrorEstimate, ErrorEstimation, Progress, Settings, SimulateError, Trajectory, Verdict};
use crate::field::VectorField;
use crate::simulate::course::End;

/// The estimate of a completed run.
pub(crate) fn by_second_run<F: VectorField + ?Sized>(
    plan: &Plan<'_, F>,
    x0: &[f64],
    run: &Trajectory,
    progress: Progress<'_>,
) -> Result<ErrorEstimate, SimulateError> {
    if plan.settings.error == ErrorEstimation::Off {
        return Ok(off());
    }
    let ends = [plan.times[0], plan.times[plan.times.len() - 1]];
    let finer = Plan { times: &ends, ..*plan };
    let order = plan.method.order().unwrap_or(1) as i32;
    let (factor, remainder, what) = if !plan.method.is_adaptive() {
        (2.0, 1.0 - 0.5f64.powi(order), "half the step")
    } else if order < 5 {
        (5.0, 1.0, "a fifth of the tolerance")
    } else {
        (10.0, 1.0, "a tenth of the tolerance")
    };
    let (x, outcome) = finer.run(x0, factor, progress)?;
    if matches!(outcome.end, End::Stopped { .. }) {
        return Ok(none("the second run was stopped"));
    }
    if outcome.end != End::Completed {
        return Ok(none(format!("a second run with {what} did not reach the end")));
    }
    Ok(distance(run, &x[x0.len()..], remainder, what))
}

/// The estimate, from the recorded variables at the end of a second run `what`, whose error is 1 - `remainder` times that of
/// the first.
pub(crate) fn distance(run: &Trajectory, end: &[f64], remainder: f64, what: &str) -> ErrorEstimate {
    let (n, last) = (run.x.rows(), run.x.column(run.x.cols() - 1));
    let distance = norm(last.iter().zip(end).map(|(a, b)| a - b));
    // How far the system moves: the largest distance of a recorded state from their mean.
    let columns = run.x.cols() as f64;
    let mean: Vec<f64> =
        (0..n).map(|i| (0..run.x.cols()).map(|k| run.x[(i, k)]).sum::<f64>() / columns).collect();
    let size = (0..run.x.cols())
        .map(|k| norm(run.x.column(k).iter().zip(&mean).map(|(x, m)| x - m)))
        .fold(0.0, f64::max);
    let value = distance / remainder;
    if !(value.is_finite()) || value > 0.1 * size && value > 1e-3 * norm(last.iter().copied()) {
        return none(format!(
            "a second run with {what} ended {value:.2e} away, while the system moves over {size:.2e}: two runs lose each \
             other (chaos, or a tolerance that is too loose), and a number would have no meaning"
        ));
    }
    let rounding = f64::EPSILON * norm(last.iter().copied());
    ErrorEstimate {
        value: Some(value.max(rounding)),
        reason: format!("the distance at the end to a second run with {what}"),
    }
}

/// What is said of runs that did not complete, until something better is known.
pub(crate) fn none_after(verdict: &Verdict, settings: &Settings) -> ErrorEstimate {
    match verdict {
        Verdict::Completed if settings.error == ErrorEstimation::Off => off(),
        Verdict::Completed => none("it was not estimated"),
        _ => none("the run did not reach its end"),
    }
}

/// No estimate, for this reason.
pub(crate) fn none(reason: impl Into<String>) -> ErrorEstimate {
    ErrorEstimate { value: None, reason: reason.into() }
}

fn off() -> ErrorEstimate {
    none("the estimate was switched off")
}

pub(crate) fn norm(v: impl Iterator<Item = f64>) -> f64 {
    v.map(|x| x * x).sum::<f64>().sqrt()
}
