//! The linear map x(k+1) = A x(k) + g, iterated.

use super::cause::largest;
use super::settings::finite;
use super::{ErrorEstimate, Progress, SimulateError, Trajectory, Verdict};
use linalg::{Matrix, mul_vec_into};

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
    let (mut x, mut next) = (x0.to_vec(), vec![0.0; n]);
    let mut all = x0.to_vec();
    let mut verdict = Verdict::Completed;
    let mut done = 0;
    for k in 0..steps {
        if progress(k as f64 / steps as f64).is_break() {
            verdict = Verdict::Stopped { time: k as f64 };
            break;
        }
        mul_vec_into(a, &x, &mut next);
        next.iter_mut().zip(g).for_each(|(y, g)| *y += g);
        if next.iter().any(|y| !y.is_finite()) {
            let (variable, value) = largest(&x);
            let cause = "unstable linear growth: an eigenvalue of A outside the unit circle (or a defective one on it)";
            verdict = Verdict::Diverged { time: k as f64, variable, value, cause: cause.to_string() };
            break;
        }
        std::mem::swap(&mut x, &mut next);
        all.extend_from_slice(&x);
        done = k + 1;
    }
    Ok(Trajectory {
        t: (0..=done).map(|k| k as f64).collect(),
        x: Matrix::from_columns(n, done + 1, all),
        method: "iterate".to_string(),
        reason: "a map is iterated, step by step".to_string(),
        steps: done,
        rejected: 0,
        evaluations: done,
        verdict,
        error: ErrorEstimate { value: None, reason: "iteration makes no error but rounding".to_string() },
    })
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
}
