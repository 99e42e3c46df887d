//! Hybrid systems: events against closed forms, their order, and what cannot be followed.

#![allow(clippy::unwrap_used)]

mod systems;
mod verdicts;

use dynamics::field::{Action, Drive, Guard, Hold, Signal};
use dynamics::linalg::Matrix;
use dynamics::simulate::{Method, Settings, Verdict};
use systems::{ball, leaky, linear, nonlinear, quadratic, run, run_once};

#[test]
fn the_rate_of_a_leaky_integrator_is_its_closed_form() {
    // 1/(ref + tau ln(RI/(RI - th))), per second with times in milliseconds.
    for (drive, hertz) in
        [(15.1, 9.7708), (16.0, 17.4059), (20.0, 33.6407), (30.0, 63.0400), (50.0, 109.4871)]
    {
        let period = 2.0 + 20.0 * f64::ln(drive / (drive - 15.0));
        assert!((1000.0 / period - hertz).abs() < 1e-4);
        // Near the threshold the drive exceeds it by 0.1 only, and rounding of x is multiplied by tau/0.1.
        for (method, rtol, tolerance) in [
            (Method::Expm, 1e-6, 1e-12),
            (Method::Dop853, 1e-12, 1e-8),
            (Method::Tsit5, 1e-10, 1e-6),
            (Method::Rodas5P, 1e-10, 1e-6),
        ] {
            let found = run(&leaky(drive), &[0.0], &[0.0, 1000.0], method, rtol);
            assert_eq!(found.trajectory.verdict, Verdict::Completed);
            assert!(found.events.len() >= 9, "{}", found.events.len());
            for (k, event) in found.events.iter().enumerate() {
                let want = period * (k + 1) as f64 - 2.0;
                assert!(
                    (event.time / want - 1.0).abs() < tolerance,
                    "{method:?} {drive}: event {k} at {}",
                    event.time
                );
                assert!((event.state[0] - 15.0).abs() < 1e-12, "{}", event.state[0]);
            }
        }
    }
}

#[test]
fn a_bouncing_ball_keeps_its_closed_form_times() {
    let (e, height, gravity) = (0.8, 1.0, 9.81);
    for (method, tolerance) in [(Method::Expm, 1e-14), (Method::Tsit5, 1e-12), (Method::Dop853, 1e-12)] {
        let found = run(&ball(e), &[height, 0.0], &[0.0, 3.5], method, 1e-8);
        let (mut t, mut v) = (f64::sqrt(2.0 * height / gravity), f64::sqrt(2.0 * height * gravity) * e);
        assert!(found.events.len() >= 9, "{}", found.events.len());
        for event in &found.events {
            assert!((event.time - t).abs() < tolerance, "{method:?}: {} is not {t}", event.time);
            (t, v) = (t + 2.0 * v / gravity, v * e);
        }
        assert!(found.trajectory.x[(0, 1)] > 0.0);
    }
}

#[test]
fn the_times_of_events_have_the_order_of_the_method() {
    // From -2 to 10 under x' = x^2 + 1: atan 10 + atan 2. The cut steps are steps of the method too.
    let period = 10f64.atan() + 2f64.atan();
    let error = |method, steps: f64| {
        let settings = Settings { method, dt: Some(1.0 / steps), ..Settings::default() };
        let found = run_once(&quadratic(1.0, -2.0), &[-2.0], &[0.0, 13.0], settings);
        assert_eq!(found.events.len(), 5, "{method:?}");
        (found.events[4].time - 5.0 * period).abs()
    };
    for (method, order, steps) in
        [(Method::Euler, 1.0, 4096.0), (Method::Heun, 2.0, 1024.0), (Method::Rk4, 4.0, 256.0)]
    {
        let (coarse, fine) = (error(method, steps), error(method, 4.0 * steps));
        let found = (coarse / fine).log2() / 2.0;
        assert!((found - order).abs() < 0.15, "{method:?}: {found} from {coarse:e}, {fine:e}");
    }
    for method in
        [Method::BogackiShampine32, Method::DormandPrince54, Method::Tsit5, Method::Dop853, Method::Rodas5P]
    {
        for rtol in [1e-5, 1e-7, 1e-9, 1e-11] {
            let settings = Settings { method, rtol, atol: 1e-3 * rtol, ..Settings::default() };
            let found = run_once(&quadratic(1.0, -2.0), &[-2.0], &[0.0, 13.0], settings);
            let error = (found.events[4].time - 5.0 * period).abs();
            assert!(error < 100.0 * rtol, "{method:?} at {rtol:e}: {error:e}");
        }
    }
}

