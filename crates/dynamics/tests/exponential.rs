//! Exponential methods: exact where a variable is linear in itself, of their order elsewhere, and stable at any step.

#![allow(clippy::unwrap_used)]

use dynamics::field::{Drive, EvalError, LinearBlock, LinearSystem, Signal, VectorField, Workspace, laws};
use dynamics::linalg::{Matrix, expm};
use dynamics::simulate::{
    ErrorEstimation, Method, Settings, Trajectory, Verdict, ensemble, simulate, unwatched,
};

const BOTH: [Method; 2] = [Method::ExponentialEuler, Method::ExponentialMidpoint];

fn run(field: &dyn VectorField, x0: &[f64], times: &[f64], method: Method, dt: f64) -> Trajectory {
    let settings = Settings { method, dt: Some(dt), error: ErrorEstimation::Off, ..Settings::default() };
    simulate(field, &[], x0, times, &settings, &unwatched).unwrap()
}

/// Three gates at a potential that rests: m' = alpha (1 - m) - beta m, with rates from 0.1 to 1e6.
struct Gates;

impl VectorField for Gates {
    fn dimension(&self) -> usize {
        3
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        for (at, dx) in dx.iter_mut().enumerate() {
            let (alpha, beta) = GATES[at / t.len()];
            *dx = alpha * (1.0 - x[at]) - beta * x[at];
        }
        Ok(())
    }
}

const GATES: [(f64, f64); 3] = [(0.1, 0.02), (3.0, 40.0), (1e6, 1e5)];

#[test]
fn a_gate_whose_rates_rest_is_exact_at_any_step_and_between_steps() {
    let times = [0.0, 0.013, 0.5, 0.77, 3.0, 40.0];
    for method in BOTH {
        for dt in [0.01, 0.5, 40.0] {
            let found = run(&Gates, &[0.9, 0.0, 1.0], &times, method, dt);
            for (k, t) in times.iter().enumerate() {
                for (i, (alpha, beta)) in GATES.into_iter().enumerate() {
                    let (target, rate) = (alpha / (alpha + beta), alpha + beta);
                    let want = target + ([0.9, 0.0, 1.0][i] - target) * (-rate * t).exp();
                    // The rates come from differences, which rounding spoils by 1e-10.
                    let error = (found.x[(i, k)] - want).abs();
                    assert!(error < 1e-9, "{} {dt}: gate {i} at {t}: {error:e}", method.name());
                }
            }
        }
    }
}

/// Hodgkin and Huxley's equations (1952), with the rates' own derivatives written out.
struct HodgkinHuxley;

impl VectorField for HodgkinHuxley {
    fn dimension(&self) -> usize {
        4
    }
    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let mut a = ws.take(0, x.len());
        let done = self.rates(t, p, x, dx, &mut a, ws);
        ws.put(0, a);
        done
    }
    fn rates(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        f: &mut [f64],
        a: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        for l in 0..lanes {
            let [v, m, h, n] = [0, 1, 2, 3].map(|i| x[i * lanes + l]);
            let exprel = |x: f64| if x == 0.0 { 1.0 } else { x.exp_m1() / x };
            let gates = [
                (m, 1.0 / exprel(-(v + 40.0) / 10.0), 4.0 * (-(v + 65.0) / 18.0).exp()),
                (h, 0.07 * (-(v + 65.0) / 20.0).exp(), 1.0 / (1.0 + (-(v + 35.0) / 10.0).exp())),
                (n, 0.1 / exprel(-(v + 55.0) / 10.0), 0.125 * (-(v + 65.0) / 80.0).exp()),
            ];
            let (na, k) = (120.0 * m.powi(3) * h, 36.0 * n.powi(4));
            f[l] = 10.0 - na * (v - 50.0) - k * (v + 77.0) - 0.3 * (v + 54.387);
            a[l] = -na - k - 0.3;
            for (i, (x, alpha, beta)) in gates.into_iter().enumerate() {
                let at = (i + 1) * lanes + l;
                f[at] = alpha * (1.0 - x) - beta * x;
                a[at] = -alpha - beta;
            }
        }
        Ok(())
    }
}

const REST: [f64; 4] = [-65.0, 0.0529, 0.5961, 0.3177];

