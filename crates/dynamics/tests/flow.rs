//! Fields followed through time: jumps, divergence, ensembles, estimates of the error.

#![allow(clippy::unwrap_used)]

use dynamics::field::{EvalError, VectorField, Workspace};
use dynamics::linalg::Matrix;
use dynamics::random::Stream;
use dynamics::simulate::{
    ErrorEstimation, Method, Settings, Trajectory, Verdict, ensemble, simulate, unwatched,
};
use std::ops::ControlFlow;

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

fn run<F: VectorField>(field: &F, x0: &[f64], times: &[f64], settings: &Settings) -> Trajectory {
    simulate(field, &[], x0, times, settings, &unwatched).unwrap()
}

#[test]
fn blow_up_in_finite_time_is_named() {
    let field = Plain(2, |_, x: &[f64], dx: &mut [f64]| {
        dx[0] = -x[0];
        dx[1] = x[1] * x[1];
    });
    for name in ["tsit5", "dop853", "bs32", "rk4"] {
        let method = Method::from_name(name).unwrap();
        let settings = Settings { method, dt: Some(1e-3), ..Settings::default() };
        let found = run(&field, &[1.0, 1.0], &[0.0, 0.5, 0.9, 1.5, 2.0], &settings);
        let Verdict::Diverged { time, variable: 1, cause, .. } = &found.verdict else {
            panic!("{:?}", found.verdict)
        };
        assert!((time - 1.0).abs() < 0.02, "{name}: {time}");
        assert!(cause.contains("finite time"), "{name}: {cause}");
        assert_eq!(found.t, [0.0, 0.5, 0.9], "{name}");
        assert!(found.error.value.is_none());
    }
}

#[test]
fn a_step_too_large_is_not_blamed_on_the_system() {
    let field = Plain(1, |_, x: &[f64], dx: &mut [f64]| dx[0] = -50.0 * (x[0] - 1.0));
    let settings = Settings { method: Method::Euler, dt: Some(0.1), ..Settings::default() };
    let found = run(&field, &[2.0], &[0.0, 1000.0], &settings);
    let Verdict::Diverged { cause, .. } = &found.verdict else { panic!("{:?}", found.verdict) };
    assert!(cause.contains("too large"), "{cause}");
}

#[test]
fn unstable_growth_is_told_apart_from_blow_up() {
    let field = Plain(1, |_, x: &[f64], dx: &mut [f64]| dx[0] = 5.0 * x[0]);
    let found = run(&field, &[1.0], &[0.0, 1000.0], &Settings::default());
    let Verdict::Diverged { time, cause, .. } = &found.verdict else { panic!("{:?}", found.verdict) };
    assert!((141.0..142.1).contains(time) && cause.contains("unstable growth"), "{time} {cause}");
}

#[test]
fn a_stiff_problem_is_called_stiff() {
    let field = Plain(1, |t: f64, x: &[f64], dx: &mut [f64]| dx[0] = -2000.0 * (x[0] - t.cos()));
    let found = run(&field, &[1.0], &[0.0, 5.0], &Settings::default());
    assert!(found.reason.contains("stiff"), "{}", found.reason);
}

#[test]
fn chaos_has_no_estimate_of_its_error() {
    let lorenz = Plain(3, |_, x: &[f64], dx: &mut [f64]| {
        dx[0] = 10.0 * (x[1] - x[0]);
        dx[1] = x[0] * (28.0 - x[2]) - x[1];
        dx[2] = x[0] * x[1] - 8.0 / 3.0 * x[2];
    });
    let times: Vec<f64> = (0..400).map(|k| 0.1 * k as f64).collect();
    let found = run(&lorenz, &[1.0; 3], &times, &Settings::default());
    assert!(found.error.value.is_none() && found.error.reason.contains("chaos"), "{:?}", found.error);
    // Up to t = 20 the tolerance can be met; G24 of the ground truths.
    let tight = Settings { method: Method::Dop853, rtol: 1e-13, atol: 1e-13, ..Settings::default() };
    let x = run(&lorenz, &[1.0; 3], &[0.0, 20.0], &tight).x;
    let want = [13.793199598656704, 12.9518039413635, 34.90160868451276];
    assert!(x.column(1).iter().zip(want).all(|(x, w)| (x - w).abs() < 1e-3), "{x:?}");
}