#[test]
fn two_equal_poles_are_nothing_special() {
    // tau v' = -v + s, tau s' = -s + y, y' = -y/tau with s(0) = 1: v(t) = (t/tau) exp(-t/tau); 0.5 of it at tau for a weight .5.
    let tau = 10.0;
    let a = Matrix::from_rows(&[[-1.0 / tau, 1.0 / tau], [0.0, -1.0 / tau]]);
    let never = |_: usize, _: f64, _: &[f64]| -1.0;
    let system = linear(a, vec![0.0; 2], vec![Guard::jump()], never, |_, _, _| {});
    let found = run(&system, &[0.0, 0.5], &[0.0, 3.0, 10.0], Method::Auto, 1e-6);
    assert_eq!(found.trajectory.method, "expm");
    assert!((found.trajectory.x[(0, 2)] - 0.5 * (-1f64).exp()).abs() < 1e-15);
    // Three equal poles: v = (t/tau)^2/2 exp(-t/tau) at t = tau is 0.18393972 for a weight of 1.
    let r = 1.0 / tau;
    let a = Matrix::from_rows(&[[-r, r, 0.0], [0.0, -r, r], [0.0, 0.0, -r]]);
    let system = linear(a, vec![0.0; 3], vec![Guard::jump()], never, |_, _, _| {});
    let found = run(&system, &[0.0, 0.0, 1.0], &[0.0, 10.0], Method::Expm, 1e-6);
    assert!((found.trajectory.x[(0, 1)] - 0.183_939_720_585_721_16).abs() < 1e-15);
}

#[test]
fn the_exact_flow_between_events_is_that_of_the_exact_propagator() {
    // A driven, rotating, stiff system with a guard that never fires.
    let a = Matrix::from_rows(&[[-0.1, 5.0, 0.0], [-5.0, -0.1, 1.0], [0.0, 0.3, -40.0]]);
    let mut system = linear(a, vec![0.1, -0.2, 0.3], vec![Guard::jump()], |_, _, _| -1.0, |_, _, _| {});
    let exo = system.linear.as_mut().unwrap();
    for signal in [
        Signal::Sine { onset: 0.5, amplitude: 2.0, frequency: 0.7, phase: 0.3 },
        Signal::Pulse { onset: 1.0, width: 0.25, amplitude: 3.0 },
        Signal::Ramp { onset: 0.2, slope: 2.0, end: Some(1.7) },
    ] {
        exo.drives.push(Drive { direction: vec![1.0, 0.5, -1.0], signal });
    }
    let times = [0.0, 0.3, 1.1, 2.0, 7.7];
    let found = run(&system, &[1.0, 0.0, 0.5], &times, Method::Auto, 1e-6);
    let settings = Settings::default();
    let want = dynamics::simulate::simulate_linear(
        system.linear.as_ref().unwrap(),
        &[1.0, 0.0, 0.5],
        &times,
        &settings,
        &dynamics::simulate::unwatched,
    )
    .unwrap();
    let apart = (&found.trajectory.x - &want.x).norm_max();
    assert!(apart < 2e-14, "{apart:e}");
    assert!(found.trajectory.error.value.unwrap() < 1e-13, "{:?}", found.trajectory.error);
}

/// x' = y, y' = -x: a circle of radius r from its lowest point; the guard is x - 1.
fn circle() -> systems::System {
    let a = Matrix::from_rows(&[[0.0, 1.0], [-1.0, 0.0]]);
    linear(a, vec![0.0; 2], vec![Guard::new(Action::Observe)], |_, _, x| x[0] - 1.0, |_, _, _| {})
}

