//! How a hybrid run ends where it does not reach its end.

use crate::systems::{ball, leaky, linear, nonlinear, run, run_once};
use dynamics::field::{Action, Guard, Hold};
use dynamics::linalg::Matrix;
use dynamics::simulate::{Method, Settings, SimulateError, Verdict, simulate_hybrid, unwatched};

#[test]
fn a_guard_that_stops_names_itself_and_its_time() {
    // x' = -x from 1 to 1/2: ln 2, by the second guard.
    for (method, tolerance) in [(Method::Expm, 1e-15), (Method::Dop853, 1e-11), (Method::Rk4, 1e-9)] {
        let a = Matrix::from_rows(&[[-1.0]]);
        let guards = vec![Guard::new(Action::Observe), Guard::new(Action::Stop)];
        let guard = |k: usize, _: f64, x: &[f64]| if k == 0 { 0.75 - x[0] } else { 0.5 - x[0] };
        let system = linear(a, vec![0.0], guards, guard, |_, _, _| {});
        let found = run(&system, &[1.0], &[0.0, 0.1, 0.9, 2.0], method, 1e-10);
        let Verdict::Ended { time, guard: 1 } = found.trajectory.verdict else {
            panic!("{:?}", found.trajectory)
        };
        assert!((time - 2f64.ln()).abs() < tolerance, "{method:?}: {time}");
        assert_eq!(found.trajectory.t, [0.0, 0.1]);
        assert_eq!(found.events.len(), 2, "{method:?}: {:?}", found.events);
        assert!((found.events[0].time - (4f64 / 3.0).ln()).abs() < tolerance);
        assert!((found.events[1].state[0] - 0.5).abs() < 1e-12);
        assert!(found.trajectory.error.value.is_some(), "{:?}", found.trajectory.error);
    }
}

#[test]
fn infinitely_many_events_in_a_finite_time_are_chattering() {
    // The bounces of a ball pile up at sqrt(2/g) (1 + e)/(1 - e).
    for (method, e) in [(Method::Expm, 0.5), (Method::Tsit5, 0.5), (Method::Rk4, 0.5), (Method::Expm, 0.9)] {
        let found = run(&ball(e), &[1.0, 0.0], &[0.0, 10.0], method, 1e-8);
        let Verdict::Chattering { time, guard: 0, .. } = found.trajectory.verdict else {
            panic!("{method:?}: {:?}", found.trajectory)
        };
        let limit = f64::sqrt(2.0 / 9.81) * (1.0 + e) / (1.0 - e);
        assert!((time - limit).abs() < 1e-6, "{method:?}: {time} is not {limit}");
        assert!(found.events.len() < 1000, "{}", found.events.len());
    }
}

#[test]
fn a_switch_without_hysteresis_is_chattering() {
    // x' = -q, and q takes the sign of x at each crossing: it slides along 0.
    let a = Matrix::from_rows(&[[0.0, -1.0], [0.0, 0.0]]);
    let guard = |k: usize, _: f64, x: &[f64]| match k {
        0 if x[1] < 0.0 => x[0],
        1 if x[1] > 0.0 => -x[0],
        _ => -1.0,
    };
    let jump = |k: usize, _: f64, x: &mut [f64]| x[1] = if k == 0 { 1.0 } else { -1.0 };
    let system = linear(a, vec![0.0; 2], vec![Guard::jump(), Guard::jump()], guard, jump);
    let found = run(&system, &[1.0, 1.0], &[0.0, 3.0], Method::Auto, 1e-6);
    let Verdict::Chattering { time, .. } = found.trajectory.verdict else { panic!("{:?}", found.trajectory) };
    assert!((time - 1.0).abs() < 1e-12);
}

#[test]
fn a_jump_that_leaves_its_guard_above_zero_is_told() {
    // One that takes too little, one that does nothing, and one that lands on the guard itself.
    for reset in [15.5, f64::NAN, 15.0] {
        let mut system = leaky(20.0);
        system.guards = vec![Guard::jump()];
        system.jump = Box::new(move |_, _, x| {
            if !reset.is_nan() {
                x[0] = reset;
            }
        });
        for method in [Method::Expm, Method::Tsit5, Method::Rk4] {
            let found = run(&system, &[0.0], &[0.0, 100.0], method, 1e-6);
            let Verdict::JumpStays { time, guard: 0 } = found.trajectory.verdict else {
                panic!("{reset} {method:?}: {:?}", found.trajectory)
            };
            assert!((time - 20.0 * 4f64.ln()).abs() < 1e-3, "{time}");
            assert_eq!(found.events.len(), 1);
        }
    }
}