#[test]
fn a_stop_is_heard_and_keeps_what_is_there() {
    let field = Plain(1, |_, x: &[f64], dx: &mut [f64]| dx[0] = -x[0]);
    let times: Vec<f64> = (0..=1000).map(|k| k as f64).collect();
    let settings = Settings { method: Method::Rk4, dt: Some(1e-2), ..Settings::default() };
    let half = |f: f64| if f > 0.1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let found = simulate(&field, &[], &[1.0], &times, &settings, &half).unwrap();
    let Verdict::Stopped { time } = found.verdict else { panic!("{:?}", found.verdict) };
    assert!(time > 250.0 && time < 350.0 && found.t.len() == found.x.cols());
    assert_eq!(found.t.len(), time.floor() as usize + 1);
}

#[test]
fn an_ensemble_has_the_bits_of_single_runs_for_any_number_of_threads() {
    let field = Plain(2, |_, x: &[f64], dx: &mut [f64]| {
        dx[0] = x[0] - x[0].powi(3) / 3.0 - x[1] + 0.5;
        dx[1] = 0.08 * (x[0] + 0.7 - 0.8 * x[1]);
    });
    let k = 700;
    let mut random = Stream::new(3, 0, 0);
    let x0s = Matrix::from_fn(2, k, |_, _| 4.0 * random.uniform() - 2.0);
    let times = [0.0, 3.3, 17.0, 50.0];
    for method in [Method::Tsit5, Method::Dop853, Method::Rk4] {
        let settings =
            Settings { method, dt: Some(0.05), error: ErrorEstimation::Off, ..Settings::default() };
        let all = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| ensemble(&field, &[], &x0s, &times, &settings, &unwatched).unwrap())
        };
        let (one, three) = (all(1), all(3));
        assert_eq!(one.x, three.x);
        assert_eq!((one.steps, one.rejected), (three.steps, three.rejected));
        for l in [0, 1, 63, 64, 255, 256, 699] {
            let single = run(&field, x0s.column(l), &times, &settings);
            assert_eq!(single.x, one.trajectory(l), "{} lane {l}", method.name());
        }
    }
}

#[test]
fn the_error_estimate_is_within_a_factor_of_ten() {
    // 200 random problems of four kinds, none chaotic, by seven methods and random tolerances.
    let (mut tried, mut good, mut bad) = (0, 0, Vec::new());
    for trial in 0..200u64 {
        let mut random = Stream::new(77, trial, 0);
        let mut between = |a: f64, b: f64| a + (b - a) * random.uniform();
        let (p, q, w) = (between(0.3, 2.0), between(0.5, 3.0), between(0.2, 0.9));
        let x0 = [between(-2.0, 2.0), between(-2.0, 2.0), between(-1.0, 1.0)];
        let t = between(2.0, 15.0);
        let digits = between(3.0, 8.0);
        let kind = trial % 4;
        let field = Plain(3, move |t: f64, x: &[f64], dx: &mut [f64]| {
            match kind {
                0 => (dx[0], dx[1]) = (x[1], p * (1.0 - x[0] * x[0]) * x[1] - x[0]),
                1 => (dx[0], dx[1]) = (x[1], -q * x[0].sin() - 0.1 * x[1]),
                2 => (dx[0], dx[1]) = (-x[0] + (p * x[1] + w).tanh(), -x[1] + (-q * x[0]).tanh()),
                _ => (dx[0], dx[1]) = (q * x[1] - 0.1 * p * x[0], -q * x[0] - 0.1 * p * x[1] + (w * t).sin()),
            }
            dx[2] = -w * x[2] + 0.1 * x[0];
        });
        let names = ["tsit5", "dopri5", "dop853", "bs32", "rk4", "heun", "euler"];
        let method = Method::from_name(names[trial as usize % 7]).unwrap();
        let rtol = 10f64.powf(-digits);
        let dt = Some(match method {
            Method::Euler => 1e-3,
            Method::Heun => 1e-2,
            _ => 0.05,
        });
        let settings = Settings { method, rtol, atol: rtol, dt, ..Settings::default() };
        let times: Vec<f64> = (0..=20).map(|k| t * f64::from(k) / 20.0).collect();
        let found = run(&field, &x0, &times, &settings);
        let tight = Settings {
            method: Method::Dop853,
            rtol: 1e-14,
            atol: 1e-15,
            error: ErrorEstimation::Off,
            ..Settings::default()
        };
        let truth = run(&field, &x0, &[0.0, t], &tight);
        let e = (0..3).map(|i| (found.x[(i, 20)] - truth.x[(i, 1)]).powi(2)).sum::<f64>().sqrt();
        if e < 1e-12 {
            continue;
        }
        tried += 1;
        let ratio = found.error.value.map_or(f64::NAN, |v| v / e);
        if ratio > 0.1 && ratio < 10.0 {
            good += 1
        } else {
            bad.push((trial, method.name(), digits, e, ratio))
        }
    }
    assert!(tried >= 190 && good * 100 >= 95 * tried, "{good} of {tried}: {bad:?}");
}
