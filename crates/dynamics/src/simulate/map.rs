//! Maps, iterated: the linear one, x(k+1) = A x(k) + g, and any other, x(k+1) = f(x(k); p(k)).

use super::cause::largest;
use super::settings::finite;
use super::{ErrorEstimate, Progress, SimulateError, Trajectory, Verdict};
use crate::field::IteratedMap;
use linalg::{Matrix, mul_vec_into};
use std::ops::Range;

/// Iterates x(k+1) = A x(k) + g from `x0`, `steps` times; the times of the trajectory are 0, 1, …
///
/// # Errors
/// When lengths do not fit or entries are not finite.
pub fn simulate_map(
    a: &Matrix,
    g: &[f64],
    x0: &[f64],
    steps: usize,
    progress: Progress<'_>,
) -> Result<Trajectory, SimulateError> {
    let n = a.rows();
    for (what, found) in [("each row of A", a.cols()), ("g", g.len()), ("the initial state", x0.len())] {
        if found != n {
            return Err(SimulateError::WrongLength { what, expected: n, found });
        }
    }
    finite("A, column by column, entry", a.as_slice())?;
    finite("g", g)?;
    finite("the initial state", x0)?;
    let cause =
        "unstable linear growth: an eigenvalue of A outside the unit circle (or a defective one on it)";
    let step = |_: usize, x: &[f64], next: &mut [f64]| {
        mul_vec_into(a, x, next);
        next.iter_mut().zip(g).for_each(|(y, g)| *y += g);
    };
    Ok(iterated(step, 0..steps, x0, cause, progress))
}

/// Iterates x(k+1) = f(x(k); p(k)) from `x0` at the first index of `steps`; the times of the trajectory are these indices and
/// the one after the last. `p` writes p(k), with as many entries as `parameters` has.
///
/// # Errors
/// When the state at the start does not fit the map or is not finite.
pub fn simulate_iterated(
    map: &dyn IteratedMap,
    parameters: usize,
    p: &dyn Fn(usize, &mut [f64]),
    x0: &[f64],
    steps: Range<usize>,
    progress: Progress<'_>,
) -> Result<Trajectory, SimulateError> {
    let (expected, found) = (map.dimension(), x0.len());
    if found != expected {
        return Err(SimulateError::WrongLength { what: "the initial state", expected, found });
    }
    finite("the initial state", x0)?;
    let step = |k: usize, x: &[f64], next: &mut [f64]| {
        let mut q = vec![0.0; parameters];
        p(k, &mut q);
        map.step(&q, x, next);
    };
    let cause = "the map grows without bound from here, or left the numbers on which it is defined";
    Ok(iterated(step, steps, x0, cause, progress))
}

/// The states after each step.
fn iterated(
    step: impl Fn(usize, &[f64], &mut [f64]),
    steps: Range<usize>,
    x0: &[f64],
    cause: &str,
    progress: Progress<'_>,
) -> Trajectory {
    let (mut x, mut next) = (x0.to_vec(), vec![0.0; x0.len()]);
    let mut all = x0.to_vec();
    let mut verdict = Verdict::Completed;
    let mut done = 0;
    for k in steps.clone() {
        if progress(done as f64 / steps.len() as f64).is_break() {
            verdict = Verdict::Stopped { time: k as f64 };
            break;
        }
        step(k, &x, &mut next);
        if next.iter().any(|y| !y.is_finite()) {
            let (variable, value) = largest(&x);
            verdict = Verdict::Diverged { time: k as f64, variable, value, cause: cause.to_string() };
            break;
        }
        std::mem::swap(&mut x, &mut next);
        all.extend_from_slice(&x);
        done += 1;
    }
    Trajectory {
        t: (0..=done).map(|k| (steps.start + k) as f64).collect(),
        x: Matrix::from_columns(x0.len(), done + 1, all),
        method: "iterate".to_string(),
        reason: "a map is iterated, step by step".to_string(),
        steps: done,
        rejected: 0,
        evaluations: done,
        verdict,
        error: ErrorEstimate { value: None, reason: "iteration makes no error but rounding".to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::unwatched;

    #[test]
    fn a_rotation_by_a_quarter_returns_after_four_steps() {
        let a = Matrix::from_rows(&[[0.0, -1.0], [1.0, 0.0]]);
        let run = simulate_map(&a, &[0.0; 2], &[1.0, 2.0], 8, &unwatched).unwrap();
        assert_eq!(run.x.column(8), [1.0, 2.0]);
        assert_eq!(run.t.len(), 9);
    }

    #[test]
    fn a_growing_map_stops_at_the_last_finite_state() {
        let a = Matrix::diagonal(&[1e100, 0.5]);
        let run = simulate_map(&a, &[0.0; 2], &[1.0, 1.0], 9, &unwatched).unwrap();
        assert!(matches!(run.verdict, Verdict::Diverged { variable: 0, time: 3.0, .. }));
        assert!(run.x.is_finite());
    }

    #[test]
    fn a_driven_map_sees_the_parameters_of_each_step_and_counts_from_its_start() {
        /// x' = x + p.
        struct Sum;
        impl IteratedMap for Sum {
            fn dimension(&self) -> usize {
                1
            }
            fn step(&self, p: &[f64], x: &[f64], next: &mut [f64]) {
                next[0] = x[0] + p[0];
            }
        }
        let input = |k: usize, p: &mut [f64]| p[0] = k as f64;
        let run = simulate_iterated(&Sum, 1, &input, &[0.5], 3..6, &unwatched).unwrap();
        assert_eq!((run.t, run.x.as_slice()), (vec![3.0, 4.0, 5.0, 6.0], &[0.5, 3.5, 7.5, 12.5][..]));
        assert!(simulate_iterated(&Sum, 1, &input, &[0.5, 1.0], 3..6, &unwatched).is_err());
    }
}
