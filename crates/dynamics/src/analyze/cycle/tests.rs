//! Cycles whose periods and multipliers are known.

use super::*;
use crate::field::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::Matrix;
use std::f64::consts::TAU;

/// x'' - mu (1 - x^2) x' + x = 0.
struct VanDerPol;

impl VectorField for VanDerPol {
    fn dimension(&self) -> usize {
        2
    }
    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        for l in 0..lanes {
            let (a, b) = (x[l], x[lanes + l]);
            dx[l] = b;
            dx[lanes + l] = p[l] * (1.0 - a * a) * b - a;
        }
        Ok(())
    }
    fn jacobian(
        &self,
        _: f64,
        p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        _: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        (j[(0, 0)], j[(0, 1)]) = (0.0, 1.0);
        (j[(1, 0)], j[(1, 1)]) = (-2.0 * p[0] * x[0] * x[1] - 1.0, p[0] * (1.0 - x[0] * x[0]));
        Ok(JacobianKind::Exact)
    }
}

/// z' = (mu + i nu) z - (1 + i c) |z|^2 z.
struct StuartLandau;

impl VectorField for StuartLandau {
    fn dimension(&self) -> usize {
        2
    }
    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        for l in 0..lanes {
            let (a, b) = (x[l], x[lanes + l]);
            let r = a * a + b * b;
            let (mu, nu, c) = (p[l], p[lanes + l], p[2 * lanes + l]);
            dx[l] = mu * a - nu * b - r * (a - c * b);
            dx[lanes + l] = nu * a + mu * b - r * (b + c * a);
        }
        Ok(())
    }
}

fn ellipse(period: f64, a: f64, b: f64) -> CycleGuess {
    let times: Vec<f64> = (0..=60).map(|k| period * k as f64 / 60.0).collect();
    let states =
        times.iter().flat_map(|t| [a * (TAU * t / period).cos(), -b * (TAU * t / period).sin()]).collect();
    CycleGuess { times, states }
}

#[test]
fn the_van_der_pol_cycle_has_its_period_and_multiplier() {
    let cycle = limit_cycle(&VanDerPol, &[1.0], &ellipse(6.6, 2.0, 2.5), &CycleSettings::default()).unwrap();
    assert_eq!(cycle.verdict, CycleVerdict::Converged);
    assert!((cycle.orbit.period - 6.663_286_859_323_136_5).abs() < 1e-12, "{}", cycle.orbit.period);
    let m = cycle.multipliers[0];
    assert!((m.re - 0.000_859_695_063_603_996_4).abs() < 1e-12, "{m}");
    assert_eq!(cycle.is_stable, Some(true));
}

#[test]
fn a_multiplier_of_3e_minus_6_keeps_its_digits() {
    let guess = {
        let mut g = ellipse(6.0, 1.1, 1.1);
        g.states.iter_mut().skip(1).step_by(2).for_each(|y| *y = -*y);
        g
    };
    let cycle = limit_cycle(&StuartLandau, &[1.0, 2.0, 1.0], &guess, &CycleSettings::default()).unwrap();
    assert_eq!(cycle.verdict, CycleVerdict::Converged);
    assert!((cycle.orbit.period - TAU).abs() < 1e-12);
    let truth = (-2.0 * TAU).exp();
    // The Jacobian is by differences here: 1e-10 of its size.
    assert!((cycle.multipliers[0].re / truth - 1.0).abs() < 1e-8, "{}", cycle.multipliers[0]);
}

#[test]
fn where_there_is_no_cycle_none_is_found() {
    // mu < 0: the origin attracts everything.
    let cycle =
        limit_cycle(&StuartLandau, &[-1.0, 2.0, 1.0], &ellipse(6.0, 0.1, 0.1), &CycleSettings::default())
            .unwrap();
    assert!(!cycle.verdict.is_cycle());
}

#[test]
fn a_relaxation_oscillation_is_found_from_a_run() {
    let cycle = settled_cycle(&VanDerPol, &[5.0], &[0.5, 0.0], 100.0, &CycleSettings::default()).unwrap();
    assert!(cycle.verdict.is_cycle(), "{}", cycle.verdict.words());
    // The literature gives ten decimals.
    assert!((cycle.orbit.period - 11.612_230_667_8).abs() < 1e-9, "{}", cycle.orbit.period);
}

#[test]
fn a_run_that_rests_is_no_cycle() {
    let found = settled_cycle(&VanDerPol, &[-1.0], &[0.5, 0.0], 100.0, &CycleSettings::default()).unwrap();
    assert!(matches!(found.verdict, CycleVerdict::Rest { .. }), "{}", found.verdict.words());
}

#[test]
fn the_phase_response_of_a_rotating_oscillator_is_its_closed_form() {
    // With theta = atan2(y, x) - c ln r the phase runs at nu - c mu: Z = grad theta / (nu - c mu).
    let (mu, nu, c) = (1.0, 2.0, 0.5);
    let found =
        settled_cycle(&StuartLandau, &[mu, nu, c], &[0.5, 0.0], 60.0, &CycleSettings::default()).unwrap();
    assert_eq!(found.verdict, CycleVerdict::Converged);
    let z = phase_response(&StuartLandau, &found).unwrap().unwrap();
    assert!(z.deviation < 1e-7, "{:e}", z.deviation);
    for (z, x) in z.curve.points.chunks_exact(2).zip(found.orbit.points.chunks_exact(2)) {
        let r2 = x[0] * x[0] + x[1] * x[1];
        let truth = [(-x[1] - c * x[0]) / r2, (x[0] - c * x[1]) / r2].map(|g| g / (nu - c * mu));
        assert!((z[0] - truth[0]).hypot(z[1] - truth[1]) < 1e-7, "{z:?} {truth:?}");
    }
}

