//! Stiff systems: what `auto` finds out, what it does then, and what it says.

#![allow(clippy::unwrap_used)]

use dynamics::field::{EvalError, VectorField, Workspace};
use dynamics::linalg::Matrix;
use dynamics::simulate::{
    Ensemble, ErrorEstimation, Method, Settings, Trajectory, Verdict, ensemble, simulate, unwatched,
};
use std::ops::ControlFlow;
use std::sync::Mutex;

/// A field of one lane at a time, from a closure.
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

fn van_der_pol() -> impl VectorField {
    Plain(2, |_, x: &[f64], dx: &mut [f64]| {
        (dx[0], dx[1]) = (x[1], 1000.0 * (1.0 - x[0] * x[0]) * x[1] - x[0]);
    })
}

/// The third variable is the stiffness: it does not change.
fn of_any_stiffness() -> impl VectorField {
    Plain(3, |_, x: &[f64], dx: &mut [f64]| {
        (dx[0], dx[1], dx[2]) = (x[1], x[2] * (1.0 - x[0] * x[0]) * x[1] - x[0], 0.0);
    })
}

fn run(field: &dyn VectorField, x0: &[f64], times: &[f64], settings: &Settings) -> Trajectory {
    let found = simulate(field, &[], x0, times, settings, &unwatched).unwrap();
    assert_eq!(found.verdict, Verdict::Completed, "{}", found.reason);
    found
}

fn with(method: &str) -> Settings {
    let method = Method::from_name(method).unwrap();
    Settings { method, error: ErrorEstimation::Off, ..Settings::default() }
}

#[test]
fn auto_finds_stiffness_out_at_small_cost_and_says_so() {
    let times = [0.0, 2000.0];
    let auto = run(&van_der_pol(), &[2.0, 0.0], &times, &with("auto"));
    let stiff = run(&van_der_pol(), &[2.0, 0.0], &times, &with("stiff"));
    assert_eq!(auto.method, "tsit5+rodas5p");
    assert!(auto.reason.contains("auto chose tsit5") && auto.reason.contains("rodas5p took over"));
    assert!(auto.reason.contains("stiff"), "{}", auto.reason);
    // Some 300 steps of 6 evaluations.
    assert!(auto.evaluations < stiff.evaluations + 2500, "{} {}", auto.evaluations, stiff.evaluations);
    assert!((auto.x[(0, 1)] - stiff.x[(0, 1)]).abs() < 1e-5);
    let tight = Settings { rtol: 1e-9, atol: 1e-12, ..with("auto") };
    assert_eq!(run(&van_der_pol(), &[2.0, 0.0], &times, &tight).method, "dop853+rodas5p");
}

#[test]
fn a_method_that_was_asked_for_stays_and_warns() {
    let times = [0.0, 2.0];
    for method in ["tsit5", "dop853", "dopri5"] {
        let found = run(&van_der_pol(), &[2.0, 0.0], &times, &with(method));
        assert_eq!(found.method, method);
        assert!(found.reason.contains("stiff") && found.reason.contains("rodas5p"), "{}", found.reason);
    }
}

#[test]
fn auto_stays_explicit_where_a_change_would_not_pay() {
    // Fast phases, and slow ones in which stability holds the step for a while.
    for mu in [1.0, 5.0, 10.0] {
        let found = run(&of_any_stiffness(), &[2.0, 0.0, mu], &[0.0, 50.0], &with("auto"));
        assert_eq!(found.method, "tsit5", "mu = {mu}");
    }
    let lorenz = Plain(3, |_, x: &[f64], dx: &mut [f64]| {
        dx[0] = 10.0 * (x[1] - x[0]);
        dx[1] = x[0] * (28.0 - x[2]) - x[1];
        dx[2] = x[0] * x[1] - 8.0 / 3.0 * x[2];
    });
    assert_eq!(run(&lorenz, &[1.0; 3], &[0.0, 200.0], &with("auto")).method, "tsit5");
}

#[test]
fn recorded_times_go_on_where_the_method_changes() {
    // x' = -5000 (x - cos t) - sin t has the solution cos t.
    let field = Plain(1, |t: f64, x: &[f64], dx: &mut [f64]| {
        dx[0] = -5000.0 * (x[0] - t.cos()) - t.sin();
    });
    for count in [2, 11, 1001, 40_001] {
        let times: Vec<f64> = (0..count).map(|k| 10.0 * k as f64 / (count - 1) as f64).collect();
        let found = run(&field, &[1.0], &times, &with("auto"));
        assert_eq!(found.method, "tsit5+rodas5p");
        assert_eq!(found.t, times);
        let worst = times.iter().enumerate().map(|(k, t)| (found.x[(0, k)] - t.cos()).abs());
        let worst = worst.fold(0.0, f64::max);
        assert!(worst < 3e-6, "{count}: {worst:e}");
    }
}

