//! Linear runs against closed forms and against a Taylor series in double-double arithmetic.

#![allow(clippy::unwrap_used)]

use dynamics::field::{Drive, LinearSystem, Signal};
use dynamics::linalg::{Matrix, eigenvalues};
use dynamics::random::Stream;
use dynamics::simulate::{Method, Settings, Verdict, simulate, simulate_linear, unwatched};

/// A number as the unevaluated sum of two doubles: about 32 digits (Dekker 1971).
#[derive(Clone, Copy)]
struct Dd(f64, f64);

impl Dd {
    fn new(a: f64, b: f64) -> Self {
        let s = a + b;
        Self(s, b - (s - a))
    }
    fn add(self, o: Self) -> Self {
        let s = self.0 + o.0;
        let v = s - self.0;
        let e = (self.0 - (s - v)) + (o.0 - v);
        Self::new(s, e + self.1 + o.1)
    }
    fn mul(self, o: Self) -> Self {
        let p = self.0 * o.0;
        let e = self.0.mul_add(o.0, -p);
        Self::new(p, e + self.0 * o.1 + self.1 * o.0)
    }
    fn scaled(self, x: f64) -> Self {
        let p = self.0 * x;
        Self::new(p, self.0.mul_add(x, -p) + self.1 * x)
    }
}