#[test]
fn a_guard_that_is_touched_is_not_crossed() {
    let times = [0.0, 100.0];
    for radius in [1.0 - 1e-12, 1.0] {
        let found = run(&circle(), &[-radius, 0.0], &times, Method::Expm, 1e-6);
        assert!(found.events.is_empty(), "{radius}: {:?}", found.events);
    }
    // A hundred-millionth beyond, it is crossed once a turn, for 2 acos(1/r) = 2.8e-4 of 6.28.
    let radius = 1.0 + 1e-8;
    let found = run(&circle(), &[-radius, 0.0], &times, Method::Expm, 1e-6);
    assert_eq!(found.events.len(), 16);
    for (k, event) in found.events.iter().enumerate() {
        let want = std::f64::consts::PI * (2 * k + 1) as f64 - f64::acos(1.0 / radius);
        // Rounding of the guard, 1e-16, over its slope there, 1.4e-4.
        assert!((event.time - want).abs() < 2e-11, "{k}: {} is not {want}", event.time);
    }
}

#[test]
fn what_only_observes_leaves_the_trajectory_alone() {
    let times = [0.0, 1.0, 20.0];
    for method in [Method::Tsit5, Method::Dop853, Method::BogackiShampine32] {
        let f =
            |_: f64, x: &[f64], dx: &mut [f64]| (dx[0], dx[1]) = (x[1], (1.0 - x[0] * x[0]) * x[1] - x[0]);
        let watched = nonlinear(
            2,
            f,
            vec![Guard::new(Action::Observe), Guard::new(Action::Observe)],
            |k, _, x| if k == 0 { x[0] } else { -x[0] },
            |_, _, _| unreachable!("nothing jumps"),
        );
        let free = nonlinear(2, f, vec![], |_, _, _| 0.0, |_, _, _| {});
        let settings = || Settings { method, ..Settings::default() };
        let (one, two) = (
            run_once(&watched, &[2.0, 0.0], &times, settings()),
            run_once(&free, &[2.0, 0.0], &times, settings()),
        );
        assert_eq!(one.trajectory.x, two.trajectory.x);
        assert_eq!(one.trajectory.steps, two.trajectory.steps);
        // The van der Pol cycle at mu = 1 has the period 6.6632868593231301896996820305, and passes 0 once up, once down.
        let ups: Vec<f64> = one.events.iter().filter(|e| e.guard == 0).map(|e| e.time).collect();
        assert!(one.events.len() >= 5 && one.events.windows(2).all(|w| w[0].guard != w[1].guard));
        let period = ups[ups.len() - 1] - ups[ups.len() - 2];
        assert!((period - 6.663_286_859_323_13).abs() < 2e-4, "{method:?}: {period}");
    }
}

#[test]
fn the_period_of_van_der_pol_is_found_between_two_events() {
    let f = |_: f64, x: &[f64], dx: &mut [f64]| (dx[0], dx[1]) = (x[1], (1.0 - x[0] * x[0]) * x[1] - x[0]);
    let system = nonlinear(2, f, vec![Guard::new(Action::Observe)], |_, _, x| x[0], |_, _, _| {});
    let found = run(&system, &[2.0, 0.0], &[0.0, 60.0], Method::Dop853, 1e-13);
    let ups: Vec<f64> = found.events.iter().map(|e| e.time).collect();
    let period = ups[ups.len() - 1] - ups[ups.len() - 2];
    assert!((period - 6.663_286_859_323_13).abs() < 1e-11, "{period}");
}