#[test]
fn a_field_that_knows_its_rates_obeys_the_laws() {
    laws::check(&HodgkinHuxley, &[], &REST, 0.0).unwrap();
    laws::check(&HodgkinHuxley, &[], &[-10.0, 0.5, 0.4, 0.6], 0.0).unwrap();
    laws::check(&Coupled, &[], &[0.3, -0.2, 0.9, 0.5], 0.7).unwrap();
}

#[test]
fn hodgkin_and_huxleys_equations_show_both_orders() {
    let tight = Settings { method: Method::Dop853, rtol: 1e-12, atol: 1e-12, ..Settings::default() };
    let exact = simulate(&HodgkinHuxley, &[], &REST, &[0.0, 12.0], &tight, &unwatched).unwrap();
    for (method, order) in [(Method::ExponentialEuler, 1.0), (Method::ExponentialMidpoint, 2.0)] {
        let error = |dt: f64| {
            let found = run(&HodgkinHuxley, &REST, &[0.0, 12.0], method, dt);
            (found.x[(0, 1)] - exact.x[(0, 1)]).abs().log2()
        };
        let found = error(0.002) - error(0.001);
        assert!((found - order).abs() < 0.1, "{}: {found}", method.name());
        assert_eq!(method.order(), Some(order as usize));
    }
}

#[test]
fn a_step_that_forward_euler_does_not_survive_keeps_every_gate_between_0_and_1() {
    let times: Vec<f64> = (0..=400).map(|k| 0.25 * f64::from(k)).collect();
    let euler = run(&HodgkinHuxley, &REST, &times, Method::Euler, 0.25);
    assert_ne!(euler.verdict, Verdict::Completed);
    let found = run(&HodgkinHuxley, &REST, &times, Method::ExponentialEuler, 0.25);
    assert_eq!(found.verdict, Verdict::Completed);
    for k in 0..found.t.len() {
        let x = found.x.column(k);
        assert!((-80.0..60.0).contains(&x[0]) && x[1..].iter().all(|g| (0.0..=1.0).contains(g)), "{x:?}");
    }
}

#[test]
fn the_error_of_an_exponential_run_is_estimated() {
    let tight = Settings { method: Method::Dop853, rtol: 1e-12, atol: 1e-12, ..Settings::default() };
    let exact = simulate(&HodgkinHuxley, &[], &REST, &[0.0, 12.0], &tight, &unwatched).unwrap();
    for method in BOTH {
        let settings = Settings { method, dt: Some(0.002), ..Settings::default() };
        let times: Vec<f64> = (0..=120).map(|k| 0.1 * f64::from(k)).collect();
        let found = simulate(&HodgkinHuxley, &[], &REST, &times, &settings, &unwatched).unwrap();
        let d: Vec<f64> = (0..4).map(|i| found.x[(i, 120)] - exact.x[(i, 1)]).collect();
        let error = d.iter().map(|d| d * d).sum::<f64>().sqrt();
        let ratio = found.error.value.unwrap() / error;
        assert!((0.8..1.25).contains(&ratio), "{}: {ratio}", method.name());
    }
}

#[test]
fn lanes_of_an_ensemble_have_the_bits_of_single_runs() {
    let x0s = Matrix::from_fn(4, 70, |i, j| REST[i] + if i == 0 { 0.1 * j as f64 } else { 0.0 });
    let times = [0.0, 3.3, 20.0];
    for method in BOTH {
        let settings =
            Settings { method, dt: Some(0.05), error: ErrorEstimation::Off, ..Settings::default() };
        let all = ensemble(&HodgkinHuxley, &[], &x0s, &times, &settings, &unwatched).unwrap();
        for l in [0, 1, 63, 64, 69] {
            let single = run(&HodgkinHuxley, x0s.column(l), &times, method, 0.05);
            assert_eq!(single.x, all.trajectory(l), "lane {l}");
        }
    }
}

