//! What slides along a discontinuity is told so within some thousand steps; what only crosses one, or is stiff, is followed.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use dynamics::field::{EvalError, VectorField, Workspace};
use dynamics::simulate::{Method, Settings, Trajectory, Verdict, simulate, unwatched};

/// A field from a closure, one lane at a time.
struct Flow<F>(usize, F);

impl<F: Fn(f64, &[f64], &mut [f64]) + Sync> VectorField for Flow<F> {
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
        let mut slope = vec![0.0; n];
        for l in 0..lanes {
            let state: Vec<f64> = (0..n).map(|i| x[i * lanes + l]).collect();
            (self.1)(t[l], &state, &mut slope);
            (0..n).for_each(|i| dx[i * lanes + l] = slope[i]);
        }
        Ok(())
    }
}

fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

fn follow(field: &dyn VectorField, x0: &[f64], end: f64, method: Method) -> Trajectory {
    let settings = Settings { method, max_steps: 300_000, ..Settings::default() };
    simulate(field, &[], x0, &[0.0, end], &settings, &unwatched).unwrap()
}

const METHODS: [Method; 6] = [
    Method::Auto,
    Method::BogackiShampine32,
    Method::DormandPrince54,
    Method::Tsit5,
    Method::Dop853,
    Method::Rodas5P,
];

#[test]
fn a_relay_slides_from_the_moment_it_arrives() {
    let relay = Flow(1, |_, x: &[f64], dx: &mut [f64]| dx[0] = -sign(x[0]));
    // The surface may move: v follows w = sin t + 1 from 0, where 2 t = 1 + sin t.
    let chase = Flow(2, |t: f64, x: &[f64], dx: &mut [f64]| {
        dx[0] = 2.0 * sign(x[1] - x[0]);
        dx[1] = t.cos();
    });
    let cases: [(&dyn VectorField, &[f64], f64); 2] =
        [(&relay, &[1.0], 1.0), (&chase, &[0.0, 1.0], 0.887_862_21)];
    for (field, x0, arrives) in cases {
        for method in METHODS {
            let run = follow(field, x0, 100.0, method);
            let Verdict::Slides { time, variable: 0 } = run.verdict else {
                panic!("{method:?}: {:?}, {} steps, {} rejected", run.verdict, run.steps, run.rejected)
            };
            assert!((time - arrives).abs() < 0.1, "{method:?}: {time}");
            assert!(run.steps < 20_000, "{method:?}: {}", run.steps);
        }
    }
}

#[test]
fn what_crosses_a_discontinuity_is_followed() {
    // Dry friction: each half turn loses 0.2 of the amplitude, so that x(4 pi) = 5 - 0.8.
    let pendulum = Flow(2, |_, x: &[f64], dx: &mut [f64]| {
        dx[0] = x[1];
        dx[1] = -x[0] - 0.1 * sign(x[1]);
    });
    let run = follow(&pendulum, &[5.0, 0.0], 4.0 * std::f64::consts::PI, Method::Auto);
    assert_eq!(run.verdict, Verdict::Completed);
    assert!((run.x[(0, 1)] - 4.2).abs() < 1e-3, "{}", run.x[(0, 1)]);
    // A thousand turns of a switch that time sets.
    let driven = Flow(1, |t: f64, x: &[f64], dx: &mut [f64]| dx[0] = sign((10.0 * t).sin()) - x[0]);
    assert_eq!(follow(&driven, &[0.0], 600.0, Method::Auto).verdict, Verdict::Completed);
}

#[test]
fn what_is_only_stiff_is_followed() {
    let stiff = Flow(1, |t: f64, x: &[f64], dx: &mut [f64]| dx[0] = -1e7 * (x[0] - t.cos()));
    for method in [Method::Tsit5, Method::Dop853, Method::Rodas5P] {
        let run = follow(&stiff, &[1.5], 0.01, method);
        assert_eq!(run.verdict, Verdict::Completed, "{method:?}");
    }
}