#[test]
fn the_error_of_a_run_that_changed_its_method_is_estimated() {
    let settings = Settings { error: ErrorEstimation::SecondRun, ..with("auto") };
    let found = run(&van_der_pol(), &[2.0, 0.0], &[0.0, 2000.0], &settings);
    let error = (found.x[(0, 1)] - 1.7061677321704471).hypot(found.x[(1, 1)] + 0.0008928097010248226);
    let ratio = found.error.value.unwrap() / error;
    assert!((0.1..10.0).contains(&ratio), "{error:e} {ratio}");
    let same = Settings { method: Method::Rodas5P, ..settings };
    let found = run(&van_der_pol(), &[2.0, 0.0], &[0.0, 2000.0], &same);
    let error = (found.x[(0, 1)] - 1.7061677321704471).hypot(found.x[(1, 1)] + 0.0008928097010248226);
    let ratio = found.error.value.unwrap() / error;
    assert!((0.1..10.0).contains(&ratio), "{error:e} {ratio}");
}

#[test]
fn jumps_of_an_input_are_landed_on() {
    // x' = -1e4 (x - u(t)) with a pulse: between the jumps x is u but for a fast transient.
    struct Driven;
    impl VectorField for Driven {
        fn dimension(&self) -> usize {
            1
        }
        fn eval(
            &self,
            t: &[f64],
            _: &[f64],
            x: &[f64],
            dx: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            for (l, t) in t.iter().enumerate() {
                dx[l] = -1e4 * (x[l] - if (0.3..0.7).contains(t) { 1.0 + t } else { 0.0 });
            }
            Ok(())
        }
        fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
            [0.3, 0.7].into_iter().filter(|&t| t0 < t && t < t1).collect()
        }
    }
    for method in ["rodas5p", "auto"] {
        let found = run(&Driven, &[1.0], &[0.0, 0.2, 0.3, 0.3002, 0.5, 0.7, 0.70001, 1.0], &with(method));
        // u = 1 + t is followed with a lag of 1e-4; at 0.3 and 0.7 the jump is still to come, or just there.
        let slow = |t: f64| 1.0 + t - 1e-4;
        let fast = (-2f64).exp();
        let want = [
            0.0,
            0.0,
            slow(0.3002) - slow(0.3) * fast,
            slow(0.5),
            slow(0.7),
            slow(0.7) * (-0.1f64).exp(),
            0.0,
        ];
        for (k, want) in want.iter().enumerate() {
            assert!((found.x[(0, k + 1)] - want).abs() < 1e-5, "{method} at {}", found.t[k + 1]);
        }
        assert!(found.steps + found.rejected < 500, "{method}: {}", found.steps);
    }
}

#[test]
fn an_ensemble_hands_over_lane_by_lane_and_has_the_bits_of_single_runs() {
    let k = 300;
    let x0s = Matrix::from_fn(3, k, |i, j| match i {
        0 => 2.0 - 0.01 * (j % 7) as f64,
        1 => 0.0,
        _ => {
            if j % 3 == 0 {
                1000.0
            } else {
                1.0
            }
        }
    });
    let times = [0.0, 3.3, 17.0, 50.0];
    let all = |threads| -> Ensemble {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| ensemble(&of_any_stiffness(), &[], &x0s, &times, &with("auto"), &unwatched).unwrap())
    };
    let (one, three) = (all(1), all(3));
    assert_eq!(one.x, three.x);
    assert_eq!(one.method, "tsit5+rodas5p");
    assert!(one.reason.contains("100 of 300"), "{}", one.reason);
    assert!(one.verdicts.iter().all(|v| *v == Verdict::Completed));
    for l in [0, 1, 3, 64, 255, 256, 297] {
        let single = run(&of_any_stiffness(), x0s.column(l), &times, &with("auto"));
        assert_eq!(single.x, one.trajectory(l), "lane {l}");
        assert_eq!(single.method, if l % 3 == 0 { "tsit5+rodas5p" } else { "tsit5" });
    }
}

#[test]
fn progress_does_not_go_back_where_the_method_changes() {
    let seen = Mutex::new(Vec::new());
    let watch = |f: f64| {
        seen.lock().unwrap().push(f);
        ControlFlow::Continue(())
    };
    simulate(&van_der_pol(), &[], &[2.0, 0.0], &[0.0, 2000.0], &with("auto"), &watch).unwrap();
    let seen = seen.into_inner().unwrap();
    assert!(seen.len() > 5 && seen.is_sorted() && seen[seen.len() - 1] <= 1.0, "{seen:?}");
    // A stop after the change keeps what was recorded before it.
    let half = |f: f64| if f > 0.5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let times: Vec<f64> = (0..=2000).map(f64::from).collect();
    let found = simulate(&van_der_pol(), &[], &[2.0, 0.0], &times, &with("auto"), &half).unwrap();
    let Verdict::Stopped { time } = found.verdict else { panic!("{:?}", found.verdict) };
    assert!(time > 900.0 && time < 2000.0 && found.t.len() == time.floor() as usize + 1, "{time}");
}
