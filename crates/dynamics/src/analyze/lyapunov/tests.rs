//! Exponents that are known: linear systems, cycles, and the classics of chaos.

use super::*;
use crate::field::{EvalError, IteratedMap, JacobianKind, LinearMap, LinearSystem, VectorField, Workspace};
use crate::simulate::{Method, Settings, unwatched};
use linalg::Matrix;

/// A field as a formula, with its Jacobian.
struct Formula<const N: usize> {
    f: fn(&[f64]) -> [f64; N],
    j: fn(&[f64]) -> [[f64; N]; N],
}

impl<const N: usize> VectorField for Formula<N> {
    fn dimension(&self) -> usize {
        N
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        for l in 0..t.len() {
            let y: Vec<f64> = (0..N).map(|i| x[i * t.len() + l]).collect();
            (self.f)(&y).iter().enumerate().for_each(|(i, f)| dx[i * t.len() + l] = *f);
        }
        Ok(())
    }
    fn jacobian(
        &self,
        _: f64,
        _: &[f64],
        x: &[f64],
        j: &mut Matrix,
        _: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        *j = Matrix::from_rows(&(self.j)(x));
        Ok(JacobianKind::Exact)
    }
    fn is_autonomous(&self) -> bool {
        true
    }
}

fn lorenz() -> Formula<3> {
    Formula {
        f: |x| [10.0 * (x[1] - x[0]), x[0] * (28.0 - x[2]) - x[1], x[0] * x[1] - 8.0 / 3.0 * x[2]],
        j: |x| [[-10.0, 10.0, 0.0], [28.0 - x[2], -1.0, -x[0]], [x[1], x[0], -8.0 / 3.0]],
    }
}

/// A limit cycle of radius 1: exponents 0 and -2.
fn stuart_landau() -> Formula<2> {
    Formula {
        f: |x| {
            let r = x[0] * x[0] + x[1] * x[1];
            [x[0] - x[1] - r * x[0], x[0] + x[1] - r * x[1]]
        },
        j: |x| {
            let (a, b) = (x[0], x[1]);
            [[1.0 - 3.0 * a * a - b * b, -1.0 - 2.0 * a * b], [1.0 - 2.0 * a * b, 1.0 - a * a - 3.0 * b * b]]
        },
    }
}

#[test]
fn the_exponents_of_a_linear_flow_are_the_real_parts() {
    let a = Matrix::from_rows(&[[-0.5, 2.0, 0.3], [-2.0, -0.5, 0.7], [0.0, 0.0, -3.0]]);
    let settings = LyapunovSettings { transient: 0.0, ..LyapunovSettings::new(100.0, 0.01) };
    let found =
        lyapunov_exponents(&LinearSystem::new(a), &[], &[1.0, 0.0, 0.0], &settings, &unwatched).unwrap();
    // Runge and Kutta make an error of lambda^5 dt^4/120 = 2e-8; the turning pair wanders by less than 1/T.
    for (e, want) in found.exponents.iter().zip([-0.5, -0.5, -3.0]) {
        assert!((e.value - want).abs() < 2e-2 * (want + 3.0) + 1e-7, "{e:?} {want}");
    }
    assert!((found.sum + 4.0).abs() < 1e-6 && (found.mean_divergence.unwrap() + 4.0).abs() < 1e-12);
    assert_eq!((found.dimension.unwrap().value, found.trivial), (0.0, None));
}

#[test]
fn the_exponents_of_a_triangular_flow_are_its_diagonal() {
    let a = Matrix::from_rows(&[[0.2, 5.0, 1.0], [0.0, -0.4, 2.0], [0.0, 0.0, -1.5]]);
    let mut settings = LyapunovSettings { alignment: 100.0, ..LyapunovSettings::new(40.0, 0.01) };
    settings.transient = 0.0;
    let run = Settings { method: Method::Dop853, rtol: 1e-11, atol: 1e-13, ..Settings::default() };
    for step in [LyapunovStep::Fixed { dt: 0.01 }, LyapunovStep::Adaptive(Box::new(run))] {
        let settings = LyapunovSettings { step, between: 0.5, ..settings.clone() };
        let field = LinearSystem::new(a.clone());
        let found = lyapunov_exponents(&field, &[], &[1e-9, 0.0, 0.0], &settings, &unwatched).unwrap();
        for (e, want) in found.exponents.iter().zip([0.2, -0.4, -1.5]) {
            assert!((e.value - want).abs() < 1e-8, "{e:?} {want}");
        }
        assert_eq!(found.verdict, LyapunovVerdict::Converged);
        assert!((found.entropy.unwrap().value - 0.2).abs() < 1e-8);
        assert!((found.dimension.unwrap().value - 1.5).abs() < 1e-7);
        assert!((found.mean_divergence.unwrap() + 1.7).abs() < 1e-9);
    }
}