#[test]
fn events_at_one_time_come_in_the_order_of_their_guards() {
    // Five equal units with one input, all at the threshold at once, by every kind of method.
    for (method, dt) in
        [(Method::Expm, 0.1), (Method::Tsit5, 0.1), (Method::Rk4, 0.01), (Method::Euler, 0.001)]
    {
        let a = Matrix::diagonal(&[-1.0; 5]);
        let guards = (0..5).map(|_| Guard::jump()).collect();
        let system = linear(a, vec![2.0; 5], guards, |k, _, x| x[k] - 1.0, |k, _, x| x[k] = 0.0);
        let settings = Settings { method, dt: Some(dt), ..Settings::default() };
        let found = run_once(&system, &[0.0; 5], &[0.0, 3.0], settings);
        assert_eq!(found.events.len(), 20, "{method:?}");
        for (k, e) in found.events.iter().enumerate() {
            assert_eq!(e.guard, k % 5, "{method:?}");
            assert_eq!(e.time, found.events[k - k % 5].time, "{method:?}");
        }
    }
}

#[test]
fn a_jump_sets_off_others_at_the_same_time_and_takes_back_some() {
    // Unit 0 reaches 1 and lifts unit 1 (at 0.9) over it, which lifts unit 2; unit 3 is at the threshold too and is pulled
    // down by unit 0 before its turn.
    let a = Matrix::zeros(4, 4);
    let guards = (0..4).map(|_| Guard::jump()).collect();
    let jump = |k: usize, _: f64, x: &mut [f64]| {
        x[k] = 0.0;
        if k < 2 {
            x[k + 1] += 0.2;
        }
        if k == 0 {
            x[3] -= 0.5;
        }
    };
    let system = linear(a, vec![1.0, 0.0, 0.0, 1.0], guards, |k, _, x| x[k] - 1.0, jump);
    let found = run(&system, &[0.5, 0.9, 0.9, 0.5], &[0.0, 0.4, 0.5, 0.7], Method::Auto, 1e-6);
    let order: Vec<usize> = found.events.iter().map(|e| e.guard).collect();
    assert_eq!(order, [0, 1, 2], "{:?}", found.events);
    assert!(found.events.iter().all(|e| (e.time - 0.5).abs() < 1e-15));
    let x = &found.trajectory.x;
    assert!((x[(3, 3)] - 0.7).abs() < 1e-12 && x[(1, 3)] == 0.0 && x[(0, 3)] > 0.1);
}

#[test]
fn what_is_held_rests_and_goes_on_when_it_is_over() {
    // x' = 1 held for 1 after each jump at 1: a period of 2. y' = 1 goes on; z follows x.
    for method in [Method::Expm, Method::Tsit5, Method::Rk4] {
        let hold = Some(Hold { variables: vec![0], duration: 1.0 });
        let system = linear(
            Matrix::zeros(2, 2),
            vec![1.0, 1.0],
            vec![Guard::new(Action::Jump { hold })],
            |_, _, x| x[0] - 1.0,
            |_, _, x| x[0] = 0.0,
        );
        let times = [0.0, 0.5, 1.125, 1.5, 2.0, 2.5, 3.125, 4.25];
        let found = run(&system, &[0.0, 0.0], &times, method, 1e-9);
        let x: Vec<f64> = (0..times.len()).map(|k| found.trajectory.x[(0, k)]).collect();
        let want = [0.0, 0.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.25];
        assert!(x.iter().zip(want).all(|(x, w)| (x - w).abs() < 1e-12), "{method:?}: {x:?}");
        assert!((found.trajectory.x[(1, 7)] - 4.25).abs() < 1e-12);
        assert_eq!(found.events.len(), 2);
    }
}

#[test]
fn a_state_that_begins_beyond_its_guard_jumps_at_once() {
    let found = run(&leaky(20.0), &[16.0], &[0.0, 1.0, 3.0], Method::Auto, 1e-6);
    assert_eq!(found.events[0].time, 0.0);
    assert_eq!((found.trajectory.x[(0, 0)], found.trajectory.x[(0, 1)]), (0.0, 0.0));
    // A guard that observes has crossed nothing.
    let found = run(&circle(), &[2.0, 0.0], &[0.0, 1.0], Method::Auto, 1e-6);
    assert!(found.events.is_empty());
}

