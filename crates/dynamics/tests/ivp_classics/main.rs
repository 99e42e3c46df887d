//! The classics of the literature on initial value problems, stiff and not, against references of higher precision.
//!
//! The references marked so come from `references.py` beside this file (Radau IIA of order 17 in 40 digits); those of the
//! test set for initial value problem solvers (Mazzia, Magherini 2008) agree with them in all the digits that it gives.

#![allow(clippy::unwrap_used)]
// The digits are those of the references.
#![allow(clippy::excessive_precision)]

mod celestial;
mod chemistry;
mod oscillators;

use dynamics::field::{EvalError, VectorField, Workspace};
use dynamics::simulate::{ErrorEstimation, Method, Settings, Trajectory, Verdict, simulate, unwatched};

/// A field of one lane at a time, from a closure; its Jacobian is taken by differences.
struct Plain<F>(usize, F);

impl<F: Fn(f64, &[f64], &mut [f64]) + Sync> VectorField for Plain<F> {
    fn dimension(&self) -> usize {
        self.0
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (n, lanes) = (self.0, t.len());
        let (mut state, mut slope) = (vec![0.0; n], vec![0.0; n]);
        for l in 0..lanes {
            (0..n).for_each(|i| state[i] = x[i * lanes + l]);
            (self.1)(t[l], &state, &mut slope);
            (0..n).for_each(|i| dx[i * lanes + l] = slope[i]);
        }
        Ok(())
    }
}

fn run(field: &dyn VectorField, x0: &[f64], times: &[f64], method: &str, rtol: f64, atol: f64) -> Trajectory {
    let method = Method::from_name(method).unwrap();
    let settings = Settings { method, rtol, atol, error: ErrorEstimation::Off, ..Settings::default() };
    let run = simulate(field, &[], x0, times, &settings, &unwatched).unwrap();
    assert_eq!(run.verdict, Verdict::Completed, "{} at {rtol:e}", run.method);
    run
}

/// The largest error at the end in units of what the tolerance allows in one step.
fn error(run: &Trajectory, want: &[f64], rtol: f64, atol: f64) -> f64 {
    let last = run.x.column(run.x.cols() - 1);
    last.iter().zip(want).map(|(x, w)| (x - w).abs() / (rtol * w.abs() + atol)).fold(0.0, f64::max)
}

/// At every tolerance the error at the end is at most `factor` times what the tolerance allows in one step.
fn meets_its_tolerance(
    field: &dyn VectorField,
    x0: &[f64],
    end: f64,
    want: &[f64],
    methods: &[&str],
    tolerances: &[(f64, f64)],
    factor: f64,
) {
    let mut missed = Vec::new();
    for method in methods {
        for &(rtol, atol) in tolerances {
            let found = run(field, x0, &[0.0, end], method, rtol, atol);
            let error = error(&found, want, rtol, atol);
            if error > factor {
                missed.push(format!("{method} at {rtol:e}: {error:.1} times, {} steps", found.steps));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
}