#[test]
fn a_guard_that_is_above_zero_when_its_hold_ends_fires_then() {
    // The jump leaves x above the guard, which rests for 3 and then fires again.
    let hold = Some(Hold { variables: vec![], duration: 3.0 });
    let system = linear(
        Matrix::zeros(1, 1),
        vec![1.0],
        vec![Guard::new(Action::Jump { hold })],
        |_, _, x| x[0] - 1.0,
        |_, _, _| {},
    );
    let found = run(&system, &[0.0], &[0.0, 8.0], Method::Auto, 1e-6);
    let times: Vec<f64> = found.events.iter().map(|e| e.time).collect();
    assert_eq!(found.trajectory.verdict, Verdict::Completed);
    assert!(times.iter().zip([1.0, 4.0, 7.0]).all(|(t, w)| (t - w).abs() < 1e-14), "{times:?}");
}

#[test]
fn a_flow_that_blows_up_between_events_is_told() {
    let f = |_: f64, x: &[f64], dx: &mut [f64]| dx[0] = x[0] * x[0];
    let system = nonlinear(1, f, vec![Guard::jump()], |_, _, _| -1.0, |_, _, _| {});
    for method in [Method::Tsit5, Method::Dop853, Method::Rk4] {
        let found = run(&system, &[1.0], &[0.0, 0.5, 2.0], method, 1e-6);
        let Verdict::Diverged { time, variable: 0, cause, .. } = &found.trajectory.verdict else {
            panic!("{method:?}: {:?}", found.trajectory)
        };
        assert!((time - 1.0).abs() < 0.1 && cause.contains("finite time"), "{method:?}: {time} {cause}");
        assert_eq!(found.trajectory.t, [0.0, 0.5]);
    }
}

#[test]
fn an_explosion_that_the_clock_does_not_resolve_is_cut_where_its_guard_is() {
    // x' = exp(x) from 0 is -ln(1 - t): from 35 to 40 it takes 6e-16, from 40 to infinity 4e-18, and a double at 2 resolves 4e-16.
    let f = |_: f64, x: &[f64], dx: &mut [f64]| dx[0] = x[0].exp();
    let guard = |_: usize, _: f64, x: &[f64]| x[0] - 40.0;
    let system = nonlinear(1, f, vec![Guard::jump()], guard, |_, _, x| x[0] = 0.0);
    for method in [Method::Tsit5, Method::Dop853, Method::Auto] {
        let found = run(&system, &[0.0], &[0.0, 4.5], method, 1e-9);
        assert_eq!(found.trajectory.verdict, Verdict::Completed, "{method:?}");
        assert_eq!(found.events.len(), 4, "{method:?}: {:?}", found.events);
        for (k, event) in found.events.iter().enumerate() {
            // The tolerance of 1e-9 is one of x; the time is as good wherever x is of size 1.
            assert!((event.time - (k + 1) as f64).abs() < 1e-7, "{method:?}: {event:?}");
            assert!((event.state[0] - 40.0).abs() < 1e-6, "{method:?}: {event:?}");
        }
        let exact = 2f64.ln();
        assert!((found.trajectory.x[(0, 1)] - exact).abs() < 1e-6, "{method:?}");
    }
}

#[test]
fn steps_and_callers_can_end_a_run() {
    let settings = Settings { max_steps: 20, ..Settings::default() };
    let found = run_once(&leaky(20.0), &[0.0], &[0.0, 1e6], settings);
    assert!(matches!(found.trajectory.verdict, Verdict::Stopped { .. }));
    assert!(found.trajectory.reason.contains("limit of 20 steps"));
}

#[test]
fn a_guard_that_is_not_a_number_is_an_error() {
    // sqrt(1 - t) from t = 1 on.
    let f = |_: f64, _: &[f64], dx: &mut [f64]| dx[0] = 1.0;
    let guard = |_: usize, t: f64, _: &[f64]| -(1.0 - t).sqrt() - 1.0;
    let system = nonlinear(1, f, vec![Guard::jump()], guard, |_, _, _| {});
    let found = simulate_hybrid(&system, &[], &[0.0], &[0.0, 2.0], &Settings::default(), &unwatched);
    assert!(found.unwrap_err().to_string().contains("guard 0 is not a number"));
}

#[test]
fn questions_that_cannot_be_asked_are_refused() {
    let ask = |system: &crate::systems::System, x0: &[f64], method| {
        let settings = Settings { method, ..Settings::default() };
        simulate_hybrid(system, &[], x0, &[0.0, 1.0], &settings, &unwatched).map(|_| ())
    };
    let mut system = leaky(20.0);
    assert!(matches!(ask(&system, &[0.0, 1.0], Method::Auto), Err(SimulateError::WrongLength { .. })));
    for (variables, duration) in [(vec![0], -1.0), (vec![0], f64::NAN), (vec![3], 1.0)] {
        system.guards = vec![Guard::new(Action::Jump { hold: Some(Hold { variables, duration }) })];
        assert!(ask(&system, &[0.0], Method::Auto).is_err());
    }
    let free = crate::systems::quadratic(1.0, -10.0);
    assert!(matches!(ask(&free, &[0.0], Method::Expm), Err(SimulateError::Unfit { .. })));
}