#[test]
fn an_unstable_cycle_has_a_phase_response_too() {
    // Backward in time the van der Pol cycle repels: mu < 0.
    let cycle = limit_cycle(&VanDerPol, &[-1.0], &ellipse(6.6, 2.0, 2.5), &CycleSettings::default()).unwrap();
    assert!(cycle.verdict.is_cycle(), "{}", cycle.verdict.words());
    assert_eq!(cycle.is_stable, Some(false));
    assert!((cycle.multipliers[0].re * 0.000_859_695_063_604 - 1.0).abs() < 1e-9);
    let z = phase_response(&VanDerPol, &cycle).unwrap().unwrap();
    assert!(z.deviation < 1e-6, "{:e}", z.deviation);
}

#[test]
fn the_return_map_of_a_cycle_has_its_multiplier() {
    let settings = crate::simulate::Settings { rtol: 1e-11, atol: 1e-13, ..Default::default() };
    let plane = Section { normal: vec![1.0, 0.0], offset: 0.0 };
    let crossings = section(&VanDerPol, &[1.0], &[0.5, 0.0], &plane, 60.0, &settings).unwrap();
    let [before, last] = &crossings[crossings.len() - 2..] else { panic!("two crossings") };
    assert!((last.time - before.time - 6.663_286_859_323).abs() < 1e-9);
    assert!(last.x[0].abs() < 1e-13);
    let back = return_map(&VanDerPol, &[1.0], &last.x, &plane, 10.0, &settings).unwrap().unwrap();
    assert!((back.crossing.time - 6.663_286_859_323).abs() < 1e-9);
    assert!((back.eigenvalues[0].re - 0.000_859_695_063_6).abs() < 1e-9, "{:?}", back.eigenvalues);
    assert_eq!(back.eigenvalues.len(), 1);
}

/// A circle of radius 1 that drives variables which forget at the rates of `FORGET`, each driven by the one before, and a damped pair.
struct Cascade;

const FORGET: [f64; 6] = [0.5, 0.52, 1.0, 3.0, 5.0, 8.0];

impl VectorField for Cascade {
    fn dimension(&self) -> usize {
        FORGET.len() + 4
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
        let n = self.dimension();
        for l in 0..lanes {
            let at = |i: usize| x[i * lanes + l];
            let growth = 1.0 - at(0) * at(0) - at(1) * at(1);
            dx[l] = growth * at(0) - at(1);
            dx[lanes + l] = growth * at(1) + at(0);
            for (k, rate) in FORGET.iter().enumerate() {
                dx[(k + 2) * lanes + l] = -rate * at(k + 2) + at(k + 1);
            }
            let (a, b) = (at(n - 2), at(n - 1));
            dx[(n - 2) * lanes + l] = -0.2 * a - 0.7 * b + at(0);
            dx[(n - 1) * lanes + l] = 0.7 * a - 0.2 * b;
        }
        Ok(())
    }
}

#[test]
fn multipliers_over_twenty_decades_keep_their_digits() {
    let mut x0 = vec![0.1; 10];
    x0[0] = 0.9;
    let cycle = settled_cycle(&Cascade, &[], &x0, 60.0, &CycleSettings::default()).unwrap();
    assert!(cycle.verdict.is_cycle(), "{}", cycle.verdict.words());
    let mut truth: Vec<f64> = FORGET.iter().map(|r| (-r * TAU).exp()).collect();
    truth.push((-2.0 * TAU).exp());
    truth.extend([(-0.2 * TAU).exp(); 2]);
    truth.sort_by(|a, b| b.total_cmp(a));
    assert_eq!(cycle.multipliers.len(), truth.len());
    for (found, truth) in cycle.multipliers.iter().zip(&truth) {
        // The Jacobian is by differences, right to 1e-10 of the rates over the period.
        assert!((found.norm() / truth - 1.0).abs() < 1e-7, "{found} {truth}");
    }
    assert!((cycle.multipliers[0].arg().abs() - (0.7 * TAU - TAU).abs()).abs() < 1e-7);
}

/// Twice around z' = (mu + i nu) z - (1 + i c) |z|^2 z is once around: guesses of two and of six turns.
#[test]
fn a_cycle_that_is_gone_around_several_times_has_its_own_period() {
    let p = [1.0, 2.0, 1.0];
    let field = StuartLandau;
    for turns in [2.0, 6.0] {
        let guess = ellipse(turns * TAU, 1.0, 1.0);
        let states = guess.times.iter().flat_map(|t| [t.cos(), t.sin()]).collect();
        let found =
            limit_cycle(&field, &p, &CycleGuess { states, ..guess }, &CycleSettings::default()).unwrap();
        assert!((found.orbit.period - TAU).abs() < 1e-10, "{}", found.orbit.period);
        assert!((found.multipliers[0].re / (-2.0 * TAU).exp() - 1.0).abs() < 1e-6);
    }
}
