//! Delayed systems against closed forms, the order of the methods, and a reference of 40 digits.

#![allow(clippy::unwrap_used)]

use dynamics::field::{Delayed, EvalError, History, Workspace};
use dynamics::simulate::{
    ErrorEstimation, Method, Settings, SimulateError, Trajectory, Verdict, simulate_delayed, unwatched,
};
use std::f64::consts::{FRAC_PI_2, PI};

/// A delayed system of one variable from a function of t, x and its past.
struct Scalar<F>(Vec<f64>, Vec<f64>, F);

impl<F: Fn(f64, f64, &[f64]) -> f64 + Sync> Delayed for Scalar<F> {
    fn dimension(&self) -> usize {
        1
    }
    fn delays(&self, _: &[f64]) -> Vec<f64> {
        self.0.clone()
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        past: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        for l in 0..lanes {
            let past: Vec<f64> = past.iter().skip(l).step_by(lanes).copied().collect();
            dx[l] = (self.2)(t[l], x[l], &past);
        }
        Ok(())
    }
    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        self.1.iter().copied().filter(|&b| t0 < b && b < t1).collect()
    }
}

fn run(
    system: &dyn Delayed,
    history: History<'_>,
    x0: f64,
    times: &[f64],
    settings: &Settings,
) -> Trajectory {
    simulate_delayed(system, &[], history, &[x0], times, settings, &unwatched).unwrap()
}

#[test]
fn a_delayed_system_satisfies_the_laws() {
    let system = Scalar(vec![1.0, 0.3], vec![], |t, x, past: &[f64]| t * x + past[0] - past[1].sin());
    dynamics::field::laws::check_delayed(&system, &[], &[0.7], 0.3).unwrap();
    let timeless = Scalar(vec![0.0], vec![], |_, _, _: &[f64]| 0.0);
    assert!(
        dynamics::field::laws::check_delayed(&timeless, &[], &[0.7], 0.3).unwrap_err().contains("delay is 0")
    );
}

#[test]
fn the_method_of_steps_gives_its_polynomials() {
    // x' = -x(t - 1), x = 1 before 0: the sum over k up to t + 1 of (-1)^k (t - k + 1)^k/k!.
    let system = Scalar(vec![1.0], vec![], |_, _, past: &[f64]| -past[0]);
    let times: Vec<f64> = (0..=40).map(|k| f64::from(k) / 8.0).collect();
    let exact = |t: f64| {
        let mut sum = 1.0;
        let mut factorial = 1.0;
        for k in 1..=(t.floor() as i32 + 1) {
            factorial *= f64::from(k);
            sum += (-1f64).powi(k) * (t - f64::from(k) + 1.0).powi(k) / factorial;
        }
        sum
    };
    // The pieces have degree 5 at 4 to 5: a method of order 5 with dense output of order 4 is exact to 4 and close beyond.
    for (method, tolerance) in
        [(Method::Dop853, 1e-14), (Method::Tsit5, 1e-8), (Method::DormandPrince54, 1e-8)]
    {
        let settings = Settings { method, rtol: 1e-9, atol: 1e-12, ..Settings::default() };
        let found = run(&system, History::Constant, 1.0, &times, &settings);
        for (k, &t) in times.iter().enumerate() {
            let tolerance = if t <= 4.0 { 1e-14 } else { tolerance };
            let error = (found.x[(0, k)] - exact(t)).abs();
            assert!(error < tolerance, "{method:?} at {t}: {error:e}");
        }
    }
}

#[test]
fn every_method_keeps_its_order() {
    // x' = -x/2 - x(t - pi/2) + cos(t)/2 with the history cos t: cos t.
    let system =
        Scalar(vec![FRAC_PI_2], vec![], |t: f64, x: f64, past: &[f64]| -0.5 * x - past[0] + 0.5 * t.cos());
    let cosine = |t: f64, x: &mut [f64]| x[0] = t.cos();
    for (method, order) in [(Method::Euler, 1.0), (Method::Heun, 2.0), (Method::Rk4, 4.0)] {
        let error = |steps: f64| {
            let settings =
                Settings { method, dt: Some(PI / steps), error: ErrorEstimation::Off, ..Settings::default() };
            (run(&system, History::Function(&cosine), 1.0, &[0.0, 7.0], &settings).x[(0, 1)] - 7f64.cos())
                .abs()
        };
        let found = (error(48.0) / error(192.0)).log2() / 2.0;
        assert!((found - order).abs() < 0.2, "{method:?}: {found}");
    }
    for method in [Method::BogackiShampine32, Method::DormandPrince54, Method::Tsit5, Method::Dop853] {
        for rtol in [1e-4, 1e-6, 1e-8, 1e-10] {
            let settings = Settings { method, rtol, atol: rtol, ..Settings::default() };
            let found = run(&system, History::Function(&cosine), 1.0, &[0.0, 7.0], &settings);
            let error = (found.x[(0, 1)] - 7f64.cos()).abs();
            assert!(error < 10.0 * rtol, "{method:?} at {rtol:e}: {error:e}");
            let told = found.error.value.unwrap();
            assert!(told > 0.2 * error && told < 1e3 * rtol, "{method:?}: {told:e} for {error:e}");
        }
    }
}

