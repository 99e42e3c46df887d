//! An implicit method takes over where `auto`'s explicit one was held short by stability.
//!
//! What is left of such a trajectory is a run of its own, from the state reached to the end.

use super::adaptive;
use super::control::Tolerance;
use super::course::{Course, End, Outcome, Watch};
use super::tableau::Tableau;
use crate::field::{EvalError, VectorField};

/// Follows with `m` the rest of each trajectory that was handed over, and completes its outcome and its n x T numbers.
pub(crate) fn take_over<F: VectorField + ?Sized>(
    course: &Course<'_, F>,
    m: &'static Tableau,
    tolerance: Tolerance,
    outcomes: &mut [Outcome],
    out: &mut [f64],
    watch: &Watch<'_>,
) -> Result<(), EvalError> {
    let (n, columns, total) = (course.n, course.times.len(), outcomes.len());
    let mut done = outcomes.iter().filter(|o| o.end != End::HandedOver).count();
    for (outcome, out) in outcomes.iter_mut().zip(out.chunks_exact_mut(n * columns)) {
        if outcome.end != End::HandedOver {
            continue;
        }
        let (t, column) = (outcome.time, outcome.recorded);
        let times: Vec<f64> = std::iter::once(t).chain(course.times[column..].iter().copied()).collect();
        let stops = &course.stops[course.stops.partition_point(|&stop| stop <= t)..];
        let left = course.max_steps.saturating_sub(outcome.steps);
        let rest = Course { times: &times, stops, max_steps: left, hands_over: false, ..*course };
        let mut states = vec![f64::NAN; n * times.len()];
        let share = (done as f64 / total as f64, 1.0 / total as f64);
        let mut ends = adaptive::follow(&rest, m, tolerance, &outcome.last, &mut states, watch, share)?;
        let end = ends.pop().expect("one state has one outcome");
        out[n * column..n * (column + end.recorded - 1)].copy_from_slice(&states[n..n * end.recorded]);
        *outcome = Outcome {
            recorded: column + end.recorded - 1,
            steps: outcome.steps + end.steps,
            rejected: outcome.rejected + end.rejected,
            evaluations: outcome.evaluations + end.evaluations,
            taken_over: Some(t),
            ..end
        };
        done += 1;
    }
    Ok(())
}