/// exp(tA) x0 by a Taylor series a step, in double-double; its rest is below 8^61/61! = 1e-28.
fn reference(a: &Matrix, x0: &[f64], t: f64) -> Vec<f64> {
    let n = x0.len();
    let steps = (a.norm_1() * t / 8.0).ceil().max(1.0);
    // t/steps in double-double, so that the sum of the steps is t.
    let h = {
        let q = t / steps;
        Dd::new(q, -q.mul_add(steps, -t) / steps)
    };
    let mut x: Vec<Dd> = x0.iter().map(|&x| Dd(x, 0.0)).collect();
    for _ in 0..steps as usize {
        let mut term = x.clone();
        for k in 1..=60 {
            let mut next = vec![Dd(0.0, 0.0); n];
            for j in 0..n {
                for (y, &a) in next.iter_mut().zip(a.column(j)) {
                    *y = y.add(term[j].scaled(a));
                }
            }
            let inverse = {
                let q = 1.0 / f64::from(k);
                Dd::new(q, -q.mul_add(f64::from(k), -1.0) / f64::from(k))
            };
            let factor = h.mul(inverse);
            term = next.into_iter().map(|y| y.mul(factor)).collect();
            x.iter_mut().zip(&term).for_each(|(x, t)| *x = x.add(*t));
        }
    }
    x.into_iter().map(|x| x.0).collect()
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn grid(t: f64, intervals: usize) -> Vec<f64> {
    (0..=intervals).map(|k| t * k as f64 / intervals as f64).collect()
}

/// The largest error at recorded times (two in small systems), relative to the largest recorded state.
fn worst(a: &Matrix, x0: &[f64], t: f64) -> f64 {
    let times = grid(t, 400);
    let run = simulate_linear(&LinearSystem::new(a.clone()), x0, &times, &Settings::default(), &unwatched);
    let run = run.unwrap();
    assert_eq!(run.verdict, Verdict::Completed);
    let size = (0..=400).map(|k| norm(run.x.column(k))).fold(0.0, f64::max);
    let at = if x0.len() > 10 { &[400][..] } else { &[237, 400][..] };
    at.iter().map(|&k| distance(run.x.column(k), &reference(a, x0, times[k])) / size).fold(0.0, f64::max)
}

#[test]
fn random_stable_systems_are_exact_to_ten_digits() {
    let mut worst_of_all: f64 = 0.0;
    for trial in 0..200u64 {
        let mut random = Stream::new(2026, trial, 0);
        let n = if trial < 195 {
            1 + (trial as usize * 7) % 40
        } else {
            [60, 80, 100, 150, 200][trial as usize - 195]
        };
        let gain = 0.5 + 2.0 * random.uniform();
        let scale = gain / (n as f64).sqrt();
        let mut a = Matrix::from_fn(n, n, |_, _| scale * random.normal());
        // A part above the diagonal makes some of them far from normal.
        if trial % 3 == 0 && n > 1 {
            (1..n).for_each(|j| a[(j - 1, j)] += 2.0 * gain);
        }
        let abscissa = eigenvalues(&a).unwrap()[0].re;
        (0..n).for_each(|i| a[(i, i)] -= abscissa + 0.1);
        let x0: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        let t = if n > 40 { 2.0 } else { 5.0 };
        let e = worst(&a, &x0, t);
        assert!(e < 1e-10, "trial {trial} of {n}: {e}");
        worst_of_all = worst_of_all.max(e);
    }
    println!("worst {worst_of_all:.1e}");
}

#[test]
fn every_planar_type_is_exact_to_ten_digits() {
    for rows in [
        [[1.0, 2.0], [3.0, -1.0]],
        [[-1.0, 0.5], [0.25, -2.0]],
        [[1.0, 0.5], [0.25, 2.0]],
        [[-0.2, 3.0], [-3.0, -0.2]],
        [[0.2, -3.0], [3.0, 0.2]],
        [[0.0, 2.0], [-2.0, 0.0]],
        [[-1.5, 0.0], [0.0, -1.5]],
        [[-1.0, 1.0], [0.0, -1.0]],
        [[3.0, 1.0], [0.0, 3.0]],
        [[-1.0, 1.0], [1.0, -1.0]],
        [[1.0, 1.0], [1.0, 1.0]],
        [[0.0, 1.0], [0.0, 0.0]],
        [[0.0, 0.0], [0.0, 0.0]],
        [[-1.0, 1e6], [0.0, -1.0]],
    ] {
        let e = worst(&Matrix::from_rows(&rows), &[1.0, 0.5], 5.0);
        assert!(e < 1e-10, "{rows:?}: {e}");
    }
}

#[test]
fn the_tornado_ends_where_its_closed_form_says_after_many_steps() {
    let (a, b, l) = (0.035, 10.5, 0.08);
    let system = LinearSystem::new(Matrix::from_rows(&[[a, b, 0.0], [-b, a, 0.0], [0.0, 0.0, l]]));
    let end = [4.035143017690633, -0.22351879544645858, 11.023176380641601];
    for intervals in [1, 300, 3000, 30_000] {
        let times = grid(30.0, intervals);
        let run = simulate_linear(&system, &[1.0; 3], &times, &Settings::default(), &unwatched).unwrap();
        let e = distance(run.x.column(intervals), &end) / norm(&end);
        assert!(e < 1e-12, "{intervals}: {e}");
        assert!(run.error.value.unwrap() < 1e-10);
    }
}

#[test]
fn a_mode_that_overflows_does_not_spoil_a_state_without_it() {
    let a = Matrix::diagonal(&[1000.0, -1.0]);
    let run =
        simulate_linear(&LinearSystem::new(a), &[0.0, 1.0], &[0.0, 10.0], &Settings::default(), &unwatched)
            .unwrap();
    assert_eq!(run.x[(0, 1)], 0.0);
    assert!((run.x[(1, 1)] / (-10f64).exp() - 1.0).abs() < 1e-10);
}

#[test]
fn stiffness_costs_nothing() {
    let a = Matrix::from_rows(&[[-1e4, 1e4], [0.0, -1.0]]);
    let run = simulate_linear(
        &LinearSystem::new(a),
        &[0.0, 1.0],
        &[0.0, 1.0, 5.0],
        &Settings::default(),
        &unwatched,
    );
    let run = run.unwrap();
    // The first variable follows the second at 1e4/(1e4 - 1) of its value.
    let want = (-5f64).exp() * 1e4 / (1e4 - 1.0);
    assert!((run.x[(0, 2)] / want - 1.0).abs() < 1e-10, "{}", run.x[(0, 2)]);
}

#[test]
fn unstable_growth_ends_within_one_interval_of_the_overflow() {
    let a = Matrix::from_rows(&[[-1.0, 0.0], [0.0, 100.0]]);
    let times = grid(20.0, 200);
    let run = simulate_linear(&LinearSystem::new(a), &[1.0, 1.0], &times, &Settings::default(), &unwatched)
        .unwrap();
    let Verdict::Diverged { time, variable, value, cause } = run.verdict else { panic!("{:?}", run.verdict) };
    // exp(100 t) overflows at t = 7.0978.
    assert!((7.0..7.1).contains(&time) && variable == 1 && value > 1e300, "{time} {variable} {value}");
    assert!(cause.contains("unstable linear growth"));
    assert!(run.x.is_finite());
}

#[test]
fn the_variable_that_overflows_is_named_and_not_the_largest_before() {
    let system = LinearSystem::new(Matrix::diagonal(&[1e300, 1.0]));
    let run = simulate_linear(&system, &[1.0, 2.0], &[0.0, 1.0], &Settings::default(), &unwatched).unwrap();
    let Verdict::Diverged { time, variable, value, .. } = run.verdict else { panic!("{:?}", run.verdict) };
    assert_eq!((time, variable, value), (0.0, 0, 1.0));
}

#[test]
fn driven_systems_agree_with_an_explicit_method_at_tight_tolerance() {
    let mut s =
        LinearSystem::new(Matrix::from_rows(&[[-0.5, 2.0, 0.0], [-2.0, -0.5, 1.0], [0.3, 0.0, -1.0]]));
    s.g = vec![0.1, -0.2, 0.05];
    let drive = |direction: [f64; 3], signal| Drive { direction: direction.to_vec(), signal };
    s.drives = vec![
        drive([1.0, 0.0, 0.0], Signal::Step { onset: 0.77, value: 2.0 }),
        drive([0.0, 1.0, 0.0], Signal::Pulse { onset: 1.03, width: 0.6, amplitude: -3.0 }),
        drive([0.0, 0.0, 1.0], Signal::Ramp { onset: 0.4, slope: 1.5, end: Some(2.2) }),
        drive([0.5, 0.5, 0.0], Signal::Sine { onset: 0.9, amplitude: 1.2, frequency: 0.8, phase: 0.4 }),
        drive([0.2, 0.0, 0.7], Signal::Samples { times: vec![0.5, 1.0, 2.5], values: vec![0.0, 2.0, -1.0] }),
        drive([0.0, 0.3, 0.0], Signal::Constant { value: 0.5 }),
    ];
    let (x0, times) = ([1.0, -1.0, 0.5], grid(4.0, 40));
    let exact = simulate_linear(&s, &x0, &times, &Settings::default(), &unwatched).unwrap();
    for (method, rtol, tolerance) in [(Method::Dop853, 1e-12, 1e-9), (Method::Tsit5, 1e-10, 1e-7)] {
        let settings = Settings { method, rtol, atol: rtol, ..Settings::default() };
        let run = simulate(&s, &[], &x0, &times, &settings, &unwatched).unwrap();
        for k in 0..times.len() {
            let e = distance(run.x.column(k), exact.x.column(k));
            assert!(e < tolerance, "{} at {}: {e}", method.name(), times[k]);
        }
    }
}