#[test]
fn mackey_and_glass_agree_with_forty_digits() {
    // beta .2, gamma .1, n 10, tau 17, history 1.2: by Taylor series of order 48 on quarters of a unit, 40 digits.
    let reference = [
        (10.0, 0.652_404_292_500_501_5),
        (17.0, 0.491_972_096_710_356),
        (50.0, 1.060_954_362_897_502_2),
        (100.0, 1.013_724_016_524_116_7),
        (200.0, 1.186_718_107_116_468),
        (300.0, 1.152_515_099_992_761_5),
    ];
    let f = |_: f64, x: f64, past: &[f64]| 0.2 * past[0] / (1.0 + past[0].powi(10)) - 0.1 * x;
    let system = Scalar(vec![17.0], vec![], f);
    let times: Vec<f64> = std::iter::once(0.0).chain(reference.iter().map(|r| r.0)).collect();
    for (method, rtol) in [(Method::Dop853, 1e-12), (Method::Tsit5, 1e-9), (Method::DormandPrince54, 1e-7)] {
        let settings = Settings { method, rtol, atol: rtol, ..Settings::default() };
        let found = run(&system, History::Constant, 1.2, &times, &settings);
        for (k, (t, want)) in reference.iter().enumerate() {
            let error = (found.x[(0, k + 1)] - want).abs();
            // Errors grow by some 10^2 over 300 units.
            assert!(error < 300.0 * rtol, "{method:?} at {t}: {error:e}");
        }
    }
}

#[test]
fn several_delays_and_an_input_that_jumps_are_landed_on() {
    // x' = x(t - 1) - x(t - 0.3) + step(t - 0.5), x = 0 before 0: to 0.5 nothing; to 0.8 t - 0.5; to 1.1 less (t - 0.8)^2/2; to
    // 1.4 + (t - 1.1)^3/6; from 1.5 on + (t - 1.5)^2/2.
    let f = |t: f64, _: f64, past: &[f64]| past[0] - past[1] + if t < 0.5 { 0.0 } else { 1.0 };
    let system = Scalar(vec![1.0, 0.3], vec![0.5], f);
    for method in [Method::Tsit5, Method::Dop853, Method::Rk4] {
        let settings = Settings { method, dt: Some(0.07), ..Settings::default() };
        let times = [0.0, 0.4, 0.7, 1.0, 1.3, 1.39];
        let found = run(&system, History::Constant, 0.0, &times, &settings);
        let exact = |t: f64| {
            let part = |from: f64, k: i32| if t > from { (t - from).powi(k) } else { 0.0 };
            part(0.5, 1) - part(0.8, 2) / 2.0 + part(1.1, 3) / 6.0
        };
        for (k, &t) in times.iter().enumerate() {
            assert!((found.x[(0, k)] - exact(t)).abs() < 1e-14, "{method:?} at {t}: {}", found.x[(0, k)]);
        }
    }
}

#[test]
fn a_beginning_apart_from_the_history_is_a_jump() {
    // x' = x(t - 1), x = 2 before 0 and 0 at 0: 2 t until 1, then 2 + (t - 1)^2.
    let system = Scalar(vec![1.0], vec![], |_, _, past: &[f64]| past[0]);
    let two = |_: f64, x: &mut [f64]| x[0] = 2.0;
    let found = run(&system, History::Function(&two), 0.0, &[0.0, 1.0, 1.5], &Settings::default());
    assert!((found.x[(0, 1)] - 2.0).abs() < 1e-14 && (found.x[(0, 2)] - 2.25).abs() < 1e-14, "{:?}", found.x);
}

#[test]
fn the_past_is_kept_as_long_as_the_longest_delay_only() {
    // A million units of time with a delay of 1: a run whose past were kept whole would stop at its bound on memory.
    let system = Scalar(vec![1.0], vec![], |_, x: f64, past: &[f64]| -x + 0.5 * past[0] + 1.0);
    let settings = Settings { method: Method::Tsit5, error: ErrorEstimation::Off, ..Settings::default() };
    let found = run(&system, History::Constant, 0.0, &[0.0, 1e6], &settings);
    assert_eq!(found.verdict, Verdict::Completed);
    assert!(found.steps > 900_000 && (found.x[(0, 1)] - 2.0).abs() < 1e-5);
}

#[test]
fn delayed_feedback_that_grows_is_told() {
    let system = Scalar(vec![0.5], vec![], |_, _, past: &[f64]| past[0] * past[0]);
    let settings = Settings { bound: 1e100, ..Settings::default() };
    let found = run(&system, History::Constant, 3.0, &[0.0, 0.1, 100.0], &settings);
    assert!(matches!(found.verdict, Verdict::Diverged { variable: 0, .. }), "{:?}", found.verdict);
    assert_eq!(found.t, [0.0, 0.1]);
}

#[test]
fn questions_that_cannot_be_asked_are_refused() {
    for delays in [vec![0.0], vec![-1.0], vec![f64::NAN], vec![1.0, f64::INFINITY]] {
        let system = Scalar(delays, vec![], |_, _, _: &[f64]| 0.0);
        let asked = simulate_delayed(
            &system,
            &[],
            History::Constant,
            &[1.0],
            &[0.0, 1.0],
            &Settings::default(),
            &unwatched,
        );
        assert!(asked.is_err());
    }
    let system = Scalar(vec![1.0], vec![], |_, _, _: &[f64]| 0.0);
    for method in [Method::Rodas5P, Method::Expm, Method::EulerMaruyama] {
        let settings = Settings { method, ..Settings::default() };
        let asked =
            simulate_delayed(&system, &[], History::Constant, &[1.0], &[0.0, 1.0], &settings, &unwatched);
        assert!(matches!(asked, Err(SimulateError::Unfit { .. })), "{method:?}");
    }
}