#[test]
fn a_jump_of_the_input_is_landed_on() {
    // x' = u(t), a pulse from 1 to 2 of height 3; the guard x - 1 is crossed at 4/3.
    for method in [Method::Expm, Method::Tsit5, Method::Rk4] {
        let mut system = linear(
            Matrix::zeros(1, 1),
            vec![0.0],
            vec![Guard::jump()],
            |_, _, x| x[0] - 1.0,
            |_, _, x| x[0] = -9.0,
        );
        let signal = Signal::Pulse { onset: 1.0, width: 1.0, amplitude: 3.0 };
        system.linear.as_mut().unwrap().drives.push(Drive { direction: vec![1.0], signal });
        let settings = Settings { method, dt: Some(0.3), ..Settings::default() };
        let found = run_once(&system, &[0.0], &[0.0, 5.0], settings);
        assert_eq!(found.events.len(), 1);
        assert!((found.events[0].time - 4.0 / 3.0).abs() < 1e-15, "{method:?}: {}", found.events[0].time);
        assert!((found.trajectory.x[(0, 1)] + 7.0).abs() < 1e-12, "{method:?}");
    }
}

#[test]
fn the_second_run_says_what_it_compared() {
    let found = run(&quadratic(1.0, -10.0), &[-10.0], &[0.0, 10.0], Method::Tsit5, 1e-6);
    let error = found.trajectory.error;
    assert!(error.reason.contains("its 3 events lie at most"), "{}", error.reason);
    assert!(error.value.unwrap() < 1e-3, "{error:?}");
}

#[test]
fn a_population_of_many_guards_is_followed_in_time() {
    // 200 leaky units with different drives: 200 guards, some ten thousand events, each at its closed form.
    let n = 200;
    let drives: Vec<f64> = (0..n).map(|i| 16.0 + 0.1 * i as f64).collect();
    let hold = |i| Action::Jump { hold: Some(Hold { variables: vec![i], duration: 2.0 }) };
    let guards = (0..n).map(|i| Guard { action: hold(i), keeps_state: false }).collect();
    let g: Vec<f64> = drives.iter().map(|d| d / 20.0).collect();
    let system =
        linear(Matrix::diagonal(&vec![-0.05; n]), g, guards, |k, _, x| x[k] - 15.0, |k, _, x| x[k] = 0.0);
    let found = run_once(&system, &vec![0.0; n], &[0.0, 1000.0], Settings::default());
    assert!(found.events.len() > 10_000, "{}", found.events.len());
    let mut count = vec![0; n];
    for event in &found.events {
        let drive = drives[event.guard];
        count[event.guard] += 1;
        let want = (2.0 + 20.0 * f64::ln(drive / (drive - 15.0))) * f64::from(count[event.guard]) - 2.0;
        assert!((event.time / want - 1.0).abs() < 1e-11, "{} of {}: {want}", event.time, event.guard);
    }
}

#[test]
fn auto_changes_to_an_implicit_method_where_the_flow_is_stiff() {
    // x' = 1000 (cos t - x) - sin t, so x = cos t, and y' = 1, from 1 to 0: the guard has no part in the stiffness.
    let f = |t: f64, x: &[f64], dx: &mut [f64]| (dx[0], dx[1]) = (1000.0 * (t.cos() - x[0]) - t.sin(), 1.0);
    let system = nonlinear(2, f, vec![Guard::jump()], |_, _, x| x[1] - 1.0, |_, _, x| x[1] = 0.0);
    let found = run(&system, &[1.0, 0.5], &[0.0, 100.25], Method::Auto, 1e-6);
    let trajectory = &found.trajectory;
    assert_eq!(trajectory.method, "tsit5+rodas5p");
    assert!(trajectory.reason.contains("the flow is stiff, and rodas5p took over"), "{}", trajectory.reason);
    assert!(trajectory.steps < 5000, "{}", trajectory.steps);
    assert_eq!(found.events.len(), 100);
    assert!(
        (trajectory.x[(0, 1)] - 100.25f64.cos()).abs() < 1e-5 && (trajectory.x[(1, 1)] - 0.75).abs() < 1e-9
    );
}