#[test]
fn a_cycle_has_one_exponent_zero_and_dimension_one() {
    let settings = LyapunovSettings::new(100.0, 0.01);
    let found = lyapunov_exponents(&stuart_landau(), &[], &[0.3, 0.1], &settings, &unwatched).unwrap();
    assert!(found.exponents[0].value.abs() < 1e-8 && (found.exponents[1].value + 2.0).abs() < 1e-7);
    assert_eq!((found.trivial, found.dimension.unwrap().value), (Some(0), 1.0));
    assert_eq!(found.verdict, LyapunovVerdict::Converged);
    assert!(found.entropy.unwrap().value == 0.0 && found.along_flow.unwrap().abs() < 1e-8);
}

#[test]
fn what_the_steps_cost_is_in_the_error() {
    // Exponents 0 and -2 exactly: on the cycle nothing scatters, and the error is that of the steps alone.
    for (dt, count) in [(0.2, None), (0.05, None), (0.2, Some(1))] {
        let settings = LyapunovSettings { count, ..LyapunovSettings::new(200.0, dt) };
        let found = lyapunov_exponents(&stuart_landau(), &[], &[1.0, 0.0], &settings, &unwatched).unwrap();
        for (e, truth) in found.exponents.iter().zip([0.0, -2.0]) {
            assert!((e.value - truth).abs() <= e.error && e.error < 0.1, "{dt} {e:?} {truth}");
        }
    }
}

#[test]
fn lorenz_has_the_exponents_of_the_literature() {
    // G23: 0.9056, 0, -14.5723 and dimension 2.0622. Over T = 1000 the first scatters by 0.005.
    let settings = LyapunovSettings::new(1000.0, 0.005);
    let found = lyapunov_exponents(&lorenz(), &[], &[1.0, 1.0, 20.0], &settings, &unwatched).unwrap();
    let value = |i: usize| found.exponents[i].value;
    assert!((value(0) - 0.9056).abs() < 0.02 && (value(2) + 14.5723).abs() < 0.02, "{:?}", found.exponents);
    assert!((value(0) - 0.9056).abs() < 4.0 * found.exponents[0].error);
    assert!(value(1).abs() < 5e-3 && found.trivial == Some(1));
    let sum = -41.0 / 3.0;
    assert!((found.mean_divergence.unwrap() - sum).abs() < 1e-9 && (found.sum - sum).abs() < 1e-4);
    let d = found.dimension.unwrap();
    assert!((d.value - 2.0622).abs() < 4.0 * d.error && d.error < 3e-3, "{d:?}");
    assert_eq!(found.verdict, LyapunovVerdict::Converged);
}

#[test]
fn a_step_that_is_too_long_is_told() {
    let settings = LyapunovSettings { tolerance: 1e-3, ..LyapunovSettings::new(200.0, 0.07) };
    let found = lyapunov_exponents(&lorenz(), &[], &[1.0, 1.0, 20.0], &settings, &unwatched).unwrap();
    assert!(!matches!(found.verdict, LyapunovVerdict::Converged), "{:?}", found.verdict);
    let settings = LyapunovSettings { tolerance: 1e-4, ..LyapunovSettings::new(50.0, 0.005) };
    let found = lyapunov_exponents(&lorenz(), &[], &[1.0, 1.0, 20.0], &settings, &unwatched).unwrap();
    assert!(matches!(found.verdict, LyapunovVerdict::Uncertain { .. } | LyapunovVerdict::Drifting { .. }));
}

struct Henon;

impl IteratedMap for Henon {
    fn dimension(&self) -> usize {
        2
    }
    fn step(&self, _: &[f64], x: &[f64], next: &mut [f64]) {
        (next[0], next[1]) = (1.0 - 1.4 * x[0] * x[0] + x[1], 0.3 * x[0]);
    }
    fn jacobian(&self, _: &[f64], x: &[f64], j: &mut Matrix) -> JacobianKind {
        *j = Matrix::from_rows(&[[-2.8 * x[0], 1.0], [0.3, 0.0]]);
        JacobianKind::Exact
    }
}

#[test]
fn the_map_of_henon_has_the_exponents_of_the_literature() {
    let settings = MapLyapunovSettings::default();
    let found = map_lyapunov_exponents(&Henon, &[], &[0.1, 0.1], &settings, &unwatched).unwrap();
    let first = found.exponents[0];
    assert!((first.value - 0.41922).abs() < 4.0 * first.error && first.error < 3e-3, "{first:?}");
    // Every step multiplies areas by 0.3.
    assert!((found.sum - 0.3_f64.ln()).abs() < 1e-11);
    assert!((found.mean_divergence.unwrap() - 0.3_f64.ln()).abs() < 1e-11);
    assert!((found.dimension.unwrap().value - 1.258).abs() < 0.004);
}