#[test]
fn a_linear_system_is_exact_also_when_it_rotates_or_is_degenerate() {
    let matrices = [
        Matrix::from_rows(&[[-0.1, 5.0, 0.0], [-5.0, -0.1, 0.0], [1.0, 0.0, -2.0]]),
        Matrix::from_rows(&[[-2.0, 1.0, 0.0], [0.0, -2.0, 1.0], [0.0, 0.0, -2.0]]),
        Matrix::from_rows(&[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]),
    ];
    for a in matrices {
        let mut system = LinearSystem::new(a.clone());
        system.g = vec![0.3, -0.2, 1.0];
        laws::check(&system, &[], &[1.0, 0.0, 0.5], 0.0).unwrap();
        let augmented = Matrix::from_fn(4, 4, |i, j| {
            if i == 3 {
                0.0
            } else if j == 3 {
                system.g[i]
            } else {
                a[(i, j)]
            }
        });
        let times = [0.0, 0.4, 1.0, 7.0];
        for method in BOTH {
            let found = run(&system, &[1.0, -1.0, 0.5], &times, method, 0.5);
            for (k, t) in times.iter().enumerate() {
                let want = expm(&augmented.scaled(*t)).mul_vec(&[1.0, -1.0, 0.5, 1.0]);
                for i in 0..3 {
                    let error = (found.x[(i, k)] - want[i]).abs();
                    assert!(error < 1e-13 * want[i].abs().max(1.0), "{}: {error:e}", method.name());
                }
            }
        }
    }
}

#[test]
fn an_input_that_changes_costs_the_order_of_the_method_and_no_more() {
    // x' = -x + 2 y + sin t, y' = -2 x - y: driven from outside of the block.
    let mut system = LinearSystem::new(Matrix::from_rows(&[[-1.0, 2.0], [-2.0, -1.0]]));
    let signal = Signal::Sine { onset: f64::NEG_INFINITY, amplitude: 1.0, frequency: 0.159, phase: 0.0 };
    system.drives.push(Drive { direction: vec![1.0, 0.0], signal });
    let tight = Settings { method: Method::Dop853, rtol: 1e-13, atol: 1e-13, ..Settings::default() };
    let exact = simulate(&system, &[], &[1.0, 0.0], &[0.0, 5.0], &tight, &unwatched).unwrap();
    for (method, order) in [(Method::ExponentialEuler, 1.0), (Method::ExponentialMidpoint, 2.0)] {
        let error = |dt: f64| {
            let found = run(&system, &[1.0, 0.0], &[0.0, 5.0], method, dt);
            (found.x[(0, 1)] - exact.x[(0, 1)]).abs().log2()
        };
        let found = error(0.02) - error(0.01);
        assert!((found - order).abs() < 0.1, "{}: {found}", method.name());
    }
}

/// A relaxation oscillator that drives a fast rotation of rate 1e3, which is linear and known to be.
struct Coupled;

impl VectorField for Coupled {
    fn dimension(&self) -> usize {
        4
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        for l in 0..lanes {
            let [v, w, p, q] = [0, 1, 2, 3].map(|i| x[i * lanes + l]);
            dx[l] = v - v * v * v / 3.0 - w + 0.5;
            dx[lanes + l] = 0.08 * (v + 0.7 - 0.8 * w);
            dx[2 * lanes + l] = -30.0 * p + 1000.0 * q + 1000.0 * v;
            dx[3 * lanes + l] = -1000.0 * p - 30.0 * q;
        }
        Ok(())
    }
    fn linear_blocks(&self, _: &[f64]) -> Vec<LinearBlock> {
        vec![LinearBlock {
            variables: vec![2, 3],
            a: Matrix::from_rows(&[[-30.0, 1000.0], [-1000.0, -30.0]]),
        }]
    }
}

#[test]
fn a_fast_linear_block_beside_a_slow_nonlinear_part_does_not_hold_the_step() {
    let x0 = [0.3, -0.2, 0.0, 0.0];
    let tight = Settings { method: Method::Dop853, rtol: 1e-11, atol: 1e-11, ..Settings::default() };
    let exact = simulate(&Coupled, &[], &x0, &[0.0, 10.0], &tight, &unwatched).unwrap();
    // The rotation is through 50 rad in a step, and yet it follows its slow drive, half a step late.
    let found = run(&Coupled, &x0, &[0.0, 10.0], Method::ExponentialMidpoint, 0.05);
    for i in 0..4 {
        let error = (found.x[(i, 1)] - exact.x[(i, 1)]).abs();
        assert!(error < 5e-3, "{i}: {error:e}");
    }
}