#[test]
fn a_linear_map_has_the_logarithms_of_its_diagonal() {
    let map = LinearMap { a: Matrix::from_rows(&[[0.5, 3.0], [0.0, -0.25]]), g: vec![0.0; 2] };
    let settings = MapLyapunovSettings { steps: 1000, between: 3, ..MapLyapunovSettings::default() };
    let found = map_lyapunov_exponents(&map, &[], &[1.0, 1.0], &settings, &unwatched).unwrap();
    for (e, want) in found.exponents.iter().zip([0.5_f64.ln(), 0.25_f64.ln()]) {
        assert!((e.value - want).abs() < 1e-12, "{e:?}");
    }
}

/// x' = -x + W tanh x, with its product with many vectors at once.
struct Network(Matrix);

impl VectorField for Network {
    fn dimension(&self) -> usize {
        self.0.rows()
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let r: Vec<f64> = x.iter().map(|x| x.tanh()).collect();
        linalg::mul_lanes_into(&self.0, &r, t.len(), dx);
        dx.iter_mut().zip(x).for_each(|(d, x)| *d -= x);
        Ok(())
    }
    fn jacobian(
        &self,
        _: f64,
        _: &[f64],
        x: &[f64],
        j: &mut Matrix,
        _: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let n = x.len();
        *j = Matrix::from_fn(n, n, |i, k| {
            self.0[(i, k)] * (1.0 - x[k].tanh().powi(2)) - if i == k { 1.0 } else { 0.0 }
        });
        Ok(JacobianKind::Exact)
    }
    fn is_autonomous(&self) -> bool {
        true
    }
}

fn network(n: usize, g: f64) -> Network {
    let uniform = |k: usize| (((k as f64 + 1.0) * 78.233).sin() * 43_758.545_3).rem_euclid(1.0);
    Network(Matrix::from_fn(n, n, |i, j| g * (12.0 / n as f64).sqrt() * (uniform(i * n + j) - 0.5)))
}

#[test]
fn a_weak_random_network_decays_by_its_largest_eigenvalue() {
    // SC1: g < 1 decays, with lambda_1 = max Re(eigenvalue of W) - 1, about g - 1.
    let field = network(60, 0.8);
    let want = linalg::eigenvalues(&field.0).unwrap()[0].re - 1.0;
    let settings = LyapunovSettings { count: Some(3), ..LyapunovSettings::new(200.0, 0.1) };
    let found = lyapunov_exponents(&field, &[], &[0.5; 60], &settings, &unwatched).unwrap();
    assert!((found.exponents[0].value - want).abs() < 0.02, "{:?} {want}", found.exponents);
    assert!((want + 0.2).abs() < 0.15 && found.mean_divergence.is_none() && found.trivial.is_none());
}

#[test]
fn the_bits_do_not_depend_on_the_number_of_threads() {
    let field = network(90, 2.0);
    let settings = LyapunovSettings { transient: 5.0, ..LyapunovSettings::new(5.0, 0.1) };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| lyapunov_exponents(&field, &[], &[0.5; 90], &settings, &unwatched).unwrap())
    };
    let (one, two) = (run(1), run(2));
    for (a, b) in one.exponents.iter().zip(&two.exponents) {
        assert_eq!(a.value.to_bits(), b.value.to_bits());
    }
    assert!((one.sum - one.mean_divergence.unwrap()).abs() < 1e-2 * one.sum.abs());
}

#[test]
fn questions_that_cannot_be_asked_are_refused() {
    let ask = |x: &[f64], settings: LyapunovSettings| {
        lyapunov_exponents(&lorenz(), &[], x, &settings, &unwatched).is_err()
    };
    let good = LyapunovSettings::new(1.0, 0.01);
    assert!(ask(&[1.0], good.clone()) && ask(&[f64::NAN; 3], good.clone()));
    assert!(ask(&[1.0; 3], LyapunovSettings { count: Some(4), ..good.clone() }));
    assert!(ask(&[1.0; 3], LyapunovSettings { count: Some(0), ..good.clone() }));
    assert!(ask(&[1.0; 3], LyapunovSettings { time: f64::NAN, ..good.clone() }));
    assert!(ask(&[1.0; 3], LyapunovSettings { step: LyapunovStep::Fixed { dt: 0.0 }, ..good }));
}
